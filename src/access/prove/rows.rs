//! Rows for two users, and members of two tenants, in every table. What a column holds is guessed, and the server decides:
//! constraints hold, triggers run, defaults are the schema's.

mod solve;

use std::collections::{BTreeMap, BTreeSet};

use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{AssertSqlSafe, Row as _};

use super::shape::{Class, Link, Shape, Table, unique_sets};
use super::statements;
use crate::catalog::lookup::RelationRef;
use crate::catalog::{Name, QName};
use crate::{Error, Result};

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

/// What one attempt is made with.
struct Attempt<'t> {
    /// Values that are not to be chosen.
    fixed: BTreeMap<&'t Name, Option<String>>,
    /// Columns that need a value which nothing else gives.
    chosen: BTreeSet<&'t Name>,
    seed: usize,
}

/// How an attempt ended.
enum Outcome {
    Made(BTreeMap<Name, Option<String>>),
    Refused {
        code: String,
        message: String,
        constraint: Option<String>,
        column: Option<String>,
        table: Option<String>,
    },
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
    pub(super) async fn make(mut self) -> Result<World> {
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
        self.make_spares().await?;
        Ok(self.world)
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
        match self.try_row(table, key, fixed, seed_of(key), true).await? {
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

    fn fail(&mut self, table: &Table<'_>, why: String) {
        let name = &table.relation.row.name;
        // One row is enough for a table to be tested.
        if !self.world.rows.contains_key(name) {
            self.world.failed.entry(name.clone()).or_insert(why);
        }
    }

    /// The values that the table's links and owners give, and the links that have to wait. Says what is missing.
    #[allow(clippy::type_complexity)]
    fn fixed(
        &mut self,
        table: &'a Table<'a>,
        key: Key,
    ) -> Result<(BTreeMap<&'a Name, Option<String>>, Vec<Vec<Name>>), String> {
        let name = &table.relation.row.name;
        let mut fixed = BTreeMap::<&Name, Option<String>>::new();
        let mut later = Vec::new();
        if let Some(promised) = self.promises.get(&(name.clone(), key)) {
            for (column, value) in promised {
                if let Some(column) = table.relation.column(column) {
                    fixed.insert(&column.name, Some(value.clone()));
                }
            }
        }
        for link in &table.links {
            let is_own = link.to == name;
            if is_own && link.nullable {
                continue;
            }
            let is_owner =
                table.class == Class::Personal && link.columns.iter().any(|column| table.owners.contains(&column));
            if key == Key::Unowned && is_owner {
                fixed.extend(link.columns.iter().map(|column| (column, None)));
                continue;
            }
            let clash = |values: &[(&'a Name, String)]| {
                values
                    .iter()
                    .any(|(column, value)| fixed.get(column).is_some_and(|other| other.as_ref() != Some(value)))
            };
            let values = self.linked(link, key);
            match values {
                Some(values) if !clash(&values) => {
                    fixed.extend(values.into_iter().map(|(column, value)| (column, Some(value))));
                }
                _ if link.nullable => {
                    let to_come = self.shape.tables.contains_key(link.to) && !self.world.rows.contains_key(link.to);
                    if to_come {
                        later.push(link.columns.to_vec());
                    }
                    let empty = link
                        .columns
                        .iter()
                        .filter(|column| table.relation.column(column).is_some_and(|column| !column.not_null));
                    let empty = empty.filter(|column| !fixed.contains_key(column)).collect::<Vec<_>>();
                    fixed.extend(empty.into_iter().map(|column| (column, None)));
                }
                Some(_) => return Err(format!("its foreign keys lead to different rows of {}", link.to)),
                None if link.deferrable || is_own => {
                    let promised = self.promise(link, key).ok_or_else(|| circle(link))?;
                    fixed.extend(promised.iter().map(|(column, value)| (*column, Some(value.clone()))));
                    if is_own {
                        let own = link.columns.iter().zip(link.to_columns);
                        for (from, to) in own {
                            let value = promised
                                .iter()
                                .find(|(column, _)| *column == from)
                                .map(|(_, value)| value.clone());
                            fixed.insert(to, value);
                        }
                    }
                }
                None => return Err(self.missing(link)),
            }
        }
        if table.class == Class::Person && self.shape.users.as_ref() == Some(name) {
            return Ok((fixed, later));
        }
        for owner in &table.owners {
            if table.link_of(owner).is_none()
                && let Some(column) = table.relation.column(owner)
            {
                let user = match key {
                    Key::Unowned if !column.not_null => None,
                    _ => self
                        .person_of(key)
                        .map(|person| self.user_key(person, &column.data_type)),
                };
                fixed.entry(owner).or_insert(user);
            }
        }
        for (column, to) in &table.tenants {
            if table.class != Class::Tenant
                && !table.links.iter().any(|link| link.columns.contains(column))
                && let Some(tenant) = self.tenant_of(key)
            {
                let data_type = table.relation.column(column).map(|column| column.data_type.clone());
                let value = self.tenant_key(tenant, to.as_ref(), &data_type.unwrap_or_default());
                fixed.entry(column).or_insert(Some(value));
            }
        }
        if let Some(role) = table.role
            && let Some(persona) = self.person_of(key).and_then(|person| self.personas.get(person))
            && persona.role.is_some()
            && table.link_of(role).is_none()
        {
            fixed.insert(role, persona.role.as_ref().map(Name::to_string));
        }
        Ok((fixed, later))
    }

    fn missing(&self, link: &Link<'_>) -> String {
        match self.world.failed.get(link.to) {
            Some(why) => format!("it needs a row of {}, for which there is none: {why}", link.to),
            None if self.shape.tables.contains_key(link.to) => circle(link),
            None => format!("it needs a row of {}, which is not an ordinary table", link.to),
        }
    }

    /// The values of the link's columns: the key of the row that this row hangs on.
    fn linked(&self, link: &Link<'a>, key: Key) -> Option<Vec<(&'a Name, String)>> {
        let to = self.shape.tables.get(link.to)?;
        let rows = self.world.rows.get(link.to)?;
        let wanted = match to.class {
            Class::Person | Class::Personal => match self.person_of(key) {
                Some(person) => Key::Person(person),
                None => key,
            },
            Class::Tenant | Class::Tenanted => Key::Tenant(self.tenant_of(key)?),
            Class::Common => Key::Common,
        };
        let row = rows.get(&wanted).or_else(|| {
            // Where each may have but one, the row of another in the same tenant will do.
            let tenant = self.tenant_of(key);
            let near = rows.iter().find(|(other, _)| self.tenant_of(**other) == tenant);
            near.or_else(|| rows.first_key_value()).map(|(_, row)| row)
        })?;
        let values = link.columns.iter().zip(link.to_columns);
        values
            .map(|(column, to)| Some((column, row.values.get(to)?.clone()?)))
            .collect()
    }

    /// Decides now which key a row to come will have.
    fn promise(&mut self, link: &Link<'a>, key: Key) -> Option<Vec<(&'a Name, String)>> {
        let relation = self.shape.catalog.relation(link.to)?;
        let to_key = match self.shape.tables.get(link.to)?.class {
            Class::Person | Class::Personal => Key::Person(self.person_of(key)?),
            Class::Tenant | Class::Tenanted => Key::Tenant(self.tenant_of(key)?),
            Class::Common => Key::Common,
        };
        let promised = self.promises.entry((link.to.clone(), to_key)).or_default();
        let mut values = Vec::new();
        for (column, to) in link.columns.iter().zip(link.to_columns) {
            let known = match promised.get(to) {
                Some(value) => value.clone(),
                None => {
                    let row = relation.column(to)?;
                    let texts = super::values::candidates(self.shape.catalog, row, &[], 700 + seed_of(to_key));
                    texts.into_iter().next()?
                }
            };
            promised.insert(to.clone(), known.clone());
            values.push((column, known));
        }
        Some(values)
    }

    /// The number of the persona that a row is of; of a tenant's row its first member.
    pub(super) fn person_of(&self, key: Key) -> Option<usize> {
        match key {
            Key::Person(person) => Some(person),
            Key::Tenant(tenant) => self.personas.iter().position(|persona| persona.tenant == Some(tenant)),
            Key::Common => Some(0),
            Key::Unowned => None,
        }
    }

    fn tenant_of(&self, key: Key) -> Option<usize> {
        tenant_of(self.personas, key)
    }

    /// The key of a user, as a value of the type.
    fn user_key(&self, person: usize, data_type: &str) -> String {
        user_key(self.shape, &self.world, person, data_type)
    }

    fn tenant_key(&self, tenant: usize, table: Option<&QName>, data_type: &str) -> String {
        tenant_key(self.shape, &self.world, tenant, table, data_type)
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
            let Some(condition) = key_condition(table.relation, made) else {
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
            let Some(relation) = self.shape.catalog.relation(&name) else {
                continue;
            };
            let made = self.world.rows.get(&name).and_then(|rows| rows.get(&key));
            let Some(condition) = made.and_then(|made| key_condition(relation, made)) else {
                continue;
            };
            if let Some(values) = self.find(relation, &condition).await?
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
            let Ok((fixed, _)) = self.fixed(table, key) else {
                continue;
            };
            if let Ok((values, _)) = self.try_row(table, key, fixed, 300 + seed_of(key), false).await?
                && let Some(made) = self.world.rows.get_mut(&name).and_then(|rows| rows.get_mut(&key))
            {
                made.spare = Some(values.into_iter().collect());
            }
        }
        Ok(())
    }

    async fn insert(&mut self, relation: RelationRef<'_>, sql: &str, keep: bool) -> Result<Outcome> {
        self.must("SAVEPOINT pgkeel_row").await?;
        let returning = format!("{sql} {}", statements::returning(relation));
        let ran = sqlx::raw_sql(AssertSqlSafe(returning))
            .fetch_optional(&mut *self.connection)
            .await;
        let outcome = match ran {
            Ok(Some(row)) => Outcome::Made(texts(relation, &row)?),
            Ok(None) => Outcome::Refused {
                code: String::new(),
                message: "a trigger or rule swallows the row".to_owned(),
                constraint: None,
                column: None,
                table: None,
            },
            Err(error) => refused(error)?,
        };
        let end = match (&outcome, keep) {
            (Outcome::Made(_), true) => "RELEASE SAVEPOINT pgkeel_row",
            _ => "ROLLBACK TO SAVEPOINT pgkeel_row; RELEASE SAVEPOINT pgkeel_row",
        };
        self.must(end).await?;
        Ok(outcome)
    }

    async fn find(
        &mut self,
        relation: RelationRef<'_>,
        condition: &str,
    ) -> Result<Option<BTreeMap<Name, Option<String>>>> {
        let sql = statements::find(relation, condition);
        let row = sqlx::raw_sql(AssertSqlSafe(sql))
            .fetch_optional(&mut *self.connection)
            .await;
        let row = row.map_err(|error| lost(&error))?;
        row.map(|row| texts(relation, &row)).transpose()
    }

    /// Runs a statement in a savepoint; where it fails, nothing has happened, and the SQLSTATE and message are given.
    async fn execute(&mut self, sql: &str) -> Result<Option<(String, String)>> {
        self.must("SAVEPOINT pgkeel_row").await?;
        let ran = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *self.connection).await;
        let failed = match ran {
            Ok(_) => None,
            Err(error) => match refused(error)? {
                Outcome::Refused { code, message, .. } => Some((code, message)),
                Outcome::Made(_) => None,
            },
        };
        let end = match failed {
            None => "RELEASE SAVEPOINT pgkeel_row",
            Some(_) => "ROLLBACK TO SAVEPOINT pgkeel_row; RELEASE SAVEPOINT pgkeel_row",
        };
        self.must(end).await?;
        Ok(failed)
    }

    async fn must(&mut self, sql: &'static str) -> Result<()> {
        let ran = sqlx::raw_sql(sql).execute(&mut *self.connection).await;
        ran.map(|_| ()).map_err(|error| lost(&error))
    }
}

impl<'t> Attempt<'t> {
    /// Does otherwise what the server refused.
    fn learn(
        &mut self,
        table: &Table<'t>,
        code: &str,
        constraint: Option<&str>,
        column: Option<&str>,
        is_own: bool,
        number: usize,
    ) {
        let relation = table.relation;
        let mut more = Vec::new();
        match code {
            "23502" if is_own => more.extend(column.map(Name::from)),
            "23514" | "23505" | "23P01" if is_own => {
                more = columns_of(relation, constraint);
                if code != "23514" {
                    self.seed += 41;
                }
            }
            "23503" if is_own => {
                // A link that leads nowhere is better left empty.
                for column in columns_of(relation, constraint) {
                    if let Some(column) = relation.column(&column).filter(|column| !column.not_null) {
                        self.fixed.insert(&column.name, None);
                    }
                }
            }
            _ => {}
        }
        let more = more.iter().filter_map(|name| relation.column(name));
        let more = more.filter(|column| can_be_given(column) && !self.fixed.contains_key(&column.name));
        let before = self.chosen.len();
        self.chosen.extend(more.map(|column| &column.name));
        if self.chosen.len() == before && !matches!(code, "23505" | "23P01") {
            match number % 3 {
                // Fill whatever can be filled, then start over with other values.
                0 => {
                    let open = relation.columns().iter().filter(|column| {
                        can_be_given(column) && column.default.is_none() && !self.fixed.contains_key(&column.name)
                    });
                    self.chosen.extend(open.map(|column| &column.name));
                }
                _ => self.seed += 17,
            }
        }
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
    match table.class {
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
    }
}

/// The number of the tenant that a row belongs to.
pub(super) fn tenant_of(personas: &[Persona], key: Key) -> Option<usize> {
    match key {
        Key::Person(person) => personas.get(person)?.tenant,
        Key::Tenant(tenant) => Some(tenant),
        Key::Common | Key::Unowned => Some(0),
    }
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
fn made_up(number: usize, data_type: &str) -> String {
    match data_type {
        "integer" | "bigint" | "smallint" => (9_000 + number).to_string(),
        _ => format!("6b65656c-0000-4000-8000-{:012x}", 0xa000 + number),
    }
}

/// A condition that tells the row from all others of its table: by its key, where it has one.
pub(super) fn key_condition(relation: RelationRef<'_>, made: &Made) -> Option<String> {
    let sets = unique_sets(relation);
    let set = sets.iter().find(|set| {
        set.iter()
            .all(|column| made.values.get(column).is_some_and(Option::is_some))
    })?;
    Some(statements::equals(set.iter().map(|column| {
        (column, made.values.get(column).and_then(Option::as_deref))
    })))
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

fn required<'t>(
    shape: &Shape<'_>,
    table: &'t Table<'t>,
    fixed: &BTreeMap<&Name, Option<String>>,
) -> BTreeSet<&'t Name> {
    let relation = table.relation;
    let key = relation.primary_key();
    let needed = relation.columns().iter().filter(|column| {
        let refuses_null = column.not_null || solve::domain_refuses_null(shape.catalog, &column.data_type);
        let gives_itself = column.default.is_some()
            || column.identity.is_some()
            || solve::domain_default(shape.catalog, &column.data_type).is_some();
        let is_of_user =
            table.class == Class::Person && ["email", "raw_user_meta_data"].contains(&column.name.as_str());
        can_be_given(column)
            && !fixed.contains_key(&column.name)
            && (refuses_null && !gives_itself || is_of_user || key.contains(&column.name) && !gives_itself)
    });
    needed.map(|column| &column.name).collect()
}

/// The columns of a constraint or unique index.
fn columns_of(relation: RelationRef<'_>, constraint: Option<&str>) -> Vec<Name> {
    use crate::catalog::constraint::ConstraintKind;
    let Some(name) = constraint else { return Vec::new() };
    let own = relation.constraints().iter().find(|row| row.name == name);
    let columns = own.and_then(|row| match &row.kind {
        ConstraintKind::PrimaryKey { columns, .. }
        | ConstraintKind::Unique { columns, .. }
        | ConstraintKind::Check { columns, .. } => Some(columns.clone()),
        ConstraintKind::ForeignKey(key) => Some(key.columns.clone()),
        ConstraintKind::NotNull { column } => Some(vec![column.clone()]),
        ConstraintKind::Exclusion { .. } => None,
    });
    columns.unwrap_or_else(|| {
        let index = relation
            .catalog
            .indexes
            .iter()
            .find(|index| index.name.name == name && index.relation == relation.row.name);
        let keys = index.map(|index| {
            index
                .keys
                .iter()
                .filter_map(|key| key.column.clone())
                .collect::<Vec<_>>()
        });
        // An expression may be about any column: all that can be chosen are.
        keys.filter(|keys| !keys.is_empty())
            .unwrap_or_else(|| relation.columns().iter().map(|column| column.name.clone()).collect())
    })
}

fn texts(relation: RelationRef<'_>, row: &PgRow) -> Result<BTreeMap<Name, Option<String>>> {
    let columns = relation.columns().iter().enumerate();
    columns
        .map(|(at, column)| {
            let text = row.try_get::<Option<String>, _>(at).map_err(|error| lost(&error))?;
            Ok((column.name.clone(), text))
        })
        .collect()
}

/// What the server refused; an error where it did not answer.
fn refused(error: sqlx::Error) -> Result<Outcome> {
    let sqlx::Error::Database(database) = &error else {
        return Err(lost(&error));
    };
    let code = database.code().unwrap_or_default().into_owned();
    if code == "57014" || code.starts_with("57P") {
        return Err(lost(&error));
    }
    let postgres = database.try_downcast_ref::<sqlx::postgres::PgDatabaseError>();
    Ok(Outcome::Refused {
        code,
        message: database.message().to_owned(),
        constraint: database.constraint().map(str::to_owned),
        column: postgres.and_then(|error| error.column()).map(str::to_owned),
        table: database.table().map(str::to_owned),
    })
}

pub(super) fn lost(error: &sqlx::Error) -> Error {
    let reason = match error {
        sqlx::Error::Database(database) => database.message().to_owned(),
        other => other.to_string(),
    };
    Error::new(format!("the test could not go on: {reason}"))
}

/// The number that the values of a row are chosen by.
fn seed_of(key: Key) -> usize {
    match key {
        Key::Person(person) => person,
        Key::Tenant(tenant) => 100 + tenant,
        Key::Common => 200,
        Key::Unowned => 201,
    }
}

fn circle(link: &Link<'_>) -> String {
    format!(
        "its foreign key ({}) is part of a circle of tables that need each other, none of which can wait: make it \
         deferrable, or a column of it nullable",
        link.columns.join(", ")
    )
}
