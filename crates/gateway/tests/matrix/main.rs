//! The authorization table, asked cell by cell through the door, on both engines.

mod ask;
mod asks_of_accounts;
mod asks_of_applications;
mod asks_of_appointments;
mod asks_of_conversations;
mod asks_of_papers;
mod asks_of_pickups;
mod asks_of_secrets;
mod asks_of_tours;
mod cells;
mod files;
mod objects;
mod schema;
mod town;
mod traces;
mod verdict;
