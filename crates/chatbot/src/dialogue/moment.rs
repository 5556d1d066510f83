//! When: days and times of the day, as people say them.

use chrono::{Datelike, Days, NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

use crate::dialogue::speech::{Words, find, has, spaced};

/// A wish for a time; everything may be missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Moment {
    /// First and last local day.
    pub(crate) days: Option<(NaiveDate, NaiveDate)>,
    /// Not before.
    pub(crate) from: Option<NaiveTime>,
    /// Not after.
    pub(crate) until: Option<NaiveTime>,
}

impl Moment {
    /// Whether nothing was said.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What was said now over what was said before.
    pub(crate) fn over(self, before: Self) -> Self {
        let said_time = self.from.is_some() || self.until.is_some();
        let (from, until) = if said_time { (self.from, self.until) } else { (before.from, before.until) };
        Self { days: self.days.or(before.days), from, until }
    }
}

/// What a message says about when. `today` is the local day.
pub(crate) fn moment(text: &str, words: &Words, today: NaiveDate) -> Moment {
    let message = spaced(text);
    let days = days(&message, words, today);
    let (from, until) = times(&message, words);
    Moment { days, from, until }
}

fn days(message: &str, words: &Words, today: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    let one = |day: NaiveDate| Some((day, day));
    if let Some(day) = message.split(' ').find_map(|token| written_date(token, today)) {
        return one(day);
    }
    if let Some(day) = named_date(message, words, today) {
        return one(day);
    }
    let monday = today - Days::new(u64::from(today.weekday().num_days_from_monday()));
    let weekday = words.weekdays.iter().position(|names| has(message, names)).and_then(|day| u64::try_from(day).ok());
    if has(message, &words.next_week) {
        let next = monday + Days::new(7);
        return weekday.map_or(Some((next, next + Days::new(6))), |day| one(next + Days::new(day)));
    }
    if let Some(day) = weekday {
        let this = monday + Days::new(day);
        return one(if this < today { this + Days::new(7) } else { this });
    }
    if has(message, &words.after_tomorrow) {
        return one(today + Days::new(2));
    }
    if has(message, &words.tomorrow) && !is_part_of_day(message, words) {
        return one(today + Days::new(1));
    }
    if has(message, &words.today) {
        return one(today);
    }
    has(message, &words.this_week).then(|| (today, monday + Days::new(6)))
}

/// "am Morgen" is a part of the day, not tomorrow.
fn is_part_of_day(message: &str, words: &Words) -> bool {
    let (Some(tomorrow), Some(morning)) = (find(message, &words.tomorrow), find(message, &words.morning)) else {
        return false;
    };
    morning.0 < tomorrow.0 && tomorrow.1 <= morning.1
}

/// `3.12.`, `03.12.2026`, `2026-12-03`.
fn written_date(token: &str, today: NaiveDate) -> Option<NaiveDate> {
    if let Ok(day) = token.parse::<NaiveDate>() {
        return Some(day);
    }
    let parts: Vec<&str> = token.trim_end_matches('.').split('.').collect();
    let number = |text: &&str| text.parse::<u32>().ok();
    let (day, month) = (number(parts.first()?)?, number(parts.get(1)?)?);
    match parts.get(2) {
        Some(year) => {
            let year: i32 = year.parse().ok()?;
            NaiveDate::from_ymd_opt(if year < 100 { 2000 + year } else { year }, month, day)
        }
        None => coming(month, day, today),
    }
}

/// `3 dezember`, `december 3`.
fn named_date(message: &str, words: &Words, today: NaiveDate) -> Option<NaiveDate> {
    let (month, (from, to)) =
        (1..).zip(&words.months).find_map(|(month, names)| find(message, names).map(|place| (month, place)))?;
    let before = message[..from].split(' ').rfind(|token| !token.is_empty());
    let behind = message[to..].split(' ').find(|token| !token.is_empty());
    let number = |token: Option<&str>| {
        let digits: String = token?.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u32>().ok().filter(|day| (1..=31).contains(day))
    };
    coming(month, number(before).or_else(|| number(behind))?, today)
}

/// The next such day.
fn coming(month: u32, day: u32, today: NaiveDate) -> Option<NaiveDate> {
    let this = NaiveDate::from_ymd_opt(today.year(), month, day)?;
    if this >= today { Some(this) } else { NaiveDate::from_ymd_opt(today.year() + 1, month, day) }
}

