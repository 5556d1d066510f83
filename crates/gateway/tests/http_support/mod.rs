//! A real server on a free port with a small schema, for the tests of the front door.

#![expect(dead_code, reason = "every test binary uses a part")]

pub(crate) mod socket;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_graphql::{Context, Error, ErrorExtensions, ID, InputObject, Object, Request, Schema, Subscription};
use axum::{
    Router,
    http::{HeaderValue, StatusCode, header},
};
use futures_util::{Stream, future::BoxFuture, stream};
use gateway::{
    http::{Admission, Authenticate, Caller, Door, Problem, ResponseHeaders, Settings, router_with},
    limits::Standing,
    shutdown::{Drain, Ended, Patience, serve},
};
use tokio::{
    net::TcpListener,
    sync::{Notify, oneshot},
    task::JoinHandle,
};

/// Holds the mutation `slow` until the test lets it go.
#[derive(Default)]
pub(crate) struct Gate {
    pub(crate) entered: Notify,
    pub(crate) may_go: Notify,
    /// A flood that nobody listens to any more.
    pub(crate) flood_ended: Notify,
    /// How often `signIn` was run.
    pub(crate) sign_ins: AtomicUsize,
    /// Whether the token `revocable` was taken back.
    pub(crate) revoked: AtomicBool,
}

pub(crate) struct TestDoor {
    pub(crate) gate: Arc<Gate>,
    address: String,
    stop: Option<oneshot::Sender<()>>,
    pub(crate) serving: JoinHandle<Ended>,
    pub(crate) client: reqwest::Client,
}

impl TestDoor {
    pub(crate) async fn open() -> Self {
        Self::open_with(Settings { deadline: Duration::from_millis(500), ..Settings::default() }).await
    }

    pub(crate) async fn open_with(settings: Settings) -> Self {
        Self::open_door(settings, |door| door, Router::new()).await
    }

    /// A door that was fitted out, with further pages.
    pub(crate) async fn open_door(settings: Settings, fit: impl FnOnce(Door) -> Door, pages: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let drain = Drain::default();
        let gate = Arc::new(Gate::default());
        let schema = Schema::build(Query, Mutation, Subscriptions).data(Arc::clone(&gate)).finish();
        let door = Door::new(schema, settings, drain.clone()).with_authentication(Tokens(Arc::clone(&gate)));
        let door = Arc::new(fit(door));
        let (stop, stopped) = oneshot::channel();
        let patience = Patience {
            announce: Duration::ZERO,
            finish: Duration::from_secs(5),
            headers: Duration::from_millis(200),
            write: Duration::from_millis(300),
            ..Patience::default()
        };
        let serving = tokio::spawn(async move {
            let stopped = async { drop(stopped.await) };
            serve(vec![(listener, router_with(door, pages))], stopped, &drain, patience).await
        });
        Self { gate, address, stop: Some(stop), serving, client: reqwest::Client::new() }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn stop(&mut self) {
        drop(self.stop.take());
    }

    pub(crate) fn post(&self, body: impl Into<reqwest::Body>) -> reqwest::RequestBuilder {
        self.client.post(self.url("/graphql")).header("content-type", "application/json").body(body)
    }

    /// Sends a document and gives the status and the answer.
    pub(crate) async fn ask(&self, query: &str) -> (u16, serde_json::Value) {
        let body = serde_json::json!({ "query": query }).to_string();
        answered(self.post(body).header("accept", "application/graphql-response+json")).await
    }
}

pub(crate) async fn answered(request: reqwest::RequestBuilder) -> (u16, serde_json::Value) {
    let response = request.send().await.expect("an answer");
    let status = response.status().as_u16();
    let text = response.text().await.expect("a body");
    (status, serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {text}")))
}

/// The code of the first error.
pub(crate) fn code(answer: &serde_json::Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
}

/// Knows some tokens and one that has ended.
struct Tokens(Arc<Gate>);

struct Name(&'static str);

impl Tokens {
    fn admission(&self, token: &str, request: &mut Request) -> Option<Admission> {
        let account = |standing, number| Admission {
            standing,
            account: Some(uuid::Uuid::from_u128(number)),
            ..Admission::default()
        };
        match token {
            "good" => request.data.insert(Name("Erika")),
            "short" => return Some(Admission { expires_in: Some(Duration::from_millis(50)), ..Admission::default() }),
            "clerk" => return Some(account(Standing::Staff, 1)),
            "citizen" => return Some(account(Standing::Citizen, 2)),
            "revocable" if !self.0.revoked.load(Ordering::SeqCst) => return Some(account(Standing::Citizen, 3)),
            "forgotten" if !self.0.revoked.load(Ordering::SeqCst) => return Some(account(Standing::Citizen, 4)),
            _ => return None,
        }
        Some(Admission::default())
    }
}

impl Authenticate for Tokens {
    fn authenticate<'a>(
        &'a self,
        caller: &'a Caller,
        request: &'a mut Request,
    ) -> BoxFuture<'a, Result<Admission, Problem>> {
        Box::pin(async move {
            let in_header = caller.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
            let in_greeting = caller.connection_init.as_ref().and_then(|greeting| greeting["token"].as_str());
            let Some(token) = in_header.or(in_greeting) else {
                request.data.insert(Name("nobody"));
                return Ok(Admission::default());
            };
            self.admission(token, request)
                .ok_or_else(|| Problem::new(StatusCode::UNAUTHORIZED, "TOKEN_INVALID", "sign in again"))
        })
    }

    fn still_stands(&self, admission: &Admission) -> bool {
        // Of the token `forgotten` memory hears nothing; only who asks anew learns of its end.
        admission.account != Some(uuid::Uuid::from_u128(3)) || !self.0.revoked.load(Ordering::SeqCst)
    }
}

struct Query;

#[derive(InputObject)]
struct Wish {
    name: String,
    people: i32,
}

#[Object]
impl Query {
    async fn who(&self, ctx: &Context<'_>) -> &str {
        ctx.data_opt::<Name>().map_or("unknown", |name| name.0)
    }

