//! A schema of any size to measure with.
//!
//! Each table has ten columns, an identity primary key, a foreign key to the table before it, three more indexes (one of
//! an expression, one partial), a check, comments on itself and every column, row-level security and two policies. One
//! enum comes with twenty tables, one view with ten, one function with twenty.

use std::fmt::{self, Write};

/// How many tables one script makes: enough to be quick, few enough for the lock table of a small server.
const TABLES_A_SCRIPT: usize = 50;

/// The scripts that make a schema of `tables` tables in an empty database, to be run in order, each in one piece.
pub(crate) fn scripts(tables: usize) -> impl Iterator<Item = String> {
    (0..tables).step_by(TABLES_A_SCRIPT).map(move |first| {
        let mut sql = String::new();
        let last = (first + TABLES_A_SCRIPT).min(tables);
        match (first..last).try_for_each(|number| write_table(&mut sql, number)) {
            Ok(()) => sql,
            Err(fmt::Error) => unreachable!("a string takes all that is written to it"),
        }
    })
}

const COLUMNS: [(&str, &str); 10] = [
    ("id", "The key."),
    ("parent_id", "The row that this one belongs to."),
    ("owner_id", "Who may change it."),
    ("title", "What people call it; shown in lists."),
    ("body", "The text."),
    ("status", "How far it is."),
    ("price", "In euros."),
    ("tags", "Words to find it by."),
    ("data", "What else is known."),
    ("created_at", "When it was made."),
];

fn write_table(sql: &mut String, number: usize) -> fmt::Result {
    let group = number / 20;
    if number.is_multiple_of(20) {
        writeln!(
            sql,
            "create type status_{group} as enum ('draft', 'active', 'on hold', 'done');"
        )?;
    }
    let parent = match number.checked_sub(1) {
        Some(before) => format!(" references item_{before} (id) on delete cascade"),
        None => String::new(),
    };
    write!(
        sql,
        "create table item_{number} (
  id bigint generated always as identity primary key,
  parent_id bigint{parent},
  owner_id uuid not null default gen_random_uuid(),
  title varchar(200) not null,
  body text,
  status status_{group} not null default 'draft',
  price numeric(12, 2) check (price >= 0),
  tags text[] not null default '{{}}',
  data jsonb,
  created_at timestamptz not null default now()
);
create index on item_{number} (parent_id);
create index on item_{number} (lower(title));
create index on item_{number} (created_at) where status = 'active';
comment on table item_{number} is 'The items of kind {number}.';
alter table item_{number} enable row level security;
create policy read on item_{number} for select using (status <> 'draft' or owner_id::text = current_user);
create policy write on item_{number} for all
  using (owner_id::text = current_user) with check (owner_id::text = current_user);
"
    )?;
    for (column, comment) in COLUMNS {
        writeln!(sql, "comment on column item_{number}.{column} is '{comment}';")?;
    }
    if number.is_multiple_of(10) {
        writeln!(
            sql,
            "create view active_{number} as
  select item.id, item.title, coalesce(item.price, 0) as price, upper(item.body) as body
  from item_{number} as item where item.status = 'active';"
        )?;
    }
    if number.is_multiple_of(20) {
        writeln!(
            sql,
            "create function find_{number}(term text, most integer default 10) returns setof item_{number}
  language sql stable as $$ select * from item_{number} where title ilike term limit most $$;"
        )?;
    }
    Ok(())
}
