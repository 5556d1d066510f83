//! `account`: the first operator, and whoever else has no other way in.

use std::io::{IsTerminal, Read, stdin};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};

use domain::identifier::{AccountId, Key};
use domain::law::TrustLevel;
use domain::permission::{Actor, Role};
use identity::{CreateAccount, CreateAccountError, DisableAccountError, Failure, Password, ResetPasswordError};

use crate::application::Application;
use crate::cli::migrate::closed;
use crate::cli::{CommandError, say};
use crate::configuration::Configuration;
use crate::start;

/// Longer than any password that is taken.
const MOST_BYTES: u64 = 4_096;

/// What to do about accounts.
#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Creates an account. Its password comes from a file or on standard input, never from the command line.
    Add(Add),
    /// Ends an account, its sessions and its tokens. Its bookings stay.
    Disable {
        /// The id that `account add` printed.
        id: uuid::Uuid,
    },
    /// Sets a forgotten password anew and ends the account's sessions and tokens: the way back in for the last operator. The
    /// password comes from a file or on standard input.
    SetPassword {
        /// The id that `account add` printed.
        id: uuid::Uuid,
        /// A file that holds the password on its only line. Without it the password is read from standard input.
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// Takes away whom sign-in providers know an account as, and ends its sessions and tokens: the next sign-in links anew.
    Unlink {
        /// The id that `account add` printed.
        id: uuid::Uuid,
    },
    /// Takes away the second factor of somebody who lost it, and ends the account's sessions and tokens.
    ResetSecondFactor {
        /// The id that `account add` printed.
        id: uuid::Uuid,
    },
}

/// The account to create.
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// The name to sign in with; for citizens a mail address.
    #[arg(long)]
    login: String,
    /// The name shown.
    #[arg(long)]
    name: String,
    /// What the account may do.
    #[arg(long)]
    role: RoleName,
    /// The key of the office of a clerk, lead or device.
    #[arg(long, value_name = "KEY")]
    office: Option<Key>,
    /// A file that holds the password on its only line. Without it the password is read from standard input.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

/// The roles as words of the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum RoleName {
    Citizen,
    Clerk,
    Lead,
    Operator,
    Device,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Citizen => Self::Citizen,
            RoleName::Clerk => Self::Clerk,
            RoleName::Lead => Self::Lead,
            RoleName::Operator => Self::Operator,
            RoleName::Device => Self::Device,
        }
    }
}

/// Runs it.
///
/// # Errors
/// The account is refused, or the database failed.
pub(crate) async fn run(configuration: &Configuration, command: AccountCommand) -> Result<(), CommandError> {
    // Before anything is opened: whoever forgot the password must not wait for a database.
    let password = match &command {
        AccountCommand::Add(wanted) => Some(password(wanted.password_file.as_deref())?),
        AccountCommand::SetPassword { password_file, .. } => Some(password(password_file.as_deref())?),
        AccountCommand::Disable { .. } | AccountCommand::Unlink { .. } | AccountCommand::ResetSecondFactor { .. } => {
            None
        }
    };
    let database = start::connect(configuration).await?;
    start::migrated(&database).await?;
    let secrets = start::secrets(configuration, &database).await?;
    let (application, _desk) = start::application(configuration, database.clone(), secrets)?;
    let done = match command {
        AccountCommand::Add(wanted) => add(&application, wanted, password).await,
        AccountCommand::Disable { id } => disable(&application, AccountId(id)).await,
        AccountCommand::SetPassword { id, .. } => set_password(&application, AccountId(id), password).await,
        AccountCommand::Unlink { id } => unlink(&application, AccountId(id)).await,
        AccountCommand::ResetSecondFactor { id } => reset_second_factor(&application, AccountId(id)).await,
    };
    done.and(closed(database).await)
}

