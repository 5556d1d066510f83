//! The statements on this feature's tables; the only place here that knows SQL.

pub(crate) mod appointments;
pub(crate) mod booking;
pub(crate) mod cells;
pub(crate) mod changes;
pub(crate) mod city;
pub(crate) mod contacts;
pub(crate) mod lockers;
pub(crate) mod pickups;
pub(crate) mod retention;
pub(crate) mod statistics;
pub(crate) mod upkeep;
