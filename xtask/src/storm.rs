//! The proofs that no place is sold twice and that what was acknowledged is kept: crowds at one place, and a server that
//! is killed in the middle. Each comes with a negative control, a broken variant that must be found.

pub(crate) mod books;
mod contention;
mod crowd;
pub(crate) mod journal;
mod kills;
pub(crate) mod repeat;
pub(crate) mod round;

use crate::bench::figure::Figure;
use crate::bench::server::{Context, Engine};
use crate::failure::{Failure, Result};

/// How hard the storm blows.
#[derive(Debug, Clone, Copy)]
pub struct Strength {
    /// Crowds: how many hold the last place at the same time.
    pub holders: u64,
    /// Crowds: how many want one of the places.
    pub users: u64,
    /// How many places there are for the users, and in each round with a kill for twice as many.
    pub places: u16,
    /// How often the server is killed.
    pub rounds: u16,
}

impl Strength {
    /// As promised: 1,000 for the last place, 10,000 for 500, and 20 kills.
    pub const FULL: Self = Self { holders: 1_000, users: 10_000, places: 500, rounds: 20 };
    /// A minute's worth, for every change.
    pub const SHORT: Self = Self { holders: 100, users: 200, places: 50, rounds: 2 };
}

/// Crowds at the last place and at a few places.
///
/// # Errors
///
/// If the crowd cannot be gathered; what is promised and not kept is a figure that does not hold.
pub fn crowds(context: &Context, strength: Strength) -> Result<Vec<Figure>> {
    each_engine(context, |engine| contention::run(context, engine, strength))
}

/// Kills in the middle of a booking storm.
///
/// # Errors
///
/// As [`crowds`].
pub fn kills(context: &Context, strength: Strength) -> Result<Vec<Figure>> {
    each_engine(context, |engine| kills::run(context, engine, strength))
}

fn each_engine(context: &Context, run: impl Fn(Engine) -> Result<Vec<Figure>>) -> Result<Vec<Figure>> {
    raise_open_files();
    let mut figures = Vec::new();
    for &engine in context.engines() {
        figures.extend(run(engine)?);
    }
    Ok(figures)
}

/// Places as starts of one day and desks: as many starts as divide them evenly, 25 at most, so that every start is wanted
/// by many.
fn shape(places: u16) -> Result<(usize, u16)> {
    let starts = (1..=25).rev().find(|starts| places.is_multiple_of(*starts) && places / starts <= 500);
    let starts = starts.filter(|_| places > 0).ok_or_else(|| {
        Failure::new(format!("{places} places cannot be laid out as up to 25 starts with up to 500 desks each"))
    })?;
    Ok((usize::from(starts), places / starts))
}

/// A thousand connections need more than a thousand open files, here and in the server, which inherits the limit.
pub(crate) fn raise_open_files() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // Where we may not, opening the connections says so.
    let _ = setrlimit(Resource::Nofile, limit);
}

#[cfg(test)]
mod tests {
    use crate::storm::shape;

    #[test]
    fn lays_places_out_without_a_rest() {
        assert_eq!(shape(500).expect("a shape"), (25, 20));
        assert_eq!(shape(50).expect("a shape"), (25, 2));
        assert_eq!(shape(1).expect("a shape"), (1, 1));
        assert_eq!(shape(7).expect("a shape"), (7, 1));
        assert!(shape(0).is_err() && shape(50_000).is_err());
    }
}
