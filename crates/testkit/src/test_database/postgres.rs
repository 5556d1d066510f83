//! PostgreSQL: one template per schema is migrated once per server; each test gets a copy by `CREATE DATABASE`.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use database::Database;
use migrations::{Migrator, MigratorTrait};
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;

use super::{connect, sqlite};

/// The number that test processes agree on while they make the template ("testkit" as ASCII).
const TEMPLATE_LOCK: i64 = 0x0074_6573_746b_6974;

static TEMPLATE: OnceCell<String> = OnceCell::const_new();
static MADE: AtomicU64 = AtomicU64::new(0);

/// A fresh database: its name and its address.
pub(super) async fn copy_of_template(maintenance: &str) -> (String, String) {
    let template = TEMPLATE.get_or_init(async || ensure_template(maintenance).await).await;
    // Process numbers come round again on a server that lives long; the time keeps the names apart.
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.subsec_nanos());
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    let name = format!("servicepoint_test_{}_{nanos:x}_{number}", std::process::id());
    let server = connect(maintenance, 2).await;
    run(&server, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
    server.close().await.expect("an open database can be closed");
    let url = with_database(maintenance, &name);
    (name, url)
}

/// Takes the database `name` away, with whoever is still connected to it.
pub(super) async fn drop(maintenance: &str, name: &str) {
    let server = connect(maintenance, 2).await;
    run(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
    server.close().await.expect("an open database can be closed");
}

/// Makes the template unless this server has it, and gives its name.
async fn ensure_template(maintenance: &str) -> String {
    let name = format!("servicepoint_template_{}", fingerprint().await);
    let server = connect(maintenance, 2).await;
    // The lock goes with the unit. `CREATE DATABASE` cannot run inside one, so it takes the second connection.
    let guard = server.begin().await.expect("the test server can be reached");
    guard
        .rows(&format!("SELECT pg_advisory_xact_lock({TEMPLATE_LOCK})::text AS locked"), vec![])
        .await
        .expect("an advisory lock can be waited for");
    let known = format!("SELECT 1 AS one FROM pg_database WHERE datname = '{name}'");
    if guard.row(&known, vec![]).await.expect("the catalogue can be read").is_none() {
        make_template(&server, maintenance, &name).await;
    }
    guard.commit().await.expect("nothing was written");
    server.close().await.expect("an open database can be closed");
    name
}

async fn make_template(server: &Database, maintenance: &str, name: &str) {
    // Built under another name, so that a process that dies half-way leaves no half-migrated template behind.
    let unfinished = format!("{name}_unfinished");
    run(server, &format!("DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)")).await;
    run(server, &format!("CREATE DATABASE {unfinished}")).await;
    let template = connect(&with_database(maintenance, &unfinished), 2).await;
    migrations::up(template.for_migrations()).await.expect("the migrations go up on PostgreSQL");
    template.close().await.expect("an open database can be closed");
    run(server, &format!("ALTER DATABASE {unfinished} RENAME TO {name}")).await;
}

/// Changes with the list of migrations and with what they make.
async fn fingerprint() -> String {
    let mut hash = Sha256::new();
    for migration in Migrator::migrations() {
        hash.update(migration.name());
        hash.update([0]);
    }
    hash.update(sqlite::schema().await);
    hex::encode(&hash.finalize()[..8])
}

async fn run(server: &Database, sql: &str) {
    if let Err(error) = server.write(sql, vec![]).await {
        panic!("`{sql}` failed on the test server: {error}");
    }
}

/// The address of another database of the same server.
fn with_database(url: &str, name: &str) -> String {
    let (address, options) = url.split_once('?').map_or((url, None), |(address, options)| (address, Some(options)));
    let authority = address.find("://").map_or(0, |at| at + 3);
    let end = address[authority..].find('/').map_or(address.len(), |at| authority + at);
    let options = options.map(|options| format!("?{options}")).unwrap_or_default();
    format!("{}/{name}{options}", &address[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_to_another_database_of_the_same_server() {
        for (url, expected) in [
            ("postgres://eva@127.0.0.1:5433/postgres", "postgres://eva@127.0.0.1:5433/new"),
            ("postgres://eva@127.0.0.1:5433", "postgres://eva@127.0.0.1:5433/new"),
            ("postgres://eva@/postgres?host=/tmp/a&port=5433", "postgres://eva@/new?host=/tmp/a&port=5433"),
        ] {
            assert_eq!(with_database(url, "new"), expected);
        }
    }
}
