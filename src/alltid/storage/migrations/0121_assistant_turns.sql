-- What the assistant went through for each answer: where its dialogue stands, how it came
-- about, and what a person who takes over is told. A row is written before its answer is said;
-- one whose answer came too late is never gone on from, since no message names it.
CREATE TABLE assistant_turns (
    id              uuid PRIMARY KEY,
    conversation_id uuid NOT NULL,
    -- The version of the customer's message that is answered.
    in_reply_to     integer NOT NULL CHECK (in_reply_to > 0),
    state           jsonb NOT NULL,
    trace           jsonb NOT NULL,
    packet          jsonb,
    at              timestamptz NOT NULL
);

CREATE INDEX assistant_turns_of_conversation ON assistant_turns (conversation_id, in_reply_to, at);
