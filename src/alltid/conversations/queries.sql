-- name: append
-- One statement, one transaction: rows whose version still fits, their events, the notice.
WITH given AS (
    SELECT * FROM json_to_recordset(%(rows)s::json) AS g (
        id uuid, expected int, version int, customer_id uuid, language text, status text,
        turn text, turn_due_at timestamptz, enters bool, leaves bool, asked_how text,
        asked_at timestamptz, accepted_at timestamptz, answered_at timestamptz, agent_id uuid,
        callback_at timestamptz,
        written bool, assistant_owes int, frees_lease bool, last_message_at timestamptz,
        resolved_at timestamptz, resolved_by uuid
    )
), locked AS (
    -- In one order everywhere, so that two processes never wait for each other in a circle.
    SELECT id FROM conversations
    WHERE id IN (SELECT id FROM given WHERE expected > 0) ORDER BY id FOR UPDATE
), opened AS (
    INSERT INTO conversations (
        id, version, customer_id, language, status, turn, turn_due_at, queue_ticket,
        asked_how, asked_at, accepted_at, answered_at, callback_at, written, agent_id,
        assistant_owes, opened_at, last_message_at
    )
    SELECT id, version, customer_id, language, status, turn, turn_due_at,
        CASE WHEN enters THEN nextval('queue_tickets') END,
        asked_how, asked_at, accepted_at, answered_at, callback_at, written, agent_id,
        assistant_owes, %(now)s, last_message_at
    FROM given WHERE expected = 0
    ON CONFLICT (id) DO NOTHING
    RETURNING id
), moved AS (
    UPDATE conversations c SET
        version = g.version, status = g.status, turn = g.turn, turn_due_at = g.turn_due_at,
        queue_ticket = CASE
            WHEN g.enters THEN nextval('queue_tickets')
            WHEN g.leaves THEN NULL
            ELSE c.queue_ticket END,
        asked_how = g.asked_how, asked_at = g.asked_at, accepted_at = g.accepted_at,
        answered_at = g.answered_at, callback_at = g.callback_at, written = g.written,
        agent_id = g.agent_id, assistant_owes = g.assistant_owes,
        lease_holder = CASE WHEN g.frees_lease THEN NULL ELSE c.lease_holder END,
        lease_until = CASE WHEN g.frees_lease THEN NULL ELSE c.lease_until END,
        lease_attempts = CASE WHEN g.frees_lease THEN 0 ELSE c.lease_attempts END,
        last_message_at = g.last_message_at, resolved_at = g.resolved_at,
        resolved_by = g.resolved_by
    FROM given g JOIN locked l ON l.id = g.id
    WHERE c.id = g.id AND c.version = g.expected
    RETURNING c.id
), fitted AS (
    SELECT id FROM opened UNION ALL SELECT id FROM moved
), written AS (
    INSERT INTO events (stream_id, version, type, data, actor, at)
    SELECT e.stream_id, e.version, e.type, e.data, e.actor, %(now)s
    FROM json_to_recordset(%(events)s::json) AS e (
        stream_id uuid, version int, type text, data jsonb, actor text
    )
    JOIN fitted f ON f.id = e.stream_id
), requested AS (
    INSERT INTO human_requests (conversation_id, asked_at, how, accepted_at, answered_at, left_at)
    SELECT r.conversation_id, r.asked_at, r.how, r.accepted_at, r.answered_at, r.left_at
    FROM json_to_recordset(%(requests)s::json) AS r (
        conversation_id uuid, asked_at timestamptz, how text, accepted_at timestamptz,
        answered_at timestamptz, left_at timestamptz
    )
    JOIN fitted f ON f.id = r.conversation_id
    ON CONFLICT (conversation_id, asked_at) DO UPDATE SET
        accepted_at = excluded.accepted_at, answered_at = excluded.answered_at,
        left_at = excluded.left_at
)
SELECT
    (SELECT array_agg(id::text) FROM fitted),
    (SELECT count(pg_notify('alltid_conversations', n)) FROM unnest(%(notices)s::text[]) AS n);

-- name: load_streams
SELECT stream_id::text, version, type, data, at FROM events
WHERE stream_id = ANY (%(ids)s::uuid[]) ORDER BY stream_id, version;

