//! How much memory the server of the demo city occupies: it must fit on the smallest machine a village rents.

use crate::bench::figure::Figure;
use crate::bench::http::{Request, Response};
use crate::bench::load::{Load, Until};
use crate::bench::processes;
use crate::bench::server::{Context, Stand};
use crate::failure::Result;

/// MiB, resident, after [`REQUESTS`] requests.
const TARGET: f64 = 64.0;

const REQUESTS: u64 = 10_000;

/// Measures the server after it has answered for a while.
pub(super) fn run(context: &Context) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for &engine in context.engines() {
        let stand = context.stand(engine)?;
        let ready = |_| Request::get("/readyz");
        let resident = after_requests(&stand, &ready, &|response| response.status == 200)?;
        figures.push(Figure::at_most(format!("memory.readiness.{}", engine.name()), resident, "MiB", TARGET));
    }
    Ok(figures)
}

/// Resident MiB of a fresh server after [`REQUESTS`] of these requests over 16 connections.
fn after_requests(
    stand: &Stand,
    request: &(dyn Fn(crate::bench::load::Turn) -> Request + Sync),
    accepts: &(dyn Fn(&Response) -> bool + Sync),
) -> Result<f64> {
    let server = stand.serve()?;
    let load = Load { address: server.address(), connections: 16, until: Until::Sent(REQUESTS), request, accepts };
    load.run()?.expect_all_accepted()?;
    processes::resident_memory(server.process_id())
}
