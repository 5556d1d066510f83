//! Names and logins of accounts are sealed, and found by blind numbers; the keys of those numbers are made one after another.
//!
//! `login` and `name` stay for rows of older programs, until the worker has sealed them; a sealed row holds a word made of
//! its id there. `login_index` holds a number for each login and generation of the key: `login_index_pkey` keeps two
//! accounts from one login. A token family keeps how sure its session was.

crate::step!(
    "
    CREATE TABLE index_key (
        generation BIGINT NOT NULL,
        master TEXT NOT NULL,
        wrapped {bytes} NOT NULL,
        created_at BIGINT NOT NULL,
        CONSTRAINT index_key_pkey PRIMARY KEY (generation)
    );
    CREATE TABLE login_index (
        token {bytes} NOT NULL,
        generation BIGINT NOT NULL,
        account {uuid} NOT NULL,
        CONSTRAINT login_index_pkey PRIMARY KEY (token)
    ) {clustered};
    CREATE INDEX login_index_account ON login_index (account, generation);
    ALTER TABLE account ADD COLUMN login_sealed {bytes};
    ALTER TABLE account ADD COLUMN name_sealed {bytes};
    ALTER TABLE token_family ADD COLUMN trust TEXT
    "
);
