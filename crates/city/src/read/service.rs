//! `services/<key>.toml`: what a service is, costs and needs, and the ways to it.

use domain::catalogue::{Fee, Service, Standing, WayOffer};
use domain::identifier::Key;
use domain::law::{Automation, AutomationDegree, LegalBasis, Presence, PresenceRule, TrustLevel, Way};
use domain::money::Cents;

use crate::law::refuse_what_the_law_forbids;
use crate::read::closure::in_order;
use crate::read::key_of_file;
use crate::read::office::keys_of;
use reading::{Code, Node, Table, Unique};

const WAYS: [(&str, Way); 9] = [
    ("online", Way::Online),
    ("video", Way::Video),
    ("phone", Way::Phone),
    ("post", Way::Post),
    ("courier", Way::Courier),
    ("locker", Way::Locker),
    ("kiosk", Way::Kiosk),
    ("counter", Way::Counter),
    ("mobile", Way::Mobile),
];
const TRUST: [(&str, TrustLevel); 4] = [
    ("none", TrustLevel::None),
    ("low", TrustLevel::Low),
    ("substantial", TrustLevel::Substantial),
    ("high", TrustLevel::High),
];
const PRESENCE: [(&str, PresenceRule); 4] = [
    ("none", PresenceRule::None),
    ("optional", PresenceRule::Optional),
    ("partial", PresenceRule::Partial),
    ("required", PresenceRule::Required),
];
const DEGREES: [(&str, AutomationDegree); 3] =
    [("none", AutomationDegree::None), ("assisted", AutomationDegree::Assisted), ("full", AutomationDegree::Full)];

pub(crate) fn service(table: &Table<'_>, file_key: &Key) -> Option<Service> {
    let key = key_of_file(table, file_key);
    let name = table.required("name", |node| node.localized(200));
    let synonyms = table.list("synonyms", 50, |node| node.line(100));
    let category = table.required("category", |node| node.line(100));
    let leika_key = table.optional("leika_key", leika_key);
    let standing =
        table.required("standing", |node| node.word(&[("offered", Standing::Offered), ("listed", Standing::Listed)]));
    let planned_minutes = table.optional("planned_minutes", |node| node.integer(0..=480));
    let minutes_per_extra_person = table.optional("minutes_per_extra_person", |node| node.integer(0..=480));
    let fees = fees(table);
    let fee_note = table.optional("fee_note", |node| node.localized(1_000));
    // Of a service that is only listed nobody has looked at the law yet; what is left out says nothing.
    let listed = standing == Some(Standing::Listed);
    let presence =
        law_field(table, "presence", listed, presence, Presence { rule: PresenceRule::Optional, legal_basis: None });
    let ways = ways(table);
    let trust_level = law_field(table, "trust_level", listed, |node| node.word(&TRUST), TrustLevel::None);
    let by_people = Automation { degree: AutomationDegree::None, legal_basis: None, discretion: false, note: None };
    let automation = law_field(table, "automation", listed, automation, by_people);
    let legal_basis = law_field(table, "legal_basis", listed, Node::statute, LegalBasis::default());
    let documents = table.list("documents", 50, |node| node.localized(500));
    let target_group = table.optional("target_group", |node| node.localized(500));
    let deadline = table.optional("deadline", |node| node.localized(1_000));
    let result = table.optional("result", |node| node.localized(1_000));
    let skills = keys_of(table, "skills");
    let equipment = keys_of(table, "equipment");
    let provenance = table.required("provenance", Node::provenance);

    bookable_fits(table, standing.as_ref(), planned_minutes, &ways);
    let service = Service {
        key: key?,
        name: name?,
        synonyms,
        category: category?,
        leika_key,
        standing: standing?,
        planned_minutes: planned_minutes.unwrap_or(0),
        minutes_per_extra_person,
        fees,
        fee_note,
        presence: presence?,
        ways,
        trust_level: trust_level?,
        automation: automation?,
        legal_basis: legal_basis?,
        documents,
        target_group,
        deadline,
        result,
        skills,
        equipment,
        provenance: provenance?,
    };
    refuse_what_the_law_forbids(table, &service);
    Some(service)
}

