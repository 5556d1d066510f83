//! From a template and values to a PDF.

use chrono::{DateTime, Datelike, Timelike, Utc};
use serde_json::Value;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::world::Desk;

/// Most bytes of values, as JSON. A form of the city has far less; what is laid out grows with it.
pub const MOST_VALUE_BYTES: usize = 512 * 1024;
/// Most bytes of a template.
const MOST_TEMPLATE_BYTES: usize = 128 * 1024;
/// Rounds after which typst forgets what no later letter used: one, so that no letter's values stay in memory.
const FORGOTTEN_AFTER: usize = 0;

/// A letter that is to be written.
#[derive(Debug, Clone, Copy)]
pub struct Letter<'a> {
    /// The text of the template.
    pub template: &'a str,
    /// What the template reads as `letter`.
    pub values: &'a Value,
    /// What tells it from all other letters, and stays the same when it is written again.
    pub name: &'a str,
    /// When it was made, UTC; stands in the PDF.
    pub made_at: DateTime<Utc>,
}

/// Why a letter cannot be written. Holds none of its values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LetterError {
    /// Template or values are larger than any letter.
    #[error("the letter is larger than letters may be")]
    TooLarge,
    /// The template asks for what is not there, or is no template, or no accessible document comes of it.
    #[error("the template of the letter fails, first on line {}", line.map_or("of the kit".to_owned(), |line| line.to_string()))]
    Template {
        /// The first line of the template that is named; none for places in the kit or in no file.
        line: Option<usize>,
        /// What is wrong, for whoever writes templates. May repeat values: never log it of a real letter.
        problems: Vec<String>,
    },
}

/// Writes a letter as PDF. Takes some ten milliseconds of one core, the first time half a second for the fonts.
///
/// # Errors
/// [`LetterError`].
pub fn render(letter: &Letter<'_>) -> Result<Vec<u8>, LetterError> {
    let values = letter.values.to_string();
    if values.len() > MOST_VALUE_BYTES || letter.template.len() > MOST_TEMPLATE_BYTES {
        return Err(LetterError::TooLarge);
    }
    let made_at = datetime(letter.made_at);
    let desk = Desk::new(letter.template, &values, made_at);
    let written = write(&desk, letter, made_at);
    comemo::evict(FORGOTTEN_AFTER);
    written
}

fn write(desk: &Desk, letter: &Letter<'_>, made_at: Datetime) -> Result<Vec<u8>, LetterError> {
    let refused = |diagnostics: &[SourceDiagnostic]| LetterError::Template {
        line: diagnostics.iter().find_map(|diagnostic| desk.line(diagnostic.span)),
        problems: diagnostics.iter().map(|diagnostic| diagnostic.message.to_string()).collect(),
    };
    let document: PagedDocument = typst::compile(desk).output.map_err(|diagnostics| refused(&diagnostics))?;
    let options = PdfOptions {
        ident: Smart::Custom(letter.name.to_owned()),
        creator: Smart::Custom(None),
        timestamp: Some(Timestamp::new_utc(made_at)),
        page_ranges: None,
        standards: PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1]).expect("both are PDF 1.7"),
        tagged: true,
        pretty: false,
    };
    typst_pdf::pdf(&document, &options).map_err(|diagnostics| refused(&diagnostics))
}

