//! What each object needs, and what it is a part of: fields and edges told as one graph.

use std::collections::HashMap;

use super::column::Column;
use super::constraint::{ConstraintKind, ForeignKey};
use super::index::Index;
use super::operator::{CastMethod, OperatorClass};
use super::relation::Relation;
use super::routine::{Body, Routine};
use super::types::{Type, TypeKind};
use super::{Catalog, Name, Object, ObjectId, QName};

/// Which objects need which, both ways. Only objects of the catalog are in it.
#[derive(Debug, Default)]
pub struct Graph {
    ids: Vec<ObjectId>,
    places: HashMap<ObjectId, u32>,
    needs: Vec<Vec<u32>>,
    needed_by: Vec<Vec<u32>>,
}

impl Graph {
    /// The graph of a catalog.
    pub fn new(catalog: &Catalog) -> Self {
        let mut graph = Self::default();
        catalog.each_object(|object| {
            graph.place(object.id());
            if let Object::Column(column) = object
                && column.default.is_some()
            {
                graph.place(column.default_object());
            }
        });
        graph.add_attributes(catalog);
        catalog.each_object(|object| {
            let id = object.id();
            let Some(&place) = graph.places.get(&id) else { return };
            if let Object::Column(column) = object
                && column.default.is_some()
            {
                graph.add(&column.default_object(), &id);
                if column.generated.is_some() {
                    graph.add_at(place, &column.default_object());
                }
            }
            object.each_need(catalog, &mut |need| graph.add_at(place, &need));
        });
        catalog.edges.iter().for_each(|edge| graph.add(&edge.from, &edge.to));
        graph
    }

    /// An attribute of a composite type stands for itself where something reads it, as a column does.
    fn add_attributes(&mut self, catalog: &Catalog) {
        for row in &catalog.types {
            let TypeKind::Composite { attributes } = &row.kind else {
                continue;
            };
            for attribute in attributes {
                let id = ObjectId::Column(row.name.clone(), attribute.name.clone());
                self.place(id.clone());
                self.add(&id, &row.object());
            }
        }
    }

    fn place(&mut self, id: ObjectId) -> u32 {
        let next = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        let place = *self.places.entry(id.clone()).or_insert(next);
        if place == next {
            self.ids.push(id);
            self.needs.push(Vec::new());
            self.needed_by.push(Vec::new());
        }
        place
    }

    fn add(&mut self, from: &ObjectId, to: &ObjectId) {
        if let Some(&from) = self.places.get(from) {
            self.add_at(from, to);
        }
    }

    fn add_at(&mut self, from: u32, to: &ObjectId) {
        let Some(&to) = self.places.get(to) else { return };
        if from != to && !self.needs[from as usize].contains(&to) {
            self.needs[from as usize].push(to);
            self.needed_by[to as usize].push(from);
        }
    }

    /// What the object needs itself.
    pub fn needs(&self, id: &ObjectId) -> impl Iterator<Item = &ObjectId> {
        self.linked(&self.needs, id)
    }

    /// What needs the object itself.
    pub fn needed_by(&self, id: &ObjectId) -> impl Iterator<Item = &ObjectId> {
        self.linked(&self.needed_by, id)
    }

    fn linked<'a>(&'a self, links: &'a [Vec<u32>], id: &ObjectId) -> impl Iterator<Item = &'a ObjectId> {
        let links = self.places.get(id).map_or(&[][..], |&at| &links[at as usize]);
        links.iter().map(|&at| &self.ids[at as usize])
    }
}

impl Catalog {
    /// The object that a data type's text stands for: a type, or the relation whose rows it describes. `None` for one of
    /// PostgreSQL's own.
    pub fn type_object(&self, sql: &Name) -> Option<ObjectId> {
        self.named_type(&self.data_type(sql)?.name)
    }

    /// As [`Self::type_object`], by the type's name.
    pub fn named_type(&self, name: &QName) -> Option<ObjectId> {
        if name.is_builtin() {
            return None;
        }
        match self.relation(name) {
            Some(relation) => Some(relation.row.object()),
            None => Some(ObjectId::Type(name.clone())),
        }
    }

