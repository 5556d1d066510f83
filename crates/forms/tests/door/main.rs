//! The engine through its public face: definitions in, answers in, consequences out.

mod answering;
mod expressions;
mod hostile;
mod limits;
mod loading;
mod reports;
mod support;
mod tables;
mod versions;
