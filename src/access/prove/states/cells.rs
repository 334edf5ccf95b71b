//! The statements that are tried in each state, and what brings rows and claims into it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Choice, Dimension, Space, States, Subject, To};
use crate::access::audit::rights::privilege;
use crate::access::prove::cells::{Action, Cell, Ground};
use crate::access::prove::identities::{Identity, Sender, Whose, whose};
use crate::access::prove::rows::{Key, Made};
use crate::access::prove::shape::Table;
use crate::access::prove::statements;
use crate::catalog::access::Privilege;
use crate::catalog::trigger::Event;
use crate::catalog::{Name, QName};

/// The token's setting.
const TOKEN: &str = "request.jwt.claims";

/// Everything that one identity tries on a table in its states.
pub(in crate::access::prove) fn of(ground: &Ground<'_>, identity: &Identity, table: &Table<'_>) -> Vec<Cell> {
    let Some(states) = ground.states.get(&table.relation.row.name) else {
        return Vec::new();
    };
    let mut cells = Vec::new();
    for is_made in [false, true] {
        let spaces = if is_made { &states.made } else { &states.found };
        for command in spaces.keys() {
            let tried = tried(ground, identity, table, states, *command, is_made);
            cells.extend(tried.into_iter().map(|(_, cell)| cell));
        }
    }
    cells
}

/// What is tried by one command, with the number of its state.
pub(super) fn tried(
    ground: &Ground<'_>,
    identity: &Identity,
    table: &Table<'_>,
    states: &States,
    command: Event,
    is_made: bool,
) -> Vec<(usize, Cell)> {
    let spaces = if is_made { &states.made } else { &states.found };
    let may = ground
        .rights
        .can_some(&identity.role, privilege(command), table.relation.row);
    let Some(space) = spaces.get(&command).filter(|_| may && identity.kind != Sender::Service) else {
        return Vec::new();
    };
    let mut tried = Vec::new();
    for number in 0..space.states.len() {
        for (whose, key, row) in chosen(ground, identity, table) {
            let is_changed =
                matches!(whose, Whose::Own | Whose::Unowned) || table.owners.is_empty() && whose == Whose::Tenant;
            if is_made && command == Event::Update && !is_changed {
                continue;
            }
            let one = One {
                ground,
                identity,
                table,
                states,
                space,
                number,
            };
            tried.extend(one.cell(command, is_made, whose, key, row).map(|cell| (number, cell)));
        }
    }
    tried
}

/// One row of each kind that there is to the identity.
fn chosen<'g>(ground: &'g Ground<'_>, identity: &Identity, table: &Table<'_>) -> Vec<(Whose, Key, &'g Made)> {
    let mut chosen = Vec::<(Whose, Key, &Made)>::new();
    for (key, row) in ground.world.rows.get(&table.relation.row.name).into_iter().flatten() {
        let whose = whose(ground.personas, identity.persona, *key);
        let is_plain = !matches!(key, Key::State | Key::Stray);
        if is_plain && table.key_condition(row).is_some() && chosen.iter().all(|(known, ..)| *known != whose) {
            chosen.push((whose, *key, row));
        }
    }
    chosen
}

/// One state of one table, for one identity.
struct One<'o, 'g> {
    ground: &'o Ground<'g>,
    identity: &'o Identity,
    table: &'o Table<'g>,
    states: &'o States,
    space: &'o Space,
    number: usize,
}

impl One<'_, '_> {
    fn cell(&self, command: Event, is_made: bool, whose: Whose, key: Key, row: &Made) -> Option<Cell> {
        let (ground, identity, table) = (self.ground, self.identity, self.table);
        let name = &table.relation.row.name;
        let condition = table.key_condition(row)?;
        let chosen = pairs(self.space, &self.space.states[self.number]);
        let is_another = chosen.iter().any(|(_, choice)| choice.value != To::Same);
        let is_claimed = |(dimension, choice): &(&Dimension, &Choice)| {
            matches!(dimension.subject, Subject::Token(_) | Subject::Setting(_))
                && matches!(choice.value, To::Text(_) | To::Key(..))
        };
        if !is_another || identity.persona.is_none() && chosen.iter().any(is_claimed) {
            return None;
        }
        let own = self.own(&chosen)?;
        let mut setup = Vec::new();
        setup.extend(self.elsewhere(&chosen)?);
        if is_made {
            let before = self.states.changeable.as_ref().filter(|_| command == Event::Update);
            if let Some((space, state)) = self.states.found.get(&command).zip(before) {
                let before = pairs(space, state);
                setup.extend(self.brought(&self.own(&before)?, &condition));
            }
        } else {
            setup.extend(self.brought(&own, &condition));
        }
        setup.extend(self.claims(&chosen)?);
        let is_given = |privilege: Privilege| {
            own.iter()
                .all(|(column, _)| ground.may(identity, privilege, table, column))
        };
        let (action, statement) = match (command, is_made) {
            (Event::Select, _) => (Action::Select, statements::select(name, &condition)),
            (Event::Delete, _) => (Action::Delete, statements::delete(name, Some(&condition))),
            (Event::Insert, _) => {
                let mut values = ground
                    .spare(identity, table, row)
                    .filter(|_| is_given(Privilege::Insert))?;
                values.retain(|(column, _)| own.iter().all(|(other, _)| other != column));
                values.extend(own);
                (Action::Insert, statements::insert(table.relation, &values))
            }
            (_, false) => {
                let (column, value) = ground.written(identity, table, row)?;
                let value = own
                    .iter()
                    .find(|(other, _)| *other == column)
                    .map_or(value, |(_, value)| value.clone());
                let statement = statements::update(name, &[(column, value)], Some(&condition));
                (Action::Update, statement)
            }
            (_, true) => {
                if own.is_empty() || !is_given(Privilege::Update) {
                    return None;
                }
                (Action::Set, statements::update(name, &own, Some(&condition)))
            }
        };
        Some(Cell {
            state: Some(chosen.iter().map(|(_, choice)| choice.label.clone()).collect()),
            setup: (!setup.is_empty()).then(|| setup.join("; ")),
            ..Cell::new(action, whose, statement, key)
        })
    }

