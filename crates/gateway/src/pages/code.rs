//! Codes as people type them and links carry them.

use sha2::{Digest, Sha256};

/// Whether this can be a code at all; whether it opens anything is the use case's to say.
pub(super) fn looks_like_a_code(typed: &str) -> bool {
    const SIGNS: usize = 24;
    let mut signs = typed.chars().filter(|sign| !matches!(sign, '-' | ' '));
    typed.len() <= 4 * SIGNS && signs.clone().count() == SIGNS && signs.all(|sign| sign.is_ascii_alphanumeric())
}

/// The code as links carry it: without blanks.
pub(super) fn in_link(typed: &str) -> String {
    typed.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase()
}

/// The key of a request that a page makes: pressing a button again, or reloading the answer, is the same request. Made of
/// the code, so nobody without it can ask for the answer.
pub(super) fn idempotency_key(action: &str, code: &str, detail: &str) -> String {
    let mut hash = Sha256::new();
    for part in ["page", action, &in_link(code), detail] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hex::encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_a_code_is_looked_at() {
        for good in ["K7M4-QX2P-ABCD-EFGH-JKMN-PQRS", "k7m4 qx2p abcd efgh jkmn pqrs", "K7M4QX2PABCDEFGHJKMNPQRS"] {
            assert!(looks_like_a_code(good), "{good}");
            assert_eq!(in_link(good), "K7M4QX2PABCDEFGHJKMNPQRS");
        }
        for bad in ["", "K7M4", "K7M4-QX2P-ABCD-EFGH-JKMN-PQR<", "<script>alert(1)</script>", &"A".repeat(10_000)] {
            assert!(!looks_like_a_code(bad), "{bad}");
        }
    }

    #[test]
    fn the_same_press_is_the_same_request_and_no_other_one_is() {
        let one = idempotency_key("cancel", "k7m4-qx2p-abcd-efgh-jkmn-pqrs", "");
        assert_eq!(one, idempotency_key("cancel", "K7M4QX2PABCDEFGHJKMNPQRS", ""));
        assert_ne!(one, idempotency_key("move", "K7M4QX2PABCDEFGHJKMNPQRS", ""));
        assert_ne!(one, idempotency_key("cancel", "K7M4QX2PABCDEFGHJKMNPQRT", ""));
    }
}
