//! From the rules of a city to its supply.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, TimeDelta};
use chrono_tz::Tz;

use domain::city::City;
use domain::identifier::Key;
use domain::office::{DeskGroup, Office, Team};
use domain::opening::{Access, Closure, OpeningRule, Window};

use crate::supply::clock::{Interval, midnight, open_intervals, wall_intervals};
use crate::supply::days::{holidays_between, rules_of_day, windows_of_day};
use crate::supply::hours::Hours;
use crate::supply::pools::{self, MAX_GROUPS};
use crate::supply::problem::SupplyProblem;
use crate::supply::runs::{Missing, Opening, join, runs_of_opening};
use crate::supply::{OfficeSupply, PoolPlace, RuleFacts, Supply, TeamSupply};

pub(crate) fn compile(city: &City, first_day: NaiveDate, days: u16) -> Result<Supply, Vec<SupplyProblem>> {
    // One day more than asked for: an overrun past the last midnight must end where the next day's work begins.
    let last_day = first_day + TimeDelta::days(i64::from(days));
    let supply = Supply {
        zone: city.municipality.time_zone,
        first_day,
        days,
        offices: Vec::with_capacity(city.offices.len()),
        rules: Vec::new(),
        runs: Vec::new(),
        stretches: Vec::new(),
        pools: BTreeMap::new(),
        counters: 0,
    };
    let holidays = holidays_between(city, first_day, last_day);
    let mut compiler = Compiler { city, holidays, last_day, supply, problems: BTreeSet::new() };
    for office in city.offices.values() {
        compiler.add_office(office);
    }
    if compiler.problems.is_empty() { Ok(compiler.supply) } else { Err(compiler.problems.into_iter().collect()) }
}

struct Compiler<'a> {
    city: &'a City,
    holidays: BTreeSet<NaiveDate>,
    last_day: NaiveDate,
    supply: Supply,
    problems: BTreeSet<SupplyProblem>,
}

impl<'a> Compiler<'a> {
    fn add_office(&mut self, office: &'a Office) {
        self.check_rules(office);
        let mut teams: Vec<&Team> = office.teams.iter().collect();
        teams.sort_by_key(|team| &team.key);
        let mut compiled =
            OfficeSupply { key: office.key.clone(), teams: Vec::with_capacity(teams.len()), hours: Vec::new() };
        for team in teams {
            self.add_team(office, team, &mut compiled);
        }
        compiled.hours.sort_by_key(|hours| (hours.day, hours.open, hours.team, hours.rule));
        self.supply.offices.push(compiled);
    }

    fn check_rules(&mut self, office: &Office) {
        for rule in &office.rules {
            let (office_key, rule_key) = (office.key.clone(), rule.key.clone());
            if rule.step_minutes == 0 || rule.step_minutes > 240 {
                self.problems.insert(SupplyProblem::Step { office: office_key.clone(), rule: rule_key.clone() });
            }
            let Some(team) = office.team(&rule.team) else {
                self.problems.insert(SupplyProblem::UnknownTeam {
                    office: office_key,
                    rule: rule_key,
                    team: rule.team.clone(),
                });
                continue;
            };
            for desks in rule.desks.iter().filter(|desks| team.groups.iter().all(|group| group.key != desks.group)) {
                let problem = SupplyProblem::UnknownGroup {
                    office: office_key.clone(),
                    rule: rule_key.clone(),
                    group: desks.group.clone(),
                };
                self.problems.insert(problem);
            }
        }
    }

