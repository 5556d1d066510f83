//! How many of a service a household has had in a calendar year.

use database::{DatabaseError, Unit, Value};
use domain::identifier::{CaseId, Key};

use crate::household::Household;
use crate::store::Reader;

fn name(service: &Key, household: &[u8], year: i64) -> Vec<Value> {
    vec![service.as_str().into(), household.to_vec().into(), year.into()]
}

/// How many a household has had in a year.
pub(crate) async fn used(reader: Reader<'_>, service: &Key, household: &[u8], year: i64) -> Result<u32, DatabaseError> {
    let sql = "SELECT used FROM household_quota WHERE service = $1 AND household = $2 AND year = $3";
    let row = reader.row(sql, name(service, household, year)).await?;
    let used: i64 = row.map_or(Ok(0), |row| row.at(0))?;
    Ok(u32::try_from(used).unwrap_or(u32::MAX))
}

/// Takes the next one for a case, if the household has had exactly as many as was seen, and fewer than `most`. `false` when it
/// has not.
pub(crate) async fn take(
    unit: &Unit,
    service: &Key,
    case: CaseId,
    household: &Household,
) -> Result<bool, DatabaseError> {
    let Household { key, year, seen, most } = household;
    let sql =
        "INSERT INTO household_quota (service, household, year, used) VALUES ($1, $2, $3, 0) ON CONFLICT DO NOTHING";
    unit.execute(sql, name(service, key, *year)).await?;
    let sql = "UPDATE household_quota SET used = used + 1 WHERE service = $1 AND household = $2 AND year = $3 \
               AND used = $4 AND used < $5";
    let mut values = name(service, key, *year);
    values.extend([i64::from(*seen).into(), i64::from(*most).into()]);
    if unit.execute(sql, values).await? == 0 {
        return Ok(false);
    }
    let sql = "INSERT INTO household_unit (case_file, household, year) VALUES ($1, $2, $3)";
    unit.execute(sql, vec![case.0.into(), key.clone().into(), (*year).into()]).await?;
    Ok(true)
}

/// Gives back what a case took, once.
pub(crate) async fn give_back(unit: &Unit, service: &Key, case: CaseId) -> Result<(), DatabaseError> {
    let sql = "DELETE FROM household_unit WHERE case_file = $1 RETURNING household, year";
    for row in unit.rows(sql, vec![case.0.into()]).await? {
        let (household, year): (Vec<u8>, i64) = (row.at(0)?, row.at(1)?);
        let sql = "UPDATE household_quota SET used = used - 1 WHERE service = $1 AND household = $2 AND year = $3";
        unit.execute(sql, name(service, &household, year)).await?;
    }
    Ok(())
}

/// The year in which a case took one, if it did.
pub(crate) async fn year_of(reader: Reader<'_>, case: CaseId) -> Result<Option<i64>, DatabaseError> {
    let row = reader.row("SELECT year FROM household_unit WHERE case_file = $1", vec![case.0.into()]).await?;
    row.map(|row| row.at(0)).transpose()
}

/// Forgets the years before `year`: nobody asks how often somebody came then.
pub(crate) async fn forget_before(unit: &Unit, year: i64) -> Result<u64, DatabaseError> {
    unit.execute("DELETE FROM household_quota WHERE year < $1", vec![year.into()]).await
}
