//! The chain of a case's events: each carries the hash of all before it, so that no change goes unseen.
//!
//! One chain a case, never one for all: that would be a row that everybody writes. The case keeps how many there are and
//! the last hash, so that cutting off the end shows as well.

use domain::identifier::{AccountId, CaseId};
use domain::time::Timestamp;
use sha2::{Digest, Sha256};

/// One event of a case, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) number: i64,
    pub(crate) kind: String,
    pub(crate) actor: Option<AccountId>,
    pub(crate) at: Timestamp,
    /// JSON, as it was written; ids and facts, never answers.
    pub(crate) facts: String,
    pub(crate) hash: Vec<u8>,
}

/// Where a chain is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainFlaw {
    /// The event of this number is missing, was moved or was changed.
    Event(i64),
    /// Events are missing at the end, or were added.
    Length,
}

/// The hash of an event behind `previous`. Parts carry their lengths, so they cannot run into each other.
pub(crate) fn hash(previous: &[u8], case: CaseId, link: &Link) -> Vec<u8> {
    let actor = link.actor.map(|actor| actor.0.as_bytes().to_vec()).unwrap_or_default();
    let (number, at) = (link.number.to_be_bytes(), link.at.millis().to_be_bytes());
    let parts: [&[u8]; 7] =
        [previous, case.0.as_bytes(), &number, link.kind.as_bytes(), &actor, &at, link.facts.as_bytes()];
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().to_vec()
}

/// Walks along the chain of a case that says it has `events` and ends in `head`.
///
/// # Errors
/// The first [`ChainFlaw`].
pub(crate) fn verify(case: CaseId, links: &[Link], events: i64, head: &[u8]) -> Result<(), ChainFlaw> {
    let mut previous: &[u8] = &[];
    for (number, link) in (1..).zip(links) {
        if link.number != number || hash(previous, case, link) != link.hash {
            return Err(ChainFlaw::Event(number));
        }
        previous = &link.hash;
    }
    let is_whole = i64::try_from(links.len()) == Ok(events) && previous == head;
    if is_whole { Ok(()) } else { Err(ChainFlaw::Length) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn chain(case: CaseId) -> Vec<Link> {
        let mut links: Vec<Link> = Vec::new();
        for number in 1..=5 {
            let previous = links.last().map(|link| link.hash.clone()).unwrap_or_default();
            let mut link = Link {
                number,
                kind: format!("step-{number}"),
                actor: (number > 2).then(|| AccountId(Uuid::from_u128(number as u128))),
                at: Timestamp::from_seconds(number),
                facts: "{}".into(),
                hash: Vec::new(),
            };
            link.hash = hash(&previous, case, &link);
            links.push(link);
        }
        links
    }

    #[test]
    fn every_change_is_found_at_its_place() {
        let case = CaseId(Uuid::from_u128(7));
        let whole = chain(case);
        let head = whole[4].hash.clone();
        assert_eq!(verify(case, &whole, 5, &head), Ok(()));
        assert_eq!(verify(CaseId(Uuid::nil()), &whole, 5, &head), Err(ChainFlaw::Event(1)));
        for index in 0..5 {
            let at = ChainFlaw::Event(index as i64 + 1);
            let changes: [fn(&mut Link); 5] = [
                |link| link.kind.push('x'),
                |link| link.actor = Some(AccountId(Uuid::from_u128(99))),
                |link| link.at = link.at.plus_seconds(1),
                |link| link.facts = "{\"a\":1}".into(),
                |link| link.hash[0] ^= 1,
            ];
            for change in changes {
                let mut copy = whole.clone();
                change(&mut copy[index]);
                assert_eq!(verify(case, &copy, 5, &head), Err(at));
            }
            let mut shorter = whole.clone();
            shorter.remove(index);
            let found = verify(case, &shorter, 5, &head);
            assert_eq!(found, Err(if index == 4 { ChainFlaw::Length } else { at }));
        }
        let mut swapped = whole.clone();
        swapped.swap(1, 2);
        assert_eq!(verify(case, &swapped, 5, &head), Err(ChainFlaw::Event(2)));
        assert_eq!(verify(case, &whole[..3], 3, &head), Err(ChainFlaw::Length), "the head is kept with the case");
    }
}
