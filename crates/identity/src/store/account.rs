//! The table of accounts.

use std::collections::HashSet;

use database::{Database, DatabaseError, IndexToken, Row, SubjectKey, Unit};
use domain::identifier::{AccountId, Key, TokenFamilyId};
use domain::permission::{Actor, Role};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::accounts::{Account, AccountFilter};
use crate::standing::Standing;
use crate::store::{placeholders, words};

/// How many values one list in a statement has at most.
const LIST: usize = 100;

/// What [`kept`] reads, out of [`FROM`].
pub(super) const COLUMNS: &str = "account.id, account.login, account.name, account.role, account.office, account.trust, \
    account.created_at, account.disabled_at, account.login_sealed, account.name_sealed, \
    subject_key.generation AS key_generation, subject_key.wrapped AS key_wrapped";
/// Accounts with their keys.
pub(super) const FROM: &str = "account LEFT JOIN subject_key ON subject_key.subject = account.id";

/// An account as it is read: its login and name are still closed.
pub(crate) struct Kept {
    /// The account, with neither login nor name.
    pub(crate) account: Account,
    /// Those two.
    pub(crate) field: Field,
}

/// A login and a name as they are read: sealed, or in the clear from before there was a vault.
pub(crate) enum Field {
    Clear { login: String, name: String },
    Sealed { key: Option<SubjectKey>, stored: Stored },
}

/// A login and a name, sealed.
pub(crate) struct Stored {
    pub(crate) login: Vec<u8>,
    pub(crate) name: Vec<u8>,
}

impl Kept {
    /// Whether the vault is needed to read it.
    pub(crate) const fn is_sealed(&self) -> bool {
        matches!(self.field, Field::Sealed { .. })
    }
}

/// An account that can sign in, with what is needed to let it.
pub(crate) struct Credentials {
    pub(crate) account: Account,
    pub(crate) password: String,
    pub(crate) generation: i64,
}

/// The password and the generation of an account.
pub(crate) type Beside = (String, i64);

impl From<(Account, Beside)> for Credentials {
    fn from((account, (password, generation)): (Account, Beside)) -> Self {
        Self { account, password, generation }
    }
}

/// What to change an account's password to.
pub(crate) struct NewPassword<'a> {
    pub(crate) account: AccountId,
    pub(crate) hash: &'a str,
    /// The generation the change was decided upon.
    pub(crate) generation: i64,
}

/// Finds an account by the numbers of its login ($1 and $2), or by the login itself ($3) where an older program wrote it.
pub(super) const BY_LOGIN: &str = "account.id = (SELECT id FROM account WHERE login = $3 AND login_sealed IS NULL \
    UNION ALL SELECT account FROM login_index WHERE token = $1 OR token = $2 LIMIT 1)";

/// The values of [`BY_LOGIN`]: there are one or two numbers.
pub(super) fn by_login(tokens: &[IndexToken], login: &str) -> Vec<database::Value> {
    let token = |token: Option<&IndexToken>| token.map(|token| token.token.to_vec());
    vec![token(tokens.first()).into(), token(tokens.last()).into(), login.into()]
}

const WITH_PASSWORD: &str = "account.disabled_at IS NULL AND account.password IS NOT NULL";

/// The account that signs in as `login`, unless it is disabled or has no password.
pub(crate) async fn credentials_of_login(
    database: &Database,
    tokens: &[IndexToken],
    login: &str,
) -> Result<Option<(Kept, Beside)>, DatabaseError> {
    let sql = format!(
        "SELECT {COLUMNS}, account.password, account.generation FROM {FROM} WHERE {BY_LOGIN} AND {WITH_PASSWORD}"
    );
    database.row(&sql, by_login(tokens, login)).await?.map(|row| credentials(&row)).transpose()
}

/// The account `id`, unless it is disabled or has no password.
pub(crate) async fn credentials_of(
    database: &Database,
    id: AccountId,
) -> Result<Option<(Kept, Beside)>, DatabaseError> {
    database.row(&credentials_by_id(), vec![id.0.into()]).await?.map(|row| credentials(&row)).transpose()
}

/// As [`credentials_of`], within a unit.
pub(crate) async fn credentials_in(unit: &Unit, id: AccountId) -> Result<Option<(Kept, Beside)>, DatabaseError> {
    unit.row(&credentials_by_id(), vec![id.0.into()]).await?.map(|row| credentials(&row)).transpose()
}

fn credentials_by_id() -> String {
    format!(
        "SELECT {COLUMNS}, account.password, account.generation FROM {FROM} WHERE account.id = $1 AND {WITH_PASSWORD}"
    )
}

/// The account `id` with its generation, disabled or not, with a password or without.
pub(crate) async fn with_generation(database: &Database, id: AccountId) -> Result<Option<(Kept, i64)>, DatabaseError> {
    let sql = format!("SELECT {COLUMNS}, account.generation FROM {FROM} WHERE account.id = $1");
    let row = database.row(&sql, vec![id.0.into()]).await?;
    row.map(|row| Ok((kept(&row)?, row.get("generation")?))).transpose()
}