-- name: moved_streams
SELECT g.id::text FROM unnest(%(ids)s::uuid[], %(versions)s::int[]) AS g (id, version)
LEFT JOIN conversations c ON c.id = g.id
WHERE coalesce(c.version, 0) <> g.version;

-- name: facts_after
SELECT version, type, data, at FROM events
WHERE stream_id = %(id)s AND version > %(after)s ORDER BY version LIMIT %(limit)s;

-- name: facts_before
SELECT version, type, data, at FROM events
WHERE stream_id = %(id)s AND version < %(before)s ORDER BY version DESC LIMIT %(limit)s;

-- name: find
SELECT c.id::text, c.customer_id::text, c.version, c.status, c.agent_id::text, c.language,
    c.resolved_by::text, c.resolved_at, a.name, k.display_name, c.callback_at, c.written
FROM conversations c
LEFT JOIN agents a ON a.id = c.agent_id
LEFT JOIN customers k ON k.id = c.customer_id
WHERE c.id = %(id)s;

-- name: latest_of_customer
SELECT id::text, version, status FROM conversations
WHERE customer_id = %(customer_id)s ORDER BY opened_at DESC, id DESC LIMIT 1;

-- name: of_agent
SELECT c.id::text, c.customer_id::text, c.version, c.status, c.language, c.last_message_at,
    c.turn, k.display_name
FROM conversations c LEFT JOIN customers k ON k.id = c.customer_id
WHERE c.agent_id = %(agent_id)s ORDER BY c.accepted_at, c.id LIMIT 100;

-- name: claim_assistant_turns
-- Rows that somebody else holds are passed over, not waited for; a worker that dies loses
-- its lease by time. A lease longer than we give them comes from a clock that was wrong.
UPDATE conversations c SET
    lease_holder = %(worker)s,
    lease_until = %(now)s + make_interval(secs => %(lease_seconds)s),
    lease_attempts = c.lease_attempts + 1
FROM (
    SELECT id FROM conversations
    WHERE assistant_owes IS NOT NULL AND (
        lease_until IS NULL OR lease_until < %(now)s
        OR lease_until > %(now)s + make_interval(secs => 2 * %(lease_seconds)s)
    )
    ORDER BY turn_due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
) due
WHERE c.id = due.id
RETURNING
    c.id::text, c.assistant_owes, c.language, c.status, c.lease_attempts, c.customer_id::text,
    -- What was said until then, in the same round trip: (version, data), oldest first.
    (SELECT json_agg(json_build_array(m.version, m.data) ORDER BY m.version) FROM (
        SELECT version, data FROM events
        WHERE stream_id = c.id AND version <= c.assistant_owes AND type = 'MessageSent'
        ORDER BY version DESC LIMIT %(messages)s
    ) m);

-- name: agents_gone
-- Conversations whose agent owes a word past the deadline and isn't online any more. A
-- deadline beyond any that we set comes from a clock that was wrong, and counts as past.
SELECT c.id::text, c.agent_id::text FROM conversations c
WHERE c.status = 'agent' AND c.turn = 'agent'
    AND (c.turn_due_at < %(now)s OR c.turn_due_at > %(now)s + interval '1 hour')
    AND NOT EXISTS (
        SELECT FROM online_sessions s WHERE s.agent_id = c.agent_id AND s.ended_at IS NULL
    )
ORDER BY c.turn_due_at LIMIT 100;

-- name: assistant_overdue
SELECT id::text, assistant_owes FROM conversations
WHERE assistant_owes IS NOT NULL AND turn = 'assistant'
    AND (turn_due_at < %(now)s OR turn_due_at > %(now)s + interval '1 hour')
ORDER BY turn_due_at LIMIT 200;

-- name: marks_of
SELECT party, delivered, read FROM marks WHERE conversation_id = %(id)s;

-- name: save_marks
INSERT INTO marks (conversation_id, party, delivered, read)
SELECT * FROM unnest(%(ids)s::uuid[], %(parties)s::text[], %(delivered)s::int[], %(read)s::int[])
ON CONFLICT (conversation_id, party) DO UPDATE SET
    delivered = greatest(marks.delivered, excluded.delivered),
    read = greatest(marks.read, excluded.read);
