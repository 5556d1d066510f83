//! A table of a TOML file: fields by name, and a complaint for every field nobody asked for.

use std::cell::{Cell, RefCell};
use std::ops::Range;

use toml::de::DeTable;

use crate::node::Node;
use crate::problem::{Code, suggestion, visible};
use crate::source::{Place, Source};

/// A table with its place. Fields are asked for by name; what is never asked for is unknown.
#[derive(Debug)]
pub struct Table<'a> {
    source: &'a Source<'a>,
    key: String,
    place: Range<usize>,
    entries: &'a DeTable<'a>,
    asked: RefCell<Vec<&'static str>>,
    /// Every key is welcome.
    free: Cell<bool>,
}

impl<'a> Table<'a> {
    pub(crate) fn root(source: &'a Source<'a>, entries: &'a DeTable<'a>) -> Self {
        Self::at(source, String::new(), 0..0, entries)
    }

    pub(crate) fn at(source: &'a Source<'a>, key: String, place: Range<usize>, entries: &'a DeTable<'a>) -> Self {
        Self { source, key, place, entries, asked: RefCell::default(), free: Cell::default() }
    }

    /// Reads the table with `read` and then names every field that `read` did not ask for. So `read` must ask for
    /// all fields before it gives up on one of them.
    pub fn read<T>(&self, read: impl FnOnce(&Self) -> Option<T>) -> Option<T> {
        let value = read(self);
        let asked = self.asked.borrow();
        if self.free.get() {
            return value;
        }
        for name in self.entries.keys() {
            let text: &str = name.get_ref();
            if !asked.contains(&text) {
                let near = suggestion(text, asked.iter().copied());
                let message = format!("unknown key{near}; allowed are {}", asked.join(", "));
                self.source.refuse(&name.span(), &self.path_to(text), None, Code::UnknownKey, message);
            }
        }
        value
    }

    /// The field of that name, if it stands there.
    pub fn field(&self, name: &'static str) -> Option<Node<'a>> {
        if !self.asked.borrow().contains(&name) {
            self.asked.borrow_mut().push(name);
        }
        let value = self.entries.get(name)?;
        Some(Node::new(self.source, self.path_to(name), value))
    }

    /// A field that must stand there.
    pub fn required<T>(&self, name: &'static str, read: impl FnOnce(&Node<'a>) -> Option<T>) -> Option<T> {
        if let Some(node) = self.field(name) {
            return read(&node);
        }
        self.refuse_at(name, Code::MissingKey, format!("\"{name}\" is missing"));
        None
    }

    /// A field that may be absent.
    pub fn optional<T>(&self, name: &'static str, read: impl FnOnce(&Node<'a>) -> Option<T>) -> Option<T> {
        self.field(name).and_then(|node| read(&node))
    }

    /// A list that may be absent, of at most `max` elements. Elements that cannot be read are left out and noted.
    pub fn list<T>(&self, name: &'static str, max: usize, read: impl FnMut(&Node<'a>) -> Option<T>) -> Vec<T> {
        self.field(name).map(|node| node.elements(max).iter().filter_map(read).collect()).unwrap_or_default()
    }

    /// Every entry of a table whose keys are free, as written. No key is unknown afterwards.
    pub fn entries(&self) -> Vec<(&'a str, Node<'a>)> {
        self.free.set(true);
        let entry = |(name, value): (&'a toml::Spanned<_>, _)| {
            let name: &std::borrow::Cow<'a, str> = name.get_ref();
            (name.as_ref(), Node::new(self.source, self.path_to(name), value))
        };
        self.entries.iter().map(entry).collect()
    }

    /// Notes a problem with the field `name` of this table, or with the table where there is no such field.
    pub fn refuse_at(&self, name: &str, code: Code, message: String) {
        let place = self.entries.get(name).map_or(self.place.clone(), toml::Spanned::span);
        let value = self.entries.get(name).map(toml::Spanned::span);
        self.source.refuse(&place, &self.path_to(name), value.as_ref(), code, message);
    }

    /// Where the table stands.
    pub fn place(&self) -> Place {
        self.source.place(&self.place, &self.key, None)
    }

    fn path_to(&self, name: &str) -> String {
        let name = visible(name, 80);
        if self.key.is_empty() || name.is_empty() {
            format!("{}{name}", self.key)
        } else {
            format!("{}.{name}", self.key)
        }
    }
}