    /// The values of the table's own columns.
    fn own(&self, chosen: &[(&Dimension, &Choice)]) -> Option<Vec<(Name, Option<String>)>> {
        let mut values = Vec::new();
        for (dimension, choice) in chosen {
            if let Subject::Column(_, column) = &dimension.subject
                && choice.value != To::Same
            {
                values.push((column.clone(), self.value(choice)?));
            }
        }
        Some(values)
    }

    fn brought(&self, values: &[(Name, Option<String>)], condition: &str) -> Option<String> {
        let name = &self.table.relation.row.name;
        (!values.is_empty()).then(|| statements::update(name, values, Some(condition)))
    }

    /// Brings all rows that are read beside it into the state.
    fn elsewhere(&self, chosen: &[(&Dimension, &Choice)]) -> Option<Vec<String>> {
        let mut tables = BTreeMap::<&QName, Vec<(Name, Option<String>)>>::new();
        for (dimension, choice) in chosen {
            if let Subject::Elsewhere(of, column) = &dimension.subject
                && choice.value != To::Same
            {
                tables
                    .entry(of)
                    .or_default()
                    .push((column.clone(), self.value(choice)?));
            }
        }
        let updates = tables.into_iter().filter_map(|(name, values)| {
            let table = self.ground.shape.tables.get(name)?;
            // No two rows may have the same key: one of them does.
            let is_key = |column: &Name| table.keys.iter().any(|key| key.contains(column));
            let most = if values.iter().any(|(column, _)| is_key(column)) {
                1
            } else {
                usize::MAX
            };
            let rows = self.ground.world.rows.get(name)?.values().take(most);
            let conditions = rows.filter_map(|row| table.key_condition(row)).collect::<Vec<_>>();
            let condition = statements::any_of(&conditions)?;
            Some(statements::update(name, &values, Some(&condition)))
        });
        Some(updates.collect())
    }

    /// Sets what the token and the settings say.
    fn claims(&self, chosen: &[(&Dimension, &Choice)]) -> Option<Vec<String>> {
        let told = self.identity.settings.iter().find(|(setting, _)| setting == TOKEN);
        let mut token = told
            .and_then(|(_, text)| serde_json::from_str::<Map<String, Value>>(text).ok())
            .unwrap_or_default();
        let mut is_changed = false;
        let mut statements = Vec::new();
        for (dimension, choice) in chosen {
            if choice.value == To::Same {
                continue;
            }
            match &dimension.subject {
                Subject::Token(path) => {
                    let value = self.value(choice)?.map(|text| match dimension.is_list {
                        true => Value::Array(vec![Value::String(text)]),
                        false => Value::String(text),
                    });
                    is_changed |= put(&mut token, path, value);
                }
                Subject::Setting(name) => {
                    let value = self.value(choice)?.unwrap_or_default();
                    statements.push(statements::set_config(name, &value));
                }
                Subject::Column(..) | Subject::Elsewhere(..) => {}
            }
        }
        if is_changed {
            statements.push(statements::set_config(TOKEN, &Value::Object(token).to_string()));
        }
        Some(statements)
    }

    /// The value of a choice; `None` where there is no row that it could be taken from.
    fn value(&self, choice: &Choice) -> Option<Option<String>> {
        Some(match &choice.value {
            To::Same | To::Nothing => None,
            To::Text(text) => Some(text.clone()),
            To::Key(table, column, is_own) => {
                let rows = self.ground.world.rows.get(table)?;
                let wanted = |key: Key| match whose(self.ground.personas, self.identity.persona, key) {
                    Whose::Own | Whose::Tenant => *is_own,
                    Whose::Other => !is_own && key != Key::Stray,
                    _ => false,
                };
                let row = rows.iter().find(|(key, _)| wanted(**key))?.1;
                Some(row.values.get(column)?.clone()?)
            }
        })
    }
}

fn pairs<'s>(space: &'s Space, state: &[usize]) -> Vec<(&'s Dimension, &'s Choice)> {
    let pairs = space.dimensions.iter().zip(state);
    pairs
        .map(|(dimension, choice)| (dimension, &dimension.choices[*choice]))
        .collect()
}

/// Puts a value at a path, or takes away what is there; whether anything is another.
fn put(token: &mut Map<String, Value>, path: &[String], value: Option<Value>) -> bool {
    match path {
        [] => false,
        [last] => match value {
            Some(value) => token.insert(last.clone(), value.clone()) != Some(value),
            None => token.remove(last).is_some(),
        },
        [first, rest @ ..] => {
            if !token.get(first).is_some_and(Value::is_object) {
                if value.is_none() {
                    return false;
                }
                token.insert(first.clone(), Value::Object(Map::new()));
            }
            let inner = token.get_mut(first).and_then(Value::as_object_mut);
            inner.is_some_and(|inner| put(inner, rest, value))
        }
    }
}

impl Ground<'_> {
    /// Whether somebody's requests say it already.
    pub(super) fn is_told(&self, claim: &Subject) -> bool {
        self.told.iter().any(|(setting, text)| match claim {
            Subject::Setting(name) => setting == name,
            Subject::Token(path) if setting == TOKEN => {
                let token = serde_json::from_str::<Value>(text).unwrap_or_default();
                path.iter().try_fold(&token, |at, key| at.get(key)).is_some()
            }
            _ => false,
        })
    }
}
