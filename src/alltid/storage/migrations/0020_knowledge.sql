-- Help articles that the assistant answers from, searched by full text in their own language.

CREATE TABLE articles (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    language   text NOT NULL,
    slug       text NOT NULL,
    title      text NOT NULL,
    summary    text NOT NULL,
    keywords   text NOT NULL,
    body       text NOT NULL,
    -- The body without its markup: what the assistant quotes, a paragraph at a time.
    paragraphs text[] NOT NULL,
    url        text NOT NULL,
    -- Title and keywords weigh A, the summary B, the body C. Written by the import and not
    -- generated: a column of type regconfig would stand in the way of pg_upgrade.
    search     tsvector NOT NULL,
    UNIQUE (language, slug)
);

CREATE INDEX articles_search ON articles USING gin (search);

-- Rises with every change, so that what a process remembers of the words knows its age.
CREATE TABLE knowledge (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    revision bigint NOT NULL
);

INSERT INTO knowledge (revision) VALUES (0);