/// The account that has `login`, with its generation, disabled or not.
pub(crate) async fn of_login(
    unit: &Unit,
    tokens: &[IndexToken],
    login: &str,
) -> Result<Option<(Kept, i64)>, DatabaseError> {
    let sql = format!("SELECT {COLUMNS}, account.generation FROM {FROM} WHERE {BY_LOGIN}");
    let row = unit.row(&sql, by_login(tokens, login)).await?;
    row.map(|row| Ok((kept(&row)?, row.get("generation")?))).transpose()
}

/// How the account `id` stands, unless it is unknown or disabled, or `family` does not count.
pub(crate) async fn standing(
    database: &Database,
    id: AccountId,
    family: Option<TokenFamilyId>,
    now: Timestamp,
) -> Result<Option<Standing>, DatabaseError> {
    let row = match family {
        None => {
            let sql = "SELECT id, role, office, trust, generation FROM account WHERE id = $1 AND disabled_at IS NULL";
            database.row(sql, vec![id.0.into()]).await?
        }
        Some(family) => {
            // How sure the session was that the family was drawn from counts more than what the account once proved.
            let sql = "SELECT account.id, account.role, account.office, \
                       coalesce(token_family.trust, account.trust) AS trust, account.generation \
                       FROM account JOIN token_family ON token_family.account = account.id \
                       WHERE account.id = $1 AND account.disabled_at IS NULL AND token_family.id = $2 \
                       AND revoked_at IS NULL AND expires_at > $3 AND idle_until > $3";
            database.row(sql, vec![id.0.into(), family.0.into(), now.millis().into()]).await?
        }
    };
    row.map(|row| Ok(Standing { actor: actor(&row)?, generation: row.get("generation")?, family })).transpose()
}

/// The accounts with these ids, in no order.
pub(crate) async fn by_ids(database: &Database, ids: &[AccountId]) -> Result<Vec<Kept>, DatabaseError> {
    let mut found = Vec::with_capacity(ids.len());
    for some in ids.chunks(LIST) {
        let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE account.id IN ({})", placeholders(1, some.len()));
        let values = some.iter().map(|id| id.0.into()).collect();
        let rows = database.rows(&sql, values).await?;
        found.extend(rows.iter().map(kept).collect::<Result<Vec<_>, _>>()?);
    }
    Ok(found)
}

/// Which of these logins are taken by accounts in the clear.
pub(crate) async fn taken_in_the_clear(
    database: &Database,
    logins: &[String],
) -> Result<HashSet<String>, DatabaseError> {
    let mut taken = HashSet::new();
    for some in logins.chunks(LIST) {
        let names = placeholders(1, some.len());
        let sql = format!("SELECT login FROM account WHERE login_sealed IS NULL AND login IN ({names})");
        let values = some.iter().map(|login| login.as_str().into()).collect();
        for row in database.rows(&sql, values).await? {
            taken.insert(row.get("login")?);
        }
    }
    Ok(taken)
}

/// What stands in the column of logins of a sealed account: a word of its own that nobody can take for a login.
fn instead_of_login(id: AccountId) -> String {
    format!("sealed:{}", id.0.simple())
}

/// Adds `account`, sealed. Its login must be taken before.
pub(crate) async fn add(
    unit: &Unit,
    account: &Account,
    stored: &Stored,
    password: Option<&str>,
) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO account (id, login, name, role, office, trust, created_at, password, generation, \
               login_sealed, name_sealed) VALUES ($1, $2, '', $3, $4, $5, $6, $7, 0, $8, $9)";
    let values = vec![
        account.id.0.into(),
        instead_of_login(account.id).into(),
        words::of_role(account.role).into(),
        account.office.as_ref().map(|office| office.as_str().to_owned()).into(),
        words::of_trust(account.trust).into(),
        account.created_at.millis().into(),
        password.map(str::to_owned).into(),
        stored.login.clone().into(),
        stored.name.clone().into(),
    ];
    unit.execute(sql, values).await.map(drop)
}

/// Puts the sealed login and name into the place of those in the clear.
pub(crate) async fn replace(unit: &Unit, id: AccountId, stored: &Stored) -> Result<(), DatabaseError> {
    let sql = "UPDATE account SET login = $2, name = '', login_sealed = $3, name_sealed = $4 \
               WHERE id = $1 AND login_sealed IS NULL";
    let values =
        vec![id.0.into(), instead_of_login(id).into(), stored.login.clone().into(), stored.name.clone().into()];
    unit.execute(sql, values).await.map(drop)
}

/// Writes another sealed name.
pub(crate) async fn rename(unit: &Unit, id: AccountId, name: Vec<u8>) -> Result<(), DatabaseError> {
    let sql = "UPDATE account SET name_sealed = $2 WHERE id = $1 AND name_sealed IS NOT NULL";
    unit.execute(sql, vec![id.0.into(), name.into()]).await.map(drop)
}

