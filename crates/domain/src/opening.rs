//! Opening rules: when an office works, with how many desks, for whom, and how far ahead it can be booked.
//!
//! Rules speak the wall clock of the city's time zone. Which rule holds on a day is decided by precedence:
//! closure, then dated exception, then special day, then series. The engine in `capacity` turns them into starts.

use chrono::{NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use crate::identifier::Key;
use crate::text::Localized;

/// A time of the wall clock in minutes since local midnight, 0 to 1440 (24:00 is the end of the day).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WallMinute(pub u16);

/// A part of a local day, half open: `from` belongs to it, `to` does not. `from < to <= 24:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Window {
    /// First minute.
    pub from: WallMinute,
    /// First minute after the end.
    pub to: WallMinute,
}

/// One rule of a team of an office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpeningRule {
    /// Its name within the office.
    pub key: Key,
    /// The team (capacity owner) whose desks work under this rule.
    pub team: Key,
    /// First local day on which the rule holds; open when absent.
    pub valid_from: Option<NaiveDate>,
    /// Last local day on which the rule holds; open when absent.
    pub valid_to: Option<NaiveDate>,
    /// On which days it holds, and against which other rules it wins.
    pub days: RuleDays,
    /// The hours, in ascending order and without overlap.
    pub windows: Vec<Window>,
    /// Length of a grid cell and distance between starts, in minutes of elapsed time: 1 to 240.
    pub step_minutes: u16,
    /// How many desks of each group of the team work under this rule. Groups not named stay closed.
    pub desks: Vec<DeskCount>,
    /// What is kept back from the public.
    pub quota: Quota,
    /// How far ahead citizens can book.
    pub booking: BookingWindow,
    /// Whether visits under this rule are booked or people just come.
    pub access: Access,
    /// How the visit takes place.
    pub channel: VisitChannel,
    /// A variant that a search must ask for by name (an interpreter, sign language); absent: for everybody.
    pub variant: Option<Key>,
    /// What happens on public holidays.
    pub holidays: HolidayPolicy,
    /// What happens to an appointment that would run past the end of a window.
    pub tail: Tail,
    /// Whether appointments may run on into a touching window of another rule of the same team.
    pub join: Join,
    /// Which pass of the autumn hour that occurs twice can be booked.
    pub fold: Fold,
}

/// On which days a rule holds. The order of the variants is the precedence, weakest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum RuleDays {
    /// Again and again.
    Series(Recurrence),
    /// A day with a programme of its own (the yearly ID weeks): replaces the series of its team on these days.
    SpecialDay {
        /// The local days, ascending.
        dates: Vec<NaiveDate>,
    },
    /// A dated exception: replaces series and special days of its team on these days.
    Exception {
        /// The local days, ascending.
        dates: Vec<NaiveDate>,
    },
}

/// A rhythm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recurrence {
    /// The weekdays, without repetition.
    pub weekdays: Vec<Weekday>,
    /// In which weeks.
    pub cycle: Cycle,
}

/// In which weeks a series holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "every")]
pub enum Cycle {
    /// Every `weeks`-th week, counted in ISO weeks (Monday first) from the week of `anchor`, before it as well as after it.
    Weeks {
        /// 1 is every week.
        weeks: u16,
        /// A day of a week in which the series holds.
        anchor: NaiveDate,
    },
    /// The n-th such weekday of the month, `n` 1 to 5 (the fifth does not exist in every month).
    NthOfMonth {
        /// 1 to 5.
        n: u8,
    },
    /// The last such weekday of the month.
    LastOfMonth,
    /// The n-th block of seven days of the month: days 1-7, 8-14, 15-21, 22-28, 29-31.
    BlockOfMonth {
        /// 1 to 5.
        n: u8,
    },
}

/// A number of desks of one group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskCount {
    /// The desk group of the rule's team.
    pub group: Key,
    /// How many, 0 to 500.
    pub count: u16,
}

/// What is kept back from the public in every cell, in desks. Each reserve flows to the public when the start is
/// nearer than `release_minutes`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    /// For bookings by staff (counter, phone).
    pub internal: u16,
    /// For urgent cases.
    pub urgent: u16,
    /// For people who come without appointment.
    pub walk_in: u16,
    /// How long before a start unused reserves are released to everybody, in minutes; 0 keeps them to the end.
    pub release_minutes: u32,
}

/// For whom a place is taken. The order is the order of access: each class may use its own reserve and all before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuotaClass {
    /// Citizens booking for themselves.
    Public,
    /// Staff booking for someone.
    Internal,
    /// Urgent cases, by staff.
    Urgent,
    /// Walk-ins, at the counter.
    WalkIn,
}

/// How far ahead a start can be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingWindow {
    /// Earliest: so many local days before the start's day (released at local midnight).
    pub days_ahead: u16,
    /// Latest: so many minutes before the start.
    pub lead_minutes: u32,
}

/// Whether an appointment is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// By appointment.
    Appointment,
    /// Without appointment: gives opening hours but no starts.
    WalkIn,
}

/// How a visit takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitChannel {
    /// At a counter of an office.
    Counter,
    /// By video.
    Video,
    /// At a stop of the mobile office.
    Mobile,
}

/// What a rule does on public holidays (state, municipal and one-off alike).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "policy")]
pub enum HolidayPolicy {
    /// Nothing is offered.
    Closed,
    /// The rule holds as on other days.
    Open,
    /// Other, usually shorter, hours.
    Reduced {
        /// The hours on holidays.
        windows: Vec<Window>,
    },
}

/// What happens when the grid or an appointment does not fit the end of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "tail")]
pub enum Tail {
    /// A cell that would pass the end does not exist. The default.
    Drop,
    /// Cells may pass the end by up to this many minutes.
    Allow {
        /// 1 to 240.
        max_overrun_minutes: u16,
    },
}

/// Whether appointments may span this rule and a touching one of the same team and step that also says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Join {
    /// No. The default.
    Separate,
    /// Yes.
    Joined,
}

/// Which pass of the autumn hour that the clock shows twice can be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fold {
    /// The first pass only. The default.
    FirstPass,
    /// Both passes; the second is a start of its own.
    BothPasses,
}

/// A time in which an office, or the whole city, is closed whatever the rules say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closure {
    /// Its name.
    pub key: Key,
    /// First local day.
    pub from: NaiveDate,
    /// Last local day.
    pub to: NaiveDate,
    /// Only these hours of each day; the whole day when empty.
    pub windows: Vec<Window>,
    /// Only this team; the whole office when absent.
    pub team: Option<Key>,
    /// Why, for citizens.
    pub reason: Localized,
}

/// Desks that are missing for a time: illness, training, repair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// The team.
    pub team: Key,
    /// First local day.
    pub from: NaiveDate,
    /// Last local day.
    pub to: NaiveDate,
    /// Only these hours of each day; the whole day when empty.
    pub windows: Vec<Window>,
    /// How many desks of which group are missing.
    pub desks: DeskCount,
}
