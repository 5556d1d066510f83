//! Proof of work through the door, on both engines, solved by the library of the official widget.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Arc, OnceLock},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use gateway::{
    application::Application,
    authenticate::Doorkeeper,
    http::{Door, Settings, router},
    proof_of_work::{Demand, ProofSettings},
    shutdown::Drain,
};
use serde_json::{Value, json};
use testkit::{TestApp, on_both_engines};
use tower::ServiceExt;

const HOLD: &str = "mutation($input: HoldSlotInput!) { holdSlot(input: $input) {
    manageCode appointment { id } problem { code field challenge { json expiresAt } } } }";
const BOOK: &str = "mutation($input: BookAppointmentInput!) { bookAppointment(input: $input) {
    appointment { id status } problem { code challenge { json } } } }";
const CHALLENGE: &str =
    "query($subject: ProofOfWorkSubjectInput!) { proofOfWorkChallenge(subject: $subject) { json expiresAt } }";

/// The application of a test behind a gateway that asks for work.
struct Gateway(Router);

impl Gateway {
    fn open(application: &Application, demand: Demand) -> Self {
        let settings = ProofSettings { demand, hashes: 64, pressure: 60 };
        let application = application.clone().with_proof_of_work(settings);
        let schema = gateway::graphql::schema(application.clone());
        let door = Door::new(schema, Settings::default(), Drain::default());
        Self(router(Arc::new(door.with_authentication(Doorkeeper::new(application)))))
    }

    async fn ask(&self, token: Option<&str>, query: &str, variables: Value) -> Value {
        let mut request = Request::post("/graphql").header(header::CONTENT_TYPE, "application/json");
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = Body::from(json!({ "query": query, "variables": variables }).to_string());
        let response = self.0.clone().oneshot(request.body(body).expect("a request")).await.expect("an answer");
        let text = to_bytes(response.into_body(), 1 << 20).await.expect("a body");
        serde_json::from_slice(&text).expect("JSON")
    }

    async fn hold(&self, token: Option<&str>, input: &Value) -> Value {
        self.ask(token, HOLD, json!({ "input": input })).await["data"]["holdSlot"].clone()
    }
}

/// Puts the library beside the build, as the lock file names it.
fn library() -> &'static Path {
    static PLACE: OnceLock<PathBuf> = OnceLock::new();
    PLACE.get_or_init(|| {
        let source = Path::new(env!("REPOSITORY_ROOT")).join("crates/gateway/tests/altcha");
        let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("altcha");
        std::fs::create_dir_all(&place).expect("the build directory can be written");
        let lock = std::fs::read(source.join("package-lock.json")).expect("the lock file is there");
        for file in ["package.json", "package-lock.json", "solve.mjs"] {
            std::fs::copy(source.join(file), place.join(file)).expect("the files can be copied");
        }
        if std::fs::read(place.join("node_modules/.installed-from")).ok().as_ref() != Some(&lock) {
            let arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
            let installed = Command::new("npm").args(arguments).current_dir(&place).status();
            let installed =
                installed.expect("this test needs Node.js 20 or newer with npm: apt-get install nodejs npm");
            assert!(installed.success(), "npm ci failed");
            std::fs::write(place.join("node_modules/.installed-from"), lock).expect("writes");
        }
        place
    })
}

