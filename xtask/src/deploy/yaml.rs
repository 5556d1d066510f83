//! Reads YAML as JSON, with the parser that Debian has.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::failure::{Result, While as _};
use crate::process;

/// Merge keys and anchors are followed; whatever JSON has no word for becomes a text.
const READ: &str = "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1])), default=str))";

/// What stands in the file.
///
/// # Errors
///
/// If it is no YAML; the message names the line.
pub fn read(file: &Path) -> Result<Value> {
    let text = process::capture(Command::new("python3").args(["-c", READ]).arg(file))?;
    serde_json::from_str(&text).during(&file.display().to_string())
}
