//! Versions of the city and which one serves.

crate::step!(
    "
    CREATE TABLE city_version (
        version BIGINT NOT NULL,
        fingerprint TEXT NOT NULL,
        loaded_at BIGINT NOT NULL,
        document TEXT NOT NULL,
        CONSTRAINT city_version_pkey PRIMARY KEY (version)
    );
    CREATE TABLE city_active (
        id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
        version BIGINT NOT NULL REFERENCES city_version (version)
    )
    "
);
