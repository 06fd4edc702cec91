-- name: lock_revision
SELECT revision FROM knowledge FOR UPDATE;

-- name: raise_revision
UPDATE knowledge SET revision = revision + 1;

-- name: imported
SELECT language, slug, digest FROM articles
WHERE collection = %(collection)s AND origin = 'import';

-- name: put_article
-- Nothing comes back when the article is there as it is.
INSERT INTO articles AS a (
    collection, language, slug, title, summary, keywords, body, paragraphs, url, search,
    origin, source, dated, digest
)
VALUES (
    %(collection)s, %(language)s, %(slug)s, %(title)s, %(summary)s, %(keywords)s, %(body)s,
    %(paragraphs)s, %(url)s,
    setweight(to_tsvector(%(config)s::regconfig, %(title)s), 'A')
        || setweight(to_tsvector(%(config)s::regconfig, %(keywords)s), 'A')
        || setweight(to_tsvector(%(config)s::regconfig, %(summary)s), 'B')
        || setweight(to_tsvector(%(config)s::regconfig, %(text)s), 'C'),
    %(origin)s, %(source)s, %(dated)s, %(digest)s
)
ON CONFLICT (collection, language, slug) DO UPDATE SET
    title = excluded.title, summary = excluded.summary, keywords = excluded.keywords,
    body = excluded.body, paragraphs = excluded.paragraphs, url = excluded.url,
    search = excluded.search, origin = excluded.origin, source = excluded.source,
    dated = excluded.dated, digest = excluded.digest
WHERE a.digest IS DISTINCT FROM excluded.digest OR a.origin <> excluded.origin
RETURNING a.id, xmax = 0;

-- name: remove_others
DELETE FROM articles a
WHERE a.collection = %(collection)s AND a.origin = 'import' AND NOT EXISTS (
    SELECT FROM unnest(%(languages)s::text[], %(slugs)s::text[]) AS kept (language, slug)
    WHERE kept.language = a.language AND kept.slug = a.slug
);

-- name: remove_document
DELETE FROM articles
WHERE collection = %(collection)s AND slug = %(slug)s
    AND (%(but)s::text IS NULL OR (language <> %(but)s AND source = %(source)s))
    AND origin = 'added';

-- name: remove_collection
DELETE FROM articles WHERE collection = %(collection)s AND origin = 'added';

-- name: digests
SELECT slug, language, digest FROM articles
WHERE collection = %(collection)s AND slug = ANY (%(slugs)s::text[]);

-- name: documents_in
SELECT count(*) FROM articles WHERE collection = %(collection)s;

-- name: collections
SELECT
    a.collection, a.language, count(*), max(a.dated),
    sum(n.passages)::bigint, sum(n.read)::bigint
FROM articles a
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE p.place > 0) AS passages,
        count(*) FILTER (WHERE p.place > 0 AND p.vector IS NOT NULL) AS read
    FROM passages p WHERE p.article_id = a.id
) AS n
GROUP BY a.collection, a.language ORDER BY a.collection, a.language LIMIT 1000;

-- name: documents
SELECT slug, language, title, url, source, dated FROM articles
WHERE collection = %(collection)s AND (slug, language) > (%(after)s, %(after_language)s)
ORDER BY slug, language LIMIT %(limit)s;

-- name: kept_vectors
SELECT digest, encoder, vector FROM passages
WHERE article_id = %(article_id)s AND vector IS NOT NULL;

-- name: remove_passages
DELETE FROM passages WHERE article_id = %(article_id)s;

-- name: put_passage
INSERT INTO passages (article_id, place, heading, text, digest, search, encoder, vector)
VALUES (
    %(article_id)s, %(place)s, %(heading)s, %(text)s, %(digest)s,
    CASE WHEN %(place)s = 0 THEN ''::tsvector ELSE
        setweight(to_tsvector(%(config)s::regconfig, %(subject)s), 'A')
        || setweight(to_tsvector(%(config)s::regconfig, %(heading)s), 'B')
        || setweight(to_tsvector(%(config)s::regconfig, %(text)s), 'C')
    END,
    %(encoder)s, %(vector)s
);

-- name: article
SELECT language, slug, title, summary, body, url, dated FROM articles
WHERE collection = 'help' AND language = %(language)s AND slug = %(slug)s;

-- name: languages_of
SELECT language FROM articles WHERE collection = 'help' AND slug = %(slug)s ORDER BY language;

-- name: titles
SELECT slug, title, summary FROM articles
WHERE collection = 'help' AND language = %(language)s ORDER BY title, slug LIMIT 500;

-- name: words
-- Every word of a language's articles, with the number of articles that use it. Articles that
-- only mention it count for a quarter: 'refund' is in many texts and the subject of one.
SELECT w.lexeme, sum(CASE WHEN 'A' = ANY (w.weights) THEN 1.0 ELSE 0.25 END)::float8 AS articles
FROM articles a, unnest(a.search) AS w
WHERE a.collection = %(collection)s AND a.language = %(language)s
GROUP BY w.lexeme ORDER BY articles DESC, w.lexeme LIMIT 100000;

-- name: question
-- The question's words as the language's dictionary reduces them, and how fresh words are.
SELECT
    ARRAY(
        SELECT w.lexeme FROM unnest(to_tsvector(%(config)s::regconfig, %(text)s)) AS w
        ORDER BY w.positions[1], w.lexeme
    ),
    (SELECT revision FROM knowledge),
    (
        SELECT count(*) FROM articles
        WHERE collection = %(collection)s AND language = %(language)s
    );

-- name: candidates
-- Articles with any of the words, densest first: cover density (several of the words near
-- each other count for more), divided by 1 + log(length).
WITH asked AS (
    SELECT string_agg('''' || word || '''', ' | ')::tsquery AS query
    FROM unnest(%(words)s::text[]) AS word
)
SELECT
    a.language, a.slug, a.title, a.summary, a.url, a.paragraphs, a.dated,
    ts_rank_cd('{0.1, 0.4, 0.7, 1.0}', a.search, asked.query, 1) AS density,
    ARRAY(
        SELECT w.lexeme FROM unnest(a.search) AS w
        WHERE w.lexeme = ANY (%(words)s::text[]) ORDER BY w.lexeme
    ) AS words,
    ARRAY(
        SELECT array_to_string(w.weights, '') FROM unnest(a.search) AS w
        WHERE w.lexeme = ANY (%(words)s::text[]) ORDER BY w.lexeme
    ) AS weights
FROM articles a, asked
WHERE a.collection = %(collection)s AND a.language = %(language)s AND a.search @@ asked.query
ORDER BY density DESC, a.slug
LIMIT %(limit)s;

-- name: without_words
-- Articles that were found by what they mean.
SELECT
    a.language, a.slug, a.title, a.summary, a.url, a.paragraphs, a.dated,
    0.0::float8 AS density, '{}'::text[] AS words, '{}'::text[] AS weights
FROM articles a
WHERE a.collection = %(collection)s AND a.language = %(language)s
    AND a.slug = ANY (%(slugs)s::text[])
ORDER BY a.slug;

-- name: paragraph_words
SELECT tsvector_to_array(to_tsvector(%(config)s::regconfig, p.text))
FROM unnest(%(paragraphs)s::text[]) WITH ORDINALITY AS p (text, place)
ORDER BY p.place;
