//! Brings what a fresh Debian machine lacks: databases, Node.js, Python, tools of cargo, and what checks a deployment.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cargo;
use crate::cluster;
use crate::failure::{Failure, Result, While as _};
use crate::house::sources;
use crate::process;

/// Tried with the deny.toml of this repository and with the Rust version in Cargo.toml.
const CARGO_DENY_VERSION: &str = "0.20.2";
/// MIT, released all year; makes the package without a debian/rules of its own.
const CARGO_DEB_VERSION: &str = "3.8.0";
/// Apache-2.0, kept by the makers of CycloneDX themselves.
const CARGO_CYCLONEDX_VERSION: &str = "0.5.9";

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
    /// Python with venv: the mail server and the receiver of webhooks that the tests talk to are written in it.
    Python,
    /// What reads units, scripts, packages and YAML.
    DeployChecks,
    /// What makes a small Debian and boots it.
    SmallDebian,
    /// SQLite's shell: a second program that locks a database file and checks it.
    Sqlite,
}

impl Need {
    fn is_met(self) -> bool {
        match self {
            Self::PostgreSql => cluster::programs().is_some(),
            Self::Python => process::capture(Command::new("python3").args(["-c", "import ensurepip, venv"])).is_ok(),
            Self::Node => all_found(&["node", "npm"]),
            Self::DeployChecks => {
                let programs = ["systemd-analyze", "shellcheck", "lintian", "dpkg-shlibdeps", "openssl"];
                all_found(&programs) && process::capture(Command::new("python3").args(["-c", "import yaml"])).is_ok()
            }
            Self::SmallDebian => all_found(&["mmdebstrap", "systemd-nspawn"]),
            Self::Sqlite => process::find_program("sqlite3").is_some(),
        }
    }

    fn packages(self) -> &'static [&'static str] {
        match self {
            Self::PostgreSql => &["postgresql"],
            Self::Node => &["nodejs", "npm"],
            Self::Python => &["python3", "python3-venv"],
            Self::DeployChecks => &["systemd", "shellcheck", "lintian", "dpkg-dev", "openssl", "python3-yaml"],
            Self::SmallDebian => &["mmdebstrap", "systemd-container"],
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
    cargo_tool("cargo-deny", CARGO_DENY_VERSION)
}

/// Where `cargo-deb` stands, as [`cargo_deny`].
///
/// # Errors
///
/// If it does not build.
pub fn cargo_deb() -> Result<PathBuf> {
    cargo_tool("cargo-deb", CARGO_DEB_VERSION)
}

/// Where `cargo-cyclonedx` stands, as [`cargo_deny`].
///
/// # Errors
///
/// If it does not build.
pub fn cargo_cyclonedx() -> Result<PathBuf> {
    cargo_tool("cargo-cyclonedx", CARGO_CYCLONEDX_VERSION)
}

fn cargo_tool(name: &str, version: &str) -> Result<PathBuf> {
    if let Some(found) = process::find_program(name) {
        return Ok(found);
    }
    let tools = cargo::tools_directory()?;
    let program = tools.join("bin").join(name);
    if !process::is_program(&program) {
        println!("installing {name} {version} into {}: this happens once", tools.display());
        let mut install = cargo::cargo();
        install.args(["install", name, "--locked", "--version", version]);
        // An unoptimised build takes a third of the time and checks our tree in six seconds.
        install.args(["--debug", "--root"]).arg(&tools);
        // A target directory of its own, which cargo deletes afterwards.
        process::run(install.env_remove("CARGO_TARGET_DIR")).during(&format!("installing {name}"))?;
    }
    Ok(program)
}

/// Where a program of a Debian package stands. A package that would start a service on this machine is not installed but
/// unpacked beside our other tools; that needs no root either.
///
/// # Errors
///
/// If the package cannot be fetched or the program does not run here.
pub fn unpacked(package: &str, path: &str) -> Result<PathBuf> {
    let name = path.rsplit('/').next().unwrap_or(path);
    if let Some(found) = process::find_program(name) {
        return Ok(found);
    }
    let folder = cargo::tools_directory()?.join("debian").join(package);
    let program = folder.join(path);
    if !process::is_program(&program) {
        unpack(package, &folder)?;
    }
    Ok(program)
}

/// Where clamd stands, which looks for harm in files. Its libraries are unpacked beside it; the tests tell it where they are.
///
/// # Errors
///
/// As [`unpacked`].
pub fn scanner() -> Result<PathBuf> {
    if let Some(found) = process::find_program("clamd") {
        return Ok(found);
    }
    let folder = cargo::tools_directory()?.join("debian").join("clamav-daemon");
    let program = folder.join("usr/sbin/clamd");
    if !process::is_program(&program) {
        // The program comes last: once it is there, everything is.
        for package in ["libmspack0", "libclamav12", "clamav-daemon"] {
            unpack(package, &folder)?;
        }
    }
    Ok(program)
}

fn unpack(package: &str, folder: &Path) -> Result<()> {
    println!("unpacking {package} into {}: this happens once", folder.display());
    fs::create_dir_all(folder)?;
    let fetch = "apt-get download --quiet \"$1\" && dpkg-deb -x \"$1\"_*.deb . && rm \"$1\"_*.deb";
    let mut command = Command::new("sh");
    command.args(["-e", "-c", fetch, "sh", package]).current_dir(folder);
    process::run(&mut command).during(&format!("unpacking {package}; perhaps `apt-get update` helps"))
}

/// A Python with the packages of a list in this repository, in an environment of its own beside our other tools.
///
/// # Errors
///
/// If the packages cannot be fetched.
pub fn python_with(requirements: &str) -> Result<PathBuf> {
    let list = sources::repository().join(requirements);
    let wanted = fs::read(&list).during(requirements)?;
    let place = cargo::tools_directory()?.join("mail-sink");
    let (python, installed) = (place.join("bin/python"), place.join("installed-from"));
    if fs::read(&installed).ok().as_ref() != Some(&wanted) {
        println!("installing {requirements} into {}: this happens once", place.display());
        process::capture(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&place))?;
        let mut install = Command::new(&python);
        install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(&list);
        process::capture(&mut install)?;
        fs::write(&installed, wanted).during("noting what was installed")?;
    }
    Ok(python)
}

fn all_found(programs: &[&str]) -> bool {
    programs.iter().all(|program| process::find_program(program).is_some())
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
