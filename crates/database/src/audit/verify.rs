//! The verifier: finds whatever was changed, taken out, put in, swapped or cut off since it was sealed, and says where.
//!
//! Pure: it is fed seals and entries in portions and remembers only fingerprints, so an audit log of years fits through.
//!
//! What it cannot see: entries written since the last seal (a minute), and what was cut off the end when nobody kept an
//! anchor. Whoever has the root secret can sign another history; so anchors are kept on another machine.

use std::collections::{BTreeMap, HashMap, HashSet};

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::fingerprint::{AuditRow, Fingerprint, short};
use super::seal::{Anchor, AuditPublicKey, Seal};

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flaw {
    /// The entry says something else than when it was sealed.
    Changed,
    /// The entry was sealed and is gone.
    Deleted,
    /// The entry stands in no seal although it is older than the last one.
    Inserted,
    /// The entry has the contents of another one.
    Swapped,
    /// The seal is not the one that was signed.
    SealBroken,
    /// Seals are missing here, or stand in another order: the chain does not join.
    ChainBroken,
    /// Seals are missing at the end: the anchor names one that is not there.
    CutOff,
    /// The seal is not the one that the anchor names.
    NotTheAnchor,
    /// The entries of the seal were taken away before their time.
    PrunedEarly,
}

impl Flaw {
    /// A stable word for machines.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Deleted => "deleted",
            Self::Inserted => "inserted",
            Self::Swapped => "swapped",
            Self::SealBroken => "seal_broken",
            Self::ChainBroken => "chain_broken",
            Self::CutOff => "cut_off",
            Self::NotTheAnchor => "not_the_anchor",
            Self::PrunedEarly => "pruned_early",
        }
    }
}

/// A flaw and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub flaw: Flaw,
    /// The number of the seal, where one is concerned.
    pub seal: Option<i64>,
    /// The place among the seal's members, from 1.
    pub position: Option<usize>,
    /// The id of the entry.
    pub entry: Option<Uuid>,
}

/// What the verifier found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Seals looked at.
    pub seals: u64,
    /// Entries that stand in seals.
    pub sealed: u64,
    /// Entries that were written since the last seal.
    pub waiting: u64,
    /// Entries that went after their time, by their seals.
    pub pruned: u64,
    /// Entries that were sealed more than an hour after they say they were made: transactions that ended late, clocks that
    /// differ, or a forgery at the time. Worth a look when there are many.
    pub late: u64,
    /// The last seal that is in order.
    pub last: Option<Anchor>,
    /// Everything that is wrong, in order of seals and places.
    pub findings: Vec<Finding>,
}

/// Entries may be this much older than the last seal and not be in it: their transaction may still have been open.
const OPEN_FOR: i64 = 60 * 60 * 1000;

/// The verifier. Feed it all seals by number, then all entries in any order, then ask.
#[derive(Debug)]
pub struct Verifier {
    keys: Vec<AuditPublicKey>,
    /// Entries of seals made before this may be gone, milliseconds since 1970.
    may_be_pruned_before: i64,
    from: i64,
    anchors: Vec<Anchor>,
    report: Report,
    previous: Option<(i64, Vec<u8>)>,
    newest_sealed_at: i64,
    members: HashMap<Uuid, Member>,
    fingerprints: HashSet<Fingerprint>,
    seals: BTreeMap<i64, Batch>,
    /// Ids from which on entries were looked at.
    lowest: Option<Uuid>,
}

#[derive(Debug)]
struct Member {
    seal: i64,
    position: usize,
    fingerprint: Fingerprint,
    seen: bool,
}

/// What the entries of a seal must come to: the full hashes, which the fingerprints are only the beginnings of.
#[derive(Debug)]
struct Batch {
    rows_hash: Vec<u8>,
    sealed_at: i64,
    hashes: Vec<Option<[u8; 32]>>,
}

impl Verifier {
    /// A verifier that trusts these keys.
    pub fn new(keys: Vec<AuditPublicKey>) -> Self {
        Self {
            keys,
            may_be_pruned_before: i64::MIN,
            from: 1,
            anchors: Vec::new(),
            report: Report::default(),
            previous: None,
            newest_sealed_at: i64::MIN,
            members: HashMap::new(),
            fingerprints: HashSet::new(),
            seals: BTreeMap::new(),
            lowest: None,
        }
    }

    /// Entries of seals made before this instant (milliseconds since 1970) may be gone after their time.
    #[must_use]
    pub const fn pruned_before(mut self, instant: i64) -> Self {
        self.may_be_pruned_before = instant;
        self
    }

    /// Begins with the seal of this number; the ones before are taken as they are.
    #[must_use]
    pub const fn from(mut self, number: i64) -> Self {
        self.from = number;
        self
    }

    /// Also holds the seals against what somebody kept elsewhere.
    #[must_use]
    pub fn anchored(mut self, anchor: Anchor) -> Self {
        self.anchors.push(anchor);
        self
    }

