//! Finds fees, durations and deadlines that were copied into a text instead of being taken from the catalogue.

use crate::text::{fold, words};

/// Beginnings of words that measure money or time, folded, in all languages.
const UNITS: [&str; 62] = [
    "€",
    "eur",
    "euro",
    "cent",
    "minut",
    "stund",
    "tag",
    "woch",
    "monat",
    "jahr",
    "hour",
    "day",
    "week",
    "month",
    "year",
    "avro",
    "sent",
    "dakika",
    "saat",
    "gun",
    "hafta",
    "ay",
    "yil",
    "yas",
    "євро",
    "цент",
    "хвилин",
    "годин",
    "дн",
    "день",
    "дні",
    "тиж",
    "місяц",
    "рок",
    "рік",
    "років",
    "евро",
    "минут",
    "час",
    "недел",
    "месяц",
    "год",
    "лет",
    "дней",
    "дня",
    "суток",
    "يورو",
    "سنت",
    "دقيق",
    "دقاي",
    "ساع",
    "يوم",
    "ايام",
    "اسبوع",
    "اسابيع",
    "شهر",
    "اشهر",
    "شهور",
    "سنه",
    "سنوات",
    "عام",
    "اعوام",
];
/// Short beginnings that must be the whole word, because longer words begin with them.
const WHOLE: [&str; 6] = ["ay", "eur", "дн", "час", "год", "عام"];

/// A number next to a measure of money or time: `37 Euro`, `€ 12`, `14 дней`.
pub fn copied_value(text: &str) -> Option<String> {
    let folded = fold(text).replace('€', " eur ").replace('§', " paragraph ");
    let words = words(&folded);
    words
        .windows(2)
        .find(|pair| beside(pair[0], pair[1]) || beside(pair[1], pair[0]))
        .map(|pair| pair.join(" "))
        .or_else(|| words.iter().find(|word| joined(word)).map(|word| (*word).to_owned()))
}

fn beside(number: &str, unit: &str) -> bool {
    let is_year = number.len() == 4 && (number.starts_with("19") || number.starts_with("20"));
    number.chars().all(|sign| sign.is_ascii_digit()) && !is_year && is_unit(unit)
}

/// `30min`, `12€`, `5-tägig` come as one word or as two.
fn joined(word: &str) -> bool {
    let unit = word.trim_start_matches(|sign: char| sign.is_ascii_digit());
    unit.len() < word.len() && !unit.is_empty() && (is_unit(unit) || unit == "min" || unit == "h")
}

fn is_unit(word: &str) -> bool {
    let measures = |unit: &str| if WHOLE.contains(&unit) { word == unit } else { word.starts_with(unit) };
    UNITS.iter().any(|unit| measures(unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copied_fees_and_times_are_found_in_every_language() {
        for bad in [
            "Das kostet 37 Euro.",
            "37,00 EUR",
            "€ 12",
            "12€ mehr",
            "in 2 Wochen",
            "30min",
            "15 minutes",
            "within 14 days",
            "10 dakika sürer",
            "37 avro",
            "протягом 14 днів",
            "через 2 тижні",
            "в течение 14 дней",
            "37 евро",
            "خلال 14 يوما",
            "٣٧ يورو",
            "3 Monate",
        ] {
            assert!(copied_value(bad).is_some(), "{bad}");
        }
        for good in [
            "§ 17 BMG",
            "unter 16",
            "Formular 2 ausfüllen",
            "115",
            "No numbers here",
            "Jahrgang 1968",
            "двадцати лет (§ 6 PAuswG)",
            "C1 und CE",
            "B1-Prüfung",
        ] {
            assert_eq!(copied_value(good), None, "{good}");
        }
    }
}
