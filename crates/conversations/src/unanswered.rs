//! Which questions of a conversation were not understood, told by what was said and what people thought of it.

use std::collections::BTreeSet;

use chatbot::dialogue::{Grasp, Offer, Said};
use chatbot::language::ChatLanguage;
use chatbot::text::fold;
use domain::identifier::Key;

use crate::conversation::words;
use crate::event::{Content, Event, Speaker, Verdict};

/// Longer messages tell a story, and a story tells who somebody is: they are not kept. In signs.
const MOST: usize = 300;

/// What was wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trouble {
    /// Nothing was found.
    NothingFound,
    /// It was asked back what is meant, and nothing of it was chosen.
    NothingChosen,
    /// Somebody said that it did not help.
    NotHelpful,
    /// Somebody said that it was not their question.
    NotMyQuestion,
}

words! {
    Trouble {
        NothingFound = "nothing_found", NothingChosen = "nothing_chosen", NotHelpful = "not_helpful",
        NotMyQuestion = "not_my_question"
    }
}

/// A question that was not understood, without who asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unanswered {
    /// What was asked, without personal data that was recognised.
    pub(crate) text: String,
    /// The language in which it is searched.
    pub(crate) language: ChatLanguage,
    /// What was wrong.
    pub(crate) trouble: Trouble,
    /// The services it was taken for, best first.
    pub(crate) services: Vec<Key>,
}

/// A message to the chatbot with what it said.
#[derive(Default)]
struct Turn<'e> {
    text: &'e str,
    /// Absent where the chatbot was silent: such messages are kept as they were typed and are none of its questions.
    understood: Option<(ChatLanguage, &'e [Key])>,
    choices: &'e [Offer],
    grasp: Grasp,
    verdict: Option<Verdict>,
}

/// The questions among the events of a conversation that were not understood, each once.
pub(crate) fn unanswered(events: &[Event]) -> Vec<Unanswered> {
    let turns = turns(events);
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for (place, turn) in turns.iter().enumerate() {
        let Some((language, services)) = turn.understood else { continue };
        let Some(trouble) = trouble(turn, turns.get(place + 1)) else { continue };
        let text = turn.text.trim();
        if !text.is_empty() && text.chars().count() <= MOST && seen.insert(fold(text)) {
            let (text, services) = (text.to_owned(), services.to_vec());
            found.push(Unanswered { text, language: language.searched(), trouble, services });
        }
    }
    found
}

fn turns(events: &[Event]) -> Vec<Turn<'_>> {
    let mut turns: Vec<Turn<'_>> = Vec::new();
    for event in events {
        match (event.speaker, &event.content) {
            (Speaker::Person, Content::Text { text }) => turns.push(Turn { text, ..Turn::default() }),
            (Speaker::Bot, content) => {
                let Some(turn) = turns.last_mut() else { continue };
                match content {
                    Content::Said { said: Said::Understood { language, services, .. } } => {
                        turn.understood = Some((*language, services));
                    }
                    Content::Said { said: Said::Choices { choices } } => turn.choices = choices,
                    Content::TurnDone { grasp } => turn.grasp = *grasp,
                    Content::Said { .. }
                    | Content::Text { .. }
                    | Content::PersonRequested
                    | Content::PersonJoined
                    | Content::BotOn
                    | Content::BotOff
                    | Content::Ended => {}
                }
                turn.verdict = worse(turn.verdict, event.verdict);
            }
            (Speaker::Person | Speaker::Clerk | Speaker::System, _) => {}
        }
    }
    turns
}

/// Of two verdicts about one answer the one that says more against it.
fn worse(one: Option<Verdict>, other: Option<Verdict>) -> Option<Verdict> {
    let against = |verdict: Verdict| match verdict {
        Verdict::Helpful => 0,
        Verdict::NotHelpful => 1,
        Verdict::NotMyQuestion => 2,
    };
    one.into_iter().chain(other).max_by_key(|verdict| against(*verdict))
}

fn trouble(turn: &Turn<'_>, next: Option<&Turn<'_>>) -> Option<Trouble> {
    let rated = match turn.verdict {
        Some(Verdict::NotMyQuestion) => Some(Trouble::NotMyQuestion),
        Some(Verdict::NotHelpful) => Some(Trouble::NotHelpful),
        Some(Verdict::Helpful) | None => None,
    };
    match turn.grasp {
        Grasp::NoQuestion => None,
        Grasp::Answered => rated,
        Grasp::Nothing => rated.or(Some(Trouble::NothingFound)),
        Grasp::AskedBack => rated.or_else(|| (!is_chosen(turn, next)).then_some(Trouble::NothingChosen)),
    }
}

