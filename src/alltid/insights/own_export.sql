-- Everything that is kept about one agent. Each query yields one JSON object a row; the order
-- of the queries is the order of the export.

-- name: account
SELECT jsonb_build_object('id', id, 'email', email, 'name', name, 'role', role,
    'languages', languages, 'created_at', created_at, 'deactivated_at', disabled_at)
FROM agents WHERE id = %(agent_id)s;

-- name: passkeys
SELECT jsonb_build_object('label', label, 'created_at', created_at, 'last_used_at', last_used_at)
FROM passkeys WHERE agent = %(agent_id)s ORDER BY created_at;

-- name: sign_ins
SELECT jsonb_build_object('how', how, 'at', created_at, 'last_seen_at', last_seen_at,
    'ended_at', ended_at, 'ended_because', ended_because)
FROM sign_in_sessions WHERE agent = %(agent_id)s ORDER BY created_at;

-- name: applications
SELECT to_jsonb(a) - 'agent_id' - 'decided_by'
FROM applications AS a WHERE agent_id = %(agent_id)s ORDER BY applied_at;

-- name: skills
SELECT jsonb_build_object('skill', skill, 'level', level)
FROM agent_skills WHERE agent_id = %(agent_id)s ORDER BY skill;

-- name: qualification_attempts
SELECT to_jsonb(t) - 'agent_id'
FROM qualification_attempts AS t WHERE agent_id = %(agent_id)s ORDER BY started_at;

-- name: training_time
SELECT to_jsonb(t) - 'agent_id' - 'id'
FROM training_time AS t WHERE agent_id = %(agent_id)s ORDER BY started_at, id;

-- name: decisions
SELECT to_jsonb(d) - 'agent_id'
FROM agent_decisions AS d WHERE agent_id = %(agent_id)s ORDER BY at, id;

-- name: review_requests
SELECT to_jsonb(r) - 'agent_id' - 'application_id' - 'answered_by'
FROM review_requests AS r WHERE agent_id = %(agent_id)s ORDER BY asked_at, id;

-- name: choices
SELECT choices FROM agent_choices WHERE agent_id = %(agent_id)s;

-- name: online_sessions
SELECT to_jsonb(s) - 'agent_id'
FROM online_sessions AS s WHERE agent_id = %(agent_id)s ORDER BY started_at;

-- name: online_session_facts
SELECT jsonb_build_object('session', e.stream_id, 'version', e.version, 'type', e.type,
    'at', e.at, 'data', e.data)
FROM online_sessions AS s
JOIN events AS e ON e.stream_id = s.id
WHERE s.agent_id = %(agent_id)s
ORDER BY s.started_at, e.version;

-- name: offers
SELECT to_jsonb(o) - 'agent_id'
FROM offers AS o WHERE agent_id = %(agent_id)s ORDER BY made_at, id;

-- name: messages
-- What I wrote, in the conversations that I took or was asked to take.
SELECT jsonb_build_object('conversation', e.stream_id, 'version', e.version, 'at', e.at,
    'type', e.type, 'data', e.data)
FROM (
    SELECT conversation_id AS id FROM conversation_helpers WHERE agent_id = %(agent_id)s
    UNION SELECT id FROM conversations WHERE agent_id = %(agent_id)s
    UNION SELECT id FROM conversations WHERE resolved_by = %(agent_id)s
    UNION SELECT conversation_id FROM offers
          WHERE agent_id = %(agent_id)s AND stage = 'accepted'
) AS c
JOIN events AS e ON e.stream_id = c.id AND e.actor = 'agent:' || %(agent_id)s::text
ORDER BY e.at, e.stream_id, e.version;

-- name: ratings
SELECT jsonb_build_object('conversation', e.stream_id, 'at', e.at,
    'solved', e.data -> 'solved', 'score', e.data -> 'score')
FROM conversations AS c
JOIN events AS e ON e.stream_id = c.id AND e.type = 'Rated'
WHERE c.resolved_by = %(agent_id)s
ORDER BY e.at, e.stream_id;

-- name: pay_statements
SELECT to_jsonb(s) - 'agent_id'
FROM pay_statements AS s WHERE agent_id = %(agent_id)s ORDER BY position;

-- name: pay_additions
SELECT to_jsonb(a)
FROM pay_additions AS a
WHERE session_id IN (SELECT id FROM online_sessions WHERE agent_id = %(agent_id)s)
ORDER BY at, id;

-- name: pay_disputes
SELECT to_jsonb(d) - 'agent_id'
FROM pay_disputes AS d WHERE agent_id = %(agent_id)s ORDER BY opened_at, id;

-- name: pay_account
-- The account itself is kept encrypted; shown is its end.
SELECT to_jsonb(p) - 'agent_id' - 'account'
FROM pay_agents AS p WHERE agent_id = %(agent_id)s;

-- name: payouts
SELECT to_jsonb(l) - 'agent_id' - 'account'
FROM pay_payout_lines AS l WHERE agent_id = %(agent_id)s ORDER BY payout, line;

-- name: unmaskings
SELECT to_jsonb(u) - 'by'
FROM unmaskings AS u WHERE by = %(agent_id)s ORDER BY at, id;

-- name: notes
SELECT to_jsonb(n) - 'author'
FROM conversation_notes AS n WHERE author = %(agent_id)s ORDER BY at, id;

-- name: questions_to_leads
SELECT to_jsonb(q) - 'asked_by' - 'answered_by'
FROM lead_questions AS q WHERE asked_by = %(agent_id)s ORDER BY asked_at, id;

-- name: handovers
SELECT to_jsonb(h) - 'by' - 'to_agent'
FROM handovers AS h WHERE by = %(agent_id)s ORDER BY at, id;

-- name: blocks_asked
SELECT to_jsonb(b) - 'asked_by' - 'decided_by' - 'customer_id'
FROM blocks AS b WHERE asked_by = %(agent_id)s ORDER BY asked_at, id;

-- name: canned_replies
SELECT to_jsonb(c) - 'owner' - 'changed_by'
FROM canned_replies AS c WHERE owner = %(agent_id)s ORDER BY language, shortcut;

-- name: canned_fields
SELECT to_jsonb(f) - 'owner'
FROM canned_fields AS f WHERE owner = %(agent_id)s ORDER BY name;

-- name: notifications
SELECT to_jsonb(s) - 'agent_id' - 'endpoint' - 'p256dh' - 'auth'
FROM push_subscriptions AS s WHERE agent_id = %(agent_id)s ORDER BY created_at, id;

-- name: call_ins
SELECT to_jsonb(c) - 'agent_id'
FROM call_ins AS c WHERE agent_id = %(agent_id)s ORDER BY at, id;
