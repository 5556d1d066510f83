//! What editors write: whole in every language, and refused with place and reason where it is wrong.

mod support;

use chatbot::content;
use chatbot::language::ChatLanguage;
use reading::TextFile;

use crate::support::{ENGINE, demo_files};

#[test]
fn every_service_of_the_demo_city_is_told_in_every_language() {
    let files = demo_files();
    let services = city::check(&files).expect("no problems").city.services;
    let content = content::read(&files, &services).unwrap_or_else(|problems| {
        panic!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    });
    for language in ChatLanguage::ALL {
        for key in services.keys() {
            let entry = content.services.get(&(language, key.clone()));
            let entry = entry.unwrap_or_else(|| panic!("{key} has no text in {language}"));
            let (synonyms, questions) = (entry.synonyms.len(), entry.questions.len());
            assert!(synonyms >= 8 && questions >= 5, "{}: {synonyms} synonyms, {questions} questions", entry.path);
        }
        let not_us = content.not_us.keys().filter(|(of, _)| *of == language).count();
        assert!(not_us >= 15, "{language} names {not_us} bodies that do what we do not");
    }
}

#[test]
fn the_index_of_the_demo_city_is_small() {
    let bytes = ENGINE.index().bytes();
    assert!((1_000_000..64 << 20).contains(&bytes), "{bytes}");
}

/// Reads one text of the service `wohnsitz-anmelden` beside the demo city.
fn problems_of(path: &str, text: &str) -> String {
    let files: Vec<TextFile> = demo_files().into_iter().filter(|file| !file.path.starts_with("chat/")).collect();
    let services = city::check(&files).expect("no problems").city.services;
    let file = TextFile { path: path.to_owned(), text: text.to_owned() };
    let problems = content::read(&[file], &services).err().unwrap_or_default();
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

const GOOD: &str = r#"
valid_from = 2026-11-23
source = "services/wohnsitz-anmelden.toml"
name = "Wohnsitz anmelden"
synonyms = ["umziehen"]
questions = [{ text = "Ich bin umgezogen", by = "colloquial" }]
text = """
Nach einem Umzug melden Sie sich an.
{fee}
{deadline}
"""
not_this = [{ words = ["Auto"], instead = "kfz-adresse" }]
"#;

#[test]
fn a_good_text_has_no_problem() {
    assert_eq!(problems_of("chat/de/wohnsitz-anmelden.toml", GOOD), "");
}

#[test]
fn copied_figures_unknown_places_and_names_are_refused_with_their_line() {
    let path = "chat/de/wohnsitz-anmelden.toml";
    let refused = |from: &str, to: &str, line: &str, words: &str| {
        let found = problems_of(path, &GOOD.replace(from, to));
        assert!(found.starts_with(&format!("{path}:{line}: ")) && found.contains(words), "{found:?}");
    };
    refused(
        "Nach einem Umzug",
        "Innerhalb von 14 Tagen",
        "7",
        "\"14 tagen\" looks like a fee, a duration or a deadline",
    );
    refused("Ich bin umgezogen", "Kostet das 12 Euro?", "6", "12 euro");
    refused("{fee}", "{price}", "7", "stands alone on its line; allowed are {fee}");
    refused("kfz-adresse", "kfz-adrese", "12", "did you mean \"kfz-adresse\"?");
    refused("colloquial", "friend", "6", "is not allowed here");
    refused("synonyms", "synonms", "5", "did you mean \"synonyms\"?");
    let elsewhere = problems_of("chat/de/fischereischein.toml", &GOOD.replace("wohnsitz-anmelden", "fischereischein"));
    assert!(elsewhere.contains("the catalogue has no value for {fee}"), "{elsewhere}");
    assert!(problems_of("chat/fr/wohnsitz-anmelden.toml", GOOD).contains("languages are de, de-simple"));
    assert!(problems_of("chat/de/mondreise.toml", GOOD).contains("there is no such service"));
}

#[test]
fn a_guide_names_its_form_and_copies_no_fee() {
    let path = "chat/tutorials/de/wohnsitz-anmelden.toml";
    let good = format!(
        "valid_from = 2026-11-23\nsource = \"Formular\"\ntitle = \"Online\"\nform_sha256 = \"{}\"\n\
         [[steps]]\ntext = \"Ausfüllen.\"\nform_step = \"move\"\n",
        "0f".repeat(32)
    );
    assert_eq!(problems_of(path, &good), "");
    for (from, to, expected) in [
        ("0f0f", "0F0F", "64 hexadecimal digits"),
        ("0f0f", "", "64 hexadecimal digits"),
        ("Ausfüllen.", "Es kostet 5 Euro.", "looks like a fee"),
        ("[[steps]]\ntext = \"Ausfüllen.\"\nform_step = \"move\"\n", "", "at least one step"),
        ("form_step", "form_stop", "form_stop"),
    ] {
        let problems = problems_of(path, &good.replacen(from, to, 1));
        assert!(problems.contains(expected), "{to}: {problems}");
    }
    assert!(problems_of("chat/tutorials/de/unheard-of.toml", &good).contains("no such service"));
    assert!(problems_of("chat/tutorials/fr/wohnsitz-anmelden.toml", &good).contains("chat/tutorials/<language>/"));
}
