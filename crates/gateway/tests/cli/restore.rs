//! Where a backup may go and where not, and what has to fit.

use database::Engine;

use crate::town::{Clerk, Town};

const FUNCTION: &str = "CREATE FUNCTION kept() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'";

#[tokio::test]
async fn only_an_empty_place_is_filled_unless_somebody_says_otherwise_twice() {
    Town::on_both_engines("places", async |town| {
        let path = town.back_up();
        let refused = town.installation.run(&["restore", &path]).failure(3);
        assert!(refused.contains("not empty") && refused.contains("--replace --yes"), "{refused}");
        assert_eq!(town.installation.run(&["restore", &path, "--replace"]).code, Some(2));
        assert_eq!(town.installation.run(&["restore", &path, "--yes"]).code, Some(2));
        let server = town.serve().await;
        let clerk = Clerk::sign_in(&server.url("/graphql")).await;
        let booked = clerk.book().await.expect("a booking");
        let refused = town.installation.run(&["restore", &path, "--replace", "--yes"]).failure(3);
        assert!(refused.contains("in use"), "{refused}");
        assert_eq!(clerk.read(&booked).await["number"], booked.number, "whoever was there serves on");
        server.terminate();
        assert_eq!(server.end().code, Some(0));
        if town.engine == Engine::Postgres {
            town.sabotage(FUNCTION).await;
            town.sabotage("CREATE TRIGGER kept BEFORE DELETE ON audit FOR EACH STATEMENT EXECUTE FUNCTION kept()")
                .await;
        }
        town.run(&["restore", &path, "--replace", "--yes"]);
        if town.engine == Engine::Postgres {
            // What triggers call goes with their tables; else the migrations could not make it anew.
            town.sabotage(FUNCTION).await;
        }
        let server = town.serve().await;
        let clerk = Clerk::sign_in(&server.url("/graphql")).await;
        assert!(clerk.read(&booked).await.is_null(), "booked after the backup, and gone with what was replaced");
        server.terminate();
        server.end();
        if town.engine == Engine::Sqlite {
            let names = std::fs::read_dir(town.path("data")).expect("there");
            let kept = names
                .filter(|name| name.as_ref().expect("a name").file_name().to_string_lossy().contains(".replaced-"));
            assert_eq!(kept.count(), 1, "what was replaced is kept beside");
        }
    })
    .await;
}

#[tokio::test]
async fn a_database_of_somebody_else_is_not_touched() {
    Town::on_both_engines("strange", async |town| {
        let path = town.back_up();
        town.lose_everything().await;
        town.sabotage("CREATE TABLE library (book TEXT)").await;
        if town.engine == Engine::Postgres {
            let refused = town.installation.run(&["restore", &path, "--replace", "--yes"]).failure(3);
            assert!(refused.contains("not of this program"), "{refused}");
        }
        town.installation.run(&["restore", &path]).failure(3);
        town.sabotage("INSERT INTO library (book) VALUES ('still there')").await;
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_broken_or_has_lost_its_log_is_replaced_as_a_whole() {
    let town = Town::new(Engine::Sqlite, "broken").await;
    town.load_city();
    let path = town.back_up();
    town.installation.write("data/servicepoint.db", &"this is no database ".repeat(500));
    town.installation.write("data/servicepoint.db-wal", "a log of another file");
    let refused = town.installation.run(&["restore", &path]).failure(3);
    assert!(refused.contains("not empty"), "{refused}");
    town.run(&["restore", &path, "--replace", "--yes"]);
    assert!(!town.path("data/servicepoint.db-wal").exists(), "no log of before is read into the new file");
    town.run(&["doctor", "--deep"]);
    // The file is lost and its log is not: that is an empty place, and still no log of before may be read.
    std::fs::remove_file(town.path("data/servicepoint.db")).expect("there");
    town.installation.write("data/servicepoint.db-wal", "a log of a lost file");
    town.run(&["restore", &path]);
    town.run(&["doctor", "--deep"]);
}

#[tokio::test]
async fn a_backup_of_a_newer_program_is_refused_and_one_of_an_older_is_brought_up() {
    Town::on_both_engines("versions", async |town| {
        town.sabotage("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m20991231_000001_later', 0)").await;
        let newer = town.back_up();
        town.lose_everything().await;
        for command in [&["restore", newer.as_str()][..], &["backup", "verify", &newer]] {
            let refused = town.installation.run(command).failure(3);
            assert!(refused.contains("newer program") && refused.contains("m20991231_000001_later"), "{refused}");
        }
        // An older one: the tables as they were after the first steps, filled by what was there then.
        let database = town.database().await;
        let unit = database.begin().await.expect("a unit");
        migrations::apply(unit.for_migrations(), Some(4)).await.expect("the first steps");
        unit.commit().await.expect("kept");
        let account = "INSERT INTO account (id, login, name, role, trust, created_at) VALUES ";
        let id =
            database.engine().choose("x'01020304050607080102030405060708'", "'01020304-0506-0708-0102-030405060708'");
        database
            .write(&format!("{account} ({id}, 'ada', 'Ada', 'operator', 'none', 0)"), vec![])
            .await
            .expect("an account");
        database.close().await.expect("open");
        let older = town.back_up_into("older");
        town.lose_everything().await;
        let told = town.run_json_failing(&["restore", &older, "--json"], 1);
        assert!(told["migrated"][0].as_str().is_some_and(|step| step.contains("000005")), "{told}");
        assert_eq!(told["restored"], true, "{told}");
        let status = town.run(&["migrate", "status"]);
        assert!(!status.contains("pending"), "{status}");
        let database = town.database().await;
        let row = database.row("SELECT generation FROM account WHERE login = 'ada'", vec![]).await.expect("answers");
        assert_eq!(row.expect("an account").get::<i64>("generation").expect("a number"), 1_000_000);
        database.close().await.expect("open");
    })
    .await;
}

#[tokio::test]
async fn another_place_is_named_without_a_password_and_nothing_goes_without_the_key() {
    let town = Town::new(Engine::Sqlite, "elsewhere").await;
    town.load_city();
    let path = town.back_up();
    let with_password = ["restore", &path, "--database-url", "postgres://eva:hunter2@127.0.0.1/city"];
    let refused = town.installation.run(&with_password).failure(2);
    assert!(refused.contains("a password stands in") && !refused.contains("hunter2"), "{refused}");
    town.installation.run(&["restore", &path, "--database-url", "mysql://a/b"]).failure(2);
    town.run(&["restore", &path, "--database-url", "sqlite://elsewhere/copy.db"]);
    assert!(town.path("elsewhere/copy.db").exists());
    std::fs::remove_file(town.path("data/servicepoint.key")).expect("there");
    let refused = town.installation.run(&["restore", &path, "--database-url", "sqlite://third.db"]).failure(1);
    assert!(refused.contains("Bring the master key back first"), "{refused}");
    town.installation.run(&["backup", "create", "backups"]).failure(1);
    assert!(!town.path("data/servicepoint.key").exists(), "no key is made up");
}
