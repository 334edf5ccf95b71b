//! A part of the model: some relations, and what their columns are made of.

use std::collections::BTreeSet;

use super::model::{Api, Column, Composite, Domain, Field, Range, Relation, Type};
use crate::catalog::Name;

/// The model of the chosen relations alone, by position in `api`, with the types of their columns and without functions.
/// Partitions and relations of other schemas are emitted like the rest where they are chosen. The work is that of what is
/// chosen, however large the model is.
pub fn relations(api: &Api, chosen: &[usize]) -> Api {
    let mut part = Part::default();
    for &at in chosen {
        part.reach(api, &Type::Row(at));
    }
    let relations = (part.relations.iter()).map(|&at| {
        let mut relation = part.relation(&api.relations[at]);
        relation.named.emitted = chosen.contains(&at);
        relation.partition &= !relation.named.emitted;
        relation
    });
    let relations: Vec<Relation> = relations.collect();
    let domains = part.domains.iter().map(|&at| Domain {
        base: part.ty(&api.domains[at].base),
        ..api.domains[at].clone()
    });
    let composites = part.composites.iter().map(|&at| Composite {
        fields: (api.composites[at].fields.iter())
            .map(|field| part.field(field))
            .collect(),
        ..api.composites[at].clone()
    });
    let ranges = part.ranges.iter().map(|&at| Range {
        subtype: part.ty(&api.ranges[at].subtype),
        ..api.ranges[at].clone()
    });
    let mut made = Api {
        schemas: Vec::new(),
        home: api.home.clone(),
        enums: part.enums.iter().map(|&at| api.enums[at].clone()).collect(),
        domains: domains.collect(),
        composites: composites.collect(),
        ranges: ranges.collect(),
        relations,
        functions: Vec::new(),
        overrides: api.overrides.clone(),
    };
    let used: BTreeSet<Name> = schemas(&made).cloned().collect();
    let schemas = api.schemas.iter().filter(|schema| used.contains(&schema.name));
    made.schemas = schemas.cloned().collect();
    made
}

/// The schemas that something is in.
fn schemas(api: &Api) -> impl Iterator<Item = &Name> {
    let named = (api.enums.iter().map(|thing| &thing.named))
        .chain(api.domains.iter().map(|thing| &thing.named))
        .chain(api.composites.iter().map(|thing| &thing.named))
        .chain(api.ranges.iter().map(|thing| &thing.named))
        .chain(api.relations.iter().map(|thing| &thing.named));
    named.map(|named| &named.id.schema)
}

/// What is in the part, by position in the whole; its rank is the position in the part.
#[derive(Default)]
struct Part {
    enums: BTreeSet<usize>,
    domains: BTreeSet<usize>,
    composites: BTreeSet<usize>,
    ranges: BTreeSet<usize>,
    relations: BTreeSet<usize>,
}

impl Part {
    /// Adds what a type is made of.
    fn reach(&mut self, api: &Api, ty: &Type) {
        match ty {
            Type::Enum(at) => {
                self.enums.insert(*at);
            }
            Type::Domain(at) => {
                if self.domains.insert(*at) {
                    self.reach(api, &api.domains[*at].base);
                }
            }
            Type::Composite(at) => {
                if self.composites.insert(*at) {
                    let fields = &api.composites[*at].fields;
                    fields.iter().for_each(|field| self.reach(api, &field.ty));
                }
            }
            Type::Row(at) => {
                if self.relations.insert(*at) {
                    let columns = &api.relations[*at].columns;
                    columns.iter().for_each(|column| self.reach(api, &column.ty));
                }
            }
            Type::Range(at) | Type::Multirange(at) => {
                if self.ranges.insert(*at) {
                    self.reach(api, &api.ranges[*at].subtype);
                }
            }
            Type::Array(inner) | Type::Custom(_, inner) => self.reach(api, inner),
            Type::Scalar(_) | Type::BuiltinRange(_) | Type::BuiltinMultirange(_) | Type::Unknown(_) => {}
        }
    }

