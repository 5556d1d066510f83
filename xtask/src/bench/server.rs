//! What is measured: our own server with the demo city on one of the two engines, on disks that write for real.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::bench::processes;
use crate::cluster::{Cluster, Durability};
use crate::failure::{Failure, Result, While as _};
use crate::process;
use crate::serving::{self, Installation, Output, Server};

const PATIENCE: Duration = Duration::from_mins(1);

static BUILT: AtomicU32 = AtomicU32::new(0);

/// Where the server keeps its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// WAL and `synchronous=FULL`, one file.
    Sqlite,
    /// A cluster of our own with `fsync=on`.
    Postgres,
}

impl Engine {
    /// For the names of figures: `start-up.sqlite`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// What every benchmark gets: the program and the engines it was asked for.
#[derive(Debug)]
pub struct Context {
    program: PathBuf,
    engines: Vec<Engine>,
}

impl Context {
    /// A program to be measured on these engines.
    pub fn new(program: PathBuf, engines: &[Engine]) -> Self {
        Self { program, engines: engines.to_vec() }
    }

    /// The engines to measure on, one after the other.
    pub fn engines(&self) -> &[Engine] {
        &self.engines
    }

    /// Makes a database of its own with the demo city in it; nothing is shared with other benchmarks.
    ///
    /// # Errors
    ///
    /// If PostgreSQL does not start or the city cannot be loaded.
    pub fn stand(&self, engine: Engine) -> Result<Stand> {
        let number = BUILT.fetch_add(1, Ordering::Relaxed);
        // On a real disk: /tmp may be kept in memory.
        let directory = PathBuf::from(format!("/var/tmp/servicepoint-bench-{}-{number}", std::process::id()));
        fs::create_dir_all(&directory).during(&format!("making {}", directory.display()))?;
        let directory = Directory(directory);
        let (cluster, database_url) = match engine {
            Engine::Sqlite => (None, serving::sqlite_url(&directory.0)),
            Engine::Postgres => {
                let cluster = Cluster::start(Durability::Durable)?;
                let url = cluster.create_database("servicepoint")?;
                (Some(cluster), url)
            }
        };
        let installation = Installation {
            program: self.program.clone(),
            port: process::free_port()?,
            database_url,
            data: directory.0.clone(),
            log_format: "json",
            output: Output::File(directory.log()),
        };
        installation.prepare()?;
        installation.load_demo_city().map_err(|failure| directory.with_log(&failure))?;
        Ok(Stand { installation, cluster, directory })
    }
}

/// A database with the demo city, ready to be served. Dropping it deletes everything.
#[derive(Debug)]
pub struct Stand {
    installation: Installation,
    cluster: Option<Cluster>,
    directory: Directory,
}

impl Stand {
    /// Starts `serve` and waits until it is ready. Drop the server before the stand.
    ///
    /// # Errors
    ///
    /// If it does not become ready.
    pub fn serve(&self) -> Result<Server> {
        self.serve_timed().map(|(server, _)| server)
    }

    /// As [`Stand::serve`], with the time from the start of the process to the first 200 of `/readyz`.
    ///
    /// # Errors
    ///
    /// As [`Stand::serve`].
    pub fn serve_timed(&self) -> Result<(Server, Duration)> {
        let mut server = self.installation.serve()?;
        let took = server.wait_until_ready(PATIENCE);
        took.map(|took| (server, took)).map_err(|failure| self.directory.with_log(&failure))
    }

    /// CPU time so far of the server and, on PostgreSQL, of the whole cluster. Take the difference of two calls.
    ///
    /// # Errors
    ///
    /// If one of them is gone.
    pub fn cpu_time(&self, server: &Server) -> Result<Duration> {
        let mut processes = vec![server.process_id()];
        if let Some(cluster) = &self.cluster {
            processes.push(cluster.postmaster()?);
        }
        processes::cpu_time_of_all(&processes)
    }

    /// Address of the database.
    pub fn database_url(&self) -> &str {
        &self.installation.database_url
    }

    /// Where files of this measurement go.
    pub fn directory(&self) -> &Path {
        &self.directory.0
    }

    /// One of PostgreSQL's own programs.
    ///
    /// # Errors
    ///
    /// If this stand has no PostgreSQL, or the program is not installed.
    pub fn postgresql_program(&self, name: &str) -> Result<PathBuf> {
        let cluster = self.cluster.as_ref().ok_or_else(|| Failure::new("this stand has no PostgreSQL"))?;
        let program = Some(cluster.program(name)).filter(|program| process::is_program(program));
        program.or_else(|| process::find_program(name)).ok_or_else(|| Failure::new(format!("{name} is not installed")))
    }
}

/// A directory that goes when it is dropped.
#[derive(Debug)]
struct Directory(PathBuf);

impl Directory {
    fn log(&self) -> PathBuf {
        self.0.join("server.log")
    }

    /// What the program wrote before it failed.
    fn with_log(&self, failure: &Failure) -> Failure {
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        Failure::new(format!("{failure}\n{log}"))
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // What cannot be deleted lies in /var/tmp, where the system clears it.
        let _ = fs::remove_dir_all(&self.0);
    }
}
