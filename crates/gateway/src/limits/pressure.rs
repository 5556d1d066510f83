//! How often something happens at the moment: what proof of work looks at to decide how hard it should be.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crate::limits::Ticks;

const WINDOW: Duration = Duration::from_secs(10);

/// A sliding count over ten seconds.
#[derive(Debug)]
pub struct Pressure {
    ticks: Ticks,
    windows: Mutex<Windows>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Windows {
    number: u64,
    current: u64,
    before: u64,
}

impl Windows {
    fn at(self, number: u64) -> Self {
        match number.saturating_sub(self.number) {
            0 => self,
            1 => Self { number, current: 0, before: self.current },
            _ => Self { number, current: 0, before: 0 },
        }
    }
}

impl Pressure {
    /// Nothing happened yet.
    pub fn new(ticks: Ticks) -> Self {
        Self { ticks, windows: Mutex::default() }
    }

    /// Something happened. Gives how often it does, a minute.
    pub fn note(&self) -> u64 {
        self.look(1)
    }

    /// How often it happens, a minute.
    pub fn a_minute(&self) -> u64 {
        self.look(0)
    }

    fn look(&self, more: u64) -> u64 {
        let now = self.ticks.now();
        let number = now.as_secs() / WINDOW.as_secs();
        let passed = now.as_millis() as u64 % WINDOW.as_millis() as u64;
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        *windows = windows.at(number);
        windows.current += more;
        let rest = WINDOW.as_millis() as u64 - passed;
        let counted = windows.current + windows.before * rest / WINDOW.as_millis() as u64;
        counted * (60 / WINDOW.as_secs())
    }
}
