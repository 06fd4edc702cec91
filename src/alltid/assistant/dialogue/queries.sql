-- name: turn_ground
-- Who the customer is, by the session's signature, and where the dialogue stood with the
-- answer that was really said: its message names the row.
SELECT k.issuer, k.subject, t.state, (
    SELECT e.version FROM events e
    WHERE e.stream_id = c.id AND e.version > t.in_reply_to AND e.type = 'MessageSent'
        AND e.data->>'trace_id' = t.id::text
    ORDER BY e.version LIMIT 1
)
FROM conversations c
LEFT JOIN customers k ON k.id = c.customer_id
LEFT JOIN assistant_turns t ON t.id = %(trace_id)s AND t.conversation_id = c.id
WHERE c.id = %(id)s;

-- name: write_turn
INSERT INTO assistant_turns (id, conversation_id, in_reply_to, state, trace, packet, at)
VALUES (%(id)s, %(conversation_id)s, %(in_reply_to)s, %(state)s, %(trace)s, %(packet)s, %(at)s);

-- name: latest_packet
-- Of the newest answer that was said, whatever was tried beside it.
SELECT t.packet FROM assistant_turns t
WHERE t.conversation_id = %(id)s AND t.packet IS NOT NULL AND EXISTS (
    SELECT FROM events e
    WHERE e.stream_id = t.conversation_id AND e.version > t.in_reply_to
        AND e.type = 'MessageSent' AND e.data->>'trace_id' = t.id::text
)
ORDER BY t.in_reply_to DESC, t.at DESC LIMIT 1;

-- name: trace_of
SELECT t.conversation_id::text, t.in_reply_to, t.trace, t.at FROM assistant_turns t
WHERE t.id = %(id)s;

-- name: traces_of
-- Of the answers that were said, oldest first; of more than the limit the newest.
SELECT * FROM (
    SELECT t.id::text, t.in_reply_to, t.at, t.trace FROM assistant_turns t
    WHERE t.conversation_id = %(id)s AND EXISTS (
        SELECT FROM events e
        WHERE e.stream_id = t.conversation_id AND e.version > t.in_reply_to
            AND e.type = 'MessageSent' AND e.data->>'trace_id' = t.id::text
    )
    ORDER BY t.in_reply_to DESC, t.at DESC LIMIT %(limit)s
) newest
ORDER BY in_reply_to, at;

-- name: actions_begun
-- What was set out to be done, whether an answer told of it or not.
SELECT tool, state FROM assistant_actions
WHERE conversation_id = %(id)s AND state <> 'proposed' ORDER BY at LIMIT 50;
