//! What a diagram shows: relations, and what leads from one to another.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::column::Column;
use crate::catalog::constraint::{Constraint, ConstraintKind, ForeignKey};
use crate::catalog::lookup::RelationRef;
use crate::catalog::relation::{Relation, RelationKind};
use crate::catalog::{Catalog, Name, ObjectId, QName};

/// Every way from a relation to another, found from both ends.
#[derive(Debug)]
pub struct Web<'a> {
    catalog: &'a Catalog,
    /// What each relation points at.
    pub(super) outgoing: BTreeMap<&'a QName, Vec<Way<'a>>>,
    /// What points at each relation.
    pub(super) incoming: BTreeMap<&'a QName, Vec<Way<'a>>>,
}

/// How one relation leads to another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way<'a> {
    pub(super) from: &'a QName,
    pub(super) to: &'a QName,
    /// The foreign key; `None` where a view reads the other.
    pub(super) key: Option<(&'a Constraint, &'a ForeignKey)>,
}

/// The part of a catalog that one diagram shows.
#[derive(Debug)]
pub struct Graph<'a> {
    /// Its relations, by name.
    pub(super) tables: Vec<Table<'a>>,
    /// What leads from one to another, by the position of both in `tables`.
    pub(super) links: Vec<Link<'a>>,
    /// How many neighbours are left out.
    pub(super) left_out: usize,
}

/// A relation in a diagram.
#[derive(Debug)]
pub(super) struct Table<'a> {
    pub(super) relation: RelationRef<'a>,
    pub(super) lines: Vec<Line<'a>>,
    /// How many columns are not among the lines.
    pub(super) hidden: usize,
    /// Whether the diagram is about it.
    pub(super) is_center: bool,
    /// Whether it is there only because something of the diagram's own points at it.
    pub(super) is_foreign: bool,
}

/// A column in a diagram.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    pub(super) column: &'a Column,
    pub(super) is_primary: bool,
    pub(super) is_foreign: bool,
}

/// What leads from one relation to another.
#[derive(Debug)]
pub(super) struct Link<'a> {
    pub(super) from: usize,
    pub(super) to: usize,
    /// The foreign key; `None` where a view reads the other.
    pub(super) key: Option<(&'a Constraint, &'a ForeignKey)>,
    /// Whether at most one row points at each row there.
    pub(super) is_unique: bool,
    /// Whether a row may point at none.
    pub(super) is_optional: bool,
}

/// Which columns a diagram shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Columns {
    /// None.
    None,
    /// Those of primary and foreign keys.
    Keys,
    /// All, up to a number that can be read.
    All,
}

/// Up to how many relations all columns are shown, and up to how many those of keys, where nobody says which.
const ALL_COLUMNS: usize = 30;
const KEY_COLUMNS: usize = 800;
/// How many columns of a relation are shown at most.
const LINES: usize = 24;
/// How many relations are shown around one.
const NEIGHBOURS: usize = 36;

impl<'a> Web<'a> {
    /// Looks through the catalog once.
    pub fn new(catalog: &'a Catalog) -> Self {
        let mut web = Self {
            catalog,
            outgoing: BTreeMap::new(),
            incoming: BTreeMap::new(),
        };
        for constraint in &catalog.constraints {
            if let ConstraintKind::ForeignKey(key) = &constraint.kind {
                web.add(Way {
                    from: &constraint.relation,
                    to: &key.references,
                    key: Some((constraint, key)),
                });
            }
        }
        let mut read = BTreeSet::new();
        for edge in &catalog.edges {
            let (ObjectId::View(from) | ObjectId::MaterializedView(from)) = &edge.from else {
                continue;
            };
            let to = match &edge.to {
                ObjectId::Column(to, _) | ObjectId::Table(to) | ObjectId::ForeignTable(to) => to,
                ObjectId::View(to) | ObjectId::MaterializedView(to) => to,
                _ => continue,
            };
            if from != to && read.insert((from, to)) {
                web.add(Way { from, to, key: None });
            }
        }
        web
    }

    fn add(&mut self, way: Way<'a>) {
        // A partition's copy of its parent's key says nothing that the parent's does not.
        let is_copy = way.key.is_some_and(|(constraint, _)| constraint.inherited);
        if is_copy {
            return;
        }
        self.outgoing.entry(way.from).or_default().push(way);
        self.incoming.entry(way.to).or_default().push(way);
    }

