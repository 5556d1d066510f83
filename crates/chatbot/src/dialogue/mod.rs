//! A conversation from one message to the next: what is to be done, what is still missing, what waits for a yes.
//!
//! A [`Dialogue`] is what is carried between messages; [`Engine::turn`] goes one message on. A plan collects what a tool
//! needs; whatever writes is shown as a summary first and done after a yes to exactly that.

mod carry_out;
mod fill;
mod guide;
mod moment;
mod offer;
mod plan;
mod said;
mod slots;
mod speech;
mod talk;
mod telephone;

use chrono_tz::Tz;
use domain::identifier::Key;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Engine;
use crate::dialogue::fill::says_only_when;
use crate::dialogue::plan::Plan;
use crate::dialogue::speech::{has, spaced, speech};
use crate::dialogue::talk::Talk;
use crate::engine::{Asked, Reply};
use crate::language::ChatLanguage;
use crate::tools::ToolPort;
use crate::understand::{Action, Alarm, Intent, Understood};

pub use said::{Grasp, HandOverReason, Offer, Said, Turned};
pub use telephone::{Call, Spoken};

/// After so many seconds of silence a plan is given up.
const TOO_OLD_SECONDS: i64 = 30 * 60;
/// So many messages in a row may go wrong before a person takes over.
const MOST_FAILED: u8 = 2;

/// What is carried from one message to the next. It holds what the person typed: it is kept sealed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Dialogue {
    /// The language of the conversation so far.
    language: Option<ChatLanguage>,
    /// What is being done.
    plan: Option<Plan>,
    /// The service that was talked about last.
    topic: Option<Key>,
    /// How often in a row nothing was understood.
    failed: u8,
    /// The code of what was booked last, to take it back.
    undo: Option<String>,
    /// When the last message came.
    last: Option<Timestamp>,
}

/// One message of a person.
#[derive(Debug, Clone, Copy)]
pub struct Turn<'t> {
    /// What was typed.
    pub text: &'t str,
    /// The language of the page, if it is known.
    pub page: Option<ChatLanguage>,
    /// When.
    pub now: Timestamp,
    /// The time zone of the city.
    pub time_zone: Tz,
    /// Differs for each message of each conversation and is the same when the same message is sent again: what is done
    /// because of it is done once.
    pub key: &'t str,
}

/// What the person does with what was proposed.
enum Reaction {
    Yes,
    No,
    Stop,
    Undo,
}

impl Engine {
    /// Goes on with a conversation. What is done is done through `tools`, with the rights of the person who asks; whatever
    /// writes is done after a yes to a summary.
    pub async fn turn(&self, dialogue: &mut Dialogue, tools: &dyn ToolPort, turn: Turn<'_>) -> Turned {
        let today = turn.now.local_date(turn.time_zone);
        let reply = self.ask(Asked { text: turn.text, page: dialogue.language.or(turn.page), today });
        // Short answers in the middle of something say nothing about their language.
        let is_new = matches!(reply.understood.intent, Intent::Service | Intent::Action);
        let language = dialogue.language.filter(|_| dialogue.plan.is_some() && !is_new);
        let language = language.unwrap_or(reply.understood.language);
        let mut talk = Talk::new(self, tools, turn, language);
        talk.understood(&reply);
        let silence = dialogue.last.map_or(0, |last| turn.now.seconds() - last.seconds());
        if silence > TOO_OLD_SECONDS && dialogue.plan.take().is_some() {
            talk.say("too_old", &[]);
        }
        dialogue.language = Some(language);
        dialogue.last = Some(turn.now);
        self.answer(dialogue, &mut talk, &reply).await;
        talk.turned(reply.understood.redacted.text)
    }

    async fn answer(&self, dialogue: &mut Dialogue, talk: &mut Talk<'_>, reply: &Reply) {
        let understood = &reply.understood;
        if self.took_offer(dialogue, talk).await {
            return;
        }
        if let Some(alarm) = &understood.alarm {
            // Nothing is done in the same breath, whatever the message says besides.
            if let Some(plan) = &mut dialogue.plan {
                plan.is_pending = false;
            }
            talk.answer(&reply.answer);
            let is_serious = match alarm {
                Alarm::Emergency(_) => true,
                Alarm::Abuse(kind) => kind == "threat",
                Alarm::Injection | Alarm::TooLong => false,
            };
            if is_serious {
                talk.hand_over(HandOverReason::Alarm);
            }
            return;
        }
        match Self::reaction(dialogue, talk) {
            Some(Reaction::Stop) => {
                dialogue.plan = None;
                return talk.say("stopped", &[]);
            }
            Some(Reaction::Undo) => return self.undo(dialogue, talk).await,
            Some(Reaction::Yes) => return self.confirmed(dialogue, talk).await,
            Some(Reaction::No) => {
                if let Some(plan) = &mut dialogue.plan {
                    plan.is_pending = false;
                }
                return talk.say("what_else", &[]);
            }
            None => {}
        }
        if self.guided(dialogue, talk, understood).await {
            return;
        }
        let is_answer = says_only_when(talk, understood);
        let goes_on = dialogue.plan.as_ref().is_some_and(|plan| is_answer || plan.suits(understood.action));
        if goes_on && let Some(plan) = &mut dialogue.plan {
            if plan.fill(talk, understood) {
                dialogue.failed = 0;
                return self.proceed(dialogue, talk).await;
            }
            if !matches!(understood.intent, Intent::Service | Intent::Action | Intent::OutOfScope | Intent::Smalltalk) {
                if Self::not_understood(dialogue, talk) {
                    return;
                }
                return self.proceed(dialogue, talk).await;
            }
        }
        self.begin(dialogue, talk, reply).await;
    }

