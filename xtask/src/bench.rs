//! Measurements of the promises in docs/benchmarks.md: each is one file in `measures/`, run on the same machine in the same run.

pub mod bare_booking;
pub mod calendar;
pub mod city;
pub mod figure;
pub mod graphql;
pub mod http;
pub mod load;
pub mod measures;
pub mod page;
pub mod pgbench;
pub mod processes;
pub mod questions;
pub mod server;
