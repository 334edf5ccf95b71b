//! Schemas that nobody thought of, and for each column the values that its own constraints let through.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::values::{CHECKED, Kind, PLAIN, Probes};

/// A schema, and what its maker knows of it.
pub(super) struct Schema {
    pub(super) sql: String,
    /// What is known of each column; no two tables share a column's name, unless one has it from the other.
    pub(super) columns: BTreeMap<String, Known>,
    /// Values that a partition wants for its key, by partition.
    pub(super) keys: BTreeMap<String, (String, String)>,
    /// The tables that are children or partitions of others.
    pub(super) children: Vec<String>,
}

#[derive(Clone)]
pub(super) struct Known {
    /// SQL literals that every check lets through.
    pub(super) pool: Vec<String>,
    pub(super) probes: Probes,
    /// Whether rules can say all that its checks say.
    pub(super) exact: bool,
}

/// The schema of a seed for servers of a major.
pub(super) fn schema(seed: u64, major: u32) -> Schema {
    let mut maker = Maker {
        dice: Dice {
            // Small seeds differ in few bits.
            state: seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15),
        },
        major,
        names: 0,
        domains: Vec::new(),
        tables: Vec::new(),
        views: Vec::new(),
        schema: Schema {
            sql: PRELUDE.to_owned(),
            columns: BTreeMap::from([("anchor_id".to_owned(), Known::of("100"))]),
            keys: BTreeMap::new(),
            children: Vec::new(),
        },
    };
    for _ in 0..6 {
        maker.domain();
    }
    for _ in 0..3 {
        maker.table();
    }
    maker.child();
    maker.partitioned();
    for _ in 0..8 {
        maker.view();
    }
    maker.schema
}

const PRELUDE: &str = "
create type mood as enum ('sad', 'it''s', '');
create type pair as (a int, b text);
create type floats as range (subtype = float8);
create table anchor (anchor_id int primary key);
insert into anchor select generate_series(1, 40);
create function hook() returns trigger language plpgsql as 'begin return new; end';
";

struct Maker {
    dice: Dice,
    major: u32,
    names: usize,
    domains: Vec<Domain>,
    tables: Vec<Table>,
    views: Vec<Table>,
    schema: Schema,
}

#[derive(Clone)]
struct Domain {
    name: String,
    kind: Kind,
    known: Known,
}

/// A table, or a view that shows a table's columns.
#[derive(Clone)]
struct Table {
    name: String,
    columns: Vec<Column>,
}

#[derive(Clone)]
struct Column {
    name: String,
    sql: String,
    not_null: bool,
    /// Whether an insert must name it.
    required: bool,
    generated: bool,
}

impl Known {
    /// A column of one value, without checks.
    fn of(value: &str) -> Self {
        Self {
            pool: vec![value.to_owned()],
            probes: Probes::None,
            exact: true,
        }
    }
}

impl Maker {
    fn name(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("{prefix}{}", self.names)
    }

    fn say(&mut self, sql: &str) {
        writeln!(self.schema.sql, "{sql};").unwrap();
    }

    fn kind(&mut self) -> Kind {
        match self.dice.one_in(3) {
            true => *self.dice.pick(PLAIN),
            false => *self.dice.pick(CHECKED),
        }
    }

    /// A check of the kind on `subject`, and whether rules can say it whole.
    fn check(&mut self, kind: &Kind, subject: &str) -> Option<(String, bool)> {
        if kind.checks.is_empty() {
            return None;
        }
        let (condition, exact) = *self.dice.pick(kind.checks);
        let name = self.name("check_");
        Some((
            format!(" constraint {name} check ({})", condition.replace("{}", subject)),
            exact,
        ))
    }

    /// A check that NULL does not pass.
    fn presence(&mut self, subject: &str) -> String {
        let name = self.name("presence_");
        let condition = *self
            .dice
            .pick(&["{} is not null", "not ({} is null)", "{} is not null and true"]);
        format!(" constraint {name} check ({})", condition.replace("{}", subject))
    }

