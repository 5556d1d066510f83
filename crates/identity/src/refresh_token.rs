//! The secret with which an API client or a device draws its next access token: a place in a family, and 256 bits that only
//! our secret and the family's seed give.
//!
//! Nothing that opens anything is stored: a copy of the database draws no token. The same place always has the same secret, so a
//! client whose answer got lost asks again within the grace and gets the same successor.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::identifier::TokenFamilyId;
use uuid::Uuid;

use crate::blind::{Blind, Purpose};

/// A refresh token: 75 signs of base64url. Printing it shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken(String);

/// A presented token taken apart; whether it is one of ours says [`Place::is_ours`].
pub(crate) struct Place {
    pub(crate) family: TokenFamilyId,
    /// How many tokens of the family came before.
    pub(crate) sequence: i64,
    secret: [u8; 32],
}

impl RefreshToken {
    /// The token at `sequence` in `family`.
    pub(crate) fn of(blind: &Blind, family: TokenFamilyId, seed: &[u8], sequence: i64) -> Self {
        let sequence = sequence.to_be_bytes();
        let secret = blind.code(Purpose::Refresh, &[family.0.as_bytes(), seed, &sequence]);
        Self(URL_SAFE_NO_PAD.encode([&family.0.as_bytes()[..], &sequence, &secret].concat()))
    }

    /// The token itself, for the client and for nothing else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Place {
    /// Takes a presented token apart; `None` for what no refresh token looks like.
    pub(crate) fn presented(token: &str) -> Option<Self> {
        let mut bytes = [0; 56];
        if URL_SAFE_NO_PAD.decode_slice(token, &mut bytes).ok()? != bytes.len() {
            return None;
        }
        let (family, rest) = bytes.split_first_chunk::<16>()?;
        let (sequence, secret) = rest.split_first_chunk::<8>()?;
        Some(Self {
            family: TokenFamilyId(Uuid::from_bytes(*family)),
            sequence: i64::from_be_bytes(*sequence),
            secret: secret.try_into().ok()?,
        })
    }

    /// Whether we made this token, for a family with this seed.
    pub(crate) fn is_ours(&self, blind: &Blind, seed: &[u8]) -> bool {
        let parts = [&self.family.0.as_bytes()[..], seed, &self.sequence.to_be_bytes()];
        blind.is_code(&self.secret, Purpose::Refresh, &parts)
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshToken(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_recognised_at_its_place_and_nowhere_else() {
        let blind = Blind::from_master(&[1; 32]);
        let family = TokenFamilyId(Uuid::from_u128(7));
        let token = RefreshToken::of(&blind, family, b"seed", 3);
        assert_eq!((token.expose().len(), format!("{token:?}").as_str()), (75, "RefreshToken(hidden)"));
        let place = Place::presented(token.expose()).unwrap();
        assert_eq!((place.family, place.sequence), (family, 3));
        assert!(place.is_ours(&blind, b"seed"));
        assert!(!place.is_ours(&blind, b"other") && !place.is_ours(&Blind::from_master(&[2; 32]), b"seed"));
        let mut forged = URL_SAFE_NO_PAD.decode(token.expose()).unwrap();
        for byte in 0..forged.len() {
            forged[byte] ^= 1;
            let place = Place::presented(&URL_SAFE_NO_PAD.encode(&forged)).unwrap();
            assert!(!place.is_ours(&blind, b"seed"), "byte {byte}");
            forged[byte] ^= 1;
        }
        for bad in ["", "A", &"A".repeat(74), &"A".repeat(76), &"ä".repeat(40), &"A".repeat(100_000)] {
            assert!(Place::presented(bad).is_none(), "{bad:.20}");
        }
    }
}
