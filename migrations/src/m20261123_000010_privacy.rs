//! Keys: the root secret and tenant keys wrapped by the master key, subject keys wrapped by tenant keys; and what they seal.
//!
//! `contact_index` holds a blind number for each mail address and telephone number by which an appointment is not found
//! already through its `person`. `contact` stays for rows of older programs, until the worker has sealed them.

crate::step!(
    "
    CREATE TABLE root_secret (
        id BIGINT NOT NULL,
        master TEXT NOT NULL,
        wrapped {bytes} NOT NULL,
        created_at BIGINT NOT NULL,
        CONSTRAINT root_secret_pkey PRIMARY KEY (id),
        CONSTRAINT root_secret_one CHECK (id = 1)
    );
    CREATE TABLE tenant_key (
        generation BIGINT NOT NULL,
        master TEXT NOT NULL,
        wrapped {bytes} NOT NULL,
        created_at BIGINT NOT NULL,
        CONSTRAINT tenant_key_pkey PRIMARY KEY (generation)
    );
    CREATE TABLE subject_key (
        subject {uuid} NOT NULL,
        generation BIGINT NOT NULL,
        wrapped {bytes} NOT NULL,
        created_at BIGINT NOT NULL,
        CONSTRAINT subject_key_pkey PRIMARY KEY (subject)
    ) {clustered};
    CREATE TABLE contact_index (
        token BIGINT NOT NULL,
        subject {uuid} NOT NULL,
        CONSTRAINT contact_index_pkey PRIMARY KEY (token, subject)
    ) {clustered};
    CREATE INDEX contact_index_subject ON contact_index (subject);
    ALTER TABLE appointment ADD COLUMN contact_sealed {bytes}
    "
);
