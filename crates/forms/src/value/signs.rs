//! Which signs a text may have, after the data types of DIN 91379.
//!
//! The standard lists sequences one by one. Here stand the blocks they come from, so a few signs pass that the standard
//! does not list; none that it lists is refused.

use crate::model::CharacterClass;

/// Whether `c` may stand in a text of this class.
pub(crate) fn allowed(class: CharacterClass, c: char) -> bool {
    match class {
        CharacterClass::A => latin(c) || name_sign(c),
        CharacterClass::B => latin(c) || name_sign(c) || sign(c),
        CharacterClass::C => latin(c) || name_sign(c) || sign(c) || c == '\n',
        CharacterClass::D => latin(c) || greek_or_cyrillic(c) || name_sign(c) || sign(c),
        CharacterClass::E => c.is_alphabetic() || mark(c) || name_sign(c) || sign(c) || c == '\n',
    }
}

/// Whether a text of this class may have several lines.
pub(crate) fn several_lines(class: CharacterClass) -> bool {
    match class {
        CharacterClass::A | CharacterClass::B | CharacterClass::D => false,
        CharacterClass::C | CharacterClass::E => true,
    }
}

fn latin(c: char) -> bool {
    c.is_ascii_alphabetic()
        || mark(c)
        || matches!(c, 'ª' | 'º' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{24f}' | '\u{259}' | '\u{268}'
            | '\u{1e00}'..='\u{1eff}' | '\u{2b0}'..='\u{2ff}' | '\u{292}' | '\u{2c60}'..='\u{2c7f}')
}

fn mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

fn greek_or_cyrillic(c: char) -> bool {
    matches!(c, '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' | '\u{400}'..='\u{52f}')
}

fn name_sign(c: char) -> bool {
    matches!(
        c,
        ' ' | '\''
            | ','
            | '-'
            | '.'
            | '`'
            | '~'
            | '¨'
            | '´'
            | '·'
            | 'ʹ'
            | 'ʺ'
            | 'ʼ'
            | 'ʾ'
            | 'ʿ'
            | 'ˈ'
            | 'ˌ'
            | '’'
            | '‡'
    )
}

fn sign(c: char) -> bool {
    c.is_ascii_graphic()
        || matches!(c, '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{bf}' | '×' | '÷' | '–' | '—' | '‘' | '“' | '”' | '„' | '‚' | '…' | '‹' | '›'
            | '€' | '†' | '•' | '‰' | '™' | '∞' | '≤' | '≥')
}
