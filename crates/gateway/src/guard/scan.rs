//! A look at the bare text before the parser sees it: length, words, names and nesting.

use crate::guard::{Limits, Refused};

/// Reads the text once without recursion. A text it lets through cannot blow the recursive parser's stack.
pub(super) fn scan(source: &str, limits: &Limits) -> Result<(), Refused> {
    if source.len() > limits.bytes {
        return Err(Refused::TooLong { limit: limits.bytes });
    }
    let text = source.as_bytes();
    let mut at = 0;
    let mut tokens = 0;
    let mut open = 0_usize;
    while let Some(&byte) = text.get(at) {
        let start = at;
        at += 1;
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b',' | 0xEF | 0xBB | 0xBF => continue,
            b'#' => {
                at = skip_while(text, at, |byte| byte != b'\n' && byte != b'\r');
                continue;
            }
            b'"' if text[start..].starts_with(b"\"\"\"") => at = after_block_string(text, start + 3),
            b'"' => at = after_string(text, at),
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                at = skip_while(text, at, is_name_byte);
                if at - start > limits.name_bytes {
                    return Err(Refused::NameTooLong { limit: limits.name_bytes });
                }
            }
            b'0'..=b'9' => at = skip_while(text, at, |byte| is_name_byte(byte) || byte == b'.'),
            b'{' | b'(' | b'[' => open += 1,
            b'}' | b')' | b']' => open = open.saturating_sub(1),
            _ => {}
        }
        tokens += 1;
        if open > limits.brackets {
            return Err(Refused::TooDeep { limit: limits.depth });
        }
        if tokens > limits.tokens {
            return Err(Refused::TooManyTokens { limit: limits.tokens });
        }
    }
    Ok(())
}

fn is_name_byte(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric()
}

fn skip_while(text: &[u8], from: usize, belongs: impl Fn(u8) -> bool) -> usize {
    text[from..].iter().position(|&byte| !belongs(byte)).map_or(text.len(), |length| from + length)
}

/// A plain string ends at its quote or, broken, at the end of the line.
fn after_string(text: &[u8], mut at: usize) -> usize {
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\n' | b'\r' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    text.len()
}

fn after_block_string(text: &[u8], mut at: usize) -> usize {
    while at < text.len() {
        if text[at..].starts_with(b"\\\"\"\"") {
            at += 4;
        } else if text[at..].starts_with(b"\"\"\"") {
            return at + 3;
        } else {
            at += 1;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str) -> Result<(), Refused> {
        scan(source, &Limits::default())
    }

    #[test]
    fn brackets_inside_strings_and_comments_do_not_count() {
        let quoted = format!("{{ a(text: \"{}\") }} # {}", "{".repeat(500), "[".repeat(500));
        assert_eq!(check(&quoted), Ok(()));
        let block = format!("{{ a(text: \"\"\"{}\\\"\"\" \"\"\") }}", "(".repeat(500));
        assert_eq!(check(&block), Ok(()));
    }

    #[test]
    fn a_broken_string_cannot_hide_brackets_behind_it() {
        let source = format!("{{ a(text: \"open\n) {} }}", "{a".repeat(1_000));
        assert_eq!(check(&source), Err(Refused::TooDeep { limit: 15 }));
    }

    #[test]
    fn a_thousand_levels_long_names_and_long_texts_are_refused() {
        assert!(matches!(check(&"{a".repeat(1_000)), Err(Refused::TooDeep { .. })));
        assert!(matches!(check(&format!("{{a(b:{})}}", "[".repeat(1_000))), Err(Refused::TooDeep { .. })));
        assert!(matches!(check(&"n".repeat(200)), Err(Refused::NameTooLong { .. })));
        assert!(matches!(check(&"a ".repeat(5_000)), Err(Refused::TooManyTokens { .. })));
        assert!(matches!(check(&" ".repeat(70_000)), Err(Refused::TooLong { .. })));
    }

    #[test]
    fn odd_ends_are_survived() {
        for source in ["\"", "\"\\", "\"\"\"", "\"\"\"\\", "#", "\u{feff}", "€", "\\", "1.e"] {
            assert_eq!(check(source), Ok(()), "{source:?}");
        }
    }
}
