//! Random schemas and rows: no value contradicts its type, and nothing is taken that the type forbids, or refused that it
//! allows.
//!
//! `PGKEEL_SEEDS=n` tries as many schemas instead of a few; `PGKEEL_SEED=n` tries one again that failed.

mod schema;
mod values;

use std::fmt::Write as _;

use pgkeel::catalog::scope::Scope;
use pgkeel::codegen::lower::lower;
use pgkeel::codegen::model::{Api, Column, Insert, Relation, RelationKind, Rule, Type};
use pgkeel::config::Config;
use pgkeel::introspect::{self, Depth};
use pgkeel::scratch;
use sqlx::{AssertSqlSafe, PgConnection, Row};

use self::schema::{Known, Schema, schema};
use self::values::probes;
use crate::support::database::every_server;

/// How many schemas each server is given.
const SEEDS: u64 = 2;

/// Runs a statement, tells what came of it, and undoes it: `ok`, the SQLSTATE and the constraint of a refusal, or
/// `changed` where the value is not kept as it was given.
const ATTEMPT: &str = "
    create function pg_temp.attempt(sql text, kept text) returns text language plpgsql as $$
    declare is_kept boolean; touched bigint; named text; spoken text;
    begin
        if kept is null then
            execute sql;
            get diagnostics touched = row_count;
        else
            execute sql || ' returning ' || kept into is_kept;
        end if;
        raise exception using errcode = 'ZZ000';
    exception when others then
        if sqlstate = 'ZZ000' then
            return case when kept is null and touched = 0 then 'ok, no row'
                        when kept is not null and is_kept is not true then 'changed' else 'ok' end;
        end if;
        get stacked diagnostics named = constraint_name, spoken = message_text;
        return sqlstate || ' ' || named || ' ' || spoken;
    end $$";

#[test]
fn no_value_contradicts_its_type() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let seeds = match number("PGKEEL_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("PGKEEL_SEEDS").unwrap_or(SEEDS),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut found = Vec::new();
        let mut tally = Tally::default();
        for options in every_server() {
            let scratch = scratch::start(&options).await.unwrap();
            let mut connection = scratch.connect().await.unwrap();
            run(&mut connection, "set client_min_messages = error").await;
            run(&mut connection, ATTEMPT).await;
            let major = scratch.version() / 10_000;
            for seed in seeds.clone() {
                // No two servers get the same.
                let made = schema(seed * 100 + u64::from(major), major);
                run(&mut connection, "drop schema public cascade; create schema public").await;
                let wrong = contradictions(&mut connection, &made, &mut tally).await;
                if !wrong.is_empty() {
                    found.push(format!(
                        "PostgreSQL {major}, seed {seed}:\n{}\n{}",
                        made.sql,
                        wrong.join("\n")
                    ));
                }
            }
            drop(connection);
            scratch.close().await.unwrap();
        }
        println!("{tally:?}");
        // Were little tried, little would be shown.
        assert!(
            tally.taken > 100 && tally.refused > 50 && tally.ruled_out > 50 && tally.nulls > 20,
            "{tally:?}"
        );
        assert!(found.is_empty(), "{} schemas:\n{}", found.len(), found.join("\n\n"));
    });
}

/// How often what was seen.
#[derive(Debug, Default)]
struct Tally {
    taken: usize,
    refused: usize,
    /// Values that both the rules and the database refuse.
    ruled_out: usize,
    /// Verdicts that say nothing, such as those of checks over several columns.
    unclear: usize,
    nulls: usize,
}

/// A statement, and what the model says of it.
struct Attempt {
    sql: String,
    /// What the statement's row must satisfy for the value to be kept as given.
    kept: Option<String>,
    expected: Expected,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    Taken,
    /// NULL, or a value that is left out, is refused.
    NullRefused,
    /// Nothing can be written to this column, or to this relation.
    Refused,
    /// The rules let the value through or not, and say all that the checks say or not.
    Ruled {
        lets_through: bool,
        exact: bool,
    },
}

