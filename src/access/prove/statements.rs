//! The SQL of the proof: the one place here that spells it.

use crate::catalog::column::{Column, Identity};
use crate::catalog::lookup::RelationRef;
use crate::catalog::{Name, QName};
use crate::ddl::{bare, column_list, qualified};
use crate::sql::literal;

/// A value, NULL for `None`, as the column's type reads it.
pub(super) fn value(text: Option<&str>) -> String {
    text.map_or_else(|| "NULL".to_owned(), |text| literal(text).to_string())
}

/// Inserts one row; without values, one of defaults.
pub(super) fn insert(relation: RelationRef<'_>, values: &[(Name, Option<String>)]) -> String {
    let table = qualified(&relation.row.name);
    if values.is_empty() {
        return format!("INSERT INTO {table} DEFAULT VALUES");
    }
    let is_always = |name: &Name| {
        let column = relation.column(name);
        column.is_some_and(|column| column.identity == Some(Identity::Always))
    };
    let overriding = if values.iter().any(|(name, _)| is_always(name)) {
        " OVERRIDING SYSTEM VALUE"
    } else {
        ""
    };
    let columns = column_list(values.iter().map(|(name, _)| name));
    let list = values
        .iter()
        .map(|(_, text)| value(text.as_deref()))
        .collect::<Vec<_>>();
    format!(
        "INSERT INTO {table} ({columns}){overriding} VALUES ({})",
        list.join(", ")
    )
}

/// Inserts a row; sets columns of the one that has this key, where there is one.
pub(super) fn upsert(
    relation: RelationRef<'_>,
    values: &[(Name, Option<String>)],
    key: &[Name],
    set: &[(Name, Option<String>)],
) -> String {
    format!(
        "{} ON CONFLICT ({}) DO UPDATE SET {}",
        insert(relation, values),
        column_list(key),
        assignments(set)
    )
}

fn assignments(values: &[(Name, Option<String>)]) -> String {
    let sets = values
        .iter()
        .map(|(name, text)| format!("{} = {}", bare(name), value(text.as_deref())));
    sets.collect::<Vec<_>>().join(", ")
}

/// What [`insert`] gives back: every column as text, in order.
pub(super) fn returning(relation: RelationRef<'_>) -> String {
    format!("RETURNING {}", texts(relation.columns()))
}

/// The rows for which `condition` holds, every column as text.
pub(super) fn find(relation: RelationRef<'_>, condition: &str) -> String {
    format!(
        "SELECT {} FROM {} WHERE {condition}",
        texts(relation.columns()),
        qualified(&relation.row.name)
    )
}

fn texts(columns: &[Column]) -> String {
    let columns = columns.iter().map(|column| format!("{}::text", bare(&column.name)));
    columns.collect::<Vec<_>>().join(", ")
}

/// That the columns have these values.
pub(super) fn equals<'v>(values: impl IntoIterator<Item = (&'v Name, Option<&'v str>)>) -> String {
    let parts = values.into_iter().map(|(name, text)| match text {
        Some(text) => format!("{} = {}", bare(name), literal(text)),
        None => format!("{} IS NULL", bare(name)),
    });
    parts.collect::<Vec<_>>().join(" AND ")
}

/// That none of the conditions holds; of the rows for which that is so, the first.
pub(super) fn none_of(conditions: &[String]) -> String {
    let conditions = conditions.iter().map(|condition| format!("NOT ({condition})"));
    let conditions = conditions.chain(["TRUE".to_owned()]).collect::<Vec<_>>();
    format!("{} LIMIT 1", conditions.join(" AND "))
}

/// Where a row is in its table, for one without a key.
pub(super) fn at_place(table: &str, place: &str) -> String {
    format!("tableoid = {}::regclass AND ctid = {}", literal(table), literal(place))
}

/// Where rows with this condition are: their table and place.
pub(super) fn places(table: &QName, condition: &str) -> String {
    format!(
        "SELECT tableoid::regclass::text, ctid::text FROM {} WHERE {condition}",
        qualified(table)
    )
}

/// That one of the conditions holds; nothing where there is none.
pub(super) fn any_of(conditions: &[String]) -> Option<String> {
    let conditions = conditions.iter().map(|condition| format!("({condition})"));
    let conditions = conditions.collect::<Vec<_>>();
    (!conditions.is_empty()).then(|| conditions.join(" OR "))
}

/// Reads a column of a row.
pub(super) fn select_column(table: &QName, column: &Name, condition: &str) -> String {
    format!("SELECT {} FROM {} WHERE {condition}", bare(column), qualified(table))
}

