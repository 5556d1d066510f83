//! The door for `servicepoint drain` on the operators' listener, and the signature that opens it.
//!
//! The listener may be reachable by more than the operator: by other accounts of the machine, by whatever collects
//! measurements. So the request is signed under the master key, and holds for a minute.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::post;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use domain::environment::Clock;
use domain::time::Timestamp;

use crate::configuration::MasterKey;
use crate::environment::SystemClock;
use crate::shutdown::Drain;

/// Where the request goes.
pub(crate) const PATH: &str = "/drain";
/// How far the request's time may be from ours, in seconds.
const HOLDS: i64 = 60;
const SCHEME: &str = "Servicepoint-Drain ";

/// Signs and checks requests to stop.
#[derive(Clone)]
pub(crate) struct DrainKey([u8; 32]);

impl DrainKey {
    /// Derived from the master key for this purpose alone.
    pub(crate) fn new(master: &MasterKey) -> Self {
        let derived = code(master.bytes()).chain_update("servicepoint drain v1").finalize().into_bytes();
        Self(derived.into())
    }

    /// The value of the header `authorization` for a request at `now`.
    pub(crate) fn sign(&self, now: Timestamp) -> String {
        let seconds = now.seconds().to_string();
        let signed = code(&self.0).chain_update(&seconds).finalize().into_bytes();
        format!("{SCHEME}{seconds}:{}", hex::encode(signed))
    }

    fn accepts(&self, header: &str, now: Timestamp) -> bool {
        let Some((seconds, signed)) = header.strip_prefix(SCHEME).and_then(|rest| rest.split_once(':')) else {
            return false;
        };
        let (Ok(at), Ok(signed)) = (seconds.parse::<i64>(), hex::decode(signed)) else { return false };
        let is_fresh = now.seconds().saturating_sub(at).saturating_abs() <= HOLDS;
        is_fresh && code(&self.0).chain_update(seconds).verify_slice(&signed).is_ok()
    }
}

fn code(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of every length")
}

/// The route, for the operators' listener only.
pub(crate) fn routes(drain: Drain, key: DrainKey) -> Router {
    Router::new().route(PATH, post(ask)).with_state((drain, key))
}

async fn ask(State((drain, key)): State<(Drain, DrainKey)>, headers: HeaderMap) -> (StatusCode, &'static str) {
    let signature = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !key.accepts(signature, SystemClock.now()) {
        tracing::warn!("somebody without the master key asked this server to stop");
        return (StatusCode::FORBIDDEN, "not signed under the master key, or clocks differ by more than a minute\n");
    }
    tracing::info!("asked to stop by `servicepoint drain`");
    drain.ask();
    (StatusCode::ACCEPTED, "stopping\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_key_and_its_minute() {
        let (key, other) = (DrainKey([1; 32]), DrainKey([2; 32]));
        let now = Timestamp::from_seconds(1_795_424_400);
        let signed = key.sign(now);
        assert!(key.accepts(&signed, now.plus_seconds(60)) && key.accepts(&signed, now.plus_seconds(-60)));
        assert!(!key.accepts(&signed, now.plus_seconds(61)), "too old");
        assert!(!other.accepts(&signed, now), "another key");
        let later = signed.replace("1795424400", "1795424460");
        assert!(!key.accepts(&later, now), "another time");
        for nonsense in ["", "Bearer x", SCHEME, &format!("{SCHEME}:"), &format!("{SCHEME}{}:00", i64::MIN)] {
            assert!(!key.accepts(nonsense, now), "{nonsense}");
        }
    }
}
