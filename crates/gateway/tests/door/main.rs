//! Stories of appointments through the door, on both engines.

mod application_changes;
mod application_live;
mod application_parties;
mod application_quotas;
mod application_shipped;

mod application_support;
mod application_versions;
mod applications;
mod appointments;
mod bad_input;
mod booking_support;
mod fit_connect;
mod fit_connect_support;
mod idempotency;
mod letters;
mod manage;
mod office_bounds;
mod pages;
mod people;
mod people_letters;
mod people_managed;
mod people_support;
mod privacy;
mod privacy_account;
mod privacy_numbers;
mod sink;
mod sink_support;
mod tasks;
mod town;
mod trouble;
