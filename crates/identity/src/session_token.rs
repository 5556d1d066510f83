//! The secret in a browser's cookie: 256 random bits, known to the browser alone; we keep its hash.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::environment::Entropy;
use sha2::{Digest, Sha256};

/// A session token: 43 signs of base64url. Printing it shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken(String);

impl SessionToken {
    pub(crate) fn draw(entropy: &dyn Entropy) -> Self {
        let mut secret = [0; 32];
        entropy.fill(&mut secret);
        Self(URL_SAFE_NO_PAD.encode(secret))
    }

    /// The token itself, for the cookie and for nothing else.
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub(crate) fn hash(&self) -> [u8; 32] {
        sha256(self.0.as_bytes())
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(hidden)")
    }
}

/// The hash under which a presented token would be stored; `None` for what no session token looks like.
///
/// A plain SHA-256 is enough here: nobody guesses 256 random bits, however fast the hash.
pub(crate) fn presented(token: &str) -> Option<[u8; 32]> {
    let mut secret = [0; 32];
    let length = URL_SAFE_NO_PAD.decode_slice(token, &mut secret).ok()?;
    (length == 32).then(|| sha256(token.as_bytes()))
}

/// SHA-256 of `bytes`.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Counting;

    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            (0..).zip(bytes).for_each(|(number, byte)| *byte = number);
        }
    }

    #[test]
    fn a_drawn_token_is_recognised_and_hidden() {
        let token = SessionToken::draw(&Counting);
        assert_eq!(token.expose(), "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
        assert_eq!(presented(token.expose()), Some(token.hash()));
        assert_eq!(format!("{token:?}"), "SessionToken(hidden)");
    }

    #[test]
    fn what_is_no_token_is_not_looked_up() {
        let short = "AAEC";
        // The same bits with a last sign that carries more than 256.
        let stray = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9";
        for bad in ["", short, stray, "ä", &"A".repeat(44), &"A".repeat(100_000)] {
            assert_eq!(presented(bad), None, "{bad:.50}");
        }
    }
}
