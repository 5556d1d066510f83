//! Documents that lie ready in boxes, through GraphQL: for whoever has a code, for staff, and for the boxes themselves.

mod device;
mod problem;
mod queries;
mod staff;
mod types;

pub(crate) use device::LockerMutation;
pub(crate) use problem::refused;
pub(crate) use queries::PickupQuery;
pub(crate) use staff::PickupMutation;
