-- name: keep_challenge
WITH swept AS (
    DELETE FROM passkey_challenges WHERE expires_at < %(now)s
)
INSERT INTO passkey_challenges (challenge, purpose, agent, expires_at)
SELECT %(challenge)s, %(purpose)s, %(agent)s, %(expires_at)s
WHERE (SELECT count(*) FROM passkey_challenges WHERE expires_at >= %(now)s) < %(limit)s
RETURNING challenge;

-- name: take_challenge
DELETE FROM passkey_challenges
WHERE challenge = %(challenge)s
  AND purpose = %(purpose)s
  AND agent IS NOT DISTINCT FROM %(agent)s::uuid
RETURNING expires_at > %(now)s;

-- name: add_passkey
INSERT INTO passkeys
    (id, agent, credential_id, public_key, sign_count, label, transports, created_at)
SELECT %(id)s, %(agent)s, %(credential_id)s, %(public_key)s, %(sign_count)s, %(label)s,
       %(transports)s, %(now)s
WHERE (SELECT count(*) FROM passkeys WHERE agent = %(agent)s) < %(limit)s
ON CONFLICT (credential_id) DO NOTHING
RETURNING id;

-- name: passkeys_of
SELECT id::text, agent::text, credential_id, public_key, sign_count, label, transports,
       created_at, last_used_at
FROM passkeys
WHERE agent = %(agent)s
ORDER BY created_at, id;

-- name: passkey_by_credential
SELECT p.id::text, p.agent::text, p.credential_id, p.public_key, p.sign_count, p.label,
       p.transports, p.created_at, p.last_used_at
FROM passkeys AS p
WHERE p.credential_id = %(credential_id)s;

-- name: record_use
UPDATE passkeys
SET sign_count = %(sign_count)s, last_used_at = %(now)s
WHERE id = %(id)s AND sign_count = %(expected_sign_count)s
RETURNING id;

-- name: remove_passkey
DELETE FROM passkeys
WHERE id = %(id)s AND agent = %(agent)s
RETURNING id;