    fn domain(&mut self) {
        let name = self.name("domain_");
        let below = match self.domains.is_empty() || self.dice.one_in(2) {
            true => None,
            false => Some(self.dice.pick(&self.domains).clone()),
        };
        let (kind, base, mut known) = match below {
            Some(below) => (below.kind, below.name, below.known),
            None => {
                let kind = self.kind();
                (kind, kind.sql.to_owned(), known(&kind))
            }
        };
        let mut sql = format!("create domain {name} as {base}");
        match self.dice.roll(8) {
            0..2 => write!(sql, " default {}", known.pool[0]).unwrap(),
            2 => sql.push_str(" default null"),
            _ => {}
        }
        match self.dice.roll(8) {
            0 => sql.push_str(" not null"),
            1 => sql.push_str(&self.presence("value")),
            _ => {}
        }
        for _ in 0..self.dice.roll(3) {
            if let Some((check, exact)) = self.check(&kind, "value") {
                sql.push_str(&check);
                known.exact &= exact;
            }
        }
        self.say(&sql);
        if let Some(below) = self.domains.iter().find(|_| self.dice.roll(12) == 0) {
            // Domains that are made of it keep theirs.
            let change = match self.dice.one_in(2) {
                true => format!("alter domain {} drop default", below.name),
                false => format!("alter domain {} set default {}", below.name, below.known.pool[0]),
            };
            self.say(&change);
        }
        self.domains.push(Domain { name, kind, known });
    }

    /// A column, and its definition.
    fn column(&mut self) -> (Column, String) {
        let name = self.name("c");
        let mut column = Column {
            name: name.clone(),
            sql: String::new(),
            not_null: false,
            required: false,
            generated: false,
        };
        let special = match self.dice.roll(24) {
            0 => Some(("int", "generated always as (20 + 20) stored", true)),
            1 => Some(("text", "generated always as ('ab' || 'c') stored", true)),
            2 => Some(("int", "generated always as identity", true)),
            3 => Some(("bigint", "generated by default as identity", false)),
            4 => Some(("bigserial", "", false)),
            5 => Some(("int", "references anchor", false)),
            6 => Some(("int", "references anchor not null", false)),
            7 => Some(("text", "generated always as ('ab' || 'c') stored not null", true)),
            8 if self.major >= 18 => Some(("int", "generated always as (20 + 20) virtual", true)),
            _ => None,
        };
        if let Some((ty, rest, generated)) = special {
            let pool = match ty {
                "text" => "'abc'",
                _ => "20",
            };
            self.schema.columns.insert(name.clone(), Known::of(pool));
            column.sql = ty.replace("serial", "int");
            column.not_null =
                !rest.starts_with("references") && !rest.ends_with("stored") && !rest.ends_with("virtual")
                    || rest.ends_with("not null");
            // A child of the table has the NOT NULL, but not the identity.
            column.required = rest.contains("identity") || rest == "references anchor not null";
            column.generated = generated;
            return (column, format!("{name} {ty} {rest}"));
        }
        let (kind, ty, mut known) = match self.dice.roll(10) {
            0..4 => {
                let domain = self.dice.pick(&self.domains).clone();
                match domain.known.probes != Probes::Arrays && !domain.kind.sql.ends_with(']') && self.dice.one_in(5) {
                    true => {
                        let elements = format!("array[{}]::{}[]", domain.known.pool[0], domain.name);
                        (None, format!("{}[]", domain.name), Known::of(&elements))
                    }
                    false => (Some(domain.kind), domain.name, domain.known),
                }
            }
            _ => {
                let kind = self.kind();
                (Some(kind), kind.sql.to_owned(), known(&kind))
            }
        };
        column.sql = ty.clone();
        let mut sql = format!("{name} {ty}");
        match self.dice.roll(8) {
            0..2 => write!(sql, " default {}", known.pool[0]).unwrap(),
            2 => sql.push_str(" default null"),
            _ => {}
        }
        match self.dice.roll(8) {
            0..3 => {
                sql.push_str(" not null");
                column.not_null = true;
            }
            3 => {
                let presence = self.presence(&name);
                sql.push_str(&presence);
            }
            _ => {}
        }
        column.required = true;
        if let Some(kind) = kind {
            for _ in 0..self.dice.roll(3) {
                if let Some((check, exact)) = self.check(&kind, &name) {
                    sql.push_str(&check);
                    known.exact &= exact;
                }
            }
        }
        self.schema.columns.insert(name, known);
        (column, sql)
    }

