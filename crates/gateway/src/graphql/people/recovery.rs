//! Recovery of a forgotten password by letter.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use identity::{Password, RecoverPassword};

use crate::graphql::context::ContextExtensions;
use crate::graphql::failure::{Masked, of_database};
use crate::graphql::people::problem::{AccountProblem, parted};

/// Mutations of recovery.
#[derive(Default)]
pub(crate) struct RecoveryMutation;

/// The answer to asking for a letter.
#[derive(SimpleObject)]
struct RequestPasswordResetPayload {
    /// Always true: whether there is such an account is told by its mail alone.
    accepted: bool,
}

/// The code of the letter and the password that shall count.
#[derive(InputObject)]
struct ResetPasswordInput {
    /// The code of the letter.
    code: String,
    /// The new password: 15 characters and more for staff, 10 for citizens, and none that guessers try first.
    new_password: String,
    /// Chosen by the client, 16 to 128 signs: the same request twice has one effect and one answer.
    idempotency_key: String,
}

/// The answer to setting a new password.
#[derive(SimpleObject)]
struct ResetPasswordPayload {
    /// Whether the new password counts. All sessions and tokens have ended then; sign in with it.
    reset: bool,
    /// What was in the way.
    problem: Option<AccountProblem>,
}

#[Object]
impl RecoveryMutation {
    /// Asks for a letter with a link that sets a new password; the link is good for 30 minutes and once. The answer is the same
    /// for every login.
    async fn request_password_reset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mail address used to sign in.")] login: String,
    ) -> Result<RequestPasswordResetPayload> {
        let asked = ctx.application().identity.request_password_reset(&login).await;
        asked.map_err(|error| of_database(&error).masked())?;
        Ok(RequestPasswordResetPayload { accepted: true })
    }

    /// Sets a new password with the code of the letter. A second factor stays as it is.
    async fn reset_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code and the new password.")] input: ResetPasswordInput,
    ) -> Result<ResetPasswordPayload> {
        let ResetPasswordInput { code, new_password, idempotency_key } = input;
        let command = RecoverPassword { code, new: Password::new(new_password), idempotency_key };
        let outcome = parted(ctx.application().identity.recover_password(command).await)?;
        Ok(ResetPasswordPayload { reset: outcome.is_ok(), problem: outcome.err() })
    }
}