    fn add_team(&mut self, office: &'a Office, team: &Team, compiled: &mut OfficeSupply) {
        if !(1..=MAX_GROUPS).contains(&team.groups.len()) {
            self.problems.insert(SupplyProblem::Groups { office: office.key.clone(), team: team.key.clone() });
            return;
        }
        let mut groups = team.groups.clone();
        groups.sort_by(|left, right| left.key.cmp(&right.key));
        let team_index = compiled.teams.len() as u16;
        let ids = self.add_pools(office, team, &groups, team_index);

        let first_rule = self.supply.rules.len() as u32;
        let mut rules: Vec<&OpeningRule> =
            office.rules.iter().filter(|rule| rule.team == team.key && rule.step_minutes > 0).collect();
        rules.sort_by_key(|rule| &rule.key);
        self.supply.rules.extend(rules.iter().map(|rule| facts(rule)));

        let zone = self.supply.zone;
        let openings = self.openings(&rules, first_rule, &groups);
        self.check_overlaps(office, team, &openings);
        let closed = self.closed(office, team);
        let missing = self.missing(office, team, &groups);
        let appointments = |opening: &Opening| match opening.rule.access {
            Access::Appointment => true,
            Access::WalkIn => false,
        };
        let mut drafts = Vec::new();
        for (index, opening) in openings.iter().enumerate().filter(|(_, opening)| opening.day < self.supply.days) {
            compiled.hours.extend(hours(opening, team_index, &closed));
            if appointments(opening) {
                let next = openings.get(index + 1).map(|next| next.open.from);
                drafts.extend(runs_of_opening(opening, next, &closed, &missing, zone));
            }
        }
        let drafts = join(drafts, &self.supply.rules);
        let mut runs_of_day = Vec::with_capacity(usize::from(self.supply.days) + 1);
        for mut draft in drafts {
            while runs_of_day.len() <= usize::from(draft.run.day) {
                runs_of_day.push(self.supply.runs.len() as u32);
            }
            draft.run.first_stretch = self.supply.stretches.len() as u32;
            draft.run.stretch_count = draft.stretches.len() as u16;
            draft.run.counters = self.supply.counters as u32;
            self.supply.counters += pools::rows(groups.len(), draft.run.levels) * usize::from(draft.run.cells);
            self.supply.stretches.append(&mut draft.stretches);
            self.supply.runs.push(draft.run);
        }
        runs_of_day.resize(usize::from(self.supply.days) + 1, self.supply.runs.len() as u32);
        compiled.teams.push(TeamSupply { key: team.key.clone(), groups, pools: ids, runs_of_day });
    }

    fn add_pools(&mut self, office: &Office, team: &Team, groups: &[DeskGroup], team_index: u16) -> Vec<pools::PoolId> {
        let keys: Vec<&Key> = groups.iter().map(|group| &group.key).collect();
        let ids = pools::ids(&office.key, &team.key, &keys);
        let office_index = self.supply.offices.len() as u16;
        for (slot, id) in ids.iter().enumerate() {
            let place = PoolPlace { office: office_index, team: team_index, slot: slot as u8 };
            if self.supply.pools.insert(*id, place).is_some() {
                self.problems
                    .insert(SupplyProblem::PoolCollision { office: office.key.clone(), team: team.key.clone() });
            }
        }
        ids
    }

