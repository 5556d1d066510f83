//! Accounts, for those who manage them.

use async_graphql::connection::PageInfo;
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::identifier::AccountId;
use identity::{AccountFilter, ChangeRole, CreateAccount, Failure, Password, Problem};

use crate::graphql::context::ContextExtensions;
use crate::graphql::ids::Global;
use crate::graphql::paging::{cursor, page_size, position};
use crate::graphql::people::account::AccountNode;
use crate::graphql::people::problem::{AccountProblem, error_of, of_creating, of_disabling, parted};
use crate::graphql::words::{Role, TrustLevel};

/// Queries about accounts.
#[derive(Default)]
pub(crate) struct AccountQuery;

/// Mutations of accounts.
#[derive(Default)]
pub(crate) struct AccountMutation;

/// A page of accounts.
#[derive(SimpleObject)]
struct AccountConnection {
    /// The accounts with their places.
    edges: Vec<AccountEdge>,
    /// The accounts.
    nodes: Vec<AccountNode>,
    /// What lies before and behind this page.
    page_info: PageInfo,
}

/// An account and its place.
#[derive(SimpleObject)]
struct AccountEdge {
    /// The place.
    cursor: String,
    /// The account.
    node: AccountNode,
}

/// The account to create.
#[derive(InputObject)]
struct CreateAccountInput {
    /// The name used to sign in; for citizens a mail address.
    login: String,
    /// The name shown.
    name: String,
    /// What it may do.
    role: Role,
    /// The id of the office of a clerk, lead or device.
    office: Option<ID>,
    /// How sure the operator is who it is.
    #[graphql(default_with = "TrustLevel::None")]
    trust: TrustLevel,
    /// The first password; without one nobody can sign in until one is set.
    password: Option<String>,
    /// Chosen by the client, 16 to 128 signs: the same request twice has one effect and one answer.
    idempotency_key: String,
}

/// Another role.
#[derive(InputObject)]
struct ChangeRoleInput {
    /// The id of the account.
    account: ID,
    /// What it may do from now on.
    role: Role,
    /// The id of the office of a clerk or lead.
    office: Option<ID>,
}

/// The answer to changing an account.
#[derive(SimpleObject)]
struct AccountPayload {
    /// The account as it stands now; null when there is a problem.
    account: Option<AccountNode>,
    /// What was in the way.
    problem: Option<AccountProblem>,
}

#[Object]
impl AccountQuery {
    /// Accounts in the order in which they were created, disabled ones too. For operators.
    async fn accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Those with this role; all when absent.")] role: Option<Role>,
        #[graphql(desc = "Those of the office with this id; all when absent.")] office: Option<ID>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
    ) -> Result<AccountConnection> {
        let (size, after) = (page_size(first)?, position::<AccountId>(after.as_deref())?);
        let office = office.as_ref().map(Global::office).transpose()?;
        let wanted = AccountFilter { role: role.map(Into::into), office };
        let found = ctx.application().identity.page_of_accounts(ctx.actor(), &wanted, after, size + 1).await;
        let found = found.map_err(|failure| error_of(&failure))?;
        Ok(AccountConnection::new(found, size, after.is_some()))
    }
}