async fn add(application: &Application, wanted: Add, password: Option<Password>) -> Result<(), CommandError> {
    let Add { login, name, role, office, .. } = wanted;
    if let Some(office) = &office {
        known(application, office).await?;
    }
    // An operator at a keyboard has checked nobody's identity card.
    let command = CreateAccount { login, name, role: role.into(), office, trust: TrustLevel::None, password };
    let account = application.identity.create_account(&Actor::System, command).await.map_err(|error| match error {
        CreateAccountError::Refused(_) | CreateAccountError::LoginTaken => CommandError::Refused(error.to_string()),
        CreateAccountError::Forbidden(_)
        | CreateAccountError::IdempotencyKey
        | CreateAccountError::IdempotencyMismatch
        | CreateAccountError::Busy(_)
        | CreateAccountError::Database(_) => CommandError::Failed(error.to_string()),
    })?;
    say(format_args!("created the account {}", account.id));
    Ok(())
}

async fn known(application: &Application, office: &Key) -> Result<(), CommandError> {
    application.scheduling.follow_changes().await.map_err(|failure| CommandError::Failed(failure.to_string()))?;
    match application.scheduling.board().picture() {
        Ok(picture) if picture.city.offices.contains_key(office) => Ok(()),
        Ok(picture) => {
            let offices: Vec<&str> = picture.city.offices.keys().map(Key::as_str).collect();
            Err(CommandError::Refused(format!("there is no office {office}; there are {}", offices.join(", "))))
        }
        Err(problem) => Err(CommandError::Refused(format!("{problem}, so there are no offices"))),
    }
}

async fn disable(application: &Application, id: AccountId) -> Result<(), CommandError> {
    application.identity.disable_account(&Actor::System, id).await.map_err(|error| match error {
        DisableAccountError::NotFound | DisableAccountError::OwnAccount => CommandError::Refused(error.to_string()),
        DisableAccountError::Forbidden(_) | DisableAccountError::Database(_) => CommandError::Failed(error.to_string()),
    })?;
    say(format_args!("disabled the account {id}"));
    Ok(())
}

async fn set_password(application: &Application, id: AccountId, new: Option<Password>) -> Result<(), CommandError> {
    let new = new.ok_or_else(|| CommandError::Usage("there is no password".to_owned()))?;
    application.identity.reset_password(&Actor::System, id, &new).await.map_err(|error| match error {
        ResetPasswordError::NotFound | ResetPasswordError::Refused(_) => CommandError::Refused(error.to_string()),
        ResetPasswordError::Forbidden(_) | ResetPasswordError::Busy(_) | ResetPasswordError::Database(_) => {
            CommandError::Failed(error.to_string())
        }
    })?;
    say(format_args!("set the password of the account {id}"));
    Ok(())
}

async fn reset_second_factor(application: &Application, id: AccountId) -> Result<(), CommandError> {
    application.identity.reset_second_factor(&Actor::System, id).await.map_err(told)?;
    say(format_args!("took away the second factor of the account {id}"));
    Ok(())
}

async fn unlink(application: &Application, id: AccountId) -> Result<(), CommandError> {
    let links = application.identity.unlink_account(&Actor::System, id).await.map_err(told)?;
    say(format_args!("took away {links} links of the account {id}"));
    Ok(())
}

fn told(failure: Failure) -> CommandError {
    match failure {
        Failure::Problem(problem) => CommandError::Refused(problem.to_string()),
        Failure::Forbidden(_) | Failure::IdempotencyMismatch | Failure::Database(_) => {
            CommandError::Failed(failure.to_string())
        }
    }
}

fn password(file: Option<&Path>) -> Result<Password, CommandError> {
    let mut text = String::new();
    let read = match file {
        Some(file) => std::fs::File::open(file).and_then(|file| file.take(MOST_BYTES).read_to_string(&mut text)),
        None if stdin().is_terminal() => {
            let message = "the password comes from --password-file FILE or on standard input, not from the keyboard, where it would show";
            return Err(CommandError::Usage(message.to_owned()));
        }
        None => stdin().take(MOST_BYTES).read_to_string(&mut text),
    };
    let place = file.map_or("standard input".to_owned(), |file| file.display().to_string());
    read.map_err(|error| CommandError::Usage(format!("the password cannot be read from {place}: {error}")))?;
    let password = text.strip_suffix('\n').unwrap_or(&text);
    let password = password.strip_suffix('\r').unwrap_or(password);
    if password.is_empty() {
        return Err(CommandError::Usage(format!("there is no password in {place}")));
    }
    Ok(Password::new(password))
}
