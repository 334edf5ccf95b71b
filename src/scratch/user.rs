//! The user that a server runs as: PostgreSQL refuses to run as root.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// A user and its group, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct User {
    uid: u32,
    gid: u32,
}

/// Whether this process is root.
pub(super) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// The user to become for a server: nobody else where that is not needed; for root the user `postgres`, else `nobody`.
pub(super) fn for_server() -> Option<User> {
    if !is_root() {
        return None;
    }
    let passwd = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let nobody = User { uid: 65534, gid: 65534 };
    Some(
        named(&passwd, "postgres")
            .or_else(|| named(&passwd, "nobody"))
            .unwrap_or(nobody),
    )
}

impl User {
    /// Makes `command` run as this user. The standard library drops root's supplementary groups with it.
    pub(super) fn run(self, command: &mut Command) {
        command.gid(self.gid).uid(self.uid);
    }

    /// Gives `path` to this user.
    pub(super) fn own(self, path: &Path) -> std::io::Result<()> {
        std::os::unix::fs::lchown(path, Some(self.uid), Some(self.gid))
    }
}

/// The user called `name` in the text of `/etc/passwd`; never root itself.
fn named(passwd: &str, name: &str) -> Option<User> {
    let line = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    let user = User {
        uid: fields.next()?.parse().ok()?,
        gid: fields.next()?.parse().ok()?,
    };
    (user.uid != 0).then_some(user)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_read_by_name_and_root_is_none_of_them() {
        let passwd = "root:x:0:0::/root:/bin/sh\npostgresx:x:5:5\npostgres:x:101:104:PostgreSQL:/var:/bin/bash\n";
        assert_eq!(named(passwd, "postgres"), Some(User { uid: 101, gid: 104 }));
        assert_eq!(named(passwd, "root"), None);
        assert_eq!(named(passwd, "nobody"), None);
        assert_eq!(named("postgres:x:a:b", "postgres"), None);
    }
}
