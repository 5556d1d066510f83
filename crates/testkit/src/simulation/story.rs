//! The story itself: what happens next, and what must be true afterwards.

use std::collections::{BTreeSet, VecDeque};

use database::{Database, until_step, within_statements};
use domain::environment::{Clock, Entropy};
use domain::identifier::AppointmentId;
use domain::permission::Actor;
use domain::time::Timestamp;
use scheduling::{Failure, FreeStart, Problem};

use crate::simulation::people::{Asked, Paper, Request, Told, new_wish, next_step, one_matter, search};
use crate::simulation::process::Process;
use crate::simulation::{Breach, Play, Played, books};
use crate::{FixedClock, SeededEntropy, TestCity, TestDatabase};

/// When stories begin, UTC: two days before each change of the clocks, and on an ordinary Monday.
const BEGINNINGS: [i64; 3] = [1_792_746_000, 1_806_051_600, 1_795_424_400];
/// Hours of the offices; the second are those that a change of the clocks takes away or gives twice.
const HOURS: [&str; 2] = ["08:00-10:00", "01:00-04:00"];
/// How many lines of the story a breach shows.
const HISTORY: usize = 60;
/// Looks until a process has found what it was not sure of.
const LOOKS: usize = 6;

/// A story on its way.
pub(super) struct Story {
    play: Play,
    chance: SeededEntropy,
    test: TestDatabase,
    processes: Vec<Process>,
    asked: Vec<Asked>,
    papers: Vec<Paper>,
    told: BTreeSet<AppointmentId>,
    now: Timestamp,
    /// The latest that any clock has shown.
    latest: Timestamp,
    keys: u64,
    history: VecDeque<String>,
    played: Played,
}

/// How a request is disturbed on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Not at all.
    Arrives,
    /// The storage fails at this statement.
    FailsAt(u32),
    /// Whoever asked hangs up during this step of the storage: a statement or a commit.
    CutAt(u32),
}

impl Story {
    pub(super) async fn begin(play: Play) -> Self {
        let chance = SeededEntropy::new(play.seed);
        let test = TestDatabase::new(play.engine).await;
        let mut story = Self {
            play,
            chance,
            test,
            processes: Vec::new(),
            asked: Vec::new(),
            papers: Vec::new(),
            told: BTreeSet::new(),
            now: Timestamp::from_seconds(0),
            latest: Timestamp::from_seconds(0),
            keys: 0,
            history: VecDeque::new(),
            played: Played::default(),
        };
        story.now = Timestamp::from_seconds(BEGINNINGS[story.below(BEGINNINGS.len())]);
        story.latest = story.now;
        let hours = HOURS[story.below(HOURS.len())];
        let first = story.new_process(None).await;
        story.load_city(&first, hours).await;
        let second = story.new_process(None).await;
        story.processes = vec![first, second];
        story
    }

    /// Tells the story to its end.
    pub(super) async fn tell(mut self) -> Result<Played, Breach> {
        for step in 0..self.play.steps {
            // The futures of a whole process are long.
            let wrong = Box::pin(self.step(step)).await;
            if let Some(words) = wrong {
                let history = self.history.iter().cloned().collect();
                return Err(Breach { seed: self.play.seed, step, words, history });
            }
        }
        let played = self.played;
        for process in self.processes {
            process.die().await;
        }
        self.test.finish().await;
        Ok(played)
    }

    async fn step(&mut self, step: u32) -> Option<String> {
        self.played.steps += 1;
        let wrong = match self.below(100) {
            40..60 => self.repeat_something().await,
            60..70 if self.play.is_played_together() => Box::pin(self.ask_together()).await,
            0..40 | 60..70 => self.ask_something_new().await,
            70..84 => self.time_passes().await,
            84..91 => self.look_after(false).await,
            91..94 => self.look_after(true).await,
            94..98 => self.somebody_dies().await,
            _ => self.compare_boards().await,
        };
        if let Some(plant) = self.play.plant.filter(|_| step > 30) {
            plant.spoil(self.database()).await;
        }
        if wrong.is_some() {
            return wrong;
        }
        let checked = books::check(self.database(), &self.told, self.now).await;
        checked.unwrap_or_else(|error| Some(format!("the books cannot be read: {error}")))
    }

