-- Customers who wait for a person, but not in line: called back at a time of their choice, or
-- answered in writing. Both keep their ticket.

ALTER TABLE conversations
    ADD COLUMN callback_at timestamptz,
    ADD COLUMN written boolean NOT NULL DEFAULT false,
    DROP CONSTRAINT conversations_turn_check,
    ADD CONSTRAINT conversations_turn_check
        CHECK (turn IN ('customer', 'assistant', 'queue', 'agent', 'callback')),
    ADD CHECK (turn <> 'callback' OR (callback_at IS NOT NULL AND status = 'waiting')),
    ADD CHECK (callback_at IS NULL OR (status = 'waiting' AND NOT written));

CREATE INDEX conversations_callbacks ON conversations (callback_at)
    WHERE callback_at IS NOT NULL;

-- A quarter-hour that is held for a customer between the look and the booking. One whose
-- process died in between is free again by time.
CREATE TABLE callback_holds (
    conversation_id uuid PRIMARY KEY,
    at              timestamptz NOT NULL,
    until           timestamptz NOT NULL
);

CREATE INDEX callback_holds_by_time ON callback_holds (at);
