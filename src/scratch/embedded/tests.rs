use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use super::mirror::{Mirror, release, serve};
use super::*;
use crate::scratch::own;

/// A mirror's files, the version of its release, and the major.
fn local_release() -> (BTreeMap<String, Vec<u8>>, String, u32) {
    let local = locate::installed(None).expect("install PostgreSQL's server to run the tests");
    let version = format!("{}.0", local.version.text);
    (release(&local.bin, &version, &target()), version, local.version.major)
}

fn options(mirror: &Mirror, major: u32) -> Options {
    Options {
        releases: Some(mirror.address.clone()),
        major: Some(major),
        ..Options::default()
    }
}

fn cache() -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let servers = directory.path().join("servers");
    (directory, servers)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_fetched_once_verified_and_started() {
    let (files, version, major) = local_release();
    let mirror = serve(files).await;
    let options = options(&mirror, major);
    let (_directory, servers) = cache();
    let told = Mutex::new(Vec::new());
    let report = |step| told.lock().unwrap().push(step);
    let programs = programs_in(&servers, &options, &report).await.unwrap();
    assert_eq!(programs.bin, servers.join(&version).join("bin"));

    let told = told.into_inner().unwrap();
    let Some(Progress::Downloading {
        file,
        from,
        received,
        total,
    }) = told.iter().rev().nth(1)
    else {
        panic!("{told:?}")
    };
    assert!(
        file.starts_with("postgresql-") && from.starts_with(&mirror.address),
        "{file} {from}"
    );
    assert_eq!(Some(*received), *total);
    assert!(matches!(told.last(), Some(Progress::Unpacking { .. })));

    let scratch = own::start_with(programs, &options, &|_| {}).await.unwrap();
    assert!(scratch.describe().contains("a download"), "{}", scratch.describe());
    scratch.connect().await.unwrap();
    scratch.close().await.unwrap();

    let asked = mirror.asked.lock().unwrap().len();
    let offline = Options {
        download: false,
        ..options
    };
    programs_in(&servers, &offline, &|_| {}).await.unwrap();
    assert_eq!(
        mirror.asked.lock().unwrap().len(),
        asked,
        "what is in the cache is not asked for"
    );
}

#[tokio::test]
async fn a_wrong_or_missing_checksum_stops_it() {
    let (mut files, version, major) = local_release();
    let sums = files.iter_mut().filter(|(name, _)| name.ends_with(".sha256"));
    sums.for_each(|(_, sum)| *sum = "0".repeat(64).into_bytes());
    let (_directory, servers) = cache();
    let mirror = serve(files.clone()).await;
    let error = programs_in(&servers, &options(&mirror, major), &|_| {})
        .await
        .unwrap_err();
    assert!(error.to_string().contains("not what its checksum says"), "{error:?}");
    assert!(!servers.join(&version).exists());

    let without = files
        .into_iter()
        .filter(|(name, _)| !name.ends_with(".sha256"))
        .collect();
    let mirror = serve(without).await;
    let error = programs_in(&servers, &options(&mirror, major), &|_| {})
        .await
        .unwrap_err();
    assert!(error.to_string().contains(".sha256: 404"), "{error:?}");
    assert!(
        mirror
            .asked
            .lock()
            .unwrap()
            .iter()
            .all(|path| !path.ends_with(".tar.gz")),
        "nothing large is fetched first"
    );
}

#[tokio::test]
async fn a_forbidden_download_names_the_cure() {
    let (_directory, servers) = cache();
    let options = Options {
        download: false,
        major: Some(17),
        ..Options::default()
    };
    let error = programs_in(&servers, &options, &|_| {}).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "no PostgreSQL 17 server was found, and none may be fetched"
    );
    assert!(error.hint().unwrap().contains("PGKEEL_PG_BIN"));
}

#[tokio::test]
async fn a_mirror_without_the_major_or_without_a_listing_is_named() {
    let (files, ..) = local_release();
    let (_directory, servers) = cache();
    let mirror = serve(files).await;
    let error = programs_in(&servers, &options(&mirror, 12), &|_| {}).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("{} has no PostgreSQL 12 server", mirror.address)
    );

    let mirror = serve(BTreeMap::from([("releases.json".to_owned(), b"<html>".to_vec())])).await;
    let error = programs_in(&servers, &options(&mirror, 15), &|_| {}).await.unwrap_err();
    assert!(error.to_string().ends_with("is not a listing of releases"), "{error:?}");

    let closed = Mirror {
        address: "http://user:secret@127.0.0.1:1/pg".to_owned(),
        asked: Arc::default(),
    };
    let error = programs_in(&servers, &options(&closed, 15), &|_| {}).await.unwrap_err();
    assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    assert!(error.hint().unwrap().contains("releases"), "{error:?}");
}

#[test]
fn releases_are_compared_as_numbers() {
    assert!(numbers("17.10.0") > numbers("17.9.0"));
    assert_eq!(numbers("18.0.0-beta1"), None);
    assert_eq!(
        tags(r#"[{"tag_name":"17.4.0","assets":[]},{"tag_name":"16.8.0"}]"#).unwrap(),
        ["17.4.0", "16.8.0"]
    );
    assert_eq!(tags("<html>"), None);
}

#[test]
fn checksums_are_read_as_sha256sum_writes_them() {
    let sum = "a".repeat(64);
    assert_eq!(checksum(&format!("{}  file.tar.gz\n", sum.to_uppercase())), Some(sum));
    assert_eq!(checksum("Not Found"), None);
    assert_eq!(hex(&[0, 255]), "00ff");
}