    async fn ask_something_new(&mut self) -> Option<String> {
        let process = self.below(self.processes.len());
        let request = self.new_request(process);
        self.asked.push(Asked { request, told: None });
        self.deliver(self.asked.len() - 1, process).await
    }

    /// Requests come twice, late, out of order, and to another process.
    async fn repeat_something(&mut self) -> Option<String> {
        if self.asked.is_empty() {
            return None;
        }
        // Mostly the last ones.
        let back = if self.below(3) > 0 { 12 } else { self.asked.len() };
        let line = self.asked.len() - 1 - self.below(back.min(self.asked.len()));
        let process = self.below(self.processes.len());
        self.deliver(line, process).await
    }

    /// Up to four at the same desk at the same moment: they are written as one group.
    async fn ask_together(&mut self) -> Option<String> {
        let process = self.below(self.processes.len());
        let count = 2 + self.below(3);
        let mut requests = Vec::new();
        for _ in 0..count {
            let key = self.new_key();
            let now = self.processes[process].clock.now();
            let chance = self.chance.clone();
            let scheduling = self.processes[process].scheduling();
            requests.push(new_wish(&mut |end| below(&chance, end), scheduling, key, now));
        }
        let scheduling = self.processes[process].scheduling();
        let answers = {
            let ask = |number: usize| {
                let request = requests.get(number).cloned();
                async move {
                    match request {
                        Some(request) => Some(request.ask(scheduling).await),
                        None => None,
                    }
                }
            };
            tokio::join!(ask(0), ask(1), ask(2), ask(3))
        };
        let answers = [answers.0, answers.1, answers.2, answers.3].into_iter().flatten();
        let mut wrong = None;
        for (request, answer) in requests.into_iter().zip(answers) {
            self.asked.push(Asked { request, told: None });
            let line = self.asked.len() - 1;
            let may_fail = self.processes[process].is_failing;
            wrong = wrong.or(self.hear(line, process, Fate::Arrives, answer, may_fail));
        }
        wrong
    }

    async fn deliver(&mut self, line: usize, process: usize) -> Option<String> {
        let fate = match self.below(20) {
            0..3 => Fate::FailsAt(self.below(14) as u32),
            3 => Fate::CutAt(self.below(12) as u32),
            _ => Fate::Arrives,
        };
        let request = self.asked[line].request.clone();
        let asking = request.ask(self.processes[process].scheduling());
        let answer = match fate {
            Fate::Arrives => Some(asking.await),
            Fate::FailsAt(statement) => Some(within_statements(statement, asking).await),
            Fate::CutAt(step) => until_step(step, asking).await,
        };
        self.played.faults += u64::from(fate != Fate::Arrives);
        let may_fail = fate != Fate::Arrives || self.processes[process].is_failing;
        if let Some(answer) = answer {
            return self.hear(line, process, fate, answer, may_fail);
        }
        self.note(format!("{process}: {} is cut off: {fate:?}", describe(&request)));
        self.processes[process].comes_to_rest().await.err().map(|error| format!("no rest after a cut: {error}"))
    }

    /// Compares an answer with what was told before.
    fn hear(
        &mut self,
        line: usize,
        process: usize,
        fate: Fate,
        answer: Result<Told, Failure>,
        may_fail: bool,
    ) -> Option<String> {
        self.played.delivered += 1;
        let before = self.asked[line].told;
        let request = describe(&self.asked[line].request);
        match answer {
            Ok(Told { id, paper }) => {
                self.note(format!("{process}: {request} -> {id} {fate:?}"));
                self.papers.extend(paper);
                self.told.insert(id);
                self.played.acknowledged += u64::from(before.is_none());
                self.asked[line].told = Some(id);
                (before.is_some_and(|before| before != id))
                    .then(|| format!("{request} was answered with {before:?} and then with {id}"))
            }
            Err(Failure::Problem(problem)) => {
                self.note(format!("{process}: {request} -> {problem} {fate:?}"));
                self.played.refused += 1;
                let is_changed = before.is_some() && self.asked[line].request.has_key();
                (is_changed && problem != Problem::NoCity)
                    .then(|| format!("{request} was acknowledged, and then refused: {problem}"))
            }
            Err(failure) => {
                self.note(format!("{process}: {request} -> {failure} {fate:?}"));
                (!may_fail).then(|| format!("{request} failed although nothing was wrong: {failure}"))
            }
        }
    }

