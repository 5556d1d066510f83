//! The engine through its door: stories with counts that can be checked by hand, and properties against a second engine.

mod build;
mod properties;
mod reference;
mod stories;
