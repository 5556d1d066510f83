//! The client's journal: what was asked, and what was acknowledged. It outlives every kill of the server.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use crate::bench::graphql::Answer;
use crate::bench::http::Request;

/// What the client knows of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Sent, and no answer came: it may have happened or not.
    Unknown,
    /// Acknowledged under this id.
    Acknowledged(String),
    /// Refused as `SLOT_TAKEN`.
    Taken,
    /// Refused as `UNAVAILABLE`: it may have happened or not, and asking again tells.
    Unavailable,
    /// Answered with something that should not happen.
    Wrong(String),
}

impl From<Answer> for Outcome {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Done { id, .. } => Self::Acknowledged(id),
            Answer::Problem(code) if code == "SLOT_TAKEN" => Self::Taken,
            Answer::Unavailable => Self::Unavailable,
            Answer::Problem(words) | Answer::Wrong(words) => Self::Wrong(words),
        }
    }
}

/// One request under its idempotency key.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// What was sent, and can be sent again.
    pub(crate) request: Request,
    /// What came of it.
    pub(crate) outcome: Outcome,
}

/// All requests of a storm in the order they were sent.
#[derive(Debug, Default)]
pub(crate) struct Journal(Mutex<Vec<Entry>>);

impl Journal {
    /// Writes a request down before it is sent and gives its line.
    pub(crate) fn begin(&self, request: Request) -> usize {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.push(Entry { request, outcome: Outcome::Unknown });
        entries.len() - 1
    }

    /// Writes down what came of a line.
    pub(crate) fn end(&self, line: usize, outcome: Outcome) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)[line].outcome = outcome;
    }

    /// A copy of all lines.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many lines have no answer.
    pub(crate) fn unknown(&self) -> u64 {
        self.entries().iter().filter(|entry| entry.outcome == Outcome::Unknown).count() as u64
    }

    /// The ids that were acknowledged.
    pub(crate) fn acknowledged(&self) -> BTreeSet<String> {
        let id = |entry: Entry| match entry.outcome {
            Outcome::Acknowledged(id) => Some(id),
            Outcome::Unknown | Outcome::Taken | Outcome::Unavailable | Outcome::Wrong(_) => None,
        };
        self.entries().into_iter().filter_map(id).collect()
    }
}

/// What a comparison of the journal with the server found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    /// Acknowledged, and not there any more.
    pub(crate) lost: u64,
    /// There, and never acknowledged to anybody.
    pub(crate) unasked: u64,
    /// A repeated request was answered otherwise than before.
    pub(crate) changed: u64,
    /// Answers that should not happen.
    pub(crate) wrong: u64,
}

impl Findings {
    /// Compares all acknowledged ids with those in the books.
    pub(crate) fn compare(&mut self, acknowledged: &BTreeSet<String>, books: &BTreeSet<String>) {
        self.lost += acknowledged.difference(books).count() as u64;
        self.unasked += books.difference(acknowledged).count() as u64;
    }

    /// Compares what a line says with the answer to its repetition, when nothing is out of order any more; gives what the line says from now on.
    pub(crate) fn repeat(&mut self, before: &Outcome, again: Outcome) -> Outcome {
        match (before, &again) {
            (_, Outcome::Unavailable | Outcome::Wrong(_)) => {
                eprintln!("a repeated request was answered: {again:?}");
                self.wrong += 1;
            }
            (Outcome::Acknowledged(id), again) if *again != Outcome::Acknowledged(id.clone()) => self.changed += 1,
            (
                Outcome::Acknowledged(_) | Outcome::Unknown | Outcome::Taken | Outcome::Unavailable | Outcome::Wrong(_),
                _,
            ) => {}
        }
        again
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::bench::http::Request;
    use crate::storm::journal::{Findings, Journal, Outcome};

    fn ids(ids: &[&str]) -> BTreeSet<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn finds_what_is_lost_and_what_nobody_asked_for() {
        let journal = Journal::default();
        for outcome in [Outcome::Acknowledged("a".into()), Outcome::Acknowledged("b".into()), Outcome::Taken] {
            let line = journal.begin(Request::get("/"));
            journal.end(line, outcome);
        }
        journal.begin(Request::get("/"));
        assert_eq!(journal.unknown(), 1);
        assert_eq!(journal.acknowledged(), ids(&["a", "b"]));
        let mut findings = Findings::default();
        findings.compare(&journal.acknowledged(), &ids(&["b", "c"]));
        assert_eq!((findings.lost, findings.unasked), (1, 1));
    }

    #[test]
    fn a_repetition_must_have_the_same_answer() {
        let mut findings = Findings::default();
        let acknowledged = Outcome::Acknowledged("a".into());
        assert_eq!(findings.repeat(&acknowledged, acknowledged.clone()), acknowledged);
        assert_eq!(findings.repeat(&Outcome::Unknown, Outcome::Taken), Outcome::Taken);
        assert_eq!(findings, Findings::default());
        findings.repeat(&acknowledged, Outcome::Acknowledged("b".into()));
        findings.repeat(&acknowledged, Outcome::Taken);
        findings.repeat(&acknowledged, Outcome::Wrong("500".into()));
        assert_eq!((findings.changed, findings.wrong), (2, 1));
    }
}
