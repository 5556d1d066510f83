//! The Debian package: program, units, scripts, manual, completions and the list of what it is made of.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::cargo;
use crate::deploy::sbom;
use crate::failure::{Failure, Result, While as _};
use crate::house::sources;
use crate::process;
use crate::provision;

/// Who signs where nobody is named.
const MAINTAINER: &str = "Contributors of the service point <servicepoint@localhost>";

/// What a package is made from.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// The program.
    pub program: PathBuf,
    /// Name and address of who makes the package.
    pub maintainer: Option<String>,
    /// Debian's part of the version, after the hyphen.
    pub revision: u32,
    /// Whether the list of parts is made. It takes some seconds.
    pub parts: Parts,
    /// Whether size or time counts.
    pub compression: Compression,
}

/// Whether the list of parts is in the package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parts {
    /// As released.
    Listed,
    /// For checks.
    Unlisted,
}

/// How the package is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// As released.
    Small,
    /// For checks.
    Fast,
}

/// Makes the package and returns where it lies.
///
/// # Errors
///
/// If a part is missing or cargo-deb fails.
pub fn make(recipe: &Recipe) -> Result<PathBuf> {
    let tool = provision::cargo_deb()?;
    let stage = scratch("package")?;
    let release = stage.join("release");
    let papers = release.join("package");
    fs::create_dir_all(&papers)?;
    // cargo-deb packs what lies in a target directory; ours holds nothing but the parts.
    fs::copy(&recipe.program, release.join("servicepoint")).during(&recipe.program.display().to_string())?;
    process::run(Command::new(&recipe.program).arg("manual").arg(&papers))?;
    for entry in fs::read_dir(papers.join("man"))? {
        process::run(Command::new("gzip").args(["-9", "--no-name"]).arg(entry?.path()))?;
    }
    let maintainer = recipe.maintainer.as_deref().unwrap_or(MAINTAINER);
    zipped(&papers.join("changelog.Debian.gz"), &changelog(recipe.revision, maintainer)?)?;
    let news = fs::read_to_string(sources::repository().join("CHANGELOG.md")).during("CHANGELOG.md")?;
    zipped(&papers.join("changelog.gz"), &news)?;
    fs::write(papers.join("copyright"), copyright()?)?;
    match recipe.parts {
        Parts::Listed => sbom::write(&papers.join("sbom.cdx.json"))?,
        Parts::Unlisted => fs::write(papers.join("sbom.cdx.json"), "{}\n")?,
    }
    let name = format!("servicepoint_{}-{}_{}.deb", version()?, recipe.revision, architecture()?);
    let target = packages()?.join(name);
    let mut pack = Command::new(tool);
    pack.current_dir(sources::repository()).env("CARGO_TARGET_DIR", &stage);
    pack.args(["--package", "gateway", "--no-build", "--strip", "--maintainer", maintainer]);
    pack.args(["--deb-revision", &recipe.revision.to_string()]).arg("--output").arg(&target);
    if recipe.compression == Compression::Fast {
        pack.arg("--fast");
    }
    process::run(&mut pack)?;
    Ok(target)
}

/// Lets lintian read the package: Debian's own rules.
///
/// # Errors
///
/// If it finds an error or a warning that is not explained in deploy/debian/lintian-overrides.
pub fn check(package: &Path) -> Result<()> {
    let mut lintian = Command::new("lintian");
    process::run(lintian.args(["--fail-on", "error,warning", "--allow-root"]).arg(package))
}

