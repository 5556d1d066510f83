//! Word stems: Snowball where it is good, light rules for Ukrainian and Arabic, the first signs for Turkish.

use rust_stemmers::{Algorithm, Stemmer};

use crate::language::ChatLanguage;

/// Endings of Ukrainian nouns, adjectives and verbs, longest first.
const UKRAINIAN: [&str; 42] = [
    "уватися",
    "ування",
    "ення",
    "ання",
    "ьський",
    "ської",
    "ському",
    "ський",
    "ська",
    "ське",
    "ього",
    "ьому",
    "ами",
    "ями",
    "ові",
    "еві",
    "ого",
    "ому",
    "ими",
    "іми",
    "ати",
    "ити",
    "іти",
    "ості",
    "ість",
    "ах",
    "ях",
    "ів",
    "їв",
    "ам",
    "ям",
    "ом",
    "ем",
    "єм",
    "ий",
    "ій",
    "ої",
    "ою",
    "ею",
    "их",
    "ть",
    "ся",
];

/// The stem of a folded word.
pub fn stem(word: &str, language: ChatLanguage) -> String {
    if word.chars().any(|sign| sign.is_ascii_digit()) {
        return word.to_owned();
    }
    match language {
        ChatLanguage::German | ChatLanguage::PlainGerman => Stemmer::create(Algorithm::German).stem(word).into_owned(),
        ChatLanguage::English => Stemmer::create(Algorithm::English).stem(word).into_owned(),
        ChatLanguage::Russian => Stemmer::create(Algorithm::Russian).stem(word).into_owned(),
        ChatLanguage::Ukrainian => ukrainian(word),
        // Turkish hangs its endings one after the other; its first five signs are as good as a grammar for search.
        ChatLanguage::Turkish => first(word, 5).to_owned(),
        ChatLanguage::Arabic => arabic(word),
    }
}

fn first(word: &str, signs: usize) -> &str {
    word.char_indices().nth(signs).map_or(word, |(end, _)| &word[..end])
}

fn ukrainian(word: &str) -> String {
    let long_enough = |rest: &&str| rest.chars().count() >= 3;
    let ending = UKRAINIAN.iter().find_map(|ending| word.strip_suffix(ending).filter(long_enough));
    let last_vowel = |sign: char| "аеєиіїоуюяьй".contains(sign);
    let stem = ending.or_else(|| word.strip_suffix(last_vowel).filter(long_enough)).unwrap_or(word);
    first(stem, 8).to_owned()
}

/// The "light" stemmer of Larkey: article and conjunction in front, the commonest endings behind.
fn arabic(word: &str) -> String {
    let at_least = |signs: usize| move |rest: &&str| rest.chars().count() >= signs;
    let fronts = ["وال", "بال", "كال", "فال", "لل", "ال", "و"];
    let stem = fronts.iter().find_map(|front| word.strip_prefix(front).filter(at_least(3))).unwrap_or(word);
    let ends = ["ها", "ان", "ات", "ون", "ين", "يه", "تي", "ه", "ي"];
    ends.iter().find_map(|end| stem.strip_suffix(end).filter(at_least(3))).unwrap_or(stem).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold;

    #[test]
    fn forms_of_a_word_share_a_stem() {
        let pairs = [
            (ChatLanguage::German, "Ausweise", "Ausweis"),
            (ChatLanguage::English, "registered", "registering"),
            (ChatLanguage::Russian, "паспорта", "паспортом"),
            (ChatLanguage::Ukrainian, "паспорта", "паспортом"),
            (ChatLanguage::Turkish, "pasaportumu", "pasaport"),
            (ChatLanguage::Arabic, "الجواز", "جواز"),
        ];
        for (language, one, other) in pairs {
            assert_eq!(stem(&fold(one), language), stem(&fold(other), language), "{one} {other}");
        }
    }
}
