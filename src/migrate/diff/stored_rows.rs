//! Columns that store rows of tables whose columns change: what becomes of the rows meanwhile.

use std::collections::BTreeSet;

use super::{Change, Changes};
use crate::catalog::column::Column;
use crate::catalog::constraint::ConstraintKind;
use crate::catalog::{Object, ObjectId};
use crate::ddl::{World, row_types};

impl Changes<'_> {
    /// Has columns hold no rows of a table while PostgreSQL would refuse to change the table's columns because of them, and
    /// takes along what is built on these columns.
    pub(super) fn take_out_rows(&mut self) {
        let mut to_visit = self.by_object.keys().cloned().collect::<Vec<_>>();
        let mut taken: BTreeSet<ObjectId> = BTreeSet::new();
        while let Some(id) = to_visit.pop() {
            let ObjectId::Column(table, _) = &id else { continue };
            let is_fresh = self.is_fresh(&id) && row_types::makes_values(&id, &self.world);
            let stays = self
                .world
                .from
                .relation(table)
                .is_some_and(|table| !self.goes(&table.row.object()));
            if !stays || !(is_fresh || self.is_retyped(&id) || taken.contains(&id)) {
                continue;
            }
            let columns = row_types::storing(table, &self.world);
            let columns = columns.into_iter().map(|column| column.object()).collect::<Vec<_>>();
            to_visit.extend(columns.iter().filter(|column| taken.insert((*column).clone())).cloned());
            self.emptied.insert(id, columns);
        }
        for column in &taken {
            self.take_out(column);
        }
        for changed in self.emptied.keys() {
            let table = changed.qualified().into_iter();
            let storing = table.flat_map(|table| row_types::storing_afterwards(table, &self.world));
            let fresh = storing.map(Column::object).filter(|column| self.is_fresh(column));
            for column in fresh.collect::<Vec<_>>() {
                self.filled.entry(column).or_default().push(changed.clone());
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
