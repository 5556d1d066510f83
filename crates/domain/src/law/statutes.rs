//! The statutes that bind every city, as a table: what each asks for and by which citation it is found in a service.
//!
//! A statute is found in two ways. Either the service cites it, in whatever words the city chose for the service; or the
//! service carries one of the keys whose meaning is the same in every city, so that leaving the citation out helps
//! nobody. Paragraphs as of 19 August 2026; where a line says "facts", the text was not at hand and the catalogue of
//! facts is the source.

use crate::catalogue::Service;
use crate::law::citation::{Citation, Section, citations};
use crate::law::{LegalBasis, PresenceRule, TrustLevel, Way};

/// One line of the table.
pub(crate) struct Statute {
    /// Its stable name in messages to operators and programs.
    pub(crate) code: &'static str,
    /// The paragraph as cited in answers.
    pub(crate) paragraph: &'static str,
    /// What it asks for.
    pub(crate) demand: Demand,
    /// Why, in words for the operator.
    pub(crate) message: &'static str,
    /// By which citations it is found.
    pub(crate) cited: &'static [Cited],
    /// Which keys mean such a service in every city.
    pub(crate) keys: &'static [&'static str],
}

/// What a statute asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Demand {
    /// The person stands before an official: presence is required, and no way is open on which they do not.
    Person,
    /// These ways are closed.
    Closes(&'static [Way]),
    /// An online application needs at least this trust level.
    OnlineTrust(TrustLevel),
}

/// A citation to look for.
pub(crate) struct Cited {
    /// Names of the act; a leading `*` stands for the state's prefix (`*VwVfG`: NVwVfG, BayVwVfG).
    pub(crate) acts: &'static [&'static str],
    /// Sections, each with the paragraphs that count (none: every paragraph).
    pub(crate) sections: &'static [(&'static str, &'static [&'static str])],
    /// Whether the act cited without a section counts too.
    pub(crate) whole_act: bool,
}

const PAUSWG: &[&str] = &["PAuswG", "Personalausweisgesetz"];
const PASSG: &[&str] = &["PassG", "Passgesetz"];
const EIDKG: &[&str] = &["eIDKG", "eID-Karte-Gesetz"];
const VWVFG: &[&str] = &["*VwVfG", "*Verwaltungsverfahrensgesetz"];

/// What every city must keep.
pub(crate) const STATUTES: &[Statute] = &[
    Statute {
        code: "IDENTITY_CARD_IN_PERSON",
        paragraph: "§ 9 (1) PAuswG",
        demand: Demand::Person,
        message: "an identity card is applied for in person; the law excludes the electronic form, so neither online nor by video",
        // § 9 (3) alone is the photo, which has other ways; § 10 is the PIN, § 27 the loss.
        cited: &[Cited { acts: PAUSWG, sections: &[("3", &[]), ("6", &[]), ("9", &["1", "2"])], whole_act: true }],
        keys: &["personalausweis", "personalausweis-u24", "personalausweis-kind", "personalausweis-vorlaeufig"],
    },
    Statute {
        code: "PASSPORT_IN_PERSON",
        paragraph: "§ 6 (1) PassG",
        demand: Demand::Person,
        message: "a passport is applied for in person; the law excludes the electronic form, so neither online nor by video",
        // § 15 is the duty to report a loss.
        cited: &[Cited { acts: PASSG, sections: &[("5", &[]), ("6", &["1"])], whole_act: true }],
        keys: &["reisepass", "reisepass-u24", "reisepass-kind", "reisepass-express", "reisepass-vorlaeufig"],
    },
    Statute {
        code: "EID_CARD_IN_PERSON",
        paragraph: "§ 8 (2) eIDKG",
        demand: Demand::Person,
        message: "an eID card is given to people who identified themselves in person before the issuing office",
        cited: &[Cited { acts: EIDKG, sections: &[("8", &[])], whole_act: true }],
        keys: &["eid-karte"],
    },
    Statute {
        code: "SIGNATURE_BEFORE_OFFICIAL",
        paragraph: "§ 34 (2) VwVfG",
        demand: Demand::Person,
        message: "a signature is certified when it is given or acknowledged in the presence of the official",
        cited: &[Cited { acts: VWVFG, sections: &[("34", &[])], whole_act: false }],
        keys: &["beglaubigung-unterschrift"],
    },
    Statute {
        code: "COPY_NEEDS_THE_ORIGINAL",
        paragraph: "§ 33 (3) VwVfG",
        demand: Demand::Closes(&[Way::Video, Way::Phone]),
        message: "the official certifies that the copy agrees with the document presented, which cannot be done by picture or voice",
        cited: &[Cited { acts: VWVFG, sections: &[("33", &[])], whole_act: false }],
        keys: &["beglaubigung-kopie"],
    },
    Statute {
        code: "POLLING_CARD_NOT_BY_PHONE",
        paragraph: "§ 27 (1) BWO",
        demand: Demand::Closes(&[Way::Phone]),
        message: "a polling card for postal voting cannot be asked for by telephone", // facts
        cited: &[Cited { acts: &["BWO", "Bundeswahlordnung"], sections: &[("27", &["1"])], whole_act: false }],
        keys: &["wahlschein"],
    },
    Statute {
        code: "CRIMINAL_RECORD_NEEDS_EID",
        paragraph: "§ 30c BZRG",
        demand: Demand::OnlineTrust(TrustLevel::High),
        message: "a certificate of conduct is applied for online with the electronic proof of identity only", // facts
        cited: &[Cited { acts: &["BZRG"], sections: &[("30", &[]), ("30a", &[]), ("30c", &[])], whole_act: false }],
        keys: &["fuehrungszeugnis", "fuehrungszeugnis-erweitert"],
    },
    Statute {
        code: "REGISTRATION_NEEDS_EID",
        paragraph: "§ 23a BMG",
        demand: Demand::OnlineTrust(TrustLevel::High),
        message: "a residence is registered online with the electronic proof of identity only", // facts
        cited: &[Cited { acts: &["BMG", "Bundesmeldegesetz"], sections: &[("23a", &[])], whole_act: false }],
        keys: &[],
    },
    Statute {
        code: "ADDRESS_ON_CHIP_NEEDS_EID",
        paragraph: "§ 19 (2) PAuswV",
        demand: Demand::OnlineTrust(TrustLevel::High),
        message: "the address on the card is changed online with the electronic proof of identity only",
        cited: &[Cited {
            acts: &["PAuswV", "Personalausweisverordnung"],
            sections: &[("19", &["1", "2"])],
            whole_act: false,
        }],
        keys: &["personalausweis-adresse"],
    },
];

