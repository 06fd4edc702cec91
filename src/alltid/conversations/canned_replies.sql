-- name: put
-- The company's are changed by leads, an agent's own by the agent; an id never changes hands.
INSERT INTO canned_replies AS r (id, owner, language, shortcut, title, text, changed_by, changed_at)
SELECT %(id)s, %(owner)s, %(language)s, %(shortcut)s, %(title)s, %(text)s, %(by)s, %(now)s
WHERE EXISTS (SELECT FROM canned_replies WHERE id = %(id)s)
    OR (SELECT count(*) FROM canned_replies WHERE owner IS NOT DISTINCT FROM %(owner)s)
        < %(most)s
ON CONFLICT (id) DO UPDATE SET
    language = excluded.language, shortcut = excluded.shortcut, title = excluded.title,
    text = excluded.text, changed_by = excluded.changed_by, changed_at = excluded.changed_at
WHERE r.owner IS NOT DISTINCT FROM excluded.owner
RETURNING id;

-- name: remove
DELETE FROM canned_replies WHERE id = %(id)s AND owner IS NOT DISTINCT FROM %(owner)s;

-- name: of_owner
SELECT r.id::text, r.owner IS NULL, r.language, r.shortcut, r.title, r.text, r.changed_at, a.name
FROM canned_replies r LEFT JOIN agents a ON a.id = r.changed_by
WHERE r.owner IS NOT DISTINCT FROM %(owner)s
ORDER BY r.shortcut, r.language, r.id LIMIT %(limit)s;

-- name: usable
-- An agent's own comes before the company's of the same shortcut.
SELECT DISTINCT ON (shortcut) id::text, owner IS NULL, language, shortcut, title, text, changed_at,
    NULL
FROM canned_replies
WHERE (owner IS NULL OR owner = %(agent_id)s) AND language = %(language)s
ORDER BY shortcut, owner NULLS LAST LIMIT %(limit)s;

-- name: languages
SELECT DISTINCT language FROM canned_replies
WHERE owner IS NULL OR owner = %(agent_id)s ORDER BY language LIMIT 50;

-- name: find
SELECT text FROM canned_replies WHERE id = %(id)s AND (owner IS NULL OR owner = %(agent_id)s);

-- name: fields
SELECT name, value, owner IS NULL FROM canned_fields
WHERE owner IS NULL OR owner = %(agent_id)s ORDER BY name, owner NULLS FIRST;

-- name: fields_of_owner
SELECT name, value FROM canned_fields WHERE owner IS NOT DISTINCT FROM %(owner)s ORDER BY name;

-- name: put_field
INSERT INTO canned_fields (owner, name, value)
SELECT %(owner)s, %(name)s, %(value)s
WHERE EXISTS (SELECT FROM canned_fields WHERE owner IS NOT DISTINCT FROM %(owner)s
              AND name = %(name)s)
    OR (SELECT count(*) FROM canned_fields WHERE owner IS NOT DISTINCT FROM %(owner)s) < %(most)s
ON CONFLICT (owner, name) DO UPDATE SET value = excluded.value
RETURNING name;

-- name: remove_field
DELETE FROM canned_fields WHERE owner IS NOT DISTINCT FROM %(owner)s AND name = %(name)s;
