//! The stories of letters, told through the face of the feature on both engines.

mod counter;
mod delivery;
mod doubles;
mod failing;
mod wording;
