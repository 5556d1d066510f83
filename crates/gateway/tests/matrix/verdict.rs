//! What an answer says about the decision, whatever the table expects.

use gateway::graphql::Decision;
use serde_json::Value;
use testkit::Answer;

/// The decision that an answer to `field` shows. Where a `target` was asked for, it must be in the answer.
///
/// # Errors
/// The answer shows none: in words.
pub(super) fn of(answer: &Answer, field: &str, target: Option<&str>) -> Result<Decision, String> {
    let strange = || Err(format!("{answer:?}"));
    match answer.code() {
        "" if answer.body["errors"].is_null() => {}
        "FORBIDDEN" => return Ok(Decision::Forbidden),
        "UNAUTHENTICATED" => return Ok(Decision::NotSignedIn),
        _ => return strange(),
    }
    let value = answer.data(field);
    let problem = &value["problem"];
    match problem["code"].as_str().or(problem.as_str()) {
        None => {}
        // A secret that opens nothing, and a device that has no second factor, find nothing.
        Some("NOT_FOUND" | "INVALID_CREDENTIALS" | "CODE_INVALID" | "TOKEN_INVALID" | "NO_SECOND_FACTOR") => {
            return Ok(Decision::NotFound);
        }
        Some("NOT_SIGNED_IN") => return Ok(Decision::NotSignedIn),
        Some("OWN_ACCOUNT" | "OWN_CASE" | "OWN_CONVERSATION") => return Ok(Decision::OwnAccount),
        Some(_) => return strange(),
    }
    let is_there = target.is_none_or(|target| value.to_string().contains(target));
    Ok(if is_there && !value.is_null() { Decision::Allowed } else { Decision::NotFound })
}

/// The object with this `mark`, wherever it stands in a value.
pub(super) fn marked<'a>(value: &'a Value, target: &str) -> Option<&'a Value> {
    match value {
        Value::Object(fields) => {
            let mark = fields.get("mark");
            let is_meant = |mark: &Value| mark == target || mark["id"] == target;
            if mark.is_some_and(is_meant) { Some(value) } else { fields.values().find_map(|one| marked(one, target)) }
        }
        Value::Array(list) => list.iter().find_map(|one| marked(one, target)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}
