//! Decisions: what came out, how it was announced, when that counts and until when somebody may object.

use chrono::{Months, NaiveDate};

use super::words;
use crate::calendar::{FederalState, is_working_day};
use crate::city::ExtraHoliday;

words! {
    /// What came out of a case.
    Outcome {
        /// As asked.
        Granted = "granted",
        /// In part.
        PartlyGranted = "partly_granted",
        /// Refused.
        Refused = "refused",
        /// Granted by the law, because time was over.
        DeemedGranted = "deemed_granted",
        /// Another body decides.
        Forwarded = "forwarded",
        /// Taken back by the applicant.
        Withdrawn = "withdrawn",
        /// Ended otherwise.
        Settled = "settled",
    }
}

words! {
    /// How a decision is announced.
    DeliveryChannel {
        /// Ready to be fetched in the person's mailbox at the city.
        Portal = "portal",
        /// As electronic mail.
        Mail = "mail",
        /// As a letter.
        Post = "post",
        /// Into the person's hands.
        HandedOver = "handed_over",
    }
}

impl Outcome {
    /// Whether somebody may be burdened by it, so that reasons and a way to object belong to it (§ 39, § 37 (6) VwVfG).
    pub const fn needs_reasons(self) -> bool {
        match self {
            Self::PartlyGranted | Self::Refused | Self::Forwarded | Self::Settled => true,
            Self::Granted | Self::DeemedGranted | Self::Withdrawn => false,
        }
    }
}

/// The local day on which a decision that left on `sent` counts as received: the fourth day after it was posted, sent or
/// made ready (§ 41 (2) VwVfG and § 9 (1) OZG, both as in force since 2025; from memory), whatever day of the week that
/// is; the same day when it was handed over.
pub fn deemed_received_on(channel: DeliveryChannel, sent: NaiveDate) -> NaiveDate {
    let days = match channel {
        DeliveryChannel::Portal | DeliveryChannel::Mail | DeliveryChannel::Post => 4,
        DeliveryChannel::HandedOver => 0,
    };
    sent.checked_add_days(chrono::Days::new(days)).unwrap_or(sent)
}

/// The last local day on which somebody may object: one month after the day of receipt (§ 70 (1) VwGO); if that is no
/// working day, the next one (§ 57 (2) VwGO with § 222 (2) ZPO).
pub fn objection_until(received: NaiveDate, state: FederalState, extras: &[ExtraHoliday]) -> NaiveDate {
    // `checked_add_months` ends on the last day of a shorter month, as § 188 (3) BGB asks.
    let mut day = received.checked_add_months(Months::new(1)).unwrap_or(received);
    while !is_working_day(state, extras, day) {
        let Some(next) = day.succ_opt() else { break };
        day = next;
    }
    day
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_letter_counts_on_the_fourth_day() {
        assert_eq!(deemed_received_on(DeliveryChannel::Post, day("2026-11-23")), day("2026-11-27"));
        // A Sunday is a day like any other here.
        assert_eq!(deemed_received_on(DeliveryChannel::Portal, day("2026-11-25")), day("2026-11-29"));
        assert_eq!(deemed_received_on(DeliveryChannel::HandedOver, day("2026-11-25")), day("2026-11-25"));
    }

    #[test]
    fn the_time_to_object_ends_on_a_working_day() {
        let until = |received| objection_until(day(received), FederalState::Ni, &[]);
        assert_eq!(until("2026-11-27"), day("2026-12-28"), "the 27th is a Sunday");
        assert_eq!(until("2026-11-25"), day("2026-12-28"), "Christmas, and a weekend behind it");
        assert_eq!(until("2027-01-31"), day("2027-03-01"), "the 28th of February is a Sunday");
        assert_eq!(until("2026-10-02"), day("2026-11-02"));
    }
}
