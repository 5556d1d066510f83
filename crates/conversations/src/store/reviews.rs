//! Guides that somebody looked at after their form changed: for which text of the guide and which version of the form it holds.

use std::collections::BTreeMap;

use chatbot::language::ChatLanguage;
use database::{Database, DatabaseError, Unit};
use domain::identifier::{AccountId, Key};
use domain::time::Timestamp;

use crate::store::{strange, word};

/// What somebody looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Review {
    tutorial_sha256: String,
    form_sha256: String,
}

impl Review {
    pub(crate) const fn of(tutorial_sha256: String, form_sha256: String) -> Self {
        Self { tutorial_sha256, form_sha256 }
    }
}

/// Every guide that was looked at. There are as many as guides, and fewer: those of changed forms.
pub(crate) async fn all(database: &Database) -> Result<BTreeMap<(ChatLanguage, Key), Review>, DatabaseError> {
    let sql = "SELECT language, service, tutorial_sha256, form_sha256 FROM tutorial_review";
    let rows = database.rows(sql, vec![]).await?;
    let read = |row: &database::Row| {
        let service: String = row.get("service")?;
        let service = Key::new(&service).map_err(|_| strange("service", &service))?;
        let review = Review { tutorial_sha256: row.get("tutorial_sha256")?, form_sha256: row.get("form_sha256")? };
        Ok(((word(row, "language", ChatLanguage::of_tag)?, service), review))
    };
    rows.iter().map(read).collect()
}

/// Notes what somebody looked at, in place of what was there.
pub(crate) async fn put(
    unit: &Unit,
    (language, service): (ChatLanguage, &Key),
    review: &Review,
    by: Option<AccountId>,
    now: Timestamp,
) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO tutorial_review (language, service, tutorial_sha256, form_sha256, reviewed_by, reviewed_at) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (language, service) DO UPDATE SET \
               tutorial_sha256 = excluded.tutorial_sha256, form_sha256 = excluded.form_sha256, \
               reviewed_by = excluded.reviewed_by, reviewed_at = excluded.reviewed_at";
    let values = vec![
        language.as_str().into(),
        service.as_str().into(),
        review.tutorial_sha256.as_str().into(),
        review.form_sha256.as_str().into(),
        by.map(|by| by.0).into(),
        now.millis().into(),
    ];
    unit.execute(sql, values).await.map(drop)
}
