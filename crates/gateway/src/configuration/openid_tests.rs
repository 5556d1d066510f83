//! Good, bad and unsafe sign-in providers.

use std::path::Path;

use domain::law::TrustLevel;
use identity::{Algorithm, ClientSecret, ClientSecretUse, PlainHttp, Purpose};

use super::*;

const GOOD: &str = r#"[[identity.openid]]
key = "bund-id"
name = "BundID"
issuer = "https://id.example/realms/city"
client_id = "termine"
client_secret_file = "/run/secret"
accounts = "citizens"
trust = { "STORK-QAA-Level-1" = "low", "STORK-QAA-Level-4" = "high" }
"#;

fn read(file: &str, environment: &[(&str, &str)]) -> Result<Configuration, Vec<String>> {
    let environment: Vec<_> = environment.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let read_secret = |path: &Path| match path.to_str() {
        Some("/run/secret") => Ok("hunter2\n".to_owned()),
        Some("/run/empty") => Ok("\n".to_owned()),
        _ => Err(std::io::ErrorKind::NotFound.into()),
    };
    let file = Some((Path::new("city.toml"), file));
    let sources = Sources { file, environment: &environment, read_secret: &read_secret };
    Configuration::read(&sources).map_err(|problems| problems.0)
}

/// The good provider with one line replaced, and what is said about it.
fn problems(line: &str, instead: &str) -> Vec<String> {
    assert!(GOOD.contains(line), "{line}");
    read(&GOOD.replace(line, instead), &[]).expect_err(instead)
}

#[test]
fn a_provider_is_read_with_its_secret_from_a_file_or_the_environment() {
    let by_file = read(GOOD, &[]).expect("fine");
    let without = GOOD.replace("client_secret_file = \"/run/secret\"\n", "");
    let by_environment = read(&without, &[("SERVICEPOINT_IDENTITY__OPENID_SECRET_BUND_ID", "hunter2")]).expect("fine");
    for configuration in [by_file, by_environment] {
        let provider = configuration.openid.first().expect("one").clone();
        assert_eq!((provider.key.as_str(), provider.plain_http), ("bund-id", PlainHttp::Never));
        let secret = ClientSecret::Shared { secret: "hunter2".into(), sent: ClientSecretUse::Basic };
        assert_eq!((provider.secret, provider.purpose), (secret, Purpose::Citizens));
        assert_eq!(provider.trust["STORK-QAA-Level-4"], TrustLevel::High);
        assert_eq!(provider.algorithms, [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Ps256, Algorithm::Rs256]);
        let shown = configuration.show();
        assert!(shown.contains("\n[[identity.openid]]\nkey = \"bund-id\"\n") && !shown.contains("hunter2"), "{shown}");
        assert!(!format!("{configuration:?}").contains("hunter2"));
    }
    assert_eq!(read("", &[]).expect("fine").openid, []);
}

#[test]
fn what_is_shown_can_be_read_again() {
    let shown = read(GOOD, &[]).expect("fine");
    let list = shown.show();
    let list = &list[list.find("[[identity.openid]]").expect("shown")..];
    let again = read(list, &[("SERVICEPOINT_IDENTITY__OPENID_SECRET_BUND_ID", "hunter2")]).expect("fine");
    assert_eq!(again.openid, shown.openid);
}

#[test]
fn mistakes_are_named_with_line_key_and_what_is_allowed() {
    assert_eq!(
        problems("key = \"bund-id\"", "key = \"BundID\""),
        [
            "city.toml:2: identity.openid.key = \"BundID\": must be 1 to 64 lower-case letters, digits and single hyphens"
        ]
    );
    assert_eq!(
        problems("accounts = \"citizens\"\n", ""),
        ["city.toml:1: identity.openid.accounts is missing: one of \"citizens\", \"staff\""]
    );
    assert_eq!(
        problems("client_id", "cleint_id"),
        [
            "city.toml:5: unknown key identity.openid.cleint_id; did you mean client_id?",
            "city.toml:1: identity.openid.client_id is missing: a text of at most 255 bytes",
        ]
    );
    assert_eq!(
        problems("client_secret_file = \"/run/secret\"", "client_secret = \"hunter2\"")[0],
        "city.toml:6: unknown key identity.openid.client_secret; a secret stands in client_secret_file or in the environment, never here"
    );
    assert!(read("[identity]\nopenid = 7\n", &[]).expect_err("no list")[0].contains("write [[identity.openid]]"));
    assert!(
        read("[identity]\nopenidd = 7\n", &[]).expect_err("unknown")[0].starts_with("city.toml:1: unknown section")
    );
    assert_eq!(
        read(&GOOD.repeat(2), &[]).expect_err("twice"),
        ["city.toml:10: identity.openid.key = \"bund-id\" stands twice"]
    );
}

