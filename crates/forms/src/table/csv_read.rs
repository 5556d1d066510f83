//! From a spreadsheet to a decision table: kinds, names, allowed values, then one line a rule.

use chrono::NaiveDate;
use reading::{Code, Problem, suggestion, visible};

use crate::path::is_name;
use crate::table::{Cell, CellType, DecisionTable, HitPolicy, Input, MAX_COLUMNS, MAX_ROWS, Output, Row, UnaryTests};

/// The most problems told about one table.
const MAX_PROBLEMS: usize = 100;

/// What a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Input(usize),
    Output(usize),
    ReasonKey,
    LegalRef,
    Note,
}

/// Reads the table of `file`, for example `tables/fee@2027-01-01.U.csv`.
///
/// # Errors
/// Every problem with its line and column.
pub fn read_csv(file: &str, text: &str) -> Result<DecisionTable, Vec<Problem>> {
    let (key, effective_from, hit_policy) =
        name_of(file).map_err(|message| vec![Problem::of_file(file, Code::UnknownFile, message)])?;
    let mut reader = Reader { file, problems: Vec::new() };
    let table = reader.table(text, key, effective_from, hit_policy);
    match table {
        Some(table) if reader.problems.is_empty() => Ok(table),
        _ => Err(reader.problems),
    }
}

fn name_of(file: &str) -> Result<(String, Option<NaiveDate>, HitPolicy), String> {
    let expected = "a table is named tables/<key>.<hit policy>.csv or tables/<key>@<day>.<hit policy>.csv, for example tables/fee@2027-01-01.U.csv";
    let name = file.strip_prefix("tables/").and_then(|rest| rest.strip_suffix(".csv")).ok_or(expected)?;
    let (name, policy) = name.rsplit_once('.').ok_or(expected)?;
    let policies = HitPolicy::ALL.map(|(name, _)| name).join(", ");
    let policy = HitPolicy::ALL.into_iter().find(|(name, _)| *name == policy).map(|(_, policy)| policy);
    let policy = policy.ok_or_else(|| format!("the hit policy in the file's name must be one of {policies}"))?;
    let (key, day) = match name.split_once('@') {
        Some((key, day)) => {
            let day = day.parse().ok().filter(|_| day.len() == 10).ok_or(expected)?;
            (key, Some(day))
        }
        None => (name, None),
    };
    if is_name(key) { Ok((key.to_owned(), day, policy)) } else { Err(expected.to_owned()) }
}

struct Reader<'a> {
    file: &'a str,
    problems: Vec<Problem>,
}

/// One line of the file.
struct Line {
    number: usize,
    cells: Vec<String>,
}