    /// The type with the positions of the part.
    fn ty(&self, ty: &Type) -> Type {
        let rank = |set: &BTreeSet<usize>, at: usize| set.range(..at).count();
        match ty {
            Type::Enum(at) => Type::Enum(rank(&self.enums, *at)),
            Type::Domain(at) => Type::Domain(rank(&self.domains, *at)),
            Type::Composite(at) => Type::Composite(rank(&self.composites, *at)),
            Type::Row(at) => Type::Row(rank(&self.relations, *at)),
            Type::Range(at) => Type::Range(rank(&self.ranges, *at)),
            Type::Multirange(at) => Type::Multirange(rank(&self.ranges, *at)),
            Type::Array(inner) => Type::Array(Box::new(self.ty(inner))),
            Type::Custom(at, inner) => Type::Custom(*at, Box::new(self.ty(inner))),
            Type::Scalar(_) | Type::BuiltinRange(_) | Type::BuiltinMultirange(_) | Type::Unknown(_) => ty.clone(),
        }
    }

    fn field(&self, field: &Field) -> Field {
        Field {
            ty: self.ty(&field.ty),
            ..field.clone()
        }
    }

    fn relation(&self, relation: &Relation) -> Relation {
        let columns = relation.columns.iter().map(|column| Column {
            ty: self.ty(&column.ty),
            ..column.clone()
        });
        Relation {
            columns: columns.collect(),
            computed: Vec::new(),
            ..relation.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::QName;
    use crate::codegen::model::{Enum, Insert, Named, RelationKind, SchemaInfo};

    fn named(name: &str) -> Named {
        Named {
            id: QName::new("public", name),
            rename: None,
            comment: None,
            emitted: true,
        }
    }

    fn relation(name: &str, types: &[Type]) -> Relation {
        let column = |ty: &Type| Column {
            name: "a".into(),
            rename: None,
            ty: ty.clone(),
            sql: "x".into(),
            nullable: false,
            write_nullable: false,
            insert: Insert::Required,
            update: true,
            source: None,
            rules: Vec::new(),
            custom: None,
            comment: None,
        };
        Relation {
            named: named(name),
            kind: RelationKind::Table,
            columns: types.iter().map(column).collect(),
            primary_key: Vec::new(),
            unique_keys: Vec::new(),
            insertable: true,
            updatable: true,
            relationships: Vec::new(),
            computed: vec![3],
            partition: true,
            checks: Vec::new(),
        }
    }

    #[test]
    fn a_part_has_what_it_needs_and_its_own_positions() {
        let array = |ty| Type::Array(Box::new(ty));
        let api = Api {
            schemas: ["app", "public"]
                .map(|name| SchemaInfo {
                    name: name.into(),
                    comment: None,
                })
                .to_vec(),
            home: "public".into(),
            enums: ["a", "b", "c"]
                .map(|name| Enum {
                    named: named(name),
                    labels: Vec::new(),
                })
                .to_vec(),
            relations: vec![
                relation("r", &[Type::Enum(0)]),
                // A row that holds rows of itself.
                relation("s", &[array(Type::Enum(2)), array(Type::Row(1)), Type::Row(2)]),
                relation("t", &[Type::Custom(0, Box::new(Type::Enum(1)))]),
            ],
            ..Api::default()
        };
        let part = relations(&api, &[1]);
        let names: Vec<&str> = part.relations.iter().map(|row| row.named.id.name.as_str()).collect();
        assert_eq!(names, ["s", "t"]);
        assert_eq!(
            part.enums
                .iter()
                .map(|row| row.named.id.name.as_str())
                .collect::<Vec<_>>(),
            ["b", "c"]
        );
        assert_eq!(
            part.schemas.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(),
            ["public"]
        );
        let types: Vec<&Type> = part.relations[0].columns.iter().map(|column| &column.ty).collect();
        assert_eq!(types, [&array(Type::Enum(1)), &array(Type::Row(0)), &Type::Row(1)]);
        assert_eq!(
            part.relations[1].columns[0].ty,
            Type::Custom(0, Box::new(Type::Enum(0)))
        );
        let emitted: Vec<(bool, bool)> = part
            .relations
            .iter()
            .map(|row| (row.named.emitted, row.partition))
            .collect();
        assert_eq!(emitted, [(true, false), (false, true)]);
        assert!(part.relations[0].computed.is_empty());
    }
}
