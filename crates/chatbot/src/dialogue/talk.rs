//! One turn while it is taken: who speaks which language, and what was said so far.

use domain::identifier::Key;

use crate::Engine;
use crate::answer::{Answer, Citation};
use crate::dialogue::Turn;
use crate::dialogue::said::{Grasp, HandOverReason, Offer, Said, Turned};
use crate::dialogue::speech::{Speech, Words, speech};
use crate::engine::Reply;
use crate::language::ChatLanguage;
use crate::tools::{OfferedStart, ToolFailure, ToolPort};

/// A turn that is being taken.
pub(crate) struct Talk<'t> {
    pub(crate) engine: &'t Engine,
    pub(crate) tools: &'t dyn ToolPort,
    pub(crate) turn: Turn<'t>,
    pub(crate) language: ChatLanguage,
    pub(crate) speech: &'static Speech,
    said: Vec<Said>,
    /// Names that are not kept with the message.
    concealed: Vec<String>,
    grasp: Grasp,
}

impl<'t> Talk<'t> {
    pub(crate) fn new(engine: &'t Engine, tools: &'t dyn ToolPort, turn: Turn<'t>, language: ChatLanguage) -> Self {
        let (said, concealed) = (Vec::new(), Vec::new());
        Self { engine, tools, turn, language, speech: speech(language), said, concealed, grasp: Grasp::default() }
    }

    /// The end: what may be kept of the message, and what was said.
    pub(crate) fn turned(self, redacted: String) -> Turned {
        let redacted = self.concealed.iter().fold(redacted, |text, name| text.replace(name.as_str(), "[name]"));
        Turned { redacted, said: self.said, grasp: self.grasp }
    }

    /// How far the message was understood.
    pub(crate) fn grasped(&mut self, grasp: Grasp) {
        self.grasp = grasp;
    }

    /// A name that is not kept with the message.
    pub(crate) fn conceal(&mut self, name: &str) {
        self.concealed.push(name.to_owned());
    }

    /// Tells what the message was taken for.
    pub(crate) fn understood(&mut self, reply: &Reply) {
        let services = reply.understood.services.iter().map(|choice| choice.service.clone()).collect();
        self.said.push(Said::Understood { intent: reply.understood.intent, language: self.language, services });
    }

    /// Says the lines of an answer.
    pub(crate) fn answer(&mut self, answer: &Answer) {
        for line in &answer.lines {
            let citation = line.citation.and_then(|number| answer.citations.get(number).cloned());
            self.said.push(Said::Line { text: line.text.clone(), citation });
        }
    }

    /// Says a sentence that claims nothing.
    pub(crate) fn say(&mut self, name: &str, values: &[(&str, &str)]) {
        self.said.push(Said::Line { text: self.speech.say(name, values), citation: None });
    }

    /// Says a line that rests on something.
    pub(crate) fn claim(&mut self, text: String, citation: Citation) {
        self.said.push(Said::Line { text, citation: Some(citation) });
    }

    /// Says a line that only the person may read as it is.
    pub(crate) fn say_personal(&mut self, text: String, instead: String) {
        self.said.push(Said::Personal { text, instead });
    }

    /// Anything else.
    pub(crate) fn tell(&mut self, said: Said) {
        self.said.push(said);
    }

    /// Calls a person.
    pub(crate) fn hand_over(&mut self, reason: HandOverReason) {
        self.say("hand_over", &[]);
        self.said.push(Said::HandOver { reason });
    }

    /// Shows choices; nothing for none.
    pub(crate) fn choose(&mut self, choices: Vec<Offer>) {
        if !choices.is_empty() {
            self.said.push(Said::Choices { choices });
        }
    }

    /// Yes or no.
    pub(crate) fn choose_yes_or_no(&mut self) {
        let offer = |name: &str| {
            let label = self.speech.say(name, &[]);
            Offer { says: label.clone(), label }
        };
        let choices = vec![offer("offer_yes"), offer("offer_no")];
        self.choose(choices);
    }

    /// Says why a tool did nothing.
    pub(crate) fn failed(&mut self, failure: &ToolFailure) {
        match failure {
            ToolFailure::NotOffered => self.say("not_offered", &[]),
            ToolFailure::NotFound => self.say("not_found", &[]),
            ToolFailure::Unavailable => self.say("unavailable", &[]),
            ToolFailure::Refused(code) => {
                let own = format!("refused_{}", code.to_lowercase());
                let name = if self.speech.knows(&own) { own.as_str() } else { "refused" };
                self.say(name, &[("code", code)]);
            }
        }
    }

    /// A source that is asked at this moment.
    pub(crate) fn live(&self, source: &str, service: Option<&Key>) -> Citation {
        let date = self.turn.now.local_date(self.turn.time_zone);
        Citation { source: source.to_owned(), basis: String::new(), date, service: service.cloned() }
    }

    /// A day in words.
    pub(crate) fn day(&self, day: chrono::NaiveDate) -> String {
        use chrono::Datelike as _;
        let words: &'static Words = &self.speech.words;
        let first = |lists: &'static [Vec<String>], at: u32| {
            let names = usize::try_from(at).ok().and_then(|at| lists.get(at));
            names.and_then(|names| names.first()).map_or("", String::as_str)
        };
        let weekday = first(&words.weekdays, day.weekday().num_days_from_monday());
        let month = first(&words.months, day.month0());
        let number = day.day().to_string();
        self.speech.say("date", &[("weekday", weekday), ("day", &number), ("month", month)])
    }

    /// A start in words.
    pub(crate) fn start(&self, start: &OfferedStart) -> String {
        let local = start.starts_at.local(self.turn.time_zone);
        let time = self.speech.say("time", &[("time", &local.format("%H:%M").to_string())]);
        let name = if start.by_video { "start_video" } else { "start" };
        let date = self.day(local.date());
        self.speech.say(name, &[("date", &date), ("time", &time), ("office", &start.office_name)])
    }

    /// What a service is called.
    pub(crate) fn service(&self, service: &Key) -> String {
        self.engine.service_name(service, self.language).to_owned()
    }
}
