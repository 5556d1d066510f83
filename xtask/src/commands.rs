//! The tasks people type: one task, one file.

pub mod bench;
pub mod chat_eval;
pub mod cluster;
pub mod crash;
pub mod demo;
pub mod deploy;
pub mod faults;
pub mod fuzz;
pub mod overload;
pub mod package;
pub mod schema;
pub mod sim;
pub mod slow;
pub mod storm;
pub mod test;
pub mod tidy;
pub mod torture;
