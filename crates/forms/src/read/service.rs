//! service.toml: the law, the parties, the tables, the clocks.

use domain::law::{TrustLevel, Way};
use reading::{Code, Node, Table, Unique};

use crate::model::{
    Automation, AutomationDegree, Consent, Deadline, DecisionRule, Fiction, FitConnectSink, Join, Leika, LetterRule,
    Party, PaymentRule, Period, PermitRule, Practice, ReportRule, Representation, Retention, Service, Sink, SinkMoment,
    TableRule, Term,
};
use crate::read::words::{expression, name, path, period, statutes};
use crate::read::{Places, limits};

const TRUST: [(&str, TrustLevel); 4] = [
    ("none", TrustLevel::None),
    ("low", TrustLevel::Low),
    ("substantial", TrustLevel::Substantial),
    ("high", TrustLevel::High),
];

/// Nobody looks further for what may be the same, in metres.
const MOST_REPORT_METRES: u16 = 5_000;

/// The kind of a sink that sends by FIT-Connect.
const FIT_CONNECT: &str = "fit-connect";

/// Reads the service. What the law asks for beyond the shape of the file is asked afterwards.
pub(crate) fn service(table: &Table<'_>, places: &mut Places) -> Option<Service> {
    let key = table.required("key", |node| {
        places.note("service", node.place());
        node.key().map(|key| key.as_str().to_owned())
    });
    let leika = table.optional("leika", |node| {
        node.table(|table| {
            let key = table.required("key", |node| node.line(40));
            let source = table.required("source", |node| node.line(300));
            Some(Leika { key: key?, source: source? })
        })
    });
    let legal_basis = table.field("legal_basis").map(|node| {
        places.note("service.legal_basis", node.place());
        statutes(&node)
    });
    let responsible_unit = table.required("responsible_unit", |node| node.line(200));
    let ways = Way::ALL.map(|way| (way.as_str(), way));
    let channels = table.field("channels").map_or_else(Vec::new, |node| {
        places.note("service.channels", node.place());
        let mut unique = Unique::default();
        let way = |node: &Node<'_>| {
            let way = node.word(&ways)?;
            unique.note(node, &way);
            Some(way)
        };
        node.elements(20).iter().filter_map(way).collect()
    });
    let parties = parties(table, places);
    let fee = table.optional("fee", |node| table_rule(node, places, "fee"));
    let documents = table.optional("documents", |node| table_rule(node, places, "documents"));
    let decision = table.optional("decision", |node| table_rule(node, places, "decision"));
    let deadlines = deadlines(table, places);
    let fiction = table.optional("fiction", |node| {
        places.note("service.fiction", node.place());
        node.table(|table| {
            let after = term(table);
            let legal_basis = table.optional("legal_basis", Node::statute).unwrap_or_default();
            Some(Fiction { after: after?, legal_basis })
        })
    });
    let automation = automation(table, places);
    let retention = retention(table, places);
    let sinks = sinks(table, places);
    let statuses = table.list("statuses", 30, name);
    let letters = letters(table, places);
    let practice = table.optional("practice", |node| {
        node.word(&[("offered", Practice::Offered), ("off", Practice::Off), ("only", Practice::Only)])
    });
    let payment = table.optional("payment", |node| {
        node.table(|table| {
            let due = [("before_decision", PaymentRule::BeforeDecision), ("with_decision", PaymentRule::WithDecision)];
            table.required("due", |node| node.word(&due))
        })
    });
    let permit = table.optional("permit", |node| permit(node, places));
    let report = table.optional("report", |node| report(node, places));
    let household = table.optional("household", |node| limits::household(node, places));
    let tour = table.optional("tour", |node| limits::tour(node, places));
    let same_application = table.optional("same_application", |node| limits::same(node, places));
    Some(Service {
        key: key?,
        leika,
        legal_basis: legal_basis.unwrap_or_default(),
        responsible_unit: responsible_unit?,
        channels,
        parties,
        fee,
        documents,
        decision: decision.map(|rule| DecisionRule { table: rule.table, effective_on: rule.effective_on }),
        deadlines,
        fiction,
        automation,
        retention: retention?,
        sinks,
        statuses,
        letters,
        practice: practice.unwrap_or(Practice::Offered),
        payment,
        permit,
        report,
        household,
        tour,
        same_application,
    })
}

fn report(node: &Node<'_>, places: &mut Places) -> Option<ReportRule> {
    places.note("service.report", node.place());
    node.table(|table| {
        let mut field = |key: &'static str| {
            table.required(key, |node| {
                places.note(format!("service.report.{key}"), node.place());
                path(node)
            })
        };
        let [category, place, description] = ["category", "place", "description"].map(&mut field);
        let photo = table.optional("photo", |node| {
            places.note("service.report.photo", node.place());
            path(node)
        });
        let radius = |key| table.optional(key, |node| node.integer(1..=MOST_REPORT_METRES));
        let (radius_m, staff_radius_m) = (radius("radius_m"), radius("staff_radius_m"));
        Some(ReportRule {
            category: category?,
            place: place?,
            description: description?,
            photo,
            radius_m: radius_m.unwrap_or(250),
            staff_radius_m: staff_radius_m.unwrap_or(1_000),
        })
    })
}

