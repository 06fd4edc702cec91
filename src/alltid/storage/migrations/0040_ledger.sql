-- The books of pay. Journal and accounts are append-only, entries balance, closed periods stay
-- closed, and what is pending is settled once: the database refuses anything else, whoever asks.
-- Triggers that look at many rows do so once a statement, so that a group costs little.
-- They look rows up by index and by nothing else: a plan made while the tables were small would
-- read them whole for ever after.

CREATE TABLE ledger_accounts (
    id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code        text NOT NULL UNIQUE CHECK (length(code) BETWEEN 1 AND 200),
    currency    text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    -- The account's number in the company's chart of accounts.
    book_number integer NOT NULL CHECK (book_number BETWEEN 1000 AND 9999),
    normal      text NOT NULL CHECK (normal IN ('debit', 'credit')),
    -- Never leaves its normal side, with what is pending counted as gone.
    guarded     boolean NOT NULL,
    opened_at   timestamptz NOT NULL
);

CREATE TABLE ledger_transfers (
    position       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key            text NOT NULL UNIQUE CHECK (length(key) BETWEEN 1 AND 200),
    kind           text NOT NULL CHECK (kind IN ('posted', 'pending', 'post', 'void')),
    booked_on      date NOT NULL,
    settles        bigint,
    reverses       bigint,
    line_count     smallint NOT NULL CHECK (line_count BETWEEN 2 AND 500),
    -- Everything the transfer says, as one line of JSON; the columns and lines repeat it for
    -- queries, so that a change of either shows and has a place.
    facts          text NOT NULL,
    facts_sha256   bytea NOT NULL CONSTRAINT ledger_facts_digest
        CHECK (facts_sha256 = sha256(convert_to(facts, 'UTF8'))),
    recorded_at    timestamptz NOT NULL,
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT ledger_settling CHECK ((kind IN ('post', 'void')) = (settles IS NOT NULL)),
    CONSTRAINT ledger_reversing CHECK (reverses IS NULL OR kind = 'posted')
);
CREATE UNIQUE INDEX ledger_settled_once ON ledger_transfers (settles) WHERE settles IS NOT NULL;
CREATE UNIQUE INDEX ledger_reversed_once ON ledger_transfers (reverses) WHERE reverses IS NOT NULL;
CREATE INDEX ledger_transfers_by_day ON ledger_transfers USING brin (booked_on);

-- Debits are positive, credits negative.
CREATE TABLE ledger_lines (
    transfer     bigint NOT NULL,
    line         smallint NOT NULL CHECK (line > 0),
    account      integer NOT NULL,
    currency     text NOT NULL,
    amount_minor bigint NOT NULL CONSTRAINT ledger_amount CHECK (
        amount_minor <> 0 AND amount_minor BETWEEN -1000000000000000 AND 1000000000000000
    ),
    PRIMARY KEY (transfer, line)
);
CREATE INDEX ledger_lines_of_account ON ledger_lines (account, transfer);

-- What no seal has taken yet: a row for each statement that recorded transfers. The only table
-- here that rows are taken out of.
CREATE TABLE ledger_unsealed (
    least     bigint PRIMARY KEY,
    positions bigint[] NOT NULL CHECK (cardinality(positions) BETWEEN 1 AND 50000)
);

-- The chain: each seal hashes the one before, its own transfers in order of position, and the
-- accounts that it is the first to touch.
CREATE TABLE ledger_seals (
    number    bigint PRIMARY KEY CHECK (number > 0),
    positions bigint[] NOT NULL CHECK (cardinality(positions) BETWEEN 1 AND 100000),
    accounts  integer[] NOT NULL,
    leaves    bytea NOT NULL
        CHECK (octet_length(leaves) = 32 * (cardinality(positions) + cardinality(accounts))),
    head      bytea NOT NULL CHECK (octet_length(head) = 32),
    sealed_at timestamptz NOT NULL
);
ALTER TABLE ledger_seals ALTER COLUMN leaves SET STORAGE EXTERNAL;

-- Balances as they stood after a seal, for the accounts that it touched.
CREATE TABLE ledger_balances (
    account        integer NOT NULL,
    seal           bigint NOT NULL,
    posted         bigint NOT NULL,
    pending_debit  bigint NOT NULL CHECK (pending_debit >= 0),
    pending_credit bigint NOT NULL CHECK (pending_credit >= 0),
    PRIMARY KEY (account, seal)
);

-- A row closes every day before its date, for good.
CREATE TABLE ledger_closings (
    closed_before date PRIMARY KEY CHECK (extract(day FROM closed_before) = 1),
    head          bytea NOT NULL CHECK (octet_length(head) = 32),
    closed_by     text NOT NULL CHECK (length(closed_by) BETWEEN 1 AND 200),
    closed_at     timestamptz NOT NULL
);

