//! service.toml: what bounds a service beside the law. Households, tours, and what arrives twice.

use std::collections::BTreeSet;

use chrono::NaiveTime;
use reading::{Code, Node, visible};

use crate::model::{HouseholdRule, SameRule, TourDistrict, TourRule};
use crate::read::Places;
use crate::read::words::{expression, name, path};

/// More districts than a city has.
const MOST_DISTRICTS: usize = 200;
/// More postal codes than a district has.
const MOST_POSTCODES: usize = 200;
/// Signs of a German postal code.
const POSTCODE_LENGTH: usize = 5;

/// `[household]`.
pub(super) fn household(node: &Node<'_>, places: &mut Places) -> Option<HouseholdRule> {
    places.note("service.household", node.place());
    node.table(|table| {
        let address = table.required("address", |node| noted(node, places, "service.household.address"));
        let most = table.required("most", |node| node.integer(1..=366_u16));
        Some(HouseholdRule { address: address?, most: most? })
    })
}

/// `[tour]`.
pub(super) fn tour(node: &Node<'_>, places: &mut Places) -> Option<TourRule> {
    places.note("service.tour", node.place());
    node.table(|table| {
        let address = table.required("address", |node| noted(node, places, "service.tour.address"));
        let volume = table.required("volume", |node| noted(node, places, "service.tour.volume"));
        let when = table.optional("when", |node| {
            places.note("service.tour.when", node.place());
            expression(node)
        });
        let cut_off_working_days = table.required("cut_off_working_days", |node| node.integer(1..=60_u16));
        let put_out_by = table.required("put_out_by", time);
        let hold_minutes = table.optional("hold_minutes", |node| node.integer(5..=240_u16));
        let list = table.field("list").map_or_else(Vec::new, |node| {
            places.note("service.tour.list", node.place());
            node.elements(30).iter().filter_map(path).collect()
        });
        let mut known = BTreeSet::new();
        let districts = table.list("district", MOST_DISTRICTS, |node| district(node, &mut known));
        if districts.is_empty() {
            table.refuse_at("district", Code::Contradiction, "tours need at least one district".to_owned());
        }
        Some(TourRule {
            address: address?,
            volume: volume?,
            when,
            cut_off_working_days: cut_off_working_days?,
            put_out_by: put_out_by?,
            hold_minutes: hold_minutes.unwrap_or(30),
            list,
            districts,
        })
    })
}

fn district(node: &Node<'_>, known: &mut BTreeSet<String>) -> Option<TourDistrict> {
    node.table(|table| {
        let key = table.required("key", |node| {
            let key = name(node)?;
            if !known.insert(key.clone()) {
                node.refuse(Code::Contradiction, format!("the district \"{key}\" stands twice"));
            }
            Some(key)
        });
        let postcodes = table.required("postcodes", |node| {
            Some(node.elements(MOST_POSTCODES).iter().filter_map(|node| postcode(node, known)).collect())
        });
        Some(TourDistrict { key: key?, postcodes: postcodes? })
    })
}

/// A name begins with a letter, a postal code with a digit: one set holds both.
fn postcode(node: &Node<'_>, known: &mut BTreeSet<String>) -> Option<String> {
    let text = node.raw_text()?;
    if text.len() != POSTCODE_LENGTH || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        node.refuse(Code::BadForm, format!("\"{}\" is no postal code of five digits", visible(text, 20)));
        return None;
    }
    if !known.insert(text.to_owned()) {
        node.refuse(Code::Contradiction, format!("the postal code {text} stands twice"));
    }
    Some(text.to_owned())
}

/// `[same_application]`.
pub(super) fn same(node: &Node<'_>, places: &mut Places) -> Option<SameRule> {
    places.note("service.same_application", node.place());
    node.table(|table| {
        let mut paths = |key: &'static str| {
            table.required(key, |node| {
                places.note(format!("service.same_application.{key}"), node.place());
                Some(node.elements(30).iter().filter_map(path).collect::<Vec<_>>())
            })
        };
        let (answers, contact) = (paths("answers"), paths("contact"));
        let days = table.required("days", |node| node.integer(1..=366_u16));
        let rule = SameRule { answers: answers?, contact: contact?, days: days? };
        if rule.answers.is_empty() {
            table.refuse_at("answers", Code::Contradiction, "name at least one answer that matters".to_owned());
        }
        Some(rule)
    })
}

fn noted(node: &Node<'_>, places: &mut Places, at: &str) -> Option<String> {
    places.note(at, node.place());
    path(node)
}

fn time(node: &Node<'_>) -> Option<NaiveTime> {
    let text = node.raw_text()?;
    let read = NaiveTime::parse_from_str(text, "%H:%M");
    node.accept(Code::BadForm, read.map_err(|_| "a time of day is written \"06:00\""))
}
