//! The proof: rows are made for two users and two tenants, and every statement is really run as every role that comes from
//! outside, with the claims of each user. What PostgreSQL lets through is what is reported, not what policies seem to say.
//!
//! All of it happens in one transaction that is rolled back, on a scratch copy or, if it is asked for, on a live database.

mod cells;
pub mod claims;
mod compare;
mod expect;
mod files;
mod identities;
mod pattern;
mod pgtap;
mod rows;
mod shape;
mod snippet;
mod statements;
mod states;
mod values;
mod views;

use std::collections::BTreeMap;

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Row as _};

use crate::access::Settings;
use crate::access::audit::rights::Rights;
use crate::catalog::{Catalog, Name, QName};
use crate::config::{Archetype, Declared};
use crate::{Error, Result};

pub use cells::{Action, Cell};
pub use compare::{RULES, findings, unknown};
pub use expect::{Access, Expected, Word};
pub use files::buckets;
pub use identities::{Identity, Sender, Whose};
pub use pgtap::is_pgtap;

use cells::Ground;
use rows::{Key, Maker, Persona, World};
use shape::{Shape, Table};
use statements::Group;
use states::States;
use views::Views;

/// How a test is run.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// The settings that tell a session who has signed in, as `setting=value;…` with `{user}` and `{role}`; `None` for what
    /// the source of claims says.
    pub login: Option<String>,
    /// What is declared of tables.
    pub archetypes: BTreeMap<QName, Declared>,
    /// The bucket of Supabase's storage whose files are tested; `None` for none.
    pub files: Option<Files>,
    /// Whether others use the database: then no statement touches more than the rows that were made.
    pub live: bool,
}

/// Files of one bucket.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Files {
    /// The bucket's key.
    pub bucket: String,
    /// Whether their paths begin with the keys of tenants, rather than of users.
    pub by_tenant: bool,
}

/// Rows, and who looks at them: all that statements are tried on.
pub struct Stage<'a> {
    /// Who tries the statements.
    pub identities: Vec<Identity>,
    /// The tables and views that cannot be tested, and why.
    pub untestable: BTreeMap<QName, String>,
    shape: Shape<'a>,
    views: Views<'a>,
    world: World,
    personas: Vec<Persona>,
    rights: Rights<'a>,
    /// Where rows are, by table and place.
    places: BTreeMap<(QName, Key), (String, String)>,
    states: BTreeMap<QName, States>,
    told: Vec<(String, String)>,
    files: Option<Files>,
    live: bool,
}

/// What was tried, and what came of it.
pub struct Tested<'s, 'a> {
    /// What it was tried on.
    pub stage: &'s Stage<'a>,
    /// What was tried on each table and view, by the number of the identity.
    pub tables: BTreeMap<QName, Vec<Vec<(Cell, Outcome)>>>,
    /// The tables and views that could not be tested to the end, and why.
    pub unfinished: BTreeMap<QName, String>,
}

/// What came of a statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It reached a row. A constraint that stopped it afterwards tells no less.
    Allowed,
    /// It reached some rows of a table: whose.
    Reached(Vec<Whose>),
    /// It found no row.
    Filtered,
    /// A policy refused the new row (42501), or a view's check did (44000).
    Refused {
        /// The SQLSTATE.
        code: String,
    },
    /// The role has no privilege (42501).
    Denied,
    /// It failed in another way.
    Failed {
        /// The SQLSTATE.
        code: String,
        /// PostgreSQL's message.
        message: String,
    },
}

/// Archetypes of tables that have rows for everybody to read.
const OPEN: [Archetype; 2] = [Archetype::PublicRead, Archetype::Reference];

/// How long one block of statements may take, and how long it waits for a lock.
const LIMITS: &str = "SET LOCAL statement_timeout = '60s'; SET LOCAL lock_timeout = '5s'; \
    SET LOCAL idle_in_transaction_session_timeout = '60s'; SET LOCAL client_min_messages = 'error'";

