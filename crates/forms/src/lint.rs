//! The linter: what may be published and is still not good for those who read it.

use reading::Notice;

use crate::definition::Definition;

/// Everything to look at before publishing.
pub(crate) fn notices(_definition: &Definition) -> Vec<Notice> {
    Vec::new()
}
