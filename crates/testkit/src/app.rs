//! The whole application behind its real router, on a test database, with a clock that stands still.

use std::collections::BTreeMap;
use std::sync::Arc;

use applications::{FilePlace, FileStore, PracticeBank, UploadSettings};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use database::Database;
use domain::environment::{Clock, Entropy};
use domain::identifier::AppointmentId;
use domain::permission::Actor;
use gateway::application::{Application, Parts, Seeding};
use gateway::authenticate::Doorkeeper;
use gateway::http::{Door, Settings, router_with};
use gateway::shutdown::Drain;
use identity::{IdentitySettings, OpenIdProvider};
use scheduling::Loaded;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::test_city::password;
use crate::{FixedClock, SeededEntropy, TestCity, TestService};

/// The application under test.
pub struct TestApp {
    /// The features, for what cannot be done through the door.
    pub application: Application,
    /// The clock that everything reads.
    pub clock: FixedClock,
    router: Router,
    keys: std::sync::atomic::AtomicU64,
}

/// One answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status of HTTP.
    pub status: StatusCode,
    /// The body.
    pub body: Value,
}

impl TestApp {
    /// Starts the application on `database` with the ordinary test city. The clock shows Monday, 23 November 2026, 10:00 in
    /// Hannover.
    pub async fn start(database: Database) -> Self {
        Self::with_city(database, &TestCity::default()).await
    }

    /// Starts the application with a city of the test's own.
    pub async fn with_city(database: Database, city: &TestCity) -> Self {
        let app =
            Self::without_city(database, scheduling::Settings { return_minutes: 0, ..scheduling::Settings::default() });
        app.load(city).await;
        app
    }

    /// Starts the application with the ordinary test city and these sign-in providers.
    pub async fn with_providers(database: Database, providers: Vec<OpenIdProvider>) -> Self {
        let scheduling = scheduling::Settings { return_minutes: 0, ..scheduling::Settings::default() };
        let app = Self::assembled(database, scheduling, providers);
        app.load(&TestCity::default()).await;
        app
    }

    /// Starts the application before any city was loaded.
    pub fn without_city(database: Database, scheduling: scheduling::Settings) -> Self {
        Self::assembled(database, scheduling, vec![])
    }

    /// Starts the application with the ordinary test city, and files in a place of the test's own.
    pub async fn with_files(database: Database, place: &FilePlace, uploads: UploadSettings) -> Self {
        let scheduling = scheduling::Settings { return_minutes: 0, ..scheduling::Settings::default() };
        let app = Self::with_parts(database, scheduling, vec![], place, uploads);
        app.load(&TestCity::default()).await;
        app
    }

    fn assembled(database: Database, scheduling: scheduling::Settings, openid: Vec<OpenIdProvider>) -> Self {
        Self::with_parts(database, scheduling, openid, &FilePlace::Memory, UploadSettings::default())
    }

    fn with_parts(
        database: Database,
        scheduling: scheduling::Settings,
        openid: Vec<OpenIdProvider>,
        place: &FilePlace,
        uploads: UploadSettings,
    ) -> Self {
        let clock = FixedClock::default();
        // Several applications on one database must not draw the same ids.
        let seed = uuid::Uuid::now_v7().as_u128();
        let entropy = SeededEntropy::new((seed ^ (seed >> 64)) as u64);
        let (application, desk) = Application::new(Parts {
            database,
            clock: Arc::new(clock.clone()) as Arc<dyn Clock>,
            entropy: Arc::new(entropy) as Arc<dyn Entropy>,
            master: [7; 32],
            vault: [7; 32],
            scheduling,
            identity: IdentitySettings::new("https://stadt.example", "servicepoint", 2),
            openid,
            secure_cookies: true,
            files: FileStore::open(place).expect("the place can be used"),
            uploads,
            zones: Arc::new(crate::test_zones()),
            practice_bank: PracticeBank::Open,
            model: None,
        });
        tokio::spawn(desk.run());
        // Everybody in a story comes from one address; what counting callers does is told elsewhere.
        let settings = Settings { rates: None, ..Settings::default() };
        let door = Door::new(gateway::graphql::schema(application.clone()), settings, Drain::default())
            .with_authentication(Doorkeeper::new(application.clone()));
        let files = gateway::uploads::routes(application.clone())
            .merge(gateway::reports::routes(application.clone()))
            .merge(gateway::open311::routes(application.clone(), "https://stadt.example"));
        Self {
            application,
            clock,
            router: router_with(Arc::new(door), files),
            keys: std::sync::atomic::AtomicU64::new(0),
        }
    }

