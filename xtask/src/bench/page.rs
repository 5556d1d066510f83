//! Writes docs/benchmarks.md and docs/reliability.md: the figures, the day, and the machine they were measured on.

use std::fmt::Write as _;
use std::fs;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::bench::figure::{Figure, number};
use crate::failure::{Result, While as _};
use crate::house::sources;

/// Name endings, and the heading their figures stand under.
const ENGINES: [(&str, &str); 2] = [(".sqlite", "SQLite"), (".postgres", "PostgreSQL")];

/// A page of figures: one section for each measure or torment, replaced when that is run again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// What things cost.
    Benchmarks,
    /// What was hurt, and what came of it.
    Reliability,
}

/// What is written about one measure.
#[derive(Debug, Clone, Copy)]
pub struct Section<'a> {
    /// As it is typed; marks the section.
    pub name: &'a str,
    /// The heading.
    pub title: &'a str,
    /// What was measured or in which form; ends with a full stop.
    pub words: &'a str,
    /// What else stands below the figures, as Markdown.
    pub below: &'a str,
}

impl Page {
    /// Replaces the section of a measure, or puts it at the end.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or written.
    pub fn write(self, section: Section<'_>, figures: &[Figure]) -> Result<()> {
        let path = match self {
            Self::Benchmarks => "docs/benchmarks.md",
            Self::Reliability => "docs/reliability.md",
        };
        let file = sources::repository().join(path);
        let page = fs::read_to_string(&file).during(path)?;
        let words = format!("{} Measured on {}; machine: {}.", section.words, today(), machine());
        let text = text(&words, figures) + section.below;
        fs::write(&file, replaced(&page, section, &text)).during(path)
    }
}

fn text(words: &str, figures: &[Figure]) -> String {
    let mut text = format!("\n{}\n", words.trim_start());
    for (ending, heading) in ENGINES {
        table(&mut text, &format!("#### {heading}"), ending, figures.iter().filter(|it| it.name.ends_with(ending)));
    }
    let has_no_engine = |figure: &&Figure| ENGINES.iter().all(|(ending, _)| !figure.name.ends_with(ending));
    table(&mut text, "#### Whatever the engine", "", figures.iter().filter(has_no_engine));
    text
}

/// The page with this text between the two marks of its section.
fn replaced(page: &str, section: Section<'_>, text: &str) -> String {
    let Section { name, title, .. } = section;
    let (begin, end) = (format!("<!-- figures of {name} -->\n"), format!("<!-- end of {name} -->\n"));
    let parts = page.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
    match parts {
        Some((before, after)) => format!("{before}{begin}{text}{end}{after}"),
        None => format!("{page}\n### {title}\n\n{begin}{text}{end}"),
    }
}

/// Adds a table under a heading (with its signs), unless there is no figure.
fn table<'a>(page: &mut String, heading: &str, ending: &str, figures: impl Iterator<Item = &'a Figure>) {
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
fn machine() -> String {
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
fn today() -> String {
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
    use crate::bench::page::{Section, date_of, replaced, text};

    fn section<'a>(name: &'a str, title: &'a str) -> Section<'a> {
        Section { name, title, words: "", below: "" }
    }

    #[test]
    fn writes_one_row_per_figure_and_a_table_per_engine() {
        let figures = vec![
            Figure::at_most("start-up.sqlite", 0.25, "s", 1.0),
            Figure::share_of("book.postgres", 1.0, "/s", 4.0, 0.6),
            Figure::known("engine", 7.0, "us"),
        ];
        let page = text("Everything. Measured on a day.", &figures);
        assert!(page.starts_with("\nEverything. Measured on a day.\n"), "{page}");
        assert!(page.contains("#### SQLite") && page.contains("| start-up | 0.25 s | <= 1 s | 0.25 | yes |"), "{page}");
        assert!(page.contains("#### PostgreSQL") && page.contains("| book | 1 /s | >= 0.6 of 4 /s | 0.25 | **no** |"));
        assert!(page.contains("| engine | 7 us | - | - | - |"), "{page}");
    }

    #[test]
    fn puts_a_new_section_at_the_end_and_replaces_an_old_one_where_it_stands() {
        let one = replaced("# Page\n", section("faults", "Trouble"), "old\n");
        let two = replaced(&one, section("fuzz", "Documents"), "other\n");
        let three = replaced(&two, section("faults", "Trouble"), "new\n");
        assert!(
            three.starts_with("# Page\n\n### Trouble\n\n<!-- figures of faults -->\nnew\n<!-- end of faults -->\n")
        );
        assert!(three.contains("### Documents") && three.contains("other\n") && !three.contains("old"));
    }

    #[test]
    fn counts_days_like_the_calendar() {
        assert_eq!(date_of(0), "1970-01-01");
        assert_eq!(date_of(11_016), "2000-02-29");
        assert_eq!(date_of(20_779), "2026-11-22");
        assert_eq!(date_of(20_788), "2026-12-01");
    }
}
