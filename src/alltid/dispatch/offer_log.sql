-- name: offers
-- Newest first, for leads: with names, and with what came of them.
SELECT
    o.id::text, o.conversation_id::text, k.display_name, o.agent_id::text, a.name, o.stage,
    o.made_at, o.seen_at, o.ended_at, o.doubled, o.policy_id, o.round_id::text, o.language,
    o.topic, o.skill, o.skill_level, o.difficulty, o.expected_minutes, o.pay_minor, o.currency,
    o.why, o.withdrawn_because, extract(epoch FROM o.made_at - o.asked_at)::float8
FROM offers o
LEFT JOIN conversations c ON c.id = o.conversation_id
LEFT JOIN customers k ON k.id = c.customer_id
LEFT JOIN agents a ON a.id = o.agent_id
WHERE (%(before)s::timestamptz IS NULL OR o.made_at < %(before)s)
ORDER BY o.made_at DESC, o.id LIMIT %(limit)s;

-- name: round
SELECT at, policy_id, record FROM dispatch_rounds WHERE id = %(id)s;

-- name: last_rounds
SELECT record FROM dispatch_rounds ORDER BY at DESC LIMIT %(limit)s;

-- name: names
SELECT id::text, name FROM agents WHERE id = ANY (%(ids)s::uuid[]);
