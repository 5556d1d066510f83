//! Names and logins lie sealed, logins are found by numbers, and what older programs wrote is taken over.

use std::fmt::Write;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf;
use database::Database;
use domain::environment::Clock;
use domain::identifier::AccountId;
use domain::permission::Actor;
use identity::{CreateAccount, CreateAccountError, Proof};
use testkit::on_both_engines;

use crate::second_factor::{challenge, set_up};
use crate::town::{EVA, EVAS_PASSWORD, KARL, KARLS_PASSWORD, Town, eva, karl, settings};

/// Every account as the database has it, as text.
async fn rows(database: &Database) -> String {
    let sql = database.engine().choose(
        "SELECT login || ' ' || name || ' ' || coalesce(hex(login_sealed), '') || hex(coalesce(name_sealed, '')) AS row FROM account",
        "SELECT login || ' ' || name || ' ' || coalesce(encode(login_sealed, 'hex'), '') || coalesce(encode(name_sealed, 'hex'), '') AS row FROM account",
    );
    let rows = database.rows(sql, vec![]).await.expect("readable");
    rows.iter().map(|row| row.get::<String>("row").expect("a text")).collect::<Vec<_>>().join("\n")
}

async fn count(database: &Database, sql: &str) -> i64 {
    database.rows(sql, vec![]).await.expect("readable")[0].at(0).expect("a number")
}

/// Writes an account as programs did before logins were sealed.
async fn as_before(town: &Town, id: AccountId, login: &str, name: &str) {
    let sql = "UPDATE account SET login = $2, name = $3, login_sealed = NULL, name_sealed = NULL WHERE id = $1";
    town.database.write(sql, vec![id.0.into(), login.into(), name.into()]).await.expect("written");
    for sql in ["DELETE FROM login_index WHERE account = $1", "DELETE FROM subject_key WHERE subject = $1"] {
        town.database.write(sql, vec![id.0.into()]).await.expect("written");
    }
}

#[tokio::test]
async fn the_database_names_nobody_and_people_sign_in_all_the_same() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let kept = rows(&database).await;
        for word in ["eva", "Meier", "schalter", "Schmidt", &hex(EVA), &hex("Karl Schmidt")] {
            assert!(!kept.to_lowercase().contains(&word.to_lowercase()), "{word} in {kept}");
        }
        let signed_in = town.sign_in(" EVA.Meier@example.org", EVAS_PASSWORD).await.expect("found by its number");
        assert_eq!((signed_in.account.login.as_str(), signed_in.account.name.as_str()), (EVA, "Eva Meier"));
        let taken = town.identity.create_account(&Actor::System, eva()).await;
        assert!(matches!(taken, Err(CreateAccountError::LoginTaken)), "{taken:?}");
        // The word that stands instead of a login opens nothing.
        let instead = format!("sealed:{}", signed_in.account.id.0.simple());
        assert!(kept.contains(&instead) && town.sign_in(&instead, EVAS_PASSWORD).await.is_err());
        // The control: a name in the clear would be found.
        as_before(&town, signed_in.account.id, EVA, "Eva Meier").await;
        assert!(rows(&database).await.contains("Meier"));
    })
    .await;
}

#[tokio::test]
async fn of_two_who_want_one_login_at_once_one_gets_it() {
    on_both_engines(async |database: Database| {
        let here = Town::empty(&database);
        let there = Town::with(&database, settings(), here.clock.clone());
        let wish = async |town: &Town| town.identity.create_account(&Actor::System, eva()).await.is_ok();
        let (one, two) = tokio::join!(wish(&here), wish(&there));
        assert!(one != two, "{one} {two}");
        assert_eq!(count(&database, "SELECT count(*) FROM account").await, 1);
        assert_eq!(count(&database, "SELECT count(*) FROM subject_key").await, 1, "nothing is left of the other try");
    })
    .await;
}

