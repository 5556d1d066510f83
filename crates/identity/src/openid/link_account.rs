//! From a person of a provider to an account: found by issuer and subject, made for citizens, never for staff.

use database::{Rule, Unit};
use domain::identifier::AccountId;
use domain::law::TrustLevel;
use domain::permission::Role;
use domain::text::person_name;

use crate::accounts::Account;
use crate::openid::OpenId;
use crate::openid::claims::Person;
use crate::openid::error::{OpenIdError, TokenFault};
use crate::openid::settings::{OpenIdProvider, Purpose};
use crate::session_token::sha256;
use crate::store::account::Credentials;
use crate::store::openid::Subject;
use crate::{login, store};

impl OpenId {
    /// The account of `person`, ready for a session. Nobody's role changes here.
    pub(super) async fn account_of(
        &self,
        unit: &Unit,
        settings: &OpenIdProvider,
        person: &Person,
    ) -> Result<Credentials, OpenIdError> {
        let subject = subject(settings, person);
        let linked = store::openid::linked(unit, &subject).await?;
        let was_linked = linked.is_some();
        let known = self.identity.opened_with(linked).await?;
        if was_linked && known.is_none() {
            // An older copy of the data brought back the link of an account that was erased since.
            store::openid::unlink_subject(unit, &subject).await?;
        }
        let (account, generation) = match known {
            Some(known) => known,
            None => match &settings.purpose {
                Purpose::Citizens => (self.new_citizen(unit, &subject).await?, 0),
                Purpose::Staff { login_claim } => self.member_of_staff(unit, &subject, person, login_claim).await?,
            },
        };
        if account.disabled_at.is_some() || !fits(&settings.purpose, account.role) {
            return Err(OpenIdError::NoAccount);
        }
        let account = self.named(unit, settings, person, account).await?;
        Ok(Credentials { account, password: String::new(), generation })
    }

    /// Makes an account that can do what every citizen can. It has no password, so its login opens nothing.
    async fn new_citizen(&self, unit: &Unit, subject: &Subject<'_>) -> Result<Account, OpenIdError> {
        let id = AccountId(self.identity.new_id());
        let account = Account {
            id,
            login: format!("openid:{id}"),
            name: String::new(),
            role: Role::Citizen,
            office: None,
            // What was proven belongs to the session: the next one may prove less.
            trust: TrustLevel::None,
            created_at: self.clock().now(),
            disabled_at: None,
        };
        self.identity.add_account(unit, &account, None).await?;
        self.identity.audit(unit, &account.actor(), "account.create", id.0).await?;
        self.link(unit, subject, &account).await?;
        Ok(account)
    }

    /// The account that an operator made for a member of staff, found by a claim at the first sign-in.
    async fn member_of_staff(
        &self,
        unit: &Unit,
        subject: &Subject<'_>,
        person: &Person,
        login_claim: &str,
    ) -> Result<(Account, i64), OpenIdError> {
        // An address that anybody can claim is no proof.
        let claimed = person.text(login_claim).filter(|_| login_claim != "email" || person.has_verified_mail());
        let login = claimed.and_then(login::compared).ok_or(OpenIdError::Token(TokenFault::Claim))?;
        let tokens = self.identity.login_tokens(&login)?;
        let found = store::account::of_login(unit, &tokens, &login).await?;
        let found = self.identity.opened_with(found).await?;
        let usable = |account: &Account| account.disabled_at.is_none() && account.role.is_staff();
        let (account, generation) = found.filter(|(account, _)| usable(account)).ok_or(OpenIdError::NoAccount)?;
        self.link(unit, subject, &account).await?;
        Ok((account, generation))
    }

    async fn link(&self, unit: &Unit, subject: &Subject<'_>, account: &Account) -> Result<(), OpenIdError> {
        let linked = store::openid::link(unit, subject, account.id, self.clock().now()).await;
        linked.map_err(|error| {
            // The provider gave a name to somebody new; the account stays with whoever had it first.
            if error.breaks(Rule::OpenIdAccount) { OpenIdError::NoAccount } else { error.into() }
        })?;
        Ok(self.identity.audit(unit, &account.actor(), "account.link_openid", account.id.0).await?)
    }

    /// Takes over a citizen's name where the configuration says so. A name that nobody could have is left out.
    async fn named(
        &self,
        unit: &Unit,
        settings: &OpenIdProvider,
        person: &Person,
        account: Account,
    ) -> Result<Account, OpenIdError> {
        let claimed = settings.name_claim.as_deref().and_then(|claim| person.text(claim));
        let name = claimed.and_then(|name| person_name(name).ok());
        match (name, account.role) {
            (Some(name), Role::Citizen) if name != account.name => {
                self.identity.rename(unit, account.id, &name).await?;
                Ok(Account { name, ..account })
            }
            _ => Ok(account),
        }
    }
}

fn subject<'a>(settings: &'a OpenIdProvider, person: &Person) -> Subject<'a> {
    // With the issuer in front, the same person has another hash at every provider.
    let text = format!("{}\n{}", settings.issuer, person.subject);
    Subject { issuer: &settings.issuer, hash: sha256(text.as_bytes()) }
}

/// A provider for citizens never opens an account of staff, nor the other way round.
const fn fits(purpose: &Purpose, role: Role) -> bool {
    match purpose {
        Purpose::Citizens => matches!(role, Role::Citizen),
        Purpose::Staff { .. } => role.is_staff(),
    }
}
