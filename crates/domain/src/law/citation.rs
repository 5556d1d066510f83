//! Reads citations of statutes ("§§ 6 (3), 9 PAuswG; § 1 PAuswGebV") as offices write them.
//!
//! Understood are several sections and acts, paragraphs as "(2)" or "Abs. 2", ranges ("§§ 28-30", "28 bis 30"), acts
//! before or after their sections, and acts without any section. What is not a citation ("from memory") is passed over:
//! the texts are written by people and a reader that refuses would only hide what it did understand.

/// An act with the sections of it that are cited; no sections: the act as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Citation {
    /// The act as written ("PAuswG", "SGB X").
    pub(crate) act: String,
    /// The cited sections.
    pub(crate) sections: Vec<Section>,
}

/// A cited section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Section {
    /// Its number ("35a").
    pub(crate) number: String,
    /// The last number of a range ("28-30"), otherwise absent.
    pub(crate) until: Option<u16>,
    /// The cited paragraphs ("1b"); none: the section as a whole.
    pub(crate) paragraphs: Vec<String>,
}

impl Section {
    /// Whether `number` is this section or lies in its range.
    pub(crate) fn covers(&self, number: &str) -> bool {
        let in_range = |until: u16| {
            let (Ok(first), Ok(asked)) = (self.number.parse::<u16>(), leading_number(number).parse::<u16>()) else {
                return false;
            };
            (first..=until).contains(&asked)
        };
        self.number == number || self.until.is_some_and(in_range)
    }

    /// Whether it cites one of `paragraphs`, or the section as a whole. An empty list asks for no paragraph.
    pub(crate) fn covers_paragraph(&self, paragraphs: &[&str]) -> bool {
        paragraphs.is_empty() || self.paragraphs.is_empty() || self.names_paragraph(paragraphs)
    }

    /// Whether it names one of `paragraphs` expressly.
    pub(crate) fn names_paragraph(&self, paragraphs: &[&str]) -> bool {
        self.paragraphs.iter().any(|cited| paragraphs.contains(&cited.as_str()))
    }
}

/// Every citation in `text`, in its order.
pub(crate) fn citations(text: &str) -> Vec<Citation> {
    text.split(';').flat_map(citations_of_part).collect()
}

/// Reads one part between semicolons from left to right.
#[derive(Default)]
struct Reader {
    found: Vec<Citation>,
    /// Sections whose act has not come yet.
    sections: Vec<Section>,
    /// An act that stood before its sections, as in "eIDKG §§ 1, 8".
    act_in_front: Option<String>,
    /// What the next number means.
    next: Next,
    /// Whether the last section sign was double: then a bare number is a section, after a single one a further paragraph.
    plural: bool,
    /// Whether the word before was a section sign.
    after_sign: bool,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// No section sign has been read: numbers mean nothing.
    #[default]
    Nothing,
    /// A section.
    Section,
    /// A paragraph of the last section.
    Paragraph,
    /// The end of a range of sections.
    Until,
    /// A sentence or number, which nobody asks for.
    Detail,
}

fn citations_of_part(part: &str) -> Vec<Citation> {
    let mut reader = Reader::default();
    for word in words(part) {
        reader.read(&word);
    }
    if let Some(act) = reader.act_in_front {
        reader.found.push(Citation { act, sections: reader.sections });
    }
    reader.found
}

impl Reader {
    fn read(&mut self, word: &str) {
        let sign = matches!(word, "§" | "Art." | "Artikel" | "Art" | "Paragraf" | "Paragraph");
        let doubled = std::mem::replace(&mut self.after_sign, sign);
        if sign {
            self.plural = doubled;
            self.next = Next::Section;
        } else if let Some(paragraph) = word.strip_prefix('(') {
            self.paragraph(paragraph.trim_end_matches(')'));
        } else if matches!(word, "Abs." | "Abs" | "Absatz") {
            self.next = Next::Paragraph;
        } else if matches!(word, "S." | "Satz" | "Nr." | "Nummer" | "Halbsatz" | "Buchst." | "lit.") {
            self.next = Next::Detail;
        } else if matches!(word, "-" | "\u{2013}" | "bis") && self.next == Next::Section && !self.sections.is_empty() {
            self.next = Next::Until;
        } else if word.starts_with(|c: char| c.is_ascii_digit()) {
            self.number(word);
        } else if is_roman(word) {
            self.name_book(word);
        } else if is_act(word) {
            self.act(word);
        }
    }

    fn number(&mut self, word: &str) {
        match self.next {
            Next::Nothing | Next::Detail => {}
            Next::Section => self.sections.push(Section { number: word.into(), until: None, paragraphs: Vec::new() }),
            Next::Paragraph => self.paragraph(word),
            Next::Until => {
                if let Some(section) = self.sections.last_mut() {
                    section.until = leading_number(word).parse().ok();
                }
            }
        }
        self.next = match self.next {
            Next::Paragraph | Next::Detail if self.plural => Next::Section,
            Next::Until => Next::Section,
            Next::Nothing | Next::Section | Next::Paragraph | Next::Detail => self.next,
        };
    }

