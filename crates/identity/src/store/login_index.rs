//! The table of blind numbers by which logins are found. Its key decides who has a login.

use database::{Database, DatabaseError, IndexToken, Unit};
use domain::identifier::AccountId;

use super::account::{COLUMNS, FROM, Kept, kept};
use super::placeholders;

/// Takes a login for a new account, and says whether it was free.
pub(crate) async fn take(
    unit: &Unit,
    account: AccountId,
    login: &str,
    tokens: &[IndexToken],
) -> Result<bool, DatabaseError> {
    // A program of before may have written it in the clear.
    let sql = "SELECT 1 AS one FROM account WHERE login = $1 AND login_sealed IS NULL";
    if unit.row(sql, vec![login.into()]).await?.is_some() {
        return Ok(false);
    }
    enter(unit, account, tokens).await
}

/// Enters the numbers of an account's login; those it has already do no harm. `false`, and nothing is entered, when one of them
/// is another account's.
pub(crate) async fn enter(unit: &Unit, account: AccountId, tokens: &[IndexToken]) -> Result<bool, DatabaseError> {
    let mut entered = Vec::new();
    for IndexToken { generation, token } in tokens {
        // The database decides: of two accounts that want one login at the same moment one gets it.
        let sql = "INSERT INTO login_index (token, generation, account) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        let values = vec![token.to_vec().into(), (*generation).into(), account.0.into()];
        if unit.execute(sql, values).await? == 1 {
            entered.push(token);
            continue;
        }
        let sql = "SELECT 1 AS one FROM login_index WHERE token = $1 AND account = $2";
        if unit.row(sql, vec![token.to_vec().into(), account.0.into()]).await?.is_none() {
            for token in entered {
                unit.execute("DELETE FROM login_index WHERE token = $1", vec![token.to_vec().into()]).await?;
            }
            return Ok(false);
        }
    }
    Ok(true)
}

/// The accounts that have one of these numbers.
pub(crate) async fn taken(
    database: &Database,
    tokens: &[IndexToken],
) -> Result<std::collections::HashSet<Vec<u8>>, DatabaseError> {
    let mut taken = std::collections::HashSet::new();
    for some in tokens.chunks(100) {
        let sql = format!("SELECT token FROM login_index WHERE token IN ({})", placeholders(1, some.len()));
        let values = some.iter().map(|one| one.token.to_vec().into()).collect();
        for row in database.rows(&sql, values).await? {
            taken.insert(row.get("token")?);
        }
    }
    Ok(taken)
}

const LACKING: &str = "account.login_sealed IS NOT NULL AND subject_key.subject IS NOT NULL \
    AND NOT EXISTS (SELECT 1 FROM login_index WHERE login_index.account = account.id AND login_index.generation = $1)";

/// Accounts behind `after` whose logins have no number of this generation, by id.
pub(crate) async fn unnumbered(
    unit: &Unit,
    generation: i64,
    after: AccountId,
    limit: i64,
) -> Result<Vec<Kept>, DatabaseError> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE {LACKING} AND account.id > $2 ORDER BY account.id LIMIT $3");
    // An erasure at the same moment comes first or afterwards: a number must not outlive its account.
    let sql = unit.engine().choose(sql.clone(), format!("{sql} FOR UPDATE OF account"));
    let rows = unit.rows(&sql, vec![generation.into(), after.0.into(), limit.into()]).await?;
    rows.iter().map(kept).collect()
}

/// How many logins have no number of this generation.
pub(crate) async fn lacking(database: &Database, generation: i64) -> Result<u64, DatabaseError> {
    let sql = format!("SELECT count(*) AS count FROM {FROM} WHERE {LACKING}");
    let row = database.row(&sql, vec![generation.into()]).await?;
    let count: i64 = row.map_or(Ok(0), |row| row.get("count"))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Forgets the numbers of all generations before `oldest`.
pub(crate) async fn forget_before(unit: &Unit, oldest: i64) -> Result<u64, DatabaseError> {
    unit.execute("DELETE FROM login_index WHERE generation < $1", vec![oldest.into()]).await
}

/// Forgets the numbers of an account.
pub(crate) async fn forget(unit: &Unit, account: AccountId) -> Result<(), DatabaseError> {
    unit.execute("DELETE FROM login_index WHERE account = $1", vec![account.0.into()]).await.map(drop)
}