    fn table(&mut self) {
        let name = self.name("t");
        let id = self.name("id");
        let (ty, definition, generated, pool) = *self.dice.pick(&[
            (
                "bigint",
                "bigint generated always as identity primary key",
                true,
                "1000 1001 1002 1003",
            ),
            (
                "int",
                "int generated by default as identity primary key",
                false,
                "1000 1001 1002 1003",
            ),
            ("int", "serial primary key", false, "1000 1001 1002 1003"),
            ("int", "int primary key", false, "1000 1001 1002 1003"),
            (
                "uuid",
                "uuid primary key default gen_random_uuid()",
                false,
                "gen_random_uuid()",
            ),
            (
                "text",
                "text primary key check (length({}) > 2)",
                false,
                "'i'||clock_timestamp()",
            ),
            ("int", "int", false, "1000 1001 1002 1003"),
        ]);
        let pool = pool.split(' ').map(str::to_owned).collect();
        self.schema.columns.insert(id.clone(), Known { pool, ..Known::of("") });
        let mut columns = vec![Column {
            name: id.clone(),
            sql: ty.to_owned(),
            not_null: definition.contains("primary key"),
            required: true,
            generated,
        }];
        let mut parts = vec![format!("{id} {}", definition.replace("{}", &id))];
        for _ in 0..3 + self.dice.roll(6) {
            let (column, definition) = self.column();
            columns.push(column);
            parts.push(definition);
        }
        if self.dice.one_in(4) {
            let check = self.name("opaque_");
            let [one, other] = [self.dice.pick(&columns).clone(), self.dice.pick(&columns).clone()];
            parts.push(format!(
                "constraint {check} check ({} is not null or {} is null)",
                one.name, other.name
            ));
        }
        self.say(&format!("create table {name} (\n  {}\n)", parts.join(",\n  ")));
        self.late_constraint(&name, &mut columns);
        self.tables.push(Table { name, columns });
    }

    /// Constraints that do not speak for the rows there are, or for children.
    fn late_constraint(&mut self, table: &str, columns: &mut [Column]) {
        let at = self.dice.roll(columns.len());
        columns[at].required = true;
        let column = columns[at].name.clone();
        let name = self.name("presence_");
        match self.dice.roll(8) {
            0 => self.say(&format!(
                "alter table {table} add constraint {name} check ({column} is not null) not valid"
            )),
            1 => self.say(&format!(
                "alter table {table} add constraint {name} check ({column} is not null) no inherit"
            )),
            2 if self.major >= 18 => self.say(&format!(
                "alter table {table} add constraint {name} check ({column} is not null) not enforced"
            )),
            3 if self.major >= 18 && !columns[at].not_null => self.say(&format!(
                "alter table {table} add constraint {name} not null {column} not valid"
            )),
            _ => {}
        }
    }

    /// A table that inherits from another, and may do without what that one demands.
    fn child(&mut self) {
        let parent = self.dice.pick(&self.tables).clone();
        let name = self.name("t");
        let (column, definition) = self.column();
        self.say(&format!(
            "create table {name} ({definition}) inherits ({})",
            parent.name
        ));
        self.schema.children.push(name.clone());
        let mut columns = parent.columns.clone();
        for inherited in &columns {
            if inherited.not_null && self.major < 18 && self.dice.one_in(3) {
                self.say(&format!("alter table {name} alter {} drop not null", inherited.name));
            }
        }
        columns.push(column);
        self.late_constraint(&name, &mut columns);
        self.tables.push(Table { name, columns });
    }

    fn partitioned(&mut self) {
        let (root, key) = (self.name("p"), self.name("key"));
        let [low, high] = [self.name("p"), self.name("p")];
        let inherits_identity = self.major >= 17;
        let (mut columns, definitions): (Vec<Column>, Vec<String>) = (0..4)
            .map(|_| self.column())
            .filter(|(_, definition)| inherits_identity || !definition.contains("identity"))
            .unzip();
        let not_null = self.dice.pick(&["", " not null"]);
        let definitions: String = definitions.iter().map(|definition| format!(", {definition}")).collect();
        self.say(&format!(
            "create table {root} ({key} int{not_null}{definitions}) partition by range ({key})"
        ));
        self.say(&format!(
            "create table {low} partition of {root} for values from (0) to (1000)"
        ));
        self.say(&format!("create table {high} partition of {root} default"));
        self.schema.columns.insert(key.clone(), Known::of("500"));
        columns.push(Column {
            name: key.clone(),
            sql: "int".to_owned(),
            not_null: !not_null.is_empty(),
            required: true,
            generated: false,
        });
        self.schema.children.extend([low, high.clone()]);
        self.schema.keys.insert(high, (key, "5000".to_owned()));
        self.tables.push(Table { name: root, columns });
    }

