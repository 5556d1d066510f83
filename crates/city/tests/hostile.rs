//! Whatever stands in the files, checking ends with words and never with a panic.

mod support;

use city::{CityFile, Code, MAX_FILE_BYTES, MAX_SERVICES, check};
use proptest::prelude::*;

use crate::support::demo_files;

fn file(path: &str, text: impl Into<String>) -> CityFile {
    CityFile { path: path.into(), text: text.into() }
}

/// The codes of the problems of one file.
fn codes(path: &str, text: impl Into<String>) -> Vec<Code> {
    let problems = check(&[file(path, text)]).expect_err("it is no city");
    assert!(problems.iter().all(|problem| problem.line >= 1 && problem.column >= 1));
    assert!(problems.iter().all(|problem| problem.to_string().len() < 4_000), "messages stay short");
    assert!(problems.iter().all(|problem| !problem.to_string().contains('\n')), "a problem is one line");
    problems.iter().filter(|problem| problem.file == path).map(|problem| problem.code).collect()
}

#[test]
fn giant_files_are_refused_unread() {
    assert_eq!(codes("municipality.toml", "k".repeat(10_000_000)), [Code::FileTooLarge]);
    assert!(!codes("municipality.toml", "k".repeat(MAX_FILE_BYTES)).is_empty());
    assert!(!codes("municipality.toml", format!("{} = 1", "k".repeat(MAX_FILE_BYTES - 10))).is_empty());
}

#[test]
fn deep_nesting_is_refused() {
    for deep in [
        "[".repeat(200_000),
        "{a=".repeat(200_000),
        format!("x = {}", "[".repeat(500_000)),
        format!("x = {}", "{a=".repeat(300_000)),
        format!("{}a = 1", "a.".repeat(300_000)),
        format!("[{}a]", "a.".repeat(300_000)),
    ] {
        assert!(codes("municipality.toml", deep).contains(&Code::Syntax));
    }
}

#[test]
fn a_file_of_rubbish_has_a_bounded_number_of_problems() {
    assert!(codes("districts.toml", "= \n".repeat(300_000)).len() <= 101);
    assert!(codes("districts.toml", "[[districts]]\n".repeat(70_000)).len() <= 101);
    let unknown: Vec<_> = (0..20_000).map(|n| format!("unknown-{n} = 1\n")).collect();
    let found = codes("municipality.toml", unknown.concat());
    assert_eq!((found.len(), found.contains(&Code::More)), (101, true));
}

#[test]
fn control_characters_stay_out_of_messages() {
    let problems = check(&[
        file("services/a\u{1b}[31m.toml", ""),
        file("municipality.toml", "state = \"\u{202e}\u{200b}\"\n\"k\\u001b\" = 1"),
    ])
    .unwrap_err();
    assert!(problems.iter().all(|problem| !problem.to_string().chars().any(domain::text::is_invisible)));
}

#[test]
fn numbers_and_days_that_do_not_exist_are_named() {
    for number in [
        "99999999999999999999999999",
        "-1",
        "4294967296",
        "0xFFFFFFFFFFFFFFFFFF",
        "1e400",
        "nan",
        "-inf",
        "\"60\"",
        "true",
        "[]",
        "{}",
    ] {
        let found = codes("municipality.toml", format!("horizon_days = {number}"));
        assert!(found.iter().any(|code| matches!(code, Code::OutOfRange | Code::WrongType | Code::Syntax)), "{number}");
    }
    for day in ["2026-02-31", "0000-01-01", "9999-12-31", "2026-12-24T10:00:00Z", "10:00:00", "\"2026-12-24\""] {
        let found = codes(
            "closures.toml",
            format!("[[closures]]\nkey = \"x\"\nreason = {{ de = \"x\" }}\nto = 2026-12-24\nfrom = {day}"),
        );
        assert!(found.iter().any(|code| matches!(code, Code::OutOfRange | Code::WrongType | Code::Syntax)), "{day}");
    }
    for position in [
        "{ latitude = 91, longitude = 0 }",
        "{ latitude = nan, longitude = 0 }",
        "{ latitude = 1e999, longitude = 0 }",
        "7",
    ] {
        let found = codes("districts.toml", format!("[[districts]]\nposition = {position}"));
        assert!(found.iter().any(|code| matches!(code, Code::OutOfRange | Code::WrongType)), "{position}");
    }
}

#[test]
fn paths_that_lead_elsewhere_are_unknown_files() {
    for path in [
        "",
        "/",
        "..",
        "../municipality.toml",
        "/etc/passwd",
        "services/../x.toml",
        "services/a/b.toml",
        "services/.toml",
        "offices\\a.toml",
        "Services/a.toml",
        "x.toml~",
    ] {
        assert!(!check(&[file(path, "")]).unwrap_err().is_empty(), "{path}");
    }
}

#[test]
fn too_many_services_are_one_problem() {
    let many: Vec<_> = (0..=MAX_SERVICES).map(|n| file(&format!("services/s{n}.toml"), "=")).collect();
    let problems = check(&many).unwrap_err();
    assert_eq!(
        problems.iter().filter(|problem| problem.file == "services" && problem.code == Code::OutOfRange).count(),
        1
    );
}

#[test]
fn the_same_path_twice_is_a_problem() {
    let mut files = demo_files();
    files.push(files[0].clone());
    assert_eq!(check(&files).unwrap_err()[0].code, Code::DuplicateFile);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_byte_never_panics(which in any::<prop::sample::Index>(), changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let files = demo_files();
        let chosen = &files[which.index(files.len())];
        let mut bytes = chosen.text.clone().into_bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let changed = file(&chosen.path, String::from_utf8_lossy(&bytes));
        // Most of the files are left out, so nearly every reference in the changed one is wrong too.
        let _ = check(&[files[0].clone(), changed]);
    }

    #[test]
    fn a_file_cut_off_or_pieced_together_never_panics(which in any::<prop::sample::Index>(), other in any::<prop::sample::Index>(), cut in any::<prop::sample::Index>()) {
        let files = demo_files();
        let (first, second) = (&files[which.index(files.len())], &files[other.index(files.len())]);
        let head: String = first.text.chars().take(cut.index(first.text.chars().count() + 1)).collect();
        let _ = check(&[file(&first.path, head + &second.text)]);
    }
}
