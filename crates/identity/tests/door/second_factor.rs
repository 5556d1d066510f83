//! The second factor: set up with a code, asked for at sign-in, each code good once.

use database::Database;
use domain::environment::Clock;
use domain::identifier::AccountId;
use domain::permission::{Actor, Role};
use identity::{
    Challenge, CreateAccount, Failure, IssueAccessTokenError, Password, Problem, Proof, RecoveryCodes, SignInError,
    SignedIn,
};
use testkit::on_both_engines;
use totp_rs::{Builder, Secret, Totp};

use crate::town::{KARL, KARLS_PASSWORD, Town, karl, somebody};

/// An app on Karl's phone: the standard's defaults, told the secret alone.
pub(crate) struct Phone(Totp);

impl Phone {
    fn new(secret: &str) -> Self {
        let secret = Secret::try_from_base32(secret).expect("base32");
        Self(Builder::new().with_secret(secret.as_bytes().to_vec()).build().expect("a generator"))
    }

    pub(crate) fn secret(&self) -> Vec<u8> {
        self.0.secret().as_bytes().to_vec()
    }

    pub(crate) fn code(&self, town: &Town) -> String {
        self.0.generate(u64::try_from(town.clock.now().seconds()).unwrap()).to_string()
    }
}

pub(crate) async fn set_up(town: &Town) -> (Phone, RecoveryCodes, SignedIn) {
    let karl = town.karl().await.account.actor();
    let new = town.identity.begin_second_factor(&karl, &Password::new(KARLS_PASSWORD)).await.unwrap();
    assert_eq!(new.uri, format!("otpauth://totp/stadt.example:{KARL}?secret={}&issuer=stadt.example", new.secret));
    let phone = Phone::new(&new.secret);
    let (codes, signed_in) = town.identity.confirm_second_factor(&karl, &phone.code(town)).await.unwrap();
    (phone, codes, signed_in)
}

pub(crate) async fn challenge(town: &Town) -> Challenge {
    match town.sign_in(KARL, KARLS_PASSWORD).await {
        Err(SignInError::SecondFactorRequired(challenge)) => challenge,
        other => panic!("{other:?}"),
    }
}

async fn answer(town: &Town, challenge: &Challenge, code: &str) -> Result<SignedIn, SignInError> {
    let proof = Proof::SecondFactor { challenge: challenge.expose().into(), code: code.into() };
    town.identity.sign_in_with(&proof, None).await
}

#[tokio::test]
async fn sign_in_asks_for_the_code_once_the_factor_is_on() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let before = town.karl().await;
        let tokens = town.tokens(&before).await;
        let (phone, codes, fresh) = set_up(&town).await;
        assert!(!town.knows(&before).await && town.bearer(&tokens.jwt).await.is_err(), "what had less has ended");
        assert!(town.knows(&fresh).await);
        assert_eq!(codes.expose().len(), 10);
        town.clock.pass_seconds(30);
        let asked = challenge(&town).await;
        for wrong in ["000000", "", "12345", "1234567", "zwölf!", "١٢٣٤٥٦"] {
            let refused = answer(&town, &asked, wrong).await;
            assert!(matches!(refused, Err(SignInError::CodeInvalid)), "{wrong}");
            if wrong == "12345" {
                break;
            }
        }
        let signed_in = answer(&town, &asked, &phone.code(&town)).await.unwrap();
        assert!(town.knows(&signed_in).await);
        let again = answer(&town, &asked, &phone.code(&town)).await;
        assert!(matches!(again, Err(SignInError::CodeInvalid)), "a challenge is answered once");
        assert!(town.audited().await.contains(&"second_factor.on".into()));
    })
    .await;
}

