//! The words of the command line, as they are typed. What they mean is for the commands' settings.

pub(super) mod advise;
pub(super) mod book;
pub(super) mod check;
pub(super) mod findings;
pub(super) mod lint;
#[cfg(feature = "mcp")]
pub(super) mod mcp;
pub(super) mod migrate;
pub(super) mod rls;

use std::path::PathBuf;
use std::sync::LazyLock;

use clap::builder::PossibleValuesParser;
use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};

use crate::config::{Lang, Platform};

const ABOUT: &str = "Reads a PostgreSQL or Supabase schema and generates Rust, TypeScript and Python types that compile and tell the truth.";

const SOURCES: &str = "\
Sources:
  postgres://…         a live database (libpq's URL parameters, PG* variables, ~/.pgpass, TLS modes)
  env:NAME             the URL in that environment variable
  path/file.sql        an SQL file, replayed in a scratch database, then read
  path/dir/            a folder of migrations, replayed in order
  path/file.json       a snapshot
  git:REV:path         a snapshot, an SQL file or a folder, as of that git revision
  empty                an empty schema
Without --source: the database in DATABASE_URL (see [database] url-env), else supabase/migrations or migrations, else the
snapshot.";

const PULL: &str = "\
Examples:
  pgkeel pull                                 read what the project has, write schema.snapshot.json
  pgkeel pull --source env:PROD_URL           read the database in PROD_URL
  pgkeel pull --source supabase/migrations/   replay a folder of migrations, then read
  pgkeel pull --out -                         print the snapshot";

const GENERATE: &str = "\
Examples:
  pgkeel generate                                        what pgkeel.toml says
  pgkeel generate --source migrations/ --out src/db/     TypeScript, Rust and Python without a pgkeel.toml
  pgkeel generate --lang rust --out src/db.rs            one language, one file
  pgkeel generate --lang ts --style kysely --out -       print it
  pgkeel generate --check                                for CI: exit 1, with a diff, where a file is not up to date
  pgkeel generate --watch                                again on every change";

const WATCH: &str = "\
Examples:
  pgkeel watch                                     generate what pgkeel.toml says, again on every change
  pgkeel watch --source migrations/ --out src/db/  TypeScript, Rust and Python without a pgkeel.toml
  pgkeel watch --print-trigger | psql              have the database tell of its changes, rather than ask it
A mistake in a migration is shown, and the last good output stays. A database that is restarted is waited for.";

const DIFF: &str = "\
Examples:
  pgkeel diff --from env:DATABASE_URL --to schema.sql            what the database lacks to be like schema.sql
  pgkeel diff --from schema.snapshot.json --to migrations/       what the migrations have beyond the snapshot
  pgkeel diff --from git:main:schema.snapshot.json --to schema.snapshot.json --format summary
  pgkeel diff --from empty --to env:DATABASE_URL                 the whole schema as SQL
  pgkeel diff --format json-schema                               what --format json means
Exit codes: 0 where both are equal, and nothing is printed; 1 where they differ.";

/// The version, the commit that a release was built from, and the features that not every build has.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let commit = option_env!("PGKEEL_COMMIT").unwrap_or("no release");
    let mut features = vec!["cli"];
    if cfg!(feature = "embedded") {
        features.push("embedded");
    }
    if cfg!(feature = "mcp") {
        features.push("mcp");
    }
    format!(
        "{} ({commit}; features: {})",
        env!("CARGO_PKG_VERSION"),
        features.join(", ")
    )
});

const EXITS: &str = "Exit codes: 0 clean, or done; 1 a difference; 2 failure or misuse; 3 refused.";

/// All that can be typed.
#[derive(Debug, Parser)]
#[command(name = "pgkeel", version, long_version = VERSION.as_str(), about = ABOUT, after_help = EXITS, max_term_width = 120)]
pub(super) struct Words {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// What every command understands.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(super) struct Global {
    /// Say more: notes, what was decided, and why
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub(super) verbose: bool,
    /// Say nothing but errors
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
    /// When to use colours; NO_COLOR is honoured
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t)]
    pub(super) color: Color,
    /// Write messages as JSON, one a line, on standard error
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// The configuration, instead of the pgkeel.toml in the working directory or above
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write a pgkeel.toml, after looking at what is there
    #[command(after_help = "\
