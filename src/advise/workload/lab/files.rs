//! The size that the planner sees: it asks the file system how many blocks a relation has, so the empty files of a
//! scratch server are stretched to the size that they have in production. What is stretched takes no room on disk.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

use sqlx::{PgConnection, Row as _};

use crate::{Error, Result};

/// Where a scratch server of our own keeps its relations.
#[derive(Clone, Debug)]
pub(super) struct Files {
    data: PathBuf,
    /// The bytes of a block.
    pub(super) block: u64,
    /// The blocks of one file.
    segment: u64,
}

impl Files {
    /// Asks the server.
    pub(super) async fn of(connection: &mut PgConnection) -> Result<Self> {
        const ASK: &str = "select current_setting('data_directory') as data, \
            current_setting('block_size')::int8 as block, \
            (select setting::int8 from pg_catalog.pg_settings where name = 'segment_size') as segment";
        let row = sqlx::query(ASK).fetch_one(connection).await;
        let read = row.and_then(|row| {
            let number = |column| row.try_get::<i64, _>(column).map(i64::unsigned_abs);
            Ok(Self {
                data: PathBuf::from(row.try_get::<String, _>("data")?),
                block: number("block")?,
                segment: number("segment")?.max(1),
            })
        });
        read.map_err(|error| super::failed("cannot ask the scratch server where its files are", error))
    }

    /// Makes the relation whose first file is `path`, relative to the data directory, `blocks` long.
    pub(super) fn stretch(&self, path: &str, blocks: u64) -> Result<()> {
        let first = self.data.join(path);
        let mut left = blocks;
        for number in 0.. {
            let file = segment(&first, number);
            // The server goes on to the next file where one is full, so that there has to be one then.
            if number > 0 && left == 0 && !file.exists() {
                return Ok(());
            }
            let here = left.min(self.segment);
            set_length(&file, &first, here * self.block)
                .map_err(|error| Error::io("cannot set the length of", &file, error))?;
            left -= here;
        }
        Ok(())
    }
}

fn segment(first: &Path, number: u32) -> PathBuf {
    match number {
        0 => first.to_owned(),
        _ => {
            let mut path = first.as_os_str().to_owned();
            path.push(format!(".{number}"));
            path.into()
        }
    }
}

/// A file that is made here belongs to whom the first one does: the server may run as somebody else.
fn set_length(path: &Path, first: &Path, bytes: u64) -> std::io::Result<()> {
    if path.exists() {
        return OpenOptions::new().write(true).open(path)?.set_len(bytes);
    }
    let like = first.metadata()?;
    let file = File::create(path)?;
    file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    if rustix::process::geteuid().is_root() {
        chown(path, Some(like.uid()), Some(like.gid()))?;
    }
    file.set_len(bytes)
}
