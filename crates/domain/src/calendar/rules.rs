//! The holidays of the states as a table of rules.
//!
//! Where a state lists its days: BW § 1 FTG, BY Art. 1 FTG, BE § 1 FeiertG, BB § 2 FTG, HB § 2 FeiertG, HH § 1 FeiertG,
//! HE § 1 HFeiertagsG, MV § 2 FTG M-V, NI § 2 NFeiertagsG, NW § 2 Feiertagsgesetz NW, RP § 2 LFtG, SL § 2 SFG,
//! SN § 1 SächsSFG, ST § 2 FeiertG LSA, SH § 2 SFTG, TH § 2 ThürFtG. The lists of NI, SL, SN and TH were compared with the
//! text of the law; the numbers of the other paragraphs are from memory, their days are held by the published table in
//! the tests. The 3rd of October rests on Art. 2 (2) of the Unification Treaty.
//!
//! Not here, because they hold in some municipalities only and are configured there: 15 August in Bavaria (communes with
//! a Catholic majority), Corpus Christi in parts of Saxony and Thuringia, Augsburg's Peace Festival on 8 August.

use chrono::{Datelike, Days, NaiveDate, Weekday};

use crate::calendar::FederalState::{self, Bb, Be, Bw, By, Hb, He, Hh, Mv, Ni, Nw, Rp, Sh, Sl, Sn, St, Th};
use crate::calendar::easter_sunday;

/// One line of the table.
pub(crate) struct HolidayRule {
    /// The German name.
    pub(crate) name: &'static str,
    /// On which day of a year.
    pub(crate) day: Day,
    /// In which states.
    pub(crate) states: &'static [FederalState],
    /// First and last year, both included.
    pub(crate) years: (i32, i32),
}

/// How the day of a year is found.
pub(crate) enum Day {
    /// Always the same month and day.
    Fixed(u32, u32),
    /// So many days after Easter Sunday, or before it.
    AfterEaster(i64),
    /// The Wednesday before 23 November (Buß- und Bettag).
    Repentance,
}

/// No limit: the rule is older than the years this table speaks for.
const ALWAYS: (i32, i32) = (i32::MIN, i32::MAX);

const EVERYWHERE: &[FederalState] = &FederalState::ALL;

/// All rules. On a day that two rules name (Ascension on 1 May 2008) the upper one gives the name.
#[rustfmt::skip]
pub(crate) const RULES: &[HolidayRule] = &[
    rule("Neujahr", Day::Fixed(1, 1), EVERYWHERE, ALWAYS),
    rule("Heilige Drei Könige", Day::Fixed(1, 6), &[Bw, By, St], ALWAYS),
    // BE: law of 30 January 2019; MV: law of 2022, first held in 2023.
    rule("Frauentag", Day::Fixed(3, 8), &[Be], since(2019)),
    rule("Frauentag", Day::Fixed(3, 8), &[Mv], since(2023)),
    rule("Karfreitag", Day::AfterEaster(-2), EVERYWHERE, ALWAYS),
    // BB alone lists the two Sundays: § 2 (1) FTG.
    rule("Ostersonntag", Day::AfterEaster(0), &[Bb], ALWAYS),
    rule("Ostermontag", Day::AfterEaster(1), EVERYWHERE, ALWAYS),
    rule("Erster Mai", Day::Fixed(5, 1), EVERYWHERE, ALWAYS),
    // BE: once each, by laws of their own.
    rule("75. Jahrestag der Befreiung vom Nationalsozialismus und der Beendigung des Zweiten Weltkriegs in Europa", Day::Fixed(5, 8), &[Be], once(2020)),
    rule("80. Jahrestag der Befreiung vom Nationalsozialismus und der Beendigung des Zweiten Weltkriegs in Europa", Day::Fixed(5, 8), &[Be], once(2025)),
    rule("75. Jahrestag des Aufstandes vom 17. Juni 1953", Day::Fixed(6, 17), &[Be], once(2028)),
    rule("Christi Himmelfahrt", Day::AfterEaster(39), EVERYWHERE, ALWAYS),
    rule("Pfingstsonntag", Day::AfterEaster(49), &[Bb], ALWAYS),
    rule("Pfingstmontag", Day::AfterEaster(50), EVERYWHERE, ALWAYS),
    rule("Fronleichnam", Day::AfterEaster(60), &[Bw, By, He, Nw, Rp, Sl], ALWAYS),
    // SL: the whole state, § 2 (1) no. 8 SFG; in BY it is a matter of the commune.
    rule("Mariä Himmelfahrt", Day::Fixed(8, 15), &[Sl], ALWAYS),
    // TH: § 2 ThürFtG as changed in 2019.
    rule("Weltkindertag", Day::Fixed(9, 20), &[Th], since(2019)),
    rule("Tag der Deutschen Einheit", Day::Fixed(10, 3), EVERYWHERE, since(1990)),
    rule("Reformationstag", Day::Fixed(10, 31), &[Bb, Mv, Sn, St, Th], ALWAYS),
    // The 500th anniversary was held in every state, by a law or an ordinance of each.
    rule("Reformationstag", Day::Fixed(10, 31), &[Bw, By, Be, Hb, Hh, He, Ni, Nw, Rp, Sl, Sh], once(2017)),
    rule("Reformationstag", Day::Fixed(10, 31), &[Hb, Hh, Ni, Sh], since(2018)),
    rule("Allerheiligen", Day::Fixed(11, 1), &[Bw, By, Nw, Rp, Sl], ALWAYS),
    // SN alone kept it when it was given up for the nursing-care insurance in 1995: § 1 (1) SächsSFG.
    rule("Buß- und Bettag", Day::Repentance, &[Sn], ALWAYS),
    rule("Erster Weihnachtstag", Day::Fixed(12, 25), EVERYWHERE, ALWAYS),
    rule("Zweiter Weihnachtstag", Day::Fixed(12, 26), EVERYWHERE, ALWAYS),
];

impl HolidayRule {
    /// The day of `year` on which the rule holds in `state`.
    pub(crate) fn date(&self, state: FederalState, year: i32) -> Option<NaiveDate> {
        let (first, last) = self.years;
        if !self.states.contains(&state) || !(first..=last).contains(&year) {
            return None;
        }
        match self.day {
            Day::Fixed(month, day) => NaiveDate::from_ymd_opt(year, month, day),
            Day::AfterEaster(days) => days_after_easter(year, days),
            Day::Repentance => wednesday_before_23_november(year),
        }
    }
}

/// The day `days` after Easter Sunday, if it lies in the same year.
pub(crate) fn days_after_easter(year: i32, days: i64) -> Option<NaiveDate> {
    let date = easter_sunday(year)?.checked_add_signed(chrono::TimeDelta::try_days(days)?)?;
    (date.year() == year).then_some(date)
}

fn wednesday_before_23_november(year: i32) -> Option<NaiveDate> {
    let latest = NaiveDate::from_ymd_opt(year, 11, 22)?;
    let back = latest.weekday().days_since(Weekday::Wed);
    latest.checked_sub_days(Days::new(u64::from(back)))
}

const fn rule(name: &'static str, day: Day, states: &'static [FederalState], years: (i32, i32)) -> HolidayRule {
    HolidayRule { name, day, states, years }
}

const fn since(year: i32) -> (i32, i32) {
    (year, i32::MAX)
}

const fn once(year: i32) -> (i32, i32) {
    (year, year)
}
