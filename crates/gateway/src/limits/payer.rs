//! By what a caller is counted: the network they come from, their account, the address they write to.

use std::net::IpAddr;

use hmac::{Hmac, Mac};
use sha2::Sha256;
use uuid::Uuid;

/// A caller as a ledger knows it: 128 bits of a network, or of a keyed hash.
pub(super) type Key = u128;

/// What somebody is to the town hall, as far as budgets and queues are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Standing {
    /// Nobody known.
    #[default]
    Nobody,
    /// Somebody with an account of their own.
    Citizen,
    /// Whoever works here, and the devices of the offices: they never wait behind the public.
    Staff,
}

/// An address or a login, blinded with a key that this process drew: nobody can tell from it whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Contact(Key);

impl Contact {
    /// The contact behind what somebody typed. Capitals, spaces and, in mail addresses, what stands behind a plus do not
    /// make another one. A text without letters or digits is none.
    pub fn new(typed: &str, blind: &[u8; 32]) -> Option<Self> {
        let plain = typed.trim().to_lowercase();
        let plain: String = match plain.rsplit_once('@') {
            Some((mailbox, host)) => format!("{}@{host}", mailbox.split('+').next().unwrap_or(mailbox)),
            None => plain.chars().filter(|sign| sign.is_alphanumeric()).collect(),
        };
        plain.chars().any(char::is_alphanumeric).then(|| Self(blinded(plain.as_bytes(), blind)))
    }
}

fn blinded(text: &[u8], blind: &[u8; 32]) -> Key {
    let mut mac = Hmac::<Sha256>::new_from_slice(blind).expect("HMAC takes keys of every length");
    mac.update(text);
    let bytes: [u8; 32] = mac.finalize().into_bytes().into();
    bytes[..16].iter().fold(0, |number, byte| number << 8 | Key::from(*byte))
}

/// Who pays for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Payer {
    /// Where the request comes from.
    pub address: Option<IpAddr>,
    /// What the caller is.
    pub standing: Standing,
    /// The caller's account.
    pub account: Option<Uuid>,
    /// Whom the request writes to, or whose name it tries.
    pub contact: Option<Contact>,
}

impl Payer {
    /// One IPv4 address, or the /64 that a household or a phone gets whole.
    pub(super) fn narrow(&self) -> Option<Key> {
        self.network(32, 64)
    }

    /// An IPv4 /24, or the /48 that a provider gives to a customer at most.
    pub(super) fn wide(&self) -> Option<Key> {
        self.network(24, 48)
    }

    pub(super) fn account(&self, standing: Standing) -> Option<Key> {
        self.account.filter(|_| self.standing == standing).map(|id| id.as_u128())
    }

    pub(super) fn contact(&self) -> Option<Key> {
        self.contact.map(|contact| contact.0)
    }

    fn network(&self, v4: u32, v6: u32) -> Option<Key> {
        if self.standing == Standing::Staff {
            return None;
        }
        // IPv4 addresses stand where IPv6 maps them, so that both kinds share one key without meeting.
        let (bits, kept) = match self.address?.to_canonical() {
            IpAddr::V4(address) => (Key::from(address.to_ipv6_mapped().to_bits()), 96 + v4),
            IpAddr::V6(address) => (address.to_bits(), v6),
        };
        Some(bits & Key::MAX << (128 - kept))
    }
}
