-- name: propose
INSERT INTO assistant_actions (id, conversation_id, issuer, subject, tool, arguments, hash,
    playbook, step, confirmed_by, idempotency_key, state, at, changed_at)
VALUES (%(id)s, %(conversation_id)s, %(issuer)s, %(subject)s, %(tool)s, %(arguments)s, %(hash)s,
    %(playbook)s, %(step)s, %(confirmed_by)s, %(idempotency_key)s, 'proposed', %(at)s, %(at)s)
ON CONFLICT (idempotency_key) DO NOTHING

-- name: by_key
SELECT id::text, conversation_id::text, issuer, subject, tool, arguments, idempotency_key, state,
    result, code, message, attempts
FROM assistant_actions
WHERE idempotency_key = %(idempotency_key)s

-- name: lock_customer
SELECT pg_advisory_xact_lock(hashtextextended(%(issuer)s || E'\n' || %(subject)s, 4130))

-- name: lock_action
SELECT state FROM assistant_actions WHERE id = %(id)s FOR UPDATE

-- name: counted
-- What was begun counts, whatever came of it, except what was refused.
SELECT count(*) FILTER (WHERE conversation_id = %(conversation_id)s),
    count(*) FILTER (WHERE at > %(since)s),
    coalesce(sum(amount_minor) FILTER (WHERE at > %(since)s AND currency = %(currency)s), 0)::bigint
FROM assistant_actions
WHERE issuer = %(issuer)s AND subject = %(subject)s
  AND state IN ('executing', 'executed', 'unknown')
  AND (conversation_id = %(conversation_id)s OR at > %(since)s)

-- name: begin
UPDATE assistant_actions
SET state = 'executing', amount_minor = coalesce(amount_minor, %(amount_minor)s),
    currency = coalesce(currency, %(currency)s), attempts = attempts + 1, changed_at = %(now)s
WHERE id = %(id)s

-- name: finish
UPDATE assistant_actions
SET state = %(state)s, result = %(result)s, code = %(code)s, message = %(message)s,
    changed_at = %(now)s
WHERE id = %(id)s AND state IN ('proposed', 'executing', 'unknown')

-- name: unsettled
SELECT id::text, conversation_id::text, issuer, subject, tool, arguments, idempotency_key, state,
    result, code, message, attempts
FROM assistant_actions
WHERE state IN ('executing', 'unknown') AND attempts < %(attempts_max)s
  AND changed_at + least(attempts, %(pauses_max)s) * %(pause)s::interval < %(now)s
ORDER BY changed_at
LIMIT %(limit)s
