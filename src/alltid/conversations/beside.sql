-- name: record_unmasking
-- Nobody unmasks faster than a person reads: beyond the hour's bound nothing is written.
INSERT INTO unmaskings (conversation_id, version, mask_index, kind, by, as_lead, reason, at)
SELECT %(conversation_id)s, %(version)s, %(mask_index)s, %(kind)s, %(by)s, %(as_lead)s,
    %(reason)s, %(now)s
WHERE (SELECT count(*) FROM unmaskings
       WHERE by = %(by)s AND at > %(now)s - interval '1 hour') < %(most)s
RETURNING id;

-- name: unmaskings
SELECT u.id, u.conversation_id::text, u.version, u.kind, a.name, u.as_lead, u.reason, u.at
FROM unmaskings u LEFT JOIN agents a ON a.id = u.by
WHERE (%(before)s::bigint IS NULL OR u.id < %(before)s)
    AND (%(conversation_id)s::uuid IS NULL OR u.conversation_id = %(conversation_id)s)
ORDER BY u.id DESC LIMIT %(limit)s;

-- name: unchecked_unmaskings
SELECT id, conversation_id::text, version, by::text, as_lead, at FROM unmaskings
WHERE checked_at IS NULL ORDER BY id LIMIT %(limit)s;

-- name: unmasking_checked
UPDATE unmaskings SET checked_at = %(now)s WHERE id = %(id)s;

-- name: add_note
INSERT INTO conversation_notes (id, conversation_id, author, text, at)
SELECT %(id)s, %(conversation_id)s, %(author)s, %(text)s, %(now)s
WHERE (SELECT count(*) FROM conversation_notes
       WHERE conversation_id = %(conversation_id)s) < %(most)s
ON CONFLICT (id) DO UPDATE SET text = conversation_notes.text
RETURNING id;

-- name: notes
SELECT n.id::text, n.author::text, a.name, n.text, n.at
FROM conversation_notes n LEFT JOIN agents a ON a.id = n.author
WHERE n.conversation_id = %(conversation_id)s ORDER BY n.at DESC, n.id DESC LIMIT %(limit)s;

-- name: add_question
INSERT INTO lead_questions (id, conversation_id, asked_by, question, asked_at)
SELECT %(id)s, %(conversation_id)s, %(asked_by)s, %(question)s, %(now)s
WHERE (SELECT count(*) FROM lead_questions
       WHERE conversation_id = %(conversation_id)s) < %(most)s
ON CONFLICT (id) DO UPDATE SET question = lead_questions.question
RETURNING id;

-- name: questions_of
SELECT q.id::text, q.asked_by::text, a.name, q.question, q.asked_at, l.name, q.answer, q.answered_at
FROM lead_questions q
LEFT JOIN agents a ON a.id = q.asked_by
LEFT JOIN agents l ON l.id = q.answered_by
WHERE q.conversation_id = %(conversation_id)s ORDER BY q.asked_at, q.id LIMIT %(limit)s;

-- name: questions
-- The open ones, oldest first; then those answered, newest first.
SELECT q.id::text, q.conversation_id::text, a.name, q.question, q.asked_at, l.name, q.answer,
    q.answered_at, k.display_name, c.language
FROM lead_questions q
JOIN conversations c ON c.id = q.conversation_id
LEFT JOIN customers k ON k.id = c.customer_id
LEFT JOIN agents a ON a.id = q.asked_by
LEFT JOIN agents l ON l.id = q.answered_by
WHERE (q.answered_at IS NULL) = %(open)s
    AND (%(before)s::timestamptz IS NULL OR q.answered_at < %(before)s)
ORDER BY CASE WHEN %(open)s THEN q.asked_at END, q.answered_at DESC, q.id LIMIT %(limit)s;

-- name: answer_question
UPDATE lead_questions SET answered_by = %(by)s, answer = %(answer)s, answered_at = %(now)s
WHERE id = %(id)s AND answered_at IS NULL
RETURNING conversation_id::text;

-- name: question
SELECT conversation_id::text, answer FROM lead_questions WHERE id = %(id)s;

-- name: add_handover
INSERT INTO handovers (id, conversation_id, by, to_agent, to_skill, note, at)
VALUES (%(id)s, %(conversation_id)s, %(by)s, %(to_agent)s, %(to_skill)s, %(note)s, %(now)s)
ON CONFLICT (id) DO NOTHING;

-- name: handovers
SELECT h.by::text, a.name, t.name, h.to_skill, h.note, h.at
FROM handovers h LEFT JOIN agents a ON a.id = h.by LEFT JOIN agents t ON t.id = h.to_agent
WHERE h.conversation_id = %(conversation_id)s ORDER BY h.at DESC, h.id LIMIT %(limit)s;

-- name: needs_skill
-- The request that the conversation waits with; what it was about before is kept.
INSERT INTO triage (conversation_id, asked_at, skill, skill_level, by)
SELECT id, asked_at, %(skill)s, %(level)s, %(by)s FROM conversations
WHERE id = %(conversation_id)s AND asked_at IS NOT NULL
ON CONFLICT (conversation_id, asked_at) DO UPDATE SET
    skill = excluded.skill, skill_level = excluded.skill_level, by = excluded.by;

-- name: skills
SELECT key, name, default_level FROM skills ORDER BY key LIMIT %(limit)s;

-- name: online_colleagues
SELECT a.id::text, a.name, a.languages FROM online_sessions s JOIN agents a ON a.id = s.agent_id
WHERE s.ended_at IS NULL AND s.paused IS NULL AND a.id <> %(agent_id)s
ORDER BY a.name, a.id LIMIT %(limit)s;

-- name: online_colleague
SELECT a.name FROM online_sessions s JOIN agents a ON a.id = s.agent_id
WHERE s.ended_at IS NULL AND s.paused IS NULL AND a.id = %(agent_id)s;

-- name: customer
SELECT kind, display_name, entitlements FROM customers WHERE id = %(id)s;
