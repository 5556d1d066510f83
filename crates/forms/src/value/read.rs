//! From JSON to the typed value that a field asks for, or to the reason why not.

use std::borrow::Cow;

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, NaiveTime};
use domain::geography::Position;
use domain::text::{TextRefusal, is_invisible};
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use crate::error::ErrorCode;
use crate::model::{CharacterClass, FieldType};
use crate::value::number::from_json;
use crate::value::signs;
use crate::value::{Address, Fault, FileReference, MAX_TEXT_CHARACTERS, PartialDate, Value};

/// Reads `json` as an answer to a field of type `kind`. Empty texts and lists are no answers: `None`.
pub(crate) fn read(kind: &FieldType, json: &Json) -> Result<Option<Value>, Fault> {
    let empty = match json {
        Json::Null => true,
        Json::String(text) => text.trim().is_empty(),
        Json::Array(list) => list.is_empty(),
        Json::Bool(_) | Json::Number(_) | Json::Object(_) => false,
    };
    if empty { Ok(None) } else { typed(kind, json).map(Some) }
}

fn typed(kind: &FieldType, json: &Json) -> Result<Value, Fault> {
    match kind {
        FieldType::Text { class, max } => free_text(json, *class, *max),
        FieldType::PersonName => word(json, 200, domain::text::person_name),
        FieldType::Date => day(text(json, 40)?).map(Value::Date),
        FieldType::PartialDate => {
            let day = PartialDate::parse(text(json, 40)?).ok_or_else(|| Fault::of(ErrorCode::NotADay))?;
            Ok(Value::PartialDate(day))
        }
        FieldType::Time => {
            let time = NaiveTime::parse_from_str(text(json, 40)?, "%H:%M");
            time.map(Value::Time).map_err(|_| Fault::of(ErrorCode::NotATime))
        }
        FieldType::DateTime => {
            let at = NaiveDateTime::parse_from_str(text(json, 40)?, "%Y-%m-%dT%H:%M");
            at.map(Value::DateTime).map_err(|_| Fault::of(ErrorCode::NotATime))
        }
        FieldType::Bool => json.as_bool().map(Value::Bool).ok_or_else(|| Fault::of(ErrorCode::WrongType)),
        FieldType::Int { min, max } => {
            let number = number(json)?;
            if number.normalize().scale() > 0 {
                return Err(Fault::of(ErrorCode::TooManyDecimals).with("max", 0));
            }
            let inside = (Decimal::from(*min)..=Decimal::from(*max)).contains(&number);
            let refused = || Fault::of(ErrorCode::OutOfRange).with("min", min).with("max", max);
            if inside { Ok(Value::Number(number.normalize())) } else { Err(refused()) }
        }
        FieldType::Decimal { scale } => scaled(json, *scale),
        FieldType::Money => scaled(json, 2),
        FieldType::Choice { options, .. } => option(json, options).map(Value::Text),
        FieldType::MultiChoice { options, .. } => choices(json, options),
        FieldType::Address => address(json),
        FieldType::GeoPoint => point(json),
        FieldType::Email { .. } => {
            word(json, 254, domain::text::mail_address).map_err(|fault| renamed(fault, ErrorCode::BadMail))
        }
        FieldType::Phone => {
            word(json, 40, domain::text::phone_number).map_err(|fault| renamed(fault, ErrorCode::BadPhone))
        }
        FieldType::Iban => iban(json),
        FieldType::LicencePlate => plate(json),
        FieldType::Url => url(json),
        FieldType::File { accept, max_bytes, min_count, max_count } => {
            files(json, accept, *max_bytes, (*min_count, *max_count))
        }
        FieldType::Slot { .. } => shaped(json, 1_000).map(Value::Slot),
        FieldType::Signature => shaped(json, 1_000).map(Value::Signature),
        FieldType::Declaration => declaration(json),
        FieldType::Computed { .. } => Err(Fault::of(ErrorCode::NotWritable)),
    }
}

/// A text of at most `max` characters, refused before anything walks over a giant.
fn text(json: &Json, max: u32) -> Result<&str, Fault> {
    let text = json.as_str().ok_or_else(|| Fault::of(ErrorCode::WrongType))?.trim();
    // A character has at most four bytes, and white space may be folded away later.
    if text.len() > max as usize * 16 { Err(Fault::of(ErrorCode::TooLong).with("max", max)) } else { Ok(text) }
}

