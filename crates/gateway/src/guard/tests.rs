//! The corpus of hostile documents, and the honest ones that must pass.

use std::fmt::Write;

use async_graphql::{EmptyMutation, EmptySubscription, Object, Request, Schema, parser::types::OperationType};
use proptest::prelude::*;
use serde_json::json;

use super::*;

fn code(source: &str) -> Option<&'static str> {
    code_with(source, json!({}))
}

fn code_with(source: &str, variables: serde_json::Value) -> Option<&'static str> {
    let guard = Guard::new(Limits::default());
    guard.check(source, None, &Variables::from_json(variables)).err().map(|refused| refused.code())
}

fn pieces(count: u32, piece: impl Fn(u32) -> String) -> String {
    (0..count).map(piece).collect()
}

/// `levels` fragments, each using the next one twice: 1.3 KB of text for two to the power of `levels` fields.
fn laughs(levels: usize) -> String {
    let mut source = String::from("{...f0}");
    for level in 0..levels {
        write!(source, "fragment f{level} on Query{{...f{0} ...f{0}}}", level + 1).expect("writes to a string");
    }
    write!(source, "fragment f{levels} on Query{{a}}").expect("writes to a string");
    source
}

#[test]
fn honest_documents_pass() {
    for source in [
        "{ __typename }",
        "query Q { a }",
        "{ offices(first: 20) { edges { node { id name counters(first: 10) { id } } } } }",
        "mutation { book(input: { a: 1 }) { id } }",
        "subscription { queue { id } }",
        "query($n: Int = 5) { a(first: $n) { ...F } } fragment F on A { b c }",
    ] {
        assert_eq!(code(source), None, "{source}");
    }
    let introspection = include_str!("introspection.graphql");
    assert_eq!(code(introspection), None);
}

#[test]
fn refuses_laughing_fragments() {
    let bomb = laughs(25);
    assert!(bomb.len() < 1_300, "{}", bomb.len());
    assert_eq!(code(&bomb), Some("TOO_MANY_FIELDS"));
    assert_eq!(code(&laughs(90)), Some("DOCUMENT_TOO_DEEP"));
    let nobody_uses_it = laughs(25).replacen("{...f0}", "{a}", 1);
    assert_eq!(code(&nobody_uses_it), Some("TOO_MANY_FIELDS"));
}

#[test]
fn refuses_cycles_and_unknown_fragments() {
    assert_eq!(code("{...a} fragment a on Q{...b} fragment b on Q{...a}"), Some("FRAGMENT_CYCLE"));
    assert_eq!(code("{a} fragment a on Q{b{...a}}"), Some("FRAGMENT_CYCLE"));
    assert_eq!(code("{...a}"), Some("UNKNOWN_FRAGMENT"));
}

#[test]
fn refuses_depth_in_every_disguise() {
    let nested = |levels: usize| format!("{}{}", "{a".repeat(levels), "}".repeat(levels));
    assert_eq!(code(&nested(15)), None);
    assert_eq!(code(&nested(16)), Some("DOCUMENT_TOO_DEEP"));
    assert_eq!(code(&nested(1_000)), Some("DOCUMENT_TOO_DEEP"));
    assert_eq!(code(&nested(20_000)), Some("DOCUMENT_TOO_DEEP"));
    let inline = format!("{}{{a}}{}", "{...on Q".repeat(40), "}".repeat(40));
    assert_eq!(code(&inline), Some("DOCUMENT_TOO_DEEP"));
    let mut chain = String::from("{...f0}");
    for level in 0..60 {
        write!(chain, "fragment f{level} on Q{{a{{...f{}}}}}", level + 1).expect("writes to a string");
    }
    chain.push_str("fragment f60 on Q{a}");
    assert_eq!(code(&chain), Some("DOCUMENT_TOO_DEEP"));
    let value = format!("{{a(b:{}1{})}}", "[".repeat(500), "]".repeat(500));
    assert_eq!(code(&value), Some("DOCUMENT_TOO_DEEP"));
    let kind = format!("query($a:{}Int{}){{a}}", "[".repeat(500), "]".repeat(500));
    assert_eq!(code(&kind), Some("DOCUMENT_TOO_DEEP"));
}

