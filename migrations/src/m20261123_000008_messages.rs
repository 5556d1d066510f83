//! Deliveries: what each reader of the outbox has to carry, and who wants no reminders.
//!
//! The outbox says what happened; a delivery says who is to be told, and how that stands. `delivery_reminder_once` keeps
//! two workers from planning the same reminder of the same start.

crate::step!(
    "
    CREATE TABLE delivery (
        id {uuid} NOT NULL PRIMARY KEY,
        event {uuid} NOT NULL,
        consumer TEXT NOT NULL,
        lead_minutes BIGINT NOT NULL DEFAULT 0,
        kind TEXT NOT NULL,
        subject {uuid} NOT NULL,
        office TEXT,
        at BIGINT NOT NULL,
        starts_at BIGINT,
        body TEXT,
        state TEXT NOT NULL,
        attempts BIGINT NOT NULL DEFAULT 0,
        next_at BIGINT NOT NULL,
        lease_until BIGINT,
        reason TEXT,
        changed_at BIGINT NOT NULL,
        CONSTRAINT delivery_event_key UNIQUE (event, consumer, lead_minutes)
    );
    CREATE INDEX delivery_due ON delivery (consumer, next_at) WHERE state = 'waiting';
    CREATE INDEX delivery_dead ON delivery (id) WHERE state = 'dead';
    CREATE INDEX delivery_settled ON delivery (changed_at) WHERE state IN ('done', 'skipped', 'dismissed');
    CREATE UNIQUE INDEX delivery_reminder_once ON delivery (subject, lead_minutes, starts_at)
        WHERE state = 'waiting' AND lead_minutes > 0;
    CREATE TABLE reminder_refusal (
        address {bytes} NOT NULL PRIMARY KEY,
        at BIGINT NOT NULL
    )
    "
);
