//! From opening rules to free starts: how much an office can serve, what is taken, and when somebody can come.
//!
//! ```text
//! City --compile--> Supply (immutable)      which desks work in which cells of the day
//!                   Ledger (counters)       how many visits are in each cell
//!                   Search                  days and starts that are free, from one function
//!                   Claim                   the exact cells that one booking takes
//! ```
//!
//! The rule of a free start: over the consecutive grid cells that a visit needs, within one run, the smallest
//! difference of capacity and live visits. Capacity is counted per *pool*. For every set of desk groups of a team
//! there is one pool, in which exactly the visits count that only these groups can serve. By Hall's theorem the visits
//! of a cell can be matched to desks if and only if no pool holds more visits than desks, since desks of a group are
//! alike. Further pools over the whole team hold back what the rule reserves for staff, urgent cases and walk-ins.
//!
//! Nothing here reads a clock, a file or a random number.

mod claim;
mod demand;
mod ledger;
mod moment;
mod search;
mod supply;

pub use claim::{BookedVisit, Claim, ClaimRequest, Refusal, Take};
pub use demand::{Demand, Eligible};
pub use ledger::Ledger;
pub use search::{Cursor, Day, OfficeDay, OfficeQuery, Page, Query, Search, Start};
pub use supply::hours::OpeningHours;
pub use supply::pools::PoolId;
pub use supply::problem::SupplyProblem;
pub use supply::{RunView, Supply};
