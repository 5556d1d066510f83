//! What a person is told about a city directory with mistakes.

use city::{CityFile, Code, Problem, check};

fn file(path: &str, text: impl Into<String>) -> CityFile {
    CityFile { path: path.into(), text: text.into() }
}

const MUNICIPALITY: &str = r#"key = "musterstadt"
name = { de = "Musterstadt" }
ags = "03999999"
ags_certainty = "invented"
state = "NI"
time_zone = "Europe/Berlin"
horizon_days = 60
"#;

const DISTRICTS: &str = r#"[[districts]]
number = 1
name = "Mitte"
inhabitants = 100
inhabitants_as_of = "2026"
provenance = { source = "test", certainty = "invented" }
"#;

const OFFICE: &str = r#"key = "rathaus"
name = { de = "Rathaus" }
kind = "fixed"
address = { line = "Markt 1" }
district = 1
provenance = { source = "test", certainty = "invented" }

[[teams]]
key = "citizens"
groups = [{ key = "general", desks = 3, skills = ["residence"] }]

[[rules]]
key = "monday"
team = "citizens"
weekdays = ["mon"]
hours = ["08:00-12:00", "13:00-18:00"]
step_minutes = 10
desks = { general = 3 }
quota = { internal = 1 }
booking = { days_ahead = 42, lead_minutes = 60 }
"#;

fn service(key: &str) -> String {
    format!(
        r#"key = "{key}"
name = {{ de = "Wohnsitz" }}
category = "Meldewesen"
standing = "offered"
planned_minutes = 10
trust_level = "none"
legal_basis = "§ 17 BMG"
skills = ["residence"]
ways = ["counter"]
presence = {{ rule = "optional" }}
automation = {{ degree = "none" }}
provenance = {{ source = "test", certainty = "invented" }}
"#
    )
}

fn small_city() -> Vec<CityFile> {
    vec![
        file("municipality.toml", MUNICIPALITY),
        file("districts.toml", DISTRICTS),
        file("offices/rathaus.toml", OFFICE),
        file("services/anmelden.toml", service("anmelden")),
    ]
}

/// Every problem or notice on a line of its own.
fn lines<T: ToString>(all: &[T]) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn problems(files: &[CityFile]) -> Vec<Problem> {
    check(files).expect_err("the city has a mistake")
}

/// Checks the small city with `from` replaced by `to` in one file, and gives every problem on a line.
fn after(path: &str, from: &str, to: &str) -> String {
    let mut files = small_city();
    let changed = files.iter_mut().find(|file| file.path == path).unwrap();
    assert!(changed.text.contains(from), "{from}");
    changed.text = changed.text.replacen(from, to, 1);
    lines(&problems(&files))
}

fn in_office(from: &str, to: &str) -> String {
    after("offices/rathaus.toml", from, to)
}

fn in_service(from: &str, to: &str) -> String {
    after("services/anmelden.toml", from, to)
}

#[test]
fn a_small_city_is_a_city() {
    let checked = check(&small_city()).unwrap();
    assert_eq!((checked.city.offices.len(), checked.city.services.len(), checked.notices.len()), (1, 1, 0));
}

#[test]
fn one_wrong_value_among_two_hundred_files_is_found_with_its_place() {
    let mut files = small_city();
    files.extend((0..200).map(|n| file(&format!("services/s-{n}.toml"), service(&format!("s-{n}")))));
    files[150].text = files[150].text.replace("planned_minutes = 10", "planned_minutes = -3");
    let found = problems(&files);
    assert_eq!(found.len(), 1);
    let Problem { file, line, column, key, value, code, .. } = &found[0];
    assert_eq!((file.as_str(), *line, *column), ("services/s-146.toml", 5, 19));
    assert_eq!((key.as_str(), value.as_str(), *code), ("planned_minutes", "-3", Code::OutOfRange));
    assert_eq!(found[0].to_string(), "services/s-146.toml:5: planned_minutes: the number must be from 0 to 480");
}

