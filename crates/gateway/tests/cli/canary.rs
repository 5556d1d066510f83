//! Canaries: a name, an address and a number that exist nowhere else go in through the door, and then nothing outside of
//! letters shows them: no log line, no metric, no error, no byte of the database. Once erased, not even an older copy does.

use std::path::Path;

use database::{ConnectOptions, Database, Engine};
use serde_json::{Value, json};

use crate::installation::{Installation, demo_city, wait_for, wait_until};
use crate::postgres::{Empty, with_key};

const NAME: &str = "Quoxbertine Zwymlafell";
const MAIL: &str = "quoxbertine.zwymlafell@kanarie-x7.example";
const PHONE: &str = "0511 7390518264";
/// What to look for, in small letters: parts that no other text has.
const SIGNS: [&str; 5] = ["quoxbertine", "zwymlafell", "kanarie-x7", "7390518264", "7390 518264"];

/// Which canaries stand in these bytes, as they are or in hexadecimal digits.
fn found(bytes: &[u8]) -> Vec<&'static str> {
    let small = bytes.to_ascii_lowercase();
    let contains = |sign: &[u8]| small.windows(sign.len()).any(|window| window == sign);
    SIGNS.into_iter().filter(|sign| contains(sign.as_bytes()) || contains(hex::encode(sign).as_bytes())).collect()
}

#[track_caller]
fn nothing_in(what: &str, bytes: &[u8]) {
    assert!(!bytes.is_empty(), "{what} is empty: the search would prove nothing");
    assert_eq!(found(bytes), [""; 0], "in {what}");
}

/// Every byte of the database: the files of SQLite with its log, or every row of PostgreSQL as text.
async fn dump(engine: Engine, folder: &Path, url: &str) -> Vec<u8> {
    if engine == Engine::Sqlite {
        let files = ["servicepoint.db", "servicepoint.db-wal", "servicepoint.db-shm"];
        return files.iter().flat_map(|file| std::fs::read(folder.join(file)).unwrap_or_default()).collect();
    }
    let database = connect(url).await;
    let tables = "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'";
    let mut all = Vec::new();
    for table in database.rows(tables, vec![]).await.expect("readable") {
        let table: String = table.at(0).expect("a name");
        let rows = database.rows(&format!("SELECT t::text FROM \"{table}\" AS t"), vec![]).await.expect("readable");
        for row in rows {
            all.extend(row.at::<String>(0).expect("a row").into_bytes());
        }
    }
    database.close().await.expect("closed");
    all
}

async fn connect(url: &str) -> Database {
    let acquire_timeout = std::time::Duration::from_secs(30);
    let options = ConnectOptions { url: url.to_owned(), max_connections: 2, acquire_timeout };
    Database::connect(&options).await.expect("reachable")
}

/// A running city, and everything it answered that was no success.
struct City {
    url: String,
    client: reqwest::Client,
    keys: std::cell::Cell<u32>,
    errors: std::cell::RefCell<String>,
}

impl City {
    async fn ask(&self, token: Option<&str>, query: &str, variables: Value) -> Value {
        let mut request = self.client.post(&self.url).json(&json!({ "query": query, "variables": variables }));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let text = request.send().await.expect("an answer").text().await.expect("a text");
        let body: Value = serde_json::from_str(&text).expect("JSON");
        if body.get("errors").is_some() {
            self.errors.borrow_mut().push_str(&text);
        }
        // Problems are data; they are told to whoever typed, and must not repeat what was typed.
        if let Some(data) = body["data"].as_object() {
            data.values().for_each(|root| self.errors.borrow_mut().push_str(&root["problem"].to_string()));
        }
        body
    }

    async fn raw(&self, body: &str) {
        let request = self.client.post(&self.url).header("content-type", "application/json").body(body.to_owned());
        let answer = request.send().await.expect("an answer");
        let headers = format!("{:?}", answer.headers());
        let text = answer.text().await.expect("a text");
        self.errors.borrow_mut().extend([headers, text]);
    }