Examples:
  pgkeel init                 look around, write pgkeel.toml with every key commented and what was found set
  pgkeel init --force         replace the pgkeel.toml that is there
  pgkeel init --editor        write pgkeel.schema.json too, by which editors complete pgkeel.toml and mark what is wrong
  pgkeel init --json-schema   print it, for a pgkeel.toml that is there: its first line is `#:schema ./pgkeel.schema.json`")]
    Init(Init),
    /// Read a schema and write the snapshot
    #[command(after_help = PULL, after_long_help = format!("{PULL}\n\n{SOURCES}"))]
    Pull(Pull),
    /// Write the types
    #[command(after_help = GENERATE, after_long_help = format!("{GENERATE}\n\n{SOURCES}"))]
    Generate(Generate),
    /// Stay, and write the types again on every change
    #[command(after_help = WATCH, after_long_help = format!("{WATCH}\n\n{SOURCES}"))]
    Watch(Watch),
    /// Print the migration that turns one schema into another
    #[command(after_help = DIFF, after_long_help = format!("{DIFF}\n\n{SOURCES}"))]
    Diff(Diff),
    /// Compare the database, the snapshot, the migrations and the generated files
    #[command(after_help = check::EXAMPLES)]
    Check(check::Check),
    /// Run and inspect migrations
    #[command(subcommand, after_help = migrate::EXAMPLES)]
    Migrate(migrate::Migrate),
    /// Write, audit and prove row-level security
    #[command(subcommand, after_help = rls::EXAMPLES)]
    Rls(rls::Rls),
    /// Report what the schema would be better with: indexes, types, keys
    #[command(after_help = advise::EXAMPLES, after_long_help = format!("{}\n\n{SOURCES}", advise::EXAMPLES))]
    Advise(advise::Advise),
    /// Report what is hazardous in migration files, with the safe form
    #[command(after_help = lint::EXAMPLES, after_long_help = format!("{}\n\n{SOURCES}", lint::EXAMPLES))]
    Lint(lint::Lint),
    /// Write the schema as pages to look at: tables, diagrams, access, findings
    #[command(after_help = book::BOOK, after_long_help = format!("{}\n\n{SOURCES}", book::BOOK))]
    Book(book::Book),
    /// Draw the tables and what connects them: SVG, Mermaid or Graphviz
    #[command(after_help = book::DIAGRAM, after_long_help = format!("{}\n\n{SOURCES}", book::DIAGRAM))]
    Diagram(book::Diagram),
    /// Answer an editor or an agent: Model Context Protocol over standard input and output
    #[cfg(feature = "mcp")]
    #[command(after_help = mcp::EXAMPLES)]
    Mcp(mcp::Mcp),
    /// Print a completion script for a shell
    #[command(after_help = "\
Examples:
  pgkeel completions bash > ~/.local/share/bash-completion/completions/pgkeel
  pgkeel completions zsh > ~/.zfunc/_pgkeel
  pgkeel completions fish > ~/.config/fish/completions/pgkeel.fish")]
    Completions(Completions),
    /// Print the manual page
    #[command(after_help = "\
Examples:
  pgkeel man | man -l -
  pgkeel man > ~/.local/share/man/man1/pgkeel.1")]
    Man,
}

/// The words of `init`.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// Replace a pgkeel.toml that is there
    #[arg(long)]
    pub(super) force: bool,
    /// Write pgkeel.schema.json beside it too, and name it in the first line, for editors
    #[arg(long)]
    pub(super) editor: bool,
    /// Print what a pgkeel.toml may say, as JSON Schema, by which editors complete it, and end
    #[arg(long, conflicts_with_all = ["force", "editor"])]
    pub(super) json_schema: bool,
}

/// The words of `pull`.
#[derive(Debug, Args)]
pub(super) struct Pull {
    #[command(flatten)]
    pub(super) source: SourceWords,
    /// Where to write the snapshot; `-` prints it [default: [snapshot] path, or schema.snapshot.json]
    #[arg(short, long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
    /// Replace a file that is not a snapshot
    #[arg(long)]
    pub(super) force: bool,
}

/// What is generated, from what: for `generate` and `watch`.
#[derive(Clone, Debug, Args)]
pub(super) struct TypesWords {
    #[command(flatten)]
    pub(super) source: SourceWords,
    /// A language: typescript, rust, python or json-schema; may be repeated
    #[arg(short, long, value_name = "LANG", value_parser = langs())]
    pub(super) lang: Vec<String>,
    /// A style of that language, instead of the configured one
    #[arg(long, value_name = "STYLE")]
    pub(super) style: Option<String>,
    /// A folder, or a file for one language; `-` prints
    #[arg(short, long, value_name = "PATH")]
    pub(super) out: Option<PathBuf>,
    /// Replace files that pgkeel did not write
    #[arg(long)]
    pub(super) force: bool,
}

/// The words of `generate`.
#[derive(Debug, Args)]
pub(super) struct Generate {
    #[command(flatten)]
    pub(super) types: TypesWords,
    /// Write nothing: name each file that is not up to date, with a diff, and exit 1 if there is one
    #[arg(long, conflicts_with_all = ["watch", "force"])]
    pub(super) check: bool,
    /// Stay, and generate again when the database, a migration or the configuration changes
    #[arg(long)]
    pub(super) watch: bool,
}

