//! Cases that go to other bodies, and what a new version of a service means for drafts that began with an older one.
//!
//! A forward is named by its case, its sink and the event that caused it, so it is planned once whatever happens. Its task
//! has a number below zero, so that it never meets the number of an event.

crate::step!(
    "
    CREATE TABLE case_forward (
        case_file {uuid} NOT NULL REFERENCES case_file (id),
        sink TEXT NOT NULL,
        number BIGINT NOT NULL,
        task BIGINT NOT NULL,
        team TEXT NOT NULL,
        state TEXT NOT NULL,
        attempts BIGINT NOT NULL DEFAULT 0,
        next_at BIGINT NOT NULL,
        lease_until BIGINT,
        submission TEXT,
        remote_case TEXT,
        tags TEXT,
        remote TEXT,
        reason TEXT,
        created_at BIGINT NOT NULL,
        changed_at BIGINT NOT NULL,
        CONSTRAINT case_forward_pkey PRIMARY KEY (case_file, sink, number)
    );
    CREATE INDEX case_forward_due ON case_forward (next_at) WHERE state IN ('waiting', 'sent');
    CREATE INDEX case_forward_late ON case_forward (created_at) WHERE state IN ('waiting', 'dead');
    CREATE TABLE draft_rule (
        definition {uuid} NOT NULL PRIMARY KEY REFERENCES definition_version (id),
        keep_until BIGINT,
        moves_to {uuid},
        decided_by {uuid},
        decided_at BIGINT NOT NULL
    );
    ALTER TABLE application ADD COLUMN dropped_sealed {bytes}
    "
);
