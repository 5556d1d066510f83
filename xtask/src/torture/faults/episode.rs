//! One spell of trouble, from its begin to its end, as people saw it from outside.

use std::time::{Duration, Instant};

use crate::bench::figure::Figure;
use crate::bench::server::Engine;
use crate::failure::Result;
use crate::torture::pressure::{Kind, Pressure, Seen};

/// `server.deadline_seconds`, and a little for the way: a refusal that comes later is none.
const DEADLINE_SECONDS: f64 = 10.5;
/// Promised in the design: how long refusals may come.
const WINDOW_SECONDS: f64 = 15.0;
/// Promised in the design: how soon the next request works.
const HEAL_SECONDS: f64 = 5.0;

/// How long we wait for people to notice that trouble began or ended.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);

/// So many answers show how things are.
pub(super) const ENOUGH: usize = 20;

/// When the trouble began and ended, for whoever makes it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Episode {
    pub(super) began: Instant,
    pub(super) ended: Instant,
}

/// What people saw of an episode.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Sight {
    /// From the first refused request to the last refusal.
    window: Duration,
    /// From the end of the trouble to the last request that was still refused.
    heal: Duration,
}

impl Episode {
    /// Makes trouble, waits until people are refused, ends it, and waits until people can book again.
    pub(super) fn live_through<T>(
        pressure: &Pressure<'_>,
        make: impl FnOnce() -> Result<T>,
        meanwhile: impl FnOnce() -> Result<()>,
        end: impl FnOnce(T) -> Result<()>,
    ) -> Result<Self> {
        pressure.wait_for(Kind::Acknowledged, ENOUGH, Instant::now(), PATIENCE)?;
        let began = Instant::now();
        let trouble = make()?;
        pressure.wait_for(Kind::Unavailable, ENOUGH, began, PATIENCE)?;
        meanwhile()?;
        end(trouble)?;
        let ended = Instant::now();
        pressure.wait_for(Kind::Acknowledged, ENOUGH, ended, PATIENCE)?;
        Ok(Self { began, ended })
    }

    fn sight(&self, seen: &[Seen], until: Option<Instant>) -> Sight {
        let is_ours = |seen: &&Seen| {
            seen.kind != Kind::Acknowledged
                && seen.answered >= self.began
                && until.is_none_or(|until| seen.asked < until)
        };
        let refused: Vec<&Seen> = seen.iter().filter(is_ours).collect();
        let first = refused.iter().map(|seen| seen.asked).min();
        let last = refused.iter().map(|seen| seen.answered).max();
        let asked_last = refused.iter().map(|seen| seen.asked).max();
        Sight {
            window: first.zip(last).map_or(Duration::ZERO, |(first, last)| last - first),
            heal: asked_last.map_or(Duration::ZERO, |asked| asked.saturating_duration_since(self.ended)),
        }
    }
}

/// What people saw of all episodes, as figures.
pub(super) fn figures(part: &str, engine: Engine, seen: &[Seen], episodes: &[Episode]) -> Vec<Figure> {
    let name = |what: &str| format!("{part}.{what}.{}", engine.name());
    let count = |kind: Kind| seen.iter().filter(|seen| seen.kind == kind).count() as f64;
    let next = episodes.iter().skip(1).map(|episode| Some(episode.began)).chain([None]);
    let sights: Vec<Sight> = episodes.iter().zip(next).map(|(episode, until)| episode.sight(seen, until)).collect();
    let longest = |length: fn(&Sight) -> Duration| sights.iter().map(length).max().unwrap_or_default().as_secs_f64();
    let slowest = seen.iter().map(|seen| seen.answered - seen.asked).max().unwrap_or_default().as_secs_f64();
    vec![
        Figure::known(name("times"), episodes.len() as f64, "times"),
        // Trouble that met nobody proves nothing.
        Figure::at_least(name("unavailable"), count(Kind::Unavailable), "answers", 1.0),
        Figure::exactly(name("other-answers"), count(Kind::Other), "answers", 0.0),
        Figure::exactly(name("broken-connections"), count(Kind::Broken), "connections", 0.0),
        Figure::at_most(name("slowest-answer"), slowest, "s", DEADLINE_SECONDS),
        Figure::at_most(name("errors-for"), longest(|sight| sight.window), "s", trouble(episodes) + WINDOW_SECONDS),
        Figure::at_most(name("healed-after"), longest(|sight| sight.heal), "s", HEAL_SECONDS),
    ]
}

/// How long the trouble itself lasted at most, in seconds.
fn trouble(episodes: &[Episode]) -> f64 {
    episodes.iter().map(|episode| episode.ended - episode.began).max().unwrap_or_default().as_secs_f64()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use crate::torture::faults::episode::{Episode, Sight};
    use crate::torture::pressure::{Kind, Seen};

    #[test]
    fn measures_the_window_and_the_healing_of_its_own_refusals() {
        let start = Instant::now();
        let at = |second: u64| start + Duration::from_secs(second);
        let seen = |asked: u64, answered: u64, kind: Kind| Seen { asked: at(asked), answered: at(answered), kind };
        let all = [
            seen(0, 1, Kind::Unavailable),
            seen(11, 13, Kind::Unavailable),
            seen(12, 12, Kind::Acknowledged),
            seen(22, 24, Kind::Broken),
            seen(25, 26, Kind::Acknowledged),
            seen(31, 32, Kind::Unavailable),
        ];
        let episode = Episode { began: at(10), ended: at(20) };
        let sight = episode.sight(&all, Some(at(30)));
        assert_eq!(sight, Sight { window: Duration::from_secs(13), heal: Duration::from_secs(2) });
        let quiet = Episode { began: at(40), ended: at(50) };
        assert_eq!(quiet.sight(&all, None), Sight::default());
    }
}