CREATE TABLE pay_rate_cards (
    market     text NOT NULL,
    currency   text NOT NULL,
    version    integer NOT NULL CHECK (version > 0),
    valid_from timestamptz NOT NULL,
    card       jsonb NOT NULL,
    added_by   text NOT NULL,
    added_at   timestamptz NOT NULL,
    PRIMARY KEY (market, currency, version),
    CHECK (coalesce((card ->> 'floor_minor_per_hour')::bigint, -1) >= 0),
    CHECK (coalesce(card ->> 'currency' = currency AND card ->> 'market' = market, false))
);

-- ---------------------------------------------------------------- refusals

CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', tg_table_name USING ERRCODE = 'restrict_violation',
        HINT = 'A correction is a reversal and a new entry.';
END
$$;

-- ALWAYS: also while a session replays changes or claims to.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['ledger_accounts', 'ledger_transfers', 'ledger_lines',
        'ledger_seals', 'ledger_balances', 'ledger_closings', 'pay_rate_cards']
    LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
            FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change()', name);
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only', name);
    END LOOP;
END
$$;

-- Locks in the one namespace of the ledger: 0 the periods, 1 the sealer, and accounts by id.
CREATE FUNCTION ledger_lock_number(of integer) RETURNS bigint LANGUAGE sql IMMUTABLE
    RETURN 4155000000000000000 + of;

CREATE FUNCTION ledger_check_transfers() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    wrong record;
BEGIN
    -- An older snapshot would not see a closing or a balance that was committed meanwhile.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'transfers are recorded in READ COMMITTED transactions'
            USING ERRCODE = 'invalid_transaction_state';
    END IF;
    PERFORM pg_advisory_xact_lock_shared(ledger_lock_number(0));
    SELECT INTO wrong n.key FROM new_transfers n
    WHERE n.booked_on < (SELECT max(closed_before) FROM ledger_closings) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the period of % is closed', wrong.key
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_period_open';
    END IF;
    SELECT INTO wrong n.key FROM new_transfers n
    LEFT JOIN ledger_transfers p ON p.position = coalesce(n.settles, n.reverses)
    WHERE n.transaction_id <> pg_current_xact_id()
        OR (n.settles IS NOT NULL AND p.kind IS DISTINCT FROM 'pending')
        OR (n.reverses IS NOT NULL AND coalesce(p.kind, '') NOT IN ('posted', 'post')) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '% refers to a transfer that it may not refer to', wrong.key
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    INSERT INTO ledger_unsealed (least, positions)
    SELECT min(n.position), array_agg(n.position ORDER BY n.position) FROM new_transfers n
    HAVING count(*) > 0;
    RETURN NULL;
END
$$;

CREATE TRIGGER check_transfers AFTER INSERT ON ledger_transfers
    REFERENCING NEW TABLE AS new_transfers
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_transfers();
ALTER TABLE ledger_transfers ENABLE ALWAYS TRIGGER check_transfers;

CREATE FUNCTION ledger_balance(of integer, OUT posted bigint, OUT pending_debit bigint,
    OUT pending_credit bigint) LANGUAGE sql STABLE AS $$
    -- The balance after the last seal that touched the account, and what came since.
    WITH sealed AS (
        SELECT b.posted, b.pending_debit, b.pending_credit FROM ledger_balances b
        WHERE b.account = of ORDER BY b.seal DESC LIMIT 1
    ), since AS (
        SELECT l.amount_minor AS minor, t.kind FROM ledger_lines l
        JOIN ledger_transfers t ON t.position = l.transfer
        WHERE l.account = of
            AND l.transfer = ANY (ARRAY(SELECT unnest(u.positions) FROM ledger_unsealed u))
    ), moved AS (
        SELECT coalesce(sum(minor) FILTER (WHERE kind IN ('posted', 'post')), 0) AS posted,
            coalesce(sum(CASE kind WHEN 'pending' THEN minor ELSE -minor END)
                FILTER (WHERE kind <> 'posted' AND minor > 0), 0) AS pending_debit,
            coalesce(sum(CASE kind WHEN 'pending' THEN -minor ELSE minor END)
                FILTER (WHERE kind <> 'posted' AND minor < 0), 0) AS pending_credit
        FROM since
    )
    SELECT (coalesce(s.posted, 0) + m.posted)::bigint,
        (coalesce(s.pending_debit, 0) + m.pending_debit)::bigint,
        (coalesce(s.pending_credit, 0) + m.pending_credit)::bigint
    FROM moved m LEFT JOIN sealed s ON true
$$;

CREATE FUNCTION ledger_check_lines() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    wrong record;
    guarded_ids integer[];
