//! One question for a cell: a document with valid arguments, by somebody, about a thing of a relation.

use axum::body::Body;
use axum::http::{Request, header, request};
use axum::response::Response;
use gateway::graphql::{Relation, Row};
use serde_json::{Value, json};
use testkit::{Answer, TestApp};

use crate::town::{Caller, Town, key_id};
use crate::{
    asks_of_accounts, asks_of_applications, asks_of_appointments, asks_of_conversations, asks_of_pickups,
    asks_of_secrets,
};

/// What is asked.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    pub(super) query: String,
    pub(super) variables: Value,
    /// What must stand in the answer if it is allowed.
    pub(super) target: Option<String>,
    /// The same question about a thing that does not exist, where the question names one.
    pub(super) absent: Option<Value>,
    /// By what the asker is known.
    pub(super) credential: Credential,
}

/// By what somebody is known.
#[derive(Debug, Clone)]
pub(super) enum Credential {
    Nobody,
    Token(String),
    Cookie(String),
}

impl Ask {
    pub(super) fn new(caller: &Caller, query: &str, variables: Value) -> Self {
        let credential = caller.token.clone().map_or(Credential::Nobody, Credential::Token);
        Self { query: query.to_owned(), variables, target: None, absent: None, credential }
    }

    pub(super) fn finding(self, target: impl Into<String>) -> Self {
        Self { target: Some(target.into()), ..self }
    }

    pub(super) fn beside(self, absent: Value) -> Self {
        Self { absent: Some(absent), ..self }
    }

    pub(super) fn with_cookie(self, token: &str) -> Self {
        Self { credential: Credential::Cookie(format!("__Host-session={token}")), ..self }
    }

    /// Sends it, with these variables.
    pub(super) async fn send(&self, app: &TestApp, variables: &Value) -> Answer {
        app.send(self.request().body(self.body(variables)).expect("a request")).await
    }

    /// Follows it as server-sent events, with these variables.
    pub(super) async fn follow(&self, app: &TestApp, variables: &Value) -> Response {
        let request = self.request().header(header::ACCEPT, "text/event-stream");
        app.respond(request.body(self.body(variables)).expect("a request")).await
    }

    fn body(&self, variables: &Value) -> Body {
        Body::from(json!({ "query": self.query, "variables": variables }).to_string())
    }

    fn request(&self) -> request::Builder {
        let request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .header("sec-fetch-site", "same-origin");
        match &self.credential {
            Credential::Nobody => request,
            Credential::Token(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
            Credential::Cookie(cookie) => request.header(header::COOKIE, cookie),
        }
    }
}

/// The question of a row for this caller and relation.
///
/// # Panics
/// When nobody has written one: a row without a question decides nothing.
pub(super) async fn of(town: &Town, row: &Row, caller: &Caller, relation: Relation) -> Ask {
    if let Some(ask) = of_catalogue(row, caller) {
        return ask;
    }
    if let Some(ask) = asks_of_appointments::of(town, row, caller, relation).await {
        return ask;
    }
    if let Some(ask) = asks_of_accounts::of(town, row, caller, relation).await {
        return ask;
    }
    if let Some(ask) = asks_of_applications::of(town, row, caller, relation).await {
        return ask;
    }
    if let Some(ask) = asks_of_conversations::of(town, row, caller, relation).await {
        return ask;
    }
    if let Some(ask) = asks_of_pickups::of(town, row, caller, relation).await {
        return ask;
    }
    if let Some(ask) = asks_of_secrets::of(town, row, caller, relation).await {
        return ask;
    }
    panic!("no question for {}.{} {}", row.kind, row.field, row.way)
}

/// The questions that concern nobody's thing.
fn of_catalogue(row: &Row, caller: &Caller) -> Option<Ask> {
    let service = key_id("Service", "residence");
    let search = json!({ "visit": [{ "service": service }] });
    let id = json!({ "id": key_id("Office", "mitte") });
    let (query, variables) = match (row.field, row.way) {
        ("capacityChanged", _) => ("subscription { capacityChanged { epoch } }", json!({})),
        ("city", _) => ("{ city { key } }", json!({})),
        ("districts", _) => ("{ districts { name } }", json!({})),
        ("earliestStarts", _) => {
            ("query($s: SearchInput!) { earliestStarts(search: $s) { overall { team } } }", json!({ "s": search }))
        }
        ("freeDays", _) => ("query($s: SearchInput!) { freeDays(search: $s) { date } }", json!({ "s": search })),
        ("freeStarts", _) => {
            ("query($s: SearchInput!) { freeStarts(search: $s) { nodes { team } } }", json!({ "s": search }))
        }
        ("holidays", _) => ("{ holidays(year: 2027) { name } }", json!({})),
        ("lawGate", _) => ("query($id: ID!) { lawGate(service: $id) { mustCome } }", json!({ "id": service })),
        ("maxBookable", _) => (
            "query($s: SearchInput!) { maxBookable(day: \"2026-11-25\", search: $s) { visits } }",
            json!({ "s": search }),
        ),
        ("node", "catalogue") => ("query($id: ID!) { node(id: $id) { id } }", id),
        ("nodes", "catalogue") => ("query($id: ID!) { nodes(ids: [$id]) { id } }", id),
        ("office", _) => ("{ office(key: \"mitte\") { key } }", json!({})),
        ("offices", _) => ("{ offices { totalCount } }", json!({})),
        ("permitRegister", _) => ("{ permitRegister }", json!({})),
        ("proofOfWorkChallenge", _) => ("{ proofOfWorkChallenge(subject: { holdCode: \"A\" }) { json } }", json!({})),
        ("service", _) => ("{ service(key: \"residence\") { key } }", json!({})),
        ("services", _) => ("{ services { totalCount } }", json!({})),
        ("signInProviders", _) => ("{ signInProviders { key } }", json!({})),
        ("viewer", _) => ("{ viewer { id } }", json!({})),
        _ => return None,
    };
    Some(Ask::new(caller, query, variables))
}
