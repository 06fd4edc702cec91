-- What the assistant set out to do for a customer, and what came of it. A line only moves
-- forward and never goes away; every state it had stays, with the moment.

CREATE TABLE assistant_actions (
    id              uuid PRIMARY KEY,
    -- Without a foreign key: what was done to an account is kept also where a conversation isn't.
    conversation_id uuid NOT NULL,
    issuer          text NOT NULL,
    subject         text NOT NULL,
    tool            text NOT NULL,
    -- In them are handles, not ids of the company.
    arguments       jsonb NOT NULL,
    hash            text NOT NULL,
    playbook        text NOT NULL,
    step            text NOT NULL,
    -- The version of the customer's message that confirmed it.
    confirmed_by    integer NOT NULL,
    idempotency_key text NOT NULL UNIQUE,
    state           text NOT NULL CHECK (state IN
                        ('proposed', 'executing', 'executed', 'refused', 'unknown')),
    -- What it moves, in minor units.
    amount_minor    bigint CHECK (amount_minor >= 0),
    currency        text CHECK (currency ~ '^[A-Z]{3}$'),
    result          jsonb,
    code            text,
    message         text,
    attempts        integer NOT NULL DEFAULT 0,
    at              timestamptz NOT NULL,
    changed_at      timestamptz NOT NULL,
    CHECK ((amount_minor IS NULL) = (currency IS NULL)),
    CHECK ((state = 'refused') = (code IS NOT NULL)),
    CHECK (result IS NULL OR state = 'executed')
);

CREATE INDEX assistant_actions_of_conversation ON assistant_actions (conversation_id, at);
CREATE INDEX assistant_actions_of_customer ON assistant_actions (issuer, subject, at);
CREATE INDEX assistant_actions_unsettled ON assistant_actions (changed_at)
    WHERE state IN ('executing', 'unknown');

CREATE TABLE assistant_action_states (
    action_id uuid NOT NULL REFERENCES assistant_actions (id),
    number    bigint GENERATED ALWAYS AS IDENTITY,
    state     text NOT NULL,
    code      text,
    at        timestamptz NOT NULL,
    PRIMARY KEY (action_id, number)
);

CREATE FUNCTION assistant_action_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a line of the ledger of actions stays';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'proposed' THEN
            RAISE EXCEPTION 'an action begins as proposed';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state IN ('executed', 'refused') THEN
        RAISE EXCEPTION 'an action that is settled stays as it is';
    END IF;
    IF (OLD.state = 'proposed' AND NEW.state NOT IN ('executing', 'refused'))
            OR NEW.state = 'proposed' THEN
        RAISE EXCEPTION 'an action does not go from % to %', OLD.state, NEW.state;
    END IF;
    IF (NEW.id, NEW.conversation_id, NEW.issuer, NEW.subject, NEW.tool, NEW.arguments, NEW.hash,
            NEW.playbook, NEW.step, NEW.confirmed_by, NEW.idempotency_key, NEW.at)
        IS DISTINCT FROM
       (OLD.id, OLD.conversation_id, OLD.issuer, OLD.subject, OLD.tool, OLD.arguments, OLD.hash,
            OLD.playbook, OLD.step, OLD.confirmed_by, OLD.idempotency_key, OLD.at) THEN
        RAISE EXCEPTION 'what an action is does not change';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION assistant_action_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO assistant_action_states (action_id, state, code, at)
    VALUES (NEW.id, NEW.state, NEW.code, NEW.changed_at);
    RETURN NULL;
END $$;

CREATE FUNCTION assistant_action_states_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history of an action stays as it is';
END $$;

CREATE TRIGGER moves BEFORE INSERT OR UPDATE OR DELETE ON assistant_actions
    FOR EACH ROW EXECUTE FUNCTION assistant_action_moves();
CREATE TRIGGER history AFTER INSERT OR UPDATE ON assistant_actions
    FOR EACH ROW EXECUTE FUNCTION assistant_action_history();
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON assistant_action_states
    FOR EACH ROW EXECUTE FUNCTION assistant_action_states_stay();
