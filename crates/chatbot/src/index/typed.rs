//! Russian and Ukrainian typed in Latin letters: found by how the words sound.

use std::collections::HashMap;
use std::sync::Arc;

use crate::index::{Index, LanguageIndex};
use crate::language::{ChatLanguage, Script};
use crate::text::{from_sound, sound};

/// Less of a text than this must be known in the language it seems to be in, or it is not looked at otherwise.
const KNOWN_ALREADY: f32 = 0.6;
/// And so much of it must sound like words of the other one.
const SOUNDS_KNOWN: f32 = 0.5;

impl LanguageIndex {
    /// From how a word sounds to the word, where the language has other letters than Latin ones.
    pub(super) fn sounds<'w>(
        language: ChatLanguage,
        words: impl Iterator<Item = &'w Arc<str>>,
    ) -> HashMap<String, Arc<str>> {
        let mut by_sound = HashMap::new();
        if language.script() == Script::Cyrillic {
            for word in words.filter(|word| !word.is_ascii()) {
                by_sound.entry(sound(word)).or_insert_with(|| Arc::clone(word));
            }
        }
        by_sound
    }
}

impl Index {
    /// A text in Latin letters that sounds Russian or Ukrainian, in the letters of that language. `words` are its folded
    /// words, `known` the share of them that is known in the language it seems to be in.
    pub(crate) fn in_own_letters(&self, words: &[&str], known: f32) -> Option<(ChatLanguage, String)> {
        if words.is_empty() || known >= KNOWN_ALREADY || !words.iter().all(|word| word.is_ascii()) {
            return None;
        }
        let sounds: Vec<String> = words.iter().map(|word| sound(word)).collect();
        let written = |language: ChatLanguage| {
            let index = self.language(language)?;
            let found: Vec<Option<&Arc<str>>> = sounds.iter().map(|sound| index.by_sound.get(sound)).collect();
            let share = found.iter().filter(|word| word.is_some()).count() as f32 / words.len() as f32;
            let text = found
                .iter()
                .zip(&sounds)
                .map(|(word, sound)| word.map_or_else(|| from_sound(sound), ToString::to_string));
            (share >= SOUNDS_KNOWN && share > known).then(|| (share, language, text.collect::<Vec<_>>().join(" ")))
        };
        let both = [ChatLanguage::Ukrainian, ChatLanguage::Russian].into_iter().filter_map(written);
        both.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, language, text)| (language, text))
    }
}