/// The words of `watch`.
#[derive(Debug, Args)]
pub(super) struct Watch {
    #[command(flatten)]
    pub(super) types: TypesWords,
    /// Print the SQL of an event trigger that tells of changes, and end
    #[arg(long)]
    pub(super) print_trigger: bool,
}

/// The words of `diff`.
#[derive(Debug, Args)]
pub(super) struct Diff {
    /// What is there: a URL, env:NAME, SQL files, a snapshot, git:REV:path or empty
    #[arg(long, value_name = "SOURCE")]
    pub(super) from: Option<String>,
    /// What shall be there
    #[arg(long, value_name = "SOURCE")]
    pub(super) to: Option<String>,
    /// How to print the migration
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub(super) format: DiffFormat,
    /// Print the way back instead: from `to` to `from`
    #[arg(long)]
    pub(super) down: bool,
    /// Print it without having tried it in a scratch database
    #[arg(long, conflicts_with = "seed_data")]
    pub(super) no_prove: bool,
    /// SQL that fills the schema that the migration starts from, for the proof: its rows have to survive
    #[arg(long, value_name = "FILE")]
    pub(super) seed_data: Option<PathBuf>,
    /// Keep tables usable meanwhile, at the price of more steps [default]
    #[arg(long, conflicts_with = "offline")]
    pub(super) online: bool,
    /// The short form, which locks tables for as long as it takes
    #[arg(long)]
    pub(super) offline: bool,
    /// Say where columns stand in another order too, which no migration changes: exit 1, and no SQL for it
    #[arg(long)]
    pub(super) strict_order: bool,
    #[command(flatten)]
    pub(super) reading: ReadingWords,
}

/// How a migration is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum DiffFormat {
    /// SQL that psql runs.
    #[default]
    Sql,
    /// Steps with locks and risks.
    Json,
    /// What that form means, as JSON Schema; no schema is compared.
    JsonSchema,
    /// A line for each object.
    Summary,
}

/// Where a schema comes from, and what a scratch database is made with.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Source")]
pub(super) struct SourceWords {
    /// Where the schema comes from: a URL, env:NAME, SQL files, a snapshot, git:REV:path or empty
    // Text, not a source yet: clap would repeat a value that cannot be read, and it may hold a password.
    #[arg(short, long, value_name = "SOURCE")]
    pub(super) source: Option<String>,
    #[command(flatten)]
    pub(super) reading: ReadingWords,
}

/// What of a schema is read, and what a scratch database is made with.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Source")]
pub(super) struct ReadingWords {
    /// A schema to read, instead of those of [scope]; may be repeated
    #[arg(long, value_name = "NAME")]
    pub(super) schema: Vec<String>,
    /// A server to make scratch databases on [default: the one in SHADOW_DATABASE_URL, else one of pgkeel's own]
    #[arg(long, value_name = "URL")]
    pub(super) shadow: Option<String>,
    /// What a scratch database is prepared as [default: found out]
    #[arg(long, value_name = "PLATFORM", value_parser = ["supabase", "none"])]
    pub(super) platform: Option<String>,
    /// The PostgreSQL major of the scratch server [default: [scratch] major, or the newest installed]
    #[arg(long, value_name = "MAJOR")]
    pub(super) pg: Option<u32>,
    /// Do not fetch a PostgreSQL server where none is installed
    #[arg(long, env = "PGKEEL_NO_DOWNLOAD", value_parser = clap::builder::FalseyValueParser::new(), action = clap::ArgAction::SetTrue)]
    pub(super) no_download: bool,
}

/// The words of `completions`.
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell
    pub(super) shell: clap_complete::Shell,
}

impl ReadingWords {
    /// The platform that was typed.
    pub(super) fn platform(&self) -> Option<Platform> {
        self.platform.as_deref().map(|name| {
            if name == "supabase" {
                Platform::Supabase
            } else {
                Platform::None
            }
        })
    }
}

fn langs() -> PossibleValuesParser {
    PossibleValuesParser::new(Lang::ALL.map(|lang| match lang {
        Lang::Typescript => clap::builder::PossibleValue::new("typescript").alias("ts"),
        Lang::Rust => clap::builder::PossibleValue::new("rust").alias("rs"),
        Lang::Python => clap::builder::PossibleValue::new("python").alias("py"),
        Lang::JsonSchema => clap::builder::PossibleValue::new("json-schema"),
    }))
}

/// The command as clap knows it: for help, completions and the manual page.
pub(super) fn command() -> clap::Command {
    Words::command()
}

/// Reads the process's arguments. Ends the process for `--help`, `--version` and what cannot be read.
pub(super) fn read() -> Words {
    Words::parse()
}
