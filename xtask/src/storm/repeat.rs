//! Asks everything in the journal again: a key that is known has the same answer, whatever happened in between.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::bench::graphql::Answer;
use crate::bench::http::Connection;
use crate::failure::Result;
use crate::storm::journal::{Findings, Journal};
use crate::storm::round::everybody;

/// Sends every line of the journal again and writes the answers down.
///
/// # Errors
///
/// If a connection breaks: nothing is out of order any more when this is called.
pub(crate) fn repeat(gateways: &[SocketAddr], journal: &Journal, findings: &mut Findings) -> Result<()> {
    let entries = journal.entries();
    let (next, found) = (AtomicUsize::new(0), Mutex::new(*findings));
    let person = |mut stream: Connection| -> Result<()> {
        loop {
            let line = next.fetch_add(1, Ordering::Relaxed);
            let Some(entry) = entries.get(line) else {
                return Ok(());
            };
            let again = Answer::read(&stream.exchange(&entry.request)?).into();
            let outcome = found.lock().unwrap_or_else(PoisonError::into_inner).repeat(&entry.outcome, again);
            journal.end(line, outcome);
        }
    };
    everybody(gateways, &person)?;
    *findings = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(())
}
