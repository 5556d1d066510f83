//! Applications and cases: definitions that never change, drafts and rehearsals, parties, cases with their snapshots, tasks,
//! deadlines and chained events, and how many are taken.
//!
//! A rehearsal stands in a table of its own: nothing that reads or counts applications can meet one.
//! `definition_immutable` keeps a published definition as it is; only its status goes on, from published to retired.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

/// The step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, TABLES).await?;
        let connection = manager.get_connection();
        // The bodies of triggers hold semicolons of their own.
        let triggers: &[&str] = match connection.get_database_backend() {
            DatabaseBackend::Postgres => &POSTGRES,
            _ => &SQLITE,
        };
        for trigger in triggers {
            connection.execute_unprepared(trigger).await?;
        }
        Ok(())
    }
}

const TABLES: &str = "
    CREATE TABLE definition_version (
        id {uuid} NOT NULL PRIMARY KEY,
        service TEXT NOT NULL,
        sequence BIGINT NOT NULL,
        sha256 TEXT NOT NULL,
        status TEXT NOT NULL,
        blob TEXT NOT NULL,
        published_at BIGINT NOT NULL,
        published_by {uuid},
        CONSTRAINT definition_version_hash_key UNIQUE (service, sha256),
        CONSTRAINT definition_version_sequence_key UNIQUE (service, sequence)
    );
    CREATE TABLE application (
        id {uuid} NOT NULL PRIMARY KEY,
        definition {uuid} NOT NULL REFERENCES definition_version (id),
        service TEXT NOT NULL,
        intake TEXT NOT NULL,
        state TEXT NOT NULL,
        rev BIGINT NOT NULL,
        answers_sealed {bytes},
        case_file {uuid},
        created_at BIGINT NOT NULL,
        edited_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL
    );
    CREATE INDEX application_expiry ON application (expires_at)
        WHERE state IN ('draft', 'awaiting_parties', 'awaiting_payment');
    CREATE TABLE rehearsal (
        id {uuid} NOT NULL PRIMARY KEY,
        definition {uuid} NOT NULL REFERENCES definition_version (id),
        service TEXT NOT NULL,
        number TEXT NOT NULL,
        rev BIGINT NOT NULL,
        answers_sealed {bytes} NOT NULL,
        created_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        finished_at BIGINT,
        CONSTRAINT rehearsal_number_key UNIQUE (number)
    );
    CREATE INDEX rehearsal_expiry ON rehearsal (expires_at);
    CREATE TABLE party (
        id {uuid} NOT NULL PRIMARY KEY,
        application {uuid} NOT NULL REFERENCES application (id),
        role TEXT NOT NULL,
        position BIGINT NOT NULL,
        state TEXT NOT NULL,
        number TEXT NOT NULL,
        links BIGINT NOT NULL,
        account {uuid},
        pseudonym {bytes},
        trust TEXT NOT NULL,
        invited_until BIGINT,
        consent_sha256 TEXT,
        consented_at BIGINT,
        changed_at BIGINT NOT NULL,
        CONSTRAINT party_number_key UNIQUE (number),
        CONSTRAINT party_role_key UNIQUE (application, role),
        CONSTRAINT party_identity_key UNIQUE (application, pseudonym)
    );
    CREATE INDEX party_account ON party (account) WHERE account IS NOT NULL;
    CREATE TABLE case_file (
        id {uuid} NOT NULL PRIMARY KEY,
        application {uuid} NOT NULL,
        definition {uuid} NOT NULL REFERENCES definition_version (id),
        service TEXT NOT NULL,
        team TEXT NOT NULL,
        intake TEXT NOT NULL,
        receipt TEXT,
        state TEXT NOT NULL,
        outcome TEXT,
        clerk {uuid},
        drafter {uuid},
        generation BIGINT NOT NULL,
        revision BIGINT NOT NULL,
        events BIGINT NOT NULL,
        head {bytes} NOT NULL,
        submitted_at BIGINT NOT NULL,
        changed_at BIGINT NOT NULL,
        decided_at BIGINT,
        delivered_at BIGINT,
        channel TEXT,
        deemed_received_on TEXT,
        objection_until TEXT,
        decision_sealed {bytes},
        request_sealed {bytes},
        objection_sealed {bytes},
        erased_at BIGINT,
        CONSTRAINT case_receipt_key UNIQUE (receipt)
    );
    CREATE INDEX case_file_received ON case_file (submitted_at) WHERE state = 'received';
    CREATE TABLE case_snapshot (
        case_file {uuid} NOT NULL REFERENCES case_file (id),
        revision BIGINT NOT NULL,
        sha256 TEXT NOT NULL,
        content_sealed {bytes} NOT NULL,
        created_by {uuid},
        at BIGINT NOT NULL,
        CONSTRAINT case_snapshot_pkey PRIMARY KEY (case_file, revision)
    );
    CREATE TABLE case_event (
        case_file {uuid} NOT NULL REFERENCES case_file (id),
        number BIGINT NOT NULL,
        kind TEXT NOT NULL,
        actor {uuid},
        at BIGINT NOT NULL,
        facts TEXT NOT NULL,
        hash {bytes} NOT NULL,
        CONSTRAINT case_event_pkey PRIMARY KEY (case_file, number)
    );
    CREATE TABLE case_task (
        case_file {uuid} NOT NULL REFERENCES case_file (id),
        number BIGINT NOT NULL,
        kind TEXT NOT NULL,
        team TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        done_at BIGINT,
        CONSTRAINT case_task_pkey PRIMARY KEY (case_file, number)
    );
    CREATE INDEX case_task_open ON case_task (team, created_at) WHERE done_at IS NULL;
    CREATE TABLE case_deadline (
        case_file {uuid} NOT NULL REFERENCES case_file (id),
        kind TEXT NOT NULL,
        due_at BIGINT NOT NULL,
        paused_at BIGINT,
        done_at BIGINT,
        CONSTRAINT case_deadline_pkey PRIMARY KEY (case_file, kind)
    );
    CREATE INDEX case_deadline_due ON case_deadline (due_at) WHERE done_at IS NULL AND paused_at IS NULL;
    CREATE TABLE quota_ledger (
        service TEXT NOT NULL,
        valid_from BIGINT NOT NULL,
        valid_until BIGINT NOT NULL,
        most BIGINT NOT NULL,
        used BIGINT NOT NULL,
        CONSTRAINT quota_ledger_pkey PRIMARY KEY (service, valid_from),
        CONSTRAINT quota_not_exceeded CHECK (used <= most),
        CONSTRAINT quota_not_negative CHECK (used >= 0)
    );
    CREATE TABLE online_service (
        service TEXT NOT NULL,
        team TEXT NOT NULL,
        automation TEXT NOT NULL,
        changed_by {uuid},
        changed_at BIGINT NOT NULL,
        CONSTRAINT online_service_pkey PRIMARY KEY (service)
    )
