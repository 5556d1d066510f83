//! What a household has had of a service in a year, tours with what they take along, and applications that arrive twice.
//!
//! A `household` is a keyed number of an address and a `fingerprint` one of a person and what they want: both lead to nobody.
//! `taken` counts what is held and what is promised, in litres, as `capacity` does; one rule, `tour_not_exceeded`, decides
//! every race. A place without an application belonged to a case that was erased. A `fingerprint` that somebody claimed names
//! the case that whatever arrives like it joins.

crate::step!(
    "
    CREATE TABLE household_quota (
        service TEXT NOT NULL,
        household {bytes} NOT NULL,
        year BIGINT NOT NULL,
        used BIGINT NOT NULL,
        CONSTRAINT household_quota_pkey PRIMARY KEY (service, household, year),
        CONSTRAINT household_quota_not_negative CHECK (used >= 0)
    );
    CREATE TABLE household_unit (
        case_file {uuid} NOT NULL PRIMARY KEY REFERENCES case_file (id),
        household {bytes} NOT NULL,
        year BIGINT NOT NULL
    );
    CREATE TABLE tour (
        id {uuid} NOT NULL PRIMARY KEY,
        service TEXT NOT NULL,
        team TEXT NOT NULL,
        district TEXT NOT NULL,
        day TEXT NOT NULL,
        capacity BIGINT NOT NULL,
        taken BIGINT NOT NULL,
        changed_at BIGINT NOT NULL,
        CONSTRAINT tour_day_key UNIQUE (service, district, day),
        CONSTRAINT tour_not_exceeded CHECK (taken <= capacity),
        CONSTRAINT tour_not_negative CHECK (taken >= 0)
    );
    CREATE INDEX tour_team ON tour (team, day);
    CREATE TABLE tour_place (
        id {uuid} NOT NULL PRIMARY KEY,
        tour {uuid} NOT NULL REFERENCES tour (id),
        application {uuid},
        litres BIGINT NOT NULL,
        state TEXT NOT NULL,
        expires_at BIGINT,
        changed_at BIGINT NOT NULL,
        CONSTRAINT tour_place_application_key UNIQUE (application)
    );
    CREATE INDEX tour_place_tour ON tour_place (tour);
    CREATE INDEX tour_place_promised ON tour_place (tour) WHERE state = 'promised';
    CREATE TABLE case_intake (
        id {uuid} NOT NULL PRIMARY KEY,
        application {uuid} NOT NULL,
        case_file {uuid} NOT NULL REFERENCES case_file (id),
        way TEXT NOT NULL,
        reason TEXT NOT NULL,
        arrived_at BIGINT NOT NULL,
        recorded_by {uuid},
        CONSTRAINT case_intake_application_key UNIQUE (application)
    );
    CREATE INDEX case_intake_case ON case_intake (case_file);
    CREATE TABLE intake_claim (
        fingerprint {bytes} NOT NULL PRIMARY KEY,
        case_file {uuid} NOT NULL,
        claimed_at BIGINT NOT NULL
    );
    CREATE INDEX intake_claim_case ON intake_claim (case_file)
    "
);
