//! Documents that are made from the program are as fresh as the program.

use std::path::Path;

use domain::permission::Permission;

const PERMISSIONS: &str = "# Who may do what

Five roles, one table. A clerk, a lead and a device have their permissions in their own office alone; an operator has them
everywhere. Whoever has not signed in has none of them: searching, the catalogue and booking by mail link need none.

This page is made from the table the program decides with; a test keeps it fresh.

";

fn check(name: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, made).expect("the documentation can be written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == made, "docs/{name} is stale: run this test once with UPDATE_DOCS=1");
}

#[test]
fn the_table_of_permissions_is_fresh() {
    check("permissions.md", &format!("{PERMISSIONS}{}", Permission::markdown()));
}

#[test]
fn the_schema_is_fresh() {
    check("schema.graphql", &gateway::graphql::schema_text());
}
