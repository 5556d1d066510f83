//! The books of one office and day, read through the door: who has a place, and how many are still free.
//!
//! Appointments come from their own rows, free places from the counts of the cells: two records of the same truth that
//! are written together and must agree.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::{Duration, Instant};

use crate::bench::graphql::Client;
use crate::failure::Result;

/// How long the picture of one gateway may lag behind what another one sold.
const PATIENCE: Duration = Duration::from_secs(5);

/// A day of an office.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Day<'a> {
    pub(crate) office: &'a str,
    pub(crate) date: &'a str,
    /// Every start of the day, whether free or not.
    pub(crate) starts: &'a [String],
    pub(crate) desks: u16,
}

/// What the books say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Books {
    /// The ids of all live appointments.
    pub(crate) ids: BTreeSet<String>,
    /// Starts with more appointments than desks.
    pub(crate) sold_twice: u64,
    /// Starts where free and taken places do not add up to the desks.
    pub(crate) unbalanced: u64,
    /// The first of them in words.
    example: Option<String>,
}

impl Books {
    /// Says on the screen which start does not add up, if one does not.
    pub(crate) fn tell(&self, day: &Day<'_>) {
        let Some(example) = &self.example else {
            return;
        };
        eprintln!("{}, {}: {} starts do not add up, the first: {example}", day.office, day.date, self.unbalanced);
    }
}

/// Reads the books of a day as the lead of the office. Waits a little for free counts that lag behind another gateway.
///
/// # Errors
///
/// If the server does not answer.
pub(crate) fn read(client: &mut Client, token: &str, day: &Day<'_>) -> Result<Books> {
    let asked = Instant::now();
    loop {
        let live = client.books(token, day.office, day.date)?;
        let free = client.free(day.office, (day.date, day.date))?;
        let books = compare(day, &live, &free);
        if books.unbalanced == 0 || asked.elapsed() > PATIENCE {
            return Ok(books);
        }
        thread::sleep(Duration::from_millis(200));
    }
}

fn compare(day: &Day<'_>, live: &[(String, String)], free: &[(String, u64)]) -> Books {
    let free: BTreeMap<&str, u64> = free.iter().map(|(start, count)| (start.as_str(), *count)).collect();
    let mut taken: BTreeMap<&str, u64> = day.starts.iter().map(|start| (start.as_str(), 0)).collect();
    for (_, start) in live {
        *taken.entry(start).or_default() += 1;
    }
    let desks = u64::from(day.desks);
    let sold_twice = taken.values().filter(|count| **count > desks).count();
    let mut books = Books { sold_twice: sold_twice as u64, ..Books::default() };
    for (start, taken) in &taken {
        let free = free.get(start).copied().unwrap_or(0);
        if taken + free != desks {
            books.unbalanced += 1;
            books.example.get_or_insert_with(|| format!("{start}: {taken} taken, {free} free, {desks} desks"));
        }
    }
    books.ids = live.iter().map(|(id, _)| id.clone()).collect();
    books
}

#[cfg(test)]
mod tests {
    use crate::storm::books::{Books, Day, compare};

    #[track_caller]
    fn check(live: &[(&str, &str)], free: &[(&str, u64)], expected: (u64, u64)) {
        let starts = ["eight".to_owned(), "nine".to_owned()];
        let day = Day { office: "office", date: "2026-12-01", starts: &starts, desks: 2 };
        let live: Vec<_> = live.iter().map(|(id, start)| ((*id).to_owned(), (*start).to_owned())).collect();
        let free: Vec<_> = free.iter().map(|(start, count)| ((*start).to_owned(), *count)).collect();
        let Books { sold_twice, unbalanced, ids, .. } = compare(&day, &live, &free);
        assert_eq!((sold_twice, unbalanced), expected);
        assert_eq!(ids.len(), live.len());
    }

    #[test]
    fn free_and_taken_add_up() {
        check(&[("a", "eight"), ("b", "eight"), ("c", "nine")], &[("nine", 1)], (0, 0));
        check(&[], &[("eight", 2), ("nine", 2)], (0, 0));
    }

    #[test]
    fn finds_a_place_sold_twice_a_lost_place_and_a_lost_booking() {
        check(&[("a", "eight"), ("b", "eight"), ("c", "eight")], &[("nine", 2)], (1, 1));
        check(&[("a", "eight")], &[("nine", 2)], (0, 1));
        check(&[("a", "eight")], &[("eight", 2), ("nine", 2)], (0, 1));
        check(&[("a", "ten")], &[("eight", 2), ("nine", 2)], (0, 1));
    }
}
