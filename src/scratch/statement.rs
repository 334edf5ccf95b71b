//! Which statements need more than to be sent.

use std::ops::Range;

use super::scan::{self, Kind, Token};

/// What has to be done for a statement.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// It is sent, and that is all.
    Plain,
    /// It opens or ends a transaction.
    Transaction {
        /// Whether one is open afterwards.
        opens: bool,
    },
    /// `SET` of something else than a role, a transaction's mode or how strings are read.
    Setting,
    /// A hosted platform lets its users do this, although it takes a superuser.
    Privileged,
    /// `ALTER EXTENSION … UPDATE`, and of which.
    UpdateExtension(String),
    /// It may change how strings are read.
    Strings,
    /// `SET LOCAL`.
    SetLocal,
    /// `COPY … FROM stdin`.
    CopyIn,
    /// `COPY … TO stdout`.
    CopyOut,
    /// `CREATE EXTENSION`.
    CreateExtension(CreateExtension),
    /// `CREATE INDEX … USING <method> … WITH (…)`.
    IndexWithOptions(IndexOptions),
    /// `CREATE DATABASE` or `DROP DATABASE`.
    MakeDatabase,
    /// It says something about a database: its name, and where in the statement that stands.
    NameDatabase(String, Range<usize>),
    /// It changes the server, not the database.
    Server,
    /// `ALTER` or `DROP` of a role, and of which.
    Role(String),
}

/// What a `CREATE EXTENSION` says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct CreateExtension {
    pub(crate) name: String,
    pub(crate) if_not_exists: bool,
    pub(crate) schema: Option<String>,
    pub(crate) version: Option<String>,
}

/// The storage parameters of a `CREATE INDEX`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct IndexOptions {
    /// The access method.
    pub(crate) method: String,
    /// Where `WITH (…)` stands in the statement.
    pub(crate) place: Range<usize>,
    /// The parameters as `pg_class.reloptions` has them: `m=16`.
    pub(crate) options: Vec<String>,
}

/// What `text`, a statement, needs.
pub(crate) fn work(text: &str) -> Work {
    let tokens = scan::tokens(text);
    let word = |index: usize| {
        tokens
            .get(index)
            .filter(|token| token.kind == Kind::Word)
            .map(|token| token.of(text))
    };
    let Some(first) = word(0) else { return Work::Plain };
    let second = word(1).unwrap_or_default().to_ascii_lowercase();
    let found = match &*first.to_ascii_lowercase() {
        "begin" | "start" => Some(Work::Transaction { opens: true }),
        "rollback" if tokens.iter().any(|token| token.is(text, "to")) => None,
        "commit" | "end" | "rollback" | "abort" => Some(Work::Transaction { opens: false }),
        "copy" => copy(text, &tokens),
        "create" | "alter" | "drop" if is_privileged(text, &tokens) => Some(Work::Privileged),
        "comment" if word(2).is_some_and(|word| word.eq_ignore_ascii_case("extension")) => Some(Work::Privileged),
        "alter" if second == "extension" && tokens.get(3).is_some_and(|token| token.is(text, "update")) => tokens
            .get(2)
            .and_then(|token| token.name(text))
            .map(Work::UpdateExtension),
        "create" if second == "extension" => create_extension(text, &tokens).map(Work::CreateExtension),
        "create" if second == "index" || second == "unique" => index_options(text, &tokens).map(Work::IndexWithOptions),
        "create" | "drop" if second == "database" => Some(Work::MakeDatabase),
        "create" | "drop" | "alter" if second == "tablespace" => Some(Work::Server),
        "alter" | "drop" if matches!(&*second, "role" | "user" | "group") => {
            let at = if tokens.get(2).is_some_and(|token| token.is(text, "if")) {
                4
            } else {
                2
            };
            let name = tokens.get(at).and_then(|token| token.name(text));
            name.filter(|name| second != "user" || name != "mapping")
                .map(Work::Role)
        }
        "alter" if second == "system" => Some(Work::Server),
        "alter" if second == "database" => name_database(text, &tokens, 1),
        "comment" if word(2).is_some_and(|word| word.eq_ignore_ascii_case("database")) => {
            name_database(text, &tokens, 2)
        }
        "grant" | "revoke" => {
            let on = tokens
                .windows(2)
                .position(|pair| pair[0].is(text, "on") && pair[1].is(text, "database"));
            on.and_then(|on| name_database(text, &tokens, on + 1))
        }
        "set" if second == "local" => Some(Work::SetLocal),
        "set" if !matches!(&*second, "role" | "session" | "transaction" | "constraints") => Some(Work::Setting),
        _ => None,
    };
    match found {
        None | Some(Work::Setting | Work::SetLocal) if mentions(text, "standard_conforming_strings") => Work::Strings,
        Some(work) => work,
        None => Work::Plain,
    }
}

