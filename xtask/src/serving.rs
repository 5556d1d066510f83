//! The `servicepoint` program as the demo and the measurements start it: its settings, its life and its end.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::{Failure, Result, While as _};
use crate::house::sources;
use crate::interrupt;
use crate::process;

/// The city the repository brings along.
pub const DEMO_CITY: &str = "deploy/demo/hannover";

/// The online services, a directory each.
const SERVICES: &str = "crates/applications/services";

/// Longer than the server needs to finish what it accepted.
const PATIENCE: Duration = Duration::from_secs(45);

/// A `servicepoint` program with a database and a port.
#[derive(Debug, Clone)]
pub struct Installation {
    /// The program.
    pub program: PathBuf,
    /// Where it listens on 127.0.0.1.
    pub port: u16,
    /// `sqlite://...` or `postgres://...`.
    pub database_url: String,
    /// Where it keeps files.
    pub data: PathBuf,
    /// `pretty` or `json`.
    pub log_format: &'static str,
    /// Where its lines go.
    pub output: Output,
    /// Further arguments of `serve`.
    pub arguments: &'static [&'static str],
    /// Further settings, as environment variables.
    pub settings: Vec<(&'static str, String)>,
}

impl Installation {
    /// Makes the data directory and, on the first call, the key that signs links and tokens.
    ///
    /// # Errors
    ///
    /// If the directory cannot be written.
    pub fn prepare(&self) -> Result<()> {
        fs::create_dir_all(&self.data).during(&format!("making {}", self.data.display()))?;
        let file = self.key_file();
        if file.exists() {
            return Ok(());
        }
        let mut key = [0_u8; 32];
        fs::File::open("/dev/urandom")?.read_exact(&mut key).during("drawing a key")?;
        let text = hexadecimal(&key);
        let options = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file);
        options.and_then(|mut file| writeln!(file, "{text}")).during(&format!("writing {}", file.display()))
    }

    /// Brings the tables up to date and loads the demo city; both do nothing if there is nothing to do.
    ///
    /// # Errors
    ///
    /// If the program refuses; its output says why.
    pub fn load_demo_city(&self) -> Result<()> {
        self.load_city(Path::new(DEMO_CITY))
    }

    /// As [`Installation::load_demo_city`], with the city in this directory.
    ///
    /// # Errors
    ///
    /// As [`Installation::load_demo_city`].
    pub fn load_city(&self, directory: &Path) -> Result<()> {
        process::run(self.command()?.args(["migrate", "up"]))?;
        process::run(self.command()?.args(["city", "load"]).arg(directory))
    }

    /// Publishes every online service of the repository, with its cases in this office, and says how many there are.
    /// What is published already stays as it is.
    ///
    /// # Errors
    ///
    /// If the program refuses one; its output says why.
    pub fn publish_services(&self, office: &str) -> Result<usize> {
        let folder = sources::repository().join(SERVICES);
        let mut published = 0;
        for entry in fs::read_dir(&folder).during(SERVICES)? {
            let directory = entry.during(SERVICES)?.path();
            let mut command = self.command()?;
            process::capture(command.args(["services", "publish"]).arg(directory).args(["--office", office]))?;
            published += 1;
        }
        Ok(published)
    }

    /// Publishes the online service of one directory, with its cases in this office.
    ///
    /// # Errors
    ///
    /// If the program refuses it; its output says why.
    pub fn publish_service(&self, directory: &Path, office: &str) -> Result<()> {
        let mut command = self.command()?;
        process::capture(command.args(["services", "publish"]).arg(directory).args(["--office", office])).map(drop)
    }

    /// Makes a backup where the settings say.
    ///
    /// # Errors
    ///
    /// If the program refuses; its output says why.
    pub fn back_up(&self) -> Result<()> {
        process::run(self.command()?.args(["backup", "create"]))
    }

    /// Starts `serve`.
    ///
    /// # Errors
    ///
    /// If the program cannot be started.
    pub fn serve(&self) -> Result<Server> {
        let mut command = self.command()?;
        command.arg("serve").args(self.arguments).stdin(Stdio::null()).process_group(0);
        let started = Instant::now();
        let child = command.spawn().during(&process::name_of(&command))?;
        Ok(Server { child, address: self.address(), started })
    }

    /// Starts `work`: a worker on its own.
    ///
    /// # Errors
    ///
    /// If the program cannot be started.
    pub fn work(&self) -> Result<Worker> {
        let mut command = self.command()?;
        command.arg("work").stdin(Stdio::null()).process_group(0);
        Ok(Worker(command.spawn().during(&process::name_of(&command))?))
    }

    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    fn command(&self) -> Result<Command> {
        let mut command = Command::new(&self.program);
        command.current_dir(sources::repository());
        command.env("SERVICEPOINT_SERVER__LISTEN", self.address().to_string());
        command.env("SERVICEPOINT_SERVER__MODE", "development");
        command.env("SERVICEPOINT_DATABASE__URL", &self.database_url);
        command.env("SERVICEPOINT_LOG__FORMAT", self.log_format);
        command.env("SERVICEPOINT_SECRETS__KEY_FILE", self.key_file());
        command.env("SERVICEPOINT_UPLOADS__DIRECTORY", self.data.join("uploads"));
        command.envs(self.settings.iter().map(|(name, value)| (*name, value)));
        if let Output::File(path) = &self.output {
            let file = fs::OpenOptions::new().append(true).create(true).open(path);
            let file = file.during(&format!("writing {}", path.display()))?;
            command.stderr(file.try_clone()?).stdout(file);
        }
        Ok(command)
    }

    fn key_file(&self) -> PathBuf {
        self.data.join("secret.key")
    }
}

