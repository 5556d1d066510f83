//! A form as whoever draws it needs it.

use applications::{Failure, FormFieldView, FormGroupView, FormStepView, FormView, Problem};
use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use domain::identifier::Key;

use crate::graphql::applications::problem::refused;
use crate::graphql::context::ContextExtensions;
use crate::graphql::words::Language;

/// Queries of forms.
#[derive(Default)]
pub(crate) struct FormQuery;

#[Object]
impl FormQuery {
    /// The form that new drafts of a service get: every question with its kind, limits and words. What of it is shown and must be
    /// answered depends on the answers: `ApplicationDraft.steps`. Keep it under its hash. Null where the service cannot be
    /// applied for online.
    async fn service_form(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The key of the service.")] service: String,
        #[graphql(desc = "The language of the words; German where it has none.", default_with = "Language::German")]
        language: Language,
    ) -> Result<Option<ServiceForm>> {
        let Ok(service) = Key::new(&service) else { return Ok(None) };
        match ctx.application().applications.newest_form(&service, language.into()).await {
            Err(Failure::Problem(Problem::UnknownService)) => Ok(None),
            form => Ok(Some(form.map_err(|failure| refused(&failure))?.into())),
        }
    }
}

/// A version of a form in one language. It never changes.
#[derive(SimpleObject)]
pub(crate) struct ServiceForm {
    /// The key of the service.
    service: String,
    /// The number of the version.
    version: i64,
    /// The hash of the version, 64 hexadecimal digits.
    sha256: String,
    /// What the service is called.
    title: String,
    /// What it is, in a sentence or two.
    summary: Option<String>,
    /// What the answers are used for (Art. 13 (1) (c) DSGVO). To be shown before the first question.
    purpose: Option<String>,
    /// The statutes that allow asking.
    legal_basis: String,
    /// Who takes part.
    parties: Vec<ServiceFormParty>,
    /// The steps, in order.
    steps: Vec<ServiceFormStep>,
}

/// A part in an application.
#[derive(SimpleObject)]
struct ServiceFormParty {
    /// The role.
    role: String,
    /// What it is called.
    title: String,
}

/// What is on one page of a form.
#[derive(SimpleObject)]
struct ServiceFormStep {
    /// Its key, as in `FormStep.key`.
    key: String,
    /// Its heading.
    title: String,
    /// Its groups, in order.
    groups: Vec<ServiceFormGroup>,
}

/// Questions that belong together.
#[derive(SimpleObject)]
struct ServiceFormGroup {
    /// Its key, the first part of the paths of its questions.
    key: String,
    /// Its heading.
    title: String,
    /// What one row of it is called ("child"), if it can be there several times.
    item: Option<String>,
    /// Fewest rows, if it can be there several times. Paths then name the row: `children[01J...].name`.
    fewest_rows: Option<i32>,
    /// Most rows, if it can be there several times.
    most_rows: Option<i32>,
    /// Its questions, in order.
    fields: Vec<ServiceFormField>,
}

/// A question of a form.
#[derive(SimpleObject)]
struct ServiceFormField {
    /// Its path without rows: `group.field`.
    path: String,
    /// What an answer looks like: `text`, `person_name`, `date`, `partial_date`, `time`, `date_time`, `bool`, `int`, `decimal`,
    /// `money`, `choice`, `multi_choice`, `address`, `geo_point`, `email`, `phone`, `iban`, `licence_plate`, `url`, `file`,
    /// `slot`, `signature`, `declaration`, `computed`. New kinds may come: show what you do not know as a text.
    kind: &'static str,
    /// What is asked.
    label: String,
    /// What helps to answer.
    help: Option<String>,
    /// When it must be answered.
    required: FormRequirement,
    /// What can be chosen, in order.
    options: Vec<FormOption>,
    /// The least number, or the fewest files.
    minimum: Option<i64>,
    /// The greatest number, or the most files.
    maximum: Option<i64>,
    /// The most characters of a text.
    most_characters: Option<u32>,
    /// The most decimal places of a number.
    decimal_places: Option<u32>,
    /// The media types of files.
    accept: Vec<String>,
    /// The most bytes of one file.
    most_bytes: Option<u64>,
}

/// Something that can be chosen.
#[derive(SimpleObject)]
struct FormOption {
    /// Its key, which is the answer.
    key: String,
    /// What it is called.
    label: String,
}

/// When a question must be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "applications::RequiredWhen")]
enum FormRequirement {
    /// Whenever it is shown.
    Shown,
    /// Never.
    Never,
    /// Depending on other answers; `FormField.required` of the draft says it.
    Depends,
}

impl From<FormView> for ServiceForm {
    fn from(form: FormView) -> Self {
        Self {
            service: form.service.to_string(),
            version: form.sequence,
            sha256: form.sha256,
            title: form.title,
            summary: form.summary,
            purpose: form.purpose,
            legal_basis: form.legal_basis,
            parties: form.parties.into_iter().map(|(role, title)| ServiceFormParty { role, title }).collect(),
            steps: form.steps.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<FormStepView> for ServiceFormStep {
    fn from(step: FormStepView) -> Self {
        Self { key: step.key, title: step.title, groups: step.groups.into_iter().map(Into::into).collect() }
    }
}

impl From<FormGroupView> for ServiceFormGroup {
    fn from(group: FormGroupView) -> Self {
        Self {
            key: group.key,
            title: group.title,
            item: group.item,
            fewest_rows: group.rows.map(|(fewest, _)| i32::from(fewest)),
            most_rows: group.rows.map(|(_, most)| i32::from(most)),
            fields: group.fields.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<FormFieldView> for ServiceFormField {
    fn from(field: FormFieldView) -> Self {
        let limits = field.limits;
        Self {
            path: field.path,
            kind: field.kind,
            label: field.label,
            help: field.help,
            required: field.required.into(),
            options: field.options.into_iter().map(|(key, label)| FormOption { key, label }).collect(),
            minimum: limits.minimum,
            maximum: limits.maximum,
            most_characters: limits.most_characters,
            decimal_places: limits.decimal_places,
            accept: limits.accept,
            most_bytes: limits.most_bytes,
        }
    }
}
