//! Places in a text that the catalogue fills: `{fee}`, `{minutes}`, `{deadline}`, `{documents}`.

use domain::catalogue::Service;

/// A piece of an editor's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'t> {
    /// A line as it stands.
    Line(&'t str),
    /// The fee of today.
    Fee,
    /// How long a visit is planned.
    Minutes,
    /// The time limit of the law.
    Deadline,
    /// What to bring.
    Documents,
}

const PLACES: [(&str, Part<'static>); 4] = [
    ("{fee}", Part::Fee),
    ("{minutes}", Part::Minutes),
    ("{deadline}", Part::Deadline),
    ("{documents}", Part::Documents),
];

/// The lines of a text; a place that the catalogue fills is a part of its own.
pub fn parts(text: &str) -> Vec<Part<'_>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let part = |line| PLACES.iter().find(|(place, _)| *place == line).map_or(Part::Line(line), |(_, part)| *part);
    lines.map(part).collect()
}

/// What is wrong with the places of a text, in words; nothing if all is well. `service` is what fills them.
pub(crate) fn wrong_places(text: &str, service: Option<&Service>) -> Vec<String> {
    let mut wrong = Vec::new();
    for part in parts(text) {
        let (place, filled) = match part {
            Part::Line(line) => {
                if line.contains(['{', '}']) {
                    wrong.push("a place such as {fee} stands alone on its line; allowed are {fee}, {minutes}, {deadline}, {documents}".to_owned());
                }
                continue;
            }
            Part::Fee => ("{fee}", service.is_some_and(|service| !service.fees.is_empty())),
            Part::Minutes => ("{minutes}", service.is_some_and(|service| service.planned_minutes > 0)),
            Part::Deadline => ("{deadline}", service.is_some_and(|service| service.deadline.is_some())),
            Part::Documents => ("{documents}", service.is_some_and(|service| !service.documents.is_empty())),
        };
        if !filled {
            wrong.push(format!("the catalogue has no value for {place} of this service"));
        }
    }
    wrong
}