#[test]
fn problems_of_all_files_are_told_at_once() {
    let mut files = small_city();
    files[0].text = files[0].text.replace("Europe/Berlin", "Europe/Berlim").replace("03999999", "3");
    files[1].text.push_str(&DISTRICTS.replace("100", "\"many\""));
    files[2].text = files[2].text.replace("internal", "intern").replace("general = 3 }", "general = 4, generl = 1 }");
    files[3].text = "key = \n= 3\n".into();
    files.push(file("service/anmelden.toml", ""));
    files.push(file("acounts.toml", ""));
    let text: String = lines(&problems(&files));
    insta::assert_snapshot!(text, @r#"
    acounts.toml:1: a city directory has no such file (did you mean "accounts.toml"?); allowed are municipality.toml, districts.toml, closures.toml, accounts.toml, offices/<key>.toml, services/<key>.toml, chat/<language>/*.toml, *.password and README.md
    districts.toml:8: districts[1].number: "1" stands twice
    districts.toml:10: districts[1].inhabitants: a whole number is expected here, not a text
    municipality.toml:3: ags: an official municipality key (AGS) has 8 digits
    municipality.toml:6: time_zone: there is no time zone "Europe/Berlim" (did you mean "Europe/Berlin"?)
    offices/rathaus.toml:18: rules[0].desks.general: the group has 3 desks only
    offices/rathaus.toml:18: rules[0].desks.generl: the team has no group of desks of this name (did you mean "general"?)
    offices/rathaus.toml:19: rules[0].quota.intern: unknown key (did you mean "internal"?); allowed are internal, urgent, walk_in, release_minutes
    service/anmelden.toml:1: a city directory has no such file; allowed are municipality.toml, districts.toml, closures.toml, accounts.toml, offices/<key>.toml, services/<key>.toml, chat/<language>/*.toml, *.password and README.md
    services/anmelden.toml:1: not readable as TOML: string values must be quoted, expected literal string
    services/anmelden.toml:2: not readable as TOML: unquoted keys cannot be empty, expected letters, numbers, `-`, `_`
    "#);
}

#[test]
fn rules_are_held_against_the_office() {
    insta::assert_snapshot!(in_office("team = \"citizens\"", "team = \"citizen\""), @r#"offices/rathaus.toml:14: rules[0].team: there is no team "citizen" (did you mean "citizens"?)"#);
    insta::assert_snapshot!(in_office("\"13:00-18:00\"", "\"11:00-18:00\""), @"offices/rathaus.toml:16: rules[0].hours[1]: the hours must ascend and not overlap");
    insta::assert_snapshot!(in_office("\"13:00-18:00\"", "\"18:00-13:00\", \"9-10\", \"24:00-24:10\""), @r#"
    offices/rathaus.toml:16: rules[0].hours[1]: the hours end before they begin
    offices/rathaus.toml:16: rules[0].hours[2]: hours are written "08:00-12:30"; "24:00" is the end of the day
    offices/rathaus.toml:16: rules[0].hours[3]: hours are written "08:00-12:30"; "24:00" is the end of the day
    "#);
    insta::assert_snapshot!(in_office("internal = 1", "internal = 2, walk_in = 2"), @"offices/rathaus.toml:19: rules[0].quota: 4 desks are kept back, but the rule has 3 desks only");
    insta::assert_snapshot!(in_office("step_minutes = 10", "step_minutes = 241"), @"offices/rathaus.toml:17: rules[0].step_minutes: the number must be from 1 to 240");
    insta::assert_snapshot!(in_office("hours = [\"08:00-12:00\", ", "hours = [\"08:00-08:05\", "), @"offices/rathaus.toml:17: rules[0].step_minutes: a step of 10 minutes does not fit into the shortest of the hours");
    insta::assert_snapshot!(in_office("weekdays = [\"mon\"]", "weekdays = [\"mon\", \"mon\", \"monday\"]\nspecial_days = [2026-01-01]"), @r#"
    offices/rathaus.toml:12: rules[0]: a rule says its days by "weekdays" (perhaps with "repeat"), by "special_days" or by "exception_days", and only by one of them
    offices/rathaus.toml:15: rules[0].weekdays[1]: "mon" stands twice
    offices/rathaus.toml:15: rules[0].weekdays[2]: "monday" is not allowed here (did you mean "mon"?); allowed are mon, tue, wed, thu, fri, sat, sun
    "#);
    insta::assert_snapshot!(in_office("weekdays = [\"mon\"]", "special_days = [2026-02-03, 2026-02-02]\nvalid_from = 2026-03-01\nvalid_to = 2026-02-01"), @r#"
    offices/rathaus.toml:15: rules[0].special_days[1]: the days must ascend
    offices/rathaus.toml:17: rules[0].valid_to: the last day lies before the first day, 2026-03-01
    "#);
    insta::assert_snapshot!(in_office("weekdays = [\"mon\"]", "weekdays = [\"mon\"]\nrepeat = { every_weeks = 2 }"), @r#"offices/rathaus.toml:16: rules[0].repeat: a rhythm is one of { every_weeks = 2, anchor = 2026-01-05 }, { nth_of_month = 1 }, { block_of_month = 1 }, "last_of_month" and "every_week""#);
    insta::assert_snapshot!(in_office("step_minutes = 10", "step_minutes = 10\nchannel = \"mobile\""), @"offices/rathaus.toml:18: rules[0].channel: an office of this kind does not work on this channel (fixed: counter or video, mobile: mobile, virtual: video)");
    insta::assert_snapshot!(in_office("booking = {", "bookin = {"), @r#"
    offices/rathaus.toml:12: rules[0].booking: "booking" is missing
    offices/rathaus.toml:20: rules[0].bookin: unknown key (did you mean "booking"?); allowed are key, team, valid_from, valid_to, weekdays, repeat, special_days, exception_days, hours, step_minutes, desks, quota, access, booking, channel, variant, holidays, tail, join, fold
    "#);
}

#[test]
fn teams_have_one_to_four_groups_of_desks() {
    let group = |n: usize| format!("{{ key = \"g{n}\", desks = 1 }}, ");
    let five = (0..5).map(group).collect::<Vec<_>>().concat();
    insta::assert_snapshot!(in_office("groups = [{", &format!("groups = [{five}{{")), @"offices/rathaus.toml:10: teams[0].groups: a team has 1 to 4 groups of desks, this one has 6");
    insta::assert_snapshot!(in_office("desks = 3", "desks = 0"), @"offices/rathaus.toml:10: teams[0].groups[0].desks: the number must be from 1 to 500");
    insta::assert_snapshot!(in_office("groups = [{ key = \"general\", desks = 3, skills = [\"residence\"] }]", "groups = []"), @r#"
    offices/rathaus.toml:10: teams[0].groups: a team has 1 to 4 groups of desks, this one has 0
    offices/rathaus.toml:18: rules[0].desks.general: the team has no group of desks of this name
    "#);
}

#[test]
fn services_are_held_against_form_and_law() {
    insta::assert_snapshot!(in_service("category", "leika_key = \"991\"\ncategory"), @"services/anmelden.toml:3: leika_key: a LeiKa key has 14 digits");
    insta::assert_snapshot!(in_service("category", "fees = [{ cents = 100 }, { cents = 200, valid_from = 2027-01-01 }]\ncategory"), @r#"services/anmelden.toml:3: fees[1]: the fees overlap: end the earlier one with "valid_to" and begin the later one with "valid_from""#);
    insta::assert_snapshot!(in_service("planned_minutes = 10\n", ""), @"services/anmelden.toml:1: planned_minutes: a service with appointments (counter, video, mobile) needs planned minutes of 1 or more");
    insta::assert_snapshot!(in_service("[\"counter\"]", "[\"counter\", \"conter\", \"counter\", { way = \"post\", surcharge = 3 }]"), @r#"
    services/anmelden.toml:9: ways[1]: "conter" is not allowed here (did you mean "counter"?); allowed are online, video, phone, post, courier, locker, kiosk, counter, mobile
    services/anmelden.toml:9: ways[2]: "counter" stands twice
    services/anmelden.toml:9: ways[3].surcharge: unknown key (did you mean "surcharge_cents"?); allowed are way, surcharge_cents, condition
    "#);
    insta::assert_snapshot!(in_service("degree = \"none\"", "degree = \"full\""), @"services/anmelden.toml:11: automation: a machine decides alone only where a statute allows it; name the statute or choose `assisted` (§ 35a VwVfG)");
    insta::assert_snapshot!(in_service("\"§ 17 BMG\"", "\"§ 9 (1) PAuswG\""), @"services/anmelden.toml:10: presence: an identity card is applied for in person; the law excludes the electronic form, so neither online nor by video; the presence rule must be `required` (§ 9 (1) PAuswG)");
    insta::assert_snapshot!(in_service("\"offered\"", "\"listed\""), @"services/anmelden.toml:9: ways: a service that is only listed has no appointments: leave out the ways counter, video and mobile");
    insta::assert_snapshot!(in_service("key = \"anmelden\"", "key = \"ummelden\""), @r#"services/anmelden.toml:1: key: the file is named "anmelden.toml"; key and name must be equal"#);
    insta::assert_snapshot!(in_service("de = \"Wohnsitz\"", "de = \"Wohn\u{200b}sitz\", fr = \"x\""), @r#"
    services/anmelden.toml:2: name.de: the text has an invisible or control character
    services/anmelden.toml:2: name.fr: unknown key; allowed are de, de-simple, en
    "#);
}

#[test]
fn the_fee_may_change_from_one_day_to_the_next() {
    let mut files = small_city();
    files[3].text = format!(
        "{}\n[[fees]]\ncents = 1\nvalid_to = 2026-12-31\n[[fees]]\ncents = 2\nvalid_from = 2027-01-01\n",
        service("anmelden")
    );
    assert!(check(&files).is_ok());
}

#[test]
fn accounts_need_a_role_an_office_and_a_long_password() {
    let accounts = r#"
[[accounts]]
login = "clerk"
name = "Uwe Muster"
role = "clerk"
office = "ratshaus"
password_file = "clerk.password"

[[accounts]]
login = "CLERK 2"
name = "Uwe 2"
role = "lead"

[[accounts]]
login = "eva"
name = "Eva Muster"
role = "citizen"
password_file = "eve.password"
"#;
    let mut files = small_city();
    files.push(file("accounts.toml", accounts));
    files.push(file("clerk.password", "too short\n"));
    files.push(file("eva.password", "a long enough password"));
    let found = problems(&files);
    assert!(
        found.iter().all(|problem| !format!("{problem:?}").contains("too short")),
        "a password never stands in a message"
    );
    insta::assert_snapshot!(lines(&found), @r#"
    accounts.toml:6: accounts[0].office: there is no office "ratshaus" (did you mean "rathaus"?)
    accounts.toml:7: accounts[0].password_file: the password in the file must have 15 to 512 characters for this role
    accounts.toml:9: accounts[1].office: a clerk, a lead and a device belong to an office: "office" is missing
    accounts.toml:10: accounts[1].login: a login is 2 to 64 small letters, digits, hyphens, dots and underscores, or a mail address
    accounts.toml:11: accounts[1].name: the text has a sign that is not allowed here
    accounts.toml:15: accounts[2].login: a citizen signs in with a mail address such as name@example.org
    accounts.toml:18: accounts[2].password_file: there is no file "eve.password" (did you mean "eva.password"?); name it relative to the directory, with the ending .password
    eva.password:1: no account in accounts.toml names this password file
    "#);
}

#[test]
fn the_municipality_is_held_against_its_state() {
    let wrong = |from: &str, to: &str| after("municipality.toml", from, to);
    insta::assert_snapshot!(wrong("\"NI\"", "\"BY\""), @"municipality.toml:3: ags: official municipality keys of this state begin with 09");
    insta::assert_snapshot!(wrong("\"NI\"", "\"ni\""), @r#"municipality.toml:5: state: "ni" is not allowed here (did you mean "NI"?); allowed are SH, HH, NI, HB, NW, HE, RP, BW, BY, SL, BE, BB, MV, SN, ST, TH"#);
    insta::assert_snapshot!(wrong("horizon_days = 60", "horizon_days = 60\nextra_holidays = [{ name = \"X\", source = \"y\", days = { on = \"yearly\", month = 2, day = 30 } }]"), @"municipality.toml:8: extra_holidays[0].days.day: month 2 has no day 30");
}

#[test]
fn nothing_at_all_is_no_city() {
    let found = problems(&[]);
    assert_eq!(found[0].to_string(), "municipality.toml:1: the file is missing; every city directory has it");
    assert_eq!(found[0].code, Code::MissingFile);
}

#[test]
fn a_service_that_nobody_can_serve_is_noticed_and_loaded() {
    let mut files = small_city();
    files[3].text = files[3].text.replace(
        "skills = [\"residence\"]\nways = [\"counter\"]",
        "skills = [\"residents\"]\nways = [\"counter\", \"video\"]",
    );
    let notices = check(&files).unwrap().notices;
    insta::assert_snapshot!(lines(&notices), @r#"
    services/anmelden.toml: skills: no desk of any office has "residents"
    services/anmelden.toml: ways[0]: no office has an opening rule with fitting desks for this way; nobody can serve it
    services/anmelden.toml: ways[1]: no office has an opening rule with fitting desks for this way; nobody can serve it
    "#);
}

const LOCKER: &str = r#"
[[lockers]]
key = "hall"
name = { de = "Ausgabebox" }
place = { de = "Eingang" }
keep_days = 7
rows = [
  { first = 1, last = 8, size = "small", height_cm = 90 },
  { first = 9, last = 16, size = "medium", height_cm = 150 },
]
"#;

#[test]
fn mistakes_in_a_box_are_told_with_the_door_they_concern() {
    let with = |locker: &str| after("offices/rathaus.toml", OFFICE, &format!("{OFFICE}{locker}"));
    let mut files = small_city();
    files[2].text.push_str(LOCKER);
    let checked = check(&files).unwrap();
    let locker = &checked.city.offices.values().next().unwrap().lockers[0];
    assert_eq!((locker.compartments(), locker.low_compartments(), locker.keep_days), (16, 8, 7));
    insta::assert_snapshot!(with(&LOCKER.replace("first = 9", "first = 8")), @"offices/rathaus.toml:29: lockers[0].rows[1]: compartment 8 stands in the row from 1 to 8 already");
    insta::assert_snapshot!(with(&LOCKER.replace("last = 16", "last = 5")), @"offices/rathaus.toml:29: lockers[0].rows[1].last: the last compartment comes before the first, 9");
    insta::assert_snapshot!(with(&LOCKER.replace("\"medium\"", "\"midium\"").replace("keep_days = 7", "keep_days = 90")), @r#"
    offices/rathaus.toml:26: lockers[0].keep_days: the number must be from 1 to 60
    offices/rathaus.toml:29: lockers[0].rows[1].size: "midium" is not allowed here (did you mean "medium"?); allowed are small, medium, large
    "#);
    insta::assert_snapshot!(with(&format!("{LOCKER}{LOCKER}")), @r#"offices/rathaus.toml:33: lockers[1].key: "hall" stands twice"#);
}