    /// The routines of this name, whatever their arguments.
    pub fn routines_named(&self, name: &QName) -> &[Routine] {
        self.routines.group(name, |row| &row.id.name)
    }

    /// The primary key that a foreign key leans on, unless an edge says that it is another key.
    fn referenced_key(&self, key: &ForeignKey) -> Option<ObjectId> {
        let mut wanted = key.referenced_columns.iter().collect::<Vec<_>>();
        wanted.sort();
        let is_wanted = |columns: &[Name]| {
            let mut columns = columns.iter().collect::<Vec<_>>();
            columns.sort();
            columns == wanted
        };
        let mut constraints = self.constraints.group(&key.references, |row| &row.relation).iter();
        let primary = constraints
            .find(|row| matches!(&row.kind, ConstraintKind::PrimaryKey { columns, .. } if is_wanted(columns)))?;
        Some(primary.object())
    }

    /// What the object is a part of, so that it goes where that goes: a column's table, an extension.
    pub fn part_of(&self, object: Object<'_>) -> Option<ObjectId> {
        let relation = |name: &QName| self.relation(name).map(|relation| relation.row.object());
        match object {
            Object::Column(row) => relation(&row.relation),
            Object::Constraint(row) => relation(&row.relation),
            Object::Index(row) => match &row.constraint {
                Some(constraint) => Some(ObjectId::Constraint(row.relation.clone(), constraint.clone())),
                None => relation(&row.relation),
            },
            Object::Trigger(row) => relation(&row.relation),
            Object::Rule(row) => relation(&row.relation),
            Object::Policy(row) => relation(&row.relation),
            Object::DomainConstraint(row) => Some(ObjectId::Type(row.domain.clone())),
            Object::Sequence(row) => match (&row.owned_by, &row.extension) {
                (Some(column), _) => Some(ObjectId::Column(column.relation.clone(), column.column.clone())),
                (None, extension) => extension.clone().map(ObjectId::Extension),
            },
            Object::Relation(row) => row.extension.clone().map(ObjectId::Extension),
            Object::Type(Type {
                kind: TypeKind::Multirange { range },
                ..
            }) => Some(ObjectId::Type(range.clone())),
            Object::Type(row) => row.extension.clone().map(ObjectId::Extension),
            Object::Routine(row) => self.type_that_needs(row),
            Object::Schema(row) => row.extension.clone().map(ObjectId::Extension),
            Object::ForeignDataWrapper(row) => row.extension.clone().map(ObjectId::Extension),
            Object::EventTrigger(row) => row.extension.clone().map(ObjectId::Extension),
            Object::PublicationTable(row) => Some(ObjectId::Publication(row.publication.clone())),
            Object::PublicationSchema(row) => Some(ObjectId::Publication(row.publication.clone())),
            _ => None,
        }
    }
}

impl Catalog {
    /// The type that the routine is about and that cannot be without it: its input function and the like.
    fn type_that_needs(&self, routine: &Routine) -> Option<ObjectId> {
        let mut found = None;
        routine.each_data_type(|sql| {
            let row = self
                .data_type(sql)
                .and_then(|data_type| self.user_type(&data_type.name));
            if let Some(row) = row.filter(|row| row.own_functions().contains(&&routine.id.name)) {
                found = Some(row.object());
            }
        });
        found
    }
}