    async fn token(&self, login: &str, password: &str) -> String {
        let query = "mutation($c: CredentialsInput!) { issueAccessToken(credentials: $c) { token problem } }";
        let answer = self.ask(None, query, json!({ "c": { "login": login, "password": password } })).await;
        answer["data"]["issueAccessToken"]["token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    fn key(&self) -> String {
        self.keys.set(self.keys.get() + 1);
        format!("canary-request-{:012}", self.keys.get())
    }

    async fn starts(&self, office: Option<&str>) -> Vec<Value> {
        let offices: Vec<String> = office.into_iter().map(|key| global("Office", key)).collect();
        let search = json!({ "visit": [{ "service": global("Service", "personalausweis") }], "offices": offices });
        let query =
            "query($s: SearchInput!) { freeStarts(search: $s, first: 60) { nodes { office { id } startsAt } } }";
        let answer = self.ask(None, query, json!({ "s": search })).await;
        answer["data"]["freeStarts"]["nodes"].as_array().unwrap_or_else(|| panic!("{answer}")).clone()
    }

    async fn book(&self, token: Option<&str>, route: &str, place: Value, contact: Value) -> Value {
        let input = json!({ "place": place, "contact": contact, "route": route, "idempotencyKey": self.key() });
        let query = "mutation($i: BookAppointmentInput!) { bookAppointment(input: $i) { manageCode
            appointment { id contact { name mail phone } } problem { code message field } } }";
        self.ask(token, query, json!({ "i": input })).await["data"]["bookAppointment"].take()
    }
}

fn global(kind: &str, key: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(format!("{kind}:{key}"))
}

fn place(start: &Value) -> Value {
    let visit = json!([{ "service": global("Service", "personalausweis") }]);
    json!({ "office": start["office"]["id"], "startsAt": start["startsAt"], "visit": visit })
}

/// A password that nobody else has.
const PASSWORD: &str = "siebzehn violette Pflaumen";
/// A member of staff with the same name.
const STAFF: &str = "zwymlafell.quoxbertine";

/// Accounts with canaries for names and logins, and what goes wrong with them.
async fn register(city: &City, installation: &Installation) {
    let add = |login: &str, role: &[&str]| {
        let command = [&["account", "add", "--login", login, "--name", NAME, "--role"], role].concat();
        installation.run_with_input(&command, PASSWORD)
    };
    let told = add(MAIL, &["citizen"]).success();
    nothing_in("what the command says", told.as_bytes());
    add(STAFF, &["clerk", "--office", "aegi"]).success();
    nothing_in("what is refused", add(MAIL, &["citizen"]).failure(3).as_bytes());
    for login in [MAIL, STAFF] {
        let token = city.token(login, PASSWORD).await;
        let seen = city.ask(Some(&token), "{ viewer { name login } exportMyData }", json!({})).await;
        assert!(found(seen.to_string().as_bytes()).len() >= 2, "the control: it did go in: {seen}");
    }
    let credentials = json!({ "login": MAIL, "password": "falsch" });
    let query = "mutation($c: CredentialsInput!) { signIn(credentials: $c) { problem } }";
    for _ in 0..12 {
        city.ask(None, query, json!({ "c": credentials })).await;
    }
    let query = "mutation($l: String!) { requestPasswordReset(login: $l) { accepted } }";
    city.ask(None, query, json!({ "l": MAIL })).await;
}

