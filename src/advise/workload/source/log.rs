//! The server's log (manual, section 20.8): lines with a prefix of anybody's choice, comma-separated values, or JSON.
//!
//! A statement is logged with its duration in one message (`log_min_duration_statement`), or before it
//! (`log_statement`). The values of parameters are in the message's detail. `auto_explain` logs a plan instead.

use std::collections::BTreeSet;

use super::{Run, explained, shape, together};
use crate::advise::workload::Workload;
use crate::catalog::Name;
use crate::diagnostic::Diagnostic;

/// One entry of a log, whatever its format.
#[derive(Debug, Default, PartialEq)]
struct Entry {
    message: String,
    detail: String,
    user: Option<Name>,
}

pub(super) fn read(text: &str) -> Workload {
    let first = text.trim_start().lines().next().unwrap_or_default();
    let entries = if first.starts_with('{') {
        json(text)
    } else if fields(text).next().is_some_and(|fields| fields.len() >= 23) {
        comma_separated(text)
    } else {
        lines(text)
    };
    let runs = entries.iter().filter_map(run).collect::<Vec<_>>();
    // Where some have a time, those without were logged a second time, with it.
    let timed = runs.iter().any(|run| run.ms.is_some());
    let mut runs = runs
        .into_iter()
        .filter(|run| !timed || run.ms.is_some())
        .collect::<Vec<_>>();
    let plans = entries
        .iter()
        .filter_map(|entry| explained::run(&entry.message, entry.user.as_ref()));
    let (read, unread) = plans.partition::<Vec<_>, _>(Option::is_some);
    // What is logged beside its plan counts once.
    let known = runs.iter().map(|run| shape(&run.sql)).collect::<BTreeSet<_>>();
    let more = read.into_iter().flatten();
    runs.extend(more.filter(|run| !known.contains(&shape(&run.sql))));
    let timed = runs.iter().any(|run| run.ms.is_some());
    let mut notes = Vec::new();
    if !unread.is_empty() {
        let message = format!(
            "{} plans are left out, whose query cannot be told from the plan",
            unread.len()
        );
        notes.push(Diagnostic::gap("the log", message).with_hint("set auto_explain.log_format to text or json"));
    }
    if !timed && !runs.is_empty() {
        let message = "it has no durations, so that each statement counts as often as it was run";
        notes.push(Diagnostic::note("the log", message).with_hint("set log_min_duration_statement"));
    }
    together(runs, notes)
}

/// What was run, if the entry tells of that.
fn run(entry: &Entry) -> Option<Run> {
    let message = entry.message.trim_start();
    let (ms, rest) = match message.strip_prefix("duration: ") {
        Some(rest) => {
            let (ms, rest) = rest.split_once(" ms")?;
            (Some(ms.trim().parse().ok()?), rest.trim_start())
        }
        None => (None, message),
    };
    let sql = match rest.strip_prefix("statement: ") {
        Some(sql) => sql,
        None => {
            let rest = rest.strip_prefix("execute ")?;
            rest.split_once(": ")?.1
        }
    };
    Some(Run {
        sql: sql.trim().trim_end_matches(';').to_owned(),
        values: parameters(&entry.detail),
        role: entry.user.clone(),
        ms,
    })
}

/// The values in `parameters: $1 = '5', $2 = NULL`.
pub(super) fn parameters(detail: &str) -> Option<Vec<Option<String>>> {
    let start = detail.to_ascii_lowercase().find("parameters: ")?;
    let mut rest = &detail[start + "parameters: ".len()..];
    let mut values = Vec::new();
    while let Some((_, value)) = rest.split_once(" = ") {
        if let Some(quoted) = value.strip_prefix('\'') {
            let mut text = String::new();
            let mut letters = quoted.char_indices().peekable();
            let mut end = quoted.len();
            while let Some((at, letter)) = letters.next() {
                match letter {
                    '\'' if letters.peek().is_some_and(|(_, next)| *next == '\'') => {
                        letters.next();
                        text.push('\'');
                    }
                    '\'' => {
                        end = at + 1;
                        break;
                    }
                    _ => text.push(letter),
                }
            }
            values.push(Some(text));
            rest = &quoted[end.min(quoted.len())..];
        } else {
            values.push(None);
            rest = value.strip_prefix("NULL")?;
        }
    }
    (!values.is_empty()).then_some(values)
}

