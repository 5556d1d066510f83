//! When people are reminded: the rules, as pure functions.

use domain::time::Timestamp;

/// How long before the start people are reminded, in minutes, longest first. Empty: never.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminders(Vec<i64>);

impl Default for Reminders {
    /// Two days and three hours before.
    fn default() -> Self {
        Self::hours_before(&[48, 3])
    }
}

impl Reminders {
    /// So many hours before the start; zero stands for none.
    pub fn hours_before(hours: &[u32]) -> Self {
        let mut leads: Vec<i64> =
            hours.iter().filter(|hours| **hours > 0).map(|hours| i64::from(*hours) * 60).collect();
        leads.sort_unstable_by(|one, other| other.cmp(one));
        leads.dedup();
        Self(leads)
    }

    /// The reminders of an appointment that became firm at `booked_at`: lead in minutes, and when it leaves. One whose
    /// time is over by then is left out: the person has just heard of the appointment.
    pub(crate) fn of(&self, starts_at: Timestamp, booked_at: Timestamp) -> impl Iterator<Item = (i64, Timestamp)> {
        self.0.iter().map(move |lead| (*lead, starts_at.plus_minutes(-lead))).filter(move |(_, due)| *due > booked_at)
    }

    /// Whether a reminder still says something at `now`: the appointment lies ahead, and the next reminder is not due yet.
    /// After a long silence of the worker people get one reminder, not all of them.
    pub(crate) fn is_worth_sending(&self, lead: i64, starts_at: Timestamp, now: Timestamp) -> bool {
        let ends =
            self.0.iter().filter(|other| **other < lead).max().map_or(starts_at, |next| starts_at.plus_minutes(-next));
        now < ends
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_seconds(100 * 3600);

    fn hour(hours: i64) -> Timestamp {
        Timestamp::from_seconds(hours * 3600)
    }

    fn leads(booked_at: Timestamp) -> Vec<i64> {
        Reminders::default().of(START, booked_at).map(|(lead, _)| lead / 60).collect()
    }

    #[test]
    fn what_is_booked_late_is_reminded_of_less() {
        assert_eq!(leads(hour(0)), [48, 3]);
        assert_eq!(leads(hour(51)), [48, 3]);
        assert_eq!(leads(hour(52)), [3], "the first one would leave at once");
        assert_eq!(leads(hour(98)), [0; 0]);
        let due: Vec<Timestamp> = Reminders::default().of(START, hour(0)).map(|(_, due)| due).collect();
        assert_eq!(due, [hour(52), hour(97)]);
    }

    #[test]
    fn a_late_reminder_gives_way_to_the_next() {
        let reminders = Reminders::default();
        assert!(reminders.is_worth_sending(48 * 60, START, hour(96)));
        assert!(!reminders.is_worth_sending(48 * 60, START, hour(97)));
        assert!(reminders.is_worth_sending(3 * 60, START, hour(99)));
        assert!(!reminders.is_worth_sending(3 * 60, START, START));
    }

    #[test]
    fn zero_is_none_and_order_does_not_matter() {
        assert_eq!(Reminders::hours_before(&[0, 0]).of(START, hour(0)).count(), 0);
        assert_eq!(Reminders::hours_before(&[3, 48, 3]), Reminders::default());
    }
}
