-- name: record_breach
INSERT INTO promise_breaches (promise, conversation_id, version, at, found_at, detail)
VALUES (%(promise)s, %(conversation_id)s, %(version)s, %(at)s, %(found_at)s, %(detail)s)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: breaches
SELECT id, promise, conversation_id::text, version, at, found_at, detail FROM promise_breaches
WHERE (%(before)s::bigint IS NULL OR id < %(before)s)
    AND (%(promise)s::text IS NULL OR promise = %(promise)s)
    AND (%(conversation)s::uuid IS NULL OR conversation_id = %(conversation)s)
ORDER BY id DESC LIMIT %(limit)s;

-- name: breach_counts
SELECT promise, count(*), count(*) FILTER (WHERE found_at > %(since)s)
FROM promise_breaches GROUP BY promise;

-- name: overdue_assistant
-- The assistant's words that are late by more than the grace, with the moment they were due.
SELECT id::text, version, turn_due_at FROM conversations
WHERE turn = 'assistant' AND turn_due_at < %(before)s ORDER BY turn_due_at LIMIT 200;

-- name: now_counts
SELECT
    -- A callback that is booked for later isn't in line.
    count(*) FILTER (WHERE status = 'waiting' AND coalesce(callback_at <= %(now)s, true)),
    count(*) FILTER (WHERE status = 'assistant'
        AND last_message_at > %(active_since)s),
    count(*) FILTER (WHERE status = 'agent'),
    extract(epoch FROM %(now)s - min(asked_at)
        FILTER (WHERE status = 'waiting' AND callback_at IS NULL AND NOT written))::float8
FROM conversations WHERE status <> 'resolved';

-- name: online_count
SELECT count(*) FROM online_sessions WHERE ended_at IS NULL;

-- name: service_level
-- Of the requests for a human since then: how many a human answered, how many in time, and how
-- many are still unanswered and late. Who chose the assistant in time is neither.
SELECT
    count(*) FILTER (WHERE answered_at IS NOT NULL),
    count(*) FILTER (WHERE answered_at - asked_at <= make_interval(secs => %(target_seconds)s)),
    count(*) FILTER (WHERE answered_at IS NULL
        AND coalesce(left_at, %(now)s) - asked_at > make_interval(secs => %(target_seconds)s))
FROM human_requests WHERE asked_at > %(since)s;

-- name: service_target
-- The policy in force says what in time means.
SELECT (p.content->>'service_level_seconds')::int
FROM current_policy c JOIN dispatch_policies p ON p.id = c.policy_id WHERE c.market = '';

-- name: service_by_language
-- The same for each language's line, with the time from asking to a person's answer.
SELECT
    c.language,
    count(*) FILTER (WHERE h.answered_at IS NOT NULL),
    count(*) FILTER (WHERE h.answered_at - h.asked_at
        <= make_interval(secs => %(target_seconds)s)),
    count(*) FILTER (WHERE h.answered_at IS NULL
        AND coalesce(h.left_at, %(now)s) - h.asked_at > make_interval(secs => %(target_seconds)s)),
    percentile_cont(0.5) WITHIN GROUP (
        ORDER BY extract(epoch FROM h.answered_at - h.asked_at))::float8,
    percentile_cont(0.9) WITHIN GROUP (
        ORDER BY extract(epoch FROM h.answered_at - h.asked_at))::float8
FROM human_requests h JOIN conversations c ON c.id = h.conversation_id
WHERE h.asked_at > %(since)s GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 50;

-- name: queue
SELECT c.id::text, c.asked_at, c.asked_how, c.language, k.display_name
FROM conversations c LEFT JOIN customers k ON k.id = c.customer_id
WHERE c.status = 'waiting' AND coalesce(c.callback_at <= %(now)s, true)
ORDER BY c.callback_at NULLS LAST, c.queue_ticket LIMIT %(limit)s;

-- name: conversations
-- The agent is the one who has it, or the one who finished it.
SELECT c.id::text, c.status, k.display_name, c.language, c.opened_at, c.last_message_at, a.name
FROM conversations c
LEFT JOIN customers k ON k.id = c.customer_id
LEFT JOIN agents a ON a.id = coalesce(
    c.agent_id, CASE WHEN c.status = 'resolved' THEN c.resolved_by END)
WHERE (%(status)s::text IS NULL OR c.status = %(status)s)
    AND (%(before)s::timestamptz IS NULL OR c.opened_at < %(before)s)
ORDER BY c.opened_at DESC, c.id DESC LIMIT %(limit)s;

-- name: record_read
INSERT INTO conversation_reads (conversation_id, reader_id, at)
VALUES (%(conversation_id)s, %(reader_id)s, %(now)s);

-- name: recorded
SELECT id::text, conversation_id::text, in_reply_to FROM assistant_turns WHERE id = ANY(%(ids)s);
