//! Documents that lie ready in boxes: whose they are lies sealed, PINs lie nowhere.
//!
//! `locker_compartment` has a row for each compartment with something in it; its key is the rule that no compartment holds
//! two things. `locker_opening` has a row for each PIN that was typed, so that a repeated request gets the answer of the
//! first time. `locker_event` is what the doors did, numbered by the box without gaps.

crate::step!(
    "
    CREATE TABLE pickup (
        id {uuid} NOT NULL PRIMARY KEY,
        number TEXT NOT NULL,
        office TEXT NOT NULL,
        box TEXT NOT NULL,
        compartment BIGINT,
        service TEXT NOT NULL,
        size TEXT NOT NULL,
        reach TEXT NOT NULL,
        state TEXT NOT NULL,
        wrong_pins BIGINT NOT NULL,
        pins BIGINT NOT NULL,
        contact_sealed {bytes},
        loaded_by {uuid},
        expires_at BIGINT NOT NULL,
        reminded_at BIGINT,
        opening {uuid},
        order_until BIGINT,
        rev BIGINT NOT NULL,
        created_at BIGINT NOT NULL,
        changed_at BIGINT NOT NULL,
        CONSTRAINT pickup_number_key UNIQUE (number)
    );
    CREATE INDEX pickup_office ON pickup (office, expires_at);
    CREATE INDEX pickup_due ON pickup (expires_at) WHERE state IN ('loaded', 'opening', 'locked');
    CREATE INDEX pickup_old ON pickup (changed_at) WHERE state IN ('collected', 'handed_out', 'withdrawn');
    CREATE TABLE locker_compartment (
        office TEXT NOT NULL,
        box TEXT NOT NULL,
        number BIGINT NOT NULL,
        pickup {uuid} NOT NULL REFERENCES pickup (id),
        CONSTRAINT locker_compartment_pkey PRIMARY KEY (office, box, number),
        CONSTRAINT locker_compartment_pickup_key UNIQUE (pickup)
    );
    CREATE TABLE locker_opening (
        id {uuid} NOT NULL PRIMARY KEY,
        pickup {uuid} NOT NULL REFERENCES pickup (id),
        device {uuid} NOT NULL,
        outcome TEXT NOT NULL,
        tries_left BIGINT NOT NULL,
        compartment BIGINT NOT NULL,
        order_until BIGINT NOT NULL,
        used_at BIGINT,
        at BIGINT NOT NULL
    );
    CREATE INDEX locker_opening_pickup ON locker_opening (pickup);
    CREATE TABLE locker_event (
        device {uuid} NOT NULL,
        sequence BIGINT NOT NULL,
        office TEXT NOT NULL,
        box TEXT NOT NULL,
        compartment BIGINT NOT NULL,
        kind TEXT NOT NULL,
        opening {uuid},
        pickup {uuid},
        at BIGINT NOT NULL,
        received_at BIGINT NOT NULL,
        CONSTRAINT locker_event_pkey PRIMARY KEY (device, sequence)
    )
    "
);