/// What the database does and the model says otherwise.
async fn contradictions(connection: &mut PgConnection, made: &Schema, tally: &mut Tally) -> Vec<String> {
    run(connection, &made.sql).await;
    let scope = Scope::default();
    let (catalog, _) = introspect::read(connection, &scope, Depth::Types).await.unwrap();
    let (api, _) = lower(&catalog, &Config::default(), &scope);
    let mut wrong = nulls(connection, &api, tally).await;

    let attempts = api.relations.iter().flat_map(|relation| inserts(made, relation));
    let ruled = api.relations.iter().flat_map(|relation| ruled(made, &api, relation));
    let attempts: Vec<Attempt> = attempts.chain(ruled).collect();
    wrong.extend(judge(connection, made, &attempts, tally).await);

    for relation in api.relations.iter().filter(|relation| is_table(relation)) {
        for sql in rows(made, relation) {
            // Checks over several columns may refuse a row; what must be taken, the attempts have shown.
            let _ = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *connection).await;
        }
    }
    for relation in api
        .relations
        .iter()
        .filter(|relation| relation.kind == RelationKind::MaterializedView)
    {
        run(connection, &format!("refresh materialized view {}", relation.named.id)).await;
    }
    wrong.extend(nulls(connection, &api, tally).await);
    let attempts: Vec<Attempt> = api
        .relations
        .iter()
        .flat_map(|relation| updates(made, relation))
        .collect();
    wrong.extend(judge(connection, made, &attempts, tally).await);
    wrong
}

/// Inserts with a column left out, NULL, or given though it cannot be.
fn inserts(made: &Schema, relation: &Relation) -> Vec<Attempt> {
    let id = &relation.named.id;
    if !relation.insertable {
        return vec![attempt(format!("insert into {id} default values"), Expected::Refused)];
    }
    let given: Vec<(&Column, String)> = relation
        .columns
        .iter()
        .filter(|column| column.insert != Insert::Never)
        .map(|column| (column, value(made, relation, column)))
        .collect();
    let with = |changed: &Column, value: Option<&str>| {
        let kept = given.iter().filter(|(column, _)| column.name != changed.name);
        let mut row: Vec<(&str, &str)> = kept
            .map(|(column, value)| (column.name.as_str(), value.as_str()))
            .collect();
        row.extend(value.map(|value| (changed.name.as_str(), value)));
        insert(relation, &row)
    };
    let mut attempts = Vec::new();
    if let Some((column, value)) = given.first() {
        attempts.push(attempt(with(column, Some(value)), Expected::Taken));
    }
    for column in &relation.columns {
        let left_out = match column.insert {
            Insert::Never => {
                attempts.push(attempt(
                    with(column, Some(&value(made, relation, column))),
                    Expected::Refused,
                ));
                continue;
            }
            Insert::Required => Expected::NullRefused,
            Insert::Optional => Expected::Taken,
        };
        let null = match column.write_nullable {
            true => Expected::Taken,
            false => Expected::NullRefused,
        };
        attempts.push(attempt(with(column, None), left_out));
        attempts.push(attempt(with(column, Some("null")), null));
    }
    attempts
}

fn updates(made: &Schema, relation: &Relation) -> Vec<Attempt> {
    let set = |column: &Column, value: &str| format!("update {} set {} = {value}", relation.named.id, column.name);
    let mut attempts = Vec::new();
    for column in &relation.columns {
        let value = value(made, relation, column);
        if !relation.updatable || !column.update {
            attempts.push(attempt(set(column, &value), Expected::Refused));
            continue;
        }
        let null = match column.write_nullable {
            true => Expected::Taken,
            false => Expected::NullRefused,
        };
        attempts.push(attempt(set(column, &value), Expected::Taken));
        attempts.push(attempt(set(column, "null"), null));
    }
    attempts
}