/// What a platform's own extension of the server lets through.
fn is_privileged(text: &str, tokens: &[Token]) -> bool {
    let is = |index: usize, word: &str| tokens.get(index).is_some_and(|token: &Token| token.is(text, word));
    let all_tables = || {
        tokens
            .windows(2)
            .any(|pair| pair[0].is(text, "all") && pair[1].is(text, "tables"))
    };
    (is(1, "event") && is(2, "trigger"))
        || (is(1, "foreign") && is(2, "data"))
        || (is(1, "publication") && all_tables())
        || (is(0, "drop") && is(1, "extension"))
        || (is(0, "alter") && is(1, "extension") && !is(3, "update"))
}

/// `COPY t FROM stdin` or `COPY t TO stdout`, outside any query in parentheses.
fn copy(text: &str, tokens: &[Token]) -> Option<Work> {
    let mut depth = 0_usize;
    for pair in tokens.windows(2) {
        match pair[0].kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            _ if pair[0].is(text, "from") && pair[1].is(text, "stdin") => return Some(Work::CopyIn),
            _ if pair[0].is(text, "to") && pair[1].is(text, "stdout") => return Some(Work::CopyOut),
            _ => {}
        }
    }
    None
}

fn create_extension(text: &str, tokens: &[Token]) -> Option<CreateExtension> {
    let is = |index: usize, word: &str| tokens.get(index).is_some_and(|token: &Token| token.is(text, word));
    let if_not_exists = is(2, "if") && is(3, "not") && is(4, "exists");
    let at = if if_not_exists { 5 } else { 2 };
    let name = tokens.get(at)?.name(text)?;
    let after = |word: &str| {
        let index = (at + 1..tokens.len()).find(|index| is(*index, word))?;
        let value = tokens.get(index + 1)?;
        let unquoted = value
            .of(text)
            .strip_prefix('\'')
            .and_then(|text| text.strip_suffix('\''))
            .map(str::to_owned);
        value.name(text).or(unquoted)
    };
    Some(CreateExtension {
        name,
        if_not_exists,
        schema: after("schema"),
        version: after("version"),
    })
}

/// `USING method … WITH (a = b, …)` of an index.
fn index_options(text: &str, tokens: &[Token]) -> Option<IndexOptions> {
    let using = tokens.iter().position(|token| token.is(text, "using"))?;
    let method = tokens.get(using + 1)?.name(text)?;
    let mut depth = 0_usize;
    let with = (using..tokens.len()).find(|index| {
        match tokens[*index].kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
            && tokens[*index].is(text, "with")
            && tokens.get(index + 1).is_some_and(|next| next.kind == Kind::Open)
    })?;
    let close = (with..tokens.len()).find(|index| tokens[*index].kind == Kind::Close)?;
    let inside = &text[tokens[with + 1].end..tokens[close].start];
    let options = inside.split(',').map(|option| {
        let (name, value) = option.split_once('=').unwrap_or((option, "true"));
        format!(
            "{}={}",
            name.trim().to_ascii_lowercase(),
            value.trim().trim_matches('\'')
        )
    });
    Some(IndexOptions {
        method,
        place: tokens[with].start..tokens[close].end,
        options: options.collect(),
    })
}

