//! The booking transaction without us: the statement of the server's source with its parameters made by pgbench.
//!
//! A booking made by the server is the sample: the reference writes rows of the same columns and sizes, with ids in order
//! of time as the server's are, and takes cells as widely spread.

use serde_json::{Map, Value, json};

use crate::bench::server::Stand;
use crate::failure::{Failure, Result, While as _};
use crate::house::sources;

const SOURCE: &str = "crates/scheduling/src/store/booking.rs";
const BEGINS: &str = "const POSTGRES: &str = \"";
const ENDS: &str = "\";";

/// Starts of a day in a measuring city.
const STARTS: u32 = 48;

/// The chances before this one make ids, keys, numbers and people; from it on, each makes a blind number.
const FIRST_TOKEN: usize = 6;

/// 48 bits of time, then chance: the order of the server's ids.
const TIME: &str = "lpad(to_hex((extract(epoch FROM statement_timestamp()) * 1000)::bigint), 12, '0')";

/// pgbench's script for a database in which the server has booked already.
///
/// # Errors
///
/// If the statement is not found in the source, or nothing was booked.
pub fn script(stand: &Stand, offices: usize, days: u16) -> Result<String> {
    let source = std::fs::read_to_string(sources::repository().join(SOURCE)).during(SOURCE)?;
    let sample = stand.sql(SAMPLE)?;
    let sample: Sample = serde_json::from_str(&sample).during("reading a booking of the server")?;
    text(&source, &sample, offices, u32::from(days) * STARTS)
}

#[derive(Debug, serde::Deserialize)]
struct Sample {
    appointment: Map<String, Value>,
    kind: String,
    payload: String,
    action: String,
}

/// Without the columns that the server leaves to the database; with its key and its blind numbers, bytes as hexadecimal
/// digits.
const SAMPLE: &str = "SELECT json_build_object('appointment',
        (to_jsonb(a) - ARRAY['extended', 'generation', 'links', 'conflict', 'changed_at', 'contact']) || jsonb_build_object(
            'contact_sealed', encode(a.contact_sealed, 'hex'),
            'key_generation', k.generation, 'key_wrapped', encode(k.wrapped, 'hex'),
            'tokens', (SELECT coalesce(jsonb_agg(i.token), '[]') FROM contact_index i WHERE i.subject = a.id)),
        'kind', o.kind, 'payload', o.payload, 'action', u.action)
    FROM appointment a JOIN subject_key k ON k.subject = a.id JOIN outbox o ON o.subject = a.id JOIN audit u ON u.subject = a.id
    ORDER BY a.created_at DESC LIMIT 1";

fn text(source: &str, sample: &Sample, offices: usize, slots: u32) -> Result<String> {
    let found = source.split_once(BEGINS).and_then(|(_, rest)| rest.split_once(ENDS));
    let (statement, _) = found.ok_or_else(|| Failure::new(format!("{SOURCE} has no statement `POSTGRES`")))?;
    let mut statement = statement.trim().to_owned();
    let generation = column(sample, "key_generation").as_i64();
    let generation = generation.ok_or_else(|| Failure::new("the booking does not say which key seals it"))?;
    let tokens = column(sample, "tokens").as_array().map(Vec::len);
    let tokens = tokens.ok_or_else(|| Failure::new("the booking does not say by which numbers it is found"))?;
    let parameters = [
        ("$1", ":version".to_owned()),
        ("$5", ":generation".to_owned()),
        ("$2::json", format!("({})::json", cells(sample)?)),
        ("$3::json", format!("({})::json", row(sample, tokens))),
        ("$4::json", format!("({})::json", traces(sample))),
    ];
    for (name, value) in parameters {
        if !statement.contains(name) {
            return Err(Failure::new(format!("the statement in {SOURCE} has no parameter `{name}`")));
        }
        statement = statement.replace(name, &value);
    }
    let version = column(sample, "city_version");
    let chance = "random(0, 9223372036854775806)";
    let mut lines = vec![
        format!("\\set version {version}"),
        format!("\\set generation {generation}"),
        format!("\\set office random(1, {offices})"),
        format!("\\set slot random(1, {slots})"),
    ];
    lines.extend((1..FIRST_TOKEN + tokens).map(|number| format!("\\set chance{number} {chance}")));
    Ok(format!("{}\n{statement};\n", lines.join("\n")))
}

