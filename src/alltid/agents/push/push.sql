-- name: keep
-- A browser belongs to whoever subscribed on it last.
INSERT INTO push_subscriptions (
    id, agent_id, endpoint, p256dh, auth, language, offers, call_ins, quiet_from, quiet_to,
    time_zone, created_at
) VALUES (
    %(id)s, %(agent_id)s, %(endpoint)s, %(p256dh)s, %(auth)s, %(language)s, %(offers)s,
    %(call_ins)s, %(quiet_from)s, %(quiet_to)s, %(time_zone)s, %(now)s
)
ON CONFLICT (endpoint) DO UPDATE SET
    agent_id = excluded.agent_id, p256dh = excluded.p256dh, auth = excluded.auth,
    language = excluded.language, offers = excluded.offers, call_ins = excluded.call_ins,
    quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to,
    time_zone = excluded.time_zone, created_at = excluded.created_at;

-- name: drop_oldest
DELETE FROM push_subscriptions WHERE id IN (
    SELECT id FROM push_subscriptions WHERE agent_id = %(agent_id)s
    ORDER BY created_at DESC, id DESC OFFSET %(kept)s
);

-- name: drop
DELETE FROM push_subscriptions WHERE agent_id = %(agent_id)s AND endpoint = %(endpoint)s;

-- name: gone
DELETE FROM push_subscriptions WHERE id = %(id)s;

-- name: for_offers
SELECT id::text, agent_id::text, endpoint, p256dh, auth, language FROM push_subscriptions
WHERE agent_id = %(agent_id)s AND offers ORDER BY created_at DESC;

-- name: find
SELECT id::text, agent_id::text, endpoint, p256dh, auth, language FROM push_subscriptions
WHERE id = %(id)s;

-- name: still_unseen
SELECT FROM offers WHERE id = %(id)s AND stage = 'open' AND seen_at IS NULL;
