//! What a door on the internet needs: a second factor, refresh tokens, keys that rotate, delays after wrong passwords, recovery,
//! enrolment of devices, and a list of what was revoked.

crate::step!(
    "
    CREATE INDEX session_id ON session (id);
    CREATE TABLE second_factor (
        account {uuid} NOT NULL PRIMARY KEY REFERENCES account (id),
        secret {bytes} NOT NULL,
        created_at BIGINT NOT NULL,
        confirmed_at BIGINT
    );
    CREATE TABLE second_factor_use (
        account {uuid} NOT NULL REFERENCES account (id),
        step BIGINT NOT NULL,
        at BIGINT NOT NULL,
        CONSTRAINT second_factor_use_pkey PRIMARY KEY (account, step)
    );
    CREATE TABLE recovery_code (
        account {uuid} NOT NULL REFERENCES account (id),
        code_hash {bytes} NOT NULL,
        CONSTRAINT recovery_code_pkey PRIMARY KEY (account, code_hash)
    );
    CREATE TABLE sign_in_challenge (
        token_hash {bytes} NOT NULL PRIMARY KEY,
        account {uuid} NOT NULL REFERENCES account (id),
        generation BIGINT NOT NULL,
        tries BIGINT NOT NULL,
        expires_at BIGINT NOT NULL
    );
    CREATE INDEX sign_in_challenge_expiry ON sign_in_challenge (expires_at);
    CREATE TABLE sign_in_attempt (
        login_hash {bytes} NOT NULL PRIMARY KEY,
        failures BIGINT NOT NULL,
        blocked_until BIGINT NOT NULL,
        last_at BIGINT NOT NULL
    );
    CREATE INDEX sign_in_attempt_last ON sign_in_attempt (last_at);
    CREATE TABLE token_family (
        id {uuid} NOT NULL PRIMARY KEY,
        account {uuid} NOT NULL REFERENCES account (id),
        generation BIGINT NOT NULL,
        name TEXT NOT NULL,
        seed {bytes} NOT NULL,
        sequence BIGINT NOT NULL,
        created_at BIGINT NOT NULL,
        rotated_at BIGINT NOT NULL,
        idle_until BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        revoked_at BIGINT
    );
    CREATE INDEX token_family_account ON token_family (account);
    CREATE INDEX token_family_idle ON token_family (idle_until);
    CREATE TABLE signing_key (
        number BIGINT NOT NULL,
        id TEXT NOT NULL,
        sealed_seed {bytes} NOT NULL,
        published_at BIGINT NOT NULL,
        signs_from BIGINT NOT NULL,
        CONSTRAINT signing_key_pkey PRIMARY KEY (number)
    );
    CREATE TABLE password_reset (
        id {uuid} NOT NULL PRIMARY KEY,
        account {uuid},
        generation BIGINT NOT NULL,
        created_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        used_at BIGINT
    );
    CREATE INDEX password_reset_account ON password_reset (account);
    CREATE INDEX password_reset_expiry ON password_reset (expires_at);
    CREATE TABLE device_enrolment (
        id {uuid} NOT NULL PRIMARY KEY,
        code_hash {bytes} NOT NULL,
        office TEXT NOT NULL,
        name TEXT NOT NULL,
        created_by {uuid},
        created_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        used_at BIGINT
    );
    CREATE INDEX device_enrolment_code ON device_enrolment (code_hash);
    CREATE INDEX device_enrolment_expiry ON device_enrolment (expires_at);
    CREATE TABLE revocation (
        id {uuid} NOT NULL PRIMARY KEY,
        kind TEXT NOT NULL,
        subject {uuid} NOT NULL,
        generation BIGINT NOT NULL,
        at BIGINT NOT NULL
    );
    CREATE INDEX revocation_at ON revocation (at)
    "
);
