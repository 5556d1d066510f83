//! The vault on both engines: keys are made once, sealed fields open in their place alone, and destroyed keys stay destroyed.

use std::sync::Arc;

use database::{Database, Place, RootOrigin, SubjectKey, Unit, Vault, VaultError};
use domain::environment::Clock;
use testkit::{FixedClock, SeededEntropy, on_both_engines};
use uuid::Uuid;

const MASTER: [u8; 32] = [3; 32];

fn vault(master: [u8; 32], seed: u64) -> Vault {
    Vault::new(&master, Arc::new(SeededEntropy::new(seed)))
}

async fn unlocked(database: &Database, seed: u64) -> Vault {
    let vault = vault(MASTER, seed);
    vault.unlock(database, FixedClock::default().now()).await.expect("the vault opens");
    vault
}

fn place(row: u128) -> Place {
    Place { table: "appointment", column: "contact_sealed", row: Uuid::from_u128(row) }
}

async fn keep(unit: &Unit, key: &SubjectKey) {
    let sql = "INSERT INTO subject_key (subject, generation, wrapped, created_at) VALUES ($1, $2, $3, 0)";
    let values = vec![key.subject.into(), key.generation.into(), key.wrapped.clone().into()];
    unit.execute(sql, values).await.expect("a key");
}

async fn kept(database: &Database, subject: Uuid) -> Option<SubjectKey> {
    let sql = "SELECT generation, wrapped FROM subject_key WHERE subject = $1";
    let row = database.row(sql, vec![subject.into()]).await.expect("readable")?;
    Some(SubjectKey { subject, generation: row.at(0).expect("a number"), wrapped: row.at(1).expect("bytes") })
}

#[tokio::test]
async fn a_field_opens_in_its_own_row_and_column_alone() {
    on_both_engines(async |database| {
        let vault = unlocked(&database, 1).await;
        let sealed = vault.seal_new(Uuid::from_u128(1), place(1), b"Eva Beispiel").expect("unlocked");
        let other = vault.seal_new(Uuid::from_u128(2), place(2), b"Otto Muster").expect("unlocked");
        assert_eq!(vault.open(&sealed.key, place(1), &sealed.field).as_deref(), Ok(&b"Eva Beispiel"[..]));
        let refused = Err(VaultError::DoesNotOpen);
        assert_eq!(vault.open(&sealed.key, place(2), &sealed.field), refused, "another row");
        let elsewhere = Place { column: "contact", ..place(1) };
        assert_eq!(vault.open(&sealed.key, elsewhere, &sealed.field), refused, "another column");
        let elsewhere = Place { table: "account", ..place(1) };
        assert_eq!(vault.open(&sealed.key, elsewhere, &sealed.field), refused, "another table");
        assert_eq!(vault.open(&other.key, place(1), &sealed.field), refused, "another key");
        let stolen = SubjectKey { subject: Uuid::from_u128(2), ..sealed.key.clone() };
        assert_eq!(vault.open(&stolen, place(1), &sealed.field), refused, "a key under another subject");
        let again = vault.seal_with(&sealed.key, place(3), b"0511 1").expect("the key opens");
        assert_eq!(vault.open(&sealed.key, place(3), &again).as_deref(), Ok(&b"0511 1"[..]));
    })
    .await;
}