#[test]
fn refuses_aliases_roots_and_fields_in_masses() {
    let aliases = pieces(101, |number| format!("a{number}:a "));
    assert_eq!(code(&format!("{{b{{{aliases}}}}}")), Some("TOO_MANY_ALIASES"));
    assert_eq!(code(&format!("{{{}}}", "a ".repeat(31))), Some("TOO_MANY_ROOT_FIELDS"));
    assert_eq!(code(&format!("{{b{{{}}}}}", "a ".repeat(1_501))), Some("TOO_MANY_FIELDS"));
    assert_eq!(code(&format!("{{{}}}", "a ".repeat(20_000))), Some("DOCUMENT_TOO_LARGE"));
}

#[test]
fn refuses_lists_that_multiply() {
    assert_eq!(code("{a(first:101){b}}"), Some("PAGE_TOO_LONG"));
    assert_eq!(code("{a(last:-1){b}}"), Some("PAGE_TOO_LONG"));
    assert_eq!(code("{a(first:100){b(first:100){c}}}"), Some("DOCUMENT_TOO_COSTLY"));
    assert_eq!(code("{a(first:99999999999999999999){b}}"), Some("PAGE_TOO_LONG"));
    let by_variable = "query($n:Int){a(first:$n){b(first:$n){c}}}";
    assert_eq!(code_with(by_variable, json!({"n": 10})), None);
    assert_eq!(code_with(by_variable, json!({})), None);
    assert_eq!(code_with(by_variable, json!({"n": 100})), Some("DOCUMENT_TOO_COSTLY"));
    assert_eq!(code_with(by_variable, json!({"n": 5_000_000_000_u64})), Some("PAGE_TOO_LONG"));
    assert_eq!(code_with(by_variable, json!({"n": "many"})), Some("DOCUMENT_TOO_COSTLY"));
    let by_default = "query A($n:Int=1){...F} query B($n:Int=100){...F} fragment F on Q{a(first:$n){b(first:$n){c}}}";
    assert_eq!(code(by_default), Some("DOCUMENT_TOO_COSTLY"));
}

#[test]
fn a_remembered_document_is_weighed_again_with_new_variables() {
    let guard = Guard::new(Limits::default());
    let source = "query($n:Int){a(first:$n){b}}";
    let check =
        |n: u64| guard.check(source, None, &Variables::from_json(json!({"n": n}))).map(|checked| checked.kind());
    assert_eq!(check(5), Ok(OperationType::Query));
    assert_eq!(check(500), Err(Refused::PageTooLong { limit: 100 }));
    assert_eq!(check(6), Ok(OperationType::Query));
}

#[test]
fn refuses_overlap_that_compares_the_same_fields_again_and_again() {
    let fields = pieces(90, |number| format!("x{number} "));
    let mut source = format!("{{{}}} fragment f on Q{{{fields}}}", "a{...f}".repeat(15));
    assert_eq!(code(&source), None);
    let wrapped = (0..28).fold(fields, |inner, _| format!("...on Q{{{inner}}}"));
    source = format!("{{a{{{}}}}}", wrapped.repeat(12));
    assert_eq!(code(&source), Some("DOCUMENT_TOO_COSTLY"));
    let arguments = pieces(30, |number| format!("v{number}:1 "));
    source = format!("{{a{{{}}}}} fragment f on Q{{{}}}", "b{...f}".repeat(10), format!("c({arguments}) ").repeat(10));
    assert_eq!(code(&source), Some("DOCUMENT_TOO_COSTLY"));
}

#[test]
fn refuses_directives_variables_arguments_operations_and_fragments_in_masses() {
    assert_eq!(code(&format!("{{a {}}}", "@skip(if:false)".repeat(6))), Some("TOO_MANY_DIRECTIVES"));
    assert_eq!(code(&format!("{{b{{{}}}}}", "a @skip(if:false) ".repeat(51))), Some("TOO_MANY_DIRECTIVES"));
    let variables = pieces(51, |number| format!("$v{number}:Int "));
    assert_eq!(code(&format!("query({variables}){{a}}")), Some("TOO_MANY_VARIABLES"));
    let arguments = pieces(31, |number| format!("v{number}:1 "));
    assert_eq!(code(&format!("{{a({arguments})}}")), Some("TOO_MANY_ARGUMENTS"));
    let operations = pieces(11, |number| format!("query q{number}{{a}}"));
    assert_eq!(code(&operations), Some("TOO_MANY_OPERATIONS"));
    let fragments = pieces(101, |number| format!("fragment f{number} on Q{{a}}"));
    assert_eq!(code(&format!("{{a}}{fragments}")), Some("TOO_MANY_FRAGMENTS"));
}

