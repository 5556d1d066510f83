//! Good, bad and misspelt configurations.

use std::path::Path;

use super::*;

fn read(file: &str, environment: &[(&str, &str)]) -> Result<Configuration, Vec<String>> {
    let environment: Vec<_> = environment.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let read_secret = |path: &Path| match path.to_str() {
        Some("/run/db") => Ok("postgres://city:hunter2@db/city\n".to_owned()),
        _ => Err(std::io::ErrorKind::NotFound.into()),
    };
    let file = Some((Path::new("city.toml"), file));
    let sources = Sources { file, environment: &environment, read_secret: &read_secret };
    Configuration::read(&sources).map_err(|problems| problems.0)
}

fn problems(file: &str, environment: &[(&str, &str)]) -> Vec<String> {
    read(file, environment).expect_err("must be refused")
}

#[test]
fn the_defaults_are_allowed_and_complete() {
    let configuration = Configuration::default();
    assert_eq!(configuration.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(configuration.database.url, "sqlite://data/servicepoint.db");
    assert_eq!(configuration.scheduling.hold_minutes, 10);
    assert_eq!(configuration.server.mode, Mode::Production);
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
    let file = "[server]\nlisten = \"0.0.0.0:80\"\ndeadline_seconds = 5\ntrusted_proxies = [\"10.0.0.0/8\", \"::1\"]\n";
    let environment = [("SERVICEPOINT_SERVER__LISTEN", "[::]:443"), ("HOME", "/root"), ("SERVICEPOINT_CONFIG", "x")];
    let configuration = read(file, &environment).expect("fine");
    assert_eq!(configuration.server.listen.to_string(), "[::]:443");
    assert_eq!(configuration.server.deadline, Duration::from_secs(5));
    assert_eq!(configuration.server.trusted_proxies.len(), 2);
    let shown = configuration.show();
    let line = |name: &str| shown.lines().find(|line| line.starts_with(name)).expect("shown").to_owned();
    assert!(line("listen").ends_with("# SERVICEPOINT_SERVER__LISTEN"), "{shown}");
    assert!(line("deadline_seconds = 5 ").ends_with("# city.toml:3"), "{shown}");
    assert!(line("hold_minutes = 10 ").ends_with("# default"), "{shown}");
    let off = read("", &[("SERVICEPOINT_SERVER__INTERNAL_LISTEN", "")]).expect("fine");
    assert_eq!(off.server.internal_listen, None);
}

#[test]
fn a_scanner_listens_on_a_socket_or_on_the_network_or_there_is_none() {
    use applications::ScannerAddress;

    let read = |text: &str| read(&format!("[uploads]\nclamd = \"{text}\"\n"), &[]).map(|read| read.uploads.clamd);
    assert_eq!(read(""), Ok(None));
    assert_eq!(read("/run/clamav/clamd.ctl"), Ok(Some(ScannerAddress::Socket("/run/clamav/clamd.ctl".into()))));
    let network = "127.0.0.1:3310".parse().expect("an address");
    assert_eq!(read("127.0.0.1:3310"), Ok(Some(ScannerAddress::Network(network))));
    for wrong in ["clamd.ctl", "localhost:3310", "3310"] {
        assert!(read(wrong).expect_err(wrong)[0].contains("the path of a socket that begins with /"), "{wrong}");
    }
}

#[test]
fn all_mistakes_are_listed_with_place_key_value_and_what_is_allowed() {
    let file = "[server]\nlisten = \"here\"\nmode = \"test\"\n\n[scheduling]\nhold_minutes = \"ten\"\noverbooking_cap = -1\nconfirm_minutes = 1.5\n";
    let environment = [("SERVICEPOINT_LIMITS__PAGE", "many"), ("SERVICEPOINT_SERVER__TRUSTED_PROXIES", "10.0.0.0/99")];
    assert_eq!(
        problems(file, &environment),
        [
            "city.toml:2: server.listen = \"here\": must be an IP address with a port, such as 127.0.0.1:8080 or [::]:8080",
            "city.toml:3: server.mode = \"test\": must be one of production, development",
            "city.toml:6: scheduling.hold_minutes = \"ten\": must be a whole number from 1 to 60",
            "city.toml:7: scheduling.overbooking_cap = -1: must be a whole number from 0 to 20",
            "city.toml:8: scheduling.confirm_minutes = 1.5: must be a whole number from 5 to 1440",
            "SERVICEPOINT_LIMITS__PAGE: limits.page = \"many\": must be a whole number from 20 to 1000",
            "SERVICEPOINT_SERVER__TRUSTED_PROXIES: server.trusted_proxies = [\"10.0.0.0/99\"]: must be a list of IP addresses or ranges, such as 10.0.0.0/8",
        ]
    );
}

#[test]
fn misspelt_names_are_refused_with_the_right_one() {
    assert_eq!(
        problems("[server]\nlisen = \"x\"\n", &[]),
        ["city.toml:2: unknown key server.lisen; did you mean server.listen?"]
    );
    assert_eq!(
        problems("[databse]\nurl = \"x\"\n", &[]),
        ["city.toml:1: unknown section `databse`; did you mean database?"]
    );
    assert_eq!(
        problems("server = 1\n", &[]),
        ["city.toml:1: `server` is a section: write [server] and its settings below"]
    );
    assert_eq!(
        problems("", &[("SERVICEPOINT_DATABASE_URL", "secret")]),
        ["environment: unknown variable SERVICEPOINT_DATABASE_URL; did you mean SERVICEPOINT_DATABASE__URL?"]
    );
    let broken = problems("[server]\nlisten = \n", &[]);
    assert!(broken.len() == 1 && broken[0].starts_with("city.toml:2: not TOML"), "{broken:?}");
    assert!(problems("[database]\nsqlite_synchronous = \"OFF\"\n", &[])[0].contains("unknown key"));
}

#[test]
fn passwords_stay_out_of_the_file_the_messages_and_the_display() {
    let url = "postgres://city:hunter2@db/city";
    let in_file = problems(&format!("[database]\nurl = \"{url}\"\n"), &[]);
    assert_eq!(
        in_file,
        [
            "city.toml:2: database.url holds a password; put the address into database.url_file or SERVICEPOINT_DATABASE__URL"
        ]
    );
    let by_environment = read("", &[("SERVICEPOINT_DATABASE__URL", url)]).expect("fine");
    let by_file = read("[database]\nurl_file = \"/run/db\"\n", &[]).expect("fine");
    for configuration in [by_environment, by_file] {
        assert_eq!(configuration.database.url, url);
        let shown = configuration.show();
        assert!(shown.contains("postgres://city:***@db/city") && !shown.contains("hunter2"), "{shown}");
        assert!(!format!("{:?}", configuration.database).contains("hunter2"));
    }
    let wrong = problems("", &[("SERVICEPOINT_DATABASE__URL", "mysql://city:hunter2@db/city")]);
    assert!(!wrong[0].contains("hunter2"), "{wrong:?}");
    let missing = problems("[database]\nurl_file = \"/nowhere\"\n", &[]);
    assert!(missing[0].contains("city.toml:2") && missing[0].contains("cannot be read"), "{missing:?}");
    let both = problems("[database]\nurl_file = \"/run/db\"\nurl = \"sqlite://a.db\"\n", &[]);
    assert!(both[0].contains("both set"), "{both:?}");
}

#[test]
fn passwords_are_found_wherever_addresses_hide_them() {
    for (url, shown) in [
        ("postgres://a:b@h/d", "postgres://a:***@h/d"),
        ("postgres://a:p@ss/w:d@h/d", "postgres://a:***@h/d"),
        ("postgres://h/d?user=a&password=b&x=1", "postgres://h/d?user=a&password=***&x=1"),
        ("postgres://a@h:5432/d", "postgres://a@h:5432/d"),
        ("sqlite://data/a@b.db", "sqlite://data/a@b.db"),
    ] {
        assert_eq!(value::redacted(url), shown);
        assert_eq!(value::has_password(url), url != shown);
    }
}

#[test]
fn production_needs_https_except_on_this_machine() {
    let with = |url: &str| read(&format!("[server]\npublic_url = \"{url}\"\n"), &[]);
    assert!(with("https://termine.stadt.example").is_ok() && with("http://localhost:8080/").is_ok());
    assert!(with("http://termine.stadt.example").expect_err("unsafe")[0].contains("https://"));
    for wrong in ["stadt.example", "https://", "ftp://stadt.example", "https://stadt.example/pfad", "https://a@b"] {
        assert!(with(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn letters_need_a_sender_as_soon_as_they_leave() {
    let alone = problems("[mail]\nsmtp_url_file = \"/run/smtp\"\n", &[]);
    assert_eq!(alone, ["city.toml:2: mail.smtp_url_file is set and mail.from is not: letters need a sender"]);
    let both = read("[mail]\nsmtp_url_file = \"/run/smtp\"\nfrom = \"termine@stadt.example\"\n", &[]).expect("fine");
    assert_eq!(both.mail.smtp_url_file.as_deref(), Some(Path::new("/run/smtp")));
    let wrong = problems("[mail]\nfrom = \"Stadt\"\n", &[]);
    assert!(wrong[0].starts_with("city.toml:2: mail.from = \"Stadt\": must be a mail address"), "{wrong:?}");
}

#[test]
fn the_reference_in_the_documentation_is_fresh() {
    let path = Path::new(env!("REPOSITORY_ROOT")).join("docs/configuration.md");
    let made = reference_markdown();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &made).expect("the documentation can be written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == made, "docs/configuration.md is stale: run this test once with UPDATE_DOCS=1");
}