    fn view(&mut self) {
        let name = self.name("v");
        let writable: Vec<Table> = self.tables.iter().chain(&self.views).cloned().collect();
        let table = self.dice.pick(&writable).clone();
        let other = self.dice.pick(&self.tables).clone();
        let kind = self.dice.roll(9);
        let mut shown = Vec::new();
        let query = match kind {
            0..4 => {
                shown = table
                    .columns
                    .iter()
                    .filter(|column| column.required || !self.dice.one_in(4))
                    .cloned()
                    .collect();
                let more = self.expression(&table);
                let condition = match self.dice.roll(4) {
                    0 => format!(" where {} is not null", self.dice.pick(&table.columns).name),
                    _ => String::new(),
                };
                let option = match condition.is_empty() || self.dice.one_in(2) {
                    true => "",
                    false => self.dice.pick(&[" with check option", " with local check option"]),
                };
                format!("select {}{more} from {}{condition}{option}", names(&shown), table.name)
            }
            4 | 5 => {
                let join = *self.dice.pick(&["left join", "right join", "full join", "join"]);
                let [on, to] = [self.dice.pick(&table.columns), self.dice.pick(&other.columns)];
                let condition = match self.dice.roll(3) {
                    0 => format!(" where b.{} is not null", self.dice.pick(&other.columns).name),
                    _ => String::new(),
                };
                let columns = |alias: char, table: &Table| -> Vec<String> {
                    let columns = table.columns.iter();
                    columns
                        .map(|column| format!("{alias}.{0} as {alias}_{0}", column.name))
                        .collect()
                };
                let columns = [columns('a', &table), columns('b', &other)].concat().join(", ");
                format!(
                    "select {columns} from {} a {join} {} b on a.{}::text = b.{}::text{condition}",
                    table.name, other.name, on.name, to.name
                )
            }
            6 => {
                let by = self.dice.pick(&table.columns).clone();
                let of = self.dice.pick(&table.columns).name.clone();
                let group = match by.sql.contains("json") || by.sql.contains("point") || self.dice.one_in(3) {
                    true => "",
                    false => &format!(" group by {0}::text", by.name),
                };
                format!(
                    "select count(*) as n, count({of}) as m, max({of}::text) as most, array_agg({of}::text) as all_of, \
                     bool_or({of} is null) as holes from {}{group}",
                    table.name
                )
            }
            7 => {
                let [one, two] = [self.dice.pick(&table.columns), self.dice.pick(&other.columns)];
                let union = *self.dice.pick(&["union", "union all", "except", "intersect"]);
                format!(
                    "select {}::text as u from {} {union} select {}::text from {}",
                    one.name, table.name, two.name, other.name
                )
            }
            _ => {
                let column = self.dice.pick(&table.columns).name.clone();
                format!(
                    "select coalesce({column}::text, '') as filled, nullif({column}::text, '') as emptied, \
                     (select {column} from {} limit 1) as f_{column} from {0}",
                    table.name
                )
            }
        };
        let what = match kind >= 4 && self.dice.one_in(4) {
            true => "materialized view",
            false => "view",
        };
        self.say(&format!("create {what} {name} as {query}"));
        if what == "view" {
            self.hooks(&name, kind < 4);
        }
        if !shown.is_empty() {
            let column = self.dice.pick(&shown).clone();
            if !column.generated && self.dice.one_in(3) {
                let value = self.schema.columns[&column.name].pool[0].clone();
                let value = self.dice.pick(&[value, "null".to_owned()]).clone();
                self.say(&format!("alter view {name} alter {} set default {value}", column.name));
                // What a view of this one takes from it, the model does not know.
                return;
            }
            self.views.push(Table { name, columns: shown });
        }
    }

    /// Triggers and rules that take what is written to a view.
    fn hooks(&mut self, view: &str, rarely: bool) {
        if rarely && !self.dice.one_in(4) {
            return;
        }
        // The model has one answer for both events, so a view that is updated by itself gets both.
        let events = match self.dice.roll(6) {
            0 if !rarely => "insert",
            1 if !rarely => "update",
            0..3 => "insert or update",
            3 => "insert or update or delete",
            4 => {
                for event in ["insert", "update"] {
                    self.say(&format!(
                        "create rule {event}_{view} as on {event} to {view} do instead nothing"
                    ));
                }
                return;
            }
            _ => return,
        };
        self.say(&format!(
            "create trigger hook instead of {events} on {view} for each row execute function hook()"
        ));
    }

    /// One more column of a view, or none.
    fn expression(&mut self, table: &Table) -> String {
        let column = self.dice.pick(&table.columns).name.clone();
        let name = self.name("e");
        match self.dice.roll(5) {
            0 => format!(", upper({column}::text) as {name}"),
            1 => format!(", {column} is null as {name}"),
            2 => format!(", coalesce({column}::text, '') as {name}"),
            _ => String::new(),
        }
    }
}

fn known(kind: &Kind) -> Known {
    Known {
        pool: kind.pool.iter().map(|&value| value.to_owned()).collect(),
        probes: kind.probes,
        exact: true,
    }
}

fn names(columns: &[Column]) -> String {
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    names.join(", ")
}

/// xorshift64*.
struct Dice {
    state: u64,
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

    fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.roll(choices.len())]
    }
}
