//! Stories of the catalogue, told through the door: what a citizen or a web team finds out about Hannover without an account.

mod catalogue_support;

use catalogue_support::{Hannover, office_id, service_id, strings};
use domain::calendar::FederalState;
use scheduling::Settings;
use serde_json::{Value, json};
use testkit::{TestApp, TestDatabase, on_both_engines};

#[tokio::test]
async fn finds_a_service_by_an_everyday_word() {
    let city = Hannover::open().await;
    assert_eq!(city.keys(r#"services(search: "Perso")"#).await[0], "personalausweis");
    assert_eq!(city.keys(r#"services(search: "verlaengern ausweis")"#).await[0], "personalausweis");
    assert_eq!(city.keys(r#"services(search: "umziehen")"#).await[0], "wohnsitz-anmelden");
    assert_eq!(city.keys(r#"services(search: "identity card under 24")"#).await[0], "personalausweis-u24");

    let written = city.keys(r#"services(search: "Führerschein")"#).await;
    assert!(written.len() >= 4, "{written:?}");
    for spelling in ["FUEHRERSCHEIN", "fuhrerschein", "  fu\\u0308hrerschein ", "führersch"] {
        assert_eq!(city.keys(&format!("services(search: \"{spelling}\")")).await, written, "{spelling}");
    }

    assert_eq!(city.keys(r#"services(search: "Zauberstab")"#).await, Vec::<String>::new());
    assert_eq!(city.keys(r#"services(search: "🎉")"#).await, Vec::<String>::new());
    assert_eq!(city.keys(r#"services(search: "  ", first: 100)"#).await.len(), 97, "blank looks for nothing");
}

#[tokio::test]
async fn a_service_tells_price_time_papers_and_where_its_facts_come_from() {
    let city = Hannover::open().await;
    let query = r#"{ service(key: "personalausweis") { name(language: ENGLISH) standing category feeCents
        fees { cents validFrom validTo } feeNote(language: ENGLISH) plannedMinutes minutesFor(people: 3) leikaKey
        presence { rule legalBasis } ways { way bookable surchargeCents } trustLevel automation { degree discretion note }
        legalBasis documents(language: ENGLISH) targetGroup deadline result provenance { source certainty assumption } } }"#;
    let service = city.read(query, "service").await;
    assert_eq!(service["name"], "Apply for an identity card (from 24)");
    assert_eq!(service["feeCents"], 4600);
    assert_eq!(service["fees"], json!([{ "cents": 4600, "validFrom": null, "validTo": null }]));
    assert_eq!(service["plannedMinutes"], 15);
    assert_eq!(service["minutesFor"], 45);
    assert_eq!(service["presence"], json!({ "rule": "REQUIRED", "legalBasis": "§ 9 PAuswG" }));
    assert_eq!(service["documents"][0], "Old identity card or passport");
    assert_eq!(service["provenance"]["assumption"], true);

    let listed = r#"{ service(key: "elterngeld") { standing feeCents fees { cents } plannedMinutes minutesFor(people: 2) legalBasis
        offices { totalCount } ways { way } } }"#;
    let listed = city.read(listed, "service").await;
    assert_eq!(listed["standing"], "LISTED");
    assert_eq!(listed["feeCents"], Value::Null, "unknown is not free");
    assert_eq!(listed["plannedMinutes"], Value::Null);
    assert_eq!(listed["minutesFor"], Value::Null);
    assert_eq!(listed["legalBasis"], Value::Null);
    assert_eq!(listed["offices"]["totalCount"], 0);
}

#[tokio::test]
async fn a_way_names_its_price_and_condition() {
    let city = Hannover::open().await;
    let query = r#"{ service(key: "personalausweis-abholen") { ways { way surchargeCents bookable condition(language: ENGLISH) } } }"#;
    let ways = city.read(query, "service.ways").await;
    assert_eq!(strings(&ways, "way"), ["LOCKER", "COURIER", "POST", "COUNTER"]);
    assert_eq!(ways[1]["surchargeCents"], 850);
    assert!(ways[0]["condition"].as_str().is_some_and(|text| text.contains("Bürgeramt Aegi")), "{ways}");
    assert_eq!(ways[3], json!({ "way": "COUNTER", "surchargeCents": null, "bookable": true, "condition": null }));
}

#[tokio::test]
async fn pages_cover_a_list_once() {
    let city = Hannover::open().await;
    let mut seen = Vec::new();
    let mut after = Value::Null;
    loop {
        let query = "query($after: String) { services(first: 40, after: $after) {
            totalCount nodes { key } edges { cursor } pageInfo { hasNextPage hasPreviousPage endCursor } } }";
        let answer = city.app.ask(query, json!({ "after": after })).await;
        assert_eq!(answer.data("services.totalCount"), 97, "{answer:?}");
        assert_eq!(answer.data("services.pageInfo.hasPreviousPage"), !seen.is_empty());
        seen.extend(strings(answer.data("services.nodes"), "key"));
        after = answer.data("services.pageInfo.endCursor").clone();
        if answer.data("services.pageInfo.hasNextPage") == false {
            break;
        }
    }
    assert_eq!(seen.len(), 97);
    assert!(seen.is_sorted_by(|a, b| a < b), "{seen:?}");

    let listed = city.keys("services(first: 100, filter: { standing: LISTED })").await;
    let offered = city.keys(r"services(first: 100, filter: { standing: OFFERED })").await;
    assert_eq!((listed.len(), offered.len()), (25, 72));
    assert_eq!(city.keys(r#"services(filter: { category: "Gewerbe" })"#).await.len(), 3);
    assert_eq!(city.code("{ services(first: 0) { totalCount } }").await, "PAGE_SIZE_INVALID");
    assert_eq!(city.code(r#"{ services(after: "none") { totalCount } }"#).await, "CURSOR_INVALID");
}

#[tokio::test]
async fn ricklingen_is_open_without_appointment() {
    let city = Hannover::open().await;
    let query = r#"{ office(key: "ricklingen") { name access counters isOpen
        lateNight: isOpen(at: "2026-11-23T20:00:00Z") nextYear: isOpen(at: "2027-11-23T10:00:00Z")
        openingDays(from: "2026-11-20", first: 12) { date hours { from to opens closes access channel } holiday closures { key } } } }"#;
    let office = city.read(query, "office").await;
    assert_eq!(office["access"], json!(["WALK_IN"]));
    assert_eq!(office["counters"], 6);
    assert_eq!(office["isOpen"], true);
    assert_eq!(office["lateNight"], false);
    assert_eq!(office["nextYear"], Value::Null, "nothing is known so far ahead");

    let days = &office["openingDays"];
    let dates = strings(days, "date");
    assert_eq!((dates[0].as_str(), dates.len()), ("2026-11-23", 9), "the past is left out");
    let monday = json!([{ "from": "2026-11-23T07:00:00Z", "to": "2026-11-23T14:00:00Z", "opens": "08:00", "closes": "15:00",
        "access": "WALK_IN", "channel": "COUNTER" }]);
    assert_eq!(days[0]["hours"], monday);
    assert_eq!(days[1]["hours"].as_array().map(Vec::len), Some(2), "Tuesday has a break");
    assert_eq!(days[5]["hours"], json!([]), "Saturday");
}

#[tokio::test]
async fn christmas_says_why_an_office_is_closed() {
    let city = Hannover::open().await;
    let query = r#"{ office(key: "ricklingen") { closures { key } openingDays(from: "2026-12-24", first: 5) {
        date hours { opens } holiday closures { reason(language: ENGLISH) from to hours { from } partial } } } }"#;
    let office = city.read(query, "office").await;
    let days = &office["openingDays"];
    assert_eq!(days[0]["closures"][0]["reason"], "All offices are closed on Christmas Eve");
    assert_eq!(days[1]["holiday"], "Erster Weihnachtstag");
    assert_eq!(days[4]["closures"][0]["from"], "2026-12-28", "between the years");
    for day in days.as_array().expect("days") {
        assert_eq!(day["hours"], json!([]), "{day}");
    }
    assert_eq!(strings(&office["closures"], "key"), ["between-the-years-2026"]);
}

#[tokio::test]
async fn the_nearest_office_comes_first() {
    let city = Hannover::open().await;
    let query = "query($here: PositionInput!) { offices(near: $here) { nodes { key kind distanceMetres(from: $here)
        walk: travelMinutes(from: $here, mode: WALK) position { latitude } district { number name } } } }";
    let here = json!({ "here": { "latitude": 52.348, "longitude": 9.726 } });
    let answer = city.app.ask(query, here).await;
    let offices = answer.data("offices.nodes").as_array().unwrap_or_else(|| panic!("{answer:?}"));
    assert_eq!(offices.len(), 11);
    assert_eq!(offices[0]["key"], "ricklingen");
    assert_eq!(offices[0]["distanceMetres"], 68);
    assert_eq!(offices[0]["walk"], 2);
    assert_eq!(offices[0]["district"]["number"], 9);
    let metres: Vec<u64> = offices.iter().map(|office| office["distanceMetres"].as_u64().unwrap_or(u64::MAX)).collect();
    assert!(metres.is_sorted(), "{metres:?}");
    assert_eq!(offices[10]["kind"], "VIRTUAL", "no position comes last");

    assert_eq!(city.code("{ offices(near: { latitude: 91, longitude: 0 }) { totalCount } }").await, "SEARCH_INVALID");
}

#[tokio::test]
async fn offices_are_narrowed_by_what_they_can_do() {
    let city = Hannover::open().await;
    let with = |key: &str| format!("offices(filter: {{ service: \"{}\" }})", service_id(key));
    let identity_card = city.keys(&with("personalausweis")).await;
    assert!(identity_card.contains(&"ricklingen".to_owned()), "without appointment counts: {identity_card:?}");
    assert!(identity_card.contains(&"mobil".to_owned()), "{identity_card:?}");
    assert!(!identity_card.contains(&"virtuell".to_owned()), "never by video: {identity_card:?}");
    assert!(city.keys(&with("wohnsitz-anmelden")).await.contains(&"virtuell".to_owned()));
    assert_eq!(city.keys("offices(filter: { kind: MOBILE })").await, ["mobil"]);
    assert_eq!(city.keys("offices(filter: { district: 9 })").await, ["ricklingen"]);
    assert_eq!(city.keys("offices(filter: { district: -1 })").await, Vec::<String>::new());

    let query =
        r#"{ office(key: "virtuell") { services(first: 100) { nodes { key } } address position { latitude } } }"#;
    let virtual_office = city.read(query, "office").await;
    let services = strings(&virtual_office["services"]["nodes"], "key");
    assert!(
        services.contains(&"wohnsitz-anmelden".to_owned()) && !services.contains(&"personalausweis".to_owned()),
        "{services:?}"
    );
    assert_eq!(virtual_office["address"], Value::Null);

    assert_eq!(city.code(&format!("{{ {} {{ totalCount }} }}", with("nichts"))).await, "UNKNOWN_SERVICE");
    let office = office_id("aegi");
    let wrong = format!("{{ offices(filter: {{ service: \"{office}\" }}) {{ totalCount }} }}");
    assert_eq!(city.code(&wrong).await, "ID_OF_ANOTHER_KIND");
}

#[tokio::test]
async fn the_city_says_who_it_is_and_how_far_it_plans() {
    let city = Hannover::open().await;
    let query = "{ city { key name(language: ENGLISH) ags agsCertainty state stateName timeZone phone version fingerprint
        horizonDays plannedFrom plannedTo districts { number name quarters inhabitants inhabitantsAsOf } closures { key }
        holidays(year: 2027) { date } } districts { number } }";
    let answer = city.ask(query).await;
    let read = |path: &str| answer.data(path).clone();
    assert_eq!(read("city.name"), "City of Hannover", "{answer:?}");
    assert_eq!(read("city.ags"), "03241001");
    assert_eq!(read("city.agsCertainty"), "from memory");
    assert_eq!((read("city.state"), read("city.stateName")), (json!("NI"), json!("Niedersachsen")));
    assert_eq!(read("city.timeZone"), "Europe/Berlin");
    assert_eq!(read("city.version"), 1);
    assert_eq!(read("city.fingerprint").as_str().map(str::len), Some(64));
    assert_eq!((read("city.plannedFrom"), read("city.plannedTo")), (json!("2026-11-23"), json!("2027-01-21")));
    assert_eq!(read("city.districts").as_array().map(Vec::len), Some(13));
    assert_eq!(read("districts").as_array().map(Vec::len), Some(13));
}

#[tokio::test]
async fn lower_saxony_has_ten_holidays() {
    let city = Hannover::open().await;
    let own = city.read("{ holidays(year: 2026) { date name } }", "holidays").await;
    let state = city.read("{ holidays(state: NI, year: 2026) { date name } }", "holidays").await;
    assert_eq!(own, state, "Hannover has no holidays of its own");
    assert_eq!(own.as_array().map(Vec::len), Some(10));
    assert_eq!(own[7], json!({ "date": "2026-10-31", "name": "Reformationstag" }));
    for state in FederalState::ALL {
        let holidays = city.read(&format!("{{ holidays(state: {state}, year: 2026) {{ date }} }}"), "holidays").await;
        assert!((9..=14).contains(&holidays.as_array().map_or(0, Vec::len)), "{state}: {holidays}");
    }
    for year in ["1989", "2101", "-1"] {
        assert_eq!(city.code(&format!("{{ holidays(year: {year}) {{ date }} }}")).await, "SEARCH_INVALID", "{year}");
        assert_eq!(city.code(&format!("{{ city {{ holidays(year: {year}) {{ date }} }} }}")).await, "SEARCH_INVALID");
    }
}

const GATE: &str =
    "query($service: ID!, $situation: SituationInput) { lawGate(service: $service, situation: $situation) {
    service { key } mustCome reason statute
    ways { way minutes feeCents surchargeCents statute condition bookable trustNeeded withinReach }
    refused { way reason statute } } }";

#[tokio::test]
async fn an_identity_card_asks_for_the_person_and_refuses_video() {
    let city = Hannover::open().await;
    let situation = json!({ "people": 2, "wished": "VIDEO" });
    let asked = json!({ "service": service_id("personalausweis"), "situation": situation });
    let answer = city.app.ask(GATE, asked).await;
    let gate = answer.data("lawGate");
    assert_eq!((&gate["mustCome"], &gate["reason"]), (&json!("YES"), &json!("STATUTE_ASKS_FOR_PERSON")), "{answer:?}");
    assert!(gate["statute"].as_str().is_some_and(cites_identity_card_act), "{gate}");
    let mut ways = strings(&gate["ways"], "way");
    ways.sort();
    assert_eq!(ways, ["COUNTER", "MOBILE"]);
    assert_eq!((&gate["ways"][0]["minutes"], &gate["ways"][0]["feeCents"]), (&json!(30), &json!(9200)));
    let refused = gate["refused"].as_array().expect("a list");
    let video = refused.iter().find(|refused| refused["way"] == "VIDEO").expect("video is refused");
    assert_eq!(video["reason"], "CLOSED_BY_STATUTE");
    assert!(video["statute"].as_str().is_some_and(cites_identity_card_act), "{video}");
}

fn cites_identity_card_act(statute: &str) -> bool {
    statute.starts_with("§ 9") && statute.ends_with("PAuswG")
}

#[tokio::test]
async fn a_residence_is_registered_online_by_whoever_can_prove_it() {
    let city = Hannover::open().await;
    let ask = async |trust: Value| {
        let asked = json!({ "service": service_id("wohnsitz-anmelden"), "situation": { "trust": trust } });
        city.app.ask(GATE, asked).await.data("lawGate").clone()
    };
    let high = ask(json!("HIGH")).await;
    assert_eq!(high["mustCome"], "NO", "{high}");
    assert_eq!(high["ways"][0]["way"], "ONLINE");
    assert_eq!(high["ways"][0]["trustNeeded"], "HIGH");
    assert_eq!(high["ways"][0]["withinReach"], true);
    assert_eq!((&high["ways"][0]["minutes"], &high["ways"][0]["feeCents"]), (&Value::Null, &json!(0)));

    let low = ask(json!("LOW")).await;
    let online =
        low["ways"].as_array().expect("ways").iter().find(|way| way["way"] == "ONLINE").expect("still offered");
    assert_eq!(online["withinReach"], false);
    assert_ne!(low["ways"][0]["way"], "ONLINE", "what is within reach comes first");
}

#[tokio::test]
async fn the_gate_refuses_crowds_and_knows_no_strangers() {
    let city = Hannover::open().await;
    for people in [0, 13, -1] {
        let asked = json!({ "service": service_id("personalausweis"), "situation": { "people": people } });
        assert_eq!(city.app.ask(GATE, asked).await.code(), "VISIT_INVALID", "{people}");
    }
    assert_eq!(city.code(r#"{ service(key: "personalausweis") { minutesFor(people: 0) } }"#).await, "VISIT_INVALID");
    let stranger = city.app.ask(GATE, json!({ "service": service_id("nichts") })).await;
    assert_eq!(stranger.body, json!({ "data": { "lawGate": null } }));
}

#[tokio::test]
async fn every_thing_is_found_by_its_id_and_strangers_are_null() {
    let city = Hannover::open().await;
    let district = city.read("{ districts { id } }", "districts.0.id").await;
    let (office, service) = (office_id("aegi"), service_id("reisepass"));
    let nobody = office_id("nirgends");
    let query =
        "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Office { key } ... on District { number } } }";
    let ids = json!({ "ids": [service, nobody, office, district, office] });
    let answer = city.app.ask(query, ids).await;
    let nodes = answer.data("nodes");
    assert_eq!(nodes[0], json!({ "__typename": "Service", "id": service }), "{answer:?}");
    assert_eq!(nodes[1], Value::Null);
    assert_eq!(nodes[2], json!({ "__typename": "Office", "id": office, "key": "aegi" }));
    assert_eq!(nodes[3]["number"], 1);
    assert_eq!(nodes[4], nodes[2]);

    let many: Vec<&str> = vec![office.as_str(); 101];
    assert_eq!(city.app.ask(query, json!({ "ids": many })).await.code(), "PAGE_TOO_LONG");
    assert_eq!(city.app.ask(query, json!({ "ids": [office, "💥"] })).await.code(), "ID_INVALID");
    for stranger in ["", "T2ZmaWNlOg", "....", &"A".repeat(10_000)] {
        let asked = city.app.ask("query($id: ID!) { node(id: $id) { id } }", json!({ "id": stranger })).await;
        assert_eq!(asked.code(), "ID_INVALID", "{stranger}");
    }
}

#[tokio::test]
async fn a_name_is_an_id_or_a_key_and_never_both() {
    let city = Hannover::open().await;
    let office = office_id("aegi");
    assert_eq!(city.read(&format!("{{ office(id: \"{office}\") {{ key }} }}"), "office.key").await, "aegi");
    for unknown in ["nirgends", "Aegi", "a b", "💥", &"a".repeat(10_000)] {
        assert_eq!(city.read(&format!("{{ office(key: \"{unknown}\") {{ key }} }}"), "office").await, Value::Null);
        assert_eq!(city.read(&format!("{{ service(key: \"{unknown}\") {{ key }} }}"), "service").await, Value::Null);
    }
    assert_eq!(city.code(&format!("{{ service(id: \"{office}\") {{ key }} }}")).await, "ID_OF_ANOTHER_KIND");
    assert_eq!(city.code("{ service { key } }").await, "SEARCH_INVALID");
    assert_eq!(city.code(&format!("{{ office(id: \"{office}\", key: \"aegi\") {{ key }} }}")).await, "SEARCH_INVALID");
}

#[tokio::test]
async fn searches_and_days_have_bounds() {
    let city = Hannover::open().await;
    let search = async |text: &str| {
        let query = "query($text: String!) { services(search: $text) { totalCount } }";
        city.app.ask(query, json!({ "text": text })).await
    };
    assert_eq!(search(&"ä".repeat(200)).await.code(), "");
    assert_eq!(search(&"ä".repeat(201)).await.code(), "SEARCH_INVALID");
    assert_eq!(search(&"a".repeat(10_000)).await.code(), "SEARCH_INVALID");
    assert_eq!(search("per\u{200b}so").await.code(), "SEARCH_INVALID");
    for first in [-1, 0, 63] {
        let query =
            format!("{{ office(key: \"aegi\") {{ openingDays(from: \"2026-11-23\", first: {first}) {{ date }} }} }}");
        assert!(city.ask(&query).await.body["errors"][0]["message"].is_string(), "{first}");
    }
    let long_gone = r#"{ office(key: "aegi") { openingDays(from: "1970-01-01", first: 62) { date } } }"#;
    assert_eq!(city.read(long_gone, "office.openingDays").await, json!([]));
    let far = r#"{ office(key: "aegi") { openingDays(from: "9999-12-31", first: 62) { date } isOpen(at: "9999-12-31T23:59:59Z") } }"#;
    assert_eq!(city.read(far, "office").await, json!({ "openingDays": [], "isOpen": null }));
}

#[tokio::test]
async fn before_the_first_city_only_the_states_have_holidays() {
    let database = TestDatabase::new(database::Engine::Sqlite).await;
    let app = TestApp::without_city(database.database().clone(), Settings::default());
    assert_eq!(app.ask("{ city { key } }", json!({})).await.code(), "NO_CITY");
    assert_eq!(app.ask("{ holidays(year: 2026) { date } }", json!({})).await.code(), "NO_CITY");
    let bavaria = app.ask("{ holidays(state: BY, year: 2026) { date } }", json!({})).await;
    assert!(bavaria.data("holidays").as_array().is_some_and(|days| days.len() > 10), "{bavaria:?}");
}

#[tokio::test]
async fn an_appointment_and_an_account_are_shown_to_their_owner_alone() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let eva = app.token("eva@example.org").await;
        let otto = app.token("otto@example.org").await;
        let clerk = app.token("clerk.mitte").await;
        let visit = json!([{ "service": service_id("residence") }]);
        let search = json!({ "search": { "visit": visit, "offices": [office_id("mitte")] } });
        let found = app.ask("query($search: SearchInput!) { earliestStarts(search: $search) { overall { startsAt } } }", search);
        let start = found.await.data("earliestStarts.overall.0.startsAt").clone();
        let place = json!({ "office": office_id("mitte"), "startsAt": start, "visit": visit });
        let input = json!({ "input": { "place": { "start": place }, "contact": { "name": "Eva Beispiel" }, "route": "ACCOUNT",
            "idempotencyKey": app.key() } });
        let query = "mutation($input: BookAppointmentInput!) { bookAppointment(input: $input) { appointment { id } } }";
        let booked = app.ask_as(Some(&eva), query, input).await;
        let appointment = booked.data("bookAppointment.appointment.id").clone();
        assert!(appointment.is_string(), "{booked:?}");
        let account = app.ask_as(Some(&eva), "{ viewer { id } }", json!({})).await.data("viewer.id").clone();
        let ids = json!({ "ids": [appointment, account] });
        let see = async |token: Option<&str>| {
            let answer =
                app.ask_as(token, "query($ids: [ID!]!) { nodes(ids: $ids) { __typename } }", ids.clone()).await;
            strings(answer.data("nodes"), "__typename")
        };
        assert_eq!(see(Some(&eva)).await, ["Appointment", "Account"]);
        assert_eq!(see(Some(&clerk)).await, ["Appointment", "null"], "staff of the office");
        assert_eq!(see(Some(&otto)).await, ["null", "null"]);
        assert_eq!(see(None).await, ["null", "null"]);
    })
    .await;
}

