//! Sign-in by OpenID Connect: who is who at a provider, which attempts are used up, and how sure a session is.

crate::step!(
    "
    CREATE TABLE openid_link (
        issuer TEXT NOT NULL,
        subject_hash {bytes} NOT NULL,
        account {uuid} NOT NULL REFERENCES account (id),
        linked_at BIGINT NOT NULL,
        CONSTRAINT openid_link_subject_key UNIQUE (issuer, subject_hash),
        CONSTRAINT openid_link_account_key UNIQUE (account, issuer)
    );
    CREATE TABLE openid_attempt (
        id {bytes} NOT NULL PRIMARY KEY,
        expires_at BIGINT NOT NULL
    );
    CREATE INDEX openid_attempt_expiry ON openid_attempt (expires_at);
    ALTER TABLE session ADD COLUMN trust TEXT;
    ALTER TABLE session ADD COLUMN provider TEXT
    "
);
