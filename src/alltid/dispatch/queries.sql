-- name: waiting
-- Callbacks that are due come first, in the order of their times; later ones are not in line.
SELECT id::text, asked_at, asked_how, language, written, callback_at FROM conversations
WHERE status = 'waiting' AND (callback_at IS NULL OR callback_at <= %(now)s)
ORDER BY callback_at NULLS LAST, queue_ticket LIMIT %(limit)s;

-- name: online
-- Who takes offers, by languages: agents, slots, and slots without a conversation in hand. What
-- is held for an offer counts as free: whom it is for still stands in line.
SELECT languages, count(*)::int, sum(slots)::int, sum(greatest(slots - chats, 0))::int
FROM (
    SELECT
        state->'choices'->'languages' AS languages,
        least(
            coalesce((state->'choices'->>'slots')::int, 1),
            CASE WHEN (state->'choices'->>'no_third_chat')::bool THEN 2 ELSE 3 END
        ) AS slots,
        coalesce(jsonb_array_length(state->'chats'), (
            SELECT count(*) FROM conversations c WHERE c.agent_id = s.agent_id
        )) AS chats
    FROM online_sessions s WHERE ended_at IS NULL AND paused IS NULL
) there
GROUP BY languages;
