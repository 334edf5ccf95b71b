//! Triggers, event triggers and rules.

use std::fmt::Write as _;

use crate::catalog::trigger::{Enabled, EventTrigger, Rule, Trigger};
use crate::catalog::{Catalog, QName};
use crate::sql::literal;

use super::name::{bare, qualified, relation, target};
use super::{Alteration, Ddl, LockMode, Statement, World, plain_drop};

impl Ddl for Trigger {
    fn create(&self, world: &World<'_>) -> Vec<Statement> {
        if self.inherited {
            // The parent's brings it along.
            return vec![self.set_state(self.enabled, world.to)];
        }
        let mut statements = vec![self.made(&self.definition, world.to)];
        if self.enabled != Enabled::Origin {
            statements.push(self.set_state(self.enabled, world.to));
        }
        statements
    }

    fn drop(&self, world: &World<'_>) -> Vec<Statement> {
        if self.inherited {
            // It goes with its parent, or else is as its parent from now on.
            let state = self
                .parents_state(world.to)
                .map(|state| self.set_state(state, world.to));
            return state.into_iter().collect();
        }
        let statement = Statement::new(format!("DROP {}", target(&self.object(), world.from)));
        vec![statement.locks(LockMode::AccessExclusive, relation(world.from, &self.relation))]
    }

    fn alter(&self, new: &Self, world: &World<'_>) -> Alteration {
        let Self {
            relation: _,
            name: _,
            definition,
            timing,
            events,
            for_each_row,
            columns,
            function,
            arguments,
            constraint,
            deferrable,
            initially_deferred,
            from,
            old_table,
            new_table,
            enabled,
            inherited,
        } = self;
        if *inherited != new.inherited {
            return Alteration::Replace;
        }
        let is_same = definition == &new.definition
            && (timing, events, for_each_row) == (&new.timing, &new.events, &new.for_each_row)
            && (columns, function, arguments) == (&new.columns, &new.function, &new.arguments)
            && (constraint, deferrable) == (&new.constraint, &new.deferrable)
            && (initially_deferred, from) == (&new.initially_deferred, &new.from)
            && (old_table, new_table) == (&new.old_table, &new.new_table);
        let mut statements = Vec::new();
        if !is_same && !inherited {
            let or_replace = new.definition.strip_prefix("CREATE TRIGGER ");
            let Some(rest) = or_replace.filter(|_| !constraint && world.from.server.major >= 14) else {
                return Alteration::Replace;
            };
            statements.push(new.made(&format!("CREATE OR REPLACE TRIGGER {rest}"), world.to));
        }
        // One that is replaced is enabled as it was made first.
        let is_enabled = statements.is_empty() || new.enabled == Enabled::Origin;
        if enabled != &new.enabled || !is_enabled {
            statements.push(new.set_state(new.enabled, world.to));
        }
        if !statements.is_empty() {
            statements.extend(new.partitions_states(world.to));
        }
        Alteration::InPlace(statements)
    }
}

impl Trigger {
    fn made(&self, sql: &str, catalog: &Catalog) -> Statement {
        let mut statement = Statement::new(sql)
            .locks(LockMode::ShareRowExclusive, relation(catalog, &self.relation))
            .hazard("create-trigger");
        if let Some(from) = &self.from {
            statement = statement.locks(LockMode::ShareRowExclusive, relation(catalog, from));
        }
        statement
    }

    /// What enables or disables it, and with it the copies that partitions have.
    fn set_state(&self, state: Enabled, catalog: &Catalog) -> Statement {
        let sql = format!(
            "ALTER TABLE {} {} TRIGGER {}",
            qualified(&self.relation),
            enable(state),
            bare(&self.name)
        );
        let statement = Statement::new(sql).locks(LockMode::ShareRowExclusive, relation(catalog, &self.relation));
        match state {
            Enabled::Disabled => statement.hazard("disable-trigger"),
            _ => statement,
        }
    }

    /// What gives partitions below it the states of their own, after its own was set for all of them: the upper first.
    fn partitions_states(&self, catalog: &Catalog) -> Vec<Statement> {
        let mut below: Vec<_> = catalog
            .triggers
            .iter()
            .filter(|row| row.inherited && row.name == self.name)
            .filter_map(|row| Some((depth_below(&row.relation, &self.relation, catalog)?, row)))
            .collect();
        below.sort_by_key(|(depth, _)| *depth);
        let states = below.iter().map(|(_, row)| row.set_state(row.enabled, catalog));
        states.collect()
    }

