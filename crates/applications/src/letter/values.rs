//! What a template reads: everything of a case that its letter says. docs/letters.md lists it for whoever writes templates.

use std::collections::BTreeMap;

use domain::application::ReceiptNumber;
use domain::time::Timestamp;
use forms::{Evaluation, FieldType, Locale, Value as Answer};
use serde_json::{Map, Value, json};

use crate::case::{Case, Decision};
use crate::definition::Pinned;
use crate::letter::Occasion;
use crate::letter::shown::{self, day, euro};
use crate::letter::texts::{EXPLAINED, shared};
use crate::tour::ChosenTour;
use crate::town::{Letterhead, TownCalendar};

/// Everything a letter is made of.
pub(crate) struct Material<'a> {
    pub(crate) case: &'a Case,
    pub(crate) occasion: Occasion,
    pub(crate) pinned: &'a Pinned,
    pub(crate) evaluation: &'a Evaluation,
    pub(crate) calendar: &'a TownCalendar,
    pub(crate) head: &'a Letterhead,
    /// The decision, for letters that announce one.
    pub(crate) decision: Option<&'a Decision>,
    /// What is asked for.
    pub(crate) items: &'a [String],
    /// With which it can be asked whether the letter is genuine.
    pub(crate) code: &'a str,
    /// The permit that goes along: its number, and its token.
    pub(crate) permit: Option<(String, String)>,
    /// The day of the collection, if one is promised.
    pub(crate) tour: Option<ChosenTour>,
    pub(crate) now: Timestamp,
}