/// Values at the edges of what the rules of a table's columns let through.
fn ruled(made: &Schema, api: &Api, relation: &Relation) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    if !is_table(relation) {
        return attempts;
    }
    for column in relation.columns.iter().filter(|column| column.insert != Insert::Never) {
        let known = known(made, column);
        let rules = rules(api, column);
        for probe in probes(known.probes) {
            let others = relation
                .columns
                .iter()
                .filter(|other| other.insert != Insert::Never && other.name != column.name)
                .map(|other| (other.name.as_str(), value(made, relation, other)))
                .collect::<Vec<_>>();
            let mut row: Vec<(&str, &str)> = others.iter().map(|(name, value)| (*name, value.as_str())).collect();
            row.push((column.name.as_str(), &probe.literal));
            attempts.push(Attempt {
                sql: insert(relation, &row),
                kept: Some(probe.is_kept(&column.name)),
                expected: Expected::Ruled {
                    lets_through: rules.iter().all(|rule| probe.follows(rule)),
                    exact: known.exact && probe.is_plain(),
                },
            });
        }
    }
    attempts
}

/// What a validator would hold a column's values against.
fn rules<'a>(api: &'a Api, column: &'a Column) -> Vec<&'a Rule> {
    let of_type = match &column.ty {
        Type::Domain(at) => api.domains[*at].rules.as_slice(),
        _ => &[],
    };
    column.rules.iter().chain(of_type).collect()
}

/// Rows that fill a table: NULL wherever it can be, as little as can be, and everything given.
fn rows(made: &Schema, relation: &Relation) -> [String; 3] {
    let written = || relation.columns.iter().filter(|column| column.insert != Insert::Never);
    let row = |columns: Vec<(&Column, String)>| {
        let row: Vec<(&str, &str)> = columns
            .iter()
            .map(|(column, value)| (column.name.as_str(), value.as_str()))
            .collect();
        insert(relation, &row)
    };
    // Each takes other values, for keys are unique.
    let given = |column, turn| (column, value_in_turn(made, relation, column, turn));
    let hollow = written().map(|column| match column.write_nullable {
        true => (column, "null".to_owned()),
        false => given(column, 0),
    });
    let least = written().filter(|column| column.insert == Insert::Required);
    [
        row(hollow.collect()),
        row(least.map(|column| given(column, 1)).collect()),
        row(written().map(|column| given(column, 2)).collect()),
    ]
}

fn insert(relation: &Relation, row: &[(&str, &str)]) -> String {
    let id = &relation.named.id;
    if row.is_empty() {
        return format!("insert into {id} default values");
    }
    let (names, values): (Vec<&str>, Vec<&str>) = row.iter().copied().unzip();
    format!("insert into {id} ({}) values ({})", names.join(", "), values.join(", "))
}

fn attempt(sql: String, expected: Expected) -> Attempt {
    Attempt {
        sql,
        kept: None,
        expected,
    }
}

fn is_table(relation: &Relation) -> bool {
    relation.kind == RelationKind::Table
}

fn known<'a>(made: &'a Schema, column: &Column) -> &'a Known {
    &made.columns[column.name.as_str()]
}

/// A value that the column's own constraints let through.
fn value(made: &Schema, relation: &Relation, column: &Column) -> String {
    value_in_turn(made, relation, column, 3)
}

fn value_in_turn(made: &Schema, relation: &Relation, column: &Column, turn: usize) -> String {
    if let Some((key, value)) = made.keys.get(relation.named.id.name.as_str())
        && *key == column.name.as_str()
    {
        return value.clone();
    }
    // Views of several tables put a letter before a column's name.
    let name = column.name.rsplit('_').next().unwrap_or_default();
    match made
        .columns
        .get(name)
        .or_else(|| made.columns.get(column.name.as_str()))
    {
        Some(known) => known.pool[turn % known.pool.len()].clone(),
        // An expression of a view.
        None => "null".to_owned(),
    }
}