/// Whether the next message takes one of the services that were offered.
fn is_chosen(turn: &Turn<'_>, next: Option<&Turn<'_>>) -> bool {
    let Some(next) = next else { return false };
    let takes = |offer: &Offer| fold(&offer.says) == fold(next.text.trim());
    let (_, offered) = turn.understood.unwrap_or((ChatLanguage::German, &[]));
    let meant = next.understood.and_then(|(_, services)| services.first());
    turn.choices.iter().any(takes) || (next.grasp == Grasp::Answered && meant.is_some_and(|key| offered.contains(key)))
}

#[cfg(test)]
mod tests {
    use chatbot::understand::Intent;
    use domain::time::Timestamp;
    use uuid::Uuid;

    use super::*;

    fn event(speaker: Speaker, content: Content, verdict: Option<Verdict>) -> Event {
        Event { id: Uuid::nil(), sequence: 1, at: Timestamp::from_seconds(0), speaker, content, verdict }
    }

    fn typed(text: &str) -> Event {
        event(Speaker::Person, Content::Text { text: text.to_owned() }, None)
    }

    fn answer(grasp: Grasp, service: &str, verdict: Option<Verdict>) -> Vec<Event> {
        let services: Vec<Key> = Key::new(service).into_iter().collect();
        let offer = Offer { label: service.to_owned(), says: service.to_owned() };
        let language = ChatLanguage::PlainGerman;
        let said = [
            Content::Said { said: Said::Understood { intent: Intent::Clarify, language, services } },
            Content::Said { said: Said::Choices { choices: vec![offer] } },
            Content::TurnDone { grasp },
        ];
        said.into_iter().map(|content| event(Speaker::Bot, content, verdict)).collect()
    }

    fn conversation(turns: &[(&str, Grasp, Option<Verdict>)]) -> Vec<Event> {
        let turn = |(text, grasp, verdict): &(&str, Grasp, Option<Verdict>)| {
            std::iter::once(typed(text)).chain(answer(*grasp, "hundesteuer", *verdict)).collect::<Vec<_>>()
        };
        turns.iter().flat_map(turn).collect()
    }

    fn troubles(turns: &[(&str, Grasp, Option<Verdict>)]) -> Vec<(String, Trouble)> {
        unanswered(&conversation(turns)).into_iter().map(|one| (one.text, one.trouble)).collect()
    }

    #[test]
    fn what_found_nothing_and_what_was_rated_down_is_kept_and_nothing_else() {
        let found = troubles(&[
            ("Hühner halten?", Grasp::Nothing, None),
            ("HÜHNER halten?", Grasp::Nothing, None),
            ("Hund anmelden", Grasp::Answered, None),
            ("Hund abmelden", Grasp::Answered, Some(Verdict::Helpful)),
            ("Katze anmelden", Grasp::Answered, Some(Verdict::NotMyQuestion)),
            ("Was kostet das", Grasp::Answered, Some(Verdict::NotHelpful)),
            ("Eva Beispiel", Grasp::NoQuestion, Some(Verdict::NotHelpful)),
            (&"Meine Geschichte. ".repeat(30), Grasp::Nothing, None),
        ]);
        let expected = [
            ("Hühner halten?", Trouble::NothingFound),
            ("Katze anmelden", Trouble::NotMyQuestion),
            ("Was kostet das", Trouble::NotHelpful),
        ];
        assert_eq!(found, expected.map(|(text, trouble)| (text.to_owned(), trouble)));
    }

    #[test]
    fn who_chooses_was_understood() {
        let back = ("Hund", Grasp::AskedBack, None);
        assert_eq!(troubles(&[back]), [("Hund".to_owned(), Trouble::NothingChosen)], "nobody went on");
        assert_eq!(troubles(&[back, ("Hundesteuer", Grasp::NoQuestion, None)]), []);
        assert_eq!(troubles(&[back, ("die Steuer natürlich", Grasp::Answered, None)]), []);
        assert_eq!(troubles(&[back, ("ach egal", Grasp::NoQuestion, None)]).len(), 1);
    }

    #[test]
    fn what_was_written_to_a_person_is_none_of_it() {
        let mut events = conversation(&[("Hühner halten?", Grasp::Nothing, None)]);
        events.push(typed("Ich heiße Zacharias und wohne am Markt 1"));
        assert_eq!(unanswered(&events).len(), 1);
    }
}