fn word(json: &Json, max: u32, check: impl Fn(&str) -> Result<String, TextRefusal>) -> Result<Value, Fault> {
    check(text(json, max)?).map(Value::Text).map_err(|refusal| match refusal {
        TextRefusal::Empty | TextRefusal::Form => Fault::of(ErrorCode::BadForm),
        TextRefusal::TooLong { max } => Fault::of(ErrorCode::TooLong).with("max", max),
        TextRefusal::Invisible => Fault::of(ErrorCode::InvisibleSign),
        TextRefusal::Sign => Fault::of(ErrorCode::SignNotAllowed),
    })
}

fn renamed(fault: Fault, code: ErrorCode) -> Fault {
    if fault.code == ErrorCode::BadForm { Fault { code, ..fault } } else { fault }
}

fn free_text(json: &Json, class: CharacterClass, max: u32) -> Result<Value, Fault> {
    let text = text(json, max.min(MAX_TEXT_CHARACTERS))?;
    let lines = signs::several_lines(class);
    // Browsers send line ends as carriage return and line feed.
    let text = if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    };
    let stored: String = if is_nfc(&text) { text.into_owned() } else { text.nfc().collect() };
    let mut characters = 0;
    for c in stored.chars() {
        characters += 1;
        if is_invisible(c) && !(c == '\n' && lines) {
            return Err(Fault::of(ErrorCode::InvisibleSign));
        }
        if !signs::allowed(class, c) && !c.is_ascii_digit() {
            return Err(Fault::of(ErrorCode::SignNotAllowed).with("sign", c));
        }
    }
    if characters > max { Err(Fault::of(ErrorCode::TooLong).with("max", max)) } else { Ok(Value::Text(stored)) }
}

fn day(text: &str) -> Result<NaiveDate, Fault> {
    let plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let day = text.parse::<NaiveDate>().ok().filter(|day| plain && (1800..=2200).contains(&day.year()));
    day.ok_or_else(|| Fault::of(ErrorCode::NotADay))
}

fn number(json: &Json) -> Result<Decimal, Fault> {
    from_json(json).ok_or_else(|| Fault::of(ErrorCode::NotANumber))
}

fn scaled(json: &Json, scale: u32) -> Result<Value, Fault> {
    let number = number(json)?.normalize();
    let refused = || Fault::of(ErrorCode::TooManyDecimals).with("max", scale);
    if number.scale() > scale { Err(refused()) } else { Ok(Value::Number(number)) }
}

fn option(json: &Json, options: &[String]) -> Result<String, Fault> {
    let key = text(json, 100)?;
    options.iter().find(|option| *option == key).cloned().ok_or_else(|| Fault::of(ErrorCode::UnknownOption))
}

fn choices(json: &Json, options: &[String]) -> Result<Value, Fault> {
    let list = json.as_array().ok_or_else(|| Fault::of(ErrorCode::WrongType))?;
    if list.len() > options.len() {
        return Err(Fault::of(ErrorCode::TooMany).with("max", options.len()));
    }
    let mut keys = list.iter().map(|item| option(item, options)).collect::<Result<Vec<_>, _>>()?;
    keys.sort_unstable();
    keys.dedup();
    Ok(Value::Choices(keys))
}

fn shaped<T: DeserializeOwned>(json: &Json, max: usize) -> Result<T, Fault> {
    let object = json.as_object().ok_or_else(|| Fault::of(ErrorCode::WrongType))?;
    let size: usize = object.iter().map(|(name, value)| name.len() + value.as_str().map_or(8, str::len)).sum();
    if size > max {
        return Err(Fault::of(ErrorCode::TooLong).with("max", max));
    }
    T::deserialize(json).map_err(|_| Fault::of(ErrorCode::BadForm))
}

fn address(json: &Json) -> Result<Value, Fault> {
    let mut address: Box<Address> = shaped(json, 4_000)?;
    for part in [&mut address.street, &mut address.number, &mut address.town, &mut address.postcode] {
        *part = domain::text::line(part, 200).map_err(|_| Fault::of(ErrorCode::BadAddress))?;
    }
    let german = matches!(address.country.as_deref(), None | Some("DE"));
    let five_digits = address.postcode.len() == 5 && address.postcode.bytes().all(|byte| byte.is_ascii_digit());
    if german && !five_digits { Err(Fault::of(ErrorCode::BadPostcode)) } else { Ok(Value::Address(address)) }
}

