-- name: open_session
INSERT INTO online_sessions (id, agent_id, started_at, last_seen_at)
VALUES (%(id)s, %(agent_id)s, %(now)s, %(now)s)
ON CONFLICT (agent_id) WHERE ended_at IS NULL DO NOTHING
RETURNING id::text;

-- name: lock_sessions
-- In one order everywhere, so that nobody waits for each other in a circle.
SELECT id::text, state FROM online_sessions
WHERE id = ANY (%(ids)s::uuid[]) ORDER BY id FOR UPDATE;

-- name: lock_open_session
SELECT id::text, state FROM online_sessions
WHERE agent_id = %(agent_id)s AND ended_at IS NULL FOR UPDATE;

-- name: open_session_id
SELECT id::text FROM online_sessions WHERE agent_id = %(agent_id)s AND ended_at IS NULL;

-- name: record
INSERT INTO events (stream_id, version, type, data, actor, at)
SELECT e.stream_id, e.version, e.type, e.data, e.actor, %(now)s
FROM json_to_recordset(%(events)s::json) AS e (
    stream_id uuid, version int, type text, data jsonb, actor text
);

-- name: save_sessions
WITH saved AS (
    UPDATE online_sessions s SET
        version = g.version, capacity = g.capacity, rate_id = g.rate_id, paused = g.paused,
        ended_at = g.ended_at, ended_because = g.ended_because, state = g.state
    FROM json_to_recordset(%(rows)s::json) AS g (
        id uuid, version int, capacity text, rate_id text, paused text, ended_at timestamptz,
        ended_because text, state jsonb
    )
    WHERE s.id = g.id
)
SELECT pg_notify('alltid_agents', n) FROM unnest(%(notices)s::text[]) AS n;

-- name: remember_choices
INSERT INTO agent_choices (agent_id, choices) VALUES (%(agent_id)s, %(choices)s::jsonb)
ON CONFLICT (agent_id) DO UPDATE SET choices = excluded.choices;

-- name: last_choices
SELECT choices FROM agent_choices WHERE agent_id = %(agent_id)s;

-- name: skills_of
SELECT s.key, s.name, a.level FROM agent_skills a JOIN skills s ON s.key = a.skill
WHERE a.agent_id = %(agent_id)s ORDER BY s.key LIMIT 50;

-- name: open_sessions_of
SELECT agent_id::text, id::text, started_at, last_seen_at, state FROM online_sessions
WHERE agent_id = ANY (%(agent_ids)s::uuid[]) AND ended_at IS NULL;

-- name: open_versions
SELECT id::text, version FROM online_sessions WHERE ended_at IS NULL
ORDER BY id LIMIT %(limit)s;

-- name: states
SELECT id::text, version, state FROM online_sessions WHERE id = ANY (%(ids)s::uuid[]);

-- name: seen
UPDATE online_sessions SET last_seen_at = %(now)s
WHERE agent_id = ANY (%(agent_ids)s::uuid[]) AND ended_at IS NULL;

-- name: silent
SELECT id::text, last_seen_at FROM online_sessions
WHERE ended_at IS NULL AND last_seen_at < %(before)s ORDER BY last_seen_at LIMIT 500;

-- name: outages_since
SELECT started_at, ended_at FROM outages WHERE ended_at > %(since)s ORDER BY started_at LIMIT 1000;

-- name: beat
INSERT INTO desk_heartbeats (process_id, seen_at) VALUES (%(process_id)s, %(now)s)
ON CONFLICT (process_id) DO UPDATE SET seen_at = excluded.seen_at;

-- name: last_beat
SELECT max(seen_at) FROM desk_heartbeats;

-- name: forget_beats
DELETE FROM desk_heartbeats WHERE seen_at < %(before)s;

-- name: note_outage
INSERT INTO outages (started_at, ended_at) VALUES (%(started_at)s, %(ended_at)s);
