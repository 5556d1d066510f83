//! Files that are not what they seem, do not come whole, or come twice.

use axum::http::StatusCode;
use domain::permission::Actor;
use serde_json::{Value, json};
use testkit::{TestService, on_both_engines};

use crate::application_support::start;
use crate::upload_support::{
    Announced, Filing, announce, announcement, attach, create, fetch, look, pdf, put, put_in_pieces, sent, standing,
};

#[tokio::test]
async fn what_cannot_be_taken_is_refused_before_a_byte_is_sent() {
    on_both_engines(async |database| {
        let filing = Filing::start(database, None).await;
        let app = &filing.app;
        app.publish(&TestService::default()).await;
        let code = start(app, None, "REAL").await;
        for (name, bytes, media_type, refused) in [
            ("../../etc/passwd", 100, "application/pdf", "FILE_NAME"),
            ("C:\\temp\\a.pdf", 100, "application/pdf", "FILE_NAME"),
            ("a\u{0}.pdf", 100, "application/pdf", "FILE_NAME"),
            ("exe\u{202e}fdp.pdf", 100, "application/pdf", "FILE_NAME"),
            ("", 100, "application/pdf", "FILE_NAME"),
            ("a.pdf", 0, "application/pdf", "FILE_EMPTY"),
            ("a.pdf", 1_000_001, "application/pdf", "FILE_TOO_LARGE"),
            ("a.exe", 100, "application/x-msdownload", "FILE_TYPE"),
        ] {
            let answer = create(app, announcement(app, &code, name, bytes, media_type)).await;
            assert_eq!(answer.data("createUpload.problem.code"), refused, "{name:?}: {answer:?}");
        }
        let mut nowhere = announcement(app, &code, "a.pdf", 100, "application/pdf");
        for (path, refused) in [
            ("vehicle.weight", "NO_PLACE_FOR_FILES"),
            ("vehicle.nothing", "NO_PLACE_FOR_FILES"),
            ("nonsense", "NO_PLACE_FOR_FILES"),
        ] {
            nowhere["path"] = json!(path);
            nowhere["idempotencyKey"] = json!(app.key());
            let answer = create(app, nowhere.clone()).await;
            assert_eq!(answer.data("createUpload.problem.code"), refused, "{path}: {answer:?}");
        }
        // The control, and the same request twice is one place.
        let input = announcement(app, &code, "a.pdf", 1_000_000, "application/pdf");
        let (one, two) = (create(app, input.clone()).await, create(app, input).await);
        assert_eq!(one.data("createUpload.token"), two.data("createUpload.token"), "{one:?}");
        assert!(filing.lies_there().is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_content_decides_and_a_lie_leaves_nothing_behind() {
    on_both_engines(async |database| {
        let filing = Filing::start(database, None).await;
        let app = &filing.app;
        app.publish(&TestService::default()).await;
        let code = start(app, None, "REAL").await;
        let mut program = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00".to_vec();
        program.resize(2_000, 0);
        let mut page = b"<!DOCTYPE html><html><script>alert(1)</script></html>".to_vec();
        page.resize(2_000, b' ');
        let mut broken = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00".to_vec();
        broken.resize(2_000, 0);
        for (bytes, status, refusal) in [
            (&program, StatusCode::UNSUPPORTED_MEDIA_TYPE, "TYPE"),
            (&page, StatusCode::UNSUPPORTED_MEDIA_TYPE, "TYPE"),
            (&broken, StatusCode::UNPROCESSABLE_ENTITY, "PHOTO"),
        ] {
            let place = announce(app, &code, "Rechnung.pdf", bytes.len(), "application/pdf").await;
            let answer = put(app, &place, bytes).await;
            assert_eq!(answer.0, status, "{answer:?}");
            let state = standing(app, &code, &place.id).await;
            assert_eq!((&state["state"], &state["refusal"]), (&json!("REJECTED"), &json!(refusal)), "{state}");
            let refused = attach(app, &code, &[&place.id]).await;
            assert_eq!(refused.data("saveAnswers.problem.fields.0.code"), "FILE_REFUSED", "{refused:?}");
            // Once is enough.
            assert_eq!(put(app, &place, bytes).await.0, StatusCode::CONFLICT);
        }
        let picture = sent(app, &code, "Bild.pdf", &crate::uploads_scanned::photo(), "application/pdf").await;
        assert_eq!(standing(app, &code, &picture).await["mediaType"], "image/jpeg", "it says what it is");
        app.application.applications.sweep_files(&Actor::System).await.expect("swept");
        assert_eq!(filing.lies_there().len(), 1, "the control alone");
    })
    .await;
}

#[tokio::test]
async fn what_does_not_come_as_announced_does_not_stay() {
    on_both_engines(async |database| {
        let filing = Filing::start(database, None).await;
        let app = &filing.app;
        app.publish(&TestService::default()).await;
        let code = start(app, None, "REAL").await;
        let place = async || announce(app, &code, "a.pdf", 400_000, "application/pdf").await;
        let whole = pdf("", 400_000);
        let halves = |more: usize| vec![Some(whole[..300_000].to_vec()), Some(vec![b' '; more])];

        let said = place().await;
        assert_eq!(put(app, &said, &whole[..1_000]).await.0, StatusCode::PAYLOAD_TOO_LARGE, "another length is said");
        assert_eq!(standing(app, &code, &said.id).await["state"], "ANNOUNCED", "it may come all the same");
        for pieces in [halves(100_001), halves(99_999)] {
            let place = place().await;
            assert_eq!(put_in_pieces(app, &place, pieces).await.0, StatusCode::PAYLOAD_TOO_LARGE);
            assert_eq!(standing(app, &code, &place.id).await["refusal"], "SIZE");
        }
        let empty = place().await;
        assert_eq!(put_in_pieces(app, &empty, vec![]).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(standing(app, &code, &empty.id).await["refusal"], "EMPTY");

        // What breaks off may come again, until its hour is over.
        let broken = place().await;
        for from in [100, 300_000] {
            let pieces = vec![Some(whole[..from].to_vec()), None];
            let (status, answer) = put_in_pieces(app, &broken, pieces).await;
            assert_eq!((status, code_of(&answer)), (StatusCode::BAD_REQUEST, "UPLOAD_BROKEN"), "{answer}");
            assert_eq!(standing(app, &code, &broken.id).await["state"], "UPLOADING");
        }
        assert_eq!(put_in_pieces(app, &broken, halves(100_000)).await.0, StatusCode::CREATED);
        let (status, answer) = put(app, &broken, &whole).await;
        assert_eq!((status, code_of(&answer)), (StatusCode::CONFLICT, "WRONG_STATE"), "the same token twice");

        // Tokens open their own place alone, and a place closes.
        for wrong in ["", "x", &said.token[1..], &said.token.to_lowercase(), &broken.token] {
            let stranger = Announced { token: wrong.to_owned(), ..said.clone() };
            assert_eq!(put(app, &stranger, &whole).await.0, StatusCode::NOT_FOUND, "{wrong}");
        }
        for address in ["/uploads/x", "/uploads/00000000000000000000000000000000", "/uploads/..%2f..%2fetc%2fpasswd"] {
            let stranger = Announced { address: address.to_owned(), ..said.clone() };
            assert_eq!(put(app, &stranger, &whole).await.0, StatusCode::NOT_FOUND, "{address}");
        }
        let again = place().await;
        put_in_pieces(app, &again, vec![Some(whole[..300_000].to_vec()), None]).await;
        app.clock.pass_seconds(3_601);
        assert_eq!(put(app, &again, &whole).await.0, StatusCode::NOT_FOUND);
        app.application.applications.sweep_files(&Actor::System).await.expect("swept");
        assert_eq!(standing(app, &code, &again.id).await, Value::Null);
        assert_eq!(filing.lies_there().len(), 1, "the one that came whole");
        look(app).await;
        assert_eq!(standing(app, &code, &broken.id).await["state"], "CLEAN");
    })
    .await;
}

#[tokio::test]
async fn a_content_that_was_touched_is_not_handed_out() {
    on_both_engines(async |database| {
        let filing = Filing::start(database, None).await;
        let app = &filing.app;
        app.publish(&TestService::default()).await;
        let code = start(app, None, "REAL").await;
        let bytes = pdf("", 600_000);
        let id = sent(app, &code, "a.pdf", &bytes, "application/pdf").await;
        look(app).await;
        let own = "query($access: ApplicationAccessInput!, $file: String!) {
            uploadDownload(access: $access, fileId: $file) { address } }";
        let variables = json!({ "access": crate::application_support::by(&code), "file": id });
        let ticket = app.ask(own, variables).await;
        let address = ticket.data("uploadDownload.address").clone();
        assert!(fetch(app, &address).await.2 == bytes, "the control");
        let path = filing.lies_there().remove(0);
        let sealed = std::fs::read(&path).expect("readable");
        let mut turned = sealed.clone();
        turned[400_000] ^= 1;
        let chunk = 256 * 1024 + 29;
        let swapped = [&sealed[chunk..2 * chunk], &sealed[..chunk], &sealed[2 * chunk..]].concat();
        for (what, touched) in [("turned", turned), ("swapped", swapped), ("cut", sealed[..2 * chunk].to_vec())] {
            std::fs::write(&path, touched).expect("written");
            let request = axum::http::Request::get(address.as_str().expect("text")).body(axum::body::Body::empty());
            let response = app.respond(request.expect("a request")).await;
            let read = axum::body::to_bytes(response.into_body(), 4 << 20).await;
            assert!(read.is_err(), "{what}");
        }
    })
    .await;
}

fn code_of(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
}
