//! Sign-in by OpenID Connect, through the addresses a browser uses, on both engines.
//!
//! The provider is a real one (npm's `oidc-provider`), driven like a person would. For tokens that no real provider makes
//! there is a double (`provider/double.mjs`) that signs whatever it is told to; each test with it also shows that the same
//! double is believed when it is in order.

mod attempts;
mod browser;
mod hostile_tokens;
mod keys;
mod node;
mod round_trip;
mod signing_out;
mod staff;
mod town;
mod trouble;
mod trust;