";

const POSTGRES: [&str; 2] = [
    "CREATE OR REPLACE FUNCTION definition_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
        IF TG_OP <> 'UPDATE' OR (OLD.id, OLD.service, OLD.sequence, OLD.sha256, OLD.blob, OLD.published_at)
            IS DISTINCT FROM (NEW.id, NEW.service, NEW.sequence, NEW.sha256, NEW.blob, NEW.published_at)
            OR NOT (OLD.status = 'published' AND NEW.status IN ('published', 'retired')) THEN
            RAISE EXCEPTION 'definition_immutable' USING ERRCODE = '23514', CONSTRAINT = 'definition_immutable';
        END IF;
        RETURN NEW;
     END $$",
    "CREATE TRIGGER definition_immutable BEFORE UPDATE OR DELETE ON definition_version
     FOR EACH ROW EXECUTE FUNCTION definition_immutable()",
];

const SQLITE: [&str; 2] = [
    "CREATE TRIGGER definition_no_update BEFORE UPDATE ON definition_version
     WHEN OLD.id IS NOT NEW.id OR OLD.service IS NOT NEW.service OR OLD.sequence IS NOT NEW.sequence
        OR OLD.sha256 IS NOT NEW.sha256 OR OLD.blob IS NOT NEW.blob OR OLD.published_at IS NOT NEW.published_at
        OR NOT (OLD.status = 'published' AND NEW.status IN ('published', 'retired'))
     BEGIN SELECT RAISE(ABORT, 'definition_immutable'); END",
    "CREATE TRIGGER definition_no_delete BEFORE DELETE ON definition_version
     BEGIN SELECT RAISE(ABORT, 'definition_immutable'); END",
];
