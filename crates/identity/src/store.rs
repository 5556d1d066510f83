//! The statements of identity: the only place that names its tables.

pub(crate) mod account;
pub(crate) mod attempt;
pub(crate) mod challenge;
pub(crate) mod device;
pub(crate) mod login_index;
pub(crate) mod openid;
pub(crate) mod password_reset;
pub(crate) mod revocation;
pub(crate) mod second_factor;
pub(crate) mod session;
pub(crate) mod signing_key;
pub(crate) mod token_family;
mod words;

pub(crate) use words::{of_role as role_word, of_trust as trust_word};

/// `$from, $from+1, ...`: placeholders for `count` values.
fn placeholders(from: usize, count: usize) -> String {
    let names: Vec<String> = (from..from + count).map(|number| format!("${number}")).collect();
    names.join(", ")
}
