//! From what was typed to what can be compared: one form of letters, words, stems, parts of compounds, pieces of words.

mod compound;
mod detect;
mod fold;
mod grams;
mod sound;
mod stem;

pub use compound::Compounds;
pub use detect::{Evidence, detect, scripts};
pub use fold::{fold, normalise, plain_umlauts, words};
pub use grams::grams;
pub use sound::{from_sound, sound};
pub use stem::stem;
