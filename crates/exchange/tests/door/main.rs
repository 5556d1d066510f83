//! The exchange through its public face: over all services that the product ships, and with a schema of others.

mod fields;
mod instance;
mod support;
