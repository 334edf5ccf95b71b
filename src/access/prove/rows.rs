//! Rows for two users, and members of two tenants, in every table. What a column holds is guessed, and the server decides:
//! constraints hold, triggers run, defaults are the schema's.

mod attempt;
mod links;
mod solve;

pub(super) use attempt::lost;
use attempt::{Attempt, Outcome, columns_of, required};

use std::collections::{BTreeMap, BTreeSet};

use sqlx::postgres::PgConnection;

use super::shape::{Class, Shape, Table};
use super::statements;
use crate::Result;
use crate::catalog::lookup::RelationRef;
use crate::catalog::{Name, QName};

/// How often a row is tried with other values.
const ATTEMPTS: usize = 14;

/// Somebody who has rows.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Persona {
    /// Who it is, such as `member (owner)`.
    pub(super) name: String,
    /// The number of the tenant that it is a member of.
    pub(super) tenant: Option<usize>,
    /// What it may do, where a table of memberships or roles says so.
    pub(super) role: Option<Name>,
    /// Whether its role is one that may reach what is others'.
    pub(super) is_trusted: bool,
    /// Whether it has rows of its own.
    pub(super) has_rows: bool,
}

/// What tells the rows of one table apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    /// The row of the persona of this number.
    Person(usize),
    /// The row of the tenant of this number.
    Tenant(usize),
    /// The row of everybody.
    Common,
    /// A row without an owner, where a table has owners.
    Unowned,
    /// A row of the first persona in a tenant that it is no member of.
    Stray,
    /// A row of the last persona in a state that a policy names.
    State,
}

/// A row that was made.
#[derive(Clone, Debug, Default)]
pub(super) struct Made {
    /// Every column's value.
    pub(super) values: BTreeMap<Name, Option<String>>,
    /// What makes it again with the same values; empty where a trigger did.
    pub(super) sql: Vec<String>,
    /// Values for one more row like it.
    pub(super) spare: Option<Vec<(Name, Option<String>)>>,
}

/// All rows that were made.
#[derive(Default)]
pub(super) struct World {
    pub(super) rows: BTreeMap<QName, BTreeMap<Key, Made>>,
    /// The tables and rows in the order in which they were made.
    pub(super) order: Vec<(QName, Key)>,
    /// The tables that no row could be made for, and why.
    pub(super) failed: BTreeMap<QName, String>,
}

/// Makes rows.
pub(super) struct Maker<'a> {
    pub(super) connection: &'a mut PgConnection,
    pub(super) shape: &'a Shape<'a>,
    pub(super) personas: &'a [Persona],
    /// What a row of a partition has to fulfil.
    pub(super) bounds: BTreeMap<QName, String>,
    pub(super) world: World,
    /// Keys that rows to come will have.
    promises: BTreeMap<(QName, Key), BTreeMap<Name, String>>,
    /// Links that have to wait for their rows: the table, the row and the columns.
    waiting: Vec<(QName, Key, Vec<Name>)>,
}

impl<'a> Maker<'a> {
    pub(super) fn new(
        connection: &'a mut PgConnection,
        shape: &'a Shape<'a>,
        personas: &'a [Persona],
        bounds: BTreeMap<QName, String>,
    ) -> Self {
        Self {
            connection,
            shape,
            personas,
            bounds,
            world: World::default(),
            promises: BTreeMap::new(),
            waiting: Vec::new(),
        }
    }

    /// Makes all rows, in the transaction that is open.
    pub(super) async fn make(&mut self) -> Result<()> {
        for name in self.shape.in_order() {
            let Some(table) = self.shape.tables.get(name) else {
                continue;
            };
            for key in keys(table, self.personas) {
                self.make_row(table, key).await?;
            }
        }
        self.link_what_waits().await?;
        // What is deferred is checked before anything is concluded from the rows.
        if let Some((_, message)) = self.execute("SET CONSTRAINTS ALL IMMEDIATE").await? {
            self.world
                .failed
                .insert(QName::new("pg_catalog", "constraints"), message);
        }
        self.read_again().await?;
        self.make_spares().await
    }

