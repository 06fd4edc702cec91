-- name: add_guest
INSERT INTO customers (id, kind, created_at, last_seen_at)
VALUES (%(id)s, 'guest', %(now)s, %(now)s);

-- name: guest
SELECT display_name, token_generation, token_renewed_at, last_seen_at
FROM customers
WHERE id = %(id)s AND kind = 'guest';

-- name: guest_seen
-- The generation only ever grows, so two requests with the same token can't undo each other.
UPDATE customers
SET token_renewed_at = CASE WHEN token_generation < %(generation)s THEN %(now)s
                            ELSE token_renewed_at END,
    token_generation = greatest(token_generation, %(generation)s),
    last_seen_at = greatest(last_seen_at, %(now)s)
WHERE id = %(id)s;

-- name: company_customer
INSERT INTO customers (
    id, kind, issuer, subject, display_name, entitlements, created_at, last_seen_at
)
VALUES (%(id)s, 'company', %(issuer)s, %(subject)s, %(name)s, %(entitlements)s::text[], %(now)s,
    %(now)s)
ON CONFLICT (issuer, subject) DO UPDATE
SET display_name = coalesce(excluded.display_name, customers.display_name),
    entitlements = excluded.entitlements,
    last_seen_at = greatest(customers.last_seen_at, excluded.last_seen_at)
WHERE customers.last_seen_at < %(seen_before)s
   OR customers.display_name IS DISTINCT FROM
      coalesce(excluded.display_name, customers.display_name)
   OR customers.entitlements <> excluded.entitlements;
