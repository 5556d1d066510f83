//! A small city for tests, written as the same files that a real one is made of.

use city::{Checked, CityFile};

/// A city with two offices, `mitte` and `nord`, and a few services. Every weekday 08:00 to 12:00 (Hannover time), grid of
/// 15 minutes, no reserves, unless changed.
#[derive(Debug, Clone)]
pub struct TestCity {
    desks: u16,
    hours: String,
    extra_rule: String,
    closures: String,
    weekdays: &'static str,
    texts: Vec<(String, String)>,
    locker_rows: String,
}

impl Default for TestCity {
    fn default() -> Self {
        Self {
            desks: 2,
            hours: "08:00-12:00".into(),
            extra_rule: String::new(),
            closures: String::new(),
            weekdays: WORKDAYS,
            texts: Vec::new(),
            locker_rows: LOCKER_ROWS.into(),
        }
    }
}

impl TestCity {
    /// So many desks in the office `mitte`.
    #[must_use]
    pub fn desks(mut self, desks: u16) -> Self {
        self.desks = desks;
        self
    }

    /// Other hours in the office `mitte`, as `08:00-12:00`.
    #[must_use]
    pub fn hours(mut self, hours: &str) -> Self {
        hours.clone_into(&mut self.hours);
        self
    }

    /// More lines in the rule of the office `mitte`, such as a quota.
    #[must_use]
    pub fn rule(mut self, lines: &str) -> Self {
        lines.clone_into(&mut self.extra_rule);
        self
    }

    /// Open on Saturdays and Sundays, too.
    #[must_use]
    pub fn every_day(mut self) -> Self {
        self.weekdays = r#""mon", "tue", "wed", "thu", "fri", "sat", "sun""#;
        self
    }

    /// Closes the whole city on a day, as `2026-11-24`.
    #[must_use]
    pub fn closed_on(mut self, day: &str) -> Self {
        self.closures = format!(
            "[[closures]]\nkey = \"closed\"\nfrom = {day}\nto = {day}\nreason = {{ de = \"Geschlossen\", en = \"Closed\" }}\n"
        );
        self
    }

    /// A text of the chatbot, such as `chat/de/residence.toml`.
    #[must_use]
    pub fn chat(mut self, path: &str, text: &str) -> Self {
        self.texts.push((path.to_owned(), text.to_owned()));
        self
    }

    /// Other compartments in the boxes of both offices, as rows of TOML.
    #[must_use]
    pub fn locker_rows(mut self, rows: &str) -> Self {
        rows.clone_into(&mut self.locker_rows);
        self
    }

