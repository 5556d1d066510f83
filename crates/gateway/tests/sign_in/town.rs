//! The city under test with one provider, `bund`, and what the stories look at.

use std::time::{SystemTime, UNIX_EPOCH};

use axum::body::Body;
use axum::http::{Request, header};
use database::Database;
use domain::identifier::Key;
use domain::law::TrustLevel;
use domain::permission::{Actor, Role};
use domain::time::Timestamp;
use identity::{Algorithm, ClientSecret, ClientSecretUse, EndAtProvider, OpenIdProvider, PlainHttp, Purpose};
use serde_json::Value;
use testkit::{Answer, TestApp};

/// Where signing in begins.
pub(crate) const START: &str = "/sign-in/openid/bund";
/// The client's secret at the real provider.
pub(crate) const SECRET: &str = "a secret of the city that is long enough";

/// The real provider's settings for citizens, by ES256.
pub(crate) fn citizens(issuer: &str) -> OpenIdProvider {
    OpenIdProvider {
        key: Key::new("bund").expect("a key"),
        name: "Bund".into(),
        issuer: issuer.to_owned(),
        plain_http: PlainHttp::OnThisMachine,
        client_id: "city-ES256".into(),
        secret: ClientSecret::Shared { secret: SECRET.into(), sent: ClientSecretUse::Basic },
        purpose: Purpose::Citizens,
        algorithms: vec![Algorithm::Es256],
        scopes: vec!["profile".into()],
        trust: [
            ("eidas/low", TrustLevel::Low),
            ("eidas/substantial", TrustLevel::Substantial),
            ("eidas/high", TrustLevel::High),
        ]
        .map(|(acr, level)| (acr.to_owned(), level))
        .into(),
        least_trust: TrustLevel::None,
        name_claim: None,
        end_at_provider: EndAtProvider::No,
    }
}

/// The real provider's settings for staff.
pub(crate) fn staff(issuer: &str) -> OpenIdProvider {
    let purpose = Purpose::Staff { login_claim: "preferred_username".into() };
    OpenIdProvider { purpose, trust: [].into(), ..citizens(issuer) }
}

/// The double's settings.
pub(crate) fn double(issuer: &str) -> OpenIdProvider {
    OpenIdProvider {
        client_id: "city".into(),
        algorithms: vec![Algorithm::Rs256],
        secret: ClientSecret::Shared { secret: SECRET.into(), sent: ClientSecretUse::Post },
        ..citizens(issuer)
    }
}

/// The city with this provider. Its clock shows the machine's time, as the provider's does.
pub(crate) async fn city(database: Database, provider: OpenIdProvider) -> TestApp {
    let app = TestApp::with_providers(database, vec![provider]).await;
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    app.clock.set(Timestamp::from_millis(i64::try_from(since.as_millis()).expect("before the year 292 million")));
    app
}

/// Who the session belongs to, if it counts.
pub(crate) async fn actor(app: &TestApp, session: Option<&str>) -> Option<Actor> {
    app.application
        .identity
        .authenticate_session(session?)
        .await
        .expect("the database answers")
        .map(|found| found.actor)
}

/// The role and trust level of a session.
pub(crate) async fn standing(app: &TestApp, session: Option<&str>) -> Option<(Role, TrustLevel)> {
    match actor(app, session).await? {
        Actor::Account { role, trust, .. } => Some((role, trust)),
        Actor::Anonymous | Actor::System => None,
    }
}

/// Asks GraphQL with the browser's session.
pub(crate) async fn ask(app: &TestApp, session: Option<&str>, query: &str) -> Answer {
    let body = serde_json::json!({ "query": query }).to_string();
    let mut request = Request::post("/graphql").header(header::CONTENT_TYPE, "application/json");
    if let Some(session) = session {
        request = request.header(header::COOKIE, format!("__Host-session={session}"));
    }
    app.send(request.body(Body::from(body)).expect("a request")).await
}

/// What the whole database holds of `table`, as a number of rows.
pub(crate) async fn rows(app: &TestApp, table: &str) -> usize {
    let sql = format!("SELECT 1 AS one FROM {table}");
    app.application.database.rows(&sql, vec![]).await.expect("the database answers").len()
}

/// The actions in the audit log that concern accounts and sessions, in the order of the alphabet, without those of the seeds.
pub(crate) async fn audited(app: &TestApp) -> Vec<String> {
    let sql = "SELECT action FROM audit WHERE actor IS NOT NULL ORDER BY action";
    let rows = app.application.database.rows(sql, vec![]).await.expect("the database answers");
    rows.iter().map(|row| row.get("action").expect("a text")).collect()
}

/// The viewer's name and role.
pub(crate) async fn viewer(app: &TestApp, session: Option<&str>) -> Value {
    ask(app, session, "{ viewer { name role } }").await.data("viewer").clone()
}
