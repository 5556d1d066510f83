//! Log lines for machines or people, written off the request's thread.

use std::io::IsTerminal;

use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::{EnvFilter, Layer, layer::SubscriberExt, util::SubscriberInitExt};

use crate::configuration::{Log, LogFormat};

/// Starts logging to standard error. Keep the guard until the end: dropping it writes what is still waiting.
///
/// Nothing here takes personal data out of a line. Whoever logs must not put it in: no names, mail, birth dates, tokens
/// or answers, and no text a client sent.
///
/// # Errors
///
/// Logging was started before.
pub fn start_logging(log: &Log) -> Result<WorkerGuard, AlreadyLogging> {
    // A JSON line costs more than a query; a full queue drops lines rather than holding citizens up.
    let (writer, guard) = tracing_appender::non_blocking(std::io::stderr());
    let lines = tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(std::io::stderr().is_terminal());
    let lines = match log.format {
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(true).with_span_list(false).boxed(),
        LogFormat::Pretty => lines.compact().boxed(),
    };
    tracing_subscriber::registry().with(filter(&log.level)).with(lines).try_init().map_err(|_| AlreadyLogging)?;
    Ok(guard)
}

/// Logging was started before in this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("logging was already started")]
pub struct AlreadyLogging;

/// The libraries below us talk in detail about statements and packets, and with them about people: they stay at warnings.
fn filter(level: &str) -> EnvFilter {
    const QUIET: &str = "sqlx=warn,sea_orm=warn,sea_orm_migration=info,hyper=warn,h2=warn,rustls=warn,tungstenite=warn";
    EnvFilter::new(format!("{level},{QUIET}"))
}
