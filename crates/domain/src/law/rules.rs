//! The rules that no city may break: what `city check` and the loader refuse.

use std::fmt;

use crate::catalogue::Service;
use crate::law::statutes::{Bindings, Statute, lets_a_machine_decide, presence_basis};
use crate::law::{AutomationDegree, LegalBasis, PresenceRule, Way};

/// A rule of law that a service breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The stable name of the rule, in capitals.
    pub code: &'static str,
    /// The paragraph that is broken.
    pub paragraph: LegalBasis,
    /// What is wrong, in English for the operator; no full stop.
    pub message: String,
    /// The field of the service that has to change: `presence`, `ways`, `trust_level` or `automation`.
    pub field: &'static str,
}

impl fmt::Display for Violation {
    /// Writes the message with its paragraph.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.paragraph)
    }
}

/// Everything in which `service` breaks the law; empty when it keeps it.
pub fn violations(service: &Service) -> Vec<Violation> {
    let bindings = Bindings::of(service);
    let mut found = Vec::new();
    found.extend(broken_presence(service, &bindings));
    found.extend(service.ways.iter().filter_map(|offer| broken_way(service, &bindings, offer.way)));
    found.extend(broken_trust(service, &bindings));
    found.extend(broken_automation(service));
    found
}

fn broken_presence(service: &Service, bindings: &Bindings) -> Option<Violation> {
    let required = match service.presence.rule {
        PresenceRule::Required => true,
        PresenceRule::None | PresenceRule::Optional | PresenceRule::Partial => false,
    };
    match bindings.person() {
        Some(statute) if !required => Some(Violation::of(statute, "presence", "the presence rule must be `required`")),
        None if required && presence_basis(service).is_none() => Some(Violation {
            code: "PRESENCE_WITHOUT_STATUTE",
            paragraph: LegalBasis("§ 10 VwVfG".into()),
            message:
                "a procedure is bound to no form unless a statute says so; name the statute that asks for the person"
                    .into(),
            field: "presence",
        }),
        Some(_) | None => None,
    }
}

fn broken_way(service: &Service, bindings: &Bindings, way: Way) -> Option<Violation> {
    let bar = bindings.bar(service, way)?;
    let closed = format!("the way `{way}` cannot be offered");
    Some(match bar.statute {
        Some(statute) => Violation::of(statute, "ways", &closed),
        None => Violation {
            code: "WAY_WITHOUT_THE_PERSON",
            paragraph: bar.paragraph,
            message: format!("a statute asks for the person, who is not before an official on this way; {closed}"),
            field: "ways",
        },
    })
}

fn broken_trust(service: &Service, bindings: &Bindings) -> Option<Violation> {
    let online = service.ways.iter().any(|offer| offer.way == Way::Online);
    let (level, statute) = bindings.online_trust().filter(|_| online)?;
    (service.trust_level < level).then(|| Violation::of(statute, "trust_level", "the trust level must be `high`"))
}

fn broken_automation(service: &Service) -> Option<Violation> {
    match service.automation.degree {
        AutomationDegree::None | AutomationDegree::Assisted => return None,
        AutomationDegree::Full => {}
    }
    let broken = |code, message: &str| Violation {
        code,
        paragraph: LegalBasis("§ 35a VwVfG".into()),
        message: message.into(),
        field: "automation",
    };
    if service.automation.discretion {
        return Some(broken(
            "AUTOMATION_WITH_DISCRETION",
            "a machine cannot decide alone where an official has discretion or room for assessment",
        ));
    }
    let basis = service.automation.legal_basis.as_ref().filter(|basis| !basis.is_blank());
    match basis {
        Some(basis) if lets_a_machine_decide(basis, &service.legal_basis) => None,
        Some(basis) => Some(broken(
            "AUTOMATION_WITHOUT_STATUTE",
            &format!(
                "`{basis}` is not known to let a machine decide alone; known are § 46 (5) StVO, § 6g (2) StVG, § 49 (2) BMG, § 31a SGB X, § 155 (4) AO and a section of the city's own by-law in its own matters"
            ),
        )),
        None => Some(broken(
            "AUTOMATION_WITHOUT_STATUTE",
            "a machine decides alone only where a statute allows it; name the statute or choose `assisted`",
        )),
    }
}

impl Violation {
    fn of(statute: &Statute, field: &'static str, remedy: &str) -> Self {
        Self {
            code: statute.code,
            paragraph: LegalBasis(statute.paragraph.into()),
            message: format!("{}; {remedy}", statute.message),
            field,
        }
    }
}
