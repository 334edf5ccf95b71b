//! Tables and views: what can be read from them, and what can be written.

use std::collections::{BTreeMap, HashMap};
use std::thread;

use super::{Lowering, is_null, present};
use crate::catalog::column::{self, Generated, Identity};
use crate::catalog::constraint::ConstraintKind;
use crate::catalog::lookup::RelationRef;
use crate::catalog::{self, Name, ObjectId};
use crate::codegen::model::{Column, Insert, Relation, RelationKind, Rule, Source, Type};
use crate::config::Override;
use crate::threads::{in_parts, joined};

/// How many relations are worth a thread.
const RELATIONS_A_THREAD: usize = 100;

impl<'a> Lowering<'a> {
    /// The relations of the model, each at its position. What columns are to be by themselves joins the overrides.
    pub(super) fn relations(&self, overrides: &mut Vec<Override>) -> Vec<Relation> {
        let placed = self
            .catalog
            .relation_refs()
            .filter(|relation| self.positions.relations.contains_key(&relation.row.name));
        let (lowered, mut relationships) = thread::scope(|scope| {
            let relationships = scope.spawn(|| self.relationships(&self.shown()));
            let lowered = in_parts(&placed.collect::<Vec<_>>(), RELATIONS_A_THREAD, |_, part| {
                part.iter().map(|&relation| self.relation(relation)).collect::<Vec<_>>()
            });
            (lowered, joined(relationships))
        });
        let lowered = lowered.into_iter().flatten().map(|(mut relation, customs)| {
            relation.relationships = relationships.remove(&relation.named.id).unwrap_or_default();
            for (at, custom) in customs {
                relation.columns[at].custom = Some(overrides.len());
                overrides.push(custom);
            }
            relation
        });
        lowered.collect()
    }

    /// A relation, and what some of its columns are to be, by position.
    fn relation(&self, relation: RelationRef<'a>) -> (Relation, Vec<(usize, Override)>) {
        let row = relation.row;
        let kind = match row.kind {
            catalog::relation::RelationKind::Table | catalog::relation::RelationKind::PartitionedTable => {
                RelationKind::Table
            }
            catalog::relation::RelationKind::ForeignTable => RelationKind::ForeignTable,
            catalog::relation::RelationKind::View => RelationKind::View,
            catalog::relation::RelationKind::MaterializedView => RelationKind::MaterializedView,
        };
        let is_table = matches!(kind, RelationKind::Table | RelationKind::ForeignTable);
        let insertable = is_table || self.takes_inserts(relation);
        let facts = self.facts(relation);
        let mut checks = facts.texts;
        checks.sort();
        let mut customs = Vec::new();
        let columns = relation.columns().iter().enumerate().map(|(at, column)| {
            let (column, custom) = self.column(relation, column, facts.columns.get(&column.name), insertable);
            customs.extend(custom.map(|custom| (at, custom)));
            column
        });
        let columns = columns.collect::<Vec<Column>>();
        let position = |name: &Name| columns.iter().position(|column| column.name == *name);
        let positions = |names: &[Name]| -> Option<Vec<usize>> { names.iter().map(position).collect() };
        let constrained = relation
            .constraints()
            .iter()
            .filter_map(|constraint| match &constraint.kind {
                ConstraintKind::Unique { columns, .. } => positions(columns),
                _ => None,
            });
        let indexed = self
            .unique_indexes
            .get(&row.name)
            .into_iter()
            .flatten()
            .filter_map(|columns| positions(columns));
        let mut unique_keys: Vec<Vec<usize>> = constrained.chain(indexed).collect();
        unique_keys.sort();
        unique_keys.dedup();
        let lowered = Relation {
            named: self.named(&row.name, self.comment(&row.object())),
            kind,
            primary_key: positions(relation.primary_key()).unwrap_or_default(),
            unique_keys,
            insertable,
            updatable: is_table || row.writable.update,
            relationships: Vec::new(),
            computed: Vec::new(),
            partition: row.partition_of.is_some(),
            checks,
            columns,
        };
        (lowered, customs)
    }

