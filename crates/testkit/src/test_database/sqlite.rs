//! SQLite: one file is migrated once per process; each test gets a copy.

use database::Database;
use tempfile::TempDir;
use tokio::sync::OnceCell;

use super::connect;

/// A migrated and empty database file.
struct Template {
    file: Vec<u8>,
    schema: String,
}

static TEMPLATE: OnceCell<Template> = OnceCell::const_new();

/// A folder with a fresh database file, and the file's address.
pub(super) async fn copy_of_template() -> (TempDir, String) {
    let template = TEMPLATE.get_or_init(make_template).await;
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let path = folder.path().join("test.db");
    std::fs::write(&path, &template.file).expect("a temporary file can be written");
    let url = format!("sqlite://{}", path.display());
    (folder, url)
}

/// The schema as SQLite holds it. It changes when a migration changes, even under the same name.
pub(super) async fn schema() -> &'static str {
    &TEMPLATE.get_or_init(make_template).await.schema
}

async fn make_template() -> Template {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let path = folder.path().join("template.db");
    let database = connect(&format!("sqlite://{}", path.display()), 1).await;
    migrations::up(database.for_migrations()).await.expect("the migrations go up on SQLite");
    let schema = read_schema(&database).await;
    // The last connection that closes moves the write-ahead log into the file.
    database.close().await.expect("an open database can be closed");
    let file = std::fs::read(&path).expect("the migrated file can be read");
    Template { file, schema }
}

async fn read_schema(database: &Database) -> String {
    let sql = "SELECT COALESCE(sql, name) AS definition FROM sqlite_schema ORDER BY name";
    let rows = database.rows(sql, vec![]).await.expect("every SQLite file has a schema table");
    let definitions: Vec<String> =
        rows.iter().map(|row| row.get("definition").expect("the column is a text")).collect();
    definitions.join(";")
}
