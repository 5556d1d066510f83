//! Reports of places: where each is and what of it everybody may read, and who supports it.
//!
//! Degrees are whole ten-millionths (a centimetre), so that both engines compare them alike. `public_text` and `photo` hold
//! what somebody at the office let everybody see; what the reporter wrote stays sealed with the case. A `voter` is a keyed
//! number that leads to nobody.

crate::step!(
    "
    CREATE TABLE report (
        case_file {uuid} NOT NULL PRIMARY KEY REFERENCES case_file (id),
        service TEXT NOT NULL,
        category TEXT NOT NULL,
        latitude BIGINT NOT NULL,
        longitude BIGINT NOT NULL,
        submitted_at BIGINT NOT NULL,
        public_text TEXT,
        photo {uuid},
        published_at BIGINT,
        merged_into {uuid},
        votes BIGINT NOT NULL,
        expected_at BIGINT,
        closed_at BIGINT,
        fixed_at BIGINT,
        changed_at BIGINT NOT NULL
    );
    CREATE INDEX report_place ON report (latitude, longitude);
    CREATE INDEX report_public ON report (submitted_at) WHERE published_at IS NOT NULL;
    CREATE INDEX report_merged ON report (merged_into) WHERE merged_into IS NOT NULL;
    CREATE TABLE report_vote (
        report {uuid} NOT NULL REFERENCES report (case_file),
        voter {bytes} NOT NULL,
        at BIGINT NOT NULL,
        CONSTRAINT report_vote_pkey PRIMARY KEY (report, voter)
    );
    CREATE INDEX report_vote_voter ON report_vote (voter)
    "
);
