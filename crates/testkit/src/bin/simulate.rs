//! Plays simulated stories of the town hall: `simulate FIRST_SEED SEEDS STEPS sqlite|postgres [PLANT]`. Prints one line of
//! JSON, in which a breach of a rule stands with the seed that plays it again; whoever called judges it: `cargo xtask sim`.

use std::process::ExitCode;

use database::Engine;
use serde_json::json;
use testkit::simulation::{Breach, Plant, Play, Played, play};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((first, seeds, steps, engine, plant)) = read(&arguments) else {
        eprintln!("usage: simulate FIRST_SEED SEEDS STEPS sqlite|postgres [PLANT]");
        return ExitCode::from(2);
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut all = Played::default();
    for seed in first..first + seeds {
        let story = Play { seed, steps, engine, plant };
        match runtime.block_on(play(story)) {
            Ok(played) => all = all.and(played),
            Err(breach) => {
                eprintln!("{breach}");
                println!("{}", line(seed + 1 - first, &all, Some(&breach)));
                return ExitCode::SUCCESS;
            }
        }
    }
    println!("{}", line(seeds, &all, None));
    ExitCode::SUCCESS
}

fn line(seeds: u64, all: &Played, breach: Option<&Breach>) -> serde_json::Value {
    json!({
        "seeds": seeds,
        "steps": all.steps,
        "delivered": all.delivered,
        "acknowledged": all.acknowledged,
        "refused": all.refused,
        "faults": all.faults,
        "restarts": all.restarts,
        "boards": all.boards,
        "breach": breach.map(|breach| json!({ "seed": breach.seed, "step": breach.step, "words": breach.words })),
    })
}

fn read(arguments: &[String]) -> Option<(u64, u64, u32, Engine, Option<Plant>)> {
    let [first, seeds, steps, engine, rest @ ..] = arguments else {
        return None;
    };
    let engine = match engine.as_str() {
        "sqlite" => Engine::Sqlite,
        "postgres" => Engine::Postgres,
        _ => return None,
    };
    let plant = match rest {
        [] => None,
        [plant] => Some(plant.parse().ok()?),
        _ => return None,
    };
    Some((first.parse().ok()?, seeds.parse().ok()?, steps.parse().ok()?, engine, plant))
}
