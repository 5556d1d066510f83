//! How long what is kept, and letting it go: one table, shown by `retention plan`, applied by the worker and `retention apply`.

use std::fmt::Write as _;

use database::Anchor;
use domain::permission::Actor;
use domain::time::Timestamp;
use scheduling::Expiring;

use crate::application::Application;
use crate::configuration::Retention as Settings;

/// A class of data. The words stand in `docs/privacy.md`.
#[derive(Debug, Clone, Copy)]
pub struct Class {
    /// Its key.
    pub key: &'static str,
    /// What it is.
    pub what: &'static str,
    /// By what right it is kept so long.
    pub basis: &'static str,
    /// The setting that says how many days, or how long it is without one.
    pub kept: Kept,
    /// From which moment the time runs.
    pub from: &'static str,
    /// What becomes of it.
    pub afterwards: &'static str,
}

/// How long something is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// So many days as the setting `retention.<name>` says.
    Setting(&'static str),
    /// A fixed time, in words; who lets it go is part of the program.
    Fixed(&'static str),
}

const PURPOSE: &str = "Art. 6 Abs. 1 Buchst. e, Art. 5 Abs. 1 Buchst. e DSGVO: no longer than the appointment needs it";
const CLEANLINESS: &str = "Art. 5 Abs. 1 Buchst. c DSGVO: nothing without a purpose";

/// The table. The first five rows, drafts, cases and their files, conversations with their questions, and pick-ups are applied here; the others by those who own them.
pub const CLASSES: &[Class] = &[
    Class {
        key: "contact_of_visit",
        what: "name, mail address and telephone number of an appointment, and the numbers that stand for them",
        basis: PURPOSE,
        kept: Kept::Setting("contact_days"),
        from: "the end of the visit",
        afterwards: "the key is destroyed, the fields are emptied",
    },
    Class {
        key: "contact_of_cancelled",
        what: "the same of an appointment that was given back",
        basis: PURPOSE,
        kept: Kept::Setting("cancelled_days"),
        from: "the cancellation",
        afterwards: "the key is destroyed, the fields are emptied",
    },
    Class {
        key: "lapsed",
        what: "holds and unconfirmed bookings whose time ran out, whole",
        basis: CLEANLINESS,
        kept: Kept::Setting("lapsed_days"),
        from: "the moment it lapsed",
        afterwards: "the key is destroyed, the row is deleted",
    },
    Class {
        key: "appointment",
        what: "the appointment itself: number, account, who booked it",
        basis: "Art. 5 Abs. 1 Buchst. e DSGVO; questions about a visit come within a year",
        kept: Kept::Setting("appointment_days"),
        from: "the end of the visit",
        afterwards: "office, matters, times, quota and outcome stay as figures that lead to nobody",
    },
    Class {
        key: "audit",
        what: "entries of the audit log: which account did what to which thing; no names",
        basis: "Art. 5 Abs. 2, Art. 32 DSGVO: the city can show who read and changed what",
        kept: Kept::Setting("audit_days"),
        from: "the seal of the entry",
        afterwards: "the entries are deleted, their seals stay",
    },
    Class {
        key: "account",
        what: "name and login of an account, the number that stands for the login, password hash, second factor, and whom a sign-in provider knows it as",
        basis: "Art. 6 Abs. 1 Buchst. e DSGVO: as long as the person or the city uses the account",
        kept: Kept::Fixed("until it is erased"),
        from: "its creation",
        afterwards: "the key is destroyed, the row and everything that hangs on it are deleted",
    },
    Class {
        key: "session",
        what: "sessions of browsers",
        basis: CLEANLINESS,
        kept: Kept::Fixed("until they end"),
        from: "the sign-in",
        afterwards: "deleted within a minute",
    },
    Class {
        key: "request",
        what: "keys of repeated requests: hashes, no text",
        basis: CLEANLINESS,
        kept: Kept::Fixed("1 day"),
        from: "the answer",
        afterwards: "deleted within a minute",
    },
    Class {
        key: "outbox",
        what: "events for letters and other processes: ids and facts, no names",
        basis: CLEANLINESS,
        kept: Kept::Fixed("1 day"),
        from: "the delivery",
        afterwards: "deleted within a minute",
    },
    Class {
        key: "draft",
        what: "applications that were not handed in, and rehearsals, with all answers",
        basis: CLEANLINESS,
        kept: Kept::Fixed("as the service says"),
        from: "the last change",
        afterwards: "the key is destroyed, the rows are deleted within seconds",
    },
    Class {
        key: "case",
        what: "cases: answers, decisions, requests, objections, who took part; of a report where it is, what everybody reads of it, and keyed numbers of its supporters; keyed numbers of the household that it is counted for, until the year is over, and of what it is known by when it arrives again",
        basis: "Art. 6 Abs. 1 Buchst. c and e DSGVO: the statute that the service names",
        kept: Kept::Fixed("as the service says (`retention.closed`)"),
        from: "its end",
        afterwards: "the key is destroyed; service, office, outcome and times stay as figures that lead to nobody",
    },
    Class {
        key: "case_files",
        what: "files that were handed in, sealed with the key of their case",
        basis: "Art. 6 Abs. 1 Buchst. c and e, Art. 5 Abs. 1 Buchst. c DSGVO: the statute that the service names",
        kept: Kept::Fixed("as the service says (`retention.attachments`), at most as long as the case"),
        from: "the end of the case; with a draft, the last change",
        afterwards: "the rows are deleted, the contents within a minute; with the case's key they could not be read anyway",
    },
    Class {
        key: "conversation",
        what: "conversations with the chatbot and with staff: what was said, telephone numbers of call backs",
        basis: "Art. 6 Abs. 1 Buchst. e, Art. 5 Abs. 1 Buchst. e DSGVO: no longer than questions come back",
        kept: Kept::Setting("conversation_days"),
        from: "the last message; a day after it the conversation is over",
        afterwards: "the key is destroyed, the rows are deleted",
    },
    Class {
        key: "chat_question",
        what: "questions that the chatbot did not understand, without personal data that was recognised, without person, conversation and time of day",
        basis: "Art. 6 Abs. 1 Buchst. a DSGVO: the person allowed it; until the conversation is over they can take it back",
        kept: Kept::Setting("question_days"),
        from: "the day of the question",
        afterwards: "the key is destroyed, the row is deleted",
    },
    Class {
        key: "pickup",
        what: "documents that lay ready in a locker: whose they were, where the office files them, which numbers stand for mail and telephone",
        basis: "Art. 6 Abs. 1 Buchst. e, Art. 5 Abs. 1 Buchst. e DSGVO: questions about a hand-over come within weeks",
        kept: Kept::Setting("pickup_days"),
        from: "the hand-over, at the box or at the counter",
        afterwards: "the key is destroyed, the rows are deleted; what the doors of the box did stays and names nobody",
    },
    Class {
        key: "letter",
        what: "letters, where no mail server is set: files in `mail.directory`",
        basis: PURPOSE,
        kept: Kept::Fixed("until the operator takes them away"),
        from: "the letter",
        afterwards: "they are letters that have been sent; the city's rules for mail hold",
    },
];

/// What is due of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Due {
    /// The key of the class.
    pub class: &'static str,
    /// For how many days it is kept; nothing where each service says it.
    pub days: Option<u32>,
    /// How many are due, or were handled.
    pub count: u64,
}

