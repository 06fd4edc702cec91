-- name: lock_of_conversation
SELECT id::text, version, conversation_id::text, agent_id::text, session_id::text, policy_id,
    stage, expires_at, seen_at IS NOT NULL, withdrawn_because, doubled, asked_at, round_id::text,
    language, topic, difficulty, expected_minutes, pay_minor, currency, why, skill, skill_level
FROM offers
WHERE (conversation_id = %(conversation_id)s AND (stage = 'open' OR id = %(id)s))
    OR (agent_id = %(agent_id)s AND stage = 'open')
ORDER BY id FOR UPDATE;

-- name: lock_offers
SELECT id::text, version, conversation_id::text, agent_id::text, session_id::text, policy_id,
    stage, expires_at, seen_at IS NOT NULL, withdrawn_because, doubled, asked_at, round_id::text,
    language, topic, difficulty, expected_minutes, pay_minor, currency, why, skill, skill_level
FROM offers WHERE id = ANY (%(ids)s::uuid[]) ORDER BY id FOR UPDATE;

-- name: whose_offer
SELECT conversation_id::text, agent_id::text FROM offers WHERE id = %(id)s;

-- name: insert_offers
INSERT INTO offers (
    id, version, conversation_id, asked_at, agent_id, session_id, stage, made_at, expires_at,
    doubled, policy_id, round_id, language, topic, skill, skill_level, difficulty,
    expected_minutes, pay_minor, currency, why
)
SELECT id, 1, conversation_id, asked_at, agent_id, session_id, 'open', %(now)s, expires_at,
    doubled, policy_id, round_id, language, topic, skill, skill_level, difficulty,
    expected_minutes, pay_minor, currency, why
FROM json_to_recordset(%(rows)s::json) AS g (
    id uuid, conversation_id uuid, asked_at timestamptz, agent_id uuid, session_id uuid,
    expires_at timestamptz, doubled bool, policy_id text, round_id uuid, language text,
    topic text, skill text, skill_level int, difficulty int, expected_minutes int,
    pay_minor bigint, currency text, why jsonb
);

-- name: save_offers
UPDATE offers o SET
    version = g.version, stage = g.stage,
    seen_at = CASE WHEN g.seen THEN coalesce(o.seen_at, %(now)s) END,
    ended_at = CASE WHEN g.stage <> 'open' THEN coalesce(o.ended_at, %(now)s) END,
    reason = g.reason, withdrawn_because = g.withdrawn_because
FROM json_to_recordset(%(rows)s::json) AS g (
    id uuid, version int, stage text, seen bool, reason text, withdrawn_because text
)
WHERE o.id = g.id;

-- name: record
INSERT INTO events (stream_id, version, type, data, actor, at)
SELECT e.stream_id, e.version, e.type, e.data, e.actor, %(now)s
FROM json_to_recordset(%(events)s::json) AS e (
    stream_id uuid, version int, type text, data jsonb, actor text
);

-- name: save_round
INSERT INTO dispatch_rounds (id, at, policy_id, record)
VALUES (%(id)s, %(now)s, %(policy_id)s, %(record)s);

-- name: lock_conversation
SELECT version, asked_at FROM conversations WHERE id = %(id)s FOR UPDATE;

-- name: helped
INSERT INTO conversation_helpers (conversation_id, agent_id, last_at)
VALUES (%(conversation_id)s, %(agent_id)s, %(now)s)
ON CONFLICT (conversation_id, agent_id) DO UPDATE SET last_at = excluded.last_at;

-- name: untidy
-- Open offers whose time is up, or whose conversation or session isn't there for them any more.
SELECT o.id::text,
    CASE WHEN s.ended_at IS NOT NULL THEN 'session_over'
         WHEN c.status = 'agent' THEN 'taken'
         WHEN c.status <> 'waiting' OR c.asked_at <> o.asked_at OR c.callback_at > %(now)s
             THEN 'customer_left'
    END
FROM offers o
JOIN conversations c ON c.id = o.conversation_id
JOIN online_sessions s ON s.id = o.session_id
WHERE o.stage = 'open' AND (
    o.expires_at < %(before)s OR c.status <> 'waiting' OR c.asked_at <> o.asked_at
    OR c.callback_at > %(now)s OR s.ended_at IS NOT NULL
)
ORDER BY o.expires_at LIMIT 500;

