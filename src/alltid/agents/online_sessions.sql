-- name: open_session
INSERT INTO online_sessions (id, agent_id, started_at, last_seen_at)
VALUES (%(id)s, %(agent_id)s, %(now)s, %(now)s)
ON CONFLICT (agent_id) WHERE ended_at IS NULL DO NOTHING
RETURNING id::text;

-- name: end_session
UPDATE online_sessions SET ended_at = %(now)s, ended_because = %(because)s
WHERE agent_id = %(agent_id)s AND ended_at IS NULL
RETURNING id::text;

-- name: record
INSERT INTO events (stream_id, version, type, data, actor, at)
VALUES (%(id)s, %(version)s, %(type)s, %(data)s::jsonb, %(actor)s, %(now)s);

-- name: open_session_of
SELECT id::text, agent_id::text, started_at, last_seen_at FROM online_sessions
WHERE agent_id = %(agent_id)s AND ended_at IS NULL;

-- name: seen
UPDATE online_sessions SET last_seen_at = %(now)s
WHERE agent_id = ANY (%(agent_ids)s::uuid[]) AND ended_at IS NULL;

-- name: seen_all
-- After an outage of ours: nobody's session ends because we were away.
UPDATE online_sessions SET last_seen_at = %(now)s WHERE ended_at IS NULL;

-- name: lost
SELECT agent_id::text FROM online_sessions
WHERE ended_at IS NULL AND last_seen_at < %(before)s LIMIT 500;
