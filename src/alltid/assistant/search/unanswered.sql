-- name: lock
SELECT pg_advisory_xact_lock(hashtext('unanswered'));

-- name: count_again
WITH asked AS (
    SELECT tsvector_to_array(to_tsvector(%(config)s::regconfig, %(words)s)) AS words
), near AS (
    SELECT u.id, cardinality(common.words)::float8
        / nullif(cardinality(u.words) + cardinality(a.words) - cardinality(common.words), 0) AS alike
    FROM unanswered u, asked a
    CROSS JOIN LATERAL (
        SELECT ARRAY(SELECT unnest(u.words) INTERSECT SELECT unnest(a.words)) AS words
    ) AS common
    WHERE u.language = %(language)s AND u.words && a.words
    ORDER BY alike DESC, u.id LIMIT 1
)
UPDATE unanswered SET asked = asked + 1, last_at = greatest(last_at, %(at)s)
WHERE id = (SELECT id FROM near WHERE alike >= %(alike)s)
RETURNING id;

-- name: note
INSERT INTO unanswered (language, text, words, first_at, last_at)
SELECT %(language)s, %(text)s, words, %(at)s, %(at)s
FROM (SELECT tsvector_to_array(to_tsvector(%(config)s::regconfig, %(words)s)) AS words) AS asked
WHERE cardinality(words) > 0;

-- name: keep
DELETE FROM unanswered WHERE id IN (
    SELECT id FROM unanswered ORDER BY last_at DESC, id DESC OFFSET %(most)s
);

-- name: page
SELECT id, language, text, asked, first_at, last_at FROM unanswered
WHERE %(language)s::text IS NULL OR language = %(language)s
ORDER BY asked DESC, last_at DESC, id DESC OFFSET %(after)s LIMIT %(limit)s;

-- name: remove
DELETE FROM unanswered WHERE id = %(id)s;

-- name: forget
DELETE FROM unanswered WHERE last_at < %(before)s;
