//! What is different on PostgreSQL: nothing changes the tables unless somebody says so, and gateways share a key.

use std::os::unix::fs::PermissionsExt;

use crate::installation::{Installation, demo_city, wait_for};
use database::{ConnectOptions, Database, Engine};

/// An empty database of its own on the throw-away server, if there is one.
pub(crate) struct Empty {
    server: Database,
    name: String,
    pub(crate) url: String,
}

impl Empty {
    pub(crate) async fn new(name: &str) -> Option<Self> {
        testkit::engines().contains(&Engine::Postgres).then_some(())?;
        let url = std::env::var("SERVICEPOINT_TEST_POSTGRES").expect("the engines say so");
        let options = ConnectOptions {
            url: url.clone(),
            max_connections: 2,
            acquire_timeout: std::time::Duration::from_secs(30),
        };
        let server = Database::connect(&options).await.expect("the test server can be reached");
        let name = format!("servicepoint_cli_{name}_{}", std::process::id());
        server.write(&format!("CREATE DATABASE {name}"), vec![]).await.expect("a database can be made");
        let (authority, _) = url.rsplit_once('/').expect("an address with a database");
        let url = format!("{authority}/{name}");
        Some(Self { server, name, url })
    }

    /// Loses everything, as a disk does, and begins with an empty database of the same name.
    pub(crate) async fn lose_everything(&self) {
        for sql in ["DROP DATABASE {} WITH (FORCE)", "CREATE DATABASE {}"] {
            self.server.write(&sql.replace("{}", &self.name), vec![]).await.expect("the test server does it");
        }
    }

    pub(crate) async fn finish(self) {
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        self.server.write(&sql, vec![]).await.expect("it can be dropped");
    }
}

/// The same with a master key, as an operator would have copied it there.
pub(crate) fn with_key(installation: Installation) -> Installation {
    let key = installation.write("data/servicepoint.key", &format!("{}\n", "ab".repeat(32)));
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).expect("ours");
    installation
}

#[tokio::test]
async fn refuses_to_start_on_pending_migrations_and_without_a_key() {
    let Some(empty) = Empty::new("pending").await else { return };
    let installation = Installation::new().with("DATABASE__URL", &empty.url);
    for command in [&["serve"][..], &["work"], &["city", "load", demo_city().to_str().expect("text")]] {
        let told = installation.run(command).failure(3);
        assert!(told.contains("m20261122_000001_city") && told.contains("servicepoint migrate up"), "{told}");
    }
    assert!(installation.run(&["migrate", "plan"]).success().contains("would apply m20261122_000001_city"));
    installation.run(&["migrate", "up"]).success();
    let told = installation.run(&["serve"]).failure(2);
    assert!(told.contains("secrets.key_file") && told.contains("is missing"), "{told}");
    let installation = with_key(installation);
    installation.run(&["city", "load", demo_city().to_str().expect("text")]).success();
    let server = installation.start(&["serve"]);
    wait_for(&server.url("/readyz"), 200).await;
    let doctor = installation.run(&["doctor"]);
    assert!(doctor.out.contains("ok    clock") && doctor.out.contains("ok    city"), "{}", doctor.out);
    server.terminate();
    assert_eq!(server.end().code, Some(0));
    empty.finish().await;
}

#[tokio::test]
async fn two_that_migrate_at_once_do_not_meet() {
    let Some(empty) = Empty::new("twice").await else { return };
    let installation = Installation::new().with("DATABASE__URL", &empty.url);
    let told: Vec<String> = std::thread::scope(|scope| {
        let both: Vec<_> = (0..4).map(|_| scope.spawn(|| installation.run(&["migrate", "up"]).success())).collect();
        both.into_iter().map(|one| one.join().expect("ends")).collect()
    });
    let applied = told.iter().filter(|told| told.contains("applied m20261122_000001_city")).count();
    assert_eq!(applied, 1, "{told:?}");
    let status = installation.run(&["migrate", "status"]).success();
    assert!(!status.contains("pending"), "{status}");
    empty.finish().await;
}
