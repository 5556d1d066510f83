//! What an access token says, and the half of checking it that needs no database.

use std::collections::HashSet;

use domain::identifier::{AccountId, Key, TokenFamilyId};
use domain::law::TrustLevel;
use domain::permission::Role;
use domain::time::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::settings::IdentitySettings;
use crate::token_keys::TokenKey;

/// `typ` of the header: keeps these tokens apart from any other kind the key might sign one day (RFC 9068).
const TYPE: &str = "at+jwt";
/// Longest token that is looked at, in bytes; ours have about 500.
const LONGEST: usize = 2048;
/// How far, in seconds, the clocks of two gateways may differ.
pub(crate) const SKEW_SECONDS: i64 = 30;

/// The claims. Role, office and trust are there for clients to read; what counts is the account as it stands.
#[derive(Serialize, Deserialize)]
pub(crate) struct Claims {
    /// Who issued it.
    pub(crate) iss: String,
    /// Whom it is for.
    pub(crate) aud: String,
    /// The account.
    pub(crate) sub: AccountId,
    /// Its role when the token was issued.
    pub(crate) role: Role,
    /// Its office when the token was issued.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) office: Option<Key>,
    /// Its trust level when the token was issued.
    pub(crate) trust: TrustLevel,
    /// The account's generation when the token was issued.
    #[serde(rename = "gen")]
    pub(crate) generation: i64,
    /// The family of refresh tokens that it was drawn with.
    #[serde(rename = "fam")]
    pub(crate) family: TokenFamilyId,
    /// When it was issued, in seconds since the epoch.
    pub(crate) iat: i64,
    /// When it ends, in seconds since the epoch.
    pub(crate) exp: i64,
    /// Its own id.
    pub(crate) jti: Uuid,
}

/// What of a checked token is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Verified {
    pub(crate) account: AccountId,
    pub(crate) generation: i64,
    pub(crate) family: TokenFamilyId,
    pub(crate) expires_at: Timestamp,
}

/// Why a token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unacceptable {
    Invalid,
    Expired,
}

/// Signs `claims`. `None` should the library refuse the key, which the tests rule out.
pub(crate) fn sign(key: &TokenKey, claims: &Claims) -> Option<String> {
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some(TYPE.to_owned());
    header.kid = Some(key.id().to_owned());
    encode(&header, claims, key.encoding()).ok()
}

/// The id of the key that `token` names, if it has the form of a token of ours. The algorithm is ours to choose, not the
/// token's.
pub(crate) fn key_id(token: &str) -> Option<String> {
    if token.len() > LONGEST {
        return None;
    }
    let header = decode_header(token).ok()?;
    let is_ours = header.alg == Algorithm::EdDSA && header.typ.as_deref() == Some(TYPE) && header.crit.is_none();
    header.kid.filter(|_| is_ours)
}

/// Checks signature, issuer, audience and times of `token` at `now`. `key` is the one that [`key_id`] names.
pub(crate) fn verify(
    key: &DecodingKey,
    settings: &IdentitySettings,
    token: &str,
    now: Timestamp,
) -> Result<Verified, Unacceptable> {
    let claims = decode::<Claims>(token, key, &validation(settings)).map_err(|_| Unacceptable::Invalid)?.claims;
    check_times(&claims, now)?;
    let expires_at = Timestamp::from_seconds(claims.exp);
    Ok(Verified { account: claims.sub, generation: claims.generation, family: claims.family, expires_at })
}

fn validation(settings: &IdentitySettings) -> Validation {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_issuer(&[&settings.issuer]);
    validation.set_audience(&[&settings.audience]);
    validation.required_spec_claims = HashSet::from(["iss", "aud", "sub", "exp"].map(str::to_owned));
    // The library would read the system's clock; `check_times` asks ours.
    validation.validate_exp = false;
    validation
}