    fn paragraph(&mut self, number: &str) {
        let is_number = number.starts_with(|c: char| c.is_ascii_digit());
        if let (true, Some(section)) = (is_number, self.sections.last_mut()) {
            section.paragraphs.push(number.into());
        }
    }

    fn act(&mut self, word: &str) {
        if self.sections.is_empty() {
            self.flush_act_in_front();
            self.act_in_front = Some(word.into());
        } else {
            self.flush_act_in_front();
            let sections = std::mem::take(&mut self.sections);
            self.found.push(Citation { act: word.into(), sections });
        }
        self.next = Next::Nothing;
    }

    fn flush_act_in_front(&mut self) {
        if let Some(act) = self.act_in_front.take() {
            self.found.push(Citation { act, sections: Vec::new() });
        }
    }

    /// The books of the social code are acts of their own: "SGB X".
    fn name_book(&mut self, numeral: &str) {
        let last = self.act_in_front.as_mut().or_else(|| self.found.last_mut().map(|citation| &mut citation.act));
        if let Some(act) = last.filter(|act| *act == "SGB") {
            *act = format!("SGB {numeral}");
        }
    }
}

/// Splits at white space and commas, and cuts off section signs, brackets and dashes between numbers.
fn words(part: &str) -> Vec<String> {
    let mut spaced = String::with_capacity(part.len() + 16);
    for c in part.chars() {
        match c {
            '§' => spaced.push_str(" § "),
            '(' => spaced.push_str(" ("),
            ')' => spaced.push_str(") "),
            ',' => spaced.push(' '),
            '\u{2013}' => spaced.push_str(" \u{2013} "),
            '-' if spaced.ends_with(|before: char| before.is_ascii_digit()) => spaced.push_str(" - "),
            _ => spaced.push(c),
        }
    }
    spaced.split_whitespace().map(str::to_owned).collect()
}

/// Whether a word names an act: an abbreviation has a capital after its first letter, a full name has its ending.
fn is_act(word: &str) -> bool {
    let ends_like_one =
        ["gesetz", "ordnung", "satzung", "gesetzbuch"].iter().any(|ending| word.to_lowercase().ends_with(ending));
    ends_like_one || word.chars().skip(1).any(char::is_uppercase)
}

fn is_roman(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| matches!(c, 'I' | 'V' | 'X'))
}

fn leading_number(word: &str) -> &str {
    let end = word.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len());
    &word[..end]
}

#[cfg(test)]
mod tests {
    use super::{Citation, citations};

    fn written(citations: &[Citation]) -> String {
        let section = |s: &super::Section| {
            let until = s.until.map(|n| format!("-{n}")).unwrap_or_default();
            let paragraphs: Vec<_> = s.paragraphs.iter().map(|p| format!("({p})")).collect();
            format!("{}{until}{}", s.number, paragraphs.concat())
        };
        let one = |c: &Citation| format!("{}[{}]", c.act, c.sections.iter().map(section).collect::<Vec<_>>().join(" "));
        citations.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn reads_citations_as_offices_write_them() {
        for (text, expected) in [
            ("§ 9 PAuswG", "PAuswG[9]"),
            ("§9 PAuswG", "PAuswG[9]"),
            ("§\u{a0}9\u{202f}Abs. 1 Satz 6 PAuswG", "PAuswG[9(1)]"),
            ("§§ 1, 6, 9 PAuswG; § 1 PAuswGebV", "PAuswG[1 6 9] PAuswGebV[1]"),
            ("§§ 17 (2), 23 (6) BMG", "BMG[17(2) 23(6)]"),
            ("§ 9 (2), (3) PAuswG", "PAuswG[9(2)(3)]"),
            ("eIDKG §§ 1, 8; § 2 PAuswGebV", "eIDKG[1 8] PAuswGebV[2]"),
            ("PassG; § 27 PassV", "PassG[] PassV[27]"),
            ("§ 10 BMG, Art. 15 GDPR", "BMG[10] GDPR[15]"),
            ("§ 45 (1b), § 46 (5) StVO", "StVO[45(1b) 46(5)]"),
            ("§ 24a FeV, Anlage 8e", "FeV[24a]"),
            ("§§ 28-30 PStG", "PStG[28-30]"),
            ("§§ 965 bis 973 BGB", "BGB[965-973]"),
            ("§ 31a SGB X", "SGB X[31a]"),
            ("SGB X § 31a", "SGB X[31a]"),
            ("§ 10 Abs. 1, 3 PAuswG", "PAuswG[10(1)(3)]"),
            ("§§ 9 Abs. 1, 10 Abs. 3 PAuswG", "PAuswG[9(1) 10(3)]"),
            ("§§ 36, 42, 50 BMG (numbers partly from memory)", "BMG[36 42 50]"),
            ("§ 9 Personalausweisgesetz", "Personalausweisgesetz[9]"),
            ("§ 7 der Abfallsatzung", "Abfallsatzung[7]"),
            ("none needed (petition right)", ""),
            ("", ""),
            ("§ ; (( §§ 9 -- ) 3 §", ""),
        ] {
            assert_eq!(written(&citations(text)), expected, "{text}");
        }
    }
}
