//! A catalog as the rules know it.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::constraint::ConstraintKind as Kept;
use crate::catalog::index::Index as IndexRow;
use crate::catalog::relation::RelationKind;
use crate::catalog::routine::{Argument, ArgumentMode, Body, Routine as Row, Volatility};
use crate::catalog::trigger::Event;
use crate::catalog::types::TypeKind;
use crate::catalog::{Catalog, Name, ObjectId, QName};
use crate::lint::calls::Text;
use crate::lint::read::expression;
use crate::lint::read::routines::{is_read_late, of_text};
use crate::lint::read::tables::{parse_bound, parse_partition_key};
use crate::lint::statement::{Arguments, Path, TableKind};
use crate::lint::types::TypeName;

use super::{Column, Constraint, ConstraintKind, Domain, Index, Policy, Relation, Routine, Schema, UserType};

impl Schema {
    /// What a catalog says. `rows` are the tables' sizes, where they are known.
    pub(in crate::lint) fn of(catalog: &Catalog, rows: &BTreeMap<QName, u64>) -> Self {
        let mut schema = Self::unknown(Some(catalog.server.major).filter(|major| *major > 0));
        schema.is_whole = true;
        schema.search_path.push("extensions".into());
        for row in &catalog.relations {
            let kind = match row.kind {
                RelationKind::Table | RelationKind::PartitionedTable => TableKind::Table,
                RelationKind::View => TableKind::View,
                RelationKind::MaterializedView => TableKind::MaterializedView,
                RelationKind::ForeignTable => TableKind::ForeignTable,
            };
            let mut relation = Relation::new(kind, None);
            relation.columns = Some(Vec::new());
            relation.row_security = row.row_security;
            relation.invoker = row.is_security_invoker();
            relation.unlogged = row.unlogged;
            relation.access_method.clone_from(&row.access_method);
            relation.tablespace.clone_from(&row.tablespace);
            relation.partition_key = row.partition_key.as_deref().and_then(parse_partition_key);
            relation.partition_of = row
                .partition_of
                .as_ref()
                .map(|place| (place.parent.clone(), parse_bound(&place.bound)));
            relation.rows = rows.get(&row.name).copied();
            schema.relations.insert(row.name.clone(), relation);
        }
        for row in &catalog.columns {
            let Some(columns) = schema
                .relations
                .get_mut(&row.relation)
                .and_then(|relation| relation.columns.as_mut())
            else {
                continue;
            };
            columns.push(Column {
                name: row.name.clone(),
                data_type: TypeName::parse(&row.data_type),
                collation: row.collation.as_ref().map(|name| Path {
                    schema: Some(name.schema.clone()),
                    name: name.name.clone(),
                }),
                not_null: row.not_null,
                has_default: row.default.is_some() || row.identity.is_some(),
                made_in: None,
            });
        }
        for row in &catalog.constraints {
            let Some(relation) = schema.relations.get_mut(&row.relation) else {
                continue;
            };
            let kind = match &row.kind {
                Kept::PrimaryKey { columns, .. } | Kept::Unique { columns, .. } => {
                    ConstraintKind::Indexed(columns.clone())
                }
                Kept::Exclusion { .. } => ConstraintKind::Indexed(Vec::new()),
                Kept::ForeignKey(_) => ConstraintKind::ForeignKey,
                Kept::Check { expression: text, .. } => ConstraintKind::Check(expression::parse(text)),
                Kept::NotNull { column } => ConstraintKind::NotNull(column.clone()),
            };
            let validated = row.validated && row.enforced;
            let is_primary = matches!(row.kind, Kept::PrimaryKey { .. });
            let constraint = Constraint {
                kind,
                validated,
                is_primary,
            };
            relation.constraints.insert(row.name.clone(), constraint);
        }
        for row in &catalog.indexes {
            if row.clustered {
                schema.clustered.insert(row.relation.clone());
            }
            let index = Index {
                relation: row.relation.clone(),
                keys: row.keys.iter().map(|key| key.column.clone()).collect(),
                mentioned: mentioned(row),
                method: row.method.clone(),
                unique: row.unique,
                partial: row.predicate.is_some(),
                valid: row.valid,
                made_in: None,
            };
            schema.indexes.insert(row.name.clone(), index);
        }
        for row in &catalog.triggers {
            let function = Some(row.function.name.clone());
            let key = (row.relation.clone(), row.name.clone());
            schema.triggers.insert(key, function);
        }
        for row in &catalog.policies {
            if let Some(relation) = schema.relations.get_mut(&row.relation) {
                let policy = Policy {
                    permissive: row.permissive,
                    reads_only: row.command == Some(Event::Select),
                };
                relation.policies.insert(row.name.clone(), policy);
            }
        }
        for row in &catalog.types {
            let known = match &row.kind {
                TypeKind::Enum { labels } => UserType::Enum {
                    made_in: None,
                    labels: labels.iter().cloned().collect(),
                },
                TypeKind::Domain {
                    base,
                    not_null,
                    default,
                    ..
                } => {
                    let checks = catalog.domain_constraints_of(&row.name);
                    UserType::Domain(Domain {
                        base: TypeName::parse(base),
                        constrained: *not_null || !checks.is_empty(),
                        default: default.as_deref().map(expression::parse),
                    })
                }
                _ => UserType::Other,
            };
            schema.types.insert(row.name.clone(), known);
        }
        for row in &catalog.routines {
            schema
                .routines
                .entry(row.id.name.clone())
                .or_default()
                .push(routine(row));
        }
        schema.read_uses(catalog);
        schema
    }