/// One cell of an office and two in the pool of the person, as `[[pool, at, limit], ...]`. The negative one is of the
/// service that the sample is for.
fn cells(sample: &Sample) -> Result<String> {
    let mut takes: Vec<[i64; 4]> = column(sample, "takes")
        .as_str()
        .and_then(|takes| serde_json::from_str(takes).ok())
        .ok_or_else(|| Failure::new("the booking does not say what it takes"))?;
    takes.sort_by_key(|take| take[1]);
    match takes[..] {
        [[person, matter, _, 1], [same, 1, _, 1], [_, place, _, 1]] if matter < 0 && same == person && place > 15 => {
            Ok(format!(
                "'[[' || :office::text || ', ' || :slot::text || ', 1, 500], [' || :chance5::text || ', {matter}, 1, 1], [' || \
                 :chance5::text || ', 1, 1, 5]]'"
            ))
        }
        _ => Err(Failure::new(format!("a booking takes other cells than the reference writes: {takes:?}"))),
    }
}

fn row(sample: &Sample, tokens: usize) -> String {
    let dynamic = [
        ("id", id("chance1")),
        ("number", hexadecimal("chance4", 12)),
        ("office", "'office-' || lpad(:office::text, 2, '0')".to_owned()),
        ("starts_at", "(1760000000000 + :slot::bigint * 600000)::text".to_owned()),
        ("person", ":chance5::text".to_owned()),
        ("tokens", list_of_chances(tokens)),
    ];
    object(&sample.appointment, &dynamic)
}

/// An SQL expression for the JSON list of a booking's blind numbers.
fn list_of_chances(tokens: usize) -> String {
    let chances = (FIRST_TOKEN..FIRST_TOKEN + tokens).map(|number| format!(" || :chance{number}::text"));
    format!("'['{} || ']'", chances.collect::<Vec<_>>().join(" || ', '"))
}

fn traces(sample: &Sample) -> String {
    let fixed = json!({ "key": "", "request": "", "subject": "", "at": column(sample, "created_at"), "event": "",
        "kind": sample.kind, "payload": sample.payload, "origin": 1, "entry": "", "actor": null, "action": sample.action });
    let dynamic = [
        ("key", format!("repeat({}, 4)", hexadecimal("chance2", 16))),
        ("request", format!("repeat({}, 4)", hexadecimal("chance3", 16))),
        ("subject", id("chance1")),
        ("event", id("chance2")),
        ("entry", id("chance3")),
    ];
    object(fixed.as_object().unwrap_or(&Map::new()), &dynamic)
}

fn column<'a>(sample: &'a Sample, name: &str) -> &'a Value {
    sample.appointment.get(name).unwrap_or(&Value::Null)
}

/// An SQL expression for a JSON list of one object: fixed members as text, dynamic ones as expressions.
fn object(members: &Map<String, Value>, dynamic: &[(&str, String)]) -> String {
    let mut parts = vec!["'[{'".to_owned()];
    for (index, (name, value)) in members.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        let expression = dynamic.iter().find(|(known, _)| known == name).map(|(_, expression)| expression);
        let quote = if value.is_string() { "\"" } else { "" };
        parts.push(match expression {
            Some(expression) => format!("'{comma}\"{name}\": {quote}' || {expression} || '{quote}'"),
            None => format!("'{comma}\"{name}\": {}'", literal(value)),
        });
    }
    parts.push("'}]'".to_owned());
    parts.join("\n        || ")
}

/// JSON inside an SQL text. pgbench takes `:word` for a variable wherever it stands, so colons are written as escapes.
fn literal(value: &Value) -> String {
    value.to_string().replace(':', "\\u003a").replace('\'', "''")
}

/// 32 hexadecimal digits, in order of time.
fn id(chance: &str) -> String {
    format!("{TIME} || '7000' || {}", hexadecimal(chance, 16))
}

