//! Paying fees: whatever a provider says, in whatever order, however often, and when it says nothing at all.

use applications::{PaymentProvider, PressedButton, SignedMessage};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use domain::permission::Actor;
use serde_json::{Value, json};
use testkit::{Answer, TestApp, TestService, on_both_engines};

use crate::application_support::{by, car, save, start, step, submit};
use crate::town::Town;

const PAY: &str = "mutation($input: StartPaymentInput!) { startPayment(input: $input) {
    payment { id reference amountCents state page provider } problem { code dueCents } } }";
const PAYMENTS: &str = "query($access: ApplicationAccessInput!) { applicationPayments(access: $access) {
    id reference amountCents refundedCents state page } }";

/// The service `parking`, which costs 30.70 euro before the decision.
async fn publish(app: &TestApp) {
    app.publish(&TestService::default().fee("before_decision")).await;
}

/// An application that waits to be paid.
async fn filled(app: &TestApp) -> Value {
    let code = start(app, None, "REAL").await;
    let saved = save(app, &code, &car(1_000)).await;
    assert_eq!(saved.data("saveAnswers.draft.complete"), true, "{saved:?}");
    code
}

/// Begins to pay.
pub(super) async fn begin(app: &TestApp, code: &Value, provider: &str) -> Answer {
    let input = json!({ "access": by(code), "provider": provider, "idempotencyKey": app.key() });
    app.ask(PAY, json!({ "input": input })).await
}

/// Begins to pay at the practice bank; gives the reference.
pub(super) async fn at_bank(app: &TestApp, code: &Value) -> String {
    let begun = begin(app, code, "PRACTICE_BANK").await;
    assert_eq!(begun.data("startPayment.problem"), &Value::Null, "{begun:?}");
    begun.data("startPayment.payment.reference").as_str().expect("a reference").to_owned()
}

/// Presses a button of the bank's page; what the bank says then has not arrived yet.
pub(super) async fn press(app: &TestApp, reference: &str, button: PressedButton) -> SignedMessage {
    app.application.applications.press_at_bank(reference, button).await.expect("an order")
}

pub(super) async fn hear(app: &TestApp, message: &SignedMessage) -> bool {
    app.application.applications.hear_payment(PaymentProvider::PracticeBank, message).await.is_ok()
}

async fn payments(app: &TestApp, code: &Value) -> Vec<Value> {
    let found = app.ask(PAYMENTS, json!({ "access": by(code) })).await;
    found.data("applicationPayments").as_array().unwrap_or_else(|| panic!("{found:?}")).clone()
}

async fn work(app: &TestApp) -> u64 {
    app.application.applications.work_through(&Actor::System).await.expect("it works").payments
}

async fn problem(app: &TestApp, code: &Value) -> Value {
    submit(app, None, code).await.data("submitApplication.problem.code").clone()
}

#[tokio::test]
async fn nothing_is_handed_in_before_the_fee_is_paid_and_a_late_capture_counts() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish(&app).await;
        let code = filled(&app).await;
        let early = submit(&app, None, &code).await;
        assert_eq!(early.data("submitApplication.problem.code"), "PAYMENT_DUE", "{early:?}");
        let reference = at_bank(&app, &code).await;
        let failed = press(&app, &reference, PressedButton::Fail).await;
        assert!(hear(&app, &failed).await);
        assert_eq!(payments(&app, &code).await[0]["state"], "FAILED");
        assert_eq!(problem(&app, &code).await, "PAYMENT_DUE");
        // Captured after all, told twice, and the failure is told once more behind it.
        let paid = press(&app, &reference, PressedButton::Pay).await;
        for message in [&paid, &failed, &paid, &failed] {
            assert!(hear(&app, message).await);
        }
        let known = payments(&app, &code).await;
        assert_eq!((&known[0]["state"], &known[0]["amountCents"]), (&json!("PAID"), &json!(3_070)));
        let again = begin(&app, &code, "INVOICE").await;
        assert_eq!(again.data("startPayment.problem.code"), "NOTHING_DUE", "{again:?}");
        assert_eq!(problem(&app, &code).await, Value::Null);
        let sql = "SELECT COUNT(*) FROM payment_event";
        let rows = app.application.database.rows(sql, vec![]).await.expect("readable");
        assert_eq!(rows[0].at::<i64>(0).expect("a number"), 2, "what is said twice is noted once");
    })
    .await;
}

