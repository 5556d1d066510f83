//! The front door of the platform: HTTP, GraphQL, configuration and the wiring of all features.

mod account_letters;
pub mod application;
pub mod authenticate;
mod backup_age;
pub mod cli;
pub mod configuration;
mod drain_door;
pub mod environment;
mod follow;
pub mod graphql;
pub mod guard;
pub mod http;
pub mod limits;
pub mod logging;
pub mod mail;
mod measure;
pub mod openid_pages;
pub mod pages;
pub mod proof_of_work;
pub mod retention;
mod serve;
pub mod shutdown;
mod start;
mod town;
mod upkeep;
mod work;
