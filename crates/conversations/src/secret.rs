//! Codes that open a conversation. They are computed, not stored (docs/adr/0004): a copy of the database opens nothing.

use domain::code::{grouped, normalized, signs};
use domain::environment::Entropy;
use domain::identifier::ConversationId;
use domain::keyed;
use subtle::ConstantTimeEq;

/// Signs of a number, 40 bits.
const NUMBER_LENGTH: usize = 8;
/// Signs of the proof behind it, 130 bits.
const PROOF_LENGTH: usize = 26;

/// The secret of this feature.
#[derive(Clone)]
pub struct ConversationSecret([u8; 32]);

impl std::fmt::Debug for ConversationSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ConversationSecret(redacted)")
    }
}

impl ConversationSecret {
    /// Derives the secret from the root secret of the installation.
    pub fn from_master(master: &[u8; 32]) -> Self {
        Self(keyed::digest(master, &[b"servicepoint/conversation/1"]))
    }

    /// The code: the number, and the proof behind it, in groups of four.
    pub(crate) fn code(&self, number: &str, id: ConversationId) -> String {
        grouped(&format!("{number}{}", self.proof(id)))
    }

    /// Whether `proof` opens it; takes the same time for every wrong proof.
    pub(crate) fn opens(&self, id: ConversationId, proof: &str) -> bool {
        self.proof(id).as_bytes().ct_eq(proof.as_bytes()).into()
    }

    /// Tells one input from another without telling what is in it.
    pub(crate) fn fingerprint(&self, parts: &[&[u8]]) -> String {
        hex::encode(keyed::digest(&self.0, &[&[b"fingerprint".as_slice()], parts].concat()))
    }

    fn proof(&self, id: ConversationId) -> String {
        signs(&keyed::digest(&self.0, &[b"resume", id.0.as_bytes()]), PROOF_LENGTH)
    }
}

/// A fresh number. Numbers are drawn, not counted, so that nobody can guess a neighbour's.
pub(crate) fn new_number(entropy: &dyn Entropy) -> String {
    let mut random = [0; NUMBER_LENGTH];
    entropy.fill(&mut random);
    signs(&random, NUMBER_LENGTH)
}

/// Takes a typed code apart into number and proof.
pub(crate) fn parse_code(typed: &str) -> Option<(String, String)> {
    let signs = normalized(typed, NUMBER_LENGTH + PROOF_LENGTH)?;
    let (number, proof) = signs.split_at(NUMBER_LENGTH);
    Some((number.to_owned(), proof.to_owned()))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_code_opens_one_conversation_and_bears_typing() {
        let secret = ConversationSecret::from_master(&[7; 32]);
        let id = ConversationId(Uuid::from_u128(1));
        let code = secret.code("K7M4QX2P", id);
        let (number, proof) = parse_code(&code.to_lowercase().replace('-', " ")).unwrap();
        assert_eq!(number, "K7M4QX2P");
        assert!(secret.opens(id, &proof));
        assert!(!secret.opens(ConversationId(Uuid::from_u128(2)), &proof));
        assert!(!ConversationSecret::from_master(&[8; 32]).opens(id, &proof));
        assert_eq!(parse_code("K7M4"), None);
    }
}
