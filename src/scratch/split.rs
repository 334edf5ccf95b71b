//! Cuts a script into what psql would send, one statement at a time (psql's own scanner, `psqlscan.l`, is the model).
//!
//! Splitting goes along with running: a statement can change how the rest is read (`standard_conforming_strings`, psql
//! variables, COPY data), so the caller asks for one piece after the other.

use std::collections::BTreeMap;

use super::scan::{self, Kind, Token};

/// psql's variables, as `\set` left them.
pub(crate) type Variables = BTreeMap<String, String>;

/// What comes next in a script.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// SQL for the server.
    Statement(Statement),
    /// A backslash command for psql.
    Command(Command),
}

/// One statement without its semicolon.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Statement {
    /// What the server gets.
    pub(crate) text: String,
    /// Where `text` comes from, in order.
    origins: Vec<Origin>,
}

/// A stretch of a statement's text, up to the next one's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Origin {
    sent: usize,
    source: usize,
    /// Whether the stretch stands in the script as it is; otherwise it replaces what stands at `source`.
    verbatim: bool,
}

/// A backslash command and its arguments, up to the end of its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Command {
    /// Its name without the backslash.
    pub(crate) name: String,
    /// The rest of the line.
    pub(crate) arguments: String,
    /// The byte that its backslash is.
    pub(crate) start: usize,
}

/// Reads one script.
pub(crate) struct Splitter<'a> {
    script: &'a str,
    at: usize,
    buffer: Statement,
    nesting: Nesting,
}

impl Statement {
    /// A statement that does not stand in the script, made by what stands at `source`.
    pub(crate) fn inserted(text: &str, source: usize) -> Self {
        let mut statement = Self::default();
        statement.push(text, source, false);
        statement
    }

    /// A whole script as one statement.
    pub(crate) fn verbatim(script: &str) -> Self {
        let mut statement = Self::default();
        statement.push(script, 0, true);
        statement
    }

    /// The byte of the script that the statement starts at.
    pub(crate) fn start(&self) -> usize {
        self.origins.first().map_or(0, |origin| origin.source)
    }

    /// The byte of the script that the byte `sent` of the text comes from.
    pub(crate) fn source_of(&self, sent: usize) -> usize {
        let index = self
            .origins
            .partition_point(|origin| origin.sent <= sent)
            .saturating_sub(1);
        self.origins.get(index).map_or(0, |origin| match origin.verbatim {
            true => origin.source + (sent - origin.sent),
            false => origin.source,
        })
    }

    /// The statement with the bytes `range` of its text replaced.
    pub(crate) fn with_replaced(&self, range: std::ops::Range<usize>, replacement: &str) -> Self {
        let mut changed = Self::default();
        changed.push_part(self, 0..range.start);
        changed.push(replacement, self.source_of(range.start), false);
        changed.push_part(self, range.end..self.text.len());
        changed
    }

    /// Appends the bytes `range` of `other`.
    fn push_part(&mut self, other: &Self, range: std::ops::Range<usize>) {
        for (index, origin) in other.origins.iter().enumerate() {
            let end = other.origins.get(index + 1).map_or(other.text.len(), |next| next.sent);
            let (from, to) = (origin.sent.max(range.start), end.min(range.end));
            if from < to {
                self.push(&other.text[from..to], other.source_of(from), origin.verbatim);
            }
        }
    }

    fn push(&mut self, text: &str, source: usize, verbatim: bool) {
        let goes_on = verbatim
            && self
                .origins
                .last()
                .is_some_and(|last| last.verbatim && last.source + (self.text.len() - last.sent) == source);
        if !goes_on {
            self.origins.push(Origin {
                sent: self.text.len(),
                source,
                verbatim,
            });
        }
        self.text.push_str(text);
    }
}

impl<'a> Splitter<'a> {
    pub(crate) fn new(script: &'a str) -> Self {
        Self {
            script,
            at: 0,
            buffer: Statement::default(),
            nesting: Nesting::default(),
        }
    }

