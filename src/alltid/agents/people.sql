-- name: apply
INSERT INTO applications
    (id, name, email, languages, skills, motivation, country, consent, applied_at)
SELECT %(id)s, %(name)s, %(email)s, %(languages)s, %(skills)s, %(motivation)s, %(country)s,
       %(consent)s, %(now)s
WHERE (SELECT count(*) FROM applications WHERE decision IS NULL) < %(open_max)s
RETURNING id;

-- name: application
SELECT a.id::text, a.name, a.email, a.languages, a.skills, a.motivation, a.country, a.applied_at,
       a.decision, a.decided_at, l.name, a.reason, a.agent_id::text,
       EXISTS (SELECT FROM agents AS g WHERE lower(g.email) = lower(a.email)
                                       AND g.id IS DISTINCT FROM a.agent_id)
FROM applications AS a
LEFT JOIN agents AS l ON l.id = a.decided_by
WHERE a.id = %(id)s;

-- name: applications
SELECT a.id::text, a.name, a.email, a.languages, a.skills, a.motivation, a.country, a.applied_at,
       a.decision, a.decided_at, l.name, a.reason, a.agent_id::text,
       EXISTS (SELECT FROM agents AS g WHERE lower(g.email) = lower(a.email)
                                       AND g.id IS DISTINCT FROM a.agent_id)
FROM applications AS a
LEFT JOIN agents AS l ON l.id = a.decided_by
WHERE (a.decision IS NULL) = %(open)s
  AND (%(before)s::timestamptz IS NULL OR a.applied_at < %(before)s)
ORDER BY a.applied_at DESC, a.id DESC
LIMIT %(limit)s;

-- name: approve
-- All or nothing: the account, the decision on the application, and its record.
WITH account AS (
    INSERT INTO agents (id, email, name, role, password_hash, languages, created_at)
    SELECT %(agent_id)s, email, name, 'agent', NULL, languages, %(now)s
    FROM applications
    WHERE id = %(id)s AND decision IS DISTINCT FROM 'approved'
    ON CONFLICT (lower(email)) DO NOTHING
    RETURNING id
), decided AS (
    UPDATE applications
    SET decision = 'approved', decided_at = %(now)s, decided_by = %(by)s, reason = %(reason)s,
        agent_id = account.id
    FROM account
    WHERE applications.id = %(id)s
    RETURNING applications.agent_id
)
INSERT INTO agent_decisions (id, agent_id, kind, about, at, by, reason)
SELECT %(decision_id)s, agent_id, 'approved', %(id)s, %(now)s, %(by_name)s, %(reason)s
FROM decided
RETURNING agent_id::text;

-- name: refuse
UPDATE applications
SET decision = 'refused', decided_at = %(now)s, decided_by = %(by)s, reason = %(reason)s
WHERE id = %(id)s AND decision IS NULL
RETURNING id;

-- name: may_set_sign_in
SELECT g.id::text
FROM applications AS a
JOIN agents AS g ON g.id = a.agent_id
WHERE a.id = %(id)s
  AND g.disabled_at IS NULL
  AND g.password_hash IS NULL
  AND NOT EXISTS (SELECT FROM passkeys AS p WHERE p.agent = g.id)
  AND a.decided_at > %(since)s;

-- name: first_password
-- Only where there is still no way in: two at once, and the first one counts.
UPDATE agents
SET password_hash = %(password_hash)s
WHERE id = %(agent_id)s AND password_hash IS NULL AND disabled_at IS NULL
  AND NOT EXISTS (SELECT FROM passkeys AS p WHERE p.agent = agents.id)
RETURNING id;

-- name: sign_in_set
UPDATE applications SET sign_in_at = %(now)s WHERE id = %(id)s;

-- name: forget_refused
DELETE FROM applications AS a
WHERE a.decision = 'refused' AND a.decided_at < %(before)s
  AND NOT EXISTS (SELECT FROM review_requests AS r WHERE r.application_id = a.id);

-- name: decide
INSERT INTO agent_decisions (id, agent_id, kind, about, at, by, reason)
VALUES (%(id)s, %(agent_id)s, %(kind)s, %(about)s, %(now)s, %(by)s, %(reason)s);

-- name: decisions_of
SELECT d.id::text, d.kind, d.about, d.at, d.by, d.reason
FROM agent_decisions AS d
WHERE d.agent_id = %(agent_id)s
  AND (%(before)s::timestamptz IS NULL OR d.at < %(before)s)
ORDER BY d.at DESC, d.id DESC
LIMIT %(limit)s;

-- name: latest_decision
SELECT d.id::text, d.kind, d.about, d.at, d.by, d.reason
FROM agent_decisions AS d
WHERE d.agent_id = %(agent_id)s AND d.kind = %(kind)s
ORDER BY d.at DESC, d.id DESC
LIMIT 1;

