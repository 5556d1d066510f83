//! Names across files: parties and steps, tables, letters, reference dates, and the German texts that must be there.

use std::collections::BTreeSet;

use reading::{Code, Problem, suggestion};

use crate::keys::{TextKey, text_keys};
use crate::locale::Locale;
use crate::model::{FieldType, Join, Model};
use crate::read::Places;

/// Checks every name that one file uses and another one defines.
pub(crate) fn check(model: &Model, places: &Places, problems: &mut Vec<Problem>) {
    let mut checker = Checker { model, places, problems };
    checker.texts();
    checker.parties();
    checker.tables();
    checker.deadlines();
    checker.letters();
    checker.permit();
    checker.report();
    checker.limits();
}

struct Checker<'a> {
    model: &'a Model,
    places: &'a Places,
    problems: &'a mut Vec<Problem>,
}

impl Checker<'_> {
    fn refuse(&mut self, place: &str, code: Code, message: String) {
        self.problems.push(self.places.of(place).problem(code, message));
    }

    fn texts(&mut self) {
        let german = self.model.texts.get(&Locale::De);
        let missing = |key: &TextKey| key.needed && german.is_none_or(|texts| !texts.contains_key(&key.key));
        for key in text_keys(self.model).into_iter().filter(missing) {
            let message = format!("the German text \"{}\" is missing in texts/de.toml", key.key);
            self.refuse(&key.place, Code::MissingText, message);
        }
    }

    fn parties(&mut self) {
        let service = &self.model.service;
        let steps: BTreeSet<&str> = self.model.form.steps.iter().map(|step| step.key.as_str()).collect();
        let roles: BTreeSet<&str> = service.parties.iter().map(|party| party.role.as_str()).collect();
        for party in &service.parties {
            let place = format!("party.{}", party.role);
            for section in &party.sections {
                if !steps.contains(section.as_str()) {
                    let near = suggestion(section, steps.iter().copied());
                    self.refuse(
                        &format!("{place}.sections"),
                        Code::UnknownReference,
                        format!("there is no step \"{section}\"{near}"),
                    );
                }
            }
            if let Some(other) = &party.distinct_from
                && (!roles.contains(other.as_str()) || *other == party.role)
            {
                let near = suggestion(other, roles.iter().copied());
                self.refuse(
                    &format!("{place}.distinct_from"),
                    Code::UnknownReference,
                    format!("there is no other party \"{other}\"{near}"),
                );
            }
            for path in &party.expect {
                if self.model.form.field(path).is_none() {
                    self.refuse(
                        &format!("{place}.expect"),
                        Code::UnknownReference,
                        format!("there is no field \"{path}\""),
                    );
                }
            }
        }
        let starts = service.parties.iter().filter(|party| party.join == Join::Starts).count();
        if starts != 1 {
            self.refuse("service.party", Code::Contradiction, format!("exactly one party starts the application, not {starts}; the others have join = \"invite\" or \"counter\""));
        }
        for step in &self.model.form.steps {
            let filled = service.parties.iter().any(|party| party.sections.contains(&step.key));
            if !filled {
                self.refuse(
                    &format!("step.{}", step.key),
                    Code::UnknownReference,
                    format!("no party fills in the step \"{}\"; name it in the sections of a party", step.key),
                );
            }
        }
    }

    fn tables(&mut self) {
        let service = &self.model.service;
        let named = [
            ("fee", service.fee.as_ref().map(|rule| (&rule.table, &rule.effective_on))),
            ("documents", service.documents.as_ref().map(|rule| (&rule.table, &rule.effective_on))),
            ("decision", service.decision.as_ref().map(|rule| (&rule.table, &rule.effective_on))),
        ];
        for (at, rule) in named {
            let Some((table, effective_on)) = rule else { continue };
            let place = format!("service.{at}.table");
            let Some(found) = self.model.tables.values().find(|candidate| candidate.key == *table) else {
                let near = suggestion(table, self.model.tables.values().map(|table| table.key.as_str()));
                self.refuse(&place, Code::UnknownReference, format!("there is no table \"{table}\"{near}"));
                continue;
            };
            let wanted = match at {
                "fee" => "amount",
                "documents" => "document",
                _ => "outcome",
            };
            if !found.outputs.iter().any(|output| output.name == wanted) {
                self.refuse(&place, Code::MissingKey, format!("the table \"{table}\" needs an output \"{wanted}\""));
            }
            if at != "documents" && !found.hit_policy.gives_one() {
                self.refuse(
                    &place,
                    Code::Contradiction,
                    format!(
                        "the table \"{table}\" must give one answer, so its hit policy cannot be {}",
                        found.hit_policy.as_str()
                    ),
                );
            }
            if effective_on != "submission" && !self.is_single_date(effective_on) {
                let message = format!(
                    "\"{effective_on}\" is neither `submission` nor a field of type date outside repeated groups"
                );
                self.refuse(&format!("service.{at}.effective_on"), Code::UnknownReference, message);
            }
        }
    }

    fn is_single_date(&self, path: &str) -> bool {
        let field = self.model.form.field(path);
        field.is_some_and(|(group, field)| field.kind == FieldType::Date && group.repeat.is_none())
    }

    fn deadlines(&mut self) {
        let model = self.model;
        for deadline in &model.service.deadlines {
            let from = &deadline.from;
            if from.contains('.') && !self.is_single_date(from) {
                let message = format!("\"{from}\" is no field of type date outside repeated groups");
                self.refuse(&format!("deadline.{}.from", deadline.key), Code::UnknownReference, message);
            }
        }
    }

    fn permit(&mut self) {
        let Some(permit) = &self.model.service.permit else { return };
        let named = [
            ("holder", Some(&permit.holder)),
            ("zone", Some(&permit.zone)),
            ("from", Some(&permit.from)),
            ("until", Some(&permit.until)),
            ("replaces", permit.replaces.as_ref()),
        ];
        for (at, path) in named {
            let Some(path) = path else { continue };
            let found = self.model.form.field(path);
            if found.is_none_or(|(group, _)| group.repeat.is_some()) {
                let message = format!("\"{path}\" is no field outside repeated groups");
                self.refuse(&format!("service.permit.{at}"), Code::UnknownReference, message);
            }
        }
    }

    fn report(&mut self) {
        let Some(report) = &self.model.service.report else { return };
        let named: [(&str, Option<&String>, &str); 4] = [
            ("category", Some(&report.category), "choice"),
            ("place", Some(&report.place), "geo_point"),
            ("description", Some(&report.description), "text"),
            ("photo", report.photo.as_ref(), "file"),
        ];
        for (at, path, kind) in named {
            let Some(path) = path else { continue };
            let found = self.model.form.field(path);
            let fits = found.is_some_and(|(group, field)| group.repeat.is_none() && field.kind.name() == kind);
            if !fits {
                let message = format!("\"{path}\" is no field of type {kind} outside repeated groups");
                self.refuse(&format!("service.report.{at}"), Code::UnknownReference, message);
            }
        }
        if report.staff_radius_m < report.radius_m {
            let message =
                "staff look at least as far as everybody: `staff_radius_m` is less than `radius_m`".to_owned();
            self.refuse("service.report", Code::Contradiction, message);
        }
    }

    /// Fields that bound a service: of households, of tours, of what arrives twice.
    fn limits(&mut self) {
        let service = &self.model.service;
        let mut named: Vec<(String, &String, &[&str])> = Vec::new();
        if let Some(household) = &service.household {
            named.push(("household.address".to_owned(), &household.address, &["address"]));
        }
        if let Some(tour) = &service.tour {
            named.push(("tour.address".to_owned(), &tour.address, &["address"]));
            named.push(("tour.volume".to_owned(), &tour.volume, &["int", "decimal", "computed"]));
        }
        for path in service.same_application.iter().flat_map(|same| &same.contact) {
            named.push(("same_application.contact".to_owned(), path, &["email", "phone"]));
        }
        for (at, path, kinds) in named {
            let found = self.model.form.field(path);
            let fits = found.is_some_and(|(group, field)| group.repeat.is_none() && kinds.contains(&field.kind.name()));
            if !fits {
                let message = format!("\"{path}\" is no field of type {} outside repeated groups", kinds.join(", "));
                self.refuse(&format!("service.{at}"), Code::UnknownReference, message);
            }
        }
        let listed = service.tour.iter().flat_map(|tour| tour.list.iter().map(|path| ("tour.list", path)));
        let essential = service.same_application.iter();
        let essential = essential.flat_map(|same| same.answers.iter().map(|path| ("same_application.answers", path)));
        for (at, path) in listed.chain(essential) {
            if self.model.form.field(path).is_none() {
                self.refuse(&format!("service.{at}"), Code::UnknownReference, format!("there is no field \"{path}\""));
            }
        }
    }

    fn letters(&mut self) {
        for letter in &self.model.service.letters {
            if !self.model.letters.contains_key(&letter.file) {
                let near = suggestion(&letter.file, self.model.letters.keys().map(String::as_str));
                self.refuse(
                    &format!("letter.{}", letter.file),
                    Code::UnknownReference,
                    format!("there is no file letters/{}{near}", letter.file),
                );
            }
        }
    }
}
