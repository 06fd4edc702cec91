-- What a model has used up in each conversation, on the customer's side and on the agent's. A
-- request is booked before it is made, so that the bound holds over restarts and many workers.

CREATE TABLE model_spending (
    conversation_id uuid NOT NULL,
    side            text NOT NULL CHECK (side IN ('customer', 'agent')),
    input_tokens    bigint NOT NULL,
    output_tokens   bigint NOT NULL,
    -- Millionths of a minor unit.
    micro_minor     bigint NOT NULL,
    requests        integer NOT NULL,
    PRIMARY KEY (conversation_id, side)
);
