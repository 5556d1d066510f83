//! What can be done next, as buttons.

use domain::identifier::Key;

use crate::dialogue::said::Offer;
use crate::dialogue::talk::Talk;
use crate::understand::Understood;

/// So many services are offered at most when one is asked back.
const MOST_CHOICES: usize = 4;

/// Matters in which people may rather talk to a person: protection from others, and a death.
const SENSITIVE: [&str; 4] = ["auskunftssperre", "sterbefall-anzeigen", "sterbeurkunde", "sbgg-anmelden"];

impl Talk<'_> {
    /// The services that may be meant.
    pub(crate) fn offer_services(&mut self, understood: &Understood) {
        let services = understood.services.iter().take(MOST_CHOICES);
        let choices = services.map(|choice| {
            let name = self.service(&choice.service);
            Offer { says: name.clone(), label: name }
        });
        let choices = choices.collect();
        self.choose(choices);
    }

    /// What people do after they know about a service: book, or talk to somebody.
    pub(crate) fn offer_next(&mut self, understood: &Understood) {
        let Some(service) = understood.services.first().map(|choice| choice.service.clone()) else { return };
        if is_sensitive(&service) {
            self.say("sensitive", &[]);
        }
        let name = self.service(&service);
        let offer = |name_of_offer: &str, about: Option<&str>| {
            let label = self.speech.say(name_of_offer, &[]);
            let says = about.map_or_else(|| label.clone(), |about| format!("{label}: {about}"));
            Offer { label, says }
        };
        let choices = vec![offer("offer_booking", Some(&name)), offer("offer_person", None)];
        self.choose(choices);
    }
}

fn is_sensitive(service: &Key) -> bool {
    SENSITIVE.contains(&service.as_str())
}
