//! The words of `migrate`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What `migrate --help` ends with.
pub(super) const EXAMPLES: &str = "\
Examples:
  pgkeel migrate status        what was run, what is pending, and what does not fit
  pgkeel migrate up            run what is pending; again after anything: it goes on where it was
  pgkeel migrate down          undo the newest, after asking";

const NEW: &str = "\
Examples:
  pgkeel migrate new add_orders                  what the database in DATABASE_URL has beyond the migrations
  pgkeel migrate new add_orders --to schema.sql  what schema.sql has beyond them
  pgkeel migrate new fill_orders --empty         an empty file to write by hand
  pgkeel migrate new drop_notes --allow drop-table --down
It is tried in a scratch database before it is written. A step that loses data has to be allowed by name.";

const SQUASH: &str = "\
Examples:
  pgkeel migrate squash                          print the schema that the migrations make, as one migration
  pgkeel migrate squash --out migrations/20240131120000_all.sql
The old files are left to you: take them away, and run `pgkeel migrate baseline` where they were run.";

const UP: &str = "\
Examples:
  pgkeel migrate up                              run what is pending on the database in DATABASE_URL
  pgkeel migrate up --dry-run                    show what would run
  pgkeel migrate up --to 20240131120000          no further than that
  pgkeel migrate up --fleet fleet.txt --jobs 8   on many databases, one first, then eight at a time

It is safe to run again after anything: each transaction commits together with the row that says so, and what no
transaction takes (CREATE INDEX CONCURRENTLY and its like) is finished where it was interrupted.

A line of a fleet file is a URL or env:NAME, alone or before `schemas: select …` or `databases: select …`.";

const DOWN: &str = "\
Examples:
  pgkeel migrate down --allow all                undo the newest migration
  pgkeel migrate down --steps 3                  undo three, after asking on a terminal
  pgkeel migrate down --to 20240131120000        undo all that came after that one
  pgkeel migrate down --dry-run";

const STATUS: &str = "\
Examples:
  pgkeel migrate status                          exit 1 where something is pending or wrong
  pgkeel migrate status --format json
  pgkeel migrate status --fleet fleet.txt        of many databases";

const VERIFY: &str = "\
Examples:
  pgkeel migrate verify                          exit 1 where the history and the folder do not fit";

const BASELINE: &str = "\
Examples:
  pgkeel migrate baseline                        a database that has all of it already
  pgkeel migrate baseline 20240131120000         that has all up to this one";

const REPAIR: &str = "\
Examples:
  pgkeel migrate repair --accept 20240131120000  an edited file does what was run
  pgkeel migrate repair --clear 20240131120000   half done, and put right by hand: it counts as not run
  pgkeel migrate repair --remove 20240131120000  its file is gone for good";

/// The commands of `migrate`.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Migrate {
    /// Write the next migration: what the migrations lack to make another schema
    #[command(after_help = NEW)]
    New(New),
    /// Run the migrations that are pending
    #[command(after_help = UP)]
    Up(Up),
    /// Undo migrations, the newest first
    #[command(after_help = DOWN)]
    Down(Down),
    /// Show what was run, what is pending, and what does not fit
    #[command(after_help = STATUS)]
    Status(Status),
    /// Check the history against the folder
    #[command(after_help = VERIFY)]
    Verify(Status),
    /// Say that migrations were run, without running them
    #[command(after_help = BASELINE)]
    Baseline(Baseline),
    /// Mend the history, version by version
    #[command(after_help = REPAIR)]
    Repair(Repair),
    /// Print one migration that does what all of them do
    #[command(after_help = SQUASH)]
    Squash(Squash),
}

/// What every command of `migrate` understands.
#[derive(Debug, Args)]
pub(in crate::cli) struct Common {
    /// The database: a URL or env:NAME [default: the one in DATABASE_URL]
    // Text, not a URL yet: clap would repeat a value that cannot be read, and it may hold a password.
    #[arg(short, long, value_name = "URL")]
    pub(in crate::cli) database: Option<String>,
    /// The schema to run in: the search path is set to it, and it has a history of its own
    #[arg(long, value_name = "SCHEMA")]
    pub(in crate::cli) tenant: Option<String>,
    /// The folder of migrations [default: [migrations] dir, supabase/migrations or migrations]
    #[arg(long, value_name = "FOLDER")]
    pub(in crate::cli) dir: Option<PathBuf>,
    /// How the folder is arranged, and whose history is kept [default: [migrations] layout, or found out]
    #[arg(long, value_name = "LAYOUT", value_parser = ["supabase", "sqlx", "pgkeel"])]
    pub(in crate::cli) layout: Option<String>,
    /// How many seconds to wait for another run to end
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub(in crate::cli) wait: u64,
}

