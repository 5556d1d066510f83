//! The master key: 32 random bytes in a file only our own account can read.

use std::{
    fs::{File, OpenOptions, Permissions},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use rand::TryRngCore;

/// The master key. It does not show itself in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct MasterKey([u8; 32]);

impl MasterKey {
    /// The bytes, for deriving keys only.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("MasterKey(not shown)")
    }
}

/// Reads the master key, or creates it where there is none. Two processes that start at once agree on one key.
///
/// # Errors
///
/// The file or its directory cannot be read or written, holds something else than 64 hexadecimal digits, or is readable
/// by other accounts.
pub fn load_or_create_secret(path: &Path) -> io::Result<MasterKey> {
    match load(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            create(path)?;
            load(path)
        }
        outcome => outcome,
    }
}

fn load(path: &Path) -> io::Result<MasterKey> {
    let text = std::fs::read_to_string(path)?;
    let mode = std::fs::metadata(path)?.permissions().mode();
    if mode & others(is_credential(path)) != 0 {
        return Err(wrong("the key file is open to other accounts: chmod 600 it"));
    }
    let mut key = [0; 32];
    hex::decode_to_slice(text.trim(), &mut key).map_err(|_| wrong("the key file must hold 64 hexadecimal digits"))?;
    Ok(MasterKey(key))
}

/// Whether the file, or a file in this directory, was handed over by systemd (`LoadCredential=`) in a directory that this service alone may enter.
pub fn is_credential(path: &Path) -> bool {
    std::env::var_os("CREDENTIALS_DIRECTORY").is_some_and(|directory| is_inside(path, Path::new(&directory)))
}

fn is_inside(path: &Path, directory: &Path) -> bool {
    !directory.as_os_str().is_empty() && path.starts_with(directory)
}

/// The permissions that no other account may have. systemd gives a service its credentials by an access list, and the
/// bits of the group show what that list allows, not what the group may do.
const fn others(is_credential: bool) -> u32 {
    if is_credential { 0o007 } else { 0o077 }
}

fn create(path: &Path) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(directory)?;
    let mut key = [0; 32];
    rand::rngs::OsRng.try_fill_bytes(&mut key).map_err(io::Error::other)?;
    let draft = path.with_extension(format!("draft-{}", std::process::id()));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    writeln!(file, "{}", hex::encode(key))?;
    file.sync_all()?;
    // Linking fails where the file exists meanwhile: whoever came first decides the key, and nobody reads half of one.
    let linked = std::fs::hard_link(&draft, path);
    std::fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        Ok(()) | Err(_) => {}
    }
    File::open(directory)?.sync_all()
}

fn wrong(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_may_show_its_access_list_and_no_other_file_may() {
        let credentials = Path::new("/run/credentials/servicepoint.service");
        assert!(is_inside(&credentials.join("master.key"), credentials));
        assert!(!is_inside(Path::new("/run/credentials/servicepoint.service-of-another/master.key"), credentials));
        assert!(!is_inside(Path::new("/etc/master.key"), credentials));
        assert!(!is_inside(Path::new("master.key"), Path::new("")));
        assert_eq!(0o100_440 & others(true), 0, "as systemd shows it");
        assert_ne!(0o100_440 & others(false), 0, "the same bits on any other file");
        assert_ne!(0o100_444 & others(true), 0, "open to all is wrong everywhere");
    }

    #[test]
    fn the_key_is_created_once_closed_to_others_and_read_again() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("deep/servicepoint.key");
        let key = load_or_create_secret(&path).expect("creates");
        assert_eq!(load_or_create_secret(&path).expect("reads"), key);
        assert_eq!(std::fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(path.parent().expect("a parent")).expect("there").count(), 1);
        assert!(!format!("{key:?}").contains(&hex::encode(key.bytes())));
        std::fs::set_permissions(&path, Permissions::from_mode(0o644)).expect("ours");
        assert!(load_or_create_secret(&path).expect_err("open to all").to_string().contains("chmod 600"));
        std::fs::remove_file(&path).expect("ours");
        std::fs::write(&path, "short").expect("ours");
        std::fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("ours");
        assert!(load_or_create_secret(&path).is_err());
    }
}
