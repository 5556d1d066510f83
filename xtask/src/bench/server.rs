//! What is measured: our own server with the demo city on one of the two engines, on disks that write for real.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::bench::city::City;
use crate::bench::load::Outcome;
use crate::bench::processes;
use crate::cluster::{Cluster, Durability};
use crate::failure::{Failure, Result, While as _};
use crate::process;
use crate::serving::{self, Installation, Output, Server, Worker};

const PATIENCE: Duration = Duration::from_mins(1);

/// What differs from the settings a city gets by itself, and why.
const SETTINGS: &[(&str, &str)] = &[
    // Several servers run side by side; nobody reads their metrics.
    ("SERVICEPOINT_SERVER__INTERNAL_LISTEN", ""),
    // There is no load balancer that must notice first.
    ("SERVICEPOINT_SERVER__ANNOUNCE_SECONDS", "0"),
    // Nothing may lapse while it is counted.
    ("SERVICEPOINT_SCHEDULING__HOLD_MINUTES", "60"),
    ("SERVICEPOINT_SCHEDULING__CONFIRM_MINUTES", "1440"),
];

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

    /// The program that is measured.
    pub fn program(&self) -> &Path {
        &self.program
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
        self.stand_with(engine, None, |_| Ok(PathBuf::from(serving::DEMO_CITY)))
    }

    /// As [`Context::stand`], with a city made for the measurement.
    ///
    /// # Errors
    ///
    /// As [`Context::stand`].
    pub fn stand_of(&self, engine: Engine, city: &City) -> Result<Stand> {
        self.stand_with(engine, None, |directory| write_city(city, directory))
    }

    /// As [`Context::stand_of`], with the database on another disk: SQLite's files, or the tables of PostgreSQL.
    ///
    /// # Errors
    ///
    /// As [`Context::stand`].
    pub fn stand_on(&self, disk: &Path, engine: Engine, city: &City) -> Result<Stand> {
        self.stand_with(engine, Some(disk), |directory| write_city(city, directory))
    }

    fn stand_with(
        &self,
        engine: Engine,
        disk: Option<&Path>,
        city: impl FnOnce(&Path) -> Result<PathBuf>,
    ) -> Result<Stand> {
        let number = BUILT.fetch_add(1, Ordering::Relaxed);
        // On a real disk: /tmp may be kept in memory.
        let directory = PathBuf::from(format!("/var/tmp/servicepoint-bench-{}-{number}", std::process::id()));
        fs::create_dir_all(&directory).during(&format!("making {}", directory.display()))?;
        let directory = Directory(directory);
        let (cluster, database_url) = match engine {
            Engine::Sqlite => (None, serving::sqlite_url(disk.unwrap_or(&directory.0))),
            Engine::Postgres => {
                let cluster = Cluster::start(Durability::Durable)?;
                let url = match disk {
                    Some(disk) => cluster.create_database_in("servicepoint", &disk.join("tables"))?,
                    None => cluster.create_database("servicepoint")?,
                };
                (Some(cluster), url)
            }
        };
        let mut settings: Vec<_> = SETTINGS.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        settings.push(("SERVICEPOINT_MAIL__DIRECTORY", directory.0.join("mail").display().to_string()));
        let installation = Installation {
            program: self.program.clone(),
            port: process::free_port()?,
            database_url,
            data: directory.0.clone(),
            log_format: "json",
            output: Output::File(directory.log()),
            arguments: &[],
            settings,
        };
        installation.prepare()?;
        let city = city(&directory.0)?;
        installation.load_city(&city).map_err(|failure| directory.with_log(&failure))?;
        Ok(Stand { installation, cluster, directory })
    }
}

fn write_city(city: &City, directory: &Path) -> Result<PathBuf> {
    let directory = directory.join("city");
    city.write(&directory)?;
    Ok(directory)
}

/// A database with the demo city, ready to be served. Dropping it deletes everything.
#[derive(Debug)]
pub struct Stand {
    installation: Installation,
    cluster: Option<Cluster>,
    directory: Directory,
}