    /// A column, and what it is to be by itself.
    fn column(
        &self,
        relation: RelationRef<'a>,
        column: &'a column::Column,
        facts: Option<&ColumnFacts>,
        insertable: bool,
    ) -> (Column, Option<Override>) {
        let comment = self.comment(&ObjectId::Column(relation.row.name.clone(), column.name.clone()));
        let ty = self.ty(&column.data_type);
        let custom = self.setting(&self.config.columns, relation, column).or(comment.custom);
        let mut rules = self.modifier_rules(&column.data_type).to_vec();
        if let Some(facts) = facts {
            let speaking = facts
                .rules
                .iter()
                .filter(|(rule, casts)| self.applies(rule, casts, &ty));
            rules.extend(speaking.map(|(rule, _)| rule.clone()));
        }
        let mut write = self.write(relation, column, facts, &ty);
        if !insertable {
            write.insert = Insert::Never;
        }
        let nullable = match relation.row.kind {
            catalog::relation::RelationKind::View | catalog::relation::RelationKind::MaterializedView => {
                !column.never_null && !comment.not_null
            }
            _ => !self.never_null(relation, column, facts) && !self.refuses_null(&ty),
        };
        let lowered = Column {
            rename: self
                .setting(&self.config.names, relation, column)
                .or_else(|| comment.name.map(crate::config::Name::All)),
            name: column.name.clone(),
            ty,
            sql: column.data_type.clone(),
            nullable,
            write_nullable: write.nullable,
            insert: write.insert,
            update: write.update,
            source: write.source,
            rules,
            custom: None,
            comment: comment.text,
        };
        (lowered, custom)
    }

    /// What the configuration says of this column.
    fn setting<T: Clone>(
        &self,
        settings: &BTreeMap<String, T>,
        relation: RelationRef<'_>,
        column: &column::Column,
    ) -> Option<T> {
        // Most schemas have no settings, and a large one has many columns.
        if settings.is_empty() {
            return None;
        }
        settings
            .get(&format!(
                "{}.{}",
                relation.row.name,
                crate::sql::identifier(&column.name)
            ))
            .cloned()
    }

    /// Whether no row that can be read holds NULL: neither the relation's own nor a child's, which may have dropped the
    /// constraint.
    fn never_null(&self, relation: RelationRef<'a>, column: &column::Column, facts: Option<&ColumnFacts>) -> bool {
        let own = match facts {
            Some(facts) => facts.present || column.not_null && !facts.unproven,
            None => column.not_null,
        };
        own && self
            .children
            .get(&relation.row.name)
            .into_iter()
            .flatten()
            .all(|child| {
                self.catalog.relation(child).is_none_or(|child| {
                    child.column(&column.name).is_none_or(|column| {
                        column.not_null && self.never_null(child, column, self.facts(child).columns.get(&column.name))
                    })
                })
            })
    }

    /// Whether rows can be inserted through a view: not where it hides a column that its table must be given.
    fn takes_inserts(&self, view: RelationRef<'a>) -> bool {
        let writable = view.row.writable;
        if !writable.insert || writable.hooked {
            return writable.insert;
        }
        let shown = view.columns().iter().filter(|column| column.updatable);
        let shown = shown.filter_map(|column| column.origin.as_ref()).collect::<Vec<_>>();
        let table = shown.first().and_then(|origin| self.catalog.relation(&origin.relation));
        table.is_none_or(|table| {
            let facts = self.facts(table);
            let hidden = (table.columns().iter()).filter(|column| !shown.iter().any(|one| one.column == column.name));
            let mut written = hidden.map(|column| {
                let ty = self.ty(&column.data_type);
                self.write_here(column, facts.columns.get(&column.name), &ty)
            });
            written.all(|write| write.insert != Insert::Required)
        })
    }

    /// What can be written to a column.
    fn write(
        &self,
        relation: RelationRef<'a>,
        column: &'a column::Column,
        facts: Option<&ColumnFacts>,
        ty: &Type,
    ) -> Write {
        use catalog::relation::RelationKind::{MaterializedView, View};
        match relation.row.kind {
            View => self.write_through(relation, column, ty),
            MaterializedView => Write::NEVER,
            _ => self.write_here(column, facts, ty),
        }
    }

    /// What can be written to a view's column: what the table below says, where that is known.
    fn write_through(&self, view: RelationRef<'a>, column: &'a column::Column, ty: &Type) -> Write {
        if !column.updatable {
            return Write::NEVER;
        }
        // What hooks make of a value, no constraint of a table says.
        let below = column
            .origin
            .as_ref()
            .filter(|_| !view.row.writable.hooked)
            .and_then(|origin| {
                let table = self.catalog.relation(&origin.relation)?;
                Some((table, table.column(&origin.column)?))
            });
        let mut write = match below {
            None => self.write_here(column, None, ty),
            Some((table, base)) => {
                let facts = self.facts(table);
                self.write_here(base, facts.columns.get(&base.name), &self.ty(&base.data_type))
            }
        };
        // A default of the view's own, or of its column's domain, goes before the table's.
        let own = column.default.clone().or_else(|| self.domain_default(ty));
        if let Some(default) = own.filter(|_| write.insert != Insert::Never) {
            let is_value = !is_null(&default);
            write.insert = match is_value || write.nullable {
                true => Insert::Optional,
                false => Insert::Required,
            };
            write.source = is_value.then_some(Source::Default(default));
        }
        write.update &= view.row.writable.update;
        write
    }

