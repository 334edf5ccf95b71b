//! What is tried: each identity, on each relation, with each command, on whose row.

use std::collections::BTreeMap;

use super::identities::{Identity, Sender, Whose, rank, whose};
use super::rows::{Key, Made, Persona, World, tenant_key, user_key};
use super::shape::{Class, Shape, Table, holds_rows, labels};
use super::statements;
use super::states::{self, States};
use crate::access::audit::rights::Rights;
use crate::catalog::access::Privilege;
use crate::catalog::column::Column;
use crate::catalog::{Name, ObjectId, QName};

/// Something that is tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// What is done.
    pub action: Action,
    /// Whose row it is done to, or whose row comes of it.
    pub whose: Whose,
    /// The statement.
    pub statement: String,
    /// Which row it is done to.
    pub(super) key: Key,
    /// Tells afterwards which rows were reached.
    pub(super) check: Option<String>,
    /// The rows that `check` speaks of.
    pub(super) rows: Vec<Key>,
    /// The state that its row and the sender's claims are in, where it is another than at first.
    pub(super) state: Option<Vec<String>>,
    /// What brings them there, as whoever the session is.
    pub(super) setup: Option<String>,
}

impl Cell {
    /// One whose row and sender are as they are at first, and whose statement tells by itself what it reached.
    pub(super) fn new(action: Action, whose: Whose, statement: String, key: Key) -> Self {
        Self {
            action,
            whose,
            statement,
            key,
            check: None,
            rows: Vec::new(),
            state: None,
            setup: None,
        }
    }
}

/// What is done.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// A row is read.
    Select,
    /// A column of a row is read.
    SelectColumn(Name),
    /// A row is inserted.
    Insert,
    /// A row is inserted with a value for this column.
    InsertColumn(Name),
    /// A row is inserted and given back.
    InsertReturning,
    /// A row that is there is inserted, and changed instead: `ON CONFLICT DO UPDATE`.
    Upsert,
    /// A row is changed.
    Update,
    /// All rows are changed without looking at any.
    BlindUpdate,
    /// A column of an own row is written.
    UpdateColumn(Name),
    /// An own row is brought into a state.
    Set,
    /// An own row is given to somebody else, to another tenant, or to what is theirs, by this column.
    Give(Name),
    /// A user makes himself a member of a tenant, or takes a role.
    Join(Name),
    /// A user takes another role than he has.
    Rise(Name),
    /// A row is deleted.
    Delete,
    /// All rows are deleted without looking at any.
    BlindDelete,
    /// The table is emptied.
    Truncate,
}

/// Everything that cells are made of.
pub(super) struct Ground<'a> {
    pub(super) shape: &'a Shape<'a>,
    pub(super) world: &'a World,
    /// The rows that views show.
    pub(super) views: &'a BTreeMap<QName, BTreeMap<Key, Made>>,
    pub(super) personas: &'a [Persona],
    pub(super) rights: &'a Rights<'a>,
    /// Where rows are, for tables whose rows are looked at afterwards.
    pub(super) places: &'a BTreeMap<(QName, Key), (String, String)>,
    /// Whether every row of a table may be touched: not in a database that others use.
    pub(super) blind: bool,
    /// The states that rows and claims are tried in.
    pub(super) states: &'a BTreeMap<QName, States>,
    /// What requests say of their senders.
    pub(super) told: &'a [(String, String)],
}

