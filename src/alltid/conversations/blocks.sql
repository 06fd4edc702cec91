-- name: ask_block
INSERT INTO blocks (id, conversation_id, customer_id, asked_by, reason, asked_at, due_at,
    after_version)
VALUES (%(id)s, %(conversation_id)s, %(customer_id)s, %(asked_by)s, %(reason)s, %(now)s,
    %(due_at)s, %(after_version)s)
ON CONFLICT DO NOTHING
RETURNING id::text;

-- name: latest_block
SELECT b.id::text, b.reason, b.asked_at, b.due_at, b.decision, l.name, b.why, b.decided_at, b.until
FROM blocks b LEFT JOIN agents l ON l.id = b.decided_by
WHERE b.conversation_id = %(conversation_id)s ORDER BY b.asked_at DESC, b.id LIMIT 1;

-- name: muted_after
-- One that is overdue mutes no more, whether or not the sweep has come by.
SELECT after_version FROM blocks
WHERE conversation_id = %(conversation_id)s AND asked_by = %(agent_id)s AND decision IS NULL
    AND due_at > %(now)s;

-- name: decide_block
UPDATE blocks SET decision = %(decision)s, decided_by = %(by)s, decided_at = %(now)s,
    why = %(why)s, until = %(until)s
WHERE id = %(id)s AND decision IS NULL AND due_at > %(now)s
RETURNING conversation_id::text, asked_by::text;

-- name: lapse
UPDATE blocks SET decision = 'lapsed', decided_at = %(now)s
WHERE id IN (SELECT id FROM blocks WHERE decision IS NULL AND due_at <= %(now)s
             ORDER BY due_at LIMIT 100 FOR UPDATE SKIP LOCKED)
RETURNING conversation_id::text, asked_by::text;

-- name: lift_block
-- A confirmed block ends at once.
UPDATE blocks SET until = %(now)s, why = %(why)s, decided_by = %(by)s
WHERE id = %(id)s AND decision = 'confirmed' AND until > %(now)s
RETURNING conversation_id::text;

-- name: block
SELECT decision, due_at FROM blocks WHERE id = %(id)s;

-- name: blocks
-- Those that wait for a decision first, the most urgent on top.
SELECT b.id::text, b.conversation_id::text, k.display_name, a.name, b.reason, b.asked_at, b.due_at,
    b.decision, l.name, b.why, b.decided_at, b.until
FROM blocks b
LEFT JOIN customers k ON k.id = b.customer_id
LEFT JOIN agents a ON a.id = b.asked_by
LEFT JOIN agents l ON l.id = b.decided_by
WHERE (b.decision IS NULL) = %(open)s
    AND (%(before)s::timestamptz IS NULL OR b.asked_at < %(before)s)
ORDER BY CASE WHEN %(open)s THEN b.due_at END, b.asked_at DESC, b.id LIMIT %(limit)s;

-- name: is_blocked
SELECT EXISTS (
    SELECT FROM blocks b JOIN conversations c ON c.customer_id = b.customer_id
    WHERE c.id = %(conversation_id)s AND b.decision = 'confirmed' AND b.until > %(now)s
);

-- name: waiting_for_a_lead
-- Blocked customers who wait and whose request doesn't say yet that it needs a lead.
INSERT INTO triage (conversation_id, asked_at, skill, skill_level, by)
SELECT c.id, c.asked_at, 'lead', 1, 'system:blocks' FROM conversations c
WHERE c.status = 'waiting' AND EXISTS (
    SELECT FROM blocks b WHERE b.customer_id = c.customer_id AND b.decision = 'confirmed'
        AND b.until > %(now)s)
ON CONFLICT (conversation_id, asked_at) DO UPDATE SET
    skill = 'lead', skill_level = 1, by = 'system:blocks'
WHERE triage.skill IS DISTINCT FROM 'lead'
RETURNING conversation_id::text;

-- name: leads_have_their_skill
-- Leads come and go; whoever is one now may be offered what needs one.
INSERT INTO agent_skills (agent_id, skill, level)
SELECT id, 'lead', 1 FROM agents WHERE role IN ('lead', 'admin') AND disabled_at IS NULL
ON CONFLICT (agent_id, skill) DO NOTHING;
