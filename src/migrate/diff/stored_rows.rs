//! Columns that store rows of tables that are rewritten, or whose columns change: what becomes of the rows meanwhile.

use std::collections::BTreeSet;

use super::{Change, Changes};
use crate::catalog::column::Column;
use crate::catalog::constraint::ConstraintKind;
use crate::catalog::relation::RelationKind;
use crate::catalog::{Object, ObjectId};
use crate::ddl::{World, row_types};

impl Changes<'_> {
    /// Has columns hold no rows of a table while PostgreSQL would refuse to change the table's columns because of them, and
    /// takes along what is built on these columns.
    pub(super) fn take_out_rows(&mut self) {
        let mut to_visit = self.by_object.keys().cloned().collect::<Vec<_>>();
        let mut taken: BTreeSet<ObjectId> = BTreeSet::new();
        while let Some(id) = to_visit.pop() {
            let columns = match &id {
                ObjectId::Table(table) if !self.goes(&id) && row_types::is_rewritten(table, &self.world) => {
                    row_types::storing(std::slice::from_ref(&id), &self.world)
                }
                ObjectId::Column(table, _) => {
                    let is_fresh = self.is_fresh(&id) && row_types::makes_values(&id, &self.world);
                    let table_of = self.world.from.relation(table);
                    let stays = table_of.is_some_and(|table| !self.goes(&table.row.object()));
                    if !stays || !(is_fresh || self.is_retyped(&id) || taken.contains(&id)) {
                        continue;
                    }
                    row_types::storing(&self.world.family(table), &self.world)
                }
                _ => continue,
            };
            let columns = columns.into_iter().map(|column| column.object()).collect::<Vec<_>>();
            to_visit.extend(columns.iter().filter(|column| taken.insert((*column).clone())).cloned());
            // A materialised view goes instead.
            let is_kept = |column: &ObjectId| {
                let relation = column
                    .qualified()
                    .and_then(|relation| self.world.from.relation(relation));
                relation.is_some_and(|relation| relation.row.kind != RelationKind::MaterializedView)
            };
            let columns = columns.into_iter().filter(is_kept).collect::<Vec<_>>();
            self.emptied.insert(id, columns);
        }
        for column in &taken {
            self.take_out(column);
        }
        for changed in self.emptied.keys() {
            let tables = match changed {
                ObjectId::Table(_) => vec![changed.clone()],
                _ => changed
                    .qualified()
                    .map_or_else(Vec::new, |table| self.world.family(table)),
            };
            let storing = row_types::storing_afterwards(&tables, &self.world).into_iter();
            let fresh = storing.map(Column::object).filter(|column| self.is_fresh(column));
            for column in fresh.collect::<Vec<_>>() {
                self.filled.entry(column).or_default().push(changed.clone());
            }
        }
        let retyped = self.by_object.keys().filter(|id| self.is_retyped(id)).cloned();
        for column in retyped.collect::<Vec<_>>() {
            for data_type in self.out_of(&column) {
                self.emptied.entry(data_type).or_default().push(column.clone());
            }
        }
    }

    fn take_out(&mut self, id: &ObjectId) {
        let World { from, to, .. } = self.world;
        let (Some(Object::Column(old)), Some(Object::Column(new))) = (from.object(id), to.object(id)) else {
            return;
        };
        let Some(relation) = from.relation(&old.relation).map(|relation| relation.row.object()) else {
            return;
        };
        if self.goes(id) || self.goes(&relation) || self.is_retyped(id) {
            return;
        }
        // A materialised view has its rows from its query.
        if matches!(relation, ObjectId::MaterializedView(_)) {
            let change = self.replace(&relation);
            self.by_object.extend(change.map(|change| (relation.clone(), change)));
            return self.close(vec![relation]);
        }
        let waits = self.emptied.iter().filter(|(_, columns)| columns.contains(id));
        let waits = waits.map(|(change, _)| change.clone()).collect::<Vec<_>>();
        let mut statements = row_types::out_and_back(old, new, &waits, &self.world);
        if let Some(Change::Alter(others)) = self.get(id) {
            statements.extend(others.iter().cloned());
        }
        self.by_object.insert(id.clone(), Change::Alter(statements));
        let mut to_visit = vec![id.clone()];
        // What is built on the rows is not built on their text.
        for dependent in self.old.needed_by(id).cloned().collect::<Vec<_>>() {
            let is_built_on = match from.object(&dependent) {
                Some(Object::Constraint(row)) => !matches!(row.kind, ConstraintKind::NotNull { .. }),
                Some(Object::Index(_)) => true,
                _ => false,
            };
            if is_built_on
                && !self.goes(&dependent)
                && let Some(change) = self.replace(&dependent)
            {
                self.by_object.insert(dependent.clone(), change);
                to_visit.push(dependent);
            }
        }
        self.close(to_visit);
    }
}
