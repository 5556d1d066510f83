//! XML in and out: elements with a prefix, written in order; trees read with bounds and without entities of others.

use quick_xml::Reader;
use quick_xml::escape::{escape, resolve_xml_entity};
use quick_xml::events::{BytesStart, Event};

/// The longest document that is read, in bytes.
pub const MAX_XML_BYTES: usize = 16 << 20;
/// The deepest nesting that is read.
const MAX_DEPTH: usize = 64;
/// The most elements that are read.
const MAX_ELEMENTS: usize = 200_000;

/// Why a text is no document that is read here. Holds no content of the document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct XmlFault(pub String);

fn fault(message: impl Into<String>) -> XmlFault {
    XmlFault(message.into())
}

/// An element with what it holds. Names stand without prefix.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    /// The local name.
    pub name: String,
    /// The namespace declared at this element for its own prefix, if one is.
    pub namespace: Option<String>,
    /// Attributes by local name, without declarations of namespaces.
    pub attributes: Vec<(String, String)>,
    /// The elements inside, in order.
    pub children: Vec<Element>,
    /// The text directly inside, as written.
    pub text: String,
}

impl Element {
    /// The first element of this name.
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// All elements of this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the first element of this name without space around it; `None` if it is absent or empty.
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.trim()).filter(|text| !text.is_empty())
    }

    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Reads a document: its root element.
///
/// # Errors
/// [`XmlFault`] for what is too large, too deep, not well-formed, or wants a document type or entities of its own.
pub fn read_xml(xml: &str) -> Result<Element, XmlFault> {
    if xml.len() > MAX_XML_BYTES {
        return Err(fault(format!("the document has more than {MAX_XML_BYTES} bytes")));
    }
    let mut reader = Reader::from_str(xml);
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    let mut count = 0_usize;
    loop {
        match reader.read_event().map_err(|error| fault(format!("not readable as XML: {error}")))? {
            Event::Start(tag) => {
                count += 1;
                if open.len() >= MAX_DEPTH || count > MAX_ELEMENTS || root.is_some() {
                    return Err(fault("the document is nested too deeply, too long, or has two roots"));
                }
                open.push(element(&tag)?);
            }
            Event::Empty(tag) => {
                count += 1;
                if count > MAX_ELEMENTS || root.is_some() {
                    return Err(fault("the document is too long or has two roots"));
                }
                close(element(&tag)?, &mut open, &mut root);
            }
            Event::End(_) => {
                let done = open.pop().ok_or_else(|| fault("an end without a beginning"))?;
                close(done, &mut open, &mut root);
            }
            Event::Text(text) => push(&mut open, &text.decode().map_err(|_| fault("not UTF-8"))?),
            Event::CData(text) => push(&mut open, &text.decode().map_err(|_| fault("not UTF-8"))?),
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().map_err(|_| fault("a broken character reference"))?;
                let name = reference.decode().map_err(|_| fault("not UTF-8"))?;
                match (character, resolve_xml_entity(&name)) {
                    (Some(character), _) => push(&mut open, character.encode_utf8(&mut [0; 4])),
                    (None, Some(text)) => push(&mut open, text),
                    (None, None) => return Err(fault("entities of one's own are not read")),
                }
            }
            Event::DocType(_) => return Err(fault("a document type is not read")),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    if !open.is_empty() {
        return Err(fault("the document ends too early"));
    }
    root.ok_or_else(|| fault("the document is empty"))
}

fn close(done: Element, open: &mut [Element], root: &mut Option<Element>) {
    match open.last_mut() {
        Some(parent) => parent.children.push(done),
        None => *root = Some(done),
    }
}

fn push(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn element(tag: &BytesStart<'_>) -> Result<Element, XmlFault> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut found = Element { name: text(tag.local_name().as_ref()), ..Element::default() };
    let declared = match tag.name().prefix() {
        Some(prefix) => format!("xmlns:{}", text(prefix.as_ref())),
        None => "xmlns".to_owned(),
    };
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|_| fault("a broken attribute"))?;
        let value = attribute.unescape_value().map_err(|_| fault("a broken attribute"))?.into_owned();
        let name = text(attribute.key.as_ref());
        if name == declared {
            found.namespace = Some(value);
        } else if name != "xmlns" && !name.starts_with("xmlns:") {
            found.attributes.push((text(attribute.key.local_name().as_ref()), value));
        }
    }
    Ok(found)
}

/// A document that is being written. Every element stands under one prefix.
#[derive(Debug)]
pub(crate) struct XmlWriter {
    out: String,
    prefix: &'static str,
    open: Vec<String>,
}

