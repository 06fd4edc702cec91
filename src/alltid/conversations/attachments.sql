-- name: add_attachment
INSERT INTO attachments (id, conversation, uploader_kind, uploader, name, media_type,
                         size_bytes, sha256, content, created_at)
SELECT %(id)s, %(conversation)s, %(uploader_kind)s, %(uploader)s, %(name)s, %(media_type)s,
       %(size_bytes)s, %(sha256)s, %(content)b, %(now)s
WHERE (SELECT count(*) < %(count_max)s
              AND coalesce(sum(size_bytes), 0) + %(size_bytes)s <= %(total_bytes_max)s
       FROM attachments WHERE conversation = %(conversation)s)
RETURNING id;

-- name: one_upload_at_a_time
-- Two uploads into one conversation must not both see room for the last file.
SELECT pg_advisory_xact_lock(hashtextextended('attachments/' || %(conversation)s, 0));

-- name: attachment_content
SELECT name, media_type, sha256, content
FROM attachments
WHERE id = %(id)s;

-- name: use_attachments
UPDATE attachments
SET used_in = %(client_id)s
WHERE id = ANY(%(ids)s::uuid[])
  AND conversation = %(conversation)s
  AND uploader_kind = %(uploader_kind)s
  AND uploader = %(uploader)s
  AND (used_in IS NULL OR used_in = %(client_id)s)
RETURNING id::text, name, media_type, size_bytes;

-- name: delete_unused
DELETE FROM attachments
WHERE id IN (
    SELECT id FROM attachments
    WHERE used_in IS NULL AND created_at < %(before)s
    ORDER BY created_at
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
);
