//! What every page is made from: the contents, found from where pages need them, and where each page is.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::graph::Web;
use super::{Access, Contents};
use crate::catalog::column::Column;
use crate::catalog::comment::Comment;
use crate::catalog::index::{Index, Statistics};
use crate::catalog::kin::Kin;
use crate::catalog::relation::{Relation, RelationKind};
use crate::catalog::routine::Routine;
use crate::catalog::scope::Standing;
use crate::catalog::sequence::Sequence;
use crate::catalog::trigger::Trigger;
use crate::catalog::types::{Type, TypeKind};
use crate::catalog::{Catalog, Name, ObjectId, QName, RoutineId};
use crate::finding::Finding;

/// The contents, with ways to find what belongs together.
pub(super) struct Site<'a> {
    pub(super) contents: &'a Contents<'a>,
    pub(super) catalog: &'a Catalog,
    pub(super) web: Web<'a>,
    /// Our schemas, by name.
    pub(super) schemas: Vec<Section<'a>>,
    /// A catalog without anything, from which the definitions of objects are differences.
    pub(super) nothing: Catalog,
    pub(super) kin: Kin<'a>,
    pub(super) indexes: BTreeMap<&'a QName, Vec<&'a Index>>,
    pub(super) statistics: BTreeMap<&'a QName, Vec<&'a Statistics>>,
    /// Which columns are of a type, the types of attributes aside.
    pub(super) columns_of: BTreeMap<&'a QName, Vec<&'a Column>>,
    /// Which triggers call a routine.
    pub(super) triggers_of: BTreeMap<&'a RoutineId, Vec<&'a Trigger>>,
    /// What needs a routine or type otherwise.
    pub(super) users_of: BTreeMap<&'a ObjectId, Vec<&'a ObjectId>>,
    pub(super) publications: BTreeMap<&'a QName, Vec<&'a Name>>,
    /// What inherits from a relation, or is a partition of it.
    pub(super) children: BTreeMap<&'a QName, Vec<&'a Relation>>,
    findings: BTreeMap<&'a str, Vec<&'a Finding>>,
    access: BTreeMap<&'a str, &'a [Access]>,
    placed: BTreeMap<ObjectId, String>,
}

/// What is in one of our schemas, each kind by name.
pub(super) struct Section<'a> {
    pub(super) name: &'a Name,
    pub(super) tables: Vec<&'a Relation>,
    pub(super) views: Vec<&'a Relation>,
    /// Routines of one name stand together, on one page.
    pub(super) routines: Vec<Vec<&'a Routine>>,
    pub(super) types: Vec<&'a Type>,
    pub(super) sequences: Vec<&'a Sequence>,
}

/// How many things a list of everything has on one page.
pub(super) const PER_PAGE: usize = 400;

impl<'a> Site<'a> {
    pub(super) fn new(contents: &'a Contents<'a>) -> Self {
        let catalog = contents.catalog;
        let mut site = Self {
            contents,
            catalog,
            web: Web::new(catalog),
            schemas: Vec::new(),
            nothing: Catalog::default(),
            kin: Kin::of(catalog),
            indexes: BTreeMap::new(),
            statistics: BTreeMap::new(),
            columns_of: BTreeMap::new(),
            triggers_of: BTreeMap::new(),
            users_of: BTreeMap::new(),
            publications: BTreeMap::new(),
            children: BTreeMap::new(),
            findings: BTreeMap::new(),
            access: BTreeMap::new(),
            placed: BTreeMap::new(),
        };
        site.nothing.server = catalog.server.clone();
        site.schemas = catalog
            .schemas
            .iter()
            .filter(|schema| contents.scope.standing(&schema.name) == Standing::Ours && schema.extension.is_none())
            .map(|schema| section(&schema.name, contents))
            .collect();
        site.join();
        site.place();
        site
    }

    /// Finds out what belongs to what.
    fn join(&mut self) {
        let catalog = self.catalog;
        for row in &catalog.indexes {
            self.indexes.entry(&row.relation).or_default().push(row);
        }
        for row in &catalog.relations {
            for parent in row.parents() {
                self.children.entry(parent).or_default().push(row);
            }
        }
        for row in &catalog.statistics {
            self.statistics.entry(&row.relation).or_default().push(row);
        }
        for row in &catalog.columns {
            let ty = catalog.data_type(&row.data_type).filter(|ty| !ty.name.is_builtin());
            if let Some(ty) = ty {
                self.columns_of.entry(&ty.name).or_default().push(row);
            }
        }
        for row in &catalog.triggers {
            self.triggers_of.entry(&row.function).or_default().push(row);
        }
        for edge in &catalog.edges {
            if let ObjectId::Routine(_) | ObjectId::Type(_) = edge.to {
                self.users_of.entry(&edge.to).or_default().push(&edge.from);
            }
        }
        for row in &catalog.publication_tables {
            self.publications
                .entry(&row.relation)
                .or_default()
                .push(&row.publication);
        }
        for finding in self.contents.findings {
            self.findings.entry(&finding.subject).or_default().push(finding);
        }
        for cells in self.contents.access.chunk_by(|a, b| a.object == b.object) {
            self.access.insert(&cells[0].object, cells);
        }
    }

    /// Gives every page its place.
    fn place(&mut self) {
        let mut placed = BTreeMap::new();
        for section in &self.schemas {
            let schema = ObjectId::Schema(section.name.clone());
            placed.insert(schema, format!("schema/{}.html", part(section.name)));
            for relation in section.tables.iter().chain(&section.views) {
                placed.insert(relation.object(), path("table", &relation.name));
            }
            for routine in section.routines.iter().flatten() {
                placed.insert(routine.object(), path("function", &routine.id.name));
            }
            for ty in &section.types {
                placed.insert(ty.object(), path("type", &ty.name));
            }
        }
        self.placed = placed;
    }

