//! The image and the composition, read without an engine: what they promise about accounts, file systems and health.

use std::fs;

use serde_json::Value;

use crate::deploy::yaml;
use crate::failure::{Failure, Result};
use crate::house::sources;

const CONTAINERFILE: &str = "deploy/container/Containerfile";
const COMPOSE: &str = "deploy/container/compose.yaml";

/// Services that run our program.
const OURS: [&str; 4] = ["migrate", "gateway-a", "gateway-b", "worker"];

/// What the last stage of a Containerfile breaks.
pub fn image_problems(text: &str) -> Vec<String> {
    let whole = text.replace("\\\n", " ");
    let last = whole.rsplit("\nFROM ").next().unwrap_or_default();
    let says = |start: &str| last.lines().map(str::trim).any(|line| line.starts_with(start));
    let mut problems = Vec::new();
    if !last.lines().any(|line| line.starts_with("USER ") && !line.contains("root") && !line.starts_with("USER 0")) {
        problems.push("the image runs as root".to_owned());
    }
    if !says("HEALTHCHECK") {
        problems.push("nobody asks the container whether it is well".to_owned());
    }
    if says("RUN") {
        problems.push("the last stage runs commands, so it carries a shell".to_owned());
    }
    if whole.lines().any(|line| line.contains("cargo build") && !line.contains("--locked")) {
        problems.push("the image is built from other versions than the lock file's".to_owned());
    }
    for line in whole.lines().filter(|line| line.starts_with("FROM ")) {
        let image = line.split_whitespace().nth(1).unwrap_or_default();
        if image.ends_with(":latest") || !image.contains(':') {
            problems.push(format!("{image} names no version"));
        }
    }
    problems
}

/// What a composition breaks.
pub fn composition_problems(composition: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    let Some(services) = composition["services"].as_object() else { return vec!["there are no services".to_owned()] };
    for (name, service) in services {
        if service["cap_drop"] != serde_json::json!(["ALL"]) {
            problems.push(format!("{name} keeps capabilities"));
        }
        if !service["security_opt"].to_string().contains("no-new-privileges:true") {
            problems.push(format!("{name} may gain privileges"));
        }
        if name != "caddy" && service.get("ports").is_some() {
            problems.push(format!("{name} is open to the world"));
        }
    }
    for name in OURS {
        let Some(service) = services.get(name) else {
            problems.push(format!("{name} is missing"));
            continue;
        };
        if service["read_only"] != true {
            problems.push(format!("{name} may write into its image"));
        }
        if service["user"].as_str().is_none_or(|user| user.starts_with('0') || user.starts_with("root")) {
            problems.push(format!("{name} runs as root"));
        }
        let settings = service["environment"].as_object();
        for (variable, value) in settings.into_iter().flatten() {
            let text = value.as_str().unwrap_or_default();
            if text.contains("postgres://") || text.contains("smtps://") {
                problems.push(format!("{name}: {variable} carries a secret"));
            }
        }
        let stops = service["stop_grace_period"].as_str();
        if service["command"][0] == "serve" && stops != Some("60s") {
            problems.push(format!("{name} is cut off before it has finished"));
        }
    }
    if composition["networks"]["inside"]["internal"] != true {
        problems.push("the network inside reaches the internet".to_owned());
    }
    problems
}

/// Reads both.
///
/// # Errors
///
/// Everything that is wrong.
pub fn check() -> Result<()> {
    let repository = sources::repository();
    let mut problems = image_problems(&fs::read_to_string(repository.join(CONTAINERFILE))?);
    problems.extend(composition_problems(&yaml::read(&repository.join(COMPOSE))?));
    if !problems.is_empty() {
        return Err(Failure::new(problems.join("\n")));
    }
    println!("image and composition keep their promises; neither was built here");
    Ok(())
}
