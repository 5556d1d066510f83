//! Turns the engine's answer into what the client may see: few errors, short messages, nothing of our insides.

use std::io::{self, Write};

use async_graphql::{ErrorExtensionValues, Response, ServerError, Value};
use axum::http::StatusCode;
use serde::Serialize;

use crate::http::{
    Problem, RequestId,
    problem::{INTERNAL, INTERNAL_MESSAGE},
};

const MOST_ERRORS: usize = 5;
const LONGEST_MESSAGE: usize = 200;

/// An answer ready to be written.
#[derive(Debug, Serialize)]
pub(super) struct Presented {
    /// Missing when the request could not be run at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) errors: Vec<ServerError>,
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    extensions: std::collections::BTreeMap<String, Value>,
}

impl Presented {
    /// Whether the document or its variables were refused before any field was resolved.
    pub(super) fn was_not_run(&self) -> bool {
        self.data.is_none()
    }

    /// The codes of the errors.
    pub(super) fn codes(&self) -> impl Iterator<Item = &str> {
        let extensions = self.errors.iter().filter_map(|error| error.extensions.as_ref());
        extensions.filter_map(|extensions| match extensions.get("code") {
            Some(Value::String(code)) => Some(code.as_str()),
            Some(_) | None => None,
        })
    }

    /// # Errors
    ///
    /// `ANSWER_TOO_LARGE` for an answer of more than `most` bytes. What a mutation did is done.
    pub(super) fn to_json(&self, most: usize) -> Result<Vec<u8>, Problem> {
        let mut sheet = Sheet { text: Vec::with_capacity(1024), most };
        // Writing values of GraphQL into memory fails only where the sheet ends.
        serde_json::to_writer(&mut sheet, self).map_err(|_| {
            let message = "the answer is too long; ask for shorter pages or fewer fields";
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "ANSWER_TOO_LARGE", message)
        })?;
        Ok(sheet.text)
    }
}

/// Memory that takes so much and no more.
struct Sheet {
    text: Vec<u8>,
    most: usize,
}

