//! Behind a pooler that gives each transaction whichever server is free.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex};

use pgkeel::scratch::Scratch;

use super::{connect, migrate, rows};
use crate::support::command::Folder;
use crate::support::database::database;

#[tokio::test]
async fn a_transaction_pooler_is_refused_where_a_lock_has_to_hold() {
    let folder = Folder::new("migrate-pooler");
    folder.write("migrations/1_a.sql", "create table a ();");
    let scratch = database("").await;
    let url = pooled(&scratch);
    migrate(&folder, &url, &["up"]).fails("a transaction-mode pooler stands between", "session mode");
    let status = migrate(&folder, &url, &["status"]);
    assert_eq!(
        (status.code, status.stdout.trim()),
        (1, "1  pending  a"),
        "{}",
        status.stderr
    );
    let mut conn = connect(&scratch.url()).await;
    assert_eq!(rows(&mut conn, "select to_regclass('a') is null").await, "t");
}

/// The URL of a pooler with one server connection, which every client gets for a transaction at a time.
fn pooled(scratch: &Scratch) -> String {
    let options = scratch.connect_options();
    let socket = options
        .get_socket()
        .expect("scratch servers have sockets")
        .join(".s.PGSQL.5432");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut server = UnixStream::connect(socket).unwrap();
    let user = options.get_username();
    let words = format!("user\0{user}\0database\0{}\0\0", options.get_database().unwrap());
    let length = u32::try_from(words.len() + 8).unwrap();
    server.write_all(&length.to_be_bytes()).unwrap();
    server.write_all(&196_608_u32.to_be_bytes()).unwrap();
    server.write_all(words.as_bytes()).unwrap();
    let (greeting, _) = answer(&mut server).unwrap();
    let server = Arc::new(Mutex::new(server));
    // The threads end with the test's process, or with their clients.
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let (server, greeting) = (Arc::clone(&server), greeting.clone());
            std::thread::spawn(move || serve(client, &server, &greeting));
        }
    });
    format!("postgres://{user}@127.0.0.1:{port}/pooled?sslmode=disable")
}

/// Serves a client until it goes.
fn serve(mut client: TcpStream, server: &Mutex<UnixStream>, greeting: &[u8]) -> std::io::Result<()> {
    let mut length = [0; 4];
    client.read_exact(&mut length)?;
    let mut startup = vec![0; u32::from_be_bytes(length) as usize - 4];
    client.read_exact(&mut startup)?;
    client.write_all(greeting)?;
    loop {
        let mut message = message(&mut client)?;
        let mut server = server.lock().unwrap();
        loop {
            if message[0] == b'X' {
                return Ok(());
            }
            server.write_all(&message)?;
            if matches!(message[0], b'Q' | b'S') {
                let (answer, is_idle) = answer(&mut server)?;
                client.write_all(&answer)?;
                if is_idle {
                    break;
                }
            }
            message = self::message(&mut client)?;
        }
    }
}

/// All that the server says until it is ready, and whether no transaction is open then.
fn answer(server: &mut UnixStream) -> std::io::Result<(Vec<u8>, bool)> {
    let mut said = Vec::new();
    loop {
        let message = message(server)?;
        said.extend_from_slice(&message);
        if message[0] == b'Z' {
            return Ok((said, message[5] == b'I'));
        }
    }
}

fn message(from: &mut impl Read) -> std::io::Result<Vec<u8>> {
    let mut message = vec![0; 5];
    from.read_exact(&mut message)?;
    let length = u32::from_be_bytes([message[1], message[2], message[3], message[4]]) as usize;
    message.resize(length + 1, 0);
    from.read_exact(&mut message[5..])?;
    Ok(message)
}
