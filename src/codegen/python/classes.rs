//! Which classes there are and what is in them, whatever the style.

use std::borrow::Cow;
use std::rc::Rc;

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
    pub(super) name: Cow<'a, str>,
    /// The key in the database and on the wire.
    pub(super) key: Cow<'a, str>,
    /// The type of values that are not None, which a relation's classes share.
    pub(super) ty: Rc<str>,
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
    pub(super) fn annotation(&self) -> Cow<'_, str> {
        let whole = if self.nullable {
            Cow::Owned([&self.ty, " | None"].concat())
        } else {
            Cow::Borrowed(&*self.ty)
        };
        if !self.forward {
            return whole;
        }
        Cow::Owned(super::text::literal(&whole))
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
                &self.relation_class(at, "Value", &self.column_types(at), |_| true, |_| (true, false)),
            );
        }
        enums::push_domains(self, out, false);
        for at in (0..self.api.relations.len()).filter(|&at| self.is_shown(&self.api.relations[at])) {
            self.relation_classes(at, |class| push_class(self, out, &class));
        }
        for at in (0..self.api.functions.len()).filter(|&at| self.is_here(&self.api.functions[at].named)) {
            for class in self.function_classes(at) {
                push_class(self, out, &class);
            }
        }
    }

    /// The classes of a composite type.
    pub(super) fn composite(&self, at: usize) -> Class<'_> {
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
            _ => member.name.to_string(),
        }
    }

    /// The types of the columns of a row that is read, None included.
    pub(super) fn row_types(&self, at: usize) -> Vec<String> {
        let columns = self.api.relations[at].columns.iter().zip(self.column_types(at));
        let types = columns.map(|(column, (ty, _))| match column.nullable {
            true => [&ty, " | None"].concat(),
            false => ty.to_string(),
        });
        types.collect()
    }

    /// The row class of a relation, and what can be inserted and updated.
    pub(super) fn relation_classes(&self, at: usize, mut each: impl FnMut(Class<'_>)) {
        let relation = &self.api.relations[at];
        let types = self.column_types(at);
        each(self.relation_class(at, "", &types, |_| true, |column| (column.nullable, false)));
        if relation.insertable && relation.named.emitted {
            each(self.relation_class(
                at,
                "Insert",
                &types,
                |column| column.insert != Insert::Never,
                |column| (column.write_nullable, column.insert == Insert::Optional),
            ));
        }
        if relation.updatable && relation.named.emitted {
            each(self.relation_class(
                at,
                "Update",
                &types,
                |column| column.update,
                |column| (column.write_nullable, true),
            ));
        }
    }

    fn relation_class(
        &self,
        at: usize,
        suffix: &str,
        types: &[(Rc<str>, bool)],
        has: impl Fn(&Column) -> bool,
        presence: impl Fn(&Column) -> (bool, bool),
    ) -> Class<'_> {
        let relation: &'a Relation = &self.api.relations[at];
        let is_change = matches!(suffix, "Insert" | "Update");
        let columns = relation.columns.iter().zip(&self.fields[at]).zip(types);
        let columns = columns.filter(|((column, _), _)| has(column));
        let members = columns.map(|((column, name), (ty, forward))| {
            let (nullable, optional) = presence(column);
            let (ty, forward) = match &column.ty {
                // PostgREST gives an hstore as an object, and takes its text.
                Type::Scalar(Scalar::Hstore) if is_change && self.options.wire == PythonWire::Postgrest => {
                    (Rc::from("str"), false)
                }
                _ => (ty.clone(), *forward),
            };
            // A value stands before the domains.
            let forward = forward || (suffix == "Value" && self.is_forward(&column.ty));
            Member {
                name: Cow::Borrowed(name),
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

    /// The types of a relation's columns, and whether each must be read late.
    fn column_types(&self, at: usize) -> Vec<(Rc<str>, bool)> {
        let columns = self.api.relations[at].columns.iter();
        let types = columns.map(|column| self.column_type(column));
        types.map(|(ty, forward)| (Rc::from(ty), forward)).collect()
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
                name: Cow::Owned(name),
                key: Cow::Borrowed(key),
                ty: Rc::from(self.type_of(&argument.ty)),
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
            name: Cow::Owned(name),
            key,
            ty: Rc::from(self.type_of(&field.ty)),
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
