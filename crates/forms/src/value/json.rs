//! Typed values as JSON, in one way only, so that equal answers have equal text.

use serde_json::{Value as Json, json};

use crate::value::{Value, number_text};

impl Value {
    /// The value as JSON; numbers as text, so that no digit is lost on the way.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Bool(value) => Json::Bool(*value),
            Self::Number(number) => Json::String(number_text(*number)),
            Self::Text(text) | Self::Declaration(text) => Json::String(text.clone()),
            Self::Date(day) => Json::String(day.to_string()),
            Self::PartialDate(day) => Json::String(day.to_string()),
            Self::Time(time) => Json::String(time.format("%H:%M").to_string()),
            Self::DateTime(at) => Json::String(at.format("%Y-%m-%dT%H:%M").to_string()),
            Self::Choices(keys) => Json::from(keys.clone()),
            Self::Address(address) => {
                let mut object = json!({
                    "street": address.street, "number": address.number, "postcode": address.postcode, "town": address.town,
                });
                for (name, part) in [("extra", &address.extra), ("country", &address.country)] {
                    if let Some(part) = part {
                        object[name] = Json::String(part.clone());
                    }
                }
                object
            }
            Self::GeoPoint(point) => json!({ "latitude": point.latitude, "longitude": point.longitude }),
            Self::Files(files) => files.iter().map(file_json).collect(),
            Self::Slot(slot) => {
                let mut object = json!({ "resource": slot.resource, "starts_at": slot.starts_at.millis() });
                if let Some(hold) = &slot.hold {
                    object["hold"] = Json::String(hold.clone());
                }
                object
            }
            Self::Signature(signature) => json!({ "sha256": signature.sha256, "signed_by": signature.signed_by }),
        }
    }
}

fn file_json(file: &crate::value::FileReference) -> Json {
    json!({
        "id": file.id, "name": file.name, "media_type": file.media_type, "bytes": file.bytes, "sha256": file.sha256,
    })
}
