//! Stand-ins for what lies beyond the feature: who knows the appointments, and a mail server on this machine.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use domain::identifier::{AccountId, AppointmentId, CaseId, PickupId};
use notifications::{
    AccountFacts, AccountHappening, AccountLetter, Answer, AppointmentFacts, CaseFacts, CaseMessage, CaseOccasion,
    Facts, Outline, PickupFacts, PickupMessage, PickupOccasion,
};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use crate::counter::outline;

/// A double of whoever owns the appointments: knows what it was told.
#[derive(Debug, Clone, Default)]
pub(crate) struct FactsDouble(Arc<Mutex<HashMap<AppointmentId, Facts>>>);

impl FactsDouble {
    /// From now on an appointment stands like this.
    pub(crate) fn tell(&self, appointment: AppointmentId, facts: Facts) {
        self.0.lock().unwrap().insert(appointment, facts);
    }
}

impl AppointmentFacts for FactsDouble {
    fn outlines<'a>(&'a self, appointments: &'a [AppointmentId]) -> Answer<'a, HashMap<AppointmentId, Outline>> {
        let known = self.0.lock().unwrap();
        let told = appointments.iter().filter_map(|id| known.get(id).map(|facts| (*id, outline(facts)))).collect();
        Box::pin(async move { Ok(told) })
    }

    fn facts(&self, appointment: AppointmentId) -> Answer<'_, Option<Facts>> {
        Box::pin(async move { Ok(self.0.lock().unwrap().get(&appointment).cloned()) })
    }
}

/// A double of whoever owns the accounts.
#[derive(Debug, Clone, Default)]
pub(crate) struct AccountsDouble(Arc<Mutex<HashMap<AccountId, AccountLetter>>>);

impl AccountsDouble {
    pub(crate) fn tell(&self, account: AccountId, letter: AccountLetter) {
        self.0.lock().unwrap().insert(account, letter);
    }
}

impl AccountFacts for AccountsDouble {
    fn facts<'a>(&'a self, happening: &'a AccountHappening) -> Answer<'a, Option<AccountLetter>> {
        Box::pin(async move { Ok(self.0.lock().unwrap().get(&happening.account).cloned()) })
    }
}

/// A double of whoever owns the cases.
#[derive(Debug, Clone, Default)]
pub(crate) struct CasesDouble(Arc<Mutex<HashMap<CaseId, Option<CaseMessage>>>>);

impl CasesDouble {
    pub(crate) fn tell(&self, case: CaseId, message: Option<CaseMessage>) {
        self.0.lock().unwrap().insert(case, message);
    }
}

impl CaseFacts for CasesDouble {
    fn facts(&self, case: CaseId, _occasion: CaseOccasion) -> Answer<'_, Option<CaseMessage>> {
        Box::pin(async move { Ok(self.0.lock().unwrap().get(&case).cloned().flatten()) })
    }
}

/// A double of whoever owns documents that lie ready.
#[derive(Debug, Clone, Default)]
pub(crate) struct PickupsDouble(Arc<Mutex<HashMap<PickupId, Option<PickupMessage>>>>);

impl PickupsDouble {
    pub(crate) fn tell(&self, pickup: PickupId, message: Option<PickupMessage>) {
        self.0.lock().unwrap().insert(pickup, message);
    }
}

impl PickupFacts for PickupsDouble {
    fn facts(&self, pickup: PickupId, _occasion: PickupOccasion) -> Answer<'_, Option<PickupMessage>> {
        Box::pin(async move { Ok(self.0.lock().unwrap().get(&pickup).cloned().flatten()) })
    }
}

/// How the double of a mail server behaves once it has a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Takes it.
    Accepts,
    /// Takes it, and never says so.
    FallsSilent,
    /// Takes it, and breaks the connection before saying so.
    BreaksOff,
    /// Refuses recipients whose address has the word `unknown` for good, and those with `full` for now; repeats the address
    /// as real servers do.
    RefusesSome,
}

/// A double of a mail server: speaks SMTP on a port of this machine and keeps what it gets.
#[derive(Debug, Clone)]
pub(crate) struct ServerDouble {
    pub(crate) url: String,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    manner: Mutex<Manner>,
    letters: Mutex<Vec<Vec<u8>>>,
    arrived: Notify,
}

impl ServerDouble {
    pub(crate) async fn open(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("smtp://{}", listener.local_addr().expect("an address"));
        let state = State { manner: Mutex::new(manner), letters: Mutex::default(), arrived: Notify::new() };
        let server = Self { url, state: Arc::new(state) };
        let answering = server.clone();
        tokio::spawn(async move {
            while let Ok((visitor, _)) = listener.accept().await {
                let server = answering.clone();
                tokio::spawn(async move { server.talk(visitor).await });
            }
        });
        server
    }

    pub(crate) fn behave(&self, manner: Manner) {
        *self.state.manner.lock().unwrap() = manner;
    }

    /// Everything it got, duplicates included.
    pub(crate) fn letters(&self) -> Vec<Vec<u8>> {
        self.state.letters.lock().unwrap().clone()
    }

    /// Waits until the next letter has come in full.
    pub(crate) async fn arrival(&self) {
        self.state.arrived.notified().await;
    }

    async fn talk(&self, visitor: TcpStream) -> Option<()> {
        let (reader, mut writer) = visitor.into_split();
        let mut lines = BufReader::new(reader);
        writer.write_all(b"220 double\r\n").await.ok()?;
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            let manner = *self.state.manner.lock().unwrap();
            let word = line.split_whitespace().next().unwrap_or_default().to_uppercase();
            let answer = match word.as_str() {
                "EHLO" => "250-double\r\n250 8BITMIME\r\n".to_owned(),
                "RCPT" if manner == Manner::RefusesSome && line.contains("unknown") => {
                    format!("550 5.1.1 {} nobody here\r\n", line.trim())
                }
                "RCPT" if manner == Manner::RefusesSome && line.contains("full") => {
                    format!("452 4.2.2 {} has no room\r\n", line.trim())
                }
                "DATA" => {
                    writer.write_all(b"354 go on\r\n").await.ok()?;
                    let letter = read_letter(&mut lines).await?;
                    self.state.letters.lock().unwrap().push(letter);
                    self.state.arrived.notify_one();
                    match manner {
                        Manner::Accepts | Manner::RefusesSome => "250 taken\r\n".to_owned(),
                        Manner::FallsSilent => std::future::pending().await,
                        Manner::BreaksOff => return None,
                    }
                }
                "QUIT" => "221 bye\r\n".to_owned(),
                _ => "250 fine\r\n".to_owned(),
            };
            writer.write_all(answer.as_bytes()).await.ok()?;
        }
    }
}

async fn read_letter(lines: &mut BufReader<tokio::net::tcp::OwnedReadHalf>) -> Option<Vec<u8>> {
    let mut letter = Vec::new();
    loop {
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line).await.ok()? == 0 {
            return None;
        }
        if line == b".\r\n" {
            return Some(letter);
        }
        let unstuffed = if line.starts_with(b"..") { &line[1..] } else { &line[..] };
        letter.extend_from_slice(unstuffed);
    }
}
