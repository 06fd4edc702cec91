-- name: ended_without_statement
-- Sessions of before the log told what was done in them have no rate and are not paid by it.
SELECT s.id::text FROM online_sessions s
WHERE s.ended_at > %(since)s AND s.ended_at <= %(now)s AND s.version > 0
    AND NOT EXISTS (SELECT FROM pay_statements p WHERE p.session_id = s.id)
ORDER BY s.ended_at LIMIT %(limit)s;

-- name: sessions
SELECT id::text, rate_id, last_seen_at, started_at, coalesce(ended_at, %(now)s), agent_id::text
FROM online_sessions WHERE id = ANY (%(ids)s::uuid[]);

-- name: open_session_of
SELECT id::text FROM online_sessions
WHERE agent_id = %(agent)s AND ended_at IS NULL AND version > 0;

-- name: logs
SELECT stream_id::text, type, data, at FROM events
WHERE stream_id = ANY (%(ids)s::uuid[]) AND type LIKE 'session.%%' ORDER BY stream_id, version;

-- name: offers
-- With the surge of the moment in which each was made, as the market had declared it.
SELECT o.session_id::text, o.id::text, o.language, o.seen_at,
    CASE WHEN o.stage = 'withdrawn' THEN o.ended_at END,
    coalesce((SELECT max(u.basis_points) FROM pay_surges u
        WHERE u.market = split_part(s.rate_id, '/', 1)
            AND u.currency = split_part(s.rate_id, '/', 2)
            AND u.starts_at <= o.made_at AND o.made_at < u.ends_at), 0)
FROM offers o JOIN online_sessions s ON s.id = o.session_id
WHERE o.session_id = ANY (%(ids)s::uuid[]) ORDER BY o.made_at, o.id;

-- name: languages
SELECT id::text, language FROM conversations WHERE id = ANY (%(ids)s::uuid[]);

-- name: closings
SELECT stream_id::text, type, data ->> 'reason', at FROM events
WHERE stream_id = ANY (%(ids)s::uuid[]) AND type IN ('Resolved', 'ReturnedToQueue')
ORDER BY stream_id, version;

-- name: outages
SELECT id::text, started_at, ended_at FROM outages
WHERE ended_at > %(since)s AND started_at < %(until)s ORDER BY started_at LIMIT 10000;

-- name: trainings
SELECT id::text, agent_id::text, started_at, ended_at FROM training_time
WHERE agent_id = ANY (%(agents)s::uuid[]) AND started_at < %(until)s AND ended_at > %(since)s
    AND ended_at > started_at
ORDER BY started_at, id LIMIT 10000;

-- name: additions
SELECT session_id::text, id::text, kind, minor, reason FROM pay_additions
WHERE session_id = ANY (%(ids)s::uuid[]) ORDER BY at, id;

-- name: late_trainings
-- Training recorded after the statement of the session that it lies in.
SELECT DISTINCT s.session_id::text FROM training_time t
JOIN pay_statements_now s ON s.agent_id = t.agent_id AND t.started_at < s.ended
    AND t.ended_at > s.began
WHERE t.ended_at > %(since)s AND t.ended_at > t.started_at
    AND position('"training:' || t.id || '"' IN s.facts::text) = 0
    AND EXISTS (SELECT FROM online_sessions o WHERE o.id = s.session_id)
LIMIT %(limit)s;

-- name: trainings_apart
-- Training outside every online session, of agents who are offline now.
SELECT t.id, t.agent_id::text, t.started_at, t.ended_at FROM training_time t
WHERE t.ended_at > %(since)s AND t.ended_at <= %(now)s AND t.ended_at > t.started_at
    AND NOT EXISTS (SELECT FROM online_sessions o WHERE o.agent_id = t.agent_id
        AND o.started_at < t.ended_at AND coalesce(o.ended_at, 'infinity') > t.started_at)
    AND NOT EXISTS (SELECT FROM pay_statements p WHERE p.agent_id = t.agent_id
        AND position('"training:' || t.id || '"' IN p.facts::text) > 0)
