//! Proofs of work that were used, so that none counts twice whichever gateway sees it.

crate::step!(
    "
    CREATE TABLE spent_proof (
        challenge {bytes} NOT NULL PRIMARY KEY,
        spent_for {bytes} NOT NULL,
        expires_at BIGINT NOT NULL
    ) {clustered};
    CREATE INDEX spent_proof_expires_at ON spent_proof (expires_at)
    "
);
