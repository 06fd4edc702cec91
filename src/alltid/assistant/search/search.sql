-- name: revision
SELECT revision FROM knowledge;

-- name: state
SELECT
    (SELECT revision FROM knowledge),
    (
        SELECT count(*) FROM passages p JOIN articles a ON a.id = p.article_id
        WHERE a.collection = %(collection)s AND a.language = %(language)s AND p.place > 0
    );

-- name: languages
SELECT language FROM articles WHERE collection = %(collection)s
GROUP BY language ORDER BY count(*) DESC, language LIMIT 50;

-- name: documents
SELECT id, slug, title, url, dated FROM articles
WHERE collection = %(collection)s AND language = %(language)s
    AND (%(only)s::bigint[] IS NULL OR id = ANY (%(only)s::bigint[]))
ORDER BY slug, id;

-- name: passages
-- Every passage with its words, and for each word a letter a time it is said: A in the title.
SELECT
    p.article_id, p.place, p.text,
    ARRAY(SELECT w.lexeme FROM unnest(p.search) AS w ORDER BY w.lexeme),
    ARRAY(SELECT array_to_string(w.weights, '') FROM unnest(p.search) AS w ORDER BY w.lexeme),
    CASE WHEN p.encoder = %(encoder)s THEN p.vector END
FROM passages p JOIN articles a ON a.id = p.article_id
WHERE a.collection = %(collection)s AND a.language = %(language)s
    AND (%(only)s::bigint[] IS NULL OR a.id = ANY (%(only)s::bigint[]))
ORDER BY a.slug, a.id, p.place;

-- name: lexemes
-- Each sentence's words as the language's dictionary reduces them, and how often each is said.
SELECT
    ARRAY(SELECT w.lexeme FROM unnest(v.words) AS w ORDER BY w.lexeme),
    ARRAY(SELECT cardinality(w.positions) FROM unnest(v.words) AS w ORDER BY w.lexeme)
FROM unnest(%(texts)s::text[]) WITH ORDINALITY AS t (text, place)
CROSS JOIN LATERAL (SELECT to_tsvector(%(config)s::regconfig, t.text) AS words) AS v
ORDER BY t.place;

-- name: candidates_by_words
SELECT a.id
FROM articles a,
    (
        SELECT string_agg('''' || replace(replace(word, '\', ''), '''', '') || '''', ' | ')::tsquery
            AS query
        FROM unnest(%(words)s::text[]) AS word
        WHERE replace(replace(word, '\', ''), '''', '') <> ''
    ) AS asked
WHERE a.collection = %(collection)s AND a.language = %(language)s AND a.search @@ asked.query
ORDER BY ts_rank_cd(a.search, asked.query, 1) DESC, a.id
LIMIT %(limit)s;

-- name: nearest
SELECT DISTINCT near.article_id FROM (
    SELECT p.article_id
    FROM passage_vectors v
    JOIN passages p ON p.id = v.passage_id
    JOIN articles a ON a.id = p.article_id
    WHERE a.collection = %(collection)s AND a.language = %(language)s
        AND v.encoder = %(encoder)s
    ORDER BY v.vector <#> %(vector)s::vector
    LIMIT %(limit)s
) AS near;

-- name: has_pgvector
SELECT to_regclass('passage_vectors') IS NOT NULL;

-- name: unread
-- Passages that an encoder has yet to read, or that another one has read.
SELECT p.id, a.language, a.title, p.heading, p.text
FROM passages p JOIN articles a ON a.id = p.article_id
WHERE p.vector IS NULL AND p.id > %(after)s
    AND (%(collection)s::text IS NULL OR a.collection = %(collection)s)
    AND NOT a.language = ANY (%(but)s::text[])
ORDER BY p.id LIMIT %(limit)s;

-- name: count_unread
SELECT count(*) FROM passages p JOIN articles a ON a.id = p.article_id
WHERE p.vector IS NULL AND (%(collection)s::text IS NULL OR a.collection = %(collection)s);

-- name: keep_vector
UPDATE passages SET encoder = %(encoder)s, vector = %(vector)s WHERE id = %(id)s;

-- name: not_near
-- Passages of large collections that pgvector doesn't know yet.
SELECT p.id, p.encoder, p.vector
FROM passages p
JOIN articles a ON a.id = p.article_id
LEFT JOIN passage_vectors v ON v.passage_id = p.id
WHERE p.vector IS NOT NULL AND v.passage_id IS NULL
    AND (a.collection, a.language) IN (
        SELECT b.collection, b.language FROM passages q JOIN articles b ON b.id = q.article_id
        GROUP BY b.collection, b.language HAVING count(*) > %(held)s
    )
ORDER BY p.id LIMIT %(limit)s;

-- name: put_near
INSERT INTO passage_vectors (passage_id, encoder, vector)
VALUES (%(id)s, %(encoder)s, %(vector)s::vector)
ON CONFLICT (passage_id) DO UPDATE SET encoder = excluded.encoder, vector = excluded.vector;

-- name: vectors
SELECT a.slug, p.place, CASE WHEN p.encoder = %(encoder)s THEN p.vector END
FROM passages p JOIN articles a ON a.id = p.article_id
WHERE a.collection = %(collection)s AND a.language = %(language)s
ORDER BY a.slug, p.place LIMIT %(limit)s;
