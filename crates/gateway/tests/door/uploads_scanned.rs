//! Harm is found by a real clamd, a look that fails is no finding, and photos tell nothing but the picture.

use applications::ScannerAddress;
use domain::permission::Actor;
use serde_json::{Value, json};
use testkit::{TestService, on_both_engines};

use crate::application_support::{by, car, save, start, submit};
use crate::clamd_support::{Clamd, HARM, LONGEST_STREAM};
use crate::upload_support::{Filing, attach, fetch, filing_in, look, pdf, sent, standing};

#[tokio::test]
async fn harm_is_found_and_its_bytes_are_gone() {
    let clamd = Clamd::start();
    on_both_engines(async |database| {
        let filing = Filing::start(database, Some(clamd.network())).await;
        let app = &filing.app;
        app.publish(&TestService::default()).await;
        let code = start(app, None, "REAL").await;
        save(app, &code, &car(1_800)).await;
        // Behind the first chunk, so that all of it is looked at.
        let mut bytes = pdf("", 400_000);
        bytes[300_000..300_000 + HARM.len()].copy_from_slice(HARM.as_bytes());
        let harmful = sent(app, &code, "Rechnung.pdf", &bytes, "application/pdf").await;
        let harmless = sent(app, &code, "Rechnung.pdf", &pdf("", 400_000), "application/pdf").await;
        attach(app, &code, &[&harmful]).await;
        let looked = look(app).await;
        assert_eq!((looked.clean, looked.infected, looked.unknown), (1, 1, 0));
        assert_eq!(standing(app, &code, &harmful).await["state"], "INFECTED");
        assert_eq!(standing(app, &code, &harmless).await["state"], "CLEAN", "the control");
        let refused = submit(app, None, &code).await;
        assert_eq!(refused.data("submitApplication.problem.fields.0.code"), "FILE_REFUSED", "{refused:?}");
        assert_eq!(attach(app, &code, &[&harmful]).await.data("saveAnswers.problem.fields.0.code"), "FILE_REFUSED");
        app.application.applications.sweep_files(&Actor::System).await.expect("swept");
        assert_eq!(filing.lies_there().len(), 1);
        attach(app, &code, &[&harmless]).await;
        let submitted = submit(app, None, &code).await;
        assert_eq!(submitted.data("submitApplication.problem"), &Value::Null, "{submitted:?}");
    })
    .await;
}

#[tokio::test]
async fn a_look_that_fails_is_repeated_and_says_nothing_about_the_file() {
    let clamd = Clamd::start();
    on_both_engines(async |database| {
        let nobody = ScannerAddress::Socket("/nowhere/clamd.ctl".into());
        let filing = Filing::start(database.clone(), Some(nobody)).await;
        let app = &filing.app;
        app.publish(&TestService::default()).await;
        let code = start(app, None, "REAL").await;
        save(app, &code, &car(1_800)).await;
        let id = sent(app, &code, "a.pdf", &pdf("", 2_000), "application/pdf").await;
        assert_eq!(look(app).await.unknown, 1);
        assert_eq!(standing(app, &code, &id).await["state"], "SCAN_ERROR");
        assert_eq!(attach(app, &code, &[&id]).await.data("saveAnswers.problem"), &Value::Null);
        let early = submit(app, None, &code).await;
        assert_eq!(early.data("submitApplication.problem.fields.0.code"), "FILE_PENDING", "{early:?}");
        assert_eq!(look(app).await, applications::LookedAt::default(), "not before its time");
        app.clock.pass_seconds(10);
        assert_eq!(look(app).await.unknown, 1);

        // The scanner is there again.
        let healed = filing_in(database, filing.folder.path(), Some(clamd.socket())).await;
        healed.clock.set(app.now());
        healed.clock.pass_seconds(20);
        assert_eq!(look(&healed).await.clean, 1);
        assert_eq!(standing(app, &code, &id).await["state"], "CLEAN");

        // What clamd will not look at is not clean either.
        let long = sent(&healed, &code, "b.pdf", &pdf("", LONGEST_STREAM + 100_000), "application/pdf").await;
        assert_eq!(look(&healed).await.unknown, 1);
        assert_eq!(standing(&healed, &code, &long).await["state"], "SCAN_ERROR");
    })
    .await;
}

/// A small photo that tells a lot: a place in its EXIF, a comment, colours, and a film behind the picture.
pub(crate) fn photo() -> Vec<u8> {
    let segment = |marker: u8, content: &[u8]| {
        let length = u16::try_from(content.len() + 2).expect("short").to_be_bytes();
        [&[0xFF, marker][..], &length[..], content].concat()
    };
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x02".to_vec();
    let place = b"GEHEIM Hauptstr. 1\0";
    exif.extend(b"\x01\x0e\0\x02\0\0\0");
    exif.push(u8::try_from(place.len()).expect("short"));
    exif.extend(b"\0\0\0\x26");
    exif.extend(b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0");
    exif.extend(b"\0\0\0\0");
    exif.extend(place);
    [
        vec![0xFF, 0xD8],
        segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
        segment(0xE1, &exif),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x>GEHEIM</x>"),
        segment(0xED, b"Photoshop 3.0\0GEHEIM"),
        segment(0xFE, b"GEHEIM"),
        segment(0xDB, &[0; 65]),
        segment(0xC0, b"\x08\0\x01\0\x01\x01\x01\x11\0"),
        segment(0xC4, &[0; 17]),
        segment(0xDA, b"\x01\x01\0\0\x3f\0"),
        b"the picture \xff\x00 itself".to_vec(),
        vec![0xFF, 0xD9],
        b"GEHEIM film behind it".to_vec(),
    ]
    .concat()
}

#[tokio::test]
async fn a_photo_tells_the_picture_and_which_way_up_it_is() {
    on_both_engines(async |database| {
        let filing = Filing::start(database, None).await;
        let app = &filing.app;
        app.publish(&TestService::default()).await;
        let code = start(app, None, "REAL").await;
        let before = photo();
        assert!(String::from_utf8_lossy(&before).matches("GEHEIM").count() == 5, "the control");
        let id = sent(app, &code, "Garten.jpg", &before, "image/jpeg").await;
        look(app).await;
        let query = "query($access: ApplicationAccessInput!, $file: String!) {
            uploadDownload(access: $access, fileId: $file) { address } }";
        let ticket = app.ask(query, json!({ "access": by(&code), "file": id })).await;
        let after = fetch(app, ticket.data("uploadDownload.address")).await.2;
        let told = String::from_utf8_lossy(&after);
        assert!(!told.contains("GEHEIM") && !told.contains("Hauptstr"), "{told}");
        assert!(told.contains("the picture") && after.ends_with(&[0xFF, 0xD9]), "{told}");
        let up = b"\x01\x12\0\x03\0\0\0\x01\0\x06";
        assert!(after.windows(up.len()).any(|part| part == up), "it stays upright");
        assert_eq!(standing(app, &code, &id).await["bytes"], after.len());
    })
    .await;
}
