//! A directory becomes a definition, or every problem at once.

use forms::{Code, Definition, load, run_scenarios};

use crate::support::{changed, definition, files, loads, problems};

/// The one problem that a change makes: its place and its words.
fn problem_of(file: &str, from: &str, to: &str) -> (Code, String) {
    let found = problems(&changed(file, from, to));
    assert_eq!(found.len(), 1, "{found:#?}");
    (found[0].code, found[0].to_string())
}

#[test]
fn every_scenario_of_the_tests_goes_as_expected() {
    for result in run_scenarios(&definition()) {
        assert_eq!(result.differences, Vec::<String>::new(), "{}", result.file);
    }
}

#[test]
fn a_scenario_that_expects_something_else_is_told() {
    let definition = loads(&changed("tests/granted.json", "\"fee_cents\": 3070", "\"fee_cents\": 1")).definition;
    let results = run_scenarios(&definition);
    let granted = results.iter().find(|result| result.file == "tests/granted.json").unwrap();
    assert_eq!(granted.differences, ["fee_cents: found Some(3070)"]);
}

#[test]
fn a_scenario_tells_what_is_visible_hidden_or_unknown() {
    let wrong = "\"visible\": [\"keeper.name\", \"permits.number\"], \"hidden\": [\"permits[2].number\", \"kepper.name\", \"permits[two].number\"]";
    let right = "\"visible\": [\"keeper.usage\", \"permits[2].number\"],\n    \"hidden\": [\"permits[3].number\"]";
    let definition = loads(&changed("tests/refused.json", right, wrong)).definition;
    let results = run_scenarios(&definition);
    let refused = results.iter().find(|result| result.file == "tests/refused.json").unwrap();
    assert_eq!(
        refused.differences,
        [
            "visible: found `permits.number`: no such field",
            "hidden: found `permits[2].number`: visible",
            "hidden: found `kepper.name`: no such field",
            "hidden: found `permits[two].number`: no such field",
        ]
    );
}

#[test]
fn a_deadline_runs_from_the_answer_to_a_field_of_type_date() {
    let from = "from = \"delivery\"";
    let mut files = changed("service.toml", from, "from = \"residence.moved_in\"");
    let scenario = files.get_mut("tests/granted.json").unwrap();
    *scenario = scenario.replace("\"processing\": \"2026-12-07\"", "\"objection\": \"2026-11-01\"");
    let granted = |definition| run_scenarios(&definition).swap_remove(0);
    assert_eq!(granted(loads(&files).definition).differences, Vec::<String>::new());
    let scenario = files.get_mut("tests/granted.json").unwrap();
    *scenario = scenario.replace("\"residence.moved_in\": \"2026-10-01\",", "");
    assert!(granted(loads(&files).definition).differences.contains(&"objection: found None".to_owned()));

    // Neither a field of another type, nor one with many answers, nor one that is not there.
    for wrong in ["residence.main", "permits.valid_to", "residence.moved"] {
        let (code, text) = problem_of("service.toml", from, &format!("from = \"{wrong}\""));
        assert_eq!(code, Code::UnknownReference);
        assert!(text.starts_with("service.toml:41:") && text.contains("no field of type date"), "{text}");
    }
}

#[test]
fn the_stored_text_gives_the_same_definition_and_hash() {
    let definition = definition();
    let again = Definition::from_canonical_json(definition.canonical_json()).unwrap();
    assert_eq!(again.sha256(), definition.sha256());
    assert_eq!(again.canonical_json(), definition.canonical_json());
    let forged = definition.canonical_json().replace("\"2026\"", "\"2027\"") + " ";
    assert!(Definition::from_canonical_json(&forged).is_err());
}

#[test]
fn comments_and_scenarios_do_not_change_the_hash_and_words_do() {
    let hash = definition().sha256().to_owned();
    let mut same = changed("service.toml", "key =", "# a comment\nkey =");
    same.remove("tests/refused.json");
    assert_eq!(loads(&same).definition.sha256(), hash);
    assert_ne!(loads(&changed("texts/de.toml", "Ihr Name", "Name")).definition.sha256(), hash);
}

#[test]
fn an_unknown_path_is_named_with_file_line_and_a_suggestion() {
    let (code, text) = problem_of("form.toml", "required = \"residence.main\"", "required = \"residence.mian\"");
    assert_eq!(code, Code::BadExpression);
    assert!(text.starts_with("form.toml:"), "{text}");
    assert!(text.contains("there is no field \"residence.mian\" (did you mean \"main\"?)"), "{text}");
}

#[test]
fn wrong_kinds_and_unknown_options_are_named() {
    let (_, text) = problem_of("form.toml", "residence.moved_in <= today()", "residence.moved_in <= 5");
    assert!(text.contains("a day cannot be compared with a number"), "{text}");
    let (_, text) = problem_of("form.toml", "vehicle.keeper == \"other\"", "vehicle.keeper == \"othr\"");
    assert!(
        text.contains("\"othr\" is none of the options (did you mean \"other\"?); they are self, other, company"),
        "{text}"
    );
}