    /// The next seal, in order of numbers.
    pub fn seal(&mut self, seal: &Seal) {
        if seal.number < self.from {
            return;
        }
        self.report.seals += 1;
        let at = |flaw| Finding { flaw, seal: Some(seal.number), position: None, entry: None };
        let joined = match &self.previous {
            Some((number, hash)) => seal.number == number + 1 && seal.previous == *hash,
            None => seal.number == self.from && (self.from > 1 || seal.previous.iter().all(|byte| *byte == 0)),
        };
        if !joined {
            self.report.findings.push(at(Flaw::ChainBroken));
        }
        let intact = seal.computed_hash()[..] == seal.hash[..] && self.keys.iter().any(|key| key.signed(seal));
        let members = seal.members();
        if !intact || (members.is_none() && seal.members.is_some()) {
            self.report.findings.push(at(Flaw::SealBroken));
        }
        if self.anchors.iter().any(|anchor| anchor.number == seal.number && anchor.hash != seal.hash) {
            self.report.findings.push(at(Flaw::NotTheAnchor));
        }
        self.previous = Some((seal.number, seal.hash.clone()));
        if !intact {
            return;
        }
        self.newest_sealed_at = self.newest_sealed_at.max(seal.sealed_at);
        self.lowest = Some(self.lowest.map_or(seal.first, |lowest| lowest.min(seal.first)));
        self.report.last = Some(seal.anchor());
        match members {
            Some(members) => self.expect(seal, members),
            None if seal.members.is_some() => {}
            None if seal.sealed_at < self.may_be_pruned_before => self.report.pruned += seal.entries.unsigned_abs(),
            None => self.report.findings.push(at(Flaw::PrunedEarly)),
        }
    }

    fn expect(&mut self, seal: &Seal, members: Vec<(Uuid, Fingerprint)>) {
        let hashes = vec![None; members.len()];
        self.seals.insert(seal.number, Batch { rows_hash: seal.rows_hash.clone(), sealed_at: seal.sealed_at, hashes });
        for (index, (id, fingerprint)) in members.into_iter().enumerate() {
            self.fingerprints.insert(fingerprint);
            self.members.insert(id, Member { seal: seal.number, position: index + 1, fingerprint, seen: false });
        }
    }

    /// The next entry.
    pub fn entry(&mut self, row: &AuditRow) {
        let hash = row.hash();
        let Some(member) = self.members.get_mut(&row.id) else {
            self.unsealed(row);
            return;
        };
        member.seen = true;
        self.report.sealed += 1;
        if let Some(batch) = self.seals.get_mut(&member.seal) {
            batch.hashes[member.position - 1] = Some(hash);
            self.report.late += u64::from(row.at < batch.sealed_at - OPEN_FOR);
        }
        if member.fingerprint != short(&hash) {
            let flaw = if self.fingerprints.contains(&short(&hash)) { Flaw::Swapped } else { Flaw::Changed };
            let (seal, position) = (Some(member.seal), Some(member.position));
            self.report.findings.push(Finding { flaw, seal, position, entry: Some(row.id) });
        }
    }

    fn unsealed(&mut self, row: &AuditRow) {
        // The time inside the id and the time it tells of must both be fresh.
        let by_id = row.id.get_timestamp().map_or(i64::MIN, |time| {
            let (seconds, nanos) = time.to_unix();
            i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1000) + i64::from(nanos / 1_000_000)
        });
        if self.from > 1 && self.lowest.is_none_or(|lowest| row.id < lowest) {
            return;
        }
        if row.at.min(by_id) > self.newest_sealed_at.saturating_sub(OPEN_FOR) {
            self.report.waiting += 1;
        } else {
            let (seal, position) = (None, None);
            self.report.findings.push(Finding { flaw: Flaw::Inserted, seal, position, entry: Some(row.id) });
        }
    }

    /// What was found.
    pub fn report(mut self) -> Report {
        for (id, member) in &self.members {
            if !member.seen {
                let (seal, position) = (Some(member.seal), Some(member.position));
                let finding = Finding { flaw: Flaw::Deleted, seal, position, entry: Some(*id) };
                self.report.findings.push(finding);
            }
        }
        // The fingerprints find the place; the full hash is what was signed.
        for (number, batch) in &self.seals {
            let complete: Option<Vec<[u8; 32]>> = batch.hashes.iter().copied().collect();
            let Some(hashes) = complete else { continue };
            let mut all = Sha256::new();
            for hash in &hashes {
                all.update(hash);
            }
            let known = self.report.findings.iter().any(|finding| finding.seal == Some(*number));
            if all.finalize()[..] != batch.rows_hash[..] && !known {
                let finding = Finding { flaw: Flaw::Changed, seal: Some(*number), position: None, entry: None };
                self.report.findings.push(finding);
            }
        }
        let end = self.previous.as_ref().map_or(0, |(number, _)| *number);
        for anchor in &self.anchors {
            if anchor.number > end {
                let (position, entry) = (None, None);
                self.report.findings.push(Finding { flaw: Flaw::CutOff, seal: Some(end + 1), position, entry });
            }
        }
        self.report.findings.sort_by_key(|finding| (finding.seal.unwrap_or(i64::MAX), finding.position, finding.entry));
        self.report
    }
}
