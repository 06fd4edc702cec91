-- name: accounts
SELECT id, code, currency, book_number, normal, guarded FROM ledger_accounts;

-- name: seals
SELECT number, positions, accounts, leaves, head FROM ledger_seals WHERE number > %(after)s
ORDER BY number LIMIT 1;

-- name: rows
-- Transfers with what their columns and lines say, in order of position.
SELECT t.position, (extract(epoch FROM t.recorded_at) * 1000000)::bigint, t.facts, t.facts_sha256,
    t.key, t.kind, t.booked_on::text, s.key, r.key, t.line_count,
    (SELECT '[' || coalesce(string_agg('[' || l.account || ',' || l.amount_minor || ',"'
            || l.currency || '"]', ',' ORDER BY l.line), '') || ']'
        FROM ledger_lines l WHERE l.transfer = t.position),
    coalesce(s.facts, r.facts)
FROM ledger_transfers t
LEFT JOIN ledger_transfers s ON s.position = t.settles
LEFT JOIN ledger_transfers r ON r.position = t.reverses
WHERE t.position = ANY (%(positions)s::bigint[]) ORDER BY t.position;

-- name: snapshots
SELECT account, posted, pending_debit, pending_credit FROM ledger_balances
WHERE seal = %(seal)s;

-- name: unsealed
SELECT p.position FROM ledger_unsealed u, unnest(u.positions) AS p (position) ORDER BY 1;

-- name: counts
SELECT (SELECT count(*) FROM ledger_transfers), (SELECT count(*) FROM ledger_lines),
    (SELECT coalesce(sum(cardinality(positions)), 0)::bigint FROM ledger_seals);

-- name: closings
SELECT head, closed_before FROM ledger_closings ORDER BY closed_before;

-- name: outside
-- Transfers that are neither sealed nor waiting for it.
SELECT position FROM ledger_transfers
EXCEPT SELECT unnest(positions) FROM ledger_seals
EXCEPT SELECT unnest(positions) FROM ledger_unsealed
ORDER BY 1 LIMIT 100;

-- name: orphans
SELECT l.transfer, l.line FROM ledger_lines l
WHERE NOT EXISTS (SELECT FROM ledger_transfers t WHERE t.position = l.transfer)
ORDER BY 1, 2 LIMIT 100;

-- name: guards
-- The triggers that refuse changes, and whether each is on for every session.
SELECT c.relname || '.' || t.tgname, t.tgenabled = 'A' FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND (c.relname LIKE 'ledger\_%'
        OR c.relname IN ('pay_rate_cards', 'pay_statements', 'pay_additions'))
    AND c.relnamespace = (SELECT relnamespace FROM pg_class
        WHERE oid = to_regclass('ledger_transfers'));