/// Runs every statement, undoes it, and compares.
async fn judge(connection: &mut PgConnection, made: &Schema, attempts: &[Attempt], tally: &mut Tally) -> Vec<String> {
    let mut list = String::new();
    for (number, attempt) in attempts.iter().enumerate() {
        let comma = if number == 0 { "" } else { ", " };
        let kept = attempt.kept.as_deref().map_or("null".to_owned(), values::literal);
        write!(list, "{comma}({number}, {}, {kept})", values::literal(&attempt.sql)).unwrap();
    }
    let sql = format!("select pg_temp.attempt(sql, kept) from (values {list}) a (n, sql, kept) order by n");
    let verdicts = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(connection).await.unwrap();
    let mut wrong = Vec::new();
    for (attempt, verdict) in attempts.iter().zip(verdicts) {
        let verdict: String = verdict.get(0);
        // An update reaches the rows of children, which may demand more.
        let is_childs = |child: &String| verdict.contains(&format!("relation \"{child}\""));
        if attempt.sql.starts_with("update") && made.children.iter().any(is_childs) {
            tally.unclear += 1;
            continue;
        }
        if !agrees(attempt.expected, &verdict, tally) {
            wrong.push(format!(
                "{:?} is expected, but {verdict}:\n  {}",
                attempt.expected, attempt.sql
            ));
        }
    }
    wrong
}

/// Whether what came of a statement is what the model says.
fn agrees(expected: Expected, verdict: &str, tally: &mut Tally) -> bool {
    let (state, rest) = verdict.split_once(' ').unwrap_or((verdict, ""));
    let constraint = rest.split_once(' ').map_or("", |(constraint, _)| constraint);
    // A check over several columns, a partition's bound or a view's CHECK OPTION speaks of no single column; no type
    // knows of other rows.
    let unclear = match state {
        "23514" => constraint.is_empty() || constraint.starts_with("opaque_"),
        "44000" | "23505" | "23503" => true,
        _ => false,
    };
    if unclear {
        tally.unclear += 1;
        return true;
    }
    let null_refused = state == "23502" || state == "23514" && constraint.starts_with("presence_");
    let check_refused = matches!(state, "23514" | "22001" | "22003" | "22026");
    match expected {
        Expected::Taken => {
            tally.taken += 1;
            state == "ok" || state == "ok,"
        }
        Expected::NullRefused => {
            tally.refused += 1;
            null_refused || state == "ok,"
        }
        Expected::Refused => {
            tally.refused += 1;
            // 13 calls a value for a generated column a syntax error.
            matches!(state, "428C9" | "0A000" | "55000" | "42809") || state == "42601" && rest.contains(" column ")
        }
        Expected::Ruled { lets_through, exact } => {
            tally.ruled_out += usize::from(!lets_through && check_refused);
            match state {
                "ok" => lets_through,
                _ if check_refused => !(lets_through && exact),
                state => state == "changed",
            }
        }
    }
}

/// The columns that hold NULL although the model says that they never do.
async fn nulls(connection: &mut PgConnection, api: &Api, tally: &mut Tally) -> Vec<String> {
    let mut wrong = Vec::new();
    for relation in &api.relations {
        // A row of nulls IS NULL, but it is there: num_nulls counts what a client sees.
        let columns: Vec<String> = relation
            .columns
            .iter()
            .map(|column| format!("coalesce(bool_or(num_nulls({}) = 1), false)", column.name))
            .collect();
        let sql = format!(
            "select array[{}]::text[] from {}",
            columns.join(", "),
            relation.named.id
        );
        let row = sqlx::raw_sql(AssertSqlSafe(sql.clone()))
            .fetch_one(&mut *connection)
            .await;
        let row: Vec<String> = row.unwrap_or_else(|error| panic!("{error}: {sql}")).get(0);
        for (column, null) in relation.columns.iter().zip(row) {
            tally.nulls += usize::from(null == "true");
            if null == "true" && !column.nullable {
                wrong.push(format!("{}.{} is never NULL, but is", relation.named.id, column.name));
            }
        }
    }
    wrong
}

async fn run(connection: &mut PgConnection, sql: &str) {
    let result = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await;
    result.unwrap_or_else(|error| panic!("{error}\n{sql}"));
}
