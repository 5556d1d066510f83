//! What people type, what counts of it, and what is wrong, in words of every language.

use forms::{Answers, Change, ErrorCode, Locale, RowId, Value};
use serde_json::json;

use crate::support::{add_row, answers_of, codes, definition, evaluated, patch, set};

#[test]
fn hidden_answers_do_not_count_and_are_not_lost() {
    let definition = definition();
    let answers = answers_of(&definition, "granted.json");
    let hidden = evaluated(&definition, &answers);
    assert_eq!(hidden.effective.get("keeper.name"), None);
    assert!(answers.get("keeper.name").is_some());
    let again = answers
        .patched(&definition, &patch(vec![set("vehicle.keeper", "other"), set("keeper.name", "Jan Kowalski")]))
        .unwrap();
    let shown = evaluated(&definition, &again);
    assert_eq!(shown.effective.get("keeper.name"), Some(&Value::Text("Jan Kowalski".into())));
    assert_eq!(shown.parties, ["applicant", "keeper"]);
    let back = again.patched(&definition, &patch(vec![set("vehicle.keeper", "self")])).unwrap();
    assert_eq!(evaluated(&definition, &back).effective.get("keeper.name"), None);
    assert_eq!(back.get("keeper.name"), again.get("keeper.name"));
}

#[test]
fn an_error_names_field_row_and_reason_in_every_language() {
    let definition = definition();
    let answers = answers_of(&definition, "refused.json");
    let evaluation = evaluated(&definition, &answers);
    let error = evaluation.errors.iter().find(|error| error.code == ErrorCode::NotADay).unwrap();
    assert_eq!(error.render(&definition, Locale::De), "Ausweis 1, Gültig bis: Diesen Tag gibt es nicht im Kalender.");
    assert_eq!(error.render(&definition, Locale::En), "Ausweis 1, Gültig bis: This day does not exist.");
    for locale in Locale::ALL {
        assert!(!error.render(&definition, locale).contains('{'));
    }
    let young = answers.patched(&definition, &patch(vec![set("applicant.birth_date", "2010-01-01")])).unwrap();
    let evaluation = evaluated(&definition, &young);
    let error = evaluation.errors.iter().find(|error| error.code == ErrorCode::RuleBroken).unwrap();
    assert_eq!(error.render(&definition, Locale::Tr), "Ihr Geburtstag: Sie müssen mindestens 18 Jahre alt sein.");
}

#[test]
fn what_cannot_be_is_refused_and_changes_nothing() {
    let definition = definition();
    let refused = |changes: Vec<Change>| {
        let errors = Answers::empty().patched(&definition, &patch(changes)).unwrap_err();
        errors.iter().map(|error| error.code).collect::<Vec<_>>()
    };
    let row = RowId::new(7);
    assert_eq!(refused(vec![add_row(7), add_row(7)]), [ErrorCode::RowTwice]);
    assert_eq!(refused(vec![add_row(1), add_row(2), add_row(3), add_row(4)]), [ErrorCode::TooMany]);
    assert_eq!(refused(vec![set(&format!("permits[{row}].number"), "1")]), [ErrorCode::UnknownRow]);
    assert_eq!(
        refused(vec![set("permits.number", "1"), set("applicant.nobody", 1), set("x", 1)]),
        [ErrorCode::UnknownPath; 3]
    );
    assert_eq!(refused(vec![set(&format!("applicant[{row}].name"), "Eva")]), [ErrorCode::UnknownPath]);
    assert_eq!(refused(vec![set("residence.zone", "List-1")]), [ErrorCode::NotWritable]);
    assert_eq!(refused(vec![set("applicant.name", "a".repeat(10_000_000))]), [ErrorCode::TooLong]);
    assert_eq!(
        refused(vec![set("residence.address", json!({ "street": "a".repeat(10_000_000) }))]),
        [ErrorCode::TooLong]
    );
    assert_eq!(refused(vec![set("applicant.name", "Eva"); 5_001]), [ErrorCode::TooManyChanges]);
    assert_eq!(refused(vec![Change::RemoveRow { group: "permits".into(), row }]), [ErrorCode::UnknownRow]);
}