/// Accounts behind `after` that an older program wrote in the clear, by id.
pub(crate) async fn in_the_clear(unit: &Unit, after: AccountId, limit: i64) -> Result<Vec<Account>, DatabaseError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} WHERE login_sealed IS NULL AND account.id > $1 ORDER BY account.id LIMIT $2"
    );
    // An erasure at the same moment comes first or afterwards, never in between.
    let sql = unit.engine().choose(sql.clone(), format!("{sql} FOR UPDATE OF account"));
    let rows = unit.rows(&sql, vec![after.0.into(), limit.into()]).await?;
    rows.iter().map(read_clear).collect()
}

/// The account `id`, if an older program wrote it in the clear.
pub(crate) async fn clear(unit: &Unit, id: AccountId) -> Result<Option<Account>, DatabaseError> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE account.id = $1 AND login_sealed IS NULL");
    unit.row(&sql, vec![id.0.into()]).await?.map(|row| read_clear(&row)).transpose()
}

/// Takes what was in the clear out of the leftovers of PostgreSQL; SQLite writes over it at once.
pub(crate) async fn scrub(database: &Database) -> Result<(), DatabaseError> {
    let sql = database.engine().choose("SELECT 1 AS one", "VACUUM account");
    database.write(sql, vec![]).await.map(drop)
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

/// Ends all sessions and tokens of an account, disabled or not, and gives its new generation.
pub(crate) async fn end(unit: &Unit, id: AccountId) -> Result<Option<i64>, DatabaseError> {
    let sql = "UPDATE account SET generation = generation + 1 WHERE id = $1 RETURNING generation";
    unit.row(sql, vec![id.0.into()]).await?.map(|row| row.get("generation")).transpose()
}

/// Deletes an account. Whatever hangs on it must be gone.
pub(crate) async fn delete(unit: &Unit, id: AccountId) -> Result<(), DatabaseError> {
    unit.execute("DELETE FROM account WHERE id = $1", vec![id.0.into()]).await.map(drop)
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
) -> Result<Vec<Kept>, DatabaseError> {
    // An id of nothing comes before all others, and an empty word means everything: one statement for all filters.
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} WHERE account.id > $1 AND ($2 = '' OR role = $2) \
         AND ($3 = '' OR office = $3) \
         AND (account.login_sealed IS NULL OR subject_key.subject IS NOT NULL) ORDER BY account.id LIMIT $4"
    );
    let values = vec![
        after.map_or(Uuid::nil(), |id| id.0).into(),
        wanted.role.map_or("", words::of_role).into(),
        wanted.office.as_ref().map_or("", Key::as_str).into(),
        i64::try_from(count).unwrap_or(i64::MAX).into(),
    ];
    database.rows(&sql, values).await?.iter().map(kept).collect()
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

/// The account of a row of [`COLUMNS`], without its password.
pub(super) fn kept(row: &Row) -> Result<Kept, DatabaseError> {
    let id: Uuid = row.get("id")?;
    let account = Account {
        id: AccountId(id),
        login: String::new(),
        name: String::new(),
        role: words::role(&row.get::<String>("role")?)?,
        office: words::office(row.get("office")?)?,
        trust: words::trust(&row.get::<String>("trust")?)?,
        created_at: Timestamp::from_millis(row.get("created_at")?),
        disabled_at: row.get::<Option<i64>>("disabled_at")?.map(Timestamp::from_millis),
    };
    let field = match row.get::<Option<Vec<u8>>>("login_sealed")? {
        None => Field::Clear { login: row.get("login")?, name: row.get("name")? },
        Some(login) => {
            let generation: Option<i64> = row.get("key_generation")?;
            let wrapped: Option<Vec<u8>> = row.get("key_wrapped")?;
            let key = generation.zip(wrapped);
            let key = key.map(|(generation, wrapped)| SubjectKey { subject: id, generation, wrapped });
            Field::Sealed { key, stored: Stored { login, name: row.get("name_sealed")? } }
        }
    };
    Ok(Kept { account, field })
}

fn read_clear(row: &Row) -> Result<Account, DatabaseError> {
    let kept = kept(row)?;
    match kept.field {
        Field::Clear { login, name } => Ok(Account { login, name, ..kept.account }),
        Field::Sealed { .. } => Err(DatabaseError::Internal("an account is sealed already".into())),
    }
}

fn credentials(row: &Row) -> Result<(Kept, Beside), DatabaseError> {
    Ok((kept(row)?, (row.get("password")?, row.get("generation")?)))
}

/// Raises the generation of every account by `steps`.
pub(crate) async fn raise_every_generation(unit: &Unit, steps: i64) -> Result<u64, DatabaseError> {
    unit.execute("UPDATE account SET generation = generation + $1", vec![steps.into()]).await
}
