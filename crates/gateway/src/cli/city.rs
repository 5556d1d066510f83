//! `city`: checks a city directory, says what loading it would do, and loads it.

use std::path::{Path, PathBuf};

use clap::Subcommand;

use capacity::{Supply, SupplyProblem};
use city::{Checked, CityFile, Code, Problem, canonical_json, fingerprint};
use domain::city::City;
use domain::environment::Clock;
use domain::identifier::Key;
use domain::permission::Actor;
use identity::SeedAccountsError;
use scheduling::{Conflict, ConflictPlan, LoadRefusal, Loaded};

use crate::application::{Application, Seeding};
use crate::cli::city_directory::{self, Found};
use crate::cli::migrate::closed;
use crate::cli::{CommandError, say};
use crate::configuration::Configuration;
use crate::environment::SystemClock;
use crate::start;

/// Most conflicts that are listed one by one.
const LISTED: usize = 100;

/// What to do with a city directory.
#[derive(Debug, Subcommand)]
pub(crate) enum CityCommand {
    /// Lists every problem of a city directory, one a line: file, line, key and what is wrong.
    Check {
        /// The directory.
        directory: PathBuf,
    },
    /// Makes a city directory the city that serves: all of it or nothing, while people book. Loading it again changes nothing.
    Load {
        /// The directory.
        directory: PathBuf,
        /// Only says what it would do to appointments.
        #[arg(long)]
        plan: bool,
    },
}

/// Whether a city is loaded or only looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    Load,
    Plan,
}

impl Wish {
    pub(crate) const fn of(plan: bool) -> Self {
        if plan { Self::Plan } else { Self::Load }
    }
}

/// `city check`
///
/// # Errors
/// There are problems.
pub(crate) fn check(directory: &Path) -> Result<(), CommandError> {
    let (_, Checked { city, notices }) = checked(directory)?;
    for notice in notices {
        say(format_args!("notice: {notice}"));
    }
    say(format_args!("{} can be loaded: {}", directory.display(), size(&city)));
    Ok(())
}

/// `city load`
///
/// # Errors
/// There are problems, or the database failed; the city that served goes on serving.
pub(crate) async fn load(configuration: &Configuration, directory: &Path, wish: Wish) -> Result<(), CommandError> {
    let (files, Checked { city, .. }) = checked(directory)?;
    if wish == Wish::Plan && start::sqlite_file(configuration).is_some_and(|file| !file.exists()) {
        say(format_args!("this would be the first city: {}", size(&city)));
        return Ok(());
    }
    let database = start::connect(configuration).await?;
    start::migrated(&database).await?;
    let secrets = start::secrets(configuration, &database).await?;
    let (application, _desk) = start::application(configuration, database.clone(), secrets)?;
    let done = match wish {
        Wish::Load => load_into(&application, &files, &city).await,
        Wish::Plan => plan(&application, &files, &city).await,
    };
    done.and(closed(database).await)
}

async fn load_into(application: &Application, files: &[CityFile], city: &City) -> Result<(), CommandError> {
    let identity = &application.identity;
    let seeds = identity.prepare_seeds(&Actor::System, &city.accounts).await;
    let seeds = seeds.map_err(|error| seeds_refused(files, error))?;
    let seeding = Seeding::new(application, seeds, conversations::Texts::of(files));
    let (document, fingerprint) = (canonical_json(city), fingerprint(city));
    let loading = application.scheduling.load_city(&Actor::System, city, &document, &fingerprint, &seeding);
    match loading.await.map_err(|refusal| refused(files, refusal))? {
        Loaded::Unchanged { version } => {
            say(format_args!("version {version} serves already; nothing changed"));
        }
        Loaded::Activated { version, plan } => {
            say(format_args!("version {version} serves: {}", size(city)));
            tell(&plan);
        }
    }
    Ok(())
}

async fn plan(application: &Application, files: &[CityFile], city: &City) -> Result<(), CommandError> {
    application.scheduling.follow_changes().await.map_err(|failure| failed(&failure))?;
    let serving = application.scheduling.board().picture().ok();
    match serving {
        Some(serving) if serving.fingerprint == fingerprint(city) => {
            say(format_args!("version {} serves already; nothing would change", serving.version));
            return Ok(());
        }
        Some(serving) => say(format_args!("version {} would be replaced by: {}", serving.version, size(city))),
        None => say(format_args!("this would be the first city: {}", size(city))),
    }
    let plan = application.scheduling.plan_city(&Actor::System, city).await;
    tell(&plan.map_err(|refusal| refused(files, refusal))?);
    Ok(())
}