/// Everything that people do with appointments, with canaries for contacts, and everything that goes wrong with them.
async fn live(city: &City) {
    let contact = json!({ "name": NAME, "mail": MAIL, "phone": PHONE });
    let eva = city.token("eva.beispiel@example.org", "demo-citizen-hannover").await;
    let clerk = city.token("clerk.aegi", "demo-clerk-aegi-hannover").await;
    let aegi = city.starts(Some("aegi")).await;
    let booked = |answer: &Value| {
        assert!(answer["appointment"]["id"].is_string(), "{answer}");
        answer["appointment"]["id"].clone()
    };
    let start = |index: usize| json!({ "start": place(&aegi[index]) });
    booked(&city.book(None, "MAIL_LINK", start(0), contact.clone()).await);
    let own = booked(&city.book(Some(&eva), "ACCOUNT", start(10), contact.clone()).await);
    let other = json!({ "name": NAME, "mail": format!("x.{MAIL}") });
    let staffed = city.book(Some(&clerk), "STAFF", start(20), other).await;
    assert_eq!(staffed["appointment"]["contact"]["name"], NAME, "the control: it did go in");
    let staffed = booked(&staffed);
    let wish = json!({ "place": place(&aegi[30]), "session": "canary session", "idempotencyKey": city.key() });
    let query = "mutation($i: HoldSlotInput!) { holdSlot(input: $i) { manageCode problem { code } } }";
    let held = city.ask(None, query, json!({ "i": wish })).await;
    let code = json!({ "holdCode": held["data"]["holdSlot"]["manageCode"] });
    booked(
        &city.book(None, "MAIL_LINK", code, json!({ "name": NAME, "mail": format!("y.{MAIL}"), "phone": PHONE })).await,
    );

    let query =
        "mutation($i: RescheduleAppointmentInput!) { rescheduleAppointment(input: $i) { problem { code message } } }";
    for (token, access, index) in [(&eva, json!({ "own": own }), 40), (&clerk, json!({ "staff": staffed }), 45)] {
        let input = json!({ "access": access, "startsAt": aegi[index]["startsAt"], "idempotencyKey": city.key() });
        city.ask(Some(token), query, json!({ "i": input })).await;
    }
    let query = "mutation($i: CancelAppointmentInput!) { cancelAppointment(input: $i) { appointment { status } problem { code } } }";
    let input = json!({ "access": { "staff": staffed }, "idempotencyKey": city.key() });
    city.ask(Some(&clerk), query, json!({ "i": input })).await;
    let query = "query($c: ContactSearchInput!) { appointmentsOfContact(contact: $c) { contact { name mail phone } } }";
    let seen = city.ask(Some(&clerk), query, json!({ "c": { "mail": MAIL } })).await;
    assert!(!found(seen.to_string().as_bytes()).is_empty(), "the control: staff read it: {seen}");
    city.ask(Some(&eva), query, json!({ "c": { "mail": MAIL } })).await;

    // Refused: taken twice, unusable, malformed, mistyped, misspelt, misplaced.
    city.book(None, "MAIL_LINK", start(50), contact).await;
    for contact in [
        json!({ "name": format!("{NAME} \u{1f600}"), "mail": MAIL }),
        json!({ "name": NAME, "mail": format!("{MAIL}@{MAIL}") }),
        json!({ "name": NAME, "mail": MAIL, "phone": format!("{PHONE} {NAME}") }),
        json!({ "name": NAME.repeat(50), "mail": MAIL }),
        json!({ "name": NAME, "phone": PHONE }),
        json!({ "name": [NAME], "mail": { "address": MAIL } }),
        json!({ "name": NAME, "mail": MAIL, NAME: MAIL }),
        json!({ "name": NAME, "mail": MAIL, "language": NAME }),
    ] {
        city.book(None, "MAIL_LINK", start(51), contact).await;
    }
    city.ask(
        None,
        "mutation($c: CredentialsInput!) { signIn(credentials: $c) { problem } }",
        json!({ "c": { "login": MAIL, "password": NAME } }),
    )
    .await;
    city.ask(None, &format!("{{ appointment(access: {{ code: \"{NAME}\" }}) {{ id }} }}"), json!({})).await;
    city.ask(None, &format!("{{ unheardOf(name: \"{NAME}\") }}"), json!({})).await;
    city.raw(&format!("{{ \"query\": \"{MAIL}\", ")).await;
    city.raw(&format!("[\"{NAME}\"]")).await;
    city.raw(&json!({ "query": format!("query {{ a(b: \"{NAME}\" ") }).to_string()).await;
    let page =
        city.url.replace("/graphql", &format!("/appointments/{}/calendar.ics?language={MAIL}", NAME.replace(' ', "")));
    let told = reqwest::get(page).await.expect("an answer").text().await.expect("a text");
    city.errors.borrow_mut().push_str(&told);
}

