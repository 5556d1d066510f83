//! How long a city waits for its server after a restart: from the start of the process until `/readyz` answers 200.

use crate::bench::figure::Figure;
use crate::bench::server::Context;
use crate::failure::Result;

/// The worst of these counts.
const STARTS: usize = 5;

/// Seconds the demo city may take, once its database exists.
const TARGET: f64 = 1.0;

/// Starts the server several times on a database that has the demo city.
pub(super) fn run(context: &Context) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for &engine in context.engines() {
        let stand = context.stand(engine)?;
        let mut worst = 0.0_f64;
        for _ in 0..STARTS {
            let (_server, took) = stand.serve_timed()?;
            worst = worst.max(took.as_secs_f64());
        }
        figures.push(Figure::at_most(format!("start-up.{}", engine.name()), worst, "s", TARGET));
    }
    Ok(figures)
}
