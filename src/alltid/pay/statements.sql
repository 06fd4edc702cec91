-- name: add_statement
INSERT INTO pay_statements (session_id, version, agent_id, market, currency, booked_on, began,
    ended, guaranteed_microseconds, floor_minor, pay_minor, top_up_minor, total_minor, ledger_key,
    facts, statement, settled_at)
VALUES (%(session)s, %(version)s, %(agent)s, %(market)s, %(currency)s, %(booked_on)s, %(began)s,
    %(ended)s, %(guaranteed_microseconds)s, %(floor_minor)s, %(pay_minor)s, %(top_up_minor)s,
    %(total_minor)s, %(ledger_key)s, %(facts)s, %(statement)s, %(now)s)
ON CONFLICT (session_id, version) DO NOTHING;

-- name: add_addition
INSERT INTO pay_additions (id, session_id, kind, minor, reason, by, at)
VALUES (%(id)s, %(session)s, %(kind)s, %(minor)s, %(reason)s, %(by)s, %(now)s)
ON CONFLICT (id) DO NOTHING;

-- name: statement
SELECT s.position, s.session_id::text, s.version, s.agent_id::text, a.name, s.market, s.currency,
    s.booked_on, s.began, s.ended, s.guaranteed_microseconds, s.floor_minor, s.pay_minor,
    s.top_up_minor, s.total_minor, s.ledger_key, s.settled_at, s.statement ->> 'basis',
    s.facts, s.statement
FROM pay_statements_now s LEFT JOIN agents a ON a.id = s.agent_id
WHERE s.session_id = %(session)s;

-- name: statements
SELECT s.position, s.session_id::text, s.version, s.agent_id::text, a.name, s.market, s.currency,
    s.booked_on, s.began, s.ended, s.guaranteed_microseconds, s.floor_minor, s.pay_minor,
    s.top_up_minor, s.total_minor, s.ledger_key, s.settled_at, s.statement ->> 'basis'
FROM pay_statements_now s LEFT JOIN agents a ON a.id = s.agent_id
WHERE (%(agent)s::uuid IS NULL OR s.agent_id = %(agent)s)
    AND (%(before)s::timestamptz IS NULL OR s.ended < %(before)s)
    AND (%(first)s::date IS NULL OR s.booked_on >= %(first)s)
    AND (%(last)s::date IS NULL OR s.booked_on <= %(last)s)
ORDER BY s.ended DESC, s.session_id LIMIT %(limit)s;

-- name: versions
SELECT version, total_minor, settled_at FROM pay_statements WHERE session_id = %(session)s
ORDER BY version;

-- name: additions
SELECT id::text, kind, minor, reason, by, at FROM pay_additions
WHERE session_id = %(session)s ORDER BY at, id;

-- name: totals
-- By the day, week (ISO) or month that a session ended in.
SELECT to_char(booked_on, %(form)s) AS span, currency, sum(total_minor)::bigint,
    sum(pay_minor)::bigint, sum(floor_minor)::bigint, sum(top_up_minor)::bigint,
    sum(guaranteed_microseconds)::bigint, count(*)
FROM pay_statements_now WHERE agent_id = %(agent)s AND booked_on >= %(first)s
GROUP BY 1, 2 ORDER BY 1 DESC, 2 LIMIT %(limit)s;

-- name: weeks
-- The aggregate test of the floor (P7): for every week and currency, and for every agent in it.
SELECT to_char(booked_on, 'IYYY"-W"IW') AS week, currency, sum(total_minor)::bigint,
    sum(pay_minor)::bigint, sum(floor_minor)::bigint, sum(top_up_minor)::bigint,
    sum(guaranteed_microseconds)::bigint, count(*), count(DISTINCT agent_id)
FROM pay_statements_now WHERE booked_on >= %(first)s
GROUP BY 1, 2 ORDER BY 1 DESC, 2 LIMIT %(limit)s;

-- name: week_of_agents
SELECT s.agent_id::text, a.name, s.currency, sum(s.total_minor)::bigint,
    sum(s.pay_minor)::bigint, sum(s.floor_minor)::bigint, sum(s.top_up_minor)::bigint,
    sum(s.guaranteed_microseconds)::bigint, count(*)
FROM pay_statements_now s LEFT JOIN agents a ON a.id = s.agent_id
WHERE to_char(s.booked_on, 'IYYY"-W"IW') = %(week)s AND s.booked_on >= %(first)s
    AND s.booked_on <= %(last)s
GROUP BY 1, 2, 3 ORDER BY sum(s.pay_minor) - sum(s.floor_minor), 2, 1 LIMIT %(limit)s;

-- name: watched_weeks
-- How many agents' weeks in the span were below the floor: it must be none.
SELECT week, currency, count(*) FROM (
    SELECT to_char(booked_on, 'IYYY"-W"IW') AS week, currency, agent_id
    FROM pay_statements_now WHERE booked_on >= %(first)s
    GROUP BY 1, 2, 3 HAVING sum(pay_minor) < sum(floor_minor)
) below GROUP BY 1, 2;

-- name: earned_since
SELECT agent_id::text, sum(total_minor - top_up_minor)::bigint,
    (sum(guaranteed_microseconds) / 1000000)::bigint
FROM pay_statements_now
WHERE agent_id = ANY (%(agents)s::uuid[]) AND ended > %(since)s GROUP BY 1;

-- name: cost_by_day
SELECT booked_on, sum(total_minor)::bigint FROM pay_statements_now
WHERE market = %(market)s AND currency = %(currency)s AND booked_on >= %(first)s
GROUP BY 1 ORDER BY 1;

-- name: budget
SELECT minor, by, at FROM pay_budgets
WHERE market = %(market)s AND currency = %(currency)s AND month = %(month)s;

-- name: set_budget
INSERT INTO pay_budgets (market, currency, month, minor, by, at)
VALUES (%(market)s, %(currency)s, %(month)s, %(minor)s, %(by)s, %(now)s)
ON CONFLICT (market, currency, month)
    DO UPDATE SET minor = excluded.minor, by = excluded.by, at = excluded.at;

-- name: basis_of
SELECT basis FROM pay_agents WHERE agent_id = %(agent)s;
