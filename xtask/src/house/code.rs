//! Tells code from comments and from text in quotes, so that a rule about code is not tripped by a sentence about it.

/// A Rust file in two views of the same length: where one has a character, the other has a blank.
#[derive(Debug)]
pub struct Views {
    /// Code only; the contents of comments and literals are blank.
    pub code: String,
    /// Comments only.
    pub comments: String,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Code,
    LineComment,
    BlockComment { depth: usize },
    Text,
    RawText { hashes: usize },
}

/// Splits the text of a Rust file. Line numbers stay what they were.
pub fn split(text: &str) -> Views {
    let signs: Vec<char> = text.chars().collect();
    let mut views = Views { code: String::with_capacity(text.len()), comments: String::new() };
    let mut state = State::Code;
    let mut at = 0;
    while at < signs.len() {
        let (length, next) = step(&signs, at, state);
        let comment = is_comment(state) || is_comment(next);
        let code = state == State::Code && next == State::Code && length == 1;
        for &sign in &signs[at..at + length] {
            let blank = if sign == '\n' { '\n' } else { ' ' };
            views.code.push(if code { sign } else { blank });
            views.comments.push(if comment { sign } else { blank });
        }
        at += length;
        state = next;
    }
    views
}

/// Whether `line` names `pattern` as whole words: `rand::` is not found in `operand::new`.
pub fn names(line: &str, pattern: &str) -> bool {
    let is_word = |sign: char| sign.is_alphanumeric() || sign == '_';
    line.match_indices(pattern).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + pattern.len()..].chars().next();
        let starts = !pattern.starts_with(is_word) || !before.is_some_and(is_word);
        let ends = !pattern.ends_with(is_word) || !after.is_some_and(is_word);
        starts && ends
    })
}

fn is_comment(state: State) -> bool {
    matches!(state, State::LineComment | State::BlockComment { .. })
}

/// How many signs belong together at `at`, and the state after them.
fn step(signs: &[char], at: usize, state: State) -> (usize, State) {
    let sign = signs[at];
    let following = signs.get(at + 1).copied();
    match state {
        State::Code => step_in_code(signs, at),
        State::LineComment if sign == '\n' => (1, State::Code),
        State::LineComment => (1, State::LineComment),
        State::BlockComment { depth } => match (sign, following) {
            ('*', Some('/')) if depth == 1 => (2, State::Code),
            ('*', Some('/')) => (2, State::BlockComment { depth: depth - 1 }),
            ('/', Some('*')) => (2, State::BlockComment { depth: depth + 1 }),
            _ => (1, state),
        },
        State::Text if sign == '\\' => (2.min(signs.len() - at), State::Text),
        State::Text if sign == '"' => (1, State::Code),
        State::Text => (1, State::Text),
        State::RawText { hashes } if sign == '"' && hashes_at(signs, at + 1) >= hashes => (1 + hashes, State::Code),
        State::RawText { .. } => (1, state),
    }
}

fn step_in_code(signs: &[char], at: usize) -> (usize, State) {
    let follows_word = at > 0 && (signs[at - 1].is_alphanumeric() || signs[at - 1] == '_');
    match (signs[at], signs.get(at + 1).copied()) {
        ('/', Some('/')) => (2, State::LineComment),
        ('/', Some('*')) => (2, State::BlockComment { depth: 1 }),
        ('"', _) => (1, State::Text),
        ('r', Some('"' | '#')) if !follows_word => {
            let hashes = hashes_at(signs, at + 1);
            if signs.get(at + 1 + hashes) == Some(&'"') {
                (2 + hashes, State::RawText { hashes })
            } else {
                (1, State::Code)
            }
        }
        ('\'', Some('\\')) => (length_of_escaped_sign(signs, at), State::Code),
        ('\'', Some(_)) if signs.get(at + 2) == Some(&'\'') => (3, State::Code),
        _ => (1, State::Code),
    }
}

fn hashes_at(signs: &[char], from: usize) -> usize {
    signs.iter().skip(from).take_while(|&&sign| sign == '#').count()
}

/// `'\n'`, `'\''`, `'\u{1f600}'`: up to and with the closing quote.
fn length_of_escaped_sign(signs: &[char], at: usize) -> usize {
    let closing = signs.iter().skip(at + 3).position(|&sign| sign == '\'');
    closing.map_or(1, |offset| offset + 4)
}

#[cfg(test)]
mod tests {
    use crate::house::code::{names, split};

    fn check(text: &str, code: &str) {
        let words: Vec<String> = split(text).code.split_whitespace().map(str::to_owned).collect();
        assert_eq!(words.join(" "), code, "{text}");
    }

    #[test]
    fn keeps_code_and_blanks_comments_and_texts() {
        check("let a = 1; // now()", "let a = 1;");
        check("a /* b /* c */ d */ e", "a e");
        check(r#"f("now() \" now()", g)"#, "f( , g)");
        check("f(r#\"now() \"quoted\"\"#, g)", "f( , g)");
        check("f('\"', '\\'', 'x', g)", "f( , , , g)");
        check("fn f<'a>(x: &'a str) {}", "fn f<'a>(x: &'a str) {}");
        check("let r#type = bar\"\";", "let r#type = bar ;");
    }

    #[test]
    fn keeps_comments_and_line_numbers() {
        let views = split("one(); // first\n\"\n\";\n/* second */ two();\n");
        assert_eq!(views.comments.lines().nth(3).map(str::trim), Some("/* second */"));
        assert_eq!(views.code.lines().nth(3).map(str::trim), Some("two();"));
    }

    #[test]
    fn finds_whole_words_only() {
        assert!(names("use rand::Rng;", "rand::"));
        assert!(!names("operand::new()", "rand::"));
        assert!(names("use sea_orm::Set;", "sea_orm"));
        assert!(!names("use sea_orm_migration::prelude;", "sea_orm"));
    }
}