/// The database named after the key word at `keyword`.
fn name_database(text: &str, tokens: &[Token], keyword: usize) -> Option<Work> {
    let token = tokens.get(keyword + 1)?;
    Some(Work::NameDatabase(token.name(text)?, token.start..token.end))
}

fn mentions(text: &str, word: &str) -> bool {
    text.len() < 4096 && text.to_ascii_lowercase().contains(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_told_apart() {
        assert_eq!(work("COPY public.t (a, \"from\") FROM stdin"), Work::CopyIn);
        assert_eq!(work("copy t from stdin with (format csv)"), Work::CopyIn);
        assert_eq!(work("copy (select 1 from stdin) to stdout"), Work::CopyOut);
        assert_eq!(work("copy t from '/tmp/file'"), Work::Plain);
    }

    #[test]
    fn extensions_are_read_with_their_clauses() {
        let Work::CreateExtension(read) =
            work("CREATE /* x */ EXTENSION IF NOT EXISTS \"uuid-ossp\" WITH SCHEMA Extensions VERSION '1.1' CASCADE")
        else {
            panic!()
        };
        assert_eq!((read.name.as_str(), read.if_not_exists), ("uuid-ossp", true));
        assert_eq!(
            (read.schema.as_deref(), read.version.as_deref()),
            (Some("extensions"), Some("1.1"))
        );
        let Work::CreateExtension(read) = work("create extension Vector") else {
            panic!()
        };
        assert_eq!(
            read,
            CreateExtension {
                name: "vector".to_owned(),
                ..CreateExtension::default()
            }
        );
    }

    #[test]
    fn index_options_are_found_behind_the_columns() {
        let text = "create index on t using hnsw (v vector_l2_ops) WITH (m = 16, ef_construction='64') where a";
        let Work::IndexWithOptions(found) = work(text) else {
            panic!()
        };
        assert_eq!(found.method, "hnsw");
        assert_eq!(found.options, ["m=16", "ef_construction=64"]);
        assert_eq!(&text[found.place], "WITH (m = 16, ef_construction='64')");
        assert_eq!(work("create index i on t (a) with (fillfactor = 70)"), Work::Plain);
    }

    #[test]
    fn databases_are_named_in_many_ways() {
        for text in [
            "ALTER DATABASE app SET search_path = a",
            "comment on database app is 'x'",
            "GRANT CONNECT ON DATABASE app TO web",
            "revoke all on database \"app\" from public",
        ] {
            let Work::NameDatabase(name, place) = work(text) else {
                panic!("{text}")
            };
            assert_eq!((name.as_str(), text[place].trim_matches('"')), ("app", "app"));
        }
        assert_eq!(work("create database app"), Work::MakeDatabase);
        assert_eq!(work("comment on table database is 'x'"), Work::Plain);
    }

    #[test]
    fn roles_are_changed_by_name() {
        for text in [
            "ALTER ROLE web SET search_path = a",
            "drop user if exists web",
            "alter group \"web\" add user a",
        ] {
            assert_eq!(work(text), Work::Role("web".to_owned()), "{text}");
        }
        assert_eq!(
            work("alter user mapping for web server s options (set a 'b')"),
            Work::Plain
        );
        assert_eq!(work("create role web"), Work::Plain);
        assert_eq!(work("alter system set fsync = off"), Work::Server);
    }

    #[test]
    fn transactions_open_and_end() {
        assert_eq!(
            work("BEGIN ISOLATION LEVEL SERIALIZABLE"),
            Work::Transaction { opens: true }
        );
        assert_eq!(work("end"), Work::Transaction { opens: false });
        assert_eq!(work("rollback to savepoint a"), Work::Plain);
        assert_eq!(work("set local search_path = a"), Work::SetLocal);
        assert_eq!(work("SET standard_conforming_strings = off"), Work::Strings);
    }
}
