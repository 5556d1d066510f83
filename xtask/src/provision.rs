//! Brings what a fresh Debian machine lacks: PostgreSQL, Node.js, SQLite's shell and cargo-deny.

use std::path::PathBuf;
use std::process::Command;

use crate::cargo;
use crate::cluster;
use crate::failure::{Failure, Result, While as _};
use crate::process;

/// Tried with the deny.toml of this repository and with the Rust version in Cargo.toml.
const CARGO_DENY_VERSION: &str = "0.20.2";

/// Keeps Debian from making and starting a cluster of its own on port 5432 while it installs PostgreSQL, and leaves no
/// trace. `$*` are the packages.
const INSTALL: &str = "
    export DEBIAN_FRONTEND=noninteractive
    setting=/etc/postgresql-common/createcluster.d/servicepoint-tests.conf
    mkdir -p /etc/postgresql-common/createcluster.d
    trap 'rm -f \"$setting\"' EXIT
    echo 'create_main_cluster = off' > \"$setting\"
    apt-get update --quiet
    apt-get install --yes --quiet --no-install-recommends $*
";

/// Something a Debian package brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// PostgreSQL's server programs; data directories are made by [`crate::cluster`].
    PostgreSql,
    /// Node.js and npm: the GraphQL-over-HTTP audit is written in JavaScript.
    Node,
    /// SQLite's shell: a second program that locks a database file and checks it.
    Sqlite,
}

impl Need {
    fn is_met(self) -> bool {
        match self {
            Self::PostgreSql => cluster::programs().is_some(),
            Self::Node => process::find_program("node").is_some() && process::find_program("npm").is_some(),
            Self::Sqlite => process::find_program("sqlite3").is_some(),
        }
    }

    fn packages(self) -> &'static [&'static str] {
        match self {
            Self::PostgreSql => &["postgresql"],
            Self::Node => &["nodejs", "npm"],
            Self::Sqlite => &["sqlite3"],
        }
    }
}

/// Installs what is missing, as root or with a sudo that asks for no password.
///
/// # Errors
///
/// If we may not install; the message is the one line to type.
pub fn system(needs: &[Need]) -> Result<()> {
    let missing = |needs: &[Need]| -> Vec<&str> {
        let unmet = needs.iter().filter(|need| !need.is_met());
        unmet.flat_map(|need| need.packages()).copied().collect()
    };
    let packages = missing(needs);
    if packages.is_empty() {
        return Ok(());
    }
    install(&packages)?;
    let still = missing(needs);
    if still.is_empty() { Ok(()) } else { Err(Failure::new(format!("installed, but not found: {}", still.join(", ")))) }
}

/// `rustfmt` and `clippy`, which a minimal installation of Rust leaves out.
///
/// # Errors
///
/// The line to type if one is missing.
pub fn rust_components() -> Result<()> {
    for component in ["fmt", "clippy"] {
        let known = process::capture(cargo::cargo().args([component, "--version"]));
        known.map_err(|_| {
            Failure::new("Rust's formatter or linter is missing. Type:\n\n    rustup component add rustfmt clippy\n")
        })?;
    }
    Ok(())
}

/// Where `cargo-deny` stands; builds it once if it is missing (a few minutes) and keeps it beside the target directory.
///
/// # Errors
///
/// If it does not build.
pub fn cargo_deny() -> Result<PathBuf> {
    if let Some(found) = process::find_program("cargo-deny") {
        return Ok(found);
    }
    let tools = cargo::tools_directory()?;
    let program = tools.join("bin/cargo-deny");
    if !process::is_program(&program) {
        println!("installing cargo-deny {CARGO_DENY_VERSION} into {}: this happens once", tools.display());
        let mut install = cargo::cargo();
        install.args(["install", "cargo-deny", "--locked", "--version", CARGO_DENY_VERSION]);
        // An unoptimised build takes a third of the time and checks our tree in six seconds.
        install.args(["--debug", "--root"]).arg(&tools);
        // A target directory of its own, which cargo deletes afterwards.
        process::run(install.env_remove("CARGO_TARGET_DIR")).during("installing cargo-deny")?;
    }
    Ok(program)
}

fn install(packages: &[&str]) -> Result<()> {
    let names = packages.join(" ");
    if process::find_program("apt-get").is_none() {
        return Err(Failure::new(format!("not installed, and there is no apt-get here to do it: {names}")));
    }
    let mut command = if rustix::process::geteuid().is_root() {
        Command::new("sh")
    } else if may_become_root() {
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", "sh"]);
        sudo
    } else {
        return Err(Failure::new(format!("Something is missing. Type:\n\n    sudo apt-get install {names}\n")));
    };
    println!("installing {names}");
    process::run(command.args(["-e", "-c", INSTALL, "sh"]).args(packages)).during(&format!("installing {names}"))
}

fn may_become_root() -> bool {
    process::find_program("sudo").is_some() && process::capture(Command::new("sudo").args(["-n", "true"])).is_ok()
}
