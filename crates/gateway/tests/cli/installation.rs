//! The real program in a folder of its own, as an operator would start it.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Starting and stopping under load of other tests takes its time.
const PATIENCE: Duration = Duration::from_mins(1);

/// The city the repository brings along.
pub(crate) fn demo_city() -> PathBuf {
    Path::new(env!("REPOSITORY_ROOT")).join("deploy/demo/hannover")
}

/// An installation with its own database, key and configuration.
pub(crate) struct Installation {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    /// The result of a command that succeeded.
    pub(crate) fn success(self) -> String {
        assert_eq!(self.code, Some(0), "{}{}", self.out, self.err);
        self.out
    }

    /// What a command said that ended with this code; it must be short and for people.
    pub(crate) fn failure(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{}{}", self.out, self.err);
        for word in ["panicked", "RUST_BACKTRACE", "DbErr", "SqlxError", "Os {", "kind:"] {
            assert!(!self.err.contains(word), "not for people: {}", self.err);
        }
        // Log lines may stand before; the reason is the last word.
        let at = self.err.find("servicepoint: ").unwrap_or_else(|| panic!("no reason: {}", self.err));
        assert!(at == 0 || self.err[..at].ends_with("}\n"), "{}", self.err);
        self.err[at..].to_owned()
    }
}

impl Installation {
    /// A fresh installation on SQLite that listens on a free port. Everybody in these stories comes from one address, so
    /// callers are not counted; what counting does is told in `http_limits.rs`.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let variables = [
            ("SERVER__LISTEN", "127.0.0.1:0"),
            ("SERVER__INTERNAL_LISTEN", ""),
            ("SERVER__ANNOUNCE_SECONDS", "0"),
            ("LIMITS__RATES", "off"),
            ("LIMITS__PROOF_OF_WORK", "off"),
            ("LIMITS__SOCKETS_PER_NETWORK", "1000"),
            ("LIMITS__SOCKETS_PER_ACCOUNT", "1000"),
        ];
        let variables = variables.map(|(name, value)| (format!("SERVICEPOINT_{name}"), value.to_owned()));
        Self { folder, variables: variables.into() }
    }

    /// The same with one more setting in the environment.
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.push((format!("SERVICEPOINT_{name}"), value.into()));
        self
    }

    /// The same with a variable that is not a setting of ours.
    pub(crate) fn with_variable(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    /// A path in its folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file into its folder.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(&path, text).expect("written");
        path
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        self.run_with_input(arguments, "")
    }

    /// Runs a command that reads this.
    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &str) -> Ended {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().expect("the program starts");
        // A command that does not read its input may be gone already.
        let _ = child.stdin.take().expect("piped").write_all(input.as_bytes());
        ended(child.wait_with_output().expect("the program ends"))
    }

    /// Starts a command that lives long, and waits for its first line.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        let mut child = self.command(arguments).stdin(Stdio::null()).spawn().expect("the program starts");
        let mut out = BufReader::new(child.stdout.take().expect("piped"));
        let mut first = String::new();
        out.read_line(&mut first).expect("a line");
        Running { child: Some(child), first: first.trim().to_owned(), installation: None }
    }

    /// As [`Installation::start`]; the installation lives as long as the program.
    pub(crate) fn start_owned(self, arguments: &[&str]) -> Running {
        let mut running = self.start(arguments);
        running.installation = Some(self);
        running
    }

    /// Runs the program by a shell that first limits it: `prepare` are words of the shell that end before the program.
    pub(crate) fn run_limited(&self, prepare: &str, arguments: &[&str]) -> Ended {
        let script = format!("{prepare} exec \"$@\"");
        let words = ["-c", &script, "sh", env!("CARGO_BIN_EXE_servicepoint")];
        let mut command = self.prepared(Command::new("sh"));
        ended(command.args(words).args(arguments).stdin(Stdio::null()).output().expect("a shell"))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.prepared(Command::new(env!("CARGO_BIN_EXE_servicepoint")));
        command.args(arguments);
        command
    }

    fn prepared(&self, mut command: Command) -> Command {
        let ours = std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("SERVICEPOINT_"));
        for (name, _) in ours {
            command.env_remove(name);
        }
        command.current_dir(self.folder.path()).envs(self.variables.iter().cloned());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

/// A program that runs. It is killed with the test if the test does not stop it.
pub(crate) struct Running {
    child: Option<Child>,
    pub(crate) first: String,
    /// Held for its end, which removes the folder.
    installation: Option<Installation>,
}

impl Running {
    /// Where it listens.
    pub(crate) fn url(&self, path: &str) -> String {
        let base = self.first.strip_prefix("listening on ").unwrap_or_else(|| panic!("{}", self.told()));
        format!("{base}{path}")
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.as_ref().expect("running").id()
    }

    /// Sends SIGTERM.
    pub(crate) fn terminate(&self) {
        let id = self.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status().expect("kill is everywhere");
        assert!(sent.success());
    }

    /// Waits for its end.
    pub(crate) fn end(mut self) -> Ended {
        let mut child = self.child.take().expect("running");
        let started = Instant::now();
        while child.try_wait().expect("a child").is_none() {
            if started.elapsed() > PATIENCE {
                child.kill().expect("ours");
            }
            std::thread::park_timeout(Duration::from_millis(20));
        }
        ended(child.wait_with_output().expect("ended"))
    }

    fn told(&self) -> String {
        format!("the program did not say where it listens but {:?}", self.first)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let mut told = String::new();
            let _ = child.stderr.take().map(|mut err| err.read_to_string(&mut told));
            let _ = child.wait();
            eprintln!("the program that was killed had said:\n{told}");
        }
    }
}

fn ended(output: Output) -> Ended {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is text");
    Ended { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// Asks until the answer has this status, or fails.
pub(crate) async fn wait_for(url: &str, status: u16) -> Duration {
    let started = Instant::now();
    loop {
        let answer = reqwest::get(url).await.map(|answer| answer.status().as_u16());
        if answer.as_ref().is_ok_and(|answered| *answered == status) {
            return started.elapsed();
        }
        assert!(started.elapsed() < PATIENCE, "{url} answers {answer:?} instead of {status}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Asks until the answer is yes, or fails.
pub(crate) async fn wait_until(is_so: impl AsyncFn() -> bool) {
    let started = Instant::now();
    while !is_so().await {
        assert!(started.elapsed() < PATIENCE, "it never became so");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
