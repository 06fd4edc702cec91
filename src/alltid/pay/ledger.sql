-- name: open_accounts
INSERT INTO ledger_accounts (code, currency, book_number, normal, guarded, opened_at)
SELECT code, currency, book_number, normal, guarded, %(now)s
FROM unnest(%(codes)s::text[], %(currencies)s::text[], %(book_numbers)s::integer[],
    %(normals)s::text[], %(guarded)s::boolean[])
    AS a (code, currency, book_number, normal, guarded)
ON CONFLICT (code) DO NOTHING;

-- name: accounts
SELECT id, code, currency, book_number, normal, guarded FROM ledger_accounts
WHERE code = ANY (%(codes)s::text[]);

-- name: all_accounts
SELECT id, code, currency, book_number, normal, guarded FROM ledger_accounts ORDER BY id;

-- name: known
SELECT t.position, t.facts,
    EXISTS (SELECT FROM ledger_transfers s WHERE s.settles = t.position),
    EXISTS (SELECT FROM ledger_transfers r WHERE r.reverses = t.position)
FROM ledger_transfers t WHERE t.key = ANY (%(keys)s::text[]);

-- name: closed_before
SELECT max(closed_before) FROM ledger_closings;

-- name: lock_accounts
SELECT pg_advisory_xact_lock(ledger_lock_number(100 + id))
FROM unnest(%(ids)s::integer[]) AS id;

-- name: balances
SELECT a.code, b.posted, b.pending_debit, b.pending_credit
FROM ledger_accounts a, ledger_balance(a.id) b WHERE a.id = ANY (%(ids)s::integer[]);

-- name: record
-- A group of transfers and their lines, in one statement. Arrays go in binary: as text, every
-- quotation mark of the facts would be escaped on the way.
WITH made AS (
    INSERT INTO ledger_transfers
        (key, kind, booked_on, settles, reverses, line_count, facts, facts_sha256, recorded_at)
    SELECT g.key, g.kind, g.booked_on,
        CASE WHEN g.settles IS NOT NULL
            THEN (SELECT p.position FROM ledger_transfers p WHERE p.key = g.settles) END,
        CASE WHEN g.reverses IS NOT NULL
            THEN (SELECT p.position FROM ledger_transfers p WHERE p.key = g.reverses) END,
        g.line_count, g.facts, g.digest, %(now)s
    FROM unnest(%(keys)b::text[], %(kinds)b::text[], %(days)s::date[], %(settles)b::text[],
        %(reverses)b::text[], %(counts)b::smallint[], %(facts)b::text[], %(digests)b::bytea[])
        AS g (key, kind, booked_on, settles, reverses, line_count, facts, digest)
    RETURNING position, key
), lines AS (
    INSERT INTO ledger_lines (transfer, line, account, currency, amount_minor)
    SELECT m.position, l.line, l.account, l.currency, l.minor
    FROM unnest(%(line_keys)b::text[], %(line_numbers)b::smallint[], %(line_accounts)b::integer[],
        %(line_currencies)b::text[], %(line_minors)b::bigint[])
        AS l (key, line, account, currency, minor)
    JOIN made m ON m.key = l.key
)
SELECT key, position FROM made;

-- name: balance_at_seal
SELECT b.posted, b.pending_debit, b.pending_credit FROM ledger_balances b
JOIN ledger_accounts a ON a.id = b.account
WHERE a.code = %(code)s AND b.seal <= %(seal)s ORDER BY b.seal DESC LIMIT 1;

-- name: balance_at
-- The fold of what had been recorded up to a moment.
SELECT
    coalesce(sum(l.amount_minor) FILTER (WHERE t.kind IN ('posted', 'post')), 0)::bigint,
    coalesce(sum(CASE t.kind WHEN 'pending' THEN l.amount_minor ELSE -l.amount_minor END)
        FILTER (WHERE t.kind <> 'posted' AND l.amount_minor > 0), 0)::bigint,
    coalesce(sum(CASE t.kind WHEN 'pending' THEN -l.amount_minor ELSE l.amount_minor END)
        FILTER (WHERE t.kind <> 'posted' AND l.amount_minor < 0), 0)::bigint
