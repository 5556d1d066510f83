//! The town hall's words: city, offices, services, opening rules, people, money, language, law and permissions.
//!
//! Everything here is a plain value. Nothing reads a clock, a file or a random number; time and ids come in as
//! arguments. Constructors check, so that a value which exists is a value which is allowed.

pub mod account;
pub mod application;
pub mod appointment;
pub mod calendar;
pub mod catalogue;
pub mod city;
pub mod code;
pub mod environment;
pub mod geography;
pub mod identifier;
pub mod keyed;
pub mod law;
pub mod locker;
pub mod money;
pub mod office;
pub mod opening;
pub mod permission;
pub mod personal;
pub mod pickup;
pub mod text;
pub mod time;