/// Makes rows in the tables that `is_tested` names, in the transaction that it begins on `connection`: who calls it rolls it
/// back ([`leave`]). `catalog` is the whole of what the connection leads to, read with the default scope.
///
/// # Errors
/// Where the session may not become one of the roles, nothing says how it signs in, or the connection is lost: never
/// where a table cannot be tested, which is told in the result.
pub async fn prepare<'a>(
    connection: &mut PgConnection,
    catalog: &'a Catalog,
    settings: &Settings,
    wish: &Wish,
    is_tested: impl Fn(&QName) -> bool,
) -> Result<Stage<'a>> {
    require_roles(connection, settings).await?;
    run(connection, "BEGIN").await?;
    run(connection, LIMITS).await?;
    let is_tested = |name: &QName| is_tested(name) || wish.files.is_some() && *name == shape::files();
    let shape = Shape::new(catalog, settings, wish, is_tested);
    let personas = identities::personas(&shape, &identities::told_roles(wish).1);
    let bounds = partition_bounds(connection, catalog).await?;
    let mut maker = Maker::new(connection, &shape, &personas, bounds);
    maker.make().await?;
    let identities = identities::identities(&shape, settings, &personas, &maker.world, wish)?;
    let views = views::look(&mut maker, catalog, &identities, is_tested, wish.live).await?;
    let world = maker.world;
    let mut untestable = world.failed.clone();
    untestable.retain(|name, _| shape.tables.get(name).is_none_or(|table| table.is_tested));
    untestable.extend(views.untestable.clone());
    // What else cannot be tested is told of without files, too.
    untestable.retain(|name, _| wish.files.is_none() || *name == shape::files());
    let told = identities.iter().filter(|identity| identity.persona.is_some());
    let mut stage = Stage {
        places: places(connection, &shape, &world).await?,
        rights: Rights::new(catalog, settings),
        states: BTreeMap::new(),
        told: told.flat_map(|identity| identity.settings.clone()).collect(),
        identities,
        untestable,
        shape,
        views,
        world,
        personas,
        files: wish.files.clone(),
        live: wish.live,
    };
    stage.states = states::plan(connection, &stage.ground(), &stage.identities).await?;
    Ok(stage)
}

/// Takes everything back.
///
/// # Errors
/// Where the connection is lost; then the server does it.
pub async fn leave(connection: &mut PgConnection) -> Result<()> {
    run(connection, "ROLLBACK").await
}

impl<'a> Stage<'a> {
    /// Runs everything as everybody, and takes each statement back: on the files of the bucket alone, where one is wished.
    ///
    /// # Errors
    /// Where the connection is lost.
    pub async fn run(&self, connection: &mut PgConnection) -> Result<Tested<'_, 'a>> {
        self.run_on(connection, |name| self.files.is_none() || *name == shape::files())
            .await
    }

    /// As [`Self::run`], on those tables and views that `is_wanted` names.
    ///
    /// # Errors
    /// Where the connection is lost.
    pub async fn run_on(
        &self,
        connection: &mut PgConnection,
        is_wanted: impl Fn(&QName) -> bool,
    ) -> Result<Tested<'_, 'a>> {
        let mut tested = Tested {
            stage: self,
            tables: BTreeMap::new(),
            unfinished: BTreeMap::new(),
        };
        let ground = self.ground();
        let has_rows = |name: &QName| self.world.rows.contains_key(name);
        let tables = self
            .shape
            .tables
            .iter()
            .filter(|(name, table)| table.is_tested && has_rows(name));
        for (name, table) in tables.chain(&self.views.tables).filter(|(name, _)| is_wanted(name)) {
            let mut tried = Vec::new();
            for identity in &self.identities {
                let cells = ground.cells(identity, table);
                match run_cells(connection, identity, &cells, &self.personas).await? {
                    Ok(outcomes) => {
                        let both = cells.into_iter().zip(outcomes);
                        // Claims and values that are made up may be none that an expression can read.
                        let both = both.filter(|(cell, outcome)| {
                            cell.state.is_none() || !matches!(outcome, Outcome::Failed { .. })
                        });
                        tried.push(both.collect());
                    }
                    Err(why) => {
                        let why = format!("as {}: {why}", identity.name);
                        tested.unfinished.insert(name.clone(), why);
                        tried.push(Vec::new());
                    }
                }
            }
            tested.tables.insert(name.clone(), tried);
        }
        Ok(tested)
    }

