//! One answer, written as JSON or as XML.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use serde_json::{Map, Value};

/// In which of the two formats somebody asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Xml,
}

/// A piece of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Tree {
    Nothing,
    Text(String),
    Number(f64),
    Whole(i64),
    YesNo(YesNo),
    /// Many of one kind, with the name that each has in XML.
    Many(&'static str, Vec<Tree>),
    Fields(Vec<(&'static str, Tree)>),
}

/// The standard writes booleans as words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum YesNo {
    Yes,
    No,
}

impl YesNo {
    const fn word(self) -> &'static str {
        match self {
            Self::Yes => "true",
            Self::No => "false",
        }
    }
}

impl Format {
    /// Both, with the end of their addresses.
    pub(super) const ALL: [(Self, &'static str); 2] = [(Self::Json, "json"), (Self::Xml, "xml")];

    /// Takes the format off the end of an address.
    pub(super) fn split(last: &str) -> Option<(Self, &str)> {
        Self::ALL.into_iter().find_map(|(format, end)| Some((format, last.strip_suffix(end)?.strip_suffix('.')?)))
    }

    /// An answer with this root element.
    pub(super) fn answer(self, status: StatusCode, root: &str, tree: &Tree) -> Response {
        let (media_type, body) = match self {
            Self::Json => ("application/json; charset=utf-8", tree.json().to_string().into_bytes()),
            Self::Xml => ("application/xml; charset=utf-8", tree.xml(root)),
        };
        let mut response = (status, body).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        response
    }
}

impl From<&str> for Tree {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Tree {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<T: Into<Self>> From<Option<T>> for Tree {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Nothing, Into::into)
    }
}

impl Tree {
    fn json(&self) -> Value {
        match self {
            Self::Nothing => Value::Null,
            Self::Text(text) => text.as_str().into(),
            Self::Number(number) => (*number).into(),
            Self::Whole(number) => (*number).into(),
            Self::YesNo(word) => (*word == YesNo::Yes).into(),
            Self::Many(_, many) => many.iter().map(Self::json).collect(),
            Self::Fields(fields) => {
                let fields = fields.iter().map(|(name, tree)| ((*name).to_owned(), tree.json()));
                Value::Object(fields.collect::<Map<_, _>>())
            }
        }
    }

    fn xml(&self, root: &str) -> Vec<u8> {
        let mut writer = Writer::new(Vec::new());
        // Writing into memory does not fail; what would be missing is the end of the document, which readers notice.
        let _ = writer
            .write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))
            .and_then(|()| self.element(&mut writer, root));
        writer.into_inner()
    }

    fn element(&self, writer: &mut Writer<Vec<u8>>, name: &str) -> std::io::Result<()> {
        writer.write_event(Event::Start(BytesStart::new(name)))?;
        match self {
            Self::Nothing => {}
            Self::Text(text) => writer.write_event(Event::Text(BytesText::new(&allowed(text))))?,
            Self::Number(number) => writer.write_event(Event::Text(BytesText::new(&number.to_string())))?,
            Self::Whole(number) => writer.write_event(Event::Text(BytesText::new(&number.to_string())))?,
            Self::YesNo(word) => writer.write_event(Event::Text(BytesText::new(word.word())))?,
            Self::Many(each, many) => many.iter().try_for_each(|tree| tree.element(writer, each))?,
            Self::Fields(fields) => fields.iter().try_for_each(|(name, tree)| tree.element(writer, name))?,
        }
        writer.write_event(Event::End(BytesEnd::new(name)))
    }
}

/// Signs that XML 1.0 cannot hold at all, not even escaped, are left out.
fn allowed(text: &str) -> String {
    let fits = |sign: &char| matches!(sign, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..);
    text.chars().filter(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_formats_say_the_same_and_nothing_breaks_out() {
        let text = "<b>&\"'\u{1}]]> ä";
        let one = Tree::Fields(vec![("text", text.into()), ("none", Tree::Nothing), ("yes", Tree::YesNo(YesNo::Yes))]);
        let tree = Tree::Many("one", vec![one]);
        let xml = String::from_utf8(tree.xml("all")).unwrap();
        assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?><all><one><text>&lt;b&gt;&amp;"), "{xml}");
        assert!(xml.ends_with(" ä</text><none></none><yes>true</yes></one></all>"), "{xml}");
        assert!(!xml.contains('\u{1}') && !xml.contains("]]>"), "{xml}");
        assert_eq!(tree.json(), serde_json::json!([{ "text": text, "none": null, "yes": true }]));
        assert_eq!(Format::split("a.b.json"), Some((Format::Json, "a.b")));
        assert_eq!((Format::split("json"), Format::split("a.yaml")), (None, None));
    }
}
