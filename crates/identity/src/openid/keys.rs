//! The keys of a provider: which of those it publishes we are willing to believe.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::{CoreJsonWebKey, CoreJsonWebKeySet};
use serde_json::Value;

/// How many keys are looked at.
const MOST: usize = 50;
/// The least length of an RSA modulus, in bytes: 2048 bits, as BSI TR-02102-1 and RFC 7518 section 3.3 ask.
const LEAST_MODULUS: usize = 256;

/// The keys that may check a signature: public ones, and none that is too short.
pub(super) fn believable(keys: &CoreJsonWebKeySet) -> CoreJsonWebKeySet {
    CoreJsonWebKeySet::new(keys.keys().iter().filter(|key| is_believable(key)).take(MOST).cloned().collect())
}

fn is_believable(key: &CoreJsonWebKey) -> bool {
    let Ok(key) = serde_json::to_value(key) else { return false };
    match key["kty"].as_str() {
        Some("RSA") => modulus_length(&key).is_some_and(|bytes| bytes >= LEAST_MODULUS),
        Some("EC" | "OKP") => true,
        // A symmetric key in public is no key.
        Some(_) | None => false,
    }
}

/// The length of the modulus in bytes, without zeros at its start.
fn modulus_length(key: &Value) -> Option<usize> {
    let modulus = URL_SAFE_NO_PAD.decode(key["n"].as_str()?).ok()?;
    Some(modulus.len() - modulus.iter().take_while(|byte| **byte == 0).count())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn believed(keys: &Value) -> usize {
        let keys: CoreJsonWebKeySet = serde_json::from_value(json!({ "keys": keys })).unwrap();
        believable(&keys).keys().len()
    }

    fn rsa(bytes: &[u8]) -> Value {
        json!({ "kty": "RSA", "use": "sig", "e": "AQAB", "n": URL_SAFE_NO_PAD.encode(bytes) })
    }

    #[test]
    fn short_symmetric_and_too_many_keys_are_left_out() {
        assert_eq!(believed(&json!([rsa(&[0xff; 256])])), 1);
        assert_eq!(believed(&json!([rsa(&[0xff; 255]), rsa(&[0xff; 128])])), 0);
        assert_eq!(believed(&json!([rsa(&[&[0; 200][..], &[0xff; 100]].concat())])), 0, "zeros make no key longer");
        assert_eq!(believed(&json!([{ "kty": "oct", "k": "AAAA" }])), 0);
        let elliptic = json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
        assert_eq!(believed(&json!([elliptic])), 1);
        assert_eq!(believed(&json!(vec![elliptic; 500])), MOST);
    }
}
