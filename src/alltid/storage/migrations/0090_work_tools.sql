-- What stands beside a conversation for those who work on it, and what was unmasked.

-- What the customer is entitled to, as the company's own token says it.
ALTER TABLE customers ADD COLUMN entitlements text[] NOT NULL DEFAULT '{}'
    CHECK (cardinality(entitlements) <= 12);

-- Personal data that somebody looked at: what kind, where and why. Never the value (promise P8).
CREATE TABLE unmaskings (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conversation_id uuid NOT NULL,
    version         integer NOT NULL CHECK (version > 0),
    mask_index      integer NOT NULL CHECK (mask_index >= 0),
    kind            text NOT NULL,
    by              uuid NOT NULL,
    as_lead         boolean NOT NULL,
    reason          text NOT NULL CHECK (length(reason) BETWEEN 3 AND 200),
    at              timestamptz NOT NULL,
    checked_at      timestamptz
);

CREATE INDEX unmaskings_of_conversation ON unmaskings (conversation_id, id);
CREATE INDEX unmaskings_of_agent ON unmaskings (by, at);
CREATE INDEX unmaskings_unchecked ON unmaskings (id) WHERE checked_at IS NULL;

-- Words between colleagues. The customer never sees them.
CREATE TABLE conversation_notes (
    id              uuid PRIMARY KEY,
    conversation_id uuid NOT NULL,
    author          uuid NOT NULL,
    text            text NOT NULL CHECK (length(text) BETWEEN 1 AND 2000),
    at              timestamptz NOT NULL
);

CREATE INDEX conversation_notes_of ON conversation_notes (conversation_id, at, id);

CREATE TABLE lead_questions (
    id              uuid PRIMARY KEY,
    conversation_id uuid NOT NULL,
    asked_by        uuid NOT NULL,
    question        text NOT NULL CHECK (length(question) BETWEEN 1 AND 1000),
    asked_at        timestamptz NOT NULL,
    answered_by     uuid,
    answer          text CHECK (length(answer) BETWEEN 1 AND 2000),
    answered_at     timestamptz,
    CHECK ((answered_at IS NULL) = (answer IS NULL)),
    CHECK ((answered_at IS NULL) = (answered_by IS NULL))
);

CREATE INDEX lead_questions_of ON lead_questions (conversation_id, asked_at);
CREATE INDEX lead_questions_open ON lead_questions (asked_at) WHERE answered_at IS NULL;

-- To whom a conversation was handed over, and what the next one should know.
CREATE TABLE handovers (
    id              uuid PRIMARY KEY,
    conversation_id uuid NOT NULL,
    by              uuid NOT NULL,
    to_agent        uuid,
    to_skill        text,
    note            text NOT NULL CHECK (length(note) <= 2000),
    at              timestamptz NOT NULL,
    CHECK (num_nonnulls(to_agent, to_skill) = 1)
);

CREATE INDEX handovers_of ON handovers (conversation_id, at);

-- A customer whom an agent asks to be spared. It mutes at once and for one agent; only a lead's
-- decision blocks, and one that doesn't come in time lifts the mute.
CREATE TABLE blocks (
    id              uuid PRIMARY KEY,
    conversation_id uuid NOT NULL,
    customer_id     uuid NOT NULL,
    asked_by        uuid NOT NULL,
    reason          text NOT NULL CHECK (length(reason) BETWEEN 3 AND 500),
    asked_at        timestamptz NOT NULL,
    due_at          timestamptz NOT NULL,
    -- The last version that the agent still sees.
    after_version   integer NOT NULL,
    decision        text CHECK (decision IN ('confirmed', 'lifted', 'lapsed')),
    decided_by      uuid,
    decided_at      timestamptz,
    why             text CHECK (length(why) BETWEEN 3 AND 500),
    until           timestamptz,
    CHECK ((decision IS NULL) = (decided_at IS NULL)),
    CHECK ((decision IS NOT DISTINCT FROM 'confirmed') = (until IS NOT NULL)),
    CHECK (decision IS NULL OR decision = 'lapsed' OR (decided_by IS NOT NULL AND why IS NOT NULL))
);

CREATE UNIQUE INDEX one_open_block_a_conversation ON blocks (conversation_id)
    WHERE decision IS NULL;
CREATE INDEX blocks_of_customer ON blocks (customer_id, asked_at DESC);
CREATE INDEX blocks_open ON blocks (due_at) WHERE decision IS NULL;
CREATE INDEX blocks_by_time ON blocks (asked_at DESC, id);

-- Whom only leads may help while a block holds: who looks after the agents.
INSERT INTO skills (key, name, topics, default_level) VALUES (
    'lead',
    '{"en": "Lead", "sv": "Ledare", "de": "Leitung", "it": "Responsabile", "es": "Responsable"}',
    '{}', 1
) ON CONFLICT (key) DO NOTHING;

-- Answers that are written once: the company's (no owner), or an agent's own.
CREATE TABLE canned_replies (
    id         uuid PRIMARY KEY,
    owner      uuid,
    language   text NOT NULL,
    shortcut   text NOT NULL CHECK (shortcut ~ '^[a-z0-9][a-z0-9-]{0,31}$'),
    title      text NOT NULL CHECK (length(title) BETWEEN 1 AND 80),
    text       text NOT NULL CHECK (length(text) BETWEEN 1 AND 4000),
    changed_by uuid NOT NULL,
    changed_at timestamptz NOT NULL
);

CREATE UNIQUE INDEX canned_replies_shortcut ON canned_replies (owner, language, shortcut)
    NULLS NOT DISTINCT;

-- What `{name}` in a canned reply stands for, beside the names that every desk knows.
CREATE TABLE canned_fields (
    owner uuid,
    name  text NOT NULL CHECK (name ~ '^[a-z][a-z0-9_]{0,31}$'),
    value text NOT NULL CHECK (length(value) BETWEEN 1 AND 500)
);

CREATE UNIQUE INDEX canned_fields_name ON canned_fields (owner, name) NULLS NOT DISTINCT;
