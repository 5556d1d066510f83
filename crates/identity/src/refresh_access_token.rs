//! Drawing the next tokens with a refresh token, and giving a family back.
//!
//! Each refresh token is good once. Its immediate predecessor is answered with the same successor for ten seconds, because answers
//! get lost on the way. Whatever is older was copied by somebody: the whole family is revoked (RFC 9700, section 4.14).

use database::{DatabaseError, Unit};
use domain::permission::Actor;
use domain::time::Timestamp;

use crate::failure::{Failure, Problem};
use crate::footing::Revocation;
use crate::issue_access_token::IssuedTokens;
use crate::refresh_token::Place;
use crate::requests::retried;
use crate::store::token_family::Family;
use crate::{Identity, store};

/// How long the immediate predecessor is still answered, in seconds.
const GRACE_SECONDS: i64 = 10;

/// What a presented token deserves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// It is the newest: the family moves on.
    Newest,
    /// Its successor was drawn a moment ago: the same one once more.
    Again,
    /// It was used before: somebody has a copy.
    Reused,
    /// The family has ended.
    Ended,
}

fn judge(family: &Family, sequence: i64, now: Timestamp) -> Verdict {
    let has_ended = family.revoked_at.is_some() || now >= family.expires_at || now >= family.idle_until;
    let in_grace = now < family.rotated_at.plus_seconds(GRACE_SECONDS);
    match sequence {
        _ if has_ended => Verdict::Ended,
        _ if sequence == family.sequence => Verdict::Newest,
        _ if sequence.checked_add(1) == Some(family.sequence) && in_grace => Verdict::Again,
        _ => Verdict::Reused,
    }
}

impl Identity {
    /// Draws new tokens for whoever presents a refresh token.
    ///
    /// # Errors
    /// [`Problem::TokenInvalid`] for everything that draws no token, whatever the reason.
    pub async fn refresh_access_token(&self, token: &str) -> Result<IssuedTokens, Failure> {
        let place = Place::presented(token).ok_or(Problem::TokenInvalid)?;
        // Harmless to repeat: the family moves on once from each place.
        retried(|| self.refresh_once(&place)).await
    }

    async fn refresh_once(&self, place: &Place) -> Result<IssuedTokens, Failure> {
        let now = self.clock.now();
        let unit = self.database.begin().await?;
        let (mut family, actor) = self.family_of(&unit, place).await?.ok_or(Problem::TokenInvalid)?;
        if judge(&family, place.sequence, now) == Verdict::Newest {
            let idle_until = now.plus_seconds(family.idle_until.seconds() - family.rotated_at.seconds());
            if store::token_family::rotate(&unit, family.id, place.sequence, now, idle_until).await? {
                unit.commit().await?;
                family.sequence += 1;
                family.idle_until = idle_until;
                return Ok(self.tokens_of(&actor, &family).await?);
            }
            // Somebody else came with the same token at the same moment; what they made of the family counts.
            (family, _) = self.family_of(&unit, place).await?.ok_or(Problem::TokenInvalid)?;
        }
        match judge(&family, place.sequence, now) {
            Verdict::Again => {
                // Signing may read the keys: not while a unit holds a connection.
                drop(unit);
                Ok(self.tokens_of(&actor, &family).await?)
            }
            Verdict::Reused => {
                self.end_family(unit, &actor, &family, "tokens.reuse").await?;
                Err(Problem::TokenInvalid.into())
            }
            Verdict::Ended | Verdict::Newest => Err(Problem::TokenInvalid.into()),
        }
    }

    /// Revokes the family of a refresh token, for whoever has it: any token of the family will do. What is no token of ours
    /// is no error: the wish is fulfilled (RFC 7009, section 2.2).
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn revoke_tokens(&self, token: &str) -> Result<(), Failure> {
        let Some(place) = Place::presented(token) else { return Ok(()) };
        let unit = self.database.begin().await?;
        if let Some((family, actor)) = self.family_of(&unit, &place).await? {
            self.end_family(unit, &actor, &family, "tokens.revoke").await?;
        }
        Ok(())
    }

    /// The family of a presented token that is one of ours, and its account.
    async fn family_of(&self, unit: &Unit, place: &Place) -> Result<Option<(Family, Actor)>, DatabaseError> {
        let found = store::token_family::find(unit, place.family).await?;
        Ok(found.filter(|(family, _)| place.is_ours(&self.blind, &family.seed)))
    }

    async fn end_family(
        &self,
        unit: Unit,
        actor: &Actor,
        family: &Family,
        action: &'static str,
    ) -> Result<(), DatabaseError> {
        if store::token_family::revoke(&unit, family.id, self.clock.now()).await? {
            let revocation = Revocation::Family(family.id);
            self.revoke(&unit, revocation).await?;
            self.audit(&unit, actor, action, family.id.0).await?;
            unit.commit().await?;
            self.hear_now(revocation);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use domain::identifier::{AccountId, TokenFamilyId};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn only_the_newest_and_for_a_moment_its_predecessor_are_good() {
        let at = Timestamp::from_seconds;
        let family = Family {
            id: TokenFamilyId(Uuid::nil()),
            account: AccountId(Uuid::nil()),
            generation: 0,
            name: String::new(),
            seed: Vec::new(),
            sequence: 5,
            created_at: at(0),
            rotated_at: at(100),
            idle_until: at(1_000),
            expires_at: at(2_000),
            revoked_at: None,
        };
        for (sequence, now, verdict) in [
            (5, 100, Verdict::Newest),
            (5, 999, Verdict::Newest),
            (5, 1_000, Verdict::Ended),
            (4, 109, Verdict::Again),
            (4, 110, Verdict::Reused),
            (3, 100, Verdict::Reused),
            (0, 100, Verdict::Reused),
            (6, 100, Verdict::Reused),
            (i64::MAX, 100, Verdict::Reused),
        ] {
            assert_eq!(judge(&family, sequence, at(now)), verdict, "{sequence} at {now}");
        }
        let revoked = Family { revoked_at: Some(at(100)), ..family };
        assert_eq!(judge(&revoked, 5, at(100)), Verdict::Ended);
    }
}