#[tokio::test]
async fn the_search_of_the_page_understands_everyday_words_in_six_languages() {
    let city = Hannover::open().await;
    let query = "query($text: String!) { siteSearch(text: $text, first: 3) {
        serviceKey name text citation { source date } } }";
    for (words, service, language) in [
        ("bin umgezogen und muss mich anmelden", "wohnsitz-anmelden", "de"),
        ("I moved to Hannover, where do I register my address?", "wohnsitz-anmelden", "en"),
        ("Hannover'e yeni taşındım, adres kaydı nerede?", "wohnsitz-anmelden", "tr"),
        ("я переїхав до Ганновера, де зареєструвати адресу", "wohnsitz-anmelden", "uk"),
        ("я переехал в Ганновер, где зарегистрировать адрес", "wohnsitz-anmelden", "ru"),
        ("انتقلت إلى هانوفر وأريد تسجيل عنواني", "wohnsitz-anmelden", "ar"),
    ] {
        let answer = city.app.ask(query, json!({ "text": words })).await;
        let hits = answer.data("siteSearch");
        assert!(strings(hits, "serviceKey").iter().any(|key| key == service), "{words}: {answer:?}");
        let hit = hits.as_array().into_iter().flatten().find(|hit| hit["serviceKey"] == service).expect("a hit");
        assert_eq!(hit["citation"]["source"], format!("chat/{language}/{service}.toml"), "{answer:?}");
        assert!(hit["text"].as_str().is_some_and(|text| !text.contains('{')), "{hit}");
        assert!(hit["citation"]["date"].is_string());
    }
    let nothing = city.app.ask(query, json!({ "text": "Wie wird das Wetter morgen auf dem Mars?" })).await;
    assert_eq!(nothing.data("siteSearch"), &json!([]), "{nothing:?}");
    let blank = city.app.ask(query, json!({ "text": " " })).await;
    assert_eq!(blank.code(), "TEXT_LENGTH");
}
