//! Online services through the door, on both engines: from the first field to the announced decision.

use serde_json::{Value, json};
use testkit::{TestApp, TestService, on_both_engines};

use crate::application_support::{
    CASE, INBOX, SUBMIT, by, car, handed_in, save, save_at, start, status, step, submit, summary,
};
use crate::booking_support::office_id;

async fn count(app: &TestApp, table: &str) -> i64 {
    let rows = app.application.database.rows(&format!("SELECT COUNT(*) FROM {table}"), vec![]).await;
    rows.expect("readable")[0].at(0).expect("a number")
}

async fn inbox(app: &TestApp, token: &str) -> Vec<Value> {
    let found = app.ask_as(Some(token), INBOX, json!({ "office": office_id("mitte") })).await;
    found.data("inbox.nodes").as_array().unwrap_or_else(|| panic!("{found:?}")).clone()
}

#[tokio::test]
async fn the_machine_grants_at_once_with_reasons_and_the_same_key_gives_the_same_receipt() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        app.publish(&TestService::default()).await;
        let code = start(&app, None, "REAL").await;
        let empty = submit(&app, None, &code).await;
        assert_eq!(empty.data("submitApplication.problem.code"), "INCOMPLETE", "{empty:?}");
        assert_eq!(empty.data("submitApplication.problem.fields").as_array().map(Vec::len), Some(3));
        save(&app, &code, &car(1_800)).await;
        let input =
            json!({ "access": by(&code), "summarySha256": summary(&app, &code).await, "submissionKey": app.key() });
        let first = app.ask(SUBMIT, json!({ "input": input })).await;
        let again = app.ask(SUBMIT, json!({ "input": input })).await;
        let number = first.data("submitApplication.receipt.number");
        assert!(number.as_str().is_some_and(|number| number.starts_with("2026-")), "{first:?}");
        assert_eq!(number, again.data("submitApplication.receipt.number"));
        assert_eq!(count(&app, "case_file").await, 1);
        let summary = input["summarySha256"].clone();
        let input = json!({ "access": by(&code), "summarySha256": summary, "submissionKey": app.key() });
        let other_key = app.ask(SUBMIT, json!({ "input": input })).await;
        assert_eq!(other_key.data("submitApplication.problem.code"), "WRONG_STATE", "{other_key:?}");

        let status = status(&app, &code).await;
        assert_eq!(status["status"], "COMPLETED", "{status}");
        assert_eq!(status["notice"]["outcome"], "GRANTED");
        assert_eq!(status["notice"]["automatic"], true);
        assert_eq!(status["notice"]["reasons"][0]["text"], "Sie wohnen in der Parkzone.");
        assert_eq!(status["notice"]["reasons"][0]["legalReference"], "§ 45 Abs. 1b Nr. 2a StVO");
        // The clock of the tests shows Monday, 23 November 2026.
        assert_eq!(status["notice"]["receivedOn"], "2026-11-27");
        assert_eq!(status["notice"]["objectionUntil"], "2026-12-28");
        // No code, no status; nobody learns more.
        let stranger = crate::application_support::status(&app, &json!("K7M4-QX2P")).await;
        assert_eq!(stranger, Value::Null);

        let clerk = app.token("clerk.mitte").await;
        let case =
            app.ask_as(Some(&clerk), CASE, json!({ "id": first.data("submitApplication.receipt.caseId") })).await;
        let kinds: Vec<&str> =
            case.data("case.events").as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["submit", "decide_automatically", "deliver"], "{case:?}");
        assert_eq!(case.data("case.historyIntact"), true);
        assert_eq!(case.data("case.decision.traces.permit.rows_hit"), &json!([1]));
        assert_eq!(case.data("case.decisionReplay"), "AGREES");
        assert!(inbox(&app, &clerk).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn answers_are_saved_by_whoever_read_the_newest_state_and_the_version_stays_pinned() {
    on_both_engines(async |database| {
        let app = TestApp::start(database.clone()).await;
        app.publish(&TestService::default()).await;
        let code = start(&app, None, "REAL").await;
        let saved = save_at(&app, &code, &json!(1), &car(1_800)).await;
        assert_eq!(saved.data("saveAnswers.draft.rev"), 2, "{saved:?}");
        let late = save_at(&app, &code, &json!(1), &car(1_900)).await;
        assert_eq!(late.data("saveAnswers.problem.code"), "CHANGED_MEANWHILE", "{late:?}");
        let strange = save(&app, &code, &[("vehicle.colour", json!("red"))]).await;
        assert_eq!(strange.data("saveAnswers.problem.code"), "ANSWERS_REFUSED", "{strange:?}");

        // A summary that was read before somebody changed something cannot be handed in.
        let read = summary(&app, &code).await;
        save(&app, &code, &[("vehicle.weight", json!(2_000))]).await;
        let input = json!({ "access": by(&code), "summarySha256": read, "submissionKey": app.key() });
        let stale = app.ask(SUBMIT, json!({ "input": input })).await;
        assert_eq!(stale.data("submitApplication.problem.code"), "SUMMARY_CHANGED", "{stale:?}");

        let second = app.publish(&TestService::default().title("Parkausweis, neu")).await;
        assert_eq!(second.sequence, 2);
        assert_eq!(app.publish(&TestService::default()).await.sequence, 1, "the same text is the same version");
        let query = "query($access: ApplicationAccessInput!) { draft(access: $access) { version } }";
        let pinned = app.ask(query, json!({ "access": by(&code) })).await;
        assert_eq!(pinned.data("draft.version"), 1);
        let fresh = start(&app, None, "REAL").await;
        let fresh = app.ask(query, json!({ "access": by(&fresh) })).await;
        assert_eq!(fresh.data("draft.version"), 2);

        // What was published cannot be changed, not even by hand; its status alone goes on.
        for sql in [
            "UPDATE definition_version SET blob = '{}' WHERE sequence = 1",
            "UPDATE definition_version SET status = 'draft' WHERE sequence = 1",
            "DELETE FROM definition_version WHERE sequence = 2",
        ] {
            let refused = database.write(sql, vec![]).await.err().expect("it is refused");
            assert!(refused.breaks(database::Rule::DefinitionImmutable), "{sql}: {refused}");
        }
        let retired = "UPDATE definition_version SET status = 'retired' WHERE sequence = 2";
        database.write(retired, vec![]).await.expect("the control: this is allowed");
        // Sealed: nothing of what was typed stands in the rows.
        let rows = database.rows("SELECT answers_sealed FROM application", vec![]).await.unwrap();
        for row in &rows {
            let sealed: Vec<u8> = row.at(0).unwrap();
            assert!(!String::from_utf8_lossy(&sealed).contains("Eva"));
        }
    })
    .await;
}

#[tokio::test]
async fn people_decide_what_the_machine_may_not_and_four_eyes_are_two_people() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        app.publish(&TestService::default().degree("four_eyes")).await;
        let clerk = app.token("clerk.mitte").await;
        let (code, case) = handed_in(&app, 20_000).await;
        assert_eq!(status(&app, &code).await["status"], "PROCESSING");
        let open = inbox(&app, &clerk).await;
        assert_eq!((open.len(), &open[0]["task"]), (1, &json!("REVIEW")), "{open:?}");
        // Ten working days after Monday, 23 November, to the end of the day in Hannover.
        assert_eq!(open[0]["dueAt"], "2026-12-07T23:00:00Z");

        // Another office learns nothing, and may do nothing.
        let stranger = app.token("clerk.nord").await;
        let nothing = app.ask_as(Some(&stranger), CASE, json!({ "id": case })).await;
        assert_eq!(nothing.data("case"), &Value::Null, "{nothing:?}");
        let refused = step(&app, &stranger, "claimCase", "CaseStepInput", &case, json!({})).await;
        assert_eq!(refused.data("claimCase.problem.code"), "NOT_FOUND", "{refused:?}");
        let refused = app.ask_as(Some(&stranger), INBOX, json!({ "office": office_id("mitte") })).await;
        assert_eq!(refused.code(), "FORBIDDEN");

        // Nothing is decided before somebody took it.
        let reasons = json!({ "outcome": "REFUSED", "reasons": [{ "text": "Zu schwer.", "legalReference": "§ 45 StVO" }] });
        let early = step(&app, &clerk, "draftDecision", "DraftDecisionInput", &case, reasons.clone()).await;
        assert_eq!(early.data("draftDecision.problem.code"), "WRONG_STATE", "{early:?}");
        step(&app, &clerk, "claimCase", "CaseStepInput", &case, json!({})).await;
        let asked = json!({ "items": ["Bitte schicken Sie den Fahrzeugschein."] });
        let asked = step(&app, &clerk, "requestItems", "RequestItemsInput", &case, asked).await;
        assert_eq!(asked.data("requestItems.case.state"), "AWAITING_APPLICANT", "{asked:?}");
        let waiting = status(&app, &code).await;
        assert_eq!(waiting["status"], "ACTION_REQUIRED");
        assert_eq!(waiting["askedFor"], json!(["Bitte schicken Sie den Fahrzeugschein."]));
        let processing = |status: &Value| {
            let all = status["deadlines"].as_array().unwrap().clone();
            all.into_iter().find(|deadline| deadline["kind"] == "processing").unwrap()
        };
        assert_ne!(processing(&waiting)["pausedAt"], Value::Null, "the city's clock stands");
        app.clock.pass_seconds(3 * 24 * 3600);
        let answer = "mutation($input: AnswerRequestInput!) { answerRequest(input: $input) { status { status } problem { code } } }";
        let input = json!({ "access": by(&code), "answer": "Anbei.", "idempotencyKey": app.key() });
        let answered = app.ask(answer, json!({ "input": input })).await;
        assert_eq!(answered.data("answerRequest.status.status"), "PROCESSING", "{answered:?}");
        // Tokens do not last for days.
        let (clerk, lead) = (app.token("clerk.mitte").await, app.token("lead.mitte").await);
        let running = processing(&status(&app, &code).await);
        assert_eq!((&running["pausedAt"], &running["dueAt"]), (&Value::Null, &json!("2026-12-10T23:00:00Z")));

        let empty = json!({ "outcome": "REFUSED", "reasons": [] });
        let empty = step(&app, &clerk, "draftDecision", "DraftDecisionInput", &case, empty).await;
        assert_eq!(empty.data("draftDecision.problem.code"), "REASONS_MISSING", "{empty:?}");
        step(&app, &clerk, "draftDecision", "DraftDecisionInput", &case, reasons).await;
        assert_eq!(status(&app, &code).await["notice"], Value::Null, "a draft is nobody's business");
        let own = step(&app, &clerk, "approveDecision", "ApproveDecisionInput", &case, json!({})).await;
        assert_eq!(own.data("approveDecision.problem.code"), "FOUR_EYES", "{own:?}");
        let approved = step(&app, &lead, "approveDecision", "ApproveDecisionInput", &case, json!({})).await;
        assert_eq!(approved.data("approveDecision.case.state"), "DECIDED", "{approved:?}");
        assert_eq!(inbox(&app, &clerk).await[0]["task"], "DELIVER");
        let delivered = json!({ "channel": "POST" });
        step(&app, &clerk, "deliverDecision", "DeliverDecisionInput", &case, delivered).await;
        let notice = status(&app, &code).await["notice"].clone();
        assert_eq!((&notice["outcome"], &notice["receivedOn"]), (&json!("REFUSED"), &json!("2026-11-30")));
        assert_eq!(notice["objectionUntil"], "2026-12-30");
        assert!(inbox(&app, &clerk).await.is_empty());

        let object = "mutation($input: ObjectToDecisionInput!) { objectToDecision(input: $input) { status { status } problem { code } } }";
        let objection = |key: String| json!({ "input": { "access": by(&code), "text": "Das Auto ist leichter.", "idempotencyKey": key } });
        let objected = app.ask(object, objection(app.key())).await;
        assert_eq!(objected.data("objectToDecision.status.status"), "PROCESSING", "{objected:?}");
        assert_eq!(inbox(&app, &clerk).await[0]["task"], "REVIEW_OBJECTION");
        let twice = app.ask(object, objection(app.key())).await;
        assert_eq!(twice.data("objectToDecision.problem.code"), "WRONG_STATE", "{twice:?}");
        let seen = app.ask_as(Some(&clerk), CASE, json!({ "id": case })).await;
        assert_eq!(seen.data("case.objection"), "Das Auto ist leichter.");
        assert_eq!(seen.data("case.historyIntact"), true, "{seen:?}");
        assert_eq!(count(&app, "audit WHERE action = 'case.read'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn refusals_doubts_samples_and_a_stopped_machine_go_to_people() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        app.publish(&TestService::default()).await;
        let (clerk, lead) = (app.token("clerk.mitte").await, app.token("lead.mitte").await);
        let why = async |case: &Value| {
            let seen = app.ask_as(Some(&clerk), CASE, json!({ "id": case })).await;
            seen.data("case.events.1.facts").as_str().unwrap_or_default().to_owned()
        };
        for (weight, reason) in [(20_000, "refusal"), (5_000, "table")] {
            let (_, case) = handed_in(&app, weight).await;
            let facts: Value = serde_json::from_str(&why(&case).await).expect("facts");
            assert_eq!(facts["why"], reason);
            assert_eq!(facts["reasons"] == json!(["too_heavy"]), reason == "refusal", "{facts}");
        }
        let switch = "mutation($service: ID!, $state: AutomationState!) {
            switchAutomation(service: $service, state: $state) { done problem { code } } }";
        let service = crate::booking_support::service_id("parking");
        let stop = json!({ "service": service, "state": "STOPPED" });
        let refused = app.ask_as(Some(&clerk), switch, stop.clone()).await;
        assert_eq!(refused.code(), "FORBIDDEN", "{refused:?}");
        let stopped = app.ask_as(Some(&lead), switch, stop).await;
        assert_eq!(stopped.data("switchAutomation.done"), true, "{stopped:?}");
        let (_, case) = handed_in(&app, 1_000).await;
        assert_eq!(why(&case).await, "{\"reasons\":[\"entitled\"],\"why\":\"stopped\"}");
        app.ask_as(Some(&lead), switch, json!({ "service": service, "state": "RUNNING" })).await;
        let (code, _) = handed_in(&app, 1_000).await;
        assert_eq!(status(&app, &code).await["status"], "COMPLETED", "the control: it runs again");
        app.publish(&TestService::default().sample(1000)).await;
        let (_, case) = handed_in(&app, 1_000).await;
        assert_eq!(why(&case).await, "{\"reasons\":[\"entitled\"],\"why\":\"sample\"}");
    })
    .await;
}