    /// Loads a version of the city and lets this application follow.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn load(&self, city: &TestCity) -> Loaded {
        let checked = city.checked();
        let identity = &self.application.identity;
        let seeds =
            identity.prepare_seeds(&Actor::System, &checked.city.accounts).await.expect("the accounts are in order");
        let document = city::canonical_json(&checked.city);
        let fingerprint = city::fingerprint(&checked.city);
        let seeding = Seeding::new(&self.application, seeds, conversations::Texts::of(&city.files()));
        let scheduling = &self.application.scheduling;
        let loaded = scheduling.load_city(&Actor::System, &checked.city, &document, &fingerprint, &seeding).await;
        self.follow().await;
        loaded.expect("the city is in order")
    }

    /// Lets this application follow what others changed.
    ///
    /// # Panics
    /// When the database cannot be read.
    pub async fn follow(&self) {
        self.application.scheduling.follow_changes().await.expect("the database answers");
        self.application.applications.follow_changes().await.expect("the database answers");
        self.application.conversations.follow_changes().await.expect("the database answers");
    }

    /// Lets the chatbot of this application learn of the city that serves. Without it the chatbot learns when it is first
    /// asked, and not again.
    ///
    /// # Panics
    /// When the database cannot be read.
    pub async fn learn(&self) -> bool {
        self.application.conversations.learn().await.expect("the database answers")
    }

    /// Publishes a service, whose cases the office `mitte` has.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn publish(&self, service: &TestService) -> applications::Published {
        let team = domain::identifier::Key::new("mitte").expect("a key");
        let command =
            applications::PublishDefinition { files: service.files(), team, drafts: applications::OlderDrafts::Keep };
        let published = self.application.applications.publish_definition(&Actor::System, &command).await;
        published.unwrap_or_else(|failure| panic!("the service is refused: {failure:?}"))
    }

    /// What the clock shows.
    pub fn now(&self) -> domain::time::Timestamp {
        self.clock.now()
    }

    /// Asks as nobody.
    pub async fn ask(&self, query: &str, variables: Value) -> Answer {
        self.ask_as(None, query, variables).await
    }

    /// Asks with an access token.
    ///
    /// # Panics
    /// When the answer is not JSON.
    pub async fn ask_as(&self, token: Option<&str>, query: &str, variables: Value) -> Answer {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let mut request = Request::post("/graphql").header(header::CONTENT_TYPE, "application/json");
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        self.send(request.body(Body::from(body)).expect("a request")).await
    }

    /// Sends any request.
    ///
    /// # Panics
    /// When the answer is not JSON.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        read(self.respond(request).await).await
    }

    /// Sends any request and gives the response as it came, with its headers.
    ///
    /// # Panics
    /// Never: the router always answers.
    pub async fn respond(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.expect("the router always answers")
    }

    /// Lets this application hear what was revoked.
    ///
    /// # Panics
    /// When the database cannot be read.
    pub async fn hear(&self) {
        self.application.identity.follow_revocations().await.expect("the database answers");
    }

    /// An access token of an account of the test city.
    ///
    /// # Panics
    /// When the account cannot sign in.
    pub async fn token(&self, login: &str) -> String {
        let query = "mutation($credentials: CredentialsInput!) { issueAccessToken(credentials: $credentials) { token problem } }";
        let answer = self.ask(query, json!({ "credentials": { "login": login, "password": password(login) } })).await;
        let token = answer.data("issueAccessToken.token").as_str().map(str::to_owned);
        token.unwrap_or_else(|| panic!("{login} could not sign in: {answer:?}"))
    }

    /// The code that would stand in the mail of a booking.
    ///
    /// # Panics
    /// When there is no such booking.
    pub async fn confirmation_code(&self, id: &AppointmentId) -> String {
        let scheduling = &self.application.scheduling;
        let found = scheduling.read_appointments(&Actor::System, &[*id]).await.expect("the database answers");
        scheduling.confirmation_code(found.first().expect("a booking"))
    }

    /// How many units of cells in time are taken in the database.
    ///
    /// # Panics
    /// When the database cannot be read.
    pub async fn places_taken(&self) -> i64 {
        let sql = self.application.database.engine().choose(
            "SELECT coalesce(sum(taken), 0) FROM capacity_cell WHERE at > 15",
            "SELECT coalesce(sum(taken), 0)::bigint FROM capacity_cell WHERE at > 15",
        );
        let rows = self.application.database.rows(sql, vec![]).await.expect("the database answers");
        rows[0].at(0).expect("a number")
    }

    /// How many holds, bookings that wait for their mail and firm bookings there are.
    ///
    /// # Panics
    /// When the database cannot be read.
    pub async fn live_appointments(&self) -> i64 {
        let sql = "SELECT count(*) FROM appointment WHERE status IN ('held', 'pending_confirmation', 'confirmed')";
        let rows = self.application.database.rows(sql, vec![]).await.expect("the database answers");
        rows[0].at(0).expect("a number")
    }

    /// Says that every count in the database is exactly what the appointments take: nothing is sold twice, no place lost.
    ///
    /// # Panics
    /// When a count differs.
    pub async fn assert_conserved(&self) {
        let database = &self.application.database;
        let rows = database.rows("SELECT takes FROM appointment", vec![]).await.expect("the database answers");
        let mut expected: BTreeMap<(i64, i64), i64> = BTreeMap::new();
        for row in &rows {
            let takes: Vec<(i64, i64, i64, i64)> =
                serde_json::from_str(&row.at::<String>(0).expect("a text")).expect("takes");
            for (pool, first, step, cells) in takes {
                (0..cells).for_each(|cell| *expected.entry((pool, first + cell * step)).or_default() += 1);
            }
        }
        let sql = "SELECT pool, at, taken FROM capacity_cell WHERE taken > 0 ORDER BY pool, at";
        let rows = database.rows(sql, vec![]).await.expect("the database answers");
        let counted: BTreeMap<(i64, i64), i64> = rows
            .iter()
            .map(|row| ((row.at(0).expect("a pool"), row.at(1).expect("a cell")), row.at(2).expect("a count")))
            .collect();
        assert_eq!(counted, expected, "the counts are what the appointments take");
    }

    /// A fresh idempotency key.
    pub fn key(&self) -> String {
        let number = self.keys.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        format!("test-request-{number:012}-{}", uuid::Uuid::now_v7().simple())
    }
}

/// Reads a response.
pub(crate) async fn read(response: Response) -> Answer {
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 8 << 20).await.expect("a body");
    let body =
        serde_json::from_slice(&bytes).unwrap_or_else(|_| panic!("no JSON: {:?}", String::from_utf8_lossy(&bytes)));
    Answer { status, body }
}

impl Answer {
    /// The value at a dotted path below `data`; null when there is none.
    pub fn data(&self, path: &str) -> &Value {
        path.split('.').fold(&self.body["data"], |value, key| match key.parse::<usize>() {
            Ok(index) => &value[index],
            Err(_) => &value[key],
        })
    }

    /// Minutes between `startsAt` and `endsAt` below a path.
    ///
    /// # Panics
    /// When they are missing.
    pub fn minutes(&self, path: &str) -> i64 {
        let read = |field: &str| {
            let text = self.data(&format!("{path}.{field}")).as_str().unwrap_or_else(|| panic!("no {field}: {self:?}"));
            chrono::DateTime::parse_from_rfc3339(text).expect("an instant").timestamp()
        };
        (read("endsAt") - read("startsAt")) / 60
    }

    /// The code of the first error, or nothing.
    pub fn code(&self) -> &str {
        self.body["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
    }
}