/// What the widget would send.
fn solved(challenge: &Value) -> String {
    let mut node = Command::new("node");
    node.arg("solve.mjs").current_dir(library()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut node = node.spawn().expect("node starts");
    let challenge = challenge["json"].as_str().expect("a challenge").as_bytes();
    node.stdin.take().expect("piped").write_all(challenge).expect("writes");
    let output = node.wait_with_output().expect("node ends");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("text")
}

fn id(kind: &str, key: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{kind}:{key}"))
}

/// Two free starts.
async fn starts(gateway: &Gateway) -> Vec<Value> {
    let query =
        "query($search: SearchInput!) { freeStarts(search: $search, first: 2) { nodes { office { id } startsAt } } }";
    let search = json!({ "visit": [{ "service": id("Service", "residence") }] });
    let answer = gateway.ask(None, query, json!({ "search": search })).await;
    answer["data"]["freeStarts"]["nodes"].as_array().unwrap_or_else(|| panic!("{answer}")).clone()
}

fn hold_input(app: &TestApp, start: &Value, session: &str, proof: Option<&str>) -> Value {
    let visit = json!([{ "service": id("Service", "residence") }]);
    let place = json!({ "office": start["office"]["id"], "startsAt": start["startsAt"], "visit": visit });
    json!({ "place": place, "session": session, "idempotencyKey": app.key(), "proofOfWork": proof })
}

fn code(payload: &Value) -> &str {
    payload["problem"]["code"].as_str().unwrap_or("none")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_anonymous_hold_needs_work_done_for_it_once() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let gateway = Gateway::open(&app.application, Demand::Always);
        let other_gateway = Gateway::open(&app.application, Demand::Always);
        let starts = starts(&gateway).await;
        let (start, other_start) = (&starts[0], &starts[1]);

        let refused = gateway.hold(None, &hold_input(&app, start, "session-one", None)).await;
        assert_eq!((code(&refused), &refused["problem"]["field"]), ("PROOF_OF_WORK_REQUIRED", &json!("proofOfWork")));
        assert!(refused["appointment"].is_null());
        let proof = solved(&refused["problem"]["challenge"]);

        // For another place, another session or another thing it is worth nothing.
        for input in [
            hold_input(&app, other_start, "session-one", Some(&proof)),
            hold_input(&app, start, "session-two", Some(&proof)),
            hold_input(&app, start, "session-one", Some("nonsense")),
        ] {
            assert_eq!(code(&gateway.hold(None, &input).await), "PROOF_OF_WORK_REQUIRED");
        }

        let honest = hold_input(&app, start, "session-one", Some(&proof));
        let held = gateway.hold(None, &honest).await;
        assert_eq!(code(&held), "none", "{held}");
        // An answer that was lost may be asked for again; another request may not use the same work.
        let again = gateway.hold(None, &honest).await;
        assert_eq!(again["appointment"], held["appointment"]);
        let stockpiled = hold_input(&app, start, "session-one", Some(&proof));
        assert_eq!(code(&gateway.hold(None, &stockpiled).await), "PROOF_OF_WORK_REQUIRED");
        assert_eq!(code(&other_gateway.hold(None, &stockpiled).await), "PROOF_OF_WORK_REQUIRED", "gateways share it");
        app.assert_conserved().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_at_once_with_one_proof_one_holds() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let gateways = [Demand::Always; 2].map(|demand| Gateway::open(&app.application, demand));
        let start = starts(&gateways[0]).await.swap_remove(0);
        let refused = gateways[0].hold(None, &hold_input(&app, &start, "session-one", None)).await;
        let proof = solved(&refused["problem"]["challenge"]);
        let inputs: Vec<_> = (0..20).map(|_| hold_input(&app, &start, "session-one", Some(&proof))).collect();
        let tries = inputs.iter().enumerate().map(|(number, input)| gateways[number % 2].hold(None, input));
        let answers = futures_util::future::join_all(tries).await;
        let passed = answers.iter().filter(|answer| code(answer) != "PROOF_OF_WORK_REQUIRED").count();
        assert_eq!(passed, 1, "{answers:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_challenge_asked_for_beforehand_is_good_for_what_it_names_and_ends() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let gateway = Gateway::open(&app.application, Demand::Always);
        let start = starts(&gateway).await.swap_remove(0);
        let place = json!({ "office": start["office"]["id"], "startsAt": start["startsAt"] });
        let challenge = async |subject: Value| {
            let answer = gateway.ask(None, CHALLENGE, json!({ "subject": subject })).await;
            answer["data"]["proofOfWorkChallenge"].clone()
        };
        let book = async |proof: &str| {
            let visit = json!([{ "service": id("Service", "residence") }]);
            let mut full = place.clone();
            full["visit"] = visit;
            let contact = json!({ "name": "Eva Muster", "mail": "eva@stadt.example" });
            let input = json!({ "place": { "start": full }, "contact": contact, "route": "MAIL_LINK",
                "idempotencyKey": app.key(), "proofOfWork": proof });
            gateway.ask(None, BOOK, json!({ "input": input })).await["data"]["bookAppointment"].clone()
        };
        let mut for_a_hold = place.clone();
        for_a_hold["session"] = json!("session-one");
        let wrong_purpose = solved(&challenge(json!({ "hold": for_a_hold })).await);
        assert_eq!(code(&book(&wrong_purpose).await), "PROOF_OF_WORK_REQUIRED");
        let right = solved(&challenge(json!({ "booking": place })).await);
        app.clock.pass_seconds(601);
        assert_eq!(code(&book(&right).await), "PROOF_OF_WORK_REQUIRED", "it came too late");
        app.clock.pass_seconds(-601);
        let booked = book(&right).await;
        assert_eq!((code(&booked), &booked["appointment"]["status"]), ("none", &json!("PENDING_CONFIRMATION")));
        let now = app.application.clock.now();
        assert_eq!(app.application.database.forget_spent_proofs(now).await.expect("works"), 0);
        let later = now.plus_seconds(3_600);
        assert_eq!(app.application.database.forget_spent_proofs(later).await.expect("works"), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn staff_and_people_who_signed_in_do_not_work_and_nobody_does_without_pressure() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let always = Gateway::open(&app.application, Demand::Always);
        let start = starts(&always).await.swap_remove(0);
        for login in ["eva@example.org", "clerk.nord"] {
            let token = app.token(login).await;
            let held = always.hold(Some(&token), &hold_input(&app, &start, &format!("session-{login}"), None)).await;
            assert_ne!(code(&held), "PROOF_OF_WORK_REQUIRED", "{login}");
        }
        let off = Gateway::open(&app.application, Demand::Off);
        assert_ne!(
            code(&off.hold(None, &hold_input(&app, &start, "session-off", None)).await),
            "PROOF_OF_WORK_REQUIRED"
        );
        // Sixty a minute is called pressure here: ten within ten seconds.
        let pressed = Gateway::open(&app.application, Demand::UnderPressure);
        let mut codes = Vec::new();
        for number in 0..14 {
            let input = hold_input(&app, &start, &format!("session-{number}"), None);
            codes.push(code(&pressed.hold(None, &input).await) == "PROOF_OF_WORK_REQUIRED");
        }
        assert!(!codes[0] && codes[13], "{codes:?}");
    })
    .await;
}
