//! `cargo xtask package`: the Debian package as it is released. `cargo xtask sbom`: the list of what is inside.

use std::path::PathBuf;

use clap::Args;

use crate::cargo::{self, Profile};
use crate::deploy::package::{self, Compression, Parts, Recipe};
use crate::deploy::sbom;
use crate::failure::Result;
use crate::provision::{self, Need};

/// What a person may change about the package.
#[derive(Debug, Args)]
pub struct Options {
    /// Packs this program instead of building one for speed.
    #[arg(long, value_name = "PROGRAM")]
    program: Option<PathBuf>,
    /// Who makes the package.
    #[arg(long, value_name = "NAME <ADDRESS>")]
    maintainer: Option<String>,
    /// Debian's part of the version.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    revision: u32,
}

/// Makes the package and says where it lies.
///
/// # Errors
///
/// If a part does not build.
pub fn run(options: &Options) -> Result<()> {
    provision::system(&[Need::DeployChecks])?;
    let program = match &options.program {
        Some(program) => std::path::absolute(program)?,
        None => cargo::build_servicepoint(Profile::Release)?,
    };
    let recipe = Recipe {
        program,
        maintainer: options.maintainer.clone(),
        revision: options.revision,
        parts: Parts::Listed,
        compression: Compression::Small,
    };
    let made = package::make(&recipe)?;
    package::check(&made)?;
    println!("{}", made.display());
    Ok(())
}

/// Where the list goes.
#[derive(Debug, Args)]
pub struct SbomOptions {
    /// The file to write.
    #[arg(default_value = "target/servicepoint.cdx.json")]
    file: PathBuf,
}

/// Writes the list of parts.
///
/// # Errors
///
/// If the tool fails or the list is not whole.
pub fn run_sbom(options: &SbomOptions) -> Result<()> {
    let file = std::path::absolute(&options.file)?;
    sbom::write(&file)?;
    println!("{}", file.display());
    Ok(())
}