fn times(message: &str, words: &Words) -> (Option<NaiveTime>, Option<NaiveTime>) {
    let tokens: Vec<&str> = message.split(' ').filter(|token| !token.is_empty()).collect();
    let is_word = |at: Option<&&str>, list: &[String]| at.is_some_and(|token| has(&spaced(token), list));
    let (mut from, mut until) = (None, None);
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| tokens.get(before));
        // "after at ten": the word before the little word says more.
        let further = at.checked_sub(2).and_then(|before| tokens.get(before)).filter(|_| is_word(before, &words.at));
        let behind = tokens.get(at + 1);
        if words.months.iter().any(|names| is_word(behind, names)) {
            continue;
        }
        let is_introduced = [&words.at, &words.from, &words.until].into_iter().any(|list| is_word(before, list));
        let is_time = token.contains(':') || is_word(behind, &words.clock) || is_introduced;
        let Some(time) = time(token, behind.copied()).filter(|_| is_time) else { continue };
        if is_word(before, &words.from) || is_word(further, &words.from) {
            from = Some(time);
        } else if is_word(before, &words.until) || is_word(further, &words.until) {
            until = Some(time);
        } else {
            (from, until) = (Some(time), Some(hour_later(time)));
        }
    }
    if from.is_some() || until.is_some() {
        return (from, until);
    }
    let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0);
    let parts = [
        (&words.morning, hour(0), hour(12)),
        (&words.midday, hour(11), hour(14)),
        (&words.afternoon, hour(12), hour(18)),
        (&words.evening, hour(16), None),
    ];
    let part = parts.into_iter().find(|(list, ..)| has(message, list));
    part.map_or((None, None), |(_, from, until)| (from, until))
}

fn hour_later(time: NaiveTime) -> NaiveTime {
    let (later, _) = time.overflowing_add_signed(chrono::TimeDelta::minutes(59));
    if later > time { later } else { NaiveTime::from_hms_opt(23, 59, 0).unwrap_or(time) }
}

/// `10`, `10:30`, `3pm`, `3 pm`.
fn time(token: &str, behind: Option<&str>) -> Option<NaiveTime> {
    let digits = token.trim_end_matches(|sign: char| sign.is_alphabetic() || sign == '.');
    let mark = [&token[digits.len()..], behind.unwrap_or_default()].map(|mark| mark.replace('.', ""));
    let (hours, minutes) = digits.split_once(':').unwrap_or((digits, "0"));
    let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let is_after_noon = mark.iter().any(|mark| mark == "pm");
    NaiveTime::from_hms_opt(if is_after_noon && hours < 12 { hours + 12 } else { hours }, minutes, 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::speech::speech;
    use crate::language::ChatLanguage;

    fn said(language: ChatLanguage, text: &str) -> String {
        // A Monday.
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let Moment { days, from, until } = moment(text, &speech(language).words, today);
        let days = days.map(|(first, last)| format!("{first}..{last}")).unwrap_or_default();
        let time = |time: Option<NaiveTime>| time.map(|time| time.format("%H:%M").to_string()).unwrap_or_default();
        format!("{days} {}-{}", time(from), time(until))
    }

    #[test]
    fn days_and_times_are_understood() {
        for (text, expected) in [
            ("am Freitag", "2026-11-27..2026-11-27 -"),
            ("heute oder so", "2026-11-23..2026-11-23 -"),
            ("morgen früh", "2026-11-24..2026-11-24 00:00-12:00"),
            ("am Morgen", " 00:00-12:00"),
            ("übermorgen nachmittags", "2026-11-25..2026-11-25 12:00-18:00"),
            ("nächste Woche", "2026-11-30..2026-12-06 -"),
            ("nächste Woche Dienstag ab 14 Uhr", "2026-12-01..2026-12-01 14:00-"),
            ("am 3.12. um 10:30", "2026-12-03..2026-12-03 10:30-11:29"),
            ("3. Dezember vor 12", "2026-12-03..2026-12-03 -12:00"),
            ("2.1.", "2027-01-02..2027-01-02 -"),
            ("bis 5. Dezember", "2026-12-05..2026-12-05 -"),
            ("3 Kinder, Personalausweis", " -"),
        ] {
            assert_eq!(said(ChatLanguage::German, text), expected, "{text}");
        }
        for (text, expected) in [
            ("tomorrow at 3 pm", "2026-11-24..2026-11-24 15:00-15:59"),
            ("the day after tomorrow", "2026-11-25..2026-11-25 -"),
            ("December 3 after 9", "2026-12-03..2026-12-03 09:00-"),
            ("next week in the morning", "2026-11-30..2026-12-06 00:00-12:00"),
        ] {
            assert_eq!(said(ChatLanguage::English, text), expected, "{text}");
        }
    }
}
