//! A real mail server (aiosmtpd) that keeps what it gets, and hangs up or falls silent when told to.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::{Failure, Result, While as _};
use crate::house::sources;
use crate::torture::crash::judge::Letter;
use crate::{interrupt, process, provision};

/// Shared with the tests of the gateway.
const SCRIPT: &str = "crates/gateway/tests/door/mail_sink/sink.py";
const PACKAGES: &str = "crates/gateway/tests/door/mail_sink/requirements.txt";

/// A worker that does not send a letter for so long is broken.
const PATIENCE: Duration = Duration::from_mins(1);

/// How the mail server behaves. Letters are counted from 1.
#[derive(Debug, Clone, Copy)]
pub(super) enum Manner {
    /// Takes every letter.
    Takes,
    /// Takes every letter; from this one on it breaks the connection instead of saying so.
    HangsUpFrom(usize),
    /// Takes every letter; from this one on it says nothing.
    SilentFrom(usize),
}

/// The mail server. It ends when it is dropped.
#[derive(Debug)]
pub(super) struct PostOffice {
    directory: PathBuf,
    port: u16,
    child: Child,
}

impl PostOffice {
    /// Opens it; letters are kept below this directory.
    ///
    /// # Errors
    ///
    /// If Python or its packages are missing.
    pub(super) fn open(directory: &Path) -> Result<Self> {
        let python = provision::python_with(PACKAGES)?;
        let directory = directory.join("post-office");
        fs::create_dir_all(&directory)?;
        fs::write(directory.join("manner"), "accept")?;
        let port = process::free_port()?;
        let mut command = Command::new(python);
        command.arg(sources::repository().join(SCRIPT)).arg(port.to_string()).arg(&directory);
        // It ends when its input is closed, so it cannot outlive us.
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().during("starting a mail server")?;
        let mut office = Self { directory, port, child };
        let said = office.child.stdout.as_mut().ok_or_else(|| Failure::new("the mail server does not speak"))?;
        let mut line = String::new();
        BufReader::new(said).read_line(&mut line)?;
        if line.trim() == "ready" { Ok(office) } else { Err(Failure::new("the mail server does not start")) }
    }

    /// Its address, as `mail.smtp_url_file` wants it.
    pub(super) fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// From the next letter on it behaves like this.
    pub(super) fn behave(&self, manner: Manner) -> Result<()> {
        let words = match manner {
            Manner::Takes => "accept".to_owned(),
            Manner::HangsUpFrom(first) => format!("drop {first}"),
            Manner::SilentFrom(first) => format!("silent {first}"),
        };
        let draft = self.directory.join(".manner");
        fs::write(&draft, words)?;
        fs::rename(draft, self.directory.join("manner")).during("telling the mail server how to behave")
    }

    /// How many letters it has, copies included.
    pub(super) fn count(&self) -> Result<usize> {
        Ok(self.files("eml")?.len())
    }

    /// After how many letters it hung up.
    pub(super) fn hung_up(&self) -> Result<usize> {
        Ok(self.files("dropped")?.len())
    }

    /// Waits until it has so many letters.
    ///
    /// # Errors
    ///
    /// If they do not come.
    pub(super) fn wait_for(&self, count: usize) -> Result<()> {
        let since = Instant::now();
        while self.count()? < count {
            interrupt::check()?;
            if since.elapsed() > PATIENCE {
                let have = self.count()?;
                return Err(Failure::new(format!("the mail server waits for letter {count} and has {have}")));
            }
            thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    /// All letters, copies included.
    pub(super) fn letters(&self) -> Result<Vec<Letter>> {
        let read = |path: PathBuf| {
            let text = fs::read(&path).during("reading a letter")?;
            let letter = Letter::read(&String::from_utf8_lossy(&text));
            letter.ok_or_else(|| Failure::new(format!("{} is no letter", path.display())))
        };
        self.files("eml")?.into_iter().map(read).collect()
    }

    fn files(&self, extension: &str) -> Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.directory).during("looking for letters")? {
            let path = entry?.path();
            if path.extension().is_some_and(|found| found == extension) {
                files.push(path);
            }
        }
        files.sort_unstable();
        Ok(files)
    }
}

impl Drop for PostOffice {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
