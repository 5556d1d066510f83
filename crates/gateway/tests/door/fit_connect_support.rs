//! A double of the FIT-Connect service: a program of Node.js that opens envelopes and signs events with `jose`.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, OnceLock};

use applications::{Carried, FitConnectSettings, Forwarding, PlainHttp};
use domain::permission::Actor;
use serde_json::{Value, json};
use testkit::TestApp;

/// The double and its address.
pub(super) struct Double {
    child: Child,
    url: String,
    client: reqwest::Client,
}

impl Drop for Double {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Double {
    pub(super) async fn open() -> Self {
        let started = tokio::task::spawn_blocking(|| {
            let mut command = Command::new("node");
            command.arg("double.mjs").current_dir(installed()).stdout(Stdio::piped()).stderr(Stdio::null());
            let mut child = command.spawn().expect("Node.js starts: apt-get install nodejs npm");
            let mut url = String::new();
            let output = child.stdout.take().expect("the output is ours");
            BufReader::new(output).read_line(&mut url).expect("the program says its address");
            assert!(!url.is_empty(), "the double ended at once");
            (child, url.trim().to_owned())
        });
        let (child, url) = started.await.expect("the program starts");
        Self { child, url, client: reqwest::Client::builder().no_proxy().build().expect("a client") }
    }

    async fn tell(&self, path: &str, body: Value) -> Value {
        let answer = self.client.post(format!("{}{path}", self.url)).body(body.to_string()).send().await;
        let text = answer.expect("the double answers").text().await.expect("a text");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// What it does from now on; `{}` is to behave.
    pub(super) async fn plan(&self, plan: Value) {
        self.tell("/test/plan", plan).await;
    }

    /// What it got, opened.
    pub(super) async fn seen(&self) -> Value {
        self.tell("/test/seen", json!({})).await
    }

    /// Lets the receiver say what became of a submission.
    pub(super) async fn act(&self, submission: &Value, word: &str, more: Value) {
        let tagged = word == "accept-submission" && more.is_null();
        let more = if more.is_null() { json!({}) } else { more };
        self.tell("/test/act", json!({ "submission": submission, "word": word, "more": more, "tagged": tagged })).await;
    }

    /// A worker that carries cases to it.
    pub(super) fn carrier(&self, app: &TestApp) -> Forwarding {
        let settings = FitConnectSettings {
            token_url: format!("{}/token", self.url),
            submission_url: self.url.clone(),
            issuer: self.url.clone(),
            client_id: "stadt".to_owned(),
            client_secret: "geheim".to_owned(),
            plain_http: PlainHttp::PrivateNetwork,
        };
        let applications = Arc::clone(&app.application.applications);
        Forwarding::new(applications, settings).expect("this machine speaks HTTPS")
    }
}

/// One round of the carrier.
pub(super) async fn carry(carrier: &Forwarding) -> Carried {
    carrier.carry_due(&Actor::System, &|| true).await.expect("the database answers")
}

/// Puts the packages beside the build, as the lock file names them, never into the source tree.
fn installed() -> &'static Path {
    static PLACE: OnceLock<PathBuf> = OnceLock::new();
    PLACE.get_or_init(|| {
        let source = Path::new(env!("REPOSITORY_ROOT")).join("crates/gateway/tests/door/fit_connect_double");
        let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fit_connect_double");
        std::fs::create_dir_all(&place).expect("the build directory can be written");
        // Processes of several tests share the place.
        let guard = std::fs::File::create(place.join(".lock")).expect("the build directory can be written");
        guard.lock().expect("a file can be locked");
        let lock = std::fs::read(source.join("package-lock.json")).expect("the lock file is there");
        for file in ["package.json", "package-lock.json", "double.mjs"] {
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
        // The first one makes the keys, which takes seconds; the others find them.
        if !place.join("keys.json").exists() {
            let keys = Command::new("node").args(["double.mjs", "keys"]).current_dir(&place).status();
            assert!(keys.is_ok_and(|status| status.success()), "the keys are made");
        }
        place
    })
}
