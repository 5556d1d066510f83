//! Loading a new version of the city while people are booking: all of it at once, and no appointment is forgotten.
//!
//! Every future appointment is counted again under the new rules. Those that no longer fit keep their time and length and
//! get a mark: somebody decides whether to keep, move or cancel them. Nothing is cancelled by a machine.

mod recount;

use std::pin::Pin;
use std::sync::Arc;

use capacity::SupplyProblem;
use database::{DatabaseError, Unit};
use domain::city::City;
use domain::identifier::{AppointmentId, Key};
use domain::permission::{Actor, Forbidden, Permission};
use domain::time::Timestamp;

use crate::Scheduling;
use crate::appointment::Conflict;
use crate::follow_changes::{compile, picture_start};
use crate::store::appointments::{self, Which};
use crate::store::{cells, city as versions};
use crate::traces::{Happening, leave};

use recount::Recount;

/// What loading did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Loaded {
    /// The same city serves already.
    Unchanged {
        /// The number of its version.
        version: i64,
    },
    /// The new version serves.
    Activated {
        /// The number of the new version.
        version: i64,
        /// What it does to appointments.
        plan: ConflictPlan,
    },
}

/// What a new version does to future appointments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConflictPlan {
    /// How many future appointments were looked at.
    pub appointments: usize,
    /// Those that do not fit any more, by start.
    pub conflicts: Vec<PlannedConflict>,
}

/// An appointment that does not fit the new version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedConflict {
    /// The appointment.
    pub appointment: AppointmentId,
    /// Its office.
    pub office: Key,
    /// Its start.
    pub starts_at: Timestamp,
    /// What is wrong.
    pub conflict: Conflict,
}

/// Why a city was not loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadRefusal {
    /// The asker may not load cities.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// Its rules contradict each other.
    #[error("the opening rules contradict each other")]
    Rules(Vec<SupplyProblem>),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// Something that is written in the same unit as the city: the accounts its directory asks for.
pub trait Companion: Send + Sync {
    /// Writes into the unit.
    fn write<'a>(&'a self, unit: &'a Unit) -> Pin<Box<dyn Future<Output = Result<(), DatabaseError>> + Send + 'a>>;
}

impl Scheduling {
    /// Says what `city` would do to future appointments. Nothing is written.
    ///
    /// # Errors
    /// [`LoadRefusal`].
    pub async fn plan_city(&self, actor: &Actor, city: &City) -> Result<ConflictPlan, LoadRefusal> {
        actor.may(Permission::LoadCity)?;
        let now = self.now();
        let picture = compile(Arc::new(city.clone()), 0, String::new(), now).map_err(LoadRefusal::Rules)?;
        let from = picture_start(&picture);
        let future = self.find(&Which::Future { from }, now).await?;
        Ok(Recount::new(&picture, future, now).plan())
    }

    /// Makes `city` the version that serves, in one transaction with `companion`. `document` is its canonical text and
    /// `fingerprint` the SHA-256 of that, in hexadecimal digits; loading the same city again changes nothing.
    ///
    /// # Errors
    /// [`LoadRefusal`]; the version that served goes on serving.
    pub async fn load_city(
        &self,
        actor: &Actor,
        city: &City,
        document: &str,
        fingerprint: &str,
        companion: &dyn Companion,
    ) -> Result<Loaded, LoadRefusal> {
        actor.may(Permission::LoadCity)?;
        let now = self.now();
        let active = versions::active(&self.database).await?;
        let version = active.as_ref().map_or(1, |(version, _)| version + 1);
        let picture =
            compile(Arc::new(city.clone()), version, fingerprint.to_owned(), now).map_err(LoadRefusal::Rules)?;
        let unit = self.database.begin().await?;
        versions::stop_booking(&unit).await?;
        if let Some((version, _)) = active.filter(|(_, serving)| serving == fingerprint) {
            companion.write(&unit).await?;
            unit.commit().await?;
            return Ok(Loaded::Unchanged { version });
        }
        let from = picture_start(&picture);
        let future = self.find_in(&unit, &Which::Future { from }, now).await?;
        let recount = Recount::new(&picture, future, now);
        versions::activate(&unit, version, fingerprint, document, now).await?;
        cells::clear_from(&unit, from.seconds()).await?;
        cells::write_counts(&unit, &recount.counts()).await?;
        for changed in &recount.changed {
            appointments::update(&unit, &changed.appointment, changed.generation).await?;
            if changed.newly_in_conflict {
                let id = changed.appointment.id;
                let traces = self.traces(Happening::ConflictFound, id, actor.account(), &[], now);
                leave(&unit, &traces).await?;
            }
        }
        companion.write(&unit).await?;
        unit.commit().await?;
        Ok(Loaded::Activated { version, plan: recount.plan() })
    }
}
