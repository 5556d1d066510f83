//! What a letter says, read back with a reader that is not the writer.

use domain::text::Language;
use domain::time::Timestamp;
use mailparse::{DispositionType, MailAddr, addrparse};
use notifications::{Facts, Post, Recipient, Standing};
use testkit::on_both_engines;

use crate::counter::{
    CALENDAR, CODE, PostRoom, body, cancelled, confirmed, facts, header, letters_in, parsed, pending,
};

const BOOKED: &str = "\
Guten Tag Eva Müßig-Öztürk,

Ihr Termin ist gebucht. Den Eintrag für Ihren Kalender finden Sie im Anhang.

Wann:          Dienstag, 24. November 2026, 09:15 bis 09:30 Uhr
Wo:            Bürgerbüro Süd
               Straße der Höfe 1, 37073 Göttingen
Anliegen:      Wohnsitz ummelden, Führungszeugnis
Terminnummer:  K7M4-QX2P

Bitte bringen Sie mit:
- Ausweis
- Wohnungsgeberbestätigung

Sie können nicht kommen? Dann sagen Sie den Termin bitte ab. So bekommt jemand anderes den Platz:

https://stadt.example/appointments/cancel/K7M4-QX2P-ABCD-EFGH-JKMN-PQRS?language=de

Eine andere Zeit passt besser? Hier verschieben Sie den Termin:

https://stadt.example/appointments/move/K7M4-QX2P-ABCD-EFGH-JKMN-PQRS?language=de

Hier sehen Sie den Termin und speichern ihn in Ihrem Kalender:

https://stadt.example/appointments/view/K7M4-QX2P-ABCD-EFGH-JKMN-PQRS?language=de

Auf allen Seiten und am Telefon gilt dieser Code. Geben Sie ihn nicht weiter:

    K7M4-QX2P-ABCD-EFGH-JKMN-PQRS

Fragen? Rufen Sie uns an: 0551 115

Freundliche Grüße
Göttingen

Diese Mail kommt von einem Programm. Bitte antworten Sie nicht darauf.
";

