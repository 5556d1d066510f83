//! What a file is, by its content. What its name ends on, and what a browser says, count for nothing.

/// How many bytes are needed to tell.
pub(crate) const HEAD: usize = 8 * 1024;

/// What is accepted where a service names nothing: what clerks can open and machines can clean.
const ORDINARY: [&str; 5] = ["application/pdf", "image/gif", "image/jpeg", "image/png", "image/webp"];

/// Photos that can be cleaned of traces; other pictures cannot and are not taken.
const CLEANABLE: [&str; 4] = ["image/gif", "image/jpeg", "image/png", "image/webp"];

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind(pub(crate) &'static str);

impl Kind {
    /// Whether it may be handed in where `accept` is asked for.
    pub(crate) fn is_accepted(self, accept: &[String]) -> bool {
        let is_wanted =
            if accept.is_empty() { ORDINARY.contains(&self.0) } else { accept.iter().any(|wanted| wanted == self.0) };
        is_wanted && (!self.is_picture() || CLEANABLE.contains(&self.0))
    }

    pub(crate) fn is_picture(self) -> bool {
        self.0.starts_with("image/")
    }
}

/// What the file that begins with `head` is; nothing for what nobody knows.
pub(crate) fn kind_of(head: &[u8]) -> Option<Kind> {
    let head = &head[..head.len().min(HEAD)];
    if let Some(kind) = infer::get(head) {
        return Some(Kind(kind.mime_type()));
    }
    let is_text = |text: &str| !text.is_empty() && !text.chars().any(|sign| sign.is_control() && !sign.is_whitespace());
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // The head may end within a sign.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return None,
    };
    is_text(text).then_some(Kind("text/plain"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(head: &[u8], accept: &[&str]) -> bool {
        let accept: Vec<String> = accept.iter().map(|kind| (*kind).to_owned()).collect();
        kind_of(head).is_some_and(|kind| kind.is_accepted(&accept))
    }

    #[test]
    fn the_content_says_what_a_file_is() {
        let pdf = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3";
        let exe = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff";
        let elf = b"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03\x00\x3e\x00";
        let html = b"<!DOCTYPE html><html><script>alert(1)</script>";
        assert!(accepted(pdf, &["application/pdf"]) && accepted(pdf, &[]));
        assert!(!accepted(pdf, &["image/png"]));
        for bad in [
            &exe[..],
            elf,
            html,
            b"#!/bin/sh\nrm -rf /",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"\x00\x01\x02",
            b"",
        ] {
            assert!(!accepted(bad, &[]), "{bad:?}");
            assert!(!accepted(bad, &["application/pdf", "image/jpeg"]), "{bad:?}");
        }
        assert!(accepted("Größe".as_bytes(), &["text/plain"]) && !accepted(exe, &["text/plain"]));
        let heic = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic";
        assert_eq!(kind_of(heic), Some(Kind("image/heif")));
        assert!(!accepted(heic, &["image/heif"]), "it cannot be cleaned of traces");
    }
}
