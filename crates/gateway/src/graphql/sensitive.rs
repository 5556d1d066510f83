//! Reading what is personal leaves a trace: one audit entry for each request in which staff read of others, naming them
//! all; one for contacts, one for the accounts of citizens, one for cases, one for their files, one for conversations, and
//! one for questions that the chatbot did not understand.
//!
//! A field that shows somebody notes whom; before the answer leaves the entry is written. If that fails nothing leaves.

use std::any::TypeId;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::{Executor, Request, Response, ServerError, Value};
use database::AuditEntry;
use domain::identifier::{AccountId, AttachmentId, CaseId, ChatClusterId, ConversationId, EventId};
use domain::permission::{Actor, Role};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use identity::Account;
use scheduling::Appointment;
use uuid::Uuid;

use crate::application::Application;
use crate::graphql::ServiceSchema;
use crate::graphql::failure::of_database;

/// The action of the entry about contacts.
pub(super) const READ_CONTACT: &str = "appointment.read_contact";

/// The action of the entry about accounts of citizens.
pub(super) const READ_ACCOUNT: &str = "account.read_person";

/// The action of the entry about cases.
pub(super) const READ_CASE: &str = "case.read";

/// The action of the entry about conversations.
pub(super) const READ_CONVERSATION: &str = "conversation.read";

/// The action of the entry about questions that were not understood.
pub(super) const READ_QUESTIONS: &str = "chat_cluster.read";

/// The action of the entry about files of cases.
pub(super) const READ_FILE: &str = "case.read_file";

/// Of whom staff read in one request.
#[derive(Debug, Clone)]
pub(crate) struct SensitiveReads {
    reader: AccountId,
    read: Arc<Mutex<BTreeSet<(&'static str, Uuid)>>>,
}

impl SensitiveReads {
    /// For members of staff. Citizens read their own, or what they have the code of.
    fn of(request: &Request) -> Option<Self> {
        let actor = request.data.get(&TypeId::of::<Actor>()).and_then(|actor| actor.downcast_ref::<Actor>())?;
        match actor {
            Actor::Account { id, role, .. } if role.is_staff() => Some(Self { reader: *id, read: Arc::default() }),
            Actor::Account { .. } | Actor::Anonymous | Actor::System => None,
        }
    }

    /// Notes that the contact of `appointment`, or that it belongs to a contact, is about to leave.
    pub(crate) fn note(&self, appointment: &Appointment) {
        if appointment.account != Some(self.reader) && appointment.contact.is_some() {
            self.insert(READ_CONTACT, appointment.id.0);
        }
    }

    /// Notes that the name or login of `account` is about to leave. Colleagues know each other's names.
    pub(crate) fn note_account(&self, account: &Account) {
        if account.id != self.reader && account.role == Role::Citizen {
            self.insert(READ_ACCOUNT, account.id.0);
        }
    }

    /// Notes that what stands in `case` is about to leave.
    pub(crate) fn note_case(&self, case: CaseId) {
        self.insert(READ_CASE, case.0);
    }

    /// Notes that `file` of a case is about to be handed out.
    pub(crate) fn note_file(&self, file: AttachmentId) {
        self.insert(READ_FILE, file.0);
    }

    /// Notes that what was said in `conversation` is about to leave.
    pub(crate) fn note_conversation(&self, conversation: ConversationId) {
        self.insert(READ_CONVERSATION, conversation.0);
    }

    /// Notes that questions of `cluster` are about to leave.
    pub(crate) fn note_cluster(&self, cluster: ChatClusterId) {
        self.insert(READ_QUESTIONS, cluster.0);
    }

    fn insert(&self, action: &'static str, subject: Uuid) {
        self.read.lock().unwrap_or_else(PoisonError::into_inner).insert((action, subject));
    }

    /// The entries to write, one for each action: the first subject, and the others.
    fn take(&self) -> BTreeMap<&'static str, Vec<Uuid>> {
        let read = std::mem::take(&mut *self.read.lock().unwrap_or_else(PoisonError::into_inner));
        let mut entries: BTreeMap<&'static str, Vec<Uuid>> = BTreeMap::new();
        for (action, subject) in read {
            entries.entry(action).or_default().push(subject);
        }
        entries
    }
}

/// The schema behind its application, with traces of what staff read.
#[derive(Clone)]
pub struct TracedSchema {
    pub(super) schema: ServiceSchema,
    pub(super) application: Application,
}

impl Executor for TracedSchema {
    async fn execute(&self, request: Request) -> Response {
        let Some(reads) = SensitiveReads::of(&request) else { return self.schema.execute(request).await };
        let response = self.schema.execute(request.data(reads.clone())).await;
        traced(&self.application, &reads, response).await
    }

    fn execute_stream(
        &self,
        request: Request,
        session_data: Option<Arc<async_graphql::Data>>,
    ) -> BoxStream<'static, Response> {
        let Some(reads) = SensitiveReads::of(&request) else {
            return Executor::execute_stream(&self.schema, request, session_data);
        };
        let request = request.data(reads.clone());
        let application = self.application.clone();
        Executor::execute_stream(&self.schema, request, session_data)
            .then(move |response| {
                let (application, reads) = (application.clone(), reads.clone());
                async move { traced(&application, &reads, response).await }
            })
            .boxed()
    }
}

async fn traced(application: &Application, reads: &SensitiveReads, response: Response) -> Response {
    for (action, subjects) in reads.take() {
        let Some((first, more)) = subjects.split_first() else { continue };
        let at = application.clock.now();
        let id = EventId(application.entropy.id(at));
        let entry = AuditEntry { id, actor: Some(reads.reader), action, subject: *first, at };
        if let Err(error) = application.database.audit_alone(&entry, more).await {
            let refused = of_database(&error);
            let mut error = ServerError::new(refused.message, None);
            error.extensions.get_or_insert_default().set("code", Value::from(refused.code));
            return Response::from_errors(vec![error]);
        }
    }
    response
}
