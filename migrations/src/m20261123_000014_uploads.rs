//! Files that people hand in: what is known of each, and which stored contents nobody needs any more.
//!
//! The contents lie in a folder or a bucket, sealed with the key of `owner`, an application or a rehearsal. Whatever lets go
//! of a content writes it into `blob_garbage` in the same transaction; the worker deletes it there and then here.

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
    CREATE TABLE attachment (
        id {uuid} NOT NULL PRIMARY KEY,
        owner {uuid} NOT NULL,
        role TEXT NOT NULL,
        field TEXT NOT NULL,
        state TEXT NOT NULL,
        reason TEXT,
        about_sealed {bytes} NOT NULL,
        bytes BIGINT NOT NULL,
        media_type TEXT,
        blob {uuid},
        generation BIGINT NOT NULL,
        tries BIGINT NOT NULL,
        look_at BIGINT,
        created_at BIGINT NOT NULL,
        changed_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL
    );
    CREATE INDEX attachment_owner ON attachment (owner);
    CREATE INDEX attachment_blob ON attachment (blob) WHERE blob IS NOT NULL;
    CREATE INDEX attachment_look ON attachment (look_at) WHERE look_at IS NOT NULL;
    CREATE INDEX attachment_expiry ON attachment (expires_at) WHERE state IN ('announced', 'uploading');
    CREATE TABLE blob_garbage (
        blob {uuid} NOT NULL PRIMARY KEY,
        since BIGINT NOT NULL
    );
    CREATE INDEX case_file_closed ON case_file (changed_at) WHERE state = 'closed'
";
