//! Pools: the sets of desks whose visits are counted together.

use domain::identifier::Key;
use domain::opening::QuotaClass;

use crate::supply::{RuleFacts, Stretch};

/// Most desk groups a team can have.
pub(crate) const MAX_GROUPS: usize = 4;

/// The stable number of a pool, the same in every version of a city and in the database.
///
/// It is the 64-bit FNV-1a hash of `office/team/groups/level`, with the groups' keys in ascending order joined by `+`
/// and the level `all`, `public`, `internal` or `urgent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PoolId(pub i64);

/// A level pool counts the visits of a class and of all classes with less access, over the whole team.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// The public.
    Public,
    /// The public and bookings by staff.
    Internal,
    /// The public, bookings by staff and urgent cases.
    Urgent,
}

/// The levels in order of their bits and slots.
pub(crate) const LEVELS: [Level; 3] = [Level::Public, Level::Internal, Level::Urgent];

/// One pool of a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pool {
    /// Visits that only the groups of this mask can serve (a set of Hall's condition).
    Hall(u8),
    /// Visits of a class and below.
    Level(Level),
}

/// Which level pools a rule needs. A level whose limit equals that of the next wider one says nothing new and is left out.
pub(crate) fn levels_of_rule(rule: &RuleFacts) -> u8 {
    u8::from(rule.quota.internal > 0) | u8::from(rule.quota.urgent > 0) << 1 | u8::from(rule.quota.walk_in > 0) << 2
}

/// In which levels a visit of `class` counts.
pub(crate) fn levels_of_class(class: QuotaClass) -> u8 {
    match class {
        QuotaClass::Public => 0b111,
        QuotaClass::Internal => 0b110,
        QuotaClass::Urgent => 0b100,
        QuotaClass::WalkIn => 0,
    }
}

/// The pools in which a visit counts that the groups of `eligible` can serve, in ascending order of their slots.
pub(crate) fn pools_of_visit(groups: usize, eligible: u8, levels: u8) -> impl Iterator<Item = Pool> {
    let hall = (1..1u8 << groups).filter(move |set| set & eligible == eligible).map(Pool::Hall);
    let level = LEVELS
        .into_iter()
        .enumerate()
        .filter(move |(bit, _)| levels >> bit & 1 == 1)
        .map(|(_, level)| Pool::Level(level));
    hall.chain(level)
}

/// The place of a pool among all possible pools of a team with so many groups.
pub(crate) fn slot(groups: usize, pool: Pool) -> usize {
    let sets = (1 << groups) - 1;
    match pool {
        Pool::Hall(set) => usize::from(set) - 1,
        Pool::Level(Level::Public) => sets,
        Pool::Level(Level::Internal) => sets + 1,
        Pool::Level(Level::Urgent) => sets + 2,
    }
}

/// The place of `slot` among the pools that a run with these `levels` keeps counters for.
pub(crate) fn row(groups: usize, levels: u8, slot: usize) -> Option<usize> {
    let sets = (1 << groups) - 1;
    if slot < sets {
        return Some(slot);
    }
    let bit = slot - sets;
    let kept = levels >> bit & 1 == 1;
    kept.then(|| sets + (levels & ((1 << bit) - 1)).count_ones() as usize)
}

/// How many pools a run with these `levels` keeps counters for.
pub(crate) fn rows(groups: usize, levels: u8) -> usize {
    (1 << groups) - 1 + levels.count_ones() as usize
}

/// How many visits the pool takes in a cell; `released` says whether the reserves have gone to everybody.
pub(crate) fn limit(stretch: &Stretch, rule: &RuleFacts, pool: Pool, released: bool) -> u16 {
    let desks = |set: u8| {
        (0..MAX_GROUPS)
            .filter(|group| set >> group & 1 == 1)
            .fold(0u16, |sum, group| sum.saturating_add(stretch.desks[group]))
    };
    let (walk_in, urgent, internal) = (rule.quota.walk_in, rule.quota.urgent, rule.quota.internal);
    let all = desks(u8::MAX);
    match pool {
        Pool::Hall(set) => desks(set),
        Pool::Level(_) if released => all,
        Pool::Level(Level::Public) => all.saturating_sub(walk_in).saturating_sub(urgent).saturating_sub(internal),
        Pool::Level(Level::Internal) => all.saturating_sub(walk_in).saturating_sub(urgent),
        Pool::Level(Level::Urgent) => all.saturating_sub(walk_in),
    }
}

/// The ids of all pools of a team, by slot. `groups` ascending by key.
pub(crate) fn ids(office: &Key, team: &Key, groups: &[&Key]) -> Vec<PoolId> {
    let names = |set: u8| {
        let members: Vec<&str> =
            groups.iter().enumerate().filter(|(bit, _)| set >> bit & 1 == 1).map(|(_, key)| key.as_str()).collect();
        members.join("+")
    };
    let everybody = names(u8::MAX);
    let hall = (1..1u8 << groups.len()).map(|set| pool_id(&format!("{office}/{team}/{}/all", names(set))));
    let levels = ["public", "internal", "urgent"].map(|level| pool_id(&format!("{office}/{team}/{everybody}/{level}")));
    hall.chain(levels).collect()
}

/// FNV-1a with 64 bits (Fowler, Noll, Vo; draft-eastlake-fnv).
fn pool_id(name: &str) -> PoolId {
    let hash = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    PoolId(hash as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_pool_never_changes() {
        // Published test vectors of FNV-1a, 64 bits.
        assert_eq!(pool_id("").0 as u64, 0xcbf2_9ce4_8422_2325);
        assert_eq!(pool_id("a").0 as u64, 0xaf63_dc4c_8601_ec8c);
        assert_eq!(pool_id("foobar").0 as u64, 0x8594_4171_f739_67e8);
    }

    #[test]
    fn a_visit_counts_in_every_set_that_holds_its_desks() {
        let sets: Vec<Pool> = pools_of_visit(3, 0b010, 0b101).collect();
        assert_eq!(
            sets,
            [
                Pool::Hall(2),
                Pool::Hall(3),
                Pool::Hall(6),
                Pool::Hall(7),
                Pool::Level(Level::Public),
                Pool::Level(Level::Urgent)
            ]
        );
        assert_eq!(slot(3, Pool::Level(Level::Urgent)), 9);
        assert_eq!(row(3, 0b101, 9), Some(8));
        assert_eq!(row(3, 0b101, 8), None);
        assert_eq!(rows(3, 0b101), 9);
    }
}
