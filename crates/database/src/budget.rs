//! How many statements one request may send: a query in a loop is found by the first long list, not by the busiest day.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use crate::error::DatabaseError;

tokio::task_local! {
    /// What is left to the request that this task answers.
    static LEFT: Cell<u32>;
    /// Statements and commits that were begun; only a simulation counts them.
    static BEGUN: Cell<u32>;
}

/// Runs `request` with at most `most` statements. What it hands to other tasks, such as loaders that collect the edges
/// of a whole list, is not counted.
pub async fn within_statements<F: Future>(most: u32, request: F) -> F::Output {
    LEFT.scope(Cell::new(most), request).await
}

/// Runs `request` and drops it while its step number `last`, from 0, is under way, as happens when whoever asked hangs up.
/// Steps are statements and commits; whether the last one takes effect is as open as on a bad day. Gives `None` if it was
/// dropped. For simulations: the same number drops the same request at the same place.
pub async fn until_step<F: Future>(last: u32, request: F) -> Option<F::Output> {
    let cut_off = async {
        let mut request = pin!(request);
        poll_fn(|context| {
            let answer = request.as_mut().poll(context);
            // A quick engine may have answered at once; then the answer reaches nobody.
            if BEGUN.with(Cell::get) > last { Poll::Ready(None) } else { answer.map(Some) }
        })
        .await
    };
    BEGUN.scope(Cell::new(0), cut_off).await
}

/// Counts a statement or a commit for whoever simulates.
pub(crate) fn step() {
    // Outside of a simulation nobody counts.
    let _ = BEGUN.try_with(|begun| begun.set(begun.get() + 1));
}

/// Takes one statement. Outside of a request nobody counts.
///
/// # Errors
/// [`DatabaseError::Internal`] when the request has sent as many as it may.
pub(crate) fn take() -> Result<(), DatabaseError> {
    step();
    let left = LEFT.try_with(|left| left.replace(left.get().saturating_sub(1)));
    match left {
        Ok(0) => Err(DatabaseError::Internal("one request sent more statements than it may".into())),
        Ok(_) | Err(_) => Ok(()),
    }
}
