//! `services`: checks and plays the directory of an online service, compares and publishes it, and exchanges its form.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use applications::{Failure, OlderDrafts, Problem, PublishDefinition, Published, shipped_service, shipped_services};
use clap::Subcommand;
use domain::identifier::Key;
use domain::permission::Actor;
use domain::time::Timestamp;

use crate::application::Application;
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
    /// Plays the scenarios of a directory and says where one went otherwise than expected.
    Test {
        /// The directory.
        directory: PathBuf,
    },
    /// Says what changed from one directory to another and how deep it goes: whether drafts can be moved.
    Diff {
        /// The older version.
        old: PathBuf,
        /// The newer version.
        new: PathBuf,
    },
    /// Publishes a version of a service, or several. Cases that exist keep theirs; drafts do what `--drafts` says. The same
    /// files again are the same version. Says what changed since the version before.
    Publish(Publish),
    /// Writes the newest published version of a service as FIM data fields (XDatenfelder 3) to standard output.
    Export {
        /// The key of the service.
        key: Key,
        /// As XDatenfelder 3; the only form there is.
        #[arg(long, required = true)]
        xdf3: bool,
    },
    /// Reads FIM data fields (XDatenfelder 3) into a directory as the draft of a service, and says what people must decide.
    Import {
        /// The file.
        file: PathBuf,
        /// The directory; it must not exist or be empty.
        directory: PathBuf,
    },
}

/// What to publish.
#[derive(Debug, clap::Args)]
pub(crate) struct Publish {
    /// The directory.
    #[arg(required_unless_present = "shipped")]
    directory: Option<PathBuf>,
    /// The services that come with this program, instead of a directory: all of them, or those named.
    #[arg(long, num_args = 0.., conflicts_with = "directory", value_name = "KEY")]
    shipped: Option<Vec<Key>>,
    /// The key of the office that has the cases of the service from now on.
    #[arg(long)]
    office: Key,
    /// What happens to drafts that began with an older version: they are finished with it, moved with their answers
    /// (refused if one would be lost), or carried along as far as answers fit.
    #[arg(long, value_enum, default_value_t = Drafts::Keep)]
    drafts: Drafts,
    /// For kept drafts: until when they can be finished, such as 2027-01-31T23:59:59Z.
    #[arg(long, value_name = "TIME")]
    keep_until: Option<chrono::DateTime<chrono::Utc>>,
}

/// What happens to drafts of older versions.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Drafts {
    /// They are finished with the version they began with.
    Keep,
    /// They go on with the new version.
    Migrate,
    /// They go on with the new version; what does not fit is shown to whoever gave it.
    Restart,
}

impl Publish {
    fn older_drafts(&self) -> OlderDrafts {
        match (self.drafts, self.keep_until) {
            (Drafts::Keep, None) => OlderDrafts::Keep,
            (Drafts::Keep, Some(until)) => OlderDrafts::KeepUntil(Timestamp::from_millis(until.timestamp_millis())),
            (Drafts::Migrate, _) => OlderDrafts::Migrate,
            (Drafts::Restart, _) => OlderDrafts::Restart,
        }
    }

