//! Asking whether a letter is genuine: whoever holds it learns that, what kind it is, its day and whether it still holds.

use chrono::NaiveDate;
use domain::identifier::Key;

use crate::Applications;
use crate::failure::{Failure, Problem};
use crate::letter::Occasion;
use crate::secret::{Scope, parse_code};
use crate::store::{Reader, letters, permits};

/// Whether a letter still holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Valid,
    /// It was for a time, and that is over.
    Expired,
    /// It was taken back, or another one took its place.
    Revoked,
}

/// What a genuine letter is. Says nothing of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedDocument {
    /// The service.
    pub service: Key,
    /// Its name for people, German.
    pub title: String,
    /// What the letter tells of.
    pub occasion: Occasion,
    /// The local day on which it was issued.
    pub issued_on: NaiveDate,
    /// Whether it still holds.
    pub standing: Standing,
    /// The last local day on which it holds, of a permit.
    pub valid_until: Option<NaiveDate>,
}

impl Applications {
    /// What the letter with this code is, if it is one of ours. Anybody may ask.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for every code that stands on no letter of ours, and for letters of erased cases.
    pub async fn verify_document(&self, code: &str) -> Result<VerifiedDocument, Failure> {
        let (number, proof) = parse_code(code).ok_or(Problem::NotFound)?;
        let reader = Reader::Database(&self.database);
        let row = letters::by_number(reader, &number).await?.ok_or(Problem::NotFound)?;
        if !self.secret.opens(Scope::Verify, row.id.0, 0, &proof) {
            return Err(Problem::NotFound.into());
        }
        let calendar = self.calendar()?;
        let today = self.now().local_date(calendar.time_zone);
        let permit = permits::of_letter(reader, row.id).await?;
        let valid_until = permit.as_ref().map(|permit| permit.valid_until);
        let is_revoked = row.revoked_at.is_some() || permit.is_some_and(|permit| permit.revoked_at.is_some());
        let standing = match valid_until {
            _ if is_revoked => Standing::Revoked,
            Some(last) if last < today => Standing::Expired,
            Some(_) | None => Standing::Valid,
        };
        let pinned = self.pinned(row.definition).await?;
        let title = pinned.form.text("service.title", forms::Locale::De).unwrap_or(row.service.as_str()).to_owned();
        let issued_on = row.issued_at.local_date(calendar.time_zone);
        Ok(VerifiedDocument { service: row.service, title, occasion: row.occasion, issued_on, standing, valid_until })
    }
}
