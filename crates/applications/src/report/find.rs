//! One report, as everybody may read it.

use domain::application::ReceiptNumber;
use domain::identifier::CaseId;
use forms::Locale;
use serde_json::{Value, json};

use crate::Applications;
use crate::failure::{Failure, Problem};
use crate::report::Report;
use crate::store::Reader;
use crate::store::reports::{self, ReportRow};

impl Applications {
    /// The report of a number, if it was published. One that went on elsewhere says where.
    ///
    /// # Errors
    /// [`Problem::NotFound`].
    pub async fn public_report(&self, number: &str) -> Result<Report, Failure> {
        let number = ReceiptNumber::parse(number).ok_or(Problem::NotFound)?;
        let row = reports::public(Reader::Database(&self.database), &number).await?;
        self.shown_report(row.ok_or(Problem::NotFound)?).await
    }

    /// The report of a case in words. The definitions it takes them from are kept in memory.
    pub(crate) async fn shown_report(&self, row: ReportRow) -> Result<Report, Failure> {
        let pinned = self.pinned(row.definition).await?;
        let rule = pinned.form.service().report.as_ref();
        let label = rule.map(|rule| pinned.option_label(&rule.category, &row.category, Locale::De));
        Ok(Report {
            number: row.number,
            case: row.case,
            service: row.service,
            category_label: label.unwrap_or_else(|| row.category.clone()),
            category: row.category,
            position: row.position,
            distance_metres: None,
            submitted_at: row.submitted_at,
            changed_at: row.changed_at,
            text: row.text,
            photo: row.photo,
            published_at: row.published_at,
            state: row.state,
            votes: row.votes,
            expected_at: row.expected_at,
            closed_at: row.closed_at,
            merged_into: row.merged_into,
        })
    }

    /// What is kept of a report beside its case, for whoever reported it; null where there is none.
    pub(crate) async fn exported_report(&self, case: CaseId) -> Result<Value, Failure> {
        let row = reports::of_case(Reader::Database(&self.database), case).await?;
        Ok(row.map_or(Value::Null, |row| {
            json!({
                "category": row.category, "place": row.position, "publicText": row.text,
                "publishedAt": row.published_at.map(|at| at.to_utc().to_rfc3339()), "votes": row.votes,
                "mergedInto": row.merged_into,
            })
        }))
    }
}