    /// Makes one more row for each of the table's, with this value in the column, as far as the server takes them.
    pub(super) async fn make_more(&mut self, table: &'a Table<'a>, column: &'a Name, text: &str) -> Result<()> {
        for key in keys(table, self.personas) {
            let Ok((mut fixed, _)) = self.fixed(table, key) else {
                continue;
            };
            if fixed.contains_key(column) {
                return Ok(());
            }
            fixed.insert(column, Some(text.to_owned()));
            // What the server does not take, it does not take.
            let _ = self.try_row(table, key, fixed, 500 + seed_of(key), true).await?;
        }
        Ok(())
    }

    async fn make_row(&mut self, table: &'a Table<'a>, key: Key) -> Result<()> {
        let name = &table.relation.row.name;
        let (fixed, later) = match self.fixed(table, key) {
            Ok(found) => found,
            Err(why) => {
                self.fail(table, why);
                return Ok(());
            }
        };
        let mut tried = self.try_row(table, key, fixed.clone(), seed_of(key), true).await?;
        if let Err(why) = &tried
            && let Some(copied) = self.copied(table, fixed).await?
        {
            let why = why.clone();
            tried = self
                .try_row(table, key, copied, seed_of(key), true)
                .await?
                .map_err(|_| why);
        }
        match tried {
            Ok((values, sql)) => {
                if !later.is_empty() {
                    self.waiting
                        .extend(later.into_iter().map(|columns| (name.clone(), key, columns)));
                }
                let made = Made {
                    values,
                    sql: sql.into_iter().collect(),
                    spare: None,
                };
                self.world.rows.entry(name.clone()).or_default().insert(key, made);
                self.world.order.push((name.clone(), key));
                self.world.failed.remove(name);
            }
            Err(why) => self.fail(table, why),
        }
        Ok(())
    }

