-- Where agents' browsers take notifications, and which offline agents were called in and why.

CREATE TABLE push_subscriptions (
    id         uuid PRIMARY KEY,
    agent_id   uuid NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    endpoint   text NOT NULL UNIQUE CHECK (length(endpoint) <= 2000),
    p256dh     bytea NOT NULL CHECK (octet_length(p256dh) = 65),
    auth       bytea NOT NULL CHECK (octet_length(auth) = 16),
    language   text NOT NULL,
    -- What the agent wants to be told of.
    offers     boolean NOT NULL,
    call_ins   boolean NOT NULL,
    -- Minutes of the day, in the agent's own zone, between which nobody is called in.
    quiet_from integer NOT NULL CHECK (quiet_from BETWEEN 0 AND 1439),
    quiet_to   integer NOT NULL CHECK (quiet_to BETWEEN 0 AND 1439),
    time_zone  text NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE INDEX push_subscriptions_of_agent ON push_subscriptions (agent_id, created_at);

CREATE TABLE call_ins (
    id       uuid PRIMARY KEY,
    agent_id uuid NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    at       timestamptz NOT NULL,
    language text NOT NULL,
    because  text NOT NULL CHECK (because IN ('nobody_online', 'too_few', 'callback_due')),
    -- How many waited then, and how many could help.
    waiting  integer NOT NULL,
    able     integer NOT NULL
);

CREATE INDEX call_ins_of_agent ON call_ins (agent_id, at DESC);
CREATE INDEX call_ins_by_time ON call_ins (at);
