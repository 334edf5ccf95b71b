//! What tables look like, as far as it says whose their rows are: keys, references to users, states.

use std::collections::{BTreeMap, BTreeSet};

use super::words;
use crate::access::Settings;
use crate::catalog::column::{Column, Generated, Identity};
use crate::catalog::constraint::{ConstraintKind, ForeignKey};
use crate::catalog::lookup::RelationRef;
use crate::catalog::relation::RelationKind;
use crate::catalog::types::TypeKind;
use crate::catalog::{Catalog, Name, ObjectId, QName};

/// The tables of the scope, and where users are.
pub(super) struct Scope<'a> {
    /// The schema.
    pub(super) catalog: &'a Catalog,
    /// What `[rls]` says.
    pub(super) settings: &'a Settings,
    /// The tables that are asked about, by name; no partitions.
    pub(super) tables: BTreeMap<&'a QName, Table<'a>>,
    /// The tables whose rows are users, with their keys: that of users, and those whose primary key leads there.
    pub(super) users: BTreeMap<&'a QName, &'a Name>,
}

/// One table.
pub(super) struct Table<'a> {
    /// Its row and all that belongs to it.
    pub(super) relation: RelationRef<'a>,
    /// Its foreign keys.
    pub(super) keys: Vec<&'a ForeignKey>,
    /// The sets of columns that no two rows share: the primary key first.
    pub(super) unique: Vec<BTreeSet<&'a Name>>,
}

/// A column that holds a user's key.
#[derive(Clone, Copy)]
pub(super) struct UserColumn<'a> {
    /// The column.
    pub(super) column: &'a Column,
    /// The table that its foreign key leads to; `None` where its default alone says that it is a user's.
    pub(super) references: Option<&'a QName>,
}

impl<'a> Scope<'a> {
    /// Looks at every table that is ours.
    pub(super) fn new(catalog: &'a Catalog, settings: &'a Settings, more: &[QName]) -> Self {
        let is_table = |kind| matches!(kind, RelationKind::Table | RelationKind::PartitionedTable);
        // Supabase protects its table of files; one that is not protected is nobody's but ours.
        let files = QName::new("storage", "objects");
        let relations = catalog.relation_refs().filter(|relation| {
            let row = relation.row;
            let is_ours = settings.is_ours(&row.name.schema) && catalog.own_schema(&row.name.schema).is_some();
            let is_files = row.name == files && !row.row_security && catalog.own_schema(&files.schema).is_some();
            is_table(row.kind)
                && row.partition_of.is_none()
                && row.extension.is_none()
                && (is_ours || is_files || more.contains(&row.name))
        });
        let tables = relations.map(|relation| (&relation.row.name, Table::new(relation)));
        let tables = tables.collect::<BTreeMap<_, _>>();
        let mut users = BTreeMap::new();
        if let Some(name) = &settings.users
            && let Some(relation) = catalog.relation(name)
        {
            let key = match relation.primary_key() {
                [key] => Some(key),
                _ => relation.column(&"id".into()).map(|column| &column.name),
            };
            users.extend(key.map(|key| (&relation.row.name, key)));
        }
        let direct = users.clone();
        for (name, table) in &tables {
            if let Some(key) = table.key_to(&direct)
                && !direct.contains_key(name)
            {
                users.insert(name, key);
            }
        }
        Self {
            catalog,
            settings,
            tables,
            users,
        }
    }

    /// The columns of a table that hold a user's key, in the table's order.
    pub(super) fn user_columns(&self, table: &Table<'a>) -> Vec<UserColumn<'a>> {
        let columns = table.columns().iter();
        let found = columns.filter_map(|column| {
            let key = table.keys.iter().find(|key| {
                key.columns.as_slice() == [column.name.clone()]
                    && self
                        .users
                        .get(&key.references)
                        .is_some_and(|user| key.referenced_columns.as_slice() == [(*user).clone()])
            });
            let is_set_by_default = || {
                let default = column.default.as_deref();
                column.generated.is_none() && default.is_some_and(|default| default.contains("auth.uid()"))
            };
            match key {
                Some(key) => Some(UserColumn {
                    column,
                    references: Some(&key.references),
                }),
                None if is_set_by_default() => Some(UserColumn {
                    column,
                    references: None,
                }),
                None => None,
            }
        });
        found.collect()
    }

    /// The labels that a column's type allows, where it is an enum.
    pub(super) fn labels(&self, column: &Column) -> Option<Vec<String>> {
        let data_type = self.catalog.data_type(&column.data_type)?;
        match &self.catalog.user_type(&data_type.name)?.kind {
            TypeKind::Enum { labels } if !data_type.array => Some(labels.iter().map(ToString::to_string).collect()),
            _ => None,
        }
    }

    /// The texts that a column may hold, where its type or a CHECK lists them.
    pub(super) fn values(&self, table: &Table<'_>, column: &Column) -> Option<Vec<String>> {
        self.labels(column).or_else(|| {
            table
                .relation
                .constraints()
                .iter()
                .find_map(|constraint| match &constraint.kind {
                    ConstraintKind::Check { expression, columns } if columns.as_slice() == [column.name.clone()] => {
                        listed(expression)
                    }
                    _ => None,
                })
        })
    }

    /// The sequence that gives a column its default.
    pub(super) fn sequence(&self, column: &Column) -> Option<&'a QName> {
        if column.identity.is_some() || column.default.is_none() {
            return None;
        }
        let default = column.default_object();
        let edges = self.catalog.edges.group(&default, |edge| &edge.from);
        edges.iter().find_map(|edge| match &edge.to {
            ObjectId::Sequence(name) => Some(name),
            _ => None,
        })
    }
}

