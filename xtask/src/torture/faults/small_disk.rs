//! A file system of a few megabytes that can be filled to the last byte: a real disk as far as a database can tell.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};

use crate::failure::{Failure, Result, While as _};

/// A mounted file system in memory. Dropping it takes it away with everything on it.
#[derive(Debug)]
pub(super) struct SmallDisk(PathBuf);

/// Takes all the space that is left until it is dropped.
#[derive(Debug)]
pub(super) struct Ballast(PathBuf);

/// Whether this process may mount file systems: as root, or in a user namespace of its own.
pub fn may_mount() -> bool {
    SmallDisk::mount("probe", 1).is_ok()
}

impl SmallDisk {
    /// Mounts a disk of so many MiB.
    pub(super) fn mount(name: &str, mebibytes: u32) -> Result<Self> {
        let path = std::env::temp_dir().join(format!("servicepoint-disk-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).during(&format!("making {}", path.display()))?;
        let options = std::ffi::CString::new(format!("size={mebibytes}m,mode=0755")).during("naming the size")?;
        let mounted = mount("servicepoint", &path, "tmpfs", MountFlags::NODEV, options.as_c_str());
        if let Err(error) = mounted {
            let _ = fs::remove_dir(&path);
            return Err(Failure::new(format!("mounting a small disk: {error}")));
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
        Ok(Self(path))
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Takes all the space there is, to the last byte.
    pub(super) fn fill(&self) -> Result<Ballast> {
        let ballast = Ballast(self.0.join("ballast"));
        let mut file = File::create(&ballast.0).during("making ballast")?;
        let block = vec![0x5a_u8; 64 * 1024];
        let mut size = block.len();
        while size > 0 {
            match file.write(&block[..size]) {
                Ok(1..) => {}
                Ok(0) => size /= 2,
                Err(error) if error.kind() == ErrorKind::StorageFull => size /= 2,
                Err(error) => return Err(Failure::new(format!("writing ballast: {error}"))),
            }
        }
        Ok(ballast)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Detached: what still has a file open on it keeps only that file.
        let _ = unmount(&self.0, UnmountFlags::DETACH);
        let _ = fs::remove_dir(&self.0);
    }
}

impl Drop for Ballast {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::torture::faults::small_disk::{SmallDisk, may_mount};

    #[test]
    fn is_full_with_ballast_and_has_room_without() {
        // Where nobody may mount there is nothing to test; the command itself says so.
        if !may_mount() {
            return;
        }
        let disk = SmallDisk::mount("test", 1).expect("a disk");
        let file = disk.path().join("file");
        let ballast = disk.fill().expect("it fills");
        assert!(fs::write(&file, "a").is_err());
        drop(ballast);
        fs::write(&file, "a").expect("room");
    }
}