    /// The state of what it is a copy of; `None` where it is none.
    fn parents_state(&self, catalog: &Catalog) -> Option<Enabled> {
        let mut partition = self.relation.clone();
        loop {
            partition = parent(&partition, catalog)?.clone();
            let wanted = (&partition, &self.name);
            if let Some(row) = catalog.triggers.find(|row| (&row.relation, &row.name).cmp(&wanted)) {
                return Some(row.enabled);
            }
        }
    }
}

fn parent<'a>(partition: &QName, catalog: &'a Catalog) -> Option<&'a QName> {
    let partition = catalog.relation(partition)?.row.partition_of.as_ref()?;
    Some(&partition.parent)
}

/// How many levels of partitions `relation` is below `above`.
fn depth_below(relation: &QName, above: &QName, catalog: &Catalog) -> Option<usize> {
    let mut parents = std::iter::successors(parent(relation, catalog), |partition| parent(partition, catalog));
    parents.position(|parent| parent == above)
}

fn enable(state: Enabled) -> &'static str {
    match state {
        Enabled::Origin => "ENABLE",
        Enabled::Disabled => "DISABLE",
        Enabled::Replica => "ENABLE REPLICA",
        Enabled::Always => "ENABLE ALWAYS",
    }
}

impl Ddl for Rule {
    fn create(&self, world: &World<'_>) -> Vec<Statement> {
        let mut statements = vec![self.made(self.text(), world.to)];
        if self.enabled != Enabled::Origin {
            statements.push(self.set_state(world.to));
        }
        statements
    }

    fn drop(&self, world: &World<'_>) -> Vec<Statement> {
        let drop = format!("DROP {}", target(&self.object(), world.from));
        vec![self.made(&drop, world.from)]
    }

    fn alter(&self, new: &Self, world: &World<'_>) -> Alteration {
        let Self {
            relation: _,
            name: _,
            definition,
            event,
            instead,
            enabled,
        } = self;
        let mut statements = Vec::new();
        if (definition, event, instead) != (&new.definition, &new.event, &new.instead) {
            let Some(rest) = new.text().strip_prefix("CREATE RULE ") else {
                return Alteration::Replace;
            };
            statements.push(new.made(&format!("CREATE OR REPLACE RULE {rest}"), world.to));
        }
        if enabled != &new.enabled {
            statements.push(new.set_state(world.to));
        }
        Alteration::InPlace(statements)
    }
}

impl Rule {
    /// The definition, which the server gives with a semicolon.
    fn text(&self) -> &str {
        self.definition.trim_end().trim_end_matches(';')
    }

    fn made(&self, sql: &str, catalog: &Catalog) -> Statement {
        Statement::new(sql).locks(LockMode::AccessExclusive, relation(catalog, &self.relation))
    }

    fn set_state(&self, catalog: &Catalog) -> Statement {
        let table = qualified(&self.relation);
        let sql = format!("ALTER TABLE {table} {} RULE {}", enable(self.enabled), bare(&self.name));
        self.made(&sql, catalog)
    }
}

impl Ddl for EventTrigger {
    fn create(&self, _: &World<'_>) -> Vec<Statement> {
        if self.extension.is_some() {
            return Vec::new();
        }
        let mut sql = format!("CREATE EVENT TRIGGER {} ON {}", bare(&self.name), bare(&self.event));
        if !self.tags.is_empty() {
            let tags = self.tags.iter().map(|tag| literal(tag).to_string());
            let _ = write!(sql, "\n    WHEN TAG IN ({})", tags.collect::<Vec<_>>().join(", "));
        }
        let function = qualified(&self.function.name);
        let _ = write!(sql, "\n    EXECUTE FUNCTION {function}()");
        let mut statements = vec![sql.into()];
        if self.enabled != Enabled::Origin {
            statements.push(self.set_state());
        }
        statements
    }

    fn drop(&self, world: &World<'_>) -> Vec<Statement> {
        if self.extension.is_some() {
            return Vec::new();
        }
        plain_drop(&self.object(), world)
    }

    fn alter(&self, new: &Self, _: &World<'_>) -> Alteration {
        let Self {
            name: _,
            owner: _,
            event,
            tags,
            function,
            enabled,
            extension,
        } = self;
        if extension != &new.extension || (event, tags, function) != (&new.event, &new.tags, &new.function) {
            return Alteration::Replace;
        }
        if extension.is_some() || enabled == &new.enabled {
            return Alteration::InPlace(Vec::new());
        }
        Alteration::InPlace(vec![new.set_state()])
    }
}

impl EventTrigger {
    fn set_state(&self) -> Statement {
        format!("ALTER EVENT TRIGGER {} {}", bare(&self.name), enable(self.enabled)).into()
    }
}
