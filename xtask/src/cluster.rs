//! A PostgreSQL of our own for tests and measurements: started in a temporary directory, gone when dropped.

mod owner;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::cluster::owner::Owner;
use crate::failure::{Failure, Result, While as _};
use crate::process;

const PREFIX: &str = "servicepoint-postgres-";

/// A free port may be taken by somebody else before PostgreSQL binds it.
const ATTEMPTS: u32 = 5;

static STARTED: AtomicU32 = AtomicU32::new(0);

/// Whether a power cut may lose data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// `fsync=off`: for tests that do not test durability.
    ThrowAway,
    /// PostgreSQL's own defaults on a real disk: for measurements.
    Durable,
}

/// A running PostgreSQL that listens on 127.0.0.1 only. Dropping it stops the server and deletes its files.
#[derive(Debug)]
pub struct Cluster {
    directory: PathBuf,
    programs: PathBuf,
    owner: Owner,
    port: u16,
}

impl Cluster {
    /// Makes and starts a cluster.
    ///
    /// # Errors
    ///
    /// If PostgreSQL is not installed or does not start; the message carries its log.
    pub fn start(durability: Durability) -> Result<Self> {
        let programs =
            programs().ok_or_else(|| Failure::new("PostgreSQL is not installed: apt-get install postgresql"))?;
        let parent = parent_directory(durability);
        remove_abandoned(&parent, &programs);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let directory = parent.join(format!("{PREFIX}{}-{number}", std::process::id()));
        let owner = Owner::find()?;
        owner.make_directory(&directory)?;
        // From here on dropping cleans up, also when the start fails.
        let mut cluster = Self { directory, programs, owner, port: 0 };
        cluster.initialise(durability)?;
        cluster.start_on_free_port()?;
        Ok(cluster)
    }

    /// Address of a database in this cluster, for example `postgres`. Its user is a superuser without password.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Creates an empty database and returns its address.
    ///
    /// # Errors
    ///
    /// If there is a database of this name already.
    pub fn create_database(&self, name: &str) -> Result<String> {
        let mut createdb = Command::new(self.program("createdb"));
        createdb.args(["--host=127.0.0.1", "--username=postgres"]).arg(format!("--port={}", self.port)).arg(name);
        process::capture(&mut createdb)?;
        Ok(self.url(name))
    }

    /// As [`Cluster::create_database`], with its tables in this directory, which may be a small disk; the write-ahead log
    /// stays where the cluster is. The directory's parent must let anybody in.
    ///
    /// # Errors
    ///
    /// As [`Cluster::create_database`], or if the directory is there already.
    pub fn create_database_in(&self, name: &str, directory: &Path) -> Result<String> {
        self.owner.make_directory(directory)?;
        let statement = format!("CREATE TABLESPACE {name} LOCATION '{}'", directory.display());
        let mut psql = Command::new(self.program("psql"));
        psql.args(["--no-psqlrc", "--quiet", "--command", &statement]).arg(self.url("postgres"));
        process::capture(&mut psql)?;
        let mut createdb = Command::new(self.program("createdb"));
        createdb.args(["--host=127.0.0.1", "--username=postgres"]).arg(format!("--port={}", self.port));
        process::capture(createdb.arg(format!("--tablespace={name}")).arg(name))?;
        Ok(self.url(name))
    }

    /// Restarts the server as a power cut would: without telling anybody and without a checkpoint. Returns when it
    /// accepts connections again.
    ///
    /// # Errors
    ///
    /// If it does not come back; its log says why.
    pub fn restart_immediately(&self) -> Result<()> {
        let mut restart = self.command("pg_ctl");
        restart.args(["restart", "--mode=immediate", "--wait", "--silent", "--timeout=60"]);
        restart.arg("--pgdata").arg(self.data()).arg("--log").arg(self.directory.join("log"));
        restart.arg(format!("--options=-p {}", self.port));
        restart.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        process::run(&mut restart).during("restarting PostgreSQL")
    }

    /// Process id of the server; all its other processes are children of it.
    ///
    /// # Errors
    ///
    /// If the server is gone.
    pub fn postmaster(&self) -> Result<u32> {
        let file = self.data().join("postmaster.pid");
        let text = fs::read_to_string(file).during("reading postmaster.pid")?;
        let first = text.lines().next().unwrap_or_default();
        first.parse().during("reading postmaster.pid")
    }