    fn ground(&self) -> Ground<'_> {
        Ground {
            shape: &self.shape,
            world: &self.world,
            views: &self.views.rows,
            personas: &self.personas,
            rights: &self.rights,
            places: &self.places,
            blind: !self.live,
            states: &self.states,
            told: &self.told,
        }
    }

    /// What a table or view is called where it is told of: of files, with their bucket.
    pub fn title(&self, name: &QName) -> String {
        match &self.files {
            Some(Files { bucket, by_tenant }) if *name == shape::files() => {
                let whose = if *by_tenant { ", by tenant" } else { "" };
                format!("{name} ({bucket}{whose})")
            }
            _ => name.to_string(),
        }
    }

    /// Whether everybody may read the files of the bucket by their addresses anyway.
    fn is_public_bucket(&self) -> bool {
        let buckets = self.world.rows.get(&QName::new("storage", "buckets"));
        let mut rows = buckets.into_iter().flat_map(BTreeMap::values);
        rows.any(|row| {
            row.values
                .get("public")
                .is_some_and(|value| value.as_deref() == Some("true"))
        })
    }

    /// What is known of a table or view.
    fn table(&self, name: &QName) -> Option<&Table<'a>> {
        self.shape.tables.get(name).or_else(|| self.views.tables.get(name))
    }
}

/// Runs the cells as the identity, each of them taken back; why they could not be run, where that is so.
async fn run_cells(
    connection: &mut PgConnection,
    identity: &Identity,
    cells: &[Cell],
    personas: &[Persona],
) -> Result<Result<Vec<Outcome>, String>> {
    if cells.is_empty() {
        return Ok(Ok(Vec::new()));
    }
    // What is tried in the same state is tried together.
    let mut numbers = (0..cells.len()).collect::<Vec<_>>();
    numbers.sort_by_key(|number| (&cells[*number].setup, *number));
    let mut groups = Vec::<Group<'_>>::new();
    for number in &numbers {
        let cell = &cells[*number];
        let setup = cell.setup.as_deref();
        if groups.last().is_none_or(|group| group.setup != setup) {
            groups.push(Group {
                setup,
                statements: Vec::new(),
            });
        }
        if let Some(group) = groups.last_mut() {
            group.statements.push((&cell.statement, cell.check.as_deref()));
        }
    }
    let mut message = String::from("SAVEPOINT pgkeel_cells;");
    for (setting, to) in &identity.settings {
        message.push_str(&statements::set_config(setting, to));
        message.push(';');
    }
    message.push_str(&statements::become_role(&identity.role));
    message.push(';');
    message.push_str(&statements::block(&groups));
    message.push_str(
        ";SELECT current_setting('pgkeel.results');ROLLBACK TO SAVEPOINT pgkeel_cells;RELEASE SAVEPOINT pgkeel_cells",
    );
    let rows = match sqlx::raw_sql(AssertSqlSafe(message)).fetch_all(&mut *connection).await {
        Ok(rows) => rows,
        Err(sqlx::Error::Database(error)) => {
            let why = error.message().to_owned();
            run(
                connection,
                "ROLLBACK TO SAVEPOINT pgkeel_cells; RELEASE SAVEPOINT pgkeel_cells",
            )
            .await?;
            return Ok(Err(why));
        }
        Err(error) => return Err(rows::lost(&error)),
    };
    let text = rows.last().map(|row| row.try_get::<String, _>(0)).transpose();
    let text = text.map_err(|error| rows::lost(&error))?.unwrap_or_default();
    let results = serde_json::from_str::<Vec<(String, Option<String>, Option<String>)>>(&text)
        .map_err(|error| Error::new(format!("the test's results cannot be read: {error}")))?;
    let mut outcomes = vec![Outcome::Denied; cells.len()];
    for (number, (result, hit, message)) in numbers.into_iter().zip(results) {
        outcomes[number] = outcome(&cells[number], identity, personas, &result, hit.as_deref(), message);
    }
    settle_blind(identity, cells, personas, &mut outcomes);
    Ok(Ok(outcomes))
}

