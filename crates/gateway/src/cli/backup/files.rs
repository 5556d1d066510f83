//! The files of a backup: lines, compressed, hashed while they are written and while they are read.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use database::TableSum;

use super::manifest::Entry;

/// A stream that is counted and hashed as it passes.
struct Hashed<T> {
    inner: T,
    hash: Sha256,
    bytes: u64,
}

impl<T> Hashed<T> {
    fn new(inner: T) -> Self {
        Self { inner, hash: Sha256::new(), bytes: 0 }
    }

    fn note(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
    }
}

impl<T: Write> Write for Hashed<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.note(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<T: Read> Read for Hashed<T> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(bytes)?;
        self.note(&bytes[..read]);
        Ok(read)
    }
}

/// A file of lines that is being written.
pub(crate) struct LinesWriter(GzEncoder<Hashed<BufWriter<File>>>);

impl LinesWriter {
    /// # Errors
    /// The file cannot be made.
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        let file = Hashed::new(BufWriter::new(File::create_new(path)?));
        Ok(Self(GzEncoder::new(file, Compression::fast())))
    }

    /// # Errors
    /// The disk does not take it.
    pub(crate) fn line(&mut self, line: &str) -> io::Result<()> {
        self.0.write_all(line.as_bytes())?;
        self.0.write_all(b"\n")
    }

    /// Writes everything through to the disk and gives the file's length and hash.
    ///
    /// # Errors
    /// The disk does not take it.
    pub(crate) fn finish(self) -> io::Result<(u64, String)> {
        let Hashed { inner, hash, bytes } = self.0.finish()?;
        inner.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        Ok((bytes, hex::encode(hash.finalize())))
    }
}

/// Hands over each line of a file, without its end, and says at the end whether the file is what its entry says.
pub(crate) struct LinesReader {
    lines: BufReader<GzDecoder<BufReader<Hashed<File>>>>,
    sum: TableSum,
}

impl LinesReader {
    /// # Errors
    /// The file cannot be opened.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = BufReader::new(Hashed::new(File::open(path)?));
        Ok(Self { lines: BufReader::new(GzDecoder::new(file)), sum: TableSum::default() })
    }

    /// The next line.
    ///
    /// # Errors
    /// The file cannot be read or is not compressed as it should be.
    pub(crate) fn next_line(&mut self) -> io::Result<Option<String>> {
        let mut line = String::new();
        if self.lines.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        if line.pop() != Some('\n') {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the last line is cut off"));
        }
        self.sum.add(&line);
        Ok(Some(line))
    }

    /// Reads what is left of the file and compares everything with its entry. Gives what does not fit.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn finish(self, entry: &Entry) -> io::Result<Option<&'static str>> {
        let mut file = self.lines.into_inner().into_inner();
        io::copy(&mut file, &mut io::sink())?;
        let Hashed { hash, bytes, .. } = file.into_inner();
        Ok(match () {
            () if bytes != entry.bytes => Some("is longer or shorter than it was"),
            () if hex::encode(hash.finalize()) != entry.sha256 => Some("was changed"),
            () if !entry.is(self.sum) => Some("holds other rows than the manifest says"),
            () => None,
        })
    }
}

/// What is wrong with a file, if anything, in words that follow its name.
pub(crate) fn examine(path: &Path, entry: &Entry) -> Option<String> {
    let examined = || -> io::Result<Option<&'static str>> {
        let mut hashed = Hashed::new(File::open(path)?);
        io::copy(&mut hashed, &mut io::sink())?;
        if hashed.bytes != entry.bytes {
            return Ok(Some("is longer or shorter than it was"));
        }
        if hex::encode(hashed.hash.finalize()) != entry.sha256 {
            return Ok(Some("was changed"));
        }
        let mut lines = LinesReader::open(path)?;
        while lines.next_line()?.is_some() {}
        lines.finish(entry)
    };
    match examined() {
        Ok(problem) => problem.map(str::to_owned),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Some("is missing".to_owned()),
        Err(error) => Some(format!("cannot be read: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::backup::contents::Part;

    fn written(path: &Path, lines: &[&str]) -> Entry {
        let mut writer = LinesWriter::create(path).expect("made");
        let mut sum = TableSum::default();
        for line in lines {
            writer.line(line).expect("written");
            sum.add(line);
        }
        let (bytes, sha256) = writer.finish().expect("finished");
        let (rows, checksum) = (sum.rows, sum.checksum.to_string());
        Entry { part: Part::Data, columns: vec!["a".to_owned()], rows, checksum, bytes, sha256 }
    }

    #[test]
    fn lines_come_back_and_every_change_is_found() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.jsonl.gz");
        let entry = written(&path, &["[1]", "[\"ä\"]", "[null]"]);
        assert_eq!(examine(&path, &entry), None);
        let mut reader = LinesReader::open(&path).expect("opened");
        assert_eq!(reader.next_line().expect("read").as_deref(), Some("[1]"));
        assert_eq!(examine(&folder.path().join("b"), &entry).as_deref(), Some("is missing"));
        let whole = std::fs::read(&path).expect("read");
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            std::fs::write(&path, &changed).expect("written");
            assert!(examine(&path, &entry).is_some(), "byte {at}");
            std::fs::write(&path, &whole[..at]).expect("written");
            assert!(examine(&path, &entry).is_some(), "cut off at {at}");
        }
        std::fs::write(&path, [whole.as_slice(), b"more"].concat()).expect("written");
        assert!(examine(&path, &entry).is_some());
        std::fs::remove_file(&path).expect("ours");
        let other = Entry { rows: 9, ..written(&path, &["[1]"]) };
        assert_eq!(examine(&path, &other).as_deref(), Some("holds other rows than the manifest says"));
    }
}