/// `stderr`: a prefix, the severity and the message, which goes on in lines that begin with a tab.
fn lines(text: &str) -> Vec<Entry> {
    let mut entries = Vec::<Entry>::new();
    let mut in_detail = false;
    for line in text.lines() {
        if let Some(more) = line.strip_prefix('\t') {
            if let Some(entry) = entries.last_mut() {
                let place = if in_detail {
                    &mut entry.detail
                } else {
                    &mut entry.message
                };
                place.push('\n');
                place.push_str(more);
            }
        } else if let Some((prefix, detail)) = line
            .split_once("DETAIL:  ")
            .filter(|(prefix, _)| !prefix.contains("LOG:  "))
        {
            in_detail = true;
            let _ = prefix;
            if let Some(entry) = entries.last_mut() {
                entry.detail = detail.to_owned();
            }
        } else if let Some((prefix, message)) = line.split_once("LOG:  ") {
            in_detail = false;
            entries.push(Entry {
                message: message.to_owned(),
                detail: String::new(),
                user: user(prefix),
            });
        } else {
            // Another severity, or a context: nothing of ours goes on here.
            in_detail = false;
            entries.push(Entry::default());
        }
    }
    entries
}

/// The user in a prefix that has `user@database`, as `log_line_prefix = '%m [%p] %q%u@%d '` writes it.
fn user(prefix: &str) -> Option<Name> {
    let word = prefix.split_whitespace().find(|word| word.contains('@'))?;
    let user = word.split('@').next()?;
    let user = user.rsplit(['=', ',', '[']).next()?;
    (!user.is_empty()).then(|| user.into())
}

fn comma_separated(text: &str) -> Vec<Entry> {
    let entry = |fields: Vec<String>| {
        let field = |at: usize| fields.get(at).cloned().unwrap_or_default();
        Entry {
            message: field(13),
            detail: field(14),
            user: Some(field(1)).filter(|user| !user.is_empty()).map(Name::from),
        }
    };
    fields(text).map(entry).collect()
}

/// The rows of comma-separated values. Quotes hold commas, quotes and ends of lines.
fn fields(text: &str) -> impl Iterator<Item = Vec<String>> {
    let mut letters = text.chars().peekable();
    std::iter::from_fn(move || {
        letters.peek()?;
        let mut fields = vec![String::new()];
        let mut is_quoted = false;
        while let Some(letter) = letters.next() {
            let field = fields.last_mut()?;
            match letter {
                '"' if is_quoted && letters.peek() == Some(&'"') => {
                    letters.next();
                    field.push('"');
                }
                '"' => is_quoted = !is_quoted,
                ',' if !is_quoted => fields.push(String::new()),
                '\n' if !is_quoted => break,
                '\r' if !is_quoted => {}
                _ => field.push(letter),
            }
        }
        Some(fields)
    })
}

