//! Letters about cases: which there are, one as PDF, whether one is genuine; and permits.

use applications::{Failure, IssuedLetter, LetterFile, Problem, RevokePermit, VerifiedDocument};
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::identifier::LetterId;
use uuid::Uuid;

use crate::graphql::applications::inputs::ApplicationAccessInput;
use crate::graphql::applications::payloads::CasePayload;
use crate::graphql::applications::problem::{found, refused};
use crate::graphql::context::ContextExtensions;
use crate::graphql::ids::Global;
use crate::graphql::scalars::{Instant, LocalDate};
use crate::graphql::sensitive::SensitiveReads;
use crate::graphql::words::Language;

/// Queries of letters.
#[derive(Default)]
pub(crate) struct LetterQuery;

/// Mutations of permits.
#[derive(Default)]
pub(crate) struct PermitMutation;

/// What a letter tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "applications::Occasion", name = "LetterOccasion")]
pub(crate) enum Occasion {
    /// It was handed in.
    Receipt,
    /// Something is missing.
    Request,
    /// Granted.
    Grant,
    /// Granted in part.
    PartGrant,
    /// Refused.
    Refuse,
    /// Another office is responsible.
    Forward,
    /// Ended without a decision.
    End,
}

/// Whether a letter still holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "applications::Standing", name = "DocumentStanding")]
pub(crate) enum Standing {
    /// It does.
    Valid,
    /// It was for a time, and that is over.
    Expired,
    /// It was taken back, or another one took its place.
    Revoked,
}

/// Why a permit is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "applications::RevokeReason", name = "RevokePermitReason")]
pub(crate) enum RevokeReason {
    /// The holder moved away.
    Moved,
    /// The holder asked for it.
    Returned,
    /// It was lost or stolen.
    Lost,
    /// It should not have been granted (§ 48 VwVfG).
    Mistake,
}

/// A letter that was issued.
#[derive(SimpleObject)]
#[graphql(name = "CaseLetter")]
pub(crate) struct LetterObject {
    /// Its id, with which it is fetched.
    id: ID,
    /// What it tells of.
    occasion: Occasion,
    /// When it was issued, UTC.
    issued_at: Instant,
    /// Since when it does not hold any more, UTC; null while it does.
    revoked_at: Option<Instant>,
}

impl From<IssuedLetter> for LetterObject {
    fn from(letter: IssuedLetter) -> Self {
        let IssuedLetter { id, occasion, issued_at, revoked_at } = letter;
        let id = ID(id.0.simple().to_string());
        Self { id, occasion: occasion.into(), issued_at: issued_at.into(), revoked_at: revoked_at.map(Into::into) }
    }
}

/// A letter as a file.
#[derive(SimpleObject)]
#[graphql(name = "LetterFile")]
pub(crate) struct LetterFileObject {
    /// A name for it, such as `AZ-2026-ABCD-grant.pdf`; names nobody.
    name: String,
    /// The media type: `application/pdf`. The PDF is tagged (PDF/UA-1) and made for archives (PDF/A-2a).
    media_type: String,
    /// The content, base64.
    content: String,
    /// SHA-256 of the content, 64 hexadecimal digits. The same letter in the same language always has the same.
    sha256: String,
}

impl From<LetterFile> for LetterFileObject {
    fn from(file: LetterFile) -> Self {
        let LetterFile { name, pdf, sha256 } = file;
        Self { name, media_type: "application/pdf".to_owned(), content: STANDARD.encode(pdf), sha256 }
    }
}

/// What a genuine document is. Says nothing of a person.
#[derive(SimpleObject)]
#[graphql(name = "VerifiedDocument")]
pub(crate) struct VerifiedDocumentObject {
    /// The service it is about, German.
    title: String,
    /// What kind of letter it is.
    occasion: Occasion,
    /// The local day on which it was issued.
    issued_on: LocalDate,
    /// Whether it still holds.
    standing: Standing,
    /// The last local day on which it holds, of a permit.
    valid_until: Option<LocalDate>,
}

impl From<VerifiedDocument> for VerifiedDocumentObject {
    fn from(document: VerifiedDocument) -> Self {
        let VerifiedDocument { title, occasion, issued_on, standing, valid_until, .. } = document;
        Self {
            title,
            occasion: occasion.into(),
            issued_on: LocalDate(issued_on),
            standing: standing.into(),
            valid_until: valid_until.map(LocalDate),
        }
    }
}

