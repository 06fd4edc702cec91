-- name: create_agent
INSERT INTO agents (id, email, name, role, password_hash, languages, created_at)
VALUES (%(id)s, %(email)s, %(name)s, %(role)s, %(password_hash)s, %(languages)s, %(now)s)
ON CONFLICT (lower(email)) DO NOTHING
RETURNING id;

-- name: agent_by_id
SELECT id::text, email, name, role, languages, disabled_at IS NOT NULL
FROM agents
WHERE id = %(id)s;

-- name: agent_by_email
SELECT id::text, email, name, role, languages, disabled_at IS NOT NULL
FROM agents
WHERE lower(email) = lower(%(email)s);

-- name: all_agents
SELECT id::text, email, name, role, languages, disabled_at IS NOT NULL
FROM agents
ORDER BY lower(email);

-- name: password_hash_of
SELECT password_hash
FROM agents
WHERE lower(email) = lower(%(email)s);

-- name: set_password_hash
UPDATE agents
SET password_hash = %(password_hash)s
WHERE id = %(id)s;

-- name: set_role
UPDATE agents
SET role = %(role)s
WHERE id = %(id)s;

-- name: disable_agent
WITH disabled AS (
    UPDATE agents SET disabled_at = coalesce(disabled_at, %(now)s) WHERE id = %(id)s RETURNING id
), signed_out AS (
    UPDATE sign_in_sessions
    SET ended_at = %(now)s, ended_because = 'agent_disabled'
    WHERE agent = %(id)s AND ended_at IS NULL
)
SELECT id FROM disabled;

-- name: enable_agent
UPDATE agents
SET disabled_at = NULL
WHERE id = %(id)s;
