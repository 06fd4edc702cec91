-- Who is who: agents (the humans), their passkeys and sign-ins, and customers.

CREATE TABLE agents (
    id            uuid PRIMARY KEY,
    email         text NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
    -- The first name, as customers see it.
    name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    role          text NOT NULL CHECK (role IN ('agent', 'lead', 'admin')),
    -- argon2id in its own text form; null for those who only use passkeys.
    password_hash text,
    languages     text[] NOT NULL DEFAULT '{}',
    disabled_at   timestamptz,
    created_at    timestamptz NOT NULL
);
CREATE UNIQUE INDEX agents_email ON agents (lower(email));

CREATE TABLE passkeys (
    id            uuid PRIMARY KEY,
    agent         uuid NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    credential_id bytea NOT NULL UNIQUE CHECK (octet_length(credential_id) BETWEEN 1 AND 1023),
    public_key    bytea NOT NULL CHECK (octet_length(public_key) <= 4096),
    sign_count    bigint NOT NULL CHECK (sign_count >= 0),
    label         text NOT NULL CHECK (length(label) BETWEEN 1 AND 80),
    transports    text[] NOT NULL DEFAULT '{}',
    created_at    timestamptz NOT NULL,
    last_used_at  timestamptz
);
CREATE INDEX passkeys_agent ON passkeys (agent);

-- A challenge is taken out by the answer to it, so it works once.
CREATE TABLE passkey_challenges (
    challenge  bytea PRIMARY KEY,
    purpose    text NOT NULL CHECK (purpose IN ('register', 'sign_in')),
    agent      uuid REFERENCES agents (id) ON DELETE CASCADE,
    expires_at timestamptz NOT NULL,
    CHECK ((purpose = 'register') = (agent IS NOT NULL))
);
CREATE INDEX passkey_challenges_expiry ON passkey_challenges (expires_at);

-- Only the hash of a token is kept: a copy of this table signs nobody in.
CREATE TABLE sign_in_sessions (
    token_sha256  bytea PRIMARY KEY CHECK (octet_length(token_sha256) = 32),
    id            uuid NOT NULL UNIQUE,
    agent         uuid NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    how           text NOT NULL CHECK (how IN ('password', 'passkey', 'demo')),
    created_at    timestamptz NOT NULL,
    last_seen_at  timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    ended_at      timestamptz,
    ended_because text CHECK (ended_because IN ('signed_out', 'signed_in_again', 'agent_disabled')),
    CHECK ((ended_at IS NULL) = (ended_because IS NULL))
);
CREATE INDEX sign_in_sessions_agent ON sign_in_sessions (agent) WHERE ended_at IS NULL;
CREATE INDEX sign_in_sessions_expiry ON sign_in_sessions (expires_at);

CREATE TABLE customers (
    id               uuid PRIMARY KEY,
    kind             text NOT NULL CHECK (kind IN ('guest', 'company')),
    issuer           text,
    subject          text,
    display_name     text CHECK (length(display_name) BETWEEN 1 AND 120),
    -- Which guest tokens are good: the confirmed generation, and for a short grace
    -- the one before it. See web/identity/guest_tokens.py.
    token_generation integer NOT NULL DEFAULT 1,
    token_renewed_at timestamptz,
    created_at       timestamptz NOT NULL,
    last_seen_at     timestamptz NOT NULL,
    UNIQUE (issuer, subject),
    CHECK ((kind = 'company') = (issuer IS NOT NULL AND subject IS NOT NULL))
);
