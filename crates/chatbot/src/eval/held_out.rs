//! How well services are found for questions the index has not seen: each fifth of the example questions is taken out and asked.

use crate::content::Content;
use crate::eval::{Case, Expected, FOLDS, Kind};

/// The texts without each fifth example question, and these as questions that expect their service.
pub fn held_out(content: &Content, fold: usize) -> (Content, Vec<Case>) {
    let mut rest = content.clone();
    let mut cases = Vec::new();
    for ((language, key), entry) in &mut rest.services {
        let mut place = 0;
        entry.questions.retain(|question| {
            place += 1;
            let is_held = place % FOLDS == fold;
            if is_held {
                cases.push(Case {
                    id: format!("{language}-{key}-{place}"),
                    lang: Some(language.as_str().to_owned()),
                    text: question.clone(),
                    expect: Expected { services: vec![key.to_string()], ..Expected::default() },
                    kind: Kind::Single,
                });
            }
            !is_held
        });
    }
    (rest, cases)
}
