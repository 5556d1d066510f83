//! `permit`: checks a permit without network and database, and writes the register with which others do.

use std::path::{Path, PathBuf};

use applications::{PermitCheck, PermitToken, check_permit, read_register};
use chrono::NaiveDate;
use clap::Subcommand;
use domain::environment::Clock;
use identity::is_stamped;

use crate::cli::{CommandError, say};
use crate::configuration::Configuration;
use crate::environment::SystemClock;
use crate::start;

/// What to do with permits.
#[derive(Debug, Subcommand)]
pub(crate) enum PermitCommand {
    /// Says of the text in the QR code of a permit whether it is valid, expired, taken back or forged. Needs nothing but the
    /// register; ends with 0 for valid permits alone.
    Check {
        /// The register: the city's public key, and permits taken back. `permit register` writes it, and `/graphql` gives it
        /// as `permitRegister`.
        #[arg(long, value_name = "FILE")]
        keys: PathBuf,
        /// The day to check for, such as 2026-12-01; today where it is absent.
        #[arg(long, value_name = "DAY")]
        on: Option<NaiveDate>,
        /// The text in the QR code.
        token: String,
    },
    /// Prints the register as of today. Devices without network carry it; it names nobody.
    Register,
}

/// `permit check`
///
/// # Errors
/// The register is missing or changed, or the permit is anything but valid.
pub(crate) fn check(keys: &Path, on: Option<NaiveDate>, token: &str) -> Result<(), CommandError> {
    let wrong = |reason: &dyn std::fmt::Display| CommandError::Usage(format!("{}: {reason}", keys.display()));
    let text = std::fs::read_to_string(keys).map_err(|error| wrong(&error.kind()))?;
    let register = read_register(&text, is_stamped).map_err(|error| wrong(&error))?;
    let today = on.unwrap_or_else(|| SystemClock.now().local_date(chrono_tz::Europe::Berlin));
    match check_permit(token, &register, today, is_stamped) {
        PermitCheck::Valid(permit) => {
            say(format_args!("valid: {}", told(&permit)));
            Ok(())
        }
        PermitCheck::NotYet(permit) => Err(CommandError::Refused(format!("not valid yet: {}", told(&permit)))),
        PermitCheck::Expired(permit) => Err(CommandError::Refused(format!("expired: {}", told(&permit)))),
        PermitCheck::Revoked(permit) => Err(CommandError::Refused(format!("revoked: {}", told(&permit)))),
        PermitCheck::Forged => Err(CommandError::Refused("forged: this is no permit of the city".to_owned())),
    }
}

fn told(permit: &PermitToken) -> String {
    let PermitToken { holder, zone, valid_from, valid_until, .. } = permit;
    format!("{holder}, zone {zone}, {valid_from} to {valid_until}")
}

/// `permit register`
///
/// # Errors
/// No city was loaded, or the database failed.
pub(crate) async fn register(configuration: &Configuration) -> Result<(), CommandError> {
    let database = start::connect(configuration).await?;
    start::migrated(&database).await?;
    let secrets = start::secrets(configuration, &database).await?;
    let (application, _desk) = start::application(configuration, database, secrets)?;
    application.scheduling.follow_changes().await.map_err(|failure| CommandError::Failed(failure.to_string()))?;
    let register = application.applications.permit_register().await;
    let register = register.map_err(|failure| CommandError::Failed(failure.to_string()))?;
    say(register.0);
    Ok(())
}
