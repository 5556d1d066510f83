//! The outbox: what happened, written in the same transaction, delivered afterwards at least once.

use domain::identifier::EventId;
use domain::time::Timestamp;
use uuid::Uuid;

use crate::error::DatabaseError;
use crate::snapshot::Snapshot;
use crate::unit::Unit;

/// Something that happened. Payloads carry ids and facts, never names or addresses of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its id, in order of time (UUID version 7); the stable id of whatever message follows from it.
    pub id: EventId,
    /// A dotted word: `appointment.booked`.
    pub kind: &'static str,
    /// What it happened to.
    pub subject: Uuid,
    /// Details as JSON.
    pub payload: String,
    /// When.
    pub at: Timestamp,
    /// A number that the process drew at its start, so that it can tell its own events from those of others.
    pub origin: i64,
}

impl Unit {
    /// Writes `event` into the outbox.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn record(&self, event: &Event) -> Result<(), DatabaseError> {
        let sql = "INSERT INTO outbox (id, kind, subject, payload, at, origin) VALUES ($1, $2, $3, $4, $5, $6)";
        let values = vec![
            event.id.0.into(),
            event.kind.into(),
            event.subject.into(),
            event.payload.as_str().into(),
            event.at.millis().into(),
            event.origin.into(),
        ];
        self.execute(sql, values).await.map(drop)
    }
}

impl Snapshot {
    /// Id and time of the youngest event that is still there; delivered ones are forgotten after a day.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn last_event(&self) -> Result<Option<(EventId, Timestamp)>, DatabaseError> {
        let row = self.row("SELECT id, at FROM outbox ORDER BY id DESC LIMIT 1", vec![]).await?;
        let read = |row: crate::row::Row| Ok((EventId(row.at::<Uuid>(0)?), Timestamp::from_millis(row.at(1)?)));
        row.map(read).transpose()
    }
}
