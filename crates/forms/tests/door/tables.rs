//! Decision tables: what is proven about them holds for every value, and what they said can be said again.

use chrono::NaiveDate;
use forms::{
    Cell, CellType, Code, DecisionTable, HitPolicy, Input, Output, Row, TraceResult, UnaryTests, from_dmn, read_csv,
    replay,
};
use proptest::prelude::*;

use crate::support::{answers_of, changed, definition, evaluated, problems};

fn table(policy: &str, rows: &str) -> DecisionTable {
    read_csv(&format!("tables/t.{policy}.csv"), &format!("in,in,out\na.x:int,a.y:bool,z:number\n[0..10],,\n{rows}"))
        .expect("a table")
}

#[test]
fn gaps_overlaps_and_dead_rows_are_named() {
    let proof = table("U", "<5,-,1\n>5,true,2\n").proof();
    assert_eq!(proof.gaps, ["a.x = 5", "a.x = 6, a.y = false"]);
    let proof = table("U", "<=5,-,1\n>=5,-,2\n").proof();
    assert_eq!(proof.overlaps.len(), 1);
    assert_eq!(proof.overlaps[0].example, "a.x = 5, a.y = false");
    assert!(table("U", "<=5,-,1\n>=6,-,2\n").proof().holds(), "whole numbers have nothing between 5 and 6");
    assert!(table("A", "<=5,-,1\n>=5,-,1\n").proof().holds());
    assert_eq!(table("A", "<=5,-,1\n>=5,-,2\n").proof().overlaps.len(), 1);
    assert_eq!(table("F", "<5,-,1\n>=5,-,2\n3,true,3\n>10,-,4\n").proof().unreachable, [3, 4]);
    assert!(table("C", "<5,-,1\n").proof().holds());
}

#[test]
fn a_broken_table_is_refused_at_its_line() {
    for (from, to, code, line) in [
        ("true,-,>3500,-,-", "true,-,>3600,-,-", Code::Gap, 1),
        ("true,-,>3500,-,-", "true,-,>=3500,-,-", Code::Overlap, 8),
        ("\"\"\"company\"\"\"", "\"\"\"compny\"\"\"", Code::UnknownWord, 5),
        ("<=3500,true,-", "<=abc,true,-", Code::BadForm, 7),
        ("residence.main:bool", "residence.mian:bool", Code::BadExpression, 1),
    ] {
        let found = problems(&changed("tables/permit.U.csv", from, to));
        assert!(found.iter().any(|problem| (problem.code, problem.line) == (code, line)), "{to}: {found:#?}");
        assert!(found.iter().all(|problem| problem.file == "tables/permit.U.csv"), "{found:#?}");
    }
}

#[test]
fn a_trace_replays_and_a_forged_one_does_not() {
    let definition = definition();
    let evaluation = evaluated(&definition, &answers_of(&definition, "refused.json"));
    for trace in evaluation.traces.values() {
        let stored = serde_json::to_string(trace).unwrap();
        replay(&definition, &serde_json::from_str(&stored).unwrap()).unwrap();
    }
    let mut forged = evaluation.traces["permit"].clone();
    forged.inputs.insert("vehicle.weight".into(), Some(Cell::Number(3_501.into())));
    assert!(replay(&definition, &forged).is_err());
    let mut forged = evaluation.traces["permit"].clone();
    forged.result = TraceResult::NoRow;
    assert!(replay(&definition, &forged).is_err());
}

#[test]
fn a_table_comes_back_from_csv_and_dmn_as_it_was() {
    for table in definition().tables().values() {
        assert_eq!(read_csv(&table.file_name(), &table.to_csv()).as_ref(), Ok(table), "{}", table.to_csv());
        assert_eq!(from_dmn(&table.to_dmn()).as_ref(), Ok(table), "{}", table.to_dmn());
    }
}

#[test]
fn hostile_dmn_is_refused() {
    let good = table("U", "-,-,1\n").to_dmn();
    assert!(from_dmn(&good).is_ok());
    for bad in [
        String::new(),
        "<a>".repeat(100_000),
        good.replace("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<!DOCTYPE x [<!ENTITY e \"boom\">]>"),
        good.replace("a.x", "&e;"),
        good.replace("UNIQUE", "RANDOM"),
        good.replace("typeRef=\"number\"", "typeRef=\"context\""),
        good.replace("name=\"t\"", "name=\"../t\""),
        good.replace("<outputEntry>", "<outputEntry/><outputEntry>"),
    ] {
        assert!(from_dmn(&bad).is_err());
    }
}

