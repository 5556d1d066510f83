//! An outside opinion: the audit of npm's `graphql-http` passes in full.

mod http_support;

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use http_support::TestDoor;

/// Puts the audit's two packages beside the build, as the lock file names them, never into the source tree.
fn installed() -> PathBuf {
    let source = Path::new(env!("REPOSITORY_ROOT")).join("crates/gateway/tests/graphql_http_audit");
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("graphql_http_audit");
    std::fs::create_dir_all(&place).expect("the build directory can be written");
    let read = |path: PathBuf| std::fs::read(path).ok();
    let lock = read(source.join("package-lock.json"));
    let is_fresh = read(place.join("node_modules/.installed-from")) == lock;
    for file in ["package.json", "package-lock.json", "audit.mjs"] {
        std::fs::copy(source.join(file), place.join(file)).expect("the audit's files can be copied");
    }
    if !is_fresh {
        run("npm", &["ci", "--ignore-scripts", "--no-audit", "--no-fund"], &place);
        std::fs::write(place.join("node_modules/.installed-from"), lock.expect("the lock file is there"))
            .expect("writes");
    }
    place
}

fn run(program: &str, arguments: &[&str], place: &Path) -> Output {
    let output = Command::new(program).args(arguments).current_dir(place).output();
    let output = output.unwrap_or_else(|error| {
        panic!("this test needs Node.js 20 or newer with npm, and `{program}` did not start ({error}): apt-get install nodejs npm")
    });
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "`{program} {}` failed: {errors}", arguments.join(" "));
    output
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_graphql_over_http_audit_passes_in_full() {
    let door = TestDoor::open().await;
    let url = door.url("/graphql");
    let output = tokio::task::spawn_blocking(move || run("node", &["audit.mjs", &url], &installed())).await;
    let output = output.expect("the audit runs");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("the audit reports in JSON");
    println!("{report}");
    assert_eq!(report["failed"], serde_json::json!([]));
    assert_eq!(report["passed"], serde_json::json!({ "MUST": 13, "SHOULD": 23, "MAY": 25 }));
}
