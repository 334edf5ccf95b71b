//! What is known of the database before a statement runs: read from a catalog where there is one, and carried on by every
//! statement since. It holds what rules ask for, and nothing else.

mod apply;
mod left;
mod load;
mod names;
mod routines;

pub(super) use apply::is_invoker;

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{Name, QName};

use super::calls::Text;
use super::statement::{Arguments, Bound, Conjunct, Expression, PartitionKey, Path, TableKind};
use super::types::TypeName;

/// A schema, as far as it is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Schema {
    /// The server's major version; `None` where nobody said.
    pub(super) major: Option<u32>,
    /// Whether what is not in here is not there either.
    pub(super) is_whole: bool,
    pub(super) relations: BTreeMap<QName, Relation>,
    pub(super) indexes: BTreeMap<QName, Index>,
    pub(super) types: BTreeMap<QName, UserType>,
    pub(super) routines: BTreeMap<QName, Vec<Routine>>,
    /// The tables that have a trigger, by its name, with the function that it calls.
    pub(super) triggers: BTreeMap<(QName, Name), Option<QName>>,
    /// The tables that `CLUSTER` means where it names none.
    pub(super) clustered: BTreeSet<QName>,
    /// What uses a column in a way that does not let its type change.
    pub(super) uses: BTreeMap<(QName, Name), BTreeSet<String>>,
    /// Views that read with the rights of whoever asks, and were dropped.
    pub(super) lost_views: BTreeSet<QName>,
    /// The schemas that are looked in for a name without one, in order.
    pub(super) search_path: Vec<Name>,
    /// The schemas that outside roles can address, where somebody says so.
    pub(super) exposed: Option<Vec<Name>>,
    /// The file that is being read, by its number.
    pub(super) file: usize,
}

/// A table or view.
#[derive(Clone, Debug)]
pub(super) struct Relation {
    pub(super) kind: TableKind,
    /// The number of the file that made it; `None` for what was there before.
    pub(super) made_in: Option<usize>,
    /// The columns; `None` where not all are known.
    pub(super) columns: Option<Vec<Column>>,
    pub(super) constraints: BTreeMap<Name, Constraint>,
    pub(super) row_security: bool,
    pub(super) policies: BTreeMap<Name, Policy>,
    pub(super) invoker: bool,
    pub(super) unlogged: bool,
    pub(super) access_method: Option<Name>,
    pub(super) tablespace: Option<Name>,
    pub(super) partition_key: Option<PartitionKey>,
    pub(super) partition_of: Option<(QName, Bound)>,
    pub(super) temporary: bool,
    /// Rows, as the statistics have it; `None` where they do not say.
    pub(super) rows: Option<u64>,
}

/// What a policy is for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Policy {
    pub(super) permissive: bool,
    /// Whether it is for reading alone.
    pub(super) reads_only: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: Name,
    pub(super) data_type: TypeName,
    pub(super) collation: Option<Path>,
    pub(super) not_null: bool,
    pub(super) has_default: bool,
    /// The number of the file that made it; `None` for what was there before.
    pub(super) made_in: Option<usize>,
}

#[derive(Clone, Debug)]
pub(super) struct Constraint {
    pub(super) kind: ConstraintKind,
    pub(super) validated: bool,
    pub(super) is_primary: bool,
}

#[derive(Clone, Debug)]
pub(super) enum ConstraintKind {
    Check(Expression),
    ForeignKey,
    /// A constraint with an index of its name, over these columns.
    Indexed(Vec<Name>),
    NotNull(Name),
}

#[derive(Clone, Debug)]
pub(super) struct Index {
    pub(super) relation: QName,
    pub(super) keys: Vec<Option<Name>>,
    /// The columns that its expressions and its condition name.
    pub(super) mentioned: BTreeSet<Name>,
    pub(super) method: Name,
    pub(super) unique: bool,
    pub(super) partial: bool,
    pub(super) valid: bool,
    /// The number of the file that made it; `None` for what was there before.
    pub(super) made_in: Option<usize>,
}

#[derive(Clone, Debug)]
pub(super) enum UserType {
    Enum {
        made_in: Option<usize>,
        labels: BTreeSet<Name>,
    },
    Domain(Domain),
    Other,
}

#[derive(Clone, Debug)]
pub(super) struct Domain {
    pub(super) base: TypeName,
    /// Whether a value has to pass a check to be one of it.
    pub(super) constrained: bool,
    pub(super) default: Option<Expression>,
}

#[derive(Clone, Debug)]
pub(super) struct Routine {
    pub(super) arguments: Arguments,
    /// The text of its body, where PostgreSQL keeps no account of what that names.
    pub(super) body: Option<Text>,
    pub(super) volatile: bool,
    pub(super) definer: bool,
    pub(super) sets_search_path: bool,
    /// The expression that takes the place of a call.
    pub(super) inlined: Option<Expression>,
}

impl Schema {
    /// Nothing known but PostgreSQL's own.
    pub(super) fn unknown(major: Option<u32>) -> Self {
        Self {
            major,
            search_path: vec!["public".into()],
            ..Self::default()
        }
    }

