//! Takes personal data out of a message before it is kept or given to anybody: mail, account, telephone, identity numbers.
//! Our own case numbers are recognised first and stay findable.

use domain::code::normalized;

/// What was found in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// The code of one of our own cases or appointments; kept apart, not thrown away.
    Reference,
    /// A mail address.
    Mail,
    /// A bank account with valid check digits.
    Account,
    /// A telephone number.
    Phone,
    /// A number of an identity card, passport, tax or insurance, or any other long number.
    Number,
}

impl Finding {
    /// What stands in its place.
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Reference => "[code]",
            Self::Mail => "[mail]",
            Self::Account => "[iban]",
            Self::Phone => "[phone]",
            Self::Number => "[number]",
        }
    }
}

/// A message without personal data.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Redacted {
    /// The text, with marks where something stood.
    pub text: String,
    /// Codes of our own, in their stored form, in the order in which they stand.
    pub references: Vec<String>,
    /// What was taken out, in order.
    pub findings: Vec<Finding>,
}

/// How many signs our codes have, in groups of four, of which the last may be shorter: numbers, receipts, and what opens a
/// thing.
const CODE_LENGTHS: [usize; 6] = [8, 12, 14, 16, 24, 34];

/// Takes personal data out of a normalised text.
pub fn redact(text: &str) -> Redacted {
    let mut redacted = Redacted::default();
    let tokens: Vec<&str> = text.split(' ').collect();
    let mut at = 0;
    while at < tokens.len() {
        let (taken, finding, reference) = look(&tokens[at..]).unwrap_or((1, None, None));
        if at > 0 {
            redacted.text.push(' ');
        }
        match finding {
            Some(finding) => {
                redacted.text.push_str(finding.mark());
                redacted.findings.push(finding);
                redacted.references.extend(reference);
            }
            None => redacted.text.push_str(tokens[at]),
        }
        at += taken;
    }
    redacted
}

/// What stands at the beginning of `tokens`: how many it takes, what it is, and the code if it is one of ours.
fn look(tokens: &[&str]) -> Option<(usize, Option<Finding>, Option<String>)> {
    let first = trimmed(tokens.first()?);
    if let Some(code) = reference(first) {
        return Some((1, Some(Finding::Reference), Some(code)));
    }
    if domain::text::mail_address(first).is_ok() {
        return Some((1, Some(Finding::Mail), None));
    }
    // Accounts and telephone numbers are written in groups; the longest row that is one counts.
    for count in (1..=tokens.len().min(9)).rev() {
        let joined: String = tokens[..count].iter().map(trimmed).collect();
        if joined.len() >= 15 && joined.parse::<iban::Iban>().is_ok() {
            return Some((count, Some(Finding::Account), None));
        }
        let spaced = tokens[..count].iter().map(trimmed).collect::<Vec<_>>().join(" ");
        if looks_like_phone(&spaced) {
            return Some((count, Some(Finding::Phone), None));
        }
    }
    is_identity_number(first).then_some((1, Some(Finding::Number), None))
}

fn trimmed<'t>(token: &&'t str) -> &'t str {
    token.trim_matches(|sign: char| matches!(sign, ',' | '.' | ';' | ':' | '!' | '?' | '"' | '(' | ')' | '„' | '“'))
}

/// One of our codes: groups of four with hyphens, with at least one digit and one letter.
fn reference(token: &str) -> Option<String> {
    let groups: Vec<&str> = token.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.chars().count()).collect();
    let (last, others) = lengths.split_last()?;
    if others.is_empty() || others.iter().any(|length| *length != 4) || !(1..=4).contains(last) {
        return None;
    }
    let mixed = token.chars().any(|sign| sign.is_ascii_digit()) && token.chars().any(|sign| sign.is_ascii_alphabetic());
    let code = CODE_LENGTHS.iter().find_map(|length| normalized(token, *length));
    code.filter(|_| mixed)
}

fn looks_like_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let starts = text.starts_with('+') || text.starts_with('0') || text.starts_with("(0");
    (7..=15).contains(&digits) && starts && !is_date(text) && domain::text::phone_number(text).is_ok()
}

/// `01.02.2026`, alone or in front of something.
fn is_date(text: &str) -> bool {
    let first = text.split(' ').next().unwrap_or_default();
    first.matches('.').count() == 2 && first.len() <= 10
}

/// Nine or more letters and digits with at least five digits: cards, passports, taxes, insurances. Keys of laws and forms
/// are shorter.
fn is_identity_number(token: &str) -> bool {
    let plain: String = token.chars().filter(|sign| !matches!(sign, '/' | '-' | '.')).collect();
    let digits = plain.chars().filter(char::is_ascii_digit).count();
    plain.chars().count() >= 9 && digits >= 5 && plain.chars().all(|sign| sign.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(redact(text).text, expected, "{text}");
    }

    #[test]
    fn personal_data_is_taken_out_and_our_codes_are_kept_apart() {
        check("Mail an eva.m@example.org, danke", "Mail an [mail] danke");
        check("IBAN DE02 1203 0000 0000 2020 51 bitte", "IBAN [iban] bitte");
        check("IBAN DE02120300000000202051", "IBAN [iban]");
        check("Rufen Sie 0511 168-32000 an", "Rufen Sie [phone] an");
        check("+49 170 1234567", "[phone]");
        check("Ausweis L01X00T471 verloren", "Ausweis [number] verloren");
        check("Steuer-ID 12345678903", "Steuer-ID [number]");
        check("Termin am 24.12.2026 um 10 Uhr, § 17 BMG, 115", "Termin am 24.12.2026 um 10 Uhr, § 17 BMG, 115");
        let status = redact("Wo ist mein Antrag k7m4-qx2p?");
        assert_eq!(
            (status.text.as_str(), status.references),
            ("Wo ist mein Antrag [code]", vec!["K7M4QX2P".to_owned()])
        );
        check("Beleg 2026-WWAR-TAMT-ZY", "Beleg [code]");
        check("P6RC-FVTM-DKGG-9GQ1-GXEE-2MQB", "[code]");
        check("K7M4-QX2P-0000-ABCD-0000-ABCD-0000-ABCD-00!", "[code]");
        // Wrong check digits are no account; the row is a long number all the same.
        assert_eq!(redact("DE03120300000000202051").findings, [Finding::Number]);
    }
}
