//! How many statements one request may send: a query in a loop is found by the first long list, not by the busiest day.

use std::cell::Cell;

use crate::error::DatabaseError;

tokio::task_local! {
    /// What is left to the request that this task answers.
    static LEFT: Cell<u32>;
}

/// Runs `request` with at most `most` statements. What it hands to other tasks, such as loaders that collect the edges
/// of a whole list, is not counted.
pub async fn within_statements<F: Future>(most: u32, request: F) -> F::Output {
    LEFT.scope(Cell::new(most), request).await
}

/// Takes one statement. Outside of a request nobody counts.
///
/// # Errors
/// [`DatabaseError::Internal`] when the request has sent as many as it may.
pub(crate) fn take() -> Result<(), DatabaseError> {
    let left = LEFT.try_with(|left| left.replace(left.get().saturating_sub(1)));
    match left {
        Ok(0) => Err(DatabaseError::Internal("one request sent more statements than it may".into())),
        Ok(_) | Err(_) => Ok(()),
    }
}
