//! Russian and Ukrainian in Latin letters: one form for the many ways in which people type them without their keyboard.

/// How a folded word sounds, roughly: of Cyrillic and of Latin letters the same. `бьет` and `byet`, `хочу` and `khochu`, `жить`
/// and `zhyt` meet.
pub fn sound(word: &str) -> String {
    let mut latin = String::with_capacity(word.len() * 2);
    let mut signs = word.chars().peekable();
    while let Some(sign) = signs.next() {
        let is_before_vowel = signs.peek().is_some_and(|next| "еєюяоиі".contains(*next));
        match sign {
            'ь' | 'ъ' if is_before_vowel => latin.push('i'),
            _ => latin.push_str(letters(sign).unwrap_or(sign.encode_utf8(&mut [0; 4]))),
        }
    }
    for (typed, one) in SPELLINGS {
        if latin.contains(typed) {
            latin = latin.replace(typed, one);
        }
    }
    let mut single = String::with_capacity(latin.len());
    for sign in latin.chars() {
        if !single.ends_with(sign) {
            single.push(sign);
        }
    }
    single
}

/// Spellings in Latin letters that mean the same, in the order in which they are replaced.
const SPELLINGS: [(&str, &str); 13] = [
    ("shch", "sh"),
    ("sch", "sh"),
    ("tch", "ch"),
    ("kh", "h"),
    ("ck", "k"),
    ("ch", "\u{1}"),
    ("ts", "c"),
    ("tz", "c"),
    ("\u{1}", "ch"),
    ("j", "i"),
    ("y", "i"),
    ("w", "v"),
    ("x", "h"),
];

const fn letters(sign: char) -> Option<&'static str> {
    Some(match sign {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' => "g",
        'д' => "d",
        'е' | 'э' => "e",
        'є' => "ie",
        'ж' => "zh",
        'з' => "z",
        'и' | 'і' | 'й' | 'ї' | 'ы' => "i",
        'к' => "k",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' => "u",
        'ф' => "f",
        'х' => "h",
        'ц' => "c",
        'ч' => "ch",
        'ш' | 'щ' => "sh",
        'ю' => "iu",
        'я' => "ia",
        'ь' | 'ъ' => "",
        _ => return None,
    })
}

/// Cyrillic letters for a [`sound`], one way of several: near enough to be found by pieces.
pub fn from_sound(sound: &str) -> String {
    let mut written = String::with_capacity(sound.len() * 2);
    let mut rest = sound;
    while let Some(first) = rest.chars().next() {
        let (from, to) = PAIRS
            .iter()
            .find(|(from, _)| rest.starts_with(from))
            .map_or((first.len_utf8(), None), |(from, to)| (from.len(), Some(*to)));
        written.push(to.unwrap_or(first));
        rest = &rest[from..];
    }
    written
}

/// What becomes of Latin letters, the longer ones first.
const PAIRS: [(&str, char); 27] = [
    ("zh", 'ж'),
    ("ch", 'ч'),
    ("sh", 'ш'),
    ("ia", 'я'),
    ("iu", 'ю'),
    ("a", 'а'),
    ("b", 'б'),
    ("v", 'в'),
    ("g", 'г'),
    ("d", 'д'),
    ("e", 'е'),
    ("z", 'з'),
    ("i", 'и'),
    ("k", 'к'),
    ("l", 'л'),
    ("m", 'м'),
    ("n", 'н'),
    ("o", 'о'),
    ("p", 'п'),
    ("r", 'р'),
    ("s", 'с'),
    ("t", 'т'),
    ("u", 'у'),
    ("f", 'ф'),
    ("h", 'х'),
    ("c", 'ц'),
    ("q", 'к'),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sounds_the_same_is_the_same() {
        for (cyrillic, latin) in [("хочу", "khochu"), ("бьет", "biet"), ("жить", "zhyt"), ("инструкции", "instrukcii")]
        {
            assert_eq!(sound(cyrillic), sound(latin), "{cyrillic}");
        }
        assert_ne!(sound("жить"), sound("шить"));
        assert_eq!(from_sound(&sound("zhena")), "жена");
    }
}