fn hexadecimal(chance: &str, digits: u8) -> String {
    format!("right(lpad(to_hex(:{chance}::bigint), 16, '0'), {digits})")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::bench::bare_booking::{SOURCE, Sample, text};
    use crate::house::sources;

    fn sample(takes: &str) -> Sample {
        let appointment = json!({ "id": "0190", "number": "B-1", "office": "office-07", "starts_at": 1, "person": 5,
            "takes": takes, "visit": r#"{"matter":"a child's passport","people":1}"#, "account": null, "city_version": 3,
            "contact_sealed": "0a1b", "key_generation": 4, "key_wrapped": "2c3d", "tokens": [987_654, 987_655],
            "created_at": 1_764_000_000_000_i64 });
        let appointment = appointment.as_object().expect("an object").clone();
        Sample { appointment, kind: "k".into(), payload: r#"{"touched":[]}"#.into(), action: "a".into() }
    }

    const TAKES: &str = "[[9,1790000000,600,1],[7,-78,0,1],[7,1,0,1]]";

    fn script_of(sample: &Sample) -> String {
        let source = std::fs::read_to_string(sources::repository().join(SOURCE)).expect("the source");
        text(&source, sample, 20, 2_880).expect("a script")
    }

    #[test]
    fn fills_every_parameter_of_the_statement_in_the_source() {
        let script = script_of(&sample(TAKES));
        assert!(script.starts_with("\\set version 3\n\\set generation 4\n"), "{script}");
        assert!(script.trim_end().ends_with("FROM booked;") && !script.contains('$'), "{script}");
        assert!(
            script.contains(":generation = 0 OR ") && script.contains("WHERE generation = :generation)"),
            "{script}"
        );
        assert!(script.contains("child''s"), "{script}");
        // pgbench would take these for variables.
        let after_colons = script.split(':').skip(1).filter_map(|rest| rest.chars().next());
        let known = ["version", "generation", "office", "slot", "chance", "bigint", "text", "json", " ", ":"];
        assert!(after_colons.clone().all(|sign| known.iter().any(|word| word.starts_with(sign))), "{script}");
    }

    #[test]
    fn seals_as_the_sample_and_finds_by_as_many_numbers_of_its_own() {
        let mut sample = sample(TAKES);
        let script = script_of(&sample);
        let sealed = [r#""contact_sealed": "0a1b""#, r#""key_generation": 4"#, r#""key_wrapped": "2c3d""#];
        assert!(sealed.iter().all(|member| script.contains(member)), "{script}");
        assert!(
            script.contains(r#""tokens": ' || '[' || :chance6::text || ', ' || :chance7::text || ']'"#),
            "{script}"
        );
        assert!(script.contains("\\set chance7 ") && !script.contains("chance8"), "{script}");
        assert!(!script.contains("98765"), "{script}");
        sample.appointment.insert("tokens".into(), json!([]));
        let script = script_of(&sample);
        assert!(script.contains(r#""tokens": ' || '[' || ']'"#) && !script.contains("chance6"), "{script}");
    }

    #[test]
    fn takes_both_cells_of_a_person_from_one_pool() {
        let script = script_of(&sample(TAKES));
        assert!(
            script.contains("[' || :chance5::text || ', -78, 1, 1], [' || :chance5::text || ', 1, 1, 5]]'"),
            "{script}"
        );
    }

    #[test]
    fn refuses_a_booking_of_another_shape_and_a_source_without_the_statement() {
        let source = std::fs::read_to_string(sources::repository().join(SOURCE)).expect("the source");
        let two_pools = "[[9,1790000000,600,1],[8,-78,0,1],[7,1,0,1]]";
        for takes in ["[[9,1790000000,600,3],[7,-78,0,1],[7,1,0,1]]", two_pools, "[]"] {
            assert!(text(&source, &sample(takes), 20, 2_880).is_err(), "{takes}");
        }
        for name in ["key_generation", "tokens"] {
            let mut sample = sample(TAKES);
            sample.appointment.remove(name);
            assert!(text(&source, &sample, 20, 2_880).is_err(), "{name}");
        }
        assert!(text(&source.replace("$5", "4"), &sample(TAKES), 20, 2_880).is_err());
        assert!(text("fn main() {}", &sample(TAKES), 20, 2_880).is_err());
    }
}
