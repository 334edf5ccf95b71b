//! The Supabase platform and the stand-ins for extensions.

use pgkeel::scratch::{self, Options, Platform};

use super::{replay, start, value};
use crate::support::database::every_server;

const STAND_INS: &[&str] = &[
    "http",
    "hypopg",
    "pg_cron",
    "pg_graphql",
    "pg_jsonschema",
    "pg_net",
    "pgaudit",
    "pgcrypto",
    "pgjwt",
    "pgmq",
    "pgsodium",
    "postgis",
    "supabase_vault",
    "uuid-ossp",
    "vector",
    "wrappers",
];

/// What projects do with what the platform gives.
const PROJECT: &str = include_str!("project.sql");

#[tokio::test]
async fn a_projects_migrations_replay_on_every_major() {
    for options in every_server() {
        let options = Options {
            platform: Platform::Supabase,
            ..options
        };
        let scratch = scratch::start(&options).await.unwrap();
        let notes = replay(&scratch, PROJECT)
            .await
            .unwrap_or_else(|error| panic!("{}: {error:?}", scratch.describe()));
        if scratch.version() >= 150_000 {
            replay(&scratch, "SET session_replication_role = replica")
                .await
                .unwrap();
        }
        let said: Vec<_> = notes
            .iter()
            .map(|note| note.message.rsplit(' ').next().unwrap())
            .collect();
        assert_eq!(said, ["vector", "pg_cron", "pgmq", "version"], "{notes:?}");
        let owner = value(
            &scratch,
            "select tableowner::text from pg_tables where tablename = 'profiles'",
        )
        .await;
        assert_eq!(owner, "postgres");
        let granted = value(
            &scratch,
            "select has_table_privilege('anon', 'public.profiles', 'select')::text",
        )
        .await;
        assert_eq!(granted, "true");
        let options = value(
            &scratch,
            "select array_to_string(reloptions, ',') from pg_class where relname = 'docs_hnsw'",
        )
        .await;
        assert_eq!(options, "m=16,ef_construction=64");
        let index = value(&scratch, "select pg_get_indexdef('public.docs_hnsw'::regclass)").await;
        assert!(
            index.contains("USING hnsw (embedding vector_cosine_ops) WITH (m='16'"),
            "{index}"
        );
        scratch.close().await.unwrap();
    }
}

#[tokio::test]
async fn migrations_run_as_postgres_who_is_no_superuser() {
    let options = Options {
        platform: Platform::Supabase,
        ..Options::default()
    };
    let scratch = scratch::start(&options).await.unwrap();
    replay(
        &scratch,
        "create table who as select current_user::text as name, current_setting('is_superuser') as super",
    )
    .await
    .unwrap();
    assert_eq!(value(&scratch, "select name || super from who").await, "postgresoff");
    let error = super::replay_error(&scratch, "copy who from program 'true'").await;
    assert!(
        error.to_string().contains("permission denied") || error.to_string().contains("must be"),
        "{error}"
    );
    // Whoever connects afterwards sees everything.
    assert_eq!(value(&scratch, "select current_setting('is_superuser')").await, "on");
}

#[tokio::test]
async fn who_asks_is_who_the_token_says() {
    let options = Options {
        platform: Platform::Supabase,
        ..Options::default()
    };
    let scratch = scratch::start(&options).await.unwrap();
    let claims = r#"{"sub": "11111111-1111-1111-1111-111111111111", "role": "authenticated", "email": "a@b"}"#;
    replay(
        &scratch,
        &format!(
            "set request.jwt.claims = '{claims}'; create table claims as
         select auth.uid()::text as uid, auth.role() as role, auth.email() as email, auth.jwt() ->> 'sub' as sub;"
        ),
    )
    .await
    .unwrap();
    let claims = value(&scratch, "select concat_ws(' ', uid, role, email, sub) from claims").await;
    let id = "11111111-1111-1111-1111-111111111111";
    assert_eq!(claims, format!("{id} authenticated a@b {id}"));
    assert_eq!(value(&scratch, "select auth.uid()::text").await, "");
    let path = "select concat_ws('|', storage.foldername('a/b/c.tar.gz')::text, storage.filename('a/b/c.tar.gz'),
        storage.extension('a/b/c.tar.gz'))";
    assert_eq!(value(&scratch, path).await, "{a,b}|c.tar.gz|gz");
}

