//! `manual`: the manual pages and the completions of shells, made from the command line itself.

use std::fs;
use std::io;
use std::path::Path;

use clap::Command;
use clap_complete::Shell;
use clap_mangen::Man;

use crate::cli::CommandError;

/// What completions are written for, and the name each shell looks for.
const SHELLS: [(Shell, &str); 3] =
    [(Shell::Bash, "servicepoint.bash"), (Shell::Zsh, "_servicepoint"), (Shell::Fish, "servicepoint.fish")];

/// Writes `man/*.1` and `completions/*` into the directory.
///
/// # Errors
/// The directory cannot be written.
pub(crate) fn write(command: Command, directory: &Path) -> Result<(), CommandError> {
    written(command, directory).map_err(|error| CommandError::Failed(format!("{}: {error}", directory.display())))
}

fn written(mut command: Command, directory: &Path) -> io::Result<()> {
    let completions = directory.join("completions");
    fs::create_dir_all(&completions)?;
    for (shell, name) in SHELLS {
        let mut file = Vec::new();
        clap_complete::generate(shell, &mut command.clone(), "servicepoint", &mut file);
        fs::write(completions.join(name), file)?;
    }
    let pages = directory.join("man");
    fs::create_dir_all(&pages)?;
    // Building gives every command its full name, `servicepoint city load`, and every page its own file.
    command = command.disable_help_subcommand(true);
    command.build();
    page(&command, "servicepoint", &pages)
}

fn page(command: &Command, name: &str, pages: &Path) -> io::Result<()> {
    let mut text = Vec::new();
    let source = concat!("servicepoint ", env!("CARGO_PKG_VERSION"));
    Man::new(command.clone()).title(name.to_uppercase()).source(source).manual("Service point").render(&mut text)?;
    fs::write(pages.join(format!("{name}.1")), text)?;
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        page(inner, &format!("{name}-{}", inner.get_name()), pages)?;
    }
    Ok(())
}
