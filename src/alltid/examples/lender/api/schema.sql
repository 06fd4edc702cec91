-- name: schema
CREATE SCHEMA IF NOT EXISTS lender;

-- Everything the lender knows of a customer is one document: an act locks it, reads it, changes
-- it by the rules and writes it back.
CREATE TABLE IF NOT EXISTS lender.accounts (
    subject text PRIMARY KEY,
    issuer  text NOT NULL,
    market  text NOT NULL,
    content jsonb NOT NULL,
    version integer NOT NULL DEFAULT 1
);

-- What was done, or refused, under which key; written in the transaction that changes the account.
CREATE TABLE IF NOT EXISTS lender.acts (
    key       text PRIMARY KEY CHECK (length(key) BETWEEN 8 AND 128),
    subject   text NOT NULL REFERENCES lender.accounts (subject) ON DELETE CASCADE,
    tool      text NOT NULL,
    arguments jsonb NOT NULL,
    result    jsonb,
    code      text,
    message   text,
    at        timestamptz NOT NULL,
    CHECK ((result IS NULL) <> (code IS NULL))
);

CREATE INDEX IF NOT EXISTS acts_of_customer ON lender.acts (subject, at);

-- name: is_there
SELECT to_regclass('lender.acts') IS NOT NULL

-- name: seed
INSERT INTO lender.accounts (subject, issuer, market, content)
VALUES (%(subject)s, %(issuer)s, %(market)s, %(content)s)
ON CONFLICT (subject) DO NOTHING

-- name: forget
DELETE FROM lender.accounts WHERE subject = ANY (%(subjects)s)

-- name: account
SELECT content FROM lender.accounts WHERE subject = %(subject)s AND issuer = %(issuer)s

-- name: lock_account
SELECT content FROM lender.accounts WHERE subject = %(subject)s AND issuer = %(issuer)s FOR UPDATE

-- name: done
SELECT subject, tool, arguments, result, code, message FROM lender.acts WHERE key = %(key)s

-- name: write_account
UPDATE lender.accounts SET content = %(content)s, version = version + 1 WHERE subject = %(subject)s

-- name: write_act
INSERT INTO lender.acts (key, subject, tool, arguments, result, code, message, at)
VALUES (%(key)s, %(subject)s, %(tool)s, %(arguments)s, %(result)s, %(code)s, %(message)s, %(at)s)

-- name: acts_of
SELECT key, tool, arguments, result, code, at FROM lender.acts
WHERE subject = %(subject)s ORDER BY at, key LIMIT %(limit)s
