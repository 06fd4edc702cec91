-- name: accounts
SELECT DISTINCT ON (book_number) book_number, code FROM ledger_accounts
WHERE currency = %(currency)s ORDER BY book_number, id;

-- name: entries
-- What was moved in a month, with the lines in their order; what is only held is left out. A
-- reversal carries what it reverses: that says what its amounts are.
SELECT t.position, t.key, t.kind, t.booked_on, t.recorded_at, t.facts,
    array_agg(a.code ORDER BY l.line), array_agg(a.book_number ORDER BY l.line),
    array_agg(l.amount_minor ORDER BY l.line), min(o.facts)
FROM ledger_transfers t
JOIN ledger_lines l ON l.transfer = t.position AND l.currency = %(currency)s
JOIN ledger_accounts a ON a.id = l.account
LEFT JOIN ledger_transfers o ON o.position = t.reverses
WHERE t.booked_on >= %(first)s AND t.booked_on < %(after)s AND t.kind IN ('posted', 'post')
    AND t.position > %(position)s
GROUP BY t.position ORDER BY t.position LIMIT %(most)s;
