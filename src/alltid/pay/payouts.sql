-- name: set_account
INSERT INTO pay_agents (agent_id, account, account_shown, holder, changed_at)
VALUES (%(agent)s, %(account)s, %(shown)s, %(holder)s, %(now)s)
ON CONFLICT (agent_id) DO UPDATE SET account = excluded.account,
    account_shown = excluded.account_shown, holder = excluded.holder,
    changed_at = excluded.changed_at;

-- name: set_basis
INSERT INTO pay_agents (agent_id, basis, changed_at) VALUES (%(agent)s, %(basis)s, %(now)s)
ON CONFLICT (agent_id) DO UPDATE SET basis = excluded.basis, changed_at = excluded.changed_at;

-- name: agent
SELECT account_shown, holder, basis, changed_at FROM pay_agents WHERE agent_id = %(agent)s;

-- name: owed
-- What agents are owed in a currency and isn't held by a payout, with how they are paid.
SELECT split_part(a.code, '/', 2), g.name, -(b.posted + b.pending_debit) AS minor,
    p.holder, p.account, p.account_shown, coalesce(p.basis, 'invoice amount excluding VAT')
FROM ledger_accounts a
CROSS JOIN LATERAL ledger_balance(a.id) b
LEFT JOIN agents g ON g.id = split_part(a.code, '/', 2)::uuid
LEFT JOIN pay_agents p ON p.agent_id = split_part(a.code, '/', 2)::uuid
WHERE a.currency = %(currency)s
    AND a.code ~ '^agent/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/owed/'
    AND b.posted + b.pending_debit < 0
ORDER BY a.code LIMIT %(limit)s;

-- name: owed_to
SELECT a.currency, -(b.posted + b.pending_debit), b.pending_debit
FROM ledger_accounts a CROSS JOIN LATERAL ledger_balance(a.id) b
WHERE a.code = ANY (SELECT 'agent/' || %(agent)s || '/owed/' || c
    FROM unnest(%(currencies)s::text[]) AS c);

-- name: open_payout
INSERT INTO pay_payouts (id, market, currency, state, pay_on, prepared_by, prepared_at, expires_at)
VALUES (%(id)s, %(market)s, %(currency)s, 'preparing', %(pay_on)s, %(by)s, %(now)s,
    %(expires_at)s)
ON CONFLICT DO NOTHING RETURNING id;

-- name: add_lines
INSERT INTO pay_payout_lines (payout, line, agent_id, minor, holder, account, account_shown, basis)
SELECT %(id)s, l.line, l.agent, l.minor, l.holder, l.account, l.shown, l.basis
FROM unnest(%(lines)s::integer[], %(agents)s::uuid[], %(minors)s::bigint[], %(holders)s::text[],
    %(accounts)s::bytea[], %(shown)s::text[], %(bases)s::text[])
    AS l (line, agent, minor, holder, account, shown, basis)
ON CONFLICT DO NOTHING;

-- name: payout_prepared
UPDATE pay_payouts SET total_minor = %(total)s, agents = %(agents)s, transfers = %(transfers)s,
    left_out = %(left_out)s WHERE id = %(id)s AND state = 'preparing';

-- name: payout_moves
UPDATE pay_payouts SET state = %(to)s, ended_by = coalesce(%(by)s, ended_by),
    ended_at = CASE WHEN %(to)s IN ('paid', 'void') THEN %(now)s ELSE ended_at END,
    because = coalesce(%(because)s, because)
WHERE id = %(id)s AND state = ANY (%(from)s::text[]) RETURNING id;

-- name: payout
SELECT id::text, market, currency, state, total_minor, agents, transfers, left_out, pay_on,
    prepared_by, prepared_at, expires_at, ended_by, ended_at, because
FROM pay_payouts WHERE id = %(id)s;

-- name: payouts
SELECT id::text, market, currency, state, total_minor, agents, transfers, left_out, pay_on,
    prepared_by, prepared_at, expires_at, ended_by, ended_at, because
FROM pay_payouts
-- One that was refused while it was prepared never held anything: whoever asked was told.
WHERE state <> 'void' OR agents > 0
ORDER BY prepared_at DESC, id LIMIT %(limit)s;

-- name: unfinished
-- Held for too long, or left behind by a process that died.
SELECT id::text, state FROM pay_payouts
WHERE (state = 'held' AND expires_at <= %(now)s)
    OR (state IN ('preparing', 'voiding', 'running') AND prepared_at <= %(before)s)
ORDER BY prepared_at LIMIT 10;

-- name: lines
SELECT l.line, l.agent_id::text, g.name, l.minor, l.holder, l.account, l.account_shown, l.basis
FROM pay_payout_lines l LEFT JOIN agents g ON g.id = l.agent_id
WHERE l.payout = %(id)s AND l.line > %(after)s ORDER BY l.line LIMIT %(limit)s;

-- name: add_file
INSERT INTO pay_payout_files (payout, kind, content) VALUES (%(id)s, %(kind)s, %(content)s)
ON CONFLICT DO NOTHING;

-- name: file
SELECT content FROM pay_payout_files WHERE payout = %(id)s AND kind = %(kind)s;

-- name: payouts_of_agent
SELECT l.payout::text, p.currency, l.minor, p.pay_on, p.state, l.account_shown, l.basis
FROM pay_payout_lines l JOIN pay_payouts p ON p.id = l.payout
WHERE l.agent_id = %(agent)s AND p.state IN ('held', 'running', 'paid')
ORDER BY p.prepared_at DESC LIMIT %(limit)s;
