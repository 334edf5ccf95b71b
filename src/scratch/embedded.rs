//! Fetches a PostgreSQL server where none is installed, once, into the user's cache.
//!
//! The archives are those of the `postgresql-binaries` project, which `postgresql_embedded` uses too. Its own client
//! takes an archive without a checksum as it is, knows no mirror but of its one listing, and tells nothing of its
//! progress; so the few requests are made here.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::locate::{self, Programs};
use super::{Options, Progress, cache, user};
use crate::redact::redact;
use crate::{Error, Result};

/// Where releases are fetched from without a mirror.
const RELEASES: &str = "https://github.com/theseus-rs/postgresql-binaries/releases";

/// The listing of the releases there: an array of objects with a `tag_name`.
const LISTING: &str = "https://api.github.com/repos/theseus-rs/postgresql-binaries/releases";

/// How many pages of the listing are read at the most; each has 100 releases.
const PAGES: usize = 10;

/// How often progress is told, in bytes.
const STEP: u64 = 256 * 1024;

const CURE: &str = "install PostgreSQL, name its programs' directory in PGKEEL_PG_BIN, or give a server by --shadow";

/// The programs of a fetched server: one that is in the cache already, or a new one.
pub(super) async fn programs(options: &Options, report: &(dyn Fn(Progress) + Send + Sync)) -> Result<Programs> {
    programs_in(&cache::directory()?.join("servers"), options, report).await
}

/// The programs of a server of `major` that was fetched before.
pub(super) fn fetched(major: u32) -> Option<Programs> {
    kept(&cache::directory().ok()?.join("servers"), Some(major))
}

async fn programs_in(servers: &Path, options: &Options, report: &(dyn Fn(Progress) + Send + Sync)) -> Result<Programs> {
    if let Some(found) = kept(servers, options.major) {
        return Ok(found);
    }
    if !options.download {
        return Err(Error::new(format!(
            "no {} was found, and none may be fetched",
            wanted(options.major)
        ))
        .with_hint(format!("{CURE}; or allow the download")));
    }
    cache::make(servers)?;
    open_to_servers(servers)?;
    let _lock = cache::lock(servers.join("lock")).await?;
    if let Some(found) = kept(servers, options.major) {
        return Ok(found);
    }
    fetch(servers, options, report)
        .await
        .map_err(|error| match error.hint() {
            Some(_) => error,
            None => error.with_hint(format!(
                "{CURE}; a mirror's address is [scratch] releases in pgkeel.toml"
            )),
        })
}

/// The newest server of `major`, or of any, in the cache.
fn kept(servers: &Path, major: Option<u32>) -> Option<Programs> {
    let mut versions: Vec<(Vec<u32>, PathBuf)> = fs::read_dir(servers)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((numbers(entry.file_name().to_str()?)?, entry.path())))
        .filter(|(version, _)| major.is_none_or(|major| version.first() == Some(&major)))
        .collect();
    versions.sort();
    versions
        .iter()
        .rev()
        .find_map(|(_, path)| locate::explicit(path, "an earlier download").ok())
}

async fn fetch(servers: &Path, options: &Options, report: &(dyn Fn(Progress) + Send + Sync)) -> Result<Programs> {
    let releases = options.releases.as_deref().unwrap_or(RELEASES).trim_end_matches('/');
    let client = client()?;
    let version = newest(&client, options.releases.as_deref(), options.major).await?;
    let name = format!("postgresql-{version}-{}.tar.gz", target());
    let address = format!("{releases}/download/{version}/{name}");

    // A missing checksum is found out before anything large is fetched.
    let listed = get(&client, &format!("{address}.sha256"))
        .await?
        .text()
        .await
        .map_err(|error| lost(&address, error))?;
    let expected = checksum(&listed).ok_or_else(|| {
        Error::new(format!("{}.sha256 holds no SHA-256 checksum", redact(&address))).with_detail(first_line(&listed))
    })?;
    let (archive, found) = download(&client, &address, &name, servers, report).await?;
    if found != expected {
        return Err(
            Error::new(format!("{} is not what its checksum says", redact(&address)))
                .with_detail(format!("expected SHA-256 {expected}\nfound    SHA-256 {found}"))
                .with_hint("the download was damaged or changed on its way, or the mirror is stale"),
        );
    }
    let home = servers.join(&version);
    report(Progress::Unpacking { to: home.clone() });
    let unpacking = home.clone();
    let unpacked = tokio::task::spawn_blocking(move || unpack(archive, &unpacking)).await;
    unpacked.map_err(|error| Error::new("the unpacking was interrupted").with_source(error))??;
    locate::explicit(&home, "a download")
}

/// The newest release of `major`, or of the newest major, among those that the place lists.
async fn newest(client: &reqwest::Client, mirror: Option<&str>, major: Option<u32>) -> Result<String> {
    let mut best: Option<(Vec<u32>, String)> = None;
    for page in 1..=PAGES {
        let address = match mirror {
            Some(mirror) => format!("{}/releases.json", mirror.trim_end_matches('/')),
            None => format!("{LISTING}?per_page=100&page={page}"),
        };
        let listing = get(client, &address)
            .await?
            .text()
            .await
            .map_err(|error| lost(&address, error))?;
        let tags = tags(&listing).ok_or_else(|| {
            Error::new(format!("{} is not a listing of releases", redact(&address))).with_detail(first_line(&listing))
        })?;
        let is_last = tags.is_empty() || mirror.is_some();
        for tag in tags {
            let Some(version) = numbers(&tag) else { continue };
            let is_wanted = major.is_none_or(|major| version.first() == Some(&major));
            if is_wanted && best.as_ref().is_none_or(|(newest, _)| version > *newest) {
                best = Some((version, tag));
            }
        }
        if is_last {
            break;
        }
    }
    best.map(|(_, tag)| tag).ok_or_else(|| {
        let place = mirror.unwrap_or(RELEASES);
        Error::new(format!("{} has no {}", redact(place), wanted(major)))
    })
}

