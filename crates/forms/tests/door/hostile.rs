//! Whatever the files hold and whatever is typed, the engine answers with words and never with a panic.

use forms::{Answers, Change, Code, Definition, MAX_FILE_BYTES, RowId, load};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::support::{Files, add_row, answers_of, definition, evaluated, files, patch};

#[test]
fn giants_and_strangers_are_refused() {
    let with = |path: &str, text: String| {
        let mut files = files();
        files.insert(path.to_owned(), text);
        let found = load(&files).unwrap_err();
        assert!(found.iter().all(|problem| problem.to_string().len() < 2_000 && !problem.to_string().contains('\n')));
        found.iter().map(|problem| problem.code).collect::<Vec<_>>()
    };
    assert_eq!(with("texts/fr.toml", String::new()), [Code::UnknownFile]);
    assert_eq!(with("../form.toml", String::new()), [Code::UnknownFile]);
    assert_eq!(with("tables/../x.U.csv", String::new()), [Code::UnknownFile]);
    assert_eq!(with("tables/x.Z.csv", String::new()), [Code::UnknownFile]);
    assert_eq!(with("letters/x.typ", "a".repeat(MAX_FILE_BYTES + 1)), [Code::FileTooLarge]);
    assert_eq!(with("tests/x.json", "[".repeat(100_000)), [Code::Syntax]);
    assert!(with("form.toml", "[[steps]]\n".repeat(50_000)).len() < 300);
    assert!(with("tables/x.U.csv", "in,out\n".repeat(100_000)).len() < 300);
    assert!(Definition::from_canonical_json(&"[".repeat(1_000_000)).is_err());
    let many: Files = (0..600).map(|number| (format!("tests/{number}.json"), String::new())).collect();
    assert!(load(&many).unwrap_err().len() < 700);
}

fn json_values() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        ".{0,20}".prop_map(Json::from),
        prop::sample::select(vec![
            "2026-02-31",
            "2026-12-01",
            "self",
            "other",
            "H-AB 1234",
            "+49511168",
            "30.70",
            "-",
            "1e9"
        ])
        .prop_map(Json::from),
    ];
    leaf.prop_recursive(3, 20, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::vec(
                (prop::sample::select(vec!["street", "number", "postcode", "town", "id", "x"]), inner),
                0..5
            )
            .prop_map(|entries| entries.into_iter().fold(json!({}), |mut object, (key, value)| {
                object[key] = value;
                object
            })),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_directory_never_panics(which in any::<prop::sample::Index>(), changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut files = files();
        let path = files.keys().nth(which.index(files.len())).unwrap().clone();
        let mut bytes = files[&path].clone().into_bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        files.insert(path, String::from_utf8_lossy(&bytes).into_owned());
        if let Ok(loaded) = load(&files) {
            evaluated(&loaded.definition, &Answers::empty());
        }
    }

    #[test]
    fn a_directory_without_lines_never_panics(which in any::<prop::sample::Index>(), from in any::<prop::sample::Index>(), count in 1_usize..20) {
        let mut files = files();
        let path = files.keys().nth(which.index(files.len())).unwrap().clone();
        let lines: Vec<&str> = files[&path].lines().collect();
        let from = from.index(lines.len());
        let kept: Vec<&str> = lines.iter().enumerate().filter(|(at, _)| !(from..from + count).contains(at)).map(|(_, line)| *line).collect();
        let text = kept.join("\n");
        files.insert(path, text);
        if let Ok(loaded) = load(&files) {
            evaluated(&loaded.definition, &Answers::empty());
        }
    }

    /// Pruning twice is pruning once; nothing hidden counts; typed answers are stable.
    #[test]
    fn pruning_keeps_exactly_what_is_shown(values in prop::collection::vec((any::<prop::sample::Index>(), json_values()), 0..12), rows in 0_u128..3) {
        let definition = definition();
        let mut paths: Vec<String> = definition.form().fields().filter(|(group, field)| group.repeat.is_none() && field.key != "zone").map(|(group, field)| format!("{}.{}", group.key, field.key)).collect();
        let mut changes: Vec<Change> = (1..=rows).map(add_row).collect();
        for row in 1..=rows {
            paths.extend(["number", "valid_to", "lost"].map(|field| format!("permits[{}].{field}", RowId::new(row))));
        }
        changes.extend(values.into_iter().map(|(at, value)| Change::Set { path: paths[at.index(paths.len())].clone(), value }));
        let answers = answers_of(&definition, "granted.json").patched(&definition, &patch(changes));
        prop_assert!(answers.is_ok());
        let evaluation = evaluated(&definition, &answers.unwrap());
        let shown: Vec<&str> = evaluation.steps.iter().flat_map(|step| &step.groups).flat_map(|group| &group.rows).flat_map(|row| &row.fields).map(|field| field.path.as_str()).collect();
        let mut again = (1..=rows).map(add_row).collect::<Vec<_>>();
        for (path, value) in evaluation.effective.iter() {
            prop_assert!(shown.contains(&path), "{path} counts and is not shown");
            if path != "residence.zone" {
                again.push(Change::Set { path: path.to_owned(), value: value.to_json() });
            }
        }
        for error in &evaluation.errors {
            prop_assert!(shown.contains(&error.path.as_str()) || error.path == "permits");
        }
        let pruned = Answers::empty().patched(&definition, &patch(again)).unwrap();
        let second = evaluated(&definition, &pruned);
        prop_assert_eq!(second.effective.canonical_json(&definition), evaluation.effective.canonical_json(&definition));
        prop_assert_eq!(second.steps.iter().map(|step| &step.key).collect::<Vec<_>>(), evaluation.steps.iter().map(|step| &step.key).collect::<Vec<_>>());
    }
}