/// A statement without a condition that a constraint stops has reached rows: those that the same with a condition
/// reaches, and where that reaches none, any.
fn settle_blind(identity: &Identity, cells: &[Cell], personas: &[Persona], outcomes: &mut [Outcome]) {
    for at in 0..cells.len() {
        let plain = match cells[at].action {
            Action::BlindUpdate => Action::Update,
            Action::BlindDelete => Action::Delete,
            _ => continue,
        };
        if !matches!(&outcomes[at], Outcome::Failed { code, .. } if code.starts_with("23")) {
            continue;
        }
        let same = cells
            .iter()
            .zip(outcomes.iter())
            .filter(|(cell, _)| cell.action == plain);
        let same = same.filter(|(cell, outcome)| cell.state.is_none() && **outcome == Outcome::Allowed);
        let mut reached = same.map(|(cell, _)| cell.whose).collect::<Vec<_>>();
        if reached.is_empty() {
            let all = cells[at].rows.iter();
            reached.extend(all.map(|key| identities::whose(personas, identity.persona, *key)));
        }
        reached.sort();
        reached.dedup();
        outcomes[at] = Outcome::Reached(reached);
    }
}

fn outcome(
    cell: &Cell,
    identity: &Identity,
    personas: &[Persona],
    result: &str,
    hit: Option<&str>,
    message: Option<String>,
) -> Outcome {
    let Some(message) = message else {
        if cell.check.is_some() {
            let numbers = hit
                .unwrap_or_default()
                .split(',')
                .filter_map(|number| number.parse::<usize>().ok());
            let keys = numbers.filter_map(|number| cell.rows.get(number));
            let mut reached = keys
                .map(|key| identities::whose(personas, identity.persona, *key))
                .collect::<Vec<_>>();
            reached.sort();
            reached.dedup();
            return if reached.is_empty() {
                Outcome::Filtered
            } else {
                Outcome::Reached(reached)
            };
        }
        return if result == "0" && cell.action != Action::Truncate {
            Outcome::Filtered
        } else {
            Outcome::Allowed
        };
    };
    match result {
        "42501" if message.contains("row-level security") => Outcome::Refused {
            code: result.to_owned(),
        },
        "42501" => Outcome::Denied,
        "44000" => Outcome::Refused {
            code: result.to_owned(),
        },
        // Policies and privileges are asked before constraints are.
        code if code.starts_with("23") && cell.check.is_none() => Outcome::Allowed,
        "0A000" | "55006" if cell.action == Action::Truncate => Outcome::Allowed,
        code => Outcome::Failed {
            code: code.to_owned(),
            message,
        },
    }
}

/// Where every row is now.
async fn places(
    connection: &mut PgConnection,
    shape: &Shape<'_>,
    world: &World,
) -> Result<BTreeMap<(QName, Key), (String, String)>> {
    let mut places = BTreeMap::new();
    for (name, rows) in &world.rows {
        let Some(table) = shape.tables.get(name).filter(|table| table.is_tested) else {
            continue;
        };
        for (key, made) in rows {
            let condition = table.key_condition(made).unwrap_or_else(|| {
                let values = made.values.iter().map(|(column, value)| (column, value.as_deref()));
                statements::equals_as_text(values)
            });
            let sql = statements::places(name, &condition);
            let row = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_optional(&mut *connection).await;
            if let Some(row) = row.map_err(|error| rows::lost(&error))? {
                let at = |column| row.try_get::<String, _>(column).map_err(|error| rows::lost(&error));
                places.insert((name.clone(), *key), (at(0)?, at(1)?));
            }
        }
    }
    Ok(places)
}

