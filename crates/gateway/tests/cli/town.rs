//! A small town that is open every day, served by the real program, with a clerk who books: on either engine.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use database::{ConnectOptions, Database, Engine};
use serde_json::{Value, json};
use testkit::{TestCity, engines};

use crate::installation::{Installation, Running, wait_for};
use crate::postgres::{Empty, with_key};

const STARTS: &str =
    "query($search: SearchInput!) { freeStarts(search: $search, first: 100) { nodes { office { id } startsAt } } }";
const BOOK: &str = "mutation($input: BookAppointmentInput!) {
    bookAppointment(input: $input) { manageCode appointment { number } problem { code } } }";
const READ: &str = "query($code: String!) { appointment(access: { code: $code }) { number status } }";

/// An installation with a city, and its place on the throw-away PostgreSQL server if it is there.
pub(crate) struct Town {
    pub(crate) installation: Installation,
    pub(crate) engine: Engine,
    empty: Option<Empty>,
}

impl Town {
    /// Tells a story in a town of its own on each engine. `name` is a word for the database.
    pub(crate) async fn on_both_engines(name: &str, story: impl AsyncFn(&Self)) {
        for engine in engines() {
            eprintln!("on {engine:?}:");
            let town = Self::new(engine, name).await;
            town.load_city();
            story(&town).await;
            town.finish().await;
        }
    }

    /// A town without a city.
    pub(crate) async fn new(engine: Engine, name: &str) -> Self {
        let empty = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(Empty::new(name).await.expect("the engines say that there is a server")),
        };
        let installation = with_key(Installation::new());
        let installation = match &empty {
            None => installation,
            Some(empty) => installation.with("DATABASE__URL", &empty.url),
        };
        Self { installation, engine, empty }
    }

    /// The same with one more setting.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.installation = self.installation.with(name, value);
        self
    }

    /// Makes the tables and loads the city: office `mitte` is open every day with 40 desks.
    pub(crate) fn load_city(&self) {
        for file in TestCity::default().every_day().desks(40).hours("06:00-22:00").files() {
            self.installation.write(&format!("city/{}", file.path), &file.text);
        }
        self.installation.run(&["migrate", "up"]).success();
        self.installation.run(&["city", "load", "city"]).success();
    }

    pub(crate) async fn finish(self) {
        if let Some(empty) = self.empty {
            empty.finish().await;
        }
    }

    /// Runs a command that must succeed, and gives what it said.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        self.installation.run(arguments).success()
    }

    /// As [`Town::run`], read as JSON.
    pub(crate) fn run_json(&self, arguments: &[&str]) -> Value {
        let told = self.run(arguments);
        serde_json::from_str(&told).unwrap_or_else(|error| panic!("{error}: {told}"))
    }

    /// As [`Town::run_json`] for a command that ends with this code.
    pub(crate) fn run_json_failing(&self, arguments: &[&str], code: i32) -> Value {
        let ended = self.installation.run(arguments);
        assert_eq!(ended.code, Some(code), "{}{}", ended.out, ended.err);
        serde_json::from_str(&ended.out).unwrap_or_else(|error| panic!("{error}: {}", ended.out))
    }

    /// Makes a backup and gives its folder, relative to the installation's.
    pub(crate) fn back_up(&self) -> String {
        self.back_up_into("backups")
    }

    /// As [`Town::back_up`], into another directory: a name is taken for a second.
    pub(crate) fn back_up_into(&self, directory: &str) -> String {
        let told = self.run(&["backup", "create", directory]);
        assert_eq!(told.lines().count(), 1, "{told}");
        told.trim().to_owned()
    }

    /// Serves until the result is dropped or stopped.
    pub(crate) async fn serve(&self) -> Running {
        let server = self.installation.start(&["serve"]);
        wait_for(&server.url("/readyz"), 200).await;
        server
    }

    /// The address of the database.
    pub(crate) fn database_url(&self) -> String {
        let file = || format!("sqlite://{}", self.installation.path("data/servicepoint.db").display());
        self.empty.as_ref().map_or_else(file, |empty| empty.url.clone())
    }

    /// Opens the database itself, to do to it what no command does.
    pub(crate) async fn database(&self) -> Database {
        let url = self.database_url();
        let options = ConnectOptions { url, max_connections: 2, acquire_timeout: Duration::from_secs(30) };
        Database::connect(&options).await.expect("the database can be reached")
    }

    /// Writes into the database behind the program's back.
    pub(crate) async fn sabotage(&self, sql: &str) {
        let database = self.database().await;
        database.write(sql, vec![]).await.expect("the statement is right");
        database.close().await.expect("it was open");
    }

    /// Loses the database, as a disk does.
    pub(crate) async fn lose_everything(&self) {
        match &self.empty {
            Some(empty) => empty.lose_everything().await,
            None => {
                for ending in ["", "-wal", "-shm"] {
                    // A log that was written back is not there.
                    let _ = std::fs::remove_file(self.installation.path(&format!("data/servicepoint.db{ending}")));
                }
            }
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.installation.path(name)
    }
}