impl Object<'_> {
    /// Calls `each` with what the object's own row says that it needs.
    pub fn each_need(self, catalog: &Catalog, each: &mut dyn FnMut(ObjectId)) {
        // A sequence can be there before the column that it belongs to, whose default may call it.
        let is_free = matches!(self, Object::Sequence(row) if !row.identity);
        if let Some(whole) = catalog.part_of(self).filter(|_| !is_free) {
            each(whole);
        }
        if let Some(schema) = self.id().schema() {
            each(ObjectId::Schema(schema.clone()));
        }
        if let Some(owner) = self.owner() {
            each(ObjectId::Role(owner.clone()));
        }
        let mut visit = Visit { catalog, each };
        match self {
            Object::Extension(row) => visit.schema(&row.schema),
            Object::Language(row) => visit.routines([&row.handler, &row.inline, &row.validator]),
            Object::AccessMethod(row) => visit.routine(&row.handler),
            Object::Transform(row) => {
                visit.data_type(&row.data_type);
                visit.object(ObjectId::Language(row.language.clone()));
                visit.routines([&row.from_sql, &row.to_sql]);
            }
            Object::Conversion(row) => visit.routine(&row.function),
            Object::Type(row) => visit.user_type(row),
            Object::Cast(row) => {
                visit.data_type(&row.source);
                visit.data_type(&row.target);
                if let CastMethod::Function(routine) = &row.method {
                    visit.object(ObjectId::Routine(routine.clone()));
                }
            }
            Object::Operator(row) => visit.routines([&row.function, &row.restrict, &row.join]),
            Object::OperatorFamily(row) => {
                visit.object(ObjectId::AccessMethod(row.method.clone()));
                for operator in &row.operators {
                    visit.object(ObjectId::Operator(operator.operator.clone()));
                }
                for function in &row.functions {
                    visit.object(ObjectId::Routine(function.function.clone()));
                }
            }
            Object::OperatorClass(row) => {
                visit.object(ObjectId::AccessMethod(row.method.clone()));
                visit.object(ObjectId::OperatorFamily(row.family.clone(), row.method.clone()));
                row.each_data_type(|sql| visit.data_type(sql));
                for operator in &row.operators {
                    visit.object(ObjectId::Operator(operator.operator.clone()));
                }
                for function in &row.functions {
                    visit.object(ObjectId::Routine(function.function.clone()));
                }
            }
            Object::TextSearchParser(row) => {
                for function in [&row.start, &row.token, &row.end, &row.lextypes] {
                    visit.routine(function);
                }
                visit.routines([&row.headline]);
            }
            Object::TextSearchTemplate(row) => {
                visit.routine(&row.lexize);
                visit.routines([&row.init]);
            }
            Object::TextSearchDictionary(row) => visit.object(ObjectId::TextSearchTemplate(row.template.clone())),
            Object::TextSearchConfiguration(row) => {
                visit.object(ObjectId::TextSearchParser(row.parser.clone()));
                for dictionary in row.mappings.iter().flat_map(|mapping| &mapping.dictionaries) {
                    visit.object(ObjectId::TextSearchDictionary(dictionary.clone()));
                }
            }
            Object::ForeignDataWrapper(row) => visit.routines([&row.handler, &row.validator]),
            Object::Server(row) => visit.object(ObjectId::ForeignDataWrapper(row.wrapper.clone())),
            Object::UserMapping(row) => {
                visit.object(ObjectId::Server(row.server.clone()));
                row.role
                    .iter()
                    .for_each(|role| visit.object(ObjectId::Role(role.clone())));
            }
            Object::Relation(row) => visit.relation(row),
            Object::Column(row) => {
                if row.inherited && !row.local {
                    visit.parents_columns(row);
                }
                visit.data_type(&row.data_type);
                row.collation.iter().for_each(|name| visit.collation(name));
            }
            Object::Constraint(row) => visit.constraint(&row.relation, &row.kind),
            Object::Index(row) => visit.index(row),
            Object::Statistics(row) => {
                visit.relation_named(&row.relation);
                visit.columns(&row.relation, &row.columns);
            }
            Object::Routine(row) => visit.a_routine(row),
            Object::Trigger(row) => {
                visit.object(ObjectId::Routine(row.function.clone()));
                visit.columns(&row.relation, &row.columns);
                row.from.iter().for_each(|name| visit.relation_named(name));
                if row.inherited {
                    visit.triggers_above(&row.relation, &row.name);
                }
            }
            Object::EventTrigger(row) => visit.object(ObjectId::Routine(row.function.clone())),
            Object::Policy(row) => row
                .roles
                .iter()
                .for_each(|role| visit.object(ObjectId::Role(role.clone()))),
            Object::PublicationTable(row) => {
                visit.relation_named(&row.relation);
                visit.columns(&row.relation, &row.columns);
            }
            Object::PublicationSchema(row) => visit.schema(&row.schema),
            Object::Role(_)
            | Object::Schema(_)
            | Object::Sequence(_)
            | Object::Collation(_)
            | Object::DomainConstraint(_)
            | Object::Rule(_)
            | Object::Publication(_)
            | Object::Subscription(_) => {}
        }
    }
}

