//! What tells one database object from every other.

use std::fmt;

use serde::Deserialize;
#[cfg(feature = "plan")]
use serde::Serialize;

use super::name::{Name, QName};
use crate::sql::identifier;

/// The identity of a database object. Its derived order is the order in which objects are built: what stands lower
/// may need what stands higher (as `dbObjectTypePriority` in `pg_dump_sort.c`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(rename_all = "snake_case")]
pub enum ObjectId {
    /// A role (`pg_authid`).
    Role(Name),
    /// A schema (`pg_namespace`).
    Schema(Name),
    /// A procedural language (`pg_language`).
    Language(Name),
    /// An extension (`pg_extension`).
    Extension(Name),
    /// A collation (`pg_collation`).
    Collation(QName),
    /// An enum, domain, composite, range, multirange, base or shell type (`pg_type`).
    Type(QName),
    /// A constraint of a domain (`pg_constraint.contypid`).
    DomainConstraint(QName, Name),
    /// A function, procedure, aggregate or window function (`pg_proc`).
    Routine(RoutineId),
    /// A cast, by the names of its types (`pg_cast`).
    Cast(Name, Name),
    /// A transform, by type and language (`pg_transform`).
    Transform(Name, Name),
    /// An access method (`pg_am`).
    AccessMethod(Name),
    /// An operator, by name and the types of its arguments (`pg_operator`).
    Operator(OperatorId),
    /// An operator family, by name and access method (`pg_opfamily`).
    OperatorFamily(QName, Name),
    /// An operator class, by name and access method (`pg_opclass`).
    OperatorClass(QName, Name),
    /// An encoding conversion (`pg_conversion`).
    Conversion(QName),
    /// A text search parser (`pg_ts_parser`).
    TextSearchParser(QName),
    /// A text search template (`pg_ts_template`).
    TextSearchTemplate(QName),
    /// A text search dictionary (`pg_ts_dict`).
    TextSearchDictionary(QName),
    /// A text search configuration (`pg_ts_config`).
    TextSearchConfiguration(QName),
    /// A foreign-data wrapper (`pg_foreign_data_wrapper`).
    ForeignDataWrapper(Name),
    /// A foreign server (`pg_foreign_server`).
    Server(Name),
    /// A user mapping, by server and role (`pg_user_mapping`); the role is `public` for everybody.
    UserMapping(Name, Name),
    /// A sequence (`pg_class`, `relkind` S).
    Sequence(QName),
    /// A table, partitioned or not (`relkind` r, p).
    Table(QName),
    /// A foreign table (`relkind` f).
    ForeignTable(QName),
    /// A column of a relation, or an attribute of a composite type (`pg_attribute`).
    Column(QName, Name),
    /// A column's default or generation expression (`pg_attrdef`).
    Default(QName, Name),
    /// A view (`relkind` v).
    View(QName),
    /// A materialised view (`relkind` m).
    MaterializedView(QName),
    /// An index (`relkind` i, I).
    Index(QName),
    /// A constraint of a table other than a foreign key (`pg_constraint`).
    Constraint(QName, Name),
    /// A foreign key (`pg_constraint`, `contype` f).
    ForeignKey(QName, Name),
    /// An extended statistics object (`pg_statistic_ext`).
    Statistics(QName),
    /// A rewrite rule (`pg_rewrite`) other than a view's own.
    Rule(QName, Name),
    /// A trigger (`pg_trigger`).
    Trigger(QName, Name),
    /// A row-level security policy (`pg_policy`).
    Policy(QName, Name),
    /// A publication (`pg_publication`).
    Publication(Name),
    /// A table in a publication (`pg_publication_rel`).
    PublicationTable(Name, QName),
    /// A schema in a publication (`pg_publication_namespace`).
    PublicationSchema(Name, Name),
    /// A subscription (`pg_subscription`).
    Subscription(Name),
    /// An event trigger (`pg_event_trigger`).
    EventTrigger(Name),
}

/// The identity of a routine: PostgreSQL allows one name for many signatures.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
pub struct RoutineId {
    /// Schema and name.
    pub name: QName,
    /// The types of the input arguments, comma-separated, as `format_type` gives them with an empty `search_path`.
    pub arguments: Name,
}

/// The identity of an operator.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
pub struct OperatorId {
    /// Schema and name.
    pub name: QName,
    /// The type of the left argument; `None` for a prefix operator.
    pub left: Option<Name>,
    /// The type of the right argument; `None` for a postfix operator (13 and older).
    pub right: Option<Name>,
}

impl ObjectId {
    /// The schema that the object, or the object that it belongs to, lives in. `None` for objects of the whole
    /// database or cluster; casts and transforms live in no schema either.
    pub fn schema(&self) -> Option<&Name> {
        match self {
            Self::Schema(schema) | Self::PublicationSchema(_, schema) => Some(schema),
            _ => self.qualified().map(|name| &name.schema),
        }
    }