impl Reader<'_> {
    fn refuse(&mut self, line: usize, column: usize, code: Code, message: impl Into<String>) {
        if self.problems.len() < MAX_PROBLEMS {
            let mut problem = Problem::of_file(self.file, code, message);
            problem.line = line.max(1);
            problem.column = column + 1;
            problem.key = format!("column {}", column + 1);
            self.problems.push(problem);
        }
    }

    fn lines(&mut self, text: &str) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        for record in reader.records() {
            match record {
                Ok(record) => {
                    let number = record.position().map_or(1, |position| position.line() as usize);
                    let cells: Vec<String> = record.iter().map(|cell| cell.trim().to_owned()).collect();
                    // A table that declares no values has an empty third line.
                    if lines.len() < 3 || cells.iter().any(|cell| !cell.is_empty()) {
                        lines.push(Line { number, cells });
                    }
                }
                Err(error) => {
                    let line = error.position().map_or(1, |position| position.line() as usize);
                    self.refuse(line, 0, Code::Syntax, "not readable as CSV with commas and double quotes");
                }
            }
            if lines.len() > MAX_ROWS + 3 {
                self.refuse(1, 0, Code::OutOfRange, format!("a table has at most {MAX_ROWS} rows"));
                break;
            }
        }
        lines
    }

    fn table(
        &mut self,
        text: &str,
        key: String,
        effective_from: Option<NaiveDate>,
        hit_policy: HitPolicy,
    ) -> Option<DecisionTable> {
        let lines = self.lines(text);
        let [kinds, names, allowed, rules @ ..] = lines.as_slice() else {
            self.refuse(
                1,
                0,
                Code::MissingKey,
                "a table begins with three lines: kinds (in, out, annotation), names (name:type), allowed values",
            );
            return None;
        };
        if kinds.cells.len() > MAX_COLUMNS {
            self.refuse(kinds.number, 0, Code::OutOfRange, format!("a table has at most {MAX_COLUMNS} columns"));
            return None;
        }
        let mut table = DecisionTable {
            key,
            hit_policy,
            effective_from,
            inputs: Vec::new(),
            outputs: Vec::new(),
            rows: Vec::new(),
        };
        let mut columns = Vec::new();
        for (at, kind) in kinds.cells.iter().enumerate() {
            let name = names.cells.get(at).map_or("", String::as_str);
            let values = allowed.cells.get(at).map_or("", String::as_str);
            columns.push(self.column(&mut table, at, kind, (names.number, name), (allowed.number, values)));
        }
        if table.outputs.is_empty() {
            self.refuse(kinds.number, 0, Code::MissingKey, "the table has no column `out`");
        }
        for line in rules {
            if line.cells.len() > columns.len() {
                self.refuse(
                    line.number,
                    columns.len(),
                    Code::OutOfRange,
                    "the line has more cells than the table has columns",
                );
            }
            let row = self.row(&table, &columns, line);
            table.rows.push(row);
        }
        if table.rows.is_empty() {
            self.refuse(allowed.number, 0, Code::MissingKey, "the table has no rows");
        }
        Some(table)
    }

    fn column(
        &mut self,
        table: &mut DecisionTable,
        at: usize,
        kind: &str,
        (line, name): (usize, &str),
        allowed: (usize, &str),
    ) -> Column {
        match kind {
            "annotation" => match name {
                "reason_key" => Column::ReasonKey,
                "legal_ref" => Column::LegalRef,
                _ => Column::Note,
            },
            "in" | "out" => {
                let (name, kind_name) = name.rsplit_once(':').unwrap_or((name, ""));
                let known = [
                    ("bool", CellType::Bool),
                    ("int", CellType::Number),
                    ("number", CellType::Number),
                    ("text", CellType::Text),
                    ("date", CellType::Date),
                ];
                let cell = known.iter().find(|(known, _)| *known == kind_name.trim());
                if cell.is_none() {
                    let near = suggestion(kind_name, known.iter().map(|(name, _)| *name));
                    self.refuse(line, at, Code::UnknownWord, format!("a column is named name:type; the type is bool, int, number, text or date, not \"{}\"{near}", visible(kind_name, 40)));
                }
                let cell = cell.map_or(CellType::Text, |(_, cell)| *cell);
                let name = name.trim().to_owned();
                if kind == "in" {
                    let tests = UnaryTests::parse(allowed.1, cell).unwrap_or_else(|refusal| {
                        self.refuse(allowed.0, at, Code::BadForm, refusal.0);
                        UnaryTests::anything()
                    });
                    let whole = kind_name.trim() == "int";
                    table.inputs.push(Input { expression: name, kind: cell, whole, allowed: tests });
                    return Column::Input(table.inputs.len() - 1);
                }
                if !is_name(&name) || table.outputs.iter().any(|output| output.name == name) {
                    self.refuse(
                        line,
                        at,
                        Code::BadForm,
                        format!(
                            "\"{}\" is no name of its own for an output: lower-case letters, digits, underscores",
                            visible(&name, 60)
                        ),
                    );
                }
                let values = self.values(allowed, at, cell);
                table.outputs.push(Output { name, kind: cell, allowed: values });
                Column::Output(table.outputs.len() - 1)
            }
            _ => {
                self.refuse(
                    1,
                    at,
                    Code::UnknownWord,
                    format!("\"{}\" is no kind of column; allowed are in, out, annotation", visible(kind, 40)),
                );
                Column::Note
            }
        }
    }

    fn values(&mut self, (line, allowed): (usize, &str), at: usize, kind: CellType) -> Vec<Cell> {
        if allowed.is_empty() || allowed == "-" {
            return Vec::new();
        }
        let mut values = Vec::new();
        for part in allowed.split(',') {
            match Cell::parse(part, kind) {
                Some(cell) => values.push(cell),
                None => self.refuse(
                    line,
                    at,
                    Code::BadForm,
                    format!("\"{}\" is no value of type {}", visible(part, 60), kind.as_str()),
                ),
            }
        }
        values
    }

    fn row(&mut self, table: &DecisionTable, columns: &[Column], line: &Line) -> Row {
        let mut row = Row {
            tests: vec![UnaryTests::anything(); table.inputs.len()],
            outputs: vec![None; table.outputs.len()],
            reason_key: None,
            legal_ref: None,
        };
        for (at, (column, cell)) in columns.iter().zip(&line.cells).enumerate() {
            let filled = (!cell.is_empty()).then(|| cell.clone());
            match *column {
                Column::Input(number) => match UnaryTests::parse(cell, table.inputs[number].kind) {
                    Ok(tests) => row.tests[number] = tests,
                    Err(refusal) => self.refuse(line.number, at, Code::BadForm, refusal.0),
                },
                Column::Output(number) => {
                    let output = &table.outputs[number];
                    let value = filled.as_ref().and_then(|cell| Cell::parse(cell, output.kind));
                    if filled.is_some() && value.is_none() {
                        self.refuse(
                            line.number,
                            at,
                            Code::BadForm,
                            format!(
                                "\"{}\" is no value of type {}; texts stand in double quotes",
                                visible(cell, 60),
                                output.kind.as_str()
                            ),
                        );
                    }
                    if value.as_ref().is_some_and(|value| !output.allowed.is_empty() && !output.allowed.contains(value))
                    {
                        self.refuse(
                            line.number,
                            at,
                            Code::UnknownWord,
                            "the value is none of the allowed ones in line 3",
                        );
                    }
                    row.outputs[number] = value;
                }
                Column::ReasonKey => row.reason_key = filled,
                Column::LegalRef => row.legal_ref = filled,
                Column::Note => {}
            }
        }
        row
    }
}
