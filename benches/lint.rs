//! Migration files: how long it takes to look at a thousand of them: `cargo bench --bench lint`.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::time::Instant;

use pgkeel::lint::{self, File, Known, Run};

const FILES: usize = 1_000;
const RUNS: usize = 5;

fn main() {
    if !std::env::args().any(|argument| argument == "--bench") {
        return println!("run by: cargo bench --bench lint");
    }
    let files = (0..FILES).map(file).collect::<Vec<_>>();
    let mut seconds = (0..RUNS)
        .map(|_| {
            let began = Instant::now();
            let linted = lint::lint(&files, &Known::default());
            assert!(linted.is_complete && linted.hits.len() >= FILES);
            began.elapsed().as_secs_f64()
        })
        .collect::<Vec<_>>();
    seconds.sort_by(f64::total_cmp);
    println!(
        "{FILES} files: {:.0} ms (median of {RUNS})",
        seconds[RUNS / 2] * 1_000.0
    );
}

/// A migration as projects have them: a table with its policies, and a change of an earlier one.
fn file(at: usize) -> File {
    let before = at.saturating_sub(1);
    let text = format!(
        "set lock_timeout = '2s';\n\
         create table table_{at} (\n\
         \x20   id bigint generated always as identity primary key,\n\
         \x20   owner uuid not null,\n\
         \x20   parent bigint references table_{before} (id),\n\
         \x20   title text not null default 'none' check (length(title) < 200),\n\
         \x20   made timestamptz not null default now()\n\
         );\n\
         create index on table_{at} (parent);\n\
         alter table table_{at} enable row level security;\n\
         create policy own on table_{at} to authenticated using ((select auth.uid()) = owner);\n\
         create function touch_{at}() returns trigger language plpgsql as $$ begin new.made = now(); return new; end $$;\n\
         create trigger touch before update on table_{at} for each row execute function touch_{at}();\n\
         comment on table table_{at} is 'The rows of {at}';\n\
         create index table_{before}_title on table_{before} (title);\n\
         update table_{before} set title = upper(title) where made < now() - interval '1 day';\n"
    );
    File {
        name: format!("{at:05}_table.sql").into(),
        text,
        run: Run::PerFile,
        mark: None,
        whole: None,
        wanted: true,
    }
}