    /// Path of one of PostgreSQL's own programs, for example `pgbench`.
    pub fn program(&self, name: &str) -> PathBuf {
        self.programs.join(name)
    }

    fn data(&self) -> PathBuf {
        self.directory.join("data")
    }

    fn initialise(&self, durability: Durability) -> Result<()> {
        let mut initdb = self.command("initdb");
        initdb.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"]);
        process::capture(initdb.arg("--pgdata").arg(self.data()))?;
        let file = self.data().join("postgresql.auto.conf");
        fs::write(&file, self.settings(durability)).during("writing PostgreSQL's settings")
    }

    fn settings(&self, durability: Durability) -> String {
        let always = format!(
            "listen_addresses = '127.0.0.1'\nunix_socket_directories = '{}'\nmax_connections = 300\nshared_buffers = 256MB\n",
            self.directory.display()
        );
        match durability {
            Durability::ThrowAway => always + "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n",
            Durability::Durable => always + "fsync = on\nsynchronous_commit = on\nfull_page_writes = on\n",
        }
    }

    fn start_on_free_port(&mut self) -> Result<()> {
        let log = self.directory.join("log");
        let mut last = Failure::new("PostgreSQL was not tried");
        for _ in 0..ATTEMPTS {
            self.port = process::free_port()?;
            let mut start = self.command("pg_ctl");
            start.args(["start", "--wait", "--silent", "--timeout=60"]).arg("--pgdata").arg(self.data());
            start.arg("--log").arg(&log).arg(format!("--options=-p {}", self.port));
            // The server inherits these; a pipe would keep us waiting for it to end.
            start.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            match process::run(&mut start) {
                Ok(()) => return Ok(()),
                Err(failure) => last = failure,
            }
        }
        let log = fs::read_to_string(log).unwrap_or_default();
        Err(Failure::new(format!("PostgreSQL does not start: {last}\n{log}")))
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.program(program));
        self.owner.runs(&mut command);
        command.current_dir(&self.directory);
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        stop(&self.programs, &self.directory, &self.owner);
    }
}

/// Where `initdb`, `pg_ctl` and the others stand: in `PATH`, or where Debian keeps them (the newest version).
pub fn programs() -> Option<PathBuf> {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = debian.map(|entry| entry.path().join("bin")).collect();
    let version = |folder: &Path| -> u32 {
        let name = folder.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        name.and_then(|name| name.parse().ok()).unwrap_or(0)
    };
    folders.sort_by_key(|folder| std::cmp::Reverse(version(folder)));
    let on_path = process::find_program("initdb").and_then(|file| fs::canonicalize(file).ok());
    folders.extend(on_path.and_then(|file| file.parent().map(Path::to_owned)));
    let needed = ["initdb", "pg_ctl", "postgres"];
    folders.into_iter().find(|folder| needed.iter().all(|name| process::is_program(&folder.join(name))))
}

/// Measurements need a real disk: `/tmp` is kept in memory on many machines, `/var/tmp` never.
fn parent_directory(durability: Durability) -> PathBuf {
    match durability {
        Durability::ThrowAway => std::env::temp_dir(),
        Durability::Durable => PathBuf::from("/var/tmp"),
    }
}

/// A task that was killed could not clean up; the next one does it.
fn remove_abandoned(parent: &Path, programs: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let maker = name.strip_prefix(PREFIX).and_then(|rest| rest.split('-').next());
        let is_abandoned = maker.is_some_and(|pid| !Path::new("/proc").join(pid).exists());
        if let (true, Ok(owner)) = (is_abandoned, Owner::find()) {
            stop(programs, &entry.path(), &owner);
        }
    }
}

fn stop(programs: &Path, directory: &Path, owner: &Owner) {
    let mut stop = Command::new(programs.join("pg_ctl"));
    owner.runs(&mut stop);
    stop.args(["stop", "--silent", "--mode=immediate", "--wait"]).arg("--pgdata").arg(directory.join("data"));
    stop.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // It may never have started. The files go either way; nothing in them is wanted.
    let _ = stop.status();
    let _ = fs::remove_dir_all(directory);
}
