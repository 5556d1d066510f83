//! The stories of identity, told through its face on both engines.

mod accounts;
mod devices;
mod keys;
mod lockout;
mod passwords;
mod recovery;
mod refresh;
mod revocation;
mod sealing;
mod second_factor;
mod seeds;
mod sessions;
mod silence;
mod tokens;
mod town;
