//! A real clamd for a test, which knows one signature: ours.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use applications::ScannerAddress;

/// What this clamd takes for harmful. It is not.
pub(super) const HARM: &str = "SERVICEPOINT-HARMLESS-TEST-PATTERN";
/// The longest stream that this clamd takes, in bytes.
pub(super) const LONGEST_STREAM: usize = 512 * 1024;

/// A clamd that ends with its value.
pub(super) struct Clamd {
    child: Child,
    folder: tempfile::TempDir,
    port: u16,
}

impl Clamd {
    /// Starts one and waits until it answers.
    ///
    /// # Panics
    /// When there is no clamd: what this promises cannot be shown without one.
    pub(super) fn start() -> Self {
        let program = program();
        let folder = tempfile::tempdir().expect("a folder");
        let port = {
            let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
            free.local_addr().expect("an address").port()
        };
        let signatures = folder.path().join("signatures");
        std::fs::create_dir(&signatures).expect("a folder");
        let signature = format!("Servicepoint.Test.Harm:0:*:{}\n", hex(HARM));
        std::fs::write(signatures.join("test.ndb"), signature).expect("written");
        let settings = format!(
            "Foreground yes\nDatabaseDirectory {}\nLocalSocket {}\nTCPAddr 127.0.0.1\nTCPSocket {port}\n\
             StreamMaxLength {LONGEST_STREAM}\n",
            signatures.display(),
            folder.path().join("clamd.ctl").display(),
        );
        let file = folder.path().join("clamd.conf");
        std::fs::write(&file, settings).expect("written");
        let child = Command::new(&program)
            .arg("--config-file")
            .arg(&file)
            .env("LD_LIBRARY_PATH", libraries(&program))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("clamd does not start ({error}): {}", program.display()));
        let mut clamd = Self { child, folder, port };
        clamd.wait();
        clamd
    }

    fn wait(&mut self) {
        for _ in 0..300 {
            if self.ping().is_ok_and(|answer| answer.starts_with("PONG")) {
                return;
            }
            let ended = self.child.try_wait().expect("it can be asked");
            assert!(ended.is_none(), "clamd ended at once: {ended:?}");
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("clamd does not answer");
    }

    fn ping(&self) -> std::io::Result<String> {
        let mut stream = UnixStream::connect(self.folder.path().join("clamd.ctl"))?;
        stream.write_all(b"zPING\0")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        TcpStream::connect(("127.0.0.1", self.port))?;
        Ok(answer)
    }

    /// Its socket.
    pub(super) fn socket(&self) -> ScannerAddress {
        ScannerAddress::Socket(self.folder.path().join("clamd.ctl"))
    }

    /// Its port.
    pub(super) fn network(&self) -> ScannerAddress {
        ScannerAddress::Network(SocketAddr::from(([127, 0, 0, 1], self.port)))
    }
}

impl Drop for Clamd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `SERVICEPOINT_TEST_CLAMD`, the machine's own, or the one that `cargo xtask test` unpacked beside the build.
fn program() -> PathBuf {
    let named = std::env::var_os("SERVICEPOINT_TEST_CLAMD").map(PathBuf::from);
    let own = || Some(PathBuf::from("/usr/sbin/clamd")).filter(|path| path.exists());
    let unpacked = || {
        let build = Path::new(env!("CARGO_TARGET_TMPDIR")).parent()?.parent()?;
        Some(build.join("tools/debian/clamav-daemon/usr/sbin/clamd")).filter(|path| path.exists())
    };
    named.or_else(own).or_else(unpacked).unwrap_or_else(|| {
        panic!(
            "NO CLAMD: nothing is shown about files without a scanner. `cargo xtask test` unpacks one, \
             `apt-get install clamav-daemon` installs one, SERVICEPOINT_TEST_CLAMD names one"
        )
    })
}

/// Where the libraries of a clamd lie that was unpacked and not installed.
fn libraries(program: &Path) -> String {
    let root = program.ancestors().nth(3).unwrap_or(Path::new("/"));
    let folders = std::fs::read_dir(root.join("usr/lib")).into_iter().flatten().flatten();
    let paths = folders.map(|folder| folder.path()).filter(|path| path.is_dir());
    paths.map(|path| path.display().to_string()).collect::<Vec<_>>().join(":")
}

fn hex(text: &str) -> String {
    hex::encode(text)
}
