-- name: sessions_before
SELECT s.started_at, coalesce(s.ended_at, %(now)s), a.languages
FROM online_sessions s JOIN agents a ON a.id = s.agent_id
WHERE s.started_at < %(now)s AND coalesce(s.ended_at, %(now)s) > %(since)s
    AND a.disabled_at IS NULL
ORDER BY s.started_at DESC LIMIT %(limit)s;

-- name: first_session
SELECT min(started_at) FROM online_sessions;

-- name: spoken
SELECT DISTINCT unnest(languages) FROM agents WHERE disabled_at IS NULL;

-- name: all_booked
-- A conversation that holds a quarter and has booked it counts once.
SELECT callback_at, language FROM conversations
WHERE callback_at > %(now)s
UNION ALL
SELECT h.at, c.language FROM callback_holds h JOIN conversations c ON c.id = h.conversation_id
WHERE h.until > %(now)s AND h.at > %(now)s AND c.callback_at IS DISTINCT FROM h.at
LIMIT %(limit)s;

-- name: lock_quarter
-- Until the end of the transaction, whoever wants this quarter goes one after the other.
SELECT pg_advisory_xact_lock(7112, (extract(epoch FROM %(at)s::timestamptz) / 900)::int);

-- name: booked_at
SELECT language FROM conversations
WHERE callback_at = %(at)s AND id <> %(id)s
UNION ALL
SELECT c.language FROM callback_holds h JOIN conversations c ON c.id = h.conversation_id
WHERE h.at = %(at)s AND h.until > %(now)s AND h.conversation_id <> %(id)s
    AND c.callback_at IS DISTINCT FROM h.at;

-- name: hold
INSERT INTO callback_holds (conversation_id, at, until) VALUES (%(id)s, %(at)s, %(until)s)
ON CONFLICT (conversation_id) DO UPDATE SET at = excluded.at, until = excluded.until;

-- name: release
DELETE FROM callback_holds WHERE conversation_id = %(id)s;
