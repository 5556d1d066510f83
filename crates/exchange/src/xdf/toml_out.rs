//! A form and its texts as the files that people edit.

use std::collections::BTreeMap;
use std::fmt::Write;

use forms::{CharacterClass, ComputedKind, Field, FieldType, Form, Requirement, Rule, Sensitivity};

/// A text as TOML writes it.
pub(super) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// form.toml.
pub(super) fn form_toml(form: &Form) -> String {
    let mut out = String::from("# Schritte, Gruppen und Felder. Jeder Text steht in texts/.\n");
    for list in &form.lists {
        let _ = write!(
            out,
            "\n[[lists]]\nkey = {}\nversion = {}\noptions = [{}]\n",
            quoted(&list.key),
            list.version,
            many(&list.options)
        );
    }
    for step in &form.steps {
        let _ = write!(out, "\n[[steps]]\nkey = {}\n", quoted(&step.key));
        line(&mut out, "visible", step.visible.as_deref());
        for group in &step.groups {
            let _ = write!(out, "\n[[steps.groups]]\nkey = {}\n", quoted(&group.key));
            line(&mut out, "visible", group.visible.as_deref());
            if let Some(repeat) = group.repeat {
                let _ = writeln!(out, "repeat = {{ min = {}, max = {} }}", repeat.min, repeat.max);
            }
            for field in &group.fields {
                out.push_str(&field_toml(field));
            }
        }
    }
    for rule in &form.rules {
        let _ = write!(
            out,
            "\n[[rules]]\nkey = {}\nvalid = {}\nat = {}\n",
            quoted(&rule.key),
            quoted(&rule.valid),
            quoted(&rule.at)
        );
    }
    out
}

fn field_toml(field: &Field) -> String {
    let mut out =
        format!("\n[[steps.groups.fields]]\nkey = {}\ntype = {}\n", quoted(&field.key), quoted(field.kind.name()));
    kind(&mut out, &field.kind);
    line(&mut out, "visible", field.visible.as_deref());
    match &field.required {
        Requirement::Always => {}
        Requirement::Never => out.push_str("required = false\n"),
        Requirement::When(expression) => line(&mut out, "required", Some(expression)),
    }
    match field.sensitivity {
        Sensitivity::Personal => {}
        Sensitivity::Plain => out.push_str("sensitivity = \"plain\"\n"),
        Sensitivity::Special => out.push_str("sensitivity = \"special\"\n"),
    }
    line(&mut out, "prefill", field.prefill.as_deref());
    for Rule { key, valid, .. } in &field.rules {
        let _ = write!(out, "\n[[steps.groups.fields.rules]]\nkey = {}\nvalid = {}\n", quoted(key), quoted(valid));
    }
    out
}

fn kind(out: &mut String, kind: &FieldType) {
    match kind {
        FieldType::Text { class, max } => {
            let class = match class {
                CharacterClass::A => "A",
                CharacterClass::B => "B",
                CharacterClass::C => "C",
                CharacterClass::D => "D",
                CharacterClass::E => "E",
            };
            let _ = writeln!(out, "class = \"{class}\"\nmax = {max}");
        }
        FieldType::Int { min, max } => {
            let _ = writeln!(out, "min = {min}\nmax = {max}");
        }
        FieldType::Decimal { scale } => {
            let _ = writeln!(out, "scale = {scale}");
        }
        FieldType::Choice { list, options } | FieldType::MultiChoice { list, options } => match list {
            Some(list) => line(out, "list", Some(list)),
            None => {
                let _ = writeln!(out, "options = [{}]", many(options));
            }
        },
        FieldType::Email { verified } => {
            let _ = writeln!(out, "verified = {verified}");
        }
        FieldType::File { accept, max_bytes, min_count, max_count } => {
            let megabytes = max_bytes.div_ceil(1_000_000).clamp(1, 200);
            let _ = writeln!(
                out,
                "accept = [{}]\nmax_megabytes = {megabytes}\nmin_count = {min_count}\nmax_count = {max_count}",
                many(accept)
            );
        }
        FieldType::Slot { resource_kind } => line(out, "resource_kind", Some(resource_kind)),
        FieldType::Computed { value, gives } => {
            let gives = match gives {
                ComputedKind::Bool => "bool",
                ComputedKind::Number => "number",
                ComputedKind::Text => "text",
                ComputedKind::Date => "date",
            };
            let _ = writeln!(out, "value = {}\ngives = \"{gives}\"", quoted(value));
        }
        FieldType::PersonName
        | FieldType::Date
        | FieldType::PartialDate
        | FieldType::Time
        | FieldType::DateTime
        | FieldType::Bool
        | FieldType::Money
        | FieldType::Address
        | FieldType::GeoPoint
        | FieldType::Phone
        | FieldType::Iban
        | FieldType::LicencePlate
        | FieldType::Url
        | FieldType::Signature
        | FieldType::Declaration => {}
    }
}

fn line(out: &mut String, key: &str, value: Option<&str>) {
    if let Some(value) = value {
        let _ = writeln!(out, "{key} = {}", quoted(value));
    }
}

fn many(values: &[String]) -> String {
    values.iter().map(|value| quoted(value)).collect::<Vec<_>>().join(", ")
}

/// texts/de.toml: one table for each place, one line for each text.
pub(super) fn texts_toml(texts: &BTreeMap<String, String>) -> String {
    let mut tables: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for (key, text) in texts {
        let (place, name) = key.rsplit_once('.').unwrap_or(("", key));
        tables.entry(place).or_default().push((name, text));
    }
    let mut out = String::new();
    for (place, lines) in tables {
        if !place.is_empty() {
            let _ = writeln!(out, "\n[{place}]");
        }
        for (name, text) in lines {
            let _ = writeln!(out, "{name} = {}", quoted(text));
        }
    }
    out
}