#[tokio::test]
async fn whatever_the_order_of_messages_the_end_is_the_same() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish(&app).await;
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let code = filled(&app).await;
            let reference = at_bank(&app, &code).await;
            let mut messages = Vec::new();
            for button in [PressedButton::Leave, PressedButton::Fail, PressedButton::Pay] {
                messages.push(press(&app, &reference, button).await);
            }
            for index in order {
                assert!(hear(&app, &messages[index]).await);
            }
            assert_eq!(payments(&app, &code).await[0]["state"], "PAID", "{order:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_message_that_never_comes_is_found_by_asking() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish(&app).await;
        let code = filled(&app).await;
        let reference = at_bank(&app, &code).await;
        press(&app, &reference, PressedButton::Pay).await;
        // The failure behind it arrives, the payment before it never does.
        let failed = press(&app, &reference, PressedButton::Fail).await;
        assert!(hear(&app, &failed).await);
        assert_eq!(payments(&app, &code).await[0]["state"], "FAILED", "the control: nobody has asked yet");
        assert_eq!(work(&app).await, 0, "not yet");
        app.clock.pass_seconds(60);
        assert_eq!(work(&app).await, 1);
        assert_eq!(payments(&app, &code).await[0]["state"], "PAID");
        app.clock.pass_seconds(7_200);
        assert_eq!(work(&app).await, 0, "what is settled is not asked about");
    })
    .await;
}

#[tokio::test]
async fn messages_that_are_forged_changed_or_old_are_not_heard() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        let app = &town.app;
        publish(app).await;
        let code = filled(app).await;
        let reference = at_bank(app, &code).await;
        let failed = press(app, &reference, PressedButton::Fail).await;
        let send = async |provider: &str, message: &SignedMessage| {
            let request = Request::post(format!("/payments/{provider}/messages"))
                .header("x-payment-sent-at", message.sent_at)
                .header("x-payment-signature", &message.signature);
            town.send(request.body(Body::from(message.body.clone())).expect("a request")).await.status
        };
        let changed = SignedMessage { body: failed.body.replace("\"failed\"", "\"paid\""), ..failed.clone() };
        assert_ne!(changed.body, failed.body);
        let shifted = SignedMessage { sent_at: failed.sent_at + 1, ..failed.clone() };
        let unsigned = SignedMessage { signature: "0".repeat(64), ..failed.clone() };
        for message in [&changed, &shifted, &unsigned] {
            assert_eq!(send("practice_bank", message).await, StatusCode::NOT_FOUND);
        }
        assert_eq!(send("invoice", &failed).await, StatusCode::NOT_FOUND, "another provider's door");
        assert_eq!(send("nobody", &failed).await, StatusCode::NOT_FOUND);
        assert_eq!(payments(app, &code).await[0]["state"], "CREATED");
        assert_eq!(send("practice_bank", &failed).await, StatusCode::NO_CONTENT, "the control");
        assert_eq!(payments(app, &code).await[0]["state"], "FAILED");
        let paid = press(app, &reference, PressedButton::Pay).await;
        app.clock.pass_seconds(301);
        assert_eq!(
            send("practice_bank", &paid).await,
            StatusCode::NOT_FOUND,
            "too old to be believed; it is asked for"
        );
    })
    .await;
}