fn number_tests() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("-".to_owned()),
        (0..8).prop_map(|n| format!("<{n}")),
        (0..8).prop_map(|n| format!(">={n}")),
        (0..8_i32).prop_map(|n| n.to_string()),
        (0..4, 4..8, any::<bool>(), any::<bool>()).prop_map(|(a, b, from, to)| format!(
            "{}{a}..{b}{}",
            if from { '[' } else { '(' },
            if to { ']' } else { ')' }
        )),
        (0..4, 4..8).prop_map(|(a, b)| format!("not({a},{b})")),
    ]
}

fn bool_tests() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("-".to_owned()),
        Just("true".to_owned()),
        Just("not(true)".to_owned()),
        Just("missing".to_owned()),
        Just("missing,false".to_owned())
    ]
}

fn tables() -> impl Strategy<Value = DecisionTable> {
    let policy = prop::sample::select(vec![HitPolicy::Unique, HitPolicy::Any, HitPolicy::First, HitPolicy::Priority]);
    let rows = prop::collection::vec((number_tests(), bool_tests(), 0..3_i32), 1..6);
    (policy, rows).prop_map(|(hit_policy, rows)| {
        let input = |expression: &str, kind, allowed: &str| Input {
            expression: expression.into(),
            kind,
            whole: kind == CellType::Number,
            allowed: UnaryTests::parse(allowed, kind).unwrap(),
        };
        DecisionTable {
            key: "t".into(),
            hit_policy,
            effective_from: NaiveDate::from_ymd_opt(2027, 1, 1),
            inputs: vec![input("a.x", CellType::Number, "[0..7]"), input("a.y", CellType::Bool, "true,false,missing")],
            outputs: vec![Output {
                name: "z".into(),
                kind: CellType::Number,
                allowed: [2, 1, 0].map(|n: i32| Cell::Number(n.into())).to_vec(),
            }],
            rows: rows
                .into_iter()
                .map(|(x, y, z)| Row {
                    tests: vec![
                        UnaryTests::parse(&x, CellType::Number).unwrap(),
                        UnaryTests::parse(&y, CellType::Bool).unwrap(),
                    ],
                    outputs: vec![Some(Cell::Number(z.into()))],
                    reason_key: Some("why".into()),
                    legal_ref: None,
                })
                .collect(),
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every combination of the whole domain is tried, and agrees with what was proven without trying.
    #[test]
    fn proofs_agree_with_brute_force(table in tables()) {
        let proof = table.proof();
        let mut gap = false;
        let mut overlap = false;
        let mut ever = vec![false; table.rows.len()];
        for x in 0..=7_i32 {
            for y in [None, Some(Cell::Bool(false)), Some(Cell::Bool(true))] {
                let values = [Some(Cell::Number(x.into())), y];
                let fits: Vec<usize> = (0..table.rows.len()).filter(|row| table.rows[*row].tests.iter().zip(&values).all(|(tests, value)| tests.hold(value.as_ref()))).collect();
                gap |= fits.is_empty();
                let outputs = |row: &usize| &table.rows[*row].outputs;
                overlap |= match table.hit_policy {
                    HitPolicy::Unique => fits.len() > 1,
                    HitPolicy::Any => fits.iter().any(|row| outputs(row) != outputs(&fits[0])),
                    _ => false,
                };
                match table.hit_policy {
                    HitPolicy::First => fits.iter().take(1).for_each(|row| ever[*row] = true),
                    _ => fits.iter().for_each(|row| ever[*row] = true),
                }
            }
        }
        prop_assert_eq!(!proof.gaps.is_empty(), gap);
        prop_assert_eq!(!proof.overlaps.is_empty(), overlap);
        let never: Vec<usize> = (0..ever.len()).filter(|row| !ever[*row]).map(|row| row + 1).collect();
        prop_assert_eq!(proof.unreachable, never);
    }

    #[test]
    fn tables_come_back_from_csv_and_dmn(table in tables()) {
        prop_assert_eq!(read_csv(&table.file_name(), &table.to_csv()), Ok(table.clone()));
        prop_assert_eq!(from_dmn(&table.to_dmn()), Ok(table));
    }

    #[test]
    fn no_text_in_a_table_panics(text in ".{0,200}", xml in ".{0,100}") {
        let _ = read_csv("tables/t.U.csv", &text);
        let _ = from_dmn(&xml);
        let _ = UnaryTests::parse(&text, CellType::Number);
        let _ = UnaryTests::parse(&text, CellType::Date);
    }
}
