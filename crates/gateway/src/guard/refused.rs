//! Why a document was turned away, in words and with a stable code.

use async_graphql::{Pos, parser};

use crate::guard::Limits;

/// The reasons of the guard. None repeats any part of the document but the bounded name of a variable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each variant's message says what it means")]
pub enum Refused {
    #[error("the document is longer than {limit} bytes")]
    TooLong { limit: usize },
    #[error("the document has more than {limit} words and signs")]
    TooManyTokens { limit: usize },
    #[error("a name in the document is longer than {limit} bytes")]
    NameTooLong { limit: usize },
    #[error("the document is nested too deep: at most {limit} fields inside each other")]
    TooDeep { limit: u32 },
    #[error("the document does not follow the GraphQL grammar at line {line}, column {column}")]
    Syntax { line: usize, column: usize },
    #[error("the document holds no operation")]
    NoOperation,
    #[error("two operations or fragments of the document share one name, or an unnamed operation is not alone")]
    DuplicateDefinition,
    #[error("a fragment contains itself")]
    FragmentCycle,
    #[error("a fragment is used that the document does not define")]
    UnknownFragment,
    #[error("the document asks for too much at once: its cost is above {limit}; ask for shorter pages or fewer fields")]
    TooCostly { limit: u64 },
    #[error("the document selects more than {limit} fields")]
    TooManyFields { limit: u64 },
    #[error("the operation has more than {limit} fields at its root")]
    TooManyRootFields { limit: u64 },
    #[error("the document renames more than {limit} fields")]
    TooManyAliases { limit: u64 },
    #[error("the document has too many directives: at most {limit}, and {per_place} at one place")]
    TooManyDirectives { limit: usize, per_place: usize },
    #[error("an operation has more than {limit} variables")]
    TooManyVariables { limit: usize },
    #[error("the document has more than {limit} operations")]
    TooManyOperations { limit: usize },
    #[error("the document has more than {limit} fragments")]
    TooManyFragments { limit: usize },
    #[error("a field or directive has more than {limit} arguments")]
    TooManyArguments { limit: usize },
    #[error("a page has between 0 and {limit} entries")]
    PageTooLong { limit: u64 },
    #[error("a mutation or subscription has exactly one field at its root")]
    NotOneRootField,
    #[error("the variable ${name} needs a value")]
    VariableMissing { name: String },
    #[error("the document has no operation of this name")]
    UnknownOperation,
    #[error("the document has several operations: say which one with operationName")]
    OperationNameMissing,
    #[error("this caller may send trusted documents only: ask for one by its documentId, or sign in")]
    NotTrusted,
    #[error("there is no trusted document of this id")]
    UnknownDocument,
}

impl Refused {
    /// The stable code that programs can rely on.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } | Self::TooManyTokens { .. } => "DOCUMENT_TOO_LARGE",
            Self::NameTooLong { .. } => "NAME_TOO_LONG",
            Self::TooDeep { .. } => "DOCUMENT_TOO_DEEP",
            Self::Syntax { .. } => "SYNTAX_ERROR",
            Self::NoOperation => "NO_OPERATION",
            Self::DuplicateDefinition => "DUPLICATE_DEFINITION",
            Self::FragmentCycle => "FRAGMENT_CYCLE",
            Self::UnknownFragment => "UNKNOWN_FRAGMENT",
            Self::TooCostly { .. } => "DOCUMENT_TOO_COSTLY",
            Self::TooManyFields { .. } => "TOO_MANY_FIELDS",
            Self::TooManyRootFields { .. } => "TOO_MANY_ROOT_FIELDS",
            Self::TooManyAliases { .. } => "TOO_MANY_ALIASES",
            Self::TooManyDirectives { .. } => "TOO_MANY_DIRECTIVES",
            Self::TooManyVariables { .. } => "TOO_MANY_VARIABLES",
            Self::TooManyOperations { .. } => "TOO_MANY_OPERATIONS",
            Self::TooManyFragments { .. } => "TOO_MANY_FRAGMENTS",
            Self::TooManyArguments { .. } => "TOO_MANY_ARGUMENTS",
            Self::PageTooLong { .. } => "PAGE_TOO_LONG",
            Self::NotOneRootField => "NOT_ONE_ROOT_FIELD",
            Self::VariableMissing { .. } => "VARIABLE_MISSING",
            Self::UnknownOperation => "UNKNOWN_OPERATION",
            Self::OperationNameMissing => "OPERATION_NAME_MISSING",
            Self::NotTrusted => "DOCUMENT_NOT_TRUSTED",
            Self::UnknownDocument => "DOCUMENT_UNKNOWN",
        }
    }
}

impl From<parser::Error> for Refused {
    fn from(error: parser::Error) -> Self {
        match error {
            parser::Error::Syntax { start: Pos { line, column }, .. } => Self::Syntax { line, column },
            parser::Error::MissingOperation | parser::Error::MissingQueryRoot { .. } => Self::NoOperation,
            parser::Error::MultipleOperations { .. }
            | parser::Error::OperationDuplicated { .. }
            | parser::Error::FragmentDuplicated { .. }
            | parser::Error::MultipleRoots { .. } => Self::DuplicateDefinition,
            // The parser's own depth limit lies far above the one checked before it; other kinds do not exist today.
            _ => Self::TooDeep { limit: Limits::default().depth },
        }
    }
}