#[tokio::test]
async fn sealed_values_open_in_their_own_row_alone() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let (eva, karl) = (town.id_of(EVA).await, town.id_of(KARL).await);
        let swap = "UPDATE account SET name_sealed = (SELECT name_sealed FROM account WHERE id = $2) WHERE id = $1";
        database.write(swap, vec![eva.0.into(), karl.0.into()]).await.expect("written");
        assert!(town.identity.accounts(&[eva]).await.is_err(), "Karl's name is not Eva's");
        assert!(town.identity.accounts(&[karl]).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn accounts_of_an_older_program_sign_in_and_are_sealed() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let id = town.id_of(EVA).await;
        as_before(&town, id, EVA, "Eva Meier").await;
        town.eva().await;
        let taken = town.identity.create_account(&Actor::System, eva()).await;
        assert!(matches!(taken, Err(CreateAccountError::LoginTaken)), "{taken:?}");
        assert_eq!(town.identity.seal_old_accounts(&Actor::System).await.expect("sealed"), 1);
        assert_eq!(town.identity.seal_old_accounts(&Actor::System).await.expect("nothing"), 0);
        assert!(!rows(&database).await.contains("Meier"));
        assert_eq!(town.eva().await.account.name, "Eva Meier");
        assert!(town.identity.seal_old_accounts(&Actor::Anonymous).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_second_factor_and_a_signing_key_of_an_older_program_go_on_and_are_sealed_anew() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let (phone, _, signed_in) = set_up(&town).await;
        let karl = signed_in.account.id;
        // As the first program sealed them.
        let former = formerly(&[b"second_factor.secret/", &karl.0.as_bytes()[..]].concat(), &phone.secret());
        database.write("UPDATE second_factor SET secret = $1", vec![former.clone().into()]).await.expect("written");
        let (one, seed) = (1i64.to_be_bytes(), [5; 32]);
        let sealed = formerly(&[b"signing_key.sealed_seed/", &one[..]].concat(), &seed);
        let sql =
            "INSERT INTO signing_key (number, id, sealed_seed, published_at, signs_from) VALUES (1, 'old', $1, 0, 0)";
        database.write(sql, vec![sealed.into()]).await.expect("written");

        assert_eq!(town.identity.jwks().await.expect("it opens")["keys"].as_array().map(Vec::len), Some(1));
        for sealed_anew in [0, 1] {
            town.clock.pass_seconds(60);
            let challenge = challenge(&town).await.expose().to_owned();
            let proof = Proof::SecondFactor { challenge, code: phone.code(&town) };
            town.identity.sign_in_with(&proof, None).await.expect("the code is right");
            let done = town.identity.seal_old_accounts(&Actor::System).await.expect("sealed");
            assert_eq!(done, 1 - sealed_anew);
        }
        let row = database.row("SELECT secret FROM second_factor", vec![]).await.expect("readable").expect("there");
        assert_eq!(row.get::<Vec<u8>>("secret").expect("bytes").len(), former.len() + 1, "sealed by the one vault");
    })
    .await;
}

#[tokio::test]
async fn a_key_of_numbers_changes_while_people_sign_in_and_register() {
    on_both_engines(async |database: Database| {
        let here = Town::settled(&database).await;
        let there = Town::with(&database, settings(), here.clock.clone());
        there.eva().await;
        let vault = &here.vault;
        let now = || here.clock.now();
        assert_eq!(vault.begin_index_rotation(&database, now()).await.expect("a new key"), 2);
        assert_eq!(vault.begin_index_rotation(&database, now()).await.expect("the same"), 2, "resumed, not piled up");
        // Both keys count: what was numbered before is found, what is numbered now is found by whoever knows one key alone.
        here.eva().await;
        here.create(CreateAccount { login: "neu-hier".into(), ..karl() }).await;
        there.create(CreateAccount { login: "neu-dort".into(), ..karl() }).await;
        for login in ["neu-hier", "neu-dort"] {
            for town in [&here, &there] {
                town.sign_in(login, KARLS_PASSWORD).await.expect("found");
                let again = CreateAccount { login: login.into(), ..karl() };
                let again = town.identity.create_account(&Actor::System, again).await;
                assert!(matches!(again, Err(CreateAccountError::LoginTaken)), "{login}: {again:?}");
            }
        }
        assert_eq!(here.identity.logins_to_reindex().await.expect("counted"), 3, "Eva, Karl and whoever came there");
        assert_eq!(here.identity.reindex_logins(&Actor::System).await.expect("numbered"), 3);
        assert_eq!(here.identity.reindex_logins(&Actor::System).await.expect("nothing"), 0);
        assert_eq!(vault.retire_index(&database, now()).await.expect("too early"), 0);
        here.clock.pass_seconds(1_201);
        assert_eq!(vault.retire_index(&database, now()).await.expect("retired"), 1);
        assert_eq!(here.identity.forget_old_login_numbers().await.expect("forgotten"), 4);
        here.eva().await;
        // The process that knew the old key alone follows, as each does within half a minute.
        there.vault.refresh(&database).await.expect("read");
        there.sign_in("neu-hier", KARLS_PASSWORD).await.expect("found");
        // The control: without its new number nobody is found.
        database.write("DELETE FROM login_index", vec![]).await.expect("deleted");
        assert!(here.sign_in(EVA, EVAS_PASSWORD).await.is_err());
    })
    .await;
}

/// Seals as the first program did, under the root secret of the town.
fn formerly(place: &[u8], secret: &[u8]) -> Vec<u8> {
    let mut key = [0; 32];
    hkdf::Salt::new(hkdf::HKDF_SHA256, b"servicepoint")
        .extract(&[7; 32])
        .expand(&[b"servicepoint identity vault 1"], hkdf::HKDF_SHA256)
        .and_then(|output| output.fill(&mut key))
        .expect("a key");
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).expect("a key"));
    let mut sealed = secret.to_vec();
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key([9; 12]), Aad::from(place), &mut sealed).expect("sealed");
    [&[9; 12][..], &sealed].concat()
}

fn hex(text: &str) -> String {
    let mut digits = String::new();
    for byte in text.bytes() {
        write!(digits, "{byte:02x}").expect("a string takes everything");
    }
    digits
}