impl<'a> Table<'a> {
    fn new(relation: RelationRef<'a>) -> Self {
        let constraints = relation.constraints();
        let keys = constraints.iter().filter_map(|constraint| match &constraint.kind {
            ConstraintKind::ForeignKey(key) => Some(&**key),
            _ => None,
        });
        let mut unique = vec![relation.primary_key().iter().collect::<BTreeSet<_>>()];
        unique.extend(constraints.iter().filter_map(|constraint| match &constraint.kind {
            ConstraintKind::Unique { columns, .. } => Some(columns.iter().collect()),
            _ => None,
        }));
        let indexes = relation.catalog.indexes.iter().filter(|index| {
            index.relation == relation.row.name && index.unique && index.valid && index.predicate.is_none()
        });
        unique.extend(indexes.filter_map(|index| index.keys.iter().map(|key| key.column.as_ref()).collect()));
        unique.retain(|columns: &BTreeSet<_>| !columns.is_empty());
        Self {
            relation,
            keys: keys.collect(),
            unique,
        }
    }

    /// Its name.
    pub(super) fn name(&self) -> &'a QName {
        &self.relation.row.name
    }

    /// Its columns.
    pub(super) fn columns(&self) -> &'a [Column] {
        self.relation.columns()
    }

    /// The column of this name.
    pub(super) fn column(&self, name: &str) -> Option<&'a Column> {
        self.columns().iter().find(|column| column.name == name)
    }

    /// Its primary key, where that is one column and leads to one of the tables.
    fn key_to(&self, tables: &BTreeMap<&QName, &Name>) -> Option<&'a Name> {
        let [key] = self.relation.primary_key() else {
            return None;
        };
        let leads = self.keys.iter().any(|foreign| {
            foreign.columns.as_slice() == [key.clone()]
                && tables
                    .get(&foreign.references)
                    .is_some_and(|user| foreign.referenced_columns.as_slice() == [(*user).clone()])
        });
        leads.then_some(key)
    }

    /// Whether no two rows share these columns.
    pub(super) fn is_unique(&self, columns: &[&Name]) -> bool {
        let columns = columns.iter().copied().collect::<BTreeSet<_>>();
        self.unique.contains(&columns)
    }

    /// The first column that `is` finds.
    pub(super) fn find(&self, is: impl Fn(&Column) -> bool) -> Option<&'a Column> {
        self.columns().iter().find(|column| is(column))
    }

    /// The names of the columns that `is` finds.
    pub(super) fn names(&self, is: impl Fn(&Column) -> bool) -> Vec<Name> {
        let columns = self.columns().iter().filter(|column| is(column));
        columns.map(|column| column.name.clone()).collect()
    }
}

/// Whether the column is a truth value.
pub(super) fn is_boolean(column: &Column) -> bool {
    column.data_type == "boolean"
}

/// Whether the column is a point in time.
pub(super) fn is_time(column: &Column) -> bool {
    column.data_type.starts_with("timestamp") || column.data_type == "date"
}

/// Whether the column is text of whatever length.
pub(super) fn is_text(column: &Column) -> bool {
    column.data_type == "text" || column.data_type.starts_with("character") || column.data_type.ends_with("citext")
}

/// Whether the column is a number.
pub(super) fn is_number(column: &Column) -> bool {
    ["smallint", "integer", "bigint", "real", "double precision", "money"].contains(&column.data_type.as_str())
        || column.data_type.starts_with("numeric")
}

/// Whether a new row has a value there without anybody giving one.
pub(super) fn fills_itself(column: &Column) -> bool {
    column.default.is_some() || column.identity.is_some() || !column.not_null
}

/// Whether the server alone gives it a value.
pub(super) fn is_generated(column: &Column) -> bool {
    matches!(column.generated, Some(Generated::Stored | Generated::Virtual))
        || matches!(column.identity, Some(Identity::Always))
}

/// The column that says when a row was deleted.
pub(super) fn deleted_at(table: &Table<'_>) -> Option<Name> {
    let is = |column: &Column| is_time(column) && !column.not_null && words::words(&column.name) == ["deleted", "at"];
    table.find(is).map(|column| column.name.clone())
}

/// The texts of a CHECK such as `((role = ANY (ARRAY['a'::text, 'b'::text])))`, where it is nothing but a list.
fn listed(expression: &str) -> Option<Vec<String>> {
    let is_list = expression.contains("= ANY (") || expression.contains(" = '");
    let has_more = [" AND ", " OR ", "<>", " NOT ", "~", "!="]
        .iter()
        .any(|word| expression.contains(word));
    if !is_list || has_more {
        return None;
    }
    let quoted = expression.split('\'').skip(1).step_by(2);
    let texts = quoted.map(str::to_owned).collect::<Vec<_>>();
    (!texts.is_empty()).then_some(texts)
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn a_check_that_lists_texts_is_read() {
        let list = "(role = ANY (ARRAY['owner'::text, 'member'::text]))";
        assert_eq!(listed(list), Some(vec!["owner".to_owned(), "member".to_owned()]));
        assert_eq!(listed("(role <> 'a'::text)"), None);
        assert_eq!(listed("((role = 'a'::text) OR (x > 1))"), None);
        assert_eq!(listed("(length(role) > 1)"), None);
    }
}