    async fn time_passes(&mut self) -> Option<String> {
        let (words, seconds) = match self.below(20) {
            0 => ("a clock is set back", -(self.below(120) as i64)),
            1 | 2 => ("half a day passes", 43_200),
            3 => ("one clock is off", 0),
            _ => ("time passes", self.below(900) as i64),
        };
        if seconds == 0 {
            let process = self.below(self.processes.len());
            self.processes[process].skew = self.below(5) as i64 - 2;
        }
        self.now = self.now.plus_seconds(seconds);
        self.set_clocks();
        self.note(format!("{words}: {seconds} s"));
        if seconds < 0 {
            // Every process looks once a second, so each has looked before much more happens.
            return self.everybody_looks().await;
        }
        None
    }

    async fn everybody_looks(&self) -> Option<String> {
        for process in &self.processes {
            if let Err(failure) = process.scheduling().follow_changes().await {
                return Some(format!("a process cannot follow: {failure}"));
            }
        }
        None
    }

    /// One process follows the others, or tidies what has lapsed.
    async fn look_after(&mut self, tidies: bool) -> Option<String> {
        let process = self.below(self.processes.len());
        let scheduling = self.processes[process].scheduling();
        let outcome =
            if tidies { scheduling.tidy().await.map(drop) } else { scheduling.follow_changes().await.map(drop) };
        self.note(format!("{process}: {}", if tidies { "tidies" } else { "follows" }));
        outcome.err().map(|failure| format!("following or tidying failed: {failure}"))
    }

    async fn somebody_dies(&mut self) -> Option<String> {
        let process = self.below(self.processes.len());
        let fails_after = (self.below(4) == 0).then(|| 3 + self.below(40) as u32);
        let fresh = self.new_process(fails_after).await;
        let old = std::mem::replace(&mut self.processes[process], fresh);
        old.die().await;
        self.set_clocks();
        self.played.restarts += 1;
        self.note(format!("{process}: dies and comes back, its desk fails after {fails_after:?} statements"));
        None
    }

    /// Every board must show what a process shows that has just read everything.
    async fn compare_boards(&mut self) -> Option<String> {
        // What lapsed on a board stays lapsed when a clock is set back; then a fresh look would differ rightly.
        self.now = self.now.max(self.latest).plus_seconds(10);
        self.processes.iter_mut().for_each(|process| process.skew = 0);
        self.set_clocks();
        let fresh = self.new_process(None).await;
        let expected = free_on(&fresh);
        fresh.die().await;
        for _ in 0..LOOKS {
            if let Some(wrong) = self.everybody_looks().await {
                return Some(wrong);
            }
        }
        let boards: Vec<Vec<FreeStart>> = self.processes.iter().map(free_on).collect();
        self.played.boards += boards.len() as u64;
        self.note("boards are compared");
        let wrong = boards.iter().position(|board| *board != expected)?;
        let differs = |start: &&FreeStart| !boards[wrong].contains(start);
        let missing = expected.iter().find(differs);
        let surplus = boards[wrong].iter().find(|start| !expected.contains(start));
        Some(format!("the board of {wrong} differs: shows {surplus:?} and not {missing:?}"))
    }

    fn new_request(&mut self, process: usize) -> Request {
        let key = self.new_key();
        let has_paper = !self.papers.is_empty() && self.below(5) < 3;
        let chosen = has_paper.then(|| {
            // Mostly what came last; some papers are long used up.
            let back = if self.below(3) > 0 { 5 } else { self.papers.len() };
            self.papers.len() - 1 - self.below(back.min(self.papers.len()))
        });
        let chance = self.chance.clone();
        let mut dice = |end: usize| below(&chance, end);
        let now = self.processes[process].clock.now();
        let scheduling = self.processes[process].scheduling();
        match chosen {
            Some(paper) => next_step(&mut dice, scheduling, &self.papers[paper], key),
            None => new_wish(&mut dice, scheduling, key, now),
        }
    }