#[Object]
impl AccountMutation {
    /// Creates an account. For operators.
    async fn create_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account.")] input: CreateAccountInput,
    ) -> Result<AccountPayload> {
        let command = match input.command(ctx)? {
            Ok(command) => command,
            Err(problem) => return Ok(Err(problem).into()),
        };
        let created =
            ctx.application().identity.create_account_once(ctx.actor(), command, &input.idempotency_key).await;
        Ok(parted(created.map_err(of_creating))?.into())
    }

    /// Disables an account and ends all its sessions and tokens. Its bookings stay. Twice is no error. For operators.
    async fn disable_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the account.")] id: ID,
    ) -> Result<AccountPayload> {
        let (identity, account) = (&ctx.application().identity, Global::account(&id)?);
        match parted(identity.disable_account(ctx.actor(), account).await.map_err(of_disabling))? {
            Ok(()) => as_it_stands(ctx, account).await,
            Err(problem) => Ok(Err(problem).into()),
        }
    }

    /// Gives an account another role or office and ends its sessions and tokens. For operators.
    async fn change_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose, and which.")] input: ChangeRoleInput,
    ) -> Result<AccountPayload> {
        let office = match known_office(ctx, input.office.as_ref())? {
            Ok(office) => office,
            Err(problem) => return Ok(Err(problem).into()),
        };
        let command = ChangeRole { account: Global::account(&input.account)?, role: input.role.into(), office };
        Ok(parted(ctx.application().identity.change_role(ctx.actor(), command).await)?.into())
    }

    /// Takes away whom sign-in providers know an account as and ends its sessions and tokens, so that the right person can be
    /// linked at their next sign-in. Twice is no error. For operators.
    async fn unlink_sign_in_providers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the account.")] id: ID,
    ) -> Result<AccountPayload> {
        let account = Global::account(&id)?;
        match parted(ctx.application().identity.unlink_account(ctx.actor(), account).await)? {
            Ok(_) => as_it_stands(ctx, account).await,
            Err(problem) => Ok(Err(problem).into()),
        }
    }

    /// Takes away the second factor of somebody who lost it, and ends the sessions and tokens of that account. For operators.
    async fn reset_second_factor(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the account.")] id: ID,
    ) -> Result<AccountPayload> {
        let account = Global::account(&id)?;
        match parted(ctx.application().identity.reset_second_factor(ctx.actor(), account).await)? {
            Ok(()) => as_it_stands(ctx, account).await,
            Err(problem) => Ok(Err(problem).into()),
        }
    }
}

impl CreateAccountInput {
    fn command(&self, ctx: &Context<'_>) -> Result<Result<CreateAccount, AccountProblem>> {
        let office = match known_office(ctx, self.office.as_ref())? {
            Ok(office) => office,
            Err(problem) => return Ok(Err(problem)),
        };
        Ok(Ok(CreateAccount {
            login: self.login.clone(),
            name: self.name.clone(),
            role: self.role.into(),
            office,
            trust: self.trust.into(),
            password: self.password.as_deref().map(Password::new),
        }))
    }
}

/// The key of an office of this city.
pub(super) fn known_office(
    ctx: &Context<'_>,
    office: Option<&ID>,
) -> Result<Result<Option<domain::identifier::Key>, AccountProblem>> {
    let Some(office) = office.map(Global::office).transpose()? else { return Ok(Ok(None)) };
    let known = ctx.picture()?.city.offices.contains_key(&office);
    Ok(if known { Ok(Some(office)) } else { Err(Problem::UnknownOffice.into()) })
}

async fn as_it_stands(ctx: &Context<'_>, id: AccountId) -> Result<AccountPayload> {
    let found =
        ctx.application().identity.accounts(&[id]).await.map_err(|error| error_of(&Failure::Database(error)))?;
    Ok(AccountPayload { account: found.into_values().next().map(AccountNode), problem: None })
}

impl AccountConnection {
    /// A page of `size` out of what was found, which is one more where there is a next page.
    fn new(mut found: Vec<identity::Account>, size: usize, has_previous: bool) -> Self {
        let has_next = found.len() > size;
        found.truncate(size);
        let edges: Vec<AccountEdge> = found
            .iter()
            .map(|account| AccountEdge { cursor: cursor(&account.id), node: AccountNode(account.clone()) })
            .collect();
        let page_info = PageInfo {
            has_previous_page: has_previous,
            has_next_page: has_next,
            start_cursor: edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: edges.last().map(|edge| edge.cursor.clone()),
        };
        Self { edges, nodes: found.into_iter().map(AccountNode).collect(), page_info }
    }
}

impl From<Result<identity::Account, AccountProblem>> for AccountPayload {
    fn from(outcome: Result<identity::Account, AccountProblem>) -> Self {
        match outcome {
            Ok(account) => Self { account: Some(AccountNode(account)), problem: None },
            Err(problem) => Self { account: None, problem: Some(problem) },
        }
    }
}
