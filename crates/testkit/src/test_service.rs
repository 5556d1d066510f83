//! A small online service for tests, written as the same files that a real one is made of: a parking permit.
//!
//! Papers can be added as files. Without a place of one's own a car of at most 3,500 kg is granted, one of at most 10,000 kg is for people, everything
//! else is refused.

use std::collections::BTreeMap;

/// The service `parking`: the machine decides, nothing is sampled, one person applies without proof of identity.
#[derive(Debug, Clone)]
pub struct TestService {
    degree: &'static str,
    sample_permille: u16,
    partner: bool,
    trust: &'static str,
    more: &'static str,
    title: &'static str,
}

impl Default for TestService {
    fn default() -> Self {
        Self { degree: "full", sample_permille: 0, partner: false, trust: "none", more: "", title: "Parkausweis" }
    }
}

impl TestService {
    /// Another degree of automation: `none`, `assist`, `four_eyes`, `full`.
    #[must_use]
    pub fn degree(mut self, degree: &'static str) -> Self {
        self.degree = degree;
        self
    }

    /// So many of a thousand go to people.
    #[must_use]
    pub fn sample(mut self, permille: u16) -> Self {
        self.sample_permille = permille;
        self
    }

    /// A second person must agree, and has a part of their own.
    #[must_use]
    pub fn with_partner(mut self) -> Self {
        self.partner = true;
        self
    }

    /// A proof of identity for everybody who takes part: `none`, `low`, `substantial`, `high`.
    #[must_use]
    pub fn trust(mut self, trust: &'static str) -> Self {
        self.trust = trust;
        self
    }

    /// More lines in `service.toml`, such as a fiction.
    #[must_use]
    pub fn with(mut self, lines: &'static str) -> Self {
        self.more = lines;
        self
    }

    /// Another title, and so another version.
    #[must_use]
    pub fn title(mut self, title: &'static str) -> Self {
        self.title = title;
        self
    }

    /// The files.
    pub fn files(&self) -> BTreeMap<String, String> {
        let basis =
            if self.degree == "full" { "legal_basis = \"§ 46 Abs. 5 StVO\"\ndiscretion = false\n" } else { "" };
        let partner = if self.partner {
            format!(
                "[[party]]\nrole = \"partner\"\ntrust = \"{}\"\njoin = \"invite\"\nconsent = \"required\"\n\
                 distinct_from = \"applicant\"\nsections = [\"partner\"]\n",
                self.trust
            )
        } else {
            String::new()
        };
        let service = format!(
            "key = \"parking\"\nlegal_basis = [\"§ 45 Abs. 1b Nr. 2a StVO\"]\nresponsible_unit = \"Verkehr\"\n\
             channels = [\"online\", \"counter\"]\n[[party]]\nrole = \"applicant\"\ntrust = \"{}\"\n\
             sections = [\"person\", \"vehicle\"]\n{partner}[decision]\ntable = \"permit\"\n[[deadline]]\n\
             key = \"processing\"\nfrom = \"submission\"\nworking_days = 10\nlegal_basis = \"§ 75 VwGO\"\n[automation]\n\
             degree = \"{}\"\n{basis}sample_permille = {}\n[retention]\ndraft = \"P30D\"\nclosed = \"P10Y\"\n\
             attachments = \"P1Y\"\n{}\n",
            self.trust, self.degree, self.sample_permille, self.more
        );
        let form = if self.partner { format!("{FORM}{PARTNER_FORM}") } else { FORM.to_owned() };
        let texts = TEXTS.replace("TITLE", self.title);
        let texts = if self.partner {
            texts
                .replace("[step]\n", "[step]\npartner = { title = \"Die andere Person\" }\n")
                .replace("[group]\n", "[group]\npartner = { title = \"Die andere Person\" }\n")
                .replace("[party]\n", "[party]\npartner = \"Die andere Person\"\n")
                + "[field.partner]\nname = { label = \"Ihr Name\" }\n"
        } else {
            texts
        };
        [
            ("service.toml", service),
            ("form.toml", form),
            ("texts/de.toml", texts),
            ("tables/permit.U.csv", TABLE.to_owned()),
        ]
        .map(|(path, text)| (path.to_owned(), text))
        .into()
    }
}

const FORM: &str = r#"
[[steps]]
key = "person"

[[steps.groups]]
key = "applicant"

[[steps.groups.fields]]
key = "name"
type = "person_name"

[[steps]]
key = "vehicle"

[[steps.groups]]
key = "vehicle"

[[steps.groups.fields]]
key = "weight"
type = "int"
min = 1
max = 60000
sensitivity = "plain"

[[steps.groups.fields]]
key = "own_garage"
type = "bool"

[[steps.groups.fields]]
key = "papers"
type = "file"
accept = ["application/pdf", "image/jpeg", "image/png"]
max_megabytes = 1
max_count = 2
required = false
"#;

const PARTNER_FORM: &str = r#"
[[steps]]
key = "partner"

[[steps.groups]]
key = "partner"

[[steps.groups.fields]]
key = "name"
type = "person_name"
"#;

const TABLE: &str = "in,in,out,annotation,annotation
vehicle.own_garage:bool,vehicle.weight:int,outcome:text,reason_key,legal_ref
,[1..60000],\"\"\"grant\"\",\"\"refuse\"\",\"\"human\"\"\",,
false,<=3500,\"\"\"grant\"\"\",entitled,§ 45 Abs. 1b Nr. 2a StVO
false,[3501..10000],\"\"\"human\"\"\",heavy,§ 45 Abs. 1b Nr. 2a StVO
false,>10000,\"\"\"refuse\"\"\",too_heavy,§ 45 Abs. 1b Nr. 2a StVO
true,-,\"\"\"refuse\"\"\",own_place,§ 45 Abs. 1b Nr. 2a StVO
";

const TEXTS: &str = r#"
[service]
title = "TITLE"
summary = "Parken für ein Jahr."
purpose = "Wir prüfen, ob Sie einen Ausweis bekommen."

[party]
applicant = "Antragstellerin oder Antragsteller"

[deadline]
processing = "Wir entscheiden in zehn Arbeitstagen."

[step]
person = { title = "Zu Ihnen" }
vehicle = { title = "Ihr Auto" }

[group]
applicant = { title = "Ihre Daten" }
vehicle = { title = "Ihr Auto" }

[field.applicant]
name = { label = "Ihr Name" }

[field.vehicle]
weight = { label = "Masse in Kilogramm" }
own_garage = { label = "Haben Sie einen eigenen Stellplatz?" }
papers = { label = "Papiere zum Auto" }

[reason]
entitled = "Sie wohnen in der Parkzone."
heavy = "Das Auto ist schwer. Das prüft ein Mensch."
too_heavy = "Das Auto ist zu schwer."
own_place = "Sie haben einen eigenen Stellplatz."
"#;
