//! The demo city behind the real door, for the stories of the catalogue.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use city::CityFile;
use database::Engine;
use domain::permission::Actor;
use scheduling::Settings;
use serde_json::{Value, json};
use testkit::{Answer, TestApp, TestDatabase};

/// Hannover, on Monday, 23 November 2026, 10:00.
pub(crate) struct Hannover {
    pub(crate) app: TestApp,
    /// Lives as long as the application.
    _database: TestDatabase,
}

impl Hannover {
    /// Loads the demo city from the repository.
    pub(crate) async fn open() -> Self {
        let database = TestDatabase::new(Engine::Sqlite).await;
        let app = TestApp::without_city(database.database().clone(), Settings::default());
        let city = city::check(&demo_files()).expect("the demo city is in order").city;
        let document = city::canonical_json(&city);
        let fingerprint = city::fingerprint(&city);
        let scheduling = &app.application.scheduling;
        let loaded = {
            // Nobody signs in here, and hashing passwords takes longer than the tests.
            let texts = conversations::Texts::of(&demo_files());
            let seeds = app.application.identity.prepare_seeds(&Actor::System, &[]).await.expect("no accounts");
            let seeding = gateway::application::Seeding::new(&app.application, seeds, texts);
            scheduling.load_city(&Actor::System, &city, &document, &fingerprint, &seeding).await
        };
        loaded.expect("the demo city can be loaded");
        app.follow().await;
        Self { app, _database: database }
    }

    /// Asks as nobody, without variables.
    pub(crate) async fn ask(&self, query: &str) -> Answer {
        self.app.ask(query, json!({})).await
    }

    /// Asks a question that must have an answer, and gives what stands at a dotted path of it.
    pub(crate) async fn read(&self, query: &str, path: &str) -> Value {
        let answer = self.ask(query).await;
        assert_eq!(answer.body.get("errors"), None, "{query}: {answer:?}");
        answer.data(path).clone()
    }

    /// The code of the error that a question gets.
    pub(crate) async fn code(&self, query: &str) -> String {
        self.ask(query).await.code().to_owned()
    }

    /// The keys of what a connection lists, in order.
    pub(crate) async fn keys(&self, field: &str) -> Vec<String> {
        let path = field.split('(').next().unwrap_or_default();
        let nodes = self.read(&format!("{{ {field} {{ nodes {{ key }} }} }}"), &format!("{path}.nodes")).await;
        strings(&nodes, "key")
    }
}

/// The global id of an office.
pub(crate) fn office_id(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("Office:{key}"))
}

/// The global id of a service.
pub(crate) fn service_id(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("Service:{key}"))
}

/// One field of every entry of a list.
pub(crate) fn strings(list: &Value, field: &str) -> Vec<String> {
    let entries = list.as_array().unwrap_or_else(|| panic!("no list: {list}"));
    entries.iter().map(|entry| entry[field].as_str().unwrap_or("null").to_owned()).collect()
}

fn demo_files() -> Vec<CityFile> {
    let root = Path::new(env!("REPOSITORY_ROOT")).join("deploy/demo/hannover");
    let mut files = Vec::new();
    read_folder(&root, &root, &mut files);
    files
}

fn read_folder(root: &Path, folder: &Path, files: &mut Vec<CityFile>) {
    for entry in fs::read_dir(folder).expect("the folder exists") {
        let path: PathBuf = entry.expect("the entry can be read").path();
        if path.is_dir() {
            read_folder(root, &path, files);
            continue;
        }
        let parts = path.strip_prefix(root).expect("it lies below the root").iter();
        let parts: Vec<_> = parts.map(|part| part.to_string_lossy()).collect();
        files.push(CityFile { path: parts.join("/"), text: fs::read_to_string(&path).expect("it is text") });
    }
}
