//! Where files lie, and what bounds them, out of the configuration.

use applications::{Bucket, FilePlace, UploadSettings};
use url::Url;

use crate::cli::CommandError;
use crate::configuration::Configuration;

/// The folder, or the bucket that a file of the operator's names.
///
/// # Errors
/// The file cannot be read or names no bucket. The message repeats nothing of it: it holds a secret.
pub(super) fn place(configuration: &Configuration) -> Result<FilePlace, CommandError> {
    let Some(path) = &configuration.uploads.s3_url_file else {
        return Ok(FilePlace::Folder(configuration.uploads.directory.clone()));
    };
    let wrong = |reason: String| CommandError::Usage(format!("uploads.s3_url_file: {}: {reason}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let expected = "expected https://KEY:SECRET@HOST/BUCKET?region=REGION";
    bucket(text.trim()).map(FilePlace::Bucket).ok_or_else(|| wrong(expected.to_owned()))
}

fn bucket(text: &str) -> Option<Bucket> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "https" | "http"))?;
    let name = url.path().trim_matches('/');
    let region = url.query_pairs().find(|(key, _)| key == "region").map(|(_, value)| value.into_owned());
    let plain = |text: &str| percent_decoded(text);
    let host = url.host_str().filter(|host| !host.is_empty())?;
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let bucket = Bucket {
        endpoint: format!("{}://{host}{port}", url.scheme()),
        name: name.to_owned(),
        region: region.unwrap_or_else(|| "us-east-1".to_owned()),
        access_key: plain(url.username())?,
        secret_key: plain(url.password()?)?,
    };
    let is_whole = !name.is_empty() && !name.contains('/') && !bucket.access_key.is_empty();
    is_whole.then_some(bucket)
}

/// Secrets hold slashes and plus signs, which addresses write as `%2F` and `%2B`.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        if *first == b'%' {
            let (code, more) = more.split_at_checked(2)?;
            bytes.push(u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok()?);
            rest = more;
        } else {
            bytes.push(*first);
            rest = more;
        }
    }
    String::from_utf8(bytes).ok()
}

/// The limits of files.
pub(super) fn settings(configuration: &Configuration) -> UploadSettings {
    let uploads = &configuration.uploads;
    UploadSettings { largest_bytes: uploads.largest_bytes, parallel: uploads.parallel, scanner: uploads.clamd.clone() }
}

#[cfg(test)]
mod tests {
    use super::bucket;

    #[test]
    fn a_bucket_is_read_from_its_address() {
        let read = bucket("https://key:a%2Fb%2Bc@s3.example:9000/files?region=eu-central-1").expect("a bucket");
        assert_eq!(read.endpoint, "https://s3.example:9000");
        assert_eq!((read.name.as_str(), read.region.as_str()), ("files", "eu-central-1"));
        assert_eq!((read.access_key.as_str(), read.secret_key.as_str()), ("key", "a/b+c"));
        for wrong in [
            "",
            "s3://key:secret@host/b",
            "https://host/b",
            "https://key:secret@host/",
            "https://key:secret@host/a/b",
            "https://key:%zz@host/b",
        ] {
            assert!(bucket(wrong).is_none(), "{wrong}");
        }
    }
}
