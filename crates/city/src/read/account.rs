//! `accounts.toml`: who can sign in from the first load on, with passwords in files of their own.

use std::collections::BTreeMap;

use domain::account::AccountSeed;
use domain::permission::Role;

use crate::layout::CityFile;
use crate::read::Names;
use reading::{Code, Node, Problem, Table, Unique, suggestion, visible};

const ROLES: [(&str, Role); 5] = [
    ("citizen", Role::Citizen),
    ("clerk", Role::Clerk),
    ("lead", Role::Lead),
    ("operator", Role::Operator),
    ("device", Role::Device),
];

/// Shortest password of a citizen, in characters.
const CITIZEN_PASSWORD: usize = 10;
/// Shortest password of everybody else, who can read other people's data.
const STAFF_PASSWORD: usize = 15;
/// Longest password; what is longer is a wrong file, not a password.
const LONGEST_PASSWORD: usize = 512;

/// The accounts, by login, and the password files that none of them names.
pub(crate) fn accounts<'p>(
    table: &Table<'_>,
    names: &Names,
    passwords: &[&'p CityFile],
) -> (Vec<AccountSeed>, Vec<&'p CityFile>) {
    let mut unused: BTreeMap<&str, &CityFile> = passwords.iter().map(|file| (file.path.as_str(), *file)).collect();
    let mut logins = Unique::default();
    let mut accounts = table.list("accounts", 10_000, |node| {
        node.table(|table| {
            let (seed, file) = account(table, names, passwords, &mut logins);
            if let Some(file) = file {
                unused.remove(file.path.as_str());
            }
            seed
        })
    });
    accounts.sort_by(|a, b| a.login.cmp(&b.login));
    (accounts, unused.into_values().collect())
}

fn account<'p>(
    table: &Table<'_>,
    names: &Names,
    passwords: &[&'p CityFile],
    logins: &mut Unique,
) -> (Option<AccountSeed>, Option<&'p CityFile>) {
    let role = table.required("role", |node| node.word(&ROLES));
    let login = table.required("login", |node| {
        let login = login(node, role?)?;
        logins.note(node, &login.to_lowercase());
        Some(login)
    });
    let name = table.required("name", |node| {
        let text = node.raw_text()?;
        node.accept(Code::BadForm, domain::text::person_name(text))
    });
    let office = table.optional("office", |node| node.reference("office", names.offices.iter()));
    match role {
        Some(Role::Clerk | Role::Lead | Role::Device) if table.field("office").is_none() => {
            table.refuse_at(
                "office",
                Code::MissingKey,
                "a clerk, a lead and a device belong to an office: \"office\" is missing".into(),
            );
        }
        Some(Role::Citizen | Role::Operator) if office.is_some() => {
            table.refuse_at("office", Code::Contradiction, "a citizen and an operator belong to no office".into());
        }
        Some(Role::Citizen | Role::Operator | Role::Clerk | Role::Lead | Role::Device) | None => {}
    }
    let file = table.optional("password_file", |node| password_file(node, passwords));
    let password = match (file, role) {
        (Some(file), Some(role)) => password(table, file, role),
        _ => None,
    };
    let seed = || Some(AccountSeed { login: login?, name: name?, role: role?, office, password });
    (seed(), file)
}

fn login(node: &Node<'_>, role: Role) -> Option<String> {
    let text = node.raw_text()?;
    let mail = domain::text::mail_address(text);
    if role == Role::Citizen {
        return node.accept(
            Code::BadForm,
            mail.map_err(|_| "a citizen signs in with a mail address such as name@example.org"),
        );
    }
    let sign = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-._".contains(&b);
    let plain = (2..=64).contains(&text.len()) && text.bytes().all(sign);
    let login = if plain { Ok(text.to_owned()) } else { mail };
    node.accept(
        Code::BadForm,
        login.map_err(|_| "a login is 2 to 64 small letters, digits, hyphens, dots and underscores, or a mail address"),
    )
}

fn password_file<'p>(node: &Node<'_>, passwords: &[&'p CityFile]) -> Option<&'p CityFile> {
    let path = node.raw_text()?;
    let found = passwords.iter().find(|file| file.path == path).copied();
    if found.is_none() {
        let near = suggestion(path, passwords.iter().map(|file| file.path.as_str()));
        let message = format!(
            "there is no file \"{}\"{near}; name it relative to the directory, with the ending .password",
            visible(path, 80)
        );
        node.refuse(Code::UnknownReference, message);
    }
    found
}

/// The password without the line end that editors add. It never stands in a message.
fn password(table: &Table<'_>, file: &CityFile, role: Role) -> Option<String> {
    let password = file.text.trim_end_matches(['\r', '\n']);
    let shortest = if role == Role::Citizen { CITIZEN_PASSWORD } else { STAFF_PASSWORD };
    if password.chars().any(char::is_control) {
        table.refuse_at("password_file", Code::BadForm, "the file must hold one line: the password".into());
        return None;
    }
    if !(shortest..=LONGEST_PASSWORD).contains(&password.chars().count()) {
        let message =
            format!("the password in the file must have {shortest} to {LONGEST_PASSWORD} characters for this role");
        table.refuse_at("password_file", Code::OutOfRange, message);
        return None;
    }
    Some(password.to_owned())
}

/// A password file that no account names.
pub(crate) fn unnamed_password(file: &CityFile) -> Problem {
    Problem::of_file(&file.path, Code::UnknownFile, "no account in accounts.toml names this password file")
}