    /// The files of everything that is to be published.
    fn sources(&self) -> Result<Vec<BTreeMap<String, String>>, CommandError> {
        let Some(shipped) = &self.shipped else {
            return self.directory.iter().map(|directory| files(directory)).collect();
        };
        let all = shipped_services();
        let keys: Vec<&str> = if shipped.is_empty() { all } else { shipped.iter().map(Key::as_str).collect() };
        let found = |key: &str| {
            let unknown = || {
                CommandError::Usage(format!(
                    "no service {key} comes with this program; there are {}",
                    shipped_services().join(", ")
                ))
            };
            shipped_service(key).ok_or_else(unknown)
        };
        keys.into_iter().map(found).collect()
    }
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
pub(crate) async fn publish(configuration: &Configuration, wanted: &Publish) -> Result<(), CommandError> {
    let sources = wanted.sources()?;
    let (database, application) = opened(configuration).await?;
    let mut done = Ok(());
    for files in sources {
        let command = PublishDefinition { files, team: wanted.office.clone(), drafts: wanted.older_drafts() };
        let outcome = application.applications.publish_definition(&Actor::System, &command).await;
        done = outcome.map_err(refused).map(|published| told(&published));
        if done.is_err() {
            break;
        }
    }
    done.and(closed(database).await)
}

async fn opened(configuration: &Configuration) -> Result<(database::Database, Application), CommandError> {
    let database = start::connect(configuration).await?;
    start::migrated(&database).await?;
    let secrets = start::secrets(configuration, &database).await?;
    let (application, _desk) = start::application(configuration, database.clone(), secrets)?;
    application.scheduling.follow_changes().await.map_err(|failure| CommandError::Failed(failure.to_string()))?;
    Ok((database, application))
}

fn told(published: &Published) {
    for notice in &published.notices {
        say(format_args!("notice: {notice}"));
    }
    if let Some(report) = &published.report {
        report_lines(report);
    }
    if published.older_drafts > 0 {
        say(format_args!("{} drafts are being filled in with older versions", published.older_drafts));
    }
    say(format_args!("{} version {} is published: {}", published.service, published.sequence, published.sha256));
}

fn report_lines(report: &forms::CompatReport) {
    for change in &report.changes {
        say(format_args!("{}: {}", change.class.as_str(), change.what));
    }
}

fn refused(failure: Failure) -> CommandError {
    match failure {
        Failure::Problem(Problem::DefinitionRefused { problems }) => listed(&problems),
        Failure::Problem(Problem::DraftsCannotMove { changes }) => {
            for change in &changes {
                say(change);
            }
            CommandError::Refused("drafts cannot be moved to this version; nothing was published".to_owned())
        }
        Failure::Problem(problem) => CommandError::Refused(problem.to_string()),
        failure => CommandError::Failed(failure.to_string()),
    }
}

/// `services test`
///
/// # Errors
/// There are problems, there is no scenario, or one went otherwise than expected.
pub(crate) fn test(directory: &Path) -> Result<(), CommandError> {
    let definition = loaded(directory)?;
    let results = forms::run_scenarios(&definition);
    let failed: Vec<_> = results.iter().filter(|result| !result.differences.is_empty()).collect();
    for result in &failed {
        for difference in &result.differences {
            say(format_args!("{}: {}: {difference}", result.file, result.name));
        }
    }
    if results.is_empty() {
        return Err(CommandError::Refused("there is no scenario in tests/".to_owned()));
    }
    if failed.is_empty() {
        say(format_args!("{} scenarios went as expected", results.len()));
        return Ok(());
    }
    Err(CommandError::Refused(format!("{} of {} scenarios went otherwise", failed.len(), results.len())))
}

/// `services diff`
///
/// # Errors
/// One of the directories has problems.
pub(crate) fn diff(old: &Path, new: &Path) -> Result<(), CommandError> {
    let report = forms::compat(&loaded(old)?, &loaded(new)?);
    report_lines(&report);
    let moves = if report.may_migrate() { "drafts can be moved" } else { "drafts cannot be moved" };
    say(format_args!("{}: {moves}", report.class.as_str()));
    Ok(())
}

/// `services export`
///
/// # Errors
/// There is no such service, or the database failed.
pub(crate) async fn export(configuration: &Configuration, key: Key) -> Result<(), CommandError> {
    let (database, application) = opened(configuration).await?;
    let found = application.applications.published_text(&Actor::System, &key).await.map_err(refused);
    let done = found.and_then(|text| {
        let broken = |_| CommandError::Failed("the published version cannot be read by this program".to_owned());
        let definition = forms::Definition::from_canonical_json(&text.json).map_err(broken)?;
        let message = format!("{key}-{}-{}", text.sequence, definition.sha256());
        let version = u32::try_from(text.sequence).unwrap_or(u32::MAX);
        let facts = exchange::XdfFacts { message_id: &message, created_at: application.clock.now(), version };
        say(exchange::export_form(&definition, facts).trim_end());
        Ok(())
    });
    done.and(closed(database).await)
}

/// `services import`
///
/// # Errors
/// The file is none, or the directory holds something already.
pub(crate) fn import(file: &Path, directory: &Path) -> Result<(), CommandError> {
    let unreadable = |error: std::io::Error| CommandError::Usage(format!("{}: {error}", file.display()));
    let xml = std::fs::read_to_string(file).map_err(unreadable)?;
    let draft =
        exchange::import_form(&xml).map_err(|fault| CommandError::Refused(format!("{}: {fault}", file.display())))?;
    let broken = |error: std::io::Error| CommandError::Failed(format!("{}: {error}", directory.display()));
    std::fs::create_dir_all(directory).map_err(broken)?;
    if std::fs::read_dir(directory).map_err(broken)?.next().is_some() {
        // Somebody may have worked on it.
        return Err(CommandError::Refused(format!("{}: the directory is not empty", directory.display())));
    }
    for (path, text) in &draft.files {
        let target = directory.join(path);
        target.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(broken)?;
        std::fs::write(target, text).map_err(broken)?;
    }
    for notice in &draft.notices {
        say(format_args!("notice: {notice}"));
    }
    say(format_args!("{} files are written to {}; see README.md there", draft.files.len(), directory.display()));
    Ok(())
}

fn loaded(directory: &Path) -> Result<forms::Definition, CommandError> {
    let files = files(directory)?;
    let problems =
        |problems: Vec<forms::Problem>| listed(&problems.iter().map(ToString::to_string).collect::<Vec<_>>());
    forms::load(&files).map(|loaded| loaded.definition).map_err(problems)
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