/// A copy of a package with another version, and with a program that does not serve if `program` says so.
///
/// # Errors
///
/// If it cannot be taken apart or put together.
pub fn variant(package: &Path, revision: u32, program: Program) -> Result<PathBuf> {
    let folder = scratch("variant")?;
    let tree = folder.join("tree");
    process::run(Command::new("dpkg-deb").arg("-R").arg(package).arg(&tree))?;
    let control = tree.join("DEBIAN/control");
    let text = fs::read_to_string(&control)?;
    let lines = text.lines().map(|line| match line.strip_prefix("Version: ") {
        Some(found) => format!("Version: {}-{revision}", found.split('-').next().unwrap_or(found)),
        None => line.to_owned(),
    });
    fs::write(&control, lines.collect::<Vec<_>>().join("\n") + "\n")?;
    if program == Program::Broken {
        let own = tree.join("usr/bin/servicepoint");
        fs::rename(&own, tree.join("usr/lib/servicepoint/program"))?;
        let script = "#!/bin/sh\n[ \"$1\" != serve ] || exit 1\nexec /usr/lib/servicepoint/program \"$@\"\n";
        fs::write(&own, script)?;
        process::run(Command::new("chmod").arg("755").arg(&own))?;
    }
    let name = package.file_name().unwrap_or_default().to_string_lossy();
    let (before, after) = name.split_once('-').ok_or("its name has no revision").during(&name)?;
    let architecture = after.split_once('_').map_or(after, |(_, rest)| rest);
    let target = packages()?.join(format!("{before}-{revision}_{architecture}"));
    let mut build = Command::new("dpkg-deb");
    process::run(build.args(["--root-owner-group", "-Zgzip", "-z1", "-b"]).arg(&tree).arg(&target))?;
    Ok(target)
}

/// What the program of a variant does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// The same as before.
    Whole,
    /// Migrates and answers, but does not serve.
    Broken,
}

/// An empty folder of this name for one check, outside the checkout.
///
/// # Errors
///
/// If it cannot be made.
pub fn scratch(name: &str) -> Result<PathBuf> {
    let folder = cargo::tools_directory()?.join("deploy").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).during(&folder.display().to_string())?;
    }
    fs::create_dir_all(&folder).during(&folder.display().to_string())?;
    Ok(folder)
}

fn packages() -> Result<PathBuf> {
    let folder = cargo::tools_directory()?.join("deploy/packages");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn version() -> Result<String> {
    let text = fs::read_to_string(sources::repository().join("Cargo.toml"))?;
    let manifest: toml::Table = toml::from_str(&text).during("Cargo.toml")?;
    let version = manifest["workspace"]["package"]["version"].as_str();
    version.map(str::to_owned).ok_or("there is no version").during("Cargo.toml")
}

fn architecture() -> Result<String> {
    Ok(process::capture(Command::new("dpkg").arg("--print-architecture"))?.trim().to_owned())
}

/// Debian's form of a changelog, with the moment of the last commit, so that the same source gives the same package.
fn changelog(revision: u32, maintainer: &str) -> Result<String> {
    let mut git = Command::new("git");
    git.current_dir(sources::repository()).args(["log", "-1", "--format=%cD"]);
    let moment = process::capture(&mut git).unwrap_or_else(|_| "Thu, 01 Jan 1970 00:00:00 +0000".to_owned());
    Ok(format!(
        "servicepoint ({}-{revision}) unstable; urgency=medium\n\n  * See changelog.gz beside this file.\n\n -- {maintainer}  {}\n",
        version()?,
        moment.trim()
    ))
}

/// Debian's form of the licence: every line of the text one space to the right.
fn copyright() -> Result<String> {
    let repository = sources::repository();
    let head = fs::read_to_string(repository.join("deploy/debian/copyright"))?;
    let licence = fs::read_to_string(repository.join("LICENSE"))?;
    let indented = licence.lines().map(|line| match line.trim() {
        "" => " .".to_owned(),
        _ => format!(" {line}"),
    });
    Ok(format!("{}\n{}\n", head.trim_end(), indented.collect::<Vec<_>>().join("\n")))
}

fn zipped(target: &Path, text: &str) -> Result<()> {
    let file = fs::File::create(target)?;
    let mut gzip = Command::new("gzip").args(["-9", "--no-name"]).stdin(Stdio::piped()).stdout(file).spawn()?;
    gzip.stdin.take().ok_or("no way in").during("gzip")?.write_all(text.as_bytes())?;
    if gzip.wait()?.success() { Ok(()) } else { Err(Failure::new("gzip failed")) }
}
