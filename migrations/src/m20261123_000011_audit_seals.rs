//! The audit log refuses to be changed, names several subjects in one entry, and is sealed in batches.
//!
//! Deleting is open only to a unit that has put a row into `audit_pruning`: old entries go after their time, and nothing
//! goes by mistake. Whoever can change the definitions can do anything; the signed seals show it.

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
    ALTER TABLE audit ADD COLUMN more TEXT;
    CREATE TABLE audit_seal (
        number BIGINT NOT NULL,
        sealed_at BIGINT NOT NULL,
        entries BIGINT NOT NULL,
        first {uuid} NOT NULL,
        last {uuid} NOT NULL,
        members {bytes},
        members_hash {bytes} NOT NULL,
        rows_hash {bytes} NOT NULL,
        previous {bytes} NOT NULL,
        hash {bytes} NOT NULL,
        signature {bytes} NOT NULL,
        key_id TEXT NOT NULL,
        CONSTRAINT audit_seal_pkey PRIMARY KEY (number)
    );
    CREATE TABLE audit_pruning (
        id BIGINT NOT NULL,
        CONSTRAINT audit_pruning_pkey PRIMARY KEY (id)
    )
";

const POSTGRES: [&str; 3] = [
    "CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
        IF TG_OP = 'TRUNCATE' OR NOT EXISTS (SELECT 1 FROM audit_pruning)
            OR (TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'audit') OR (TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit_seal') THEN
            RAISE EXCEPTION 'audit_append_only' USING ERRCODE = '23514', CONSTRAINT = 'audit_append_only';
        END IF;
        RETURN NULL;
     END $$",
    "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
     FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()",
    "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seal
     FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()",
];

const SQLITE: [&str; 4] = [
    "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit_append_only'); END",
    "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit WHEN NOT EXISTS (SELECT 1 FROM audit_pruning)
     BEGIN SELECT RAISE(ABORT, 'audit_append_only'); END",
    "CREATE TRIGGER audit_seal_no_update BEFORE UPDATE ON audit_seal WHEN NOT EXISTS (SELECT 1 FROM audit_pruning)
     BEGIN SELECT RAISE(ABORT, 'audit_append_only'); END",
    "CREATE TRIGGER audit_seal_no_delete BEFORE DELETE ON audit_seal BEGIN SELECT RAISE(ABORT, 'audit_append_only'); END",
];
