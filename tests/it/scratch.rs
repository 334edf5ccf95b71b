//! Scratch servers and replay, against real servers.

use pgkeel::scratch::{self, Options, SqlFile};

fn file(text: &str) -> SqlFile {
    SqlFile {
        path: "a.sql".into(),
        text: text.to_owned(),
    }
}

#[tokio::test]
async fn a_server_starts_replays_and_is_gone() {
    let scratch = scratch::start(&Options::default()).await.unwrap();
    let mut conn = scratch.connect().await.unwrap();
    let script = file("create table t (a int); create index concurrently on t (a);");
    assert_eq!(scratch::replay(&mut conn, &[script]).await.unwrap(), []);
    drop(conn);
    let socket = scratch.connect_options().get_socket().unwrap().clone();
    assert!(socket.exists());
    scratch.close().await.unwrap();
    assert!(!socket.exists());
}
