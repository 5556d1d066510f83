//! Letters as somebody holds them in their hands: pages drawn from the PDF, QR codes read from the drawing.

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::{RenderCache, RenderSettings, render};
use rqrr::PreparedImage;

/// Points of a PDF are 1/72 inch; a telephone sees more.
const SCALE: f32 = 3.0;

/// The texts of all QR codes on all pages, by readers that are not the writers.
///
/// # Panics
/// When the PDF cannot be read, or a QR code cannot.
pub fn qr_codes_of(pdf: &[u8]) -> Vec<String> {
    let document = Pdf::new(pdf.to_vec()).expect("a PDF");
    let (cache, settings) = (RenderCache::new(), InterpreterSettings::default());
    let scaled = RenderSettings {
        x_scale: SCALE,
        y_scale: SCALE,
        bg_color: hayro::vello_cpu::color::palette::css::WHITE,
        ..RenderSettings::default()
    };
    let mut texts = Vec::new();
    for page in document.pages().iter() {
        let drawn = render(page, &cache, &settings, &scaled);
        let width = usize::from(drawn.width());
        // Green alone is grey enough for black on white.
        let grey = |x: usize, y: usize| drawn.data_as_u8_slice()[4 * (y * width + x) + 1];
        let mut image = PreparedImage::prepare_from_greyscale(width, usize::from(drawn.height()), grey);
        texts.extend(image.detect_grids().iter().map(|grid| grid.decode().expect("a QR code").1));
    }
    texts
}

/// How many pages there are.
///
/// # Panics
/// When the PDF cannot be read.
pub fn pages_of(pdf: &[u8]) -> usize {
    Pdf::new(pdf.to_vec()).expect("a PDF").pages().len()
}
