//! `offices/<key>.toml`: an office with its teams and desks, when it works and when it does not.

use domain::geography::Address;
use domain::identifier::Key;
use domain::office::{DeskGroup, Office, OfficeKind, Team};
use domain::opening::{Absence, Closure};

use crate::read::closure::{closure, first_and_last_day};
use crate::read::{Names, key_of_file, locker, rule};
use reading::{Code, Node, Table, Unique};

/// The most groups of desks in a team: the engine matches visits to groups exactly up to here.
const MAX_GROUPS: usize = 4;

const KINDS: [(&str, OfficeKind); 3] =
    [("fixed", OfficeKind::Fixed), ("mobile", OfficeKind::Mobile), ("virtual", OfficeKind::Virtual)];

/// What rules, closures and absences may name of a team. Kept apart from the teams, so that a mistake in one desk group
/// does not make every rule that names it wrong.
#[derive(Debug, Default)]
pub(super) struct TeamOutline {
    pub(super) key: Option<Key>,
    pub(super) groups: Vec<GroupOutline>,
}

/// A desk group as far as it could be read; desks that could not be read bound nothing.
#[derive(Debug)]
pub(super) struct GroupOutline {
    pub(super) key: Key,
    pub(super) desks: u16,
}

pub(crate) fn office(table: &Table<'_>, file_key: &Key, names: &Names) -> Option<Office> {
    let key = key_of_file(table, file_key);
    let name = table.required("name", |node| node.localized(200));
    let kind = table.required("kind", |node| node.word(&KINDS));
    let address = table.optional("address", address);
    let position = table.optional("position", Node::position);
    let district = table.optional("district", |node| district(node, names));
    let phone = table.optional("phone", Node::phone);
    let step_free = table.optional("step_free", Node::boolean);
    let notes = table.optional("notes", |node| node.localized(2_000));
    let mut excluded_services = excluded(table, names);
    let provenance = table.required("provenance", Node::provenance);
    let mut outlines = Vec::new();
    let teams = teams(table, &mut outlines);
    let mut rule_keys = Unique::default();
    let mut rules =
        table.list("rules", 500, |node| node.table(|table| rule::rule(table, kind, &outlines, &mut rule_keys)));
    let mut closure_keys = Unique::default();
    let mut closures =
        table.list("closures", 1_000, |node| node.table(|table| office_closure(table, &outlines, &mut closure_keys)));
    let absences = table.list("absences", 1_000, |node| node.table(|table| absence(table, &outlines)));
    let mut locker_keys = Unique::default();
    let mut lockers = table.list("lockers", 20, |node| node.table(|table| locker::locker(table, &mut locker_keys)));

    if kind == Some(OfficeKind::Fixed) && table.field("address").is_none() {
        table.refuse_at("address", Code::MissingKey, "an office of kind \"fixed\" needs an \"address\"".into());
    }
    excluded_services.sort();
    rules.sort_by(|a, b| a.key.cmp(&b.key));
    closures.sort_by(|a, b| a.key.cmp(&b.key));
    lockers.sort_by(|a, b| a.key.cmp(&b.key));
    Some(Office {
        key: key?,
        name: name?,
        kind: kind?,
        address,
        position,
        district,
        phone,
        step_free,
        notes,
        teams,
        excluded_services,
        rules,
        closures,
        absences,
        lockers,
        provenance: provenance?,
    })
}

fn address(node: &Node<'_>) -> Option<Address> {
    node.table(|table| {
        let line = table.required("line", |node| node.line(300));
        let hint = table.optional("hint", |node| node.localized(500));
        Some(Address { line: line?, hint })
    })
}

fn district(node: &Node<'_>, names: &Names) -> Option<u16> {
    let number = node.integer(1..=9_999)?;
    if names.districts.as_ref().is_some_and(|known| !known.contains(&number)) {
        node.refuse(Code::UnknownReference, format!("districts.toml has no district {number}"));
    }
    Some(number)
}

