//! The phrases the index learns from.

use crate::index::build::number_of;
use crate::index::learnt::{Learnt, Lesson};
use crate::index::{Document, Field, LanguageIndex, Target};
use crate::text::fold;

impl LanguageIndex {
    /// What the phrases of the documents teach.
    pub(super) fn taught(&self, documents: &[&Document], targets: &[Target]) -> Learnt {
        let mut lessons = Vec::new();
        for document in documents {
            let Some(target) = number_of(targets, &document.target) else { continue };
            // A text of several sentences speaks of everything around its matter.
            let phrases = document.phrases.iter().filter(|(field, _)| *field != Field::Text);
            lessons.extend(phrases.map(|(_, text)| Lesson { target, text: fold(text).into() }));
        }
        Learnt::of(&lessons, targets.len(), &|word| !self.is_meaningful(word))
    }
}
