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
-- Of the newest answer that was said, with the reason of the handover: what was answered beside
-- the line since then gives none. A resolution ends what was before it.
WITH said AS (
    SELECT t.packet, t.in_reply_to, t.at FROM assistant_turns t
    WHERE t.conversation_id = %(id)s AND t.packet IS NOT NULL
        AND t.in_reply_to > COALESCE((
            SELECT max(e.version) FROM events e
            WHERE e.stream_id = t.conversation_id AND e.type = 'Resolved'
        ), 0)
        AND EXISTS (
            SELECT FROM events e
            WHERE e.stream_id = t.conversation_id AND e.version > t.in_reply_to
                AND e.type = 'MessageSent' AND e.data->>'trace_id' = t.id::text
        )
)
SELECT s.packet || COALESCE((
    SELECT jsonb_build_object(
        'row', h.packet->'row', 'because', h.packet->'because', 'skill', h.packet->'skill',
        'quote', h.packet->'quote'
    )
    FROM said h WHERE h.packet->>'because' IS NOT NULL
    ORDER BY h.in_reply_to DESC, h.at DESC LIMIT 1
), '{}')
FROM said s ORDER BY s.in_reply_to DESC, s.at DESC LIMIT 1;

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
