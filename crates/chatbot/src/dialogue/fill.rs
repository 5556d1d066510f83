//! From a message into a plan: whatever it names is filled in.

use domain::identifier::Key;

use crate::dialogue::moment::moment;
use crate::dialogue::plan::{Plan, is_booking};
use crate::dialogue::slots;
use crate::dialogue::speech::{has, spaced, speech, without};
use crate::dialogue::talk::Talk;
use crate::engine::Asked;
use crate::understand::{Action, Intent, Understood};

/// What a message says beside when and where.
fn beside_when_and_where(talk: &Talk<'_>, understood: &Understood) -> String {
    let words = &speech(talk.language).words;
    let mut message = spaced(&understood.redacted.text);
    for office in talk.tools.offices() {
        message = without(&message, std::slice::from_ref(&office.name));
    }
    let lists = words.weekdays.iter().chain(&words.months);
    let lists = lists.chain([&words.today, &words.tomorrow, &words.after_tomorrow, &words.this_week, &words.next_week]);
    let lists = lists.chain([&words.morning, &words.midday, &words.afternoon, &words.evening, &words.video]);
    let lists = lists.chain([&words.at, &words.from, &words.until, &words.clock, &words.request]);
    let phrases: Vec<String> = lists.flatten().cloned().collect();
    without(&message, &phrases)
}

/// Whether a message names a time and nothing else: in the middle of a plan that is an answer, whatever else it resembles
/// ("on Thursday at eleven" looks like a question about opening hours).
pub(crate) fn says_only_when(talk: &Talk<'_>, understood: &Understood) -> bool {
    let today = talk.turn.now.local_date(talk.turn.time_zone);
    !moment(talk.turn.text, &speech(talk.language).words, today).is_empty()
        && !beside_when_and_where(talk, understood).chars().any(char::is_alphabetic)
}

/// The service that is meant. What stands around the matter, such as when and where, is left out: it looks like nothing or
/// like another service ("tomorrow" like an express passport).
fn matter(talk: &Talk<'_>, understood: &Understood) -> Option<Key> {
    let left = beside_when_and_where(talk, understood);
    let today = talk.turn.now.local_date(talk.turn.time_zone);
    let named = |understood: &Understood| {
        let is_sure = matches!(understood.intent, Intent::Service | Intent::Action);
        understood.services.first().filter(|_| is_sure).map(|choice| choice.service.clone())
    };
    let asked = Asked { text: &left, page: Some(talk.language), today };
    named(&talk.engine.ask(asked).understood).or_else(|| named(understood))
}

impl Plan {
    /// Fills in what the message names. Gives whether it named anything.
    pub(crate) fn fill(&mut self, talk: &mut Talk<'_>, understood: &Understood) -> bool {
        let before = self.clone();
        let (text, words) = (talk.turn.text, &speech(talk.language).words);
        if let Some(code) = slots::code(text) {
            self.code = Some(code);
        }
        if self.service.is_none() && self.code.is_none() {
            self.service = matter(talk, understood);
        }
        if is_booking(self.action) && has(&spaced(text), &words.video) {
            self.action = Action::BookVideo;
        }
        self.fill_place(talk);
        if is_booking(self.action) {
            self.fill_contact(talk, understood);
        }
        let is_changed = *self != before;
        // Whatever changed, the summary that was shown no longer says it.
        if is_changed {
            self.is_pending = false;
        }
        is_changed
    }

    /// Office, day, time, or one of the starts that were offered.
    fn fill_place(&mut self, talk: &Talk<'_>) {
        let (text, words) = (talk.turn.text, &speech(talk.language).words);
        let today = talk.turn.now.local_date(talk.turn.time_zone);
        let said = moment(text, words, today);
        let chosen = slots::choice(text, words, said.is_empty(), &self.offered, talk.turn.time_zone);
        if let Some(chosen) = chosen {
            self.chosen = Some(chosen);
            return;
        }
        let office = slots::office(text, &talk.tools.offices());
        if !said.is_empty() || office.is_some() {
            self.moment = said.over(self.moment);
            self.office = office.or_else(|| self.office.take());
            (self.chosen, self.offered) = (None, Vec::new());
        }
    }

    fn fill_contact(&mut self, talk: &mut Talk<'_>, understood: &Understood) {
        let (text, words) = (talk.turn.text, &speech(talk.language).words);
        let mail = slots::mail(text);
        let is_question = matches!(understood.intent, Intent::Service | Intent::Action | Intent::Smalltalk);
        let may_be_name = mail.is_some() || (self.name_is_asked && !is_question);
        if let Some(name) = slots::name(text, words, may_be_name) {
            talk.conceal(&name);
            self.name = Some(name);
        }
        self.mail = mail.or_else(|| self.mail.take());
    }
}