fn json(text: &str) -> Vec<Entry> {
    let entry = |line: &str| {
        let value = serde_json::from_str::<serde_json::Value>(line).ok()?;
        let field = |key: &str| value[key].as_str().map(str::to_owned);
        Some(Entry {
            message: field("message").unwrap_or_default(),
            detail: field("detail").unwrap_or_default(),
            user: field("user").map(Name::from),
        })
    };
    text.lines().filter_map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What all three formats tell of: two runs of a query with parameters, one of another that has two lines.
    #[track_caller]
    fn tells_the_same(log: &str) {
        let workload = read(log);
        let [one, other] = &workload.queries[..] else {
            panic!("{workload:?}")
        };
        assert_eq!(one.variants[0].sql, "select a\nfrom t");
        assert_eq!((one.calls, one.total_ms), (1.0, Some(10.5)));
        assert_eq!(other.variants[0].sql, "select a from t where b = $1 and c = $2");
        assert_eq!((other.calls, other.total_ms), (2.0, Some(3.0)));
        let values = other
            .variants
            .iter()
            .map(|variant| variant.values.clone().unwrap())
            .collect::<Vec<_>>();
        assert_eq!(values[0], [Some("it's, $2 = 5".to_owned()), None]);
        assert_eq!(values[1], [Some("7".to_owned()), Some("x".to_owned())]);
        assert_eq!(other.variants[0].role.as_deref(), Some("app"));
    }

    #[test]
    fn lines_of_any_prefix_are_read() {
        tells_the_same(
            "2026-01-01 10:00:00.000 UTC [7] app@shop LOG:  duration: 1.000 ms  execute <unnamed>: select a from t where b = $1 and c = $2\n\
             2026-01-01 10:00:00.000 UTC [7] app@shop DETAIL:  parameters: $1 = 'it''s, $2 = 5', $2 = NULL\n\
             2026-01-01 10:00:00.000 UTC [7] app@shop LOG:  duration: 0.100 ms  bind <unnamed>: select a from t where b = $1 and c = $2\n\
             2026-01-01 10:00:00.000 UTC [7] app@shop ERROR:  duration: 3 ms statement: no\n\
             2026-01-01 10:00:00.000 UTC [7] app@shop LOG:  duration: 2.000 ms  execute s1: select a from t where b = $1 and c = $2\n\
             2026-01-01 10:00:00.000 UTC [7] app@shop DETAIL:  Parameters: $1 = '7', $2 = 'x'\n\
             2026-01-01 10:00:00.000 UTC [7] app@shop LOG:  duration: 10.500 ms  statement: select a\n\
             \tfrom t;\n\
             2026-01-01 10:00:00.000 UTC [7] app@shop LOG:  duration: 1.000 ms  statement: begin\n\
             2026-01-01 10:00:00.000 UTC [7] LOG:  checkpoint starting: time\n",
        );
    }

    #[test]
    fn comma_separated_values_are_read() {
        let row = |message: &str, detail: &str| {
            format!(
                "2026-01-01 10:00:00.000 UTC,\"app\",\"shop\",7,\"[local]\",6,1,\"SELECT\",2026-01-01,1/2,0,LOG,00000,\"{message}\",{detail},,,,,,,,\"psql\",\"client backend\",,0\n"
            )
        };
        let parameters = "select a from t where b = $1 and c = $2";
        tells_the_same(
            &[
                row(
                    &format!("duration: 1.000 ms  execute <unnamed>: {parameters}"),
                    "\"parameters: $1 = 'it''s, $2 = 5', $2 = NULL\"",
                ),
                row(
                    &format!("duration: 2.000 ms  execute s1: {parameters}"),
                    "\"parameters: $1 = '7', $2 = 'x'\"",
                ),
                row("duration: 10.500 ms  statement: select a\nfrom t", ""),
            ]
            .concat(),
        );
    }

    #[test]
    fn json_is_read() {
        let row = |message: &str, detail: &str| {
            let value = serde_json::json!({"user": "app", "dbname": "shop", "error_severity": "LOG", "message": message, "detail": detail});
            format!("{value}\n")
        };
        let parameters = "select a from t where b = $1 and c = $2";
        tells_the_same(
            &[
                row(
                    &format!("duration: 1.000 ms  execute <unnamed>: {parameters}"),
                    "parameters: $1 = 'it''s, $2 = 5', $2 = NULL",
                ),
                row(
                    &format!("duration: 2.000 ms  execute s1: {parameters}"),
                    "Parameters: $1 = '7', $2 = 'x'",
                ),
                row("duration: 10.500 ms  statement: select a\nfrom t", ""),
            ]
            .concat(),
        );
    }

    #[test]
    fn plans_tell_of_their_queries() {
        let log = "LOG:  duration: 10.500 ms  plan:\n\
             \tQuery Text: select a\n\
             \tfrom t;\n\
             \tSeq Scan on t  (cost=0.00..1.00 rows=1 width=4)\n\
             \t  Filter: (b > 1)\n\
             LOG:  duration: 1.000 ms  plan:\n\
             \tQuery Text: select a from t where b = $1 and c = $2\n\
             \tQuery Parameters: $1 = 'it''s, $2 = 5', $2 = NULL\n\
             \tSeq Scan on t  (cost=0.00..1.00 rows=1 width=4)\n\
             LOG:  duration: 2.000 ms  plan:\n\
             \t{\n\
             \t  \"Query Text\": \"select a from t where b = $1 and c = $2\",\n\
             \t  \"Query Parameters\": \"$1 = '7', $2 = 'x'\",\n\
             \t  \"Plan\": {\"Node Type\": \"Seq Scan\"}\n\
             \t}\n";
        tells_the_same(&log.replace("LOG:  ", "app@shop LOG:  "));
    }

    #[test]
    fn what_is_logged_beside_its_plan_counts_once() {
        let log = "LOG:  duration: 2.000 ms  plan:\n\
             \tQuery Text: select a from t where b = 5\n\
             \tSeq Scan on t  (cost=0.00..1.00 rows=1 width=4)\n\
             LOG:  duration: 2.100 ms  statement: select a from t where b = 5\n\
             LOG:  duration: 3.000 ms  plan:\n\
             \t<explain xmlns=\"http://www.postgresql.org/2009/explain\">\n";
        let workload = read(log);
        let counted = workload.queries.iter().map(|query| (query.calls, query.total_ms));
        assert_eq!(counted.collect::<Vec<_>>(), [(1.0, Some(2.1))]);
        let [noticed] = &workload.notes[..] else {
            panic!("{:?}", workload.notes)
        };
        assert!(noticed.message.contains("1 plans are left out"), "{noticed:?}");
    }

    #[test]
    fn without_durations_statements_count_as_often_as_they_were_run() {
        let workload = read("LOG:  statement: select 1\nLOG:  statement: select 2\n");
        assert_eq!(workload.queries.len(), 1);
        assert_eq!((workload.queries[0].calls, workload.queries[0].total_ms), (2.0, None));
        assert_eq!(workload.notes.len(), 1);
    }
}
