//! The citizen's first question: must I come, and if not, what else is there?

/// stub
pub struct Answer;
/// stub
pub struct OpenWay;
/// stub
pub struct Situation;
/// stub
pub fn gate() {}
