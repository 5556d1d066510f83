//! Devices of an office: enrolling, seeing and revoking them.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use identity::{CreateDeviceEnrolment, Device, EnrolledDevice};

use crate::graphql::context::ContextExtensions;
use crate::graphql::ids::Global;
use crate::graphql::people::account::AccountNode;
use crate::graphql::people::accounts::known_office;
use crate::graphql::people::problem::{AccountProblem, error_of, parted};
use crate::graphql::scalars::Instant;

/// Queries about devices.
#[derive(Default)]
pub(crate) struct DeviceQuery;

/// Mutations of devices.
#[derive(Default)]
pub(crate) struct DeviceMutation;

/// A display, kiosk or locker of an office.
#[derive(SimpleObject)]
#[graphql(name = "Device")]
struct DeviceNode {
    /// Its account; the id of it revokes the device.
    account: AccountNode,
    /// When it last drew tokens, UTC; devices do every few minutes while they run.
    seen_at: Option<Instant>,
}

/// The device to enrol.
#[derive(InputObject)]
struct CreateDeviceEnrolmentInput {
    /// The id of the office.
    office: ID,
    /// What the device is called, such as "Aufruf 2"; up to 100 characters.
    name: String,
    /// Chosen by the client, 16 to 128 signs: the same request twice has one effect and one answer.
    idempotency_key: String,
}

/// The code to type into the device.
#[derive(SimpleObject)]
struct DeviceEnrolmentPayload {
    /// Eight signs in two groups, `K7M4-QX2P`; case does not matter. Good once.
    code: Option<String>,
    /// When the code ends, UTC; 15 minutes from now.
    expires_at: Option<Instant>,
    /// What was in the way.
    problem: Option<AccountProblem>,
}

/// What the device types.
#[derive(InputObject)]
struct EnrolDeviceInput {
    /// The code.
    code: String,
    /// Chosen by the device, 16 to 128 signs: the same request twice has one effect and one answer.
    idempotency_key: String,
}

/// A device that has been enrolled.
#[derive(SimpleObject, Default)]
struct EnrolDevicePayload {
    /// Its account; null when there is a problem.
    account: Option<AccountNode>,
    /// Its access token for the header `Authorization: Bearer ...`.
    token: Option<String>,
    /// When the access token ends, UTC.
    expires_at: Option<Instant>,
    /// Draws the next tokens with `refreshAccessToken`. Good once.
    refresh_token: Option<String>,
    /// When the refresh token ends if it is not used before, UTC.
    refresh_expires_at: Option<Instant>,
    /// What was in the way.
    problem: Option<AccountProblem>,
}

/// The answer to revoking a device.
#[derive(SimpleObject)]
struct RevokeDevicePayload {
    /// Whether it is revoked.
    revoked: bool,
    /// What was in the way.
    problem: Option<AccountProblem>,
}

#[Object]
impl DeviceQuery {
    /// The devices of an office, newest first, at most 200. For leads (their office) and operators.
    async fn devices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the office.")] office: ID,
    ) -> Result<Vec<DeviceNode>> {
        let found = ctx.application().identity.devices(ctx.actor(), &Global::office(&office)?).await;
        Ok(found.map_err(|failure| error_of(&failure))?.into_iter().map(DeviceNode::from).collect())
    }
}

#[Object]
impl DeviceMutation {
    /// Draws a code that enrols a device of an office. For leads (their office) and operators.
    async fn create_device_enrolment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which device.")] input: CreateDeviceEnrolmentInput,
    ) -> Result<DeviceEnrolmentPayload> {
        let CreateDeviceEnrolmentInput { office, name, idempotency_key } = input;
        if let Err(problem) = known_office(ctx, Some(&office))? {
            return Ok(DeviceEnrolmentPayload { code: None, expires_at: None, problem: Some(problem) });
        }
        let command = CreateDeviceEnrolment { office: Global::office(&office)?, name, idempotency_key };
        Ok(match parted(ctx.application().identity.create_device_enrolment(ctx.actor(), &command).await)? {
            Ok(drawn) => {
                let expires_at = Some(drawn.expires_at.into());
                DeviceEnrolmentPayload { code: Some(drawn.code), expires_at, problem: None }
            }
            Err(problem) => DeviceEnrolmentPayload { code: None, expires_at: None, problem: Some(problem) },
        })
    }

    /// Makes an account of the device that types the code, and gives it tokens.
    async fn enrol_device(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code.")] input: EnrolDeviceInput,
    ) -> Result<EnrolDevicePayload> {
        let enrolled = ctx.application().identity.enrol_device(&input.code, &input.idempotency_key).await;
        Ok(match parted(enrolled)? {
            Ok(device) => device.into(),
            Err(problem) => EnrolDevicePayload { problem: Some(problem), ..EnrolDevicePayload::default() },
        })
    }

    /// Takes a device away: its account is disabled, its tokens and connections end. Twice is no error. For leads (their
    /// office) and operators.
    async fn revoke_device(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the device's account.")] id: ID,
    ) -> Result<RevokeDevicePayload> {
        let outcome = parted(ctx.application().identity.revoke_device(ctx.actor(), Global::account(&id)?).await)?;
        Ok(RevokeDevicePayload { revoked: outcome.is_ok(), problem: outcome.err() })
    }
}

impl From<Device> for DeviceNode {
    fn from(device: Device) -> Self {
        Self { account: AccountNode(device.account), seen_at: device.seen_at.map(Instant::from) }
    }
}

impl From<EnrolledDevice> for EnrolDevicePayload {
    fn from(EnrolledDevice { account, tokens }: EnrolledDevice) -> Self {
        Self {
            account: Some(AccountNode(account)),
            token: Some(tokens.jwt),
            expires_at: Some(tokens.expires_at.into()),
            refresh_token: Some(tokens.refresh.expose().to_owned()),
            refresh_expires_at: Some(tokens.refresh_expires_at.into()),
            problem: None,
        }
    }
}