    /// The values of a row that is there already, but for what keys and links say: what rows have to be like is known by
    /// those that are. Nothing where there is none.
    async fn copied(
        &mut self,
        table: &'a Table<'a>,
        fixed: BTreeMap<&'a Name, Option<String>>,
    ) -> Result<Option<BTreeMap<&'a Name, Option<String>>>> {
        let made = self.world.rows.get(&table.relation.row.name);
        let apart = made.into_iter().flat_map(BTreeMap::values);
        let apart = apart.filter_map(|row| table.key_condition(row)).collect::<Vec<_>>();
        let Some(row) = self.find(table.relation, &statements::none_of(&apart)).await? else {
            return Ok(None);
        };
        let keys = table.keys.concat();
        let mut values = fixed;
        for column in table.relation.columns() {
            if can_be_given(column) && !keys.contains(&column.name) && !values.contains_key(&column.name) {
                values.insert(&column.name, row.get(&column.name).cloned().flatten());
            }
        }
        Ok(Some(values))
    }

    fn fail(&mut self, table: &Table<'_>, why: String) {
        let name = &table.relation.row.name;
        // One row is enough for a table to be tested.
        if !self.world.rows.contains_key(name) {
            self.world.failed.entry(name.clone()).or_insert(why);
        }
    }

    /// Tries to insert a row until the server takes it, and says why it never did. The row may be there already, because
    /// a trigger made it with another.
    #[allow(clippy::type_complexity)]
    async fn try_row(
        &mut self,
        table: &'a Table<'a>,
        key: Key,
        fixed: BTreeMap<&'a Name, Option<String>>,
        seed: usize,
        keep: bool,
    ) -> Result<Result<(BTreeMap<Name, Option<String>>, Option<String>), String>> {
        let relation = table.relation;
        let mut attempt = Attempt {
            chosen: required(self.shape, table, &fixed),
            fixed,
            seed,
        };
        let mut why = String::new();
        for number in 0..ATTEMPTS {
            let values = self.solve(table, &attempt, number).await?;
            let sql = statements::insert(relation, &values);
            match self.insert(relation, &sql, keep).await? {
                Outcome::Made(made) if keep => {
                    let again = replayed(relation, &made);
                    return Ok(Ok((made, Some(again))));
                }
                Outcome::Made(_) => return Ok(Ok((values.into_iter().collect(), None))),
                Outcome::Refused {
                    code,
                    message,
                    constraint,
                    column,
                    table: of,
                } => {
                    why = message;
                    let is_own = of.as_deref().is_none_or(|of| of == relation.row.name.name);
                    if code == "23505" && is_own {
                        if !keep {
                            return Ok(Ok((values.into_iter().collect(), None)));
                        }
                        let columns = columns_of(relation, constraint.as_deref());
                        let is_free = |column: &Name| !attempt.fixed.contains_key(column);
                        if !columns.iter().any(is_free) {
                            return Ok(self.adopt(table, key, &columns, &attempt.fixed).await?.ok_or(why));
                        }
                    }
                    attempt.learn(table, &code, constraint.as_deref(), column.as_deref(), is_own, number);
                }
            }
        }
        Ok(Err(why))
    }

    /// Takes a row that is there already for this one, unless it is another's.
    #[allow(clippy::type_complexity)]
    async fn adopt(
        &mut self,
        table: &Table<'_>,
        key: Key,
        columns: &[Name],
        fixed: &BTreeMap<&Name, Option<String>>,
    ) -> Result<Option<(BTreeMap<Name, Option<String>>, Option<String>)>> {
        let name = &table.relation.row.name;
        let is_taken = |row: &Made| {
            columns
                .iter()
                .all(|column| fixed.get(column) == row.values.get(column).as_ref().copied())
        };
        let rows = self.world.rows.get(name);
        if columns.is_empty() || rows.is_some_and(|rows| rows.iter().any(|(other, row)| *other != key && is_taken(row)))
        {
            return Ok(None);
        }
        let condition = statements::equals(columns.iter().map(|column| {
            let value = fixed.get(column).and_then(Option::as_deref);
            (column, value)
        }));
        let found = self.find(table.relation, &condition).await?;
        Ok(found.map(|values| (values, None)))
    }

    /// Fills the links that had to wait for their rows.
    async fn link_what_waits(&mut self) -> Result<()> {
        for (name, key, columns) in std::mem::take(&mut self.waiting) {
            let Some(table) = self.shape.tables.get(&name) else {
                continue;
            };
            let Some(link) = table.links.iter().find(|link| link.columns == columns) else {
                continue;
            };
            let Some(values) = self.linked(link, key) else { continue };
            let Some(made) = self.world.rows.get(&name).and_then(|rows| rows.get(&key)) else {
                continue;
            };
            let Some(condition) = table.key_condition(made) else {
                continue;
            };
            let values = values.into_iter().map(|(column, value)| (column.clone(), Some(value)));
            let sql = statements::update(&name, &values.collect::<Vec<_>>(), Some(&condition));
            let is_done = self.execute(&sql).await?.is_none();
            if let Some(made) = self.world.rows.get_mut(&name).and_then(|rows| rows.get_mut(&key))
                && is_done
            {
                made.sql.push(sql);
            }
        }
        Ok(())
    }

    /// Reads every row once more: triggers and later rows may have changed it.
    async fn read_again(&mut self) -> Result<()> {
        for (name, key) in self.world.order.clone() {
            let Some(table) = self.shape.tables.get(&name) else {
                continue;
            };
            let made = self.world.rows.get(&name).and_then(|rows| rows.get(&key));
            let Some(condition) = made.and_then(|made| table.key_condition(made)) else {
                continue;
            };
            if let Some(values) = self.find(table.relation, &condition).await?
                && let Some(made) = self.world.rows.get_mut(&name).and_then(|rows| rows.get_mut(&key))
            {
                made.values = values;
            }
        }
        Ok(())
    }

    /// Finds values for one more row like each.
    async fn make_spares(&mut self) -> Result<()> {
        for (name, key) in self.world.order.clone() {
            let Some(table) = self.shape.tables.get(&name).filter(|table| table.is_tested) else {
                continue;
            };
            self.promises.clear();
            let Ok((mut fixed, _)) = self.fixed(table, key) else {
                continue;
            };
            if let Some(Some(path)) = table.path.and_then(|column| fixed.get_mut(column)) {
                path.push_str(".more");
            }
            let mut tried = self
                .try_row(table, key, fixed.clone(), 300 + seed_of(key), false)
                .await?;
            if tried.is_err()
                && let Some(copied) = self.copied(table, fixed).await?
            {
                tried = self.try_row(table, key, copied, 300 + seed_of(key), false).await?;
            }
            if let Some(made) = self.world.rows.get_mut(&name).and_then(|rows| rows.get_mut(&key)) {
                // The same once more is refused too, but by a key, and that after privileges and policies.
                made.spare = Some(match tried {
                    Ok((values, _)) => values.into_iter().collect(),
                    Err(_) => made.values.clone().into_iter().collect(),
                });
            }
        }
        Ok(())
    }
}

