//! What the configuration decides about sign-in.

use std::time::Duration;

use domain::permission::Role;

/// Settings of identity. The gateway fills them from the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentitySettings {
    /// `iss` of access tokens: the public address of this installation.
    pub issuer: String,
    /// `aud` of access tokens: whom they are for.
    pub audience: String,
    /// How many passwords are hashed at once, at least 1. Each takes 19 MiB while it runs.
    pub parallel_hashes: usize,
    /// How many more wait their turn before further ones are told to come back.
    pub waiting_hashes: usize,
    /// How many wrong passwords or codes in a row are answered without delay, at least 1.
    pub free_tries: u16,
    /// How long a session of a citizen or device lasts, whatever happens in it.
    pub citizen_session: Duration,
    /// How long a session of staff lasts, whatever happens in it.
    pub staff_session: Duration,
    /// How long an access token is good.
    pub access_token: Duration,
    /// How long the refresh tokens of an API client are good, whatever happens with them.
    pub client_tokens: Duration,
    /// How long the refresh tokens of an API client are good while nobody uses them.
    pub client_tokens_idle: Duration,
    /// As `client_tokens`, for a device.
    pub device_tokens: Duration,
    /// As `client_tokens_idle`, for a device: longer than it is switched off over the holidays.
    pub device_tokens_idle: Duration,
    /// How long a key signs before it gets a successor.
    pub signing_key: Duration,
}

impl IdentitySettings {
    /// The usual settings for a machine with `cores` cores: sessions of 12 hours for citizens and 10 for staff, a
    /// working day; access tokens of 10 minutes; refresh tokens of 90 days for clients (14 unused) and of a year for devices (30
    /// days unused); signing keys of 90 days; 10 wrong passwords before delays begin; passwords on all cores but one, so that a rush
    /// of sign-ins leaves the bookings theirs, and a queue of 16 passwords per core, about two seconds of work.
    pub fn new(issuer: impl Into<String>, audience: impl Into<String>, cores: usize) -> Self {
        Self {
            issuer: issuer.into(),
            audience: audience.into(),
            parallel_hashes: cores.saturating_sub(1).max(1),
            waiting_hashes: cores.max(1) * 16,
            free_tries: 10,
            citizen_session: Duration::from_hours(12),
            staff_session: Duration::from_hours(10),
            access_token: Duration::from_mins(10),
            client_tokens: Duration::from_hours(24 * 90),
            client_tokens_idle: Duration::from_hours(24 * 14),
            device_tokens: Duration::from_hours(24 * 365),
            device_tokens_idle: Duration::from_hours(24 * 30),
            signing_key: Duration::from_hours(24 * 90),
        }
    }

    /// How long a session of `role` lasts, in whole seconds.
    pub(crate) fn session_seconds(&self, role: Role) -> i64 {
        let length = match role {
            Role::Citizen | Role::Device => self.citizen_session,
            Role::Clerk | Role::Lead | Role::Operator => self.staff_session,
        };
        whole_seconds(length)
    }

    /// How long an access token is good, in whole seconds.
    pub(crate) fn access_token_seconds(&self) -> i64 {
        whole_seconds(self.access_token)
    }

    /// How long the refresh tokens of `role` are good, in whole seconds: in all, and unused.
    pub(crate) fn family_seconds(&self, role: Role) -> (i64, i64) {
        let (all, idle) = match role {
            Role::Device => (self.device_tokens, self.device_tokens_idle),
            Role::Citizen | Role::Clerk | Role::Lead | Role::Operator => (self.client_tokens, self.client_tokens_idle),
        };
        (whole_seconds(all), whole_seconds(idle))
    }

    /// How long a key signs before it gets a successor, in whole seconds.
    pub(crate) fn signing_key_seconds(&self) -> i64 {
        whole_seconds(self.signing_key)
    }
}

fn whole_seconds(length: Duration) -> i64 {
    i64::try_from(length.as_secs()).unwrap_or(i64::MAX)
}
