//! The first Wiener Sachtextformel of Bamberger and Vanecek (1984): the grade of school that reads a German text with ease.
//!
//! `0.1935 MS + 0.1672 SL + 0.1297 IW - 0.0327 ES - 0.875` with the share of words of three or more syllables (MS), words in
//! a sentence (SL), the share of words of more than six letters (IW) and of one syllable (ES), shares in percent.

/// The grade of `texts`, each of which ends a sentence. 0 for no words.
pub(crate) fn grade<'a>(texts: impl IntoIterator<Item = &'a str>) -> f64 {
    let (mut sentences, mut words, mut long, mut many, mut one) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for text in texts {
        for sentence in text.split(['.', '!', '?', ':', ';', '\n']) {
            let before = words;
            for word in sentence
                .split(|c: char| !c.is_alphabetic() && c != '-')
                .filter(|word| word.chars().any(char::is_alphabetic))
            {
                let syllables = syllables(word);
                words += 1.0;
                long += f64::from(u8::from(word.chars().count() > 6));
                many += f64::from(u8::from(syllables >= 3));
                one += f64::from(u8::from(syllables == 1));
            }
            if words > before {
                sentences += 1.0;
            }
        }
    }
    if words == 0.0 {
        return 0.0;
    }
    let share = |part: f64| 100.0 * part / words;
    0.1935 * share(many) + 0.1672 * words / sentences + 0.1297 * share(long) - 0.0327 * share(one) - 0.875
}

/// Groups of vowels; two that make one sound count once.
fn syllables(word: &str) -> usize {
    let letters: Vec<char> = word.to_lowercase().chars().collect();
    let (mut count, mut at) = (0, 0);
    while at < letters.len() {
        let pair = (letters[at], letters.get(at + 1).copied().unwrap_or(' '));
        let one_sound =
            matches!(pair, ('a', 'a' | 'i' | 'u') | ('e', 'e' | 'i' | 'u') | ('i', 'e') | ('o', 'o') | ('ä', 'u'));
        if "aeiouyäöü".contains(letters[at]) {
            count += 1;
            at += usize::from(one_sound);
        }
        at += 1;
    }
    count.max(1)
}
