//! The automation of this repository: what people, CI and the tests of the house call.

pub mod bench;
pub mod cargo;
pub mod cluster;
pub mod commands;
pub mod deploy;
pub mod failure;
pub mod house;
pub mod interrupt;
pub mod process;
pub mod provision;
pub mod report;
pub mod serving;
pub mod storm;
pub mod torture;