-- name: waiting
SELECT c.id::text, c.asked_at, c.language, t.topic, t.skill, coalesce(t.skill_level, 0),
    coalesce(t.difficulty, 1), coalesce(t.expected_minutes, 8), t.by IS NULL,
    (SELECT h.agent_id::text FROM conversation_helpers h
     WHERE h.conversation_id = c.id AND h.last_at > %(since)s
     ORDER BY h.last_at DESC LIMIT 1),
    c.callback_at IS NOT NULL, last.at, last.by::text, last.to_agent::text
FROM conversations c
LEFT JOIN triage t ON t.conversation_id = c.id AND t.asked_at = c.asked_at
-- Handed over by whoever had this very request in hand; nobody else has had it since.
LEFT JOIN LATERAL (
    SELECT l.at, l.by, l.to_agent FROM handovers l
    WHERE l.conversation_id = c.id AND l.at >= c.asked_at
    ORDER BY l.at DESC LIMIT 1
) last ON true
-- Who is called back later isn't in line; whose time has come stands in front.
WHERE c.status = 'waiting' AND (c.callback_at IS NULL OR c.callback_at <= %(now)s)
ORDER BY c.callback_at NULLS LAST, c.queue_ticket LIMIT %(limit)s;

-- name: offers_of_waiting
SELECT o.conversation_id::text, o.agent_id::text, o.stage, o.ended_at
FROM offers o JOIN conversations c ON c.id = o.conversation_id
WHERE c.status = 'waiting' AND o.asked_at = c.asked_at
    AND o.conversation_id = ANY (%(ids)s::uuid[])
    AND o.stage IN ('open', 'declined', 'expired')
ORDER BY o.made_at;

-- name: still_waiting
SELECT id::text FROM conversations
WHERE id = ANY (%(ids)s::uuid[]) AND status = 'waiting';

-- name: last_words
SELECT data ->> 'text' FROM events
WHERE stream_id = %(id)s AND type = 'MessageSent' AND data ->> 'author' = 'customer'
ORDER BY version DESC LIMIT 6;

-- name: handed_over_skill
-- What the assistant named with its latest handover, as far as there is such a skill.
SELECT s.key, s.default_level FROM (
    SELECT data ->> 'skill' AS skill FROM events
    WHERE stream_id = %(id)s AND type = 'HumanRequested' ORDER BY version DESC LIMIT 1
) r JOIN skills s ON s.key = r.skill;

-- name: save_triage
INSERT INTO triage (
    conversation_id, asked_at, topic, skill, skill_level, difficulty, expected_minutes, by
)
SELECT conversation_id, asked_at, topic, skill, skill_level, difficulty, expected_minutes, 'triage'
FROM json_to_recordset(%(rows)s::json) AS g (
    conversation_id uuid, asked_at timestamptz, topic text, skill text, skill_level int,
    difficulty int, expected_minutes int
)
ON CONFLICT (conversation_id, asked_at) DO NOTHING;

-- name: skills
SELECT key, topics, default_level, name FROM skills ORDER BY key LIMIT 200;

-- name: minutes_of_topic
-- What conversations of a topic have taken so far, over the last four weeks.
SELECT topic, percentile_cont(0.5) WITHIN GROUP (
        ORDER BY extract(epoch FROM c.resolved_at - c.accepted_at) / 60), count(*)
FROM triage t JOIN conversations c ON c.id = t.conversation_id AND c.asked_at = t.asked_at
WHERE c.resolved_at > %(since)s AND c.resolved_at > c.accepted_at AND topic IS NOT NULL
GROUP BY topic LIMIT 500;

-- name: shown_to_agents
-- Open offers of agents, and what became of those that ended a moment ago.
SELECT o.agent_id::text, o.id::text, o.conversation_id::text, o.stage, o.made_at, o.expires_at,
    o.seen_at, o.ended_at, o.doubled, o.language, o.topic, o.skill, o.difficulty,
    o.expected_minutes, o.pay_minor, o.currency, o.why, o.reason, o.withdrawn_because
FROM offers o
WHERE o.agent_id = ANY (%(agent_ids)s::uuid[]) AND (o.stage = 'open' OR o.ended_at > %(since)s)
ORDER BY o.made_at, o.id LIMIT 5000;