/// A field that an offered service must have, and for which a listed one has a default.
fn law_field<'a, T>(
    table: &Table<'a>,
    name: &'static str,
    listed: bool,
    read: impl FnOnce(&Node<'a>) -> Option<T>,
    default: T,
) -> Option<T> {
    if listed && table.field(name).is_none() { Some(default) } else { table.required(name, read) }
}

fn leika_key(node: &Node<'_>) -> Option<String> {
    let text = node.raw_text()?;
    if text.len() != 14 || !text.bytes().all(|b| b.is_ascii_digit()) {
        node.refuse(Code::BadForm, "a LeiKa key has 14 digits");
        return None;
    }
    Some(text.to_owned())
}

/// The fees in order of time, each day with one fee at most.
fn fees(table: &Table<'_>) -> Vec<Fee> {
    let mut fees: Vec<Fee> = Vec::new();
    table.list("fees", 100, |node| {
        let fee = node.table(|table| {
            let amount = table.required("cents", |node| node.integer(0..=10_000_000));
            let valid_from = table.optional("valid_from", Node::date);
            let valid_to = table.optional("valid_to", Node::date);
            in_order(table, valid_from, "valid_to", valid_to);
            Some(Fee { amount: Cents(amount?), valid_from, valid_to })
        })?;
        let after_last = |last: &Fee| last.valid_to.zip(fee.valid_from).is_some_and(|(end, start)| end < start);
        if fees.last().is_some_and(|last| !after_last(last)) {
            node.refuse(
                Code::Contradiction,
                "the fees overlap: end the earlier one with \"valid_to\" and begin the later one with \"valid_from\"",
            );
        }
        fees.push(fee);
        Some(())
    });
    fees
}

fn presence(node: &Node<'_>) -> Option<Presence> {
    node.table(|table| {
        let rule = table.required("rule", |node| node.word(&PRESENCE));
        let legal_basis = table.optional("legal_basis", Node::statute);
        Some(Presence { rule: rule?, legal_basis })
    })
}

/// Each way is a word, or a table with surcharge and condition.
fn ways(table: &Table<'_>) -> Vec<WayOffer> {
    let mut unique = Unique::default();
    table.list("ways", WAYS.len(), |node| {
        let offer = if node.is_text() {
            node.word(&WAYS).map(|way| WayOffer { way, surcharge: None, condition: None })
        } else {
            node.table(|table| {
                let way = table.required("way", |node| node.word(&WAYS));
                let surcharge = table.optional("surcharge_cents", |node| node.integer(0..=10_000_000));
                let condition = table.optional("condition", |node| node.localized(500));
                Some(WayOffer { way: way?, surcharge: surcharge.map(Cents), condition })
            })
        }?;
        unique.note(node, &WAYS.iter().find(|(_, way)| *way == offer.way).map_or("", |(word, _)| *word));
        Some(offer)
    })
}

fn automation(node: &Node<'_>) -> Option<Automation> {
    node.table(|table| {
        let degree = table.required("degree", |node| node.word(&DEGREES));
        let legal_basis = table.optional("legal_basis", Node::statute);
        let discretion = table.optional("discretion", Node::boolean).unwrap_or(false);
        let remark = table.optional("note", |node| node.line(1_000));
        Some(Automation { degree: degree?, legal_basis, discretion, note: remark })
    })
}

/// What can be booked needs a planned time, and the city must give it itself.
fn bookable_fits(table: &Table<'_>, standing: Option<&Standing>, planned_minutes: Option<u16>, ways: &[WayOffer]) {
    if !ways.iter().any(|offer| offer.way.bookable()) {
        return;
    }
    // A number that could not be read has been named already.
    if planned_minutes == Some(0) || table.field("planned_minutes").is_none() {
        table.refuse_at(
            "planned_minutes",
            Code::OutOfRange,
            "a service with appointments (counter, video, mobile) needs planned minutes of 1 or more".into(),
        );
    }
    if standing == Some(&Standing::Listed) {
        let message = "a service that is only listed has no appointments: leave out the ways counter, video and mobile";
        table.refuse_at("ways", Code::Contradiction, message.into());
    }
}