#[tokio::test]
async fn no_case_is_forgotten_and_the_count_would_show_it() {
    on_both_engines(async |database| {
        let app = TestApp::start(database.clone()).await;
        app.publish(&TestService::default()).await;
        handed_in(&app, 1_000).await;
        handed_in(&app, 20_000).await;
        app.clock.pass_seconds(3600);
        let silent = async || app.application.applications.silent_cases().await.expect("readable");
        assert_eq!(silent().await, 0);
        // The control: a task that was lost, and a case the machine never looked at.
        database.write("DELETE FROM case_task", vec![]).await.expect("written");
        assert_eq!(silent().await, 1);
        database.write("UPDATE case_file SET state = 'received' WHERE state = 'open'", vec![]).await.expect("written");
        assert_eq!(silent().await, 1);
        // The worker finds it.
        let worked = app.application.applications.work_through(&domain::permission::Actor::System).await;
        assert_eq!(worked.expect("it works").checked, 1);
        assert_eq!(silent().await, 0);
    })
    .await;
}

#[tokio::test]
async fn changes_of_the_past_show() {
    on_both_engines(async |database| {
        let app = TestApp::start(database.clone()).await;
        app.publish(&TestService::default()).await;
        let (_, case) = handed_in(&app, 1_000).await;
        let clerk = app.token("clerk.mitte").await;
        let broken = async || {
            let seen = app.ask_as(Some(&clerk), CASE, json!({ "id": case })).await;
            (seen.data("case.historyIntact").clone(), seen.data("case.historyBrokenAt").clone())
        };
        assert_eq!(broken().await, (json!(true), Value::Null));
        database.write("DELETE FROM case_event WHERE number = 3", vec![]).await.expect("written");
        assert_eq!(broken().await, (json!(false), json!(0)));
        database.write("UPDATE case_event SET facts = '{}' WHERE number = 2", vec![]).await.expect("written");
        assert_eq!(broken().await, (json!(false), json!(2)));
    })
    .await;
}

