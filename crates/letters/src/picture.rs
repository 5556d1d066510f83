//! QR codes as pictures for letters.

use fast_qr::convert::svg::SvgBuilder;
use fast_qr::convert::{Builder as _, Shape};
use fast_qr::{ECL, QRBuilder};

/// The text does not fit into a QR code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text is too long for a QR code")]
pub struct NoPicture;

/// A QR code as the text of an SVG picture, with the quiet zone that readers need. A quarter of it may be covered by dirt.
///
/// # Errors
/// [`NoPicture`] for more than some 1,400 signs.
pub fn qr_picture(text: &str) -> Result<String, NoPicture> {
    let code = QRBuilder::new(text).ecl(ECL::Q).build().map_err(|_| NoPicture)?;
    Ok(SvgBuilder::default().shape(Shape::Square).margin(4).to_str(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_refused() {
        assert!(qr_picture("https://stadt.example/verify/K7M4").unwrap().contains("<svg"));
        assert_eq!(qr_picture(&"a".repeat(3_000)), Err(NoPicture));
    }
}
