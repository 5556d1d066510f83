//! Every change of appointments, asked for again and again: one effect, one answer, and another input under the same key
//! is called by its name.

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{TestApp, on_both_engines};

use crate::booking_support::{BOOK, CANCEL, HOLD, MOVE, book, first_start, place, starts};

const EXTEND: &str =
    "mutation($input: HoldInput!) { extendHold(input: $input) { appointment { id expiresAt } problem { code } } }";
const RELEASE: &str =
    "mutation($input: HoldInput!) { releaseHold(input: $input) { appointment { id status } problem { code } } }";

/// How many twins arrive at the same moment.
const AT_ONCE: usize = 100;

/// Asks for `input` a hundred times at once and then three times more, under one key: all answers are equal, and `other`
/// under that key is refused by name. Gives the answer.
async fn asked_again_and_again(
    app: &TestApp,
    token: Option<&str>,
    document: &str,
    mut input: Value,
    mut other: Value,
) -> Value {
    input["idempotencyKey"] = json!(app.key());
    other["idempotencyKey"] = input["idempotencyKey"].clone();
    let ask = || app.ask_as(token, document, json!({ "input": input }));
    let answers = join_all((0..AT_ONCE).map(|_| ask())).await;
    let first = answers[0].body.clone();
    assert!(
        first["data"].as_object().is_some_and(|data| data.values().all(|root| root["problem"].is_null())),
        "{first}"
    );
    for again in &answers {
        assert_eq!(again.body, first);
    }
    for _ in 0..3 {
        assert_eq!(ask().await.body, first);
    }
    let mismatch = app.ask_as(token, document, json!({ "input": other })).await;
    assert_eq!(mismatch.body["errors"][0]["extensions"]["code"], "IDEMPOTENCY_MISMATCH", "{mismatch:?}");
    first["data"].clone()
}

#[tokio::test]
async fn a_booking_asked_for_many_times_is_one_booking() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let eva = app.token("eva@example.org").await;
        let free = starts(&app, "residence", None, 20).await;
        let contact = json!({ "name": "Eva Beispiel" });
        let wish = |start: &Value| json!({ "place": { "start": place(start, "residence") }, "contact": contact, "route": "ACCOUNT" });
        let booked = asked_again_and_again(&app, Some(&eva), BOOK, wish(&free[0]), wish(&free[1])).await;
        let id = &booked["bookAppointment"]["appointment"]["id"];

        let to = |start: &Value| json!({ "access": { "own": id }, "startsAt": start["startsAt"] });
        asked_again_and_again(&app, Some(&eva), MOVE, to(&free[9]), to(&free[10])).await;
        assert_eq!(app.live_appointments().await, 1);

        let give_back = json!({ "access": { "own": id } });
        let other = json!({ "access": { "own": first_other(&app).await } });
        asked_again_and_again(&app, Some(&eva), CANCEL, give_back, other).await;
        app.assert_conserved().await;
    })
    .await;
}

#[tokio::test]
async fn a_hold_asked_for_many_times_is_one_hold() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let start = first_start(&app, "certificate", None).await;
        let wish = |session: &str| json!({ "place": place(&start, "certificate"), "session": session });
        let held = asked_again_and_again(&app, None, HOLD, wish("a session"), wish("another session")).await;
        let code = &held["holdSlot"]["manageCode"];
        assert_eq!(app.live_appointments().await, 1);

        let extended =
            asked_again_and_again(&app, None, EXTEND, json!({ "code": code }), json!({ "code": "another code" })).await;
        assert_eq!(extended["extendHold"]["appointment"]["id"], held["holdSlot"]["appointment"]["id"]);

        let contact = json!({ "name": "Otto Muster", "mail": "otto@example.org" });
        let book = |name: &str| {
            let contact = json!({ "name": name, "mail": contact["mail"] });
            json!({ "place": { "holdCode": code }, "contact": contact, "route": "MAIL_LINK" })
        };
        asked_again_and_again(&app, None, BOOK, book("Otto Muster"), book("Otto Anders")).await;
        assert_eq!(app.live_appointments().await, 1);
        app.assert_conserved().await;
    })
    .await;
}

#[tokio::test]
async fn a_hold_is_given_back_once_however_often_it_is_asked_for() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let start = first_start(&app, "certificate", None).await;
        let input =
            json!({ "place": place(&start, "certificate"), "session": "a session", "idempotencyKey": app.key() });
        let held = app.ask(HOLD, json!({ "input": input })).await;
        let code = held.data("holdSlot.manageCode").clone();
        let other = json!({ "code": "another code" });
        let released = asked_again_and_again(&app, None, RELEASE, json!({ "code": code }), other).await;
        assert_eq!(released["releaseHold"]["appointment"]["id"], held.data("holdSlot.appointment.id").clone());
        app.assert_conserved().await;
        assert_eq!(app.places_taken().await, 0);
    })
    .await;
}

/// The control: what the tests above call one effect is more than one as soon as the keys differ.
#[tokio::test]
async fn two_keys_have_two_effects() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let start = first_start(&app, "certificate", None).await;
        for _ in 0..2 {
            let input =
                json!({ "place": place(&start, "certificate"), "session": "a session", "idempotencyKey": app.key() });
            let held = app.ask(HOLD, json!({ "input": input })).await;
            assert_eq!(held.data("holdSlot.problem"), &Value::Null, "{held:?}");
        }
        assert_eq!(app.live_appointments().await, 2);
    })
    .await;
}

/// Another appointment than the one under test.
async fn first_other(app: &TestApp) -> Value {
    let staff = app.token("clerk.mitte").await;
    let start = first_start(app, "residence", Some("mitte")).await;
    let booked = book(app, Some(&staff), "STAFF", &start, json!({ "name": "Otto Muster" })).await;
    booked.data("bookAppointment.appointment.id").clone()
}
