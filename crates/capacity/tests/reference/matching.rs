//! Visits to desks, one by one, with augmenting paths (Kuhn).

use std::collections::{BTreeMap, BTreeSet};

use domain::identifier::Key;

/// Whether every visit gets a desk of its own, of a group that can serve it.
pub(crate) fn fits(visits: &[&BTreeSet<Key>], groups: &BTreeMap<Key, u16>) -> bool {
    let desks: Vec<&Key> =
        groups.iter().flat_map(|(group, count)| std::iter::repeat_n(group, usize::from(*count))).collect();
    if visits.len() > desks.len() {
        return false;
    }
    let mut sits: Vec<Option<usize>> = vec![None; desks.len()];
    (0..visits.len()).all(|visit| seat(visit, visits, &desks, &mut sits, &mut vec![false; desks.len()]))
}

fn seat(
    visit: usize,
    visits: &[&BTreeSet<Key>],
    desks: &[&Key],
    sits: &mut [Option<usize>],
    tried: &mut [bool],
) -> bool {
    for desk in 0..desks.len() {
        if tried[desk] || !visits[visit].contains(desks[desk]) {
            continue;
        }
        tried[desk] = true;
        let free = match sits[desk] {
            None => true,
            Some(other) => seat(other, visits, desks, sits, tried),
        };
        if free {
            sits[desk] = Some(visit);
            return true;
        }
    }
    false
}
