-- name: ask
INSERT INTO review_requests
    (id, agent_id, application_id, about, about_id, words, asked_at, due_at)
SELECT %(id)s, %(agent_id)s, %(application_id)s, %(about)s, %(about_id)s, %(words)s, %(now)s,
       %(due_at)s
WHERE (SELECT count(*) FROM review_requests
       WHERE answered_at IS NULL
         AND coalesce(agent_id, application_id)
             = coalesce(%(agent_id)s::uuid, %(application_id)s::uuid)) < %(open_max)s
ON CONFLICT (coalesce(agent_id, application_id), about, about_id) WHERE answered_at IS NULL
DO NOTHING;

-- name: open_one
SELECT r.id::text, r.about, r.about_id, r.words, r.asked_at, r.due_at, r.answered_at, l.name,
       r.outcome, r.answer, coalesce(g.name, a.name), r.agent_id::text, r.application_id::text,
       NULL
FROM review_requests AS r
LEFT JOIN agents AS l ON l.id = r.answered_by
LEFT JOIN agents AS g ON g.id = r.agent_id
LEFT JOIN applications AS a ON a.id = r.application_id
WHERE r.answered_at IS NULL AND r.about = %(about)s AND r.about_id = %(about_id)s
  AND coalesce(r.agent_id, r.application_id)
      = coalesce(%(agent_id)s::uuid, %(application_id)s::uuid);

-- name: reviews_of
SELECT r.id::text, r.about, r.about_id, r.words, r.asked_at, r.due_at, r.answered_at, l.name,
       r.outcome, r.answer, coalesce(g.name, a.name), r.agent_id::text, r.application_id::text,
       NULL
FROM review_requests AS r
LEFT JOIN agents AS l ON l.id = r.answered_by
LEFT JOIN agents AS g ON g.id = r.agent_id
LEFT JOIN applications AS a ON a.id = r.application_id
WHERE coalesce(r.agent_id, r.application_id)
      = coalesce(%(agent_id)s::uuid, %(application_id)s::uuid)
  AND (%(before)s::timestamptz IS NULL OR r.asked_at < %(before)s)
ORDER BY r.asked_at DESC, r.id DESC
LIMIT %(limit)s;

-- name: open_reviews
-- The nearest due date first: what is overdue stands on top.
SELECT r.id::text, r.about, r.about_id, r.words, r.asked_at, r.due_at, r.answered_at, NULL,
       r.outcome, r.answer, coalesce(g.name, a.name), r.agent_id::text, r.application_id::text,
       coalesce(d.reason, a.reason)
FROM review_requests AS r
LEFT JOIN agents AS g ON g.id = r.agent_id
LEFT JOIN applications AS a ON a.id = r.application_id
LEFT JOIN agent_decisions AS d ON d.id::text = r.about_id AND d.agent_id = r.agent_id
WHERE r.answered_at IS NULL
  AND (%(after)s::timestamptz IS NULL OR r.due_at > %(after)s)
ORDER BY r.due_at, r.id
LIMIT %(limit)s;

-- name: answered_reviews
SELECT r.id::text, r.about, r.about_id, r.words, r.asked_at, r.due_at, r.answered_at, l.name,
       r.outcome, r.answer, coalesce(g.name, a.name), r.agent_id::text, r.application_id::text,
       coalesce(d.reason, a.reason)
FROM review_requests AS r
JOIN agents AS l ON l.id = r.answered_by
LEFT JOIN agents AS g ON g.id = r.agent_id
LEFT JOIN applications AS a ON a.id = r.application_id
LEFT JOIN agent_decisions AS d ON d.id::text = r.about_id AND d.agent_id = r.agent_id
WHERE r.answered_at IS NOT NULL
  AND (%(after)s::timestamptz IS NULL OR r.answered_at < %(after)s)
ORDER BY r.answered_at DESC, r.id
LIMIT %(limit)s;

-- name: answer
WITH answered AS (
    UPDATE review_requests
    SET answered_at = %(now)s, answered_by = %(by)s, outcome = %(outcome)s, answer = %(answer)s
    WHERE id = %(id)s AND answered_at IS NULL
    RETURNING id, agent_id
), recorded AS (
    INSERT INTO agent_decisions (id, agent_id, kind, about, at, by, reason)
    SELECT %(decision_id)s, agent_id, 'review_' || %(outcome)s, %(id)s, %(now)s, %(by_name)s,
           %(answer)s
    FROM answered
    WHERE agent_id IS NOT NULL
)
SELECT id::text FROM answered;

-- name: counts
SELECT (SELECT count(*) FROM applications WHERE decision IS NULL),
       count(*), count(*) FILTER (WHERE due_at < %(now)s)
FROM review_requests
WHERE answered_at IS NULL;
