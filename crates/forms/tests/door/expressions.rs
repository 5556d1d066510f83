//! Expressions: what is missing stays missing, and what cannot be read is named.

use forms::{Value, load};
use proptest::prelude::*;

use crate::support::{Files, answers_of, changed, evaluated, loads};

/// A definition whose computed zone is `expression`, which gives `kind`.
fn computing(expression: &str, kind: &str) -> Files {
    let value = serde_json::to_string(expression).expect("a text");
    changed(
        "form.toml",
        "gives = \"text\"\nvalue = \"zone(residence.address)\"",
        &format!("gives = \"{kind}\"\nvalue = {value}"),
    )
}

fn value(expression: &str, kind: &str) -> Option<Value> {
    let definition = loads(&computing(expression, kind)).definition;
    let answers = answers_of(&definition, "refused.json");
    evaluated(&definition, &answers).effective.get("residence.zone").cloned()
}

fn truth(expression: &str) -> Option<bool> {
    match value(expression, "bool") {
        Some(Value::Bool(value)) => Some(value),
        _ => None,
    }
}

#[test]
fn a_comparison_with_something_missing_is_false() {
    assert_eq!(truth("applicant.email == \"a@b.de\""), Some(false));
    assert_eq!(truth("applicant.email != \"a@b.de\""), Some(false));
    assert_eq!(truth("missing(applicant.email)"), Some(true));
    assert_eq!(truth("has(applicant.name) && !has(applicant.email)"), Some(true));
    assert_eq!(truth("applicant.email in [\"a@b.de\"]"), Some(false));
}

#[test]
fn functions_of_ours_give_what_the_law_counts() {
    for (expression, number) in [
        ("years_between(date(\"2008-02-29\"), date(\"2026-02-28\"))", "17"),
        ("years_between(date(\"2008-02-29\"), date(\"2026-03-01\"))", "18"),
        ("days_between(date(\"2026-02-28\"), date(\"2026-03-01\"))", "1"),
        ("size(permits)", "2"),
        ("size(permits.filter(p, p.valid_to > today()))", "1"),
        ("0.1 + 0.2", "0.3"),
        ("size(\"Größe\")", "5"),
        ("permits.all(p, has(p.number)) ? 1 : 2", "1"),
    ] {
        assert_eq!(value(expression, "number").map(|value| value.to_json()), Some(number.into()), "{expression}");
    }
    assert_eq!(value("1 / 0", "number"), None);
    assert_eq!(
        value("add_working_days(date(\"2026-12-23\"), 2)", "date").map(|value| value.to_json()),
        Some("2026-12-28".into())
    );
    assert_eq!(
        value("add_months(date(\"2027-01-31\"), 1)", "date").map(|value| value.to_json()),
        Some("2027-02-28".into())
    );
}

#[test]
fn what_is_no_expression_is_named() {
    for (expression, words) in [
        ("1 +", "not an expression of CEL"),
        ("yeers_between(today(), today())", "did you mean \"years_between\"?"),
        ("applicant", "name one of its fields"),
        ("permits.number", "a list is no value"),
        ("row.number", "`row` is known inside a repeated group only"),
        ("tables.fees.amount", "did you mean \"fee\"?"),
        ("tables.documents.document", "gives several rows"),
        ("null", "there is no null"),
        ("1 == \"1\"", "cannot be compared"),
        ("{1: 2}", "not used in forms"),
        ("permits.exists(applicant, true)", "already the name"),
    ] {
        let found = load(&computing(expression, "bool")).unwrap_err();
        assert!(found.iter().any(|problem| problem.to_string().contains(words)), "{expression}: {found:#?}");
    }
}

#[test]
fn what_is_not_refused_as_too_deep_fits_on_the_stack_of_a_thread() {
    // These shapes take the parser deepest for each bracket; an overflow would end the process.
    for open in ["(", "[", "{1:", "[{1:", "{1:1+2*", "1?1:1+2*(", "a||b&&1<2+3*("] {
        for depth in 1..=17 {
            let _ = load(&computing(&format!("{}1{}", open.repeat(depth), "+1".repeat(20)), "bool"));
        }
    }
    assert_eq!(value("((((((1))))))", "number").map(|value| value.to_json()), Some("1".into()));
    let found = load(&computing("(((((((1)))))))", "number")).unwrap_err();
    assert!(found[0].to_string().contains("nested too deeply"), "{found:#?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_of_an_expression_panics(parts in prop::collection::vec(prop::sample::select(vec![
        "(", ")", "[", "]", "{", "}", "!", "-", "?", ":", "&&", "||", "==", "<", "+", "*", "/", "%", " in ", ".", ",", "permits", "applicant.name",
        "x", "1", "0.5", "\"a\"", "'", "\"", "\\", "exists", "size", "today()", "missing", "`", "true", "null", "ä", "\u{202e}", "r\"", "b'", "0x", "1e999",
    ]), 0..40)) {
        let _ = load(&computing(&parts.concat(), "bool"));
    }

    #[test]
    fn deep_nesting_is_refused_and_not_descended(depth in 1_usize..900, open in prop::sample::select(vec!["(", "[", "!", "-", "x.", "a?", "1+", "{1:"])) {
        let _ = load(&computing(&(open.repeat(depth) + "1"), "bool"));
    }
}
