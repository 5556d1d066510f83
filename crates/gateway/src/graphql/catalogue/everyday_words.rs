//! Finding a service by the words people use: accents, umlauts, capitals and the order of words do not matter.

use domain::catalogue::Service;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What somebody typed into the search.
#[derive(Debug)]
pub(crate) struct EverydayWords {
    plain: String,
}

impl EverydayWords {
    /// Brings what was typed into the form that is compared.
    pub(crate) fn new(typed: &str) -> Self {
        Self { plain: plain(typed) }
    }

    /// How well a service fits, 0 best; `None` when one of the words stands nowhere in it.
    ///
    /// 0: a name, synonym or key is just that text. 1: every word begins a word of a name. 2: every word begins a word of a
    /// name, synonym or the key. 3: every word stands somewhere in them.
    pub(crate) fn rank(&self, service: &Service) -> Option<u64> {
        // Signs alone name nothing.
        if self.plain.is_empty() {
            return None;
        }
        let name = &service.name;
        let names = [Some(&name.de), name.de_simple.as_ref(), name.en.as_ref()].into_iter().flatten();
        let names: Vec<String> = names.map(|name| plain(name)).collect();
        let others = service.synonyms.iter().map(String::as_str).chain([service.key.as_str()]);
        let others: Vec<String> = others.map(plain).collect();
        if names.iter().chain(&others).any(|text| *text == self.plain) {
            return Some(0);
        }
        let ranks = self.plain.split(' ').map(|word| rank_of_word(&names, &others, word));
        ranks.collect::<Option<Vec<u64>>>()?.into_iter().max()
    }
}

fn rank_of_word(names: &[String], others: &[String], word: &str) -> Option<u64> {
    let begins = |text: &String| text.split(' ').any(|part| part.starts_with(word));
    if names.iter().any(begins) {
        return Some(1);
    }
    if others.iter().any(begins) {
        return Some(2);
    }
    names.iter().chain(others).any(|text| text.contains(word)).then_some(3)
}

/// Small letters and digits with single spaces. Umlauts lose their dots, and so do their spellings with e: "Führer",
/// "Fuehrer" and "FUHRER" become the same. What is typed so far stays the beginning of what will be typed.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        let last = plain.chars().next_back();
        match c {
            'ß' => plain.push_str("ss"),
            'e' if matches!(last, Some('a' | 'o' | 'u')) => {}
            c if c.is_alphanumeric() => plain.push(c),
            _ if last.is_some_and(|last| last != ' ') => plain.push(' '),
            _ => {}
        }
    }
    plain.truncate(plain.trim_end().len());
    plain
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn spellings_of_one_word_become_the_same() {
        for spelling in ["Führerschein", "fuehrerschein", "FUHRERSCHEIN", "fu\u{308}hrerschein", " Führerschein! "] {
            assert_eq!(plain(spelling), "fuhrerschein", "{spelling}");
        }
        assert_eq!(plain("Große Straße 7-b"), "grosse strasse 7 b");
        assert_eq!(plain("résumé"), "resume");
        assert_eq!(plain(" -- 🎉"), "");
    }

    #[test]
    fn a_beginning_stays_a_beginning() {
        let whole = "neue Aufenthaltserlaubnis für Bäuerinnen";
        for (end, _) in whole.char_indices() {
            assert!(plain(whole).starts_with(&plain(&whole[..end])), "{}", &whole[..end]);
        }
    }
}
