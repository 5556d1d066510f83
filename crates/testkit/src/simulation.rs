//! A town hall in a box: two processes on one database, a simulated clock, people who ask, repeat, come out of order and
//! give up, storage that fails between any two statements, processes that die. After every step the books must be right.
//!
//! Everything comes from one number. In stories of even numbers one thing happens after the other, and the number plays
//! exactly the same story again. In those of odd numbers people also ask at the same moment; who comes first is then for the
//! engine to decide, as in life, and what is found is told with all that led to it.

mod books;
mod people;
mod plant;
mod process;
mod story;

use std::fmt;

use database::Engine;

pub use plant::Plant;

/// What is played.
#[derive(Debug, Clone, Copy)]
pub struct Play {
    /// What all chance comes from.
    pub seed: u64,
    /// How many steps the story has.
    pub steps: u32,
    /// On which engine.
    pub engine: Engine,
    /// A mistake that must be found; for a negative control.
    pub plant: Option<Plant>,
}

impl Play {
    /// Whether several people may ask at the same moment.
    pub(crate) const fn is_played_together(self) -> bool {
        !self.seed.is_multiple_of(2)
    }
}

/// What happened in a story that ended well.
#[derive(Debug, Clone, Copy, Default)]
pub struct Played {
    /// Steps.
    pub steps: u64,
    /// Requests that were delivered, repetitions too.
    pub delivered: u64,
    /// Requests that were acknowledged for the first time.
    pub acknowledged: u64,
    /// Refused with words for people.
    pub refused: u64,
    /// Statements that were made to fail, and requests that were cut off.
    pub faults: u64,
    /// Processes that died and came back.
    pub restarts: u64,
    /// Times that a board was compared with the books.
    pub boards: u64,
}

impl Played {
    /// The sum of two stories.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            steps: self.steps + other.steps,
            delivered: self.delivered + other.delivered,
            acknowledged: self.acknowledged + other.acknowledged,
            refused: self.refused + other.refused,
            faults: self.faults + other.faults,
            restarts: self.restarts + other.restarts,
            boards: self.boards + other.boards,
        }
    }
}

/// A rule of the house that was broken, with what led to it.
#[derive(Debug, Clone)]
pub struct Breach {
    /// The seed that plays it again.
    pub seed: u64,
    /// In which step, from 0.
    pub step: u32,
    /// What is wrong.
    pub words: String,
    /// What was done last, oldest first.
    pub history: Vec<String>,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {}, step {}: {}", self.seed, self.step, self.words)?;
        self.history.iter().try_for_each(|line| writeln!(f, "    {line}"))
    }
}

/// Plays one story to its end.
///
/// # Errors
/// The first breach.
///
/// # Panics
/// When the database cannot be made.
pub async fn play(play: Play) -> Result<Played, Breach> {
    Box::pin(Box::pin(story::Story::begin(play)).await.tell()).await
}
