-- name: newest
SELECT version, content, at, by, note
FROM qualifications
WHERE skill = %(skill)s
ORDER BY version DESC
LIMIT %(limit)s;

-- name: version
SELECT version, content, at, by, note
FROM qualifications
WHERE skill = %(skill)s AND version = %(version)s;

-- name: overview
SELECT s.key, s.name, q.version, q.at, q.by, q.note
FROM skills AS s
LEFT JOIN LATERAL (
    SELECT version, at, by, note FROM qualifications
    WHERE skill = s.key ORDER BY version DESC LIMIT 1
) AS q ON true
ORDER BY s.key
LIMIT %(limit)s;

-- name: save
-- Only on top of the version that was read: what another lead has just saved isn't lost.
INSERT INTO qualifications (skill, version, content, at, by, note)
SELECT s.key, %(based_on)s + 1, %(content)s, %(now)s, %(by)s, %(note)s
FROM skills AS s
WHERE s.key = %(skill)s
  AND %(based_on)s = coalesce(
      (SELECT max(version) FROM qualifications WHERE skill = %(skill)s), 0)
ON CONFLICT DO NOTHING
RETURNING version;

-- name: skill_exists
SELECT EXISTS (SELECT FROM skills WHERE key = %(skill)s);

-- name: start
INSERT INTO qualification_attempts
    (id, agent_id, skill, version, language, stage, started_at, last_at)
SELECT %(id)s, %(agent_id)s, q.skill, q.version, %(language)s, 'questions', %(now)s, %(now)s
FROM qualifications AS q
WHERE q.skill = %(skill)s
  AND q.version = (SELECT max(version) FROM qualifications WHERE skill = %(skill)s)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: tries
SELECT skill, count(*)
FROM qualification_attempts
WHERE agent_id = %(agent_id)s AND started_at > %(since)s
GROUP BY skill;

-- name: attempt
SELECT t.id::text, t.agent_id::text, t.skill, t.version, t.language, t.stage, t.started_at,
       t.last_at, t.spoke_at, t.ended_at, t.answers, t.replies, q.content
FROM qualification_attempts AS t
JOIN qualifications AS q ON q.skill = t.skill AND q.version = t.version
WHERE t.id = %(id)s AND t.agent_id = %(agent_id)s
FOR UPDATE OF t;

-- name: attempts_of
SELECT t.id::text, t.skill, t.version, t.stage, t.started_at, t.ended_at
FROM qualification_attempts AS t
WHERE t.agent_id = %(agent_id)s
  AND (%(before)s::timestamptz IS NULL OR t.started_at < %(before)s)
ORDER BY t.started_at DESC, t.id DESC
LIMIT %(limit)s;

-- name: open_attempt
SELECT id::text, skill FROM qualification_attempts
WHERE agent_id = %(agent_id)s AND ended_at IS NULL;

-- name: step
UPDATE qualification_attempts
SET stage = %(stage)s, last_at = %(now)s, spoke_at = %(spoke_at)s, ended_at = %(ended_at)s,
    answers = %(answers)s, replies = %(replies)s
WHERE id = %(id)s;

-- name: counted
SELECT started_at, ended_at FROM training_time
WHERE agent_id = %(agent_id)s AND evidence = %(evidence)s
ORDER BY id;

-- name: count_time
INSERT INTO training_time (agent_id, started_at, ended_at, skill, evidence)
VALUES (%(agent_id)s, %(started_at)s, %(ended_at)s, %(skill)s, %(evidence)s);

-- name: training_of
SELECT skill, evidence, min(started_at), max(ended_at),
       extract(epoch FROM sum(ended_at - started_at))::integer
FROM training_time
WHERE agent_id = %(agent_id)s
GROUP BY skill, evidence
ORDER BY min(started_at) DESC
LIMIT %(limit)s;

-- name: qualify
WITH given AS (
    INSERT INTO agent_skills (agent_id, skill, level)
    VALUES (%(agent_id)s, %(skill)s, %(level)s)
    ON CONFLICT (agent_id, skill) DO UPDATE
    SET level = greatest(agent_skills.level, excluded.level)
)
SELECT 1;