    fn write_here(&self, column: &column::Column, facts: Option<&ColumnFacts>, ty: &Type) -> Write {
        let demanded = facts.is_some_and(|facts| facts.demanded);
        let nullable = !column.not_null && !demanded && !self.refuses_null(ty);
        let expression = column.default.clone().or_else(|| self.domain_default(ty));
        let source = match (column.generated, column.identity, expression) {
            (Some(kind), _, expression) => Some(Source::Generated {
                expression: expression.unwrap_or_default(),
                stored: kind == Generated::Stored,
            }),
            (None, Some(Identity::Always), _) => Some(Source::IdentityAlways),
            (None, Some(Identity::ByDefault), _) => Some(Source::IdentityByDefault),
            (None, None, Some(default)) if is_null(&default) => None,
            (None, None, Some(default)) => Some(Source::Default(default)),
            (None, None, None) => None,
        };
        let fixed = matches!(source, Some(Source::Generated { .. } | Source::IdentityAlways));
        let insert = match &source {
            _ if fixed => Insert::Never,
            Some(_) => Insert::Optional,
            None if nullable => Insert::Optional,
            None => Insert::Required,
        };
        Write {
            insert,
            update: !fixed,
            nullable,
            source,
        }
    }

    /// The default that a domain brings, be it NULL.
    fn domain_default(&self, ty: &Type) -> Option<String> {
        match ty {
            Type::Domain(at) => match &self.catalog.user_type(self.domains.get(*at)?.0)?.kind {
                // A domain took the default of the domain below when it was made.
                catalog::types::TypeKind::Domain { default, .. } => default.clone(),
                _ => None,
            },
            Type::Custom(_, inner) => self.domain_default(inner),
            _ => None,
        }
    }

    /// What the constraints of a relation say of its columns.
    fn facts(&self, relation: RelationRef<'a>) -> Facts {
        let mut facts = Facts::default();
        let has_children = self.children.contains_key(&relation.row.name);
        for constraint in relation.constraints() {
            match &constraint.kind {
                ConstraintKind::NotNull { column } if !constraint.validated => {
                    facts.columns.entry(column.clone()).or_default().unproven = true;
                }
                ConstraintKind::Check { expression, .. } if constraint.enforced => {
                    let speaks_for_all = constraint.validated && !(constraint.no_inherit && has_children);
                    self.read_check(expression, speaks_for_all, &mut facts);
                }
                _ => {}
            }
        }
        facts
    }

    fn read_check(&self, expression: &'a str, speaks_for_all: bool, facts: &mut Facts) {
        let present = present::columns(expression);
        for name in &present {
            let column = facts.columns.entry(Name::new(name)).or_default();
            column.demanded = true;
            column.present |= speaks_for_all;
        }
        if speaks_for_all && !self.read_rules(expression, facts) && present.is_empty() {
            facts.texts.push(expression.to_owned());
        }
    }

    /// Whether the check has a rule for a column.
    #[cfg(feature = "checks")]
    fn read_rules(&self, expression: &'a str, facts: &mut Facts) -> bool {
        let demands = self.demands(expression);
        for demand in demands.iter() {
            let column = facts.columns.entry(Name::new(&demand.column)).or_default();
            column.rules.push((demand.rule.clone(), demand.casts.clone()));
        }
        !demands.is_empty()
    }

    #[cfg(not(feature = "checks"))]
    fn read_rules(&self, _: &str, _: &mut Facts) -> bool {
        false
    }
}

/// What constraints say of a relation.
#[derive(Default)]
struct Facts {
    columns: HashMap<Name, ColumnFacts>,
    /// The checks that say nothing of a single column.
    texts: Vec<String>,
}

/// What constraints say of a column.
#[derive(Default)]
struct ColumnFacts {
    /// A check says of every row that it is not NULL.
    present: bool,
    /// A check says so of every row that is written here, if not of those that are there (`NOT VALID`) or of a child's
    /// (`NO INHERIT`).
    demanded: bool,
    /// Its NOT NULL does not speak for the rows that were there before (`NOT VALID`).
    unproven: bool,
    /// The rules, each with the casts of the column that it speaks of.
    rules: Vec<(Rule, Vec<String>)>,
}

/// What can be written to a column.
struct Write {
    insert: Insert,
    update: bool,
    nullable: bool,
    source: Option<Source>,
}

impl Write {
    const NEVER: Self = Self {
        insert: Insert::Never,
        update: false,
        nullable: true,
        source: None,
    };
}
