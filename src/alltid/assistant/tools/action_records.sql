-- name: page
-- Ids are ordered by time, so the id is also where the next page begins.
SELECT a.id::text, a.conversation_id::text, a.tool, a.playbook, a.confirmed_by, a.state, a.code,
    a.message, a.amount_minor, a.currency, a.attempts, a.at, a.changed_at, by.name AS settled_by,
    a.settled_why
FROM assistant_actions a
LEFT JOIN agents by ON by.id = a.settled_by
WHERE (%(before)s::uuid IS NULL OR a.id < %(before)s)
  AND (NOT %(open)s OR a.state IN ('executing', 'unknown'))
ORDER BY a.id DESC
LIMIT %(limit)s

-- name: settle
UPDATE assistant_actions
SET state = %(state)s, code = %(code)s, settled_by = %(by)s, settled_why = %(why)s,
    changed_at = %(now)s
WHERE id = %(id)s AND state = 'unknown'

-- name: state
SELECT state FROM assistant_actions WHERE id = %(id)s