    /// The windows of a team on all days and the day after, in order of time.
    fn openings(&self, rules: &[&'a OpeningRule], first_rule: u32, groups: &[DeskGroup]) -> Vec<Opening<'a>> {
        let zone = self.supply.zone;
        let mut openings = Vec::new();
        for (day_index, day) in self.supply.first_day.iter_days().take(usize::from(self.supply.days) + 1).enumerate() {
            for rule in rules_of_day(rules, day) {
                let place = rules.iter().position(|candidate| std::ptr::eq(*candidate, rule)).unwrap_or_default();
                let windows = windows_of_day(rule, self.holidays.contains(&day));
                let intervals = windows.iter().flat_map(|window| open_intervals(day, *window, rule.fold, zone));
                openings.extend(intervals.map(|open| Opening {
                    day: day_index as u16,
                    rule,
                    rule_index: first_rule + place as u32,
                    open,
                    desks: desks(rule, groups),
                }));
            }
        }
        openings.sort_by_key(|opening| (opening.open, opening.rule_index));
        openings
    }

    fn check_overlaps(&mut self, office: &Office, team: &Team, openings: &[Opening]) {
        let mut reported = BTreeSet::new();
        for (index, earlier) in openings.iter().enumerate() {
            for later in openings[index + 1..].iter().take_while(|later| later.open.from < earlier.open.to) {
                let mut rules = (earlier.rule.key.clone(), later.rule.key.clone());
                if rules.1 < rules.0 {
                    rules = (rules.1, rules.0);
                }
                if earlier.day < self.supply.days && reported.insert(rules.clone()) {
                    let day = self.supply.date(earlier.day);
                    self.problems.insert(SupplyProblem::Overlap {
                        office: office.key.clone(),
                        team: team.key.clone(),
                        rules,
                        day,
                    });
                }
            }
        }
    }

    /// When the team is closed, ascending and merged.
    fn closed(&self, office: &Office, team: &Team) -> Vec<Interval> {
        let concerns = |closure: &&Closure| closure.team.as_ref().is_none_or(|key| *key == team.key);
        let closures = self.city.closures.iter().chain(&office.closures).filter(concerns);
        let mut closed: Vec<Interval> =
            closures.flat_map(|closure| self.intervals(closure.from, closure.to, &closure.windows)).collect();
        closed.sort_unstable();
        closed
    }

    fn missing(&self, office: &Office, team: &Team, groups: &[DeskGroup]) -> Vec<Missing> {
        let mut missing = Vec::new();
        for absence in office.absences.iter().filter(|absence| absence.team == team.key) {
            let Some(group) = groups.iter().position(|group| group.key == absence.desks.group) else {
                continue;
            };
            let intervals = self.intervals(absence.from, absence.to, &absence.windows);
            missing.extend(intervals.into_iter().map(|time| Missing { time, group, count: absence.desks.count }));
        }
        missing
    }

    /// The instants of local days, or of certain hours of them, as far as the supply reaches.
    fn intervals(&self, from: NaiveDate, to: NaiveDate, windows: &[Window]) -> Vec<Interval> {
        let zone: Tz = self.supply.zone;
        let (from, to) = (from.max(self.supply.first_day), to.min(self.last_day));
        if to < from {
            return Vec::new();
        }
        if windows.is_empty() {
            return vec![Interval { from: midnight(from, zone), to: midnight(to + TimeDelta::days(1), zone) }];
        }
        let days = from.iter_days().take_while(|day| *day <= to);
        days.flat_map(|day| windows.iter().flat_map(move |window| wall_intervals(day, *window, zone))).collect()
    }
}

fn facts(rule: &OpeningRule) -> RuleFacts {
    RuleFacts {
        key: rule.key.clone(),
        quota: rule.quota,
        booking: rule.booking,
        access: rule.access,
        channel: rule.channel,
        variant: rule.variant.clone(),
        join: rule.join,
    }
}

fn desks(rule: &OpeningRule, groups: &[DeskGroup]) -> [u16; MAX_GROUPS] {
    let mut desks = [0; MAX_GROUPS];
    for (desks, group) in desks.iter_mut().zip(groups) {
        let named = rule.desks.iter().filter(|named| named.group == group.key);
        *desks = named.fold(0, |sum: u16, named| sum.saturating_add(named.count));
    }
    desks
}

/// What remains of an opening after the closures.
fn hours(opening: &Opening, team: u16, closed: &[Interval]) -> Vec<Hours> {
    let mut rest = opening.open;
    let mut hours = Vec::new();
    let mut push = |from, to| {
        if from < to {
            hours.push(Hours { open: Interval { from, to }, rule: opening.rule_index, team, day: opening.day });
        }
    };
    for closure in closed.iter().filter(|closure| closure.from < opening.open.to && opening.open.from < closure.to) {
        push(rest.from, closure.from);
        rest.from = rest.from.max(closure.to);
    }
    push(rest.from, rest.to);
    hours
}
