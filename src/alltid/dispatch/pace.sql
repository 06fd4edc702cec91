-- name: handle_times
-- Mean time from an agent's taking to the resolution by language and skill, with its count.
SELECT c.language, t.skill,
    extract(epoch FROM avg(c.resolved_at - c.accepted_at))::float8, count(*)
FROM conversations c
LEFT JOIN triage t ON t.conversation_id = c.id AND t.asked_at = c.asked_at
WHERE c.resolved_by IS NOT NULL AND c.resolved_at > %(since)s AND c.resolved_at > c.accepted_at
GROUP BY 1, 2 LIMIT 2000;

-- name: patience
-- All the waiting there was by language, and how many lost patience in it.
SELECT c.language,
    sum(greatest(0, extract(epoch FROM coalesce(h.accepted_at, h.left_at, %(now)s) - h.asked_at)))::float8,
    count(h.left_at)
FROM human_requests h JOIN conversations c ON c.id = h.conversation_id
WHERE h.asked_at > %(since)s GROUP BY 1 LIMIT 2000;

-- name: errors
-- How long it took where somebody was free, and how the rest compares with what was expected.
SELECT
    coalesce(avg(wait_seconds) FILTER (WHERE ahead < free), 0)::float8,
    count(*) FILTER (WHERE ahead < free),
    coalesce(sum(wait_seconds) FILTER (WHERE ahead >= free), 0)::float8,
    coalesce(sum(mean_seconds / stretch) FILTER (WHERE ahead >= free), 0)::float8,
    count(*) FILTER (WHERE ahead >= free)
FROM waits_shown WHERE shown_at > %(since)s AND outcome = 'accepted';
