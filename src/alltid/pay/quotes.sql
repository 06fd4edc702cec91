-- name: surges_now
SELECT id::text, basis_points, starts_at, ends_at FROM pay_surges
WHERE market = %(market)s AND currency = %(currency)s AND ends_at > %(now)s AND starts_at <= %(now)s
ORDER BY basis_points DESC LIMIT 10;

-- name: surges
SELECT u.id::text, u.basis_points, u.starts_at, u.ends_at, u.by FROM pay_surges u
WHERE u.market = %(market)s AND u.currency = %(currency)s
ORDER BY u.starts_at DESC, u.id LIMIT %(limit)s;

-- name: surges_between
-- The rushes in which offers of a session may have been made.
SELECT basis_points, starts_at, ends_at FROM pay_surges
WHERE market = %(market)s AND currency = %(currency)s
    AND starts_at <= %(until)s AND ends_at > %(since)s LIMIT 1000;

-- name: add_surge
INSERT INTO pay_surges (id, market, currency, basis_points, starts_at, ends_at, by)
VALUES (%(id)s, %(market)s, %(currency)s, %(basis_points)s, %(now)s, %(ends_at)s, %(by)s);

-- name: end_surge
UPDATE pay_surges SET ends_at = %(now)s
WHERE id = %(id)s AND starts_at < %(now)s AND ends_at > %(now)s;

-- name: end_surges
UPDATE pay_surges SET ends_at = %(ends_at)s
WHERE market = %(market)s AND currency = %(currency)s AND starts_at < %(ends_at)s
    AND ends_at > %(ends_at)s;
