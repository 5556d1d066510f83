//! `cargo xtask faults`: hurts what the gateway stands on while people book.

use std::process::Command;

use clap::Args;

use crate::bench::figure::Figure;
use crate::bench::server::Context;
use crate::commands::torture::{Common, Trial};
use crate::failure::{Failure, Result};
use crate::process;
use crate::provision::{self, Need};
use crate::torture::faults::{self, Fault, Strength};

/// What a person may change about the faults.
#[derive(Debug, Args)]
pub struct Options {
    /// Only this trouble; without it, all of them.
    name: Option<String>,
    #[command(flatten)]
    common: Common,
}

const TRIAL: Trial = Trial { name: "faults", title: "Trouble below the gateway" };

/// Set for ourselves when we start again inside a user namespace, so that we do it once.
const INSIDE: &str = "XTASK_INSIDE_A_NAMESPACE";

/// Makes the trouble and says what came of it.
///
/// # Errors
///
/// If a promise was not kept, or a control was not found.
pub fn run(options: &Options) -> Result<()> {
    if let Some(outcome) = inside_a_namespace() {
        return outcome;
    }
    let chosen = choose(options.name.as_deref())?;
    provision::system(&[Need::Sqlite])?;
    options.common.conduct(TRIAL, |context| {
        let strength = if options.common.is_long() { Strength::LONG } else { Strength::SHORT };
        torment(context, &chosen, strength)
    })
}

/// The short form on both engines with a program built for development.
///
/// # Errors
///
/// As [`run`].
pub fn run_short() -> Result<()> {
    // A process of its own: it may have to start again inside a namespace.
    process::run(Command::new(process::this_program()?).arg("faults"))
}

fn torment(context: &Context, chosen: &[&Fault], strength: Strength) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for fault in chosen {
        for &engine in context.engines().iter().filter(|engine| fault.engines.contains(engine)) {
            figures.extend((fault.run)(context, engine, strength)?);
        }
    }
    Ok(figures)
}

fn choose(name: Option<&str>) -> Result<Vec<&'static Fault>> {
    let Some(name) = name else {
        return Ok(faults::ALL.iter().collect());
    };
    let chosen = faults::ALL.iter().find(|fault| fault.name == name);
    chosen.map(|fault| vec![fault]).ok_or_else(|| {
        let known: Vec<String> =
            faults::ALL.iter().map(|fault| format!("  {:<12} {}", fault.name, fault.what)).collect();
        Failure::new(format!("there is no fault `{name}`; there are\n{}", known.join("\n")))
    })
}

/// A small disk must be mounted. Whoever is not root may do that in a namespace of their own, so we start again in one.
fn inside_a_namespace() -> Option<Result<()>> {
    if faults::may_mount() {
        return None;
    }
    let says = "A full disk needs a small file system of its own: run this as root, or let users make namespaces \
                (sysctl kernel.unprivileged_userns_clone=1, package util-linux).";
    if std::env::var_os(INSIDE).is_some() || process::find_program("unshare").is_none() {
        return Some(Err(Failure::new(says)));
    }
    let mut again = Command::new("unshare");
    // Still the same person, whom PostgreSQL serves, but one who may mount.
    again.args(["--user", "--map-current-user", "--keep-caps", "--mount", "--"]);
    let program = match process::this_program() {
        Ok(program) => program,
        Err(failure) => return Some(Err(failure)),
    };
    again.arg(program).args(std::env::args_os().skip(1)).env(INSIDE, "1");
    Some(process::run(&mut again).map_err(|failure| Failure::new(format!("{failure}\n{says}"))))
}