/// The rows that a table has.
pub(super) fn keys(table: &Table<'_>, personas: &[Persona]) -> Vec<Key> {
    let tenants = personas
        .iter()
        .filter_map(|persona| persona.tenant)
        .collect::<BTreeSet<_>>();
    let tenants = if tenants.is_empty() {
        BTreeSet::from([0, 1])
    } else {
        tenants
    };
    let mut keys = match table.class {
        Class::Person => (0..personas.len()).map(Key::Person).collect(),
        Class::Personal => {
            let own = (0..personas.len()).filter(|person| personas[*person].has_rows);
            let mut keys = own.map(Key::Person).collect::<Vec<_>>();
            let is_nullable = |owner: &&Name| table.relation.column(owner).is_some_and(|column| !column.not_null);
            if !table.owners.is_empty() && table.owners.iter().all(is_nullable) {
                keys.push(Key::Unowned);
            }
            keys
        }
        Class::Tenant | Class::Tenanted => tenants.into_iter().map(Key::Tenant).collect(),
        Class::Common => vec![Key::Common],
    };
    keys.extend(table.has_strays.then_some(Key::Stray));
    keys.extend(
        table
            .state
            .as_ref()
            .map(|_| Key::State)
            .filter(|_| table.class != Class::Person),
    );
    keys
}

/// The number of the tenant that a row belongs to.
pub(super) fn tenant_of(personas: &[Persona], key: Key) -> Option<usize> {
    match key {
        Key::Person(person) => personas.get(person)?.tenant,
        Key::Tenant(tenant) => Some(tenant),
        Key::Common | Key::Unowned => Some(0),
        Key::Stray => Some(1),
        Key::State => personas.get(last(personas)?)?.tenant.or(Some(1)),
    }
}

/// The last persona with rows: of another tenant than the first, or another user.
pub(super) fn last(personas: &[Persona]) -> Option<usize> {
    personas
        .iter()
        .rposition(|persona| persona.has_rows && !persona.is_trusted)
}

/// The key of a user, as a value of the type.
pub(super) fn user_key(shape: &Shape<'_>, world: &World, person: usize, data_type: &str) -> String {
    let users = shape
        .users
        .as_ref()
        .and_then(|name| Some((shape.catalog.relation(name)?, world.rows.get(name)?)));
    let known = users.and_then(|(relation, rows)| {
        let column = relation.primary_key().first()?;
        rows.get(&Key::Person(person))?.values.get(column)?.clone()
    });
    known.unwrap_or_else(|| made_up(person, data_type))
}

/// The key of a tenant, as a value of the type.
pub(super) fn tenant_key(
    shape: &Shape<'_>,
    world: &World,
    tenant: usize,
    table: Option<&QName>,
    data_type: &str,
) -> String {
    let known = table.and_then(|name| {
        let column = shape.catalog.relation(name)?.primary_key().first()?;
        world
            .rows
            .get(name)?
            .get(&Key::Tenant(tenant))?
            .values
            .get(column)?
            .clone()
    });
    known.unwrap_or_else(|| made_up(100 + tenant, data_type))
}

/// A key that no table has to hold.
pub(super) fn made_up(number: usize, data_type: &str) -> String {
    match data_type {
        "integer" | "bigint" | "smallint" => (9_000 + number).to_string(),
        _ => format!("6b65656c-0000-4000-8000-{:012x}", 0xa000 + number),
    }
}

/// Whether a value can be given for the column.
pub(super) fn can_be_given(column: &crate::catalog::column::Column) -> bool {
    use crate::catalog::column::Identity;
    column.generated.is_none() && column.identity != Some(Identity::Always)
}

/// The statement that makes the row again, with every value as it is.
fn replayed(relation: RelationRef<'_>, made: &BTreeMap<Name, Option<String>>) -> String {
    let given = relation.columns().iter().filter(|column| column.generated.is_none());
    let values = given.filter_map(|column| Some((column.name.clone(), made.get(&column.name)?.clone())));
    statements::insert(relation, &values.collect::<Vec<_>>())
}

/// The number that the values of a row are chosen by.
fn seed_of(key: Key) -> usize {
    match key {
        Key::Person(person) => person,
        Key::Tenant(tenant) => 100 + tenant,
        Key::Common => 200,
        Key::Unowned => 201,
        Key::Stray => 202,
        Key::State => 203,
    }
}