    /// The next statement or command, or `None` at the end. As in psql, what is left without a semicolon is sent too.
    pub(crate) fn next(&mut self, standard_strings: bool, variables: &Variables) -> Option<Piece> {
        while let Some(token) = scan::next(self.script, self.at, standard_strings) {
            self.at = token.end;
            match token.kind {
                Kind::Space | Kind::Comment if self.buffer.text.is_empty() => {}
                Kind::Semicolon if self.nesting.is_outermost() => {
                    if let Some(statement) = self.take() {
                        return Some(Piece::Statement(statement));
                    }
                }
                Kind::Backslash => match self.escaped() {
                    Some(character) => self.buffer.push(character, token.end, true),
                    None => return Some(Piece::Command(self.command(token.start))),
                },
                Kind::Colon => match self.variable(token, variables) {
                    Some((value, end)) => {
                        self.buffer.push(&value, token.start, false);
                        self.at = end;
                    }
                    None => self.buffer.push(token.of(self.script), token.start, true),
                },
                _ => {
                    self.nesting.see(token, self.script);
                    self.buffer.push(token.of(self.script), token.start, true);
                }
            }
        }
        self.take().map(Piece::Statement)
    }

    /// What has been read of a statement so far: what `\g` sends and `\r` forgets.
    pub(crate) fn take(&mut self) -> Option<Statement> {
        self.nesting = Nesting::default();
        let statement = std::mem::take(&mut self.buffer);
        (!statement.text.is_empty()).then_some(statement)
    }

    /// The lines after the current one up to `\.`, which are a COPY's data; the script goes on behind them. `Err` has
    /// the place of what stands between the statement and its data.
    pub(crate) fn copy_data(&mut self) -> Result<&'a str, usize> {
        while let Some(token) = scan::next(self.script, self.at, true) {
            let text = token.of(self.script);
            match token.kind {
                Kind::Space if text.contains('\n') => {
                    self.at += text.find('\n').map_or(0, |line_break| line_break + 1);
                    break;
                }
                Kind::Space | Kind::Comment => self.at = token.end,
                _ => return Err(token.start),
            }
        }
        let start = self.at;
        for line in self.script[start..].split_inclusive('\n') {
            let end = self.at;
            self.at += line.len();
            if line.trim_end_matches(['\r', '\n']) == "\\." {
                return Ok(&self.script[start..end]);
            }
        }
        Ok(&self.script[start..])
    }

    /// The byte of the script that has not been read yet.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// Leaves the rest of the script unread.
    pub(crate) fn stop(&mut self) {
        self.at = self.script.len();
    }

    /// `\;` and `\:` stand for the character itself, within a statement.
    fn escaped(&mut self) -> Option<&'a str> {
        let character = self
            .script
            .get(self.at..self.at + 1)
            .filter(|next| [";", ":"].contains(next))?;
        self.at += 1;
        Some(character)
    }

    /// The command whose backslash is at `start`; `\\` ends its arguments, as the line does.
    fn command(&mut self, start: usize) -> Command {
        let line_end = scan::line_end(self.script.as_bytes(), self.at);
        let line = &self.script[self.at..line_end];
        let name_end = line
            .find(|c: char| c.is_whitespace() || c == '\\')
            .unwrap_or(line.len())
            .max(1)
            .min(line.len());
        let name_end = (name_end..=line.len())
            .find(|end| line.is_char_boundary(*end))
            .unwrap_or(line.len());
        let (name, rest) = line.split_at(name_end);
        let arguments = rest.split_once("\\\\").map_or(rest, |(before, _)| before);
        self.at = match arguments.len() < rest.len() {
            true => self.at + name.len() + arguments.len() + 2,
            false => line_end,
        };
        Command {
            name: name.to_owned(),
            arguments: arguments.trim().to_owned(),
            start,
        }
    }

    /// The value that `:name`, `:'name'`, `:"name"` or `:{?name}` stands for and its end; `None` where it is not set, as
    /// psql then sends it as it is.
    fn variable(&self, colon: Token, variables: &Variables) -> Option<(String, usize)> {
        let rest = &self.script[colon.end..];
        let length = |text: &str| text.bytes().take_while(|b| is_variable_part(*b)).count();
        let quote = rest.chars().next()?;
        if matches!(quote, '\'' | '"') {
            let name = &rest[1..1 + length(&rest[1..])];
            let value = variables
                .get(name)
                .filter(|_| rest[1 + name.len()..].starts_with(quote))?;
            let doubled = value.replace(quote, &format!("{quote}{quote}"));
            return Some((format!("{quote}{doubled}{quote}"), colon.end + name.len() + 2));
        }
        if let Some(asked) = rest.strip_prefix("{?") {
            let name = &asked[..length(asked)];
            let is_whole = !name.is_empty() && asked[name.len()..].starts_with('}');
            let answer = if variables.contains_key(name) { "TRUE" } else { "FALSE" };
            return is_whole.then(|| (answer.to_owned(), colon.end + name.len() + 3));
        }
        let name = &rest[..length(rest)];
        Some((variables.get(name)?.clone(), colon.end + name.len()))
    }
}