/// What a rehearsal must not touch.
const PRODUCTIVE: [&str; 9] = [
    "application",
    "party",
    "case_file",
    "case_snapshot",
    "case_event",
    "case_task",
    "case_deadline",
    "outbox",
    "quota_ledger",
];

#[tokio::test]
async fn a_rehearsal_touches_nothing_that_counts() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        app.publish(&TestService::default()).await;
        let counts = async || {
            let mut all = Vec::new();
            for table in PRODUCTIVE {
                all.push(count(&app, table).await);
            }
            all
        };
        let before = counts().await;
        let code = start(&app, None, "REHEARSAL").await;
        let saved = save(&app, &code, &car(1_800)).await;
        assert_eq!(saved.data("saveAnswers.draft.complete"), true, "{saved:?}");
        let finish = "mutation($code: String!) { finishRehearsal(code: $code) {
            rehearsal { outcome watermark reasons { text } } problem { code } } }";
        let finished = app.ask(finish, json!({ "code": code })).await;
        assert_eq!(finished.data("finishRehearsal.rehearsal.outcome"), "GRANTED", "{finished:?}");
        assert_eq!(finished.data("finishRehearsal.rehearsal.watermark"), "ÜBUNG – KEIN BESCHEID");
        // It cannot be handed in, and has no status.
        let refused = submit(&app, None, &code).await;
        assert!(refused.data("submitApplication.receipt").is_null(), "{refused:?}");
        assert_eq!(status(&app, &code).await, Value::Null);
        assert_eq!(counts().await, before);
        handed_in(&app, 1_800).await;
        assert_ne!(counts().await, before, "the control: an application does");
    })
    .await;
}

