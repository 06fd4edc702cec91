-- Files and pictures that belong to a conversation.

CREATE TABLE attachments (
    id            uuid PRIMARY KEY,
    conversation  uuid NOT NULL,
    uploader_kind text NOT NULL CHECK (uploader_kind IN ('customer', 'agent')),
    uploader      uuid NOT NULL,
    name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 160),
    media_type    text NOT NULL,
    size_bytes    integer NOT NULL CHECK (size_bytes > 0),
    sha256        bytea NOT NULL CHECK (octet_length(sha256) = 32),
    content       bytea NOT NULL,
    created_at    timestamptz NOT NULL,
    -- The client id of the one message that shows it; null until it is sent.
    used_in       text
);
-- Pictures and PDFs are compressed already: trying again only costs time.
ALTER TABLE attachments ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE INDEX attachments_conversation ON attachments (conversation);
CREATE INDEX attachments_unused ON attachments (created_at) WHERE used_in IS NULL;