/// What rows of partitions, and of partitioned tables without a default partition, have to fulfil.
async fn partition_bounds(connection: &mut PgConnection, catalog: &Catalog) -> Result<BTreeMap<QName, String>> {
    let rows = sqlx::raw_sql(include_str!("sql/partition_bounds.sql"))
        .fetch_all(connection)
        .await;
    let rows = rows.map_err(|error| rows::lost(&error))?;
    let mut bounds = BTreeMap::new();
    for row in rows {
        let text = |column| {
            row.try_get::<Option<String>, _>(column)
                .map_err(|error| rows::lost(&error))
        };
        if let (Some(schema), Some(name), Some(condition)) = (text("schema")?, text("name")?, text("condition")?) {
            bounds.insert(QName::new(schema, name), condition);
        }
    }
    let mut roots = BTreeMap::<QName, Option<Vec<String>>>::new();
    for relation in &catalog.relations {
        let Some(place) = &relation.partition_of else { continue };
        let of_root = roots.entry(place.parent.clone()).or_insert_with(|| Some(Vec::new()));
        match bounds.get(&relation.name).filter(|_| place.bound != "DEFAULT") {
            Some(bound) => of_root.iter_mut().for_each(|all| all.push(format!("({bound})"))),
            None => *of_root = None,
        }
    }
    for (root, all) in roots {
        if let Some(all) = all {
            bounds.entry(root).or_insert_with(|| all.join(" OR "));
        }
    }
    Ok(bounds)
}

/// The roles of the server, by name.
///
/// # Errors
/// Where the connection is lost.
pub async fn roles(connection: &mut PgConnection) -> Result<Vec<Name>> {
    Ok(memberships(connection).await?.into_keys().collect())
}

/// The roles of the server, and whether the session can become them.
async fn memberships(connection: &mut PgConnection) -> Result<BTreeMap<Name, bool>> {
    let rows = sqlx::raw_sql(include_str!("sql/roles.sql")).fetch_all(connection).await;
    let rows = rows.map_err(|error| rows::lost(&error))?;
    let pairs = rows.iter().map(|row| {
        let name = row.try_get::<String, _>("name").map_err(|error| rows::lost(&error))?;
        let is_member = row
            .try_get::<bool, _>("is_member")
            .map_err(|error| rows::lost(&error))?;
        Ok((Name::from(name), is_member))
    });
    pairs.collect()
}

/// The session has to be able to become every role.
async fn require_roles(connection: &mut PgConnection, settings: &Settings) -> Result<()> {
    if settings.outside.is_empty() {
        return Err(Error::new("there is no role to test: none comes from outside").with_hint(
            "name them in pgkeel.toml: [rls] roles = [\"app_user\"]; without it they are anon and authenticated, where there are such",
        ));
    }
    let members = memberships(connection).await?;
    for role in settings.outside.iter().chain(&settings.service) {
        match members.get(role) {
            Some(true) => {}
            Some(false) => {
                return Err(
                    Error::new(format!("the session may not become the role `{role}`")).with_hint(format!(
                        "connect as a superuser, or let the role in the URL do it: GRANT {role} TO …"
                    )),
                );
            }
            None => {
                return Err(Error::new(format!("there is no role `{role}` on this server"))
                    .with_hint("create it, or name the roles that there are in [rls] roles and service"));
            }
        }
    }
    Ok(())
}

/// Runs a statement in a savepoint; where the server refuses it, nothing has happened, and its message is given.
async fn attempt(connection: &mut PgConnection, sql: &str) -> Result<Option<String>> {
    run(connection, "SAVEPOINT pgkeel_attempt").await?;
    match sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *connection).await {
        Ok(_) => {
            run(connection, "RELEASE SAVEPOINT pgkeel_attempt").await?;
            Ok(None)
        }
        Err(sqlx::Error::Database(error)) => {
            let message = error.message().to_owned();
            run(
                connection,
                "ROLLBACK TO SAVEPOINT pgkeel_attempt; RELEASE SAVEPOINT pgkeel_attempt",
            )
            .await?;
            Ok(Some(message))
        }
        Err(error) => Err(rows::lost(&error)),
    }
}

async fn run(connection: &mut PgConnection, sql: &'static str) -> Result<()> {
    let ran = sqlx::raw_sql(sql).execute(connection).await;
    ran.map(|_| ()).map_err(|error| rows::lost(&error))
}
