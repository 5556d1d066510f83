//! The rules of law and the law gate, told through services as a city would write them.

mod gate;
mod rules;
mod service;
