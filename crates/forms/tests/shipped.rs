//! Every service that the product ships is loaded, its scenarios are run and its texts are measured.

#[path = "shipped/readability.rs"]
mod readability;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use forms::{Cell, Definition, Locale, evaluate, load, run_scenarios};

const LEAST_SCENARIOS: usize = 10;

fn shipped() -> PathBuf {
    Path::new(env!("REPOSITORY_ROOT")).join("crates/applications/services")
}

/// Keys of all services in the directory, ascending.
fn keys() -> Vec<String> {
    let entries = fs::read_dir(shipped()).expect("the services are part of the repository");
    let mut keys: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    keys.sort();
    keys
}

/// The files of a service by their path inside its directory.
fn files_of(key: &str) -> BTreeMap<String, String> {
    let root = shipped().join(key);
    let mut files = BTreeMap::new();
    let mut waiting = vec![root.clone()];
    while let Some(directory) = waiting.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
                files.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

fn definition_of(key: &str) -> Definition {
    match load(&files_of(key)) {
        Ok(loaded) => {
            let notices: Vec<String> = loaded.notices.iter().map(|notice| format!("{notice:?}")).collect();
            assert_eq!(notices, Vec::<String>::new(), "{key}");
            loaded.definition
        }
        Err(problems) => {
            let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
            panic!("{key}:\n{}", problems.join("\n"))
        }
    }
}

#[test]
fn every_service_loads_without_a_problem_or_notice() {
    let keys = keys();
    assert_eq!(
        keys,
        [
            "bewohnerparken",
            "dokument-abholen",
            "eheschliessung-anmelden",
            "fundsache",
            "hundesteuer",
            "mangel-melden",
            "meldebescheinigung",
            "sperrmuell",
            "wohnsitz-anmelden",
        ]
    );
    for key in keys {
        assert_eq!(definition_of(&key).key(), key);
    }
}

#[test]
fn every_scenario_comes_out_as_written() {
    let mut wrong = Vec::new();
    for key in keys() {
        let definition = definition_of(&key);
        let results = run_scenarios(&definition);
        assert!(results.len() >= LEAST_SCENARIOS, "{key} has {} scenarios", results.len());
        for result in results.iter().filter(|result| !result.differences.is_empty()) {
            wrong.push(format!("{key} {}: {}", result.file, result.differences.join("; ")));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// All texts of a service in one language.
fn texts_of(files: &BTreeMap<String, String>, locale: Locale) -> Vec<String> {
    let file = &files[&format!("texts/{}.toml", locale.as_str())];
    let mut texts = Vec::new();
    collect(&file.parse::<toml::Table>().unwrap().into(), &mut texts);
    texts
}

fn collect(value: &toml::Value, texts: &mut Vec<String>) {
    match value {
        toml::Value::String(text) => texts.push(text.replace("{number}", "1")),
        toml::Value::Table(table) => table.values().for_each(|value| collect(value, texts)),
        _ => panic!("a text is a text"),
    }
}

#[test]
fn german_is_easy_and_plain_german_is_plainer() {
    for key in keys() {
        let files = files_of(&key);
        for (locale, most) in [(Locale::De, 9.0), (Locale::DeSimple, 4.0)] {
            let texts = texts_of(&files, locale);
            let grade = readability::grade(texts.iter().map(String::as_str));
            assert!(grade <= most, "{key}: {} has grade {grade:.1}, at most {most} is promised", locale.as_str());
        }
    }
}

#[test]
fn the_measure_tells_a_statute_from_a_conversation() {
    let statute = "Die Straßenverkehrsbehörden treffen die notwendigen Anordnungen im Zusammenhang mit der Einrichtung von \
        gebührenpflichtigen Parkplätzen für Großveranstaltungen sowie der Kennzeichnung von Parkmöglichkeiten für Bewohner \
        städtischer Quartiere mit erheblichem Parkraummangel";
    assert!(readability::grade([statute]) > 15.0, "{}", readability::grade([statute]));
    assert!(readability::grade(["Sie wohnen dort. Das Auto passt. Alles ist gut."]) < 1.0);
}

#[test]
fn every_language_has_every_text() {
    for key in keys() {
        let files = files_of(&key);
        let keys_in = |locale: Locale| -> Vec<String> {
            let mut keys = Vec::new();
            paths(&files[&format!("texts/{}.toml", locale.as_str())].parse::<toml::Table>().unwrap(), "", &mut keys);
            keys.sort();
            keys
        };
        let german = keys_in(Locale::De);
        for locale in [Locale::DeSimple, Locale::En] {
            assert_eq!(keys_in(locale), german, "{key} {}", locale.as_str());
        }
    }
}

fn paths(table: &toml::Table, before: &str, keys: &mut Vec<String>) {
    for (key, value) in table {
        let path = format!("{before}{key}");
        match value.as_table() {
            Some(inner) => paths(inner, &format!("{path}."), keys),
            None => keys.push(path),
        }
    }
}

/// What the output `output` of the table `table` says in the scenario `file` of the service `key`.
fn said(key: &str, file: &str, table: &str, output: &str) -> String {
    let definition = definition_of(key);
    let scenario = &definition.scenarios()[file];
    let evaluation = evaluate(&definition, &definition.answers_of(scenario), &scenario.circumstances());
    match evaluation.traces[table].outputs.first().and_then(|outputs| outputs.get(output)) {
        Some(Cell::Text(word)) => word.clone(),
        other => format!("{other:?}"),
    }
}

#[test]
fn defects_find_their_unit_and_couples_their_office() {
    for (file, unit) in [
        ("pothole.json", "roads"),
        ("lamp.json", "lighting"),
        ("signal.json", "signals"),
        ("waste.json", "waste"),
        ("tree.json", "green"),
        ("playground.json", "playgrounds"),
        ("graffiti.json", "cleaning"),
        ("other.json", "service_desk"),
        ("unknown-ground.json", "roads"),
        ("private-ground.json", "order_office"),
    ] {
        assert_eq!(said("mangel-melden", file, "routing", "unit"), unit, "{file}");
    }
    for (file, office) in
        [("two-from-here.json", "here"), ("only-b-lives-here.json", "here"), ("nobody-lives-here.json", "other")]
    {
        assert_eq!(said("eheschliessung-anmelden", file, "competence", "office"), office, "{file}");
    }
    for (file, unit) in [("weapon.json", "police"), ("in-the-tram.json", "carrier"), ("bag-lost.json", "lost_property")]
    {
        assert_eq!(said("fundsache", file, "routing", "unit"), unit, "{file}");
    }
}

/// The controls: what the tests above would say to a definition that is wrong.
mod controls {
    use forms::{Code, load, run_scenarios};

    use super::files_of;

    #[test]
    fn a_refusal_by_machine_without_a_row_is_a_gap() {
        let mut files = files_of("bewohnerparken");
        let table = files.get_mut("tables/decision.U.csv").unwrap();
        let rows: Vec<&str> = table.lines().filter(|line| !line.contains("second_home")).collect();
        *table = rows.join("\n");
        let problems = load(&files).expect_err("somebody with a second home gets no answer");
        assert!(problems.iter().any(|problem| problem.code == Code::Gap), "{problems:?}");
    }

    #[test]
    fn full_automation_without_its_statute_is_refused() {
        let mut files = files_of("bewohnerparken");
        let service = files.get_mut("service.toml").unwrap();
        *service = service.replace(
            "[automation]\ndegree = \"full\"\nlegal_basis = \"§ 46 (5) StVO\"\n",
            "[automation]\ndegree = \"full\"\n",
        );
        let problems = load(&files).expect_err("no statute, no machine");
        assert!(problems.iter().any(|problem| problem.code == Code::AgainstTheLaw), "{problems:?}");
    }

    #[test]
    fn another_fee_is_noticed_by_the_scenarios() {
        let mut files = files_of("bewohnerparken");
        let table = files.get_mut("tables/fee.U.csv").unwrap();
        *table = table.replace("30.70", "30.71");
        let definition = load(&files).expect("another figure is no fault of form").definition;
        assert!(run_scenarios(&definition).iter().any(|result| !result.differences.is_empty()));
    }
}
