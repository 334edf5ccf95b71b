//! Views, by the rows that they show: those of the table whose key, owner or tenant they give out unchanged.

use std::collections::BTreeMap;

use sqlx::postgres::PgConnection;

use super::cells::{Action, Cell};
use super::identities::{Identity, Sender, Whose};
use super::rows::{Key, Made, Maker, World};
use super::shape::{self, Class, Shape, Table};
use super::{Outcome, Persona, run_cells, statements, values};
use crate::Result;
use crate::access::audit::rights::read_by;
use crate::catalog::column::Column;
use crate::catalog::lookup::RelationRef;
use crate::catalog::relation::RelationKind;
use crate::catalog::{Catalog, Name, QName};

/// What is known of the views: as tables, with the rows that they show; and those that show nothing, with why.
pub(super) struct Views<'a> {
    pub(super) tables: BTreeMap<QName, Table<'a>>,
    pub(super) rows: BTreeMap<QName, BTreeMap<Key, Made>>,
    pub(super) untestable: BTreeMap<QName, String>,
}

/// Looks at the views that `is_tested` names, once the rows are made. A materialised view is made anew from them, unless
/// others use the database.
pub(super) async fn look<'a>(
    maker: &mut Maker<'_>,
    catalog: &'a Catalog,
    identities: &[Identity],
    is_tested: impl Fn(&QName) -> bool,
    live: bool,
) -> Result<Views<'a>> {
    let mut views = Views {
        tables: BTreeMap::new(),
        rows: BTreeMap::new(),
        untestable: BTreeMap::new(),
    };
    for relation in catalog.relation_refs().filter(|relation| is_tested(&relation.row.name)) {
        let name = &relation.row.name;
        let why = match relation.row.kind {
            RelationKind::Table | RelationKind::PartitionedTable => continue,
            RelationKind::ForeignTable => Some("it is a foreign table, whose rows are elsewhere"),
            RelationKind::MaterializedView if live => {
                Some("it is a materialised view, and would have to be made anew: test it in a scratch copy")
            }
            RelationKind::MaterializedView | RelationKind::View => None,
        };
        if let Some(why) = why {
            views.untestable.insert(name.clone(), why.to_owned());
            continue;
        }
        let (table, rows) = of_table(relation, maker.shape, &maker.world);
        let mut found = seen(maker, &table, &rows, identities).await?;
        if found.as_ref().is_ok_and(BTreeMap::is_empty) {
            make_what_is_shown(maker, relation).await?;
            found = seen(maker, &table, &rows, identities).await?;
        }
        match found {
            Ok(rows) if rows.is_empty() => {
                let why = "it shows none of the rows that were made";
                views.untestable.insert(name.clone(), why.to_owned());
            }
            Ok(rows) => {
                views.rows.insert(name.clone(), rows);
                views.tables.insert(name.clone(), table);
            }
            Err(why) => {
                views.untestable.insert(name.clone(), why);
            }
        }
    }
    Ok(views)
}

/// What a view shows now, a materialised one made anew.
async fn seen(
    maker: &mut Maker<'_>,
    table: &Table<'_>,
    rows: &BTreeMap<Key, Made>,
    identities: &[Identity],
) -> Result<Result<BTreeMap<Key, Made>, String>> {
    let row = table.relation.row;
    if row.kind == RelationKind::MaterializedView
        && let Some(why) = super::attempt(maker.connection, &statements::refresh(&row.name)).await?
    {
        return Ok(Err(why));
    }
    shown(maker.connection, table, rows.clone(), maker.personas, identities).await
}

/// Makes rows that a view may show which shows none: with the values that its query names.
async fn make_what_is_shown(maker: &mut Maker<'_>, view: RelationRef<'_>) -> Result<()> {
    let shape = maker.shape;
    let named = values::constants(view.row.definition.as_deref().unwrap_or_default());
    for name in read_by(shape.catalog, &view.row.object()) {
        let Some(table) = shape.tables.get(name) else { continue };
        for column in table.relation.columns() {
            let mut labels = shape::labels(shape.catalog, table.relation, &column.name);
            if column.data_type == "boolean" {
                labels = vec![Name::new_static("true")];
            }
            let wanted = labels
                .iter()
                .find(|label| column.data_type == "boolean" || named.contains(&label.to_string()));
            if let Some(label) = wanted {
                maker.make_more(table, &column.name, label).await?;
            }
        }
    }
    Ok(())
}

