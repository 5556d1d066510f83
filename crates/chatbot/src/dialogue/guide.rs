//! Guides in a conversation: offered beside an answer, told when somebody asks how it is done online. A guide that was
//! written for another form than the one that is published is neither.

use domain::identifier::Key;

use crate::Engine;
use crate::answer::Citation;
use crate::content::Tutorial;
use crate::dialogue::Dialogue;
use crate::dialogue::plan::Plan;
use crate::dialogue::said::Grasp;
use crate::dialogue::speech::{has, spaced, speech};
use crate::dialogue::talk::Talk;
use crate::language::ChatLanguage;
use crate::text::fold;
use crate::understand::{Action, Understood};

impl Engine {
    /// The guide of a service, if there is one that holds for the form that is published.
    pub(crate) async fn guide(&self, service: &Key, talk: &Talk<'_>) -> Option<&Tutorial> {
        let tutorial = self.content().tutorial(talk.language, service)?;
        let today = talk.turn.now.local_date(talk.turn.time_zone);
        let holds = talk.tools.guide_holds(service, tutorial.language).await;
        (tutorial.valid_from <= today && holds.is_ok()).then_some(tutorial)
    }

    /// Takes an offer that was made in our own words about what was talked of last: it is no attack, whatever it resembles.
    /// Gives whether it was one.
    pub(crate) async fn took_offer(&self, dialogue: &mut Dialogue, talk: &mut Talk<'_>) -> bool {
        let Some(service) = dialogue.topic.clone() else { return false };
        if self.is_offer("offer_guide", &service, talk.turn.text) {
            let Some(tutorial) = self.guide(&service, talk).await else { return false };
            dialogue.failed = 0;
            talk.tell_guide(tutorial);
            return true;
        }
        if self.is_offer("offer_application", &service, talk.turn.text) {
            dialogue.failed = 0;
            dialogue.plan = Some(Plan { service: Some(service), ..Plan::new(Action::StartApplication) });
            self.proceed(dialogue, talk).await;
            return true;
        }
        false
    }

    /// Whether a text is exactly what a button of this name says about a service, in any language.
    fn is_offer(&self, name: &str, service: &Key, text: &str) -> bool {
        let typed = fold(text.trim());
        let says = |language: ChatLanguage| {
            fold(&format!("{}: {}", speech(language).say(name, &[]), self.service_name(service, language)))
        };
        ChatLanguage::ALL.into_iter().any(|language| says(language) == typed)
    }

    /// Tells the guide if somebody asks for it. Gives whether it did.
    pub(crate) async fn guided(&self, dialogue: &mut Dialogue, talk: &mut Talk<'_>, understood: &Understood) -> bool {
        if !is_wished(talk) {
            return false;
        }
        let meant = understood.services.first().map(|choice| choice.service.clone());
        let Some(service) = meant.or_else(|| dialogue.topic.clone()) else { return false };
        let Some(tutorial) = self.guide(&service, talk).await else { return false };
        dialogue.topic = Some(service);
        dialogue.failed = 0;
        talk.grasped(Grasp::Answered);
        talk.tell_guide(tutorial);
        true
    }
}

/// Whether the message asks for a guide: by its name, or how something is done online.
fn is_wished(talk: &Talk<'_>) -> bool {
    let words = &speech(talk.language).words;
    let message = spaced(talk.turn.text);
    has(&message, &words.guide) || (has(&message, &words.how) && has(&message, &words.online))
}

impl Talk<'_> {
    fn tell_guide(&mut self, tutorial: &Tutorial) {
        let citation = Citation {
            source: tutorial.path.clone(),
            basis: tutorial.source.clone(),
            date: tutorial.valid_from,
            service: Some(tutorial.service.clone()),
        };
        let title = self.speech.say("guide_title", &[("title", &tutorial.title)]);
        self.claim(title, citation.clone());
        for (number, step) in (1..).zip(&tutorial.steps) {
            self.claim(format!("{number}. {}", step.text), citation.clone());
        }
        self.offer_form(&tutorial.service);
    }
}
