//! A draft of a definition directory: what could be taken over, and what people must still decide.

use std::collections::BTreeMap;

use forms::Form;

use super::toml_out::{form_toml, quoted, texts_toml};

/// Files of a definition directory, path to text, and what was not or not wholly taken over, German, one sentence each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftFiles {
    /// `form.toml`, `service.toml`, `texts/de.toml`, `README.md`.
    pub files: BTreeMap<String, String>,
    /// What people must look at.
    pub notices: Vec<String>,
}

/// What was found in a document.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) key: String,
    pub(super) source: String,
    pub(super) statutes: Vec<String>,
    pub(super) form: Form,
    pub(super) texts: BTreeMap<String, String>,
    pub(super) notices: Vec<String>,
}

impl Found {
    pub(super) fn note(&mut self, notice: String) {
        // Some schemas say the same of a hundred fields.
        if self.notices.len() < 500 {
            self.notices.push(notice);
        }
    }

    /// The first text of a key stays.
    pub(super) fn say(&mut self, key: String, text: Option<&str>) {
        if let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) {
            self.texts.entry(key).or_insert_with(|| text.to_owned());
        }
    }

    pub(super) fn into_files(self) -> DraftFiles {
        let files = [
            ("form.toml", form_toml(&self.form)),
            ("texts/de.toml", texts_toml(&self.texts)),
            ("service.toml", self.service()),
            ("README.md", self.readme()),
        ];
        let files = files.map(|(path, text)| (path.to_owned(), text)).into();
        DraftFiles { files, notices: self.notices }
    }

    /// A beginning. What a schema cannot know is left out, so that nothing is published before somebody has decided it.
    fn service(&self) -> String {
        let statutes: Vec<String> = self.statutes.iter().map(|statute| quoted(statute)).collect();
        let basis = if statutes.is_empty() {
            "# legal_basis = [\"§ …\"]\n".to_owned()
        } else {
            format!("legal_basis = [{}]\n", statutes.join(", "))
        };
        let sections: Vec<String> = self.form.steps.iter().map(|step| quoted(&step.key)).collect();
        format!(
            "# Entwurf aus {}. Was auskommentiert ist, weiß ein Datenschema nicht: bitte ergänzen.\n\n\
             key = {}\n{basis}# responsible_unit = \"…\"\nchannels = [\"online\", \"counter\"]\n\n\
             [[party]]\nrole = \"applicant\"\n# trust = \"none | low | substantial | high\"\nsections = [{}]\n\n\
             # [retention]\n# draft = \"P30D\"\n# closed = \"P…Y\"\n# attachments = \"P…Y\"\n",
            self.source,
            quoted(&self.key),
            sections.join(", ")
        )
    }

    fn readme(&self) -> String {
        let mut text = format!("# Entwurf aus {}\n\nEingelesen als XDatenfelder 3.", self.source);
        if self.notices.is_empty() {
            text.push_str(" Alles wurde übernommen.\n");
            return text;
        }
        text.push_str(" Bitte ansehen:\n\n");
        for notice in &self.notices {
            text.push_str("- ");
            text.push_str(&notice.replace('\n', " "));
            text.push('\n');
        }
        text
    }
}