#[tokio::test]
async fn one_pays_fails_and_leaves_on_a_page_without_scripts() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        publish(&town.app).await;
        let code = filled(&town.app).await;
        let begun = begin(&town.app, &code, "PRACTICE_BANK").await;
        let path = begun.data("startPayment.payment.page").as_str().expect("a page").to_owned();
        for _ in 0..2 {
            let page = town.open(&path).await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(page.text.contains("30,70 €") && page.text.contains("Hier fließt kein Geld"), "{}", page.text);
        }
        assert_eq!(payments(&town.app, &code).await[0]["state"], "CREATED", "opening a page changes nothing");
        for (action, state) in [("leave", "PENDING"), ("fail", "FAILED"), ("pay", "PAID"), ("fail", "PAID")] {
            let page = town.submit(&path, &[("action", action), ("language", "de")]).await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.text);
            assert_eq!(payments(&town.app, &code).await[0]["state"], state, "{action}");
        }
        let nowhere = town.open("/practice-bank/RE-0000-0000-0000").await;
        assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn an_invoice_puts_the_fee_off_and_the_cash_office_tells_the_end() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish(&app).await;
        let code = filled(&app).await;
        let begun = begin(&app, &code, "INVOICE").await;
        let reference = begun.data("startPayment.payment.reference").as_str().expect("a reference").to_owned();
        assert!(reference.starts_with("RE-") && reference.len() == 17, "{reference}");
        let submitted = submit(&app, None, &code).await;
        assert_eq!(submitted.data("submitApplication.problem"), &Value::Null, "{submitted:?}");
        let case = submitted.data("submitApplication.receipt.caseId").clone();
        let payment = payments(&app, &code).await[0]["id"].clone();
        let clerk = app.token("clerk.mitte").await;
        let paid = json!({ "payment": payment, "happened": "PAID" });
        let noted = step(&app, &clerk, "recordPayment", "RecordPaymentInput", &case, paid).await;
        assert_eq!(noted.data("recordPayment.problem"), &Value::Null, "{noted:?}");
        assert_eq!(payments(&app, &code).await[0]["state"], "PAID");
        let foreign = app.token("clerk.nord").await;
        let other = json!({ "payment": payment, "happened": "REFUNDED" });
        let refused = step(&app, &foreign, "recordPayment", "RecordPaymentInput", &case, other).await;
        assert_eq!(refused.data("recordPayment.problem.code"), "NOT_FOUND", "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn what_was_paid_too_much_goes_back_by_itself() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish(&app).await;
        // Two attempts for one fee: the first one is captured late, when the second one has paid.
        let code = filled(&app).await;
        let late = at_bank(&app, &code).await;
        let failed = press(&app, &late, PressedButton::Fail).await;
        assert!(hear(&app, &failed).await);
        let second = at_bank(&app, &code).await;
        let paid = press(&app, &second, PressedButton::Pay).await;
        assert!(hear(&app, &paid).await);
        assert_eq!(problem(&app, &code).await, Value::Null);
        let captured = press(&app, &late, PressedButton::Pay).await;
        assert!(hear(&app, &captured).await);
        assert_eq!(work(&app).await, 1, "the worker asks the bank to give back");
        let states = payments(&app, &code).await;
        let states: Vec<(&str, i64)> = states
            .iter()
            .map(|payment| (payment["state"].as_str().unwrap(), payment["refundedCents"].as_i64().unwrap()))
            .collect();
        assert_eq!(states, [("PAID", 0), ("REFUNDED", 3_070)], "one of both stays");

        // An application that is gone when the money comes.
        let gone = filled(&app).await;
        let reference = at_bank(&app, &gone).await;
        let abandon = "mutation($access: ApplicationAccessInput!) { abandonDraft(access: $access) { done } }";
        assert_eq!(app.ask(abandon, json!({ "access": by(&gone) })).await.data("abandonDraft.done"), true);
        let paid = press(&app, &reference, PressedButton::Pay).await;
        assert!(hear(&app, &paid).await);
        app.clock.pass_seconds(60);
        work(&app).await;
        let sql = "SELECT state FROM payment_attempt WHERE reference = $1";
        let rows = app.application.database.rows(sql, vec![reference.into()]).await.expect("readable");
        assert_eq!(rows[0].at::<String>(0).expect("a word"), "refunded");
    })
    .await;
}

#[tokio::test]
async fn no_more_goes_back_than_came() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish(&app).await;
        let code = filled(&app).await;
        let reference = at_bank(&app, &code).await;
        let paid = press(&app, &reference, PressedButton::Pay).await;
        assert!(hear(&app, &paid).await);
        let submitted = submit(&app, None, &code).await;
        let case = submitted.data("submitApplication.receipt.caseId").clone();
        let clerk = app.token("clerk.mitte").await;
        let payment = payments(&app, &code).await[0]["id"].clone();
        let refund = async |cents: i64| {
            let more = json!({ "payment": payment, "refundedCents": cents });
            let done = step(&app, &clerk, "refundPayment", "RefundPaymentInput", &case, more).await;
            done.data("refundPayment.problem.code").clone()
        };
        assert_eq!([refund(3_071).await, refund(0).await, refund(-5).await], ["NOTHING_TO_REFUND"; 3]);
        assert_eq!(refund(1_000).await, Value::Null);
        assert_eq!(refund(1_000).await, "NOTHING_TO_REFUND", "asked for already");
        work(&app).await;
        let known = payments(&app, &code).await;
        assert_eq!((&known[0]["state"], &known[0]["refundedCents"]), (&json!("PARTIALLY_REFUNDED"), &json!(1_000)));
        assert_eq!(refund(3_070).await, Value::Null);
        work(&app).await;
        assert_eq!(payments(&app, &code).await[0]["state"], "REFUNDED");
    })
    .await;
}
