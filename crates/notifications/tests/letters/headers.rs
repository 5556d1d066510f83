//! Headers say what programs need, and nobody who types can add one.

use mailparse::MailHeaderMap;
use notifications::{Facts, Post, Recipient};
use testkit::on_both_engines;

use crate::counter::{PostRoom, confirmed, facts, header, letters_in, parsed};

#[tokio::test]
async fn what_people_typed_begins_no_header() {
    on_both_engines(async |database| {
        let directory = tempfile::tempdir().unwrap();
        let room = PostRoom::open(&database, Post::directory(directory.path()));
        let plain = facts(confirmed());
        let name = "Eva\r\nBcc: mallory@example.org\r\n\r\n<b>".to_owned();
        let evil = Facts {
            recipient: Recipient { name: name.into(), ..plain.recipient.clone() },
            city: "Göttingen\r\nX-Evil: 1".into(),
            services: vec!["Pass\r\nSubject: other".into()],
            ..plain
        };
        room.happens("appointment.booked", evil).await;
        assert_eq!(room.round().await.sent, 1);
        let letters = letters_in(directory.path());
        let mail = parsed(&letters[0].1);
        assert_eq!(mail.headers.get_all_values("Subject").len(), 1);
        let mut names: Vec<String> = mail.headers.iter().map(|header| header.get_key().to_lowercase()).collect();
        names.sort_unstable();
        let expected = [
            "auto-submitted",
            "content-language",
            "content-type",
            "date",
            "from",
            "message-id",
            "mime-version",
            "subject",
            "to",
        ];
        assert_eq!(names, expected);
        let raw = String::from_utf8_lossy(&letters[0].1).into_owned();
        let head = raw.split("\r\n\r\n").next().expect("a head");
        assert!(!head.contains("\nBcc:") && !head.contains("\nX-Evil:"), "{head}");
    })
    .await;
}

#[tokio::test]
async fn an_address_that_hides_a_second_one_is_not_written_to() {
    on_both_engines(async |database| {
        let directory = tempfile::tempdir().unwrap();
        let mail = directory.path().join("mail");
        let room = PostRoom::open(&database, Post::directory(&mail));
        let plain = facts(confirmed());
        for address in
            ["eva@example.org\r\nBcc: m@example.org", "eva@example.org, m@example.org", "eva", "@", "a b@c.de"]
        {
            let recipient = Recipient { mail: address.into(), ..plain.recipient.clone() };
            room.happens("appointment.booked", Facts { recipient, ..plain.clone() }).await;
        }
        let done = room.round().await;
        assert_eq!((done.sent, done.dead), (0, 5), "hopeless at once, and visible");
        assert!(!mail.exists());
    })
    .await;
}

#[tokio::test]
async fn what_the_contract_needs_cannot_be_unsubscribed_from() {
    on_both_engines(async |database| {
        let directory = tempfile::tempdir().unwrap();
        let room = PostRoom::open(&database, Post::directory(directory.path()));
        room.happens("appointment.booked", facts(confirmed())).await;
        room.round().await;
        let letters = letters_in(directory.path());
        let mail = parsed(&letters[0].1);
        assert_eq!((header(&mail, "List-Unsubscribe"), header(&mail, "List-Unsubscribe-Post")), Default::default());
    })
    .await;
}
