//! A decision table as the lines of a spreadsheet; what is written is read back as the same table.

use std::fmt::Write as _;

use crate::table::{Cell, DecisionTable};

impl DecisionTable {
    /// The name of the table's file: `tables/fee@2027-01-01.U.csv`.
    pub fn file_name(&self) -> String {
        let day = self.effective_from.map_or_else(String::new, |day| format!("@{day}"));
        format!("tables/{}{day}.{}.csv", self.key, self.hit_policy.as_str())
    }

    /// The table as CSV. Notes of the author are not kept.
    pub fn to_csv(&self) -> String {
        let mut lines: Vec<Vec<String>> = vec![Vec::new(), Vec::new(), Vec::new()];
        for input in &self.inputs {
            let kind = if input.whole { "int" } else { input.kind.as_str() };
            push(&mut lines, ["in".into(), format!("{}:{kind}", input.expression), input.allowed.to_string()]);
        }
        for output in &self.outputs {
            let allowed = output.allowed.iter().map(plain).collect::<Vec<_>>().join(",");
            push(&mut lines, ["out".into(), format!("{}:{}", output.name, output.kind.as_str()), allowed]);
        }
        for name in ["reason_key", "legal_ref"] {
            push(&mut lines, ["annotation".into(), name.into(), String::new()]);
        }
        for row in &self.rows {
            let tests = row.tests.iter().map(ToString::to_string);
            let outputs = row.outputs.iter().map(|cell| cell.as_ref().map_or_else(String::new, plain));
            let notes = [&row.reason_key, &row.legal_ref].map(|note| note.clone().unwrap_or_default());
            lines.push(tests.chain(outputs).chain(notes).collect());
        }
        let mut text = String::new();
        for line in lines {
            let cells: Vec<String> = line.iter().map(|cell| quoted(cell)).collect();
            let _ = writeln!(text, "{}", cells.join(","));
        }
        text
    }
}

fn push(lines: &mut [Vec<String>], cells: [String; 3]) {
    for (line, cell) in lines.iter_mut().zip(cells) {
        line.push(cell);
    }
}

/// A value as it stands in an output cell.
fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Bool(_) | Cell::Number(_) | Cell::Text(_) => cell.to_string(),
        Cell::Date(day) => day.to_string(),
    }
}

fn quoted(cell: &str) -> String {
    let needs = cell.contains([',', '"', '\n', '\r']) || cell.starts_with(' ') || cell.ends_with(' ');
    if needs { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}