    async fn twice(&self, number: i32) -> i32 {
        number.saturating_mul(2)
    }

    async fn node(&self, id: ID, size: Option<uuid::Uuid>) -> String {
        format!("{}{size:?}", *id)
    }

    async fn wish(&self, wish: Wish) -> String {
        format!("{} {}", wish.name, wish.people)
    }

    async fn long(&self) -> String {
        "a long answer ".repeat(500)
    }

    async fn items(&self, first: Option<i32>) -> Vec<Item> {
        (0..first.unwrap_or(3)).map(|number| Item { number }).collect()
    }

    async fn breaks(&self) -> Result<i32, Error> {
        Err(Error::new("UNIQUE constraint failed: people.mail"))
    }

    async fn refuses(&self) -> Result<Option<i32>, Error> {
        Err(Error::new("not yours").extend_with(|_, extensions| extensions.set("code", "FORBIDDEN")))
    }

    async fn panics(&self) -> Option<i32> {
        bug()
    }

    async fn never(&self) -> i32 {
        std::future::pending().await
    }
}

fn bug() -> Option<i32> {
    panic!("a bug with a secret in it")
}

struct Item {
    number: i32,
}

#[Object]
impl Item {
    async fn number(&self) -> i32 {
        self.number
    }

    async fn items(&self) -> Vec<Item> {
        vec![]
    }
}

struct Mutation;

#[Object]
impl Mutation {
    async fn sign_in(&self, ctx: &Context<'_>, login: Option<String>) -> bool {
        let _ = login;
        ctx.data_unchecked::<Arc<Gate>>().sign_ins.fetch_add(1, Ordering::SeqCst);
        let cookie = HeaderValue::from_static("__Host-session=abc; Path=/; Secure; HttpOnly; SameSite=Lax");
        ctx.data_unchecked::<ResponseHeaders>().append(header::SET_COOKIE, cookie);
        true
    }

    async fn slow(&self, ctx: &Context<'_>) -> bool {
        let gate = ctx.data_unchecked::<Arc<Gate>>();
        gate.entered.notify_one();
        gate.may_go.notified().await;
        true
    }
}

/// Tells the test when it is dropped.
struct Ends(Arc<Gate>);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.flood_ended.notify_one();
    }
}

struct Subscriptions;

#[Subscription]
impl Subscriptions {
    async fn count(&self, to: i32) -> impl Stream<Item = i32> {
        stream::iter(1..=to)
    }

    async fn silence(&self) -> impl Stream<Item = i32> {
        stream::pending()
    }

    /// A text of a hundred thousand letters, again and again, for as long as somebody takes it.
    async fn flood(&self, ctx: &Context<'_>) -> impl Stream<Item = String> + use<> {
        let ends = Ends(Arc::clone(ctx.data_unchecked::<Arc<Gate>>()));
        stream::repeat_with(move || {
            let _still_here = &ends;
            "x".repeat(100_000)
        })
    }

    async fn ticks(&self) -> impl Stream<Item = i32> {
        stream::unfold(0, |number| async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            Some((number, number + 1))
        })
    }

    async fn bursts(&self) -> impl Stream<Item = i32> {
        stream::once(async { panic!("a bug in a stream") })
    }
}
