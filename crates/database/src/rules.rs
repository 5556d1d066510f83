//! The named rules that the database itself holds, and what each engine calls them.
//!
//! Races are decided by these rules, never by a check before a write. A rule that is missing here is an internal error
//! when it is broken; so a migration that adds a rule adds a row.

/// A rule of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// A cell of a pool never holds more than its capacity.
    CapacityNotExceeded,
    /// A cell of a pool never holds less than nothing.
    TakenNotNegative,
    /// Each key of a repeated request is remembered once.
    IdempotencyKey,
    /// Each appointment has a number of its own.
    AppointmentNumber,
    /// Each name used to sign in belongs to one account.
    AccountLogin,
    /// Each version of the city has a number of its own.
    CityVersion,
    /// Each signing key has a number of its own: of two that are made at once, one is.
    SigningKeyNumber,
    /// Each person of a sign-in provider belongs to one account.
    OpenIdSubject,
    /// Each account belongs to one person of a sign-in provider.
    OpenIdAccount,
    /// Seals of the audit log are numbered without gaps, each number once.
    AuditSealNumber,
    /// The audit log is never changed.
    AuditAppendOnly,
    /// A published definition of a service is never changed.
    DefinitionImmutable,
    /// Each text of a service's definition is published once.
    DefinitionHash,
    /// Versions of a service's definition are numbered, each number once.
    DefinitionSequence,
    /// Each part in an application has a number of its own.
    PartyNumber,
    /// Nobody is two parties of one application.
    PartyIdentity,
    /// Each rehearsal has a number of its own.
    RehearsalNumber,
    /// Each case has a receipt number of its own.
    CaseReceipt,
    /// Of a service no more is taken than there is.
    QuotaNotExceeded,
    /// No tour takes along more than fits.
    TourNotExceeded,
    /// Each letter about a case has a number of its own.
    LetterNumber,
    /// Each attempt to pay has a reference of its own.
    PaymentReference,
    /// No more is given back than was paid.
    PaymentRefund,
    /// Each conversation has a number of its own.
    ConversationNumber,
    /// A service is given the same words once in a language.
    ChatAdditionWords,
    /// Each document that lies ready has a number of its own.
    PickupNumber,
    /// A compartment never holds two things.
    CompartmentTaken,
    /// What the doors of a box do is numbered, each number once.
    LockerEventNumber,
}

/// One row per rule: the rule, PostgreSQL's constraint, and how SQLite words the violation.
const NAMES: &[(Rule, &str, &str)] = &[
    (Rule::CapacityNotExceeded, "capacity_not_exceeded", "CHECK constraint failed: capacity_not_exceeded"),
    (Rule::TakenNotNegative, "taken_not_negative", "CHECK constraint failed: taken_not_negative"),
    (Rule::IdempotencyKey, "idempotency_pkey", "UNIQUE constraint failed: idempotency.key"),
    (Rule::AppointmentNumber, "appointment_number_key", "UNIQUE constraint failed: appointment.number"),
    (Rule::AccountLogin, "account_login_key", "UNIQUE constraint failed: account.login"),
    (Rule::SigningKeyNumber, "signing_key_pkey", "UNIQUE constraint failed: signing_key.number"),
    (Rule::CityVersion, "city_version_pkey", "UNIQUE constraint failed: city_version.version"),
    (
        Rule::OpenIdSubject,
        "openid_link_subject_key",
        "UNIQUE constraint failed: openid_link.issuer, openid_link.subject_hash",
    ),
    (
        Rule::OpenIdAccount,
        "openid_link_account_key",
        "UNIQUE constraint failed: openid_link.account, openid_link.issuer",
    ),
    (Rule::AuditSealNumber, "audit_seal_pkey", "UNIQUE constraint failed: audit_seal.number"),
    (Rule::AuditAppendOnly, "audit_append_only", "audit_append_only"),
    (Rule::DefinitionImmutable, "definition_immutable", "definition_immutable"),
    (
        Rule::DefinitionHash,
        "definition_version_hash_key",
        "UNIQUE constraint failed: definition_version.service, definition_version.sha256",
    ),
    (
        Rule::DefinitionSequence,
        "definition_version_sequence_key",
        "UNIQUE constraint failed: definition_version.service, definition_version.sequence",
    ),
    (Rule::PartyNumber, "party_number_key", "UNIQUE constraint failed: party.number"),
    (Rule::PartyIdentity, "party_identity_key", "UNIQUE constraint failed: party.application, party.pseudonym"),
    (Rule::RehearsalNumber, "rehearsal_number_key", "UNIQUE constraint failed: rehearsal.number"),
    (Rule::CaseReceipt, "case_receipt_key", "UNIQUE constraint failed: case_file.receipt"),
    (Rule::QuotaNotExceeded, "quota_not_exceeded", "CHECK constraint failed: quota_not_exceeded"),
    (Rule::TourNotExceeded, "tour_not_exceeded", "CHECK constraint failed: tour_not_exceeded"),
    (Rule::LetterNumber, "case_letter_number_key", "UNIQUE constraint failed: case_letter.number"),
    (Rule::PaymentReference, "payment_reference_key", "UNIQUE constraint failed: payment_attempt.reference"),
    (Rule::PaymentRefund, "payment_refund_bounded", "CHECK constraint failed: payment_refund_bounded"),
    (Rule::ConversationNumber, "conversation_number_key", "UNIQUE constraint failed: conversation.number"),
    (
        Rule::ChatAdditionWords,
        "chat_addition_words",
        "UNIQUE constraint failed: chat_addition.service, chat_addition.language, chat_addition.text",
    ),
    (Rule::PickupNumber, "pickup_number_key", "UNIQUE constraint failed: pickup.number"),
    (
        Rule::CompartmentTaken,
        "locker_compartment_pkey",
        "UNIQUE constraint failed: locker_compartment.office, locker_compartment.box, locker_compartment.number",
    ),
    (
        Rule::LockerEventNumber,
        "locker_event_pkey",
        "UNIQUE constraint failed: locker_event.device, locker_event.sequence",
    ),
];

impl Rule {
    /// Every rule.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|(rule, _, _)| *rule)
    }

    pub(crate) fn of_postgres(constraint: &str) -> Option<Self> {
        NAMES.iter().find(|(_, postgres, _)| *postgres == constraint).map(|(rule, _, _)| *rule)
    }

    pub(crate) fn of_sqlite(message: &str) -> Option<Self> {
        NAMES.iter().find(|(_, _, sqlite)| message.contains(sqlite)).map(|(rule, _, _)| *rule)
    }
}