impl Ground<'_> {
    /// What one identity tries on one table.
    pub(super) fn cells(&self, identity: &Identity, table: &Table<'_>) -> Vec<Cell> {
        let name = &table.relation.row.name;
        let Some(rows) = self.world.rows.get(name).or_else(|| self.views.get(name)) else {
            return Vec::new();
        };
        let is_table = holds_rows(table.relation.row.kind);
        let writable = table.relation.row.writable;
        let mut cells = Vec::new();
        for (whose, key) in self.chosen(identity, table, rows) {
            let row = &rows[&key];
            let cell = |action: Action, statement: String| Cell::new(action, whose, statement, key);
            let condition = self.condition(table, key, row);
            cells.push(cell(Action::Select, statements::select(name, &condition)));
            if let Some(spare) = self.spare(identity, table, row)
                && (is_table || writable.insert)
            {
                let insert = statements::insert(table.relation, &spare);
                if whose == Whose::Own || cells.iter().all(|cell| cell.action != Action::InsertReturning) {
                    cells.push(cell(Action::InsertReturning, statements::insert_returning(&insert)));
                }
                cells.push(cell(Action::Insert, insert));
            }
            if let Some((column, value)) = self.written(identity, table, row)
                && (is_table || writable.update)
            {
                let set = [(column.clone(), value)];
                cells.push(cell(Action::Update, statements::update(name, &set, Some(&condition))));
            }
            if is_table || writable.delete {
                cells.push(cell(Action::Delete, statements::delete(name, Some(&condition))));
            }
            if !is_table {
                continue;
            }
            if let Some(statement) = self.upsert(identity, table, row) {
                cells.push(cell(Action::Upsert, statement));
            }
            if whose == Whose::Own || whose == Whose::Tenant && table.owners.is_empty() {
                self.gifts(identity, table, row, &condition, |column, statement| {
                    cells.push(cell(Action::Give(column), statement));
                });
            }
            let is_tenants = whose == Whose::Tenant && (table.owners.is_empty() || table.class == Class::Tenant);
            if is_tenants || matches!(whose, Whose::Own | Whose::Unowned) {
                for (column, value) in self.some_columns(identity, Privilege::Update, table, row) {
                    let set = [(column.clone(), value)];
                    let statement = statements::update(name, &set, Some(&condition));
                    cells.push(cell(Action::UpdateColumn(column), statement));
                }
                for (column, _) in self.some_columns(identity, Privilege::Select, table, row) {
                    let statement = statements::select_column(name, &column, &condition);
                    cells.push(cell(Action::SelectColumn(column), statement));
                }
                for (column, value) in self.some_columns(identity, Privilege::Insert, table, row) {
                    let Some(mut spare) = self.spare(identity, table, row) else {
                        continue;
                    };
                    spare.retain(|(given, _)| *given != column);
                    spare.push((column.clone(), value));
                    let statement = statements::insert(table.relation, &spare);
                    cells.push(cell(Action::InsertColumn(column), statement));
                }
            }
            if whose == Whose::Own {
                for (role, statement) in self.rises(identity, table, row, &condition) {
                    cells.push(cell(Action::Rise(role), statement));
                }
            }
        }
        if !is_table {
            return cells;
        }
        self.join(identity, table, rows, &mut cells);
        self.blind(identity, table, rows, &mut cells);
        cells.extend(states::of(self, identity, table));
        cells
    }

    /// A row of each kind that there is to the identity; of memberships all, as their roles differ.
    fn chosen(&self, identity: &Identity, table: &Table<'_>, rows: &BTreeMap<Key, Made>) -> Vec<(Whose, Key)> {
        let mut chosen = Vec::<(Whose, Key)>::new();
        for key in rows.keys() {
            let whose = whose(self.personas, identity.persona, *key);
            if table.role.is_some() || chosen.iter().all(|(known, _)| *known != whose) {
                chosen.push((whose, *key));
            }
        }
        chosen.sort();
        chosen
    }

    fn condition(&self, table: &Table<'_>, key: Key, row: &Made) -> String {
        table.key_condition(row).unwrap_or_else(|| {
            let place = self.places.get(&(table.relation.row.name.clone(), key));
            place.map_or_else(|| "true".to_owned(), |(leaf, place)| statements::at_place(leaf, place))
        })
    }

    pub(super) fn may(&self, identity: &Identity, privilege: Privilege, table: &Table<'_>, column: &Name) -> bool {
        let column = ObjectId::Column(table.relation.row.name.clone(), column.clone());
        self.rights.can(&identity.role, privilege, &column)
    }

    /// The values of one more row, without the columns that the role may not give.
    pub(super) fn spare(
        &self,
        identity: &Identity,
        table: &Table<'_>,
        row: &Made,
    ) -> Option<Vec<(Name, Option<String>)>> {
        let mut spare = row.spare.clone()?;
        spare.retain(|(name, _)| table.relation.column(name).is_some_and(|column| table.takes(column)));
        let allowed = spare
            .iter()
            .filter(|(name, _)| self.may(identity, Privilege::Insert, table, name));
        let allowed = allowed.cloned().collect::<Vec<_>>();
        Some(if allowed.is_empty() { spare } else { allowed })
    }

    /// Inserts the row that is there, and changes it instead, where the role has the privileges for both.
    fn upsert(&self, identity: &Identity, table: &Table<'_>, row: &Made) -> Option<String> {
        let key = table.keys.first()?;
        let (column, value) = self.written(identity, table, row)?;
        let given = table.relation.columns().iter().filter(|column| {
            let is_needed = table.takes(column) || key.contains(&column.name);
            is_needed && self.may(identity, Privilege::Insert, table, &column.name)
        });
        let values = given.filter_map(|column| Some((column.name.clone(), row.values.get(&column.name)?.clone())));
        let values = values.collect::<Vec<_>>();
        let has_key = key.iter().all(|column| values.iter().any(|(name, _)| name == column));
        let may = has_key && self.may(identity, Privilege::Update, table, &column);
        may.then(|| statements::upsert(table.relation, &values, key, &[(column, value)]))
    }

    /// A column that says nothing of whose the row is, with the value that it has.
    pub(super) fn written(&self, identity: &Identity, table: &Table<'_>, row: &Made) -> Option<(Name, Option<String>)> {
        let columns = table.relation.columns();
        let can_be_written = |column: &&Column| table.takes(column);
        let keys = table.keys.concat();
        let is_plain = |column: &&Column| {
            table.takes(column)
                && table.link_of(&column.name).is_none()
                && !keys.contains(&column.name)
                && !table.owners.contains(&&column.name)
                && !table.tenants.iter().any(|(name, _)| **name == column.name)
                && Some(&column.name) != table.role
        };
        let may = |column: &&Column| self.may(identity, Privilege::Update, table, &column.name);
        let found = columns
            .iter()
            .find(|column| is_plain(column) && may(column))
            .or_else(|| columns.iter().find(|column| can_be_written(column) && may(column)))
            .or_else(|| columns.iter().find(is_plain))
            .or_else(|| columns.iter().find(can_be_written))?;
        Some((found.name.clone(), row.values.get(&found.name)?.clone()))
    }

    /// The columns of an own row, where the role has the privilege for some of them and not for all.
    fn some_columns(
        &self,
        identity: &Identity,
        privilege: Privilege,
        table: &Table<'_>,
        row: &Made,
    ) -> Vec<(Name, Option<String>)> {
        let is_read = privilege == Privilege::Select;
        let all = table.relation.columns().iter();
        let all = all.filter(|column| is_read || table.takes(column)).collect::<Vec<_>>();
        let some = all
            .iter()
            .filter(|column| self.may(identity, privilege, table, &column.name));
        let some = some.count();
        if some == 0 || some == all.len() {
            return Vec::new();
        }
        let values = all
            .iter()
            .filter_map(|column| Some((column.name.clone(), row.values.get(&column.name)?.clone())));
        values.collect()
    }

    /// Statements that give the row to somebody else.
    fn gifts(
        &self,
        identity: &Identity,
        table: &Table<'_>,
        row: &Made,
        condition: &str,
        mut give: impl FnMut(Name, String),
    ) {
        let name = &table.relation.row.name;
        let own = identity.persona.and_then(|persona| self.personas.get(persona));
        let tenant = own.and_then(|own| own.tenant);
        let other = self
            .personas
            .iter()
            .rposition(|other| other.has_rows && Some(other) != own && (tenant.is_none() || other.tenant != tenant));
        // What is changed without being looked at passes no policy for reading.
        let conditions = [Some(condition)]
            .into_iter()
            .chain(self.blind.then_some(None))
            .collect::<Vec<_>>();
        let mut give = |column: &Name, to: String| {
            for condition in &conditions {
                give(
                    column.clone(),
                    statements::update(name, &[(column.clone(), Some(to.clone()))], *condition),
                );
            }
        };
        if table.class == Class::Person || table.class == Class::Tenant {
            if let Some(column) = table.keys.first().and_then(|key| table.relation.column(key.first()?)) {
                give(&column.name, super::rows::made_up(500, &column.data_type));
            }
            return;
        }
        if let Some(path) = table.path {
            let to = match table.class {
                Class::Tenanted => {
                    let tenants = self.shape.tables.iter().find(|(_, table)| table.class == Class::Tenant);
                    let to = tenants.map(|(name, _)| name);
                    tenant.map(|own| tenant_key(self.shape, self.world, 1 - own.min(1), to, "uuid"))
                }
                _ => other.map(|other| user_key(self.shape, self.world, other, "text")),
            };
            if let Some(to) = to {
                give(path, format!("{to}/pgkeel.txt"));
            }
            return;
        }
        for owner in &table.owners {
            let Some((other, column)) = other.zip(table.relation.column(owner)) else {
                continue;
            };
            let to = self.person_key(table, owner, other, &column.data_type);
            give(owner, to);
        }
        for link in &table.links {
            let [column] = link.columns else { continue };
            let Some(parent) = self
                .shape
                .tables
                .get(link.to)
                .filter(|to| to.is_private() && to.class != Class::Person)
            else {
                continue;
            };
            let is_tenant = table.tenants.iter().any(|(name, _)| *name == column);
            let rows = self.world.rows.get(link.to);
            let others = rows.into_iter().flatten().filter(|(key, _)| {
                whose(self.personas, identity.persona, **key) == Whose::Other && **key != Key::Stray
            });
            let to = others
                .filter_map(|(_, row)| row.values.get(link.to_columns.first()?)?.clone())
                .next();
            if let Some(to) = to.filter(|_| !is_tenant && parent.relation.row.name != *name) {
                give(column, to);
            }
        }
        for (column, to) in &table.tenants {
            let Some(tenant) = tenant else { continue };
            let data_type = table.relation.column(column).map(|column| column.data_type.as_str());
            let to = tenant_key(
                self.shape,
                self.world,
                1 - tenant.min(1),
                to.as_ref(),
                data_type.unwrap_or("uuid"),
            );
            if row.values.get(*column) != Some(&Some(to.clone())) {
                give(column, to);
            }
        }
    }

    /// The value that makes the row the persona's.
    fn person_key(&self, table: &Table<'_>, owner: &Name, person: usize, data_type: &str) -> String {
        let linked = table.link_of(owner).and_then(|link| {
            let to = link.to_columns.first()?;
            self.world
                .rows
                .get(link.to)?
                .get(&Key::Person(person))?
                .values
                .get(to)?
                .clone()
        });
        linked.unwrap_or_else(|| user_key(self.shape, self.world, person, data_type))
    }

    /// Statements that change one's own role, and the role.
    fn rises(&self, identity: &Identity, table: &Table<'_>, row: &Made, condition: &str) -> Vec<(Name, String)> {
        let Some(column) = table.role else { return Vec::new() };
        let own = row.values.get(column).cloned().flatten();
        let others = labels(self.shape.catalog, table.relation, column);
        let others = others.into_iter().filter(|role| Some(role.as_str()) != own.as_deref());
        let name = &table.relation.row.name;
        let _ = identity;
        others
            .map(|role| {
                let set = [(column.clone(), Some(role.to_string()))];
                (role, statements::update(name, &set, Some(condition)))
            })
            .collect()
    }

    /// Makes oneself a member of a tenant that one is not in, with each role; or takes a role, where there are no tenants.
    fn join(&self, identity: &Identity, table: &Table<'_>, rows: &BTreeMap<Key, Made>, cells: &mut Vec<Cell>) {
        let Some(person) = identity.persona.filter(|_| table.is_membership || table.role.is_some()) else {
            return;
        };
        let tenant = self.personas[person].tenant;
        let target = rows.iter().find(|(key, row)| {
            let other = super::rows::tenant_of(self.personas, **key);
            row.spare.is_some() && (!table.is_membership || other != tenant)
        });
        let Some((key, row)) = target else { return };
        let Some(mut spare) = row.spare.clone() else { return };
        spare.retain(|(name, _)| table.relation.column(name).is_some_and(|column| table.takes(column)));
        for owner in table.owners.iter().take(1) {
            let data_type = table.relation.column(owner).map(|column| column.data_type.as_str());
            let own = self.person_key(table, owner, person, data_type.unwrap_or("uuid"));
            spare.retain(|(name, _)| name != *owner);
            spare.push(((*owner).clone(), Some(own)));
        }
        let roles = table
            .role
            .map(|role| labels(self.shape.catalog, table.relation, role))
            .unwrap_or_default();
        let roles = if roles.is_empty() { vec![Name::default()] } else { roles };
        for role in roles {
            let mut values = spare.clone();
            if let Some(column) = table.role
                && !role.is_empty()
            {
                values.retain(|(name, _)| name != column);
                values.push((column.clone(), Some(role.to_string())));
            }
            let statement = statements::insert(table.relation, &values);
            cells.push(Cell::new(Action::Join(role), Whose::Own, statement, *key));
        }
    }

    /// Changes and deletes without a condition, and the table's emptying.
    fn blind(&self, identity: &Identity, table: &Table<'_>, rows: &BTreeMap<Key, Made>, cells: &mut Vec<Cell>) {
        let name = &table.relation.row.name;
        let keys = rows.keys().copied().collect::<Vec<_>>();
        let places = keys.iter().enumerate().filter_map(|(number, key)| {
            let (leaf, place) = self.places.get(&(name.clone(), *key))?;
            Some((number, leaf.clone(), place.clone()))
        });
        let places = places.collect::<Vec<_>>();
        let mut cell = |action: Action, statement: String, check: Option<String>| {
            cells.push(Cell {
                check,
                rows: keys.clone(),
                ..Cell::new(action, Whose::Other, statement, keys[0])
            });
        };
        if self.blind && !places.is_empty() {
            let check = Some(statements::moved(name, &places));
            // A value of one's own passes a policy's check of new rows.
            let own = identity.persona.and_then(|person| {
                let tenant = self.personas[person].tenant.map(Key::Tenant);
                rows.get(&Key::Person(person)).or_else(|| rows.get(&tenant?))
            });
            let row = own.or_else(|| rows.values().next());
            if let Some((column, value)) = row.and_then(|row| self.written(identity, table, row)) {
                let statement = statements::update(name, &[(column, value)], None);
                cell(Action::BlindUpdate, statement, check.clone());
            }
            cell(Action::BlindDelete, statements::delete(name, None), check);
        }
        // Who may empty the platform's table of files is the platform's to say.
        if self.blind && *name != super::shape::files() {
            cell(Action::Truncate, statements::truncate(name), None);
        }
    }
}

/// Whether a role is more than another.
pub(super) fn is_more(role: &str, than: Option<&str>) -> bool {
    match (rank(role), than.and_then(rank)) {
        (Some(role), Some(than)) => role > than,
        (Some(_), None) => than.is_none(),
        _ => false,
    }
}

/// Whether nobody trusts the sender with what is others'.
pub(super) fn is_untrusted(identity: &Identity) -> bool {
    matches!(identity.kind, Sender::Anonymous | Sender::Nobody | Sender::User)
}
