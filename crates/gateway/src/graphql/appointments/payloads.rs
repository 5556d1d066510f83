//! What mutations answer: the thing as it is now, or the problem in the way.

use async_graphql::{Result, SimpleObject};
use scheduling::{Appointment, Booked, Failure};

use crate::graphql::appointments::types::AppointmentNode;
use crate::graphql::failure::{ProblemObject, problem_or_error};

/// The answer to whatever changes an appointment. Either `appointment` or `problem` is set.
#[derive(SimpleObject)]
pub(crate) struct AppointmentPayload {
    /// The appointment as it is now; null when there is a problem.
    appointment: Option<AppointmentNode>,
    /// The code with which it can be read, moved and cancelled, to be kept or printed. Null when it goes by mail only, and
    /// where the change draws no code.
    manage_code: Option<String>,
    /// What was in the way; null when it was done.
    problem: Option<ProblemObject>,
}

impl AppointmentPayload {
    /// The payload of an outcome with a code.
    pub(crate) fn of_booked(outcome: Result<Booked, Failure>) -> Result<Self> {
        match outcome {
            Ok(booked) => Ok(Self::done(booked.appointment, booked.manage_code)),
            Err(failure) => Self::refused(failure),
        }
    }

    /// The payload of an outcome without a code.
    pub(crate) fn of_appointment(outcome: Result<Appointment, Failure>) -> Result<Self> {
        match outcome {
            Ok(appointment) => Ok(Self::done(appointment, None)),
            Err(failure) => Self::refused(failure),
        }
    }

    fn done(appointment: Appointment, manage_code: Option<String>) -> Self {
        Self { appointment: Some(AppointmentNode(appointment)), manage_code, problem: None }
    }

    /// The payload of something that was not tried.
    pub(crate) const fn of_problem(problem: ProblemObject) -> Self {
        Self { appointment: None, manage_code: None, problem: Some(problem) }
    }

    fn refused(failure: Failure) -> Result<Self> {
        Ok(Self::of_problem(problem_or_error(failure)?))
    }
}
