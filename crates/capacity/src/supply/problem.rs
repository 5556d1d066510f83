//! What is wrong with opening rules, so that no supply can be made of them.

use chrono::NaiveDate;

use domain::identifier::Key;

/// A contradiction in the rules of an office.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum SupplyProblem {
    /// Two rules of equal precedence of one team are open at the same time (or one rule twice).
    #[error("office {office}, team {team}: the rules {} and {} overlap on {day}", rules.0, rules.1)]
    Overlap {
        /// The office.
        office: Key,
        /// The team.
        team: Key,
        /// The two rules, in order of their keys.
        rules: (Key, Key),
        /// The first local day on which they overlap.
        day: NaiveDate,
    },
    /// A rule names a team that the office does not have.
    #[error("office {office}, rule {rule}: there is no team {team}")]
    UnknownTeam {
        /// The office.
        office: Key,
        /// The rule.
        rule: Key,
        /// The name that is not known.
        team: Key,
    },
    /// A rule names a desk group that its team does not have.
    #[error("office {office}, rule {rule}: the team has no desk group {group}")]
    UnknownGroup {
        /// The office.
        office: Key,
        /// The rule.
        rule: Key,
        /// The name that is not known.
        group: Key,
    },
    /// A grid of no length.
    #[error("office {office}, rule {rule}: the step must be 1 to 240 minutes")]
    Step {
        /// The office.
        office: Key,
        /// The rule.
        rule: Key,
    },
    /// A team has no or more than four desk groups.
    #[error("office {office}, team {team}: a team has 1 to 4 desk groups")]
    Groups {
        /// The office.
        office: Key,
        /// The team.
        team: Key,
    },
    /// The names of two pools lead to the same number; another name for a team or group helps.
    #[error("office {office}, team {team}: the name of this team collides with another one, please rename it")]
    PoolCollision {
        /// The office.
        office: Key,
        /// The team.
        team: Key,
    },
}
