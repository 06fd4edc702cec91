-- name: only_one
SELECT pg_try_advisory_xact_lock(7113);

-- name: able
-- Agents online who take offers, by language.
SELECT unnest(a.languages), count(*)::int
FROM online_sessions s JOIN agents a ON a.id = s.agent_id
WHERE s.ended_at IS NULL AND s.paused IS NULL GROUP BY 1;

-- name: callbacks_near
SELECT language FROM conversations
WHERE callback_at > %(now)s AND callback_at <= %(near)s LIMIT 1000;

-- name: reachable
-- Offline agents who allow call-ins and have not been called lately; longest ago first.
SELECT p.agent_id::text, p.id::text, a.languages, called.at, p.quiet_from, p.quiet_to, p.time_zone
FROM push_subscriptions p
JOIN agents a ON a.id = p.agent_id AND a.disabled_at IS NULL
LEFT JOIN LATERAL (
    SELECT max(c.at) AS at FROM call_ins c WHERE c.agent_id = p.agent_id
) called ON true
WHERE p.call_ins AND coalesce(called.at <= %(since)s, true) AND NOT EXISTS (
    SELECT FROM online_sessions s WHERE s.agent_id = p.agent_id AND s.ended_at IS NULL
)
ORDER BY called.at NULLS FIRST, p.agent_id LIMIT %(limit)s;

-- name: record
INSERT INTO call_ins (id, agent_id, at, language, because, waiting, able)
VALUES (%(id)s, %(agent_id)s, %(now)s, %(language)s, %(because)s, %(waiting)s, %(able)s);

-- name: forget
DELETE FROM call_ins WHERE at < %(before)s;
