-- name: keep
-- The first wait that was shown to each; who was told one already keeps it.
INSERT INTO waits_shown (
    conversation_id, asked_at, shown_at, language, place, ahead, slots, free, low_seconds,
    high_seconds, mean_seconds, stretch, last_seconds, head_seconds
)
SELECT
    r.conversation_id, r.asked_at, r.shown_at, r.language, r.place, r.ahead, r.slots, r.free,
    r.low_seconds, r.high_seconds, r.mean_seconds, r.stretch,
    (
        SELECT extract(epoch FROM h.accepted_at - h.asked_at) FROM human_requests h
        JOIN conversations c ON c.id = h.conversation_id
        WHERE h.accepted_at > r.shown_at - interval '1 day' AND h.accepted_at <= r.shown_at
            AND c.language = r.language
        ORDER BY h.accepted_at DESC LIMIT 1
    ),
    r.head_seconds
FROM json_to_recordset(%(rows)s::json) AS r (
    conversation_id uuid, asked_at timestamptz, shown_at timestamptz, language text, place int,
    ahead float8, slots int, free int, low_seconds int, high_seconds int, mean_seconds float8, stretch float8,
    head_seconds float8
)
ON CONFLICT DO NOTHING;

-- name: settle
-- What came of them, once it is known. Waiting counts from the moment of showing.
UPDATE waits_shown w SET
    outcome = CASE WHEN h.accepted_at IS NOT NULL THEN 'accepted' ELSE 'left' END,
    wait_seconds = greatest(
        0, extract(epoch FROM coalesce(h.accepted_at, h.left_at) - w.shown_at)
    )
FROM human_requests h
WHERE w.outcome IS NULL AND h.conversation_id = w.conversation_id AND h.asked_at = w.asked_at
    AND coalesce(h.accepted_at, h.left_at) IS NOT NULL;

-- name: forget
DELETE FROM waits_shown WHERE shown_at < %(before)s;

-- name: settled
-- Newest first.
SELECT
    shown_at, language, place, ahead < free, low_seconds, high_seconds, mean_seconds,
    last_seconds, head_seconds, outcome, wait_seconds
FROM waits_shown
WHERE outcome IS NOT NULL AND shown_at > %(since)s
    AND (%(language)s::text IS NULL OR language = %(language)s)
ORDER BY shown_at DESC LIMIT %(limit)s;
