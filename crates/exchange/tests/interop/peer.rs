//! The peer: a program of Node.js that is asked one question at a time.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// The peer's answer, or why it refused.
pub(crate) fn ask(name: &str, mut question: Value) -> Result<Value, String> {
    question["ask"] = name.into();
    let mut command = Command::new("node");
    command.arg("peer.mjs").current_dir(installed()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("Node.js starts: apt-get install nodejs npm");
    let mut input = child.stdin.take().expect("the input is ours");
    input.write_all(question.to_string().as_bytes()).expect("the peer listens");
    drop(input);
    let output = child.wait_with_output().expect("the peer ends");
    let mut told: Value = serde_json::from_slice(&output.stdout).expect("the peer answers in JSON");
    match told["refused"].as_str() {
        Some(why) => Err(why.to_owned()),
        None => Ok(told["answer"].take()),
    }
}

/// Keys of the peer, made once for a build directory: making them takes seconds.
pub(crate) fn keys() -> &'static Value {
    static KEYS: OnceLock<Value> = OnceLock::new();
    KEYS.get_or_init(|| {
        let place = installed().join("keys.json");
        let guard = locked(installed());
        if let Some(known) = std::fs::read(&place).ok().and_then(|text| serde_json::from_slice(&text).ok()) {
            return known;
        }
        let keys = ask("keys", serde_json::json!({})).expect("keys are made");
        std::fs::write(&place, keys.to_string()).expect("the build directory can be written");
        drop(guard);
        keys
    })
}

fn locked(place: &Path) -> std::fs::File {
    let guard = std::fs::File::create(place.join(".lock")).expect("the build directory can be written");
    guard.lock().expect("a file can be locked");
    guard
}

/// Puts the packages beside the build, as the lock file names them, never into the source tree.
fn installed() -> &'static Path {
    static PLACE: OnceLock<PathBuf> = OnceLock::new();
    PLACE.get_or_init(|| {
        let source = Path::new(env!("REPOSITORY_ROOT")).join("crates/exchange/tests/interop/peer");
        let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("exchange_peer");
        std::fs::create_dir_all(&place).expect("the build directory can be written");
        // Processes of several tests share the place.
        let _guard = locked(&place);
        let lock = std::fs::read(source.join("package-lock.json")).expect("the lock file is there");
        for file in ["package.json", "package-lock.json", "peer.mjs"] {
            let wanted = std::fs::read(source.join(file)).expect("the file is there");
            // A program of another test may be reading it at this moment.
            if std::fs::read(place.join(file)).ok().as_ref() != Some(&wanted) {
                std::fs::write(place.join(file), wanted).expect("the files can be copied");
            }
        }
        let stamp = place.join("node_modules/.installed-from");
        if std::fs::read(&stamp).ok().as_ref() != Some(&lock) {
            let arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
            let output = Command::new("npm").args(arguments).current_dir(&place).output();
            let output = output.unwrap_or_else(|error| {
                panic!("this test needs Node.js 20 or newer with npm, and `npm` did not start ({error}): apt-get install nodejs npm")
            });
            assert!(output.status.success(), "npm ci failed: {}", String::from_utf8_lossy(&output.stderr));
            std::fs::write(&stamp, lock).expect("the build directory can be written");
        }
        place
    })
}
