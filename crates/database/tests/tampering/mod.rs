//! Ten thousand random changes to copies of an audit log: each one is found, with its kind and its place.

use database::{AuditKey, AuditRow, Finding, Flaw, Report, Seal};
use domain::environment::Entropy;
use domain::time::Timestamp;
use testkit::SeededEntropy;
use uuid::Uuid;

const START: i64 = 1_795_424_400_000;
const HOUR: i64 = 3_600_000;

/// A log with its seals.
#[derive(Clone)]
struct Log {
    rows: Vec<AuditRow>,
    seals: Vec<Seal>,
}

struct Chance(SeededEntropy);

impl Chance {
    fn below(&self, limit: usize) -> usize {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        (u64::from_le_bytes(bytes) % limit as u64) as usize
    }

    fn id(&self, at: i64) -> Uuid {
        self.0.id(Timestamp::from_millis(at))
    }
}

fn log(key: &AuditKey, chance: &Chance) -> Log {
    let mut all = Log { rows: Vec::new(), seals: Vec::new() };
    for batch in 0..6_i64 {
        let sealed_at = START + (batch + 1) * HOUR;
        let count = 10 + chance.below(20);
        let rows: Vec<AuditRow> = (0..count)
            .map(|index| {
                // One in ten was committed a batch late.
                let at = if index % 10 == 9 { sealed_at - 2 * HOUR } else { sealed_at - HOUR } + index as i64 * 100;
                AuditRow {
                    id: chance.id(at),
                    actor: (index % 3 > 0).then(|| chance.id(at)),
                    action: ["appointment.book", "appointment.cancel", "account.create"][index % 3].into(),
                    subject: chance.id(at),
                    at,
                    more: (index % 5 == 0).then(|| format!("[\"{}\"]", chance.id(at))),
                }
            })
            .collect();
        let seal = key.seal(&rows, all.seals.last(), Timestamp::from_millis(sealed_at)).expect("rows");
        all.rows.extend(rows);
        all.seals.push(seal);
    }
    all
}

fn judged(key: &AuditKey, original: &Log, copy: &Log) -> Report {
    let anchor = original.seals.last().expect("seals").anchor();
    let mut verifier = key.verifier(Vec::new()).anchored(anchor);
    for seal in &copy.seals {
        verifier.seal(seal);
    }
    let mut rows: Vec<&AuditRow> = copy.rows.iter().collect();
    rows.sort_by_key(|row| row.id);
    for row in rows {
        verifier.entry(row);
    }
    verifier.report()
}

/// What must be found: one of these kinds, and where.
struct Expected {
    flaws: &'static [Flaw],
    entry: Option<Uuid>,
    seal: Option<i64>,
}