async fn story(engine: Engine, installation: Installation, url: &str) {
    let folder = installation.path("data");
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("an address");
    // A post that fails: letters wait, are tried again, and are complained about.
    let broken = installation.write("smtp", "smtp://127.0.0.1:1").display().to_string();
    let installation = installation
        .with("LOG__LEVEL", "debug")
        .with("MAIL__SMTP_URL_FILE", broken)
        .with("MAIL__FROM", "termine@stadt.example")
        .with("SERVER__INTERNAL_LISTEN", port.to_string());
    installation.run(&["city", "load", demo_city().to_str().expect("text")]).success();
    let server = installation.start(&["serve"]);
    wait_for(&server.url("/readyz"), 200).await;
    let city = City {
        url: server.url("/graphql"),
        client: reqwest::Client::new(),
        keys: std::cell::Cell::new(0),
        errors: std::cell::RefCell::default(),
    };
    live(&city).await;
    register(&city, &installation).await;
    wait_until(async || {
        let metrics = reqwest::get(format!("http://{port}/metrics")).await.expect("metrics");
        let metrics = metrics.text().await.expect("a text");
        nothing_in("the metrics", metrics.as_bytes());
        metrics.lines().any(|line| line.starts_with("messages_failed_total") && !line.ends_with(" 0"))
    })
    .await;
    nothing_in("the errors and problems", city.errors.borrow().as_bytes());
    let bytes = dump(engine, &folder, url).await;
    nothing_in("the database in use", &bytes);
    assert!(bytes.windows(4).any(|window| window == b"aegi"), "the control: the dump holds the data");
    server.terminate();
    let ended = server.end();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    nothing_in("the log", ended.err.as_bytes());
    assert!(ended.err.contains("messages do not leave"), "the control: the post failed: {}", ended.err);
    nothing_in("the database at rest", &dump(engine, &folder, url).await);
    erased(engine, &installation, url).await;
    controls(engine, &installation, url).await;
}

