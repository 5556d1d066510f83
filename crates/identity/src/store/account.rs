//! The table of accounts.

use std::collections::HashSet;

use database::{Database, DatabaseError, Row, Unit, Value};
use domain::identifier::{AccountId, Key, TokenFamilyId};
use domain::permission::{Actor, Role};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::accounts::{Account, AccountFilter};
use crate::standing::Standing;
use crate::store::{placeholders, words};

/// How many values one list in a statement has at most.
const LIST: usize = 100;

pub(super) const COLUMNS: &str = "id, login, name, role, office, trust, created_at, disabled_at";

/// An account that can sign in, with what is needed to let it.
pub(crate) struct Credentials {
    pub(crate) account: Account,
    pub(crate) password: String,
    pub(crate) generation: i64,
}

/// What to change an account's password to.
pub(crate) struct NewPassword<'a> {
    pub(crate) account: AccountId,
    pub(crate) hash: &'a str,
    /// The generation the change was decided upon.
    pub(crate) generation: i64,
}

/// The account that signs in as `login`, unless it is disabled or has no password.
pub(crate) async fn credentials_of_login(
    database: &Database,
    login: &str,
) -> Result<Option<Credentials>, DatabaseError> {
    let sql = format!(
        "SELECT {COLUMNS}, password, generation FROM account WHERE login = $1 AND disabled_at IS NULL AND password IS NOT NULL"
    );
    database.row(&sql, vec![login.into()]).await?.map(|row| credentials(&row)).transpose()
}

/// The account `id`, unless it is disabled or has no password.
pub(crate) async fn credentials_of(database: &Database, id: AccountId) -> Result<Option<Credentials>, DatabaseError> {
    let sql = format!(
        "SELECT {COLUMNS}, password, generation FROM account WHERE id = $1 AND disabled_at IS NULL AND password IS NOT NULL"
    );
    database.row(&sql, vec![id.0.into()]).await?.map(|row| credentials(&row)).transpose()
}

/// As [`credentials_of`], within a unit.
pub(crate) async fn credentials_in(unit: &Unit, id: AccountId) -> Result<Option<Credentials>, DatabaseError> {
    let sql = format!(
        "SELECT {COLUMNS}, password, generation FROM account WHERE id = $1 AND disabled_at IS NULL AND password IS NOT NULL"
    );
    unit.row(&sql, vec![id.0.into()]).await?.map(|row| credentials(&row)).transpose()
}

/// The account `id` with its generation, disabled or not, with a password or without.
pub(crate) async fn with_generation(
    database: &Database,
    id: AccountId,
) -> Result<Option<(Account, i64)>, DatabaseError> {
    let sql = format!("SELECT {COLUMNS}, generation FROM account WHERE id = $1");
    let row = database.row(&sql, vec![id.0.into()]).await?;
    row.map(|row| Ok((account(&row)?, row.get("generation")?))).transpose()
}

/// How the account `id` stands, unless it is unknown or disabled, or `family` does not count.
pub(crate) async fn standing(
    database: &Database,
    id: AccountId,
    family: Option<TokenFamilyId>,
    now: Timestamp,
) -> Result<Option<Standing>, DatabaseError> {
    let alone = "SELECT id, role, office, trust, generation FROM account WHERE id = $1 AND disabled_at IS NULL";
    let row = match family {
        None => database.row(alone, vec![id.0.into()]).await?,
        Some(family) => {
            let sql = format!(
                "{alone} AND EXISTS (SELECT 1 FROM token_family WHERE id = $2 AND account = $1 \
                 AND revoked_at IS NULL AND expires_at > $3 AND idle_until > $3)"
            );
            database.row(&sql, vec![id.0.into(), family.0.into(), now.millis().into()]).await?
        }
    };
    row.map(|row| Ok(Standing { actor: actor(&row)?, generation: row.get("generation")?, family })).transpose()
}

/// The accounts with these ids, in no order.
pub(crate) async fn by_ids(database: &Database, ids: &[AccountId]) -> Result<Vec<Account>, DatabaseError> {
    let mut found = Vec::with_capacity(ids.len());
    for some in ids.chunks(LIST) {
        let sql = format!("SELECT {COLUMNS} FROM account WHERE id IN ({})", placeholders(1, some.len()));
        let values = some.iter().map(|id| id.0.into()).collect();
        let rows = database.rows(&sql, values).await?;
        found.extend(rows.iter().map(account).collect::<Result<Vec<_>, _>>()?);
    }
    Ok(found)
}

/// Which of these logins are taken.
pub(crate) async fn taken_logins(database: &Database, logins: &[String]) -> Result<HashSet<String>, DatabaseError> {
    let mut taken = HashSet::new();
    for some in logins.chunks(LIST) {
        let sql = format!("SELECT login FROM account WHERE login IN ({})", placeholders(1, some.len()));
        let values = some.iter().map(|login| login.as_str().into()).collect();
        for row in database.rows(&sql, values).await? {
            taken.insert(row.get("login")?);
        }
    }
    Ok(taken)
}

const INSERT: &str = "INSERT INTO account (id, login, name, role, office, trust, created_at, password, generation) \
                      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)";

/// Adds `account`. Breaks `Rule::AccountLogin` when its login is taken.
pub(crate) async fn add(unit: &Unit, account: &Account, password: Option<&str>) -> Result<(), DatabaseError> {
    unit.execute(INSERT, values(account, password)).await.map(drop)
}

