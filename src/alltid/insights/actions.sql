-- name: position
SELECT position FROM action_watch

-- name: advance
UPDATE action_watch SET position = greatest(position, %(position)s)

-- name: begun
SELECT s.number, a.conversation_id::text, a.confirmed_by, a.issuer, a.subject, c.issuer, c.subject,
    e.type, e.data, e.at, s.at,
    (SELECT count(*) FROM assistant_actions b
     WHERE b.conversation_id = a.conversation_id AND b.hash = a.hash
       AND b.confirmed_by = a.confirmed_by AND b.id <> a.id
       AND b.state IN ('executing', 'executed', 'unknown'))
FROM assistant_action_states s
JOIN assistant_actions a ON a.id = s.action_id
LEFT JOIN conversations v ON v.id = a.conversation_id
LEFT JOIN customers c ON c.id = v.customer_id
LEFT JOIN events e ON e.stream_id = a.conversation_id AND e.version = a.confirmed_by
WHERE s.number > %(after)s AND s.at < %(before)s AND s.state = 'executing'
ORDER BY s.number
LIMIT %(limit)s
