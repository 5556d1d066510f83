//! A generation for each account, so that all its sessions and access tokens can be declared void with one write.

crate::step!(
    "
    ALTER TABLE account ADD COLUMN generation BIGINT NOT NULL DEFAULT 0;
    ALTER TABLE session ADD COLUMN generation BIGINT NOT NULL DEFAULT 0
    "
);
