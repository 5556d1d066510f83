//! Connecting, and statements that stand alone.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::Connection as _;
use sea_orm::sqlx::sqlite::{SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, SqliteTransactionMode, SqlxError, Statement, TransactionOptions,
    TransactionTrait, Value,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::budget;
use crate::engine::Engine;
use crate::error::DatabaseError;
use crate::row::Row;
use crate::silence::Silence;
use crate::snapshot::Snapshot;
use crate::unit::Unit;

/// How to connect.
#[derive(Debug, Clone)]
pub struct ConnectOptions {
    /// `sqlite://path/to/file.db` or `postgres://user@host/name`.
    pub url: String,
    /// Upper bound of connections that read (SQLite) or of all connections (PostgreSQL), 1 to 1000.
    pub max_connections: u32,
    /// How long a request waits for a free connection before it is told `UNAVAILABLE`.
    pub acquire_timeout: Duration,
}

/// The database. Cloning is cheap; clones share the connections.
#[derive(Debug, Clone)]
pub struct Database {
    engine: Engine,
    readers: DatabaseConnection,
    writer: DatabaseConnection,
    // SQLite has one writer; waiting here in order is fair, waiting in the driver is not.
    turn: Arc<Semaphore>,
    patience: Duration,
    silence: Silence,
}

impl Database {
    /// Connects. On SQLite the file and its folder are created when missing, in WAL mode with `synchronous=FULL`, so
    /// that what was acknowledged survives a power cut.
    ///
    /// # Errors
    /// [`DatabaseError::Unavailable`] when the address cannot be reached or is of no known kind.
    pub async fn connect(options: &ConnectOptions) -> Result<Self, DatabaseError> {
        let engine = Engine::of_url(&options.url)
            .ok_or_else(|| DatabaseError::Unavailable("the address must begin with sqlite: or postgres:".into()))?;
        match engine {
            Engine::Sqlite => Self::connect_sqlite(options).await,
            Engine::Postgres => Self::connect_postgres(options).await,
        }
    }

    async fn connect_sqlite(options: &ConnectOptions) -> Result<Self, DatabaseError> {
        if let Some(folder) = sqlite_path(&options.url).and_then(|path| Path::new(path).parent().map(Path::to_owned)) {
            std::fs::create_dir_all(&folder)
                .map_err(|error| DatabaseError::Unavailable(format!("cannot create {}: {error}", folder.display())))?;
        }
        let open = async |connections: u32| {
            let mut wanted = common(options);
            wanted.map_sqlx_sqlite_before_acquire(|connection, _| Box::pin(is_between_units(connection)));
            wanted.max_connections(connections).map_sqlx_sqlite_opts(move |file| {
                file.create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    .foreign_keys(true)
                    .busy_timeout(LOCK_WAIT)
                    .statement_cache_capacity(256)
                    .row_buffer_size(1000)
                    // Bookings touch pages all over the file: a larger cache and fewer checkpoints save most of their reads.
                    .pragma("cache_size", if connections == 1 { "-16384" } else { "-2048" })
                    .pragma("wal_autocheckpoint", "16000")
                    // A group of bookings outgrows what a statement keeps in memory to undo itself: without this, each opens a file.
                    .pragma("temp_store", "MEMORY")
                    // Destroyed keys must not stay behind in the file.
                    .pragma("secure_delete", "ON")
            });
            sea_orm::Database::connect(wanted).await
        };
        let writer = open(1).await?;
        let readers = open(options.max_connections.clamp(1, 16)).await?;
        let turn = Arc::new(Semaphore::new(1));
        let silence = Silence::of(0);
        Ok(Self { engine: Engine::Sqlite, readers, writer, turn, patience: options.acquire_timeout, silence })
    }

    async fn connect_postgres(options: &ConnectOptions) -> Result<Self, DatabaseError> {
        let mut wanted = common(options);
        let connections = options.max_connections.clamp(2, 1000);
        let silence = Silence::of(connections);
        let (going, coming) = (silence.clone(), silence.clone());
        wanted.map_sqlx_postgres_before_acquire(move |connection, state| {
            let silence = going.clone();
            Box::pin(async move { silence.before_work(connection, state.idle_for).await })
        });
        wanted.map_sqlx_postgres_pool_opts(move |pool| {
            let coming = coming.clone();
            pool.after_release(move |connection, _| {
                let silence = coming.clone();
                Box::pin(async move { silence.returned(connection).await })
            })
        });
        wanted.max_connections(connections).map_sqlx_postgres_opts(|server| {
            server
                .statement_cache_capacity(256)
                .application_name("servicepoint")
                .options([("lock_timeout", LOCK_WAIT_POSTGRES)])
        });
        let pool = sea_orm::Database::connect(wanted).await?;
        let turn = Arc::new(Semaphore::new(options.max_connections.max(2) as usize));
        let patience = options.acquire_timeout;
        Ok(Self { engine: Engine::Postgres, readers: pool.clone(), writer: pool, turn, patience, silence })
    }

    /// The engine behind this door.
    pub const fn engine(&self) -> Engine {
        self.engine
    }

    /// Reads any number of rows.
    ///
    /// # Errors
    /// See [`DatabaseError`]. A connection that was lost while idle is replaced and the read repeated once for each.
    pub async fn rows(&self, sql: &str, values: Vec<Value>) -> Result<Vec<Row>, DatabaseError> {
        budget::take()?;
        let statement = self.statement(sql, values);
        let mut attempt = 0;
        loop {
            match self.silence.watch(self.readers.query_all_raw(statement.clone())).await.map_err(DatabaseError::from) {
                Ok(rows) => return Ok(rows.into_iter().map(Row).collect()),
                // Reading is harmless to repeat; idle connections die when the server restarts.
                Err(DatabaseError::Unavailable(_)) if attempt < STALE_CONNECTIONS => attempt += 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// Reads the first row.
    ///
    /// # Errors
    /// As [`Database::rows`].
    pub async fn row(&self, sql: &str, values: Vec<Value>) -> Result<Option<Row>, DatabaseError> {
        Ok(self.rows(sql, values).await?.into_iter().next())
    }

    /// Runs one statement as a transaction of its own and gives the rows it returns. Never repeated here: only a
    /// caller whose statement carries an idempotency key may do that.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn write(&self, sql: &str, values: Vec<Value>) -> Result<Vec<Row>, DatabaseError> {
        budget::take()?;
        let _turn = self.turn().await?;
        let rows = self.silence.watch(self.writer.query_all_raw(self.statement(sql, values))).await?;
        Ok(rows.into_iter().map(Row).collect())
    }

    /// Begins a unit of work: everything written through it is kept by [`Unit::commit`] or undone when it is dropped.
    ///
    /// On SQLite units run one after the other (`BEGIN IMMEDIATE`), so a unit must never wait for the network.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn begin(&self) -> Result<Unit, DatabaseError> {
        let turn = self.turn().await?;
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let mut attempt = 0;
        loop {
            match self.silence.watch(self.writer.begin_with_options(options)).await.map_err(DatabaseError::from) {
                Ok(transaction) => return Ok(Unit::new(transaction, self.engine, self.silence.clone(), turn)),
                Err(DatabaseError::Unavailable(_)) if attempt < STALE_CONNECTIONS => attempt += 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// Begins a snapshot: everything read through it is of one moment, while others go on writing.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn snapshot(&self) -> Result<Snapshot, DatabaseError> {
        Snapshot::begin(&self.readers, self.engine).await
    }

    /// Closes all connections.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn close(self) -> Result<(), DatabaseError> {
        self.readers.close().await?;
        Ok(self.writer.close().await?)
    }

    /// The connection for migrations alone.
    pub fn for_migrations(&self) -> &DatabaseConnection {
        &self.writer
    }

    async fn turn(&self) -> Result<OwnedSemaphorePermit, DatabaseError> {
        let unavailable = |words: &str| DatabaseError::Unavailable(words.to_owned());
        // In a crowd the turn comes late although all is well: a little more patience than for a connection.
        let turn = timeout(2 * self.patience, Arc::clone(&self.turn).acquire_owned()).await;
        turn.map_err(|_| unavailable("too many wait to write"))?.map_err(|_| unavailable("the database is closed"))
    }

    fn statement(&self, sql: &str, values: Vec<Value>) -> Statement {
        Statement::from_sql_and_values(self.engine.backend(), sql, values)
    }
}

/// How long a statement waits for a lock that somebody else holds. Writers try a few times, so this is a part of what a
/// request waits at most before it is told `UNAVAILABLE`.
const LOCK_WAIT: Duration = Duration::from_secs(1);
const LOCK_WAIT_POSTGRES: &str = "1s";

/// How many dead idle connections one request is willing to meet before it gives up.
const STALE_CONNECTIONS: u32 = 3;

/// Whether a connection has nothing open, so that the next unit on it is one of its own.
///
/// SQLite undoes a unit by itself when the disk is full or fails. The driver then fails to undo it once more and goes on
/// counting it as open: every unit after that would be a part of it, confirmed to the caller and never kept. Such a
/// connection is closed, and another one takes its place.
async fn is_between_units(connection: &mut SqliteConnection) -> Result<bool, SqlxError> {
    if !connection.is_in_transaction() {
        return Ok(true);
    }
    // A dropped unit is undone in the background, in order with this.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

fn common(options: &ConnectOptions) -> sea_orm::ConnectOptions {
    let mut wanted = sea_orm::ConnectOptions::new(options.url.clone());
    wanted
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .acquire_timeout(options.acquire_timeout)
        .connect_timeout(options.acquire_timeout)
        // A ping before every statement doubles the round trips; `silence` finds dead connections otherwise.
        .test_before_acquire(false);
    wanted
}

fn sqlite_path(url: &str) -> Option<&str> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    let path = path.split('?').next().unwrap_or(path);
    (!path.is_empty() && path != ":memory:").then_some(path)
}