ORDER BY t.ended_at LIMIT %(limit)s;

-- name: open_earnings
-- What agents have at hand or behind them in sessions that still go on, by their offers.
SELECT s.agent_id::text,
    coalesce((SELECT sum(o.pay_minor) FROM offers o
        WHERE o.session_id = s.id AND o.stage = 'accepted'), 0)::bigint,
    CASE WHEN s.capacity = 'guaranteed'
        THEN greatest(0, extract(epoch FROM %(now)s - greatest(s.started_at, %(since)s)))::bigint
        ELSE 0 END
FROM online_sessions s
WHERE s.agent_id = ANY (%(agents)s::uuid[]) AND s.ended_at IS NULL;

-- name: surge_spent
-- What the offers made in rushes of a card promise beyond its ordinary pay.
SELECT coalesce(sum(ceil(o.pay_minor::numeric * u.basis_points / (10000 + u.basis_points))), 0)
    ::bigint
FROM offers o
JOIN online_sessions s ON s.id = o.session_id
    AND split_part(s.rate_id, '/', 1) = %(market)s AND split_part(s.rate_id, '/', 2) = %(currency)s
CROSS JOIN LATERAL (
    SELECT max(p.basis_points) AS basis_points FROM pay_surges p
    WHERE p.market = %(market)s AND p.currency = %(currency)s
        AND p.starts_at <= o.made_at AND o.made_at < p.ends_at
) u
WHERE o.made_at >= %(since)s AND o.stage IN ('open', 'accepted') AND u.basis_points IS NOT NULL;

-- name: new_statements
SELECT position, session_id::text FROM pay_statements
WHERE position > %(after)s AND settled_at <= %(before)s ORDER BY position LIMIT %(limit)s;

-- name: watch_position
SELECT position FROM pay_watch WHERE name = 'floor';

-- name: set_watch
INSERT INTO pay_watch (name, position) VALUES ('floor', %(position)s)
ON CONFLICT (name) DO UPDATE SET position = greatest(pay_watch.position, excluded.position);

-- name: all_statements
SELECT session_id::text, version, position, pay_minor, total_minor, statement
FROM pay_statements_now WHERE position > %(after)s ORDER BY position LIMIT %(limit)s;

-- name: some_statements
SELECT session_id::text, version, position, pay_minor, total_minor, statement
FROM pay_statements_now WHERE session_id = ANY (%(ids)s::uuid[]);

-- name: statement_rows
-- Every version as it is kept for pages and sums, with its entry in the books.
SELECT s.session_id::text AS session, s.version, s.position, s.agent_id::text AS agent, s.market,
    s.currency, s.booked_on, s.began, s.ended, s.guaranteed_microseconds, s.floor_minor,
    s.pay_minor, s.top_up_minor, s.total_minor, s.ledger_key, s.facts, s.statement,
    t.facts AS entry
FROM pay_statements s LEFT JOIN ledger_transfers t ON t.key = s.ledger_key
WHERE s.position > %(after)s ORDER BY s.position LIMIT %(limit)s;

-- name: statement_row_count
SELECT count(*) FROM pay_statements;

-- name: statement_count
SELECT count(*) FROM pay_statements_now;

-- name: offer_evidence
SELECT id::text, language, topic, made_at, seen_at, ended_at, stage, pay_minor, currency,
    expected_minutes
FROM offers WHERE id = ANY (%(ids)s::uuid[]);

-- name: event_evidence
SELECT stream_id::text || '/' || version, type, at FROM events
WHERE (stream_id, version) IN (
    SELECT s::uuid, v FROM unnest(%(streams)s::text[], %(versions)s::integer[]) AS e (s, v));

-- name: outage_evidence
SELECT id::text, started_at, ended_at FROM outages WHERE id = ANY (%(ids)s::bigint[]);

-- name: training_evidence
SELECT id::text, started_at, ended_at, skill FROM training_time
WHERE id = ANY (%(ids)s::bigint[]);