fn check_times(claims: &Claims, now: Timestamp) -> Result<(), Unacceptable> {
    if claims.iat > now.seconds().saturating_add(SKEW_SECONDS) {
        return Err(Unacceptable::Invalid);
    }
    if now >= Timestamp::from_seconds(claims.exp) {
        return Err(Unacceptable::Expired);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use jsonwebtoken::EncodingKey;
    use serde_json::{Value, json};

    use super::*;
    use crate::token_keys::tests::{NOW, ring};

    fn id() -> String {
        ring(7).signing(NOW).unwrap().id().to_owned()
    }

    fn signed(header: &Header, claims: &Value) -> String {
        encode(header, claims, ring(7).signing(NOW).unwrap().encoding()).unwrap()
    }

    fn settings() -> IdentitySettings {
        IdentitySettings::new("https://stadt.example", "servicepoint", 1)
    }

    fn claims() -> Value {
        json!({
            "iss": "https://stadt.example", "aud": "servicepoint", "sub": Uuid::nil(), "role": "clerk", "office": "aegi",
            "trust": "none", "gen": 0, "fam": Uuid::nil(), "iat": NOW.seconds(), "exp": NOW.seconds() + 600, "jti": Uuid::nil(),
        })
    }

    fn header() -> Header {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.into());
        header.kid = Some(id());
        header
    }

    fn check(token: &str) -> Result<Verified, Unacceptable> {
        let id = key_id(token).ok_or(Unacceptable::Invalid)?;
        verify(ring(7).accepted(&id, NOW).ok_or(Unacceptable::Invalid)?, &settings(), token, NOW)
    }

    fn check_claims(claims: &Value) -> Result<Verified, Unacceptable> {
        check(&signed(&header(), claims))
    }

    #[test]
    fn a_token_of_ours_is_accepted() {
        let verified = check_claims(&claims()).unwrap();
        assert_eq!((verified.account.0, verified.generation), (Uuid::nil(), 0));
    }

    #[test]
    fn refuses_every_claim_that_is_missing_or_wrong() {
        let mut wrong: Vec<(&str, Value)> = vec![
            ("iss", json!("https://elsewhere.example")),
            ("aud", json!("elsewhere")),
            ("aud", json!(["servicepoint", "elsewhere"])),
            ("sub", json!("eva")),
            ("role", json!("mayor")),
            ("gen", json!("0")),
            ("fam", json!("1")),
            ("iat", json!(NOW.seconds() + 31)),
            ("exp", json!(1e300)),
        ];
        wrong.extend(["iss", "aud", "sub", "role", "gen", "fam", "iat", "exp"].map(|name| (name, Value::Null)));
        for (name, value) in wrong {
            let mut claims = claims();
            claims[name] = value.clone();
            assert_eq!(check_claims(&claims), Err(Unacceptable::Invalid), "{name}: {value}");
            claims.as_object_mut().unwrap().remove(name);
            assert_eq!(check_claims(&claims), Err(Unacceptable::Invalid), "without {name}");
        }
    }

    #[test]
    fn a_token_ends_at_its_second() {
        let mut claims = claims();
        claims["exp"] = json!(NOW.seconds() + 1);
        assert!(check_claims(&claims).is_ok());
        claims["exp"] = json!(NOW.seconds());
        assert_eq!(check_claims(&claims), Err(Unacceptable::Expired));
    }

    #[test]
    fn refuses_other_algorithms_types_and_keys() {
        let sign = |header: &Header, key: &EncodingKey| encode(header, &claims(), key).unwrap();
        let public = ring(7).jwks(NOW)["keys"][0]["x"].as_str().unwrap().to_owned();
        let public = URL_SAFE_NO_PAD.decode(public).unwrap();
        // The classic: the public key as the secret of a symmetric algorithm.
        let symmetric = Header { alg: Algorithm::HS256, ..header() };
        assert_eq!(check(&sign(&symmetric, &EncodingKey::from_secret(&public))), Err(Unacceptable::Invalid));
        let foreign = ring(8);
        assert_eq!(check(&sign(&header(), foreign.signing(NOW).unwrap().encoding())), Err(Unacceptable::Invalid));
        for header in [
            Header { typ: Some("JWT".into()), ..header() },
            Header { typ: None, ..header() },
            Header { kid: None, ..header() },
            Header { kid: Some("unknown".into()), ..header() },
            Header { crit: Some(vec!["exp".into()]), ..header() },
        ] {
            assert_eq!(check(&signed(&header, &claims())), Err(Unacceptable::Invalid), "{header:?}");
        }
    }

    #[test]
    fn refuses_unsigned_changed_and_malformed_tokens() {
        let good = signed(&header(), &claims());
        let parts: Vec<&str> = good.split('.').collect();
        let none = URL_SAFE_NO_PAD.encode(json!({ "alg": "none", "typ": TYPE, "kid": id() }).to_string());
        let mut other = claims();
        other["role"] = json!("operator");
        let other = URL_SAFE_NO_PAD.encode(other.to_string());
        for bad in [
            format!("{none}.{}.", parts[1]),
            format!("{}.{}.", parts[0], parts[1]),
            format!("{}.{other}.{}", parts[0], parts[2]),
            format!("{}.{}", parts[0], parts[1]),
            format!("{good}.x"),
            format!("{good}="),
            good.repeat(5),
            String::new(),
            "..".into(),
            "ä.ö.ü".into(),
        ] {
            assert_eq!(check(&bad), Err(Unacceptable::Invalid), "{bad}");
        }
    }
}
