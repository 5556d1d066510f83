//! What stands about a submission in its sealed metadata: which data, which attachments, which service.

use serde_json::{Value, json};
use sha2::{Digest, Sha512};

/// The shape that is written.
const SCHEMA: &str = "https://schema.fitko.de/fit-connect/metadata/1.0.0/metadata.schema.json";

/// A file that goes along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its id, a UUID.
    pub id: String,
    /// The name it came with.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its content, in the clear.
    pub content: Vec<u8>,
}

/// What the metadata tell.
#[derive(Debug, Clone, Copy)]
pub struct Metadata<'a> {
    /// The data, in the clear.
    pub data: &'a [u8],
    /// Their media type.
    pub data_type: &'a str,
    /// Where their schema stands, as the destination expects it.
    pub schema_uri: &'a str,
    /// What the service is called.
    pub service_name: &'a str,
    /// Its number in the federal catalogue as a URN.
    pub service_identifier: &'a str,
    /// The files.
    pub attachments: &'a [Attachment],
}

/// The metadata as JSON.
pub fn metadata_json(metadata: Metadata<'_>) -> String {
    let attachment = |file: &Attachment| {
        json!({
            "attachmentId": file.id, "purpose": "attachment", "filename": file.name, "mimeType": file.media_type,
            "hash": hash(&file.content),
        })
    };
    json!({
        "$schema": SCHEMA,
        "contentStructure": {
            "data": {
                "hash": hash(metadata.data),
                "submissionSchema": { "schemaUri": metadata.schema_uri, "mimeType": metadata.data_type },
            },
            "attachments": metadata.attachments.iter().map(attachment).collect::<Vec<_>>(),
        },
        "publicServiceType": { "name": metadata.service_name, "identifier": metadata.service_identifier },
    })
    .to_string()
}

fn hash(content: &[u8]) -> Value {
    json!({ "type": "sha512", "content": hex::encode(Sha512::digest(content)) })
}
