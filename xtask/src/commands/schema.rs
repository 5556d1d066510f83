//! `cargo xtask schema`: writes the GraphQL schema where front-end developers and the freshness test read it.

use std::fs;
use std::process::Command;

use crate::cargo::{self, Profile};
use crate::failure::{Result, While as _};
use crate::house::sources;
use crate::process;

const SCHEMA: &str = "docs/schema.graphql";

/// Builds the server and writes what it says its schema is.
///
/// # Errors
///
/// If it does not build or the file cannot be written.
pub fn run() -> Result<()> {
    let program = cargo::build_servicepoint(Profile::Development)?;
    let schema = process::capture(Command::new(program).arg("schema"))?;
    let file = sources::repository().join(SCHEMA);
    let is_same = fs::read_to_string(&file).is_ok_and(|old| old == schema);
    fs::write(&file, schema).during(SCHEMA)?;
    println!("{SCHEMA}: {}", if is_same { "nothing changed" } else { "written" });
    Ok(())
}
