//! The token of a permit, its register, and how both are checked without network and database.
//!
//! `SP1.` and base64url of: version 1, name of the key (4 bytes), id (16), first and last day (days since 1970, 4 bytes
//! each, most significant first), zone and plate (length in one byte, then UTF-8), Ed25519 over all of that (64).

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{Days, NaiveDate};
use domain::identifier::PermitId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::permit::{Stamp, Verify, key_id};

const MARK: &str = "SP1.";
const VERSION: u8 = 1;
/// Most bytes of zone and of plate.
const MOST_BYTES: usize = 60;
/// Longer than any token.
const MOST_SIGNS: usize = 600;
/// Before the list of those taken back, so that a signature over one thing is never one over the other.
const REGISTER: &[u8] = b"servicepoint permits taken back/1\n";

/// What a permit says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermitToken {
    /// Its id.
    pub id: PermitId,
    /// What is permitted: a number plate.
    pub holder: String,
    /// Where.
    pub zone: String,
    /// The first local day.
    pub valid_from: NaiveDate,
    /// The last local day.
    pub valid_until: NaiveDate,
}

/// What a warden learns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PermitCheck {
    /// It holds today.
    Valid(PermitToken),
    /// Its first day is still to come.
    NotYet(PermitToken),
    /// Its last day is over.
    Expired(PermitToken),
    /// The city took it back.
    Revoked(PermitToken),
    /// It is not the city's, or was changed.
    Forged,
}

/// The file of keys and of permits taken back cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is no such file.
    #[error("this is no register of permits")]
    Unreadable,
    /// It was changed on its way.
    #[error("the signature of the register is wrong")]
    BadSignature,
    /// The zone or the plate is longer than any.
    #[error("zone or plate are too long for a token")]
    TooLong,
}

/// Keys, and permits taken back, as they are carried to devices without network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register {
    /// Public keys by name.
    keys: BTreeMap<[u8; 4], [u8; 32]>,
    revoked: BTreeSet<Uuid>,
}

/// The file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegisterFile {
    /// Public keys, base64url.
    pub(crate) keys: Vec<String>,
    /// The last local day up to which it is known.
    pub(crate) as_of: NaiveDate,
    /// Ids, ascending.
    pub(crate) revoked: Vec<Uuid>,
    /// Over day and ids, by the first key.
    pub(crate) signature: String,
}

impl PermitToken {
    /// The token.
    ///
    /// # Errors
    /// [`TokenError::TooLong`].
    pub fn signed(&self, stamp: &dyn Stamp) -> Result<String, TokenError> {
        let mut bytes = vec![VERSION];
        bytes.extend(key_id(&stamp.public_key()));
        bytes.extend(self.id.0.as_bytes());
        for day in [self.valid_from, self.valid_until] {
            bytes.extend(day_number(day).to_be_bytes());
        }
        for text in [&self.zone, &self.holder] {
            let length = u8::try_from(text.len()).ok().filter(|length| usize::from(*length) <= MOST_BYTES);
            bytes.push(length.ok_or(TokenError::TooLong)?);
            bytes.extend(text.as_bytes());
        }
        bytes.extend(stamp.sign(&bytes));
        Ok(format!("{MARK}{}", URL_SAFE_NO_PAD.encode(bytes)))
    }

    fn read(mut bytes: &[u8]) -> Option<Self> {
        let id = Uuid::from_bytes(take(&mut bytes, 16)?.try_into().ok()?);
        let mut day = || day_of(i32::from_be_bytes(take(&mut bytes, 4)?.try_into().ok()?));
        let (valid_from, valid_until) = (day()?, day()?);
        let mut text = || {
            let length = usize::from(take(&mut bytes, 1)?[0]);
            String::from_utf8(take(&mut bytes, length)?.to_vec()).ok()
        };
        let (zone, holder) = (text()?, text()?);
        bytes.is_empty().then_some(Self { id: PermitId(id), holder, zone, valid_from, valid_until })
    }
}

/// Checks what a QR code says, on a local day.
pub fn check_permit(text: &str, register: &Register, today: NaiveDate, verify: Verify) -> PermitCheck {
    let Some(token) = genuine(text, register, verify) else { return PermitCheck::Forged };
    match () {
        () if register.revoked.contains(&token.id.0) => PermitCheck::Revoked(token),
        () if today < token.valid_from => PermitCheck::NotYet(token),
        () if today > token.valid_until => PermitCheck::Expired(token),
        () => PermitCheck::Valid(token),
    }
}

fn genuine(text: &str, register: &Register, verify: Verify) -> Option<PermitToken> {
    let text = text.trim();
    let encoded = text.strip_prefix(MARK).filter(|text| text.len() <= MOST_SIGNS)?;
    let bytes = URL_SAFE_NO_PAD.decode(encoded).ok()?;
    let (signed, signature) = bytes.split_at_checked(bytes.len().checked_sub(64)?)?;
    let (head, content) = signed.split_at_checked(5)?;
    let name: [u8; 4] = head[1..].try_into().ok()?;
    let key = register.keys.get(&name).filter(|_| head[0] == VERSION)?;
    verify(key, signed, signature.try_into().ok()?).then(|| PermitToken::read(content)).flatten()
}