impl Material<'_> {
    /// The values, but for pictures.
    pub(crate) fn values(&self) -> Value {
        let texts = self.texts(Locale::De);
        let text = |key: &str| texts.get(key).cloned().unwrap_or_default();
        let today = self.now.local_date(self.calendar.time_zone);
        let receipt = self.case.receipt.as_ref().map(ReceiptNumber::as_str).unwrap_or_default();
        json!({
            "language": "de",
            "city": self.head.city,
            "office": self.head.office,
            "recipient": recipient(self.pinned, self.evaluation),
            "number": receipt,
            "date": day(today),
            "reasons": self.reasons(),
            "documents": self.documents(),
            "fee": self.fee(),
            "deadlines": self.deadlines(),
            "answers": shown::answers(&self.pinned.form, self.evaluation),
            "remedy_title": text("letter.remedy_title"),
            "remedy": self.remedy(&text("letter.remedy")),
            "verification": {
                "text": text("letter.verification"),
                "alt": text("letter.verification_alt"),
                "address": format!("{}/verify", self.head.public_url),
                "code": self.code,
                "content": format!("{}/verify/{}", self.head.public_url, self.code),
            },
            "permit": self.permit.as_ref().map(|(number, token)| json!({
                "alt": text("letter.permit_alt"), "number": number, "content": token,
            })),
            "tour": self.tour.as_ref().map(|tour| json!({
                "day": day(tour.day), "by": self.time(tour), "text": self.tour_text(tour, &text("letter.tour")),
            })),
            "explanations": EXPLAINED.iter().filter_map(|locale| self.explanation(*locale)).collect::<Vec<Value>>(),
            "texts": texts,
        })
    }

    /// Until when everything must stand outside, on the city's clock.
    fn time(&self, tour: &ChosenTour) -> String {
        tour.put_out_by.local(self.calendar.time_zone).format("%H:%M").to_string()
    }

    fn tour_text(&self, tour: &ChosenTour, text: &str) -> String {
        text.replace("{day}", &day(tour.day)).replace("{time}", &self.time(tour))
    }

    /// The service's own texts before those that all share.
    fn texts(&self, locale: Locale) -> BTreeMap<String, String> {
        let mut texts = shared(locale).cloned().unwrap_or_default();
        for (key, text) in self.pinned.form.texts_under("letter.", locale) {
            texts.insert(key.to_owned(), text.to_owned());
        }
        texts
    }

    fn reasons(&self) -> Vec<Value> {
        let reasons = self.decision.into_iter().flat_map(|decision| &decision.reasons);
        reasons.map(|reason| json!({ "text": reason.text, "legal_ref": reason.legal_ref })).collect()
    }

    /// What is asked for; before that, what the tables say is needed.
    fn documents(&self) -> Vec<Value> {
        if self.occasion == Occasion::Request {
            return self.items.iter().map(|item| json!({ "text": item })).collect();
        }
        let text = |key: &str| {
            let known = self.pinned.form.text(&format!("document.{key}"), Locale::De);
            json!({ "text": known.unwrap_or(key) })
        };
        self.evaluation.documents.iter().map(|document| text(&document.key)).collect()
    }

    fn fee(&self) -> Option<String> {
        self.evaluation.fee.as_ref().map(|fee| euro(i64::from(fee.cents)))
    }

    fn deadlines(&self) -> Map<String, Value> {
        let mut last_days = Map::new();
        let submitted = self.case.submitted_at.local_date(self.calendar.time_zone);
        let circumstances = self.calendar.circumstances(submitted);
        for deadline in &self.pinned.form.service().deadlines {
            if let Some(last) = self.evaluation.end_of(deadline, &circumstances) {
                last_days.insert(deadline.key.clone(), day(last).into());
            }
        }
        last_days
    }

    /// How one can object: to whatever burdens somebody (§ 37 (6) VwVfG), and to every decision by rule.
    fn remedy(&self, text: &str) -> Option<String> {
        let is_ruled = self.pinned.form.service().decision.is_some();
        let burdens = self.decision.is_some_and(|decision| decision.outcome.needs_reasons());
        let is_decision = self.occasion.is_decision() && self.occasion != Occasion::End;
        let filled = || text.replace("{office}", &self.head.office).replace("{city}", &self.head.city);
        (is_decision && (is_ruled || burdens)).then(filled)
    }

    /// The letter in other words. Plain German and English are written for every letter.
    fn explanation(&self, locale: Locale) -> Option<Value> {
        let shared = shared(locale)?;
        let own = &self.pinned.form;
        let text = |key: &str| {
            // Not the German one in its place: a page in a language is in that language.
            let own = own.is_translated(key, locale).then(|| own.text(key, locale)).flatten();
            own.or_else(|| shared.get(key).map(String::as_str)).unwrap_or_default()
        };
        let of = |part: &str| text(&format!("letter.{}.{part}", self.occasion.as_str()));
        let reasons: Vec<&str> = self.reasons_in(locale);
        let tour = self.tour.as_ref().map(|tour| self.tour_text(tour, text("letter.tour")));
        let mut lines = vec![text("letter.greeting"), of("body")];
        lines.extend(tour.as_deref());
        if !reasons.is_empty() {
            lines.push(text("letter.reasons"));
            lines.extend(reasons);
        }
        lines.extend([of("next"), text("letter.human"), text("letter.closing")]);
        let language = if locale == Locale::En { "en" } else { "de" };
        Some(json!({
            "locale": locale.as_str(), "language": language, "title": of("title"), "note": text("letter.explanation"),
            "lines": lines,
        }))
    }

    /// The reasons that have words in a language; those of clerks have none.
    fn reasons_in(&self, locale: Locale) -> Vec<&str> {
        let reasons = self.decision.into_iter().flat_map(|decision| &decision.reasons);
        let text = |key: &String| {
            let key = format!("reason.{key}");
            let form = &self.pinned.form;
            if form.is_translated(&key, locale) { form.text(&key, locale) } else { None }
        };
        reasons.filter_map(|reason| reason.key.as_ref().and_then(text)).collect()
    }
}

/// Whom the letter is for: the first name and the first address of the form, in lines.
pub(crate) fn recipient(pinned: &Pinned, evaluation: &Evaluation) -> String {
    let first = |is_meant: fn(&FieldType) -> bool| shown::first(&pinned.form, evaluation, is_meant);
    let name = first(|kind| *kind == FieldType::PersonName);
    let address = first(|kind| *kind == FieldType::Address);
    let mut lines = Vec::new();
    if let Some(Answer::Text(name)) = name {
        lines.push(name.clone());
    }
    if let Some(Answer::Address(address)) = address {
        lines.extend(address.extra.clone());
        lines.push(format!("{} {}", address.street, address.number));
        lines.push(format!("{} {}", address.postcode, address.town));
    }
    lines.join("\n")
}