/// What is kept opens with its keys, and never again once they are gone.
async fn erased(engine: Engine, installation: &Installation, url: &str) {
    let export = |mail: &str| installation.run_with_input(&["person", "export", "--mail", "-"], mail).success();
    assert!(!found(export(MAIL).as_bytes()).is_empty(), "the control: the person is known");
    let database = connect(url).await;
    let sealed = "SELECT id, contact_sealed FROM appointment WHERE contact_sealed IS NOT NULL";
    let older: Vec<(uuid::Uuid, Vec<u8>)> = database
        .rows(sealed, vec![])
        .await
        .expect("readable")
        .iter()
        .map(|row| (row.at(0).expect("an id"), row.at(1).expect("bytes")))
        .collect();
    assert_eq!(older.len(), 4);
    let accounts = remembered(&database).await;
    let named = "SELECT id FROM account WHERE role = 'clerk' ORDER BY created_at DESC, id DESC LIMIT 1";
    let staff: uuid::Uuid = database.rows(named, vec![]).await.expect("readable")[0].at(0).expect("an id");
    for mail in [MAIL.to_owned(), format!("x.{MAIL}"), format!("y.{MAIL}")] {
        let told = installation.run_with_input(&["person", "erase", "--mail", "-"], &mail).success();
        nothing_in("what the command says", told.as_bytes());
    }
    for row in database.rows("SELECT id FROM account WHERE role = 'citizen'", vec![]).await.expect("readable") {
        let account: uuid::Uuid = row.at(0).expect("an id");
        installation.run(&["person", "erase", "--account", &account.to_string()]).success();
    }
    let told = installation.run(&["person", "export", "--account", &staff.to_string()]).success();
    assert!(found(told.as_bytes()).len() >= 2, "the control: it is the one: {told}");
    let told = installation.run(&["person", "erase", "--account", &staff.to_string()]).success();
    assert!(told.contains("erased the account"), "{told}");
    assert!(database.row(sealed, vec![]).await.expect("readable").is_none());
    let keys = "SELECT 1 AS one FROM subject_key WHERE subject IN (SELECT id FROM appointment)";
    assert!(database.row(keys, vec![]).await.expect("readable").is_none());
    let citizens = "SELECT 1 AS one FROM account WHERE role = 'citizen'";
    assert!(database.row(citizens, vec![]).await.expect("readable").is_none());
    nothing_in("the database after the erasure", &dump(engine, &installation.path("data"), url).await);
    // The data of an older backup under the keys of today.
    for (id, field) in &older {
        let sql = "UPDATE appointment SET contact_sealed = $1 WHERE id = $2";
        database.write(sql, vec![field.clone().into(), (*id).into()]).await.expect("written");
    }
    for Older { id, role, login, name, token } in &accounts {
        let sql = "INSERT INTO account (id, login, name, role, trust, created_at, login_sealed, name_sealed) \
                   VALUES ($1, $2, '', $3, 'none', 0, $4, $5) ON CONFLICT (id) DO NOTHING";
        let values =
            vec![(*id).into(), id.to_string().into(), role.as_str().into(), login.clone().into(), name.clone().into()];
        database.write(sql, values).await.expect("written");
        let sql = "INSERT INTO login_index (token, generation, account) VALUES ($1, 1, $2) ON CONFLICT DO NOTHING";
        database.write(sql, vec![token.clone().into(), (*id).into()]).await.expect("written");
    }
    database.close().await.expect("closed");
    for mail in [MAIL.to_owned(), format!("x.{MAIL}"), format!("y.{MAIL}")] {
        assert_eq!(
            export(&mail).trim(),
            r#"{"account":null,"applications":[],"appointments":[],"conversations":[],"pickups":[],"refusesReminders":false}"#
        );
    }
    let told = installation.run(&["person", "export", "--account", &staff.to_string()]).success();
    assert!(told.contains(r#""account":null"#), "{told}");
    nothing_in("the restored database", &dump(engine, &installation.path("data"), url).await);
    let verified = installation.run(&["audit", "verify", "--json"]).success();
    assert!(verified.contains("\"intact\":true"), "{verified}");
}

/// An account as an older backup has it.
struct Older {
    id: uuid::Uuid,
    role: String,
    login: Vec<u8>,
    name: Vec<u8>,
    token: Vec<u8>,
}

async fn remembered(database: &Database) -> Vec<Older> {
    let sql = "SELECT account.id, role, login_sealed, name_sealed, token FROM account \
               JOIN login_index ON login_index.account = account.id";
    let read = |row: &database::Row| Older {
        id: row.at(0).expect("an id"),
        role: row.at(1).expect("a word"),
        login: row.at(2).expect("sealed"),
        name: row.at(3).expect("sealed"),
        token: row.at(4).expect("a number"),
    };
    database.rows(sql, vec![]).await.expect("readable").iter().map(read).collect()
}

/// The search finds what is there: logged, stored, stored as bytes.
async fn controls(engine: Engine, installation: &Installation, url: &str) {
    assert_eq!(found(format!("{{\"message\":\"hello {NAME}\"}}").as_bytes()), ["quoxbertine", "zwymlafell"]);
    assert_eq!(found(hex::encode(MAIL).as_bytes()), ["quoxbertine", "zwymlafell", "kanarie-x7"]);
    let database = connect(url).await;
    let sql = "UPDATE appointment SET contact = $1";
    database.write(sql, vec![json!({ "name": NAME, "language": "de" }).to_string().into()]).await.expect("written");
    assert!(!found(&dump(engine, &installation.path("data"), url).await).is_empty(), "plain text is found");
    database.write("UPDATE appointment SET contact = NULL", vec![]).await.expect("written");
    database.write("UPDATE account SET name = $1 WHERE role = 'operator'", vec![NAME.into()]).await.expect("written");
    database.close().await.expect("closed");
    assert!(!found(&dump(engine, &installation.path("data"), url).await).is_empty(), "plain text is found");
}

#[tokio::test]
async fn nothing_but_letters_shows_who_somebody_is_on_sqlite() {
    let installation = Installation::new();
    let url = format!("sqlite://{}", installation.path("data/servicepoint.db").display());
    story(Engine::Sqlite, installation, &url).await;
}

#[tokio::test]
async fn nothing_but_letters_shows_who_somebody_is_on_postgresql() {
    let Some(empty) = Empty::new("canary").await else { return };
    let installation = with_key(Installation::new().with("DATABASE__URL", &empty.url));
    installation.run(&["migrate", "up"]).success();
    let url = empty.url.clone();
    story(Engine::Postgres, installation, &url).await;
    empty.finish().await;
}
