//! A bad network between the gateway and PostgreSQL.

use std::net::{Ipv4Addr, SocketAddr};
use std::thread;
use std::time::{Duration, Instant};

use crate::bench::figure::Figure;
use crate::bench::server::{Context, Engine};
use crate::failure::Result;
use crate::interrupt;
use crate::torture::faults::Strength;
use crate::torture::faults::episode::{ENOUGH, Episode, PATIENCE, figures};
use crate::torture::faults::proxy::{Proxy, Weather};
use crate::torture::ground::Ground;
use crate::torture::pressure::{Kind, Pressure, Seen};

const PART: &str = "faults.network";

/// Slow, as between two data centres on a bad day: bookings take longer, and that is all.
const LATE: Weather = Weather::Late(Duration::from_millis(100));

/// What people must notice of each weather, in the order it comes.
const WEATHERS: [(Weather, &str); 4] =
    [(LATE, "late"), (Weather::Reset, "reset"), (Weather::Silent, "silent"), (Weather::Forgetful, "forgetful")];

pub(super) fn run(context: &Context, engine: Engine, strength: Strength) -> Result<Vec<Figure>> {
    let stand = context.stand_of(engine, &Ground::city())?;
    let port = stand.cluster()?.port();
    let proxy = Proxy::start(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    let detour = stand.database_url().replace(&format!(":{port}/"), &format!(":{}/", proxy.address().port()));
    let stand = stand.reached_by(detour);
    let server = stand.serve()?;
    let address = server.address();
    let ground = Ground::survey(address)?;
    let pressure = Pressure::new(&ground.calendar);
    let mut found = Vec::new();
    pressure.while_booking(address, || {
        for (weather, word) in WEATHERS {
            let since = Instant::now();
            let lived: Result<Vec<Episode>> =
                (0..strength.times.div_ceil(4)).map(|_| storm(&pressure, &proxy, weather, strength.every)).collect();
            let seen: Vec<Seen> = pressure.seen().into_iter().filter(|seen| seen.asked >= since).collect();
            let figures = figures(&format!("{PART}.{word}"), engine, &seen, &lived?);
            // A late answer is an answer.
            found
                .extend(figures.into_iter().filter(|figure| weather != LATE || !figure.name.contains(".unavailable.")));
        }
        Ok(())
    })?;
    pressure.tell_others(PART);
    found.extend(ground.settle(address, &pressure.journal)?.figures(PART, engine));
    let missing = ground.missing_with_a_fabricated_one(address, &pressure.journal)?;
    let name = format!("{PART}.control.fabricated-booking.{}", engine.name());
    found.push(Figure::exactly(name, missing as f64, "lost", 1.0));
    Ok(found)
}

fn storm(pressure: &Pressure<'_>, proxy: &Proxy, weather: Weather, lasting: Duration) -> Result<Episode> {
    interrupt::check()?;
    pressure.wait_for(Kind::Acknowledged, ENOUGH, Instant::now(), PATIENCE)?;
    let began = Instant::now();
    proxy.set(weather);
    match weather {
        Weather::Clear | Weather::Late(_) => {}
        Weather::Reset | Weather::Silent | Weather::Forgetful => {
            pressure.wait_for(Kind::Unavailable, 1, began, PATIENCE)?;
        }
    }
    thread::sleep(lasting.saturating_sub(began.elapsed()));
    proxy.set(Weather::Clear);
    let ended = Instant::now();
    pressure.wait_for(Kind::Acknowledged, ENOUGH, ended, PATIENCE)?;
    Ok(Episode { began, ended })
}
