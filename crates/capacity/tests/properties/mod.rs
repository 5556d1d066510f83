//! Random towns, random bookings, and a second engine that must give the same answers.

mod agreement;
mod invariants;
mod towns;

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::NaiveDate;
use proptest::prelude::{Strategy, any, prop_oneof};

use capacity::{Demand, Eligible, Ledger, OfficeQuery, Query, Supply};
use domain::city::City;
use domain::identifier::Key;
use domain::opening::{QuotaClass, VisitChannel};
use domain::time::Timestamp;

use crate::build::key;
use crate::reference::Wish;

pub(crate) const GROUPS: [&str; 3] = ["a", "b", "c"];

/// A random visit; `groups` is the mask of the desk groups that can serve it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Visit {
    pub(crate) minutes: u32,
    pub(crate) groups: u8,
    pub(crate) class: QuotaClass,
    pub(crate) channel: Option<VisitChannel>,
    pub(crate) interpreter: u8,
}

pub(crate) fn visits() -> impl Strategy<Value = Visit> {
    let class = proptest::sample::select(vec![
        QuotaClass::Public,
        QuotaClass::Internal,
        QuotaClass::Urgent,
        QuotaClass::WalkIn,
    ]);
    let channel =
        proptest::sample::select(vec![None, None, None, None, Some(VisitChannel::Counter), Some(VisitChannel::Video)]);
    (prop_oneof![1u32..40, 1u32..100], 1u8..8, class, channel, 0u8..16).prop_map(
        |(minutes, groups, class, channel, interpreter)| Visit { minutes, groups, class, channel, interpreter },
    )
}

/// Seeds that choose among what is free.
pub(crate) fn choices() -> impl Strategy<Value = Vec<(Visit, u32)>> {
    proptest::collection::vec((visits(), any::<u32>()), 0..40)
}

impl Visit {
    fn variant(self) -> Option<Key> {
        (self.interpreter == 0).then(|| key("interpreter"))
    }

    pub(crate) fn demand(self) -> Demand {
        let (class, channel, variant) = (self.class, self.channel, self.variant());
        Demand { minutes: self.minutes, eligible: Eligible::from_masks(vec![self.groups]), class, channel, variant }
    }

    pub(crate) fn wish(self) -> Wish {
        let groups: BTreeSet<Key> =
            (0..GROUPS.len()).filter(|bit| self.groups >> bit & 1 == 1).map(|bit| key(GROUPS[bit])).collect();
        Wish {
            minutes: i64::from(self.minutes),
            groups,
            class: self.class,
            channel: self.channel,
            variant: self.variant(),
        }
    }
}

pub(crate) fn query(visit: Visit, now: Timestamp, first_day: NaiveDate, days: u16) -> Query {
    let to = first_day + chrono::TimeDelta::days(i64::from(days) - 1);
    Query {
        offices: vec![OfficeQuery { office: key("office"), demand: visit.demand(), arrival: now }],
        from: first_day,
        to,
        now,
    }
}

pub(crate) fn ledger(city: &City, first_day: NaiveDate, days: u16) -> Option<Ledger> {
    Supply::compile(city, first_day, days).ok().map(|supply| Ledger::new(Arc::new(supply)))
}
