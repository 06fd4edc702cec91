-- name: beginning
SELECT min(asked_at), count(*) FROM human_requests;

-- name: requests
-- Requests for a person by quarter-hour and language.
SELECT date_bin('15 minutes', h.asked_at, '2000-01-01T00:00Z'), c.language, count(*)::int
FROM human_requests h JOIN conversations c ON c.id = h.conversation_id
WHERE h.asked_at >= %(since)s GROUP BY 1, 2 LIMIT 500000;

-- name: there
-- Who is online with which promise, by the languages that they speak.
SELECT coalesce(state->'choices'->'languages', '[]'), capacity, count(*)::int
FROM online_sessions WHERE ended_at IS NULL GROUP BY 1, 2;

-- name: slots
-- How many slots agents have opened lately, each number with its count.
SELECT least(greatest((state->'choices'->>'slots')::int, 1), 3), count(*)::int
FROM online_sessions
WHERE started_at > %(since)s AND state->'choices'->>'slots' IS NOT NULL GROUP BY 1;

-- name: record_quarter
INSERT INTO capacity_quarters (start, language, expected, high, needed, guaranteed, standby)
SELECT start, language, expected, high, needed, guaranteed, standby
FROM json_to_recordset(%(rows)s::json) AS r (
    start timestamptz, language text, expected float8, high float8, needed int, guaranteed int,
    standby int
)
ON CONFLICT (start, language) DO UPDATE SET
    expected = excluded.expected, high = excluded.high, needed = excluded.needed,
    guaranteed = greatest(capacity_quarters.guaranteed, excluded.guaranteed),
    standby = greatest(capacity_quarters.standby, excluded.standby);

-- name: recorded
SELECT start, expected, high, needed, guaranteed, standby FROM capacity_quarters
WHERE language = %(language)s AND start >= %(since)s ORDER BY start LIMIT 200;

-- name: forget
DELETE FROM capacity_quarters WHERE start < %(before)s;
