//! The configuration written out: as it is in force, and as a reference of all settings.

use std::fmt::Write;

use crate::configuration::{
    openid_text,
    read::Values,
    table::{SETTINGS, Setting},
    value::{Kind, Value, redacted},
};

/// All settings in force, as TOML, each with the place it comes from. Passwords are covered.
pub(super) fn show(values: &Values) -> String {
    let mut text = String::new();
    let mut section = "";
    for setting in SETTINGS {
        if setting.section != section {
            let gap = if section.is_empty() { "" } else { "\n" };
            section = setting.section;
            append(&mut text, format_args!("{gap}[{section}]\n"));
        }
        let (value, origin) = values.get(&setting.key());
        let line = format!("{} = {}", setting.name, shown(setting, value));
        append(&mut text, format_args!("{line:<60} # {origin}\n"));
    }
    text + &openid_text::show(&values.1)
}

/// `docs/configuration.md`.
pub fn reference_markdown() -> String {
    let mut text = String::from(INTRODUCTION);
    let mut section = "";
    for setting in SETTINGS {
        if setting.section != section {
            section = setting.section;
            append(&mut text, format_args!("\n## [{section}]\n"));
        }
        let default = match setting.default {
            "" => "empty".to_owned(),
            default => format!("`{default}`"),
        };
        append(
            &mut text,
            format_args!(
                "\n### `{}`\n\n{}\n\n- Allowed: {}.\n- Default: {default}.\n- Environment: `{}`\n",
                setting.name,
                setting.meaning,
                setting.kind.allowed(),
                setting.variable()
            ),
        );
    }
    text + &openid_text::reference()
}

const INTRODUCTION: &str = "# Configuration

One TOML file, and environment variables that win over it. Every value is checked when a command starts; all mistakes are
listed at once with file, line, key and what is allowed. An unknown key is a mistake. `servicepoint config check` only
checks, `servicepoint config show` prints the values in force, where each comes from, and no password.

Lists are written as TOML lists in the file and with commas in the environment. `SERVICEPOINT_CONFIG` names the file.

This page is made from the table the program reads its settings with; a test keeps it fresh.
";

fn shown(setting: &Setting, value: &Value) -> String {
    match (value, setting.kind) {
        (Value::Nothing, _) => "\"\"".to_owned(),
        (Value::Address(address), _) => format!("\"{address}\""),
        (Value::Text(url), Kind::DatabaseUrl) => format!("{:?}", redacted(url)),
        (Value::Text(text), _) => format!("{text:?}"),
        (Value::Number(number), _) => number.to_string(),
        (Value::Path(path), _) => format!("{:?}", path.display().to_string()),
        (Value::Texts(texts), _) => format!("{texts:?}"),
        (Value::Networks(networks), _) => {
            let networks: Vec<String> = networks.iter().map(|network| format!("\"{network}\"")).collect();
            format!("[{}]", networks.join(", "))
        }
    }
}

fn append(text: &mut String, part: std::fmt::Arguments<'_>) {
    text.write_fmt(part).expect("writing to a string cannot fail");
}
