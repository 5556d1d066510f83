//! How large a question may be before we stop reading it.

/// Upper bounds for one GraphQL document. All counts are after fragments are expanded, unless said otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Length of the document's text in bytes.
    pub bytes: usize,
    /// Names, numbers, strings and signs in the text.
    pub tokens: usize,
    /// Brackets of any kind open at the same time in the text; protects the parser's stack.
    pub brackets: usize,
    /// Length of one name in bytes; suggestions for misspelt names cost its square.
    pub name_bytes: usize,
    /// Fields inside fields. The usual introspection query needs 15.
    pub depth: u32,
    /// Selection sets inside selection sets, fragments included; protects every later recursion.
    pub levels: u32,
    /// Selections of one operation.
    pub selections: u64,
    /// Objects and values the answer may hold: a list counts as often as its page is long.
    pub cost: u64,
    /// Fields directly below the operation.
    pub root_fields: u64,
    /// Renamed fields.
    pub aliases: u64,
    /// Directives in the text.
    pub directives: usize,
    /// Directives at one place.
    pub directives_per_place: usize,
    /// Variables of one operation.
    pub variables: usize,
    /// Operations in the text.
    pub operations: usize,
    /// Fragments in the text.
    pub fragments: usize,
    /// Arguments of one field.
    pub arguments: usize,
    /// Entries a page may have (`first`, `last`).
    pub page: u64,
    /// Entries assumed where a page's length is asked for but not said.
    pub assumed_page: u64,
    /// Fields looked at by the check that fields of one name agree, summed over all selection sets.
    pub comparisons: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 64 * 1024,
            tokens: 4_000,
            brackets: 48,
            name_bytes: 100,
            depth: 15,
            levels: 30,
            selections: 1_500,
            cost: 10_000,
            root_fields: 30,
            aliases: 100,
            directives: 50,
            directives_per_place: 5,
            variables: 50,
            operations: 10,
            fragments: 100,
            arguments: 30,
            page: 100,
            assumed_page: 20,
            comparisons: 20_000,
        }
    }
}
