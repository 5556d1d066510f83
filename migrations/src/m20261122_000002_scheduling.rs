//! Places and appointments.
//!
//! `capacity_cell` counts what is taken of every pool in every cell of its grid. Desks, quotas, a person's number of
//! bookings and a session's number of holds are all pools; one rule, `capacity_not_exceeded`, decides every race.

crate::step!(
    "
    CREATE TABLE capacity_cell (
        pool BIGINT NOT NULL,
        at BIGINT NOT NULL,
        taken BIGINT NOT NULL,
        capacity BIGINT NOT NULL,
        PRIMARY KEY (pool, at),
        CONSTRAINT capacity_not_exceeded CHECK (taken <= capacity),
        CONSTRAINT taken_not_negative CHECK (taken >= 0)
    ) {clustered};
    CREATE TABLE appointment (
        id {uuid} NOT NULL PRIMARY KEY,
        number TEXT NOT NULL,
        status TEXT NOT NULL,
        office TEXT NOT NULL,
        team TEXT NOT NULL,
        starts_at BIGINT NOT NULL,
        ends_at BIGINT NOT NULL,
        quota TEXT NOT NULL,
        channel TEXT NOT NULL,
        variant TEXT,
        visit TEXT NOT NULL,
        takes TEXT NOT NULL,
        expires_at BIGINT,
        extended BIGINT NOT NULL DEFAULT 0,
        account {uuid},
        booked_by {uuid},
        person BIGINT,
        contact TEXT,
        generation BIGINT NOT NULL DEFAULT 0,
        links BIGINT NOT NULL DEFAULT 0,
        overbooked BIGINT NOT NULL DEFAULT 0,
        conflict TEXT,
        city_version BIGINT NOT NULL,
        created_at BIGINT NOT NULL,
        changed_at BIGINT NOT NULL,
        CONSTRAINT appointment_number_key UNIQUE (number)
    );
    CREATE INDEX appointment_place ON appointment (office, starts_at);
    CREATE INDEX appointment_person ON appointment (person) WHERE person IS NOT NULL;
    CREATE INDEX appointment_account ON appointment (account, starts_at) WHERE account IS NOT NULL;
    CREATE INDEX appointment_lapse ON appointment (expires_at) WHERE expires_at IS NOT NULL;
    CREATE INDEX appointment_conflict ON appointment (office, starts_at) WHERE conflict IS NOT NULL
    "
);
