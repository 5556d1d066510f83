//! Cities made for measuring: as many offices, days and desks as a promise names, open on every day of the week.

use std::fs;
use std::path::Path;

use crate::failure::{Result, While as _};

/// Ten minutes: one cell of the grid.
pub const SHORT: &str = "short";
/// Half an hour: three cells.
pub const MEDIUM: &str = "medium";
/// An hour: six cells.
pub const LONG: &str = "long";

const SERVICES: [(&str, u16); 3] = [(SHORT, 10), (MEDIUM, 30), (LONG, 60)];

/// A city whose offices are open from 08:00 to 16:00 on a grid of ten minutes: 48 starts a day.
#[derive(Debug, Clone)]
pub struct City {
    days: u16,
    offices: Vec<Office>,
}

#[derive(Debug, Clone)]
struct Office {
    key: String,
    desks: u16,
    lead: bool,
}

impl City {
    /// A city without offices that can be booked so many days ahead.
    pub fn new(days: u16) -> Self {
        Self { days, offices: Vec::new() }
    }

    /// As many offices as asked for, named `office-00` and so on, with so many desks each.
    #[must_use]
    pub fn offices(mut self, count: usize, desks: u16) -> Self {
        let more = (0..count).map(|number| Office { key: format!("office-{number:02}"), desks, lead: false });
        self.offices.extend(more);
        self
    }

    /// One more office.
    #[must_use]
    pub fn office(mut self, key: &str, desks: u16) -> Self {
        self.offices.push(Office { key: key.to_owned(), desks, lead: false });
        self
    }

    /// Gives every office a lead who can sign in: [`lead_of`], [`password_of`].
    #[must_use]
    pub fn with_leads(mut self) -> Self {
        self.offices.iter_mut().for_each(|office| office.lead = true);
        self
    }

    /// The keys of the offices.
    pub fn keys(&self) -> Vec<String> {
        self.offices.iter().map(|office| office.key.clone()).collect()
    }

    /// Writes the files of the city directory.
    ///
    /// # Errors
    ///
    /// If the disk refuses.
    pub fn write(&self, directory: &Path) -> Result<()> {
        for folder in ["offices", "services", "passwords"] {
            fs::create_dir_all(directory.join(folder)).during(&format!("making {}", directory.display()))?;
        }
        for (path, text) in self.files() {
            fs::write(directory.join(&path), text).during(&format!("writing {path}"))?;
        }
        Ok(())
    }

    fn files(&self) -> Vec<(String, String)> {
        let mut files = vec![("municipality.toml".to_owned(), municipality(self.days))];
        let leads = self.offices.iter().filter(|office| office.lead);
        files.push(("accounts.toml".to_owned(), leads.clone().map(|office| account(&office.key)).collect()));
        let password = |office: &Office| (password_file(&office.key), format!("{}\n", password_of(&office.key)));
        files.extend(leads.map(password));
        files.extend(SERVICES.map(|(key, minutes)| (format!("services/{key}.toml"), service(key, minutes))));
        let office = |office: &Office| (format!("offices/{}.toml", office.key), office_text(office, self.days));
        files.extend(self.offices.iter().map(office));
        files
    }
}

/// The login of the lead of an office.
pub fn lead_of(office: &str) -> String {
    format!("lead.{office}")
}

/// The password of the lead of an office.
pub fn password_of(office: &str) -> String {
    format!("a long password of {office}")
}

fn password_file(office: &str) -> String {
    format!("passwords/{office}.password")
}

fn municipality(days: u16) -> String {
    format!(
        "key = \"messstadt\"\nname = {{ de = \"Messstadt\", en = \"Measuretown\" }}\nags = \"03241001\"\n\
         ags_certainty = \"invented for measuring\"\nstate = \"NI\"\ntime_zone = \"Europe/Berlin\"\n\
         phone = \"0511 115\"\nhorizon_days = {days}\n"
    )
}

fn account(office: &str) -> String {
    let (login, file) = (lead_of(office), password_file(office));
    format!(
        "[[accounts]]\nlogin = \"{login}\"\nname = \"Test Person\"\nrole = \"lead\"\noffice = \"{office}\"\n\
         password_file = \"{file}\"\n\n"
    )
}

fn office_text(office: &Office, days: u16) -> String {
    let Office { key, desks, .. } = office;
    format!(
        "key = \"{key}\"\nname = {{ de = \"{key}\", en = \"{key}\" }}\nkind = \"fixed\"\n\
         address = {{ line = \"Messplatz 1, 30159 Messstadt\" }}\nposition = {{ latitude = 52.37, longitude = 9.74 }}\n\
         phone = \"0511 115\"\n{PROVENANCE}\
         [[teams]]\nkey = \"all\"\n[[teams.groups]]\nkey = \"front\"\ndesks = {desks}\nskills = [\"everything\"]\n\
         [[rules]]\nkey = \"every-day\"\nteam = \"all\"\n\
         weekdays = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\", \"sat\", \"sun\"]\nhours = [\"08:00-16:00\"]\n\
         step_minutes = 10\ndesks = {{ front = {desks} }}\nholidays = \"open\"\n\
         booking = {{ days_ahead = {days}, lead_minutes = 0 }}\n"
    )
}

fn service(key: &str, minutes: u16) -> String {
    format!(
        "key = \"{key}\"\nname = {{ de = \"{key}\", en = \"{key}\" }}\ncategory = \"Measuring\"\nstanding = \"offered\"\n\
         planned_minutes = {minutes}\ntrust_level = \"high\"\nlegal_basis = \"§ 1 Messgesetz\"\nskills = [\"everything\"]\n\
         ways = [\"online\", \"counter\"]\n[presence]\nrule = \"optional\"\n[automation]\ndegree = \"none\"\n\
         [[fees]]\ncents = 500\n{PROVENANCE}"
    )
}

const PROVENANCE: &str =
    "[provenance]\nsource = \"cargo xtask bench\"\ncertainty = \"invented for measuring\"\nassumption = true\n";

#[cfg(test)]
mod tests {
    use crate::bench::city::City;

    #[test]
    fn every_file_is_toml_and_names_what_was_asked_for() {
        let city = City::new(60).offices(2, 50).office("last", 1).with_leads();
        let files = city.files();
        for (path, text) in files.iter().filter(|(path, _)| !path.starts_with("passwords/")) {
            text.parse::<toml::Table>().unwrap_or_else(|error| panic!("{path}: {error}"));
        }
        let text = |name: &str| files.iter().find(|(path, _)| path == name).map(|(_, text)| text.as_str());
        assert!(text("offices/office-01.toml").is_some_and(|text| text.contains("desks = { front = 50 }")));
        assert!(text("accounts.toml").is_some_and(|text| text.contains("lead.last")));
        assert_eq!(text("passwords/last.password"), Some("a long password of last\n"));
        assert_eq!(city.keys(), ["office-00", "office-01", "last"]);
    }
}
