//! What stories of files have in common.

use std::path::{Path, PathBuf};

use applications::{FilePlace, ScannerAddress, UploadSettings};
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use database::Database;
use domain::permission::Actor;
use serde_json::{Value, json};
use testkit::{Answer, TestApp};

use crate::application_support::{by, save};

const CREATE: &str = "mutation($input: CreateUploadInput!) { createUpload(input: $input) {
    upload { fileId name state refusal bytes mediaType sha256 path } address token
    problem { code message mostBytes accept } } }";
const UPLOAD: &str =
    "query($access: ApplicationAccessInput!, $file: String!) { upload(access: $access, fileId: $file) {
    name state refusal bytes mediaType sha256 } }";

/// An application whose files lie in a folder of the test's own.
pub(super) struct Filing {
    pub(super) app: TestApp,
    pub(super) folder: tempfile::TempDir,
}

/// A place for a file.
#[derive(Debug, Clone)]
pub(super) struct Announced {
    pub(super) id: Value,
    pub(super) address: String,
    pub(super) token: String,
}

impl Filing {
    pub(super) async fn start(database: Database, scanner: Option<ScannerAddress>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let app = filing_in(database, folder.path(), scanner).await;
        Self { app, folder }
    }

    /// What lies in the folder.
    pub(super) fn lies_there(&self) -> Vec<PathBuf> {
        lies_in(self.folder.path())
    }
}

/// One more application on the same database and the same folder.
pub(super) async fn filing_in(database: Database, folder: &Path, scanner: Option<ScannerAddress>) -> TestApp {
    let uploads = UploadSettings { scanner, ..UploadSettings::default() };
    TestApp::with_files(database, &FilePlace::Folder(folder.to_owned()), uploads).await
}

fn lies_in(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            found.extend(lies_in(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}

/// A PDF of this length with these words in it.
pub(super) fn pdf(words: &str, length: usize) -> Vec<u8> {
    let mut file = format!("%PDF-1.7\n{words}\n").into_bytes();
    assert!(file.len() <= length);
    file.resize(length - 1, b' ');
    file.push(b'\n');
    file
}

pub(super) fn announcement(app: &TestApp, code: &Value, name: &str, bytes: usize, media_type: &str) -> Value {
    json!({
        "access": by(code), "path": "vehicle.papers", "name": name, "bytes": bytes, "mediaType": media_type,
        "idempotencyKey": app.key(),
    })
}

pub(super) async fn create(app: &TestApp, input: Value) -> Answer {
    app.ask(CREATE, json!({ "input": input })).await
}

pub(super) async fn announce(app: &TestApp, code: &Value, name: &str, bytes: usize, media_type: &str) -> Announced {
    announced(app, announcement(app, code, name, bytes, media_type)).await
}

async fn announced(app: &TestApp, input: Value) -> Announced {
    let created = create(app, input).await;
    assert_eq!(created.data("createUpload.problem"), &Value::Null, "{created:?}");
    let text = |path: &str| created.data(path).as_str().expect("a text").to_owned();
    Announced {
        id: created.data("createUpload.upload.fileId").clone(),
        address: text("createUpload.address"),
        token: text("createUpload.token"),
    }
}

/// Sends bytes as a program does that knows their number.
pub(super) async fn put(app: &TestApp, place: &Announced, bytes: &[u8]) -> (StatusCode, Value) {
    let request = Request::put(&place.address)
        .header(header::AUTHORIZATION, format!("Bearer {}", place.token))
        .header(header::CONTENT_LENGTH, bytes.len());
    answered(app, request.body(Body::from(bytes.to_vec())).expect("a request")).await
}

/// Sends pieces as a program does that does not know how many there will be; `None` breaks off.
pub(super) async fn put_in_pieces(
    app: &TestApp,
    place: &Announced,
    pieces: Vec<Option<Vec<u8>>>,
) -> (StatusCode, Value) {
    let pieces = pieces.into_iter().map(|piece| piece.ok_or(std::io::Error::other("the line is dead")));
    let request = Request::put(&place.address).header(header::AUTHORIZATION, format!("Bearer {}", place.token));
    let body = Body::from_stream(futures_util::stream::iter(pieces));
    answered(app, request.body(body).expect("a request")).await
}

async fn answered(app: &TestApp, request: Request<Body>) -> (StatusCode, Value) {
    let answer = app.send(request).await;
    (answer.status, answer.body)
}

/// Announces and sends a file, and gives its id.
pub(super) async fn sent(app: &TestApp, code: &Value, name: &str, bytes: &[u8], media_type: &str) -> Value {
    let place = announce(app, code, name, bytes.len(), media_type).await;
    let (status, answer) = put(app, &place, bytes).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    assert_eq!(answer["state"], "scanning");
    place.id
}

/// A PDF for a question, looked at; gives its id.
pub(super) async fn sent_for(app: &TestApp, code: &Value, path: &str) -> Value {
    let mut input = announcement(app, code, "Schein.pdf", 2_000, "application/pdf");
    input["path"] = json!(path);
    let place = announced(app, input).await;
    assert_eq!(put(app, &place, &pdf("", 2_000)).await.0, StatusCode::CREATED);
    look(app).await;
    place.id
}

/// How a file stands for whoever has the code.
pub(super) async fn standing(app: &TestApp, code: &Value, id: &Value) -> Value {
    let found = app.ask(UPLOAD, json!({ "access": by(code), "file": id })).await;
    assert_eq!(found.code(), "", "{found:?}");
    found.data("upload").clone()
}

/// One round of the worker.
pub(super) async fn look(app: &TestApp) -> applications::LookedAt {
    app.application.applications.look_at_files(&Actor::System).await.expect("a round")
}

/// Names files in the answer.
pub(super) async fn attach(app: &TestApp, code: &Value, ids: &[&Value]) -> Answer {
    let named: Vec<Value> = ids.iter().map(|id| json!({ "id": id })).collect();
    save(app, code, &[("vehicle.papers", json!(named))]).await
}

/// Fetches an address.
pub(super) async fn fetch(app: &TestApp, address: &Value) -> (StatusCode, HeaderMap, Vec<u8>) {
    let request = Request::get(address.as_str().expect("an address")).body(Body::empty()).expect("a request");
    let (parts, body) = app.respond(request).await.into_parts();
    (parts.status, parts.headers, to_bytes(body, 64 << 20).await.expect("a body").to_vec())
}
