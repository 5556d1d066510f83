//! PostgreSQL refuses to run as root, so root lends it an ordinary user.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use crate::failure::{Failure, Result, While as _};

/// The user PostgreSQL's processes belong to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Owner {
    /// Whoever runs this task.
    Myself,
    /// We are root; this user and group take our place.
    Lent {
        /// Number of the user.
        user: u32,
        /// Number of the user's own group.
        group: u32,
    },
}

impl Owner {
    /// The person who runs this task; for root `postgres`, else `nobody`.
    ///
    /// # Errors
    ///
    /// If root's machine knows neither.
    pub(super) fn find() -> Result<Self> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self::Myself);
        }
        let users = fs::read_to_string("/etc/passwd").during("reading /etc/passwd")?;
        let lent = ["postgres", "nobody"].iter().find_map(|name| look_up(&users, name));
        lent.ok_or_else(|| {
            Failure::new("PostgreSQL refuses to run as root, and there is no user `postgres` or `nobody`")
        })
    }

    /// Makes a directory only this user can enter.
    pub(super) fn make_directory(self, directory: &Path) -> Result<()> {
        fs::create_dir(directory).during(&format!("making {}", directory.display()))?;
        fs::set_permissions(directory, fs::Permissions::from_mode(0o700))?;
        match self {
            Self::Myself => Ok(()),
            Self::Lent { user, group } => Ok(chown(directory, Some(user), Some(group))?),
        }
    }

    /// Lets this user run the command.
    pub(super) fn runs(self, command: &mut Command) {
        match self {
            Self::Myself => {}
            Self::Lent { user, group } => {
                command.uid(user).gid(group);
            }
        }
    }
}

/// One line of /etc/passwd: `name:password:user:group:...`.
fn look_up(users: &str, name: &str) -> Option<Owner> {
    let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2).map(str::parse);
    match (fields.next(), fields.next()) {
        (Some(Ok(user)), Some(Ok(group))) => Some(Owner::Lent { user, group }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::cluster::owner::{Owner, look_up};

    #[test]
    fn finds_a_user_by_its_whole_name() {
        let users = "root:x:0:0::/:/bin/sh\npostgresql:x:7:7::/:\npostgres:x:101:104:a,b:/var:/bin/sh\n";
        assert!(matches!(look_up(users, "postgres"), Some(Owner::Lent { user: 101, group: 104 })));
        assert!(look_up(users, "nobody").is_none());
    }
}
