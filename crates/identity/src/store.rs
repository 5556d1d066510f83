//! The statements of identity: the only place that names its tables.

pub(crate) mod account;
pub(crate) mod openid;
pub(crate) mod session;
mod words;

/// `$from, $from+1, ...`: placeholders for `count` values.
fn placeholders(from: usize, count: usize) -> String {
    let names: Vec<String> = (from..from + count).map(|number| format!("${number}")).collect();
    names.join(", ")
}
