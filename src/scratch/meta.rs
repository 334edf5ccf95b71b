//! psql's backslash commands, as far as scripts of schemas have them (manual, psql, "Meta-Commands").

use super::split::{Command, Variables};

/// What a backslash command asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Nothing that a schema could depend on, and nothing worth a word.
    Nothing,
    /// Skipped: it only shows something, or does what a scratch database has no use for.
    Skip,
    /// Skipped, although it may have brought data or settings: the reason.
    Leave(&'static str),
    /// Sends what has been read of a statement.
    Send,
    /// Sends it, and runs each value of its result as a statement.
    SendResults,
    /// Forgets what has been read of a statement.
    Reset,
    /// Runs another script: its name, and whether that is relative to this script alone.
    Include(String, bool),
    /// Runs `COPY` with these words and the data that follows in the script.
    Copy(String),
    /// Ends the script.
    Quit,
    /// Cannot be done: the reason.
    Refuse(&'static str),
}

/// Reads `command`, and sets or unsets variables right away.
pub(super) fn action(command: &Command, variables: &mut Variables) -> Action {
    let arguments = || arguments(&command.arguments, variables);
    match command.name.as_str() {
        "restrict" | "unrestrict" => Action::Nothing,
        "set" => {
            let mut words = arguments().into_iter();
            if let Some(name) = words.next() {
                variables.insert(name, words.collect());
            }
            Action::Nothing
        }
        "unset" => {
            let name = arguments().into_iter().next();
            name.map(|name| variables.remove(&name));
            Action::Nothing
        }
        "g" | "gx" => Action::Send,
        "gexec" => Action::SendResults,
        "r" | "reset" => Action::Reset,
        "q" | "quit" => Action::Quit,
        "i" | "include" | "ir" | "include_relative" => match arguments().into_iter().next() {
            Some(name) => Action::Include(name, command.name.contains('r')),
            None => Action::Refuse("it names no file"),
        },
        "copy" if is_copy_from_script(&command.arguments) => Action::Copy(format!("COPY {}", command.arguments)),
        "copy" => Action::Leave("its data is not loaded"),
        "encoding" => match arguments()
            .first()
            .map(|name| name.to_ascii_lowercase().replace('-', ""))
            .as_deref()
        {
            None | Some("utf8" | "unicode") => Action::Nothing,
            Some(_) => Action::Refuse("scripts have to be UTF-8"),
        },
        "connect" | "c" => Action::Leave("everything goes into the one scratch database"),
        "!" => Action::Leave("no shell command is run"),
        "setenv" | "cd" | "password" | "lo_import" | "lo_export" | "lo_unlink" | "prompt" | "watch" | "w" | "write" => {
            Action::Leave("it does nothing to a schema")
        }
        "if" | "elif" | "else" | "endif" => Action::Refuse("psql's conditions are not supported"),
        "gset" => Action::Refuse("psql's variables from results are not supported"),
        name if is_display(name) => Action::Skip,
        _ => Action::Refuse("psql has no such command, or it is not supported"),
    }
}

/// Commands that only show or format.
fn is_display(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "a",
        "C",
        "conninfo",
        "copyright",
        "crosstabview",
        "echo",
        "errverbose",
        "f",
        "gdesc",
        "h",
        "H",
        "help",
        "html",
        "l",
        "list",
        "o",
        "out",
        "p",
        "print",
        "pset",
        "qecho",
        "s",
        "t",
        "T",
        "timing",
        "warn",
        "x",
        "z",
        "?",
    ];
    NAMES.contains(&name)
        || name.starts_with('d')
        || name.starts_with("l+")
        || name.starts_with("sf")
        || name.starts_with("sv")
}

/// Whether `\copy`'s words say that the data follows in the script.
fn is_copy_from_script(words: &str) -> bool {
    let words: Vec<String> = words.split_whitespace().map(str::to_ascii_lowercase).collect();
    words
        .windows(2)
        .any(|pair| pair[0] == "from" && matches!(pair[1].as_str(), "stdin" | "pstdin"))
}

/// The words of a command's line: quotes keep spaces, and `:name` stands for a variable.
fn arguments(line: &str, variables: &Variables) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        let mut word = String::new();
        let mut at = 0;
        let mut quoted = false;
        let mut characters = rest.char_indices().peekable();
        while let Some((index, character)) = characters.next() {
            at = index;
            match character {
                '\'' => match (quoted, characters.peek()) {
                    (true, Some((_, '\''))) => {
                        characters.next();
                        word.push('\'');
                    }
                    _ => quoted = !quoted,
                },
                '\\' if quoted => match characters.next() {
                    Some((_, 'n')) => word.push('\n'),
                    Some((_, 't')) => word.push('\t'),
                    Some((_, other)) => word.push(other),
                    None => {}
                },
                c if c.is_whitespace() && !quoted => break,
                c => word.push(c),
            }
            at = index + character.len_utf8();
            if let Some((next, _)) = characters.peek() {
                at = *next;
            } else {
                at = rest.len().max(at);
            }
        }
        let value = word.strip_prefix(':').and_then(|name| variables.get(name));
        found.push(value.cloned().unwrap_or(word));
        rest = rest[at..].trim_start();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, arguments: &str) -> Action {
        let command = Command {
            name: name.to_owned(),
            arguments: arguments.to_owned(),
            start: 0,
        };
        action(&command, &mut Variables::new())
    }

    #[test]
    fn what_pg_dump_writes_passes_without_a_word() {
        assert_eq!(of("restrict", "abc"), Action::Nothing);
        assert_eq!(of("unrestrict", "abc"), Action::Nothing);
        assert_eq!(of("encoding", "UTF-8"), Action::Nothing);
        assert!(matches!(of("encoding", "LATIN1"), Action::Refuse(_)));
    }

    #[test]
    fn variables_are_set_from_quoted_and_joined_words() {
        let mut variables = Variables::new();
        for (arguments, value) in [
            ("x 'a b'", "a b"),
            ("x a 'b''c' d", "ab'cd"),
            ("x", ""),
            ("x 'it\\'s'", "it's"),
        ] {
            let command = Command {
                name: "set".to_owned(),
                arguments: arguments.to_owned(),
                start: 0,
            };
            assert_eq!(action(&command, &mut variables), Action::Nothing);
            assert_eq!(variables.get("x").map(String::as_str), Some(value), "{arguments}");
        }
        let unset = Command {
            name: "unset".to_owned(),
            arguments: "x".to_owned(),
            start: 0,
        };
        action(&unset, &mut variables);
        assert!(variables.is_empty());
    }

    #[test]
    fn included_files_are_named() {
        assert_eq!(of("ir", "'a b.sql'"), Action::Include("a b.sql".to_owned(), true));
        assert_eq!(of("i", "b.sql"), Action::Include("b.sql".to_owned(), false));
        assert!(matches!(of("i", ""), Action::Refuse(_)));
    }

    #[test]
    fn copy_reads_the_script_only_where_it_says_so() {
        assert_eq!(
            of("copy", "t (a) from stdin csv"),
            Action::Copy("COPY t (a) from stdin csv".to_owned())
        );
        assert!(matches!(of("copy", "t from 'file.csv'"), Action::Leave(_)));
    }

    #[test]
    fn unknown_commands_are_refused_and_shown_ones_skipped() {
        assert!(matches!(of("if", "true"), Action::Refuse(_)));
        assert!(matches!(of("bogus", ""), Action::Refuse(_)));
        assert_eq!(of("dt+", "public.*"), Action::Skip);
        assert_eq!(of("echo", "hi"), Action::Skip);
    }
}