#[test]
fn a_removed_row_takes_its_answers_with_it() {
    let definition = definition();
    let row = RowId::new(7);
    let path = format!("permits[{row}].number");
    let filled = Answers::empty().patched(&definition, &patch(vec![add_row(7), set(&path, "P-17")])).unwrap();
    assert_eq!(evaluated(&definition, &filled).effective.get(&path), Some(&Value::Text("P-17".into())));
    let removed =
        filled.patched(&definition, &patch(vec![Change::RemoveRow { group: "permits".into(), row }])).unwrap();
    assert_eq!(
        removed,
        Answers::empty()
            .patched(&definition, &patch(vec![add_row(7), Change::RemoveRow { group: "permits".into(), row }]))
            .unwrap()
    );
}

#[test]
fn every_type_tells_good_from_bad() {
    let definition = definition();
    let full = answers_of(&definition, "granted.json");
    let with = |path: &str, value: serde_json::Value| {
        let answers = full.patched(&definition, &patch(vec![set(path, value)])).unwrap();
        codes(&evaluated(&definition, &answers))
    };
    for (path, value, code) in [
        ("applicant.birth_date", json!("1990-02-31"), "NOT_A_DAY"),
        ("applicant.birth_date", json!("31.02.1990"), "NOT_A_DAY"),
        ("applicant.name", json!("Eva 🎉"), "SIGN_NOT_ALLOWED"),
        ("applicant.name", json!("Eva\u{202e}"), "INVISIBLE_SIGN"),
        ("applicant.name", json!(5), "WRONG_TYPE"),
        ("applicant.email", json!("eva@"), "BAD_MAIL"),
        ("vehicle.plate", json!("HANNOVER-1"), "BAD_PLATE"),
        ("vehicle.weight", json!(0), "OUT_OF_RANGE"),
        ("vehicle.weight", json!("1.5"), "TOO_MANY_DECIMALS"),
        ("vehicle.weight", json!("1e3"), "NOT_A_NUMBER"),
        ("vehicle.keeper", json!("nobody"), "UNKNOWN_OPTION"),
        ("vehicle.own_garage", json!("false"), "WRONG_TYPE"),
        (
            "residence.address",
            json!({ "street": "Lister Meile", "number": "5", "postcode": "3016", "town": "Hannover" }),
            "BAD_POSTCODE",
        ),
        ("residence.moved_in", json!("2026-11-24"), "RULE_BROKEN"),
        ("declaration.true_and_complete", json!("0".repeat(64)), "DECLARATION_CHANGED"),
        ("applicant.name", json!("   "), "REQUIRED"),
        ("applicant.name", json!(null), "REQUIRED"),
    ] {
        assert_eq!(with(path, value.clone()), [format!("{path} {code}")], "{value}");
    }
    assert_eq!(with("vehicle.plate", json!("wob-zz 999E")), Vec::<String>::new());
}

#[test]
fn equal_answers_have_equal_text_and_any_change_voids_a_consent() {
    let definition = definition();
    let answers = answers_of(&definition, "granted.json");
    let (first, second) = (evaluated(&definition, &answers).effective, evaluated(&definition, &answers).effective);
    assert_eq!(definition.consent_hash(&first), definition.consent_hash(&second));
    let other = answers.patched(&definition, &patch(vec![set("vehicle.weight", 1801)])).unwrap();
    assert_ne!(definition.consent_hash(&first), definition.consent_hash(&evaluated(&definition, &other).effective));
    let same = answers.patched(&definition, &patch(vec![set("vehicle.weight", "1800")])).unwrap();
    assert_eq!(definition.consent_hash(&first), definition.consent_hash(&evaluated(&definition, &same).effective));
}

#[test]
fn a_field_knows_what_it_reaches() {
    let reached = definition().uses_of("vehicle.keeper");
    assert_eq!(reached, ["group keeper", "keeper.name", "keeper.usage", "table documents", "table permit"]);
}

#[test]
fn an_empty_form_asks_for_what_is_shown_and_nothing_else() {
    let definition = definition();
    let evaluation = evaluated(&definition, &Answers::empty());
    let required = [
        "applicant.name",
        "applicant.birth_date",
        "residence.address",
        "residence.main",
        "vehicle.plate",
        "vehicle.weight",
        "vehicle.keeper",
        "vehicle.own_garage",
        "declaration.true_and_complete",
    ];
    assert_eq!(codes(&evaluation), required.map(|path| format!("{path} REQUIRED")));
    assert_eq!((evaluation.fee, evaluation.documents.len()), (None, 1));
}
