//! Where a browser goes after sign-in: a path on our own pages, and nothing else.

use std::fmt;

/// Longest path, in bytes.
const LONGEST: usize = 512;

/// A path on this installation, with a query perhaps. Anything that a browser could read as an address elsewhere cannot be
/// said with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnPath(String);

impl ReturnPath {
    /// The path somebody wished for; the start page for what is no path of ours. That is a decision, not an error: the
    /// sign-in is still the person's own, whoever wrote the link.
    pub fn wished(text: Option<&str>) -> Self {
        Self(text.filter(|text| is_local(text)).unwrap_or("/").to_owned())
    }

    /// The path as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ReturnPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Browsers drop tabs and line ends, and read `\` as `/`: only plain visible signs pass, and one `/` at the start.
fn is_local(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() <= LONGEST
        && bytes.first() == Some(&b'/')
        && bytes.get(1) != Some(&b'/')
        && bytes.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'\\')
        // Signing in again after signing in would turn in a circle.
        && !text.starts_with("/sign-in/openid")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_ours_is_kept() {
        for good in ["/", "/termine", "/termine?id=1&x=%2F%2Fevil.example", "/a//b", "/#oben", "/a@b:c"] {
            assert_eq!(ReturnPath::wished(Some(good)).as_str(), good);
        }
    }

    #[test]
    fn an_address_elsewhere_becomes_the_start_page() {
        let long = format!("/{}", "a".repeat(LONGEST));
        for bad in [
            "",
            "termine",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "https://evil.example",
            "HTTPS:evil.example",
            "javascript:alert(1)",
            " /termine",
            "/ ",
            "/\u{2f}\u{2f}\\",
            "/ü",
            "/\u{0}",
            "/\r\nSet-Cookie: a=b",
            "data:text/html,x",
            "@evil.example",
            "/sign-in/openid/bund",
            &long,
        ] {
            assert_eq!(ReturnPath::wished(Some(bad)).as_str(), "/", "{bad:?}");
        }
        assert_eq!(ReturnPath::wished(None).as_str(), "/");
    }

    /// An independent reader says the same: joined to our address, what passes stays on it.
    #[test]
    fn what_passes_stays_here_for_a_parser_of_addresses_too() {
        let here = url::Url::parse("https://stadt.example/").unwrap();
        for wish in [
            "/termine",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "/.//evil.example",
            "/..//evil.example",
        ] {
            let joined = here.join(ReturnPath::wished(Some(wish)).as_str()).unwrap();
            assert_eq!(joined.origin(), here.origin(), "{wish:?}");
        }
        // Negative control: the parser does see the attack when nobody checks.
        assert_ne!(here.join("/\t/evil.example").unwrap().origin(), here.origin());
    }
}
