//! One form for what looks or sounds the same: compatibility forms, case, marks, apostrophes, digits of other scripts.

use unicode_normalization::char::{decompose_canonical, is_combining_mark};
use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfkc_quick};

/// What was typed, readable and harmless: NFKC, without invisible signs, white space folded. Case stays.
pub fn normalise(raw: &str) -> String {
    let visible = raw.nfkc().map(|sign| if sign.is_whitespace() { ' ' } else { sign });
    let visible: String = visible.filter(|sign| !domain::text::is_invisible(*sign)).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Lower case without marks: `Führerschein`, `FÜHRERSCHEIN` and `Fuhrerschein` become one, as do the forms of alif.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    // Nearly every text is in its composed form already; making that again is most of the work.
    if is_nfkc_quick(text.chars()) == IsNormalized::Yes {
        text.chars().for_each(|sign| fold_case(sign, &mut folded));
    } else {
        text.nfkc().for_each(|sign| fold_case(sign, &mut folded));
    }
    folded
}

fn fold_case(sign: char, folded: &mut String) {
    if sign.is_ascii_alphanumeric() || sign == ' ' {
        folded.push(sign.to_ascii_lowercase());
    } else {
        sign.to_lowercase().for_each(|sign| fold_sign(sign, folded));
    }
}

fn fold_sign(sign: char, folded: &mut String) {
    match sign {
        'ß' => folded.push_str("ss"),
        'æ' => folded.push_str("ae"),
        'ı' => folded.push('i'),
        'ł' => folded.push('l'),
        'ø' => folded.push('o'),
        'đ' => folded.push('d'),
        'ё' => folded.push('е'),
        'ґ' => folded.push('г'),
        'أ' | 'إ' | 'آ' | 'ٱ' => folded.push('ا'),
        'ى' | 'ئ' | 'ی' => folded.push('ي'),
        'ؤ' => folded.push('و'),
        'ة' => folded.push('ه'),
        'ک' => folded.push('ك'),
        // Apostrophes join (п'ять, mother's), the long line of Arabic script and invisible signs say nothing.
        '\'' | '’' | '‘' | 'ʼ' | '`' | '´' | '\u{0640}' => {}
        '٠'..='٩' => folded.push(digit(sign, '٠')),
        '۰'..='۹' => folded.push(digit(sign, '۰')),
        // й and ї are letters of their own; of the Arabic ones those with marks stand above.
        '\u{0400}'..='\u{04ff}' | '\u{0621}'..='\u{063a}' | '\u{0641}'..='\u{064a}' => folded.push(sign),
        _ if domain::text::is_invisible(sign) && !sign.is_whitespace() => {}
        _ => decompose_canonical(sign, |part| {
            if !is_combining_mark(part) {
                folded.push(part);
            }
        }),
    }
}

fn digit(sign: char, zero: char) -> char {
    char::from_digit(sign as u32 - zero as u32, 10).unwrap_or(sign)
}

/// German vowels however somebody's keyboard spells them: `fuehrerschein` becomes `fuhrerschein`, as `führerschein` did.
pub fn plain_umlauts(folded: &str) -> String {
    let mut plain = String::with_capacity(folded.len());
    let mut before = ' ';
    for sign in folded.chars() {
        if sign == 'e' && matches!(before, 'a' | 'o' | 'u') {
            before = ' ';
            continue;
        }
        plain.push(sign);
        before = sign;
    }
    plain
}

/// The words of a folded text, in order.
pub fn words(folded: &str) -> Vec<&str> {
    folded.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_the_same_is_the_same() {
        assert_eq!(fold("FÜHRERSCHEIN Straße"), "fuhrerschein strasse");
        assert_eq!(fold("İkametgâh ŞİŞLİ"), "ikametgah sisli");
        assert_eq!(fold("Свідоцтво п’ять її"), "свідоцтво пять її");
        assert_eq!(fold("إقامة مَدرسة ١٢"), "اقامه مدرسه 12");
        assert_eq!(fold("ｆｕｌｌ １２"), "full 12");
        assert_eq!(plain_umlauts(&fold("Fuehrerschein")), plain_umlauts(&fold("Führerschein")));
        assert_eq!(normalise(" a\u{200b}b \n c\u{202e} "), "ab c");
        assert_eq!(words("kfz-brief, 2x"), ["kfz", "brief", "2x"]);
    }
}
