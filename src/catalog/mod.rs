//! What a database is: flat, typed, ordered rows, one kind a file.
//!
//! State, edges and differences share one grain: a column, a constraint, a policy, a grant, a comment are each a row.
//! Nesting ("a table with its columns") is a way of looking ([`lookup`]), never storage. No OID is in here.

#[cfg(feature = "plan")]
use std::thread;

use serde::Deserialize;
#[cfg(feature = "plan")]
use serde::Serialize;

#[cfg(feature = "plan")]
pub mod access;
#[cfg(feature = "plan")]
pub mod acl;
pub mod check;
pub mod column;
pub mod comment;
pub mod constraint;
#[cfg(feature = "plan")]
pub mod depends;
#[cfg(feature = "plan")]
pub mod facts;
#[cfg(feature = "plan")]
pub mod foreign;
pub mod id;
pub mod index;
#[cfg(feature = "plan")]
pub mod kin;
#[cfg(feature = "plan")]
pub mod language;
pub mod lookup;
pub mod name;
#[cfg(feature = "plan")]
pub mod object;
#[cfg(feature = "plan")]
pub mod operator;
#[cfg(feature = "plan")]
pub mod policy;
#[cfg(feature = "plan")]
pub mod publication;
pub mod relation;
#[cfg(feature = "plan")]
mod roles;
pub mod routine;
pub mod rows;
pub mod schema;
pub mod scope;
#[cfg(feature = "plan")]
pub mod sequence;
#[cfg(feature = "plan")]
pub mod text_search;
#[cfg(feature = "plan")]
pub mod trigger;
pub mod types;
#[cfg(feature = "plan")]
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
    ($($(#[doc = $doc:literal])+ $(#[cfg($feature:meta)])? $field:ident: $row:ty,)+) => {
        /// A whole schema, as the server understands it.
        #[derive(Clone, Debug, Default, PartialEq)]
        #[cfg_attr(feature = "plan", derive(Serialize, Deserialize), serde(deny_unknown_fields))]
        pub struct Catalog {
            /// The server that it was read from.
            pub server: ServerInfo,
            $(
                $(#[doc = $doc])+
                $(#[cfg($feature)])?
                #[cfg_attr(feature = "plan", serde(default, skip_serializing_if = "is_empty"))]
                pub $field: Rows<$row>,
            )+
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

        #[cfg(feature = "plan")]
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
/// Those without `plan` are what types come from.
macro_rules! kinds {
    ($then:ident) => {
        $then! {
            /// Roles that something here names.
            #[cfg(feature = "plan")]
            roles: access::Role,
            /// Memberships of those roles.
            #[cfg(feature = "plan")]
            memberships: access::Membership,
            /// Schemas.
            schemas: schema::Schema,
            /// Installed extensions.
            extensions: schema::Extension,
            /// Procedural languages.
            #[cfg(feature = "plan")]
            languages: language::Language,
            /// Access methods.
            #[cfg(feature = "plan")]
            access_methods: language::AccessMethod,
            /// Transforms.
            #[cfg(feature = "plan")]
            transforms: language::Transform,
            /// Collations.
            #[cfg(feature = "plan")]
            collations: operator::Collation,
            /// Encoding conversions.
            #[cfg(feature = "plan")]
            conversions: operator::Conversion,
            /// Every type, with its modifiers, that another row names.
            data_types: column::DataType,
            /// User-defined types.
            types: types::Type,
            /// Constraints of domains.
            domain_constraints: constraint::DomainConstraint,
            /// Casts.
            #[cfg(feature = "plan")]
            casts: operator::Cast,
            /// Operators.
            #[cfg(feature = "plan")]
            operators: operator::Operator,
            /// Operator families.
            #[cfg(feature = "plan")]
            operator_families: operator::OperatorFamily,
            /// Operator classes.
            #[cfg(feature = "plan")]
            operator_classes: operator::OperatorClass,
            /// Text search parsers.
            #[cfg(feature = "plan")]
            text_search_parsers: text_search::TextSearchParser,
            /// Text search templates.
            #[cfg(feature = "plan")]
            text_search_templates: text_search::TextSearchTemplate,
            /// Text search dictionaries.
            #[cfg(feature = "plan")]
            text_search_dictionaries: text_search::TextSearchDictionary,
            /// Text search configurations.
            #[cfg(feature = "plan")]
            text_search_configurations: text_search::TextSearchConfiguration,
            /// Foreign-data wrappers.
            #[cfg(feature = "plan")]
            foreign_data_wrappers: foreign::ForeignDataWrapper,
            /// Foreign servers.
            #[cfg(feature = "plan")]
            servers: foreign::Server,
            /// User mappings.
            #[cfg(feature = "plan")]
            user_mappings: foreign::UserMapping,
            /// Sequences.
            #[cfg(feature = "plan")]
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
            #[cfg(feature = "plan")]
            statistics: index::Statistics,
            /// Routines.
            routines: routine::Routine,
            /// Rewrite rules.
            #[cfg(feature = "plan")]
            rules: trigger::Rule,
            /// Triggers.
            #[cfg(feature = "plan")]
            triggers: trigger::Trigger,
            /// Event triggers.
            #[cfg(feature = "plan")]
            event_triggers: trigger::EventTrigger,
            /// Row-level security policies.
            #[cfg(feature = "plan")]
            policies: policy::Policy,
            /// Publications.
            #[cfg(feature = "plan")]
            publications: publication::Publication,
            /// Tables in publications.
            #[cfg(feature = "plan")]
            publication_tables: publication::PublicationTable,
            /// Schemas in publications.
            #[cfg(feature = "plan")]
            publication_schemas: publication::PublicationSchema,
            /// Subscriptions.
            #[cfg(feature = "plan")]
            subscriptions: publication::Subscription,
            /// Grants.
            #[cfg(feature = "plan")]
            grants: access::Grant,
            /// Default privileges.
            #[cfg(feature = "plan")]
            default_privileges: access::DefaultPrivilege,
            /// Comments.
            comments: comment::Comment,
            /// Security labels.
            #[cfg(feature = "plan")]
            security_labels: comment::SecurityLabel,
            /// Dependencies that no field says already.
            #[cfg(feature = "plan")]
            edges: access::Edge,
            /// What the server has and pgkeel does not model.
            #[cfg(feature = "plan")]
            unmodelled: access::Unmodelled,
        }
    };
}
pub(crate) use kinds;

kinds!(catalog);

/// The server that a catalog was read from.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(deny_unknown_fields)]
pub struct ServerInfo {
    /// The major version, such as 18.
    pub major: u32,
}

/// For serde: whether a section has no rows.
#[cfg(feature = "plan")]
fn is_empty<T>(rows: &Rows<T>) -> bool {
    rows.is_empty()
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

#[cfg(feature = "plan")]
/// For serde: whether a field says nothing.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[cfg(feature = "plan")]
/// For serde: whether a flag that is usually set is set.
fn is_true(value: &bool) -> bool {
    *value
}

/// For serde: the default of a flag that is usually set.
fn yes() -> bool {
    true
}