/// An appointment that the server has acknowledged.
#[derive(Debug, Clone)]
pub(crate) struct Booked {
    pub(crate) number: String,
    pub(crate) code: String,
}

/// A clerk who is signed in and books one free start after the other.
pub(crate) struct Clerk {
    client: reqwest::Client,
    pub(crate) url: String,
    pub(crate) token: String,
    starts: Vec<Value>,
    next: AtomicU64,
}

impl Clerk {
    pub(crate) async fn sign_in(url: &str) -> Self {
        let mut clerk = Self {
            client: reqwest::Client::new(),
            url: url.to_owned(),
            token: String::new(),
            starts: Vec::new(),
            next: AtomicU64::new(0),
        };
        let credentials = json!({ "login": "clerk.mitte", "password": testkit::password("clerk.mitte") });
        let query =
            "mutation($credentials: CredentialsInput!) { issueAccessToken(credentials: $credentials) { token } }";
        let answer = clerk.ask(query, json!({ "credentials": credentials })).await.expect("an answer");
        answer["data"]["issueAccessToken"]["token"]
            .as_str()
            .unwrap_or_else(|| panic!("{answer}"))
            .clone_into(&mut clerk.token);
        let search = json!({ "visit": [{ "service": id("Service:residence") }], "offices": [id("Office:mitte")] });
        let answer = clerk.ask(STARTS, json!({ "search": search })).await.expect("an answer");
        let starts = answer["data"]["freeStarts"]["nodes"].as_array().unwrap_or_else(|| panic!("{answer}"));
        clerk.starts.clone_from(starts);
        clerk
    }

    /// Books the next start. No answer is an error in words; a refusal fails the test.
    pub(crate) async fn book(&self) -> Result<Booked, String> {
        let number = self.next.fetch_add(1, Ordering::SeqCst);
        self.book_at(&self.url, number, &uuid::Uuid::now_v7().to_string()).await
    }

    /// Books the start with this number at a server. With the same key it is the same booking.
    pub(crate) async fn book_at(&self, url: &str, number: u64, key: &str) -> Result<Booked, String> {
        let start = &self.starts[number as usize % self.starts.len()];
        let visit = json!([{ "service": id("Service:residence") }]);
        let place =
            json!({ "start": { "office": start["office"]["id"], "startsAt": start["startsAt"], "visit": visit } });
        let contact = json!({ "name": "Erika Beispiel", "mail": format!("erika.{key}@example.org") });
        let input = json!({ "place": place, "contact": contact, "route": "STAFF", "idempotencyKey": key });
        let answer = self.ask_at(url, BOOK, json!({ "input": input })).await?;
        let booked = &answer["data"]["bookAppointment"];
        let (number, code) = (&booked["appointment"]["number"], &booked["manageCode"]);
        match (number.as_str(), code.as_str()) {
            (Some(number), Some(code)) => Ok(Booked { number: number.to_owned(), code: code.to_owned() }),
            _ => Err(format!("refused: {answer}")),
        }
    }

    /// Reads a booking by its code, as whoever holds the paper would.
    pub(crate) async fn read(&self, booked: &Booked) -> Value {
        let answer = self.ask(READ, json!({ "code": booked.code })).await.expect("an answer");
        answer["data"]["appointment"].clone()
    }

    pub(crate) async fn ask(&self, query: &str, variables: Value) -> Result<Value, String> {
        self.ask_at(&self.url, query, variables).await
    }

    pub(crate) async fn ask_at(&self, url: &str, query: &str, variables: Value) -> Result<Value, String> {
        let request = self.client.post(url).json(&json!({ "query": query, "variables": variables }));
        let request = if self.token.is_empty() { request } else { request.bearer_auth(&self.token) };
        let answer = request.send().await.map_err(|error| format!("no answer: {error:?}"))?;
        answer.json().await.map_err(|error| format!("no answer: {error:?}"))
    }
}

fn id(name: &str) -> String {
    URL_SAFE_NO_PAD.encode(name)
}