#[tokio::test]
async fn a_request_is_confirmed_by_a_link_and_carries_nothing_that_was_typed() {
    on_both_engines(async |database| {
        let directory = tempfile::tempdir().unwrap();
        let room = PostRoom::open(&database, Post::directory(directory.path().join("mail")));
        let (event, _) = room.happens("appointment.confirmation_requested", facts(pending())).await;
        let done = room.round().await;
        assert_eq!((done.sent, done.repeated, done.more), (1, 0, false));
        let name_in_the_world = room.message_id(event).await;

        let letters = letters_in(&directory.path().join("mail"));
        let (name, letter) = &letters[0];
        assert_eq!((letters.len(), name), (1, &format!("{name_in_the_world}.eml")));
        let mail = parsed(letter);
        assert_eq!(header(&mail, "Subject"), "Bitte bestätigen: Ihr Termin am Dienstag, 24. November 2026");
        assert_eq!(header(&mail, "Message-ID"), format!("<{name_in_the_world}>"));
        assert_eq!(header(&mail, "Date"), "Mon, 23 Nov 2026 09:00:00 +0000");
        assert_eq!(header(&mail, "Auto-Submitted"), "auto-generated");
        assert_eq!(header(&mail, "Content-Language"), "de");
        assert_eq!(header(&mail, "To"), "Eva.Muessig@example.org");
        let MailAddr::Single(from) = &addrparse(&header(&mail, "From")).unwrap()[0] else { panic!("one sender") };
        assert_eq!((from.display_name.as_deref(), from.addr.as_str()), (Some("Göttingen"), "termine@stadt.example"));

        let text = body(&mail);
        assert!(text.contains(&format!("https://stadt.example/appointments/confirm/{CODE}?language=de\n")), "{text}");
        assert!(text.contains("bis Montag, 23. November 2026, 10:30 Uhr."), "{text}");
        assert!(text.contains("Wann:          Dienstag, 24. November 2026, 09:15 bis 09:30 Uhr\n"), "{text}");
        assert!(text.contains("Straße der Höfe 1, 37073 Göttingen\n"), "{text}");
        assert!(text.contains("Anliegen:      Wohnsitz ummelden, Führungszeugnis\n"), "{text}");
        assert!(!String::from_utf8_lossy(letter).contains("Eva M") && !text.contains("Eva"), "{text}");
        assert!(mail.subparts.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_booking_comes_with_its_code_and_a_calendar_file() {
    on_both_engines(async |database| {
        let directory = tempfile::tempdir().unwrap();
        let room = PostRoom::open(&database, Post::directory(directory.path()));
        room.happens("appointment.booked", facts(confirmed())).await;
        assert_eq!(room.round().await.sent, 1);

        let letters = letters_in(directory.path());
        let mail = parsed(&letters[0].1);
        assert_eq!(header(&mail, "Subject"), "Ihr Termin am Dienstag, 24. November 2026, 09:15 Uhr");
        let MailAddr::Single(to) = &addrparse(&header(&mail, "To")).unwrap()[0] else { panic!("one reader") };
        assert_eq!(to.display_name.as_deref(), Some("Eva Müßig-Öztürk"));
        let text = body(&mail);
        assert_eq!(text, BOOKED);

        assert_eq!(mail.subparts.len(), 2);
        let file = &mail.subparts[1];
        assert_eq!((file.ctype.mimetype.as_str(), file.ctype.charset.as_str()), ("text/calendar", "utf-8"));
        assert_eq!(file.ctype.params.get("method").map(String::as_str), Some("REQUEST"));
        let disposition = file.get_content_disposition();
        assert_eq!(disposition.disposition, DispositionType::Attachment);
        assert_eq!(disposition.params.get("filename").map(String::as_str), Some("termin.ics"));
        assert_eq!(file.get_body().unwrap(), CALENDAR);
    })
    .await;
}

#[tokio::test]
async fn every_letter_is_written_in_every_language_with_little_to_tell_and_with_much() {
    on_both_engines(async |database| {
        let directory = tempfile::tempdir().unwrap();
        let room = PostRoom::open(&database, Post::directory(directory.path()));
        let cases = [
            ("appointment.confirmation_requested", pending()),
            ("appointment.booked", confirmed()),
            ("appointment.rescheduled", confirmed()),
            ("appointment.cancelled", cancelled()),
        ];
        for language in [Language::German, Language::PlainGerman, Language::English] {
            for (kind, standing) in &cases {
                let much = facts(standing.clone());
                let much = Facts { recipient: Recipient { language, ..much.recipient.clone() }, ..much };
                let little = Facts { address: None, phone: None, documents: Vec::new(), ..much.clone() };
                room.happens(kind, much).await;
                room.happens(kind, little).await;
            }
        }
        assert_eq!(room.round().await.sent, 24);
        for (_, letter) in letters_in(directory.path()) {
            let mail = parsed(&letter);
            let text = body(&mail);
            assert!(!header(&mail, "Subject").is_empty());
            assert!(text.contains("K7M4-QX2P") && text.contains("Göttingen"), "{text}");
            for unfinished in ["{", "}", "%", "none", "None", "undefined", "\n\n\n", "  \n"] {
                assert!(!text.contains(unfinished), "{unfinished:?} in {text}");
            }
            assert_eq!(text.contains("115"), text.contains("37073"), "phone and address are both there or both absent");
        }
    })
    .await;
}

#[tokio::test]
async fn a_moved_request_asks_again_because_its_old_link_is_void() {
    on_both_engines(async |database| {
        let directory = tempfile::tempdir().unwrap();
        let room = PostRoom::open(&database, Post::directory(directory.path()));
        room.happens("appointment.rescheduled", facts(pending())).await;
        assert_eq!(room.round().await.sent, 1);
        let letters = letters_in(directory.path());
        assert!(header(&parsed(&letters[0].1), "Subject").starts_with("Bitte bestätigen"));
    })
    .await;
}

#[tokio::test]
async fn nothing_is_written_about_what_has_moved_on() {
    on_both_engines(async |database| {
        let directory = tempfile::tempdir().unwrap();
        let room = PostRoom::open(&database, Post::directory(directory.path().join("mail")));
        let past = Timestamp::from_seconds(1_795_424_400);
        let lapsed = Standing::Pending { code: CODE.into(), until: past };
        room.happens("appointment.confirmation_requested", facts(confirmed())).await;
        room.happens("appointment.confirmation_requested", facts(lapsed)).await;
        room.happens("appointment.booked", facts(cancelled())).await;
        room.happens("appointment.rescheduled", facts(cancelled())).await;
        room.happens("appointment.booked", Facts { starts_at: past, ..facts(confirmed()) }).await;
        // Nobody to write to.
        let nobody = domain::identifier::AppointmentId(uuid::Uuid::from_u128(5));
        room.record("appointment.booked", nobody).await;
        let done = room.round().await;
        assert_eq!((done.sent, done.skipped, done.failed), (0, 5, 0));
        assert_eq!(room.round().await, notifications::Delivered::default());
        assert!(!directory.path().join("mail").exists());
    })
    .await;
}

#[tokio::test]
async fn addresses_with_umlauts_in_the_domain_are_written_to() {
    on_both_engines(async |database| {
        let directory = tempfile::tempdir().unwrap();
        let room = PostRoom::open(&database, Post::directory(directory.path()));
        let told = facts(pending());
        let recipient = Recipient { mail: "Eva@büro.example".into(), ..told.recipient.clone() };
        room.happens("appointment.confirmation_requested", Facts { recipient, ..told }).await;
        assert_eq!(room.round().await.sent, 1);
        let letters = letters_in(directory.path());
        assert_eq!(header(&parsed(&letters[0].1), "To"), "Eva@xn--bro-hoa.example");
    })
    .await;
}

#[test]
fn what_is_printed_for_programmers_names_nobody() {
    let told = format!("{:?} {:?}", facts(pending()), facts(confirmed()));
    assert!(!told.contains("Eva") && !told.contains(CODE), "{told}");
}