#[test]
fn circles_are_refused() {
    let circle = "key = \"x\"\ntype = \"bool\"\nvisible = \"residence.main\"\n[[steps.groups.fields]]\nkey = \"main\"\ntype = \"bool\"\nvisible = \"!missing(residence.x)\"";
    let found = problems(&changed("form.toml", "key = \"main\"\ntype = \"bool\"", circle));
    let told = |problem: &forms::Problem| {
        problem.message.contains("in a circle: residence.x -> residence.main -> residence.x")
    };
    assert!(found.iter().any(told), "{found:#?}");
}

#[test]
fn a_missing_german_text_is_a_problem_and_another_language_a_notice() {
    let (code, text) = problem_of(
        "texts/de.toml",
        "name = { label = \"Ihr Name\", help = \"So wie er in Ihrem Ausweis steht.\" }",
        "",
    );
    assert_eq!(code, Code::MissingText);
    assert!(text.contains("field.applicant.name.label"), "{text}");
    let notices = loads(&files()).notices;
    assert!(
        notices.iter().any(|notice| notice.to_string() == "texts/en.toml: the language is missing; readers see German")
    );
}

#[test]
fn the_linter_names_unused_hard_and_repeated_texts() {
    let mut files = changed("texts/de.toml", "[party]", "[party]\nnobody = \"Niemand\"");
    files.insert("texts/de-simple.toml".into(), "[service]\ntitle = \"Die Inanspruchnahme von Bewohnerparkberechtigungen ist ausschließlich bei melderechtlicher Registrierung innerhalb der Bewohnerparkzone möglich\"".into());
    let files_twice = changed("texts/de.toml", "Name der anderen Person", "Ihr Name");
    let notices = |files| loads(files).notices.iter().map(ToString::to_string).collect::<Vec<_>>();
    let found = notices(&files);
    assert!(found.iter().any(|notice| notice.contains("party.nobody: nothing shows this text")), "{found:#?}");
    assert!(
        found.iter().any(|notice| notice.starts_with("texts/de-simple.toml: service.title: hard to read")),
        "{found:#?}"
    );
    assert!(!found.iter().any(|notice| notice.contains("nobody is asked twice")), "{found:#?}");
    let twice = changed(
        "form.toml",
        "sensitivity = \"personal\"",
        "sensitivity = \"personal\"\n[[steps.groups.fields]]\nkey = \"owner\"\ntype = \"person_name\"",
    );
    let mut twice = twice;
    let text = files_twice["texts/de.toml"].replace("plate = {", "owner = { label = \"Ihr Name?\" }\nplate = {");
    twice.insert("texts/de.toml".into(), text);
    assert!(notices(&twice).iter().any(|notice| notice.contains("nobody is asked twice")));
}

#[test]
fn the_law_is_quoted_with_its_paragraph() {
    for (file, from, to, paragraph) in [
        ("service.toml", "discretion = false", "discretion = true", "§ 35a VwVfG"),
        ("service.toml", "legal_basis = \"§ 46 Abs. 5 StVO\"\n", "", "§ 35a VwVfG"),
        ("service.toml", "§ 46 Abs. 5 StVO", "§ 35a VwVfG", "§ 35a VwVfG"),
        ("service.toml", "legal_basis = \"Nr. 265 GebOSt\"\n", "", "Article 20 (3) GG"),
        ("service.toml", "[\"§ 45 Abs. 1b Nr. 2a StVO\", \"§ 6a Abs. 5a StVG\"]", "[]", "Article 6 (1) (e), (3) GDPR"),
        ("service.toml", "[\"online\", \"counter\", \"post\"]", "[\"online\"]", "§ 1a (1) OZG"),
        (
            "service.toml",
            "[retention]\ndraft = \"P30D\"\nclosed = \"P10Y\"\nattachments = \"P1Y\"\n",
            "",
            "Article 5 (1) (e) GDPR",
        ),
        ("service.toml", "[[sink]]", "[fiction]\nperiod = \"P3M\"\n\n[[sink]]", "§ 42a (1) VwVfG"),
        ("form.toml", "sensitivity = \"plain\"", "sensitivity = \"special\"", "Article 9 (2) GDPR"),
        ("tables/permit.U.csv", "own_place,§ 45 Abs. 1b Nr. 2a StVO", "own_place,", "§ 39 (1) VwVfG"),
    ] {
        let found = problems(&changed(file, from, to));
        let broken: Vec<_> = found.iter().filter(|problem| problem.code == Code::AgainstTheLaw).collect();
        assert!(broken.iter().any(|problem| problem.message.contains(paragraph)), "{from} -> {to}: {found:#?}");
    }
}

#[test]
fn all_problems_of_all_files_come_at_once() {
    let mut files = changed("service.toml", "degree = \"full\"", "degree = \"ful\"");
    files.insert("form.toml".into(), files["form.toml"].replace("type = \"address\"", "type = \"adress\""));
    files.insert("tables/fee.U.csv".into(), files["tables/fee.U.csv"].replace("30.70", "thirty"));
    files.insert("notes.txt".into(), String::new());
    files.remove("texts/de.toml");
    let found = load(&files).unwrap_err();
    for file in ["service.toml", "form.toml", "tables/fee.U.csv", "notes.txt", "texts/de.toml"] {
        assert!(found.iter().any(|problem| problem.file == file), "{file}: {found:#?}");
    }
}
