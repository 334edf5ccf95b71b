//! Tables without an owner: what everybody looks up, what roles govern, and what nobody knows.

use super::anchored::service_only;
use super::infer::{ALL, Whole, denied};
use super::members;
use super::model::{Access, Audience, Test};
use super::shape::{Scope, Table};
use super::{text, words};
use crate::access::Source;
use crate::catalog::routine::Body;
use crate::config::Archetype;

/// The rights on a table that neither says whose its rows are nor leads to one that does.
pub(super) fn access(whole: &Whole<'_>, table: &Table<'_>) -> Access {
    if let Some(access) = whole
        .permissions
        .as_ref()
        .and_then(|permissions| permissions.access(whole.scope, table))
    {
        return access;
    }
    if is_lookup(whole.scope, table) {
        return reference("what it looks up is no user's");
    }
    if words::has(&table.name().name, &["role", "permission"]) {
        return service_only("its rows say what roles may do");
    }
    if words::names_machinery(&table.name().name) {
        return service_only("its name is that of work for servers");
    }
    let is_plain =
        table.find(|column| words::is_secret(&column.name)).is_none() && !words::names_people(&table.name().name);
    if is_plain
        && table.keys.iter().all(|key| {
            whole
                .scope
                .tables
                .get(&key.references)
                .is_none_or(|other| is_lookup(whole.scope, other))
        })
    {
        if let Some(claim) = &whole.role_claim {
            return by_claim(whole, table, claim, &members::admins(None));
        }
        if let Some(roles) = &whole.roles
            && !roles.admins.is_empty()
        {
            return by_roles(whole, table, &roles.admins.clone());
        }
    }
    denied(table.name(), &candidates(table))
}

fn candidates(table: &Table<'_>) -> Vec<String> {
    let users = table
        .columns()
        .iter()
        .filter(|column| words::names_owner(&column.name) || words::names_maker(&column.name));
    let mut candidates = users
        .map(|column| format!("owner by {}, which no foreign key says to be a user", column.name))
        .collect::<Vec<_>>();
    for key in &table.keys {
        candidates.push(format!("owner-through-fk by {}", key.references));
    }
    candidates
}

/// What all may read and nobody writes.
pub(super) fn reference(evidence: &str) -> Access {
    let mut access = Access::closed(Archetype::Reference, evidence);
    access.allow(ALL[0], Audience::Everybody, Test::Always);
    access
}

/// Whether a table only looks things up: its name and all its columns say so, or it has a key that people can read, is
/// referred to, and all its columns say so.
pub(super) fn is_lookup(scope: &Scope<'_>, table: &Table<'_>) -> bool {
    let name = &table.name().name;
    let says_nothing_else = table
        .columns()
        .iter()
        .all(|column| words::is_lookup_column(&column.name) || is_own_key(table, &column.name));
    let leads_elsewhere = table.keys.iter().any(|key| {
        key.references != *table.name()
            && scope
                .tables
                .get(&key.references)
                .is_none_or(|other| !is_lookup_at_once(scope, other))
    });
    says_nothing_else
        && !names_others(table)
        && !leads_elsewhere
        && !words::names_people(name)
        && !words::names_worth(name)
        && is_named_or_natural(scope, table)
}

/// As [`is_lookup`], for a table that refers to no other.
fn is_lookup_at_once(scope: &Scope<'_>, table: &Table<'_>) -> bool {
    let name = &table.name().name;
    let is_plain = table.keys.iter().all(|key| key.references == *table.name());
    let says_nothing_else = table
        .columns()
        .iter()
        .all(|column| words::is_lookup_column(&column.name));
    is_plain
        && says_nothing_else
        && !names_others(table)
        && !words::names_people(name)
        && !words::names_worth(name)
        && is_named_or_natural(scope, table)
}

