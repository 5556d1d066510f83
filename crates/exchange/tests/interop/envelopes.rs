//! Envelopes: what we seal `jose` opens, what it seals we open, and nobody opens what was changed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::environment::Entropy;
use exchange::fit_connect::{
    Attachment, DecryptionKey, EncryptionKey, EnvelopeFault, EnvelopeRandom, KeyRefused, Metadata, authentication_tag,
    decrypt, encrypt, metadata_json,
};
use serde_json::{Value, json};

use crate::peer::{ask, keys};

#[derive(Debug)]
struct Counting(std::sync::atomic::AtomicU8);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
    }
}

fn random() -> EnvelopeRandom {
    EnvelopeRandom::drawn(&Counting(std::sync::atomic::AtomicU8::new(7)))
}

fn destination() -> EncryptionKey {
    EncryptionKey::from_jwk(&keys()["wrapPublic"].to_string(), "wrap-1").expect("a good key")
}

fn own() -> DecryptionKey {
    let pem = keys()["wrapPkcs8"].as_str().expect("a key");
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    DecryptionKey::from_pkcs8(&STANDARD.decode(body).expect("base64")).expect("a private key")
}

#[test]
fn what_we_seal_the_peer_opens() {
    for content in ["{\"name\":\"Süßigkeiten & <Öl>\"}", "", &"ä".repeat(300_000)] {
        let envelope = encrypt(&destination(), "application/json", content.as_bytes(), random()).expect("sealed");
        let opened = ask("open", json!({ "envelope": envelope, "jwk": keys()["wrapPrivate"] })).expect("opened");
        assert_eq!(opened["content"], content);
        let header = json!({ "alg": "RSA-OAEP-256", "enc": "A256GCM", "kid": "wrap-1", "cty": "application/json" });
        assert_eq!(opened["header"], header);
    }
}

#[test]
fn what_the_peer_seals_we_open() {
    let seal = |header: Value| {
        let question = json!({ "content": "Grüße", "jwk": keys()["wrapPublic"], "header": header });
        ask("seal", question).expect("sealed")["envelope"].as_str().expect("a text").to_owned()
    };
    let envelope = seal(json!({}));
    assert_eq!(decrypt(&own(), &envelope), Ok("Grüße".as_bytes().to_vec()));
    // Another cipher than the one that was agreed on is refused before a key is used.
    assert_eq!(decrypt(&own(), &seal(json!({ "enc": "A128GCM" }))), Err(EnvelopeFault::NoEnvelope));
    assert!(authentication_tag(&envelope).is_some_and(|tag| tag.len() == 22));
}

#[test]
fn a_changed_envelope_opens_for_nobody() {
    let envelope = encrypt(&destination(), "application/xml", b"<a/>", random()).expect("sealed");
    assert_eq!(decrypt(&own(), &envelope), Ok(b"<a/>".to_vec()));
    let parts: Vec<&str> = envelope.split('.').collect();
    for changed in 0..5 {
        let mut copy: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
        let first = if copy[changed].starts_with('A') { "B" } else { "A" };
        copy[changed].replace_range(0..1, first);
        let forged = copy.join(".");
        assert!(decrypt(&own(), &forged).is_err(), "part {changed}");
        assert!(ask("open", json!({ "envelope": forged, "jwk": keys()["wrapPrivate"] })).is_err(), "part {changed}");
    }
    for text in ["", "a.b.c", "....", &parts[..4].join(".")] {
        assert_eq!(decrypt(&own(), text), Err(EnvelopeFault::NoEnvelope), "{text}");
    }
}

#[test]
fn only_a_strong_public_key_for_wrapping_is_used() {
    let good = &keys()["wrapPublic"];
    let with = |name: &str, value: Value| {
        let mut key = good.clone();
        key[name] = value;
        EncryptionKey::from_jwk(&key.to_string(), "wrap-1").err()
    };
    assert_eq!(with("use", json!("enc")), None);
    // 256 bytes: the last sign has no bits left over.
    let short = format!("{}A", &good["n"].as_str().expect("a number")[..341]);
    for (name, value, refused) in [
        ("kty", json!("EC"), KeyRefused::NotRsa),
        ("alg", json!("RSA-OAEP"), KeyRefused::Algorithm { wanted: "RSA-OAEP-256" }),
        ("alg", Value::Null, KeyRefused::Algorithm { wanted: "RSA-OAEP-256" }),
        ("use", json!("sig"), KeyRefused::Use { wanted: "enc" }),
        ("key_ops", json!(["verify"]), KeyRefused::Operations { wanted: "wrapKey" }),
        ("key_ops", json!([]), KeyRefused::Operations { wanted: "wrapKey" }),
        ("key_ops", Value::Null, KeyRefused::Operations { wanted: "wrapKey" }),
        ("kid", json!("wrap-2"), KeyRefused::OtherName),
        ("d", json!("AQAB"), KeyRefused::Private),
        ("e", json!("Aw"), KeyRefused::Exponent),
        ("n", json!(short), KeyRefused::TooShort { bits: 2048 }),
        ("n", json!("!"), KeyRefused::NoKey),
    ] {
        assert_eq!(with(name, value.clone()), Some(refused), "{name} {value}");
    }
    assert_eq!(EncryptionKey::from_jwk("[]", "wrap-1").err(), Some(KeyRefused::NoKey));
    assert_eq!(EncryptionKey::from_jwk(&good.to_string(), "").err(), Some(KeyRefused::OtherName));
}

#[test]
fn metadata_name_what_is_inside_by_its_digest() {
    let file = Attachment {
        id: "1".into(),
        name: "a.pdf".into(),
        media_type: "application/pdf".into(),
        content: b"%PDF".to_vec(),
    };
    let metadata = Metadata {
        data: b"<antrag/>",
        data_type: "application/xml",
        schema_uri: "urn:example",
        service_name: "Hund",
        service_identifier: "urn:example:1",
        attachments: &[file],
    };
    let told: Value = serde_json::from_str(&metadata_json(metadata)).expect("JSON");
    let digest = |content: &str| ask("digest", json!({ "content": content })).expect("a digest")["sha512"].clone();
    assert_eq!(told["contentStructure"]["data"]["hash"]["content"], digest("<antrag/>"));
    assert_eq!(told["contentStructure"]["attachments"][0]["hash"]["content"], digest("%PDF"));
}
