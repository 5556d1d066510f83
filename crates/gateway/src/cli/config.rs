//! `config`: checks, shows and explains the configuration.

use clap::Subcommand;

use crate::cli::settings::Source;
use crate::cli::{CommandError, say};
use crate::configuration::reference_markdown;

/// What to do with the configuration.
#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Lists every mistake with file, line, key and what is allowed.
    Check,
    /// Prints every setting in force and where it comes from. Passwords are covered.
    Show,
    /// Prints the reference of all settings.
    Reference,
}

/// Runs it.
///
/// # Errors
/// The configuration is wrong.
pub(crate) fn run(source: &Source, command: &Config) -> Result<(), CommandError> {
    match command {
        Config::Check => {
            source.read()?;
            say("the configuration is fine");
        }
        Config::Show => say(source.read()?.show().trim_end()),
        Config::Reference => say(reference_markdown().trim_end()),
    }
    Ok(())
}
