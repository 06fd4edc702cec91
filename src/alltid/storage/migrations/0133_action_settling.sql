-- A lead may say what came of an action whose outcome the company's system never told.

ALTER TABLE assistant_actions
    ADD COLUMN settled_by uuid REFERENCES agents (id),
    ADD COLUMN settled_why text CHECK (length(settled_why) BETWEEN 3 AND 500),
    ADD CHECK ((settled_by IS NULL) = (settled_why IS NULL)),
    ADD CHECK (settled_by IS NULL OR state IN ('executed', 'refused'));
