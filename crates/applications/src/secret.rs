//! Codes and keyed numbers: what opens a part of an application, who is who, and which cases people look at.
//!
//! Codes are computed, not stored (docs/adr/0004): a copy of the database opens nothing.

use domain::code::{grouped, normalized, signs};
use domain::environment::Entropy;
use domain::identifier::{AccountId, ApplicationId, CaseId};
use domain::keyed;
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// Signs of a number, 40 bits.
const NUMBER_LENGTH: usize = 8;
/// Signs of the proof behind it, 130 bits.
const PROOF_LENGTH: usize = 26;

/// The secret of this feature.
#[derive(Clone)]
pub struct ApplicationSecret([u8; 32]);

impl std::fmt::Debug for ApplicationSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ApplicationSecret(redacted)")
    }
}

/// What a code opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Go on with one's part, and later read how the case stands.
    Resume,
    /// Take a part, once.
    Join,
    /// Go on with a rehearsal.
    Rehearse,
    /// Send the bytes of a file.
    Upload,
    /// Fetch a file, until a moment: the number in the place of voided codes.
    Download,
    /// Fetch everything that is kept about an account, until a moment.
    Archive,
    /// Ask whether a letter is genuine.
    Verify,
}

/// Somebody who reported or supports something.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Supporter<'a> {
    /// An account.
    Account(AccountId),
    /// Whoever reported it without one.
    Reporter(ApplicationId),
    /// Whoever supports it without one, by the token that their device keeps.
    Token(&'a str),
}

impl ApplicationSecret {
    /// Derives the secret from the root secret of the installation.
    pub fn from_master(master: &[u8; 32]) -> Self {
        Self(keyed::digest(master, &[b"servicepoint/application/1"]))
    }

    /// The code for `scope`: the number, and the proof behind it, in groups of four. `links` counts how often codes of this
    /// part were made void.
    pub(crate) fn code(&self, scope: Scope, number: &str, id: Uuid, links: i64) -> String {
        grouped(&format!("{number}{}", self.proof(scope, id, links)))
    }

    /// What opens a thing whose id is known: the proof alone.
    pub(crate) fn token(&self, scope: Scope, id: Uuid, links: i64) -> String {
        self.proof(scope, id, links)
    }

    /// Whether `proof` opens it; takes the same time for every wrong proof.
    pub(crate) fn opens(&self, scope: Scope, id: Uuid, links: i64, proof: &str) -> bool {
        self.proof(scope, id, links).as_bytes().ct_eq(proof.as_bytes()).into()
    }

    /// What stands for a person within one application, so that the same one is not taken for two. It tells nothing
    /// across applications.
    pub(crate) fn pseudonym(&self, application: Uuid, account: AccountId) -> Vec<u8> {
        keyed::digest(&self.0, &[b"pseudonym", application.as_bytes(), account.0.as_bytes()]).to_vec()
    }

    /// What stands for somebody who reported or supports something: the same at every report, so that whoever supports two
    /// that become one is counted once.
    pub(crate) fn supporter(&self, supporter: Supporter<'_>) -> Vec<u8> {
        let parts: [&[u8]; 3] = match &supporter {
            Supporter::Account(account) => [b"supporter", b"account", account.0.as_bytes()],
            Supporter::Reporter(application) => [b"supporter", b"reporter", application.0.as_bytes()],
            Supporter::Token(token) => [b"supporter", b"token", token.as_bytes()],
        };
        keyed::digest(&self.0, &parts).to_vec()
    }

    /// Whether a case is among the `permille` of a thousand that people look at. Nobody can tell beforehand.
    pub(crate) fn samples(&self, case: CaseId, permille: u16) -> bool {
        let digest = keyed::digest(&self.0, &[b"sample", case.0.as_bytes()]);
        let drawn = u64::from_be_bytes([
            digest[0], digest[1], digest[2], digest[3], digest[4], digest[5], digest[6], digest[7],
        ]);
        drawn % 1000 < u64::from(permille)
    }

    /// Tells one input from another without telling what is in it, for the memory of requests.
    pub(crate) fn fingerprint(&self, text: &str) -> String {
        hex::encode(keyed::digest(&self.0, &[b"fingerprint", text.as_bytes()]))
    }

    /// The key with which a provider of payments and we know each other's messages.
    pub(crate) fn provider_key(&self, provider: &str) -> [u8; 32] {
        keyed::digest(&self.0, &[b"provider", provider.as_bytes()])
    }

    /// A keyed number of some parts, for whoever must compare without knowing.
    pub(crate) fn keyed(&self, parts: &[&[u8]]) -> Vec<u8> {
        keyed::digest(&self.0, parts).to_vec()
    }

    fn proof(&self, scope: Scope, id: Uuid, links: i64) -> String {
        let scope: &[u8] = match scope {
            Scope::Resume => b"resume",
            Scope::Join => b"join",
            Scope::Rehearse => b"rehearse",
            Scope::Upload => b"upload",
            Scope::Download => b"download",
            Scope::Archive => b"archive",
            Scope::Verify => b"verify",
        };
        signs(&keyed::digest(&self.0, &[scope, id.as_bytes(), &links.to_be_bytes()]), PROOF_LENGTH)
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
    use super::*;

    #[test]
    fn a_code_opens_its_own_door_only_and_bears_typing() {
        let secret = ApplicationSecret::from_master(&[7; 32]);
        let id = Uuid::from_u128(1);
        let code = secret.code(Scope::Resume, "K7M4QX2P", id, 0);
        let (number, proof) = parse_code(&code.to_lowercase().replace('-', " ")).unwrap();
        assert_eq!(number, "K7M4QX2P");
        assert!(secret.opens(Scope::Resume, id, 0, &proof));
        assert!(!secret.opens(Scope::Join, id, 0, &proof));
        assert!(!secret.opens(Scope::Rehearse, id, 0, &proof));
        assert!(!secret.opens(Scope::Resume, id, 1, &proof));
        assert!(!secret.opens(Scope::Resume, Uuid::from_u128(2), 0, &proof));
        assert_eq!(parse_code("K7M4"), None);
    }

    #[test]
    fn the_sample_is_about_as_large_as_asked_for() {
        let secret = ApplicationSecret::from_master(&[7; 32]);
        let drawn = |permille| (0..4000).filter(|id| secret.samples(CaseId(Uuid::from_u128(*id)), permille)).count();
        assert_eq!((drawn(0), drawn(1000)), (0, 4000));
        assert!((150..=250).contains(&drawn(50)), "{}", drawn(50));
        let other = ApplicationSecret::from_master(&[8; 32]);
        let differ = (0..4000u128).filter(|id| {
            let case = CaseId(Uuid::from_u128(*id));
            secret.samples(case, 500) != other.samples(case, 500)
        });
        assert!(differ.count() > 1000, "it hangs on the secret");
    }
}