/// The view as a table of the same rows; without rows of its own where nothing tells them apart.
fn of_table<'a>(relation: RelationRef<'a>, shape: &Shape<'_>, world: &World) -> (Table<'a>, BTreeMap<Key, Made>) {
    let mut best = None;
    let mut most = 0;
    for (name, base) in &shape.tables {
        let Some(rows) = world.rows.get(name) else { continue };
        let shown = |from: &Name| -> Option<&'a Column> {
            let mut columns = relation.columns().iter();
            columns.find(|column| {
                let origin = column.origin.as_ref();
                origin.is_some_and(|origin| origin.relation == *name && origin.column == *from)
            })
        };
        let keys = base.keys.iter().filter_map(|set| {
            let columns = set.iter().map(|column| shown(column).map(|column| column.name.clone()));
            columns.collect::<Option<Vec<_>>>()
        });
        let keys = keys.collect::<Vec<_>>();
        let owners = base
            .owners
            .iter()
            .filter_map(|owner| shown(owner).map(|column| &column.name));
        let owners = owners.collect::<Vec<_>>();
        let tenants = base
            .tenants
            .iter()
            .filter_map(|(tenant, to)| Some((&shown(tenant)?.name, to.clone())));
        let tenants = tenants.collect::<Vec<_>>();
        // What has a key tells rows apart best, then what has an owner, then what has a tenant.
        let worth = match (keys.is_empty(), owners.is_empty(), tenants.is_empty()) {
            (false, ..) if base.class == Class::Common => 1,
            (false, ..) => 4,
            (true, false, _) => 3,
            (true, true, false) => 2,
            _ => continue,
        };
        if worth > most {
            most = worth;
            best = Some((worth, base, rows, keys, owners, tenants));
        }
    }
    let mut table = Table::new(relation);
    let Some((worth, base, rows, keys, owners, tenants)) = best else {
        return (table, BTreeMap::new());
    };
    table.class = match worth {
        2 => Class::Tenanted,
        _ => base.class,
    };
    table.keys = match worth {
        1 | 4 => keys,
        3 => owners.iter().map(|owner| vec![(*owner).clone()]).collect(),
        _ => tenants.iter().map(|(tenant, _)| vec![(*tenant).clone()]).collect(),
    };
    table.owners = owners;
    table.tenants = tenants;
    let is_of = |column: &&Column| {
        column
            .origin
            .as_ref()
            .is_some_and(|origin| origin.relation == base.relation.row.name)
    };
    let made = rows.iter().map(|(key, row)| {
        let values = relation.columns().iter().map(|column| {
            let origin = column.origin.as_ref().filter(|_| is_of(&column));
            let value = origin.and_then(|origin| row.values.get(&origin.column).cloned());
            (column.name.clone(), value.flatten())
        });
        let spare = row.spare.as_ref().map(|spare| {
            let given = relation
                .columns()
                .iter()
                .filter(is_of)
                .filter(|column| column.updatable);
            let given = given.filter_map(|column| {
                let origin = &column.origin.as_ref()?.column;
                let (_, value) = spare.iter().find(|(from, _)| from == origin)?;
                Some((column.name.clone(), value.clone()))
            });
            given.collect::<Vec<_>>()
        });
        let made = Made {
            values: values.collect(),
            sql: Vec::new(),
            spare: spare.filter(|spare| !spare.is_empty()),
        };
        (*key, made)
    });
    let made = made.collect();
    (table, made)
}

/// Those of the rows that the view really shows to somebody, row-level security aside. A view that nothing tells the rows
/// of apart shows one row of nobody.
async fn shown(
    connection: &mut PgConnection,
    table: &Table<'_>,
    rows: BTreeMap<Key, Made>,
    personas: &[Persona],
    identities: &[Identity],
) -> Result<Result<BTreeMap<Key, Made>, String>> {
    let name = &table.relation.row.name;
    let cell = |key: Key, condition: &str| {
        let statement = statements::select(name, condition);
        Cell::new(Action::Select, Whose::Unowned, statement, key)
    };
    let mut cells = Vec::new();
    for (key, row) in &rows {
        if let Some(condition) = table.key_condition(row) {
            cells.push(cell(*key, &condition));
        }
    }
    cells.push(cell(Key::Common, "true"));
    let mut seen = Vec::new();
    let mut why = None;
    for identity in identities {
        let all_seeing = Identity {
            role: Name::new_static("none"),
            kind: Sender::Service,
            ..identity.clone()
        };
        match run_cells(connection, &all_seeing, &cells, personas).await? {
            Ok(outcomes) => {
                for (at, outcome) in outcomes.iter().enumerate() {
                    match outcome {
                        Outcome::Allowed => seen.push(at),
                        Outcome::Failed { message, .. } => why = Some(message.clone()),
                        _ => {}
                    }
                }
            }
            Err(message) => why = Some(message),
        }
    }
    let mut left = rows;
    let known = cells[..cells.len() - 1]
        .iter()
        .enumerate()
        .filter(|(at, _)| seen.contains(at));
    let known = known.map(|(_, cell)| cell.key).collect::<Vec<_>>();
    left.retain(|key, _| known.contains(key));
    if left.is_empty() && seen.contains(&(cells.len() - 1)) {
        left.insert(Key::Common, Made::default());
    }
    Ok(match why {
        Some(why) if left.is_empty() => Err(why),
        _ => Ok(left),
    })
}