    /// A message that begins something.
    async fn begin(&self, dialogue: &mut Dialogue, talk: &mut Talk<'_>, reply: &Reply) {
        let understood = &reply.understood;
        // In the middle of something a message that is not understood is rather a name or a time than a question.
        if dialogue.plan.is_none() {
            talk.grasped(grasp(understood));
        }
        if let Some(choice) = understood.services.first() {
            dialogue.topic = Some(choice.service.clone());
        }
        match (understood.intent, understood.action) {
            (Intent::Action, Some(Action::HandoffHuman)) => talk.hand_over(HandOverReason::Asked),
            (Intent::Action, Some(action)) => {
                dialogue.failed = 0;
                let mut plan = Plan::new(action);
                plan.fill(talk, understood);
                if plan.service.is_none() {
                    plan.service = dialogue.topic.clone();
                }
                dialogue.plan = Some(plan);
                self.proceed(dialogue, talk).await;
            }
            (Intent::Clarify, _) => {
                talk.answer(&reply.answer);
                talk.offer_services(understood);
                Self::not_understood(dialogue, talk);
            }
            (Intent::Service, _) => {
                dialogue.failed = 0;
                talk.answer(&reply.answer);
                let guide = match understood.services.first() {
                    Some(choice) => self.guide(&choice.service, talk).await,
                    None => None,
                };
                talk.offer_next(understood, guide);
                if let Some(service) = dialogue.plan.as_ref().and_then(|plan| plan.service.clone()) {
                    let name = self.service_name(&service, talk.language).to_owned();
                    talk.say("go_on", &[("service", &name)]);
                }
            }
            (Intent::OutOfScope | Intent::Abuse | Intent::Injection | Intent::Emergency | Intent::Smalltalk, _)
            | (Intent::Action, None) => {
                talk.answer(&reply.answer);
                // Who is sent on to somebody else was understood.
                if understood.intent == Intent::OutOfScope && understood.not_us.is_none() {
                    Self::not_understood(dialogue, talk);
                }
                if understood.intent == Intent::Emergency {
                    talk.hand_over(HandOverReason::Alarm);
                }
            }
        }
    }

    /// Counts a message that was not understood; the second in a row calls a person. Gives whether it did.
    fn not_understood(dialogue: &mut Dialogue, talk: &mut Talk<'_>) -> bool {
        dialogue.failed += 1;
        if dialogue.failed < MOST_FAILED {
            return false;
        }
        dialogue.failed = 0;
        talk.hand_over(HandOverReason::NotUnderstood);
        true
    }

    /// Yes and no count as long as something waits for them; stop as long as something is being done.
    fn reaction(dialogue: &Dialogue, talk: &Talk<'_>) -> Option<Reaction> {
        let words = &speech(talk.language).words;
        let message = spaced(talk.turn.text);
        if has(&message, &words.undo) && (dialogue.undo.is_some() || dialogue.plan.is_none()) {
            return Some(Reaction::Undo);
        }
        let plan = dialogue.plan.as_ref()?;
        if has(&message, &words.stop) {
            return Some(Reaction::Stop);
        }
        // A yes with a condition ("yes, but at ten") is no yes.
        let says_more = message.split(' ').filter(|word| !word.is_empty()).count() > 4;
        match plan.is_pending {
            true if has(&message, &words.no) && !says_more => Some(Reaction::No),
            true if has(&message, &words.yes) && !has(&message, &words.no) && !says_more => Some(Reaction::Yes),
            true | false => None,
        }
    }

    async fn undo(&self, dialogue: &mut Dialogue, talk: &mut Talk<'_>) {
        let Some(code) = dialogue.undo.clone() else { return talk.say("nothing_to_undo", &[]) };
        let mut plan = Plan::new(Action::CancelAppointment);
        plan.code = Some(code);
        dialogue.plan = Some(plan);
        self.proceed(dialogue, talk).await;
    }
}

/// How far a message that begins something was understood.
fn grasp(understood: &Understood) -> Grasp {
    match understood.intent {
        Intent::Service => Grasp::Answered,
        Intent::OutOfScope if understood.not_us.is_some() => Grasp::Answered,
        Intent::Clarify if !understood.services.is_empty() => Grasp::AskedBack,
        Intent::OutOfScope | Intent::Clarify => Grasp::Nothing,
        Intent::Action | Intent::Abuse | Intent::Injection | Intent::Emergency | Intent::Smalltalk => Grasp::NoQuestion,
    }
}
