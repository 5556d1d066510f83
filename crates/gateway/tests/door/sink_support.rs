//! Programs written by others, in a Python environment of the tests' own: a mail server, a reader of mails and calendars, a
//! receiver of webhooks.

use std::io::{BufRead, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// The interpreter of an environment with the packages of `mail_sink/requirements.txt`, made once beside the build.
pub(super) fn python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mail_sink");
        let wanted = std::fs::read(source("requirements.txt")).expect("the list of packages is there");
        let python = place.join("bin/python");
        if std::fs::read(place.join("installed-from")).ok().as_ref() != Some(&wanted) {
            run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&place));
            let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
            run(Command::new(&python).args(install).arg(source("requirements.txt")));
            std::fs::write(place.join("installed-from"), wanted).expect("the build directory can be written");
        }
        python
    })
}

fn source(name: &str) -> PathBuf {
    Path::new(env!("REPOSITORY_ROOT")).join("crates/gateway/tests/door/mail_sink").join(name)
}

fn run(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap_or_else(|error| {
        panic!("this test needs Python 3.11 or newer with venv ({error}): apt-get install python3 python3-venv")
    });
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// What Python's libraries read in letters, each as an object.
pub(super) fn read_mails(paths: &[PathBuf]) -> Vec<Value> {
    let answer = run(Command::new(python()).arg(source("read_mail.py")).args(paths));
    serde_json::from_slice(&answer).expect("JSON")
}

/// A running program that ends with its value.
pub(super) struct Program {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Program {
    fn start(script: &str, arguments: &[&str]) -> Self {
        let mut command = Command::new(python());
        command.arg(source(script)).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let lines = BufReader::new(child.stdout.take().expect("asked for")).lines();
        let mut program = Self { child, lines };
        assert_eq!(program.line(), "ready");
        program
    }

    /// The next line that it says.
    pub(super) fn line(&mut self) -> String {
        self.lines.next().expect("it still runs").expect("text")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that was free a moment ago.
fn free_port() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port().to_string()
}

/// A real mail server (aiosmtpd) that keeps what it gets and behaves as it is told.
pub(super) struct Sink {
    pub(super) url: String,
    directory: tempfile::TempDir,
    _program: Program,
}

impl Sink {
    pub(super) fn open() -> Self {
        let directory = tempfile::tempdir().expect("a folder");
        std::fs::write(directory.path().join("manner"), "accept").expect("ours");
        let port = free_port();
        let program = Program::start("sink.py", &[&port, directory.path().to_str().expect("a plain path")]);
        Self { url: format!("smtp://127.0.0.1:{port}"), directory, _program: program }
    }

    /// `accept`; `drop`: breaks the connection after DATA; `silent`: never answers; `refuse`: no recipients named `unknown`.
    pub(super) fn behave(&self, manner: &str) {
        let draft = self.directory.path().join(".manner");
        std::fs::write(&draft, manner).expect("ours");
        std::fs::rename(draft, self.directory.path().join("manner")).expect("ours");
    }

    /// The files of all letters it got, in order, duplicates included.
    pub(super) fn letters(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.directory.path()).expect("there");
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
        paths.sort_unstable();
        paths
    }

    /// What Python reads in all letters.
    pub(super) fn read(&self) -> Vec<Value> {
        read_mails(&self.letters())
    }
}

/// A receiver of webhooks that verifies with the reference library of Standard Webhooks.
pub(super) struct Receiver {
    pub(super) url: String,
    program: Program,
}

impl Receiver {
    pub(super) fn open(secret: &str) -> Self {
        let port = free_port();
        Self { url: format!("http://127.0.0.1:{port}/"), program: Program::start("receiver.py", &[&port, secret]) }
    }

    /// The next call it got, and what it thinks of it.
    pub(super) fn call(&mut self) -> Value {
        serde_json::from_str(&self.program.line()).expect("JSON")
    }
}
