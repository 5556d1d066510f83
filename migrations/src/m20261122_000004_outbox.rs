//! The outbox, the audit log and remembered requests.

crate::step!(
    "
    CREATE TABLE outbox (
        id {uuid} NOT NULL PRIMARY KEY,
        kind TEXT NOT NULL,
        subject {uuid} NOT NULL,
        payload TEXT NOT NULL,
        at BIGINT NOT NULL,
        origin BIGINT NOT NULL DEFAULT 0,
        done_at BIGINT,
        attempts BIGINT NOT NULL DEFAULT 0,
        lease_until BIGINT
    );
    CREATE INDEX outbox_waiting ON outbox (id) WHERE done_at IS NULL;
    CREATE TABLE audit (
        id {uuid} NOT NULL PRIMARY KEY,
        actor {uuid},
        action TEXT NOT NULL,
        subject {uuid} NOT NULL,
        at BIGINT NOT NULL
    );
    CREATE TABLE idempotency (
        key {bytes} NOT NULL,
        request {bytes} NOT NULL,
        subject {uuid} NOT NULL,
        at BIGINT NOT NULL,
        CONSTRAINT idempotency_pkey PRIMARY KEY (key)
    );
    CREATE INDEX idempotency_age ON idempotency (at)
    "
);