fn excluded(table: &Table<'_>, names: &Names) -> Vec<Key> {
    let mut unique = Unique::default();
    table.list("excluded_services", 2_000, |node| {
        let key = node.reference("service", names.services.iter())?;
        unique.note(node, &key);
        Some(key)
    })
}

fn teams(table: &Table<'_>, outlines: &mut Vec<TeamOutline>) -> Vec<Team> {
    let mut keys = Unique::default();
    table.list("teams", 50, |node| {
        let mut outline = TeamOutline::default();
        let team = node.table(|table| team(table, &mut outline, &mut keys));
        outlines.push(outline);
        team
    })
}

fn team(table: &Table<'_>, outline: &mut TeamOutline, keys: &mut Unique) -> Option<Team> {
    outline.key = unique_key(table, keys);
    let mut group_keys = Unique::default();
    let groups = table.list("groups", 50, |node| {
        node.table(|table| {
            let key = unique_key(table, &mut group_keys);
            let desks = table.required("desks", |node| node.integer(1..=500));
            if let Some(key) = key.clone() {
                outline.groups.push(GroupOutline { key, desks: desks.unwrap_or(u16::MAX) });
            }
            let skills = keys_of(table, "skills");
            let equipment = keys_of(table, "equipment");
            Some(DeskGroup { key: key?, desks: desks?, skills, equipment })
        })
    });
    if table.field("groups").is_none() {
        table.refuse_at("groups", Code::MissingKey, format!("a team has 1 to {MAX_GROUPS} \"groups\" of desks"));
    } else if outline.groups.is_empty() || outline.groups.len() > MAX_GROUPS {
        let message = format!("a team has 1 to {MAX_GROUPS} groups of desks, this one has {}", outline.groups.len());
        table.refuse_at("groups", Code::OutOfRange, message);
    }
    Some(Team { key: outline.key.clone()?, groups })
}

fn unique_key(table: &Table<'_>, keys: &mut Unique) -> Option<Key> {
    table.required("key", |node| {
        let key = node.key()?;
        keys.note(node, &key);
        Some(key)
    })
}

/// A list of keys without repetition (skills, equipment).
pub(super) fn keys_of(table: &Table<'_>, name: &'static str) -> Vec<Key> {
    let mut unique = Unique::default();
    table.list(name, 100, |node| {
        let key = node.key()?;
        unique.note(node, &key);
        Some(key)
    })
}

/// The outline of the team that `team` names.
pub(super) fn named_team<'o>(node: &Node<'_>, outlines: &'o [TeamOutline]) -> Option<(Key, &'o TeamOutline)> {
    let key = node.reference("team", outlines.iter().filter_map(|outline| outline.key.as_ref()))?;
    let outline = outlines.iter().find(|outline| outline.key.as_ref() == Some(&key))?;
    Some((key, outline))
}

fn office_closure(table: &Table<'_>, outlines: &[TeamOutline], keys: &mut Unique) -> Option<Closure> {
    let team = table.optional("team", |node| named_team(node, outlines)).map(|(key, _)| key);
    let closure = closure(table, keys)?;
    Some(Closure { team, ..closure })
}

fn absence(table: &Table<'_>, outlines: &[TeamOutline]) -> Option<Absence> {
    let team = table.required("team", |node| named_team(node, outlines));
    let days = first_and_last_day(table, "from", "to");
    let windows = table.optional("hours", |node| Some(node.hours())).unwrap_or_default();
    let desks = table.required("desks", |node| {
        let mut counts = rule::desk_counts(node, team.as_ref()?.1)?;
        if counts.len() != 1 {
            node.refuse(Code::OutOfRange, "an absence names one group of desks");
        }
        counts.pop()
    });
    let (from, to) = days?;
    Some(Absence { team: team?.0, from, to, windows, desks: desks? })
}