#[tokio::test]
async fn processes_that_start_at_once_agree_on_the_keys_and_a_stranger_gets_none() {
    on_both_engines(async |database| {
        let now = FixedClock::default().now();
        let (one, two) = (vault(MASTER, 1), vault(MASTER, 2));
        let (first, second) = tokio::join!(one.unlock(&database, now), two.unlock(&database, now));
        first.and(second).expect("both open");
        let sealed = one.seal_new(Uuid::from_u128(1), place(1), b"x").expect("unlocked");
        assert_eq!(two.open(&sealed.key, place(1), &sealed.field).as_deref(), Ok(&b"x"[..]));
        let roots = (
            one.root_secret(&database, RootOrigin::DrawnOrInherited, now).await.expect("a root"),
            two.root_secret(&database, RootOrigin::DrawnOrInherited, now).await.expect("a root"),
        );
        assert!(roots.0 == roots.1 && roots.0 != MASTER, "drawn once, and not the master key");
        let stranger = vault([4; 32], 3);
        let refused = stranger.unlock(&database, now).await.expect_err("another master key").to_string();
        assert!(refused.contains("master key"), "{refused}");
        assert!(stranger.root_secret(&database, RootOrigin::DrawnOrInherited, now).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_change_of_the_tenant_key_can_be_interrupted_and_destroys_the_old_one_at_last() {
    on_both_engines(async |database| {
        let clock = FixedClock::default();
        let vault = unlocked(&database, 1).await;
        let unit = database.begin().await.expect("a unit");
        let mut fields = Vec::new();
        for subject in 1..=1_200_u128 {
            let sealed =
                vault.seal_new(Uuid::from_u128(subject), place(subject), &subject.to_be_bytes()).expect("open");
            keep(&unit, &sealed.key).await;
            fields.push((sealed.key, sealed.field));
        }
        unit.commit().await.expect("kept");
        assert_eq!(vault.begin_rotation(&database, clock.now()).await.expect("rotates"), 2);
        // One portion, then the process dies.
        let portion = vault.rewrap_portion(&database, None).await.expect("a portion");
        assert_eq!((portion.keys, portion.next), (500, Some(Uuid::from_u128(500))));
        let other = unlocked(&database, 2).await;
        assert_eq!(other.rotation(&database).await.expect("readable").waiting, 700);
        assert_eq!(other.retire(&database, clock.now()).await.expect("asks"), 0, "still needed");
        let mut next = None;
        let mut keys = 0;
        loop {
            let portion = other.rewrap_portion(&database, next).await.expect("a portion");
            keys += portion.keys;
            next = portion.next;
            if next.is_none() {
                break;
            }
        }
        assert_eq!(keys, 700, "what was done stays done");
        assert_eq!(other.retire(&database, clock.now()).await.expect("asks"), 0, "somebody may still use it");
        clock.pass_seconds(11 * 60);
        assert_eq!(other.retire(&database, clock.now()).await.expect("retires"), 1);
        for (key, field) in &fields {
            let key = kept(&database, key.subject).await.expect("still there");
            assert_eq!(key.generation, 2);
            assert!(other.open(&key, place(key.subject.as_u128()), field).is_ok());
        }
        // The old wrapping, as an older backup of the keys has it, opens nothing any more.
        assert_eq!(other.open(&fields[0].0, place(1), &fields[0].1), Err(VaultError::UnknownGeneration(1)));
    })
    .await;
}

#[tokio::test]
async fn a_new_master_key_wraps_everything_and_the_old_one_opens_nothing() {
    on_both_engines(async |database| {
        let now = FixedClock::default().now();
        let old = unlocked(&database, 1).await;
        let root = old.root_secret(&database, RootOrigin::DrawnOrInherited, now).await.expect("a root");
        let sealed = old.seal_new(Uuid::from_u128(1), place(1), b"Eva").expect("unlocked");
        assert_eq!(old.change_master(&database, &[9; 32]).await.expect("changes"), 3);
        let new = vault([9; 32], 2);
        new.unlock(&database, now).await.expect("opens");
        assert_eq!(new.open(&sealed.key, place(1), &sealed.field).as_deref(), Ok(&b"Eva"[..]));
        let same = new.root_secret(&database, RootOrigin::DrawnOrInherited, now).await.expect("a root");
        assert_eq!(same, root, "links and tokens stay valid");
        old.refresh(&database).await.expect("a process that runs goes on");
        assert!(old.open(&sealed.key, place(1), &sealed.field).is_ok());
        assert!(vault(MASTER, 3).unlock(&database, now).await.is_err(), "one that starts does not");
        assert!(old.change_master(&database, &[8; 32]).await.is_err(), "and it cannot change it again");
    })
    .await;
}

#[tokio::test]
async fn keys_travel_apart_and_an_erased_subject_stays_erased_in_a_copy() {
    on_both_engines(async |database| {
        let vault = unlocked(&database, 1).await;
        let sealed = vault.seal_new(Uuid::from_u128(1), place(1), b"Eva").expect("unlocked");
        let other = vault.seal_new(Uuid::from_u128(2), place(2), b"Otto").expect("unlocked");
        let unit = database.begin().await.expect("a unit");
        keep(&unit, &sealed.key).await;
        keep(&unit, &other.key).await;
        unit.commit().await.expect("kept");
        let before = database.export_keys().await.expect("exported");
        assert_eq!(before.len(), 4, "no root yet, one tenant key, one index key, two subjects");
        let unit = database.begin().await.expect("a unit");
        assert_eq!(unit.destroy_keys(&[Uuid::from_u128(1)]).await.expect("destroyed"), 1);
        unit.commit().await.expect("kept");
        database.scrub().await.expect("scrubbed");
        let after = database.export_keys().await.expect("exported");
        database.drop_keys().await.expect("a copy without keys");
        assert!(kept(&database, Uuid::from_u128(2)).await.is_none());
        assert_eq!(database.import_keys(after.iter().map(String::as_str)).await.expect("imported"), 3);
        assert!(kept(&database, Uuid::from_u128(1)).await.is_none(), "erased stays erased");
        let key = kept(&database, Uuid::from_u128(2)).await.expect("there");
        assert_eq!(vault.open(&key, place(2), &other.field).as_deref(), Ok(&b"Otto"[..]));
        assert!(database.import_keys(["{}"]).await.is_err());
        assert!(kept(&database, Uuid::from_u128(2)).await.is_some(), "a wrong file changes nothing");
        // The control: with keys from before the erasure the person would be back. So those go first.
        database.import_keys(before.iter().map(String::as_str)).await.expect("imported");
        let key = kept(&database, Uuid::from_u128(1)).await.expect("there");
        assert!(vault.open(&key, place(1), &sealed.field).is_ok());
    })
    .await;
}
