//! How long cases and their files are kept: each definition says it with its legal basis, and what is over goes.

use chrono::{Datelike as _, Days, NaiveDate};
use domain::application::CaseState;
use domain::identifier::{ApplicationId, CaseId, DefinitionId};
use domain::permission::{Actor, Permission};
use domain::time::Timestamp;
use forms::{Period, Retention};

use crate::Applications;
use crate::definition::start_of;
use crate::erase_case::EraseCase;
use crate::failure::{Failure, Problem};
use crate::requests::retried;
use crate::store::{Reader, attachments, cases, drafts, households, report_steps};
use crate::town::TownCalendar;

/// How many are handled in one step.
const PORTION: i64 = 200;
/// Longer ago than any case, in days.
const LONG_AGO: u64 = 40_000;

/// What a definition says how long to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiring {
    /// Drafts and rehearsals that nobody went on with.
    Drafts,
    /// The files of closed cases.
    FilesOfCases,
    /// Closed cases, with everything in them.
    Cases,
}

impl Applications {
    /// Counts what has been kept long enough, and changes nothing.
    ///
    /// # Errors
    /// [`Failure::Forbidden`], [`Failure::Database`]; [`Problem::NoCity`] where cases are, but no calendar.
    pub async fn count_due(&self, actor: &Actor, what: Expiring) -> Result<u64, Failure> {
        actor.may(Permission::HandlePersonalData)?;
        let reader = Reader::Database(&self.database);
        if what == Expiring::Drafts {
            return Ok(drafts::count_expired(reader, self.now()).await?);
        }
        let mut count = 0;
        for (definition, before) in self.bounds(what).await? {
            count += match what {
                Expiring::Drafts => 0,
                Expiring::FilesOfCases => cases::count_closed_with_files(reader, definition, before).await?,
                Expiring::Cases => cases::count_closed(reader, definition, before).await?,
            };
        }
        Ok(count)
    }

    /// Lets go of what has been kept long enough, each in a unit of its own. Gives how many went.
    ///
    /// # Errors
    /// As [`Applications::count_due`]; what was done stays done.
    pub async fn erase_due(&self, actor: &Actor, what: Expiring) -> Result<u64, Failure> {
        actor.may(Permission::HandlePersonalData)?;
        if what == Expiring::Drafts {
            self.forget_households().await?;
            return self.expire_drafts().await;
        }
        let mut gone = 0;
        for (definition, before) in self.bounds(what).await? {
            gone += match what {
                Expiring::Drafts => 0,
                Expiring::FilesOfCases => self.erase_files_closed_before(definition, before).await?,
                Expiring::Cases => self.erase_closed_before(actor, definition, before).await?,
            };
        }
        self.delete_garbage_now().await;
        Ok(gone)
    }

    /// Nobody asks how often a household came in years that are over. Where no city is, nobody was counted.
    async fn forget_households(&self) -> Result<(), Failure> {
        let Some(calendar) = self.town.calendar() else { return Ok(()) };
        let year = self.now().local_date(calendar.time_zone).year();
        let unit = self.database.begin().await?;
        households::forget_before(&unit, i64::from(year)).await?;
        Ok(unit.commit().await?)
    }

    async fn erase_closed_before(
        &self,
        actor: &Actor,
        definition: DefinitionId,
        before: Timestamp,
    ) -> Result<u64, Failure> {
        let mut gone = 0;
        loop {
            let portion = cases::closed(Reader::Database(&self.database), definition, before, PORTION).await?;
            let mut erased = 0;
            for (case, _) in &portion {
                match self.erase_case(actor, EraseCase { case: *case }).await {
                    Ok(_) => erased += 1,
                    // Somebody took it up again at this moment.
                    Err(Failure::Problem(Problem::WrongState(_) | Problem::ChangedMeanwhile)) => {}
                    Err(failure) => return Err(failure),
                }
            }
            gone += erased;
            if erased == 0 || portion.len() < PORTION as usize {
                return Ok(gone);
            }
        }
    }

