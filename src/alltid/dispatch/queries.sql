-- name: waiting
-- Callbacks that are due come first, in the order of their times; later ones are not in line.
SELECT id::text, asked_at, asked_how, language, written FROM conversations
WHERE status = 'waiting' AND (callback_at IS NULL OR callback_at <= %(now)s)
ORDER BY callback_at NULLS LAST, queue_ticket LIMIT %(limit)s;

-- name: online
-- Agents online, and how many of them have no conversation in hand.
SELECT count(*), count(*) FILTER (WHERE NOT EXISTS (
    SELECT FROM conversations c WHERE c.agent_id = s.agent_id
))
FROM online_sessions s WHERE s.ended_at IS NULL;

-- name: pace
-- Mean handle time and mean wait of those who left, each with its count, over a week.
SELECT
    extract(epoch FROM avg(resolved_at - accepted_at)
        FILTER (WHERE resolved_at > accepted_at))::float8,
    count(*) FILTER (WHERE resolved_at > accepted_at)
FROM conversations
WHERE resolved_by IS NOT NULL AND resolved_at > %(since)s;
