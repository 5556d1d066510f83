//! What is written down stays true: links lead somewhere, migrations are listed in order, every benchmark is registered.

use std::collections::BTreeSet;
use std::path::Path;

use crate::house::sources::SourceFile;
use crate::house::{Breach, code};

/// Every relative link in a Markdown file that leads to nothing below `root`.
pub fn check_links(root: &Path, files: &[SourceFile]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for file in files.iter().filter(|file| file.is("md")) {
        let folder = root.join(&file.path).parent().map(Path::to_owned).unwrap_or_default();
        for (line, target) in links(&file.text) {
            if !folder.join(&target).exists() {
                breaches.push(Breach::on_line(&file.path, line, format!("the link to `{target}` leads nowhere")));
            }
        }
    }
    breaches
}

/// The relative targets of `[text](target)` outside code, without their anchors; lines count from 1.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut in_code = false;
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        // Every second part between backticks is code.
        for prose in line.split('`').step_by(2) {
            let targets = prose.split("](").skip(1).filter_map(|rest| rest.split(')').next());
            let relative = targets.filter(|target| !target.contains("://") && !target.starts_with("mailto:"));
            let files = relative.filter_map(|target| target.split(['#', ' ']).next()).filter(|path| !path.is_empty());
            found.extend(files.map(|path| (index + 1, path.to_owned())));
        }
    }
    found
}

/// Every migration that is not listed in `migrations/src/lib.rs`, is listed twice, or stands out of order.
pub fn check_migrations(files: &[SourceFile]) -> Vec<Breach> {
    const LIST: &str = "migrations/src/lib.rs";
    let folder = files.iter().filter_map(|file| file.path.strip_prefix("migrations/src/"));
    let names = folder.filter_map(|path| path.split(['/', '.']).next());
    let existing: BTreeSet<&str> = names.filter(|name| is_migration(name)).collect();
    let text = files.iter().find(|file| file.path == LIST).map_or("", |file| file.text.as_str());
    let listed = listed_migrations(text);

    let mut breaches = Vec::new();
    for name in &existing {
        let times = listed.iter().filter(|found| found == name).count();
        if times != 1 {
            breaches.push(Breach::of(LIST, format!("lists {name} {times} times; once is right")));
        }
    }
    for pair in listed.windows(2).filter(|pair| pair[0] >= pair[1]) {
        breaches.push(Breach::of(LIST, format!("lists {} before {}; names stand in order", pair[0], pair[1])));
    }
    breaches
}

fn is_migration(name: &str) -> bool {
    name.strip_prefix('m').is_some_and(|rest| rest.starts_with(|sign: char| sign.is_ascii_digit()))
}

/// The migrations in the order they are run: every mention that is not a `mod` line.
fn listed_migrations(text: &str) -> Vec<String> {
    let code = code::split(text).code;
    let lines = code.lines().filter(|line| !code::names(line, "mod"));
    let words = lines.flat_map(|line| line.split(|sign: char| !sign.is_alphanumeric() && sign != '_'));
    words.filter(|word| is_migration(word)).map(str::to_owned).collect()
}

/// Every file in `xtask/src/bench/measures/` that the registry of benchmarks does not run.
pub fn check_benchmarks(files: &[SourceFile]) -> Vec<Breach> {
    let registry = files.iter().find(|file| file.path == "xtask/src/bench/measures.rs");
    let code = registry.map(|file| code::split(&file.text).code).unwrap_or_default();
    let measures = files.iter().filter_map(|file| file.path.strip_prefix("xtask/src/bench/measures/"));
    let names = measures.filter_map(|path| path.strip_suffix(".rs"));
    let missing = names.filter(|name| !code::names(&code, &format!("{name}::run")));
    missing.map(|name| Breach::of("xtask/src/bench/measures.rs", format!("does not run {name}"))).collect()
}
