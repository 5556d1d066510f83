//! A report that comes whole, from another program: begun, filled in and handed in like every other, or nothing of it stays.

use domain::geography::Position;
use domain::permission::Actor;
use domain::text::Language;
use forms::FieldType;
use serde_json::{Value, json};

use crate::Applications;
use crate::access::Access;
use crate::case::Intake;
use crate::definition::Pinned;
use crate::draft::{AnswerError, Practice};
use crate::failure::{Failure, Problem};
use crate::report::ReportCategory;
use crate::save_answers::{AnswerChange, SaveAnswers};
use crate::sealed::Handling;
use crate::start_draft::StartDraft;
use crate::submit::{Receipt, Submit};

/// A whole report.
#[derive(Debug, Clone)]
pub struct FileReport {
    /// What it is about.
    pub category: ReportCategory,
    /// Where it is.
    pub position: Position,
    /// What is wrong.
    pub description: String,
    /// Where to answer to.
    pub email: Option<String>,
    /// Answers to what else the form asks, by path, as texts; more than one for a choice of many.
    pub attributes: Vec<(String, Vec<String>)>,
}

impl Applications {
    /// Files a report. Whatever is in the way, nothing of it stays.
    ///
    /// # Errors
    /// [`Problem::UnknownService`] for what cannot be reported; [`Problem::AnswersRefused`], [`Problem::Incomplete`] with what
    /// is wrong, field by field; as [`Applications::submit`].
    pub async fn file_report(&self, actor: &Actor, command: &FileReport) -> Result<Receipt, Failure> {
        let pinned = self.newest(&command.category.service).await?;
        let changes = pinned.answers_of_report(command)?;
        let begin = StartDraft {
            service: command.category.service.clone(),
            practice: Practice::Real,
            intake: Intake::Online,
            language: Language::German,
            idempotency_key: self.fresh_key(),
        };
        let access = Access::Code(self.start_draft(actor, &begin).await?.code);
        let filed = self.fill_and_submit(actor, &access, changes).await;
        if filed.is_err()
            && let Err(failure) = self.abandon_draft(actor, &access).await
        {
            // Its time runs out like that of every draft.
            tracing::warn!(%failure, "a report that was not taken waits for the end of its draft");
        }
        filed
    }

    async fn fill_and_submit(
        &self,
        actor: &Actor,
        access: &Access,
        changes: Vec<AnswerChange>,
    ) -> Result<Receipt, Failure> {
        self.save_answers(actor, &SaveAnswers { access: access.clone(), rev: 1, changes }).await?;
        let summary_sha256 = self.summary(actor, access).await?.sha256;
        let (handling, submission_key) = (Handling::MachineMayDecide, self.fresh_key());
        self.submit(actor, &Submit { access: access.clone(), summary_sha256, handling, submission_key }).await
    }

    /// Whoever sends a whole report has no key for it: each request is a report.
    fn fresh_key(&self) -> String {
        let mut drawn = [0; 16];
        self.entropy.fill(&mut drawn);
        hex::encode(drawn)
    }
}

impl Pinned {
    fn answers_of_report(&self, command: &FileReport) -> Result<Vec<AnswerChange>, Problem> {
        let rule = self.report_of(&command.category.category)?;
        let set = |path: &str, value: Value| AnswerChange::Set { path: path.to_owned(), value };
        let mut changes = vec![
            set(&rule.category, json!(command.category.category)),
            set(&rule.place, json!(command.position)),
            set(&rule.description, json!(command.description)),
        ];
        if let Some(email) = &command.email {
            let field = self.form.form().fields().find(|(_, field)| matches!(field.kind, FieldType::Email { .. }));
            changes.extend(field.map(|(group, field)| set(&format!("{}.{}", group.key, field.key), json!(email))));
        }
        let own = [&rule.category, &rule.place, &rule.description];
        let mut errors = Vec::new();
        for (path, given) in &command.attributes {
            let kind = self.form.form().field(path).filter(|_| !own.contains(&path)).map(|(_, field)| &field.kind);
            match kind.and_then(|kind| answer(kind, given)) {
                Some(value) => changes.push(set(path, value)),
                None => errors.push(AnswerError {
                    path: path.chars().take(60).collect(),
                    code: "UNKNOWN_PATH".to_owned(),
                    message: "Danach fragt das Formular nicht.".to_owned(),
                }),
            }
        }
        if errors.is_empty() { Ok(changes) } else { Err(Problem::AnswersRefused { errors }) }
    }
}

/// An answer as the form takes it; what is none of its kind is for the form to refuse, with its words.
fn answer(kind: &FieldType, given: &[String]) -> Option<Value> {
    let first = given.first().map(String::as_str).unwrap_or_default();
    match kind {
        FieldType::Bool => Some(match first {
            "true" => json!(true),
            "false" => json!(false),
            other => json!(other),
        }),
        FieldType::MultiChoice { .. } => Some(json!(given)),
        FieldType::Declaration => Some(json!({ "text_sha256": first })),
        FieldType::Int { .. } => Some(first.parse::<i64>().map_or_else(|_| json!(first), |number| json!(number))),
        FieldType::Text { .. }
        | FieldType::PersonName
        | FieldType::Date
        | FieldType::PartialDate
        | FieldType::Decimal { .. }
        | FieldType::Money
        | FieldType::Choice { .. }
        | FieldType::Email { .. }
        | FieldType::Phone
        | FieldType::Iban
        | FieldType::LicencePlate
        | FieldType::Url => Some(json!(first)),
        FieldType::Time
        | FieldType::DateTime
        | FieldType::Address
        | FieldType::GeoPoint
        | FieldType::File { .. }
        | FieldType::Slot { .. }
        | FieldType::Signature
        | FieldType::Computed { .. } => None,
    }
}
