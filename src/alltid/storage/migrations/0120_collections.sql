-- Sets of documents beside the help articles, the passages of all, and what nobody answered.

ALTER TABLE articles
    ADD COLUMN collection text NOT NULL DEFAULT 'help',
    -- 'import': a folder is the truth, and what it lacks goes. 'added': stays until removed.
    ADD COLUMN origin     text NOT NULL DEFAULT 'import' CHECK (origin IN ('import', 'added')),
    ADD COLUMN source     text NOT NULL DEFAULT '',
    ADD COLUMN dated      date,
    -- Of everything that was read of the document: the same again needs no work.
    ADD COLUMN digest     bytea,
    DROP CONSTRAINT articles_language_slug_key,
    ADD CONSTRAINT articles_key UNIQUE (collection, language, slug);

-- A document in pieces of a paragraph or two. Place 0 has no words of its own: its vector stands
-- for the whole document. Vectors are 16-bit floats, little-endian, of length one; none until
-- the encoder has come round to it, and full text works without.
CREATE TABLE passages (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    article_id bigint NOT NULL REFERENCES articles ON DELETE CASCADE,
    place      integer NOT NULL,
    heading    text NOT NULL,
    text       text NOT NULL,
    -- Of what the encoder reads: a passage that stays as it was keeps its vector.
    digest     bytea NOT NULL,
    search     tsvector NOT NULL,
    encoder    text,
    vector     bytea,
    UNIQUE (article_id, place)
);

CREATE INDEX passages_unread ON passages (id) WHERE vector IS NULL;

-- Questions that found no answer, without personal data; alike ones are counted together.
CREATE TABLE unanswered (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    language text NOT NULL,
    text     text NOT NULL,
    words    text[] NOT NULL,
    asked    bigint NOT NULL DEFAULT 1,
    first_at timestamptz NOT NULL,
    last_at  timestamptz NOT NULL
);

CREATE INDEX unanswered_words ON unanswered USING gin (words);
CREATE INDEX unanswered_last ON unanswered (last_at);

-- Nearest neighbours for collections too large to be held in memory, where the server has
-- pgvector and this user may create it. Without, such collections are searched by words first.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector') THEN
        CREATE EXTENSION IF NOT EXISTS vector;
        CREATE TABLE passage_vectors (
            passage_id bigint PRIMARY KEY REFERENCES passages ON DELETE CASCADE,
            encoder    text NOT NULL,
            vector     vector(384) NOT NULL
        );
        CREATE INDEX passage_vectors_near ON passage_vectors
            USING hnsw (vector vector_ip_ops);
    END IF;
EXCEPTION
    WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
        RAISE NOTICE 'pgvector is not used: %', SQLERRM;
END
$$;

UPDATE knowledge SET revision = revision + 1;
