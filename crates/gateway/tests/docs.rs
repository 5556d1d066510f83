//! Documents that are made from the program are as fresh as the program.

use std::path::Path;

use domain::permission::Permission;
use gateway::configuration::Configuration;
use gateway::retention;

const PRIVACY: &str = "# What is kept about people, how, and for how long

Names, mail addresses, telephone numbers, and names and logins of accounts are sealed as soon as they are written: AES-256-GCM with
a key of each appointment, each account and each document that lies ready, bound to table, column and row. Those keys are wrapped by a key of the city, that one by the master key in the
operator's key file. Who lets a person's key go has erased the person, in every copy that outlives the backup of keys
(`backup.keep_keys_days`). Looking somebody up goes by a blind number whose key can be changed (`servicepoint keys rotate --index`);
the database holds no plain address and no plain login.

Whoever is erased loses their appointments' contacts, their account with its sessions, tokens, second factor and link to a sign-in
provider, their conversations, and the note that they wanted no reminders; an operator who erases by address or number also lets go whose document lies in a
locker or at a counter. What the chatbot did not understand is kept only with leave, and without a way back to whoever asked: it can be
taken back until the conversation is over. Citizens do it themselves (`eraseMyData`), or an operator for whoever writes to the
city; accounts of staff are erased by operators alone.

Programs: `servicepoint person export|erase` for one person, `servicepoint retention plan` says what would go and changes nothing,
`servicepoint retention apply` lets it go; a worker does so every day. Staff who read contacts,
cases, conversations or questions to the chatbot, and operators who read accounts of citizens, leave one entry in the audit log.

The table is the one the program works by; a test keeps this page fresh.

";

const PERMISSIONS: &str = "# Who may do what

Five roles, one table. A clerk, a lead and a device have their permissions in their own office alone, but for figures that name
nobody; an operator has them everywhere. Whoever has not signed in has none of them: searching, the catalogue and booking by mail
link need none.

This page is made from the tables the program decides with and is tested by; a test keeps it fresh.

";

fn check(name: &str, made: &str) {
    let path = Path::new(env!("REPOSITORY_ROOT")).join("docs").join(name);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, made).expect("the documentation can be written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == made, "docs/{name} is stale: run this test once with UPDATE_DOCS=1");
}

#[test]
fn the_table_of_permissions_is_fresh() {
    check("permissions.md", &format!("{PERMISSIONS}{}{}", Permission::markdown(), gateway::graphql::markdown()));
}

#[test]
fn the_schema_is_fresh() {
    check("schema.graphql", &gateway::graphql::schema_text());
}

#[test]
fn the_table_of_what_is_kept_is_fresh() {
    let kept = Configuration::default().retention;
    let days = |setting: &str| {
        let days = match setting {
            "contact_days" => kept.contact_days,
            "cancelled_days" => kept.cancelled_days,
            "lapsed_days" => kept.lapsed_days,
            "appointment_days" => kept.appointment_days,
            "audit_days" => kept.audit_days,
            "conversation_days" => kept.conversation_days,
            "question_days" => kept.question_days,
            "pickup_days" => kept.pickup_days,
            other => panic!("retention.{other} is a new setting: say its default here"),
        };
        days.to_string()
    };
    check("privacy.md", &format!("{PRIVACY}{}", retention::markdown(days)));
}
