//! Everything that is kept about a person in applications and cases, with their files (Art. 15 and 20 DSGVO).

use bytes::Bytes;
use database::within_statements;
use domain::identifier::{AccountId, ApplicationId};
use domain::permission::{Actor, Permission};
use domain::time::Timestamp;
use futures_util::stream::BoxStream;
use serde_json::Value;

use crate::Applications;
use crate::failure::{Failure, Problem};
use crate::files::FileStoreError;
use crate::secret::Scope;
use crate::store::{Reader, attachments, drafts};
use crate::upload::Upload;

/// More applications than anybody has.
const MOST: i64 = 10_000;
/// How many statements one application may take of them; a person may have many.
pub(crate) const STATEMENTS_EACH: u32 = 60;
/// For how long an archive can be fetched, in seconds.
const TICKET_SECONDS: i64 = 60;

/// What is kept about a person here.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PersonApplications {
    /// Each application or case as a JSON object, newest first.
    pub documents: Vec<Value>,
    /// Their files.
    pub files: Vec<PersonFile>,
}

/// A file of a person.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonFile {
    /// Where it was handed in.
    pub application: ApplicationId,
    /// The file.
    pub upload: Upload,
}

impl Applications {
    /// Everything in which an account has a part. What was begun without signing in is found by its code alone.
    ///
    /// # Errors
    /// [`Failure::Forbidden`] for whoever asks about somebody else and may not.
    pub async fn export_person(&self, actor: &Actor, account: AccountId) -> Result<PersonApplications, Failure> {
        may_handle(actor, account)?;
        let reader = Reader::Database(&self.database);
        let mut person = PersonApplications::default();
        for mine in drafts::of_account(reader, account, MOST).await? {
            let one = async || self.exported(&self.enter_as(reader, account, mine.id).await?).await;
            let exported = within_statements(STATEMENTS_EACH, one()).await?;
            person.documents.push(exported.document);
            let file = |upload| PersonFile { application: mine.id, upload };
            person.files.extend(exported.files.into_iter().map(file));
        }
        let supported = self.supported_by(account).await?;
        if !supported.is_empty() {
            person.documents.push(serde_json::json!({ "supportedReports": supported }));
        }
        Ok(person)
    }

    /// The content of a file of a person.
    ///
    /// # Errors
    /// As [`Applications::export_person`]; [`Problem::NotFound`], [`Failure::Files`].
    pub async fn person_file(
        &self,
        actor: &Actor,
        account: AccountId,
        file: &PersonFile,
    ) -> Result<BoxStream<'static, Result<Bytes, FileStoreError>>, Failure> {
        may_handle(actor, account)?;
        let reader = Reader::Database(&self.database);
        let place = self.enter_as(reader, account, file.application).await?;
        let row = attachments::by_id(reader, file.upload.id).await?.filter(|row| row.owner == place.owner());
        let key = place.key().ok_or(Problem::NotFound)?;
        Ok(Box::pin(self.content_of_file(key, &row.ok_or(Problem::NotFound)?).await?))
    }

    /// What opens the archive of the account that asks, for a minute.
    ///
    /// # Errors
    /// [`Failure::Forbidden`] for whoever has no account of their own.
    pub fn archive_ticket(&self, actor: &Actor) -> Result<(String, Timestamp), Failure> {
        actor.may(Permission::BookForOneself)?;
        let AccountId(account) = actor.account().ok_or(Problem::NotFound)?;
        let until = self.now().plus_seconds(TICKET_SECONDS);
        let proof = self.secret.token(Scope::Archive, account, until.seconds());
        Ok((format!("{}-{:x}-{proof}", account.simple(), until.seconds()), until))
    }

    /// Whose archive a ticket opens.
    ///
    /// # Errors
    /// [`Problem::NotFound`].
    pub fn archive_of(&self, ticket: &str) -> Result<AccountId, Problem> {
        let (id, until, proof) = crate::download::parts(ticket).ok_or(Problem::NotFound)?;
        let opens = self.secret.opens(Scope::Archive, id, until, proof) && until >= self.now().seconds();
        if opens { Ok(AccountId(id)) } else { Err(Problem::NotFound) }
    }
}

/// One's own, or as whoever handles the data of others.
pub(crate) fn may_handle(actor: &Actor, account: AccountId) -> Result<(), Failure> {
    if actor.account() != Some(account) {
        actor.may(Permission::HandlePersonalData)?;
    }
    Ok(())
}
