//! The audit log on both engines: it refuses to be changed, it is sealed in batches, and every tampered copy is found out.

mod tampering;

use database::{AuditEntry, AuditKey, Database, DatabaseError, Flaw, Rule, Verifier};
use domain::environment::{Clock, Entropy};
use domain::identifier::EventId;
use domain::time::Timestamp;
use testkit::{FixedClock, SeededEntropy, on_both_engines};
use uuid::Uuid;

struct Town {
    database: Database,
    clock: FixedClock,
    entropy: SeededEntropy,
    key: AuditKey,
}

impl Town {
    fn new(database: Database) -> Self {
        let key = AuditKey::from_root(&[7; 32]);
        Self { database, clock: FixedClock::default(), entropy: SeededEntropy::new(1), key }
    }

    async fn happen(&self, count: usize) -> Vec<Uuid> {
        let mut ids = Vec::new();
        for _ in 0..count {
            ids.push(self.happen_at(self.clock.now()).await);
            self.clock.set(Timestamp::from_millis(self.clock.now().millis() + 3));
        }
        ids
    }

    async fn happen_at(&self, at: Timestamp) -> Uuid {
        let entry = self.entry(at);
        self.database.audit_alone(&entry, &[]).await.expect("written");
        entry.id.0
    }

    fn entry(&self, at: Timestamp) -> AuditEntry {
        let subject = self.entropy.id(at);
        AuditEntry { id: EventId(self.entropy.id(at)), actor: None, action: "appointment.book", subject, at }
    }

    async fn seal(&self) -> u64 {
        self.database.seal_audit(&self.key, self.clock.now()).await.expect("sealed").entries
    }

    fn verifier(&self) -> Verifier {
        self.key.verifier(Vec::new())
    }

    async fn flaws(&self, verifier: Verifier) -> Vec<Flaw> {
        let report = self.database.verify_audit(verifier).await.expect("readable");
        report.findings.iter().map(|finding| finding.flaw).collect()
    }
}

#[tokio::test]
async fn nobody_changes_or_deletes_an_entry_or_a_seal() {
    on_both_engines(async |database| {
        let town = Town::new(database);
        town.happen(3).await;
        assert_eq!(town.seal().await, 3);
        for sql in [
            "UPDATE audit SET action = 'nothing'",
            "DELETE FROM audit",
            "UPDATE audit_seal SET entries = 0",
            "DELETE FROM audit_seal",
        ] {
            let refused = town.database.write(sql, vec![]).await.err().unwrap_or_else(|| panic!("{sql}"));
            assert!(matches!(refused, DatabaseError::Broken(Rule::AuditAppendOnly)), "{sql}: {refused}");
        }
        assert_eq!(town.flaws(town.verifier()).await, []);
    })
    .await;
}

#[tokio::test]
async fn an_entry_that_was_committed_late_is_sealed_with_the_next_batch() {
    on_both_engines(async |database| {
        let town = Town::new(database);
        town.happen(5).await;
        // Two transactions draw their ids now and end after the next seal.
        let (late, very_late) = (town.entry(town.clock.now()), town.entry(town.clock.now()));
        town.clock.pass_seconds(60);
        town.happen(5).await;
        assert_eq!(town.seal().await, 10);
        town.database.audit_alone(&late, &[Uuid::from_u128(5), Uuid::from_u128(6)]).await.expect("written");
        town.clock.pass_seconds(60);
        assert_eq!(town.seal().await, 1);
        assert_eq!(town.seal().await, 0, "nothing is sealed twice");
        // One was open for a day: the minute's round looks back an hour, the daily one at everything.
        for _ in 0..3 {
            town.clock.pass_seconds(3_000);
            town.happen(1).await;
            assert_eq!(town.seal().await, 1);
        }
        town.database.audit_alone(&very_late, &[]).await.expect("written");
        assert_eq!(town.seal().await, 0);
        assert_eq!(town.flaws(town.verifier()).await, [Flaw::Inserted], "until then it looks as it should: strange");
        let stragglers = town.database.seal_stragglers(&town.key, town.clock.now()).await.expect("sealed");
        assert_eq!(stragglers.entries, 1);
        let report = town.database.verify_audit(town.verifier()).await.expect("readable");
        assert_eq!((report.findings.len(), report.sealed, report.waiting, report.late), (0, 15, 0, 1), "{report:?}");
    })
    .await;
}

