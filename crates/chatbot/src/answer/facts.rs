//! What the catalogue knows about a service, as sentences with their sources.

use chrono::NaiveDate;
use domain::catalogue::Service;
use domain::law::Way;
use domain::money::Cents;

use crate::answer::{Citation, phrase};
use crate::language::ChatLanguage;

/// A sentence and what it rests on.
pub(super) type Fact = (String, Citation);

/// The facts of one service in one language on one day.
pub(super) struct Facts<'s> {
    pub(super) service: &'s Service,
    pub(super) language: ChatLanguage,
    pub(super) today: NaiveDate,
}

impl Facts<'_> {
    pub(super) fn fee(&self) -> Vec<Fact> {
        let fee = self.service.fee_on(self.today).map(|amount| match amount {
            Cents(0) => phrase(self.language, "fee_free").to_owned(),
            amount => phrase(self.language, "fee").replace("{amount}", &self.amount(amount)),
        });
        let note = self.service.fee_note.as_ref().map(|note| self.language.of(note).to_owned());
        fee.into_iter().chain(note).map(|text| (text, self.citation("fee"))).collect()
    }

    pub(super) fn minutes(&self) -> Vec<Fact> {
        let minutes = self.service.planned_minutes;
        let text = phrase(self.language, "minutes").replace("{minutes}", &minutes.to_string());
        if minutes > 0 { vec![(text, self.citation("planned_minutes"))] } else { Vec::new() }
    }

    /// What one gets and when, where the catalogue says so.
    pub(super) fn result(&self) -> Vec<Fact> {
        let result = self.service.result.as_ref();
        result.map(|text| (self.language.of(text).to_owned(), self.citation("result"))).into_iter().collect()
    }

    pub(super) fn deadline(&self) -> Vec<Fact> {
        let text = self.service.deadline.as_ref().map(|text| self.language.of(text));
        let line = |text| phrase(self.language, "deadline").replace("{deadline}", text);
        text.map(|text| (line(text), self.citation("deadline"))).into_iter().collect()
    }

    pub(super) fn documents(&self) -> Vec<Fact> {
        if self.service.documents.is_empty() {
            return Vec::new();
        }
        let items: Vec<&str> = self.service.documents.iter().map(|document| self.language.of(document)).collect();
        let text = phrase(self.language, "documents").replace("{documents}", &items.join("; "));
        vec![(text, self.citation("documents"))]
    }

    pub(super) fn ways(&self) -> Vec<Fact> {
        if self.service.ways.is_empty() {
            return Vec::new();
        }
        let ways: Vec<&str> = self.service.ways.iter().map(|offer| phrase(self.language, name_of(offer.way))).collect();
        let text = phrase(self.language, "ways").replace("{ways}", &ways.join(", "));
        vec![(text, self.citation("ways"))]
    }

    fn amount(&self, Cents(cents): Cents) -> String {
        let sign = if self.language == ChatLanguage::English { '.' } else { ',' };
        format!("{}{sign}{:02} EUR", cents / 100, cents % 100)
    }

    fn citation(&self, field: &str) -> Citation {
        Citation {
            source: format!("services/{}.toml#{field}", self.service.key),
            basis: self.basis(),
            date: written_day(&self.service.provenance.source).unwrap_or(self.today),
            service: Some(self.service.key.clone()),
        }
    }

    fn basis(&self) -> String {
        let law = &self.service.legal_basis;
        if law.is_blank() { self.service.provenance.source.clone() } else { law.to_string() }
    }
}

/// The last day that a source names (`commit of 2026-08-19`).
fn written_day(source: &str) -> Option<NaiveDate> {
    let parts = source.split(|sign: char| !(sign.is_ascii_digit() || sign == '-'));
    parts.filter_map(|part| NaiveDate::parse_from_str(part, "%Y-%m-%d").ok()).next_back()
}

const fn name_of(way: Way) -> &'static str {
    match way {
        Way::Online => "way_online",
        Way::Video => "way_video",
        Way::Phone => "way_phone",
        Way::Post => "way_post",
        Way::Courier => "way_courier",
        Way::Locker => "way_locker",
        Way::Kiosk => "way_kiosk",
        Way::Counter => "way_counter",
        Way::Mobile => "way_mobile",
    }
}
