//! Publications and subscriptions.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::catalog::publication::{Publication, PublicationSchema, PublicationTable, Subscription};
use crate::catalog::trigger::Event;
use crate::sql::literal;

use super::hazards::{SECRET_LEFT_OUT, SLOT_LEFT_BEHIND};
use super::name::{bare, column_list, qualified, relation};
use super::{Alteration, Ddl, LockMode, Statement, World, plain_drop};

impl Ddl for Publication {
    fn create(&self, _: &World<'_>) -> Vec<Statement> {
        let mut sql = format!("CREATE PUBLICATION {}", bare(&self.name));
        if self.all_tables {
            sql.push_str(" FOR ALL TABLES");
        }
        let mut options = Vec::new();
        if self.publish != [Event::Insert, Event::Update, Event::Delete, Event::Truncate] {
            options.push(publish(&self.publish));
        }
        if self.via_root {
            options.push(via_root(true));
        }
        if self.generated_columns {
            options.push(generated_columns(true));
        }
        if !options.is_empty() {
            let _ = write!(sql, " WITH ({})", options.join(", "));
        }
        vec![sql.into()]
    }

    fn drop(&self, world: &World<'_>) -> Vec<Statement> {
        plain_drop(&self.object(), world)
    }

    fn alter(&self, new: &Self, _: &World<'_>) -> Alteration {
        let Self {
            name: _,
            owner: _,
            all_tables,
            publish: events,
            via_root: root,
            generated_columns: generated,
        } = self;
        if *all_tables != new.all_tables {
            return Alteration::Replace;
        }
        let mut options = Vec::new();
        if *events != new.publish {
            options.push(publish(&new.publish));
        }
        if *root != new.via_root {
            options.push(via_root(new.via_root));
        }
        if *generated != new.generated_columns {
            options.push(generated_columns(new.generated_columns));
        }
        if options.is_empty() {
            return Alteration::InPlace(Vec::new());
        }
        let sql = format!("ALTER PUBLICATION {} SET ({})", bare(&self.name), options.join(", "));
        Alteration::InPlace(vec![sql.into()])
    }
}

fn publish(events: &[Event]) -> String {
    let events = events.iter().map(|event| match event {
        Event::Select => "select",
        Event::Insert => "insert",
        Event::Update => "update",
        Event::Delete => "delete",
        Event::Truncate => "truncate",
    });
    format!("publish = '{}'", events.collect::<Vec<_>>().join(", "))
}

fn via_root(is_set: bool) -> String {
    format!("publish_via_partition_root = {is_set}")
}

fn generated_columns(are_stored: bool) -> String {
    let value = if are_stored { "stored" } else { "none" };
    format!("publish_generated_columns = {value}")
}

impl Ddl for PublicationTable {
    fn create(&self, world: &World<'_>) -> Vec<Statement> {
        let mut sql = self.altered("ADD");
        if !self.columns.is_empty() {
            let _ = write!(sql, " ({})", column_list(&self.columns));
        }
        if let Some(filter) = &self.filter {
            let _ = write!(sql, " WHERE ({filter})");
        }
        let table = relation(world.to, &self.relation);
        vec![Statement::new(sql).locks(LockMode::ShareUpdateExclusive, table)]
    }

    fn drop(&self, world: &World<'_>) -> Vec<Statement> {
        let table = relation(world.from, &self.relation);
        vec![Statement::new(self.altered("DROP")).locks(LockMode::ShareUpdateExclusive, table)]
    }

    fn alter(&self, new: &Self, _: &World<'_>) -> Alteration {
        let Self {
            publication: _,
            relation: _,
            columns,
            filter,
        } = self;
        // SET TABLE would name all the other tables too.
        match (columns, filter) == (&new.columns, &new.filter) {
            true => Alteration::InPlace(Vec::new()),
            false => Alteration::Replace,
        }
    }
}

impl PublicationTable {
    /// The children of a table are members of their own.
    fn altered(&self, verb: &str) -> String {
        let publication = bare(&self.publication);
        format!(
            "ALTER PUBLICATION {publication} {verb} TABLE ONLY {}",
            qualified(&self.relation)
        )
    }
}

impl Ddl for PublicationSchema {
    fn create(&self, _: &World<'_>) -> Vec<Statement> {
        vec![self.altered("ADD").into()]
    }

    fn drop(&self, _: &World<'_>) -> Vec<Statement> {
        vec![self.altered("DROP").into()]
    }

    fn alter(&self, _: &Self, _: &World<'_>) -> Alteration {
        let Self {
            publication: _,
            schema: _,
        } = self;
        Alteration::InPlace(Vec::new())
    }
}

impl PublicationSchema {
    fn altered(&self, verb: &str) -> String {
        let publication = bare(&self.publication);
        format!(
            "ALTER PUBLICATION {publication} {verb} TABLES IN SCHEMA {}",
            bare(&self.schema)
        )
    }
}

