//! Reads a live database into a catalog.
//!
//! One family of rows is one query in `sql/` and one file beside it. All queries go to the server in one message of the
//! simple protocol: one round trip, no prepared statements, so that a transaction-mode pooler does not mind, and one
//! snapshot. What they give are raw catalog rows; names, types and the like are put together here (`names`), because
//! asking the server for them object by object is what makes reading slow.

pub mod connect;
pub mod facts;
pub mod fingerprint;
pub mod nullability;
pub mod planner_statistics;
pub mod usage;

mod acl;
mod collations;
mod columns;
mod comments;
mod constraints;
mod data_types;
mod depends;
mod event_triggers;
pub mod events;
mod extensions;
mod foreign;
mod grants;
mod indexes;
mod lanes;
mod languages;
mod names;
mod operators;
mod ours;
mod policies;
mod publications;
mod query;
mod reach;
mod relations;
mod roles;
mod routines;
mod rules;
mod schemas;
mod sequences;
mod text_search;
mod triggers;
mod types;
mod unmodelled;
mod values;
mod views;

use std::collections::{BTreeSet, HashMap, HashSet};

use futures_util::TryStreamExt as _;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Either, PgConnection};

use crate::Result;
use crate::catalog::relation::ForeignOption;
use crate::catalog::scope::Scope;
use crate::catalog::types::Attribute;
use crate::catalog::{Catalog, Draft};
use crate::diagnostic::Diagnostic;

pub use crate::catalog::scope::Depth;
use indexes::IndexColumn;
use lanes::Lanes;
use names::Names;
use query::Opening;
use values::Oid;
use views::Evidence;

/// What a warning says of a family of rows that the role may not read.
pub const REFUSED: &str = "the role may not read them, so they are left out";

/// As [`read`], by more connections to `url` where the schema is large and they can be had.
///
/// # Errors
/// As [`read`].
pub async fn read_by_several(
    connection: &mut PgConnection,
    url: &str,
    scope: &Scope,
    depth: Depth,
) -> Result<(Catalog, Vec<Diagnostic>)> {
    let major = query::major(connection).await?;
    if let Some(lanes) = Lanes::open(connection, url).await {
        let families = FAMILIES
            .iter()
            .filter(|family| family.depth <= depth)
            .collect::<Vec<_>>();
        let mut reader = Reader::new(scope, depth, major);
        match lanes::read_families(connection, lanes, &mut reader, &families).await {
            Ok(()) => return Ok(reader.finish(&BTreeSet::new())),
            // What one connection cannot read either, it says best.
            Err(_) => query::rollback(connection).await,
        }
    }
    read(connection, scope, depth).await
}

/// Reads the database behind `connection` as far as `scope` and `depth` say. What the role may not read is left out and
/// named in a warning.
///
/// # Errors
/// Where the connection is lost or is in a transaction already, or the server fails: the message names the family that
/// was being read.
pub async fn read(connection: &mut PgConnection, scope: &Scope, depth: Depth) -> Result<(Catalog, Vec<Diagnostic>)> {
    let major = query::major(connection).await?;
    let mut refused = BTreeSet::new();
    loop {
        let families = FAMILIES
            .iter()
            .filter(|family| family.depth <= depth && !refused.contains(family.name));
        let families = families.collect::<Vec<_>>();
        let mut reader = Reader::new(scope, depth, major);
        match read_families(connection, &mut reader, &families).await {
            Ok(()) => return Ok(reader.finish(&refused)),
            Err(failure) if failure.is_refusal() && failure.family.is_some_and(|family| !family.essential) => {
                query::rollback(connection).await;
                refused.extend(failure.family.map(|family| family.name));
            }
            Err(failure) => {
                query::rollback(connection).await;
                return Err(failure.explain());
            }
        }
    }
}