/// Whether a semicolon ends a statement: not within parentheses, nor in the `BEGIN ATOMIC … END` of a routine.
#[derive(Default)]
struct Nesting {
    parentheses: usize,
    blocks: usize,
    /// The first letters of the statement's first words, which tell `CREATE [OR REPLACE] FUNCTION | PROCEDURE`.
    first_words: Vec<String>,
}

impl Nesting {
    fn is_outermost(&self) -> bool {
        self.parentheses == 0 && self.blocks == 0
    }

    fn see(&mut self, token: Token, script: &str) {
        match token.kind {
            Kind::Open => self.parentheses += 1,
            Kind::Close => self.parentheses = self.parentheses.saturating_sub(1),
            Kind::Word => self.see_word(token.of(script)),
            _ => {}
        }
    }

    fn see_word(&mut self, word: &str) {
        if self.first_words.len() < 4 {
            self.first_words.push(word.to_ascii_lowercase());
        }
        if self.parentheses > 0 || !self.is_routine() {
            return;
        }
        // CASE ends with END too, and matters within a block only.
        let is = |wanted: &str| word.eq_ignore_ascii_case(wanted);
        if is("begin") || (is("case") && self.blocks > 0) {
            self.blocks += 1;
        } else if is("end") {
            self.blocks = self.blocks.saturating_sub(1);
        }
    }

    fn is_routine(&self) -> bool {
        let words: Vec<&str> = self.first_words.iter().map(String::as_str).collect();
        matches!(
            words[..],
            ["create", "function" | "procedure", ..] | ["create", "or", "replace", "function" | "procedure"]
        )
    }
}

