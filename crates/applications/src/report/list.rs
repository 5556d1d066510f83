//! Published reports as other programs list them.

use domain::application::ReceiptNumber;
use domain::geography::Position;
use domain::identifier::Key;
use domain::time::Timestamp;
use forms::{FieldType, Locale};

use crate::Applications;
use crate::failure::Failure;
use crate::report::Report;
use crate::report::near::around;
use crate::store::Reader;
use crate::store::reports;

/// Which published reports.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReportFilter {
    /// Only these numbers; all if empty.
    pub numbers: Vec<ReceiptNumber>,
    /// Only about these; everything if absent.
    pub categories: Option<Vec<ReportCategory>>,
    /// Only what was reported from the first to the second instant; whenever if absent.
    pub between: Option<(Timestamp, Timestamp)>,
    /// Whether they have ended.
    pub standing: ReportStanding,
    /// Only around this place, so many metres.
    pub around: Option<(Position, u16)>,
    /// At most so many.
    pub limit: i64,
}

/// Whether reports have ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ReportStanding {
    /// Both.
    #[default]
    Any,
    /// They have not.
    Open,
    /// They have.
    Ended,
}

/// What can be reported.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReportCategory {
    /// The service.
    pub service: Key,
    /// The option of its form.
    pub category: String,
}

impl Applications {
    /// Published reports, newest first.
    ///
    /// # Errors
    /// [`crate::Problem::RadiusInvalid`].
    pub async fn list_reports(&self, filter: &ReportFilter) -> Result<Vec<Report>, Failure> {
        let around = filter.around.map(|(position, metres)| around(position, metres)).transpose()?;
        let rows = reports::list(Reader::Database(&self.database), filter, around).await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let metres = around.map(|around| (around.metres, around.position.distance_metres(row.position)));
            if metres.is_none_or(|(most, metres)| metres <= f64::from(most)) {
                let distance_metres = metres.map(|(_, metres)| metres.round() as u32);
                found.push(Report { distance_metres, ..self.shown_report(row).await? });
            }
        }
        Ok(found)
    }

    /// What can be reported, with its name in a language, in the order of the forms.
    ///
    /// # Errors
    /// [`Failure::Database`].
    pub async fn report_categories(&self, locale: Locale) -> Result<Vec<(ReportCategory, String)>, Failure> {
        let mut found = Vec::new();
        for service in self.published_services().await? {
            let pinned = self.newest(&service.key).await?;
            let Some(rule) = &pinned.form.service().report else { continue };
            let Some((_, field)) = pinned.form.form().field(&rule.category) else { continue };
            let options = match &field.kind {
                FieldType::Choice { options, .. } => options.as_slice(),
                _ => &[],
            };
            for option in options {
                let category = ReportCategory { service: service.key.clone(), category: option.clone() };
                found.push((category, pinned.option_label(&rule.category, option, locale)));
            }
        }
        Ok(found)
    }
}
