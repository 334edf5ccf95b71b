//! A row of any kind that stands for a database object.

use super::access::Role;
use super::column::Column;
use super::constraint::{Constraint, DomainConstraint};
use super::foreign::{ForeignDataWrapper, Server, UserMapping};
use super::index::{Index, Statistics};
use super::language::{AccessMethod, Language, Transform};
use super::operator::{Cast, Collation, Conversion, Operator, OperatorClass, OperatorFamily};
use super::policy::Policy;
use super::publication::{Publication, PublicationSchema, PublicationTable, Subscription};
use super::relation::Relation;
use super::routine::Routine;
use super::schema::{Extension, Schema};
use super::sequence::Sequence;
use super::text_search::{TextSearchConfiguration, TextSearchDictionary, TextSearchParser, TextSearchTemplate};
use super::trigger::{EventTrigger, Rule, Trigger};
use super::types::Type;
use super::{Catalog, Name, ObjectId};

/// Hands every kind whose rows are objects, with the field that holds them, to a macro.
macro_rules! objects {
    ($then:ident) => {
        $then! {
            Role: roles,
            Schema: schemas,
            Extension: extensions,
            Language: languages,
            AccessMethod: access_methods,
            Transform: transforms,
            Collation: collations,
            Conversion: conversions,
            Type: types,
            DomainConstraint: domain_constraints,
            Cast: casts,
            Operator: operators,
            OperatorFamily: operator_families,
            OperatorClass: operator_classes,
            TextSearchParser: text_search_parsers,
            TextSearchTemplate: text_search_templates,
            TextSearchDictionary: text_search_dictionaries,
            TextSearchConfiguration: text_search_configurations,
            ForeignDataWrapper: foreign_data_wrappers,
            Server: servers,
            UserMapping: user_mappings,
            Sequence: sequences,
            Relation: relations,
            Column: columns,
            Constraint: constraints,
            Index: indexes,
            Statistics: statistics,
            Routine: routines,
            Rule: rules,
            Trigger: triggers,
            EventTrigger: event_triggers,
            Policy: policies,
            Publication: publications,
            PublicationTable: publication_tables,
            PublicationSchema: publication_schemas,
            Subscription: subscriptions,
        }
    };
}
pub(crate) use objects;

macro_rules! object {
    ($($kind:ident: $rows:ident,)+) => {
        /// A row of any kind that stands for a database object.
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[expect(missing_docs, reason = "each variant is the row of its name")]
        pub enum Object<'a> {
            $($kind(&'a $kind),)+
        }

        impl Object<'_> {
            /// The object's identity.
            pub fn id(self) -> ObjectId {
                match self {
                    $(Self::$kind(row) => row.object(),)+
                }
            }
        }

        impl Catalog {
            /// Calls `each` with every object, kind by kind.
            pub fn each_object<'a>(&'a self, mut each: impl FnMut(Object<'a>)) {
                $(self.$rows.iter().for_each(|row| each(Object::$kind(row)));)+
            }
        }
    };
}
objects!(object);

macro_rules! identities {
    ($($kind:ident => |$row:ident| $id:expr;)+) => {
        $(impl $kind {
            /// The object's identity.
            pub fn object(&self) -> ObjectId {
                let $row = self;
                $id
            }
        })+
    };
}
identities! {
    Role => |row| ObjectId::Role(row.name.clone());
    Extension => |row| ObjectId::Extension(row.name.clone());
    Language => |row| ObjectId::Language(row.name.clone());
    AccessMethod => |row| ObjectId::AccessMethod(row.name.clone());
    Schema => |row| ObjectId::Schema(row.name.clone());
    Collation => |row| ObjectId::Collation(row.name.clone());
    Conversion => |row| ObjectId::Conversion(row.name.clone());
    Cast => |row| ObjectId::Cast(row.source.clone(), row.target.clone());
    Operator => |row| ObjectId::Operator(row.id.clone());
    OperatorFamily => |row| ObjectId::OperatorFamily(row.name.clone(), row.method.clone());
    OperatorClass => |row| ObjectId::OperatorClass(row.name.clone(), row.method.clone());
    TextSearchParser => |row| ObjectId::TextSearchParser(row.name.clone());
    TextSearchTemplate => |row| ObjectId::TextSearchTemplate(row.name.clone());
    TextSearchDictionary => |row| ObjectId::TextSearchDictionary(row.name.clone());
    TextSearchConfiguration => |row| ObjectId::TextSearchConfiguration(row.name.clone());
    ForeignDataWrapper => |row| ObjectId::ForeignDataWrapper(row.name.clone());
    Server => |row| ObjectId::Server(row.name.clone());
    UserMapping => |row| ObjectId::UserMapping(row.server.clone(), row.role.clone().unwrap_or_else(public));
    Statistics => |row| ObjectId::Statistics(row.name.clone());
    EventTrigger => |row| ObjectId::EventTrigger(row.name.clone());
    Publication => |row| ObjectId::Publication(row.name.clone());
    PublicationTable => |row| ObjectId::PublicationTable(row.publication.clone(), row.relation.clone());
    PublicationSchema => |row| ObjectId::PublicationSchema(row.publication.clone(), row.schema.clone());
    Subscription => |row| ObjectId::Subscription(row.name.clone());
}

/// What stands for everybody in the identity of a user mapping.
fn public() -> Name {
    Name::new_static("public")
}