-- name: offers_of_agent
SELECT o.agent_id::text, o.id::text, o.conversation_id::text, o.stage, o.made_at, o.expires_at,
    o.seen_at, o.ended_at, o.doubled, o.language, o.topic, o.skill, o.difficulty,
    o.expected_minutes, o.pay_minor, o.currency, o.why, o.reason, o.withdrawn_because
FROM offers o
WHERE o.agent_id = %(agent_id)s AND (o.made_at, o.id) < (%(before)s, %(before_id)s::uuid)
ORDER BY o.made_at DESC, o.id DESC LIMIT %(limit)s;

-- name: missed_rounds
-- Rounds of matching while the agent was online that led to an accepted offer to someone else.
SELECT DISTINCT ON (o.made_at, o.conversation_id) o.conversation_id::text, o.asked_at, o.language,
    o.topic, o.round_id::text, o.made_at
FROM offers o
JOIN online_sessions s ON s.agent_id = %(agent_id)s
    AND o.made_at >= s.started_at AND o.made_at < coalesce(s.ended_at, %(now)s)
WHERE o.agent_id <> %(agent_id)s AND o.stage = 'accepted' AND o.made_at > %(since)s
    AND (o.made_at, o.conversation_id) < (%(before)s, %(before_id)s::uuid)
    AND NOT EXISTS (
        SELECT FROM offers mine WHERE mine.agent_id = %(agent_id)s
            AND mine.conversation_id = o.conversation_id AND mine.asked_at = o.asked_at
    )
ORDER BY o.made_at DESC, o.conversation_id DESC LIMIT %(limit)s;

-- name: round
SELECT record FROM dispatch_rounds WHERE id = %(id)s;

-- name: forget_rounds
-- Why an offer was made stays with the offer; the whole round is kept for some weeks.
UPDATE dispatch_rounds SET record = ''::bytea
WHERE id IN (
    SELECT id FROM dispatch_rounds WHERE at < %(before)s AND record <> ''::bytea LIMIT 1000
);

-- name: audit
-- Offers to this agent, and each time's share of all offers that were made while they were
-- online, in the hour before and the hour after each decline of theirs.
WITH mine AS (
    SELECT id, stage, made_at, ended_at FROM offers
    WHERE agent_id = %(agent_id)s AND made_at > %(since)s
), declines AS (
    SELECT ended_at AS at FROM mine WHERE stage = 'declined' ORDER BY ended_at DESC LIMIT 200
), beside AS (
    SELECT o.agent_id, o.made_at FROM offers o
    JOIN online_sessions s ON s.agent_id = %(agent_id)s
        AND o.made_at >= s.started_at AND o.made_at < coalesce(s.ended_at, %(now)s)
    WHERE o.made_at > %(since)s
), around AS (
    SELECT b.agent_id = %(agent_id)s AS own, b.made_at > d.at AS after
    FROM declines d JOIN beside b
        ON b.made_at BETWEEN d.at - interval '1 hour' AND d.at + interval '1 hour'
)
SELECT
    (SELECT count(*) FROM mine),
    (SELECT count(*) FROM mine WHERE stage = 'accepted'),
    (SELECT count(*) FROM mine WHERE stage = 'declined'),
    (SELECT count(*) FROM mine WHERE stage = 'expired'),
    (SELECT count(*) FILTER (WHERE own AND NOT after) FROM around),
    (SELECT count(*) FILTER (WHERE NOT after) FROM around),
    (SELECT count(*) FILTER (WHERE own AND after) FROM around),
    (SELECT count(*) FILTER (WHERE after) FROM around);

-- name: chats_over
-- Slots held by conversations that aren't with the agent any more.
SELECT s.agent_id::text, array_agg(chat)
FROM online_sessions s CROSS JOIN LATERAL jsonb_array_elements_text(s.state -> 'chats') AS chat
WHERE s.ended_at IS NULL AND NOT EXISTS (
    SELECT FROM conversations c WHERE c.id = chat::uuid AND c.agent_id = s.agent_id
)
GROUP BY s.agent_id LIMIT 500;

-- name: in_hand
SELECT id::text FROM conversations WHERE agent_id = %(agent_id)s ORDER BY accepted_at LIMIT 10;