/// One query and what takes its rows.
struct Family {
    /// What is read, in the user's words; the query's file has the same name.
    name: &'static str,
    sql: &'static str,
    /// The least depth that needs it.
    depth: Depth,
    /// Whether nothing can be read without it.
    essential: bool,
    take: fn(&mut Reader<'_>, &PgRow) -> sqlx::Result<()>,
}

/// Declares the families: `file: function, depth`, and `essential` where nothing can be read without it.
macro_rules! families {
    ($($name:literal: $take:path, $depth:ident $($essential:ident)?;)+) => {
        &[$(Family {
            name: $name,
            sql: include_str!(concat!("sql/", $name, ".sql")),
            depth: Depth::$depth,
            essential: families!(@essential $($essential)?),
            take: $take,
        },)+]
    };
    (@essential essential) => { true };
    (@essential) => { false };
}

/// Every family, in an order in which each finds the names that it needs.
const FAMILIES: &[Family] = families! {
    "roles": roles::take, Types essential;
    "extensions": extensions::take, Types essential;
    "extension_members": extensions::take_member, Types essential;
    "extension_defaults": extensions::take_default, Whole;
    "schemas": schemas::take, Types essential;
    "collation_names": schemas::take_collation_name, Types essential;
    "data_types": data_types::take, Types essential;
    "operator_names": schemas::take_operator_name, Whole;
    "opclass_names": indexes::take_opclass_name, Types;
    "foreign_options": foreign::take_option, Whole;
    "relations": relations::take, Types essential;
    "inherits": relations::take_inherits, Types essential;
    "columns": columns::take, Types essential;
    "defaults": columns::take_default, Types essential;
    "partitions": relations::take_partition, Types essential;
    "foreign_tables": relations::take_foreign_table, Types;
    "views": views::take, Types;
    "routine_names": routines::take_name, Whole;
    "routines": routines::take, Types;
    "aggregates": routines::take_aggregate, Whole;
    "types": types::take, Types essential;
    "view_queries": views::take_query, Types;
    "function_facts": views::take_function_facts, Types;
    "domain_constraints": constraints::take_domain, Types;
    "constraints": constraints::take, Types;
    "index_columns": indexes::take_column, Whole;
    "indexes": indexes::take, Types;
    "sequences": sequences::take, Whole;
    "statistics": indexes::take_statistics, Whole;
    "memberships": roles::take_membership, Whole;
    "languages": languages::take, Whole;
    "access_methods": languages::take_access_method, Whole;
    "transforms": languages::take_transform, Whole;
    "collations": collations::take, Whole;
    "conversions": collations::take_conversion, Whole;
    "casts": operators::take_cast, Whole;
    "operators": operators::take, Whole;
    "operator_families": operators::take_family, Whole;
    "operator_classes": operators::take_class, Whole;
    "family_operators": operators::take_family_operator, Whole;
    "family_functions": operators::take_family_function, Whole;
    "text_search_parsers": text_search::take_parser, Whole;
    "text_search_templates": text_search::take_template, Whole;
    "text_search_dictionaries": text_search::take_dictionary, Whole;
    "text_search_configurations": text_search::take_configuration, Whole;
    "text_search_mappings": text_search::take_mapping, Whole;
    "foreign_data_wrappers": foreign::take_wrapper, Whole;
    "servers": foreign::take_server, Whole;
    "user_mappings": foreign::take_user_mapping, Whole;
    "rules": rules::take, Whole;
    "triggers": triggers::take, Whole;
    "event_triggers": event_triggers::take, Whole;
    "policies": policies::take, Whole;
    "publications": publications::take, Whole;
    "publication_tables": publications::take_table, Whole;
    "publication_schemas": publications::take_schema, Whole;
    "subscriptions": publications::take_subscription, Whole;
    "grants": grants::take, Whole;
    "default_privileges": grants::take_default, Whole;
    "comments": comments::take, Types;
    "security_labels": comments::take_label, Whole;
    "edges": depends::take, Whole;
    "unmodelled": unmodelled::take, Whole;
};

/// A reading under way.
struct Reader<'a> {
    scope: &'a Scope,
    depth: Depth,
    /// The server's major version.
    major: u32,
    names: Names,
    draft: Draft,
    /// Attributes of composite types by the types' classes, with their numbers.
    attributes: HashMap<Oid, Vec<(i16, Attribute)>>,
    /// Types that have a row.
    kept_types: HashSet<Oid>,
    /// Places of routines in the draft.
    routines: HashMap<Oid, usize>,
    /// What columns of indexes have that is not usual, by index and number.
    index_columns: HashMap<(Oid, i16), IndexColumn>,
    /// The draft's indexes, in its order.
    indexes: Vec<Oid>,
    evidence: Evidence,
    /// Options of foreign objects by catalog, object and column, until their object takes them.
    foreign_options: HashMap<(Oid, Oid, i32), Vec<ForeignOption>>,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    fn new(scope: &'a Scope, depth: Depth, major: u32) -> Self {
        let mut draft = Draft::default();
        draft.server.major = major;
        Self {
            scope,
            depth,
            major,
            names: Names::default(),
            draft,
            attributes: HashMap::new(),
            kept_types: HashSet::new(),
            routines: HashMap::new(),
            index_columns: HashMap::new(),
            indexes: Vec::new(),
            evidence: Evidence::default(),
            foreign_options: HashMap::new(),
            diagnostics: Vec::new(),
        }
    }

    fn finish(mut self, refused: &BTreeSet<&str>) -> (Catalog, Vec<Diagnostic>) {
        self.diagnostics.extend(refused.iter().map(|family| {
            Diagnostic::gap(*family, REFUSED).with_hint("read with a role that can see the system catalogs")
        }));
        indexes::attach(&mut self);
        views::prove(&mut self);
        columns::arrange(&mut self);
        depends::settle(&mut self.draft.edges);
        roles::prune(&mut self.draft, &self.scope.roles);
        self.diagnostics.extend(unmodelled::warnings(&self.draft.unmodelled));
        self.diagnostics.sort();
        let mut catalog = self.draft.finish();
        let data_types = self.names.into_data_types().map(|row| (row.sql.clone(), row)).collect();
        reach::prune(&mut catalog, data_types);
        (catalog, self.diagnostics)
    }
}

/// Sends everything in one message and hands each row to its family.
async fn read_families<'f>(
    connection: &mut PgConnection,
    reader: &mut Reader<'_>,
    families: &[&'f Family],
) -> Result<(), query::Failure<'f>> {
    let message = query::message(families.iter().map(|family| family.sql), reader, Opening::Begins);
    let mut results = sqlx::raw_sql(AssertSqlSafe(message)).fetch_many(connection);
    let mut done = 0;
    loop {
        let family = usize::checked_sub(done, Opening::Begins.statements()).and_then(|at| families.get(at).copied());
        let fail = |source| query::Failure { family, source };
        match results.try_next().await.map_err(fail)? {
            None => return Ok(()),
            Some(Either::Left(_)) => done += 1,
            Some(Either::Right(row)) => {
                if let Some(family) = family {
                    (family.take)(reader, &row).map_err(fail)?;
                }
            }
        }
    }
}