impl Write for Sheet {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        if self.text.len() + piece.len() > self.most {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.text.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(super) fn present(response: Response, request_id: RequestId) -> Presented {
    let Response { data, errors, mut extensions, .. } = response;
    let was_not_run = data == Value::Null && !errors.is_empty() && errors.iter().all(|error| error.path.is_empty());
    if errors.len() > MOST_ERRORS {
        extensions.insert("omittedErrors".to_owned(), Value::from(errors.len() - MOST_ERRORS));
    }
    let errors = errors.into_iter().take(MOST_ERRORS).map(|error| masked(error, request_id)).collect();
    Presented { data: (!was_not_run).then_some(data), errors, extensions }
}

/// Errors with a code were written for the client. Of the others we keep what the engine says about the document and the
/// variables; everything else is ours to read, in the log.
fn masked(mut error: ServerError, request_id: RequestId) -> ServerError {
    let code = error.extensions.as_ref().and_then(|extensions| extensions.get("code")).cloned();
    if code.is_none() {
        match origin(&error) {
            Origin::Input => mark(&mut error, "BAD_INPUT"),
            Origin::Document => mark(&mut error, "INVALID_DOCUMENT"),
            Origin::Inside => {
                tracing::error!(request.id = %request_id.0, error.message = %clipped(&error.message), "a field failed");
                INTERNAL_MESSAGE.clone_into(&mut error.message);
                mark(&mut error, INTERNAL);
            }
        }
    }
    error.message = clipped(&error.message);
    error.source = None;
    error.extensions.get_or_insert_with(ErrorExtensionValues::default).set("requestId", request_id.0.to_string());
    error
}

enum Origin {
    Input,
    Document,
    Inside,
}

fn origin(error: &ServerError) -> Origin {
    if error.source.is_some() {
        return Origin::Inside;
    }
    // The engine says so itself when an argument cannot be read, and sets no code.
    let input = ["Failed to parse \"", "Expected input type \""];
    if input.iter().any(|start| error.message.starts_with(start)) {
        return Origin::Input;
    }
    if error.path.is_empty() { Origin::Document } else { Origin::Inside }
}

fn mark(error: &mut ServerError, code: &str) {
    error.extensions.get_or_insert_with(ErrorExtensionValues::default).set("code", code);
}

/// What the engine repeats from the input, after the words that name the place: in variables it is what somebody typed.
const REPEATS: [(&str, &str); 2] = [
    (", unknown field \"", ", which has a field that its type does not know"),
    (" does not contain the value \"", " does not contain the value"),
];

/// One line of at most 200 characters, without what [`REPEATS`] and without the value that the engine found in place of
/// the one it expected.
fn clipped(message: &str) -> String {
    let repeats = || REPEATS.iter().find_map(|(mark, told)| message.find(mark).map(|end| (end, told)));
    let message = match (message.find("\", found "), repeats()) {
        (Some(end), _) if message.starts_with("Expected input type") => &message[..=end],
        (_, Some((end, told))) if message.starts_with("Invalid value for argument") => {
            &format!("{}{told}", &message[..end])
        }
        _ => message,
    };
    let plain = message.chars().map(|sign| if sign.is_control() { ' ' } else { sign });
    if message.chars().count() <= LONGEST_MESSAGE {
        return plain.collect();
    }
    plain.take(LONGEST_MESSAGE - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::{Error, ErrorExtensions, Pos};
    use uuid::Uuid;

    fn shown(error: Error) -> serde_json::Value {
        let mut error = error.into_server_error(Pos { line: 1, column: 1 });
        error.path = vec![async_graphql::PathSegment::Field("a".to_owned())];
        let presented = present(Response::from_errors(vec![error]), RequestId(Uuid::nil()));
        serde_json::to_value(&presented.errors[0]).expect("an error is JSON")
    }

    #[test]
    fn errors_without_a_code_are_masked_and_those_with_one_pass() {
        let inside = shown(Error::new("relation appointments does not exist"));
        assert_eq!(inside["message"], INTERNAL_MESSAGE);
        assert_eq!(inside["extensions"]["code"], "INTERNAL");
        assert_eq!(inside["extensions"]["requestId"], Uuid::nil().to_string());
        let named =
            shown(Error::new("sign in first").extend_with(|_, extensions| extensions.set("code", "UNAUTHENTICATED")));
        assert_eq!(named["message"], "sign in first");
        assert_eq!(named["extensions"]["code"], "UNAUTHENTICATED");
        let disguised = shown(Error::new_with_source(std::io::Error::other("Failed to parse \"/etc/shadow\"")));
        assert_eq!(disguised["message"], INTERNAL_MESSAGE);
    }

    #[test]
    fn a_wrong_value_is_named_by_its_kind_and_not_repeated() {
        let input = shown(Error::new("Expected input type \"Int\", found \"Erika Mustermann\"."));
        assert_eq!(input["message"], "Expected input type \"Int\"");
        assert_eq!(input["extensions"]["code"], "BAD_INPUT");
    }

    #[test]
    fn a_field_that_no_input_has_is_not_repeated() {
        let told = clipped(
            "Invalid value for argument \"i.contact\", unknown field \"Erika Mustermann\" of type \"ContactInput\"",
        );
        assert_eq!(told, "Invalid value for argument \"i.contact\", which has a field that its type does not know");
        let told = clipped(
            "Invalid value for argument \"i.l\", enumeration type \"Language\" does not contain the value \"Erika\"",
        );
        assert_eq!(
            told,
            "Invalid value for argument \"i.l\", enumeration type \"Language\" does not contain the value"
        );
    }

    #[test]
    fn an_answer_ends_at_its_limit() {
        let presented = present(Response::new(Value::from("ü".repeat(1_000))), RequestId(Uuid::nil()));
        assert_eq!(presented.to_json(3_000).expect("short enough").len(), 2_011);
        assert_eq!(presented.to_json(2_011).expect("just short enough").len(), 2_011);
        assert_eq!(presented.to_json(2_010).expect_err("too long").code(), "ANSWER_TOO_LARGE");
    }

    #[test]
    fn at_most_five_errors_of_at_most_two_hundred_signs_are_told() {
        let errors = (0..12).map(|_| ServerError::new(format!("Unknown field\n{}", "ü".repeat(500)), None)).collect();
        let presented = present(Response::from_errors(errors), RequestId(Uuid::nil()));
        assert!(presented.was_not_run());
        assert_eq!(presented.errors.len(), 5);
        assert_eq!(presented.errors[0].message.chars().count(), 200);
        assert!(!presented.errors[0].message.contains('\n'));
        assert_eq!(presented.extensions["omittedErrors"], Value::from(7));
    }
}
