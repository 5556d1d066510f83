//! Finding services with the words of everyday life: the ranking of the chatbot, without a conversation.

use chatbot::answer::Citation;
use chatbot::content::{Part, parts};
use chatbot::language::ChatLanguage;
use chatbot::{Asked, Reply};
use domain::catalogue::Service;
use domain::identifier::Key;

use crate::Conversations;
use crate::failure::{Failure, text};
use crate::mind::Mind;

/// The longest text that is searched for, in signs.
const MOST: usize = 1_000;

/// What is searched for.
#[derive(Debug, Clone)]
pub struct SiteSearch {
    /// The words, at most 1,000 signs.
    pub text: String,
    /// The language of the page, if it is known.
    pub language: Option<ChatLanguage>,
    /// How many at most.
    pub first: usize,
}

/// A service that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The service.
    pub service: Key,
    /// Its name in the language of the words.
    pub name: String,
    /// The first lines about it; nothing where only its name is known.
    pub text: Option<String>,
    /// Where that stands, and since when it holds.
    pub citation: Option<Citation>,
}

impl Conversations {
    /// The services that are meant, best first. Anybody may search; nothing is kept.
    ///
    /// # Errors
    /// [`crate::Problem::TextLength`], [`crate::Problem::NoCity`].
    pub async fn site_search(&self, wanted: &SiteSearch) -> Result<Vec<Hit>, Failure> {
        let words = text(&wanted.text, MOST)?;
        let mind = self.mind().await?;
        let today = self.now().local_date(mind.time_zone());
        let reply = mind.engine().ask(Asked { text: &words, page: wanted.language, today });
        let services = reply.understood.services.iter().take(wanted.first);
        Ok(services.filter_map(|choice| hit(&mind, &reply, &choice.service)).collect())
    }
}

fn hit(mind: &Mind, reply: &Reply, key: &Key) -> Option<Hit> {
    let service: &Service = mind.serving().city.services.get(key)?;
    let language = reply.understood.language;
    let entry = mind.content().service(language, key).map(|(_, entry)| entry);
    let cited = |citation: &Citation| citation.service.as_ref() == Some(key);
    let Some(entry) = entry else {
        // Without an editor's text the catalogue speaks: the first line of the answer that rests on it.
        let line = reply.answer.lines.iter().find_map(|line| {
            let citation = reply.answer.citations.get(line.citation?).filter(|citation| cited(citation))?;
            Some((line.text.clone(), citation.clone()))
        });
        let (text, citation) = line.unzip();
        return Some(Hit { service: key.clone(), name: language.of(&service.name).to_owned(), text, citation });
    };
    let lines: Vec<&str> = parts(&entry.text)
        .into_iter()
        .filter_map(|part| match part {
            Part::Line(line) => Some(line),
            Part::Fee | Part::Minutes | Part::Deadline | Part::Documents => None,
        })
        .take(2)
        .collect();
    let citation = Citation {
        source: entry.path.clone(),
        basis: entry.source.clone(),
        date: entry.valid_from,
        service: Some(key.clone()),
    };
    let text = (!lines.is_empty()).then(|| lines.join(" "));
    Some(Hit { service: key.clone(), name: entry.name.clone(), citation: text.is_some().then_some(citation), text })
}
