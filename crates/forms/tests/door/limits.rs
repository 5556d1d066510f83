//! What bounds a service beside the law: households, tours, what arrives twice. Names that do not fit are refused at their place.

use forms::{Code, load};

use crate::support::{Files, definition, files, loads};

const GOOD: &str = "
[household]
address = \"residence.address\"
most = 4

[tour]
address = \"residence.address\"
volume = \"vehicle.weight\"
when = 'vehicle.own_garage'
cut_off_working_days = 4
put_out_by = \"06:00\"
list = [\"residence.address\", \"permits.number\"]

[[tour.district]]
key = \"nord\"
postcodes = [\"30167\", \"30419\"]

[same_application]
answers = [\"residence.address\", \"permits.number\"]
contact = [\"applicant.email\"]
days = 14
";

/// The parking permit with these bounds.
fn bounded(lines: &str) -> Files {
    let mut files = files();
    files.get_mut("service.toml").expect("the file is there").push_str(lines);
    let texts = files.get_mut("texts/de.toml").expect("the file is there");
    texts.push_str("\n[district]\nnord = \"Norden\"\n");
    files
}

#[test]
fn the_rules_are_read_and_come_back_from_the_stored_text() {
    let loaded = loads(&bounded(GOOD));
    let service = loaded.definition.service();
    let tour = service.tour.as_ref().expect("a rule of tours");
    assert_eq!((tour.hold_minutes, tour.put_out_by.to_string()), (30, "06:00:00".to_owned()));
    assert_eq!(tour.district(" 30419 ").map(|district| district.key.as_str()), Some("nord"));
    assert_eq!(tour.district("30159"), None);
    let stored = forms::Definition::from_canonical_json(loaded.definition.canonical_json()).expect("it is read back");
    assert_eq!(stored.service(), service);
    // Nothing of it changes the text of a service that has none.
    assert!(!definition().canonical_json().contains("household"));
}

#[test]
fn names_that_do_not_fit_are_refused_at_their_place() {
    for (from, to, code, words) in [
        (
            "address = \"residence.address\"\nmost",
            "address = \"applicant.name\"\nmost",
            Code::UnknownReference,
            "of type address",
        ),
        ("most = 4", "most = 0", Code::OutOfRange, "household.most"),
        ("vehicle.weight", "applicant.name", Code::UnknownReference, "of type int, decimal"),
        ("\"06:00\"", "\"6 Uhr\"", Code::BadForm, "06:00"),
        ("'vehicle.own_garage'", "'vehicle.weight'", Code::BadExpression, "expected"),
        ("\"30419\"", "\"30167\"", Code::Contradiction, "stands twice"),
        ("\"30419\"", "\"3041\"", Code::BadForm, "no postal code"),
        ("key = \"nord\"", "key = \"sued\"", Code::MissingText, "district.sued"),
        ("\"permits.number\"]\n\n[[tour", "\"permits.nowhere\"]\n\n[[tour", Code::UnknownReference, "permits.nowhere"),
        ("\"applicant.email\"", "\"applicant.name\"", Code::UnknownReference, "email, phone"),
        ("days = 14", "days = 367", Code::OutOfRange, "same_application.days"),
    ] {
        let lines = GOOD.replacen(from, to, 1);
        assert_ne!(lines, GOOD, "{from}");
        let problems = load(&bounded(&lines)).expect_err("something is wrong");
        let told: Vec<(Code, String)> =
            problems.into_iter().map(|problem| (problem.code, problem.to_string())).collect();
        let is_told = |(found, text): &(Code, String)| *found == code && text.contains(words);
        assert!(told.iter().any(is_told), "{to}: {told:#?}");
    }
}