    fn read_uses(&mut self, catalog: &Catalog) {
        for edge in &catalog.edges {
            let ObjectId::Column(table, column) = &edge.to else {
                continue;
            };
            let user = match &edge.from {
                ObjectId::View(name) => format!("the view {name}"),
                ObjectId::MaterializedView(name) => format!("the materialised view {name}"),
                ObjectId::Rule(on, name) => format!("the rule {name} on {on}"),
                ObjectId::Policy(on, name) => format!("the policy {name} on {on}"),
                ObjectId::Trigger(on, name) => format!("the trigger {name} on {on}"),
                ObjectId::Default(on, name) if on != table || name != column => {
                    format!("the generated column {on}.{name}")
                }
                ObjectId::Routine(id) => format!("the function {}", id.name),
                _ => continue,
            };
            self.uses
                .entry((table.clone(), column.clone()))
                .or_default()
                .insert(user);
        }
    }
}

fn mentioned(row: &IndexRow) -> BTreeSet<Name> {
    let texts = row.keys.iter().filter_map(|key| key.expression.as_ref());
    let texts = texts.chain(&row.predicate);
    texts.flat_map(|text| expression::parse(text).columns).collect()
}

fn routine(row: &Row) -> Routine {
    let search_path = |setting: &String| setting.starts_with("search_path=");
    let can_inline = row.language == "sql" && !row.security_definer && row.settings.is_empty() && !row.returns_set;
    let body = match &row.body {
        Body::Source(text) => of_text(text),
        Body::Sql(text) => text.strip_prefix("RETURN ").map(expression::parse),
        _ => None,
    };
    let takes = |argument: &&Argument| !matches!(argument.mode, ArgumentMode::Out | ArgumentMode::Table);
    let taken = row.arguments.iter().filter(takes).collect::<Vec<_>>();
    let is_variadic = |argument: &Argument| argument.mode == ArgumentMode::Variadic;
    let text = match &row.body {
        Body::Source(text) if is_read_late(&row.language) => Some(Text::new(text.clone())),
        _ => None,
    };
    Routine {
        arguments: Arguments {
            types: taken
                .iter()
                .map(|argument| TypeName::parse(&argument.data_type))
                .collect(),
            defaults: taken.iter().filter(|argument| argument.default.is_some()).count(),
            variadic: taken.last().is_some_and(|last| is_variadic(last)),
        },
        body: text,
        volatile: row.volatility == Volatility::Volatile,
        definer: row.security_definer,
        sets_search_path: row.settings.iter().any(search_path),
        inlined: body.filter(|_| can_inline),
    }
}