fn point(json: &Json) -> Result<Value, Fault> {
    let part = |name: &str| json.get(name).and_then(Json::as_f64);
    let point =
        part("latitude").zip(part("longitude")).and_then(|(latitude, longitude)| Position::new(latitude, longitude));
    point.map(Value::GeoPoint).ok_or_else(|| Fault::of(ErrorCode::BadForm))
}

fn iban(json: &Json) -> Result<Value, Fault> {
    let typed = text(json, 60)?.replace(' ', "").to_uppercase();
    typed.parse::<iban::Iban>().map_err(|_| Fault::of(ErrorCode::BadIban))?;
    Ok(Value::Text(typed))
}

/// A German number plate, stored as `H-AB 1234`, § 9 FZV: one to three letters, one or two, up to four digits, E or H.
fn plate(json: &Json) -> Result<Value, Fault> {
    let bad = || Fault::of(ErrorCode::BadPlate);
    let typed = text(json, 20)?.to_uppercase();
    let parts: Vec<&str> = typed.split([' ', '-']).filter(|part| !part.is_empty()).collect();
    let (district, rest) = parts.split_first().ok_or_else(bad)?;
    let rest = rest.concat();
    let digits_at = rest.find(|c: char| c.is_ascii_digit()).ok_or_else(bad)?;
    let (letters, number) = rest.split_at(digits_at);
    let (digits, mark) = match number.strip_suffix(['E', 'H']) {
        Some(digits) => (digits, &number[digits.len()..]),
        None => (number, ""),
    };
    let upper = |c: char| c.is_ascii_uppercase() || matches!(c, 'Ä' | 'Ö' | 'Ü');
    let good = (1..=3).contains(&district.chars().count())
        && district.chars().all(upper)
        && (1..=2).contains(&letters.len())
        && letters.chars().all(|c| c.is_ascii_uppercase())
        && (1..=4).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0');
    if good { Ok(Value::Text(format!("{district}-{letters} {digits}{mark}"))) } else { Err(bad()) }
}

fn url(json: &Json) -> Result<Value, Fault> {
    let typed = text(json, 2_000)?;
    let rest = typed.strip_prefix("https://").or_else(|| typed.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    let good = host.contains('.') && !host.starts_with('.') && !host.ends_with('.') && !host.contains('@');
    let clean = !typed.chars().any(|c| c.is_whitespace() || is_invisible(c) || matches!(c, '<' | '>' | '"'));
    if good && clean { Ok(Value::Text(typed.to_owned())) } else { Err(Fault::of(ErrorCode::BadUrl)) }
}

fn files(json: &Json, accept: &[String], max_bytes: u64, (min, max): (u16, u16)) -> Result<Value, Fault> {
    let list = json.as_array().ok_or_else(|| Fault::of(ErrorCode::WrongType))?;
    if list.len() > usize::from(max) {
        return Err(Fault::of(ErrorCode::TooMany).with("max", max));
    }
    if list.len() < usize::from(min) {
        return Err(Fault::of(ErrorCode::TooFew).with("min", min));
    }
    let files = list.iter().map(|item| shaped::<FileReference>(item, 2_000)).collect::<Result<Vec<_>, _>>()?;
    for file in &files {
        if !accept.is_empty() && !accept.contains(&file.media_type) {
            return Err(Fault::of(ErrorCode::FileType).with("accept", accept.join(", ")));
        }
        if file.bytes > max_bytes {
            return Err(Fault::of(ErrorCode::FileSize).with("max", format!("{} MB", max_bytes / 1_000_000)));
        }
    }
    Ok(Value::Files(files))
}

fn declaration(json: &Json) -> Result<Value, Fault> {
    let hash = json.get("text_sha256").unwrap_or(json).as_str().ok_or_else(|| Fault::of(ErrorCode::WrongType))?;
    let good = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    if good { Ok(Value::Declaration(hash.to_lowercase())) } else { Err(Fault::of(ErrorCode::BadForm)) }
}
