//! Guides in a conversation: offered beside an answer, told when somebody asks how it is done online. A guide that was
//! written for another form than the one that is published is neither.

use domain::identifier::Key;

use crate::Engine;
use crate::answer::Citation;
use crate::content::Tutorial;
use crate::dialogue::Dialogue;
use crate::dialogue::said::Grasp;
use crate::dialogue::speech::{has, spaced, speech};
use crate::dialogue::talk::Talk;
use crate::understand::Understood;

impl Engine {
    /// The guide of a service, if there is one that holds for the form that is published.
    pub(crate) async fn guide(&self, service: &Key, talk: &Talk<'_>) -> Option<&Tutorial> {
        let tutorial = self.content().tutorial(talk.language, service)?;
        let today = talk.turn.now.local_date(talk.turn.time_zone);
        let holds = talk.tools.guide_holds(service, tutorial.language).await;
        (tutorial.valid_from <= today && holds.is_ok()).then_some(tutorial)
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