/// A way on which a service that asks for the person is done without standing before an official.
pub(crate) struct Permit {
    /// The paragraph that allows it.
    pub(crate) paragraph: &'static str,
    /// The ways it opens.
    pub(crate) ways: &'static [Way],
    /// By which citation it is found.
    pub(crate) cited: Cited,
}

/// Fetching a document that was applied for in person, and setting a PIN by letter.
pub(crate) const PERMITS: &[Permit] = &[
    Permit {
        // (1) hand-over by the office to the person or somebody with power of attorney; (2) dispatch by the maker.
        paragraph: "§ 18 PAuswV",
        ways: &[Way::Locker, Way::Courier, Way::Post],
        cited: Cited { acts: &["PAuswV", "Personalausweisverordnung"], sections: &[("18", &[])], whole_act: false },
    },
    Permit {
        paragraph: "§ 17 PassV",
        ways: &[Way::Locker, Way::Courier, Way::Post],
        cited: Cited { acts: &["PassV", "Passverordnung"], sections: &[("17", &[])], whole_act: false },
    },
    Permit {
        // facts: cities hand residence permits out through lockers.
        paragraph: "§ 78 AufenthG",
        ways: &[Way::Locker],
        cited: Cited { acts: &["AufenthG", "Aufenthaltsgesetz"], sections: &[("78", &[])], whole_act: false },
    },
    Permit {
        // The maker of the card sends the PIN letter; the postman checks the card.
        paragraph: "§ 20 (2) PAuswV",
        ways: &[Way::Online, Way::Post],
        cited: Cited { acts: PAUSWG, sections: &[("10", &[])], whole_act: false },
    },
];

/// Statutes that allow a decision without any person, § 35a VwVfG. Where paragraphs stand, they must be named.
const FULL_AUTOMATION: &[Cited] = &[
    Cited { acts: &["StVO"], sections: &[("46", &["5"])], whole_act: false },
    Cited { acts: &["StVG"], sections: &[("6g", &["2"])], whole_act: false },
    Cited { acts: &["BMG", "Bundesmeldegesetz"], sections: &[("49", &["2"])], whole_act: false },
    Cited { acts: &["SGB X"], sections: &[("31a", &[])], whole_act: false },
    Cited { acts: &["AO", "Abgabenordnung"], sections: &[("155", &["4"])], whole_act: false },
];

/// The statutes that hold for a service, found once and asked often.
pub(crate) struct Bindings {
    statutes: Vec<&'static Statute>,
    permits: Vec<&'static Permit>,
}

/// Why a way is closed.
pub(crate) struct Bar {
    /// The paragraph that closes it.
    pub(crate) paragraph: LegalBasis,
    /// The line of the table, where one does; otherwise the service's own rule of presence closes it.
    pub(crate) statute: Option<&'static Statute>,
}

impl Bindings {
    /// Looks the statutes of a service up, by its citations and its key.
    pub(crate) fn of(service: &Service) -> Self {
        let mut cited = citations(&service.legal_basis.0);
        if let Some(basis) = &service.presence.legal_basis {
            cited.extend(citations(&basis.0));
        }
        let permits: Vec<_> = PERMITS.iter().filter(|permit| permit.cited.is_section_in(&cited)).collect();
        // Fetching a finished document rests on the same act as applying for it, so there the act alone says nothing.
        let handed_over = !permits.is_empty();
        let binds = |statute: &&Statute| {
            let by_act = |c: &Cited| !handed_over && c.is_whole_act_in(&cited);
            statute.keys.contains(&service.key.as_str())
                || statute.cited.iter().any(|c| c.is_section_in(&cited) || by_act(c))
        };
        Self { statutes: STATUTES.iter().filter(binds).collect(), permits }
    }