    /// Where the page of an object is, or of what it is a part of.
    pub(super) fn page_of(&self, object: &ObjectId) -> Option<&str> {
        let found = self.placed.get(object).or_else(|| {
            let name = object.qualified()?;
            let relation = self.catalog.relation(name);
            match object {
                ObjectId::Routine(_) | ObjectId::Type(_) | ObjectId::DomainConstraint(..) => None,
                ObjectId::Index(index) => {
                    let index = self.catalog.indexes.find(|row| row.name.cmp(index))?;
                    self.placed.get(&self.catalog.relation(&index.relation)?.row.object())
                }
                _ => self.placed.get(&relation?.row.object()),
            }
        });
        found.map(String::as_str)
    }

    /// Where the page of a relation is.
    pub(super) fn page_of_relation(&self, name: &QName) -> Option<&str> {
        self.page_of(&self.catalog.relation(name)?.row.object())
    }

    /// Where the page of a type is that a column, an argument or the like names: its own, or that of the relation whose
    /// row it is.
    pub(super) fn page_of_type(&self, sql: &Name) -> Option<&str> {
        let name = &self.catalog.data_type(sql)?.name;
        let ty = self.placed.get(&ObjectId::Type(name.clone())).map(String::as_str);
        ty.or_else(|| self.page_of_relation(name))
    }

    /// What was found about the object of this name, and about its parts.
    pub(super) fn findings_of(&self, subject: &str) -> Vec<&'a Finding> {
        let all = self.findings.range(subject..);
        let all = all.take_while(|(other, _)| other.starts_with(subject));
        all.filter(|(other, _)| matches!(other.as_bytes().get(subject.len()), None | Some(b'.')))
            .flat_map(|(_, findings)| findings.iter().copied())
            .collect()
    }

    /// Who can do what with the object of this name.
    pub(super) fn access_of(&self, object: &str) -> &'a [Access] {
        self.access.get(object).copied().unwrap_or_default()
    }

    /// The comment on an object.
    pub(super) fn comment(&self, object: &ObjectId) -> Option<&'a str> {
        self.catalog.comment(object)
    }

    /// The section of a schema, if it is ours.
    pub(super) fn section(&self, schema: &str) -> Option<&Section<'a>> {
        let at = self
            .schemas
            .binary_search_by(|section| section.name.as_str().cmp(schema));
        at.ok().map(|at| &self.schemas[at])
    }

    /// The comments on a relation's columns.
    pub(super) fn column_comments(&self) -> impl Iterator<Item = &'a Comment> {
        let comments = self.catalog.comments.iter();
        comments.filter(|row| matches!(row.object, ObjectId::Column(..)))
    }
}

fn section<'a>(schema: &'a Name, contents: &Contents<'a>) -> Section<'a> {
    let catalog = contents.catalog;
    let is_shown = |name: &QName, extension: &Option<Name>| {
        name.schema == *schema && extension.is_none() && !contents.scope.excludes(name)
    };
    let relations = catalog.relations.group(schema, |row| &row.name.schema);
    let relations = relations.iter().filter(|row| is_shown(&row.name, &row.extension));
    let is_view = |row: &&Relation| matches!(row.kind, RelationKind::View | RelationKind::MaterializedView);
    let (views, tables) = relations.partition(is_view);
    let routines = catalog.routines.group(schema, |row| &row.id.name.schema);
    let routines = routines
        .iter()
        .filter(|row| is_shown(&row.id.name, &None))
        .collect::<Vec<_>>();
    let routines = routines.chunk_by(|a, b| a.id.name == b.id.name).map(<[_]>::to_vec);
    let types = catalog.types.group(schema, |row| &row.name.schema).iter();
    // A multirange comes with its range.
    let types =
        types.filter(|row| is_shown(&row.name, &row.extension) && !matches!(row.kind, TypeKind::Multirange { .. }));
    let sequences = catalog.sequences.group(schema, |row| &row.name.schema).iter();
    Section {
        name: schema,
        tables,
        views,
        routines: routines.collect(),
        types: types.collect(),
        sequences: sequences.filter(|row| is_shown(&row.name, &row.extension)).collect(),
    }
}

/// The path of the page of a thing of this kind and name.
pub(super) fn path(kind: &str, name: &QName) -> String {
    format!("{kind}/{}.{}.html", part(&name.schema), part(&name.name))
}

/// A name as a part of a file's name: letters, digits, `_` and `-` stand for themselves, and no two names become one, even
/// where upper and lower case are the same. What would be too long ends in a number of its own.
pub(super) fn part(name: &str) -> String {
    const LONGEST: usize = 100;
    let mut part = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' => part.push(char::from(byte)),
            // Writing to a string cannot fail.
            _ => drop(write!(part, "~{byte:02x}")),
        }
    }
    if part.len() > LONGEST {
        // FNV-1a: the same everywhere, and names have 63 bytes.
        let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325, step);
        part.truncate(LONGEST - 18);
        let _ = write!(part, "~~{hash:016x}");
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_a_file_of_its_own() {
        assert_eq!(part("order_items-2"), "order_items-2");
        assert_eq!(part("Users"), "~55sers");
        assert_eq!(part("../a.b"), "~2e~2e~2fa~2eb");
        let long = |last: &str| part(&format!("{}{last}", "Ü".repeat(30)));
        assert!(long("a").len() <= 100 && long("a") != long("b"), "{}", long("a"));
        assert_eq!(path("table", &QName::new("public", "a b")), "table/public.a~20b.html");
    }
}
