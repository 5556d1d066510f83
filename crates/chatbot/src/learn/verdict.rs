//! From probabilities to what is done about a message. The bounds were set on texts the classifier had not seen
//! (`cargo xtask chat-eval --folds`).

use crate::learn::{Judged, Label};
use crate::understand::Action;

/// From which probability on something counts: where the index knows a service that is clearly meant, and where it does not.
#[derive(Debug, Clone, Copy)]
struct Bound {
    clear: f32,
    open: f32,
}

/// A cry for help. It may be wrong more often than the others: nobody is harmed by three numbers.
const EMERGENCY: Bound = Bound { clear: 0.35, open: 0.2 };
/// Where the question is answered though it may be one, and the numbers stand above the answer.
const PERHAPS: f32 = 0.2;
/// An attack.
const INJECTION: Bound = Bound { clear: 0.2, open: 0.08 };
/// Abuse.
const ABUSE: Bound = Bound { clear: 0.5, open: 0.2 };
/// An action. One that nobody asked for is worse than one that is not understood.
const ACTION: Bound = Bound { clear: 0.5, open: 0.25 };
/// Reports and calls by video: where a service is clear, it may be just that.
const REPORT: Bound = Bound { clear: 0.8, open: 0.25 };
/// An action in one piece of a message.
const ACTION_OF_PIECE: f32 = 0.8;
/// Nothing of ours: never against what the index clearly knows.
const OUT_OF_SCOPE: Bound = Bound { clear: 2.0, open: 0.6 };
/// Small talk.
const SMALLTALK: Bound = Bound { clear: 0.8, open: 0.4 };

/// Whether the index knows what the message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matter {
    /// A service is clearly meant.
    Clear,
    /// None is.
    Open,
}

impl Bound {
    fn reached(self, share: f32, matter: Matter) -> bool {
        share
            >= match matter {
                Matter::Clear => self.clear,
                Matter::Open => self.open,
            }
    }
}

/// What the classifier makes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Danger: the kind of alarm.
    Emergency(&'static str),
    /// Abuse: the kind of alarm.
    Abuse(&'static str),
    /// An attempt to change the rules.
    Injection,
    /// Nothing the town hall does.
    OutOfScope,
    /// Small talk.
    Smalltalk,
    /// A question, or too little is known.
    Open,
}

const fn is_service_too(action: Action) -> bool {
    matches!(action, Action::ReportDefect | Action::BookVideo)
}

const EMERGENCIES: [Label; 3] = [Label::Crisis, Label::Violence, Label::Danger];
const ABUSES: [Label; 3] = [Label::Insult, Label::Threat, Label::Crime];

impl Judged {
    /// What is to be done about the message.
    pub fn verdict(&self, matter: Matter) -> Verdict {
        if EMERGENCY.reached(self.any(&EMERGENCIES), matter) {
            Verdict::Emergency(match self.most_of(&EMERGENCIES) {
                Some(Label::Crisis) => "crisis",
                Some(Label::Violence) => "violence",
                Some(_) | None => "call",
            })
        } else if INJECTION.reached(self.share(Label::Injection), matter) {
            Verdict::Injection
        } else if ABUSE.reached(self.any(&ABUSES), matter) {
            Verdict::Abuse(self.most_of(&ABUSES).map_or("insult", Label::as_str))
        } else if OUT_OF_SCOPE.reached(self.share(Label::OutOfScope), matter) {
            Verdict::OutOfScope
        } else if SMALLTALK.reached(self.share(Label::Smalltalk), matter) {
            Verdict::Smalltalk
        } else {
            Verdict::Open
        }
    }

    /// The action that the message, or one of its pieces, resembles enough.
    pub fn wish(&self, pieces: &[Self], matter: Matter) -> Option<Action> {
        let (action, sure) = self.action();
        let bound = if is_service_too(action) { REPORT } else { ACTION };
        if bound.reached(sure, matter) {
            return Some(action);
        }
        let surer = |best: (Action, f32), next: (Action, f32)| if next.1 > best.1 { next } else { best };
        let (action, sure) = pieces.iter().map(Self::action).fold((action, 0.0), surer);
        (sure >= ACTION_OF_PIECE && !is_service_too(action)).then_some(action)
    }

    /// Whether somebody may be in danger, so that the numbers to call stand above whatever is answered.
    pub fn may_be_urgent(&self) -> bool {
        self.any(&EMERGENCIES) >= PERHAPS
    }

    /// How probable an emergency, an attack and abuse are.
    pub fn alarms(&self) -> [f32; 3] {
        [self.any(&EMERGENCIES), self.share(Label::Injection), self.any(&ABUSES)]
    }
}
