//! The stories of messages, told through the face of the feature on both engines.

mod accounts;
mod cases;
mod counter;
mod delivery;
mod doubles;
mod failing;
mod headers;
mod pickups;
mod reminding;
mod webhooks;
mod wording;
