//! Names of files: shown to people and given to their programs again, so nothing in one may be a path or deceive the eye.

/// Most signs of a name.
const MOST_SIGNS: usize = 200;

/// The name, if it can be taken. It is never a part of a path of ours.
pub(crate) fn checked_name(name: &str) -> Option<String> {
    let name = name.trim();
    // The characters that turn the direction of writing make `fdp.exe` out of `exe.pdf`.
    let deceives = |sign: char| {
        sign.is_control()
            || matches!(sign, '/' | '\\' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let is_name = !name.is_empty() && name.chars().count() <= MOST_SIGNS && name != "." && name != "..";
    (is_name && !name.chars().any(deceives)).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::checked_name;

    #[test]
    fn a_name_is_neither_a_path_nor_a_deceit() {
        for good in ["Vollmacht.pdf", "Foto 1 (Garten).jpg", "..foto.png", "страница.pdf"] {
            assert_eq!(checked_name(good).as_deref(), Some(good));
        }
        let long = "x".repeat(201);
        for bad in
            ["", "  ", ".", "..", "../../etc/passwd", "C:\\a.pdf", "a\0.pdf", "a\nb.pdf", "\u{202e}fdp.exe", &long]
        {
            assert_eq!(checked_name(bad), None, "{bad:?}");
        }
    }
}
