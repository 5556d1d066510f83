//! The registry of benchmarks: a new one is a file in `measures/` and a line here.

mod applications;
mod booking;
mod chat;
mod chat_graphql;
mod forms;
mod listing;
mod logins;
mod memory;
mod month_view;
mod month_view_graphql;
mod rebuild;
mod start_up;

use crate::bench::figure::Figure;
use crate::bench::server::Context;
use crate::failure::Result;
use crate::storm::{self, Strength};

/// One benchmark.
#[derive(Debug)]
pub struct Measure {
    /// As it is typed: `cargo xtask bench start-up`.
    pub name: &'static str,
    /// What it shows, in one sentence.
    pub what: &'static str,
    /// Measures; builds its own [`crate::bench::server::Stand`] and leaves nothing behind.
    pub run: fn(&Context) -> Result<Vec<Figure>>,
}

/// All benchmarks in the order they run.
pub const ALL: &[Measure] = &[
    Measure {
        name: "month-view",
        what: "days with free starts of 20 offices over 60 days for visits of 1, 3 and 6 cells, inside the engine; every \
               answer is compared with a plain second engine",
        run: month_view::run,
    },
    Measure {
        name: "month-view-graphql",
        what: "the same question as GraphQL over HTTP on one connection, after up to 20,000 pseudo-random bookings, with all \
               offices of all days in the answer",
        run: month_view_graphql::run,
    },
    Measure {
        name: "listing",
        what: "a page of 20 free starts over 16 connections: CPU time of the server and the database together, per request",
        run: listing::run,
    },
    Measure {
        name: "booking",
        what: "bookings by mail link over 16 connections, each another person's, without the worker that writes the letters; on PostgreSQL beside pgbench with the same \
               statement, 16 clients and prepared statements, same server, same run",
        run: booking::run,
    },
    Measure {
        name: "logins",
        what: "the p99 of 50 bookings a second while 1,000 sign-ins a minute with wrong passwords are judged, beside the p99 \
               without them, on the same server",
        run: logins::run,
    },
    Measure {
        name: "rebuild",
        what: "from the start of `serve` until it is ready, with 100 offices over 180 days and 100,000 bookings of three \
               cells wished for (those too late in the day do not fit)",
        run: rebuild::run,
    },
    Measure {
        name: "start-up",
        what: "from the start of `serve` until it is ready, with the demo city",
        run: start_up::run,
    },
    Measure {
        name: "memory",
        what: "resident memory of the server of the demo city after 10,000 searches",
        run: memory::run,
    },
    Measure {
        name: "forms",
        what: "inside the engine of forms: checking one submission of 3,000 nested values, and one patch on a form of 10 steps \
               and 100 rules",
        run: forms::run,
    },
    Measure {
        name: "applications",
        what: "online services through GraphQL: one patch on a form of 10 steps and 100 rules, 1,000 submits at once for the \
               last one of a quota, and the time from handing in to the automatic decision of a parking permit",
        run: applications::run,
    },
    Measure {
        name: "chat",
        what: "inside the chatbot: building its index, the memory of it, and one question understood, looked up and answered, \
               with the catalogue of the demo city and with a thousand services made by varying its own",
        run: chat::run,
    },
    Measure {
        name: "chat-graphql",
        what: "single questions of the development set, answered in full through GraphQL on one connection, and the time from \
               sending a question to the first event about it that a listener of `chatEvents` gets",
        run: chat_graphql::run,
    },
    Measure {
        name: "contention",
        what: "crowds at the last place and at 500 places, through one gateway and two; the control drops the rule that \
               decides",
        run: |context| storm::crowds(context, Strength::FULL),
    },
    Measure {
        name: "storm",
        what: "`kill -9` of all gateways at random points of a booking storm, 20 rounds; the controls forge the journal and \
               delete a row",
        run: |context| storm::kills(context, Strength::FULL),
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::bench::measures::ALL;

    #[test]
    fn every_benchmark_has_a_name_of_its_own() {
        assert_eq!(ALL.iter().map(|measure| measure.name).collect::<BTreeSet<_>>().len(), ALL.len());
    }
}
