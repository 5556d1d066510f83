//! Nothing that is printed or stored gives a secret or a name away.

use database::Database;
use domain::permission::Actor;
use identity::{ChangePassword, CreateAccount, Password};
use testkit::on_both_engines;

use crate::town::{EVA, EVAS_PASSWORD, Town, eva};

#[tokio::test]
async fn printing_shows_no_secret_and_no_name() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let signed_in = town.eva().await;
        town.knows(&signed_in).await;
        let token = town.tokens(&signed_in).await;
        let change = ChangePassword { current: Password::new(EVAS_PASSWORD), new: Password::new(EVAS_PASSWORD) };
        let wrong = CreateAccount { name: "Eva Meier 7".into(), ..eva() };
        let refused = town.identity.create_account(&Actor::System, wrong).await.unwrap_err();
        let doubled = town.identity.create_account(&Actor::System, eva()).await.unwrap_err();
        let rejected = town.sign_in(EVA, "falsch").await.unwrap_err();
        let printed = format!(
            "{signed_in:?} {token:?} {change:?} {:?} {refused:?} {refused} {doubled:?} {doubled} {rejected:?} {rejected} {:?}",
            eva(),
            town.identity
        );
        for secret in [signed_in.token.expose(), &token.jwt, token.refresh.expose(), EVAS_PASSWORD, EVA, "eva.meier", "Meier", "falsch"] {
            assert!(!printed.contains(secret), "{printed}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_database_holds_no_token_and_no_password() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let signed_in = town.eva().await;
        let session = database.row("SELECT token_hash FROM session", vec![]).await.unwrap().unwrap();
        let hash: Vec<u8> = session.get("token_hash").unwrap();
        assert_eq!(hash.len(), 32);
        assert_ne!(hash, signed_in.token.expose().as_bytes()[..32]);
        let sql = "SELECT password FROM account WHERE id = $1";
        let account = database.row(sql, vec![town.id_of(EVA).await.0.into()]).await.unwrap();
        let password: String = account.unwrap().get("password").unwrap();
        assert!(password.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{password}");
    })
    .await;
}
