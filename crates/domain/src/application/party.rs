//! Several people in one application: each agrees to exactly what they saw.

use super::{NoSuchStep, words};

words! {
    /// Where a party stands.
    PartyState {
        /// The service needs somebody in this role.
        Expected = "expected",
        /// A code waits to be used once.
        Invited = "invited",
        /// Somebody came, with an identity.
        Joined = "joined",
        /// Their own part is filled in.
        SectionDone = "section_done",
        /// They agreed to exactly what stands there now.
        Consented = "consented",
        /// They said no.
        Declined = "declined",
        /// The code was not used in time.
        Expired = "expired",
        /// Somebody else acts for them, with a power of attorney.
        Represented = "represented",
    }
}

words! {
    /// The steps of a party.
    PartyStep {
        /// A code is made, or made anew.
        Invite = "invite",
        /// The code is used.
        Join = "join",
        /// Their own part is done.
        FinishSection = "finish_section",
        /// They agree.
        Consent = "consent",
        /// Something changed after they agreed.
        VoidConsent = "void_consent",
        /// They say no.
        Decline = "decline",
        /// The code's time is up.
        Expire = "expire",
        /// Somebody else acts for them.
        Represent = "represent",
    }
}

impl PartyState {
    /// The state after `step`.
    ///
    /// # Errors
    /// [`NoSuchStep`] when the life cycle has none.
    pub const fn after(self, step: PartyStep) -> Result<Self, NoSuchStep> {
        use PartyState as S;
        use PartyStep as T;
        match (self, step) {
            (S::Expected | S::Invited | S::Declined | S::Expired, T::Invite) => Ok(S::Invited),
            (S::Invited, T::Join) => Ok(S::Joined),
            (S::Joined | S::SectionDone, T::FinishSection) | (S::Consented, T::VoidConsent) => Ok(S::SectionDone),
            (S::Joined | S::SectionDone, T::Consent) => Ok(S::Consented),
            (S::Invited | S::Joined | S::SectionDone | S::Consented, T::Decline) => Ok(S::Declined),
            (S::Invited, T::Expire) => Ok(S::Expired),
            (S::Expected | S::Invited | S::Declined | S::Expired, T::Represent) => Ok(S::Represented),
            (
                S::Expected
                | S::Invited
                | S::Joined
                | S::SectionDone
                | S::Consented
                | S::Declined
                | S::Expired
                | S::Represented,
                T::Invite
                | T::Join
                | T::FinishSection
                | T::Consent
                | T::VoidConsent
                | T::Decline
                | T::Expire
                | T::Represent,
            ) => Err(NoSuchStep { life: "a party", state: self.as_str(), step: step.as_str() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::PartyState as S;
    use super::PartyStep as T;
    use crate::application::tests::check_all_pairs;

    #[test]
    fn every_pair_is_decided() {
        check_all_pairs(
            S::ALL,
            T::ALL,
            S::after,
            &[
                (S::Expected, T::Invite, S::Invited),
                (S::Expected, T::Represent, S::Represented),
                (S::Invited, T::Invite, S::Invited),
                (S::Invited, T::Join, S::Joined),
                (S::Invited, T::Decline, S::Declined),
                (S::Invited, T::Expire, S::Expired),
                (S::Invited, T::Represent, S::Represented),
                (S::Joined, T::FinishSection, S::SectionDone),
                (S::Joined, T::Consent, S::Consented),
                (S::Joined, T::Decline, S::Declined),
                (S::SectionDone, T::FinishSection, S::SectionDone),
                (S::SectionDone, T::Consent, S::Consented),
                (S::SectionDone, T::Decline, S::Declined),
                (S::Consented, T::VoidConsent, S::SectionDone),
                (S::Consented, T::Decline, S::Declined),
                (S::Declined, T::Invite, S::Invited),
                (S::Declined, T::Represent, S::Represented),
                (S::Expired, T::Invite, S::Invited),
                (S::Expired, T::Represent, S::Represented),
            ],
        );
    }
}
