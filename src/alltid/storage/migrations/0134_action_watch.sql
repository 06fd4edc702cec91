-- How far the watch over what the assistant does (P5) has come in the states of its actions.
CREATE TABLE action_watch (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    position bigint NOT NULL DEFAULT 0
);
INSERT INTO action_watch DEFAULT VALUES;
