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
const EMERGENCY: Bound = Bound { clear: 0.5, open: 0.2 };
/// Where the question is answered though it may be one, and the numbers stand above the answer.
const PERHAPS: f32 = 0.2;
/// An attack.
const INJECTION: Bound = Bound { clear: 0.25, open: 0.1 };
/// Abuse.
const ABUSE: Bound = Bound { clear: 0.5, open: 0.2 };
/// An action. One that nobody asked for is worse than one that is not understood.
const ACTION: Bound = Bound { clear: 0.6, open: 0.3 };
/// Nothing of ours: never against what the index clearly knows.
const OUT_OF_SCOPE: Bound = Bound { clear: 2.0, open: 0.8 };
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
    /// Something is to be done.
    Act(Action),
    /// Nothing the town hall does.
    OutOfScope,
    /// Small talk.
    Smalltalk,
    /// A question, or too little is known.
    Open,
}

const EMERGENCIES: [Label; 3] = [Label::Crisis, Label::Violence, Label::Danger];
const ABUSES: [Label; 3] = [Label::Insult, Label::Threat, Label::Crime];

impl Judged {
    /// What is to be done about the message.
    pub fn verdict(&self, matter: Matter) -> Verdict {
        let (action, sure) = self.action();
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
        } else if ACTION.reached(sure, matter) {
            Verdict::Act(action)
        } else if OUT_OF_SCOPE.reached(self.share(Label::OutOfScope), matter) {
            Verdict::OutOfScope
        } else if SMALLTALK.reached(self.share(Label::Smalltalk), matter) {
            Verdict::Smalltalk
        } else {
            Verdict::Open
        }
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