    fn new_key(&mut self) -> String {
        self.keys += 1;
        format!("a-key-of-the-simulation-{:08}", self.keys)
    }

    async fn new_process(&self, fails_after: Option<u32>) -> Process {
        let mut seed = [0; 8];
        self.chance.fill(&mut seed);
        Process::start(self.test.url(), FixedClock::at(self.now), u64::from_le_bytes(seed), fails_after).await
    }

    async fn load_city(&self, process: &Process, hours: &str) {
        let city = TestCity::default().desks(2).hours(hours).every_day();
        let checked = city.checked();
        let (document, fingerprint) = (city::canonical_json(&checked.city), city::fingerprint(&checked.city));
        let identity = &process.application.identity;
        // Nobody signs in here, and passwords are dear.
        let seeds = identity.prepare_seeds(&Actor::System, &[]).await.expect("no accounts");
        let seeding =
            gateway::application::Seeding::new(&process.application, seeds, conversations::Texts::of(&city.files()));
        let loaded =
            process.scheduling().load_city(&Actor::System, &checked.city, &document, &fingerprint, &seeding).await;
        loaded.expect("the city is in order");
        process.scheduling().follow_changes().await.expect("the database answers");
    }

    fn set_clocks(&mut self) {
        for process in &self.processes {
            let shown = self.now.plus_seconds(process.skew);
            process.clock.set(shown);
            self.latest = self.latest.max(shown);
        }
    }

    fn database(&self) -> &Database {
        self.test.database()
    }

    fn below(&self, end: usize) -> usize {
        below(&self.chance, end)
    }

    fn note(&mut self, line: impl std::fmt::Display) {
        if self.history.len() == HISTORY {
            self.history.pop_front();
        }
        self.history.push_back(format!("{} {line}", self.now.to_utc().format("%m-%d %H:%M:%S")));
    }
}

fn below(chance: &SeededEntropy, end: usize) -> usize {
    let mut bytes = [0; 8];
    chance.fill(&mut bytes);
    (u64::from_le_bytes(bytes) % end.max(1) as u64) as usize
}

fn free_on(process: &Process) -> Vec<FreeStart> {
    let everything = search(one_matter("residence"));
    process.scheduling().find_starts(&everything, 5_000, None).map(|page| page.starts).unwrap_or_default()
}

/// Nobody real: the simulation invents its people.
fn mail_of(command: &scheduling::BookAppointment) -> &str {
    command.contact.mail.as_ref().map_or("", |mail| mail.expose().as_str())
}

fn describe(request: &Request) -> String {
    let (kind, what) = match request {
        Request::Hold(it) => {
            ("hold", format!("{} {}", it.place.office, it.place.starts_at.to_utc().format("%d %H:%M")))
        }
        Request::Book(it) => match &it.place {
            scheduling::BookingPlace::Start(place) => {
                let matter = place.visit.matters.first().map(|matter| matter.service.to_string()).unwrap_or_default();
                let person = mail_of(it);
                ("book", format!("{} {} {matter} {person}", place.office, place.starts_at.to_utc().format("%d %H:%M")))
            }
            scheduling::BookingPlace::Hold { .. } => ("book the hold", mail_of(it).to_owned()),
        },
        Request::Move(it) => ("move", it.starts_at.to_utc().format("%d %H:%M").to_string()),
        Request::Extend(_) => ("extend", String::new()),
        Request::Release(_) => ("release", String::new()),
        Request::Confirm(_) => ("confirm", String::new()),
        Request::Cancel(_) => ("cancel", String::new()),
    };
    let key = request.key().map_or("-", |key| key.trim_start_matches("a-key-of-the-simulation-"));
    format!("{kind} {what} [{key}]")
}
