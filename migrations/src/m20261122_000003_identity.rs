//! Accounts, sessions and signing keys.

crate::step!(
    "
    CREATE TABLE account (
        id {uuid} NOT NULL PRIMARY KEY,
        login TEXT NOT NULL,
        name TEXT NOT NULL,
        role TEXT NOT NULL,
        office TEXT,
        trust TEXT NOT NULL,
        password TEXT,
        created_at BIGINT NOT NULL,
        disabled_at BIGINT,
        CONSTRAINT account_login_key UNIQUE (login)
    );
    CREATE TABLE session (
        token_hash {bytes} NOT NULL PRIMARY KEY,
        id {uuid} NOT NULL,
        account {uuid} NOT NULL REFERENCES account (id),
        created_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL
    );
    CREATE INDEX session_account ON session (account);
    CREATE INDEX session_expiry ON session (expires_at)
    "
);