fn is_variable_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(script: &str) -> Vec<Piece> {
        let mut splitter = Splitter::new(script);
        std::iter::from_fn(|| splitter.next(true, &Variables::new())).collect()
    }

    fn statements(script: &str) -> Vec<String> {
        pieces(script)
            .into_iter()
            .map(|piece| match piece {
                Piece::Statement(statement) => statement.text,
                Piece::Command(command) => format!("\\{} {}", command.name, command.arguments),
            })
            .collect()
    }

    #[test]
    fn semicolons_end_statements_only_outside_of_everything() {
        assert_eq!(
            statements("select ';'; select $$;$$ /* ; */ -- ;\n; select \";\"; select E'\\';'"),
            [
                "select ';'",
                "select $$;$$ /* ; */ -- ;\n",
                "select \";\"",
                "select E'\\';'"
            ]
        );
    }

    #[test]
    fn empty_statements_and_comments_are_not_sent() {
        assert_eq!(statements(" ;; -- nothing\n ; /* ; */ "), Vec::<String>::new());
        assert_eq!(statements("-- why\nselect 1"), ["select 1"]);
    }

    #[test]
    fn a_rule_may_hold_many_commands_in_parentheses() {
        let rule = "create rule r as on insert to t do also (insert into a values (1); insert into b values (2))";
        assert_eq!(statements(&format!("{rule}; select 1;")), [rule, "select 1"]);
    }

    #[test]
    fn standard_bodies_are_whole_whatever_cases_they_hold() {
        let body = "begin atomic select case when true then case 1 when 1 then 2 end else 3 end; select 2; END";
        for head in [
            "create function f(a int default (1)) returns int",
            "CREATE OR REPLACE PROCEDURE p()",
            "create\nor replace function \"begin\".\"case\"() returns int",
        ] {
            let routine = format!("{head} {body}");
            assert_eq!(
                statements(&format!("{routine};select 1")),
                [routine.as_str(), "select 1"]
            );
        }
    }

    #[test]
    fn begin_elsewhere_opens_a_transaction_not_a_block() {
        assert_eq!(
            statements("begin; select case when a then b end; end; create table \"function\"(begin int);"),
            [
                "begin",
                "select case when a then b end",
                "end",
                "create table \"function\"(begin int)"
            ]
        );
        assert_eq!(
            statements("create function f() returns int language sql as 'begin; select 1;'; select 2"),
            [
                "create function f() returns int language sql as 'begin; select 1;'",
                "select 2"
            ]
        );
    }

    #[test]
    fn windows_line_ends_are_space() {
        assert_eq!(
            statements("select 1;\r\n\\echo hi\r\nselect 2;\r\n"),
            ["select 1", "\\echo hi", "select 2"]
        );
    }

    #[test]
    fn commands_take_their_line_and_leave_the_statement_around_them() {
        assert_eq!(
            statements("select 1\n\\echo in between\n+ 1;\n\\set x y \\\\ select 3;\n\\unrestrict abc"),
            [
                "\\echo in between",
                "select 1\n\n+ 1",
                "\\set x y",
                "select 3",
                "\\unrestrict abc"
            ]
        );
        assert_eq!(statements("\\"), ["\\ "]);
        assert_eq!(statements("\\é"), ["\\é "]);
    }

    #[test]
    fn an_escaped_semicolon_stays_in_the_statement() {
        assert_eq!(
            statements("select 1\\; select 2; select 3"),
            ["select 1; select 2", "select 3"]
        );
    }

    #[test]
    fn copy_data_is_taken_as_it_is() {
        let mut splitter = Splitter::new("copy t from stdin; -- data\r\na;'b\t\\N\r\n\\.\r\nselect 1;");
        assert!(matches!(
            splitter.next(true, &Variables::new()),
            Some(Piece::Statement(_))
        ));
        assert_eq!(splitter.copy_data(), Ok("a;'b\t\\N\r\n"));
        let rest = splitter.next(true, &Variables::new());
        assert!(matches!(rest, Some(Piece::Statement(statement)) if statement.text == "select 1"));
    }

    #[test]
    fn copy_data_may_be_empty_or_end_with_the_file() {
        for (script, data) in [
            ("copy t from stdin;\n\\.\n", ""),
            ("copy t from stdin;\n1\n", "1\n"),
            ("copy t from stdin;", ""),
        ] {
            let mut splitter = Splitter::new(script);
            splitter.next(true, &Variables::new());
            assert_eq!(splitter.copy_data(), Ok(data), "{script}");
        }
        let mut splitter = Splitter::new("copy t from stdin; select 1;\n1\n\\.\n");
        splitter.next(true, &Variables::new());
        assert_eq!(splitter.copy_data(), Err(19));
    }

    #[test]
    fn variables_are_replaced_and_places_still_found() {
        let variables = Variables::from([("schema".to_owned(), "a\"b'c".to_owned())]);
        let script = "select :schema, :'schema', :\"schema\", :{?schema}, :{?no}, :no, a::schema, a[1:2], ':schema' x";
        let Some(Piece::Statement(statement)) = Splitter::new(script).next(true, &variables) else {
            panic!()
        };
        assert_eq!(
            statement.text,
            "select a\"b'c, 'a\"b''c', \"a\"\"b'c\", TRUE, FALSE, :no, a::schema, a[1:2], ':schema' x"
        );
        for (sent, source) in [(0, 0), (8, 7), (statement.text.len() - 1, script.len() - 1)] {
            assert_eq!(statement.source_of(sent), source);
        }
    }

    #[test]
    fn a_changed_statement_keeps_its_places() {
        let script = "  alter database app set x = 1";
        let Some(Piece::Statement(statement)) = Splitter::new(script).next(true, &Variables::new()) else {
            panic!()
        };
        let changed = statement.with_replaced(15..18, "pgkeel_scratch");
        assert_eq!(changed.text, "alter database pgkeel_scratch set x = 1");
        assert_eq!((changed.start(), changed.source_of(16)), (2, 17));
        assert_eq!(changed.source_of(changed.text.len() - 1), script.len() - 1);
    }

    #[test]
    fn broken_strings_are_left_to_the_server() {
        assert_eq!(statements("select 'open; select 1;"), ["select 'open; select 1;"]);
    }
}
