//! Reading appointments: one's own, by code, or those of the office one works in.

use chrono::NaiveDate;
use database::Unit;
use domain::appointment::Status;
use domain::identifier::{AppointmentId, Key};
use domain::permission::{Actor, Permission};
use domain::time::{Timestamp, first_instant_at};
use uuid::Uuid;

use crate::Scheduling;
use crate::appointment::Appointment;
use crate::failure::{Failure, Problem};
use crate::place::office_of;
use crate::secret::{Scope, parse_code};
use crate::store::appointments::Which;

/// Which appointment somebody means, and by what right.
#[derive(Clone, PartialEq, Eq)]
pub enum Access {
    /// By the code from the mail or the paper. Whoever has the code may.
    Code(String),
    /// By id: one's own, as the account that booked it.
    Own(AppointmentId),
    /// By id: as staff of its office.
    Staff(AppointmentId),
}

impl std::fmt::Debug for Access {
    // A code opens an appointment; it must not stand in a log. Its text still tells two codes apart.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code(code) => write!(f, "Code({})", crate::take::pool_number(&["code", code])),
            Self::Own(id) => write!(f, "Own({id})"),
            Self::Staff(id) => write!(f, "Staff({id})"),
        }
    }
}

impl Access {
    pub(crate) const fn is_staff(&self) -> bool {
        match self {
            Self::Staff(_) => true,
            Self::Code(_) | Self::Own(_) => false,
        }
    }
}

/// The appointments of an office on a day, a page of them.
#[derive(Debug, Clone)]
pub struct OfficeDay {
    /// The office.
    pub office: Key,
    /// The local day.
    pub day: NaiveDate,
    /// How many at most.
    pub limit: i64,
    /// Behind this one.
    pub after: Option<(Timestamp, Uuid)>,
}

impl Scheduling {
    /// Reads one appointment by the right that `access` names.
    ///
    /// # Errors
    /// [`Problem::NotFound`] when there is none or it is not the asker's; nobody learns which.
    pub async fn read_appointment(&self, actor: &Actor, access: &Access) -> Result<Appointment, Failure> {
        self.access(actor, access, Permission::ReadOfficeAppointments).await
    }

    /// Reads the appointments of these ids that the asker may see, in any order; the others are left out.
    ///
    /// # Errors
    /// [`Failure::Database`].
    pub async fn read_appointments(&self, actor: &Actor, ids: &[AppointmentId]) -> Result<Vec<Appointment>, Failure> {
        let found = self.find(&Which::Ids(ids), self.now()).await?;
        Ok(found.into_iter().filter(|appointment| may_see(actor, appointment)).collect())
    }

    /// The asker's own appointments, latest start first, `limit` at most, before `before`.
    ///
    /// # Errors
    /// [`Failure::Forbidden`] without an account.
    pub async fn my_appointments(
        &self,
        actor: &Actor,
        limit: i64,
        before: Option<(Timestamp, Uuid)>,
    ) -> Result<Vec<Appointment>, Failure> {
        actor.may(Permission::BookForOneself)?;
        let Some(account) = actor.account() else { return Ok(Vec::new()) };
        Ok(self.find(&Which::OfAccount { account, before, limit }, self.now()).await?)
    }

    /// The live appointments of an office on a local day, by start.
    ///
    /// # Errors
    /// [`Failure::Forbidden`] for anybody but the staff of that office, [`Problem::UnknownOffice`].
    pub async fn office_appointments(&self, actor: &Actor, wanted: &OfficeDay) -> Result<Vec<Appointment>, Failure> {
        actor.may_in(Permission::ReadOfficeAppointments, &wanted.office)?;
        let picture = self.board.picture()?;
        office_of(&picture.city, &wanted.office)?;
        let zone = picture.city.municipality.time_zone;
        let midnight = |day: NaiveDate| first_instant_at(day.and_time(chrono::NaiveTime::MIN), zone);
        let now = self.now();
        let next = wanted.day.succ_opt().ok_or(Problem::Search("this day has no next one"))?;
        let which = Which::OfOffice {
            office: &wanted.office,
            from: midnight(wanted.day),
            to: midnight(next),
            now,
            after: wanted.after,
            limit: wanted.limit,
        };
        Ok(self.find(&which, now).await?)
    }

