//! What is there.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::{Value, json};

use super::Inner;
use crate::access::audit::matrix::matrix;
use crate::catalog::constraint::{Constraint, ConstraintKind};
use crate::catalog::lookup::RelationRef;
use crate::catalog::relation::RelationKind;
use crate::catalog::scope::{Platform, Standing};
use crate::catalog::{Catalog, ObjectId, QName};
use crate::cli::findings::json;
use crate::cli::rls::audit::{self, Ground};
use crate::cli::{advise, lint};
use crate::codegen::{self, choose, lower};
use crate::config::load::unknown;
use crate::config::{Generate, Lang};
use crate::diagnostic::{Diagnostic, Severity};
use crate::introspect::Depth;
use crate::lint::Run;
use crate::sql::split_name;
use crate::{Error, Result};

/// One line for each relation, type and routine of ours.
pub(super) async fn schema(server: &Inner, like: Option<&str>) -> Result<String> {
    let reading = server.reading()?;
    let (catalog, _) = reading.read(Depth::Whole, server.report).await?;
    let ours = |name: &QName| reading.scope.standing(&name.schema) == Standing::Ours;
    let like = like.map(str::to_lowercase);
    let mut text = String::new();
    let mut push = |kind: &str, name: String, object: &ObjectId| {
        if like.as_ref().is_some_and(|like| !name.to_lowercase().contains(like)) {
            return;
        }
        let comment = catalog.comment(object).and_then(|comment| comment.lines().next());
        let _ = match comment {
            Some(comment) => writeln!(text, "{kind} {name}: {comment}"),
            None => writeln!(text, "{kind} {name}"),
        };
    };
    for row in catalog.relations.iter().filter(|row| ours(&row.name)) {
        push(kind(row.kind), row.name.to_string(), &row.object());
    }
    for row in catalog.types.iter().filter(|row| ours(&row.name)) {
        push("type", row.name.to_string(), &ObjectId::Type(row.name.clone()));
    }
    for row in catalog.routines.iter().filter(|row| ours(&row.id.name)) {
        push("routine", row.id.to_string(), &ObjectId::Routine(row.id.clone()));
    }
    if text.is_empty() {
        text.push_str("nothing\n");
    }
    Ok(text)
}

fn kind(kind: RelationKind) -> &'static str {
    match kind {
        RelationKind::Table => "table",
        RelationKind::PartitionedTable => "partitioned table",
        RelationKind::View => "view",
        RelationKind::MaterializedView => "materialized view",
        RelationKind::ForeignTable => "foreign table",
    }
}

/// The rows of a relation, as a snapshot has them.
pub(super) async fn table(server: &Inner, name: &str) -> Result<String> {
    let (catalog, _) = server.reading()?.read(Depth::Whole, server.report).await?;
    let relation = find(&catalog, name)?;
    let row = relation.row;
    let is_of_it = |object: &ObjectId| match object {
        ObjectId::Column(relation, _) => *relation == row.name,
        object => *object == row.object(),
    };
    let leads_here = |constraint: &&Constraint| matches!(&constraint.kind, ConstraintKind::ForeignKey(key) if key.references == row.name);
    let all = json!({
        "relation": value(row)?,
        "columns": value(relation.columns())?,
        "constraints": value(relation.constraints())?,
        "indexes": value(&catalog.indexes.iter().filter(|index| index.relation == row.name).collect::<Vec<_>>())?,
        "triggers": value(relation.triggers())?,
        "policies": value(relation.policies())?,
        "grants": value(&catalog.grants.iter().filter(|grant| is_of_it(&grant.object)).collect::<Vec<_>>())?,
        "comments": value(&catalog.comments.iter().filter(|comment| is_of_it(&comment.object)).collect::<Vec<_>>())?,
        "referenced_by": value(&catalog.constraints.iter().filter(leads_here).collect::<Vec<_>>())?,
    });
    serde_json::to_string_pretty(&all).map_err(|error| Error::new(format!("cannot write {name}: {error}")))
}

fn value(rows: &(impl Serialize + ?Sized)) -> Result<Value> {
    serde_json::to_value(rows).map_err(|error| Error::new(format!("cannot write what was read: {error}")))
}

