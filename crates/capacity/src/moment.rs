//! What the present instant means for a rule: from when, and until when, its starts can be booked.

use chrono::NaiveDate;
use chrono_tz::Tz;

use domain::opening::QuotaClass;
use domain::time::Timestamp;

use crate::supply::RuleFacts;

/// The last millisecond of the year 9999.
const LAST_MILLISECOND: i64 = 253_402_300_799_999;

/// The present instant, prepared for comparing it with many starts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    now: Timestamp,
    today: NaiveDate,
}

impl Moment {
    pub(crate) fn new(now: Timestamp, zone: Tz) -> Self {
        // The calendar of a zone ends before the numbers do.
        let now = Timestamp::from_millis(now.millis().clamp(-LAST_MILLISECOND, LAST_MILLISECOND));
        Self { now, today: now.local_date(zone) }
    }

    /// The first whole second at which a visit can begin: now, or later by the lead time of the rule for the public.
    pub(crate) fn earliest_second(self, rule: &RuleFacts, class: QuotaClass) -> i64 {
        let lead = match class {
            QuotaClass::Public => i64::from(rule.booking.lead_minutes) * 60,
            QuotaClass::Internal | QuotaClass::Urgent | QuotaClass::WalkIn => 0,
        };
        whole_second_from(self.now).saturating_add(lead)
    }

    /// Local days from today until `day`; negative when it has passed.
    pub(crate) fn days_until(self, day: NaiveDate) -> i64 {
        (day - self.today).num_days()
    }

    /// Whether the starts of a day so many local days ahead have not been released to the public yet. They are at local midnight.
    pub(crate) fn too_far_ahead(rule: &RuleFacts, class: QuotaClass, days_until: i64) -> bool {
        match class {
            QuotaClass::Public => days_until > i64::from(rule.booking.days_ahead),
            QuotaClass::Internal | QuotaClass::Urgent | QuotaClass::WalkIn => false,
        }
    }

    /// Whether the reserves of the rule have gone to everybody for a start at this second.
    pub(crate) fn released(self, rule: &RuleFacts, start: i64) -> bool {
        start <= self.last_released_second(rule)
    }

    /// The last second at which a start finds the reserves of the rule released.
    pub(crate) fn last_released_second(self, rule: &RuleFacts) -> i64 {
        match rule.quota.release_minutes {
            0 => i64::MIN,
            minutes => self.now.seconds().saturating_add(i64::from(minutes) * 60),
        }
    }
}

/// The first whole second at or after `at`.
pub(crate) fn whole_second_from(at: Timestamp) -> i64 {
    at.seconds() + i64::from(at.millis().rem_euclid(1000) != 0)
}