#[tokio::test]
async fn a_code_works_once_even_for_two_at_once() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let (phone, _, _) = set_up(&town).await;
        let used = phone.code(&town);
        let refused = answer(&town, &challenge(&town).await, &used).await;
        assert!(matches!(refused, Err(SignInError::CodeInvalid)), "used when the factor was set up");
        town.clock.pass_seconds(30);
        let (one, two) = (challenge(&town).await, challenge(&town).await);
        let code = phone.code(&town);
        let (a, b) = tokio::join!(answer(&town, &one, &code), answer(&town, &two, &code));
        assert_ne!(a.is_ok(), b.is_ok());
        // The clock of the phone may be a step late, and no more.
        town.clock.pass_seconds(30);
        let late = phone.code(&town);
        town.clock.pass_seconds(30);
        assert!(answer(&town, &challenge(&town).await, &late).await.is_ok());
        town.clock.pass_seconds(60);
        let stale = phone.code(&town);
        town.clock.pass_seconds(60);
        assert!(answer(&town, &challenge(&town).await, &stale).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_challenge_ends_after_five_minutes_five_codes_or_a_new_password() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let (phone, _, _) = set_up(&town).await;
        town.clock.pass_seconds(30);
        let late = challenge(&town).await;
        town.clock.pass_seconds(300);
        assert!(answer(&town, &late, &phone.code(&town)).await.is_err());

        for _ in 0..2 {
            let guessed = challenge(&town).await;
            for _ in 0..5 {
                assert!(answer(&town, &guessed, "000000").await.is_err());
            }
            assert!(answer(&town, &guessed, &phone.code(&town)).await.is_err(), "five were tried");
        }
        let blocked = challenge(&town).await;
        assert!(answer(&town, &blocked, &phone.code(&town)).await.is_err(), "and the next one waits");
        town.clock.pass_seconds(10);
        assert!(answer(&town, &blocked, &phone.code(&town)).await.is_ok());

        town.clock.pass_seconds(30);
        let old = challenge(&town).await;
        let account = town.karl_id().await;
        let new = Password::new("ein ganz neues Passwort");
        town.identity.reset_password(&Actor::System, account, &new).await.unwrap();
        assert!(answer(&town, &old, &phone.code(&town)).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn tokens_ask_for_the_second_factor_too() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let (phone, _, _) = set_up(&town).await;
        town.clock.pass_seconds(30);
        let password = Proof::Password { login: KARL.into(), password: Password::new(KARLS_PASSWORD) };
        let asked = match town.identity.issue_tokens_for(&password, "").await {
            Err(IssueAccessTokenError::SignIn(SignInError::SecondFactorRequired(challenge))) => challenge,
            other => panic!("{other:?}"),
        };
        let proof = Proof::SecondFactor { challenge: asked.expose().into(), code: phone.code(&town) };
        let tokens = town.identity.issue_tokens_for(&proof, "").await.unwrap();
        assert!(town.bearer(&tokens.jwt).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_recovery_code_stands_in_once_however_it_is_typed() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let (_, codes, fresh) = set_up(&town).await;
        let typed = codes.expose()[3].to_lowercase().replace('-', " ");
        assert!(answer(&town, &challenge(&town).await, &typed).await.is_ok());
        assert!(answer(&town, &challenge(&town).await, &typed).await.is_err());
        let actor = fresh.account.actor();
        let state = town.identity.my_second_factor(&actor).await.unwrap();
        assert_eq!((state.is_on, state.recovery_codes), (true, 9));
        let new = town.identity.renew_recovery_codes(&actor, &codes.expose()[4]).await.unwrap();
        assert!(answer(&town, &challenge(&town).await, &codes.expose()[5]).await.is_err(), "older ones are void");
        assert!(answer(&town, &challenge(&town).await, &new.expose()[0]).await.is_ok());
        for code in codes.expose() {
            let plain = code.replace('-', "");
            let rows = database.rows("SELECT code_hash FROM recovery_code", vec![]).await.unwrap();
            let hashes: Vec<Vec<u8>> = rows.iter().map(|row| row.get("code_hash").unwrap()).collect();
            assert!(hashes.iter().all(|hash| hash.len() == 32 && !hash.starts_with(plain.as_bytes())));
        }
    })
    .await;
}