#[test]
fn a_mutation_does_one_thing() {
    assert_eq!(code("mutation{a b}"), Some("NOT_ONE_ROOT_FIELD"));
    assert_eq!(code("mutation{a:login b:login}"), Some("NOT_ONE_ROOT_FIELD"));
    assert_eq!(code("mutation{...f ...f} fragment f on M{a}"), Some("NOT_ONE_ROOT_FIELD"));
    assert_eq!(code("mutation{...on M{a} ...on M{b}}"), Some("NOT_ONE_ROOT_FIELD"));
    assert_eq!(code("subscription{a b}"), Some("NOT_ONE_ROOT_FIELD"));
}

#[test]
fn finds_the_operation_that_was_meant() {
    let guard = Guard::new(Limits::default());
    let kind = |source: &str, name: Option<&str>| {
        guard.check(source, name, &Variables::default()).map(|checked| checked.kind())
    };
    let both = "query Q{a} mutation M{a}";
    assert_eq!(kind(both, Some("M")), Ok(OperationType::Mutation));
    assert_eq!(kind(both, Some("Q")), Ok(OperationType::Query));
    assert_eq!(kind(both, None), Err(Refused::OperationNameMissing));
    assert_eq!(kind(both, Some("X")), Err(Refused::UnknownOperation));
    assert_eq!(kind("{a}", Some("X")), Err(Refused::UnknownOperation));
    assert_eq!(kind("query Q{a}", None), Ok(OperationType::Query));
}

#[test]
fn misses_variables_before_anything_runs() {
    let required = "query($n: Int!) { a(b: $n) }";
    assert_eq!(code(required), Some("VARIABLE_MISSING"));
    assert_eq!(code_with(required, json!({ "n": null })), Some("VARIABLE_MISSING"));
    assert_eq!(code_with(required, json!({ "n": 1 })), None);
    assert_eq!(code("query($n: Int! = 1, $m: Int) { a(b: $n, c: $m) }"), None);
}

#[test]
fn says_where_the_grammar_ends_and_nothing_of_the_text() {
    let refused = Guard::new(Limits::default()).check("{\n  a(b: \"Erika\" }", None, &Variables::default());
    let refused = refused.expect_err("the bracket is missing");
    assert_eq!(refused.code(), "SYNTAX_ERROR");
    assert!(refused.to_string().contains("line 2") && !refused.to_string().contains("Erika"), "{refused}");
    assert_eq!(code(""), Some("SYNTAX_ERROR"));
    assert_eq!(code("fragment f on Q{a}"), Some("NO_OPERATION"));
    assert_eq!(code("query Q{a} query Q{a}"), Some("DUPLICATE_DEFINITION"));
}

struct Query;

#[Object]
impl Query {
    async fn a(&self) -> i32 {
        1
    }
}

/// Negative control: without the guard the same text, much shortened, makes the engine do all the work it stands for.
#[tokio::test]
async fn without_the_guard_the_engine_answers_what_the_guard_refuses() {
    let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
    let small = laughs(11);
    assert_eq!(code(&small), Some("TOO_MANY_FIELDS"));
    assert!(schema.execute(Request::new(small)).await.is_ok());
}

fn any_document() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        ":",
        "$",
        "@",
        "!",
        "=",
        "...",
        "...on Q",
        "a",
        "b",
        "first",
        "query",
        "mutation",
        "fragment f on Q",
        "fragment g on Q",
        "...f",
        "...g",
        "\"",
        "\"\"\"",
        "\\",
        "#",
        "\n",
        "1",
        "-1",
        "1.5e3",
        "true",
        "null",
        "$n",
        "{a}",
        "{a{b}}",
        "(first:10)",
        "(first:$n)",
        "($n:Int)",
        "@skip(if:true)",
        "\u{feff}",
        "é",
        "🏊",
    ]);
    prop::collection::vec(word, 0..60).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn never_panics_on_words_of_the_language(source in any_document(), n in any::<i64>()) {
        let guard = Guard::new(Limits::default());
        let variables = Variables::from_json(json!({"n": n}));
        let first = guard.check(&source, None, &variables).map(|checked| checked.kind());
        let again = guard.check(&source, None, &variables).map(|checked| checked.kind());
        prop_assert_eq!(first, again);
    }

    #[test]
    fn never_panics_on_any_text(source in "\\PC{0,300}") {
        let _ = Guard::new(Limits::default()).check(&source, None, &Variables::default());
    }
}