fn permit(node: &Node<'_>, places: &mut Places) -> Option<PermitRule> {
    places.note("service.permit", node.place());
    node.table(|table| {
        let mut field = |key: &'static str| {
            table.required(key, |node| {
                places.note(format!("service.permit.{key}"), node.place());
                path(node)
            })
        };
        let [holder, zone, from, until] = ["holder", "zone", "from", "until"].map(&mut field);
        let replaces = table.optional("replaces", |node| {
            places.note("service.permit.replaces", node.place());
            path(node)
        });
        let remind_days = table.required("remind_days", |node| node.integer(1..=365_u16));
        Some(PermitRule {
            holder: holder?,
            zone: zone?,
            from: from?,
            until: until?,
            replaces,
            remind_days: remind_days?,
        })
    })
}

fn table_rule(node: &Node<'_>, places: &mut Places, at: &str) -> Option<TableRule> {
    places.note(format!("service.{at}"), node.place());
    node.table(|table| {
        let key = table.required("table", |node| {
            places.note(format!("service.{at}.table"), node.place());
            name(node)
        });
        let effective_on = table.optional("effective_on", |node| {
            places.note(format!("service.{at}.effective_on"), node.place());
            if node.raw_text()? == "submission" { Some("submission".to_owned()) } else { path(node) }
        });
        let legal_basis = table.optional("legal_basis", Node::statute);
        Some(TableRule { table: key?, effective_on: effective_on.unwrap_or_else(|| "submission".into()), legal_basis })
    })
}

fn parties(table: &Table<'_>, places: &mut Places) -> Vec<Party> {
    let mut unique = Unique::default();
    let mut parties = Vec::new();
    let Some(node) = table.field("party") else { return parties };
    places.note("service.party", node.place());
    for element in node.elements(20) {
        parties.extend(element.table(|table| {
            let role = table.required("role", |node| {
                let role = name(node)?;
                unique.note(node, &role);
                places.note(format!("party.{role}"), node.place());
                Some(role)
            });
            party(table, places, role)
        }));
    }
    parties
}

fn party(table: &Table<'_>, places: &mut Places, role: Option<String>) -> Option<Party> {
    let at = format!("party.{}", role.as_deref().unwrap_or_default());
    let min = table.optional("min", |node| node.integer(0..=20_u8)).unwrap_or(1);
    let max = table.optional("max", |node| node.integer(1..=20_u8)).unwrap_or(1);
    if min > max {
        table.refuse_at("min", Code::Contradiction, "`min` is greater than `max`".to_owned());
    }
    let trust = table.required("trust", |node| node.word(&TRUST));
    let sections = table.field("sections").map_or_else(Vec::new, |node| {
        places.note(format!("{at}.sections"), node.place());
        node.elements(50).iter().filter_map(name).collect()
    });
    let join = table.optional("join", |node| {
        node.word(&[("starts", Join::Starts), ("invite", Join::Invite), ("counter", Join::Counter)])
    });
    let consent =
        table.optional("consent", |node| node.word(&[("none", Consent::None), ("required", Consent::Required)]));
    let distinct_from = table.optional("distinct_from", |node| {
        places.note(format!("{at}.distinct_from"), node.place());
        name(node)
    });
    let expect = table.field("expect").map_or_else(Vec::new, |node| {
        places.note(format!("{at}.expect"), node.place());
        node.elements(20).iter().filter_map(path).collect()
    });
    let representation = table.optional("representation", |node| {
        node.word(&[("allowed", Representation::Allowed), ("forbidden", Representation::Forbidden)])
    });
    let when = table.optional("when", |node| {
        places.note(format!("{at}.when"), node.place());
        expression(node)
    });
    Some(Party {
        role: role?,
        min,
        max,
        trust: trust?,
        sections,
        join: join.unwrap_or(Join::Starts),
        consent: consent.unwrap_or(Consent::None),
        distinct_from,
        expect,
        representation: representation.unwrap_or(Representation::Allowed),
        when,
    })
}

fn term(table: &Table<'_>) -> Option<Term> {
    let period = table.optional("period", period).map(Term::Period);
    let days = table.optional("working_days", |node| node.integer(1..=1_000_u16)).map(Term::WorkingDays);
    if period.is_some() == days.is_some() {
        table.refuse_at("period", Code::Contradiction, "a term has `period` or `working_days`, exactly one".to_owned());
    }
    period.or(days)
}