impl<'a> Object<'a> {
    /// The role that owns the object, where the kind has owners of its own.
    pub fn owner(self) -> Option<&'a Name> {
        match self {
            Self::Schema(row) => Some(&row.owner),
            Self::Language(row) => Some(&row.owner),
            Self::Collation(row) => Some(&row.owner),
            Self::Conversion(row) => Some(&row.owner),
            Self::Type(row) => Some(&row.owner),
            Self::Operator(row) => Some(&row.owner),
            Self::OperatorFamily(row) => Some(&row.owner),
            Self::OperatorClass(row) => Some(&row.owner),
            Self::TextSearchDictionary(row) => Some(&row.owner),
            Self::TextSearchConfiguration(row) => Some(&row.owner),
            Self::ForeignDataWrapper(row) => Some(&row.owner),
            Self::Server(row) => Some(&row.owner),
            Self::Sequence(row) => Some(&row.owner),
            Self::Relation(row) => Some(&row.owner),
            Self::Statistics(row) => Some(&row.owner),
            Self::Routine(row) => Some(&row.owner),
            Self::EventTrigger(row) => Some(&row.owner),
            Self::Publication(row) => Some(&row.owner),
            Self::Subscription(row) => Some(&row.owner),
            _ => None,
        }
    }
}

/// Looks up what names stand for, and hands it on.
struct Visit<'a> {
    catalog: &'a Catalog,
    each: &'a mut dyn FnMut(ObjectId),
}