/// Address of an SQLite database in a directory.
pub fn sqlite_url(data: &Path) -> String {
    format!("sqlite://{}", data.join("servicepoint.db").display())
}

/// Where a program's lines go.
#[derive(Debug, Clone)]
pub enum Output {
    /// To the person at the keyboard.
    Screen,
    /// To the end of this file.
    File(PathBuf),
}

/// A running server. Dropping it asks it to finish what it accepted, and waits.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: SocketAddr,
    started: Instant,
}

impl Server {
    /// Waits until `/readyz` answers 200 and returns the time since the start.
    ///
    /// # Errors
    ///
    /// If the server ends before, or `patience` does.
    pub fn wait_until_ready(&mut self, patience: Duration) -> Result<Duration> {
        while self.started.elapsed() < patience {
            interrupt::check()?;
            if is_ready(self.address) {
                return Ok(self.started.elapsed());
            }
            if let Some(status) = self.child.try_wait()? {
                return Err(Failure::new(format!("the server ended before it was ready: {status}")));
            }
            thread::sleep(Duration::from_millis(2));
        }
        Err(Failure::new(format!("the server was not ready after {} s", patience.as_secs())))
    }

    /// Waits until the server ends, by itself or because of Ctrl-C.
    ///
    /// # Errors
    ///
    /// If it ends with anything but success.
    pub fn wait_until_it_ends(mut self) -> Result<()> {
        let _guard = interrupt::hears_signals(interrupt::Running::OwnGroup(process::pid_of(&self.child)));
        let status = self.child.wait()?;
        if status.success() { Ok(()) } else { Err(Failure::new(format!("the server ended: {status}"))) }
    }

    /// Ends the server at once (`kill -9`), as a power cut of the machine would.
    ///
    /// # Errors
    ///
    /// If it ended by itself before.
    pub fn kill(mut self) -> Result<()> {
        kill(&mut self.child, "server")
    }

    /// Process id of the server.
    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        process::stop(&mut self.child, PATIENCE);
    }
}

/// A running worker. Dropping it asks it to end between two letters, and waits.
#[derive(Debug)]
pub struct Worker(Child);

impl Worker {
    /// Ends the worker at once, as [`Server::kill`].
    ///
    /// # Errors
    ///
    /// If it ended by itself before.
    pub fn kill(mut self) -> Result<()> {
        kill(&mut self.0, "worker")
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        process::stop(&mut self.0, PATIENCE);
    }
}

fn kill(child: &mut Child, who: &str) -> Result<()> {
    if let Some(status) = child.try_wait()? {
        return Err(Failure::new(format!("the {who} ended before it was killed: {status}")));
    }
    child.kill()?;
    child.wait()?;
    Ok(())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

fn is_ready(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut status = [0_u8; 12];
        stream.read_exact(&mut status)?;
        Ok(status.ends_with(b" 200"))
    };
    ask().unwrap_or(false)
}
