//! Tables whose rows belong to whom a row of another table belongs to.

use std::collections::{BTreeMap, BTreeSet};

use super::anchored::nullable;
use super::infer::{ALL, Whole, pairs};
use super::model::{Access, Audience, Test};
use super::shape::{Table, UserColumn};
use super::words;
use crate::catalog::QName;
use crate::catalog::constraint::ForeignKey;
use crate::catalog::trigger::Event;
use crate::config::Archetype;

/// Finds the rights on the tables of `open` that lead to one whose rights are known, however many tables lie between.
pub(super) fn resolve<'a>(whole: &Whole<'a>, found: &mut BTreeMap<&'a QName, Access>, open: &mut Vec<&'a QName>) {
    loop {
        // A table waits for those that it leads to, unless nothing else is left: then keys go in a circle.
        let is_ready = |name: &&QName| {
            let table = &whole.scope.tables[*name];
            let waits = |key: &&ForeignKey| key.references != **name && open.contains(&&key.references);
            !parents(whole, table, found).is_empty() && !table.keys.iter().any(waits)
        };
        let leads = |name: &&QName| !parents(whole, &whole.scope.tables[*name], found).is_empty();
        let next = open.iter().position(is_ready).or_else(|| open.iter().position(leads));
        let Some(next) = next else { return };
        let name = open.remove(next);
        let table = &whole.scope.tables[name];
        let keys = parents(whole, table, found);
        let access = through(whole, table, &keys, found);
        found.insert(name, access);
    }
}

/// The keys of a table that lead to one whose rows belong to somebody: those that no row is without, if there are such.
pub(super) fn parents<'a>(
    whole: &Whole<'_>,
    table: &Table<'a>,
    found: &BTreeMap<&QName, Access>,
) -> Vec<&'a ForeignKey> {
    let keys = table.keys.iter().filter(|key| {
        let is_chain = found
            .get(&key.references)
            .is_some_and(|access| is_somebodys(access.archetype));
        key.references != *table.name() && is_chain && !whole.scope.users.contains_key(&key.references)
    });
    let keys = keys.copied().collect::<Vec<_>>();
    let (filled, others): (Vec<_>, Vec<_>) = keys.into_iter().partition(|key| is_filled(table, key));
    if filled.is_empty() { others } else { filled }
}

/// Whether the rows of such a table belong to somebody, so that those of another can through it.
fn is_somebodys(archetype: Archetype) -> bool {
    use Archetype::{Abac, Owner, OwnerThroughFk, PublicRead, ShareGrants, Tenant, TenantClaim, TwoParties};
    matches!(
        archetype,
        Abac | Owner | OwnerThroughFk | PublicRead | ShareGrants | Tenant | TenantClaim | TwoParties
    )
}

/// The rights through these keys: whoever may do so with every row that they lead to.
pub(super) fn through(
    whole: &Whole<'_>,
    table: &Table<'_>,
    keys: &[&ForeignKey],
    found: &BTreeMap<&QName, Access>,
) -> Access {
    let names = keys
        .iter()
        .map(|key| format!("{} leads to {}", key.columns.join(", "), key.references));
    let mut access = Access::closed(Archetype::OwnerThroughFk, names.collect::<Vec<_>>().join("; "));
    let all = |read: bool| {
        keys.iter().try_fold(Test::Always, |test, key| {
            let parent = found.get(&key.references)?;
            Some(test.and(step(whole, key, parent, read)?))
        })
    };
    if let Some(test) = all(true) {
        access.allow(Event::Select, Audience::SignedIn, test);
        let is_open = |key: &&ForeignKey| {
            found
                .get(&key.references)
                .is_some_and(|parent| parent.archetype == Archetype::PublicRead)
        };
        if keys.iter().all(is_open) && !keys.is_empty() && found[&keys[0].references].is_open_to_anonymous() {
            let tests = keys.iter().fold(Test::Always, |test, key| {
                test.and(Test::Parent(key.references.clone(), pairs(key), None))
            });
            access.allow(Event::Select, Audience::Anonymous, tests);
        }
    }
    if let Some(test) = all(false) {
        for command in &ALL[1..] {
            access.allow(*command, Audience::SignedIn, test.clone());
        }
    }
    let privileged = table.names(|column| {
        words::is_privileged(&column.name) && !keys.iter().any(|key| key.columns.contains(&column.name))
    });
    access.withheld.update.clone_from(&privileged);
    access.withheld.insert = privileged;
    let users = whole.scope.user_columns(table);
    let is_made = |user: &&UserColumn<'_>| {
        let name = &user.column.name;
        words::names_maker(name) || words::names_owner(name) || words::names_sender(name)
    };
    if let Some(made) = users.iter().find(is_made) {
        let test = Test::User(made.column.name.clone(), made.column.data_type.clone());
        for rule in access.rules.iter_mut().filter(|rule| rule.command == Event::Insert) {
            rule.check = rule.check.take().map(|check| check.and(test.clone()));
        }
        access.withheld.update.push(made.column.name.clone());
    }
    for key in keys {
        if let Some(column) = key
            .columns
            .iter()
            .filter_map(|name| table.column(name))
            .find(|column| !column.not_null)
        {
            access.diagnostics.push(nullable(table, column));
        }
    }
    access
}

