//! A diagram for other tools: Mermaid's and Graphviz's languages.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::graph::{Graph, Line, Table};

/// The diagram as Mermaid's `erDiagram`.
pub fn mermaid(graph: &Graph<'_>) -> String {
    let names = mermaid_names(graph);
    let mut text = "erDiagram\n".to_owned();
    for (table, name) in graph.tables.iter().zip(&names) {
        let label = quoted(&label(table));
        let _ = write!(text, "    {name}[\"{label}\"]");
        if table.lines.is_empty() {
            text.push('\n');
            continue;
        }
        text.push_str(" {\n");
        for line in &table.lines {
            let keys = match (line.is_primary, line.is_foreign) {
                (true, true) => " PK, FK",
                (true, false) => " PK",
                (false, true) => " FK",
                (false, false) => "",
            };
            let (ty, column) = (word(&line.column.data_type), word(&line.column.name));
            let _ = writeln!(text, "        {ty} {column}{keys}{}", spelled(line, &ty, &column));
        }
        text.push_str("    }\n");
    }
    for link in &graph.links {
        let (from, to) = (&names[link.from], &names[link.to]);
        let Some((constraint, _)) = link.key else {
            let _ = writeln!(text, "    {to} ||..o{{ {from} : \"reads\"");
            continue;
        };
        let one = if link.is_optional { "|o" } else { "||" };
        let many = if link.is_unique { "o|" } else { "o{" };
        let label = quoted(&constraint.name);
        let _ = writeln!(text, "    {to} {one}--{many} {from} : \"{label}\"");
    }
    text
}

/// What Mermaid takes for a name, each its own.
fn mermaid_names(graph: &Graph<'_>) -> Vec<String> {
    let mut seen = BTreeMap::<String, usize>::new();
    let tables = graph.tables.iter();
    let names = tables.map(|table| {
        let name = &table.relation.row.name;
        let name = format!("{}_{}", word(&name.schema), word(&name.name));
        let number = seen.entry(name.clone()).or_default();
        *number += 1;
        match number {
            1 => name,
            _ => format!("{name}__{number}"),
        }
    });
    names.collect()
}

/// The text in Mermaid's words: letters, digits, `_` and `-`, a letter first.
fn word(text: &str) -> String {
    let mut word = text
        .chars()
        .map(
            |character| match character.is_ascii_alphanumeric() || character == '_' {
                true => character,
                false => '_',
            },
        )
        .collect::<String>();
    if !word.starts_with(|first: char| first.is_ascii_alphabetic()) {
        word.insert(0, 'x');
    }
    word
}

/// What a column really is, where Mermaid's words cannot say it.
fn spelled(line: &Line<'_>, ty: &str, column: &str) -> String {
    let real = match (line.column.name == column, line.column.data_type == ty) {
        (true, true) => return String::new(),
        (true, false) => line.column.data_type.to_string(),
        (false, _) => format!("{} {}", line.column.name, line.column.data_type),
    };
    format!(" \"{}\"", quoted(&real))
}

/// Text between Mermaid's quotes, which know no escape but entities.
fn quoted(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '"' | '\\' | '`' => '\'',
            control if control.is_control() => ' ',
            other => other,
        })
        .collect()
}

/// The diagram in Graphviz's language.
pub fn dot(graph: &Graph<'_>) -> String {
    let mut text = "digraph schema {\n    rankdir=LR;\n    node [shape=plain, fontname=\"Helvetica\"];\n    edge [dir=both, color=\"#64748b\"];\n".to_owned();
    for (at, table) in graph.tables.iter().enumerate() {
        let _ = write!(
            text,
            "    t{at} [label=<<table border=\"1\" cellborder=\"0\" cellspacing=\"0\" color=\"#94a3b8\"><tr><td colspan=\"2\" bgcolor=\"#e2e8f0\" port=\"head\"><b>{}</b></td></tr>",
            html(&label(table))
        );
        for (line, row) in table.lines.iter().enumerate() {
            let name = html(&row.column.name);
            let name = if row.is_primary { format!("<u>{name}</u>") } else { name };
            let ty = html(&row.column.data_type);
            let _ = write!(
                text,
                "<tr><td align=\"left\" port=\"c{line}\">{name}</td><td align=\"left\"><font color=\"#64748b\">{ty}</font></td></tr>"
            );
        }
        text.push_str("</table>>];\n");
    }
    for link in &graph.links {
        let port = |table: &Table<'_>, column: Option<&crate::catalog::Name>| {
            let line = column.and_then(|name| table.lines.iter().position(|line| line.column.name == *name));
            line.map_or_else(|| "head".to_owned(), |line| format!("c{line}"))
        };
        let (from, to) = (link.from, link.to);
        let key = link.key.map(|(_, key)| key);
        let start = port(&graph.tables[to], key.and_then(|key| key.referenced_columns.first()));
        let end = port(&graph.tables[from], key.and_then(|key| key.columns.first()));
        let style = match (link.key, link.is_optional, link.is_unique) {
            (None, ..) => "style=dashed, arrowtail=open, arrowhead=none",
            (_, false, false) => "arrowtail=teetee, arrowhead=crowodot",
            (_, false, true) => "arrowtail=teetee, arrowhead=teeodot",
            (_, true, false) => "arrowtail=teeodot, arrowhead=crowodot",
            (_, true, true) => "arrowtail=teeodot, arrowhead=teeodot",
        };
        let _ = writeln!(text, "    t{to}:{start} -> t{from}:{end} [{style}];");
    }
    text.push_str("}\n");
    text
}

fn label(table: &Table<'_>) -> String {
    let name = &table.relation.row.name;
    match name.schema == "public" {
        true => name.name.to_string(),
        false => format!("{}.{}", name.schema, name.name),
    }
}

/// Text in Graphviz's labels, which are a kind of HTML.
fn html(text: &str) -> String {
    let mut markup = super::markup::Markup::default();
    markup.text(text);
    markup.finish()
}
