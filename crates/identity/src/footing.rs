//! What a request or an open connection rests on, and whether it still stands.
//!
//! Every revocation is written into a list, in the unit that revokes. Each gateway reads the tail of that list once a second
//! and keeps it in memory, so that thousands of open connections can be asked again and again without a query.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use database::{DatabaseError, Unit};
use domain::identifier::{AccountId, SessionId, TokenFamilyId};
use domain::permission::Actor;
use domain::time::Timestamp;

use crate::{Identity, store};

/// How long, in seconds, a revocation is remembered: longer than any connection lives.
const REMEMBERED_SECONDS: i64 = 25 * 3600;
/// How far back, in seconds, the list is read again: units commit in another order than they begin, and clocks differ.
const OVERLAP_SECONDS: i64 = 60;

/// What somebody was let in on: an account at a generation, and the session or token family behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Footing {
    pub(crate) account: AccountId,
    pub(crate) generation: i64,
    pub(crate) way: Way,
    pub(crate) ends_at: Timestamp,
}

/// How somebody came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// With the session of a browser.
    Session(SessionId),
    /// With an access token of a family.
    Family(TokenFamilyId),
}

impl Footing {
    /// When it ends by itself.
    pub const fn ends_at(&self) -> Timestamp {
        self.ends_at
    }

    /// The session behind it, if a browser stands there.
    pub(crate) const fn session(&self) -> Option<SessionId> {
        match self.way {
            Way::Session(session) => Some(session),
            Way::Family(_) => None,
        }
    }

    /// The token family behind it, if an API client or device stands there.
    pub(crate) const fn family(&self) -> Option<TokenFamilyId> {
        match self.way {
            Way::Session(_) => None,
            Way::Family(family) => Some(family),
        }
    }
}

/// Somebody who was recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognised {
    /// Who it is, as the account stands now.
    pub actor: Actor,
    /// What that rests on.
    pub footing: Footing,
}

/// Something that ends access before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Revocation {
    /// Everything of an account from before `generation`.
    Account { account: AccountId, generation: i64 },
    /// One session.
    Session(SessionId),
    /// One token family.
    Family(TokenFamilyId),
    /// The signing keys changed at once: what was signed before counts no more.
    Keys,
}

/// The revocations of the last day, in memory.
#[derive(Debug, Default)]
pub(crate) struct Revoked(Mutex<Lists>);

#[derive(Debug, Default)]
struct Lists {
    accounts: HashMap<AccountId, (i64, Timestamp)>,
    sessions: HashMap<SessionId, Timestamp>,
    families: HashMap<TokenFamilyId, Timestamp>,
    keys_changed_at: Option<Timestamp>,
    read_until: Option<Timestamp>,
}

impl Revoked {
    /// Enters `revocation`, and says whether it was new.
    fn enter(&self, revocation: Revocation, at: Timestamp) -> bool {
        let mut lists = self.lock();
        match revocation {
            Revocation::Account { account, generation } => {
                let is_new = lists.accounts.get(&account).is_none_or(|(known, _)| *known < generation);
                if is_new {
                    lists.accounts.insert(account, (generation, at));
                }
                is_new
            }
            Revocation::Session(session) => lists.sessions.insert(session, at).is_none(),
            Revocation::Family(family) => lists.families.insert(family, at).is_none(),
            Revocation::Keys => lists.keys_changed_at.replace(at).is_none_or(|known| known < at),
        }
    }

    fn stands(&self, footing: &Footing) -> bool {
        let lists = self.lock();
        let account = lists.accounts.get(&footing.account).is_none_or(|(known, _)| *known <= footing.generation);
        let way = match footing.way {
            Way::Session(session) => !lists.sessions.contains_key(&session),
            Way::Family(family) => !lists.families.contains_key(&family),
        };
        account && way
    }

    fn forget_before(&self, before: Timestamp) {
        let mut lists = self.lock();
        lists.accounts.retain(|_, (_, at)| *at >= before);
        lists.sessions.retain(|_, at| *at >= before);
        lists.families.retain(|_, at| *at >= before);
    }

    fn read_until(&self) -> Option<Timestamp> {
        self.lock().read_until
    }

    fn note_read(&self, until: Timestamp) {
        self.lock().read_until = Some(until);
    }

    fn lock(&self) -> MutexGuard<'_, Lists> {
        // No code that can panic runs under the lock, and a half-done change would only miss an entry that is read again.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Identity {
    /// Whether what somebody was let in on still counts, as far as this process has heard. Asks no database: call it as
    /// often as you like. [`Identity::follow_revocations`] keeps it a second or two behind the truth.
    pub fn still_stands(&self, footing: &Footing) -> bool {
        self.clock.now() < footing.ends_at && self.revoked.stands(footing)
    }

    /// Reads what was revoked since the last look, by whichever process, and says how much was new. Call it every second.
    ///
    /// # Errors
    /// See [`DatabaseError`]; the next look catches up.
    pub async fn follow_revocations(&self) -> Result<u64, DatabaseError> {
        let now = self.clock.now();
        let since = self.revoked.read_until().unwrap_or(now).plus_seconds(-OVERLAP_SECONDS);
        let mut heard = 0;
        for (revocation, at) in store::revocation::since(&self.database, since).await? {
            heard += u64::from(self.hear(revocation, at));
        }
        self.revoked.forget_before(now.plus_seconds(-REMEMBERED_SECONDS));
        self.revoked.note_read(now);
        Ok(heard)
    }

    /// Writes `revocation` into the list, within the unit that revokes. Call [`Identity::hear`] after the commit.
    pub(crate) async fn revoke(&self, unit: &Unit, revocation: Revocation) -> Result<(), DatabaseError> {
        store::revocation::add(unit, self.new_id(), revocation, self.clock.now()).await
    }

    /// Enters a committed revocation in this process at once, and forgets what it makes untrue.
    pub(crate) fn hear(&self, revocation: Revocation, at: Timestamp) -> bool {
        let is_new = self.revoked.enter(revocation, at);
        if is_new {
            match revocation {
                Revocation::Account { account, .. } => self.forget(account),
                Revocation::Session(session) => {
                    self.sessions.forget_where(|found| found.footing.way == Way::Session(session));
                }
                Revocation::Family(family) => self.standings.forget_where(|standing| standing.family == Some(family)),
                Revocation::Keys => {
                    self.verified.forget_where(|_| true);
                    self.forget_keys();
                }
            }
        }
        is_new
    }

    /// As [`Identity::hear`], for what this process has just committed itself.
    pub(crate) fn hear_now(&self, revocation: Revocation) {
        self.hear(revocation, self.clock.now());
    }
}
