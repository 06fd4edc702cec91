-- One row for each time that a customer asked for a human, written with the events that say so.
-- The conversation's own row only knows the latest.

CREATE TABLE human_requests (
    conversation_id uuid NOT NULL,
    asked_at        timestamptz NOT NULL,
    how             text NOT NULL,
    accepted_at     timestamptz,
    answered_at     timestamptz,
    -- When the customer chose the assistant instead.
    left_at         timestamptz,
    PRIMARY KEY (conversation_id, asked_at)
);

CREATE INDEX human_requests_by_time ON human_requests (asked_at);

INSERT INTO human_requests (conversation_id, asked_at, how, accepted_at, answered_at)
SELECT id, asked_at, asked_how, accepted_at, answered_at FROM conversations
WHERE asked_at IS NOT NULL AND asked_how IS NOT NULL;
