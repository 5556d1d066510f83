//! `cargo xtask demo`: one command from a clone to a city whose offices can be booked.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use serde::Deserialize;

use crate::cargo::{self, Profile};
use crate::failure::{Result, While as _};
use crate::house::sources;
use crate::serving::{self, DEMO_CITY, Installation, Output};

/// Loading the first city into a cold database on a slow disk takes its time; serving does not.
const PATIENCE: Duration = Duration::from_mins(1);

/// What a person may change about the demo.
#[derive(Debug, Args)]
pub struct Options {
    /// Port of 127.0.0.1 to listen on.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// PostgreSQL instead of SQLite, for example postgres://user@127.0.0.1/servicepoint.
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// Where the database file and the key are kept [default: data/ in the repository].
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Builds for speed; the first build takes about ten minutes.
    #[arg(long)]
    release: bool,
    /// Runs this program instead of building one.
    #[arg(long, value_name = "PROGRAM", conflicts_with = "release")]
    program: Option<PathBuf>,
}

/// Builds, loads the demo city and serves until Ctrl-C.
///
/// # Errors
///
/// If a step fails; the message says which.
pub fn run(options: &Options) -> Result<()> {
    let program = match &options.program {
        Some(program) => program.canonicalize().during(&program.display().to_string())?,
        None => cargo::build_servicepoint(if options.release { Profile::Release } else { Profile::Development })?,
    };
    let data = match &options.data {
        Some(data) => std::path::absolute(data)?,
        None => sources::repository().join("data"),
    };
    let database_url = options.database_url.clone().unwrap_or_else(|| serving::sqlite_url(&data));
    let installation = Installation {
        program,
        port: options.port,
        database_url,
        data: data.clone(),
        log_format: "pretty",
        output: Output::Screen,
        arguments: &[],
        settings: vec![
            ("SERVICEPOINT_SERVER__INTERNAL_LISTEN", internal_address(options.port)),
            ("SERVICEPOINT_SERVER__PUBLIC_URL", format!("http://127.0.0.1:{}", options.port)),
            ("SERVICEPOINT_MAIL__DIRECTORY", data.join("mail").display().to_string()),
        ],
    };
    installation.prepare()?;
    installation.load_demo_city()?;
    let services = installation.publish_services(OFFICE_OF_CASES)?;
    let mut server = installation.serve()?;
    let took = server.wait_until_ready(PATIENCE)?;
    println!("{}", welcome(&installation, took, services, &accounts(&sources::repository().join(DEMO_CITY))));
    server.wait_until_it_ends()
}

/// Who works on the applications of the demo: an assumption, as the city names no office for them.
const OFFICE_OF_CASES: &str = "aegi";

#[derive(Debug, Deserialize)]
struct AccountList {
    #[serde(default)]
    accounts: Vec<Account>,
}

#[derive(Debug, Deserialize)]
struct Account {
    login: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    office: Option<String>,
    #[serde(default)]
    password_file: Option<PathBuf>,
}

/// The accounts of the demo city as lines; a city without accounts has none.
fn accounts(city: &Path) -> Vec<String> {
    let text = fs::read_to_string(city.join("accounts.toml")).unwrap_or_default();
    let list: AccountList = toml::from_str(&text).unwrap_or(AccountList { accounts: Vec::new() });
    let line = |account: Account| {
        let Account { login, name, role, office, password_file } = account;
        let office = office.map(|office| format!(", {office}")).unwrap_or_default();
        let password = password_file.map_or_else(|| "no password".to_owned(), |file| password(city, &file));
        format!("{login:<24} {password:<28} {role}{office}  ({name})")
    };
    list.accounts.into_iter().map(line).collect()
}

fn password(city: &Path, file: &Path) -> String {
    let text = fs::read_to_string(city.join(file));
    text.map_or_else(|_| format!("see {}", file.display()), |text| text.trim().to_owned())
}

/// Where the figures are: the port above the public one.
fn internal_address(port: u16) -> String {
    format!("127.0.0.1:{}", port.saturating_add(1))
}

fn welcome(installation: &Installation, took: Duration, services: usize, accounts: &[String]) -> String {
    let base = format!("http://{}", installation.address());
    let mut lines = vec![
        String::new(),
        format!("The demo city is open after {} ms.", took.as_millis()),
        String::new(),
        format!("  try queries in the browser   {base}/graphql"),
        format!("  GraphQL for programs         {base}/graphql   (POST)"),
        format!("  is it ready, is it alive     {base}/readyz   {base}/livez"),
        format!("  figures for monitoring       http://{}/metrics", internal_address(installation.port)),
        format!("  letters, instead of mail     {}", installation.data.join("mail").display()),
        format!("  its files                    {}", installation.data.display()),
        format!("  online services              {services}, with their cases in the office {OFFICE_OF_CASES}"),
    ];
    if !accounts.is_empty() {
        lines.push("\nAccounts of the demo (login, password, role):".to_owned());
        lines.extend(accounts.iter().map(|line| format!("  {line}")));
    }
    lines.push("\nCtrl-C closes it.\n".to_owned());
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use crate::commands::demo::accounts;

    #[test]
    fn a_city_without_accounts_has_no_lines() {
        assert!(accounts(std::path::Path::new("nowhere")).is_empty());
    }
}
