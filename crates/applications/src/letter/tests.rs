//! Every letter of every service that ships, written as PDF.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use domain::calendar::FederalState;
use domain::identifier::Key;
use domain::time::Timestamp;
use letters::{Letter, render};
use serde_json::Value;

use super::check::sample;
use super::{Occasion, read, texts};
use crate::definition::Pinned;
use crate::town::{Letterhead, TownCalendar};

fn shipped() -> Vec<Pinned> {
    let root = Path::new(env!("REPOSITORY_ROOT")).join("crates/applications/services");
    let services = fs::read_dir(root).expect("the services");
    services.map(|entry| pinned(&entry.expect("an entry").path())).collect()
}

fn pinned(root: &Path) -> Pinned {
    let mut files = BTreeMap::new();
    collect(root, root, &mut files);
    let form = forms::load(&files).unwrap_or_else(|problems| panic!("{}: {problems:?}", root.display())).definition;
    Pinned::unpublished(form)
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path.strip_prefix(root).expect("inside").to_str().expect("UTF-8").to_owned();
            files.insert(name, fs::read_to_string(&path).expect("text"));
        }
    }
}

fn calendar() -> TownCalendar {
    TownCalendar {
        state: FederalState::Ni,
        extra_holidays: Vec::new(),
        time_zone: chrono_tz::Europe::Berlin,
        offices: std::iter::once(Key::new("mitte").expect("a key")).collect(),
        zones: Arc::default(),
    }
}

fn values(pinned: &Pinned, occasion: Occasion) -> Value {
    let head = Letterhead {
        city: "Hannover".into(),
        office: "Bürgeramt Mitte, Mitte 1, 30159 Hannover".into(),
        phone: None,
        public_url: "https://stadt.example".into(),
    };
    sample(pinned, occasion, &calendar(), &head, Timestamp::from_seconds(1_795_424_400))
}

#[test]
fn every_service_has_every_letter_in_german_with_two_explanations() {
    let services = shipped();
    assert_eq!(services.len(), 9);
    let mut own = 0;
    for pinned in &services {
        for occasion in Occasion::ALL {
            let values = values(pinned, occasion);
            let rules = &pinned.form.service().letters;
            let rule = rules.iter().find(|rule| rule.occasion == occasion.as_str());
            own += usize::from(rule.is_some());
            let template = rule.map_or(texts::template(occasion), |rule| &pinned.form.letters()[&rule.file]);
            let values = read::with_pictures(values);
            let made_at = Timestamp::from_seconds(1_795_424_400).to_utc();
            let pdf = render(&Letter { template, values: &values, name: "a", made_at });
            let pdf = pdf.unwrap_or_else(|error| panic!("{} {occasion:?}: {error:?}", pinned.service));
            assert!(pdf.starts_with(b"%PDF"));
            let pages = values["explanations"].as_array().expect("a list");
            assert_eq!(pages.len(), 2);
            for page in pages {
                let lines = page["lines"].as_array().expect("lines");
                assert!(lines.iter().all(|line| line.as_str().is_some_and(|line| !line.is_empty())), "{page}");
                assert!(page["title"].as_str().is_some_and(|title| !title.is_empty()), "{page}");
            }
        }
    }
    assert_eq!(own, 25, "the letters that services have of their own");
}

#[test]
fn every_rule_of_a_letter_names_an_occasion() {
    for pinned in shipped() {
        for rule in &pinned.form.service().letters {
            assert!(Occasion::parse(&rule.occasion).is_some(), "{}: {}", pinned.service, rule.occasion);
        }
    }
}

#[test]
fn a_refusal_tells_its_reasons_with_their_paragraph_and_how_to_object() {
    for pinned in shipped() {
        let refusal = values(&pinned, Occasion::Refuse);
        assert_eq!(refusal["reasons"][0]["legal_ref"], "§ 45 (1b) StVO");
        let remedy = refusal["remedy"].as_str().expect("a remedy");
        assert!(remedy.contains("Widerspruch") && remedy.contains("Mitte 1, 30159 Hannover"), "{remedy}");
        assert!(!remedy.contains('{'), "{remedy}");
        // The control: nobody objects to a receipt.
        assert_eq!(values(&pinned, Occasion::Receipt)["remedy"], Value::Null);
    }
}
