//! Sealed envelopes: compact JWE (RFC 7516), a fresh key for each, wrapped for the one who may open it.
//!
//! Only the five parts and their order are written here; every cipher is the library's.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, PrivateDecryptingKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::json;

use super::key::EncryptionKey;

const TAG_BYTES: usize = 16;
const NONCE_BYTES: usize = 12;
const KEY_BYTES: usize = 32;

/// Why an envelope could not be made or opened. Says nothing of what is inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeFault {
    /// The library refused to seal.
    #[error("the envelope could not be sealed")]
    NotSealed,
    /// Not five parts, or a header of another kind.
    #[error("this is no envelope of RSA-OAEP-256 and A256GCM")]
    NoEnvelope,
    /// For somebody else, or changed on its way. Nobody learns which.
    #[error("the envelope cannot be opened")]
    Closed,
}

/// Chance for one envelope: its key and its nonce. Never use one twice.
pub struct EnvelopeRandom([u8; KEY_BYTES + NONCE_BYTES]);

impl EnvelopeRandom {
    /// Draws it from a source of unpredictable bytes.
    pub fn drawn(entropy: &dyn domain::environment::Entropy) -> Self {
        let mut bytes = [0; KEY_BYTES + NONCE_BYTES];
        entropy.fill(&mut bytes);
        Self(bytes)
    }
}

impl std::fmt::Debug for EnvelopeRandom {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("EnvelopeRandom(redacted)")
    }
}

/// Seals `content` of a media type (`application/json`, `application/xml`) for the owner of `key`.
///
/// # Errors
/// [`EnvelopeFault::NotSealed`].
#[expect(
    clippy::needless_pass_by_value,
    reason = "what was used for one envelope is gone and cannot be used for another"
)]
pub fn encrypt(
    key: &EncryptionKey,
    content_type: &str,
    content: &[u8],
    random: EnvelopeRandom,
) -> Result<String, EnvelopeFault> {
    let refused = |_| EnvelopeFault::NotSealed;
    let (content_key, nonce) = random.0.split_at(KEY_BYTES);
    let header = json!({ "alg": "RSA-OAEP-256", "enc": "A256GCM", "kid": key.name, "cty": content_type });
    let header = URL_SAFE_NO_PAD.encode(header.to_string());
    let mut wrapped = vec![0; key.key.ciphertext_size()];
    let wrapped = key.key.encrypt(&OAEP_SHA256_MGF1SHA256, content_key, &mut wrapped, None).map_err(refused)?;
    let cipher = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, content_key).map_err(refused)?);
    let mut text = content.to_vec();
    let once = Nonce::try_assume_unique_for_key(nonce).map_err(refused)?;
    let tag = cipher.seal_in_place_separate_tag(once, Aad::from(header.as_bytes()), &mut text).map_err(refused)?;
    let parts = [wrapped, nonce, &text, tag.as_ref()].map(|part| URL_SAFE_NO_PAD.encode(part));
    Ok(format!("{header}.{}", parts.join(".")))
}

/// The tag of an envelope: its last part. Whoever accepts an envelope repeats it, which proves what was received.
pub fn authentication_tag(envelope: &str) -> Option<&str> {
    let parts: Vec<&str> = envelope.split('.').collect();
    (parts.len() == 5).then(|| parts[4])
}

/// The private key of somebody who receives envelopes.
#[derive(Debug)]
pub struct DecryptionKey(OaepPrivateDecryptingKey);

impl DecryptionKey {
    /// From PKCS #8 in DER.
    ///
    /// # Errors
    /// [`EnvelopeFault::Closed`] if it is none.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, EnvelopeFault> {
        let key = PrivateDecryptingKey::from_pkcs8(der).map_err(|_| EnvelopeFault::Closed)?;
        OaepPrivateDecryptingKey::new(key).map(Self).map_err(|_| EnvelopeFault::Closed)
    }
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    enc: String,
    #[serde(default)]
    zip: Option<String>,
    #[serde(default)]
    crit: Option<serde::de::IgnoredAny>,
}

/// Opens an envelope.
///
/// # Errors
/// [`EnvelopeFault`]. A compressed envelope is refused: its length after opening has no bound.
pub fn decrypt(key: &DecryptionKey, envelope: &str) -> Result<Vec<u8>, EnvelopeFault> {
    let parts: Vec<&str> = envelope.split('.').collect();
    let [header, wrapped, nonce, text, tag] = parts[..] else { return Err(EnvelopeFault::NoEnvelope) };
    let read = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| EnvelopeFault::NoEnvelope);
    let Header { alg, enc, zip, crit } =
        serde_json::from_slice(&read(header)?).map_err(|_| EnvelopeFault::NoEnvelope)?;
    if alg != "RSA-OAEP-256" || enc != "A256GCM" || zip.is_some() || crit.is_some() {
        return Err(EnvelopeFault::NoEnvelope);
    }
    let (wrapped, nonce, tag) = (read(wrapped)?, read(nonce)?, read(tag)?);
    if tag.len() != TAG_BYTES {
        return Err(EnvelopeFault::NoEnvelope);
    }
    let closed = |_| EnvelopeFault::Closed;
    let mut opened = vec![0; key.0.min_output_size()];
    let content_key = key.0.decrypt(&OAEP_SHA256_MGF1SHA256, &wrapped, &mut opened, None).map_err(closed)?;
    let cipher = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, content_key).map_err(closed)?);
    let mut content = read(text)?;
    content.extend_from_slice(&tag);
    let nonce = Nonce::try_assume_unique_for_key(&nonce).map_err(closed)?;
    let length = cipher.open_in_place(nonce, Aad::from(header.as_bytes()), &mut content).map_err(closed)?.len();
    content.truncate(length);
    Ok(content)
}
