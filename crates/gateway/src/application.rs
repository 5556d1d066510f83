//! The application: the features of the house, wired together once.

use std::pin::Pin;
use std::sync::Arc;

use applications::{
    ApplicationSecret, Applications, ApplicationsParts, FileStore, PracticeBank, StreetZones, UploadSettings,
};
use chatbot::model::Model;
use conversations::{ConversationSecret, Conversations, ConversationsParts, Texts};
use database::{AuditKey, Database, DatabaseError, Unit, Vault};
use domain::environment::{Clock, Entropy};
use domain::permission::Actor;
use identity::{Identity, IdentityParts, IdentitySettings, OpenId, OpenIdParts, OpenIdProvider, PreparedSeeds};
use notifications::{Deliveries, UnsubscribeSecret};
use scheduling::{Companion, DeskWork, LinkSecret, Scheduling, Settings};

use crate::proof_of_work::{ProofOfWork, ProofSettings};
use crate::stamp::Stamped;
use crate::town::{PublishedForms, ServingTown, TalkingTown};

/// Everything behind the door. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct Application {
    /// Appointments.
    pub scheduling: Arc<Scheduling>,
    /// Online services.
    pub applications: Arc<Applications>,
    /// The chatbot, and the people behind it.
    pub conversations: Arc<Conversations>,
    /// Accounts and sign-in.
    pub identity: Arc<Identity>,
    /// Messages: what could not be delivered, and who wants no reminders.
    pub deliveries: Arc<Deliveries>,
    /// What seals personal data.
    pub vault: Vault,
    /// What signs the seals of the audit log.
    pub audit_key: Arc<AuditKey>,
    /// Sign-in by OpenID Connect.
    pub openid: Arc<OpenId>,
    /// The database, for readiness and the worker.
    pub database: Database,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Whether cookies ask for HTTPS; only a development server on plain HTTP does not.
    pub secure_cookies: bool,
    /// What anonymous callers may have to do first; off unless set.
    pub proof_of_work: Arc<ProofOfWork>,
}

/// What an application is made of.
#[derive(Debug)]
pub struct Parts {
    /// The database, migrated.
    pub database: Database,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// The root secret from which all others are derived. It stays the same when the master key changes.
    pub master: [u8; 32],
    /// The master key, which wraps the keys of the vault.
    pub vault: [u8; 32],
    /// Settings of bookings.
    pub scheduling: Settings,
    /// Settings of sign-in and tokens.
    pub identity: IdentitySettings,
    /// The sign-in providers, in the order in which they are offered.
    pub openid: Vec<OpenIdProvider>,
    /// Whether cookies ask for HTTPS.
    pub secure_cookies: bool,
    /// Where files lie that people hand in.
    pub files: FileStore,
    /// Limits of files, and who looks for harm in them.
    pub uploads: UploadSettings,
    /// In which zone which street lies.
    pub zones: Arc<StreetZones>,
    /// Whether one can pay at the practice bank, where no money moves.
    pub practice_bank: PracticeBank,
    /// What may say the chatbot's cited lines in other words.
    pub model: Option<Arc<dyn Model>>,
}

impl Application {
    /// Wires the features. The caller must keep the desk's work running.
    pub fn new(parts: Parts) -> (Self, DeskWork) {
        let vault = Vault::new(&parts.vault, Arc::clone(&parts.entropy));
        let (scheduling, desk) = Scheduling::new(
            parts.database.clone(),
            Arc::clone(&parts.clock),
            Arc::clone(&parts.entropy),
            LinkSecret::from_master(&parts.master),
            vault.clone(),
            parts.scheduling,
        );
        let scheduling = Arc::new(scheduling);
        let public_url = parts.identity.issuer.clone();
        let applications = Arc::new(Applications::new(ApplicationsParts {
            database: parts.database.clone(),
            clock: Arc::clone(&parts.clock),
            entropy: Arc::clone(&parts.entropy),
            secret: ApplicationSecret::from_master(&parts.master),
            vault: vault.clone(),
            town: Arc::new(ServingTown {
                scheduling: Arc::clone(&scheduling),
                zones: parts.zones,
                public_url: public_url.clone(),
            }),
            stamp: Arc::new(Stamped::from_master(&parts.master)),
            practice_bank: parts.practice_bank,
            files: parts.files,
            uploads: parts.uploads,
        }));
        let conversations = Conversations::new(ConversationsParts {
            database: parts.database.clone(),
            clock: Arc::clone(&parts.clock),
            entropy: Arc::clone(&parts.entropy),
            secret: ConversationSecret::from_master(&parts.master),
            vault: vault.clone(),
            town: Arc::new(TalkingTown { scheduling: Arc::clone(&scheduling) }),
            forms: Arc::new(PublishedForms { applications: Arc::clone(&applications) }),
            model: parts.model,
        });
        let identity = Arc::new(Identity::new(IdentityParts {
            database: parts.database.clone(),
            clock: Arc::clone(&parts.clock),
            entropy: Arc::clone(&parts.entropy),
            master: parts.master,
            vault: vault.clone(),
            settings: parts.identity,
        }));
        let openid = OpenId::new(OpenIdParts {
            identity: Arc::clone(&identity),
            master: parts.master,
            public_url,
            providers: parts.openid,
        });
        let deliveries = Deliveries::new(
            parts.database.clone(),
            Arc::clone(&parts.clock),
            Arc::clone(&parts.entropy),
            UnsubscribeSecret::from_master(&parts.master),
        );
        let proof_of_work = ProofOfWork::new(
            &parts.master,
            ProofSettings::default(),
            parts.database.clone(),
            Arc::clone(&parts.clock),
            Arc::clone(&parts.entropy),
        );
        let application = Self {
            proof_of_work: Arc::new(proof_of_work),
            scheduling,
            applications,
            conversations: Arc::new(conversations),
            identity,
            openid: Arc::new(openid),
            deliveries: Arc::new(deliveries),
            vault,
            audit_key: Arc::new(AuditKey::from_root(&parts.master)),
            database: parts.database,
            clock: parts.clock,
            entropy: parts.entropy,
            secure_cookies: parts.secure_cookies,
        };
        (application, desk)
    }

    /// The same application that asks anonymous callers for work.
    #[must_use]
    pub fn with_proof_of_work(self, settings: ProofSettings) -> Self {
        Self { proof_of_work: Arc::new(self.proof_of_work.with_settings(settings)), ..self }
    }
}

/// What a city directory holds beside the city, written in the same unit: accounts, and the texts of the chatbot.
pub struct Seeding<'a> {
    application: &'a Application,
    seeds: PreparedSeeds,
    texts: Texts,
}

impl<'a> Seeding<'a> {
    /// Accounts whose passwords are hashed already, and texts that were checked together with the city.
    pub const fn new(application: &'a Application, seeds: PreparedSeeds, texts: Texts) -> Self {
        Self { application, seeds, texts }
    }
}

impl Companion for Seeding<'_> {
    fn write<'a>(&'a self, unit: &'a Unit) -> Pin<Box<dyn Future<Output = Result<(), DatabaseError>> + Send + 'a>> {
        Box::pin(async {
            let Application { identity, conversations, clock, .. } = self.application;
            identity.apply_seeds(&Actor::System, unit, &self.seeds).await?;
            conversations.write_texts(unit, &self.texts, clock.now()).await
        })
    }
}
