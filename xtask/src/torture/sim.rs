//! Simulated stories of the town hall: two processes on one database, storage that fails between any two statements,
//! clocks that jump. The stories themselves are in `testkit::simulation`; here they are called, and mistakes are planted.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::bench::figure::Figure;
use crate::bench::server::{Context, Engine};
use crate::cluster::{Cluster, Durability};
use crate::failure::{Failure, Result, While as _};
use crate::process;

/// How much is played.
#[derive(Debug, Clone, Copy)]
pub struct Strength {
    /// The number of the first story.
    pub first: u64,
    /// How many stories.
    pub seeds: u64,
    /// Steps of each story.
    pub steps: u32,
}

impl Strength {
    /// For every change.
    pub const SHORT: Self = Self { first: 1, seeds: 8, steps: 120 };
    /// For a night.
    pub const LONG: Self = Self { seeds: 2_000, ..Self::SHORT };
}

/// Mistakes that somebody could make, as `testkit::simulation::Plant` knows them.
const PLANTS: [&str; 4] = ["skipped-release", "forgotten-key", "vanished-booking", "sold-twice"];
/// So many stories are played twice.
const REPLAYED: usize = 2;
/// A planted mistake must be found in one of so many stories.
const PLANTED_STORIES: u64 = 5;

/// Plays on each engine.
///
/// # Errors
///
/// If the stories cannot be played at all.
pub fn run(context: &Context, strength: Strength) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for &engine in context.engines() {
        figures.extend(Stage::new(context, engine)?.figures(strength)?);
    }
    Ok(figures)
}

/// Where stories are played.
struct Stage<'a> {
    context: &'a Context,
    engine: Engine,
    /// Durability is not what is simulated: a throw-away cluster serves.
    cluster: Option<Cluster>,
}

impl<'a> Stage<'a> {
    fn new(context: &'a Context, engine: Engine) -> Result<Self> {
        let cluster = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(Cluster::start(Durability::ThrowAway)?),
        };
        Ok(Self { context, engine, cluster })
    }

    fn figures(&self, strength: Strength) -> Result<Vec<Figure>> {
        let played = self.play(strength, None)?;
        let name = |what: &str| format!("sim.{what}.{}", self.engine.name());
        let count = |what: &str| played[what].as_u64().unwrap_or_default() as f64;
        let breach = &played["breach"];
        let mut figures = vec![
            Figure::exactly(name("stories"), count("seeds"), "stories", strength.seeds as f64),
            Figure::exactly(name("broken-rules"), f64::from(u8::from(!breach.is_null())), "rules", 0.0),
            Figure::known(name("steps"), count("steps"), "steps"),
            Figure::at_least(name("acknowledged"), count("acknowledged"), "requests", 1.0),
            Figure::known(name("refused"), count("refused"), "requests"),
            // Without trouble nothing is shown.
            Figure::at_least(name("faults"), count("faults"), "requests", 1.0),
            Figure::at_least(name("restarts"), count("restarts"), "processes", 1.0),
            Figure::at_least(name("boards-compared"), count("boards"), "boards", 1.0),
        ];
        figures.push(self.replay(strength)?);
        for plant in PLANTS {
            figures.push(self.control(strength, plant)?);
        }
        Ok(figures)
    }

    /// Stories of even numbers are played twice: the second time must not differ.
    fn replay(&self, strength: Strength) -> Result<Figure> {
        let mut differ = 0_u32;
        for first in (strength.first..strength.first + strength.seeds).filter(|seed| seed % 2 == 0).take(REPLAYED) {
            let once = Strength { first, seeds: 1, ..strength };
            differ += u32::from(self.play(once, None)? != self.play(once, None)?);
        }
        let name = format!("sim.played-again-and-different.{}", self.engine.name());
        Ok(Figure::exactly(name, f64::from(differ), "stories", 0.0))
    }

    /// A mistake made behind everybody's back: it must be found, and the number of its story must play it again.
    fn control(&self, strength: Strength, plant: &str) -> Result<Figure> {
        let planted = self.play(Strength { seeds: PLANTED_STORIES, ..strength }, Some(plant))?;
        let found = &planted["breach"];
        let again = match found["seed"].as_u64() {
            Some(first) => self.play(Strength { first, seeds: 1, ..strength }, Some(plant))?["breach"].clone(),
            None => Value::Null,
        };
        let is_found = !found.is_null() && again["seed"] == found["seed"];
        let name = format!("sim.control.{plant}.found-and-found-again.{}", self.engine.name());
        Ok(Figure::exactly(name, f64::from(u8::from(is_found)), "mistakes", 1.0))
    }

    fn play(&self, strength: Strength, plant: Option<&str>) -> Result<Value> {
        let Strength { first, seeds, steps } = strength;
        let mut command = Command::new(self.context.program());
        command.args([first.to_string(), seeds.to_string(), steps.to_string()]).arg(self.engine.name()).args(plant);
        if let Some(cluster) = &self.cluster {
            command.env("SERVICEPOINT_TEST_POSTGRES", cluster.url("postgres"));
        }
        // What a planted mistake leads to is expected, and nobody wants to read it.
        let said = if plant.is_some() { Stdio::null() } else { Stdio::inherit() };
        let line = process::capture_output(command.stderr(said))?;
        let played = line.lines().find_map(|line| serde_json::from_str::<Value>(line).ok());
        played.ok_or_else(|| Failure::new(line)).during("the simulation said nothing we know")
    }
}
