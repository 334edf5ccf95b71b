//! The names that PostgreSQL gives what has none.

use crate::catalog::{Name, QName};
use crate::lint::statement::{ConstraintDef, ConstraintKind, Key};

use super::Schema;

/// How many bytes PostgreSQL keeps of a name (`NAMEDATALEN`).
const KEPT: usize = 63;

impl Schema {
    /// What a constraint is called: as it says, or as PostgreSQL will.
    pub(in crate::lint) fn name_of(&self, table: &QName, constraint: &ConstraintDef) -> Name {
        if let Some(name) = &constraint.name {
            return name.clone();
        }
        let (columns, label) = match &constraint.kind {
            ConstraintKind::Check(said) => {
                let mut columns = said.columns.clone();
                columns.sort();
                columns.dedup();
                // Several are too many to name.
                (if columns.len() == 1 { columns } else { Vec::new() }, "check")
            }
            ConstraintKind::NotNull(column) => (vec![column.clone()], "not_null"),
            ConstraintKind::ForeignKey { columns, .. } => (columns.clone(), "fkey"),
            ConstraintKind::PrimaryKey(Key::Index(index)) | ConstraintKind::Unique(Key::Index(index)) => {
                return index.clone();
            }
            ConstraintKind::PrimaryKey(Key::Columns(_)) => (Vec::new(), "pkey"),
            ConstraintKind::Unique(Key::Columns(columns)) => (columns.clone(), "key"),
            ConstraintKind::Exclusion => (Vec::new(), "excl"),
        };
        self.usual_name(table, &columns, label)
    }

    /// The name that PostgreSQL gives to what has none on a table (`ChooseRelationName`, `ChooseConstraintName`), as far as
    /// it is known what is called so already.
    pub(in crate::lint) fn usual_name(&self, table: &QName, columns: &[Name], label: &str) -> Name {
        let columns = columns.iter().map(Name::as_str).collect::<Vec<_>>().join("_");
        let is_taken = |name: &Name| {
            let name = QName::new(table.schema.clone(), name.clone());
            let is_constraint = |relation: &super::Relation| relation.constraints.contains_key(&name.name);
            self.indexes.contains_key(&name)
                || self.relations.contains_key(&name)
                || self.relation(table).is_some_and(is_constraint)
        };
        let mut name = made(&table.name, &columns, label);
        let mut number = 1;
        while is_taken(&name) {
            name = made(&table.name, &columns, &format!("{label}{number}"));
            number += 1;
        }
        name
    }
}

/// The name of a NOT NULL that has none, from 18 on.
pub(super) fn not_null(table: &QName, column: &Name) -> Name {
    made(&table.name, column, "not_null")
}

/// `table_columns_label`, of which the longer of the first two is cut until all fits (`makeObjectName`).
fn made(table: &str, columns: &str, label: &str) -> Name {
    let between = if columns.is_empty() { 1 } else { 2 };
    let room = KEPT.saturating_sub(label.len() + between);
    let (mut first, mut second) = (table.len(), columns.len());
    while first + second > room {
        if first > second {
            first -= 1;
        } else {
            second -= 1;
        }
    }
    let cut = |text: &str, end: usize| text[..text.floor_char_boundary(end)].to_owned();
    let (table, columns) = (cut(table, first), cut(columns, second));
    match columns.is_empty() {
        true => format!("{table}_{label}").into(),
        false => format!("{table}_{columns}_{label}").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_part_of_a_name_is_cut() {
        let long = "a".repeat(40);
        assert_eq!(made("teams", "name", "key"), "teams_name_key");
        assert_eq!(made("teams", "", "pkey"), "teams_pkey");
        let name = made(&long, &"b".repeat(40), "idx");
        assert_eq!(name.len(), KEPT);
        assert_eq!(name, format!("{}_{}_idx", "a".repeat(29), "b".repeat(29)));
        assert_eq!(made(&long, "é", "check").len(), 40 + 2 + 2 + 5);
    }
}
