//! The macros in a crate with the real sqlx, filled from a real server, and what makes cargo build it again.

use std::process::Command;

use crate::support::command::Folder;
use crate::support::database::{database, environment};
use crate::support::toolchain::target_dir;

const SQL: &str = "create type mood as enum ('sad', 'ok');
create table people (id int primary key, \"fullName\" text not null, born date, mood mood not null default 'ok');
create table notes (
  id bigint generated always as identity primary key,
  person_id int not null references people,
  body text,
  meta jsonb not null default '{}',
  at timestamptz not null default now()
);
insert into people values (1, 'Ada', '1815-12-10', 'ok'), (2, 'Bob', null, 'sad');
insert into notes (person_id, body, meta) values (1, 'hello', '{\"stars\": 5}'), (1, null, '{\"stars\": 1}');
";

const MAIN: &str = r#"
use sqlx::Connection as _;

mod db {
    pgkeel_macros::schema!("schema.snapshot.json", tables = ["public.people", "public.notes"]);
}

#[derive(Debug, PartialEq, serde::Deserialize)]
struct Meta {
    stars: u8,
}

#[pgkeel_macros::row("public.notes", module = crate::db)]
#[derive(sqlx::FromRow)]
struct Note {
    body: Option<String>,
    #[sqlx(json)]
    meta: Meta,
    at: chrono::DateTime<chrono::Utc>,
    #[sqlx(flatten)]
    person: Person,
}

#[pgkeel_macros::row("public.people", module = crate::db)]
#[derive(Debug, PartialEq, sqlx::FromRow)]
#[sqlx(rename_all = "camelCase")]
struct Person {
    full_name: String,
    born: Option<chrono::NaiveDate>,
    mood: db::public::Mood,
    #[sqlx(default)]
    #[row(as_is)]
    id: Id,
}

#[derive(Debug, Default, PartialEq, sqlx::Type)]
#[sqlx(transparent)]
struct Id(i32);

#[pgkeel_macros::row("public.people")]
#[derive(sqlx::FromRow)]
struct Joined {
    #[row(nullable)]
    id: Option<i32>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut connection = sqlx::PgConnection::connect(&std::env::var("DATABASE_URL")?).await?;
    let people = sqlx::query_as::<_, db::public::People>("select * from people order by id")
        .fetch_all(&mut connection)
        .await?;
    assert_eq!((people[0].full_name.as_str(), people[1].mood), ("Ada", db::public::Mood::Sad));
    let notes = sqlx::query_as::<_, Note>(
        "select body, meta, at, \"fullName\", born, mood from notes join people on people.id = person_id order by notes.id",
    )
    .fetch_all(&mut connection)
    .await?;
    assert_eq!((notes[0].body.as_deref(), &notes[1].meta), (Some("hello"), &Meta { stars: 1 }));
    assert!(notes[1].body.is_none() && notes[0].at <= chrono::Utc::now());
    assert_eq!(notes[0].person.born, chrono::NaiveDate::from_ymd_opt(1815, 12, 10));
    assert_eq!(notes[0].person.id, Id(0));
    let joined = sqlx::query_as::<_, Joined>("select p.id from notes n left join people p on p.id = n.id + 100")
        .fetch_all(&mut connection)
        .await?;
    assert!(joined.iter().all(|row| row.id.is_none()));
    println!("{} people, {} notes", people.len(), notes.len());
    Ok(())
}
"#;

#[tokio::test]
async fn rows_come_from_a_server_and_the_snapshot_alone_builds_the_crate_again() {
    let folder = Folder::new("macros");
    let toolchain = format!("{}/tests/toolchain/rust", env!("CARGO_MANIFEST_DIR"));
    let manifest = std::fs::read_to_string(format!("{toolchain}/Cargo.toml")).unwrap();
    let manifest = manifest
        .replace("name = \"pgkeel-golden\"", "name = \"uses-pgkeel-macros\"")
        .replace(
            "[dependencies]\n",
            &format!(
                "[dependencies]\npgkeel-macros = {{ path = \"{}/macros\" }}\n",
                env!("CARGO_MANIFEST_DIR")
            ),
        );
    folder.write("Cargo.toml", manifest);
    folder.write("Cargo.lock", std::fs::read(format!("{toolchain}/Cargo.lock")).unwrap());
    folder.write("src/main.rs", MAIN);
    let scratch = database(SQL).await;
    let url = scratch.url();
    folder.run(&["pull", "--source", &url]).succeeds();
    let cargo = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO"));
        command.args(arguments).arg("--offline").current_dir(&folder.path);
        command.arg("--target-dir").arg(target_dir().join("golden-crate"));
        command.env("RUSTFLAGS", "-Dwarnings").envs(environment(&scratch));
        let output = command.output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        (
            output.status.success(),
            String::from_utf8(output.stdout).unwrap() + &said,
        )
    };
    let (ran, said) = cargo(&["run"]);
    assert!(ran && said.contains("2 people, 2 notes"), "{said}");
    let is_fresh = || {
        let (built, said) = cargo(&["build", "--verbose"]);
        assert!(built, "{said}");
        said.contains("Fresh uses-pgkeel-macros ")
    };
    assert!(is_fresh());
    folder.write("migrations/1_a.sql", "-- nothing\n");
    folder.write("README.md", "Read me.\n");
    assert!(is_fresh());
    let snapshot = folder.read("schema.snapshot.json");
    folder.write("schema.snapshot.json", snapshot.replace("\"sad\"", "\"glum\""));
    let (built, said) = cargo(&["build"]);
    assert!(
        !built && said.contains("no variant") && said.contains("`Sad`"),
        "{said}"
    );
    // What the database has become stands on the field that it was.
    folder.write(
        "schema.snapshot.json",
        snapshot.replace("\"type\":\"date\"", "\"type\":\"text\""),
    );
    let (built, said) = cargo(&["build"]);
    assert!(
        !built
            && said
                .contains("the column `born` of public.people is text and can be NULL: its field is `Option<String>`"),
        "{said}"
    );
}