/// The relation of that name, with its schema or, where it is the only one, without.
fn find<'a>(catalog: &'a Catalog, name: &str) -> Result<RelationRef<'a>> {
    let parts = split_name(name).unwrap_or_else(|| vec![name.to_owned()]);
    let named = catalog.relation_refs().filter(|relation| match parts.as_slice() {
        [schema, table] => relation.row.name.schema == *schema && relation.row.name.name == *table,
        [table] => relation.row.name.name == *table,
        _ => false,
    });
    let named = named.collect::<Vec<_>>();
    let names = |relations: &[RelationRef<'_>]| {
        let names = relations.iter().map(|relation| relation.row.name.to_string());
        names.collect::<Vec<_>>()
    };
    match named.as_slice() {
        [one] => Ok(*one),
        [] => {
            let known = names(&catalog.relation_refs().collect::<Vec<_>>());
            let known = known.iter().map(String::as_str).collect::<Vec<_>>();
            Err(unknown(format!("there is no table or view `{name}`"), name, &known))
        }
        several => Err(Error::new(format!("several schemas have a `{name}`"))
            .with_hint(format!("name one: {}", names(several).join(", ")))),
    }
}

/// Who can do what, with one relation or with all.
pub(super) async fn access(server: &Inner, table: Option<&str>) -> Result<String> {
    let mut reading = server.reading()?;
    reading.wants_facts = true;
    let side = reading.side(Depth::Whole, server.report).await?;
    let wanted = table.map(|name| find(&side.catalog, name)).transpose()?;
    let wanted = wanted.map(|relation| relation.row.name.to_string());
    let ground = Ground::of(&side, &server.project, server.report)?;
    let mut cells = matrix(&ground.context(&side));
    cells.retain(|cell| wanted.as_ref().is_none_or(|name| cell.object == *name));
    Ok(with_warnings(
        audit::matrix::human(&cells),
        side.diagnostics.iter().chain(&ground.gap),
    ))
}

/// What is wrong with access.
pub(super) async fn audit(server: &Inner) -> Result<String> {
    let mut reading = server.reading()?;
    reading.wants_facts = true;
    let side = reading.side(Depth::Whole, server.report).await?;
    let ground = Ground::of(&side, &server.project, server.report)?;
    let (found, noticed) = audit::found(&ground.context(&side), &[], &server.project)?;
    let warnings = side.diagnostics.iter().chain(&ground.gap).chain(&noticed);
    Ok(with_warnings(json::text(&found), warnings))
}

/// What could be better.
pub(super) async fn advice(server: &Inner) -> Result<String> {
    let mut reading = server.reading()?;
    reading.wants_usage = true;
    reading.wants_facts = true;
    let side = reading.side(Depth::Whole, server.report).await?;
    let (found, noticed) = advise::all_found(&side, &[], &server.project)?;
    Ok(with_warnings(
        json::text(&found),
        side.diagnostics.iter().chain(&noticed),
    ))
}

/// The text, and what could not be looked at: without that, it would look complete.
fn with_warnings<'a>(mut text: String, noticed: impl Iterator<Item = &'a Diagnostic>) -> String {
    for noticed in noticed.filter(|noticed| noticed.severity == Severity::Warning) {
        let _ = writeln!(text, "warning: {}: {}", noticed.subject, noticed.message);
    }
    text
}

/// What statements would do.
pub(super) async fn lint(server: &Inner, sql: String, in_transaction: bool) -> Result<String> {
    let mut reading = server.reading()?;
    reading.wants_usage = true;
    let side = reading.side(Depth::Whole, server.report).await?;
    let is_supabase = reading.scope.platform == Some(Platform::Supabase);
    let run = if in_transaction {
        Run::PerFile
    } else {
        Run::PerStatement
    };
    let (found, noticed) = lint::found(sql, run, &side, is_supabase, &server.project)?;
    Ok(with_warnings(
        json::text(&found),
        side.diagnostics.iter().chain(&noticed),
    ))
}

/// The generated files of one language, of one relation or of all.
pub(super) async fn types(server: &Inner, lang: &str, table: Option<&str>) -> Result<String> {
    let lang: Lang = lang.parse()?;
    let reading = server.reading()?;
    let (catalog, _) = reading.read(Depth::Types, server.report).await?;
    let mut config = server.project.config.clone();
    config.generate.retain(|entry| entry.lang() == lang);
    if config.generate.is_empty() {
        config.generate.push(Generate::new(lang));
    }
    let wanted = table.map(|name| find(&catalog, name)).transpose()?;
    let (mut api, _) = lower::lower(&catalog, &config, &reading.scope);
    if let Some(wanted) = wanted {
        let id = &wanted.row.name;
        let at = api.relations.iter().position(|relation| relation.named.id == *id);
        let at = at.ok_or_else(|| {
            Error::new(format!("`{id}` is left out of the generated types"))
                .with_hint("[scope] of pgkeel.toml says what is ours")
        })?;
        api = choose::relations(&api, &[at]);
    }
    let files = codegen::spell(&api, Vec::new(), &config)?.files;
    Ok(files
        .into_iter()
        .map(|file| file.contents)
        .collect::<Vec<_>>()
        .join("\n"))
}