impl XmlWriter {
    /// Begins a document with its root element.
    pub(crate) fn begin(prefix: &'static str, namespace: &str, root: &str) -> Self {
        let mut writer =
            Self { out: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(), prefix, open: Vec::new() };
        writer.open_with(root, &[(&format!("xmlns:{prefix}"), namespace)]);
        writer
    }

    pub(crate) fn open(&mut self, name: &str) {
        self.open_with(name, &[]);
    }

    pub(crate) fn open_with(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.start(name, attributes, ">\n");
        self.open.push(name.to_owned());
    }

    /// An element with text.
    pub(crate) fn leaf(&mut self, name: &str, text: &str) {
        self.leaf_with(name, &[], text);
    }

    pub(crate) fn leaf_with(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.start(name, attributes, ">");
        self.out.push_str(&escaped(text));
        self.end(name);
    }

    /// An element with text, if there is a text.
    pub(crate) fn may(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            self.leaf(name, text);
        }
    }

    /// An element without text.
    pub(crate) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.start(name, attributes, "/>\n");
    }

    /// An element that holds one code of a code list. The inner element has no prefix, as XÖV writes it.
    pub(crate) fn code(&mut self, name: &str, list: &str, version: &str, code: &str) {
        self.start(name, &[("listURI", list), ("listVersionID", version)], ">");
        self.out.push_str("<code>");
        self.out.push_str(&escaped(code));
        self.out.push_str("</code>");
        self.end(name);
    }

    pub(crate) fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.indent();
            self.end(&name);
        }
    }

    /// The document.
    pub(crate) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.out
    }

    fn start(&mut self, name: &str, attributes: &[(&str, &str)], end: &str) {
        self.indent();
        self.out.push('<');
        self.out.push_str(self.prefix);
        self.out.push(':');
        self.out.push_str(name);
        for (attribute, value) in attributes {
            let value = escaped(value).replace('\n', "&#10;").replace('\t', "&#9;");
            self.out.push(' ');
            self.out.push_str(attribute);
            self.out.push_str("=\"");
            self.out.push_str(&value);
            self.out.push('"');
        }
        self.out.push_str(end);
    }

    fn indent(&mut self) {
        self.out.extend(std::iter::repeat_n("  ", self.open.len()));
    }

    fn end(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(self.prefix);
        self.out.push(':');
        self.out.push_str(name);
        self.out.push_str(">\n");
    }
}

/// Text for a document. XML 1.0 has no place for control characters: each becomes the replacement character.
fn escaped(text: &str) -> String {
    let allowed = |sign: char| match sign {
        '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        '\t' | '\n' | '\r' => sign,
        _ if sign < ' ' => '\u{fffd}',
        _ => sign,
    };
    let clean: String = text.chars().map(allowed).collect();
    // A reader makes one line feed of a bare carriage return; written as a reference it stays what it is.
    escape(clean.as_str()).replace('\r', "&#13;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn documents_of_others_are_bounded() {
        for bad in [
            "",
            "text",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>",
            "<a>&unknown;</a>",
            "<a>&#xZZ;</a>",
        ] {
            assert!(read_xml(bad).is_err(), "{bad}");
        }
        let deep = format!("{}{}", "<a>".repeat(100), "</a>".repeat(100));
        assert!(read_xml(&deep).unwrap_err().0.contains("deeply"));
        assert!(read_xml(&format!("{}{}", "<a>".repeat(60), "</a>".repeat(60))).is_ok());
    }

    #[test]
    fn names_lose_their_prefix_and_keep_their_namespace() {
        let read = read_xml("<x:a xmlns:x=\"urn:n\" y=\"1&amp;2\"><code> c </code><![CDATA[<t>]]></x:a>").unwrap();
        assert_eq!((read.name.as_str(), read.namespace.as_deref()), ("a", Some("urn:n")));
        assert_eq!((read.attribute("y"), read.text_of("code"), read.text.as_str()), (Some("1&2"), Some("c"), "<t>"));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(text in "[^\\p{C}]{0,60}|[\\r\\n\\t<>&'\"\\]]{0,20}", value in "[^\\p{C}]{0,40}[\\n\\t]?") {
            let mut writer = XmlWriter::begin("p", "urn:n", "root");
            writer.leaf_with("leaf", &[("a", &value)], &text);
            let read = read_xml(&writer.finish()).unwrap();
            prop_assert_eq!(&read.children[0].text, &text);
            prop_assert_eq!(read.children[0].attribute("a"), Some(value.as_str()));
        }
    }
}
