//! Writes docs/benchmarks.md: the figures, and the machine they were measured on.

use std::fmt::Write as _;
use std::fs;
use std::thread;

use crate::bench::figure::{Figure, number};
use crate::failure::{Result, While as _};
use crate::house::sources;

const PAGE: &str = "docs/benchmarks.md";

/// Replaces the page.
///
/// # Errors
///
/// If the file cannot be written.
pub fn write(figures: &[Figure]) -> Result<()> {
    fs::write(sources::repository().join(PAGE), text(figures, &machine())).during(PAGE)
}

fn text(figures: &[Figure], machine: &str) -> String {
    let mut page = String::from("# Benchmarks\n\nWritten by `cargo xtask bench --write`; do not edit. ");
    page.push_str(
        "A figure with a reference is compared with what the reference reached in the same run on the same machine, ",
    );
    page.push_str(
        "so the ratio means the same on yours. SQLite ran with `synchronous=FULL`, PostgreSQL with `fsync=on`.\n\n",
    );
    let _ = writeln!(page, "Machine: {machine}.\n");
    page.push_str("| figure | value | promise | ratio | holds |\n|---|---|---|---|---|\n");
    for figure in figures {
        let value = number(figure.value);
        let verdict = if figure.holds { "yes" } else { "**no**" };
        let Figure { name, unit, ratio, .. } = figure;
        let _ = writeln!(page, "| {name} | {value} {unit} | {} | {ratio:.2} | {verdict} |", figure.promise());
    }
    page
}

fn machine() -> String {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split(':').nth(1).map(str::trim));
    format!("{cores} cores, {}", model.unwrap_or("processor unknown"))
}

#[cfg(test)]
mod tests {
    use crate::bench::figure::Figure;
    use crate::bench::page::text;

    #[test]
    fn writes_one_row_per_figure() {
        let figures =
            [Figure::at_most("start-up.sqlite", 0.25, "s", 1.0), Figure::share_of("book", 1.0, "/s", 4.0, 0.6)];
        let page = text(&figures, "2 cores");
        assert!(page.contains("| start-up.sqlite | 0.25 s | <= 1 s | 0.25 | yes |"), "{page}");
        assert!(page.contains("| book | 1 /s | >= 0.6 of 4 /s | 0.25 | **no** |"), "{page}");
    }
}
