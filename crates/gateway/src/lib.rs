//! The front door of the platform: HTTP, GraphQL, configuration and the wiring of all features.

pub mod application;
pub mod authenticate;
pub mod cli;
pub mod configuration;
pub mod confirm_page;
pub mod environment;
mod follow;
pub mod graphql;
pub mod guard;
pub mod http;
pub mod logging;
pub mod mail;
pub mod pages;
pub mod retention;
mod serve;
pub mod shutdown;
mod start;
mod upkeep;
mod work;
