//! What photos tell beside the picture: where and when it was taken, with which camera, a small earlier version. All of it
//! goes; which way up the picture is stays, and so do its colours.

use bytes::{BufMut, Bytes, BytesMut};
use img_parts::jpeg::{Jpeg, markers};
use img_parts::png::Png;
use img_parts::webp::WebP;
use img_parts::{ImageEXIF, ImageICC};

use super::Kind;

/// The photo was cut off or is no photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotAPhoto;

/// What a PNG needs to be seen; every other chunk may tell something.
const PNG_KEPT: [&[u8; 4]; 16] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"bKGD",
    b"pHYs", b"acTL", b"fcTL", b"fdAT",
];

/// What a WebP needs to be seen.
const WEBP_KEPT: [&[u8; 4]; 7] = [b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"];

/// The photo without traces; nothing where there is nothing to leave out, because it is no photo.
///
/// # Errors
/// [`NotAPhoto`] when it cannot be taken apart: then nobody can say what it tells.
pub(crate) fn without_traces(kind: Kind, photo: &Bytes) -> Result<Option<Bytes>, NotAPhoto> {
    match kind.0 {
        "image/jpeg" => jpeg(photo.clone()).map(Some),
        "image/png" => png(photo.clone()).map(Some),
        "image/webp" => webp(photo.clone()).map(Some),
        // A GIF has no place for such things but comments, and cameras make none.
        _ => Ok(None),
    }
}

fn jpeg(photo: Bytes) -> Result<Bytes, NotAPhoto> {
    let mut jpeg = Jpeg::from_bytes(photo).map_err(|_| NotAPhoto)?;
    let up = jpeg.exif().and_then(orientation);
    let colours = jpeg.icc_profile();
    jpeg.segments_mut().retain(|segment| {
        // APP0 says how large a dot is, APP14 how colours are written; all other additions may tell something, also a second
        // APP0, which holds a small picture of before.
        let is_addition = (markers::APP0..=markers::APP15).contains(&segment.marker());
        let is_size = segment.marker() == markers::APP0 && segment.contents().starts_with(b"JFIF");
        let is_needed = is_size || segment.marker() == markers::APP14;
        (!is_addition || is_needed) && segment.marker() != markers::COM
    });
    jpeg.set_icc_profile(colours);
    jpeg.set_exif(up);
    let whole = jpeg.encoder().bytes();
    let end = end_of_picture(&whole).ok_or(NotAPhoto)?;
    Ok(whole.slice(..end))
}

/// Behind the last byte of the picture. Cameras put films and larger pictures behind it, with the place of their own.
fn end_of_picture(jpeg: &[u8]) -> Option<usize> {
    let mut at = 2;
    loop {
        while *jpeg.get(at)? != 0xFF {
            at += 1;
        }
        match *jpeg.get(at + 1)? {
            0xD9 => return Some(at + 2),
            // A byte of the picture, a mark to begin anew, or filling.
            0x00 | 0x01 | 0xD0..=0xD8 => at += 2,
            0xFF => at += 1,
            _ => {
                let length = u16::from_be_bytes([*jpeg.get(at + 2)?, *jpeg.get(at + 3)?]);
                at += 2 + usize::from(length.max(2));
            }
        }
    }
}

/// An EXIF block that says which way up a picture is and nothing else; nothing where it is as it should be.
#[expect(clippy::needless_pass_by_value, reason = "called with what the photo gives away")]
fn orientation(exif: Bytes) -> Option<Bytes> {
    let read = exif::Reader::new().read_raw(exif.to_vec()).ok()?;
    let up = read.get_field(exif::Tag::Orientation, exif::In::PRIMARY)?.value.get_uint(0)?;
    let up = u16::try_from(up).ok().filter(|up| (2..=8).contains(up))?;
    let mut block = BytesMut::with_capacity(26);
    // TIFF, the most significant byte first; one list of one entry: tag 0x0112, one short number.
    block.put_slice(b"MM\0*");
    block.put_u32(8);
    block.put_u16(1);
    block.put_u16(0x0112);
    block.put_u16(3);
    block.put_u32(1);
    block.put_u16(up);
    block.put_u16(0);
    block.put_u32(0);
    Some(block.freeze())
}

fn png(photo: Bytes) -> Result<Bytes, NotAPhoto> {
    let mut png = Png::from_bytes(photo).map_err(|_| NotAPhoto)?;
    let up = png.exif().and_then(orientation);
    png.chunks_mut().retain(|chunk| PNG_KEPT.contains(&&chunk.kind()));
    png.set_exif(up);
    Ok(png.encoder().bytes())
}

fn webp(photo: Bytes) -> Result<Bytes, NotAPhoto> {
    let mut webp = WebP::from_bytes(photo).map_err(|_| NotAPhoto)?;
    let up = webp.exif().and_then(orientation);
    webp.chunks_mut().retain(|chunk| WEBP_KEPT.contains(&&chunk.id()));
    webp.set_exif(up);
    Ok(webp.encoder().bytes())
}
