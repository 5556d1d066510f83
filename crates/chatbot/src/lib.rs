//! Questions of citizens in seven languages: understood without a language model, answered with sources and dates from the
//! catalogue, or handed on.
//!
//! [`content::read`] checks what editors wrote, [`Engine::build`] makes the index, [`Engine::ask`] understands one message.
//! [`Engine::turn`] goes on with a conversation and does things through a [`tools::ToolPort`].
//! Nothing here reads a clock, a disk or a database.

pub mod answer;
pub mod cluster;
pub mod content;
pub mod dialogue;
mod engine;
pub mod eval;
pub mod index;
pub mod language;
pub mod learn;
pub mod model;
mod rules;
pub mod text;
pub mod tools;
pub mod understand;

pub use engine::{Asked, Engine, Reply};
