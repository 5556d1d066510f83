//! Trying texts before they are published: the chatbot is made with them and asked what it must not forget.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use chatbot::Engine;
use chatbot::content::{Addition, Content};
use chatbot::eval::{Regression, answered_rightly, regression_set};
use database::DatabaseError;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::Conversations;
use crate::failure::Failure;
use crate::mind::{MadeOf, Mind};

/// What a trial is about: what serves, and what is added.
type Trial = (MadeOf, Vec<Addition>);

/// Trials, one at a time: each takes seconds of all cores. The last one is remembered, so that somebody whose request took
/// too long finds its result when they ask again.
#[derive(Debug)]
pub(crate) struct Evaluations {
    turn: Arc<Semaphore>,
    last: Arc<Mutex<Option<(Trial, Regression)>>>,
}

impl Default for Evaluations {
    fn default() -> Self {
        Self { turn: Arc::new(Semaphore::new(1)), last: Arc::default() }
    }
}

impl Conversations {
    /// What would become of the questions that must stay right.
    ///
    /// # Errors
    /// [`Failure::Database`] where no thread can be had.
    pub(crate) async fn evaluated(&self, mind: &Arc<Mind>, proposed: Vec<Addition>) -> Result<Regression, Failure> {
        let broken = || DatabaseError::Internal("the chatbot cannot be tried".into());
        let turn = Arc::clone(&self.evaluations.turn).acquire_owned().await.map_err(|_| broken())?;
        let trial = (mind.made_of().clone(), proposed);
        let remembered = self.evaluations.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, regression)) = remembered.filter(|(known, _)| *known == trial) {
            return Ok(regression);
        }
        let (mind, last) = (Arc::clone(mind), Arc::clone(&self.evaluations.last));
        let today = self.now().local_date(mind.time_zone());
        let work = move || {
            // The turn is kept until the work is done, whoever hangs up meanwhile.
            let _turn = turn;
            let (services, content) = (&mind.serving().city.services, mind.content());
            let languages: BTreeSet<_> = trial.1.iter().map(|addition| addition.language).collect();
            let cases = regression_set(services, content, &languages);
            let additions = content.additions.iter().chain(&trial.1).cloned().collect();
            let candidate = Engine::build(services.clone(), Content { additions, ..content.clone() });
            let before = answered_rightly(mind.engine(), &cases, today);
            let after = answered_rightly(&candidate, &cases, today);
            let regression = Regression::of(&cases, &before, &after);
            *last.lock().unwrap_or_else(PoisonError::into_inner) = Some((trial, regression.clone()));
            regression
        };
        Ok(spawn_blocking(work).await.map_err(|_| broken())?)
    }
}