fn deadlines(table: &Table<'_>, places: &mut Places) -> Vec<Deadline> {
    let mut unique = Unique::default();
    table.list("deadline", 30, |node| {
        node.table(|table| {
            let key = table.required("key", |node| {
                let key = name(node)?;
                unique.note(node, &key);
                places.note(format!("deadline.{key}"), node.place());
                Some(key)
            });
            let from = table.required("from", |node| {
                places.note(format!("deadline.{}.from", key.as_deref().unwrap_or_default()), node.place());
                if node.raw_text()?.contains('.') { path(node) } else { name(node) }
            });
            let term = term(table);
            let legal_basis = table.required("legal_basis", Node::statute);
            Some(Deadline { key: key?, from: from?, term: term?, legal_basis: legal_basis? })
        })
    })
}

fn automation(table: &Table<'_>, places: &mut Places) -> Automation {
    let mut automation = Automation {
        degree: AutomationDegree::None,
        legal_basis: None,
        discretion: true,
        auto_refuse: false,
        sample_permille: 50,
        grant_band_percent: None,
    };
    let Some(node) = table.field("automation") else { return automation };
    places.note("service.automation", node.place());
    node.table(|table| {
        let degrees = [
            ("none", AutomationDegree::None),
            ("assist", AutomationDegree::Assist),
            ("four_eyes", AutomationDegree::FourEyes),
            ("full", AutomationDegree::Full),
        ];
        if let Some(degree) = table.required("degree", |node| node.word(&degrees)) {
            automation.degree = degree;
        }
        automation.legal_basis = table.optional("legal_basis", Node::statute);
        automation.discretion = table.optional("discretion", Node::boolean).unwrap_or(true);
        automation.auto_refuse = table.optional("auto_refuse", Node::boolean).unwrap_or(false);
        automation.sample_permille =
            table.optional("sample_permille", |node| node.integer(0..=1_000_u16)).unwrap_or(50);
        automation.grant_band_percent = table.optional("grant_band_percent", |node| {
            let ends: Vec<u8> = node.elements(2).iter().filter_map(|node| node.integer(0..=100_u8)).collect();
            match ends.as_slice() {
                [low, high] if low < high => Some((*low, *high)),
                _ => {
                    node.refuse(Code::BadForm, "a band is written [low, high] in percent");
                    None
                }
            }
        });
        Some(())
    });
    automation
}

fn retention(table: &Table<'_>, places: &mut Places) -> Option<Retention> {
    let Some(node) = table.field("retention") else {
        let message = "how long drafts, closed cases and attachments are kept is missing; personal data are kept no longer than needed (Article 5 (1) (e) GDPR)";
        table.refuse_at("retention", Code::AgainstTheLaw, message.to_owned());
        return None;
    };
    places.note("service.retention", node.place());
    node.table(|table| {
        let part = |name| -> Option<Period> { table.required(name, period) };
        let (draft, closed, attachments) = (part("draft"), part("closed"), part("attachments"));
        Some(Retention { draft: draft?, closed: closed?, attachments: attachments? })
    })
}

fn sinks(table: &Table<'_>, places: &mut Places) -> Vec<Sink> {
    let mut unique = Unique::default();
    table.list("sink", 20, |node| {
        node.table(|table| {
            let key = table.required("key", |node| {
                let key = name(node)?;
                unique.note(node, &key);
                Some(key)
            });
            let kind = table.required("kind", |node| match node.raw_text()? {
                FIT_CONNECT => Some(FIT_CONNECT.to_owned()),
                _ => name(node),
            });
            let when = table.optional("when", |node| {
                places.note(format!("sink.{}.when", key.as_deref().unwrap_or_default()), node.place());
                expression(node)
            });
            let fit_connect = match kind.as_deref() {
                Some(FIT_CONNECT) => Some(fit_connect(table)?),
                _ => None,
            };
            Some(Sink { key: key?, kind: kind?, when, fit_connect })
        })
    })
}

/// Where a sink of FIT-Connect sends.
fn fit_connect(table: &Table<'_>) -> Option<FitConnectSink> {
    let destination = table.required("destination", |node| {
        let text = node.raw_text()?;
        let is_plain = text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-') && text.len() == 36;
        if !is_plain {
            node.refuse(Code::BadForm, "a destination is a UUID: 36 signs 0-9, a-f and hyphens");
        }
        is_plain.then(|| text.to_ascii_lowercase())
    });
    let moments = [("submission", SinkMoment::Submission), ("decision", SinkMoment::Decision)];
    let after = table.optional("after", |node| node.word(&moments));
    let schema_uri = table.required("schema_uri", |node| node.line(300));
    let service_identifier = table.required("service_identifier", |node| node.line(200));
    Some(FitConnectSink {
        destination: destination?,
        after: after.unwrap_or(SinkMoment::Submission),
        schema_uri: schema_uri?,
        service_identifier: service_identifier?,
    })
}

fn letters(table: &Table<'_>, places: &mut Places) -> Vec<LetterRule> {
    table.list("letter", 30, |node| {
        node.table(|table| {
            let occasion = table.required("occasion", name);
            let file = table.required("file", |node| {
                let file = node.line(100)?;
                places.note(format!("letter.{file}"), node.place());
                Some(file)
            });
            Some(LetterRule { occasion: occasion?, file: file? })
        })
    })
}
