-- name: store_policy
INSERT INTO dispatch_policies (id, content, at, by)
VALUES (%(id)s, %(content)s::jsonb, %(now)s, %(by)s)
ON CONFLICT DO NOTHING;

-- name: begin
-- The desk's first policy, unless there is one: one process of many wins.
INSERT INTO current_policy (market, policy_id) VALUES (%(market)s, %(id)s)
ON CONFLICT DO NOTHING
RETURNING policy_id;

-- name: current_for_update
SELECT policy_id FROM current_policy WHERE market = %(market)s FOR UPDATE;

-- name: set_current
UPDATE current_policy SET policy_id = %(id)s WHERE market = %(market)s;

-- name: record_choice
INSERT INTO policy_choices (market, policy_id, at, by, reason)
VALUES (%(market)s, %(id)s, %(now)s, %(by)s, %(reason)s);

-- name: tell
SELECT pg_notify(%(channel)s, %(notice)s);

-- name: current
SELECT p.id, p.content FROM current_policy c JOIN dispatch_policies p ON p.id = c.policy_id
WHERE c.market = %(market)s;

-- name: choices
-- Newest first, each with the policy of the choice before it.
SELECT c.id, c.policy_id, c.at, c.by, a.name, c.reason, p.content, o.content
FROM policy_choices c
JOIN dispatch_policies p ON p.id = c.policy_id
LEFT JOIN agents a ON 'agent:' || a.id = c.by
LEFT JOIN LATERAL (
    SELECT b.policy_id FROM policy_choices b
    WHERE b.market = c.market AND b.id < c.id ORDER BY b.id DESC LIMIT 1
) before ON true
LEFT JOIN dispatch_policies o ON o.id = before.policy_id
WHERE c.market = %(market)s AND (%(before)s::bigint IS NULL OR c.id < %(before)s)
ORDER BY c.id DESC LIMIT %(limit)s;