/// The words of `migrate new`.
#[derive(Debug, Args)]
pub(in crate::cli) struct New {
    /// What it is called
    #[arg(value_name = "NAME")]
    pub(in crate::cli) name: String,
    /// The schema that it shall make [default: the database in DATABASE_URL]
    #[arg(long, value_name = "SOURCE", conflicts_with = "empty")]
    pub(in crate::cli) to: Option<String>,
    /// Write an empty file where nothing differs, or nothing is to be compared
    #[arg(long)]
    pub(in crate::cli) empty: bool,
    /// Write the way back too [default: [migrations] down]
    #[arg(long)]
    pub(in crate::cli) down: bool,
    /// Allow a step that loses data, such as drop-table, or `all`; may be repeated
    #[arg(long, value_name = "RULE")]
    pub(in crate::cli) allow: Vec<String>,
    /// Write it without having tried it in a scratch database
    #[arg(long, conflicts_with = "seed_data")]
    pub(in crate::cli) no_prove: bool,
    /// SQL that fills the schema that the migration starts from, for the proof: its rows have to survive
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) seed_data: Option<PathBuf>,
    /// The short form, which locks tables for as long as it takes
    #[arg(long)]
    pub(in crate::cli) offline: bool,
    /// The folder of migrations [default: [migrations] dir, supabase/migrations or migrations]
    #[arg(long, value_name = "FOLDER")]
    pub(in crate::cli) dir: Option<PathBuf>,
    /// How the folder is arranged [default: [migrations] layout, or found out]
    #[arg(long, value_name = "LAYOUT", value_parser = ["supabase", "sqlx", "pgkeel"])]
    pub(in crate::cli) layout: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) reading: super::ReadingWords,
}

/// The words of `migrate squash`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Squash {
    /// Where to write it [default: it is printed]
    #[arg(short, long, value_name = "FILE")]
    pub(in crate::cli) out: Option<PathBuf>,
    /// The folder of migrations [default: [migrations] dir, supabase/migrations or migrations]
    #[arg(long, value_name = "FOLDER")]
    pub(in crate::cli) dir: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) reading: super::ReadingWords,
}

/// The words of `migrate up`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Up {
    #[command(flatten)]
    pub(in crate::cli) common: Common,
    /// The last version to run
    #[arg(long, value_name = "VERSION")]
    pub(in crate::cli) to: Option<String>,
    /// Show what would run, and run nothing
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,
    /// Run migrations that are older than one that was run
    #[arg(long)]
    pub(in crate::cli) out_of_order: bool,
    /// How long a statement may wait for a lock, such as 5s [default: [migrations] lock-timeout, or 5s]
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) lock_timeout: Option<String>,
    /// Run on every database or schema that this file names
    #[arg(long, value_name = "FILE", conflicts_with_all = ["database", "tenant"])]
    pub(in crate::cli) fleet: Option<PathBuf>,
    /// How many of a fleet at a time, after the first
    #[arg(long, value_name = "COUNT", default_value_t = 4, requires = "fleet")]
    pub(in crate::cli) jobs: usize,
    /// How many of a fleet may fail before no more are begun
    #[arg(long, value_name = "COUNT", default_value_t = 0, requires = "fleet")]
    pub(in crate::cli) max_failures: usize,
}

/// The words of `migrate down`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Down {
    #[command(flatten)]
    pub(in crate::cli) common: Common,
    /// The version to go back to, which stays; 0 undoes all
    #[arg(long, value_name = "VERSION", conflicts_with = "steps")]
    pub(in crate::cli) to: Option<String>,
    /// How many to undo
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    pub(in crate::cli) steps: usize,
    /// Show what would be undone, and undo nothing
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,
    /// `all` allows what destroys data, without asking
    #[arg(long, value_name = "RULE")]
    pub(in crate::cli) allow: Vec<String>,
    /// How long a statement may wait for a lock, such as 5s [default: [migrations] lock-timeout, or 5s]
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) lock_timeout: Option<String>,
    /// Go back in every database or schema that this file names; with --to, so that it can be run again
    #[arg(long, value_name = "FILE", requires = "to", conflicts_with_all = ["database", "tenant"])]
    pub(in crate::cli) fleet: Option<PathBuf>,
    /// How many of a fleet at a time, after the first
    #[arg(long, value_name = "COUNT", default_value_t = 4, requires = "fleet")]
    pub(in crate::cli) jobs: usize,
    /// How many of a fleet may fail before no more are begun
    #[arg(long, value_name = "COUNT", default_value_t = 0, requires = "fleet")]
    pub(in crate::cli) max_failures: usize,
}

/// The words of `migrate status` and `migrate verify`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Status {
    #[command(flatten)]
    pub(in crate::cli) common: Common,
    /// How to show it
    #[arg(long, value_name = "FORMAT", value_parser = ["human", "json", "json-schema"], default_value = "human")]
    pub(in crate::cli) format: String,
    /// Look at every database or schema that this file names
    #[arg(long, value_name = "FILE", conflicts_with_all = ["database", "tenant"])]
    pub(in crate::cli) fleet: Option<PathBuf>,
    /// How many of a fleet at a time
    #[arg(long, value_name = "COUNT", default_value_t = 4, requires = "fleet")]
    pub(in crate::cli) jobs: usize,
}

/// The words of `migrate baseline`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Baseline {
    #[command(flatten)]
    pub(in crate::cli) common: Common,
    /// The last version that the database has [default: the newest of the folder]
    #[arg(value_name = "VERSION")]
    pub(in crate::cli) to: Option<String>,
}

/// The words of `migrate repair`.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(true).args(["accept", "clear", "remove"]))]
pub(in crate::cli) struct Repair {
    #[command(flatten)]
    pub(in crate::cli) common: Common,
    /// Take the edited file of this version for what was run; may be repeated
    #[arg(long, value_name = "VERSION")]
    pub(in crate::cli) accept: Vec<String>,
    /// Forget that this version is half done, or failed; may be repeated
    #[arg(long, value_name = "VERSION")]
    pub(in crate::cli) clear: Vec<String>,
    /// Forget this version, whose file is gone; may be repeated
    #[arg(long, value_name = "VERSION")]
    pub(in crate::cli) remove: Vec<String>,
}