/// Adds `account` unless its login is taken, and says whether it did.
pub(crate) async fn add_if_missing(
    unit: &Unit,
    account: &Account,
    password: Option<&str>,
) -> Result<bool, DatabaseError> {
    let sql = format!("{INSERT} ON CONFLICT (login) DO NOTHING");
    Ok(unit.execute(&sql, values(account, password)).await? == 1)
}

/// Sets a password and thereby ends all sessions and tokens. `false` when the account was disabled, or changed by
/// somebody else since it was read.
pub(crate) async fn set_password(unit: &Unit, new: &NewPassword<'_>) -> Result<bool, DatabaseError> {
    let sql = "UPDATE account SET password = $2, generation = generation + 1 \
               WHERE id = $1 AND generation = $3 AND disabled_at IS NULL";
    let values = vec![new.account.0.into(), new.hash.into(), new.generation.into()];
    Ok(unit.execute(sql, values).await? == 1)
}

/// Disables an account and thereby ends all its sessions and tokens; gives its new generation. `None` when it was disabled or
/// is unknown.
pub(crate) async fn disable(unit: &Unit, id: AccountId, now: Timestamp) -> Result<Option<i64>, DatabaseError> {
    let sql = "UPDATE account SET disabled_at = $2, generation = generation + 1 \
               WHERE id = $1 AND disabled_at IS NULL RETURNING generation";
    let row = unit.row(sql, vec![id.0.into(), now.millis().into()]).await?;
    row.map(|row| row.get("generation")).transpose()
}

/// Ends all sessions and tokens of an account that is not disabled, and gives its new generation.
pub(crate) async fn raise_generation(unit: &Unit, id: AccountId) -> Result<Option<i64>, DatabaseError> {
    let sql =
        "UPDATE account SET generation = generation + 1 WHERE id = $1 AND disabled_at IS NULL RETURNING generation";
    unit.row(sql, vec![id.0.into()]).await?.map(|row| row.get("generation")).transpose()
}

/// Gives an account that is not disabled another role and office, ends its sessions and tokens, and gives its new
/// generation.
pub(crate) async fn change_role(
    unit: &Unit,
    id: AccountId,
    role: Role,
    office: Option<&Key>,
) -> Result<Option<i64>, DatabaseError> {
    let sql = "UPDATE account SET role = $2, office = $3, generation = generation + 1 \
               WHERE id = $1 AND disabled_at IS NULL RETURNING generation";
    let office = office.map(|office| office.as_str().to_owned());
    let row = unit.row(sql, vec![id.0.into(), words::of_role(role).into(), office.into()]).await?;
    row.map(|row| row.get("generation")).transpose()
}

/// Up to `count` accounts after `after` in the order of their ids, disabled ones too.
pub(crate) async fn page(
    database: &Database,
    wanted: &AccountFilter,
    after: Option<AccountId>,
    count: usize,
) -> Result<Vec<Account>, DatabaseError> {
    // An id of nothing comes before all others, and an empty word means everything: one statement for all filters.
    let sql = format!(
        "SELECT {COLUMNS} FROM account WHERE id > $1 AND ($2 = '' OR role = $2) AND ($3 = '' OR office = $3) \
         ORDER BY id LIMIT $4"
    );
    let values = vec![
        after.map_or(Uuid::nil(), |id| id.0).into(),
        wanted.role.map_or("", words::of_role).into(),
        wanted.office.as_ref().map_or("", Key::as_str).into(),
        i64::try_from(count).unwrap_or(i64::MAX).into(),
    ];
    database.rows(&sql, values).await?.iter().map(account).collect()
}

/// Whether the account `id` exists.
pub(crate) async fn exists(unit: &Unit, id: AccountId) -> Result<bool, DatabaseError> {
    Ok(unit.row("SELECT id FROM account WHERE id = $1", vec![id.0.into()]).await?.is_some())
}

/// The account of a row as the one who asks.
pub(super) fn actor(row: &Row) -> Result<Actor, DatabaseError> {
    Ok(Actor::Account {
        id: AccountId(row.get("id")?),
        role: words::role(&row.get::<String>("role")?)?,
        office: words::office(row.get("office")?)?,
        trust: words::trust(&row.get::<String>("trust")?)?,
    })
}

/// The account of a row without its password.
pub(super) fn account(row: &Row) -> Result<Account, DatabaseError> {
    Ok(Account {
        id: AccountId(row.get("id")?),
        login: row.get("login")?,
        name: row.get("name")?,
        role: words::role(&row.get::<String>("role")?)?,
        office: words::office(row.get("office")?)?,
        trust: words::trust(&row.get::<String>("trust")?)?,
        created_at: Timestamp::from_millis(row.get("created_at")?),
        disabled_at: row.get::<Option<i64>>("disabled_at")?.map(Timestamp::from_millis),
    })
}

fn credentials(row: &Row) -> Result<Credentials, DatabaseError> {
    Ok(Credentials { account: account(row)?, password: row.get("password")?, generation: row.get("generation")? })
}

fn values(account: &Account, password: Option<&str>) -> Vec<Value> {
    vec![
        account.id.0.into(),
        account.login.as_str().into(),
        account.name.as_str().into(),
        words::of_role(account.role).into(),
        account.office.as_ref().map(|office| office.as_str().to_owned()).into(),
        words::of_trust(account.trust).into(),
        account.created_at.millis().into(),
        password.map(str::to_owned).into(),
    ]
}

/// Raises the generation of every account by `steps`.
pub(crate) async fn raise_every_generation(unit: &Unit, steps: i64) -> Result<u64, DatabaseError> {
    unit.execute("UPDATE account SET generation = generation + $1", vec![steps.into()]).await
}