#[test]
fn secrets_are_there_once_and_never_shown() {
    let file = "client_secret_file = \"/run/secret\"\n";
    for (instead, words) in [
        ("", "has no secret; set client_secret_file or SERVICEPOINT_IDENTITY__OPENID_SECRET_BUND_ID"),
        ("client_secret_file = \"/nowhere\"\n", "cannot be read"),
        ("client_secret_file = \"/run/empty\"\n", "empty secret"),
        ("client_secret_file = \"/run/secret\"\nclient_authentication = \"none\"\n", "goes without a secret"),
    ] {
        let found = problems(file, instead);
        assert!(found.len() == 1 && found[0].contains(words), "{found:?}");
    }
    let both = read(GOOD, &[("SERVICEPOINT_IDENTITY__OPENID_SECRET_BUND_ID", "hunter3")]).expect_err("both");
    assert!(both[0].contains("keep one") && !both[0].contains("hunter"), "{both:?}");
    let stray = read(GOOD, &[("SERVICEPOINT_IDENTITY__OPENID_SECRET_BUNDID", "hunter3")]).expect_err("stray");
    assert!(stray[0].ends_with("did you mean SERVICEPOINT_IDENTITY__OPENID_SECRET_BUND_ID?"), "{stray:?}");
    let public = GOOD.replace(file, "client_authentication = \"none\"\n");
    assert_eq!(read(&public, &[]).expect("fine").openid[0].secret, ClientSecret::Public);
}

#[test]
fn weak_algorithms_plain_addresses_and_contradictions_are_refused() {
    let line = "accounts = \"citizens\"";
    for (instead, words) in [
        ("accounts = \"citizens\"\nalgorithms = [\"none\"]", "algorithms"),
        ("accounts = \"citizens\"\nalgorithms = [\"RS256\", \"HS256\"]", "algorithms"),
        ("accounts = \"citizens\"\nalgorithms = []", "algorithms"),
        ("accounts = \"citizens\"\nlogin_claim = \"email\"", "login_claim: is for staff"),
        ("accounts = \"staff\"", "staff need login_claim"),
        ("accounts = \"operators\"", "must be one of \"citizens\", \"staff\""),
        ("accounts = \"citizens\"\nleast_trust = \"very\"", "least_trust"),
        ("accounts = \"citizens\"\nscopes = [\"a b\"]", "scopes"),
    ] {
        let found = problems(line, instead);
        assert!(found.len() == 1 && found[0].contains(words), "{found:?}");
    }
    let without = GOOD.replace("\"STORK-QAA-Level-4\" = \"high\"", "\"STORK-QAA-Level-4\" = \"low\"");
    let unprovable = read(&without.replace(line, "accounts = \"citizens\"\nleast_trust = \"high\""), &[]);
    assert!(unprovable.expect_err("unprovable")[0].contains("proves this level"));
    for issuer in
        ["http://id.example", "http://127.0.0.1:3000", "id.example", "https://id.example/?a=b", "https://a@id.example"]
    {
        let found = problems("https://id.example/realms/city", issuer);
        assert!(found[0].contains("identity.openid.issuer"), "{found:?}");
    }
    let here = GOOD.replace("https://id.example/realms/city", "http://127.0.0.1:3000");
    let developing = read(&format!("server.mode = \"development\"\n{here}"), &[]).expect("fine");
    assert_eq!(developing.openid[0].plain_http, PlainHttp::OnThisMachine);
    let elsewhere = GOOD.replace("https://id.example/realms/city", "http://id.example");
    assert!(read(&format!("server.mode = \"development\"\n{elsewhere}"), &[]).is_err());
}