    /// Every statute that holds.
    pub(crate) fn statutes(&self) -> impl Iterator<Item = &'static Statute> {
        self.statutes.iter().copied()
    }

    /// The statute that asks for the person, if one of the table does.
    pub(crate) fn person(&self) -> Option<&'static Statute> {
        self.statutes().find(|statute| matches!(statute.demand, Demand::Person))
    }

    /// The permit that opens `way` although the person is asked for. A statute of the table that asks for the person
    /// leaves none.
    pub(crate) fn permit(&self, way: Way) -> Option<&'static Permit> {
        if self.person().is_some() {
            return None;
        }
        self.permits.iter().copied().find(|permit| permit.ways.contains(&way))
    }

    /// Why `way` is closed for `service`; `None` when the law leaves it open.
    pub(crate) fn bar(&self, service: &Service, way: Way) -> Option<Bar> {
        let closes = |statute: &&'static Statute| match statute.demand {
            Demand::Person => !way.in_person(),
            Demand::Closes(ways) => ways.contains(&way),
            Demand::OnlineTrust(_) => false,
        };
        if let Some(statute) = self.statutes().find(closes) {
            return Some(Bar { paragraph: LegalBasis(statute.paragraph.into()), statute: Some(statute) });
        }
        let without_person =
            service.presence.rule == PresenceRule::Required && !way.in_person() && self.permit(way).is_none();
        let paragraph = presence_basis(service).filter(|_| without_person)?;
        Some(Bar { paragraph, statute: None })
    }

    /// The trust level that a statute asks for an online application, with that statute.
    pub(crate) fn online_trust(&self) -> Option<(TrustLevel, &'static Statute)> {
        let level = |statute: &'static Statute| match statute.demand {
            Demand::OnlineTrust(level) => Some((level, statute)),
            Demand::Person | Demand::Closes(_) => None,
        };
        self.statutes().filter_map(level).max_by_key(|(level, _)| *level)
    }
}

/// The paragraph behind a service's rule of presence: its own, or else the statute the service rests on.
pub(crate) fn presence_basis(service: &Service) -> Option<LegalBasis> {
    let own = service.presence.legal_basis.as_ref().filter(|basis| !basis.is_blank());
    own.or_else(|| service_basis(service)).cloned()
}

/// The statute the service rests on, where it names one.
pub(crate) fn service_basis(service: &Service) -> Option<&LegalBasis> {
    Some(&service.legal_basis).filter(|basis| !basis.is_blank())
}

/// Whether `basis` names a rule that lets a machine decide alone in matters that `governs` regulates: one of the table, or a
/// section of a by-law in a matter that the city itself governs by a by-law. § 35a VwVfG is not among them; it only asks
/// for such a rule.
pub fn lets_a_machine_decide(basis: &LegalBasis, governs: &LegalBasis) -> bool {
    let cited = citations(&basis.0);
    let by_statute = FULL_AUTOMATION.iter().any(|rule| rule.is_named_in(&cited));
    let by_law = cited.iter().any(|citation| is_by_law(&citation.act) && !citation.sections.is_empty());
    let governs = governs.0.to_lowercase();
    by_statute || (by_law && (governs.contains("satzung") || governs.contains("by-law")))
}

fn is_by_law(act: &str) -> bool {
    act.to_lowercase().ends_with("satzung")
}

impl Cited {
    fn is_act(&self, act: &str) -> bool {
        let same = |name: &&str| match name.strip_prefix('*') {
            Some(ending) => act.ends_with(ending),
            None => act.eq_ignore_ascii_case(name),
        };
        self.acts.iter().any(same)
    }

    fn is_whole_act_in(&self, cited: &[Citation]) -> bool {
        self.whole_act && cited.iter().any(|citation| citation.sections.is_empty() && self.is_act(&citation.act))
    }

    fn is_section_in(&self, cited: &[Citation]) -> bool {
        self.any_section(cited, Section::covers_paragraph)
    }

    /// As [`Self::is_section_in`], but a paragraph of the table must be named.
    fn is_named_in(&self, cited: &[Citation]) -> bool {
        self.any_section(cited, |section, paragraphs| paragraphs.is_empty() || section.names_paragraph(paragraphs))
    }

    fn any_section(&self, cited: &[Citation], agrees: impl Fn(&Section, &[&str]) -> bool) -> bool {
        let of_act = cited.iter().filter(|citation| self.is_act(&citation.act));
        let mut sections = of_act.flat_map(|citation| &citation.sections);
        sections.any(|section| {
            self.sections.iter().any(|(number, paragraphs)| section.covers(number) && agrees(section, paragraphs))
        })
    }
}