    async fn erase_files_closed_before(&self, definition: DefinitionId, before: Timestamp) -> Result<u64, Failure> {
        let mut gone = 0;
        loop {
            let reader = Reader::Database(&self.database);
            let portion = cases::closed_with_files(reader, definition, before, PORTION).await?;
            let mut erased = 0;
            for (case, application) in &portion {
                erased += retried(|| self.erase_files(*case, *application)).await?;
            }
            gone += erased;
            if erased == 0 || portion.len() < PORTION as usize {
                return Ok(gone);
            }
        }
    }

    async fn erase_files(&self, case: CaseId, application: ApplicationId) -> Result<u64, Failure> {
        let now = self.now();
        let unit = self.database.begin().await?;
        let found = cases::by_id(Reader::Unit(&unit), case).await?;
        if found.is_none_or(|found| found.case.state != CaseState::Closed) {
            return Ok(0);
        }
        attachments::delete_of(&unit, application.0, now).await?;
        report_steps::forget_photo(&unit, case).await?;
        self.trace(&unit, case, "case.files_erased", None, now).await?;
        unit.commit().await?;
        Ok(1)
    }

    /// For each definition that has closed cases: those closed before this instant have been kept long enough.
    async fn bounds(&self, what: Expiring) -> Result<Vec<(DefinitionId, Timestamp)>, Failure> {
        let mut bounds = Vec::new();
        for definition in cases::definitions_of_closed(Reader::Database(&self.database)).await? {
            let calendar = self.calendar()?;
            let Retention { closed, attachments, .. } = self.pinned(definition).await?.form.service().retention;
            let period = match what {
                Expiring::Drafts | Expiring::Cases => closed,
                Expiring::FilesOfCases => attachments,
            };
            if let Some(before) = bound(period, self.now(), &calendar) {
                bounds.push((definition, before));
            }
        }
        Ok(bounds)
    }

    /// Whether a closed case has been kept as long as its definition says.
    pub(crate) async fn is_kept_long_enough(&self, case: &crate::case::Case) -> Result<bool, Failure> {
        if case.state != CaseState::Closed {
            return Ok(false);
        }
        let period = self.pinned(case.definition).await?.form.service().retention.closed;
        Ok(bound(period, self.now(), &self.calendar()?).is_some_and(|before| case.changed_at < before))
    }
}

/// What happened before this instant happened at least a whole `period` ago, in days of the city.
fn bound(period: Period, now: Timestamp, calendar: &TownCalendar) -> Option<Timestamp> {
    let today = now.local_date(calendar.time_zone);
    let is_over = |ago: u64| {
        let day = today.checked_sub_days(Days::new(ago));
        day.and_then(|day| period.after(day)).is_some_and(|end| end <= today)
    };
    Some(start_of(first_day_not_over(today, is_over)?, calendar))
}

/// The day behind the last one that is over; the further back a day lies, the sooner it is.
fn first_day_not_over(today: NaiveDate, is_over: impl Fn(u64) -> bool) -> Option<NaiveDate> {
    if !is_over(LONG_AGO) {
        return None;
    }
    let (mut low, mut high) = (0, LONG_AGO);
    while low < high {
        let middle = u64::midpoint(low, high);
        if is_over(middle) { high = middle } else { low = middle + 1 }
    }
    today.checked_sub_days(Days::new(low))?.succ_opt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_years_are_over_on_the_same_day_ten_years_later() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        for (period, today, closed, is_over) in [
            ("P10Y", "2036-11-23", "2026-11-23", true),
            ("P10Y", "2036-11-22", "2026-11-23", false),
            ("P1M", "2027-02-28", "2027-01-31", true),
            ("P1M", "2027-02-27", "2027-01-31", false),
            ("P30D", "2026-12-31", "2026-12-01", true),
        ] {
            let period: Period = period.parse().unwrap();
            let end = |ago: u64| period.after(day(today) - Days::new(ago)).is_some_and(|end| end <= day(today));
            let first = first_day_not_over(day(today), end).unwrap();
            assert_eq!(day(closed) < first, is_over, "{period} {today}");
        }
    }
}
