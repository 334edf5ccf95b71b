//! Which classes there are and what is in them, whatever the style.

use std::borrow::Cow;

use super::{Plan, enums};
use crate::codegen::model::{Column, Field, Function, Insert, Relation, Returns, Scalar, Type};
use crate::config::python::{PythonStyle, PythonWire};

/// A class of fields.
pub(super) struct Class<'a> {
    pub(super) name: String,
    pub(super) doc: Option<&'a str>,
    /// Whether it is what a client gives, rather than what it gets.
    pub(super) is_change: bool,
    pub(super) members: Vec<Member<'a>>,
}

/// A field of a class.
pub(super) struct Member<'a> {
    /// The attribute.
    pub(super) name: String,
    /// The key in the database and on the wire.
    pub(super) key: Cow<'a, str>,
    /// The type of values that are not None.
    pub(super) ty: String,
    /// Whether None is a value.
    pub(super) nullable: bool,
    /// Whether it may be left out.
    pub(super) optional: bool,
    /// Whether the type names something that may not be there yet.
    pub(super) forward: bool,
    pub(super) doc: Option<&'a str>,
}

impl Member<'_> {
    /// The type, None included, in quotes where it must be read late.
    pub(super) fn annotation(&self) -> String {
        let whole = if self.nullable {
            format!("{} | None", self.ty)
        } else {
            self.ty.clone()
        };
        if !self.forward {
            return whole;
        }
        super::text::literal(&whole)
    }
}

impl<'a> Plan<'a> {
    /// Everything of a module, each thing behind what it is made of, classes as `push_class` spells them.
    pub(super) fn push_all(&self, out: &mut String, push_class: fn(&Self, &mut String, &Class<'_>)) {
        enums::push_enums(self, out);
        for at in (0..self.api.composites.len()).filter(|&at| self.is_here(&self.api.composites[at].named)) {
            push_class(self, out, &self.composite(at));
        }
        for &at in self
            .values
            .iter()
            .filter(|&&at| self.is_here(&self.api.relations[at].named))
        {
            // No constraint of a table holds for a value of its row type.
            push_class(
                self,
                out,
                &self.relation_class(at, "Value", |_| true, |_| (true, false)),
            );
        }
        enums::push_domains(self, out, false);
        for at in (0..self.api.relations.len()).filter(|&at| self.is_shown(&self.api.relations[at])) {
            for class in self.relation_classes(at) {
                push_class(self, out, &class);
            }
        }
        for at in (0..self.api.functions.len()).filter(|&at| self.is_here(&self.api.functions[at].named)) {
            for class in self.function_classes(at) {
                push_class(self, out, &class);
            }
        }
    }

    /// The classes of a composite type.
    pub(super) fn composite(&self, at: usize) -> Class<'a> {
        let row = &self.api.composites[at];
        Class {
            name: self.names.composites[at].clone(),
            doc: row.named.comment.as_deref(),
            is_change: false,
            members: self.fields(&row.fields),
        }
    }

    /// What a member is given by: a dictionary's key, or the attribute.
    pub(super) fn key_of(&self, member: &Member<'_>) -> String {
        match self.options.style {
            PythonStyle::Typeddict => member.key.to_string(),
            _ => member.name.clone(),
        }
    }

