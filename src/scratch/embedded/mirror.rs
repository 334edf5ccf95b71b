//! For tests, of the library and of the binary alike: a mirror whose release is made of a local server's programs.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A mirror on loopback: its address, and what it was asked for.
pub(crate) struct Mirror {
    pub(crate) address: String,
    pub(crate) asked: Arc<Mutex<Vec<String>>>,
}

/// Serves `files`, by their paths.
pub(crate) async fn serve(files: BTreeMap<String, Vec<u8>>) -> Mirror {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/pg", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = asked.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                if stream.read(&mut byte).await.unwrap_or(0) == 0 {
                    break;
                }
                request.push(byte[0]);
            }
            let path = String::from_utf8_lossy(&request)
                .split(' ')
                .nth(1)
                .unwrap_or_default()
                .to_owned();
            let (status, body) = match files.get(path.trim_start_matches("/pg/")) {
                Some(body) => ("200 OK", body.clone()),
                None => ("404 Not Found", Vec::new()),
            };
            log.lock().unwrap().push(path);
            let head = format!(
                "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all(head.as_bytes()).await;
            let _ = stream.write_all(&body).await;
        }
    });
    Mirror { address, asked }
}

/// A mirror's files: the programs in `bin` and their libraries as the release `version` for `target`.
pub(crate) fn release(bin: &Path, version: &str, target: &str) -> BTreeMap<String, Vec<u8>> {
    let root = format!("postgresql-{version}-{target}");
    let directory = tempfile::tempdir().unwrap();
    let archive = directory.path().join("archive.tar.gz");
    let bin = bin.canonicalize().unwrap();
    let home = bin.parent().unwrap();
    let libraries = fs::read_dir(home.join("lib"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let libraries = libraries.filter(|name| {
        name.to_str()
            .is_some_and(|name| name.contains(".so") || name.contains(".dylib"))
    });
    let status = Command::new("tar")
        .args(["-czf", archive.to_str().unwrap()])
        .args(["--transform", &format!("s,^,{root}/,")])
        .args(["-C", home.to_str().unwrap(), "bin/postgres", "bin/initdb"])
        .args(libraries.map(|name| Path::new("lib").join(name)))
        .status()
        .expect("install tar to run the tests");
    assert!(status.success());
    let bytes = fs::read(&archive).unwrap();
    let sum: String = Sha256::digest(&bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let listing = format!(r#"[{{"tag_name":"1.0.0"}},{{"tag_name":"{version}"}},{{"tag_name":"99.0.0-beta1"}}]"#);
    let name = format!("download/{version}/{root}.tar.gz");
    BTreeMap::from([
        ("releases.json".to_owned(), listing.into_bytes()),
        (format!("{name}.sha256"), format!("{sum}  {root}.tar.gz\n").into_bytes()),
        (name, bytes),
    ])
}
