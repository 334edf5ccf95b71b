//! `pgkeel book`: read in a browser, written again, and what it does to folders.

use std::path::Path;
use std::process::Command;

use crate::support::command::Folder;
use crate::support::toolchain::{node, run};

/// A schema with everything that has a place in a book, and with text that would like to be more than text.
const SQL: &str = r#"
create role reader;
create type state as enum ('new', 'paid', '</td><script>pwned = 1</script>');
create domain email as text check (value like '%@%');
create type address as (street text, city text);
create table users (id bigint generated always as identity primary key, name text not null, mail email, home address);
create table profiles (user_id bigint primary key references users on delete cascade, bio text);
create table orders (
    id bigint primary key, buyer bigint not null references users, parent bigint references orders,
    state state not null default 'new', total numeric(12, 2) check (total >= 0), placed_at timestamptz not null default now()
);
create table lines (order_id bigint references orders, position int, "Odd ""name'><img src=x onerror=pwned=1>" text, primary key (order_id, position));
create table "</script><script>pwned=1</script>" (id int primary key, "javascript:pwned=1" bigint references orders);
create table "Users" (id int primary key);
create table events (id bigint, at date not null, primary key (id, at)) partition by range (at);
create table events_2026 partition of events for values from ('2026-01-01') to ('2027-01-01');
create index orders_open on orders (placed_at) where state = 'new';
create view buyers as select users.id, users.name from users join orders on orders.buyer = users.id;
create materialized view totals as select buyer, sum(total) as total from orders group by buyer;
create sequence tickets;
create function spent(who bigint) returns numeric language sql stable as 'select sum(total) from public.orders where buyer = who';
create function spent(who text) returns numeric language sql stable as 'select 0::numeric';
create function stamp() returns trigger language plpgsql as 'begin new.placed_at = now(); return new; end';
create trigger stamped before insert on orders for each row execute function stamp();
alter table orders enable row level security;
create policy "own </pre><script>pwned=1</script>" on orders for select to reader using (buyer = 1);
grant select on orders, users to reader;
create schema other;
create table other.alone (id int primary key);
comment on table users is 'Everybody. </p><script>pwned = 1</script><img src=x onerror="pwned = 1">';
comment on column orders.buyer is E'Who pays: \u2028 "quotes" ''and'' </script><script>pwned = 1</script>';
comment on function spent(bigint) is '--><svg onload=pwned=1>';
comment on type state is ']]></style><script>pwned = 1</script>';
"#;

/// Tables enough for a diagram that has something to be found in.
fn schema() -> String {
    let more =
        (1..=12).map(|at| format!("create table thing_{at} (id int primary key, of_user bigint references users);\n"));
    more.fold(SQL.to_owned(), |sql, table| sql + &table)
}

fn folder(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder.write("migrations/1_start.sql", schema());
    folder.run(&["pull"]).succeeds();
    folder
}

#[test]
fn a_browser_reads_it_from_the_disk() {
    let folder = folder("book-browser");
    folder.run(&["book", "--out", "book", "--since", "empty"]).succeeds();
    let environment = [
        ("BOOK", folder.path.join("book").display().to_string()),
        ("CHROMIUM", chromium()),
    ];
    let said = node("book", &[("main.ts", include_str!("browser.ts"))], "main", &environment);
    println!("{}", said.unwrap_or_else(|wrong| panic!("{wrong}")));
}

/// The browser, by the names that distributions give it.
fn chromium() -> String {
    let names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
    let found = names.iter().find_map(|name| run(Command::new("which").arg(name)).ok());
    let found = found.expect("install chromium: the tests read the book with it");
    found.trim().to_owned()
}

#[test]
fn the_same_schema_is_the_same_book() {
    let folder = folder("book-same");
    let write = |out: &str| folder.run(&["book", "--source", "schema.snapshot.json", "--out", out]);
    write("one").succeeds();
    write("two").succeeds();
    let differs = Command::new("diff")
        .args(["-r", "one", "two"])
        .current_dir(&folder.path)
        .output()
        .unwrap();
    assert!(differs.status.success(), "{}", String::from_utf8_lossy(&differs.stdout));
    let again = write("one");
    assert!(again.succeeds().stderr.contains("wrote 0 of"), "{}", again.stderr);

    // What is gone from the schema is gone from the book; what somebody else put there stays.
    folder.write("one/notes.txt", "mine");
    assert!(Path::new(&folder.path).join("one/table/other.alone.html").is_file());
    folder.write("migrations/2_less.sql", "drop schema other cascade;");
    folder
        .run(&["book", "--out", "one", "--since", "schema.snapshot.json"])
        .succeeds();
    assert!(!Path::new(&folder.path).join("one/table/other.alone.html").exists());
    assert_eq!(folder.read("one/notes.txt"), "mine");
    let changes = folder.read("one/changes.html");
    assert!(
        changes.contains("table other.alone") && changes.contains("loses data"),
        "{changes}"
    );
    // The newest of two migrations is the second.
    assert!(
        folder
            .read("one/migrations.html")
            .contains("<ol class=\"history\" reversed=\"\" start=\"2\">")
    );
}

#[test]
fn a_folder_with_something_else_in_it_is_refused() {
    let folder = Folder::new("book-refused");
    folder.write("schema.sql", "create table t (id int primary key);");
    folder.run(&["pull", "--source", "schema.sql"]).succeeds();
    let write = |out: &str| folder.run(&["book", "--quiet", "--source", "schema.snapshot.json", "--out", out]);
    folder.write("thesis/chapter.txt", "years of work");
    write("thesis").fails("thesis is not empty, and no book", "name a folder that pgkeel may fill");
    assert_eq!(folder.read("thesis/chapter.txt"), "years of work");
    folder.write("file", "");
    write("file").fails("cannot read file/book.manifest", "name another folder with --out");
}