    /// The foreign keys that point at the relation.
    pub(super) fn keys_to(&self, relation: &QName) -> impl Iterator<Item = Way<'a>> {
        let ways = self.incoming.get(relation).into_iter().flatten().copied();
        ways.filter(|way| way.key.is_some())
    }

    /// The views that read the relation.
    pub(super) fn readers_of(&self, relation: &QName) -> impl Iterator<Item = &'a QName> {
        let ways = self.incoming.get(relation).into_iter().flatten();
        ways.filter(|way| way.key.is_none()).map(|way| way.from)
    }

    /// What the view reads.
    pub(super) fn read_by(&self, relation: &QName) -> impl Iterator<Item = &'a QName> {
        let ways = self.outgoing.get(relation).into_iter().flatten();
        ways.filter(|way| way.key.is_none()).map(|way| way.to)
    }

    /// The tables that `is_shown` wants, and those that they point at. Partitions are shown as their table; views, which
    /// have no keys, only around one.
    pub fn whole(&self, is_shown: impl Fn(&Relation) -> bool, columns: Option<Columns>) -> Graph<'a> {
        let own = self.catalog.relation_refs().filter(|relation| {
            let is_view = matches!(relation.row.kind, RelationKind::View | RelationKind::MaterializedView);
            !is_view && relation.row.partition_of.is_none() && is_shown(relation.row)
        });
        let own = own.map(|relation| &relation.row.name).collect::<BTreeSet<_>>();
        let mut all = own.clone();
        for name in &own {
            let ways = self.outgoing.get(name).into_iter().flatten();
            all.extend(ways.filter(|way| way.key.is_some()).map(|way| way.to));
        }
        self.graph(&all, |name| own.contains(name), None, 0, columns)
    }

    /// The relation and what is at most so many steps away, the nearest first where there are too many to be drawn.
    pub fn around(&self, center: &'a QName, depth: usize, columns: Option<Columns>) -> Graph<'a> {
        let mut all = BTreeSet::from([center]);
        let mut ring = vec![center];
        let mut left_out = 0;
        for _ in 0..depth {
            let mut next = Vec::new();
            // What a relation points at explains it more than what points at it.
            for (ways, is_out) in [(&self.outgoing, true), (&self.incoming, false)] {
                for name in &ring {
                    for way in ways.get(name).into_iter().flatten() {
                        let other = if is_out { way.to } else { way.from };
                        if all.contains(other) {
                            continue;
                        }
                        match all.len() <= NEIGHBOURS {
                            true => {
                                all.insert(other);
                                next.push(other);
                            }
                            false => left_out += 1,
                        }
                    }
                }
            }
            ring = next;
        }
        let mut graph = self.graph(&all, |_| true, Some(center), depth, columns);
        graph.left_out = left_out;
        graph
    }

    fn graph(
        &self,
        names: &BTreeSet<&'a QName>,
        is_own: impl Fn(&QName) -> bool,
        center: Option<&QName>,
        depth: usize,
        columns: Option<Columns>,
    ) -> Graph<'a> {
        let columns = columns.unwrap_or(match names.len() {
            0..=ALL_COLUMNS => Columns::All,
            count if count <= KEY_COLUMNS => Columns::Keys,
            _ => Columns::None,
        });
        let found = names.iter().filter_map(|name| self.catalog.relation(name));
        let tables = found.map(|relation| {
            let name = &relation.row.name;
            let is_center = center == Some(name);
            let columns = match center {
                // The neighbours' other columns are on their own pages.
                Some(_) if !is_center => columns.min(Columns::Keys),
                None if !is_own(name) => columns.min(Columns::Keys),
                _ => columns,
            };
            self.table(relation, columns, is_center, !is_own(name))
        });
        let tables = tables.collect::<Vec<_>>();
        let place = tables.iter().enumerate();
        let place = place.map(|(at, table)| (&table.relation.row.name, at));
        let place = place.collect::<BTreeMap<_, _>>();
        let mut links = Vec::new();
        for (from, table) in tables.iter().enumerate() {
            let name = &table.relation.row.name;
            for way in self.outgoing.get(name).into_iter().flatten() {
                // What views read of each other is of interest only where it is read of the center, or by it.
                let is_near = center.is_some_and(|center| [way.from, way.to].contains(&center));
                if let Some(&to) = place.get(way.to)
                    && (way.key.is_some() || is_near || depth > 1)
                {
                    links.push(link(table.relation, from, to, way));
                }
            }
        }
        Graph {
            tables,
            links,
            left_out: 0,
        }
    }

    fn table(&self, relation: RelationRef<'a>, columns: Columns, is_center: bool, is_foreign: bool) -> Table<'a> {
        let primary = relation.primary_key();
        let ways = self.outgoing.get(&relation.row.name).into_iter().flatten();
        let foreign = ways
            .filter_map(|way| way.key)
            .flat_map(|(_, key)| &key.columns)
            .collect::<BTreeSet<_>>();
        let all = relation.columns();
        let lines = all.iter().map(|column| Line {
            column,
            is_primary: primary.contains(&column.name),
            is_foreign: foreign.contains(&column.name),
        });
        let is_shown = |line: &Line<'_>| match columns {
            Columns::None => false,
            Columns::Keys => line.is_primary || line.is_foreign,
            Columns::All => true,
        };
        let lines = lines.filter(is_shown).take(LINES).collect::<Vec<_>>();
        Table {
            relation,
            hidden: all.len() - lines.len(),
            lines,
            is_center,
            is_foreign,
        }
    }
}

fn link<'a>(relation: RelationRef<'a>, from: usize, to: usize, way: &Way<'a>) -> Link<'a> {
    let nullable = |name: &Name| relation.column(name).is_none_or(|column| !column.not_null);
    Link {
        from,
        to,
        key: way.key,
        is_unique: way.key.is_some_and(|(_, key)| is_unique(relation, &key.columns)),
        is_optional: way.key.is_none_or(|(_, key)| key.columns.iter().any(nullable)),
    }
}

/// Whether a primary key or unique constraint is on exactly these columns, or fewer of them.
pub(super) fn is_unique(relation: RelationRef<'_>, columns: &[Name]) -> bool {
    relation.constraints().iter().any(|constraint| match &constraint.kind {
        ConstraintKind::PrimaryKey { columns: key, .. } | ConstraintKind::Unique { columns: key, .. } => {
            key.iter().all(|name| columns.contains(name))
        }
        _ => false,
    })
}

impl Graph<'_> {
    /// How many relations it shows.
    pub fn len(&self) -> usize {
        self.tables.len()
    }

    /// How many neighbours are not shown, because they would be too many.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }
}
