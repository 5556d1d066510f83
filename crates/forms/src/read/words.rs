//! Small values that stand in both files: names, expressions, periods, words of a list.

use domain::law::LegalBasis;
use reading::{Code, Node, visible};

use crate::expression::MAX_BYTES;
use crate::model::Period;
use crate::path::is_name;

/// A name for expressions.
pub(super) fn name(node: &Node<'_>) -> Option<String> {
    let text = node.raw_text()?;
    if is_name(text) {
        return Some(text.to_owned());
    }
    node.refuse(
        Code::BadForm,
        format!("\"{}\" is no name; a name is 1 to 60 lower-case letters (a-z), digits and single underscores, begins with a letter and is no word of CEL", visible(text, 60)),
    );
    None
}

/// The text of an expression; what it says is checked when the whole form is known.
pub(super) fn expression(node: &Node<'_>) -> Option<String> {
    let text = node.raw_text()?;
    if text.trim().is_empty() || text.len() > MAX_BYTES {
        node.refuse(Code::OutOfRange, format!("an expression has 1 to {MAX_BYTES} bytes"));
        return None;
    }
    Some(text.trim().to_owned())
}

/// `group.field`.
pub(super) fn path(node: &Node<'_>) -> Option<String> {
    let text = node.raw_text()?;
    let good = text.split_once('.').is_some_and(|(group, field)| is_name(group) && is_name(field));
    if !good {
        node.refuse(Code::BadForm, "a field is named group.field");
    }
    good.then(|| text.to_owned())
}

pub(super) fn period(node: &Node<'_>) -> Option<Period> {
    let text = node.raw_text()?;
    node.accept(Code::BadForm, text.parse())
}

pub(super) fn statutes(node: &Node<'_>) -> Vec<LegalBasis> {
    node.elements(20).iter().filter_map(Node::statute).collect()
}
