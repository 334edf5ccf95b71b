//! Views that nobody thought of: queries from a grammar over tables full of nulls. No proof may be refuted by a row.

use std::fmt::Write as _;

use super::{create_view, nulls, on_every_server, prove, run};

/// How many views each server is given, and where the dice start.
const VIEWS: usize = 300;
const SEED: u64 = 20_261_122;

const SCHEMA: &str = "
    CREATE SCHEMA v; SET search_path = v; SET statement_timeout = '10s';
    CREATE TABLE t1 (id int PRIMARY KEY, n int, m int NOT NULL, s text, t text NOT NULL);
    CREATE TABLE t2 (id int NOT NULL, n int, m int NOT NULL, s text, t text NOT NULL);
    CREATE TABLE t3 (id int, n int, m int NOT NULL, s text, t text NOT NULL)";

/// What the tables hold in turn: a little of everything, nothing, one row each, nothing in one of them.
const DATA: [&str; 4] = [
    "INSERT INTO t1 VALUES (1, NULL, 1, NULL, 'a'), (2, 2, 2, 'b', ''), (3, NULL, 0, 'c', 'b'), (4, 1, 1, NULL, 'c');
     INSERT INTO t2 VALUES (1, 1, 1, 'a', 'a'), (1, NULL, 2, NULL, 'b'), (5, 3, 5, 'z', 'z');
     INSERT INTO t3 VALUES (NULL, NULL, 1, NULL, 'a'), (2, 2, 9, 'b', 'x'), (1, NULL, 3, 'a', 'a')",
    "SELECT",
    "INSERT INTO t1 VALUES (1, NULL, 1, NULL, 'a'); INSERT INTO t2 VALUES (1, NULL, 1, NULL, 'a');
     INSERT INTO t3 VALUES (1, NULL, 1, NULL, 'a')",
    "INSERT INTO t1 VALUES (1, 1, 1, 'a', 'a'), (2, NULL, 1, NULL, 'a'); INSERT INTO t3 VALUES (NULL, NULL, 1, NULL, 'a')",
];

#[test]
fn no_row_of_a_random_view_contradicts_its_proof() {
    on_every_server(async |connection, major| {
        run(connection, SCHEMA).await;
        let mut dice = Dice {
            state: SEED + u64::from(major),
            names: 0,
        };
        let mut views = Vec::new();
        let mut refused = Vec::new();
        while views.len() < VIEWS {
            let types: Vec<Type> = (0..1 + dice.roll(4)).map(|_| dice.any_type()).collect();
            let query = dice.query(&types, &[], 3);
            // The grammar knows little of grouping: some of what it makes is no query.
            match create_view(connection, views.len(), &query, types.len()).await {
                Ok(()) => views.push((query, types.len())),
                Err(error) => refused.push(error.to_string()),
            }
        }
        assert!(refused.len() < VIEWS / 4, "{refused:#?}");
        let proved = prove(connection).await;
        for data in DATA {
            run(connection, &format!("TRUNCATE t1, t2, t3; {data}")).await;
            for (number, (query, columns)) in views.iter().enumerate() {
                let nulls = nulls(connection, number, *columns)
                    .await
                    .unwrap_or_else(|error| panic!("{error}: {query}"));
                for (column, null) in nulls.into_iter().enumerate() {
                    let is_proved = proved[&format!("view_{number}")][column].never_null;
                    assert!(
                        !(null && is_proved),
                        "PostgreSQL {major}: column {column} is null: {query}\n{data}"
                    );
                }
            }
        }
        // A proof of nothing would stand every attack.
        let columns: Vec<bool> = proved.values().flatten().map(|column| column.never_null).collect();
        let share = columns.iter().filter(|&&never_null| never_null).count() * 100 / columns.len();
        println!("PostgreSQL {major}: {share} % of {} columns proved", columns.len());
        assert!((20..=80).contains(&share), "{share} % proved");
    });
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Int,
    Text,
    Bool,
}

