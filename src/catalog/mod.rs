//! What a database is: flat, typed, ordered rows, one kind a file.
//!
//! State, edges and differences share one grain: a column, a constraint, a policy, a grant, a comment are each a row.
//! Nesting ("a table with its columns") is a way of looking ([`lookup`]), never storage. No OID is in here.

#[cfg(feature = "plan")]
use std::thread;

use serde::{Deserialize, Serialize};

pub mod access;
pub mod acl;
pub mod check;
pub mod column;
pub mod constraint;
#[cfg(feature = "plan")]
pub mod depends;
pub mod facts;
pub mod foreign;
pub mod id;
pub mod index;
pub mod kin;
pub mod lookup;
pub mod name;
#[cfg(feature = "plan")]
pub mod object;
pub mod operator;
pub mod policy;
pub mod publication;
pub mod relation;
#[cfg(feature = "plan")]
mod roles;
pub mod routine;
pub mod rows;
pub mod schema;
pub mod scope;
pub mod sequence;
pub mod text_search;
pub mod trigger;
pub mod types;
pub mod usage;
pub mod uses;

pub use id::{ObjectId, OperatorId, RoutineId};
pub use name::{Name, QName};
#[cfg(feature = "plan")]
pub use object::Object;
pub use rows::{Delta, Row, Rows, diff};

#[cfg(feature = "plan")]
use crate::threads::joined;

/// From how many rows on a kind is worth threads of its own.
#[cfg(feature = "plan")]
const ROWS_FOR_THREADS: usize = 4_000;

/// Declares the catalog: each kind once, with the field that holds its rows.
macro_rules! catalog {
    ($($(#[doc = $doc:literal])+ $field:ident: $row:ty,)+) => {
        /// A whole schema, as the server understands it.
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Catalog {
            /// The server that it was read from.
            pub server: ServerInfo,
            $($(#[doc = $doc])+ #[serde(default, skip_serializing_if = "is_empty")] pub $field: Rows<$row>,)+
        }

        /// A catalog in the making: rows in whatever order they are found.
        #[cfg(feature = "plan")]
        #[derive(Debug, Default)]
        pub struct Draft {
            /// The server that it is read from.
            pub server: ServerInfo,
            $($(#[doc = $doc])+ pub $field: Vec<$row>,)+
        }

        #[cfg(feature = "plan")]
        impl Draft {
            /// The catalog of these rows, in order. Large kinds are sorted by threads of their own.
            pub fn finish(self) -> Catalog {
                thread::scope(|scope| {
                    $(let $field = match self.$field {
                        rows if rows.len() < ROWS_FOR_THREADS => Ok(Rows::sorted(rows)),
                        rows => Err(scope.spawn(|| Rows::sorted(rows))),
                    };)+
                    Catalog {
                        server: self.server,
                        $($field: $field.unwrap_or_else(joined),)+
                    }
                })
            }
        }

        impl Catalog {
            /// The first section and id that stand twice: there is none in a sound catalog.
            pub fn duplicate(&self) -> Option<String> {
                $(if let Some(at) = self.$field.duplicate() {
                    return Some(format!("{} {:?}", stringify!($field), self.$field[at].id()));
                })+
                None
            }

            /// How many rows each kind has, in the snapshot's order.
            pub fn counts(&self) -> Vec<(&'static str, usize)> {
                vec![$((stringify!($field), self.$field.len()),)+]
            }
        }
    };
}

/// Hands every kind, with the field that holds its rows, to a macro. The order is the snapshot's.
macro_rules! kinds {
    ($then:ident) => {
        $then! {
            /// Roles that something here names.
            roles: access::Role,
            /// Memberships of those roles.
            memberships: access::Membership,
            /// Schemas.
            schemas: schema::Schema,
            /// Installed extensions.
            extensions: schema::Extension,
            /// Procedural languages.
            languages: schema::Language,
            /// Access methods.
            access_methods: schema::AccessMethod,
            /// Transforms.
            transforms: schema::Transform,
            /// Collations.
            collations: operator::Collation,
            /// Encoding conversions.
            conversions: operator::Conversion,
            /// Every type, with its modifiers, that another row names.
            data_types: column::DataType,
            /// User-defined types.
            types: types::Type,
            /// Constraints of domains.
            domain_constraints: constraint::DomainConstraint,
            /// Casts.
            casts: operator::Cast,
            /// Operators.
            operators: operator::Operator,
            /// Operator families.
            operator_families: operator::OperatorFamily,
            /// Operator classes.
            operator_classes: operator::OperatorClass,
            /// Text search parsers.
            text_search_parsers: text_search::TextSearchParser,
            /// Text search templates.
            text_search_templates: text_search::TextSearchTemplate,
            /// Text search dictionaries.
            text_search_dictionaries: text_search::TextSearchDictionary,
            /// Text search configurations.
            text_search_configurations: text_search::TextSearchConfiguration,
            /// Foreign-data wrappers.
            foreign_data_wrappers: foreign::ForeignDataWrapper,
            /// Foreign servers.
            servers: foreign::Server,
            /// User mappings.
            user_mappings: foreign::UserMapping,
            /// Sequences.
            sequences: sequence::Sequence,
            /// Tables, views, materialised views and foreign tables.
            relations: relation::Relation,
            /// Their columns.
            columns: column::Column,
            /// Constraints of tables.
            constraints: constraint::Constraint,
            /// Indexes.
            indexes: index::Index,
            /// Extended statistics.
            statistics: index::Statistics,
            /// Routines.
            routines: routine::Routine,
            /// Rewrite rules.
            rules: trigger::Rule,
            /// Triggers.
            triggers: trigger::Trigger,
            /// Event triggers.
            event_triggers: trigger::EventTrigger,
            /// Row-level security policies.
            policies: policy::Policy,
            /// Publications.
            publications: publication::Publication,
            /// Tables in publications.
            publication_tables: publication::PublicationTable,
            /// Schemas in publications.
            publication_schemas: publication::PublicationSchema,
            /// Subscriptions.
            subscriptions: publication::Subscription,
            /// Grants.
            grants: access::Grant,
            /// Default privileges.
            default_privileges: access::DefaultPrivilege,
            /// Comments.
            comments: access::Comment,
            /// Security labels.
            security_labels: access::SecurityLabel,
            /// Dependencies that no field says already.
            edges: access::Edge,
            /// What the server has and pgkeel does not model.
            unmodelled: access::Unmodelled,
        }
    };
}
pub(crate) use kinds;

kinds!(catalog);

/// The server that a catalog was read from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerInfo {
    /// The major version, such as 18.
    pub major: u32,
}

/// Says what tells a row from the others of its kind and, where rows of one owner have an order of their own, the owner.
macro_rules! row {
    ($row:ty, $id:ty, |$this:ident| $key:expr $(, ordered by $owner:ident)?) => {
        impl $crate::catalog::Row for $row {
            type Id<'a> = $id;

            fn id(&self) -> Self::Id<'_> {
                let $this = self;
                $key
            }

            $(fn compare(&self, other: &Self) -> std::cmp::Ordering {
                self.$owner.cmp(&other.$owner)
            })?
        }
    };
}
use row;

/// For serde: whether a field says nothing.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// For serde: whether a section has no rows.
fn is_empty<T>(rows: &Rows<T>) -> bool {
    rows.is_empty()
}

/// For serde: whether a flag that is usually set is set.
fn is_true(value: &bool) -> bool {
    *value
}

/// For serde: the default of a flag that is usually set.
fn yes() -> bool {
    true
}