-- name: deactivate
WITH disabled AS (
    UPDATE agents SET disabled_at = %(now)s
    WHERE id = %(agent_id)s AND disabled_at IS NULL AND role = 'agent'
    RETURNING id
), signed_out AS (
    UPDATE sign_in_sessions
    SET ended_at = %(now)s, ended_because = 'agent_disabled'
    FROM disabled
    WHERE agent = disabled.id AND ended_at IS NULL
)
INSERT INTO agent_decisions (id, agent_id, kind, about, at, by, reason)
SELECT %(id)s, id, 'deactivated', NULL, %(now)s, %(by)s, %(reason)s FROM disabled
RETURNING agent_id;

-- name: reactivate
WITH enabled AS (
    UPDATE agents SET disabled_at = NULL
    WHERE id = %(agent_id)s AND disabled_at IS NOT NULL AND role = 'agent'
    RETURNING id
)
INSERT INTO agent_decisions (id, agent_id, kind, about, at, by, reason)
SELECT %(id)s, id, 'reactivated', NULL, %(now)s, %(by)s, %(reason)s FROM enabled
RETURNING agent_id;

-- name: people
SELECT g.id::text, g.name, g.email, g.role, g.languages, g.disabled_at, g.created_at,
       coalesce((SELECT jsonb_object_agg(s.skill, s.level)
                 FROM agent_skills AS s WHERE s.agent_id = g.id), '{}')
FROM agents AS g
WHERE %(after)s::text IS NULL OR lower(g.email) > lower(%(after)s)
ORDER BY lower(g.email)
LIMIT %(limit)s;

-- name: give_skill
WITH given AS (
    INSERT INTO agent_skills (agent_id, skill, level)
    SELECT g.id, s.key, %(level)s FROM agents AS g, skills AS s
    WHERE g.id = %(agent_id)s AND s.key = %(skill)s
    ON CONFLICT (agent_id, skill) DO UPDATE SET level = excluded.level
    RETURNING agent_id
)
INSERT INTO agent_decisions (id, agent_id, kind, about, at, by, reason)
SELECT %(id)s, agent_id, 'skill_given', %(skill)s, %(now)s, %(by)s, %(reason)s FROM given
RETURNING agent_id;

-- name: take_skill
WITH taken AS (
    DELETE FROM agent_skills WHERE agent_id = %(agent_id)s AND skill = %(skill)s
    RETURNING agent_id
)
INSERT INTO agent_decisions (id, agent_id, kind, about, at, by, reason)
SELECT %(id)s, agent_id, 'skill_taken', %(skill)s, %(now)s, %(by)s, %(reason)s FROM taken
RETURNING agent_id;

-- name: skills
SELECT key, name FROM skills ORDER BY key LIMIT %(limit)s;

-- name: skills_of
SELECT s.key, s.name, h.level, q.version
FROM skills AS s
LEFT JOIN agent_skills AS h ON h.skill = s.key AND h.agent_id = %(agent_id)s
LEFT JOIN LATERAL (
    SELECT version FROM qualifications WHERE skill = s.key ORDER BY version DESC LIMIT 1
) AS q ON true
ORDER BY s.key
LIMIT %(limit)s;

-- name: score_counts
-- A rating belongs to whoever resolved the conversation just before it; the latest one counts.
SELECT count(*) FILTER (WHERE score = 1), count(*) FILTER (WHERE score = 2),
       count(*) FILTER (WHERE score = 3), count(*) FILTER (WHERE score = 4),
       count(*) FILTER (WHERE score = 5)
FROM (
    SELECT (rated.data ->> 'score')::integer AS score
    FROM (
        SELECT id FROM conversations
        WHERE resolved_by IS NOT NULL AND resolved_at > %(since)s
          AND (%(agent_id)s::uuid IS NULL OR resolved_by = %(agent_id)s)
        ORDER BY resolved_at DESC
        LIMIT %(limit)s
    ) AS c
    CROSS JOIN LATERAL (
        SELECT e.data, e.version FROM events AS e
        WHERE e.stream_id = c.id AND e.type = 'Rated'
        ORDER BY e.version DESC LIMIT 1
    ) AS rated
    JOIN LATERAL (
        SELECT e.actor FROM events AS e
        WHERE e.stream_id = c.id AND e.type = 'Resolved' AND e.version < rated.version
        ORDER BY e.version DESC LIMIT 1
    ) AS resolved ON %(agent_id)s::uuid IS NULL OR resolved.actor = 'agent:' || %(agent_id)s::text
    WHERE rated.data ->> 'score' IS NOT NULL
) AS scores;