    /// As [`Self::unknown`], for a Supabase project.
    pub(super) fn know_supabase(&mut self) {
        let uid = Routine {
            arguments: Arguments::default(),
            body: None,
            volatile: false,
            definer: false,
            sets_search_path: false,
            inlined: None,
        };
        self.routines
            .entry(QName::new("auth", "uid"))
            .or_insert_with(|| vec![uid]);
    }

    /// Whether the server is as new as this, where its version is known; `unsaid` is for where it is not.
    pub(super) fn since(&self, major: u32, unsaid: bool) -> bool {
        self.major.map_or(unsaid, |known| known >= major)
    }

    /// The relation that a name means. One that is not known is taken for one in the first schema of the search path.
    pub(super) fn resolve(&self, path: &Path) -> QName {
        self.resolve_in(path, |name| self.relations.contains_key(name))
    }

    pub(super) fn resolve_type(&self, path: &Path) -> QName {
        self.resolve_in(path, |name| self.types.contains_key(name))
    }

    pub(super) fn resolve_index(&self, path: &Path) -> QName {
        self.resolve_in(path, |name| self.indexes.contains_key(name))
    }

    pub(super) fn resolve_routine(&self, path: &Path) -> QName {
        self.resolve_in(path, |name| self.routines.contains_key(name))
    }

    fn resolve_in(&self, path: &Path, is_there: impl Fn(&QName) -> bool) -> QName {
        if let Some(schema) = &path.schema {
            return QName::new(schema.clone(), path.name.clone());
        }
        let candidates = self
            .search_path
            .iter()
            .map(|schema| QName::new(schema.clone(), path.name.clone()));
        let mut candidates = candidates.collect::<Vec<_>>();
        let found = candidates.iter().position(is_there).unwrap_or(0);
        match candidates.is_empty() {
            true => QName::new("public", path.name.clone()),
            false => candidates.swap_remove(found),
        }
    }

    pub(super) fn relation(&self, name: &QName) -> Option<&Relation> {
        self.relations.get(name)
    }

    /// Whether others may be using it: it was not made in the file that is being read, and is there at all.
    pub(super) fn is_used(&self, name: &QName) -> bool {
        match self.relation(name) {
            Some(relation) => relation.made_in != Some(self.file) && !relation.temporary,
            None => !self.is_whole,
        }
    }

    /// Whether it is known to be made in the file that is being read.
    pub(super) fn is_new(&self, name: &QName) -> bool {
        let relation = self.relation(name);
        relation.is_some_and(|relation| relation.made_in == Some(self.file) || relation.temporary)
    }

    pub(super) fn column(&self, table: &QName, column: &Name) -> Option<&Column> {
        let columns = self.relation(table)?.columns.as_ref()?;
        columns.iter().find(|known| known.name == *column)
    }

    /// Whether a column is one of the file that is being read, which nobody else knows yet.
    pub(super) fn is_new_column(&self, table: &QName, column: &Name) -> bool {
        let known = self.column(table, column);
        known.is_some_and(|known| known.made_in == Some(self.file))
    }

