//! Writes docs/benchmarks.md: the figures, the day, and the machine they were measured on.

use std::fmt::Write as _;
use std::fs;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::bench::figure::{Figure, number};
use crate::bench::measures::Measure;
use crate::failure::{Result, While as _};
use crate::house::sources;

const PAGE: &str = "docs/benchmarks.md";

/// Name endings, and the heading their figures stand under.
pub(crate) const ENGINES: [(&str, &str); 2] = [(".sqlite", "SQLite"), (".postgres", "PostgreSQL")];

/// Replaces the page.
///
/// # Errors
///
/// If the file cannot be written.
pub fn write(sections: &[(&Measure, Vec<Figure>)]) -> Result<()> {
    fs::write(sources::repository().join(PAGE), text(sections, &today(), &machine())).during(PAGE)
}

fn text(sections: &[(&Measure, Vec<Figure>)], date: &str, machine: &str) -> String {
    let mut page = String::from("# Benchmarks\n\nWritten by `cargo xtask bench --write`; do not edit. ");
    page.push_str(
        "A figure with a reference is compared with what the reference reached in the same run on the same machine, ",
    );
    page.push_str("so the ratio means the same on yours. The load runs on the same cores as the server. ");
    page.push_str("SQLite ran with `synchronous=FULL`, PostgreSQL with `fsync=on`.\n\n");
    let _ = writeln!(page, "Measured on {date}. Machine: {machine}.\n");
    page.push_str("## What is measured\n\n");
    for (measure, _) in sections {
        let _ = writeln!(page, "- **{}**: {}.", measure.name, measure.what);
    }
    let figures = || sections.iter().flat_map(|(_, figures)| figures);
    let has_no_engine = |figure: &&Figure| ENGINES.iter().all(|(ending, _)| !figure.name.ends_with(ending));
    table(&mut page, "## Inside the engine", "", figures().filter(has_no_engine));
    for (ending, heading) in ENGINES {
        table(&mut page, &format!("## {heading}"), ending, figures().filter(|figure| figure.name.ends_with(ending)));
    }
    page
}

/// Adds a table under a heading (with its signs), unless there is no figure.
pub(crate) fn table<'a>(page: &mut String, heading: &str, ending: &str, figures: impl Iterator<Item = &'a Figure>) {
    let mut rows = String::new();
    for figure in figures {
        let Figure { name, unit, .. } = figure;
        let name = name.strip_suffix(ending).unwrap_or(name);
        let value = number(figure.value);
        let verdict = match (figure.target, figure.holds) {
            (None, _) => "-",
            (Some(_), true) => "yes",
            (Some(_), false) => "**no**",
        };
        let _ =
            writeln!(rows, "| {name} | {value} {unit} | {} | {} | {verdict} |", figure.promise(), figure.ratio_text());
    }
    if !rows.is_empty() {
        let _ =
            write!(page, "\n{heading}\n\n| figure | value | promise | ratio | holds |\n|---|---|---|---|---|\n{rows}");
    }
}

/// Cores, processor and memory of this machine.
pub(crate) fn machine() -> String {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name).map(str::to_owned));
        line.map(|line| line.trim_start_matches([' ', '\t', ':']).trim().to_owned())
    };
    let model = field(&read("/proc/cpuinfo"), "model name").unwrap_or_else(|| "processor unknown".to_owned());
    let memory = field(&read("/proc/meminfo"), "MemTotal").and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    let memory = memory.map_or_else(String::new, |kibibytes| format!(", {:.0} GiB of memory", kibibytes / 1_048_576.0));
    format!("{cores} cores, {model}{memory}")
}

/// The day, UTC.
pub(crate) fn today() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    date_of((since.as_secs() / 86_400) as i64)
}

/// The day `days` after 1970-01-01, from Howard Hinnant's `civil_from_days`, for days that are not before it.
fn date_of(days: i64) -> String {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use crate::bench::figure::Figure;
    use crate::bench::measures::Measure;
    use crate::bench::page::{date_of, text};

    #[test]
    fn writes_one_row_per_figure_and_a_table_per_engine() {
        let figures = vec![
            Figure::at_most("start-up.sqlite", 0.25, "s", 1.0),
            Figure::share_of("book.postgres", 1.0, "/s", 4.0, 0.6),
            Figure::known("engine", 7.0, "us"),
        ];
        let measure = Measure { name: "all", what: "everything", run: |_| Ok(Vec::new()) };
        let page = text(&[(&measure, figures)], "2026-12-01", "2 cores");
        assert!(page.contains("- **all**: everything."), "{page}");
        assert!(page.contains("## SQLite") && page.contains("| start-up | 0.25 s | <= 1 s | 0.25 | yes |"), "{page}");
        assert!(page.contains("## PostgreSQL") && page.contains("| book | 1 /s | >= 0.6 of 4 /s | 0.25 | **no** |"));
        assert!(page.contains("| engine | 7 us | - | - | - |"), "{page}");
    }

    #[test]
    fn counts_days_like_the_calendar() {
        assert_eq!(date_of(0), "1970-01-01");
        assert_eq!(date_of(11_016), "2000-02-29");
        assert_eq!(date_of(20_779), "2026-11-22");
        assert_eq!(date_of(20_788), "2026-12-01");
    }
}
