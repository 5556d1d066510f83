//! Reading letters: which there are, and one as PDF.

use std::time::Duration;

use domain::identifier::{CaseId, LetterId};
use domain::permission::Actor;
use domain::text::Language;
use domain::time::Timestamp;
use forms::Locale;
use letters::{Letter, LetterError, qr_picture, render};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::Applications;
use crate::access::Access;
use crate::failure::{Failure, Problem};
use crate::letter::{LetterContent, Occasion, texts};
use crate::sealed::letter_of;
use crate::store::Reader;
use crate::store::cases::Found;
use crate::store::letters::{self as store, LetterRow};

/// How long somebody waits for a turn. A letter takes some ten milliseconds; more means that all who write are busy.
const TURN: Duration = Duration::from_secs(4);
/// How long somebody waits for their own letter. Both together are less than a request may take, so that people read why.
const PATIENCE: Duration = Duration::from_secs(5);

/// A letter that was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedLetter {
    /// Its id.
    pub id: LetterId,
    /// What it tells of.
    pub occasion: Occasion,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// Since when it does not hold any more.
    pub revoked_at: Option<Timestamp>,
}

/// A letter as a file.
#[derive(Clone, PartialEq, Eq)]
pub struct LetterFile {
    /// A name for it; names nobody.
    pub name: String,
    /// The PDF.
    pub pdf: Vec<u8>,
    /// SHA-256 of the PDF, 64 hexadecimal digits. The same letter always has the same.
    pub sha256: String,
}

impl std::fmt::Debug for LetterFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LetterFile({}, {} bytes)", self.name, self.pdf.len())
    }
}

impl Applications {
    /// The letters about one's own case, oldest first. They go to whoever applied; others who take part have none.
    ///
    /// # Errors
    /// [`Problem::NotFound`].
    pub async fn my_letters(&self, actor: &Actor, access: &Access) -> Result<Vec<IssuedLetter>, Failure> {
        let found = self.applicants_case(actor, access).await?;
        self.issued(found.case.id).await
    }

    /// One of the letters about one's own case, with a page that explains it in `language`.
    ///
    /// # Errors
    /// [`Problem::NotFound`]; [`Problem::Busy`].
    pub async fn my_letter(
        &self,
        actor: &Actor,
        access: &Access,
        letter: LetterId,
        language: Language,
    ) -> Result<LetterFile, Failure> {
        let found = self.applicants_case(actor, access).await?;
        self.letter_file(&found, letter, language).await
    }

    /// The letters about a case of one's office, oldest first.
    ///
    /// # Errors
    /// [`Failure::Forbidden`]; [`Problem::NotFound`].
    pub async fn case_letters(&self, actor: &Actor, case: CaseId) -> Result<Vec<IssuedLetter>, Failure> {
        let found = self.team_case(Reader::Database(&self.database), actor, case).await?;
        self.issued(found.case.id).await
    }

    /// One of the letters about a case of one's office. Whoever shows it to somebody leaves a trace of that.
    ///
    /// # Errors
    /// [`Failure::Forbidden`]; [`Problem::NotFound`]; [`Problem::Busy`].
    pub async fn case_letter(
        &self,
        actor: &Actor,
        case: CaseId,
        letter: LetterId,
        language: Language,
    ) -> Result<LetterFile, Failure> {
        let found = self.team_case(Reader::Database(&self.database), actor, case).await?;
        self.letter_file(&found, letter, language).await
    }

    async fn applicants_case(&self, actor: &Actor, access: &Access) -> Result<Found, Failure> {
        let reader = Reader::Database(&self.database);
        let entry = self.enter_real(reader, actor, access).await?;
        if entry.party.position != 0 {
            return Err(Problem::NotFound.into());
        }
        self.own_case(actor, access).await
    }

    async fn issued(&self, case: CaseId) -> Result<Vec<IssuedLetter>, Failure> {
        let rows = store::of_case(Reader::Database(&self.database), case).await?;
        let issued = |row: LetterRow| {
            let LetterRow { id, occasion, issued_at, revoked_at, .. } = row;
            IssuedLetter { id, occasion, issued_at, revoked_at }
        };
        Ok(rows.into_iter().map(issued).collect())
    }

    async fn letter_file(&self, found: &Found, id: LetterId, language: Language) -> Result<LetterFile, Failure> {
        let row = store::by_id(Reader::Database(&self.database), id).await?;
        let row = row.filter(|row| row.case == found.case.id).ok_or(Problem::NotFound)?;
        self.vault.unlock(&self.database, self.now()).await?;
        let content: LetterContent = self.open(found.key.as_ref(), letter_of(id), Some(&row.content_sealed))?;
        let pinned = self.pinned(row.definition).await?;
        let own = content.file.as_ref().and_then(|file| pinned.form.letters().get(file));
        let template = own.map_or_else(|| texts::template(row.occasion).to_owned(), Clone::clone);
        let values = with_pictures(in_language(content.values, language));
        let pdf = self.written(template, values, id.to_string(), row.issued_at).await?;
        let receipt = found.case.receipt.as_ref().map(|receipt| receipt.as_str().to_owned()).unwrap_or_default();
        let sha256 = hex::encode(Sha256::digest(&pdf));
        Ok(LetterFile { name: format!("{receipt}-{}.pdf", row.occasion.as_str()), pdf, sha256 })
    }

    /// Writes the PDF where it holds up nobody, a few at a time.
    async fn written(
        &self,
        template: String,
        values: Value,
        name: String,
        issued_at: Timestamp,
    ) -> Result<Vec<u8>, Failure> {
        let desks = std::sync::Arc::clone(&self.typesetters);
        let desk = timeout(TURN, desks.acquire_owned()).await;
        let desk = desk.map_err(|_| Problem::Busy)?.map_err(|_| Problem::Busy)?;
        let work = spawn_blocking(move || {
            // Held until the work is done, also when nobody waits for it any more: so many at a time, never more.
            let _desk = desk;
            let made_at = issued_at.to_utc();
            render(&Letter { template: &template, values: &values, name: &name, made_at })
        });
        let written = timeout(PATIENCE, work).await.map_err(|_| Problem::Busy)?;
        match written {
            Ok(Ok(pdf)) => Ok(pdf),
            Ok(Err(error)) => Err(unwritable(&error)),
            Err(_) => Err(database::DatabaseError::Internal("writing a letter ended in a panic".to_owned()).into()),
        }
    }
}

/// A template that cannot be written: whoever publishes is told before; so this is a mistake of ours. Names no value.
fn unwritable(error: &LetterError) -> Failure {
    database::DatabaseError::Internal(error.to_string()).into()
}

/// The letter with the page that explains it in `language`; German needs none.
fn in_language(mut values: Value, language: Language) -> Value {
    let locale = Locale::from(language).as_str();
    if let Some(pages) = values["explanations"].as_array_mut() {
        pages.retain(|page| page["locale"] == locale);
    }
    values
}

/// The letter with its QR codes drawn.
pub(crate) fn with_pictures(mut values: Value) -> Value {
    for part in ["verification", "permit"] {
        if let Some(content) = values[part]["content"].as_str() {
            values[part]["picture"] = qr_picture(content).unwrap_or_default().into();
        }
    }
    values
}