impl Catalog {
    /// The row that stands for the object. A default has none of its own: its column has it.
    pub fn object(&self, id: &ObjectId) -> Option<Object<'_>> {
        use ObjectId as Id;
        Some(match id {
            Id::Role(name) => Object::Role(self.roles.find(|row| row.name.cmp(name))?),
            Id::Schema(name) => Object::Schema(self.schemas.find(|row| row.name.cmp(name))?),
            Id::Language(name) => Object::Language(self.languages.find(|row| row.name.cmp(name))?),
            Id::Extension(name) => Object::Extension(self.extensions.find(|row| row.name.cmp(name))?),
            Id::Collation(name) => Object::Collation(self.collations.find(|row| row.name.cmp(name))?),
            Id::Type(name) => Object::Type(self.types.find(|row| row.name.cmp(name))?),
            Id::DomainConstraint(domain, name) => Object::DomainConstraint(
                self.domain_constraints
                    .find(|row| (&row.domain, &row.name).cmp(&(domain, name)))?,
            ),
            Id::Routine(id) => Object::Routine(self.routines.find(|row| row.id.cmp(id))?),
            Id::Cast(source, target) => Object::Cast(
                self.casts
                    .find(|row| (&row.source, &row.target).cmp(&(source, target)))?,
            ),
            Id::Transform(data_type, language) => Object::Transform(
                self.transforms
                    .find(|row| (&row.data_type, &row.language).cmp(&(data_type, language)))?,
            ),
            Id::AccessMethod(name) => Object::AccessMethod(self.access_methods.find(|row| row.name.cmp(name))?),
            Id::Operator(id) => Object::Operator(self.operators.find(|row| row.id.cmp(id))?),
            Id::OperatorFamily(name, method) => Object::OperatorFamily(
                self.operator_families
                    .find(|row| (&row.name, &row.method).cmp(&(name, method)))?,
            ),
            Id::OperatorClass(name, method) => Object::OperatorClass(
                self.operator_classes
                    .find(|row| (&row.name, &row.method).cmp(&(name, method)))?,
            ),
            Id::Conversion(name) => Object::Conversion(self.conversions.find(|row| row.name.cmp(name))?),
            Id::TextSearchParser(name) => {
                Object::TextSearchParser(self.text_search_parsers.find(|row| row.name.cmp(name))?)
            }
            Id::TextSearchTemplate(name) => {
                Object::TextSearchTemplate(self.text_search_templates.find(|row| row.name.cmp(name))?)
            }
            Id::TextSearchDictionary(name) => {
                Object::TextSearchDictionary(self.text_search_dictionaries.find(|row| row.name.cmp(name))?)
            }
            Id::TextSearchConfiguration(name) => {
                Object::TextSearchConfiguration(self.text_search_configurations.find(|row| row.name.cmp(name))?)
            }
            Id::ForeignDataWrapper(name) => {
                Object::ForeignDataWrapper(self.foreign_data_wrappers.find(|row| row.name.cmp(name))?)
            }
            Id::Server(name) => Object::Server(self.servers.find(|row| row.name.cmp(name))?),
            Id::UserMapping(server, role) => Object::UserMapping({
                let role = (*role != public()).then_some(role);
                self.user_mappings
                    .find(|row| (&row.server, row.role.as_ref()).cmp(&(server, role)))?
            }),
            Id::Sequence(name) => Object::Sequence(self.sequences.find(|row| row.name.cmp(name))?),
            Id::Table(name) | Id::ForeignTable(name) | Id::View(name) | Id::MaterializedView(name) => {
                let row = self.relations.find(|row| row.name.cmp(name))?;
                (row.object() == *id).then_some(Object::Relation(row))?
            }
            Id::Column(relation, name) => Object::Column(
                self.columns
                    .find(|row| (&row.relation, &row.name).cmp(&(relation, name)))?,
            ),
            Id::Default(..) => return None,
            Id::Index(name) => Object::Index(self.indexes.find(|row| row.name.cmp(name))?),
            Id::Constraint(relation, name) | Id::ForeignKey(relation, name) => {
                let row = self
                    .constraints
                    .find(|row| (&row.relation, &row.name).cmp(&(relation, name)))?;
                (row.object() == *id).then_some(Object::Constraint(row))?
            }
            Id::Statistics(name) => Object::Statistics(self.statistics.find(|row| row.name.cmp(name))?),
            Id::Rule(relation, name) => Object::Rule(
                self.rules
                    .find(|row| (&row.relation, &row.name).cmp(&(relation, name)))?,
            ),
            Id::Trigger(relation, name) => Object::Trigger(
                self.triggers
                    .find(|row| (&row.relation, &row.name).cmp(&(relation, name)))?,
            ),
            Id::Policy(relation, name) => Object::Policy(
                self.policies
                    .find(|row| (&row.relation, &row.name).cmp(&(relation, name)))?,
            ),
            Id::Publication(name) => Object::Publication(self.publications.find(|row| row.name.cmp(name))?),
            Id::PublicationTable(publication, relation) => Object::PublicationTable(
                self.publication_tables
                    .find(|row| (&row.publication, &row.relation).cmp(&(publication, relation)))?,
            ),
            Id::PublicationSchema(publication, schema) => Object::PublicationSchema(
                self.publication_schemas
                    .find(|row| (&row.publication, &row.schema).cmp(&(publication, schema)))?,
            ),
            Id::Subscription(name) => Object::Subscription(self.subscriptions.find(|row| row.name.cmp(name))?),
            Id::EventTrigger(name) => Object::EventTrigger(self.event_triggers.find(|row| row.name.cmp(name))?),
        })
    }
}
