//! Offices: where people are served, by which teams, at which desks.

use serde::{Deserialize, Serialize};

use crate::catalogue::Service;
use crate::geography::{Address, Position, Provenance};
use crate::identifier::Key;
use crate::locker::Locker;
use crate::opening::{Absence, Closure, OpeningRule, VisitChannel};
use crate::text::Localized;

/// What kind of place an office is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfficeKind {
    /// Rooms with counters.
    Fixed,
    /// An office that travels to stops in the districts.
    Mobile,
    /// Counters by video.
    Virtual,
}

/// An office.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Office {
    /// Its stable name.
    pub key: Key,
    /// Its name for people.
    pub name: Localized,
    /// Fixed, mobile or virtual.
    pub kind: OfficeKind,
    /// Where it is; absent for a virtual office.
    pub address: Option<Address>,
    /// Where it is on the map.
    pub position: Option<Position>,
    /// The number of its district.
    pub district: Option<u16>,
    /// Telephone number for people.
    pub phone: Option<String>,
    /// Whether it can be reached without steps; absent when nobody has checked.
    pub step_free: Option<bool>,
    /// What visitors should know.
    pub notes: Option<Localized>,
    /// Its teams. Desks of different teams never stand in for each other.
    pub teams: Vec<Team>,
    /// Services that this office does not offer although its desks could (keys of services).
    pub excluded_services: Vec<Key>,
    /// When it works.
    pub rules: Vec<OpeningRule>,
    /// When it is closed.
    pub closures: Vec<Closure>,
    /// When desks are missing.
    pub absences: Vec<Absence>,
    /// The boxes from which documents are fetched at any hour. Left out of the text where there is none, so that cities
    /// without one keep their fingerprint.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lockers: Vec<Locker>,
    /// Where the facts come from.
    pub provenance: Provenance,
}

impl Office {
    /// The team of that key.
    pub fn team(&self, key: &Key) -> Option<&Team> {
        self.teams.iter().find(|team| team.key == *key)
    }

    /// Whether it can serve `service` on one of the ways that are visits, by appointment or without.
    pub fn serves(&self, service: &Service) -> bool {
        service.ways.iter().filter_map(|offer| offer.way.channel()).any(|channel| self.serves_by(service, channel))
    }

    /// Whether it can serve `service` by `channel`: an opening rule of that channel has desks at work with the skills and
    /// the equipment.
    pub fn serves_by(&self, service: &Service, channel: VisitChannel) -> bool {
        let mut rules = self.rules.iter().filter(|rule| rule.channel == channel);
        !self.excluded_services.contains(&service.key) && rules.any(|rule| self.has_desks(rule, service))
    }

    fn has_desks(&self, rule: &OpeningRule, service: &Service) -> bool {
        let Some(team) = self.team(&rule.team) else { return false };
        let at_work = rule.desks.iter().filter(|desks| desks.count > 0);
        at_work
            .filter_map(|desks| team.groups.iter().find(|group| group.key == desks.group))
            .any(|group| group.serves(service.skills.iter(), service.equipment.iter()))
    }
}

/// A team: the owner of capacity. Its desk groups can stand in for each other as far as skills and equipment allow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// Its name within the office.
    pub key: Key,
    /// 1 to 4 groups of alike desks.
    pub groups: Vec<DeskGroup>,
}

/// Alike desks (counters) of a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskGroup {
    /// Its name within the team.
    pub key: Key,
    /// How many desks there are, 1 to 500.
    pub desks: u16,
    /// What the people at these desks can do.
    pub skills: Vec<Key>,
    /// What stands at these desks (fingerprint reader, step-free access, induction loop).
    pub equipment: Vec<Key>,
}

impl DeskGroup {
    /// Whether a visit that needs all of `skills` and `equipment` can be served here.
    pub fn serves<'a>(
        &self,
        mut skills: impl Iterator<Item = &'a Key>,
        mut equipment: impl Iterator<Item = &'a Key>,
    ) -> bool {
        skills.all(|skill| self.skills.contains(skill)) && equipment.all(|thing| self.equipment.contains(thing))
    }
}