/// Takes a permit back.
#[derive(InputObject)]
struct RevokePermitInput {
    /// The id of the case that granted it.
    case: ID,
    /// Why.
    reason: RevokeReason,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// The id of a letter; whatever is none names no letter.
fn letter(id: &ID) -> Result<LetterId, Failure> {
    Ok(LetterId(Uuid::try_parse(id).map_err(|_| Problem::NotFound)?))
}

#[Object]
impl LetterQuery {
    /// The letters about one's own case, oldest first. They go to whoever applied. Null when there is no such case or it is
    /// not yours.
    async fn application_letters(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application, and by what right.")] access: ApplicationAccessInput,
    ) -> Result<Option<Vec<LetterObject>>> {
        let issued = ctx.application().applications.my_letters(ctx.actor(), &access.access()?).await;
        Ok(found(issued)?.map(|letters| letters.into_iter().map(Into::into).collect()))
    }

    /// One of the letters about one's own case. Null when there is none or it is not yours.
    async fn application_letter(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application, and by what right.")] access: ApplicationAccessInput,
        #[graphql(desc = "The id of the letter.")] letter_id: ID,
        #[graphql(
            desc = "The letter is German; in another language a page behind it explains it.",
            default_with = "Language::German"
        )]
        language: Language,
    ) -> Result<Option<LetterFileObject>> {
        let Some(id) = found(letter(&letter_id))? else { return Ok(None) };
        let access = access.access()?;
        let file = ctx.application().applications.my_letter(ctx.actor(), &access, id, language.into()).await;
        Ok(found(file)?.map(Into::into))
    }

    /// The letters about a case, oldest first. For staff of its office. Null when there is none or it is another office's.
    async fn case_letters(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the case.")] case: ID,
    ) -> Result<Option<Vec<LetterObject>>> {
        let issued = ctx.application().applications.case_letters(ctx.actor(), Global::case(&case)?).await;
        Ok(found(issued)?.map(|letters| letters.into_iter().map(Into::into).collect()))
    }

    /// One of the letters about a case. For staff of its office; reading leaves a trace. Null when there is none or it is
    /// another office's.
    async fn case_letter(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the case.")] case: ID,
        #[graphql(desc = "The id of the letter.")] letter_id: ID,
        #[graphql(
            desc = "The letter is German; in another language a page behind it explains it.",
            default_with = "Language::German"
        )]
        language: Language,
    ) -> Result<Option<LetterFileObject>> {
        let (case, letter) = (Global::case(&case)?, letter(&letter_id).unwrap_or(LetterId(Uuid::nil())));
        let file = ctx.application().applications.case_letter(ctx.actor(), case, letter, language.into()).await;
        let file = found(file)?;
        if let (Some(reads), Some(_)) = (ctx.data_opt::<SensitiveReads>(), &file) {
            reads.note_case(case);
        }
        Ok(file.map(Into::into))
    }

    /// Whether a document is genuine, by the code that stands on it, and whether it still holds. Says nothing of a person.
    /// Null when it is none of ours.
    async fn verify_document(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code on the document, as people type it.")] code: String,
    ) -> Result<Option<VerifiedDocumentObject>> {
        Ok(found(ctx.application().applications.verify_document(&code).await)?.map(Into::into))
    }

    /// What devices without network check permits with: the public key, and which permits were taken back, as the text of
    /// a signed JSON document. Names nobody.
    async fn permit_register(&self, ctx: &Context<'_>) -> Result<String> {
        let register = ctx.application().applications.permit_register().await;
        Ok(register.map_err(|failure| refused(&failure))?.0)
    }
}

#[Object]
impl PermitMutation {
    /// Takes back the permit that a case granted; its letter does not hold any more either. For staff of its office.
    async fn revoke_permit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and why.")] input: RevokePermitInput,
    ) -> Result<CasePayload> {
        let command = RevokePermit {
            case: Global::case(&input.case)?,
            reason: input.reason.into(),
            idempotency_key: input.idempotency_key,
        };
        CasePayload::of(ctx.application().applications.revoke_permit(ctx.actor(), &command).await)
    }
}