    /// Schema and name of the object, or of the object that it belongs to; `None` for what lives in no schema.
    pub fn qualified(&self) -> Option<&QName> {
        use ObjectId::*;
        match self {
            Collation(name)
            | Type(name)
            | DomainConstraint(name, _)
            | OperatorFamily(name, _)
            | OperatorClass(name, _)
            | Conversion(name)
            | TextSearchParser(name)
            | TextSearchTemplate(name)
            | TextSearchDictionary(name)
            | TextSearchConfiguration(name)
            | Sequence(name)
            | Table(name)
            | ForeignTable(name)
            | Column(name, _)
            | Default(name, _)
            | View(name)
            | MaterializedView(name)
            | Index(name)
            | Constraint(name, _)
            | ForeignKey(name, _)
            | Statistics(name)
            | Rule(name, _)
            | Trigger(name, _)
            | Policy(name, _)
            | PublicationTable(_, name) => Some(name),
            Routine(routine) => Some(&routine.name),
            Operator(operator) => Some(&operator.name),
            Role(_)
            | Schema(_)
            | Language(_)
            | Extension(_)
            | Cast(..)
            | Transform(..)
            | AccessMethod(_)
            | ForeignDataWrapper(_)
            | Server(_)
            | UserMapping(..)
            | Publication(_)
            | PublicationSchema(..)
            | Subscription(_)
            | EventTrigger(_) => None,
        }
    }
}

impl fmt::Display for RoutineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.name, self.arguments)
    }
}

impl fmt::Display for OperatorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |side: &Option<Name>| side.clone().unwrap_or_else(|| "NONE".into());
        // An operator's own name takes no quotes.
        let schema = identifier(&self.name.schema);
        write!(
            f,
            "{schema}.{} ({}, {})",
            self.name.name,
            side(&self.left),
            side(&self.right)
        )
    }
}

/// The object as PostgreSQL's messages name it.
impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use ObjectId::*;
        match self {
            Role(name) => write!(f, "role {}", identifier(name)),
            Schema(name) => write!(f, "schema {}", identifier(name)),
            Language(name) => write!(f, "language {}", identifier(name)),
            Extension(name) => write!(f, "extension {}", identifier(name)),
            Collation(name) => write!(f, "collation {name}"),
            Type(name) => write!(f, "type {name}"),
            DomainConstraint(domain, name) => write!(f, "constraint {} of domain {domain}", identifier(name)),
            Routine(routine) => write!(f, "routine {routine}"),
            Cast(source, target) => write!(f, "cast from {source} to {target}"),
            Transform(ty, language) => write!(f, "transform for {ty} language {}", identifier(language)),
            AccessMethod(name) => write!(f, "access method {}", identifier(name)),
            Operator(operator) => write!(f, "operator {operator}"),
            OperatorFamily(name, method) => write!(f, "operator family {name} for {}", identifier(method)),
            OperatorClass(name, method) => write!(f, "operator class {name} for {}", identifier(method)),
            Conversion(name) => write!(f, "conversion {name}"),
            TextSearchParser(name) => write!(f, "text search parser {name}"),
            TextSearchTemplate(name) => write!(f, "text search template {name}"),
            TextSearchDictionary(name) => write!(f, "text search dictionary {name}"),
            TextSearchConfiguration(name) => write!(f, "text search configuration {name}"),
            ForeignDataWrapper(name) => write!(f, "foreign-data wrapper {}", identifier(name)),
            Server(name) => write!(f, "server {}", identifier(name)),
            UserMapping(server, role) => {
                write!(
                    f,
                    "user mapping for {} on server {}",
                    identifier(role),
                    identifier(server)
                )
            }
            Sequence(name) => write!(f, "sequence {name}"),
            Table(name) => write!(f, "table {name}"),
            ForeignTable(name) => write!(f, "foreign table {name}"),
            Column(relation, name) => write!(f, "column {relation}.{}", identifier(name)),
            Default(relation, name) => write!(f, "default of column {relation}.{}", identifier(name)),
            View(name) => write!(f, "view {name}"),
            MaterializedView(name) => write!(f, "materialized view {name}"),
            Index(name) => write!(f, "index {name}"),
            Constraint(relation, name) | ForeignKey(relation, name) => {
                write!(f, "constraint {} on {relation}", identifier(name))
            }
            Statistics(name) => write!(f, "statistics object {name}"),
            Rule(relation, name) => write!(f, "rule {} on {relation}", identifier(name)),
            Trigger(relation, name) => write!(f, "trigger {} on {relation}", identifier(name)),
            Policy(relation, name) => write!(f, "policy {} on {relation}", identifier(name)),
            Publication(name) => write!(f, "publication {}", identifier(name)),
            PublicationTable(publication, name) => write!(f, "table {name} in publication {}", identifier(publication)),
            PublicationSchema(publication, name) => {
                write!(
                    f,
                    "schema {} in publication {}",
                    identifier(name),
                    identifier(publication)
                )
            }
            Subscription(name) => write!(f, "subscription {}", identifier(name)),
            EventTrigger(name) => write!(f, "event trigger {}", identifier(name)),
        }
    }
}