/// Reads and checks a directory, with everything a load would find wrong about its rules.
pub(super) fn checked(directory: &Path) -> Result<(Vec<CityFile>, Checked), CommandError> {
    let read = city_directory::read(directory);
    let Found { files, problems } = read.map_err(|error| {
        CommandError::Usage(format!("{}: the directory cannot be read: {error}", directory.display()))
    })?;
    let checked = match city::check(&files) {
        Ok(checked) if problems.is_empty() => checked,
        Ok(_) => return Err(listed(problems)),
        Err(more) => {
            // A file that cannot be read is not missing as well.
            let is_known = |problem: &Problem| problems.iter().any(|known| known.file == problem.file);
            let more: Vec<Problem> = more.into_iter().filter(|problem| !is_known(problem)).collect();
            return Err(listed(problems.into_iter().chain(more).collect()));
        }
    };
    let Checked { city, .. } = &checked;
    chatbot::content::read(&files, &city.services).map_err(listed)?;
    let today = SystemClock.now().local_date(city.municipality.time_zone);
    match Supply::compile(city, today, city.municipality.horizon_days) {
        Ok(_) => Ok((files, checked)),
        Err(contradictions) => Err(listed(located(&files, &contradictions))),
    }
}

/// Prints the problems, one a line, and gives the last word.
pub(super) fn listed(mut problems: Vec<Problem>) -> CommandError {
    problems.sort_by(|one, other| (&one.file, one.line, one.column).cmp(&(&other.file, other.line, other.column)));
    for problem in &problems {
        say(problem);
    }
    let noun = if problems.len() == 1 { "problem" } else { "problems" };
    CommandError::Refused(format!("{} {noun}; the city that serves was not touched", problems.len()))
}

/// Contradictions of opening rules, each in the file of its office, at the line that names its rule or team.
fn located(files: &[CityFile], contradictions: &[SupplyProblem]) -> Vec<Problem> {
    let place = |contradiction: &SupplyProblem| {
        let (office, named): (&Key, &Key) = match contradiction {
            SupplyProblem::Overlap { office, rules, .. } => (office, &rules.1),
            SupplyProblem::UnknownTeam { office, rule, .. }
            | SupplyProblem::UnknownGroup { office, rule, .. }
            | SupplyProblem::Step { office, rule } => (office, rule),
            SupplyProblem::Groups { office, team } | SupplyProblem::PoolCollision { office, team } => (office, team),
        };
        let path = format!("offices/{office}.toml");
        let line = line_of(files, &path, &format!("key = \"{named}\""));
        Problem { line, ..Problem::of_file(&path, Code::Contradiction, contradiction.to_string()) }
    };
    contradictions.iter().map(place).collect()
}

/// The last line of a file that begins with these words: rules stand below teams. 1 where there is none.
fn line_of(files: &[CityFile], path: &str, words: &str) -> usize {
    let text = files.iter().find(|file| file.path == path).map_or("", |file| &file.text);
    let lines = text.lines().enumerate().filter(|(_, line)| line.trim_start().starts_with(words));
    lines.last().map_or(1, |(index, _)| index + 1)
}

fn seeds_refused(files: &[CityFile], error: SeedAccountsError) -> CommandError {
    match error {
        SeedAccountsError::Refused(refusals) => {
            const FILE: &str = "accounts.toml";
            let text = files.iter().find(|file| file.path == FILE).map_or("", |file| &file.text);
            let starts = text.lines().enumerate().filter(|(_, line)| line.trim_start().starts_with("[[accounts]]"));
            let starts: Vec<usize> = starts.map(|(index, _)| index + 1).collect();
            let problems = refusals.into_iter().map(|(place, refusal)| Problem {
                line: starts.get(place).copied().unwrap_or(1),
                key: format!("accounts[{place}]"),
                ..Problem::of_file(FILE, Code::BadForm, refusal.to_string())
            });
            listed(problems.collect())
        }
        SeedAccountsError::Forbidden(_) | SeedAccountsError::Busy(_) | SeedAccountsError::Database(_) => failed(&error),
    }
}

fn refused(files: &[CityFile], refusal: LoadRefusal) -> CommandError {
    match refusal {
        LoadRefusal::Rules(contradictions) => listed(located(files, &contradictions)),
        LoadRefusal::Forbidden(_) | LoadRefusal::Database(_) => failed(&refusal),
    }
}

fn failed(error: &dyn std::fmt::Display) -> CommandError {
    CommandError::Failed(format!("{error}; the city that served goes on serving"))
}

fn size(city: &City) -> String {
    let (offices, services, accounts) = (city.offices.len(), city.services.len(), city.accounts.len());
    format!("{offices} offices, {services} services, {accounts} accounts")
}

fn tell(plan: &ConflictPlan) {
    let ConflictPlan { appointments, conflicts } = plan;
    say(format_args!("{appointments} future appointments, {} of them do not fit", conflicts.len()));
    for planned in conflicts.iter().take(LISTED) {
        let why = match planned.conflict {
            Conflict::Closed => "the office is closed then",
            Conflict::OverCapacity => "there are more people than desks",
            Conflict::Kept => "kept all the same",
        };
        let start = planned.starts_at.to_utc().format("%Y-%m-%dT%H:%MZ");
        say(format_args!("conflict: {start} {} {}: {why}", planned.office, planned.appointment));
    }
    if conflicts.len() > LISTED {
        say(format_args!("... and {} more", conflicts.len() - LISTED));
    }
}