/// Reads a row.
pub(super) fn select(table: &QName, condition: &str) -> String {
    format!("SELECT 1 FROM {} WHERE {condition}", qualified(table))
}

/// Sets columns of a row; of every row without a condition.
pub(super) fn update(table: &QName, values: &[(Name, Option<String>)], condition: Option<&str>) -> String {
    let mut sql = format!("UPDATE {} SET {}", qualified(table), assignments(values));
    if let Some(condition) = condition {
        sql.push_str(&format!(" WHERE {condition}"));
    }
    sql
}

/// Deletes a row; every row without a condition.
pub(super) fn delete(table: &QName, condition: Option<&str>) -> String {
    match condition {
        Some(condition) => format!("DELETE FROM {} WHERE {condition}", qualified(table)),
        None => format!("DELETE FROM {}", qualified(table)),
    }
}

/// Empties a table.
pub(super) fn truncate(table: &QName) -> String {
    format!("TRUNCATE {}", qualified(table))
}

/// Makes a materialised view anew.
pub(super) fn refresh(view: &QName) -> String {
    format!("REFRESH MATERIALIZED VIEW {}", qualified(view))
}

/// The numbers of those rows that are no longer where they were, separated by commas.
pub(super) fn moved(table: &QName, places: &[(usize, String, String)]) -> String {
    let table = qualified(table);
    let rows = places.iter().map(|(number, leaf, place)| {
        format!(
            "SELECT {number} AS n WHERE NOT EXISTS (SELECT FROM {table} WHERE {})",
            at_place(leaf, place)
        )
    });
    format!(
        "SELECT string_agg(n::text, ',' ORDER BY n) FROM ({}) AS gone",
        rows.collect::<Vec<_>>().join(" UNION ALL ")
    )
}

/// A source of values for one column in [`solve`].
pub(super) struct Choice<'a> {
    pub(super) column: &'a Column,
    /// What the column's type is at the bottom, where it is a domain.
    pub(super) base: Option<&'a str>,
    /// The domains' checks, on VALUE.
    pub(super) checks: Vec<&'a str>,
    pub(super) from: From<'a>,
}

/// Where a column's value comes from.
pub(super) enum From<'a> {
    /// One of these.
    Texts(Vec<Option<String>>),
    /// The column's default.
    Default(&'a str),
}

/// Values for the columns with which all conditions hold, as texts in the columns' order; no row where there are none.
pub(super) fn solve(choices: &[Choice<'_>], conditions: &[&str]) -> String {
    let names = choices
        .iter()
        .map(|choice| format!("{}::text", bare(&choice.column.name)));
    let sources = choices.iter().enumerate().map(|(number, choice)| {
        let name = bare(&choice.column.name);
        let data_type = &choice.column.data_type;
        let base = choice.base.unwrap_or(data_type);
        let checks = choice.checks.iter().map(|check| format!(" AND ({check}) IS NOT FALSE"));
        let checks = checks.collect::<String>();
        match &choice.from {
            From::Default(expression) => {
                format!("(SELECT ({expression})::{data_type} AS {name}) AS source_{number}")
            }
            From::Texts(texts) => {
                let texts = texts.iter().map(|text| value(text.as_deref())).collect::<Vec<_>>();
                format!(
                    "(SELECT value::{data_type} AS {name} FROM (SELECT one::{base} AS value \
                     FROM unnest(ARRAY[{}]::text[]) AS one) AS tried WHERE TRUE{checks}) AS source_{number}",
                    texts.join(", ")
                )
            }
        }
    });
    let conditions = conditions.iter().map(|condition| format!("({condition}) IS NOT FALSE"));
    let conditions = conditions.collect::<Vec<_>>();
    format!(
        "SELECT {} FROM {} WHERE {} LIMIT 1",
        names.collect::<Vec<_>>().join(", "),
        sources.collect::<Vec<_>>().join(", "),
        if conditions.is_empty() {
            "TRUE".to_owned()
        } else {
            conditions.join(" AND ")
        }
    )
}

/// An expression by itself, as policies have what stays the same for every row.
pub(super) fn alone(expression: &str) -> String {
    format!("SELECT ({expression})")
}

/// Becomes the role until the transaction, or the savepoint, ends.
pub(super) fn become_role(role: &Name) -> String {
    format!("SET LOCAL ROLE {}", bare(role))
}

/// Gives a setting a value in the same way.
pub(super) fn set_config(setting: &str, to: &str) -> String {
    format!("SELECT set_config({}, {}, true)", literal(setting), literal(to))
}

/// Statements that are tried after the same setup.
pub(super) struct Group<'c> {
    /// What the session does first, as itself; taken back after the last statement.
    pub(super) setup: Option<&'c str>,
    /// The statements, each with what tells afterwards which rows it reached.
    pub(super) statements: Vec<(&'c str, Option<&'c str>)>,
}

