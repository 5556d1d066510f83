//! The stories of identity, told through its face on both engines.

mod accounts;
mod passwords;
mod seeds;
mod sessions;
mod silence;
mod tokens;
mod town;
