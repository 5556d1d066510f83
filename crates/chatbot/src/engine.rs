//! The chatbot as one value: a catalogue, its texts and the index over both. A change makes a new one.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::catalogue::Service;
use domain::identifier::Key;

use crate::answer::{Answer, Sources, compose};
use crate::content::{Addition, Content, Entry};
use crate::index::{Document, Field, Index, Target};
use crate::language::ChatLanguage;
use crate::learn::{self, Classifier};
use crate::rules;
use crate::understand::{Understood, understand};

/// A message as it comes in.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'t> {
    /// What was typed.
    pub text: &'t str,
    /// The language of the page, if it is known.
    pub page: Option<ChatLanguage>,
    /// The local day, for fees and texts that are dated.
    pub today: NaiveDate,
}

/// What the chatbot makes of a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// What was understood.
    pub understood: Understood,
    /// What is answered.
    pub answer: Answer,
}

/// Everything that is needed to answer.
#[derive(Debug)]
pub struct Engine {
    services: BTreeMap<Key, Service>,
    content: Content,
    index: Index,
    classifier: Classifier,
}

impl Engine {
    /// Builds the index over `services` and `content`. One thread for each language.
    pub fn build(services: BTreeMap<Key, Service>, content: Content) -> Self {
        let mut documents: Vec<Document> = services.values().flat_map(catalogue_documents).collect();
        documents.extend(
            content
                .services
                .iter()
                .map(|((language, key), entry)| written_document(Target::Service(key.clone()), *language, entry)),
        );
        documents.extend(
            content
                .not_us
                .iter()
                .map(|((language, key), entry)| written_document(Target::NotUs(key.clone()), *language, entry)),
        );
        documents.extend(rules::all().flat_map(|(language, rules)| {
            rules.out_of_scope.iter().map(move |(topic, examples)| Document {
                target: Target::OutOfScope(topic.clone()),
                language,
                phrases: examples.iter().map(|text| (field_of(text), text.clone())).collect(),
                not_this: Vec::new(),
            })
        }));
        documents.extend(rules::all().flat_map(|(language, rules)| {
            rules.examples.iter().map(move |(name, examples)| Document {
                target: Target::Reaction(name.clone()),
                language,
                phrases: examples.iter().map(|text| (Field::Question, text.clone())).collect(),
                not_this: Vec::new(),
            })
        }));
        let added = content.additions.iter().filter(|addition| services.contains_key(&addition.service));
        documents.extend(added.map(Addition::document));
        let small_words = rules::all().map(|(language, rules)| (language, rules.small_words.clone())).collect();
        // Learning needs nothing of the index: it is done beside it.
        let learn = || {
            let (kinds, city) = (learn::examples(), learn::of_city(&content));
            let wishes = learn::about_matters(&kinds, &city);
            Classifier::learn(&[kinds, city, wishes].concat())
        };
        let (index, classifier) = std::thread::scope(|scope| {
            let learning = std::thread::Builder::new().spawn_scoped(scope, learn).ok();
            let index = Index::build(&documents, &small_words);
            (index, learning.and_then(|learning| learning.join().ok()).unwrap_or_else(learn))
        });
        Self { services, content, index, classifier }
    }

    /// Understands a message and answers it. Nothing is kept.
    pub fn ask(&self, asked: Asked<'_>) -> Reply {
        let understood = understand(&self.index, &self.classifier, asked.text, asked.page);
        let sources = Sources { services: &self.services, content: &self.content, today: asked.today };
        let answer = compose(&understood, sources);
        Reply { understood, answer }
    }

    /// What a service is called in a language; empty for one that nobody knows.
    pub fn service_name(&self, service: &Key, language: ChatLanguage) -> &str {
        let written = self.content.services.get(&(language, service.clone())).map(|entry| entry.name.as_str());
        let listed = || self.services.get(service).map(|service| language.of(&service.name));
        written.or_else(listed).unwrap_or_default()
    }

    /// What editors wrote.
    pub(crate) fn content(&self) -> &Content {
        &self.content
    }

    /// The index, for measuring and fitting.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The classifier beside the rules, for measuring.
    pub fn classifier(&self) -> &Classifier {
        &self.classifier
    }

    /// The index, to try other weights.
    pub fn index_mut(&mut self) -> &mut Index {
        &mut self.index
    }
}

/// One or two words name a matter as a synonym does.
fn field_of(example: &str) -> Field {
    if example.split(' ').count() <= 2 { Field::Synonym } else { Field::Question }
}

/// What the catalogue itself says, in German, plain German and English.
fn catalogue_documents(service: &Service) -> Vec<Document> {
    let document = |language, name: &str, synonyms: &[String]| {
        let synonyms = synonyms.iter().map(|synonym| (Field::Synonym, synonym.clone()));
        Document {
            target: Target::Service(service.key.clone()),
            language,
            phrases: std::iter::once((Field::Name, name.to_owned())).chain(synonyms).collect(),
            not_this: Vec::new(),
        }
    };
    let name = &service.name;
    let german = document(ChatLanguage::German, &name.de, &service.synonyms);
    let plain = name.de_simple.as_ref().map(|name| document(ChatLanguage::German, name, &[]));
    let english = name.en.as_ref().map(|name| document(ChatLanguage::English, name, &[]));
    std::iter::once(german).chain(plain).chain(english).collect()
}

fn written_document(target: Target, language: ChatLanguage, entry: &Entry) -> Document {
    let synonyms = entry.synonyms.iter().map(|text| (Field::Synonym, text.clone()));
    let questions = entry.questions.iter().map(|text| (Field::Question, text.clone()));
    let ends = [(Field::Name, entry.name.clone()), (Field::Text, entry.text.clone())];
    let hints =
        entry.not_this.iter().flat_map(|hint| hint.words.iter().map(|words| (words.clone(), hint.instead.clone())));
    Document {
        target,
        language: language.searched(),
        phrases: ends.into_iter().chain(synonyms).chain(questions).collect(),
        not_this: hints.collect(),
    }
}
