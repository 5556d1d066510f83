//! Codes that people read aloud, type and click: signs nobody confuses, in groups of four.

/// Crockford's alphabet: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The first `count` bytes as signs, five bits each; all signs are equally likely where the bytes are.
pub fn signs(bytes: &[u8], count: usize) -> String {
    bytes.iter().take(count).map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect()
}

/// A code in groups of four signs: `K7M4-QX2P`.
pub fn grouped(signs: &str) -> String {
    let groups: Vec<&str> =
        signs.as_bytes().chunks(4).map(|group| std::str::from_utf8(group).unwrap_or_default()).collect();
    groups.join("-")
}

/// The `length` signs of a typed code. Case, blanks and hyphens do not matter, and the letters that people confuse are
/// read as what was meant. `None` for everything else.
pub fn normalized(typed: &str, length: usize) -> Option<String> {
    if typed.len() > 4 * length {
        return None;
    }
    let signs: Option<String> = typed
        .chars()
        .filter(|sign| !matches!(sign, '-' | ' '))
        .map(|sign| match sign.to_ascii_uppercase() {
            'O' => Some('0'),
            'I' | 'L' => Some('1'),
            other => u8::try_from(other).ok().filter(|byte| ALPHABET.contains(byte)).map(char::from),
        })
        .collect();
    signs.filter(|signs| signs.len() == length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_bears_being_read_aloud_and_typed() {
        let code = signs(&[0, 33, 255, 10, 20, 17, 1, 2], 8);
        assert_eq!(code, "01ZAMH12");
        assert_eq!(grouped(&code), "01ZA-MH12");
        assert_eq!(normalized(" oLza mh-i2", 8), Some(code));
        for bad in ["", "01ZA-MH1", "01ZA-MH123", "01ZA-MHU2", "ÄÖÜäöüßß", &"-".repeat(1_000)] {
            assert_eq!(normalized(bad, 8), None, "{bad:.20}");
        }
    }
}
