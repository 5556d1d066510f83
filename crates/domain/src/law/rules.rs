//! The rules that no city may break.

/// stub
pub struct Violation;
/// stub
pub fn violations() {}
