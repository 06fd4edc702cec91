-- What is learned of the line: waits that were shown and what came of them, and how many people
-- each quarter-hour needed and had.

-- One for each request for a person: the first wait that was shown, beside what two simple
-- estimators would have said, and how it ended.
CREATE TABLE waits_shown (
    conversation_id uuid NOT NULL,
    asked_at        timestamptz NOT NULL,
    shown_at        timestamptz NOT NULL,
    language        text NOT NULL,
    place           integer NOT NULL,
    -- How many ahead compete for the same people, those people's slots, and how many are open.
    ahead           double precision NOT NULL,
    slots           integer NOT NULL,
    free            integer NOT NULL,
    low_seconds     integer NOT NULL,
    high_seconds    integer NOT NULL,
    mean_seconds    double precision NOT NULL,
    stretch         double precision NOT NULL,
    -- The wait of the last one who was taken, and of the head of the line so far.
    last_seconds    double precision,
    head_seconds    double precision NOT NULL,
    outcome         text CHECK (outcome IN ('accepted', 'left')),
    wait_seconds    double precision,
    PRIMARY KEY (conversation_id, asked_at),
    CHECK ((outcome IS NULL) = (wait_seconds IS NULL))
);

CREATE INDEX waits_shown_open ON waits_shown (shown_at) WHERE outcome IS NULL;
CREATE INDEX waits_shown_by_time ON waits_shown (shown_at DESC, conversation_id);

CREATE INDEX human_requests_by_acceptance ON human_requests (accepted_at)
    WHERE accepted_at IS NOT NULL;

CREATE TABLE capacity_quarters (
    start      timestamptz NOT NULL,
    language   text NOT NULL,
    expected   double precision NOT NULL,
    high       double precision NOT NULL,
    needed     integer NOT NULL,
    -- The most who were online in it.
    guaranteed integer NOT NULL,
    standby    integer NOT NULL,
    PRIMARY KEY (start, language)
);
