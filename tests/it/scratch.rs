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

fn supabase() -> Options {
    Options {
        platform: scratch::Platform::Supabase,
        ..Options::default()
    }
}

#[tokio::test]
async fn a_supabase_project_starts() {
    let started = std::time::Instant::now();
    let scratch = scratch::start(&supabase()).await.unwrap();
    eprintln!("{:?}", started.elapsed());
    let mut conn = scratch.connect().await.unwrap();
    let script = file("create extension vector; create extension postgis; create extension pg_cron; create extension pgmq; create extension pgsodium; create extension pgjwt; create extension pg_jsonschema; create extension wrappers; create extension hypopg; create extension http with schema extensions; create extension pgaudit;
    create table t (id uuid primary key default gen_random_uuid(), u uuid references auth.users, e vector(3), g geometry(Point, 4326), h halfvec(4));
    create index on t using hnsw (e vector_cosine_ops) with (m = 16, ef_construction=64); create index on t using gist (g);
    insert into t (e, g) select '[1,2,3]', 'POINT(1 2)' from generate_series(1, 2000); select * from t order by e <-> '[1,2,4]' limit 1;
    select avg(e), sum(e) from t;
    create policy p on storage.objects for select using (auth.uid() = owner); select cron.schedule('a', '* * * * *', 'select 1');
    create trigger tr after insert on auth.users execute function supabase_functions.http_request();
    select pgmq.create('q'); alter table pgmq.q_q enable row level security; alter publication supabase_realtime add table t;
    drop extension pgmq cascade; drop extension vector cascade");
    let notes = scratch::replay(&mut conn, &[script]).await.unwrap();
    eprintln!("{notes:#?}");
    drop(conn);
    scratch.close().await.unwrap();
}