impl Stand {
    /// The same stand with the worker left out, as in a city that runs workers apart: what is measured is requests alone,
    /// not the letters that follow from them.
    #[must_use]
    pub fn without_worker(mut self) -> Self {
        self.installation.arguments = &["--no-worker"];
        self
    }

    /// The same stand with one more setting, as an environment variable.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.installation.settings.push((name, value.to_owned()));
        self
    }

    /// Publishes the online service of a directory, with its cases in this office.
    ///
    /// # Errors
    ///
    /// If the program refuses it.
    pub fn publish_service(&self, directory: &Path, office: &str) -> Result<()> {
        self.installation.publish_service(directory, office)
    }

    /// Starts a worker on its own, for a server [without one](Stand::without_worker). Drop it before the stand.
    ///
    /// # Errors
    ///
    /// If the program cannot be started.
    pub fn work(&self) -> Result<Worker> {
        self.installation.work()
    }

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
        self.start(&self.installation)
    }

    /// The same stand with the database at another address, for example behind a proxy.
    #[must_use]
    pub fn reached_by(mut self, database_url: String) -> Self {
        self.installation.database_url = database_url;
        self
    }

    /// Starts one more server on the same database, with a port of its own. On PostgreSQL only: SQLite serves one.
    ///
    /// # Errors
    ///
    /// As [`Stand::serve`].
    pub fn serve_beside(&self) -> Result<Server> {
        let installation = Installation { port: process::free_port()?, ..self.installation.clone() };
        self.start(&installation).map(|(server, _)| server)
    }

    fn start(&self, installation: &Installation) -> Result<(Server, Duration)> {
        let mut server = installation.serve()?;
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

    /// Runs a load and gives what one accepted answer cost in milliseconds of CPU.
    ///
    /// # Errors
    ///
    /// As `load`, or if the server is gone.
    pub fn cpu_per_answer(&self, server: &Server, load: impl FnOnce() -> Result<Outcome>) -> Result<(Outcome, f64)> {
        let before = self.cpu_time(server)?;
        let outcome = load()?;
        // A backend that ends in between is counted by the postmaster a moment later.
        let spent = self.cpu_time(server)?.saturating_sub(before);
        let milliseconds = spent.as_secs_f64() * 1e3 / outcome.answered as f64;
        Ok((outcome, milliseconds))
    }

    /// Address of the database.
    pub fn database_url(&self) -> &str {
        &self.installation.database_url
    }

    /// The cluster of this stand.
    ///
    /// # Errors
    ///
    /// If this stand has no PostgreSQL.
    pub fn cluster(&self) -> Result<&Cluster> {
        self.cluster.as_ref().ok_or_else(|| Failure::new("this stand has no PostgreSQL"))
    }

    /// The program that is measured.
    pub fn program(&self) -> &Path {
        &self.installation.program
    }

    /// Where files of this measurement go.
    pub fn directory(&self) -> &Path {
        &self.directory.0
    }

    /// Runs one statement on this stand's PostgreSQL and gives the rows as text without decoration.
    ///
    /// # Errors
    ///
    /// If this stand has no PostgreSQL or the statement fails.
    pub fn sql(&self, statement: &str) -> Result<String> {
        let mut psql = Command::new(self.postgresql_program("psql")?);
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]);
        psql.arg("--command").arg(statement).arg(self.database_url());
        process::capture(&mut psql).map(|rows| rows.trim().to_owned())
    }

    /// As [`Stand::sql`], on whichever engine this stand has; SQLite by its own shell, beside the server.
    ///
    /// # Errors
    ///
    /// As [`Stand::sql`].
    pub fn statement(&self, statement: &str) -> Result<String> {
        if self.cluster.is_some() {
            return self.sql(statement);
        }
        let mut shell = Command::new("sqlite3");
        // The server writes too.
        shell.args(["-batch", "-cmd", ".timeout 5000"]).arg(self.directory().join("servicepoint.db")).arg(statement);
        process::capture(&mut shell).map(|rows| rows.trim().to_owned())
    }

    /// One of PostgreSQL's own programs.
    ///
    /// # Errors
    ///
    /// If this stand has no PostgreSQL, or the program is not installed.
    pub fn postgresql_program(&self, name: &str) -> Result<PathBuf> {
        let cluster = self.cluster()?;
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
