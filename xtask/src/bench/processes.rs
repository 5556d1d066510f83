//! What processes cost, as the kernel counts it: CPU time and resident memory.

use std::fs;
use std::time::Duration;

use crate::failure::{Failure, Result, While as _};

/// Linux reports to programs in hundredths of a second whatever the kernel's own tick is (`USER_HZ`).
const TICKS_PER_SECOND: u32 = 100;

/// CPU time of a process, of its children that ended, and of its children that live.
///
/// For PostgreSQL's postmaster this is the whole cluster: every backend is its child, and one that ends is added to the
/// postmaster's account. For our server it is the server.
///
/// # Errors
///
/// If the process is gone.
pub fn cpu_time(process: u32) -> Result<Duration> {
    let own = Account::read(process)?;
    let mut ticks = own.ticks + own.ticks_of_ended_children;
    for child in everybody().filter_map(|process| Account::read(process).ok()) {
        if child.parent == process {
            ticks += child.ticks + child.ticks_of_ended_children;
        }
    }
    Ok(Duration::from_secs_f64(ticks as f64 / f64::from(TICKS_PER_SECOND)))
}

/// CPU time of several processes and their children together.
///
/// # Errors
///
/// If one of them is gone.
pub fn cpu_time_of_all(processes: &[u32]) -> Result<Duration> {
    processes.iter().map(|&process| cpu_time(process)).sum()
}

/// Memory a process occupies now, in MiB.
///
/// # Errors
///
/// If the process is gone.
pub fn resident_memory(process: u32) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).during("reading the memory of a process")?;
    resident_in(&status).ok_or_else(|| Failure::new("the kernel does not say how much memory the process occupies"))
}

fn resident_in(status: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes / 1024.0)
}

#[derive(Debug, PartialEq, Eq)]
struct Account {
    parent: u32,
    ticks: u64,
    ticks_of_ended_children: u64,
}

impl Account {
    fn read(process: u32) -> Result<Self> {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).during("reading the CPU time of a process")?;
        Self::parse(&stat).ok_or_else(|| Failure::new("the kernel writes its accounts in an unknown way"))
    }

    /// proc(5): after the name in brackets come state, parent and, as fields 14 to 17, the four times.
    fn parse(stat: &str) -> Option<Self> {
        let (_, rest) = stat.rsplit_once(')')?;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let ticks = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
        Some(Self {
            parent: fields.get(1)?.parse().ok()?,
            ticks: ticks(14)? + ticks(15)?,
            ticks_of_ended_children: ticks(16)? + ticks(17)?,
        })
    }
}

fn everybody() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::bench::processes::{Account, cpu_time, resident_in, resident_memory};

    #[test]
    fn reads_the_accounts_of_a_process_with_a_strange_name() {
        let stat = "42 (a) b (c) S 7 42 42 0 -1 4194560 100 0 0 0 11 22 33 44 20 0 1 0 5 6 7";
        let expected = Account { parent: 7, ticks: 33, ticks_of_ended_children: 77 };
        assert_eq!(Account::parse(stat), Some(expected));
        assert_eq!(Account::parse("42"), None);
    }

    #[test]
    fn reads_resident_memory() {
        assert_eq!(resident_in("Name:\tx\nVmRSS:\t   65536 kB\n"), Some(64.0));
        assert!(resident_memory(std::process::id()).expect("our own memory") > 0.5);
    }

    #[test]
    fn work_costs_time() {
        let before = cpu_time(std::process::id()).expect("our own time");
        let mut sum = 0_u64;
        while cpu_time(std::process::id()).expect("our own time") < before + Duration::from_millis(20) {
            sum = (0..200_000).fold(sum, |sum, number| std::hint::black_box(sum ^ number));
        }
        assert!(cpu_time(std::process::id()).expect("our own time") > before);
    }
}
