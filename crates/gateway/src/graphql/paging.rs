//! Relay connections: bounded pages with opaque cursors.

use async_graphql::{Error, ErrorExtensions};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Most items on a page.
pub(crate) const MOST: i32 = 100;

/// Reads `first`, 1 to 100; 20 when absent.
///
/// # Errors
/// Code `PAGE_SIZE_INVALID`.
pub(crate) fn page_size(first: Option<i32>) -> Result<usize, Error> {
    match first.unwrap_or(20) {
        size @ 1..=MOST => Ok(size.unsigned_abs() as usize),
        _ => Err(Error::new("`first` must be 1 to 100")
            .extend_with(|_, extensions| extensions.set("code", "PAGE_SIZE_INVALID"))),
    }
}

/// Writes a cursor.
pub(crate) fn cursor<T: Serialize>(position: &T) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(position).unwrap_or_default())
}

/// Reads a cursor.
///
/// # Errors
/// Code `CURSOR_INVALID`.
pub(crate) fn position<T: DeserializeOwned>(cursor: Option<&str>) -> Result<Option<T>, Error> {
    let Some(cursor) = cursor else { return Ok(None) };
    let read = || serde_json::from_slice(&URL_SAFE_NO_PAD.decode(cursor).ok()?).ok();
    let position = (cursor.len() <= 1024).then(read).flatten();
    position.map(Some).ok_or_else(|| {
        Error::new("this is not a cursor of this list")
            .extend_with(|_, extensions| extensions.set("code", "CURSOR_INVALID"))
    })
}