FROM ledger_lines l JOIN ledger_transfers t ON t.position = l.transfer
WHERE l.account = (SELECT id FROM ledger_accounts WHERE code = %(code)s)
    AND t.recorded_at <= %(moment)s;

-- name: lock_sealer
SELECT pg_advisory_xact_lock(ledger_lock_number(1));

-- name: lock_periods
SELECT pg_advisory_xact_lock(ledger_lock_number(0));

-- name: last_seal
SELECT number, head FROM ledger_seals ORDER BY number DESC LIMIT 1;

-- name: take_unsealed
-- The oldest first; a transfer that commits late comes into a later seal.
DELETE FROM ledger_unsealed WHERE least IN (
    SELECT least FROM (
        SELECT least, sum(cardinality(positions)) OVER (ORDER BY least)
            - cardinality(positions) AS taken_before
        FROM (SELECT * FROM ledger_unsealed ORDER BY least LIMIT %(most)s) oldest
    ) counted WHERE taken_before < %(most)s
) RETURNING positions;

-- name: to_seal
SELECT position, (extract(epoch FROM recorded_at) * 1000000)::bigint, facts_sha256
FROM ledger_transfers WHERE position = ANY (%(positions)s::bigint[]) ORDER BY position;

-- name: new_accounts
SELECT a.id, a.code, a.currency, a.book_number, a.normal, a.guarded FROM ledger_accounts a
WHERE a.id IN (SELECT l.account FROM ledger_lines l
        WHERE l.transfer = ANY (%(positions)s::bigint[]))
    AND NOT EXISTS (SELECT FROM ledger_balances b WHERE b.account = a.id)
ORDER BY a.id;

-- name: add_seal
INSERT INTO ledger_seals (number, positions, accounts, leaves, head, sealed_at)
VALUES (%(number)s, %(positions)s::bigint[], %(accounts)s::integer[], %(leaves)s, %(head)s,
    %(now)s);

-- name: add_balances
INSERT INTO ledger_balances (account, seal, posted, pending_debit, pending_credit)
SELECT m.account, %(number)s, coalesce(b.posted, 0) + m.posted,
    coalesce(b.pending_debit, 0) + m.pending_debit,
    coalesce(b.pending_credit, 0) + m.pending_credit
FROM (
    SELECT l.account,
        coalesce(sum(l.amount_minor) FILTER (WHERE t.kind IN ('posted', 'post')), 0) AS posted,
        coalesce(sum(CASE t.kind WHEN 'pending' THEN l.amount_minor ELSE -l.amount_minor END)
            FILTER (WHERE t.kind <> 'posted' AND l.amount_minor > 0), 0) AS pending_debit,
        coalesce(sum(CASE t.kind WHEN 'pending' THEN -l.amount_minor ELSE l.amount_minor END)
            FILTER (WHERE t.kind <> 'posted' AND l.amount_minor < 0), 0) AS pending_credit
    FROM ledger_lines l JOIN ledger_transfers t ON t.position = l.transfer
    WHERE l.transfer = ANY (%(positions)s::bigint[]) GROUP BY l.account
) m
LEFT JOIN LATERAL (
    SELECT * FROM ledger_balances b WHERE b.account = m.account ORDER BY b.seal DESC LIMIT 1
) b ON true;

-- name: close
INSERT INTO ledger_closings (closed_before, head, closed_by, closed_at)
VALUES (%(before)s, %(head)s, %(by)s, %(now)s);

-- name: add_rate_card
INSERT INTO pay_rate_cards (market, currency, version, valid_from, card, added_by, added_at)
VALUES (%(market)s, %(currency)s, %(version)s, %(valid_from)s, %(card)s, %(by)s, %(now)s);

-- name: rate_cards
SELECT card FROM pay_rate_cards ORDER BY market, currency, version;

-- name: card_history
SELECT card, added_by, added_at FROM pay_rate_cards
ORDER BY market, currency, version DESC LIMIT %(limit)s;