    /// The files.
    pub fn files(&self) -> Vec<CityFile> {
        let rule = |desks: u16, hours: &str, extra: &str| {
            format!(
                "[[rules]]\nkey = \"weekdays\"\nteam = \"all\"\nweekdays = [{}]\n\
                 hours = [\"{hours}\"]\nstep_minutes = 15\ndesks = {{ front = {desks} }}\n\
                 booking = {{ days_ahead = 42, lead_minutes = 60 }}\n{extra}\n",
                self.weekdays
            )
        };
        let office = |key: &str, name: &str, place: &str, desks: u16, rule: String| {
            format!(
                "key = \"{key}\"\nname = {{ de = \"{name}\", en = \"{name}\" }}\nkind = \"fixed\"\n\
                 address = {{ line = \"{name} 1, 30159 Hannover\" }}\nposition = {{ {place} }}\nphone = \"0511 115\"\n\
                 [provenance]\nsource = \"tests\"\ncertainty = \"invented for tests\"\nassumption = true\n\
                 [[teams]]\nkey = \"all\"\n[[teams.groups]]\nkey = \"front\"\ndesks = {desks}\nskills = [\"residence\", \"documents\"]\n{rule}{LOCKER}rows = [{}]\n",
                self.locker_rows
            )
        };
        let nord = rule(1, "08:00-12:00", "");
        let mitte = rule(self.desks, &self.hours, &self.extra_rule);
        let mut files: Vec<(String, String)> = [
            ("municipality.toml", MUNICIPALITY.to_owned()),
            ("accounts.toml", accounts()),
            ("closures.toml", self.closures.clone()),
            ("offices/mitte.toml", office("mitte", "Mitte", "latitude = 52.37, longitude = 9.74", self.desks, mitte)),
            ("offices/nord.toml", office("nord", "Nord", "latitude = 52.42, longitude = 9.74", 1, nord)),
            (
                "services/residence.toml",
                service("residence", 15, "residence", "optional", r#"["online", "video", "counter"]"#),
            ),
            ("services/certificate.toml", service("certificate", 30, "documents", "none", r#"["online", "counter"]"#)),
            ("services/copy.toml", service("copy", 15, "documents", "optional", r#"["counter"]"#)),
        ]
        .map(|(path, text)| (path.to_owned(), text))
        .into();
        files.extend(ACCOUNTS.iter().map(|(login, _)| (format!("{login}.password"), format!("{}\n", password(login)))));
        files.extend(self.texts.iter().cloned());
        files.into_iter().map(|(path, text)| CityFile { path, text }).collect()
    }

    /// The checked city.
    ///
    /// # Panics
    /// When the files have a problem: a mistake in the test.
    pub fn checked(&self) -> Checked {
        city::check(&self.files()).unwrap_or_else(|problems| {
            let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
            panic!("the test city has problems:\n{}", lines.join("\n"))
        })
    }
}

/// The password of an account of the test city.
pub fn password(login: &str) -> String {
    format!("a long password of {login}")
}

const WORKDAYS: &str = r#""mon", "tue", "wed", "thu", "fri""#;

/// Login and the further lines of each account.
const ACCOUNTS: &[(&str, &str)] = &[
    ("eva@example.org", "role = \"citizen\""),
    ("otto@example.org", "role = \"citizen\""),
    ("clerk.mitte", "role = \"clerk\"\noffice = \"mitte\""),
    ("clerk.nord", "role = \"clerk\"\noffice = \"nord\""),
    ("lead.mitte", "role = \"lead\"\noffice = \"mitte\""),
    ("operator", "role = \"operator\""),
];

fn accounts() -> String {
    let account = |(login, rest): &(&str, &str)| {
        format!(
            "[[accounts]]\nlogin = \"{login}\"\nname = \"Test Person\"\n{rest}\npassword_file = \"{login}.password\"\n\n"
        )
    };
    ACCOUNTS.iter().map(account).collect()
}

fn service(key: &str, minutes: u16, skill: &str, presence: &str, ways: &str) -> String {
    format!(
        "key = \"{key}\"\nname = {{ de = \"{key}\", en = \"{key}\" }}\nsynonyms = [\"{key}-wort\"]\ncategory = \"Tests\"\n\
         standing = \"offered\"\nplanned_minutes = {minutes}\ntrust_level = \"high\"\nlegal_basis = \"§ 1 Testgesetz\"\n\
         skills = [\"{skill}\"]\nways = {ways}\n[presence]\nrule = \"{presence}\"\n[automation]\ndegree = \"none\"\n\
         [[fees]]\ncents = 500\n[provenance]\nsource = \"tests\"\ncertainty = \"invented for tests\"\nassumption = true\n"
    )
}

/// A box of six compartments: 1 and 2 can be reached from a wheelchair, 6 takes a letter.
const LOCKER: &str = r#"
[[lockers]]
key = "box"
name = { de = "Ausgabebox", en = "Locker" }
place = { de = "Eingang", en = "Entrance" }
keep_days = 7
"#;
const LOCKER_ROWS: &str = r#"
  { first = 1, last = 2, size = "small", height_cm = 90 },
  { first = 3, last = 5, size = "small", height_cm = 150 },
  { first = 6, last = 6, size = "medium", height_cm = 150 },
"#;

const MUNICIPALITY: &str = r#"
key = "teststadt"
name = { de = "Teststadt", en = "Testtown" }
ags = "03241001"
ags_certainty = "invented for tests"
state = "NI"
time_zone = "Europe/Berlin"
phone = "0511 115"
horizon_days = 60
"#;
