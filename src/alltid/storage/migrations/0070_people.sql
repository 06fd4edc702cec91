-- The way of a freelancer: application, qualification, training, decisions, reviews.

CREATE TABLE applications (
    id            uuid PRIMARY KEY,
    name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    email         text NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
    languages     text[] NOT NULL,
    skills        text[] NOT NULL,
    motivation    text NOT NULL CHECK (length(motivation) <= 1000),
    country       text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    -- To which wording the applicant said yes, and when (applied_at).
    consent       text NOT NULL,
    applied_at    timestamptz NOT NULL,
    decided_at    timestamptz,
    decided_by    uuid REFERENCES agents (id),
    decision      text CHECK (decision IN ('approved', 'refused')),
    reason        text CHECK (length(reason) BETWEEN 1 AND 2000),
    agent_id      uuid REFERENCES agents (id),
    -- The link sets the first sign-in once; after that it only tells.
    sign_in_at    timestamptz,
    CHECK ((decision IS NULL) = (decided_at IS NULL)),
    CHECK ((decision IS NULL) = (decided_by IS NULL)),
    CHECK ((decision IS NULL) = (reason IS NULL)),
    CHECK ((decision IS NOT DISTINCT FROM 'approved') = (agent_id IS NOT NULL))
);

CREATE INDEX applications_open ON applications (applied_at, id) WHERE decision IS NULL;
CREATE INDEX applications_by_time ON applications (applied_at DESC, id DESC);
CREATE INDEX applications_of_agent ON applications (agent_id) WHERE agent_id IS NOT NULL;

-- What qualifies for a skill, as leads wrote it; an attempt names its version.
CREATE TABLE qualifications (
    skill   text NOT NULL REFERENCES skills (key),
    version integer NOT NULL CHECK (version > 0),
    content jsonb NOT NULL,
    at      timestamptz NOT NULL,
    by      text NOT NULL,
    note    text NOT NULL,
    PRIMARY KEY (skill, version)
);

CREATE TABLE qualification_attempts (
    id         uuid PRIMARY KEY,
    agent_id   uuid NOT NULL REFERENCES agents (id),
    skill      text NOT NULL,
    version    integer NOT NULL,
    language   text NOT NULL,
    stage      text NOT NULL CHECK (stage IN ('questions', 'practice', 'passed', 'failed', 'left')),
    started_at timestamptz NOT NULL,
    -- The latest thing that the agent did; and when the customer of the practice spoke last.
    last_at    timestamptz NOT NULL,
    spoke_at   timestamptz,
    ended_at   timestamptz,
    answers    jsonb,
    replies    jsonb NOT NULL DEFAULT '[]',
    FOREIGN KEY (skill, version) REFERENCES qualifications (skill, version),
    CHECK ((ended_at IS NULL) = (stage IN ('questions', 'practice')))
);

-- One at a time, so that no minute of training is counted twice.
CREATE UNIQUE INDEX one_open_attempt_an_agent ON qualification_attempts (agent_id)
    WHERE ended_at IS NULL;
CREATE INDEX qualification_attempts_of_agent ON qualification_attempts (agent_id, started_at DESC);

-- Required training is work: who, from when to when, for which skill, and what shows it.
CREATE TABLE training_time (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    agent_id   uuid NOT NULL REFERENCES agents (id),
    started_at timestamptz NOT NULL,
    ended_at   timestamptz NOT NULL,
    skill      text NOT NULL,
    evidence   text NOT NULL,
    CHECK (ended_at >= started_at)
);

CREATE INDEX training_time_of_agent ON training_time (agent_id, started_at);

-- Decisions about an agent that people, or rules which people wrote, have made.
CREATE TABLE agent_decisions (
    id       uuid PRIMARY KEY,
    agent_id uuid NOT NULL REFERENCES agents (id),
    kind     text NOT NULL CHECK (kind ~ '^[a-z_]{1,40}$'),
    about    text,
    at       timestamptz NOT NULL,
    by       text NOT NULL,
    reason   text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000)
);

CREATE INDEX agent_decisions_of_agent ON agent_decisions (agent_id, at DESC, id DESC);

CREATE TABLE review_requests (
    id             uuid PRIMARY KEY,
    agent_id       uuid REFERENCES agents (id),
    application_id uuid REFERENCES applications (id),
    about          text NOT NULL CHECK (about ~ '^[a-z_]{1,40}$'),
    about_id       text NOT NULL CHECK (length(about_id) <= 100),
    words          text NOT NULL CHECK (length(words) BETWEEN 1 AND 2000),
    asked_at       timestamptz NOT NULL,
    due_at         timestamptz NOT NULL,
    answered_at    timestamptz,
    answered_by    uuid REFERENCES agents (id),
    outcome        text CHECK (outcome IN ('stands', 'changed')),
    answer         text CHECK (length(answer) BETWEEN 1 AND 2000),
    CHECK ((agent_id IS NULL) <> (application_id IS NULL)),
    CHECK ((answered_at IS NULL) = (outcome IS NULL)),
    CHECK ((answered_at IS NULL) = (answered_by IS NULL)),
    CHECK ((answered_at IS NULL) = (answer IS NULL))
);

-- Asking again while one is open is the same request.
CREATE UNIQUE INDEX one_open_review_each
    ON review_requests (coalesce(agent_id, application_id), about, about_id)
    WHERE answered_at IS NULL;
CREATE INDEX review_requests_due ON review_requests (due_at, id) WHERE answered_at IS NULL;
CREATE INDEX review_requests_of_agent ON review_requests (agent_id, asked_at DESC);
CREATE INDEX review_requests_answered ON review_requests (answered_at DESC, id)
    WHERE answered_at IS NOT NULL;