#[tokio::test]
async fn setting_up_needs_the_password_and_the_right_first_code() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let karl = town.karl().await.account.actor();
        let wrong = town.identity.begin_second_factor(&karl, &Password::new("falsch")).await;
        assert!(matches!(wrong, Err(Failure::Problem(Problem::InvalidCredentials))));
        let early = town.identity.confirm_second_factor(&karl, "123456").await;
        assert!(matches!(early, Err(Failure::Problem(Problem::NoSecondFactor))));
        let forgotten = town.identity.begin_second_factor(&karl, &Password::new(KARLS_PASSWORD)).await.unwrap();
        let new = town.identity.begin_second_factor(&karl, &Password::new(KARLS_PASSWORD)).await.unwrap();
        let stale = Phone::new(&forgotten.secret).code(&town);
        let refused = town.identity.confirm_second_factor(&karl, &stale).await;
        assert!(matches!(refused, Err(Failure::Problem(Problem::CodeInvalid))));
        town.karl().await;
        let phone = Phone::new(&new.secret);
        town.identity.confirm_second_factor(&karl, &phone.code(&town)).await.unwrap();
        let twice = town.identity.begin_second_factor(&karl, &Password::new(KARLS_PASSWORD)).await;
        assert!(matches!(twice, Err(Failure::Problem(Problem::SecondFactorThere))));
        for actor in [Actor::Anonymous, Actor::System] {
            let nobody = town.identity.begin_second_factor(&actor, &Password::new(KARLS_PASSWORD)).await;
            assert!(matches!(nobody, Err(Failure::Problem(Problem::NotSignedIn))));
        }
    })
    .await;
}

#[tokio::test]
async fn it_is_taken_away_with_a_code_or_by_an_operator() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let (phone, _, fresh) = set_up(&town).await;
        town.clock.pass_seconds(30);
        let actor = fresh.account.actor();
        let wrong = town.identity.remove_second_factor(&actor, "000000").await;
        assert!(matches!(wrong, Err(Failure::Problem(Problem::CodeInvalid))));
        let anew = town.identity.remove_second_factor(&actor, &phone.code(&town)).await.unwrap();
        assert!(town.knows(&anew).await && !town.knows(&fresh).await);
        assert!(town.sign_in(KARL, KARLS_PASSWORD).await.is_ok());

        town.clock.pass_seconds(30);
        let (_, _, fresh) = set_up(&town).await;
        let id = fresh.account.id;
        for role in [Role::Citizen, Role::Clerk, Role::Lead, Role::Device] {
            let refused = town.identity.reset_second_factor(&somebody(role), id).await;
            assert!(matches!(refused, Err(Failure::Forbidden(_))), "{role:?}");
        }
        let boss = CreateAccount { login: "leitstelle".into(), role: Role::Operator, office: None, ..karl() };
        let boss = town.create(boss).await.actor();
        town.identity.reset_second_factor(&boss, id).await.unwrap();
        assert!(!town.knows(&fresh).await);
        assert!(town.sign_in(KARL, KARLS_PASSWORD).await.is_ok());
        let nobody = town.identity.reset_second_factor(&boss, AccountId(uuid::Uuid::nil())).await;
        assert!(matches!(nobody, Err(Failure::Problem(Problem::NoSecondFactor))));
        let own = town.identity.reset_second_factor(&boss, boss.account().unwrap()).await;
        assert!(matches!(own, Err(Failure::Problem(Problem::OwnAccount))));
    })
    .await;
}

#[tokio::test]
async fn the_database_holds_no_secret_of_a_second_factor() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let karl = town.karl().await.account.actor();
        let new = town.identity.begin_second_factor(&karl, &Password::new(KARLS_PASSWORD)).await.unwrap();
        let secret = Secret::try_from_base32(&new.secret).unwrap();
        let row = database.row("SELECT secret FROM second_factor", vec![]).await.unwrap().unwrap();
        let stored: Vec<u8> = row.get("secret").unwrap();
        assert_eq!(stored.len(), 1 + 12 + 20 + 16);
        assert!(!stored.windows(20).any(|window| window == secret.as_bytes()));
        assert_eq!(format!("{new:?}"), "NewSecondFactor(hidden)");
    })
    .await;
}
