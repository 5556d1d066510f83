//! The table as a page for readers: `docs/permissions.md`.

use std::fmt::Write;

use crate::graphql::authorization::{Reach, Row, TYPES, When, rows};

const LEGEND: &str = "
## Who reaches what

Each cell has a sign for one's own things, for somebody else's in one's own office, and for those of another office; a cell with
one sign is about nobody's thing. A test asks for every cell through the door, on both engines.

| sign | what comes of asking |
|---|---|
| `+` | it is done or shown |
| `x` | the thing is shown, this field of it is null |
| `0` | the same answer, byte for byte, as for a thing that does not exist |
| `!` | refused: `FORBIDDEN` |
| `?` | refused: nobody is signed in |
| `s` | refused: nobody does this to their own account or case |
| `.` | there is no such case |

A code or a password in hand counts as one's own, whoever holds it; a wrong one as somebody else's, and its `0` is the answer to every
wrong one. The last columns say which permission opens things of others,
what a call takes from the caller's budgets beside that of requests ([limits](operations/limits.md)), and what reading leaves in
the audit log.

";

const ROOTS: [&str; 3] = ["Query", "Mutation", "Subscription"];

const HEAD: &str =
    "| field | way | visitor | citizen | clerk | lead | operator | device | permission | takes from | trace |
|---|---|---|---|---|---|---|---|---|---|---|
";

/// The table as Markdown: a table for each root, one for objects, and the types decided as a whole.
pub fn markdown() -> String {
    let mut page = LEGEND.to_owned();
    for root in ROOTS {
        let _ = write!(page, "### {root}\n\n{HEAD}");
        for row in rows().filter(|row| row.kind == root) {
            line(&mut page, row.field, row);
        }
        page.push('\n');
    }
    let _ = write!(page, "### Fields of objects\n\n{HEAD}");
    for row in rows().filter(|row| !ROOTS.contains(&row.kind)) {
        line(&mut page, &format!("{}.{}", row.kind, row.field), row);
    }
    let kinds = |is_meant: fn(&Reach) -> bool| {
        let kinds = TYPES.iter().filter(|row| is_meant(&row.reach)).map(|row| format!("`{}`", row.kind));
        kinds.collect::<Vec<_>>().join(", ")
    };
    let _ = write!(
        page,
        "\nEverybody may read every field of {}.\n\nWhoever was given an answer may read it: {}.\n",
        kinds(|reach| *reach == Reach::Public),
        kinds(|reach| matches!(reach, Reach::Carried(_)))
    );
    page
}

fn line(page: &mut String, field: &str, row: &Row) {
    let grid = row.grid.words().map(|word| format!("`{word}`")).join(" | ");
    let permission = row.permission.map_or_else(String::new, |permission| format!("`{permission:?}`"));
    let budgets = row.charge.map_or(&[][..], |charge| charge.budgets);
    let budgets = budgets.iter().map(|budget| format!("`{}`", budget.name())).collect::<Vec<_>>().join(", ");
    let trace = row.trace.map_or_else(String::new, |trace| match trace.when {
        When::OncePerRequest => format!("`{}`, once a request", trace.action),
        When::EachTime => format!("`{}`, each time", trace.action),
    });
    let _ = writeln!(page, "| `{field}` | {} | {grid} | {permission} | {budgets} | {trace} |", row.way);
}
