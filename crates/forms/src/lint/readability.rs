//! How hard a German text is to read: the first Wiener Sachtextformel (Bamberger and Vanecek, 1984).

/// Counted words of a text and the school years it needs. `None` for a text without words.
pub(super) fn school_years(text: &str) -> Option<(usize, f64)> {
    let sentences =
        text.split(['.', '!', '?', ':', ';', '\n']).filter(|part| part.chars().any(char::is_alphabetic)).count();
    // Plain German writes long words with hyphens or soft hyphens; each part is read as a word.
    let words: Vec<&str> = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
    if words.is_empty() || sentences == 0 {
        return None;
    }
    let count = words.len() as f64;
    let share = |holds: &dyn Fn(&str) -> bool| words.iter().filter(|word| holds(word)).count() as f64 / count * 100.0;
    let many_syllables = share(&|word| syllables(word) >= 3);
    let long = share(&|word| word.chars().count() > 6);
    let one_syllable = share(&|word| syllables(word) == 1);
    let sentence = count / sentences as f64;
    let years = 0.1935 * many_syllables + 0.1672 * sentence + 0.1297 * long - 0.0327 * one_syllable - 0.875;
    Some((words.len(), years))
}

/// Groups of vowels, where two that sound as one count once.
fn syllables(word: &str) -> usize {
    let word: Vec<char> = word.to_lowercase().chars().collect();
    let vowel = |c: char| "aeiouäöüyáéíóúàèâêîôû".contains(c);
    let mut count = 0;
    let mut at = 0;
    while at < word.len() {
        if vowel(word[at]) {
            count += 1;
            let pair: String = word[at..].iter().take(2).collect();
            let one_sound =
                ["ei", "ai", "au", "äu", "eu", "ie", "aa", "ee", "oo", "ey", "ay", "ui"].contains(&pair.as_str());
            at += if one_sound { 2 } else { 1 };
        } else {
            at += 1;
        }
    }
    count.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_are_counted_as_spoken() {
        for (word, count) in [("Haus", 1), ("Straße", 2), ("Europa", 3), ("Personalausweis", 5), ("brr", 1)] {
            assert_eq!(syllables(word), count, "{word}");
        }
    }

    #[test]
    fn office_german_is_harder_than_plain_german() {
        let hard = "Die Ausstellung einer Ausnahmegenehmigung zur Bewohnerparkberechtigung setzt die melderechtliche Registrierung mit alleiniger Wohnung beziehungsweise Hauptwohnung voraus.";
        let plain = "Sie wohnen in der Stadt. Dann dürfen Sie hier parken. Sie brauchen dafür einen Schein. Wir geben Ihnen den Schein.";
        assert!(school_years(hard).unwrap().1 > 9.0);
        assert!(school_years(plain).unwrap().1 < 4.0);
        assert_eq!(school_years("123 …"), None);
    }
}