/// The `tag_name` of each release of a listing.
fn tags(listing: &str) -> Option<Vec<String>> {
    #[derive(serde::Deserialize)]
    struct Release {
        tag_name: String,
    }
    let releases: Vec<Release> = serde_json::from_str(listing).ok()?;
    Some(releases.into_iter().map(|release| release.tag_name).collect())
}

/// Fetches `address` into a file that is gone when it is dropped, and gives its checksum.
async fn download(
    client: &reqwest::Client,
    address: &str,
    name: &str,
    directory: &Path,
    report: &(dyn Fn(Progress) + Send + Sync),
) -> Result<(tempfile::NamedTempFile, String)> {
    let mut response = get(client, address).await?;
    let total = response.content_length();
    let mut file =
        tempfile::NamedTempFile::new_in(directory).map_err(|error| Error::io("cannot write to", directory, error))?;
    let mut digest = Sha256::new();
    let (mut received, mut told) = (0, None);
    let tell = |received: u64| {
        let from = redact(address).into_owned();
        report(Progress::Downloading {
            file: name.to_owned(),
            from,
            received,
            total,
        });
    };
    while let Some(chunk) = response.chunk().await.map_err(|error| lost(address, error))? {
        digest.update(&chunk);
        file.write_all(&chunk)
            .map_err(|error| Error::io("cannot write to", directory, error))?;
        received += chunk.len() as u64;
        if told.is_none_or(|told| received - told >= STEP) {
            tell(received);
            told = Some(received);
        }
    }
    tell(received);
    Ok((file, hex(&digest.finalize())))
}

/// Unpacks an archive to `home`, which appears whole or not at all.
fn unpack(archive: tempfile::NamedTempFile, home: &Path) -> Result<()> {
    let broken = |error| Error::io("cannot unpack the fetched server to", home, error);
    let directory = home.parent().unwrap_or(Path::new("."));
    let unpacked = tempfile::tempdir_in(directory).map_err(broken)?;
    let file = archive.reopen().map_err(broken)?;
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(file));
    // The programs may be run by another user, and nobody but us may change them.
    archive.set_preserve_permissions(true);
    archive.set_mask(0o7022);
    archive.unpack(unpacked.path()).map_err(broken)?;
    let root = root(unpacked.path()).ok_or_else(|| Error::new("the fetched archive holds no PostgreSQL server"))?;
    fs::rename(&root, home).map_err(broken)?;
    open_to_servers(home)
}

/// The directory with `bin/postgres` in it: the archive's own root or its only folder.
fn root(directory: &Path) -> Option<PathBuf> {
    let folders = fs::read_dir(directory).ok()?.flatten().map(|entry| entry.path());
    std::iter::once(directory.to_owned())
        .chain(folders)
        .find(|path| path.join("bin/postgres").is_file())
}

/// Root's servers run as another user, who has to get to the programs whatever root's umask is.
fn open_to_servers(directory: &Path) -> Result<()> {
    let directories = match user::is_root() {
        true => vec![directory, directory.parent().unwrap_or(directory)],
        false => vec![directory],
    };
    for path in directories {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755))
            .map_err(|error| Error::io("cannot set the mode of", path, error))?;
    }
    Ok(())
}

fn client() -> Result<reqwest::Client> {
    // Another part of the program may have chosen a provider before us.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .user_agent(concat!("pgkeel/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(20))
        .read_timeout(Duration::from_secs(60))
        .build()
        .map_err(|error| Error::new("cannot prepare a download").with_source(error))
}

async fn get(client: &reqwest::Client, address: &str) -> Result<reqwest::Response> {
    let response = client.get(address).send().await.map_err(|error| lost(address, error))?;
    match response.status().is_success() {
        true => Ok(response),
        false => Err(Error::new(format!(
            "cannot fetch {}: {}",
            redact(address),
            response.status()
        ))),
    }
}

/// The error of a connection, with the reason at its bottom and without an address that may hold a password.
fn lost(address: &str, error: reqwest::Error) -> Error {
    let error = error.without_url();
    let mut reason: &dyn std::error::Error = &error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    Error::new(format!("cannot fetch {}: {reason}", redact(address))).with_source(error)
}

/// The numbers of a release such as `17.4.0`; betas and the like have none.
fn numbers(tag: &str) -> Option<Vec<u32>> {
    tag.split('.').map(|part| part.parse().ok()).collect()
}

/// The checksum in a line as `sha256sum` writes it.
fn checksum(text: &str) -> Option<String> {
    let word = text.split_whitespace().next()?.to_ascii_lowercase();
    (word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(word)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(200).collect()
}

fn wanted(major: Option<u32>) -> String {
    major.map_or("PostgreSQL server".to_owned(), |major| {
        format!("PostgreSQL {major} server")
    })
}

/// The archives' name for this kind of machine.
fn target() -> String {
    let system = match std::env::consts::OS {
        "macos" => "apple-darwin",
        _ if cfg!(target_env = "musl") => "unknown-linux-musl",
        _ => "unknown-linux-gnu",
    };
    format!("{}-{system}", std::env::consts::ARCH)
}

#[cfg(test)]
mod mirror;
#[cfg(test)]
mod tests;
