//! Which rows name which types.

#[cfg(feature = "plan")]
use super::Catalog;
use super::name::Name;
#[cfg(feature = "plan")]
use super::operator::{FamilyFunction, OperatorClass};
use super::routine::{Body, Routine};
use super::types::{Type, TypeKind};

#[cfg(feature = "plan")]
impl Catalog {
    /// Calls `each` with every key of a data type that a row has, as often as rows have it.
    pub fn each_data_type<'a>(&'a self, mut each: impl FnMut(&'a Name)) {
        self.columns.iter().for_each(|row| each(&row.data_type));
        self.types.iter().for_each(|row| row.each_data_type(&mut each));
        self.routines.iter().for_each(|row| row.each_data_type(&mut each));
        self.operator_classes
            .iter()
            .for_each(|row| row.each_data_type(&mut each));
        for family in &self.operator_families {
            family_types(&family.functions, &mut each);
        }
        for cast in &self.casts {
            each(&cast.source);
            each(&cast.target);
        }
        self.transforms.iter().for_each(|row| each(&row.data_type));
    }
}

impl Type {
    /// Calls `each` with every key of a data type that its definition has.
    pub fn each_data_type<'a>(&'a self, mut each: impl FnMut(&'a Name)) {
        match &self.kind {
            TypeKind::Domain { base, .. } => each(base),
            TypeKind::Composite { attributes } => {
                attributes.iter().for_each(|attribute| each(&attribute.data_type));
            }
            TypeKind::Range(range) => each(&range.subtype),
            TypeKind::Base(base) => base.element.iter().for_each(each),
            TypeKind::Enum { .. } | TypeKind::Multirange { .. } | TypeKind::Shell => {}
        }
    }
}

impl Routine {
    /// Calls `each` with every key of a data type that its definition has.
    pub fn each_data_type<'a>(&'a self, mut each: impl FnMut(&'a Name)) {
        self.arguments.iter().for_each(|argument| each(&argument.data_type));
        self.returns.iter().for_each(&mut each);
        self.transforms.iter().for_each(&mut each);
        if let Body::Aggregate(aggregate) = &self.body {
            each(&aggregate.state_type);
            aggregate.moving_state_type.iter().for_each(each);
        }
    }
}

#[cfg(feature = "plan")]
impl OperatorClass {
    /// Calls `each` with every key of a data type that its definition has.
    pub fn each_data_type<'a>(&'a self, mut each: impl FnMut(&'a Name)) {
        each(&self.data_type);
        self.storage.iter().for_each(&mut each);
        family_types(&self.functions, &mut each);
    }
}

#[cfg(feature = "plan")]
fn family_types<'a>(functions: &'a [FamilyFunction], each: &mut impl FnMut(&'a Name)) {
    for function in functions {
        each(&function.left);
        each(&function.right);
    }
}
