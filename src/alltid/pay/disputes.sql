-- name: open_dispute
INSERT INTO pay_disputes (id, session_id, version, line, agent_id, reason, opened_at, due_at)
VALUES (%(id)s, %(session)s, %(version)s, %(line)s, %(agent)s, %(reason)s, %(now)s, %(due_at)s)
ON CONFLICT DO NOTHING RETURNING id;

-- name: answer_dispute
UPDATE pay_disputes SET outcome = %(outcome)s, answer = %(answer)s, answered_by = %(by)s,
    answered_at = %(now)s
WHERE id = %(id)s AND outcome IS NULL RETURNING id;

-- name: disputes
SELECT d.id::text, d.session_id::text, d.version, d.line, d.agent_id::text, a.name, s.currency,
    d.reason,
    d.opened_at, d.due_at, d.outcome, d.answer, d.answered_by, d.answered_at
FROM pay_disputes d
JOIN pay_statements s ON s.session_id = d.session_id AND s.version = d.version
LEFT JOIN agents a ON a.id = d.agent_id
WHERE (%(agent)s::uuid IS NULL OR d.agent_id = %(agent)s)
    AND (%(session)s::uuid IS NULL OR d.session_id = %(session)s)
    AND (%(id)s::uuid IS NULL OR d.id = %(id)s)
    AND (NOT %(open)s OR d.outcome IS NULL)
ORDER BY (d.outcome IS NULL) DESC, CASE WHEN d.outcome IS NULL THEN d.due_at END,
    d.answered_at DESC, d.id
LIMIT %(limit)s;
