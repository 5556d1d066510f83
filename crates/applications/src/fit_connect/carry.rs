//! Handing a case over: what was frozen, sealed for the destination, in three steps.

use std::collections::BTreeMap;
use std::sync::Arc;

use exchange::fit_connect::{
    Attachment, AuthenticationTags, EncryptionKey, EnvelopeRandom, EventKind, Metadata, authentication_tag, encrypt,
    metadata_json,
};
use exchange::{XdfFacts, XfallHead, xfall_instance};
use forms::{FieldType, FileReference, FitConnectSink, Locale};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::client::CallFault;
use super::{Attempt, Forwarding};
use crate::definition::Pinned;
use crate::failure::{Failure, Problem};
use crate::requests::retried;
use crate::store::Reader;
use crate::store::cases::{self, Found};
use crate::store::forwards::{self, ForwardRow};

/// The media type of what is sent.
const DATA_TYPE: &str = "application/xml";

/// Everything that leaves, in the clear.
struct Parcel {
    data: Vec<u8>,
    attachments: Vec<Attachment>,
    metadata: String,
    announcement: Value,
}

impl Forwarding {
    pub(super) async fn hand_over(&self, row: &ForwardRow) -> Result<Attempt, Failure> {
        let reader = Reader::Database(&self.applications.database);
        let found = cases::by_id(reader, row.case).await?.ok_or(Problem::NotFound)?;
        let pinned = self.applications.pinned(found.case.definition).await?;
        let sink = pinned.form.service().sinks.iter().find(|sink| sink.key == row.sink);
        let Some(target) = sink.and_then(|sink| sink.fit_connect.clone()) else {
            return Ok(Attempt::Hopeless("NO_SUCH_SINK".to_owned()));
        };
        let parcel = match self.packed(row, &found, &pinned, &target).await? {
            Ok(parcel) => parcel,
            Err(reason) => return Ok(Attempt::Hopeless(reason.to_owned())),
        };
        match self.send(row, &target, &parcel).await? {
            Ok(attempt) => Ok(attempt),
            Err(fault) if fault.may_pass() => Ok(Attempt::Again(fault.code())),
            Err(fault) => Ok(Attempt::Hopeless(fault.code())),
        }
    }

