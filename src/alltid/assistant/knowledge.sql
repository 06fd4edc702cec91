-- name: lock_revision
SELECT revision FROM knowledge FOR UPDATE;

-- name: raise_revision
UPDATE knowledge SET revision = revision + 1;

-- name: put_article
INSERT INTO articles AS a (
    language, slug, title, summary, keywords, body, paragraphs, url, search
)
VALUES (
    %(language)s, %(slug)s, %(title)s, %(summary)s, %(keywords)s, %(body)s, %(paragraphs)s,
    %(url)s,
    setweight(to_tsvector(%(config)s::regconfig, %(title)s), 'A')
        || setweight(to_tsvector(%(config)s::regconfig, %(keywords)s), 'A')
        || setweight(to_tsvector(%(config)s::regconfig, %(summary)s), 'B')
        || setweight(to_tsvector(%(config)s::regconfig, %(text)s), 'C')
)
ON CONFLICT (language, slug) DO UPDATE SET
    title = excluded.title, summary = excluded.summary, keywords = excluded.keywords,
    body = excluded.body, paragraphs = excluded.paragraphs, url = excluded.url,
    search = excluded.search
WHERE (a.title, a.summary, a.keywords, a.body, a.paragraphs, a.url, a.search)
    IS DISTINCT FROM (
        excluded.title, excluded.summary, excluded.keywords, excluded.body,
        excluded.paragraphs, excluded.url, excluded.search
    )
RETURNING xmax = 0;

-- name: remove_others
DELETE FROM articles a
WHERE NOT EXISTS (
    SELECT FROM unnest(%(languages)s::text[], %(slugs)s::text[]) AS kept (language, slug)
    WHERE kept.language = a.language AND kept.slug = a.slug
);

-- name: article
SELECT language, slug, title, summary, body, url FROM articles
WHERE language = %(language)s AND slug = %(slug)s;

-- name: languages_of
SELECT language FROM articles WHERE slug = %(slug)s ORDER BY language;

-- name: titles
SELECT slug, title, summary FROM articles
WHERE language = %(language)s ORDER BY title, slug LIMIT 500;

-- name: words
-- Every word of a language's articles, with the number of articles that use it. Articles that
-- only mention it count for a quarter: 'refund' is in many texts and the subject of one.
SELECT w.lexeme, sum(CASE WHEN 'A' = ANY (w.weights) THEN 1.0 ELSE 0.25 END)::float8 AS articles
FROM articles a, unnest(a.search) AS w
WHERE a.language = %(language)s
GROUP BY w.lexeme ORDER BY articles DESC, w.lexeme LIMIT 100000;

-- name: question
-- The question's words as the language's dictionary reduces them, and how fresh words are.
SELECT
    ARRAY(
        SELECT w.lexeme FROM unnest(to_tsvector(%(config)s::regconfig, %(text)s)) AS w
        ORDER BY w.positions[1], w.lexeme
    ),
    (SELECT revision FROM knowledge),
    (SELECT count(*) FROM articles WHERE language = %(language)s);

-- name: candidates
-- Articles with any of the words, densest first: cover density (several of the words near
-- each other count for more), divided by 1 + log(length).
WITH asked AS (
    SELECT string_agg('''' || word || '''', ' | ')::tsquery AS query
    FROM unnest(%(words)s::text[]) AS word
)
SELECT
    a.language, a.slug, a.title, a.summary, a.url, a.paragraphs,
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
WHERE a.language = %(language)s AND a.search @@ asked.query
ORDER BY density DESC, a.slug
LIMIT %(limit)s;

-- name: paragraph_words
SELECT tsvector_to_array(to_tsvector(%(config)s::regconfig, p.text))
FROM unnest(%(paragraphs)s::text[]) WITH ORDINALITY AS p (text, place)
ORDER BY p.place;
