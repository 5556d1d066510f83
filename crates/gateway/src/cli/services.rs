//! `services`: checks the directory of an online service, and publishes it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use applications::{Failure, Problem, PublishDefinition};
use clap::Subcommand;
use domain::identifier::Key;
use domain::permission::Actor;

use crate::cli::city_directory::{self, Found};
use crate::cli::migrate::closed;
use crate::cli::{CommandError, say};
use crate::configuration::Configuration;
use crate::start;

/// What to do with the directory of an online service.
#[derive(Debug, Subcommand)]
pub(crate) enum ServicesCommand {
    /// Lists every problem of a directory, one a line: file, line, key and what is wrong; then what should be looked at.
    Check {
        /// The directory.
        directory: PathBuf,
    },
    /// Publishes a directory as the newest version of its service. Drafts and cases that exist keep theirs. The same files
    /// again are the same version.
    Publish {
        /// The directory.
        directory: PathBuf,
        /// The key of the office that has the cases of the service from now on.
        #[arg(long)]
        office: Key,
    },
}

/// `services check`
///
/// # Errors
/// There are problems.
pub(crate) fn check(directory: &Path) -> Result<(), CommandError> {
    let files = files(directory)?;
    let loaded = forms::load(&files)
        .map_err(|problems| listed(&problems.iter().map(ToString::to_string).collect::<Vec<_>>()))?;
    for notice in &loaded.notices {
        say(format_args!("notice: {notice}"));
    }
    say(format_args!(
        "{} can be published: {} {}",
        directory.display(),
        loaded.definition.key(),
        loaded.definition.sha256()
    ));
    Ok(())
}

/// `services publish`
///
/// # Errors
/// There are problems, no city was loaded, or the database failed; what was published stays as it is.
pub(crate) async fn publish(configuration: &Configuration, directory: &Path, office: Key) -> Result<(), CommandError> {
    let files = files(directory)?;
    let database = start::connect(configuration).await?;
    start::migrated(&database).await?;
    let secrets = start::secrets(configuration, &database).await?;
    let (application, _desk) = start::application(configuration, database.clone(), secrets)?;
    application.scheduling.follow_changes().await.map_err(|failure| CommandError::Failed(failure.to_string()))?;
    let command = PublishDefinition { files, team: office };
    let done = match application.applications.publish_definition(&Actor::System, &command).await {
        Ok(published) => {
            for notice in &published.notices {
                say(format_args!("notice: {notice}"));
            }
            say(format_args!(
                "{} version {} is published: {}",
                published.service, published.sequence, published.sha256
            ));
            Ok(())
        }
        Err(Failure::Problem(Problem::DefinitionRefused { problems })) => Err(listed(&problems)),
        Err(Failure::Problem(problem)) => Err(CommandError::Refused(problem.to_string())),
        Err(failure) => Err(CommandError::Failed(failure.to_string())),
    };
    done.and(closed(database).await)
}

fn files(directory: &Path) -> Result<BTreeMap<String, String>, CommandError> {
    let read = city_directory::read(directory);
    let Found { files, problems } = read.map_err(|error| {
        CommandError::Usage(format!("{}: the directory cannot be read: {error}", directory.display()))
    })?;
    if !problems.is_empty() {
        return Err(listed(&problems.iter().map(ToString::to_string).collect::<Vec<_>>()));
    }
    Ok(files.into_iter().map(|file| (file.path, file.text)).collect())
}

/// Prints the problems, one a line, and gives the last word.
fn listed(problems: &[String]) -> CommandError {
    for problem in problems {
        say(problem);
    }
    let noun = if problems.len() == 1 { "problem" } else { "problems" };
    CommandError::Refused(format!("{} {noun}; nothing was published", problems.len()))
}
