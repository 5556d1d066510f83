//! Writes docs/reliability.md: one section for each torment, replaced when that torment is run again.

use std::fmt::Write as _;
use std::fs;

use crate::bench::figure::Figure;
use crate::bench::page::{ENGINES, machine, table, today};
use crate::failure::{Result, While as _};
use crate::house::sources;

const PAGE: &str = "docs/reliability.md";

/// Replaces the section of a torment, or puts it at the end.
///
/// # Errors
///
/// If the file cannot be written.
pub fn write(name: &str, title: &str, form: &str, figures: &[Figure]) -> Result<()> {
    let file = sources::repository().join(PAGE);
    let page = fs::read_to_string(&file).during(PAGE)?;
    let mut section = format!("\nMeasured on {}, {form} form. Machine: {}.\n", today(), machine());
    for (ending, heading) in ENGINES {
        table(&mut section, &format!("#### {heading}"), ending, figures.iter().filter(|it| it.name.ends_with(ending)));
    }
    let has_no_engine = |figure: &&Figure| ENGINES.iter().all(|(ending, _)| !figure.name.ends_with(ending));
    table(&mut section, "#### Whatever the engine", "", figures.iter().filter(has_no_engine));
    fs::write(&file, replaced(&page, name, title, &section)).during(PAGE)
}

/// The page with this section between its two marks.
fn replaced(page: &str, name: &str, title: &str, section: &str) -> String {
    let (begin, end) = (format!("<!-- figures of {name} -->\n"), format!("<!-- end of {name} -->\n"));
    let parts = page.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
    let mut text = String::new();
    let _ = match parts {
        Some((before, after)) => write!(text, "{before}{begin}{section}{end}{after}"),
        None => write!(text, "{page}\n### {title}\n\n{begin}{section}{end}"),
    };
    text
}

#[cfg(test)]
mod tests {
    use crate::torture::page::replaced;

    #[test]
    fn puts_a_new_section_at_the_end_and_replaces_an_old_one_where_it_stands() {
        let one = replaced("# Page\n", "faults", "Trouble", "old\n");
        let two = replaced(&one, "fuzz", "Documents", "other\n");
        let three = replaced(&two, "faults", "Trouble", "new\n");
        assert!(
            three.starts_with("# Page\n\n### Trouble\n\n<!-- figures of faults -->\nnew\n<!-- end of faults -->\n")
        );
        assert!(three.contains("### Documents") && three.contains("other\n") && !three.contains("old"));
    }
}
