//! The provider and its double: programs of Node.js beside the test, stopped with it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// A running program and the issuer it speaks for.
pub(crate) struct Node {
    child: Child,
    pub(crate) issuer: String,
    client: reqwest::Client,
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have been stopped already, by the test.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Node {
    /// The real provider.
    pub(crate) async fn provider() -> Self {
        let registered = serde_json::json!({
            "redirect": "https://stadt.example/sign-in/openid/bund/callback",
            "signedOut": "https://stadt.example/",
        });
        Self::start("provider.mjs", Some(registered.to_string())).await
    }

    /// The double.
    pub(crate) async fn double() -> Self {
        Self::start("double.mjs", None).await
    }

    async fn start(script: &'static str, argument: Option<String>) -> Self {
        let started = tokio::task::spawn_blocking(move || {
            let mut command = Command::new("node");
            command.arg(script).args(argument).current_dir(installed()).stdout(Stdio::piped()).stderr(Stdio::null());
            let mut child = command.spawn().expect("Node.js starts: apt-get install nodejs npm");
            let mut issuer = String::new();
            let output = child.stdout.take().expect("the output is ours");
            BufReader::new(output).read_line(&mut issuer).expect("the program says its address");
            assert!(!issuer.is_empty(), "{script} ended at once");
            (child, issuer.trim().to_owned())
        });
        let (child, issuer) = started.await.expect("the program starts");
        Self { child, issuer, client: reqwest::Client::builder().no_proxy().build().expect("a client") }
    }

    /// Stops it; from now on nobody answers at its address.
    pub(crate) fn stop(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    /// Tells the double what its next ID tokens look like.
    pub(crate) async fn plan(&self, plan: Value) {
        self.tell("/test/plan", plan.to_string()).await;
    }

    /// Lets the provider change its keys.
    pub(crate) async fn rotate(&self) {
        self.tell("/test/rotate", String::new()).await;
    }

    /// How often an address was asked.
    pub(crate) async fn count(&self, path: &str) -> u64 {
        let answer = self.tell("/test/counts", String::new()).await;
        let counts: Value = serde_json::from_str(&answer).expect("JSON");
        counts[path].as_u64().unwrap_or(0)
    }

    async fn tell(&self, path: &str, body: String) -> String {
        let request = self.client.post(format!("{}{path}", self.issuer)).body(body);
        request.send().await.expect("the program answers").text().await.expect("a text")
    }
}

/// Puts the packages beside the build, as the lock file names them, never into the source tree.
fn installed() -> &'static Path {
    static PLACE: OnceLock<PathBuf> = OnceLock::new();
    PLACE.get_or_init(|| {
        let source = Path::new(env!("REPOSITORY_ROOT")).join("crates/gateway/tests/sign_in/provider");
        let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sign_in_provider");
        std::fs::create_dir_all(&place).expect("the build directory can be written");
        // Processes of several test runs share the place.
        let guard = std::fs::File::create(place.join(".lock")).expect("the build directory can be written");
        guard.lock().expect("a file can be locked");
        let lock = std::fs::read(source.join("package-lock.json")).expect("the lock file is there");
        for file in ["package.json", "package-lock.json", "provider.mjs", "double.mjs"] {
            std::fs::copy(source.join(file), place.join(file)).expect("the files can be copied");
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
