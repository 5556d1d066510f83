//! What a form asks about a report beside place and words, for programs that show it themselves.

use forms::{AnswerSource, Answers, FieldType, Locale};

use crate::Applications;
use crate::definition::Pinned;
use crate::failure::{Failure, Problem};
use crate::report::ReportCategory;
use crate::save_answers::{AnswerChange, Writing, apply};

/// A question of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportAttribute {
    /// The path of the field.
    pub path: String,
    /// What it takes.
    pub kind: AttributeKind,
    /// Whether it must be answered.
    pub required: bool,
    /// What is asked.
    pub label: String,
    /// What helps with it.
    pub help: Option<String>,
}

/// What a question takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttributeKind {
    /// A text.
    Text,
    /// A number.
    Number,
    /// A day.
    Day,
    /// One of these: each with its key and its words.
    One(Vec<(String, String)>),
    /// Some of these.
    Some(Vec<(String, String)>),
}

impl Applications {
    /// What the form asks about a category, in the order in which it asks. Category, place, description, photo and mail
    /// address are no part of it, and neither is what depends on other answers.
    ///
    /// # Errors
    /// [`Problem::UnknownService`] for what cannot be reported.
    pub async fn report_attributes(
        &self,
        category: &ReportCategory,
        locale: Locale,
    ) -> Result<Vec<ReportAttribute>, Failure> {
        let pinned = self.newest(&category.service).await?;
        let rule = pinned.report_of(&category.category)?;
        let now = self.now();
        let calendar = self.calendar()?;
        let value = category.category.as_str().into();
        let changes = [AnswerChange::Set { path: rule.category.clone(), value }];
        let source = AnswerSource::Applicant { party: pinned.first_party()?.role.clone() };
        let answers = apply(&pinned, &Answers::empty(), &changes, Writing { source, locale, at: now })?;
        let evaluation = pinned.evaluate(&answers, &calendar, now.local_date(calendar.time_zone));
        let known = [&rule.category, &rule.place, &rule.description];
        let rows = evaluation.steps.iter().flat_map(|step| &step.groups).filter(|group| group.rows.len() == 1);
        let fields = rows.flat_map(|group| &group.rows).filter(|row| row.row.is_none()).flat_map(|row| &row.fields);
        let asked = fields.filter(|field| !known.contains(&&field.path));
        Ok(asked.filter_map(|field| pinned.attribute(&field.path, field.required, locale)).collect())
    }
}

impl Pinned {
    /// The rule of the reports of this service, if `category` is one of them.
    pub(crate) fn report_of(&self, category: &str) -> Result<&forms::ReportRule, Problem> {
        let rule = self.form.service().report.as_ref().ok_or(Problem::UnknownService)?;
        let field = self.form.form().field(&rule.category).map(|(_, field)| &field.kind);
        match field {
            Some(FieldType::Choice { options, .. }) if options.iter().any(|option| option == category) => Ok(rule),
            _ => Err(Problem::UnknownService),
        }
    }

    fn attribute(&self, path: &str, required: bool, locale: Locale) -> Option<ReportAttribute> {
        let text = |what: &str| self.form.text(&format!("field.{path}.{what}"), locale).map(str::to_owned);
        let (_, field) = self.form.form().field(path)?;
        let named = |options: &[String]| {
            options.iter().map(|option| (option.clone(), self.option_label(path, option, locale))).collect()
        };
        let kind = match &field.kind {
            FieldType::Bool => {
                let words = if locale == Locale::En { ["yes", "no"] } else { ["ja", "nein"] };
                let both = [("true", words[0]), ("false", words[1])];
                AttributeKind::One(both.map(|(key, word)| (key.to_owned(), word.to_owned())).to_vec())
            }
            FieldType::Choice { options, .. } => AttributeKind::One(named(options)),
            FieldType::MultiChoice { options, .. } => AttributeKind::Some(named(options)),
            // The hash says which words somebody agreed to.
            FieldType::Declaration => {
                AttributeKind::One(vec![(self.form.declaration_hash(path, locale)?, text("text")?)])
            }
            FieldType::Int { .. } | FieldType::Decimal { .. } | FieldType::Money => AttributeKind::Number,
            FieldType::Date => AttributeKind::Day,
            FieldType::Text { .. }
            | FieldType::PersonName
            | FieldType::PartialDate
            | FieldType::Phone
            | FieldType::Iban
            | FieldType::LicencePlate
            | FieldType::Url => AttributeKind::Text,
            FieldType::Time
            | FieldType::DateTime
            | FieldType::Address
            | FieldType::GeoPoint
            | FieldType::Email { .. }
            | FieldType::File { .. }
            | FieldType::Slot { .. }
            | FieldType::Signature
            | FieldType::Computed { .. } => return None,
        };
        let label = text("label").unwrap_or_else(|| path.to_owned());
        Some(ReportAttribute { path: path.to_owned(), kind, required, label, help: text("help") })
    }
}