/// Whether a column names rows of other tables without a foreign key that says which.
fn names_others(table: &Table<'_>) -> bool {
    let is = |name: &str| {
        let words = words::words(name);
        words.len() > 1 && words.last().is_some_and(|last| last == "id") && !is_own_key(table, name)
    };
    table.find(|column| is(&column.name)).is_some()
}

fn is_named_or_natural(scope: &Scope<'_>, table: &Table<'_>) -> bool {
    let is_referred_to = scope
        .tables
        .values()
        .any(|other| other.keys.iter().any(|key| key.references == *table.name()));
    let key = table.relation.primary_key();
    let is_natural = matches!(key, [key] if table.column(key).is_some_and(super::shape::is_text)
        && words::has(key, &["iso", "iso2", "iso3", "symbol", "abbreviation", "tld"]));
    words::names_lookup(&table.name().name) || is_natural && is_referred_to
}

/// Whether the column is a foreign key of its own: to a parent, or to what else is looked up.
fn is_own_key(table: &Table<'_>, column: &str) -> bool {
    table
        .keys
        .iter()
        .any(|key| key.columns.iter().any(|name| name == column))
}

/// What those who have a role do: the table of roles says who has.
pub(super) fn by_roles(whole: &Whole<'_>, table: &Table<'_>, writers: &[String]) -> Access {
    let Some(roles) = &whole.roles else {
        return denied(table.name(), &["rbac, and no table says who has which role".to_owned()]);
    };
    let evidence = format!("{} says who has the role {}", roles.table, writers.join(" or "));
    governed(table, Archetype::Rbac, evidence, &roles.one_of(writers))
}

/// What those who have a role do: a claim says who has.
pub(super) fn by_claim(whole: &Whole<'_>, table: &Table<'_>, claim: &str, writers: &[String]) -> Access {
    let claims = &whole.scope.settings.claims;
    let is_declared = claims.all_declared().any(|(name, _)| name == claim);
    let value = match &claims.source {
        _ if is_declared => claims.claim(claim, "text"),
        Source::Supabase => Some(text::top_claim(claim, true)),
        Source::JwtClaims => Some(text::top_claim(claim, false)),
        _ => claims.claim(claim, "text"),
    };
    let Some(value) = value else {
        return denied(table.name(), &[format!("rbac-claim, and there is no claim {claim}")]);
    };
    let evidence = format!("the claim {claim} says who has the role {}", writers.join(" or "));
    governed(
        table,
        Archetype::RbacClaim,
        evidence,
        &Test::Says(value, writers.to_vec()),
    )
}

/// Those who have the role write. What is written to be read, all who are signed in read.
fn governed(table: &Table<'_>, archetype: Archetype, evidence: String, test: &Test) -> Access {
    let mut access = Access::of(archetype, evidence, &ALL[1..], test);
    let reads = match words::names_content(&table.name().name) {
        true => Test::Always,
        false => test.clone(),
    };
    access.allow(ALL[0], Audience::SignedIn, reads);
    access
}

/// The claim with the user's role that a hook of Supabase Auth puts at the top of the token.
pub(super) fn role_claim(scope: &Scope<'_>) -> Option<String> {
    let hooks = scope.catalog.routines.iter().filter(|row| {
        let words = words::words(&row.id.name.name);
        words.iter().any(|word| word == "hook") && words.iter().any(|word| word == "token")
    });
    let claims = ["user_role", "app_role", "role"];
    let mut declared = scope.settings.claims.all_declared().map(|(name, _)| name.as_str());
    if let Some(claim) = declared.find(|name| claims.contains(name)) {
        return Some(claim.to_owned());
    }
    hooks.into_iter().find_map(|row| {
        let (Body::Source(body) | Body::Sql(body)) = &row.body else {
            return None;
        };
        let is_set = |claim: &&&str| {
            body.contains(&format!("{{claims,{claim}}}"))
                || body.contains(&format!("claims, {claim}"))
                || body.contains(&format!("'{claim}'"))
        };
        // `role` at the top is the database's.
        claims[..2].iter().find(is_set).map(|claim| (*claim).to_owned())
    })
}