#[tokio::test]
async fn many_workers_that_seal_at_once_leave_one_chain() {
    on_both_engines(async |database| {
        let town = Town::new(database);
        for _ in 0..5 {
            town.happen(20).await;
            let now = town.clock.now();
            let all = (0..6).map(|_| town.database.seal_audit(&town.key, now));
            let done = futures_util::future::join_all(all).await;
            assert!(done.into_iter().all(|one| one.is_ok()));
        }
        town.seal().await;
        let report = town.database.verify_audit(town.verifier()).await.expect("readable");
        assert_eq!((report.findings.len(), report.sealed, report.waiting), (0, 100, 0), "{report:?}");
    })
    .await;
}

#[tokio::test]
async fn old_entries_go_after_their_time_and_the_chain_stays() {
    on_both_engines(async |database| {
        let town = Town::new(database);
        town.happen(10).await;
        town.seal().await;
        town.clock.pass_seconds(86_400);
        town.happen(10).await;
        town.seal().await;
        let before = town.clock.now().plus_minutes(-60);
        assert_eq!(town.database.prunable_audit(before).await.expect("readable"), 10);
        let pruned = town.database.prune_audit(before, 100).await.expect("pruned");
        assert_eq!((pruned.seals, pruned.entries), (1, 10));
        assert_eq!(town.database.prune_audit(before, 100).await.expect("pruned").seals, 0);
        let verifier = town.verifier().pruned_before(before.millis());
        let report = town.database.verify_audit(verifier).await.expect("readable");
        assert_eq!((report.findings.len(), report.sealed, report.pruned), (0, 10, 10), "{report:?}");
        assert_eq!(town.flaws(town.verifier()).await, [Flaw::PrunedEarly], "nobody takes them away before their time");
        town.happen(1).await;
        assert_eq!(town.seal().await, 1);
        assert_eq!(town.database.seal_stragglers(&town.key, town.clock.now()).await.expect("looks").entries, 0);
    })
    .await;
}

#[tokio::test]
async fn whoever_has_the_database_alone_can_neither_forge_nor_cut_off_unseen() {
    on_both_engines(async |database| {
        let town = Town::new(database);
        town.happen(10).await;
        town.seal().await;
        let anchor = town.database.last_seal().await.expect("readable").expect("a seal").anchor();
        assert_eq!(anchor.to_string().parse(), Ok(anchor.clone()));
        // Another key signs another history.
        let forger = AuditKey::from_root(&[8; 32]);
        town.clock.pass_seconds(60);
        town.happen(3).await;
        town.database.seal_audit(&forger, town.clock.now()).await.expect("written");
        assert_eq!(town.flaws(town.verifier()).await[0], Flaw::SealBroken);
        let public = forger.public();
        let trusting = town.key.verifier(vec![database::AuditPublicKey::parse(&public.text()).expect("a key")]);
        assert_eq!(town.flaws(trusting).await, [], "the control: a key that is trusted signs well");
        let further = database::Anchor { number: 9, hash: anchor.hash.clone() };
        assert!(town.flaws(town.verifier().anchored(further)).await.contains(&Flaw::CutOff));
        let other = database::Anchor { hash: vec![1; 32], ..anchor.clone() };
        assert!(town.flaws(town.verifier().anchored(other)).await.contains(&Flaw::NotTheAnchor));
        let trusting = town.key.verifier(vec![public]).anchored(anchor).from(2);
        assert_eq!(town.flaws(trusting).await, [], "from the second seal on");
    })
    .await;
}
