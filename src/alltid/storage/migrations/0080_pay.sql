-- What pay rests on beside the books: statements, what was added to them, disputes, bank
-- accounts, payouts with their files, surges and budgets.

-- A row for each version of a session's statement, written in the transaction of its entry in
-- the books. A session that earned nothing has a row and no entry.
CREATE TABLE pay_statements (
    position                bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    session_id              uuid NOT NULL,
    version                 integer NOT NULL CHECK (version > 0),
    agent_id                uuid NOT NULL,
    market                  text NOT NULL,
    currency                text NOT NULL,
    booked_on               date NOT NULL,
    began                   timestamptz NOT NULL,
    ended                   timestamptz NOT NULL,
    guaranteed_microseconds bigint NOT NULL,
    floor_minor             bigint NOT NULL,
    pay_minor               bigint NOT NULL,
    top_up_minor            bigint NOT NULL,
    total_minor             bigint NOT NULL,
    ledger_key              text,
    facts                   jsonb NOT NULL,
    statement               jsonb NOT NULL,
    settled_at              timestamptz NOT NULL,
    PRIMARY KEY (session_id, version)
);
CREATE INDEX pay_statements_of_agent ON pay_statements (agent_id, ended DESC);
CREATE INDEX pay_statements_by_day ON pay_statements (booked_on);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON pay_statements
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
ALTER TABLE pay_statements ENABLE ALWAYS TRIGGER append_only;

CREATE INDEX online_sessions_by_end ON online_sessions (ended_at) WHERE ended_at IS NOT NULL;

-- What counts now: the last version of each.
CREATE VIEW pay_statements_now AS
    SELECT * FROM pay_statements s WHERE NOT EXISTS (
        SELECT FROM pay_statements n WHERE n.session_id = s.session_id AND n.version > s.version
    );

-- What people put to a session's pay: tips, expenses, corrections either way.
CREATE TABLE pay_additions (
    id         uuid PRIMARY KEY,
    session_id uuid NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('adjustment', 'tip', 'expense', 'other_period')),
    minor      bigint NOT NULL CHECK (minor <> 0 AND abs(minor) <= 1000000000),
    reason     text NOT NULL CHECK (length(reason) BETWEEN 1 AND 200),
    by         text NOT NULL,
    at         timestamptz NOT NULL
);
CREATE INDEX pay_additions_of_session ON pay_additions (session_id);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON pay_additions
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE TABLE pay_disputes (
    id          uuid PRIMARY KEY,
    session_id  uuid NOT NULL,
    version     integer NOT NULL,
    line        integer NOT NULL CHECK (line >= 0),
    agent_id    uuid NOT NULL,
    reason      text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
    opened_at   timestamptz NOT NULL,
    due_at      timestamptz NOT NULL,
    outcome     text CHECK (outcome IN ('stands', 'corrected')),
    answer      text CHECK (length(answer) BETWEEN 1 AND 2000),
    answered_by text,
    answered_at timestamptz,
    FOREIGN KEY (session_id, version) REFERENCES pay_statements (session_id, version),
    CHECK ((outcome IS NULL) = (answer IS NULL AND answered_at IS NULL))
);
CREATE UNIQUE INDEX pay_disputes_open ON pay_disputes (session_id, line) WHERE outcome IS NULL;
CREATE INDEX pay_disputes_of_agent ON pay_disputes (agent_id, opened_at DESC);
CREATE INDEX pay_disputes_due ON pay_disputes (due_at) WHERE outcome IS NULL;

-- How an agent is paid. The bank account is encrypted; `account_shown` is its masked end.
CREATE TABLE pay_agents (
    agent_id      uuid PRIMARY KEY,
    basis         text NOT NULL DEFAULT 'invoice amount excluding VAT'
        CHECK (basis IN ('invoice amount excluding VAT', 'gross salary')),
    account       bytea,
    account_shown text,
    holder        text CHECK (length(holder) BETWEEN 1 AND 70),
    changed_at    timestamptz NOT NULL,
    CHECK ((account IS NULL) = (account_shown IS NULL) AND (account IS NULL) = (holder IS NULL))
);

CREATE TABLE pay_payouts (
    id          uuid PRIMARY KEY,
    market      text NOT NULL,
    currency    text NOT NULL,
    state       text NOT NULL CHECK (state IN
        ('preparing', 'held', 'running', 'paid', 'voiding', 'void')),
    total_minor bigint NOT NULL DEFAULT 0,
    agents      integer NOT NULL DEFAULT 0,
    transfers   integer NOT NULL DEFAULT 0,
    -- Agents with pay and without a bank account: what they are owed stays theirs.
    left_out    integer NOT NULL DEFAULT 0,
    pay_on      date NOT NULL,
    prepared_by text NOT NULL,
    prepared_at timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    ended_by    text,
    ended_at    timestamptz,
    because     text
);
-- Two payouts at once are refused here, whoever asks.
CREATE UNIQUE INDEX pay_payouts_one_open ON pay_payouts (currency)
    WHERE state IN ('preparing', 'held', 'running', 'voiding');
CREATE INDEX pay_payouts_by_time ON pay_payouts (prepared_at DESC);

CREATE TABLE pay_payout_lines (
    payout        uuid NOT NULL REFERENCES pay_payouts (id),
    line          integer NOT NULL,
    agent_id      uuid NOT NULL,
    minor         bigint NOT NULL CHECK (minor > 0),
    holder        text NOT NULL,
    account       bytea NOT NULL,
    account_shown text NOT NULL,
    basis         text NOT NULL,
    PRIMARY KEY (payout, line),
    UNIQUE (payout, agent_id)
);

CREATE TABLE pay_payout_files (
    payout  uuid NOT NULL REFERENCES pay_payouts (id),
    kind    text NOT NULL CHECK (kind IN ('pain001', 'sie', 'csv')),
    content bytea NOT NULL,
    PRIMARY KEY (payout, kind)
);

-- A rush: offers made between its ends carry a supplement.
CREATE TABLE pay_surges (
    id           uuid PRIMARY KEY,
    market       text NOT NULL,
    currency     text NOT NULL,
    basis_points integer NOT NULL CHECK (basis_points BETWEEN 1 AND 100000),
    starts_at    timestamptz NOT NULL,
    ends_at      timestamptz NOT NULL CHECK (ends_at > starts_at),
    by           text NOT NULL
);
CREATE INDEX pay_surges_by_end ON pay_surges (market, currency, ends_at);

CREATE TABLE pay_budgets (
    market   text NOT NULL,
    currency text NOT NULL,
    month    date NOT NULL CHECK (extract(day FROM month) = 1),
    minor    bigint NOT NULL CHECK (minor >= 0),
    by       text NOT NULL,
    at       timestamptz NOT NULL,
    PRIMARY KEY (market, currency, month)
);

-- How far the watch over the floor (P7) has come.
CREATE TABLE pay_watch (
    name     text PRIMARY KEY,
    position bigint NOT NULL
);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'alltid_ledger') THEN
        GRANT SELECT, INSERT ON pay_statements, pay_additions TO alltid_ledger;
        GRANT SELECT ON pay_statements_now TO alltid_ledger;
        GRANT SELECT, INSERT, UPDATE ON pay_disputes, pay_agents, pay_payouts, pay_surges,
            pay_budgets, pay_watch TO alltid_ledger;
        GRANT SELECT, INSERT ON pay_payout_lines, pay_payout_files TO alltid_ledger;
    END IF;
END
$$;
