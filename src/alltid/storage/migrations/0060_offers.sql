-- Online sessions that hold slots, the offers made to them, and why.

-- Sessions of before have no choices to go by: their agents go online again.
UPDATE online_sessions SET ended_at = last_seen_at, ended_because = 'connection_lost'
WHERE ended_at IS NULL;

ALTER TABLE online_sessions
    ADD COLUMN version integer NOT NULL DEFAULT 0,
    ADD COLUMN capacity text NOT NULL DEFAULT 'standby'
        CHECK (capacity IN ('guaranteed', 'standby')),
    ADD COLUMN rate_id text NOT NULL DEFAULT '',
    ADD COLUMN paused text,
    -- The fold of the session's events, so that a round of matching reads one row a session.
    ADD COLUMN state jsonb NOT NULL DEFAULT '{}';

CREATE INDEX online_sessions_of_agent ON online_sessions (agent_id, started_at DESC);

-- What an agent chose last, so that going online is one tap.
CREATE TABLE agent_choices (
    agent_id uuid PRIMARY KEY,
    choices  jsonb NOT NULL
);

-- When the desk itself was away: it counts as presence, never as silence.
CREATE TABLE outages (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    started_at timestamptz NOT NULL,
    ended_at   timestamptz NOT NULL CHECK (ended_at > started_at)
);

CREATE INDEX outages_by_end ON outages (ended_at);

CREATE TABLE desk_heartbeats (
    process_id text PRIMARY KEY,
    seen_at    timestamptz NOT NULL
);

-- Skills that conversations may need and agents may have.
CREATE TABLE skills (
    key           text PRIMARY KEY,
    name          jsonb NOT NULL,  -- by language
    topics        text[] NOT NULL DEFAULT '{}',
    default_level integer NOT NULL DEFAULT 1 CHECK (default_level BETWEEN 1 AND 3)
);

CREATE TABLE agent_skills (
    agent_id uuid NOT NULL,
    skill    text NOT NULL REFERENCES skills (key),
    level    integer NOT NULL CHECK (level BETWEEN 1 AND 3),
    PRIMARY KEY (agent_id, skill)
);

-- What a request for a person needs: told once, and again when it is handed over.
CREATE TABLE triage (
    conversation_id  uuid NOT NULL,
    asked_at         timestamptz NOT NULL,
    topic            text,
    skill            text,
    skill_level      integer NOT NULL DEFAULT 0 CHECK (skill_level BETWEEN 0 AND 3),
    difficulty       integer NOT NULL DEFAULT 1 CHECK (difficulty BETWEEN 1 AND 3),
    expected_minutes integer NOT NULL DEFAULT 8 CHECK (expected_minutes BETWEEN 1 AND 240),
    by               text NOT NULL,
    PRIMARY KEY (conversation_id, asked_at)
);

-- Who helped in a conversation before, and when last: the first to be asked again.
CREATE TABLE conversation_helpers (
    conversation_id uuid NOT NULL,
    agent_id        uuid NOT NULL,
    last_at         timestamptz NOT NULL,
    PRIMARY KEY (conversation_id, agent_id)
);

CREATE TABLE dispatch_policies (
    id      text PRIMARY KEY,
    content jsonb NOT NULL,
    at      timestamptz NOT NULL,
    by      text NOT NULL
);

CREATE TABLE current_policy (
    market    text PRIMARY KEY,
    policy_id text NOT NULL REFERENCES dispatch_policies (id)
);

CREATE TABLE policy_choices (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    market    text NOT NULL,
    policy_id text NOT NULL REFERENCES dispatch_policies (id),
    at        timestamptz NOT NULL,
    by        text NOT NULL,
    reason    text NOT NULL
);

-- All that a round of matching looked at, as bytes (dispatch/explanation_record.py).
CREATE TABLE dispatch_rounds (
    id        uuid PRIMARY KEY,
    at        timestamptz NOT NULL,
    policy_id text NOT NULL REFERENCES dispatch_policies (id),
    record    bytea NOT NULL
);

CREATE INDEX dispatch_rounds_by_time ON dispatch_rounds (at);

CREATE TABLE offers (
    id                uuid PRIMARY KEY,
    version           integer NOT NULL,
    conversation_id   uuid NOT NULL,
    -- The request for a person that it answers.
    asked_at          timestamptz NOT NULL,
    agent_id          uuid NOT NULL,
    session_id        uuid NOT NULL REFERENCES online_sessions (id),
    stage             text NOT NULL
        CHECK (stage IN ('open', 'accepted', 'declined', 'expired', 'withdrawn')),
    made_at           timestamptz NOT NULL,
    expires_at        timestamptz NOT NULL,
    seen_at           timestamptz,
    ended_at          timestamptz,
    doubled           boolean NOT NULL,
    policy_id         text NOT NULL REFERENCES dispatch_policies (id),
    round_id          uuid NOT NULL REFERENCES dispatch_rounds (id) DEFERRABLE INITIALLY DEFERRED,
    language          text NOT NULL,
    topic             text,
    skill             text,
    skill_level       integer NOT NULL,
    difficulty        integer NOT NULL,
    expected_minutes  integer NOT NULL,
    pay_minor         bigint NOT NULL,
    currency          text NOT NULL,
    why               jsonb NOT NULL,
    reason            text,
    withdrawn_because text,
    CHECK ((stage = 'open') = (ended_at IS NULL))
);

-- Nobody has two open offers of one conversation.
CREATE UNIQUE INDEX one_open_offer_each ON offers (conversation_id, agent_id)
    WHERE stage = 'open';
CREATE INDEX offers_open ON offers (expires_at) WHERE stage = 'open';
CREATE INDEX offers_of_conversation ON offers (conversation_id, made_at DESC);
CREATE INDEX offers_of_agent ON offers (agent_id, made_at DESC, id);
CREATE INDEX offers_of_session ON offers (session_id);
CREATE INDEX offers_by_time ON offers (made_at DESC, id);
CREATE INDEX offers_of_round ON offers (round_id);