fn datetime(at: DateTime<Utc>) -> Datetime {
    let part = |value: u32| u8::try_from(value).unwrap_or(0);
    let (month, day) = (part(at.month()), part(at.day()));
    let (hour, minute, second) = (part(at.hour()), part(at.minute()), part(at.second()));
    Datetime::from_ymd_hms(at.year(), month, day, hour, minute, second).expect("chrono's dates are dates")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::qr_picture;

    const TEMPLATE: &str = r#"
#import "/letter.typ": explanations, remedy, verification
#let letter = json(bytes(sys.inputs.letter))
#set document(title: letter.title, author: "Stadt")
#set text(lang: "de")
#heading(level: 1, letter.title)
#letter.text
#remedy(letter)
#verification(letter)
#explanations(letter)
"#;

    fn values(text: &str) -> Value {
        json!({
            "title": "Bescheid", "text": text, "remedy_title": "Widerspruch", "remedy": "Einen Monat.",
            "verification": {
                "picture": qr_picture("https://stadt.example/verify/K7M4").unwrap(), "alt": "QR-Code",
                "text": "Echt?", "address": "stadt.example", "code": "K7M4",
            },
            "explanations": [{ "language": "en", "title": "Decision", "note": "Explained.", "lines": ["Yes."] }],
        })
    }

    fn written(template: &str, values: &Value) -> Result<Vec<u8>, LetterError> {
        let made_at = DateTime::from_timestamp(1_795_420_800, 0).unwrap();
        render(&Letter { template, values, name: "letter 1", made_at })
    }

    #[test]
    fn the_same_values_give_the_same_bytes_and_others_do_not() {
        let first = written(TEMPLATE, &values("Ja.")).unwrap();
        assert!(first.starts_with(b"%PDF-1.7"));
        assert_eq!(first, written(TEMPLATE, &values("Ja.")).unwrap());
        assert_ne!(first, written(TEMPLATE, &values("Nein.")).unwrap());
    }

    #[test]
    fn a_letter_is_tagged_and_says_so() {
        let pdf = written(TEMPLATE, &values("Ja.")).unwrap();
        let text = String::from_utf8_lossy(&pdf);
        assert!(text.contains("pdfuaid:part") && text.contains("pdfaid:conformance"), "the metadata says what it is");
        assert!(text.contains("/MarkInfo") || text.contains("StructTreeRoot"), "tags");
    }

    #[test]
    fn what_was_typed_is_shown_and_never_run() {
        for typed in ["#panic(\"run\")", "#import \"/main.typ\"", "*fett* $x$ @name <label>", "\\ #letter", "\" + 1"] {
            written(TEMPLATE, &values(typed)).unwrap_or_else(|error| panic!("{typed}: {error:?}"));
        }
        // The control: as a template the same is run.
        let run = written("#set document(title: \"x\")\n#panic(\"run\")", &values(""));
        assert!(matches!(run, Err(LetterError::Template { line: Some(2), .. })), "{run:?}");
    }

    #[test]
    fn a_template_reaches_nothing_but_its_values() {
        let reaches = [
            "#read(\"/etc/passwd\")",
            "#image(\"/tmp/a.png\")",
            "#import \"@preview/tablex:0.0.8\": *",
            "#include \"../secret.typ\"",
            "#plugin(\"/a.wasm\")",
            "#csv(\"/a.csv\")",
        ];
        for reach in reaches {
            let template = format!("#set document(title: \"x\")\n{reach}");
            let refused = written(&template, &values(""));
            assert!(matches!(refused, Err(LetterError::Template { .. })), "{reach}: {refused:?}");
        }
    }

    #[test]
    fn what_nobody_could_read_aloud_is_refused() {
        let without_words = "#set document(title: \"x\")\n#set text(lang: \"de\")\n\
             #let letter = json(bytes(sys.inputs.letter))\n#image(bytes(letter.verification.picture), format: \"svg\")";
        assert!(written(without_words, &values("")).is_err(), "a picture without words");
        assert!(written("= Titel", &values("")).is_err(), "no title");
    }

    #[test]
    fn too_much_is_refused_before_it_is_laid_out() {
        let much = json!({ "text": "a".repeat(MOST_VALUE_BYTES) });
        assert_eq!(written(TEMPLATE, &much), Err(LetterError::TooLarge));
        let endless = written("#set document(title: \"x\")\n#while true {}", &json!({}));
        assert!(endless.is_err(), "a loop without end is given up");
    }

    #[test]
    fn the_error_of_a_letter_names_no_value() {
        let template = "#set document(title: \"x\")\n#panic(json(bytes(sys.inputs.letter)).name)";
        let error = written(template, &json!({ "name": "Eva Geheim" })).unwrap_err();
        assert!(!error.to_string().contains("Geheim"), "{error}");
    }
}
