//! What a message can be, for the classifier.

use crate::understand::Action;

/// What a message can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Label {
    /// A question about a service.
    Service,
    /// Somebody wants to die.
    Crisis,
    /// Somebody is attacked, or will be.
    Violence,
    /// Illness, accident, fire, somebody lost.
    Danger,
    /// Insult and hate.
    Insult,
    /// Threat against the office.
    Threat,
    /// Help with a crime.
    Crime,
    /// An attempt to change the rules, or to reach what is others'.
    Injection,
    /// Nothing the town hall does.
    OutOfScope,
    /// Greeting, thanks, who are you.
    Smalltalk,
    /// Something is to be done.
    Act(Action),
}

impl Label {
    /// How many there are.
    pub const COUNT: usize = 10 + Action::ALL.len();

    /// The labels that are no action, in the order of their numbers.
    const PLAIN: [(Self, &'static str); 10] = [
        (Self::Service, "service"),
        (Self::Crisis, "crisis"),
        (Self::Violence, "violence"),
        (Self::Danger, "danger"),
        (Self::Insult, "insult"),
        (Self::Threat, "threat"),
        (Self::Crime, "crime"),
        (Self::Injection, "injection"),
        (Self::OutOfScope, "out_of_scope"),
        (Self::Smalltalk, "smalltalk"),
    ];

    /// Every label, in the order of their numbers.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::PLAIN.iter().map(|(label, _)| *label).chain(Action::ALL.into_iter().map(Self::Act))
    }

    /// The label of a name in the files of `learn/`.
    pub fn of_name(name: &str) -> Option<Self> {
        let plain = Self::PLAIN.iter().find(|(_, known)| *known == name).map(|(label, _)| *label);
        plain.or_else(|| Action::of_name(name).map(Self::Act))
    }

    /// The name in the files of `learn/`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Act(action) => action.as_str(),
            plain => Self::PLAIN.iter().find(|(label, _)| *label == plain).map_or("", |(_, name)| name),
        }
    }

    /// Its number, below [`Self::COUNT`].
    pub fn number(self) -> usize {
        Self::all().position(|label| label == self).unwrap_or_default()
    }
}
