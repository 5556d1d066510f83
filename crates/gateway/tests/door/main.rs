//! Stories of appointments through the door, on both engines, and the schema against its tables.

mod appointments;
mod bad_input;
mod booking_support;
mod idempotency;
mod letters;
mod pages;
mod privacy;
mod schema;
mod trouble;
