//! What can be done next, as buttons.

use domain::identifier::Key;

use crate::content::Tutorial;
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

    /// What people do after they know about a service: book, see how it is done online, or talk to somebody.
    pub(crate) fn offer_next(&mut self, understood: &Understood, guide: Option<&Tutorial>) {
        let Some(service) = understood.services.first().map(|choice| choice.service.clone()) else { return };
        if is_sensitive(&service) {
            self.say("sensitive", &[]);
        }
        let name = self.service(&service);
        let booking = self.offer("offer_booking", Some(&name));
        let guide = guide.map(|_| self.offer("offer_guide", Some(&name)));
        let person = self.offer("offer_person", None);
        self.choose(std::iter::once(booking).chain(guide).chain([person]).collect());
    }

    /// What people do after they know how it is done online: do it, or talk to somebody.
    pub(crate) fn offer_form(&mut self, service: &Key) {
        let name = self.service(service);
        let choices = vec![self.offer("offer_application", Some(&name)), self.offer("offer_person", None)];
        self.choose(choices);
    }

    fn offer(&self, name: &str, about: Option<&str>) -> Offer {
        let label = self.speech.say(name, &[]);
        let says = about.map_or_else(|| label.clone(), |about| format!("{label}: {about}"));
        Offer { label, says }
    }
}

fn is_sensitive(service: &Key) -> bool {
    SENSITIVE.contains(&service.as_str())
}