/// Runs statements one after the other as whoever the session is, each of them taken back at once. What came of them is
/// left in the setting `pgkeel.results`: for each, the number of rows or the SQLSTATE, what its check says, and the
/// error's message; `PKSET` for those whose setup failed.
pub(super) fn block(groups: &[Group<'_>]) -> String {
    let all = groups.iter().flat_map(|group| &group.statements).collect::<Vec<_>>();
    let setups = groups.iter().map(|group| group.setup.unwrap_or_default());
    let texts = all
        .iter()
        .flat_map(|(sql, check)| [*sql, check.unwrap_or_default()])
        .chain(setups);
    let tag = quote_for(&texts.collect::<String>());
    let list = all.iter().map(|(sql, _)| literal(sql).to_string()).collect::<Vec<_>>();
    let checks = all.iter().map(|(_, check)| value(*check)).collect::<Vec<_>>();
    let setups = groups.iter().map(|group| value(group.setup)).collect::<Vec<_>>();
    let counts = groups.iter().map(|group| group.statements.len().to_string());
    let counts = counts.collect::<Vec<_>>();
    let statements = format!(
        "setups text[] := ARRAY[{}]::text[];\n  counts int[] := ARRAY[{}]::int[];\n  \
         statements text[] := ARRAY[{}]::text[];\n  checks text[] := ARRAY[{}]::text[];",
        setups.join(", "),
        counts.join(", "),
        list.join(", "),
        checks.join(", ")
    );
    format!(
        "DO {tag}\n{}{tag}",
        include_str!("sql/block.sql").replace("-- statements", &statements)
    )
}

/// As [`insert`], and gives the row back, as API layers do.
pub(super) fn insert_returning(insert: &str) -> String {
    format!("{insert} RETURNING *")
}

/// As [`equals`], for columns whose types may know no equality.
pub(super) fn equals_as_text<'v>(values: impl IntoIterator<Item = (&'v Name, Option<&'v str>)>) -> String {
    let parts = values.into_iter().map(|(name, text)| match text {
        Some(text) => format!("{}::text = {}", bare(name), literal(text)),
        None => format!("{} IS NULL", bare(name)),
    });
    parts.collect::<Vec<_>>().join(" AND ")
}

/// The SQLSTATE by which pgTAP tests tell that a row was reached.
pub(super) const REACHED: &str = "PKEEL";

/// A block that runs the statement and raises [`REACHED`] where it reached a row, so that nothing of it stays.
pub(super) fn reaching(statement: &str, empties: bool) -> String {
    let tag = quote_for(statement);
    let count = if empties { "1" } else { "n" };
    let statement = literal(statement);
    format!(
        "do {tag} declare n bigint := 0; begin begin execute {statement}; get diagnostics n = row_count; n := {count}; \
         exception when integrity_constraint_violation or feature_not_supported or object_in_use then n := 1; end; \
         if n > 0 then raise exception 'reached' using errcode = '{REACHED}'; end if; end {tag}"
    )
}

/// The statement, giving 1 for each row that it reaches.
pub(super) fn returning_one(statement: &str) -> String {
    format!("{statement} RETURNING 1")
}

/// pgTAP: the query gives one row.
pub(super) fn pgtap_one(query: &str, name: &str) -> String {
    format!("select results_eq({}, array[1], {})", literal(query), literal(name))
}

/// pgTAP: the query gives no row.
pub(super) fn pgtap_none(query: &str, name: &str) -> String {
    format!("select is_empty({}, {})", literal(query), literal(name))
}

/// pgTAP: the statement fails with this SQLSTATE.
pub(super) fn pgtap_throws(statement: &str, code: &str, name: &str) -> String {
    format!(
        "select throws_ok({}, '{code}', null, {})",
        literal(statement),
        literal(name)
    )
}

/// A dollar quote that is not in the text.
fn quote_for(text: &str) -> String {
    let mut tag = "$pgkeel$".to_owned();
    let mut number = 0;
    while text.contains(&tag) {
        number += 1;
        tag = format!("$pgkeel{number}$");
    }
    tag
}
