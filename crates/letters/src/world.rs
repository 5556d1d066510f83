//! The small world of a template: itself, the kit for letters, the fonts and its values. Nothing else exists in it.

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Dict, Duration, Str, Value};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use crate::fonts::FONTS;

/// What all templates may use: `#import "/letter.typ": verification, explanations`.
const KIT: &str = include_str!("letter.typ");

static MAIN: LazyLock<FileId> = LazyLock::new(|| file("/main.typ"));
static KIT_FILE: LazyLock<FileId> = LazyLock::new(|| file("/letter.typ"));

fn file(path: &str) -> FileId {
    let path = VirtualPath::new(path).expect("a plain path");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

/// One letter's world.
#[derive(Debug)]
pub(crate) struct Desk {
    library: LazyHash<Library>,
    main: Source,
    kit: Source,
    today: Datetime,
}

impl Desk {
    /// A world with this template, and `values` as the JSON text that it reads.
    pub(crate) fn new(template: &str, values: &str, today: Datetime) -> Self {
        let mut inputs = Dict::new();
        inputs.insert(Str::from("letter"), Value::Str(Str::from(values)));
        Self {
            library: LazyHash::new(Library::builder().with_inputs(inputs).build()),
            main: Source::new(*MAIN, template.to_owned()),
            kit: Source::new(*KIT_FILE, KIT.to_owned()),
            today,
        }
    }

    /// The line of the template that a place lies in, from 1; `None` for places in the kit.
    pub(crate) fn line(&self, span: impl Into<typst::syntax::DiagSpan>) -> Option<usize> {
        let span = span.into();
        if span.id() != Some(*MAIN) {
            return None;
        }
        let range = typst::WorldExt::range(self, span)?;
        Some(self.main.text().get(..range.start)?.matches('\n').count() + 1)
    }
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &FONTS.book
    }

    fn main(&self) -> FileId {
        *MAIN
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        match id {
            id if id == *MAIN => Ok(self.main.clone()),
            id if id == *KIT_FILE => Ok(self.kit.clone()),
            _ => Err(FileError::AccessDenied),
        }
    }

    fn file(&self, _id: FileId) -> FileResult<Bytes> {
        Err(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        Some(self.today)
    }
}
