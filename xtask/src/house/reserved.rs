//! Which crates from outside belong to one room: the web framework, the database, passwords, the command line.

use crate::house::rooms::{self, Kind, Manifest};
use crate::house::sources::SourceFile;
use crate::house::{Breach, code};

/// A crate from outside and who may name it in its `Cargo.toml`.
struct Reserved {
    external: &'static str,
    allowed: fn(&str) -> bool,
    instead: &'static str,
}

const RESERVED: &[Reserved] = &[
    Reserved { external: "axum", allowed: speaks_http, instead: "HTTP is spoken in the gateway alone" },
    Reserved { external: "tower", allowed: speaks_http, instead: "HTTP is spoken in the gateway alone" },
    Reserved { external: "tower-http", allowed: is_gateway, instead: "HTTP is spoken in the gateway alone" },
    Reserved { external: "async-graphql", allowed: is_gateway, instead: "GraphQL is spoken in the gateway alone" },
    Reserved { external: "tracing-appender", allowed: is_gateway, instead: "the gateway decides where log lines go" },
    Reserved { external: "clap", allowed: reads_command_line, instead: "the gateway reads the command line" },
    Reserved {
        external: "tracing-subscriber",
        allowed: reads_command_line,
        instead: "the gateway decides where log lines go",
    },
    Reserved {
        external: "jsonwebtoken",
        allowed: reads_tokens,
        instead: "tokens are signed and read in identity, events of FIT-Connect in exchange",
    },
    Reserved { external: "argon2", allowed: is_identity, instead: "passwords are hashed in identity" },
    Reserved { external: "sea-orm", allowed: has_store, instead: "ask the store of the feature that owns the table" },
    Reserved { external: "sqlx", allowed: nobody, instead: "sea-orm is the one way to the database" },
    Reserved { external: "sea-orm-migration", allowed: has_tables, instead: "tables are made in migrations" },
    Reserved {
        external: "aws-lc-rs",
        allowed: keeps_keys,
        instead: "keys are made and used in identity, in the vault of database and for the envelopes of exchange",
    },
    Reserved { external: "lettre", allowed: is_notifications, instead: "letters are written in notifications" },
    Reserved { external: "minijinja", allowed: writes_to_people, instead: "letters and pages are written elsewhere" },
    Reserved { external: "typst", allowed: is_letters, instead: "letters on paper are written in letters" },
    Reserved { external: "openidconnect", allowed: is_identity, instead: "providers are asked in identity" },
    Reserved { external: "reqwest", allowed: makes_calls, instead: "a test tool is a dev-dependency" },
    Reserved { external: "tempfile", allowed: is_testkit, instead: "a test tool is a dev-dependency" },
    Reserved { external: "proptest", allowed: is_testkit, instead: "a test tool is a dev-dependency" },
    Reserved { external: "insta", allowed: is_testkit, instead: "a test tool is a dev-dependency" },
    Reserved { external: "tokio-tungstenite", allowed: is_testkit, instead: "a test tool is a dev-dependency" },
];

/// What a pure engine must not even be able to reach.
const NOT_IN_PURE_CRATES: [&str; 12] = [
    "tokio",
    "tokio-util",
    "futures-util",
    "async-stream",
    "async-trait",
    "hyper",
    "http",
    "rand",
    "getrandom",
    "tracing",
    "metrics",
    "rusqlite",
];

/// Crates from outside that a `Cargo.toml` names without being allowed to.
pub fn check_manifests(manifests: &[Manifest]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for manifest in manifests {
        for reserved in RESERVED {
            if manifest.normal.contains(reserved.external) && !(reserved.allowed)(&manifest.name) {
                let rule = format!("`{}` may not use {}: {}", manifest.name, reserved.external, reserved.instead);
                breaches.push(Breach::of(&manifest.path, rule));
            }
        }
        let is_pure = rooms::find(&manifest.name).is_some_and(|room| room.kind == Kind::Pure);
        for external in NOT_IN_PURE_CRATES.iter().filter(|&&external| is_pure && manifest.normal.contains(external)) {
            breaches
                .push(Breach::of(&manifest.path, format!("`{}` is pure and may not use {external}", manifest.name)));
        }
    }
    breaches
}

/// Invariant 2: SQL and sea-orm stand only in `database`, `migrations` and the private `store` of a feature.
pub fn check_sources(files: &[SourceFile]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let outside = files.iter().filter(|file| file.is("rs") && !may_name_sea_orm(&file.path));
    for file in outside {
        let code = code::split(&file.text).code;
        for (index, line) in code.lines().enumerate() {
            if ["sea_orm", "sqlx", "sea_query"].iter().any(|name| code::names(line, name)) {
                let rule = "sea-orm stands only in `database` and in the `store` module of a feature";
                breaches.push(Breach::on_line(&file.path, index + 1, rule));
            }
        }
    }
    let lists = files.iter().filter(|file| file.path.ends_with("/src/lib.rs"));
    for file in lists {
        let code = code::split(&file.text).code;
        let public = code.lines().enumerate().filter(|(_, line)| code::names(line, "pub mod store"));
        let rule = "a store is private to its feature: `mod store;`";
        breaches.extend(public.map(|(index, _)| Breach::on_line(&file.path, index + 1, rule)));
    }
    breaches
}

fn may_name_sea_orm(path: &str) -> bool {
    let in_store = path.contains("/src/store/") || path.ends_with("/src/store.rs");
    let is_feature = path.strip_prefix("crates/").and_then(|rest| rest.split('/').next()).is_some_and(is_feature);
    path.starts_with("crates/database/") || path.starts_with("migrations/") || (in_store && is_feature)
}

fn is_gateway(name: &str) -> bool {
    name == "gateway"
}

fn reads_command_line(name: &str) -> bool {
    name == "gateway" || name == "xtask"
}

/// The tests' application is asked through the gateway's own router.
fn speaks_http(name: &str) -> bool {
    is_gateway(name) || is_testkit(name)
}

fn is_notifications(name: &str) -> bool {
    name == "notifications"
}

fn is_letters(name: &str) -> bool {
    name == "letters"
}

/// Letters in notifications, pages in the gateway.
fn writes_to_people(name: &str) -> bool {
    is_notifications(name) || is_gateway(name)
}

/// Sign-in providers, webhooks, the receivers of cases and a city's language model are asked over the web; for everybody else
/// it is a test tool.
fn makes_calls(name: &str) -> bool {
    is_identity(name) || is_notifications(name) || matches!(name, "applications" | "gateway") || is_testkit(name)
}

fn is_identity(name: &str) -> bool {
    name == "identity"
}

/// Tokens are signed in one room, personal data and the audit log are sealed in the other, what leaves the city is sealed
/// in the third. Nobody else touches a cipher.
fn keeps_keys(name: &str) -> bool {
    name == "identity" || name == "database" || name == "exchange"
}

fn reads_tokens(name: &str) -> bool {
    is_identity(name) || name == "exchange"
}

fn is_testkit(name: &str) -> bool {
    name == "testkit"
}

fn is_feature(name: &str) -> bool {
    rooms::find(name).is_some_and(|room| room.kind == Kind::Feature)
}

fn has_store(name: &str) -> bool {
    name == "database" || is_feature(name)
}

fn has_tables(name: &str) -> bool {
    name == "migrations"
}

fn nobody(_: &str) -> bool {
    false
}