    pub(super) fn indexes_of<'a>(&'a self, table: &'a QName) -> impl Iterator<Item = (&'a QName, &'a Index)> {
        self.indexes.iter().filter(move |(_, index)| index.relation == *table)
    }

    /// Whether an index over all rows begins with these columns, in whatever order.
    pub(super) fn leads_an_index(&self, table: &QName, columns: &[Name]) -> bool {
        let mut indexes = self.indexes_of(table).map(|(_, index)| index);
        indexes.any(|index| {
            let leading = index.keys.iter().take(columns.len()).flatten();
            let leading = leading.collect::<BTreeSet<_>>();
            let is_fit = !index.partial && matches!(index.method.as_str(), "btree" | "hash");
            is_fit && leading.len() == columns.len() && columns.iter().all(|column| leading.contains(column))
        })
    }

    /// Whether a constraint vouches for every row that a column is not null.
    pub(super) fn vouches_not_null(&self, table: &QName, column: &Name) -> bool {
        let Some(relation) = self.relation(table) else {
            return false;
        };
        relation.constraints.values().any(|constraint| match &constraint.kind {
            ConstraintKind::Check(said) => {
                constraint.validated && said.conjuncts.contains(&Conjunct::NotNull(column.clone()))
            }
            ConstraintKind::NotNull(of) => constraint.validated && of == column,
            _ => false,
        })
    }

    /// The column that a constraint of this name keeps from NULL, where its name or a catalog says that it does.
    pub(super) fn not_null_of(&self, table: &QName, constraint: &Name) -> Option<Name> {
        let relation = self.relation(table)?;
        match relation.constraints.get(constraint) {
            Some(known) => match &known.kind {
                ConstraintKind::NotNull(column) => Some(column.clone()),
                _ => None,
            },
            None => {
                let mut columns = relation.columns.iter().flatten().filter(|column| column.not_null);
                let named = columns.find(|column| *constraint == names::not_null(table, &column.name));
                named.map(|column| column.name.clone())
            }
        }
    }

    /// The domain that a type is, with the type that it rests on in the end.
    pub(super) fn domain(&self, data_type: &TypeName) -> Option<(&Domain, TypeName)> {
        let domain = self.domain_itself(data_type)?;
        let mut base = domain.base.clone();
        while let Some(next) = self.domain_itself(&base) {
            base = next.base.clone();
        }
        Some((domain, base))
    }

    fn domain_itself(&self, data_type: &TypeName) -> Option<&Domain> {
        let path = Path {
            schema: data_type.schema.clone(),
            name: data_type.name.clone(),
        };
        match self.types.get(&self.resolve_type(&path)) {
            Some(UserType::Domain(domain)) if !data_type.array => Some(domain),
            _ => None,
        }
    }

    /// The tables with a column of a type, of an array of it, or of a domain over it.
    pub(super) fn users_of_type(&self, name: &QName) -> Vec<QName> {
        let is_of = |data_type: &TypeName| {
            let mut data_type = data_type.clone();
            loop {
                data_type.array = false;
                if self.type_id(&data_type) == name.to_string() {
                    return true;
                }
                match self.domain_itself(&data_type) {
                    Some(domain) => data_type = domain.base.clone(),
                    None => return false,
                }
            }
        };
        let uses = |relation: &Relation| {
            let mut columns = relation.columns.iter().flatten();
            columns.any(|column| is_of(&column.data_type))
        };
        let tables = self
            .relations
            .iter()
            .filter(|(_, relation)| relation.kind == TableKind::Table);
        let users = tables.filter(|(_, relation)| uses(relation));
        users.map(|(name, _)| name.clone()).collect()
    }

    /// The default of the domain that a type is, which one over another may have from that.
    pub(super) fn domain_default(&self, data_type: &TypeName) -> Option<&Expression> {
        let domain = self.domain_itself(data_type)?;
        match &domain.default {
            Some(default) => Some(default),
            None => self.domain_default(&domain.base),
        }
    }

    /// Whether a value of the domain, at any level, has to pass a check.
    pub(super) fn is_constrained(&self, data_type: &TypeName) -> bool {
        let mut next = self.domain_itself(data_type);
        while let Some(domain) = next {
            if domain.constrained {
                return true;
            }
            next = self.domain_itself(&domain.base);
        }
        false
    }

    /// The name of a type as it is compared: with the schema of one that is not PostgreSQL's own.
    pub(super) fn type_id(&self, data_type: &TypeName) -> String {
        let path = Path {
            schema: data_type.schema.clone(),
            name: data_type.name.clone(),
        };
        let name = self.resolve_type(&path);
        let base = match self.types.contains_key(&name)
            || data_type.schema.as_deref().is_some_and(|name| name != "pg_catalog")
        {
            true => name.to_string(),
            false => data_type.name.to_string(),
        };
        format!("{base}{}", if data_type.array { "[]" } else { "" })
    }

    /// The partition of a table that takes what no other does.
    pub(super) fn default_partition(&self, parent: &QName) -> Option<&QName> {
        let is_default = |relation: &Relation| {
            relation
                .partition_of
                .as_ref()
                .is_some_and(|(of, bound)| of == parent && *bound == Bound::Default)
        };
        self.relations
            .iter()
            .find(|(_, relation)| is_default(relation))
            .map(|(name, _)| name)
    }

    /// Whether a table of this schema wants row-level security: outside roles can address it, and somebody said so, or
    /// other tables there have it.
    pub(super) fn wants_row_security(&self, schema: &Name) -> bool {
        if let Some(exposed) = &self.exposed {
            return exposed.contains(schema);
        }
        let is_platform = self.routines.contains_key(&QName::new("auth", "uid"));
        let mut here = self.relations.iter().filter(|(name, _)| name.schema == *schema);
        schema == "public" && (is_platform || here.any(|(_, relation)| relation.row_security))
    }
}

impl Index {
    /// Whether it has an expression or a condition.
    pub(super) fn is_computed(&self) -> bool {
        self.partial || self.keys.iter().any(Option::is_none)
    }

    /// Whether a column is a key of it, or named in it.
    pub(super) fn is_about(&self, column: &Name) -> bool {
        self.mentioned.contains(column) || self.keys.iter().flatten().any(|key| key == column)
    }
}

impl Relation {
    pub(super) fn new(kind: TableKind, made_in: Option<usize>) -> Self {
        Self {
            kind,
            made_in,
            columns: None,
            constraints: BTreeMap::new(),
            row_security: false,
            policies: BTreeMap::new(),
            invoker: false,
            unlogged: false,
            access_method: None,
            tablespace: None,
            partition_key: None,
            partition_of: None,
            temporary: false,
            rows: None,
        }
    }

    pub(super) fn is_partitioned(&self) -> bool {
        self.partition_key.is_some()
    }
}