#[tokio::test]
async fn every_stand_in_is_an_extension_with_members_and_can_be_dropped() {
    for options in every_server() {
        let stub_extensions = STAND_INS.iter().map(|&name| name.to_owned()).collect();
        let scratch = scratch::start(&Options {
            stub_extensions,
            ..options
        })
        .await
        .unwrap();
        let mut script = "create schema \"my ext\";".to_owned();
        for name in STAND_INS {
            script += &format!("create extension if not exists \"{name}\" with schema \"my ext\" version '9.9';\n");
            script += &format!("create extension if not exists \"{name}\";\n");
        }
        let notes = replay(&scratch, &script)
            .await
            .unwrap_or_else(|error| panic!("{}: {error:?}", scratch.describe()));
        assert_eq!(notes.len(), STAND_INS.len(), "{notes:?}");
        assert_eq!(
            value(
                &scratch,
                "select count(*)::text from pg_extension where extversion = '9.9'"
            )
            .await,
            STAND_INS.len().to_string()
        );
        let strangers =
            "select string_agg(p.oid::regprocedure::text, ', ') from pg_proc p where p.oid >= 16384 and not exists
            (select from pg_depend d where d.objid = p.oid and d.classid = 'pg_proc'::regclass and d.deptype = 'e')";
        assert_eq!(value(&scratch, strangers).await, "");
        let drops: String = STAND_INS
            .iter()
            .map(|name| format!("drop extension \"{name}\" cascade;\n"))
            .collect();
        replay(&scratch, &drops).await.unwrap();
        let left = "select string_agg(oid::regclass::text, ', ') from pg_class where oid >= 16384 and relkind <> 't'";
        assert_eq!(value(&scratch, left).await, "");
        assert_eq!(
            value(
                &scratch,
                "select count(*)::text from (select oid from pg_type union select oid from pg_operator) o where oid >= 16384"
            )
            .await,
            "0"
        );
        scratch.close().await.unwrap();
    }
}

#[tokio::test]
async fn a_stand_in_takes_part_in_the_scripts_transaction() {
    let options = Options {
        stub_extensions: vec!["vector".to_owned()],
        ..Options::default()
    };
    let scratch = scratch::start(&options).await.unwrap();
    let script = "begin; create extension vector; create table t (v vector(3)); rollback;
        begin; create extension vector; create table t (v vector(3), h halfvec); commit;
        insert into t select '[1,2,3]' from generate_series(1, 5000);
        create index on t using hnsw (v vector_l2_ops) with (m = 8);
        create index on t using ivfflat (v) with (lists = 100);
        insert into t select ('[' || n || ',2,3]')::vector from generate_series(1, 500) n;";
    replay(&scratch, script).await.unwrap();
    let column =
        "select format_type(atttypid, atttypmod) from pg_attribute where attrelid = 't'::regclass and attname = 'v'";
    assert_eq!(value(&scratch, column).await, "vector(3)");
    assert_eq!(value(&scratch, "select ('[1,2]'::vector <-> '[4,6]')::text").await, "5");
    assert_eq!(
        value(
            &scratch,
            "select avg(v)::text from (values ('[1,2]'::vector), ('[3,4]')) x (v)"
        )
        .await,
        "[2,3]"
    );
    assert_eq!(
        value(&scratch, "select (array[1,2]::real[]::vector)::text").await,
        "[1,2]"
    );
}

#[tokio::test]
async fn a_stand_in_that_does_not_exist_is_refused() {
    let options = Options {
        stub_extensions: vec!["timescaledb".to_owned()],
        ..Options::default()
    };
    let error = scratch::start(&options).await.err().unwrap();
    assert_eq!(error.to_string(), "no stand-in for the extension timescaledb");
    assert!(error.hint().unwrap().contains("vector"));
    start().await.close().await.unwrap();
}
