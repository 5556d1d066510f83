//! Which table goes into which part of a backup.

/// A part of a backup. Parts are kept for different times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Part {
    /// Everything a city needs.
    Data,
    /// The wrapped keys of people's data. Kept for a shorter time, so that what was erased cannot be read from old backups.
    Keys,
}

impl Part {
    /// Its folder.
    pub(crate) const fn folder(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Keys => "keys",
        }
    }
}

/// Tables of wrapped keys.
const KEYS: &[&str] = &["index_key", "root_secret", "subject_key", "tenant_key"];

/// Tables that are never in a backup: whoever steals one must not sign in with it, and nobody misses these rows.
///
/// - `audit_pruning` holds a row only inside the unit that lets old entries of the audit log go. One that came back would leave
///   the log open to deletion.
/// - `revocation` ends access by sessions and tokens; after a restore all of them are void, because every account has a new
///   generation.
/// - `second_factor_use` keeps a code from being used twice within its ninety seconds, which are over before a backup is back.
/// - `signing_key` signs access tokens, none of which counts after a restore. The first gateway that asks makes a new one; a
///   thief of the backup, its keys and the master key could sign with the old one.
/// - The others are sessions, tokens, links and tries, which end by themselves.
const LEFT_OUT: &[&str] = &[
    "audit_pruning",
    "device_enrolment",
    "openid_attempt",
    "password_reset",
    "revocation",
    "second_factor_use",
    "session",
    "sign_in_attempt",
    "sign_in_challenge",
    "signing_key",
    "spent_proof",
    "token_family",
];

/// Tables that somebody has decided to be data. A table nobody has thought of is data, too, so that nothing is ever lost;
/// a test asks for the decision.
#[cfg(test)]
const DATA: &[&str] = &[
    "account",
    "application",
    "appointment",
    "attachment",
    "audit",
    "audit_seal",
    "blob_garbage",
    "capacity_cell",
    "case_deadline",
    "case_event",
    "case_file",
    "case_forward",
    "case_intake",
    "case_letter",
    "case_snapshot",
    "case_task",
    "chat_addition",
    "chat_cluster",
    "chat_edition",
    "chat_question",
    "chat_text",
    "city_active",
    "city_version",
    "conversation",
    "conversation_event",
    "contact_index",
    "definition_version",
    "draft_rule",
    "delivery",
    "household_quota",
    "household_unit",
    "idempotency",
    "intake_claim",
    "locker_compartment",
    "locker_event",
    "locker_opening",
    "login_index",
    "online_service",
    "openid_link",
    "outbox",
    "party",
    "payment_attempt",
    "payment_event",
    "permit",
    "pickup",
    "practice_bank",
    "quota_ledger",
    "recovery_code",
    "rehearsal",
    "reminder_refusal",
    "report",
    "report_vote",
    "second_factor",
    "tour",
    "tour_place",
    "tutorial_review",
];

/// The part a table belongs to; `None` for one that is left out.
pub(crate) fn part_of(table: &str) -> Option<Part> {
    match table {
        _ if LEFT_OUT.contains(&table) => None,
        _ if KEYS.contains(&table) => Some(Part::Keys),
        _ => Some(Part::Data),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use database::{ConnectOptions, Database};

    use super::*;

    fn undecided<'a>(tables: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
        tables.filter(|table| ![DATA, KEYS, LEFT_OUT].iter().any(|list| list.contains(table))).collect()
    }

    #[tokio::test]
    async fn somebody_has_decided_about_every_table() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("a.db").display());
        let options = ConnectOptions { url, max_connections: 1, acquire_timeout: Duration::from_secs(30) };
        let database = Database::connect(&options).await.expect("a file");
        migrations::up(database.for_migrations()).await.expect("the migrations go up");
        let snapshot = database.snapshot().await.expect("it can be read");
        let tables = snapshot.tables().await.expect("kinds that are known");
        assert_eq!(undecided(tables.iter().map(database::Table::name)), Vec::<&str>::new(), "add it to a list above");
        assert_eq!(undecided(["parking", "account"].into_iter()), ["parking"]);
    }
}
