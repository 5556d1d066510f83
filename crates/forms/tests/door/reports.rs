//! What makes a form a report of a place: the answers that stand in it are there and of the right type.

use forms::{Code, ReportRule, load};

use crate::support::{Files, changed};

const TABLE: &str = "key = \"bewohnerparken\"";

/// The parking permit with fields of a report, and this `[report]` in its service.
fn with_report(report: &str) -> Files {
    let mut files = changed("form.toml", "[[steps]]", FIELDS);
    let service = files.get_mut("service.toml").expect("the file is there");
    assert!(service.contains(TABLE), "{service}");
    service.push_str(report);
    *service = service.replacen("sections = [", "sections = [\"where\", ", 1);
    files.get_mut("texts/de.toml").expect("the file is there").push_str(TEXTS);
    files
}

const FIELDS: &str = "[[steps]]
key = \"where\"

[[steps.groups]]
key = \"seen\"

[[steps.groups.fields]]
key = \"kind\"
type = \"choice\"
options = [\"road\", \"light\"]
required = false

[[steps.groups.fields]]
key = \"point\"
type = \"geo_point\"
required = false

[[steps.groups.fields]]
key = \"words\"
type = \"text\"
max = 200
required = false

[[steps]]";

const TEXTS: &str = "
[step.where]
title = \"Wo\"
[group.seen]
title = \"Gesehen\"
[field.seen.kind]
label = \"Was\"
option.road = \"Straße\"
option.light = \"Licht\"
[field.seen.point]
label = \"Wo\"
[field.seen.words]
label = \"Worte\"
";

const GOOD: &str = "
[report]
category = \"seen.kind\"
place = \"seen.point\"
description = \"seen.words\"
";

fn found(files: &Files) -> Vec<(Code, String)> {
    let problems = load(files).expect_err("something is wrong");
    problems.into_iter().map(|problem| (problem.code, problem.to_string())).collect()
}

#[test]
fn a_report_names_its_answers_and_has_two_radii() {
    // The one text that it adds.
    let missing = found(&with_report(GOOD));
    assert!(missing.iter().any(|(_, text)| text.contains("reason.duplicate")), "{missing:#?}");
    let files = with_reason(with_report(GOOD));
    let loaded = load(&files).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let rule = ReportRule {
        category: "seen.kind".to_owned(),
        place: "seen.point".to_owned(),
        description: "seen.words".to_owned(),
        photo: None,
        radius_m: 250,
        staff_radius_m: 1_000,
    };
    assert_eq!(loaded.definition.service().report, Some(rule));
    let stored = loaded.definition.canonical_json();
    assert_eq!(
        forms::Definition::from_canonical_json(stored).expect("it is read back").service().report.as_ref(),
        loaded.definition.service().report.as_ref()
    );
}

#[test]
fn an_answer_that_is_not_there_or_of_another_type_is_refused_at_its_place() {
    for (from, to, words) in [
        ("seen.kind", "seen.words", "\"seen.words\" is no field of type choice"),
        ("seen.point", "seen.kind", "\"seen.kind\" is no field of type geo_point"),
        ("seen.words", "seen.point", "\"seen.point\" is no field of type text"),
        ("\"seen.words\"", "\"seen.words\"\nphoto = \"seen.words\"", "\"seen.words\" is no field of type file"),
        ("seen.point", "seen.nowhere", "\"seen.nowhere\" is no field of type geo_point"),
    ] {
        let problems = found(&with_reason(with_report(&GOOD.replacen(from, to, 1))));
        assert_eq!(problems.len(), 1, "{problems:#?}");
        let (code, text) = &problems[0];
        assert_eq!(*code, Code::UnknownReference);
        assert!(text.starts_with("service.toml:") && text.contains(words), "{text}");
    }
}

#[test]
fn radii_have_bounds_and_staff_look_at_least_as_far() {
    for (more, code) in [
        ("radius_m = 0", Code::OutOfRange),
        ("staff_radius_m = 5001", Code::OutOfRange),
        ("radius_m = 500\nstaff_radius_m = 400", Code::Contradiction),
    ] {
        let problems = found(&with_reason(with_report(&format!("{GOOD}{more}\n"))));
        assert!(problems.iter().any(|(found, _)| *found == code), "{more}: {problems:#?}");
    }
}

fn with_reason(mut files: Files) -> Files {
    let texts = files.get_mut("texts/de.toml").expect("the file is there");
    assert!(texts.contains("[reason]"), "{texts}");
    *texts = texts.replacen("[reason]", "[reason]\nduplicate = \"Schon gemeldet\"", 1);
    files
}
