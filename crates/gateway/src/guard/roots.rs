//! The fields at the root of an operation, however fragments hide them.

use async_graphql::parser::types::{ExecutableDocument, Field, Selection, SelectionSet};

/// More than the guard lets pass; a bound of our own all the same.
const MOST: usize = 1_000;

/// All of them, each as often as it stands there. The document was judged before: fragments exist and end.
pub(super) fn fields<'a>(document: &'a ExecutableDocument, set: &'a SelectionSet) -> Vec<&'a Field> {
    let mut found = Vec::new();
    let mut open = vec![set];
    while let Some(set) = open.pop() {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => found.push(&field.node),
                Selection::InlineFragment(inline) => open.push(&inline.node.selection_set.node),
                Selection::FragmentSpread(spread) => {
                    let fragment = document.fragments.get(&spread.node.fragment_name.node);
                    open.extend(fragment.map(|fragment| &fragment.node.selection_set.node));
                }
            }
        }
        if found.len() + open.len() > MOST {
            break;
        }
    }
    found
}