BEGIN
    SELECT INTO wrong n.transfer, n.line FROM new_lines n
    WHERE pg_current_xact_id() IS DISTINCT FROM (SELECT t.transaction_id
            FROM ledger_transfers t WHERE t.position = n.transfer AND n.line <= t.line_count)
        OR n.currency IS DISTINCT FROM (SELECT a.currency
            FROM ledger_accounts a WHERE a.id = n.account) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'line % of transfer % belongs to no transfer of this transaction, or its '
            'account is kept in another currency or unknown', wrong.line, wrong.transfer
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    -- Only what takes from a guarded account can overdraw it; what adds to it needs no lock.
    SELECT INTO guarded_ids array_agg(DISTINCT a.id ORDER BY a.id) FROM new_lines n
    JOIN ledger_accounts a ON a.id = n.account AND a.guarded
        AND (a.normal = 'credit') = (n.amount_minor > 0)
    JOIN ledger_transfers t ON t.position = n.transfer AND t.kind IN ('posted', 'pending');
    IF guarded_ids IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(ledger_lock_number(100 + id)) FROM unnest(guarded_ids) AS id;
    SELECT INTO wrong a.code FROM ledger_accounts a, ledger_balance(a.id) b
    WHERE a.id = ANY (guarded_ids) AND CASE a.normal
        WHEN 'credit' THEN b.posted + b.pending_debit > 0
        ELSE b.posted - b.pending_credit < 0 END LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the account % does not have that much', wrong.code
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_not_overdrawn';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER check_lines AFTER INSERT ON ledger_lines
    REFERENCING NEW TABLE AS new_lines
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_lines();
ALTER TABLE ledger_lines ENABLE ALWAYS TRIGGER check_lines;

-- At commit, for all transfers of a statement: each has the lines it announced, they add up to
-- zero in each currency, and those that settle or reverse move just what the other one did.
CREATE FUNCTION ledger_check_whole() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    wrong record;
BEGIN
    SELECT INTO wrong t.key, t.line_count FROM unnest(new.positions) AS p (position)
    JOIN ledger_transfers t ON t.position = p.position
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(c.n), 0) AS n, count(*) FILTER (WHERE c.total <> 0) AS unbalanced
        FROM (
            SELECT count(*) AS n, sum(l.amount_minor) AS total FROM ledger_lines l
            WHERE l.transfer = p.position GROUP BY l.currency
        ) c
    ) s
    WHERE s.n <> t.line_count OR s.unbalanced > 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'transfer % does not add up to zero in each currency over its % lines',
            wrong.key, wrong.line_count
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_balanced';
    END IF;
    SELECT INTO wrong t.key FROM unnest(new.positions) AS p (position)
    JOIN ledger_transfers t ON t.position = p.position
        AND coalesce(t.settles, t.reverses) IS NOT NULL
    JOIN ledger_lines l ON l.transfer = t.position
    WHERE NOT EXISTS (
        SELECT FROM ledger_lines o WHERE o.transfer = coalesce(t.settles, t.reverses)
            AND o.line = l.line AND o.account = l.account
            AND o.amount_minor = CASE WHEN t.settles IS NULL THEN -1 ELSE 1 END * l.amount_minor
    ) OR t.line_count <> (SELECT o.line_count FROM ledger_transfers o
        WHERE o.position = coalesce(t.settles, t.reverses)) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'transfer % does not move what the one it refers to did', wrong.key
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_same_lines';
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER check_whole AFTER INSERT ON ledger_unsealed
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION ledger_check_whole();
ALTER TABLE ledger_unsealed ENABLE ALWAYS TRIGGER check_whole;

CREATE FUNCTION ledger_check_closing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Waits for every posting under way, and lets none begin before this is decided.
    PERFORM pg_advisory_xact_lock(ledger_lock_number(0));
    IF new.closed_before <= (SELECT max(closed_before) FROM ledger_closings) THEN
        RAISE EXCEPTION 'the books are closed beyond % already', new.closed_before
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_closed_forward';
    END IF;
    RETURN new;
END
$$;

CREATE TRIGGER check_closing BEFORE INSERT ON ledger_closings
    FOR EACH ROW EXECUTE FUNCTION ledger_check_closing();
ALTER TABLE ledger_closings ENABLE ALWAYS TRIGGER check_closing;

-- ---------------------------------------------------------------- who may

-- A role for programs that keep the books and own nothing: grant it to the database user of
-- the desk where that user is not the owner of the schema.
DO $$
BEGIN
    CREATE ROLE alltid_ledger NOLOGIN;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;
    WHEN insufficient_privilege THEN
        RAISE WARNING 'the role alltid_ledger was not made: this user may not make roles';
END
$$;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'alltid_ledger') THEN
        GRANT SELECT, INSERT ON ledger_accounts, ledger_transfers, ledger_lines, ledger_seals,
            ledger_balances, ledger_closings, pay_rate_cards TO alltid_ledger;
        GRANT SELECT, INSERT, DELETE ON ledger_unsealed TO alltid_ledger;
    END IF;
END
$$;