/// Changes a copy and says what must be found.
fn tamper(copy: &mut Log, chance: &Chance) -> Expected {
    let row = chance.below(copy.rows.len());
    let seal = chance.below(copy.seals.len());
    let entry = Some(copy.rows[row].id);
    let number = Some(copy.seals[seal].number);
    match chance.below(11) {
        0 => {
            let id = chance.id(START);
            let changed = &mut copy.rows[row];
            match chance.below(5) {
                0 => changed.actor = if changed.actor.is_some() { None } else { Some(id) },
                1 => changed.action.push('x'),
                2 => changed.subject = id,
                3 => changed.at += 1,
                _ => changed.more = Some(format!("[\"{id}\"]")),
            }
            Expected { flaws: &[Flaw::Changed], entry, seal: None }
        }
        1 => {
            copy.rows.remove(row);
            Expected { flaws: &[Flaw::Deleted], entry, seal: None }
        }
        2 => {
            let at = START + (chance.below(4 * HOUR as usize)) as i64;
            let inserted = AuditRow { id: chance.id(at), at, ..copy.rows[row].clone() };
            let entry = Some(inserted.id);
            copy.rows.push(inserted);
            Expected { flaws: &[Flaw::Inserted], entry, seal: None }
        }
        3 => {
            // Two entries swap what they tell.
            let other = (row + 1 + chance.below(copy.rows.len() - 1)) % copy.rows.len();
            let (one, two) = (copy.rows[row].clone(), copy.rows[other].clone());
            copy.rows[row] = AuditRow { id: one.id, ..two.clone() };
            copy.rows[other] = AuditRow { id: two.id, ..one };
            Expected { flaws: &[Flaw::Swapped], entry, seal: None }
        }
        4 => {
            // An id is rewritten: gone here, new there.
            copy.rows[row].id = chance.id(START);
            Expected { flaws: &[Flaw::Deleted], entry, seal: None }
        }
        5 => {
            // The end is cut off, with its entries or without.
            let kept = 1 + chance.below(copy.seals.len() - 1);
            let last = copy.seals[kept - 1].number;
            copy.seals.truncate(kept);
            if chance.below(2) == 0 {
                let oldest = copy.seals[kept - 1].sealed_at;
                copy.rows.retain(|row| row.at < oldest);
            }
            Expected { flaws: &[Flaw::CutOff], entry: None, seal: Some(last + 1) }
        }
        6 => {
            // A seal is taken out of the middle or off the front.
            let seal = chance.below(copy.seals.len() - 1);
            let next = copy.seals[seal + 1].number;
            copy.seals.remove(seal);
            Expected { flaws: &[Flaw::ChainBroken], entry: None, seal: Some(next) }
        }
        7 => {
            // Two seals change places.
            let other = (seal + 1 + chance.below(copy.seals.len() - 1)) % copy.seals.len();
            copy.seals.swap(seal, other);
            let (first, second) = (seal.min(other), seal.max(other));
            let numbers = (copy.seals[first].number, copy.seals[second].number);
            (copy.seals[first].number, copy.seals[second].number) = (numbers.1, numbers.0);
            Expected { flaws: &[Flaw::SealBroken], entry: None, seal: Some(first as i64 + 1) }
        }
        8 => {
            let changed = &mut copy.seals[seal];
            match chance.below(7) {
                0 => changed.sealed_at += 1,
                1 => changed.entries += 1,
                2 => changed.first = chance.id(START),
                3 => changed.last = chance.id(START),
                4 => changed.signature[5] ^= 1,
                5 => changed.rows_hash[5] ^= 1,
                _ => changed.hash[5] ^= 1,
            }
            Expected { flaws: &[Flaw::SealBroken], entry: None, seal: number }
        }
        9 => {
            // The list of members is changed: an entry is taken out of both.
            let members = copy.seals[seal].members.as_mut().expect("listed");
            members.truncate(members.len() - 32);
            Expected { flaws: &[Flaw::SealBroken], entry: None, seal: number }
        }
        _ => {
            copy.seals[seal].members = None;
            Expected { flaws: &[Flaw::PrunedEarly], entry: None, seal: number }
        }
    }
}

fn is(finding: &Finding, expected: &Expected) -> bool {
    expected.flaws.contains(&finding.flaw)
        && expected.entry.is_none_or(|entry| finding.entry == Some(entry))
        && expected.seal.is_none_or(|seal| finding.seal == Some(seal))
        && (finding.entry.is_none() || finding.flaw == Flaw::Inserted || finding.position.is_some())
}

#[test]
fn ten_thousand_tampered_copies_are_all_found_out_with_their_place() {
    let key = AuditKey::from_root(&[7; 32]);
    let chance = Chance(SeededEntropy::new(20_261_123));
    let mut original = log(&key, &chance);
    for case in 0..10_000 {
        // A fresh log every hundred cases; in between only the copy is new.
        if case % 100 == 0 {
            let other = log(&key, &Chance(SeededEntropy::new(case)));
            assert!(!judged(&key, &original, &other).findings.is_empty(), "another log never passes for this one");
            original = other;
        }
        let mut copy = original.clone();
        let expected = tamper(&mut copy, &chance);
        let report = judged(&key, &original, &copy);
        assert!(
            report.findings.iter().any(|finding| is(finding, &expected)),
            "case {case}: expected {:?} at {:?} {:?}, found {:?}",
            expected.flaws,
            expected.seal,
            expected.entry,
            report.findings
        );
    }
}

#[test]
fn an_untouched_copy_verifies() {
    let key = AuditKey::from_root(&[7; 32]);
    for seed in 0..100 {
        let original = log(&key, &Chance(SeededEntropy::new(seed)));
        let report = judged(&key, &original, &original.clone());
        assert_eq!((report.findings.as_slice(), report.waiting), (&[][..], 0));
        assert_eq!(report.sealed, original.rows.len() as u64);
        assert_eq!(report.last, original.seals.last().map(Seal::anchor));
    }
}
