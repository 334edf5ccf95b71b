//! Whether an object is ours, or only somebody else's that ours may point at.

use crate::catalog::scope::Standing;
use crate::catalog::{Name, ObjectId};

use super::Reader;
use super::names::catalogs::PG_CLASS;
use super::names::{Class, Reach};
use super::values::Oid;

impl Reader<'_> {
    /// Whether the object is ours: in scope, and not a member of an extension.
    pub(super) fn is_ours(&self, catalog: Oid, oid: Oid, object: &ObjectId) -> bool {
        self.names.extension(catalog, oid).is_none() && self.is_in_scope(catalog, oid, object)
    }

    /// Whether the object is neither in a schema that is PostgreSQL's own or reference-only, nor left out by name. A
    /// policy or trigger that was read is in scope wherever its table is: users put them on a platform's tables.
    pub(super) fn is_in_scope(&self, catalog: Oid, oid: Oid, object: &ObjectId) -> bool {
        if catalog == PG_CLASS {
            return self.names.class(oid).is_some_and(|class| class.reach == Reach::Whole);
        }
        if matches!(object, ObjectId::Policy(..) | ObjectId::Trigger(..)) {
            return true;
        }
        let is_ours = |schema: &Name| self.scope.standing(schema) == Standing::Ours;
        object.schema().is_none_or(is_ours) && object.qualified().is_none_or(|name| !self.scope.excludes(name))
    }

    /// Whether policies and triggers of the relation may be ours: it is, or it is the platform's, on whose tables users
    /// put their own.
    pub(super) fn is_open_to_users(&self, oid: Oid, class: &Class) -> bool {
        match class.reach {
            Reach::Whole => true,
            Reach::Reference => {
                self.scope.is_platforms(&class.name.schema) && self.names.extension(PG_CLASS, oid).is_none()
            }
            Reach::Out => false,
        }
    }

    /// The object (`classid`, `objid`, `objsubid`), where it is ours.
    pub(super) fn own_object(&self, catalog: Oid, oid: Oid, column: i32) -> Option<ObjectId> {
        let object = self.names.object(catalog, oid, column)?;
        self.is_ours(catalog, oid, &object).then_some(object)
    }

    /// The name of the schema, where it is ours.
    pub(super) fn own_schema(&self, oid: Oid) -> Option<Name> {
        let (name, standing) = self.names.schema(oid)?;
        (standing == Standing::Ours).then(|| name.clone())
    }
}
