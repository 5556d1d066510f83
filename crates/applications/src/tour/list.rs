//! The list for the crew: one line for each place that is promised, as a file for a spreadsheet.

use chrono::NaiveDate;
use domain::identifier::{CaseId, TourId};
use domain::permission::{Actor, Permission};
use forms::{Evaluation, Locale, Value};

use crate::Applications;
use crate::definition::{Pinned, without_row};
use crate::failure::{Failure, Problem};
use crate::letter::shown_answer;
use crate::sealed::{Snapshot, snapshot_of};
use crate::store::cases::{self, Found};
use crate::store::{Reader, tours};

/// A list for the crew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TourList {
    /// A name for the file; names nobody.
    pub name: String,
    /// The local day.
    pub day: NaiveDate,
    /// The lines, the first with the names of the columns: values between quotation marks, separated by semicolons, as
    /// spreadsheets in German read them, with the mark of UTF-8 in front.
    pub csv: String,
    /// Whose answers stand in it. Whoever shows the list leaves a trace of that.
    pub cases: Vec<CaseId>,
}

/// What a column is that the form does not know: number of the case, litres.
const OWN_COLUMNS: [&str; 2] = ["Nummer", "Liter"];
/// What marks UTF-8.
const BYTE_ORDER_MARK: char = '\u{feff}';

impl Applications {
    /// The list of a tour of one's own office: what is granted and announced, and still to be collected.
    ///
    /// # Errors
    /// [`Failure::Forbidden`]; [`Problem::NotFound`] also for tours of other offices.
    pub async fn tour_list(&self, actor: &Actor, id: TourId) -> Result<TourList, Failure> {
        actor.may(Permission::WorkOnCases)?;
        let reader = Reader::Database(&self.database);
        let tour = tours::by_id(reader, id).await?.ok_or(Problem::NotFound)?;
        actor.may_in(Permission::WorkOnCases, &tour.team).map_err(|_| Problem::NotFound)?;
        self.vault.unlock(&self.database, self.now()).await?;
        let calendar = self.calendar()?;
        // Each line by the form it was filled in with, under the columns of the newest one.
        let newest = self.newest(&tour.service).await?;
        let columns = columns(&newest);
        let mut lines = vec![titles(&newest, &columns)];
        let mut listed = Vec::new();
        for (found, litres, sealed) in cases::of_tour(reader, id).await? {
            let Found { case, key } = found;
            let snapshot: Snapshot = self.open(key.as_ref(), snapshot_of(case.id, case.revision), Some(&sealed))?;
            let pinned = self.pinned(case.definition).await?;
            let day = case.submitted_at.local_date(calendar.time_zone);
            let evaluation = pinned.evaluate_snapshot(&snapshot, &calendar, day);
            let number = case.receipt.as_ref().map(ToString::to_string).unwrap_or_default();
            let answers = columns.iter().map(|path| answers_at(&pinned, &evaluation, path));
            lines.push([number, litres.to_string()].into_iter().chain(answers).collect());
            listed.push(case.id);
        }
        let name = format!("tour-{}-{}.csv", tour.day, tour.district.replace('_', "-"));
        Ok(TourList { name, day: tour.day, csv: csv(&lines), cases: listed })
    }
}

fn columns(newest: &Pinned) -> Vec<String> {
    newest.form.service().tour.as_ref().map(|rule| rule.list.clone()).unwrap_or_default()
}

fn titles(newest: &Pinned, columns: &[String]) -> Vec<String> {
    let label = |path: &String| {
        let text = newest.form.text(&format!("field.{path}.label"), Locale::De);
        text.unwrap_or(path).to_owned()
    };
    OWN_COLUMNS.iter().map(|&title| title.to_owned()).chain(columns.iter().map(label)).collect()
}

/// Every answer to a field, as people read it; those of several rows one after the other.
fn answers_at(pinned: &Pinned, evaluation: &Evaluation, path: &str) -> String {
    let answers = evaluation.effective.iter().filter(|(known, _)| without_row(known) == path);
    let shown = answers.map(|(known, value)| {
        let shown = shown_answer(&pinned.form, known, value);
        if let Value::Address(address) = value
            && let Some(extra) = &address.extra
        {
            // The crew must find the door.
            return format!("{shown}, {extra}");
        }
        shown
    });
    shown.collect::<Vec<_>>().join(", ")
}

fn csv(lines: &[Vec<String>]) -> String {
    let line = |cells: &Vec<String>| cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(";");
    let lines = lines.iter().map(|cells| line(cells) + "\r\n").collect::<String>();
    format!("{BYTE_ORDER_MARK}{lines}")
}

/// A cell between quotation marks. What a spreadsheet would compute is a text: people type it, and others open it.
fn quoted(cell: &str) -> String {
    let plain: String = cell.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect();
    let is_formula = plain.trim_start().starts_with(['=', '+', '-', '@']);
    let mark = if is_formula { "'" } else { "" };
    format!("\"{mark}{}\"", plain.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_typed_stays_in_its_cell_and_computes_nothing() {
        let cells = ["Weg 1, 30159 Hannover", "a\";b", "=1+1", "+49 511 1", "zwei\r\nZeilen"];
        let text = csv(&[cells.map(str::to_owned).to_vec()]);
        let wanted = "\u{feff}\"Weg 1, 30159 Hannover\";\"a\"\";b\";\"'=1+1\";\"'+49 511 1\";\"zwei  Zeilen\"\r\n";
        assert_eq!(text, wanted);
    }
}