/// What the definitions of services say how long to keep.
const CASES: [(&str, applications::Expiring); 3] = [
    ("draft", applications::Expiring::Drafts),
    ("case_files", applications::Expiring::FilesOfCases),
    ("case", applications::Expiring::Cases),
];

/// Most seals whose entries go in one round.
const SEALS: i64 = 500;

/// Counts what is due, and changes nothing.
///
/// # Errors
/// The database failed, in words.
pub async fn plan(application: &Application, settings: &Settings, now: Timestamp) -> Result<Vec<Due>, String> {
    let mut plan = Vec::new();
    for (class, what, days) in appointments(settings) {
        let before = now.plus_minutes(-i64::from(days) * 24 * 60);
        let count = application.scheduling.count_due(&Actor::System, what, before).await;
        plan.push(Due { class, days: Some(days), count: count.map_err(|failure| failure.to_string())? });
    }
    let count = application.database.prunable_audit(audit_bound(settings, now)).await;
    plan.push(Due {
        class: "audit",
        days: Some(settings.audit_days),
        count: count.map_err(|error| error.to_string())?,
    });
    for (class, what) in CASES {
        let count = application.applications.count_due(&Actor::System, what).await;
        plan.push(Due { class, days: None, count: count.map_err(|failure| failure.to_string())? });
    }
    let count = application.conversations.count_due(&Actor::System, conversation_bound(settings, now)).await;
    plan.push(conversations_due(settings, count)?);
    let count = application.conversations.count_old_questions(&Actor::System, settings.question_days).await;
    plan.push(questions_due(settings, count)?);
    let count = application.scheduling.count_old_pickups(&Actor::System, pickup_bound(settings, now)).await;
    plan.push(pickups_due(settings, count)?);
    Ok(plan)
}