/// Reads a register that somebody carried here. `keys` are trusted as they stand in the file: whoever puts the file onto a
/// device vouches for it; the list of permits taken back must be signed by one of them.
///
/// # Errors
/// [`TokenError`].
pub fn read_register(text: &str, verify: Verify) -> Result<Register, TokenError> {
    let file: RegisterFile = serde_json::from_str(text).map_err(|_| TokenError::Unreadable)?;
    let key = |key: &String| <[u8; 32]>::try_from(URL_SAFE_NO_PAD.decode(key).ok()?).ok();
    let keys: Option<Vec<[u8; 32]>> = file.keys.iter().map(key).collect();
    let keys = keys.filter(|keys| !keys.is_empty()).ok_or(TokenError::Unreadable)?;
    let signature = URL_SAFE_NO_PAD.decode(&file.signature).ok().and_then(|bytes| <[u8; 64]>::try_from(bytes).ok());
    let signature = signature.ok_or(TokenError::BadSignature)?;
    let message = register_message(file.as_of, &file.revoked);
    if !keys.iter().any(|key| verify(key, &message, &signature)) {
        return Err(TokenError::BadSignature);
    }
    let keys = keys.into_iter().map(|key| (key_id(&key), key)).collect();
    Ok(Register { keys, revoked: file.revoked.into_iter().collect() })
}

/// What is signed of a register.
pub(crate) fn register_message(as_of: NaiveDate, revoked: &[Uuid]) -> Vec<u8> {
    let mut message = REGISTER.to_vec();
    message.extend(as_of.to_string().as_bytes());
    for id in revoked {
        message.extend(id.as_bytes());
    }
    message
}

fn take<'a>(bytes: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(count)?;
    *bytes = rest;
    Some(taken)
}

fn day_number(day: NaiveDate) -> i32 {
    i32::try_from(day.signed_duration_since(NaiveDate::default()).num_days()).unwrap_or(i32::MAX)
}

fn day_of(number: i32) -> Option<NaiveDate> {
    NaiveDate::default().checked_add_days(Days::new(u64::try_from(number).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Signs with a keyed digest: enough to see what is checked. The real stamp is tested through the door.
    #[derive(Debug)]
    struct Seal([u8; 32]);

    impl Stamp for Seal {
        fn sign(&self, message: &[u8]) -> [u8; 64] {
            let half = domain::keyed::digest(&self.0, &[message]);
            let mut signature = [0; 64];
            signature[..32].copy_from_slice(&half);
            signature
        }

        fn public_key(&self) -> [u8; 32] {
            self.0
        }
    }

    fn verify(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
        Seal(*key).sign(message) == *signature
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn token() -> PermitToken {
        PermitToken {
            id: PermitId(Uuid::from_u128(7)),
            holder: "H-AB 123".into(),
            zone: "N3".into(),
            valid_from: day("2026-12-01"),
            valid_until: day("2027-11-30"),
        }
    }

    fn register(revoked: &[Uuid]) -> Register {
        let seal = Seal([1; 32]);
        let message = register_message(day("2026-11-23"), revoked);
        let file = RegisterFile {
            keys: vec![URL_SAFE_NO_PAD.encode(seal.public_key())],
            as_of: day("2026-11-23"),
            revoked: revoked.to_vec(),
            signature: URL_SAFE_NO_PAD.encode(seal.sign(&message)),
        };
        read_register(&serde_json::to_string(&file).unwrap(), verify).unwrap()
    }

    #[test]
    fn a_warden_learns_what_holds_on_the_day() {
        let text = token().signed(&Seal([1; 32])).unwrap();
        assert!(text.len() < 200, "{} signs", text.len());
        let on = |today| check_permit(&text, &register(&[]), day(today), verify);
        assert_eq!(on("2026-11-30"), PermitCheck::NotYet(token()));
        assert_eq!(on("2026-12-01"), PermitCheck::Valid(token()));
        assert_eq!(on("2027-11-30"), PermitCheck::Valid(token()));
        assert_eq!(on("2027-12-01"), PermitCheck::Expired(token()));
        let revoked = check_permit(&text, &register(&[Uuid::from_u128(7)]), day("2026-12-01"), verify);
        assert_eq!(revoked, PermitCheck::Revoked(token()));
    }

    #[test]
    fn whatever_is_changed_is_forged() {
        let text = token().signed(&Seal([1; 32])).unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(&text[4..]).unwrap();
        for index in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[index] ^= 1;
            let text = format!("SP1.{}", URL_SAFE_NO_PAD.encode(changed));
            assert_eq!(check_permit(&text, &register(&[]), day("2026-12-01"), verify), PermitCheck::Forged, "{index}");
        }
        let foreign = token().signed(&Seal([2; 32])).unwrap();
        for text in [foreign.as_str(), "", "SP1.", "SP1.AAAA", &text[4..], &text[..40], &"SP1.".repeat(1_000)] {
            assert_eq!(
                check_permit(text, &register(&[]), day("2026-12-01"), verify),
                PermitCheck::Forged,
                "{text:.20}"
            );
        }
    }

    #[test]
    fn a_register_that_was_changed_is_refused() {
        let seal = Seal([1; 32]);
        let signature = URL_SAFE_NO_PAD.encode(seal.sign(&register_message(day("2026-11-23"), &[Uuid::from_u128(7)])));
        let keys = vec![URL_SAFE_NO_PAD.encode(seal.public_key())];
        let file = RegisterFile { keys, as_of: day("2026-11-23"), revoked: vec![], signature };
        let text = serde_json::to_string(&file).unwrap();
        assert_eq!(read_register(&text, verify), Err(TokenError::BadSignature));
        assert_eq!(read_register("{}", verify), Err(TokenError::Unreadable));
    }
}
