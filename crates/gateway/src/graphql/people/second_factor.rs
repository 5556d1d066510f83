//! One's own second factor and one's own password.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use identity::{ChangePassword, Password, SignedIn};

use crate::graphql::context::ContextExtensions;
use crate::graphql::people::account::AccountNode;
use crate::graphql::people::problem::{AccountProblem, error_of, parted};
use crate::graphql::people::session_cookie::set_cookie;

/// Queries about the second factor.
#[derive(Default)]
pub(crate) struct SecondFactorQuery;

/// Mutations of the second factor and the password.
#[derive(Default)]
pub(crate) struct SecondFactorMutation;

/// How one's own second factor stands.
#[derive(SimpleObject)]
struct SecondFactor {
    /// Whether sign-in asks for it.
    enabled: bool,
    /// How many recovery codes are left.
    recovery_codes: u16,
}

/// A second factor that waits for its first code.
#[derive(SimpleObject, Default)]
struct BeginSecondFactorPayload {
    /// The address for the app (`otpauth://totp/...`), usually shown as a QR code. It is shown this once.
    uri: Option<String>,
    /// The secret in base32, to be typed where no camera is.
    secret: Option<String>,
    /// What was in the way.
    problem: Option<AccountProblem>,
}

/// The answer to the first code of a second factor.
#[derive(SimpleObject, Default)]
struct ConfirmSecondFactorPayload {
    /// The account, signed in anew; all other sessions and tokens have ended.
    viewer: Option<AccountNode>,
    /// Ten codes that each stand in for the second factor once. They are shown this once.
    recovery_codes: Option<Vec<String>>,
    /// What was in the way.
    problem: Option<AccountProblem>,
}

/// The answer to drawing new recovery codes.
#[derive(SimpleObject, Default)]
struct RenewRecoveryCodesPayload {
    /// Ten codes that each stand in for the second factor once. They are shown this once; older ones are void.
    recovery_codes: Option<Vec<String>>,
    /// What was in the way.
    problem: Option<AccountProblem>,
}

/// The answer to a change that signs in anew.
#[derive(SimpleObject, Default)]
struct SignedInAnewPayload {
    /// The account, signed in anew; all other sessions and tokens have ended.
    viewer: Option<AccountNode>,
    /// What was in the way.
    problem: Option<AccountProblem>,
}

/// The password that counts and the one that shall count.
#[derive(InputObject)]
struct ChangePasswordInput {
    /// The password that counts now.
    current: String,
    /// The new one: 15 characters and more for staff, 10 for citizens, and none that guessers try first.
    new: String,
}

#[Object]
impl SecondFactorQuery {
    /// How the second factor of the signed-in account stands.
    async fn my_second_factor(&self, ctx: &Context<'_>) -> Result<SecondFactor> {
        let state = ctx.application().identity.my_second_factor(ctx.actor()).await;
        let state = state.map_err(|failure| error_of(&failure))?;
        Ok(SecondFactor { enabled: state.is_on, recovery_codes: state.recovery_codes })
    }
}

#[Object]
impl SecondFactorMutation {
    /// Draws a secret for a second factor (TOTP). It counts once `confirmSecondFactor` has brought a code of it; asked twice,
    /// the first secret is forgotten.
    async fn begin_second_factor(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The password of the signed-in account, once more.")] password: String,
    ) -> Result<BeginSecondFactorPayload> {
        let begun = ctx.application().identity.begin_second_factor(ctx.actor(), &Password::new(password)).await;
        Ok(match parted(begun)? {
            Ok(new) => BeginSecondFactorPayload { uri: Some(new.uri), secret: Some(new.secret), problem: None },
            Err(problem) => BeginSecondFactorPayload { problem: Some(problem), ..BeginSecondFactorPayload::default() },
        })
    }

    /// Turns the second factor on with its first code.
    async fn confirm_second_factor(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The six digits that the app shows.")] code: String,
    ) -> Result<ConfirmSecondFactorPayload> {
        match parted(ctx.application().identity.confirm_second_factor(ctx.actor(), &code).await)? {
            Ok((codes, signed_in)) => {
                let recovery_codes = Some(codes.expose().to_vec());
                Ok(ConfirmSecondFactorPayload { viewer: Some(anew(ctx, signed_in)), recovery_codes, problem: None })
            }
            Err(problem) => Ok(ConfirmSecondFactorPayload { problem: Some(problem), ..Default::default() }),
        }
    }

    /// Takes the second factor away.
    async fn remove_second_factor(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The six digits that the app shows, or a recovery code.")] code: String,
    ) -> Result<SignedInAnewPayload> {
        let removed = ctx.application().identity.remove_second_factor(ctx.actor(), &code).await;
        Ok(signed_in_anew(ctx, parted(removed)?))
    }

    /// Draws new recovery codes.
    async fn renew_recovery_codes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The six digits that the app shows, or a recovery code.")] code: String,
    ) -> Result<RenewRecoveryCodesPayload> {
        Ok(match parted(ctx.application().identity.renew_recovery_codes(ctx.actor(), &code).await)? {
            Ok(codes) => RenewRecoveryCodesPayload { recovery_codes: Some(codes.expose().to_vec()), problem: None },
            Err(problem) => RenewRecoveryCodesPayload { recovery_codes: None, problem: Some(problem) },
        })
    }

    /// Changes the password of the signed-in account.
    async fn change_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Both passwords.")] input: ChangePasswordInput,
    ) -> Result<SignedInAnewPayload> {
        let command = ChangePassword { current: Password::new(input.current), new: Password::new(input.new) };
        let changed = ctx.application().identity.change_password(ctx.actor(), command).await;
        Ok(signed_in_anew(ctx, parted(changed)?))
    }
}

fn signed_in_anew(ctx: &Context<'_>, outcome: Result<SignedIn, AccountProblem>) -> SignedInAnewPayload {
    match outcome {
        Ok(signed_in) => SignedInAnewPayload { viewer: Some(anew(ctx, signed_in)), problem: None },
        Err(problem) => SignedInAnewPayload { viewer: None, problem: Some(problem) },
    }
}

/// Gives the browser its new session.
fn anew(ctx: &Context<'_>, signed_in: SignedIn) -> AccountNode {
    set_cookie(ctx, signed_in.token.expose(), signed_in.expires_at);
    AccountNode(signed_in.account)
}
