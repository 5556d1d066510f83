//! A small town hall for the stories: an operator, Eva the citizen, and Karl the clerk.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use database::{Database, Vault};
use domain::environment::Entropy;
use domain::identifier::{AccountId, Key};
use domain::law::TrustLevel;
use domain::permission::{Actor, Role};
use identity::{
    Account, AccountFilter, CreateAccount, Identity, IdentityParts, IdentitySettings, IssuedTokens, Password,
    SignInError, SignedIn, TokenError,
};
use testkit::{FixedClock, SeededEntropy};
use uuid::Uuid;

/// Eva's login.
pub(crate) const EVA: &str = "eva.meier@example.org";
/// Her password.
pub(crate) const EVAS_PASSWORD: &str = "zwölf grüne Äpfel";
/// Karl's login.
pub(crate) const KARL: &str = "schalter-3";
/// His password.
pub(crate) const KARLS_PASSWORD: &str = "Stempelkissen und Büroklammern";

/// Identity with what the tests turn.
pub(crate) struct Town {
    pub(crate) identity: Identity,
    pub(crate) clock: FixedClock,
    pub(crate) database: Database,
    pub(crate) vault: Vault,
}

impl Town {
    /// A town without accounts.
    pub(crate) fn empty(database: &Database) -> Self {
        Self::with(database, settings(), FixedClock::default())
    }

    /// A town with settings and a clock of its own; two of these on one database are two gateways.
    pub(crate) fn with(database: &Database, settings: IdentitySettings, clock: FixedClock) -> Self {
        let parts = parts(database, settings, &clock, [7; 32]);
        let vault = parts.vault.clone();
        Self { identity: Identity::new(parts), clock, database: database.clone(), vault }
    }

    /// A town with Eva and Karl.
    pub(crate) async fn settled(database: &Database) -> Self {
        let town = Self::empty(database);
        town.create(eva()).await;
        town.create(karl()).await;
        town
    }

    pub(crate) async fn create(&self, command: CreateAccount) -> Account {
        self.identity.create_account(&Actor::System, command).await.expect("the account is fine")
    }

    pub(crate) async fn sign_in(&self, login: &str, password: &str) -> Result<SignedIn, SignInError> {
        self.identity.sign_in(login, &Password::new(password)).await
    }

    pub(crate) async fn eva(&self) -> SignedIn {
        self.sign_in(EVA, EVAS_PASSWORD).await.expect("Eva can sign in")
    }

    pub(crate) async fn karl(&self) -> SignedIn {
        self.sign_in(KARL, KARLS_PASSWORD).await.expect("Karl can sign in")
    }

    /// Karl's account.
    pub(crate) async fn karl_id(&self) -> AccountId {
        self.id_of(KARL).await
    }

    /// The account with this login.
    pub(crate) async fn id_of(&self, login: &str) -> AccountId {
        let found = self.identity.page_of_accounts(&Actor::System, &AccountFilter::default(), None, 100).await;
        let found = found.expect("accounts can be read").into_iter().find(|account| account.login == login);
        found.expect("it is there").id
    }

    /// Tokens drawn with this session.
    pub(crate) async fn tokens(&self, signed_in: &SignedIn) -> IssuedTokens {
        let actor = signed_in.account.actor();
        let issued = self.identity.issue_access_token(&actor, Some(&signed_in.footing), "a test").await;
        issued.expect("whoever is signed in draws tokens")
    }

    /// Who an access token belongs to, if it is accepted now.
    pub(crate) async fn bearer(&self, jwt: &str) -> Result<Actor, TokenError> {
        self.identity.authenticate_token(jwt).await.map(|recognised| recognised.actor)
    }

    /// Whether the session is accepted now.
    pub(crate) async fn knows(&self, signed_in: &SignedIn) -> bool {
        let found = self.identity.authenticate_session(signed_in.token.expose()).await;
        found.expect("the database answers").is_some()
    }

    /// The actions in the audit log, in the order of the alphabet.
    pub(crate) async fn audited(&self) -> Vec<String> {
        let rows = self.database.rows("SELECT action FROM audit ORDER BY action", vec![]).await;
        rows.expect("the audit log can be read").iter().map(|row| row.get("action").expect("a text")).collect()
    }

    /// How many sessions are kept.
    pub(crate) async fn kept_sessions(&self) -> usize {
        self.database.rows("SELECT id FROM session", vec![]).await.expect("sessions can be read").len()
    }
}

/// An identity with a master secret.
pub(crate) fn identity(
    database: &Database,
    settings: IdentitySettings,
    clock: &FixedClock,
    master: [u8; 32],
) -> Identity {
    Identity::new(parts(database, settings, clock, master))
}

fn parts(database: &Database, settings: IdentitySettings, clock: &FixedClock, master: [u8; 32]) -> IdentityParts {
    static SEED: AtomicU64 = AtomicU64::new(1);
    // A seed of its own for each: two gateways must not draw the same tokens.
    let entropy: Arc<dyn Entropy> = Arc::new(SeededEntropy::new(SEED.fetch_add(1, Ordering::Relaxed)));
    IdentityParts {
        database: database.clone(),
        clock: Arc::new(clock.clone()),
        vault: Vault::new(&master, Arc::clone(&entropy)),
        entropy,
        master,
        settings,
    }
}

pub(crate) fn settings() -> IdentitySettings {
    IdentitySettings::new("https://stadt.example", "servicepoint", 2)
}

pub(crate) fn eva() -> CreateAccount {
    CreateAccount {
        login: EVA.into(),
        name: "Eva Meier".into(),
        role: Role::Citizen,
        office: None,
        trust: TrustLevel::Low,
        password: Some(Password::new(EVAS_PASSWORD)),
    }
}

pub(crate) fn karl() -> CreateAccount {
    CreateAccount {
        login: KARL.into(),
        name: "Karl Schmidt".into(),
        role: Role::Clerk,
        office: Some(aegi()),
        trust: TrustLevel::None,
        password: Some(Password::new(KARLS_PASSWORD)),
    }
}

pub(crate) fn aegi() -> Key {
    Key::new("aegi").expect("a key")
}

/// Somebody of `role` who has no row in the database.
pub(crate) fn somebody(role: Role) -> Actor {
    Actor::Account { id: AccountId(Uuid::max()), role, office: None, trust: TrustLevel::None }
}