/// A column in sight, as it is written.
type Columns = [(String, Type)];

/// xorshift64*, and a counter for aliases.
struct Dice {
    state: u64,
    names: usize,
}

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        (self.state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % sides
    }

    fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }

    fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.roll(choices.len())]
    }

    fn name(&mut self) -> String {
        self.names += 1;
        format!("q{}", self.names)
    }

    fn any_type(&mut self) -> Type {
        [Type::Int, Type::Int, Type::Text, Type::Text, Type::Bool][self.roll(5)]
    }

    fn query(&mut self, types: &[Type], outer: &Columns, depth: usize) -> String {
        if depth > 0 && self.one_in(6) {
            let operator = self.pick(&["UNION", "UNION ALL", "UNION ALL", "INTERSECT", "EXCEPT", "EXCEPT ALL"]);
            let (left, right) = (self.query(types, outer, depth - 1), self.query(types, outer, depth - 1));
            return format!("({left}) {operator} ({right})");
        }
        if depth > 0 && self.one_in(12) {
            let name = self.name();
            let columns: Vec<(String, Type)> = types
                .iter()
                .enumerate()
                .map(|(column, &ty)| (format!("{name}.k{column}"), ty))
                .collect();
            let first = self.query(types, outer, depth - 1);
            let list: Vec<String> = types.iter().map(|&ty| self.expression(ty, &columns, 1)).collect();
            let names: Vec<String> = (0..types.len()).map(|column| format!("k{column}")).collect();
            // A step counter ends it.
            return format!(
                "WITH RECURSIVE {name}({names}, step) AS (SELECT q.*, 1 FROM ({first}) q UNION ALL \
                 SELECT {list}, step + 1 FROM {name} WHERE step < 3) SELECT {names} FROM {name}",
                names = names.join(", "),
                list = list.join(", "),
            );
        }
        let mut with = String::new();
        let mut shared = Vec::new();
        if depth > 1 && self.one_in(5) {
            let name = self.name();
            let shape = [Type::Int, Type::Int, Type::Text];
            let body = self.query(&shape, outer, depth - 1);
            with = format!("WITH {name}(id, n, s) AS ({body}) ");
            shared = vec![name];
        }
        let (from, inner) = self.sources(outer, &shared, depth);
        let mut columns = inner.clone();
        columns.extend_from_slice(outer);
        let condition = match self.one_in(2) {
            true => format!(" WHERE {}", self.condition(&columns, depth.min(2))),
            false => String::new(),
        };
        let tail = if self.one_in(3) && !inner.is_empty() {
            self.grouped(types, &inner, outer)
        } else {
            let list: Vec<String> = types.iter().map(|&ty| self.output(ty, &columns, depth)).collect();
            (list.join(", "), String::new())
        };
        let distinct = if self.one_in(10) { "DISTINCT " } else { "" };
        format!("{with}SELECT {distinct}{} FROM {from}{condition}{}", tail.0, tail.1)
    }

    /// An output column: an expression, or one over a window.
    fn output(&mut self, ty: Type, columns: &Columns, depth: usize) -> String {
        if ty == Type::Int && self.one_in(8) {
            let (x, y) = (
                self.expression(Type::Int, columns, 1),
                self.expression(Type::Int, columns, 1),
            );
            let window = self.pick(&[
                "()",
                "(ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)",
                "(ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING)",
                "(ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING EXCLUDE TIES)",
                "(ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW)",
                "(GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING)",
            ]);
            let window = window.replace("(GROUPS", "(ORDER BY 1 + 1 GROUPS");
            return match self.roll(6) {
                0 => format!("lag({x}, 1, {y}) OVER {window}"),
                1 => format!("first_value({x}) OVER {window}"),
                2 => format!("(count({x}) OVER {window})::int"),
                3 => format!("lead({x}) OVER {window}"),
                4 => format!("(CASE WHEN {x} IS NOT NULL THEN max({x}) OVER {window} ELSE {y} END)"),
                _ => format!("max({x}) OVER {window}"),
            };
        }
        self.expression(ty, columns, depth.min(2))
    }

    /// The select list over groups, and the clauses that make them.
    fn grouped(&mut self, types: &[Type], inner: &Columns, outer: &Columns) -> (String, String) {
        let mut keys: Vec<(String, Type)> = (0..self.roll(3))
            .map(|_| inner[self.roll(inner.len())].clone())
            .collect();
        if self.one_in(4) {
            let key = self.expression(Type::Int, inner, 1);
            // A bare number would be a column of the select list.
            keys.push((format!("coalesce({key}, 7)"), Type::Int));
        }
        let mut visible = keys.clone();
        visible.extend_from_slice(outer);
        let list: Vec<String> = types.iter().map(|&ty| self.aggregate(ty, inner, &visible)).collect();
        let names: Vec<&str> = keys.iter().map(|(key, _)| key.as_str()).collect();
        let clause = match names.len() {
            0 => self.pick(&["", " GROUP BY ()"]).to_owned(),
            _ => match self.roll(5) {
                0 => format!(" GROUP BY ROLLUP ({})", names.join(", ")),
                1 => format!(" GROUP BY GROUPING SETS (({}), ({}))", names.join(", "), names[0]),
                _ => format!(" GROUP BY {}", names.join(", ")),
            },
        };
        let having = match self.one_in(4) {
            true => format!(" HAVING {}", self.condition(&visible, 1)),
            false => String::new(),
        };
        // Without aggregates and keys there would be no groups to have.
        let having = if clause.is_empty() && having.is_empty() {
            " HAVING count(*) >= 0".to_owned()
        } else {
            having
        };
        (list.join(", "), clause + &having)
    }

    fn aggregate(&mut self, ty: Type, inner: &Columns, visible: &Columns) -> String {
        let argument = self.expression(ty, inner, 1);
        let filter = if self.one_in(5) { " FILTER (WHERE true)" } else { "" };
        match (ty, self.roll(6)) {
            (Type::Int, 0) => format!("(count({argument}){filter})::int"),
            (Type::Int, 1) => format!("(sum({argument}){filter})::int"),
            (Type::Int, 2) => format!("coalesce(max({argument}){filter}, {})", self.expression(ty, visible, 1)),
            (Type::Text, 0) => format!("string_agg({argument}, ','){filter}"),
            (Type::Text, 1) => format!("max({argument}){filter}"),
            (Type::Text, 2) => format!("(array_agg({argument}){filter})::text"),
            (Type::Bool, 0) => format!("bool_and({argument}){filter}"),
            (Type::Bool, 1) => format!("(max({argument}::text){filter} IS NULL)"),
            (Type::Int, 3) => format!("max({}) OVER ()", self.expression(ty, visible, 1)),
            _ => self.expression(ty, visible, 1),
        }
    }

    /// A FROM clause and the columns that it gives.
    fn sources(&mut self, outer: &Columns, shared: &[String], depth: usize) -> (String, Vec<(String, Type)>) {
        let (left, mut columns) = self.source(outer, shared, depth);
        if depth == 0 || self.one_in(4) {
            return (left, columns);
        }
        let is_lateral = self.one_in(4);
        let mut seen = columns.clone();
        seen.extend_from_slice(outer);
        let (mut right, more) = self.source(if is_lateral { &seen } else { outer }, shared, depth - 1);
        if is_lateral && right.starts_with('(') && !right.contains(" JOIN ") {
            right = format!("LATERAL {right}");
        } else if is_lateral {
            let (item, more) = self.table();
            columns.extend(more);
            return (format!("{left} CROSS JOIN {item}"), columns);
        }
        let kind = self.pick(if is_lateral {
            &["JOIN", "LEFT JOIN", "LEFT JOIN"]
        } else {
            &["JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"]
        });
        let mut joined = columns.clone();
        joined.extend(more.iter().cloned());
        let on = if kind == "FULL JOIN" {
            let (x, y) = (self.column(Type::Int, &columns), self.column(Type::Int, &more));
            format!("{x} = {y}")
        } else {
            self.condition(&joined, 1)
        };
        (format!("({left} {kind} {right} ON {on})"), joined)
    }

    fn source(&mut self, outer: &Columns, shared: &[String], depth: usize) -> (String, Vec<(String, Type)>) {
        match self.roll(10) {
            0 | 1 if depth > 0 => {
                let shape = [Type::Int, Type::Int, Type::Text];
                let query = self.query(&shape, outer, depth - 1);
                let name = self.name();
                (
                    format!("({query}) {name}(id, n, s)"),
                    named(&name, &["id", "n"], &["s"]),
                )
            }
            2 if depth > 0 => self.sources(outer, shared, depth - 1),
            3 if !shared.is_empty() => {
                let name = self.name();
                (format!("{} {name}", shared[0]), named(&name, &["id", "n"], &["s"]))
            }
            4 if depth > 0 => {
                let kind = self.pick(&["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"]);
                let (table, other) = (self.pick(&["t1", "t2", "t3"]), self.pick(&["t1", "t2", "t3"]));
                let (a, b, j) = (self.name(), self.name(), self.name());
                let merged = self.pick(&["id", "id, s", "n"]);
                let chain = match self.one_in(2) {
                    true => format!(" {kind} (SELECT id::bigint AS id, n, s FROM {table}) {j}x USING ({merged})"),
                    false => String::new(),
                };
                let sql = format!("({table} {a} {kind} {other} {b} USING ({merged}){chain})");
                let first = merged.split(", ").next().unwrap_or_default();
                let mut columns = named(&a, &["id", "m"], &["s", "t"]);
                columns.extend(named(&b, &["id", "n"], &["t"]));
                // The merged column is ambiguous beside another table's.
                let alias = format!("{sql} AS {j}");
                let is_named = self.one_in(2) && chain.is_empty();
                if is_named {
                    return (alias, vec![(format!("{j}.{first}"), Type::Int)]);
                }
                (sql, columns)
            }
            5 => {
                let name = self.name();
                let rows: Vec<String> = (0..1 + self.roll(2))
                    .map(|_| {
                        let (n, s) = (
                            self.expression(Type::Int, outer, 0),
                            self.expression(Type::Text, outer, 0),
                        );
                        format!("({n}, {s})")
                    })
                    .collect();
                (
                    format!("(VALUES {}) {name}(n, s)", rows.join(", ")),
                    named(&name, &["n"], &["s"]),
                )
            }
            6 if self.one_in(3) => {
                let name = self.name();
                (
                    format!("generate_series(1, 2) WITH ORDINALITY {name}(n, o)"),
                    named(&name, &["n"], &[]),
                )
            }
            _ => self.table(),
        }
    }

    fn table(&mut self) -> (String, Vec<(String, Type)>) {
        let name = self.name();
        let table = self.pick(&["t1", "t2", "t3"]);
        (format!("{table} {name}"), named(&name, &["id", "n", "m"], &["s", "t"]))
    }

    fn column(&mut self, ty: Type, columns: &Columns) -> String {
        let fitting: Vec<&String> = columns
            .iter()
            .filter(|column| column.1 == ty)
            .map(|(name, _)| name)
            .collect();
        match fitting.len() {
            0 => match ty {
                Type::Int => "1".to_owned(),
                Type::Text => "'a'::text".to_owned(),
                Type::Bool => "true".to_owned(),
            },
            many => fitting[self.roll(many)].clone(),
        }
    }

    fn expression(&mut self, ty: Type, columns: &Columns, depth: usize) -> String {
        if ty == Type::Bool && depth > 0 {
            return format!("({})", self.condition(columns, depth));
        }
        if depth == 0 || self.one_in(3) {
            return match (self.roll(8), ty) {
                (0, Type::Int) => self.pick(&["0", "1", "NULL::int"]).to_owned(),
                (0, Type::Text) => self.pick(&["'a'::text", "''::text", "NULL::text"]).to_owned(),
                (0, Type::Bool) => self.pick(&["true", "false", "NULL::boolean"]).to_owned(),
                _ => self.column(ty, columns),
            };
        }
        let x = self.expression(ty, columns, depth - 1);
        let y = self.expression(ty, columns, depth - 1);
        match self.roll(9) {
            0 => format!("coalesce({x}, {y})"),
            1 => format!("CASE WHEN {} THEN {x} ELSE {y} END", self.condition(columns, depth - 1)),
            2 => format!("nullif({x}, {y})"),
            3 => format!("greatest({x}, {y})"),
            4 => format!("CASE WHEN {x} IS NULL THEN {y} ELSE {x} END"),
            5 => {
                let query = self.query(&[ty], columns, depth - 1);
                let aggregate = self.pick(&["max", "min", "any"]);
                match aggregate {
                    "any" => format!("(SELECT q FROM ({query}) q(q) LIMIT 1)"),
                    _ if ty == Type::Text => format!("(SELECT coalesce({aggregate}(q), '') FROM ({query}) q(q))"),
                    _ => format!("(SELECT count(q)::int FROM ({query}) q(q))"),
                }
            }
            _ if ty == Type::Int => format!("({x} + {y})"),
            6 => format!("substring({x} FROM 'a')"),
            7 => format!("concat({x}, {y})"),
            _ => format!("({x} || {y})"),
        }
    }

    fn condition(&mut self, columns: &Columns, depth: usize) -> String {
        let ty = [Type::Int, Type::Text][self.roll(2)];
        let inner = depth.saturating_sub(1);
        if depth > 0 {
            let (p, q) = match self.roll(8) {
                0..=2 => (self.condition(columns, inner), self.condition(columns, inner)),
                _ => (String::new(), String::new()),
            };
            match self.roll(9) {
                0 | 1 if !p.is_empty() => return format!("({p} AND {q})"),
                2 | 3 if !p.is_empty() => return format!("({p} OR {q})"),
                4 | 5 if !p.is_empty() => return format!("(NOT {p})"),
                6 if !p.is_empty() => {
                    let test = self.pick(&["TRUE", "FALSE", "UNKNOWN", "NOT TRUE", "NOT FALSE", "NOT UNKNOWN"]);
                    return format!("({p} IS {test})");
                }
                7 if self.one_in(3) => {
                    let x = self.column(ty, columns);
                    let query = self.query(&[ty], columns, inner);
                    let form = self.pick(&["IN", "NOT IN", "> ALL", "= ANY"]);
                    return format!("{x} {form} ({query})");
                }
                8 if self.one_in(3) => return format!("EXISTS ({})", self.query(&[ty], columns, inner)),
                _ => {}
            }
        }
        let mut text = String::new();
        let x = self.column(ty, columns);
        let y = self.expression(ty, columns, inner.min(1));
        let z = self.column(ty, columns);
        let _ = match self.roll(11) {
            0 | 1 => write!(text, "{x} IS NOT NULL"),
            2 => write!(text, "{x} IS NULL"),
            3 => write!(text, "{x} IS DISTINCT FROM {y}"),
            4 => write!(text, "{x} IN ({y}, {z})"),
            5 => write!(text, "{x} NOT IN ({y}, {z})"),
            6 => write!(text, "{x} <= {y}"),
            7 => write!(text, "coalesce({x}, {y}) = {z}"),
            8 => write!(
                text,
                "{x} IS NOT DISTINCT FROM {}",
                if ty == Type::Int { "1" } else { "'a'" }
            ),
            _ => write!(text, "{x} = {y}"),
        };
        format!("({text})")
    }
}

fn named(alias: &str, ints: &[&str], texts: &[&str]) -> Vec<(String, Type)> {
    let ints = ints.iter().map(|name| (format!("{alias}.{name}"), Type::Int));
    ints.chain(texts.iter().map(|name| (format!("{alias}.{name}"), Type::Text)))
        .collect()
}
