-- The event log, the rows that screens read, and what follows the log.

CREATE TABLE events (
    position       bigint GENERATED ALWAYS AS IDENTITY,
    -- Positions are handed out before commits happen; the transaction's id lets a follower
    -- of the whole log wait for what commits late.
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    stream_id      uuid NOT NULL,
    version        integer NOT NULL CHECK (version > 0),
    type           text NOT NULL,
    data           jsonb NOT NULL,
    actor          text NOT NULL,
    at             timestamptz NOT NULL,
    PRIMARY KEY (stream_id, version)
);

CREATE INDEX events_in_commit_order ON events (transaction_id, position);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the event log is append-only';
END
$$;

CREATE TRIGGER events_are_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- One row a conversation, written in the transaction of its events.
CREATE TABLE conversations (
    id               uuid PRIMARY KEY,
    version          integer NOT NULL,
    customer_id      uuid NOT NULL,
    language         text NOT NULL,
    status           text NOT NULL CHECK (status IN ('assistant', 'waiting', 'agent', 'resolved')),
    -- Who owes the next word, and until when (promise P2).
    turn             text NOT NULL CHECK (turn IN ('customer', 'assistant', 'queue', 'agent')),
    turn_due_at      timestamptz,
    -- The place in line: a ticket from a sequence, kept until the customer leaves the queue
    -- or an agent has resolved it, so that no clock can change anybody's place.
    queue_ticket     bigint,
    asked_how        text,
    asked_at         timestamptz,
    accepted_at      timestamptz,
    answered_at      timestamptz,
    agent_id         uuid,
    -- The customer message that the assistant still has to answer, and who is at it.
    assistant_owes   integer,
    lease_holder     text,
    lease_until      timestamptz,
    lease_attempts   integer NOT NULL DEFAULT 0,
    opened_at        timestamptz NOT NULL,
    last_message_at  timestamptz,
    resolved_at      timestamptz,
    resolved_by      uuid,
    CHECK (status <> 'waiting' OR (queue_ticket IS NOT NULL AND asked_at IS NOT NULL)),
    CHECK (turn = 'customer' OR turn_due_at IS NOT NULL)
);

CREATE SEQUENCE queue_tickets;

CREATE INDEX conversations_of_customer ON conversations (customer_id, opened_at DESC);
CREATE INDEX conversations_waiting ON conversations (queue_ticket) WHERE status = 'waiting';
CREATE INDEX conversations_of_agent ON conversations (agent_id) WHERE agent_id IS NOT NULL;
CREATE INDEX conversations_owed ON conversations (turn_due_at) WHERE assistant_owes IS NOT NULL;
CREATE INDEX conversations_due ON conversations (turn_due_at) WHERE turn_due_at IS NOT NULL;
CREATE INDEX conversations_by_time ON conversations (opened_at DESC, id);
CREATE INDEX conversations_resolved_by ON conversations (resolved_by, resolved_at)
    WHERE resolved_by IS NOT NULL;

-- Up to where each side has received and read. Not events: losing one costs nothing, since
-- a client says it again when it reconnects.
CREATE TABLE marks (
    conversation_id uuid NOT NULL,
    party           text NOT NULL CHECK (party IN ('customer', 'agent')),
    delivered       integer NOT NULL DEFAULT 0,
    read            integer NOT NULL DEFAULT 0,
    PRIMARY KEY (conversation_id, party)
);

-- An agent's time online, from the switch on to the switch off.
CREATE TABLE online_sessions (
    id            uuid PRIMARY KEY,
    agent_id      uuid NOT NULL,
    started_at    timestamptz NOT NULL,
    ended_at      timestamptz,
    ended_because text,
    -- The latest sign of life; a session without one for longer than the grace ends.
    last_seen_at  timestamptz NOT NULL
);

CREATE UNIQUE INDEX one_open_session_an_agent ON online_sessions (agent_id)
    WHERE ended_at IS NULL;

-- How far each follower of the whole log has come.
CREATE TABLE log_followers (
    name           text PRIMARY KEY,
    transaction_id xid8 NOT NULL DEFAULT '0',
    position       bigint NOT NULL DEFAULT 0
);

-- Promises that were broken, as the monitor found them.
CREATE TABLE promise_breaches (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    promise         text NOT NULL,
    conversation_id uuid NOT NULL,
    version         integer NOT NULL,
    at              timestamptz NOT NULL,
    found_at        timestamptz NOT NULL,
    detail          text NOT NULL,
    UNIQUE (promise, conversation_id, version, detail)
);

CREATE INDEX promise_breaches_by_time ON promise_breaches (found_at DESC, id DESC);

-- Leads who read a conversation that isn't theirs leave a trace (promise P8).
CREATE TABLE conversation_reads (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conversation_id uuid NOT NULL,
    reader_id       uuid NOT NULL,
    at              timestamptz NOT NULL
);
