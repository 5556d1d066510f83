//! Contacts: sealed beside their appointments, found by blind numbers, erased with their keys.

use database::{Database, DatabaseError, Engine, Place, Sealed, SubjectKey, Unit, Vault, VaultError};
use domain::identifier::AppointmentId;
use domain::time::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::appointment::Contact;

/// A contact as it is read: sealed, or in the clear from before there was a vault.
pub(crate) enum Kept {
    Sealed { key: SubjectKey, field: Vec<u8> },
    Clear(String),
}

const fn place(id: AppointmentId) -> Place {
    Place { table: "appointment", column: "contact_sealed", row: id.0 }
}

/// Seals a contact with a fresh key of its appointment.
pub(crate) fn seal(vault: &Vault, id: AppointmentId, contact: &Contact) -> Result<Sealed, VaultError> {
    vault.seal_new(id.0, place(id), &contact.to_text())
}

/// Opens a contact.
pub(crate) fn open(vault: &Vault, id: AppointmentId, kept: &Kept) -> Result<Option<Contact>, VaultError> {
    let text = match kept {
        Kept::Sealed { key, field } => vault.open(key, place(id), field)?,
        Kept::Clear(text) => text.as_bytes().to_vec(),
    };
    Contact::from_text(&text).map(Some).ok_or(VaultError::DoesNotOpen)
}

/// Writes the key of a contact that is sealed in this unit. `false` when its tenant key is gone: seal again.
pub(crate) async fn keep_key(unit: &Unit, key: &SubjectKey, now: Timestamp) -> Result<bool, DatabaseError> {
    unit.keep_key(key, now).await
}

/// Enters blind numbers by which the appointment is found.
pub(crate) async fn index(unit: &Unit, id: AppointmentId, tokens: &[i64]) -> Result<(), DatabaseError> {
    for token in tokens {
        let sql = "INSERT INTO contact_index (token, subject) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        unit.execute(sql, vec![(*token).into(), id.0.into()]).await?;
    }
    Ok(())
}

/// Contacts that an older program wrote in the clear, with their persons.
pub(crate) async fn in_the_clear(
    unit: &Unit,
    limit: i64,
) -> Result<Vec<(AppointmentId, String, Option<i64>)>, DatabaseError> {
    let sql = "SELECT id, contact, person FROM appointment WHERE contact IS NOT NULL LIMIT $1";
    let sql = unit.engine().choose(sql.to_owned(), format!("{sql} FOR UPDATE SKIP LOCKED"));
    let rows = unit.rows(&sql, vec![limit.into()]).await?;
    rows.iter().map(|row| Ok((AppointmentId(row.at(0)?), row.at(1)?, row.at(2)?))).collect()
}

/// Whether there are such contacts.
pub(crate) async fn any_in_the_clear(database: &Database) -> Result<bool, DatabaseError> {
    Ok(database.row("SELECT 1 AS one FROM appointment WHERE contact IS NOT NULL LIMIT 1", vec![]).await?.is_some())
}

/// Puts a sealed contact into the place of the one in the clear.
pub(crate) async fn replace(unit: &Unit, id: AppointmentId, field: Vec<u8>) -> Result<(), DatabaseError> {
    let sql = "UPDATE appointment SET contact = NULL, contact_sealed = $1 WHERE id = $2";
    unit.execute(sql, vec![field.into(), id.0.into()]).await.map(drop)
}

/// What is left of an appointment whose person is erased.
#[derive(Debug, Serialize)]
pub(crate) struct Left {
    pub(crate) id: String,
    pub(crate) generation: i64,
    /// The takes in time; those of the person are gone.
    pub(crate) takes: String,
}

/// Whether the link to the account goes, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Account {
    Stays,
    Goes,
}

/// Empties everything personal of these appointments, unless somebody changed one since it was read. Gives those that
/// were written.
pub(crate) async fn empty(unit: &Unit, left: &[Left], account: Account) -> Result<Vec<AppointmentId>, DatabaseError> {
    let account = match account {
        Account::Stays => "",
        Account::Goes => "account = NULL,",
    };
    let sql = match unit.engine() {
        Engine::Sqlite => format!(
            "UPDATE appointment SET contact = NULL, contact_sealed = NULL, person = NULL, {account} takes = t.takes,
                generation = appointment.generation + 1
             FROM (SELECT unhex(value ->> 'id') AS key, value ->> 'generation' AS seen, value ->> 'takes' AS takes
                   FROM json_each($1)) AS t
             WHERE appointment.id = t.key AND appointment.generation = t.seen RETURNING id"
        ),
        Engine::Postgres => format!(
            "UPDATE appointment SET contact = NULL, contact_sealed = NULL, person = NULL, {account} takes = t.takes,
                generation = appointment.generation + 1
             FROM json_to_recordset($1::json) AS t(id uuid, generation bigint, takes text)
             WHERE appointment.id = t.id AND appointment.generation = t.generation RETURNING appointment.id"
        ),
    };
    let rows = unit.rows(&sql, vec![serde_json::to_string(left).unwrap_or_default().into()]).await?;
    rows.iter().map(|row| Ok(AppointmentId(row.at(0)?))).collect()
}

/// Takes these appointments out of the index.
pub(crate) async fn unindex(unit: &Unit, ids: &[Uuid]) -> Result<(), DatabaseError> {
    let sql = unit.engine().choose(
        "DELETE FROM contact_index WHERE subject IN (SELECT unhex(value) FROM json_each($1))",
        "DELETE FROM contact_index WHERE subject IN (SELECT value::uuid FROM json_array_elements_text($1::json))",
    );
    unit.execute(sql, vec![list(ids).into()]).await.map(drop)
}

/// Forgets the counters of people that count nothing any more; their numbers stand for people.
pub(crate) async fn forget_counters(unit: &Unit, pools: &[i64]) -> Result<(), DatabaseError> {
    let sql = unit.engine().choose(
        "DELETE FROM capacity_cell WHERE taken = 0 AND at <= 15 AND pool IN (SELECT value FROM json_each($1))",
        "DELETE FROM capacity_cell WHERE taken = 0 AND at <= 15 \
         AND pool IN (SELECT value::bigint FROM json_array_elements_text($1::json))",
    );
    unit.execute(sql, vec![serde_json::to_string(pools).unwrap_or_default().into()]).await.map(drop)
}

/// A list of ids as both engines read it from one parameter.
pub(crate) fn list(ids: &[Uuid]) -> String {
    let hex: Vec<String> = ids.iter().map(|id| id.simple().to_string()).collect();
    serde_json::to_string(&hex).unwrap_or_default()
}
