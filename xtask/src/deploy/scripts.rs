//! The scripts an operator runs: read by shellcheck, and tried without doing anything.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::failure::{Failure, Result, While as _};
use crate::house::sources;
use crate::process;

/// Where they stand in the repository.
pub const FOLDER: &str = "deploy/scripts";

/// Every task of `servicepoint-admin`, with arguments under which it has something to say.
const TASKS: [&[&str]; 9] = [
    &["install", "--public-url", "https://termine.stadt.example"],
    &["add-municipality", "laatzen", "--port", "8100", "--public-url", "https://laatzen.example"],
    &["load-city", "deploy/demo/hannover"],
    &["run", "doctor"],
    &["backup"],
    &["backup", "--all"],
    &["restore", "deploy/demo", "--yes"],
    &["rollback", "0.0.1-1"],
    &["upgrade", "--finish"],
];

/// Reads every script and every maintainer script.
///
/// # Errors
///
/// What shellcheck says.
pub fn check() -> Result<()> {
    let repository = sources::repository();
    let folder = repository.join(FOLDER);
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)?.flatten().map(|entry| entry.path()).collect();
    files.extend(["postinst", "prerm", "postrm"].map(|name| repository.join("deploy/debian").join(name)));
    files.push(repository.join("xtask/src/deploy/trial.sh"));
    files.sort();
    for file in &files {
        let text = fs::read_to_string(file).during(&file.display().to_string())?;
        let careful = text.contains("set -euo pipefail") || text.contains("/lib.sh\"") || text.contains("\nset -e\n");
        if !careful {
            return Err(Failure::new(format!("{} goes on after a failure", file.display())));
        }
    }
    let mut shellcheck = Command::new("shellcheck");
    process::run(shellcheck.args(["--external-sources", "--source-path=SCRIPTDIR"]).args(&files))?;
    try_without_doing()?;
    println!("{} scripts read; {} tasks say what they would do", files.len(), TASKS.len());
    Ok(())
}

/// Runs every task with `--dry-run` in a tree of its own, and sees that the tree is the same afterwards.
fn try_without_doing() -> Result<()> {
    let root = super::package::scratch("dry-run")?;
    for folder in ["etc/servicepoint/secrets/default", "var/lib/servicepoint/default", "var/cache/servicepoint", "run"]
    {
        fs::create_dir_all(root.join(folder))?;
    }
    fs::write(root.join("etc/servicepoint/secrets/default/master.key"), "0\n")?;
    fs::write(root.join("var/cache/servicepoint/servicepoint_0.0.1-1_amd64.deb"), "")?;
    let before = listing(&root)?;
    for task in TASKS {
        // The state of packages belongs to the machine, not to the tree.
        if task[0] == "upgrade" && process::capture(Command::new("dpkg").args(["-s", "servicepoint"])).is_err() {
            continue;
        }
        let mut command = Command::new(sources::repository().join(FOLDER).join("servicepoint-admin"));
        command.arg("--dry-run").args(task).current_dir(sources::repository()).env("SERVICEPOINT_ROOT", &root);
        let told = process::capture(&mut command)?;
        if !told.contains("would: ") {
            return Err(Failure::new(format!("{task:?} with --dry-run says nothing that it would do: {told}")));
        }
        if listing(&root)? != before {
            return Err(Failure::new(format!("{task:?} with --dry-run did something")));
        }
    }
    Ok(())
}

fn listing(root: &std::path::Path) -> Result<String> {
    process::capture(Command::new("find").arg(root).args(["-printf", "%P %s %m %T@\n"]))
}