#[tokio::test]
async fn whoever_is_erased_is_gone_and_a_tombstone_stays() {
    on_both_engines(async |database| {
        let app = TestApp::start(database.clone()).await;
        app.publish(&TestService::default()).await;
        let (clerk, operator) = (app.token("clerk.mitte").await, app.token("operator").await);
        // Accounts and what signs tokens have keys, too.
        let others = count(&app, "subject_key").await;
        let (code, case) = handed_in(&app, 1_800).await;
        assert_eq!(count(&app, "subject_key").await, others + 1);
        let erase =
            "mutation($case: ID!) { eraseCase(case: $case) { case { state receiptNumber outcome } problem { code } } }";
        let refused = app.ask_as(Some(&clerk), erase, json!({ "case": case })).await;
        assert_eq!(refused.code(), "FORBIDDEN");
        let early = app.ask_as(Some(&operator), erase, json!({ "case": case })).await;
        assert_eq!(early.data("eraseCase.problem.code"), "WRONG_STATE", "{early:?}");
        step(&app, &clerk, "closeCase", "CaseStepInput", &case, json!({})).await;
        for _ in 0..2 {
            let erased = app.ask_as(Some(&operator), erase, json!({ "case": case })).await;
            assert_eq!(erased.data("eraseCase.case.state"), "ERASED", "{erased:?}");
            assert_eq!(erased.data("eraseCase.case.receiptNumber"), &Value::Null);
            assert_eq!(erased.data("eraseCase.case.outcome"), "GRANTED", "the figures stay");
        }
        assert_eq!(status(&app, &code).await, Value::Null);
        assert_eq!(count(&app, "subject_key").await, others, "the key of the case is gone, and no other");
        for table in ["application", "party", "case_snapshot", "case_event"] {
            assert_eq!(count(&app, table).await, 0, "{table}");
        }
    })
    .await;
}
