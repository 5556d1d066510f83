//! What applications learn of the city: the board has it in memory.

use std::sync::Arc;

use applications::{Town, TownCalendar};
use scheduling::Scheduling;

/// The city that serves appointments serves applications, too.
#[derive(Debug)]
pub(crate) struct ServingTown(pub(crate) Arc<Scheduling>);

impl Town for ServingTown {
    fn calendar(&self) -> Option<TownCalendar> {
        let picture = self.0.board().picture().ok()?;
        let municipality = &picture.city.municipality;
        Some(TownCalendar {
            state: municipality.state,
            extra_holidays: municipality.extra_holidays.clone(),
            time_zone: municipality.time_zone,
            offices: picture.city.offices.keys().cloned().collect(),
        })
    }
}