    pub(crate) async fn access(
        &self,
        actor: &Actor,
        access: &Access,
        staff: Permission,
    ) -> Result<Appointment, Failure> {
        let (which, proof) = Self::which(access)?;
        let found = self.find(&which.as_which(), self.now()).await?;
        self.judge(actor, access, staff, found, &proof)
    }

    pub(crate) async fn access_in(
        &self,
        unit: &Unit,
        actor: &Actor,
        access: &Access,
        staff: Permission,
    ) -> Result<Appointment, Failure> {
        let (which, proof) = Self::which(access)?;
        let found = self.find_in(unit, &which.as_which(), self.now()).await?;
        self.judge(actor, access, staff, found, &proof)
    }

    /// Opens an appointment with a code of `scope` inside a unit.
    pub(crate) async fn open_in(&self, unit: &Unit, scope: Scope, code: &str) -> Result<Appointment, Failure> {
        let (number, proof) = parse_code(code).ok_or(Problem::NotFound)?;
        let found = self.find_in(unit, &Which::Number(&number), self.now()).await?;
        self.opened(scope, found, &proof)
    }

    /// Opens a live hold with its code inside a unit.
    pub(crate) async fn open_hold_in(&self, unit: &Unit, code: &str) -> Result<Appointment, Failure> {
        live_hold(self.open_in(unit, Scope::Manage, code).await?)
    }

    /// Opens a live hold with its code.
    pub(crate) async fn open_hold(&self, code: &str) -> Result<Appointment, Failure> {
        let (number, proof) = parse_code(code).ok_or(Problem::NotFound)?;
        let found = self.find(&Which::Number(&number), self.now()).await?;
        live_hold(self.opened(Scope::Manage, found, &proof)?)
    }

    fn which(access: &Access) -> Result<(Wanted, String), Problem> {
        match access {
            Access::Code(code) => {
                let (number, proof) = parse_code(code).ok_or(Problem::NotFound)?;
                Ok((Wanted::Number(number), proof))
            }
            Access::Own(id) | Access::Staff(id) => Ok((Wanted::Id([*id]), String::new())),
        }
    }

    fn judge(
        &self,
        actor: &Actor,
        access: &Access,
        staff: Permission,
        found: Vec<Appointment>,
        proof: &str,
    ) -> Result<Appointment, Failure> {
        if matches!(access, Access::Code(_)) {
            return self.opened(Scope::Manage, found, proof);
        }
        let appointment = found.into_iter().next().ok_or(Problem::NotFound)?;
        let allowed = match access {
            Access::Code(_) => false,
            Access::Own(_) => owns(actor, &appointment),
            Access::Staff(_) => actor.may_in(staff, &appointment.office).is_ok(),
        };
        if allowed { Ok(appointment) } else { Err(Problem::NotFound.into()) }
    }

    fn opened(&self, scope: Scope, found: Vec<Appointment>, proof: &str) -> Result<Appointment, Failure> {
        let opens = |appointment: &Appointment| self.secret.opens(scope, appointment.id, appointment.links, proof);
        Ok(found.into_iter().find(opens).ok_or(Problem::NotFound)?)
    }
}

/// What to read, owning its parts.
enum Wanted {
    Number(String),
    Id([AppointmentId; 1]),
}

impl Wanted {
    fn as_which(&self) -> Which<'_> {
        match self {
            Self::Number(number) => Which::Number(number),
            Self::Id(ids) => Which::Ids(ids),
        }
    }
}

fn owns(actor: &Actor, appointment: &Appointment) -> bool {
    actor.account().is_some() && actor.account() == appointment.account
}

pub(crate) fn may_see(actor: &Actor, appointment: &Appointment) -> bool {
    owns(actor, appointment) || actor.may_in(Permission::ReadOfficeAppointments, &appointment.office).is_ok()
}

fn live_hold(appointment: Appointment) -> Result<Appointment, Failure> {
    if appointment.status == Status::Held { Ok(appointment) } else { Err(Problem::NotFound.into()) }
}