/// Lets everything go that is due, in small units.
///
/// # Errors
/// The database failed, in words; what was done stays done.
pub async fn apply(application: &Application, settings: &Settings, now: Timestamp) -> Result<Vec<Due>, String> {
    let mut done = Vec::new();
    for (class, what, days) in appointments(settings) {
        let before = now.plus_minutes(-i64::from(days) * 24 * 60);
        let count = application.scheduling.erase_due(&Actor::System, what, before).await;
        done.push(Due { class, days: Some(days), count: count.map_err(|failure| failure.to_string())? });
    }
    let pruned = application.database.prune_audit(audit_bound(settings, now), SEALS).await;
    let count = pruned.map_err(|error| error.to_string())?.entries;
    done.push(Due { class: "audit", days: Some(settings.audit_days), count });
    for (class, what) in CASES {
        let count = application.applications.erase_due(&Actor::System, what).await;
        done.push(Due { class, days: None, count: count.map_err(|failure| failure.to_string())? });
    }
    let count = application.conversations.erase_due(&Actor::System, conversation_bound(settings, now)).await;
    done.push(conversations_due(settings, count)?);
    let count = application.conversations.erase_old_questions(&Actor::System, settings.question_days).await;
    done.push(questions_due(settings, count)?);
    let count = application.scheduling.erase_old_pickups(&Actor::System, pickup_bound(settings, now)).await;
    done.push(pickups_due(settings, count)?);
    Ok(done)
}

/// Entries sealed before this instant may go.
pub fn audit_bound(settings: &Settings, now: Timestamp) -> Timestamp {
    now.plus_minutes(-i64::from(settings.audit_days) * 24 * 60)
}

fn conversation_bound(settings: &Settings, now: Timestamp) -> Timestamp {
    now.plus_minutes(-i64::from(settings.conversation_days) * 24 * 60)
}

fn conversations_due(settings: &Settings, count: Result<u64, conversations::Failure>) -> Result<Due, String> {
    let count = count.map_err(|failure| failure.to_string())?;
    Ok(Due { class: "conversation", days: Some(settings.conversation_days), count })
}

fn questions_due(settings: &Settings, count: Result<u64, conversations::Failure>) -> Result<Due, String> {
    let count = count.map_err(|failure| failure.to_string())?;
    Ok(Due { class: "chat_question", days: Some(settings.question_days), count })
}

fn pickup_bound(settings: &Settings, now: Timestamp) -> Timestamp {
    now.plus_minutes(-i64::from(settings.pickup_days) * 24 * 60)
}

fn pickups_due(settings: &Settings, count: Result<u64, scheduling::pickup::Failure>) -> Result<Due, String> {
    let count = count.map_err(|failure| failure.to_string())?;
    Ok(Due { class: "pickup", days: Some(settings.pickup_days), count })
}

fn appointments(settings: &Settings) -> [(&'static str, Expiring, u32); 4] {
    [
        ("contact_of_visit", Expiring::ContactOfVisit, settings.contact_days),
        ("contact_of_cancelled", Expiring::ContactOfCancelled, settings.cancelled_days),
        ("lapsed", Expiring::Lapsed, settings.lapsed_days),
        ("appointment", Expiring::Appointment, settings.appointment_days),
    ]
}

/// The table as Markdown, for `docs/privacy.md`. `default` gives the default of a setting of `[retention]`.
pub fn markdown(default: impl Fn(&str) -> String) -> String {
    let mut table =
        String::from("| class | what | kept | from | afterwards | by what right |\n|---|---|---|---|---|---|\n");
    for Class { key, what, basis, kept, from, afterwards } in CLASSES {
        let kept = match kept {
            Kept::Setting(name) => format!("{} days (`retention.{name}`)", default(name)),
            Kept::Fixed(words) => (*words).to_owned(),
        };
        let _ = writeln!(table, "| `{key}` | {what} | {kept} | {from} | {afterwards} | {basis} |");
    }
    table
}

/// How an anchor is written into the log: short enough to be copied by hand to another machine.
pub(crate) fn told(anchor: Option<&Anchor>) -> String {
    anchor.map_or_else(|| "none".to_owned(), ToString::to_string)
}