/// No statement connects to the publisher, and none enables a subscription: a copy of a database must not take the
/// original's changes away. Whoever migrates enables it, as after `pg_restore`.
impl Ddl for Subscription {
    fn create(&self, world: &World<'_>) -> Vec<Statement> {
        let mut options = vec!["connect = false".to_owned(), self.slot_option()];
        let usual: BTreeMap<_, _> = OPTIONS.iter().map(|(name, value, _)| (*name, *value)).collect();
        let unusual = self.options_for(world).into_iter().filter(|(name, value)| {
            let streams_by_itself = *name == "streaming" && world.from.server.major >= 18;
            streams_by_itself || usual.get(name) != Some(value)
        });
        options.extend(unusual.map(option));
        let sql = format!(
            "CREATE SUBSCRIPTION {}\n    CONNECTION {}\n    PUBLICATION {}\n    WITH ({})",
            bare(&self.name),
            literal(self.connection.as_deref().unwrap_or_default()),
            column_list(&self.publications),
            options.join(", ")
        );
        let statement = Statement::new(sql);
        vec![match self.connection {
            Some(_) => statement,
            None => statement.hazard(SECRET_LEFT_OUT),
        }]
    }

    fn drop(&self, _: &World<'_>) -> Vec<Statement> {
        let alter = format!("ALTER SUBSCRIPTION {}", bare(&self.name));
        let mut statements: Vec<Statement> = Vec::new();
        if self.slot.is_some() {
            // Otherwise the publisher would be asked to drop the slot, outside any transaction.
            statements.push(format!("{alter} DISABLE").into());
            let forgets = Statement::new(format!("{alter} SET (slot_name = NONE)"));
            statements.push(forgets.hazard(SLOT_LEFT_BEHIND));
        }
        statements.push(format!("DROP SUBSCRIPTION {}", bare(&self.name)).into());
        statements
    }

    fn alter(&self, new: &Self, world: &World<'_>) -> Alteration {
        let Self {
            name: _,
            owner: _,
            enabled: _,
            connection,
            publications,
            slot,
            options: _,
        } = self;
        let alter = format!("ALTER SUBSCRIPTION {}", bare(&self.name));
        let mut statements: Vec<Statement> = Vec::new();
        if let Some(wanted) = &new.connection
            && connection.as_ref() != Some(wanted)
        {
            statements.push(format!("{alter} CONNECTION {}", literal(wanted)).into());
        }
        if *publications != new.publications {
            let publications = column_list(&new.publications);
            statements.push(format!("{alter} SET PUBLICATION {publications} WITH (refresh = false)").into());
        }
        let mut options = Vec::new();
        if *slot != new.slot {
            if new.slot.is_none() && self.enabled {
                statements.push(format!("{alter} DISABLE").into());
            }
            options.push(new.slot_option());
        }
        let (old, wanted) = (self.options_for(world), new.options_for(world));
        for (name, value) in wanted {
            if old.get(name) != Some(&value) {
                if FIXED.contains(&name) {
                    return Alteration::Replace;
                }
                options.push(option((name, value)));
            }
        }
        if !options.is_empty() {
            statements.push(format!("{alter} SET ({})", options.join(", ")).into());
        }
        Alteration::InPlace(statements)
    }
}

/// Options that are changed with the publisher's help, or not at all.
const FIXED: [&str; 2] = ["two_phase", "failover"];

/// What the options are by themselves, with the first major that has them. PostgreSQL 18 streams by itself: there, too,
/// what is meant is said.
const OPTIONS: [(&str, &str, u32); 9] = [
    ("binary", "false", 14),
    ("streaming", "off", 14),
    ("synchronous_commit", "off", 13),
    ("two_phase", "false", 15),
    ("disable_on_error", "false", 15),
    ("password_required", "true", 16),
    ("run_as_owner", "false", 16),
    ("origin", "any", 16),
    ("failover", "false", 17),
];

impl Subscription {
    fn slot_option(&self) -> String {
        match &self.slot {
            Some(slot) => format!("slot_name = {}", literal(slot)),
            None => "slot_name = NONE".to_owned(),
        }
    }

    /// The value of every option that the target server has.
    fn options_for(&self, world: &World<'_>) -> BTreeMap<&str, &str> {
        let known = OPTIONS.iter().filter(|(_, _, since)| world.from.server.major >= *since);
        let mut options: BTreeMap<_, _> = known.map(|(name, value, _)| (*name, *value)).collect();
        options.extend(self.options.iter().filter_map(|option| option.split_once('=')));
        options
    }
}

fn option((name, value): (&str, &str)) -> String {
    format!("{name} = {}", literal(value))
}
