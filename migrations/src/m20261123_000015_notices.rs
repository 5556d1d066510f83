//! What leaves the house about a case: letters that can be verified, permits that can be revoked, payments with everything
//! their providers ever said.
//!
//! Payments refer to applications by id alone: money is accounted for longer than the application it was paid for is kept.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, TABLES).await
    }
}

const TABLES: &str = "
    ALTER TABLE application ADD COLUMN language TEXT NOT NULL DEFAULT 'de';
    CREATE TABLE case_letter (
        id {uuid} NOT NULL PRIMARY KEY,
        case_file {uuid} NOT NULL REFERENCES case_file (id),
        definition {uuid} NOT NULL REFERENCES definition_version (id),
        service TEXT NOT NULL,
        occasion TEXT NOT NULL,
        position BIGINT NOT NULL,
        number TEXT NOT NULL,
        content_sealed {bytes} NOT NULL,
        issued_at BIGINT NOT NULL,
        revoked_at BIGINT,
        CONSTRAINT case_letter_number_key UNIQUE (number)
    );
    CREATE INDEX case_letter_case ON case_letter (case_file);
    CREATE TABLE permit (
        id {uuid} NOT NULL PRIMARY KEY,
        case_file {uuid} NOT NULL REFERENCES case_file (id),
        letter {uuid} NOT NULL REFERENCES case_letter (id),
        service TEXT NOT NULL,
        valid_from TEXT NOT NULL,
        valid_until TEXT NOT NULL,
        remind_on TEXT NOT NULL,
        issued_at BIGINT NOT NULL,
        reminded_at BIGINT,
        revoked_at BIGINT,
        revoked_why TEXT
    );
    CREATE INDEX permit_case ON permit (case_file);
    CREATE INDEX permit_reminder ON permit (remind_on) WHERE reminded_at IS NULL AND revoked_at IS NULL;
    CREATE INDEX permit_revoked ON permit (valid_until) WHERE revoked_at IS NOT NULL;
    CREATE TABLE payment_attempt (
        id {uuid} NOT NULL PRIMARY KEY,
        application {uuid} NOT NULL,
        provider TEXT NOT NULL,
        position BIGINT NOT NULL,
        reference TEXT NOT NULL,
        amount_cents BIGINT NOT NULL,
        refunded_cents BIGINT NOT NULL,
        refund_asked_cents BIGINT NOT NULL,
        state TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        changed_at BIGINT NOT NULL,
        look_at BIGINT,
        CONSTRAINT payment_reference_key UNIQUE (reference),
        CONSTRAINT payment_amount_positive CHECK (amount_cents > 0),
        CONSTRAINT payment_refund_bounded CHECK (refunded_cents <= amount_cents AND refund_asked_cents <= amount_cents)
    );
    CREATE INDEX payment_application ON payment_attempt (application);
    CREATE INDEX payment_look ON payment_attempt (look_at) WHERE look_at IS NOT NULL;
    CREATE TABLE payment_event (
        attempt {uuid} NOT NULL REFERENCES payment_attempt (id),
        event TEXT NOT NULL,
        evidence TEXT NOT NULL,
        refunded_cents BIGINT NOT NULL,
        said_at BIGINT NOT NULL,
        heard_at BIGINT NOT NULL,
        CONSTRAINT payment_event_pkey PRIMARY KEY (attempt, event)
    );
    CREATE TABLE practice_bank (
        reference TEXT NOT NULL,
        state TEXT NOT NULL,
        refunded_cents BIGINT NOT NULL,
        amount_cents BIGINT NOT NULL,
        changes BIGINT NOT NULL,
        changed_at BIGINT NOT NULL,
        CONSTRAINT practice_bank_pkey PRIMARY KEY (reference)
    )
";