impl Visit<'_> {
    fn object(&mut self, id: ObjectId) {
        (self.each)(id);
    }

    fn schema(&mut self, name: &Name) {
        self.object(ObjectId::Schema(name.clone()));
    }

    fn collation(&mut self, name: &QName) {
        self.object(ObjectId::Collation(name.clone()));
    }

    fn data_type(&mut self, sql: &Name) {
        if let Some(object) = self.catalog.type_object(sql) {
            self.object(object);
        }
    }

    fn relation_named(&mut self, name: &QName) {
        if let Some(relation) = self.catalog.relation(name) {
            self.object(relation.row.object());
        }
    }

    fn columns(&mut self, relation: &QName, columns: &[Name]) {
        for column in columns {
            self.object(ObjectId::Column(relation.clone(), column.clone()));
        }
    }

    /// The classes of ours that an index may have taken because it names none: those for its column's type, or any where
    /// the type of an expression decides.
    fn default_opclasses(&mut self, index: &Index, column: Option<&Name>) {
        if self.catalog.operator_classes.is_empty() {
            return;
        }
        let type_name = |sql: &Name| self.catalog.data_type(sql).map(|data_type| &data_type.name);
        let column = column.and_then(|column| self.catalog.relation(&index.relation)?.column(column));
        let of_column = column.and_then(|column| type_name(&column.data_type));
        let may_be = |class: &OperatorClass| of_column.is_none_or(|name| Some(name) == type_name(&class.data_type));
        let classes = self.catalog.operator_classes.iter();
        let classes = classes.filter(|class| class.default && class.method == index.method && may_be(class));
        classes.for_each(|class| (self.each)(class.object()));
    }

    /// The columns that an inherited one comes from.
    fn parents_columns(&mut self, column: &Column) {
        let Some(relation) = self.catalog.relation(&column.relation) else {
            return;
        };
        let partitioned = relation.row.partition_of.as_ref().map(|place| &place.parent);
        for parent in relation.row.inherits.iter().chain(partitioned) {
            self.columns(parent, std::slice::from_ref(&column.name));
        }
    }

    /// The triggers of this name on the tables that `partition` is a partition of, at every level.
    fn triggers_above(&mut self, partition: &QName, name: &Name) {
        let mut partition = self.catalog.relation(partition);
        while let Some(above) = partition.and_then(|relation| relation.row.partition_of.as_ref()) {
            self.object(ObjectId::Trigger(above.parent.clone(), name.clone()));
            partition = self.catalog.relation(&above.parent);
        }
    }

    fn routine(&mut self, name: &QName) {
        for routine in self.catalog.routines_named(name) {
            (self.each)(routine.object());
        }
    }

    fn routines<const N: usize>(&mut self, names: [&Option<QName>; N]) {
        for name in names.into_iter().flatten() {
            self.routine(name);
        }
    }

    fn user_type(&mut self, row: &Type) {
        row.each_data_type(|sql| self.data_type(sql));
        match &row.kind {
            TypeKind::Domain { collation, .. } => collation.iter().for_each(|name| self.collation(name)),
            TypeKind::Composite { attributes } => {
                let collations = attributes.iter().filter_map(|attribute| attribute.collation.as_ref());
                collations.for_each(|name| self.collation(name));
            }
            TypeKind::Range(range) => {
                range.collation.iter().for_each(|name| self.collation(name));
                self.routines([&range.canonical, &range.subtype_diff]);
                if let Some(opclass) = &range.opclass {
                    self.object(ObjectId::OperatorClass(opclass.clone(), Name::new_static("btree")));
                }
            }
            TypeKind::Base(_) => row.own_functions().into_iter().for_each(|name| self.routine(name)),
            TypeKind::Enum { .. } | TypeKind::Multirange { .. } | TypeKind::Shell => {}
        }
    }

    fn relation(&mut self, row: &Relation) {
        row.inherits.iter().for_each(|parent| self.relation_named(parent));
        if let Some(partition) = &row.partition_of {
            self.relation_named(&partition.parent);
        }
        if let Some(of) = &row.of_type {
            self.object(ObjectId::Type(of.clone()));
        }
        if let Some(method) = &row.access_method {
            self.object(ObjectId::AccessMethod(method.clone()));
        }
        if let Some(server) = &row.server {
            self.object(ObjectId::Server(server.clone()));
        }
    }

    fn constraint(&mut self, relation: &QName, kind: &ConstraintKind) {
        match kind {
            ConstraintKind::PrimaryKey { columns, .. } | ConstraintKind::Unique { columns, .. } => {
                self.columns(relation, columns);
            }
            ConstraintKind::Check { columns, .. } => self.columns(relation, columns),
            ConstraintKind::NotNull { column } => self.columns(relation, std::slice::from_ref(column)),
            ConstraintKind::Exclusion { .. } => {}
            ConstraintKind::ForeignKey(key) => {
                self.columns(relation, &key.columns);
                self.relation_named(&key.references);
                self.columns(&key.references, &key.referenced_columns);
                if let Some(key) = self.catalog.referenced_key(key) {
                    self.object(key);
                }
            }
        }
    }

    fn index(&mut self, row: &Index) {
        for key in &row.keys {
            if let Some(column) = &key.column {
                self.columns(&row.relation, std::slice::from_ref(column));
            }
            key.collation.iter().for_each(|name| self.collation(name));
            match &key.opclass {
                Some(opclass) => self.object(ObjectId::OperatorClass(opclass.clone(), row.method.clone())),
                None => self.default_opclasses(row, key.column.as_ref()),
            }
        }
        self.columns(&row.relation, &row.include);
        self.object(ObjectId::AccessMethod(row.method.clone()));
        if let Some(parent) = &row.parent {
            self.object(ObjectId::Index(parent.clone()));
        }
    }

    fn a_routine(&mut self, row: &Routine) {
        self.object(ObjectId::Language(row.language.clone()));
        row.each_data_type(|sql| self.data_type(sql));
        self.routines([&row.support]);
        // A transform that is there counts, whether the function asks for it or not.
        row.each_data_type(|sql| self.object(ObjectId::Transform(sql.clone(), row.language.clone())));
        if let Body::Aggregate(aggregate) = &row.body {
            self.routines([&aggregate.transition, &aggregate.final_function, &aggregate.combine]);
            self.routines([&aggregate.serialize, &aggregate.deserialize]);
            self.routines([
                &aggregate.moving_transition,
                &aggregate.moving_inverse,
                &aggregate.moving_final,
            ]);
            if let Some(operator) = &aggregate.sort_operator {
                self.object(ObjectId::Operator(operator.clone()));
            }
        }
    }
}
