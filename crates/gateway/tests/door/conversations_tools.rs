//! What the chatbot can have done, tool by tool, with the rights of whoever talks to it.

use chatbot::language::ChatLanguage;
use chatbot::tools::{BookingOrder, OfferedStart, StartWish, ToolFailure, ToolPort};
use chrono::{NaiveDate, NaiveTime};
use domain::identifier::Key;
use domain::permission::Actor;
use domain::personal::Pii;
use gateway::chat_tools::ChatTools;
use gateway::proof_of_work::{Demand, ProofSettings};
use testkit::{TestApp, TestCity, TestService, on_both_engines};

use crate::application_support::handed_in;

fn key(text: &str) -> Key {
    Key::new(text).expect("a key")
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn tools(app: &TestApp, actor: Actor) -> ChatTools {
    ChatTools { application: app.application.clone(), actor }
}

fn wish(service: &str) -> StartWish {
    StartWish {
        service: key(service),
        office: Some(key("mitte")),
        from: day("2026-11-24"),
        to: None,
        not_before: None,
        not_after: None,
        by_video: false,
        most: 3,
    }
}

fn order(start: &OfferedStart, mail: &str, idempotency_key: &str) -> BookingOrder {
    BookingOrder {
        service: key("residence"),
        start: start.clone(),
        name: Pii::new("Eva Beispiel".to_owned()),
        mail: Pii::new(mail.to_owned()),
        language: ChatLanguage::Turkish,
        idempotency_key: idempotency_key.to_owned(),
    }
}

async fn eva(app: &TestApp) -> Actor {
    let found = app.application.identity.citizen_of(&Actor::System, &Pii::new("eva@example.org".to_owned())).await;
    let id = found.expect("the database answers").expect("an account");
    let accounts = app.application.identity.accounts(&[id]).await.expect("the database answers");
    accounts[&id].actor()
}

#[tokio::test]
async fn a_start_is_found_booked_once_read_moved_and_given_back() {
    on_both_engines(async |database| {
        let app = TestApp::with_city(database, &TestCity::default().desks(1)).await;
        let nobody = tools(&app, Actor::Anonymous);
        let found = nobody.free_starts(&wish("residence")).await.expect("starts");
        assert_eq!(found.len(), 3);
        assert_eq!((found[0].office_name.as_str(), found[0].by_video), ("Mitte", false));
        let late = NaiveTime::from_hms_opt(11, 0, 0);
        let later = nobody.free_starts(&StartWish { not_before: late, ..wish("residence") }).await.expect("starts");
        assert!(later[0].starts_at > found[2].starts_at);
        let none = StartWish { not_before: NaiveTime::from_hms_opt(23, 0, 0), ..wish("residence") };
        assert_eq!(nobody.free_starts(&none).await, Ok(vec![]));
        let unknown = nobody.free_starts(&wish("nonsense")).await;
        assert_eq!(unknown, Err(ToolFailure::Refused("UNKNOWN_SERVICE".to_owned())));

        // By mail: not firm, and the code travels in the letter alone.
        let once = order(&found[0], "otto.normal@example.org", "order-0000000000001");
        let booked = nobody.book(&once).await.expect("booked");
        assert!(!booked.is_firm && booked.code.is_none(), "{booked:?}");
        let again = nobody.book(&once).await.expect("the same");
        assert_eq!((again.number, app.live_appointments().await), (booked.number, 1));
        let taken = order(&found[0], "else@example.org", "order-0000000000002");
        assert_eq!(nobody.book(&taken).await, Err(ToolFailure::Refused("SLOT_TAKEN".to_owned())));

        // By account: firm at once.
        let account = tools(&app, eva(&app).await);
        let booked = account.book(&order(&found[1], "eva@example.org", "order-0000000000003")).await.expect("booked");
        assert!(booked.is_firm);
        let code = booked.code.expect("a code");
        assert_eq!(nobody.appointment(&code).await.expect("found").start.starts_at, found[1].starts_at);
        assert_eq!(nobody.appointment("0000-0000").await, Err(ToolFailure::NotFound));
        let moved = nobody.reschedule(&code, &later[0], "order-0000000000004").await.expect("moved");
        assert_eq!(moved.start.starts_at, later[0].starts_at);
        assert_eq!(
            nobody.cancel(&code, "order-0000000000005").await,
            Err(ToolFailure::NotFound),
            "the old code is void"
        );
        let code = moved.code.expect("a new code");
        assert_eq!(nobody.cancel(&code, "order-0000000000006").await, Ok(()));
        assert_eq!(nobody.cancel(&code, "order-0000000000006").await, Ok(()), "once however often");
        app.assert_conserved().await;
    })
    .await;
}

#[tokio::test]
async fn a_conversation_is_no_way_round_the_proof_of_work() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let settings = ProofSettings { demand: Demand::Always, ..ProofSettings::default() };
        let application = app.application.clone().with_proof_of_work(settings);
        let nobody = ChatTools { application: application.clone(), actor: Actor::Anonymous };
        let found = nobody.free_starts(&wish("residence")).await.expect("starts");
        let refused = nobody.book(&order(&found[0], "else@example.org", "order-0000000000001")).await;
        assert_eq!(refused, Err(ToolFailure::Refused("PROOF_OF_WORK_REQUIRED".to_owned())));
        let account = ChatTools { application, actor: eva(&app).await };
        assert!(account.book(&order(&found[0], "eva@example.org", "order-0000000000002")).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_case_is_read_by_its_code_and_a_form_begins() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        app.publish(&TestService::default().degree("assist")).await;
        let (code, _) = handed_in(&app, 1_000).await;
        let nobody = tools(&app, Actor::Anonymous);
        let facts = nobody.case_status(code.as_str().expect("a code")).await.expect("a case");
        assert_eq!((facts.service, facts.status.as_str()), (key("parking"), "processing"));
        assert!(!facts.receipt.is_empty());
        assert_eq!(nobody.case_status("0000-0000").await, Err(ToolFailure::NotFound));

        let begin = async |service: &str| {
            nobody.start_application(&key(service), ChatLanguage::Arabic, "begin-0000000000001").await
        };
        let opened = begin("parking").await.expect("begun");
        assert_eq!(begin("parking").await.expect("the same"), opened);
        assert_eq!(begin("residence").await, Err(ToolFailure::NotOffered));
    })
    .await;
}

#[tokio::test]
async fn opening_hours_know_closures_and_say_where_they_stand() {
    on_both_engines(async |database| {
        let app = TestApp::with_city(database, &TestCity::default().closed_on("2026-11-25")).await;
        let nobody = tools(&app, Actor::Anonymous);
        let hours = nobody.opening_hours(Some(&key("mitte")), day("2026-11-24")).await.expect("hours");
        let [office] = hours.as_slice() else { panic!("{hours:?}") };
        let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).expect("a time");
        assert_eq!(office.days.len(), 7);
        assert_eq!(office.days[0].hours, [(time(8), time(12))]);
        assert_eq!(office.days[1].hours, [], "closed that day");
        assert_eq!(office.source, "offices/mitte.toml#rules");
        assert_eq!(nobody.opening_hours(None, day("2026-11-24")).await.expect("hours").len(), 2);
        assert_eq!(nobody.opening_hours(Some(&key("nowhere")), day("2026-11-24")).await, Err(ToolFailure::NotFound));
        assert_eq!(nobody.waiting_minutes(&key("mitte")).await, Err(ToolFailure::NotOffered));
        assert_eq!(nobody.offices().iter().map(|office| office.name.as_str()).collect::<Vec<_>>(), ["Mitte", "Nord"]);
    })
    .await;
}