/// The condition on a child's row that the parent's may be read, or written. Where both are the same, the parent's
/// policies are the condition.
fn step(whole: &Whole<'_>, key: &ForeignKey, parent: &Access, read: bool) -> Option<Test> {
    let reads = parent.test(Event::Select)?;
    let leans = whole.is_ours(&key.references);
    let inner = if read {
        (!leans).then_some(reads)
    } else {
        if parent.archetype == Archetype::TwoParties {
            return None;
        }
        let writes = parent.test(Event::Update)?;
        (!leans || writes != reads).then_some(writes)
    };
    Some(Test::Parent(key.references.clone(), pairs(key), inner.map(Box::new)))
}

/// Has new and changed rows lead only to rows that the user sees: nobody hangs what is his on what is another's.
pub(super) fn check_parents(whole: &Whole<'_>, found: &mut BTreeMap<&QName, Access>) {
    let mut more = Vec::new();
    for (name, access) in &*found {
        let table = &whole.scope.tables[*name];
        let asked = asked(access);
        for key in &table.keys {
            let Some(parent) = found.get(&key.references).filter(|_| key.references != **name) else {
                continue;
            };
            let is_asked = asked.contains(&key.references) || whole.scope.users.contains_key(&key.references);
            let is_limited = parent.test(Event::Select).is_some_and(|test| test != Test::Always);
            let is_tenants = whole.tenancy(&key.references).is_some() || whole.claimed.contains_key(&key.references);
            if is_asked || !is_limited || is_tenants || !whole.is_ours(&key.references) {
                continue;
            }
            if leads_back(&key.references, name, found) {
                continue;
            }
            let mut test = Test::Parent(key.references.clone(), pairs(key), None);
            if let Some(column) = key
                .columns
                .iter()
                .find(|column| table.column(column).is_some_and(|column| !column.not_null))
            {
                test = Test::Any(vec![Test::Null(column.clone()), test]);
            }
            more.push((*name, test));
        }
    }
    for (name, test) in more {
        if let Some(access) = found.get_mut(name) {
            access.check_too(&test);
        }
    }
}

fn asked(access: &Access) -> BTreeSet<QName> {
    let tests = access
        .rules
        .iter()
        .flat_map(|rule| rule.using.iter().chain(&rule.check));
    tests.flat_map(Test::reads).cloned().collect()
}

/// Whether reading `table` asks the policies of `name`, by whatever way: PostgreSQL takes that for a recursion.
fn leads_back(table: &QName, name: &QName, found: &BTreeMap<&QName, Access>) -> bool {
    let mut seen = BTreeSet::from([table.clone()]);
    let mut open = vec![table.clone()];
    while let Some(next) = open.pop() {
        if next == *name {
            return true;
        }
        let Some(access) = found.get(&next) else { continue };
        let rules = access.rules.iter().filter(|rule| rule.command == Event::Select);
        let tests = rules.flat_map(|rule| &rule.using);
        let reads = tests.flat_map(Test::reads).cloned();
        open.extend(reads.filter(|read| seen.insert(read.clone())).collect::<Vec<_>>());
    }
    false
}

fn is_filled(table: &Table<'_>, key: &ForeignKey) -> bool {
    let mut columns = key.columns.iter().filter_map(|name| table.column(name));
    columns.all(|column| column.not_null)
}
