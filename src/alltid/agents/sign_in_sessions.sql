-- name: start_session
WITH ended AS (
    UPDATE sign_in_sessions
    SET ended_at = %(now)s, ended_because = 'signed_in_again'
    WHERE token_sha256 = %(replaces)s AND ended_at IS NULL
), swept AS (
    DELETE FROM sign_in_sessions WHERE expires_at < %(now)s
)
INSERT INTO sign_in_sessions
    (token_sha256, id, agent, how, created_at, last_seen_at, expires_at)
SELECT %(token_sha256)s, %(id)s, agents.id, %(how)s, %(now)s, %(now)s, %(expires_at)s
FROM agents
WHERE agents.id = %(agent)s AND agents.disabled_at IS NULL
RETURNING id;

-- name: session_by_token
SELECT s.id::text, s.last_seen_at, a.id::text, a.email, a.name, a.role, a.languages
FROM sign_in_sessions AS s
JOIN agents AS a ON a.id = s.agent
WHERE s.token_sha256 = %(token_sha256)s
  AND s.ended_at IS NULL
  AND s.expires_at > %(now)s
  AND s.last_seen_at > %(idle_since)s
  AND a.disabled_at IS NULL;

-- name: keep_session_alive
UPDATE sign_in_sessions AS s
SET last_seen_at = greatest(s.last_seen_at, %(now)s)
FROM agents AS a
WHERE s.id = %(id)s
  AND a.id = s.agent
  AND s.ended_at IS NULL
  AND s.expires_at > %(now)s
  AND a.disabled_at IS NULL
RETURNING s.id;

-- name: touch_session
UPDATE sign_in_sessions
SET last_seen_at = %(now)s
WHERE token_sha256 = %(token_sha256)s AND last_seen_at < %(now)s;

-- name: end_session
UPDATE sign_in_sessions
SET ended_at = %(now)s, ended_because = 'signed_out'
WHERE token_sha256 = %(token_sha256)s AND ended_at IS NULL
RETURNING id::text, agent::text;
