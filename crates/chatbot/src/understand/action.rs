//! What a person wants done, as far as words say so. A question about a thing is not a wish to have it done.

use serde::{Deserialize, Serialize};

use crate::language::ChatLanguage;
use crate::rules::{self, Message, Pattern};

/// Something the chatbot can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Book an appointment.
    BookAppointment,
    /// Find the next free start.
    NextFreeSlot,
    /// Cancel an appointment.
    CancelAppointment,
    /// Move an appointment.
    RescheduleAppointment,
    /// Tell the state of a case.
    ApplicationStatus,
    /// Tell whether a document is ready.
    DocumentStatus,
    /// Tell how long people wait now.
    WaitingTime,
    /// Tell when and where offices are open.
    OpeningHours,
    /// Start an application.
    StartApplication,
    /// Take a report of something broken.
    ReportDefect,
    /// Book a video appointment.
    BookVideo,
    /// Hand over to a person.
    HandoffHuman,
}

impl Action {
    /// Every action. Of several that match, the first of this order counts: the narrower before the wider.
    pub const ALL: [Self; 12] = [
        Self::HandoffHuman,
        Self::RescheduleAppointment,
        Self::CancelAppointment,
        Self::BookVideo,
        Self::NextFreeSlot,
        Self::DocumentStatus,
        Self::ApplicationStatus,
        Self::WaitingTime,
        Self::OpeningHours,
        Self::ReportDefect,
        Self::StartApplication,
        Self::BookAppointment,
    ];

    /// The name in files and interfaces.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BookAppointment => "book_appointment",
            Self::NextFreeSlot => "next_free_slot",
            Self::CancelAppointment => "cancel_appointment",
            Self::RescheduleAppointment => "reschedule_appointment",
            Self::ApplicationStatus => "application_status",
            Self::DocumentStatus => "document_status",
            Self::WaitingTime => "waiting_time",
            Self::OpeningHours => "opening_hours",
            Self::StartApplication => "start_application",
            Self::ReportDefect => "report_defect",
            Self::BookVideo => "book_video",
            Self::HandoffHuman => "handoff_human",
        }
    }

    /// The action of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == name)
    }

    /// Whether it changes something, so that it needs the person's confirmation.
    pub const fn writes(self) -> bool {
        match self {
            Self::BookAppointment
            | Self::CancelAppointment
            | Self::RescheduleAppointment
            | Self::StartApplication
            | Self::ReportDefect
            | Self::BookVideo => true,
            Self::NextFreeSlot
            | Self::ApplicationStatus
            | Self::DocumentStatus
            | Self::WaitingTime
            | Self::OpeningHours
            | Self::HandoffHuman => false,
        }
    }
}

/// Who reports something tells it in a sentence of at least so many words; two words are a search. Turkish says with endings
/// what others say with words.
const fn report_words(language: ChatLanguage) -> usize {
    if matches!(language, ChatLanguage::Turkish) { 3 } else { 4 }
}

/// What the message asks to be done. Russian and Ukrainian are known in Latin letters, too.
pub(crate) fn asked_for(message: &Message, language: ChatLanguage) -> Option<Action> {
    let own = |pattern: &Pattern| pattern.is_in(message, language.searched());
    let latin = |pattern: &Pattern| pattern.is_unmistakable() && pattern.is_in_latin(message);
    first_of(message, language, &own).or_else(|| {
        let written_so = [ChatLanguage::Russian, ChatLanguage::Ukrainian].into_iter();
        written_so.filter(|_| message.is_latin()).find_map(|language| first_of(message, language, &latin))
    })
}

/// Whether the message has the words of `action` and those that make it a question about it ("do I need an appointment").
pub(crate) fn is_asked_about(action: Action, message: &Message, language: ChatLanguage) -> bool {
    let found = |pattern: &Pattern| pattern.is_in(message, language.searched());
    let rule = rules::of(language).actions.iter().find(|(name, _)| name == action.as_str());
    rule.is_some_and(|(_, rule)| rule.ask.iter().any(found) && rule.unless.iter().any(found))
}

fn first_of(message: &Message, language: ChatLanguage, found: &dyn Fn(&Pattern) -> bool) -> Option<Action> {
    let rules = rules::of(language);
    let asked = |action: &Action| {
        let rule = rules.actions.iter().find(|(name, _)| name == action.as_str());
        let is_told = *action != Action::ReportDefect || message.len() >= report_words(language);
        rule.filter(|_| is_told).is_some_and(|(_, rule)| rule.ask.iter().any(found) && !rule.unless.iter().any(found))
    };
    Action::ALL.into_iter().find(asked)
}