    /// The row class of a relation, and what can be inserted and updated.
    pub(super) fn relation_classes(&self, at: usize) -> Vec<Class<'a>> {
        let relation = &self.api.relations[at];
        let mut classes = vec![self.relation_class(at, "", |_| true, |column| (column.nullable, false))];
        if relation.insertable && relation.named.emitted {
            classes.push(self.relation_class(
                at,
                "Insert",
                |column| column.insert != Insert::Never,
                |column| (column.write_nullable, column.insert == Insert::Optional),
            ));
        }
        if relation.updatable && relation.named.emitted {
            classes.push(self.relation_class(
                at,
                "Update",
                |column| column.update,
                |column| (column.write_nullable, true),
            ));
        }
        classes
    }

    fn relation_class(
        &self,
        at: usize,
        suffix: &str,
        has: impl Fn(&Column) -> bool,
        presence: impl Fn(&Column) -> (bool, bool),
    ) -> Class<'a> {
        let relation: &'a Relation = &self.api.relations[at];
        let is_change = matches!(suffix, "Insert" | "Update");
        let columns = relation.columns.iter().enumerate().filter(|(_, column)| has(column));
        let members = columns.map(|(position, column)| {
            let (nullable, optional) = presence(column);
            let (ty, forward) = match &column.ty {
                // PostgREST gives an hstore as an object, and takes its text.
                Type::Scalar(Scalar::Hstore) if is_change && self.options.wire == PythonWire::Postgrest => {
                    ("str".to_owned(), false)
                }
                _ => self.column_type(column),
            };
            // A value stands before the domains.
            let forward = forward || (suffix == "Value" && self.is_forward(&column.ty));
            Member {
                name: self.fields[at][position].clone(),
                key: Cow::Borrowed(&column.name),
                ty,
                nullable,
                optional,
                forward,
                doc: column.comment.as_deref(),
            }
        });
        Class {
            name: format!("{}{suffix}", self.names.relations[at]),
            doc: relation.named.comment.as_deref(),
            is_change,
            members: members.collect(),
        }
    }

    /// A column's type, and whether it must be read late.
    pub(super) fn column_type(&self, column: &Column) -> (String, bool) {
        let mut ty = String::new();
        if let Some(code) = column.custom.and_then(|at| self.api.overrides[at].python.as_ref()) {
            self.push_custom(&mut ty, code);
            return (ty, false);
        }
        self.push_ruled(&mut ty, &column.ty, &column.rules);
        (ty, self.is_late(&column.ty))
    }

    /// What a function takes, where its arguments have names, and what it gives, where that is a record.
    pub(super) fn function_classes(&self, at: usize) -> Vec<Class<'a>> {
        let function: &'a Function = &self.api.functions[at];
        let mut classes = Vec::new();
        let named: Vec<_> = function
            .arguments
            .iter()
            .filter_map(|argument| Some((argument.name.as_deref()?, argument)))
            .collect();
        let own: Vec<&str> = named.iter().map(|&(name, _)| name).collect();
        let fields = self.reserved.plain_fields(&own);
        if !named.is_empty() {
            let members = named.iter().zip(fields).map(|(&(key, argument), name)| Member {
                name,
                key: Cow::Borrowed(key),
                ty: self.type_of(&argument.ty),
                nullable: argument.nullable,
                optional: argument.optional,
                forward: self.is_late(&argument.ty),
                doc: None,
            });
            classes.push(Class {
                name: format!("{}Args", self.names.functions[at]),
                doc: function.named.comment.as_deref(),
                is_change: true,
                members: members.collect(),
            });
        }
        if let Returns::Record(fields) = &function.returns {
            classes.push(Class {
                name: format!("{}Result", self.names.functions[at]),
                doc: function.named.comment.as_deref(),
                is_change: false,
                members: self.fields(fields),
            });
        }
        classes
    }

    fn fields(&self, fields: &'a [Field]) -> Vec<Member<'a>> {
        // PostgreSQL's own names of what has none.
        let keys = fields.iter().enumerate().map(|(at, field)| match &field.name {
            Some(name) => Cow::Borrowed(name.as_str()),
            None => Cow::Owned(format!("column{}", at + 1)),
        });
        let keys: Vec<Cow<'a, str>> = keys.collect();
        let own: Vec<&str> = keys.iter().map(AsRef::as_ref).collect();
        let names = self.reserved.plain_fields(&own);
        let members = fields.iter().zip(keys).zip(names).map(|((field, key), name)| Member {
            name,
            key,
            ty: self.type_of(&field.ty),
            nullable: field.nullable,
            optional: false,
            forward: self.is_forward(&field.ty),
            doc: field.comment.as_deref(),
        });
        members.collect()
    }

    pub(super) fn type_of(&self, ty: &Type) -> String {
        let mut out = String::new();
        self.push_type(&mut out, ty);
        out
    }

    /// The domains of this module, each after those that it is made of.
    pub(super) fn domains_in_order(&self) -> Vec<usize> {
        let mut placed = Vec::new();
        let mut seen = vec![false; self.api.domains.len()];
        for at in (0..self.api.domains.len()).filter(|&at| self.is_here(&self.api.domains[at].named)) {
            self.place_domain(at, &mut seen, &mut placed);
        }
        placed
    }

    fn place_domain(&self, at: usize, seen: &mut [bool], placed: &mut Vec<usize>) {
        if std::mem::replace(&mut seen[at], true) {
            return;
        }
        let mut base = &self.api.domains[at].base;
        while let Type::Array(inner) | Type::Custom(_, inner) = base {
            base = inner;
        }
        if let Type::Domain(below) = base
            && self.is_here(&self.api.domains[*below].named)
        {
            self.place_domain(*below, seen, placed);
        }
        placed.push(at);
    }
}