    /// What leaves, or why it cannot.
    async fn packed(
        &self,
        row: &ForwardRow,
        found: &Found,
        pinned: &Arc<Pinned>,
        target: &FitConnectSink,
    ) -> Result<Result<Parcel, &'static str>, Failure> {
        let case = &found.case;
        let snapshot = self.applications.snapshot(Reader::Database(&self.applications.database), found).await?;
        let mut attachments = Vec::new();
        for file in files_of(pinned, &snapshot.canonical) {
            // A case without its files would look complete and not be.
            let Some(content) = self.applications.whole_case_file(found, &file.id).await? else {
                return Ok(Err("FILE_MISSING"));
            };
            let id = attachment_id(row, &file.id);
            attachments.push(Attachment { id, name: file.name, media_type: file.media_type, content });
        }
        let message = format!("{}:{}:{}", case.id, row.sink, row.number);
        let version = u32::try_from(pinned.sequence).unwrap_or(u32::MAX);
        let facts = XdfFacts { message_id: &message, created_at: row.created_at, version };
        let head = XfallHead {
            receipt: case.receipt.as_ref().map_or("", |receipt| receipt.as_str()),
            outcome: case.outcome.map(domain::application::Outcome::as_str),
        };
        let Ok(xml) = xfall_instance(&pinned.form, &snapshot.canonical, head, facts) else {
            return Ok(Err("NOT_WRITABLE"));
        };
        let data = xml.into_bytes();
        let name = pinned.form.text("service.title", Locale::De).unwrap_or(pinned.form.key());
        let metadata = metadata_json(Metadata {
            data: &data,
            data_type: DATA_TYPE,
            schema_uri: &target.schema_uri,
            service_name: name,
            service_identifier: &target.service_identifier,
            attachments: &attachments,
        });
        let announcement = json!({
            "destinationId": target.destination,
            "announcedAttachments": attachments.iter().map(|file| file.id.as_str()).collect::<Vec<_>>(),
            "publicService": { "name": name, "identifier": target.service_identifier },
        });
        Ok(Ok(Parcel { data, attachments, metadata, announcement }))
    }

    async fn send(
        &self,
        row: &ForwardRow,
        target: &FitConnectSink,
        parcel: &Parcel,
    ) -> Result<Result<Attempt, CallFault>, Failure> {
        let now = self.applications.now();
        let destination = match self.client.destination(&target.destination, now).await {
            Ok(destination) => destination,
            Err(fault) => return Ok(Err(fault)),
        };
        if destination.status != "active" {
            return Ok(Ok(Attempt::Again("DESTINATION_NOT_ACTIVE".to_owned())));
        }
        let key = match self.client.key(&target.destination, &destination.encryption_kid, now).await {
            Ok(key) => key,
            Err(fault) => return Ok(Err(fault)),
        };
        let key = match EncryptionKey::from_jwk(&key, &destination.encryption_kid) {
            Ok(key) => key,
            Err(refused) => {
                tracing::error!(case.id = %row.case, sink = row.sink, %refused, "nothing is sealed for this key");
                return Ok(Ok(Attempt::Hopeless("KEY_REFUSED".to_owned())));
            }
        };
        let (submission, remote_case) = match (&row.submission, &row.remote_case) {
            (Some(submission), Some(case)) => {
                // An attempt before this one may have ended after its last step.
                match self.events(row, target).await {
                    Ok(events) if events.iter().any(|event| event.kind >= EventKind::Submitted) => {
                        return Ok(Ok(Attempt::Sent { remote: EventKind::Submitted.as_str() }));
                    }
                    Ok(_) => (submission.clone(), case.clone()),
                    // An announcement that was not followed by its submission is forgotten after a while.
                    Err(CallFault::Answered(404)) => {
                        self.keep_announced(row, None).await?;
                        return Ok(Err(CallFault::Answered(404)));
                    }
                    Err(fault) => return Ok(Err(fault)),
                }
            }
            _ => match self.client.announce(&parcel.announcement, now).await {
                Ok(given) => (given.submission_id, given.case_id),
                Err(fault) => return Ok(Err(fault)),
            },
        };
        if row.submission.as_ref() != Some(&submission) {
            self.keep_announced(row, Some((&submission, &remote_case))).await?;
        }
        let outcome = self.seal_and_submit(row, &key, &submission, parcel).await?;
        if outcome == Err(CallFault::Answered(404)) {
            self.keep_announced(row, None).await?;
        }
        Ok(outcome.map(|()| Attempt::Sent { remote: EventKind::Submitted.as_str() }))
    }

    async fn seal_and_submit(
        &self,
        row: &ForwardRow,
        key: &EncryptionKey,
        submission: &str,
        parcel: &Parcel,
    ) -> Result<Result<(), CallFault>, Failure> {
        let now = self.applications.now();
        let sealed = |content_type: &str, content: &[u8]| {
            let random = EnvelopeRandom::drawn(&*self.applications.entropy);
            encrypt(key, content_type, content, random).map_err(|_| CallFault::Strange)
        };
        let mut tags = BTreeMap::new();
        for file in &parcel.attachments {
            let envelope = match sealed(&file.media_type, &file.content) {
                Ok(envelope) => envelope,
                Err(fault) => return Ok(Err(fault)),
            };
            tags.insert(file.id.clone(), authentication_tag(&envelope).unwrap_or_default().to_owned());
            if let Err(fault) = self.client.attach(submission, &file.id, envelope, now).await {
                return Ok(Err(fault));
            }
        }
        let (Ok(metadata), Ok(data)) =
            (sealed("application/json", parcel.metadata.as_bytes()), sealed(DATA_TYPE, &parcel.data))
        else {
            return Ok(Err(CallFault::Strange));
        };
        let tag = |envelope: &str| authentication_tag(envelope).map(str::to_owned);
        let tags = AuthenticationTags { metadata: tag(&metadata), data: tag(&data), attachments: tags };
        // Kept before they leave: whoever accepts the case must have got exactly these.
        self.keep_tags(row, &tags).await?;
        Ok(self.client.submit(submission, &metadata, &data, now).await)
    }

    async fn keep_announced(&self, row: &ForwardRow, given: Option<(&str, &str)>) -> Result<(), Failure> {
        let now = self.applications.now();
        retried(async || {
            let unit = self.applications.database.begin().await?;
            forwards::announced(&unit, row, given, now).await?;
            unit.commit().await?;
            Ok(())
        })
        .await
    }

    async fn keep_tags(&self, row: &ForwardRow, tags: &AuthenticationTags) -> Result<(), Failure> {
        let now = self.applications.now();
        let text = serde_json::to_string(tags).unwrap_or_default();
        retried(async || {
            let unit = self.applications.database.begin().await?;
            forwards::sealed(&unit, row, &text, now).await?;
            unit.commit().await?;
            Ok(())
        })
        .await
    }
}

/// The files among the answers that count.
fn files_of(pinned: &Pinned, canonical: &str) -> Vec<FileReference> {
    let snapshot: Value = serde_json::from_str(canonical).unwrap_or_default();
    let answers = snapshot["answers"].as_array().cloned().unwrap_or_default();
    let is_file = |path: &str| {
        let known = crate::definition::without_row(path);
        pinned.form.form().field(&known).is_some_and(|(_, field)| matches!(field.kind, FieldType::File { .. }))
    };
    let files = answers.into_iter().filter(|answer| answer[0].as_str().is_some_and(is_file));
    files
        .flat_map(|mut answer| serde_json::from_value::<Vec<FileReference>>(answer[1].take()).unwrap_or_default())
        .collect()
}

/// The id of an attachment: the same in every attempt, and told to nobody outside what was sent.
fn attachment_id(row: &ForwardRow, file: &str) -> String {
    let digest = Sha256::digest(format!("{}\n{}\n{}\n{file}", row.case, row.sink, row.number));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string()
}
