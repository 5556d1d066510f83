//! Spoils documents: bytes, tokens, nesting, values, and the JSON around them.

use serde_json::{Value, json};

use crate::torture::dice::Dice;
use crate::torture::fuzz::documents::Document;

/// Longer requests than this are refused by their length alone; a few are sent.
const LONGEST: usize = 80 * 1024;

/// Tokens that stand where they should not.
const TOKENS: [&str; 24] = [
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ":",
    "=",
    "!",
    "$",
    "@",
    "...",
    "|",
    "&",
    "\"",
    "\"\"\"",
    "fragment",
    "on",
    "null",
    "query",
    "mutation",
    "subscription",
    "__schema",
    "#",
];

/// Values at the edge of what anybody counts with.
const EDGES: [&str; 16] = [
    "-1",
    "2147483648",
    "-2147483649",
    "9223372036854775808",
    "1e400",
    "-0.0",
    "null",
    "[]",
    "{}",
    "\"\"",
    "\"\\u0000\"",
    "\"\u{202e}\u{200b}\u{1f926}\"",
    "\"9999-12-31\"",
    "\"2026-03-29T02:30:00+01:00\"",
    "\"-262144-01-01T00:00:00Z\"",
    "[[[[[[[[1]]]]]]]]",
];

/// The body of a request, as it is or spoilt, depending on the dice.
pub(super) fn body(document: Document, dice: &mut Dice) -> Vec<u8> {
    let Document { mut text, variables } = document;
    let mut variables = Value::Object(variables);
    let (spoils_text, spoils_body) = match dice.below(4) {
        0 => (false, false),
        1 | 2 => (true, false),
        _ => (false, true),
    };
    if spoils_text {
        for _ in 0..=dice.below(3) {
            text = spoil_text(&text, dice);
        }
        if dice.percent(20) {
            variables = spoil_json(variables, dice);
        }
    }
    let mut bytes = json!({ "query": text, "variables": variables }).to_string().into_bytes();
    if spoils_body {
        for _ in 0..=dice.below(4) {
            spoil_bytes(&mut bytes, dice);
        }
    }
    bytes.truncate(LONGEST);
    bytes
}

fn spoil_text(text: &str, dice: &mut Dice) -> String {
    match dice.below(8) {
        0 => {
            let mut bytes = text.as_bytes().to_vec();
            spoil_bytes(&mut bytes, dice);
            String::from_utf8_lossy(&bytes).into_owned()
        }
        1 | 2 => spoil_tokens(text, dice),
        3 => nest(text, dice),
        4 | 5 => replace_value(text, dice),
        6 => repeat_a_part(text, dice),
        _ => add_fragments(text, dice),
    }
}

fn spoil_bytes(bytes: &mut Vec<u8>, dice: &mut Dice) {
    let place = dice.below(bytes.len());
    let end = (place + 1 + dice.below(20)).min(bytes.len());
    match dice.below(4) {
        0 if !bytes.is_empty() => bytes[place] = dice.next().to_le_bytes()[0],
        1 => drop(bytes.drain(place..end)),
        2 => {
            let copy = bytes[place..end].to_vec();
            bytes.splice(place..place, copy);
        }
        _ => {
            let noise: Vec<u8> = (0..=dice.below(8)).map(|_| dice.next().to_le_bytes()[3]).collect();
            bytes.splice(place..place, noise);
        }
    }
}

fn spoil_tokens(text: &str, dice: &mut Dice) -> String {
    let mut words: Vec<&str> = text.split(' ').collect();
    let (one, two) = (dice.below(words.len()), dice.below(words.len()));
    match dice.below(4) {
        0 => words.swap(one, two),
        1 => drop(words.remove(one)),
        2 => words[one] = *dice.pick::<&str>(&TOKENS),
        _ => words.insert(one, *dice.pick::<&str>(&TOKENS)),
    }
    words.join(" ")
}

/// Puts something very deep somewhere.
fn nest(text: &str, dice: &mut Dice) -> String {
    let depth = *dice.pick(&[10, 100, 1_000, 10_000]);
    let (open, close) = *dice.pick(&[("{a", "}"), ("[", "]"), ("{a:", "}"), ("...{a ", "}"), ("...on Query{", "}")]);
    let deep = format!("{}1{}", open.repeat(depth), close.repeat(depth));
    let place = floor(text, dice.below(text.len() + 1));
    format!("{} {deep} {}", &text[..place], &text[place..])
}

fn replace_value(text: &str, dice: &mut Dice) -> String {
    let places: Vec<usize> = text.match_indices(": ").map(|(place, _)| place + 2).collect();
    if places.is_empty() {
        return text.to_owned();
    }
    let start = *dice.pick(&places);
    let length = text[start..].find([' ', ',', ')', '}', ']']).unwrap_or(text.len() - start);
    let long;
    let edge = if dice.percent(10) {
        long = format!("\"{}\"", "x".repeat(10_000));
        long.as_str()
    } else {
        *dice.pick::<&str>(&EDGES)
    };
    format!("{}{edge}{}", &text[..start], &text[start + length..])
}

/// The same part up to two thousand times.
fn repeat_a_part(text: &str, dice: &mut Dice) -> String {
    let start = floor(text, dice.below(text.len() + 1));
    let end = floor(text, (start + dice.below(60)).min(text.len()));
    let times = *dice.pick(&[2, 50, 2_000]);
    format!("{}{}{}", &text[..end], text[start..end].repeat(times), &text[end..])
}

/// Fragments that call each other: in a circle, or twice each.
fn add_fragments(text: &str, dice: &mut Dice) -> String {
    let count = 2 + dice.below(60);
    let circle = dice.percent(50);
    let calls = |number: usize| match (circle, number + 1 == count) {
        (true, true) => "...L0".to_owned(),
        (false, true) => "__typename".to_owned(),
        (_, false) => format!("...L{0} ...L{0}", number + 1),
    };
    let fragments = (0..count).map(|number| format!(" fragment L{number} on Query {{ {} }}", calls(number)));
    format!("{text}{}", fragments.collect::<String>()).replacen("{ ", "{ ...L0 ", 1)
}

fn spoil_json(value: Value, dice: &mut Dice) -> Value {
    let Value::Object(members) = value else {
        let edge = *dice.pick::<&str>(&EDGES);
        return serde_json::from_str(edge).unwrap_or_else(|_| json!(edge));
    };
    let mut spoil = |(name, member)| {
        let member = if dice.percent(50) { spoil_json(member, dice) } else { member };
        (name, member)
    };
    Value::Object(members.into_iter().map(&mut spoil).collect())
}

/// The next character boundary at or before a place.
fn floor(text: &str, place: usize) -> usize {
    (0..=place.min(text.len())).rev().find(|place| text.is_char_boundary(*place)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use crate::torture::dice::Dice;
    use crate::torture::fuzz::documents::Document;
    use crate::torture::fuzz::mutations::{LONGEST, body};

    #[test]
    fn spoils_in_many_ways_and_always_the_same() {
        let document = Document { text: "query { a(b: 1) { c } … }".to_owned(), variables: Map::new() };
        let spoil = |number| body(document.clone(), &mut Dice::new(3, number));
        let all: Vec<Vec<u8>> = (0..500).map(spoil).collect();
        assert_eq!(spoil(17), all[17]);
        assert!(all.iter().all(|body| body.len() <= LONGEST));
        assert!(all.iter().any(|body| serde_json::from_slice::<serde_json::Value>(body).is_err()));
        let distinct: std::collections::BTreeSet<&Vec<u8>> = all.iter().collect();
        assert!(distinct.len() > 250, "{}", distinct.len());
    }
}
