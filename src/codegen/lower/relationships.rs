//! Foreign keys as an application follows them, through views too.

use std::collections::{BTreeMap, BTreeSet};

use super::Lowering;
use crate::catalog::constraint::{ConstraintKind, ForeignKey};
use crate::catalog::lookup::RelationRef;
use crate::catalog::relation::RelationKind;
use crate::catalog::{Name, QName};
use crate::codegen::model::Relationship;

/// The emitted views that show columns of each relation unchanged: for each, the view's name of every such column.
pub(super) type Shown<'a> = BTreeMap<&'a QName, Vec<(&'a QName, BTreeMap<&'a Name, &'a Name>)>>;

impl<'a> Lowering<'a> {
    /// Which emitted views show which relations' columns.
    pub(super) fn shown(&self) -> Shown<'a> {
        let mut shown = Shown::new();
        let views = self
            .catalog
            .relation_refs()
            .filter(|relation| matches!(relation.row.kind, RelationKind::View | RelationKind::MaterializedView));
        for relation in views.filter(|view| self.emits(&view.row.name)) {
            let mut by_origin: BTreeMap<&QName, BTreeMap<&Name, &Name>> = BTreeMap::new();
            for column in relation.columns() {
                if let Some(origin) = &column.origin {
                    let names = by_origin.entry(&origin.relation).or_default();
                    names.entry(&origin.column).or_insert(&column.name);
                }
            }
            for (origin, names) in by_origin {
                shown.entry(origin).or_default().push((&relation.row.name, names));
            }
        }
        shown
    }

    /// The foreign keys of every emitted relation, those that a view has by what it shows included.
    pub(super) fn relationships(&self, shown: &Shown<'a>) -> BTreeMap<&'a QName, Vec<Relationship>> {
        let mut all: BTreeMap<&QName, Vec<Relationship>> = BTreeMap::new();
        for constraint in &self.catalog.constraints {
            let ConstraintKind::ForeignKey(key) = &constraint.kind else {
                continue;
            };
            let Some(relation) = self.catalog.relation(&constraint.relation) else {
                continue;
            };
            let base = self.relationship(relation, &constraint.name, key);
            let sources = sides(&constraint.relation, &key.columns, shown);
            let targets = sides(&key.references, &key.referenced_columns, shown);
            for (source, columns) in &sources {
                if !self.emits(source) {
                    continue;
                }
                let listed = all.entry(source).or_default();
                for (target, target_columns) in &targets {
                    listed.push(Relationship {
                        columns: columns.clone(),
                        target: (*target).clone(),
                        target_columns: target_columns.clone(),
                        same_schema: source.schema == target.schema,
                        through_view: *source != &constraint.relation || *target != &key.references,
                        ..base.clone()
                    });
                }
            }
        }
        for listed in all.values_mut() {
            listed.sort_by(|a, b| (&a.name, &a.target, &a.columns).cmp(&(&b.name, &b.target, &b.columns)));
        }
        all
    }

    fn relationship(&self, relation: RelationRef<'_>, name: &Name, key: &ForeignKey) -> Relationship {
        let columns: BTreeSet<&Name> = key.columns.iter().collect();
        let same =
            |unique: &[Name]| unique.len() == columns.len() && unique.iter().all(|column| columns.contains(column));
        let one_to_one = relation.constraints().iter().any(|constraint| match &constraint.kind {
            ConstraintKind::PrimaryKey {
                columns,
                without_overlaps: false,
            }
            | ConstraintKind::Unique {
                columns,
                without_overlaps: false,
            } => same(columns),
            _ => false,
        });
        let indexes = self.unique_indexes.get(&relation.row.name);
        Relationship {
            name: name.clone(),
            columns: key.columns.clone(),
            target: key.references.clone(),
            target_columns: key.referenced_columns.clone(),
            one_to_one,
            one_to_one_by_index: !one_to_one && indexes.into_iter().flatten().any(|index| same(index)),
            same_schema: false,
            through_view: false,
        }
    }
}

/// The relation itself, and every view that shows all of `columns`, with its names for them.
fn sides<'a>(relation: &'a QName, columns: &[Name], shown: &Shown<'a>) -> Vec<(&'a QName, Vec<Name>)> {
    let mut sides = vec![(relation, columns.to_vec())];
    for (view, names) in shown.get(relation).into_iter().flatten() {
        let there: Option<Vec<Name>> = columns
            .iter()
            .map(|column| names.get(column).map(|&name| name.clone()))
            .collect();
        if let Some(there) = there {
            sides.push((view, there));
        }
    }
    sides
}
