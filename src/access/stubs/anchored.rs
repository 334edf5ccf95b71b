//! Tables that say themselves whose their rows are: by a user, a tenant, or what they are for.

use super::attributes::classified;
use super::infer::{ALL, Whole, denied, pairs};
use super::members::{self, Roles, Sharing, Tenancy};
use super::model::{Access, Audience, Test};
use super::parties::{messages, paths, two_parties};
use super::shape::{Scope, Table, UserColumn, fills_itself, is_boolean, is_generated, is_text, is_time};
use super::{listed, states, words};
use crate::catalog::Name;
use crate::catalog::column::Column;
use crate::catalog::trigger::Event;
use crate::config::Archetype;
use crate::diagnostic::Diagnostic;

/// The rights on the table's rows; `None` where other tables have to be looked at first.
pub(super) fn access(whole: &Whole<'_>, table: &Table<'_>) -> Option<Access> {
    let scope = whole.scope;
    let name = table.name();
    if let Some(tenancy) = whole.tenancies.iter().find(|tenancy| tenancy.members == name) {
        return Some(membership(whole, table, tenancy));
    }
    if let Some(tenancy) = whole.tenancy(name) {
        return Some(tenants(whole, table, tenancy));
    }
    if let Some(sharing) = whole.sharings.iter().find(|sharing| sharing.shares == name) {
        return Some(shares(table, sharing));
    }
    if let Some(roles) = whole.roles.as_ref().filter(|roles| roles.table == name) {
        return Some(role_table(roles));
    }
    let users = scope.user_columns(table);
    if words::is_provider(&name.name) {
        return Some(service_only("its name is that of a provider's data"));
    }
    if scope.users.contains_key(name) {
        return Some(profiles(scope, table));
    }
    let tenant = whole.tenant_column(table);
    if words::names_machinery(&name.name) && users.is_empty() {
        return Some(service_only(
            "its name is that of work for servers, and it names no user",
        ));
    }
    if words::names_machinery(&name.name) {
        let candidates = ["service-only (its name is that of work for servers)", "owner"];
        return Some(denied(name, &candidates.map(str::to_owned)));
    }
    let column = table.find(|column| words::is_secret(&column.name));
    let secret = column
        .map(|column| &column.name)
        .or(Some(&name.name).filter(|name| words::is_secret(name)));
    if let Some(secret) = secret {
        return Some(denied(
            name,
            &[format!("service-only ({secret} is a secret)"), "owner".to_owned()],
        ));
    }
    if words::names_log(&name.name) && tenant.is_none() {
        return Some(log(scope, table, &users));
    }
    if is_payload(table) && users.is_empty() && tenant.is_none() && table.keys.is_empty() {
        return Some(service_only("it has a payload, and names no user"));
    }
    let is_tenants = table.find(|column| words::names_tenant(&column.name)).is_some();
    let is_about_users = users.iter().any(|user| !words::names_bystander(&user.column.name));
    if is_tenants && is_about_users && members::says_what_may_be_done(table) {
        return Some(denied(name, &["membership", "rbac-table"].map(str::to_owned)));
    }
    if let Some(access) = classified(whole, table, &users) {
        return Some(access);
    }
    if let Some((column, tenancy)) = tenant {
        return Some(of_tenancy(whole, table, &column, tenancy, &users));
    }
    if let Some(sharing) = whole.sharings.iter().find(|sharing| sharing.things == name) {
        return Some(shared(table, sharing));
    }
    if let Some(access) = claimed(whole, table, &users) {
        return Some(access);
    }
    if let Some(access) = paths(table) {
        return Some(access);
    }
    of_users(whole, table, &users)
}

/// Rows that belong to users.
fn of_users(whole: &Whole<'_>, table: &Table<'_>, users: &[UserColumn<'_>]) -> Option<Access> {
    let scope = whole.scope;
    let name = table.name();
    if users.is_empty() {
        return None;
    }
    if let Some((from, to)) = two_parties(table, users) {
        return Some(messages(table, from, to));
    }
    if members::is_join(scope, table) && !words::names_mark(&name.name) && !words::names_content(&name.name) {
        let candidates = ["membership", "share-grants", "owner", "reference"].map(str::to_owned);
        return Some(denied(name, &candidates[..3]));
    }
    let (owners, others): (Vec<&UserColumn<'_>>, Vec<&UserColumn<'_>>) = users
        .iter()
        .partition(|user| words::names_owner(&user.column.name) || words::names_maker(&user.column.name));
    // Who was assigned to a row, approved it or put it there has no rights by that; the row may still belong to a
    // parent's owner.
    let leads = table.keys.iter().any(|key| {
        let is_other = key.references != *name && scope.tables.contains_key(&key.references);
        is_other && !scope.users.contains_key(&key.references)
    });
    let has_no_rights =
        |user: &&UserColumn<'_>| words::names_bystander(&user.column.name) || words::names_sender(&user.column.name);
    if owners.is_empty() && leads && others.iter().all(has_no_rights) {
        return None;
    }
    let are_bystanders = others.iter().all(|user| words::names_bystander(&user.column.name));
    let ([owner], true) = (owners.as_slice(), are_bystanders) else {
        let candidates = users.iter().map(|user| match users.len() {
            1 => format!("owner by {}", user.column.name),
            _ => format!("owner or two-parties by {}", user.column.name),
        });
        return Some(denied(name, &candidates.collect::<Vec<_>>()));
    };
    Some(owned(scope, table, owner, &[]))
}

/// Rows of one user, which others may read where they are public.
pub(super) fn owned(scope: &Scope<'_>, table: &Table<'_>, owner: &UserColumn<'_>, states: &[String]) -> Access {
    let column = owner.column;
    let test = Test::User(column.name.clone(), column.data_type.clone());
    let evidence = match owner.references {
        Some(users) => format!("{} references {users}", column.name),
        None => format!("{} is set by auth.uid()", column.name),
    };
    let entitles = words::names_entitlement(&table.name().name);
    let publicity = states::publicity(scope, table, states);
    let mut access = match publicity.test {
        Some(public) if !entitles => {
            let evidence = format!("{evidence}; public by {}", listed(&publicity.columns));
            let mut access = Access::of(Archetype::PublicRead, evidence, &ALL[1..], &test);
            access.allow(Event::Select, Audience::Anonymous, public.clone());
            access.allow(Event::Select, Audience::SignedIn, Test::Any(vec![test, public]));
            access
        }
        _ if entitles => {
            let evidence = format!("{evidence}; what it says is worth something, so that only servers write it");
            Access::of(Archetype::Owner, evidence, &ALL[..1], &test)
        }
        _ => Access::of(Archetype::Owner, evidence, ALL, &test),
    };
    withhold_privileged(&mut access, table, &column.name);
    if !column.not_null {
        access.diagnostics.push(nullable(table, column));
    }
    if !entitles
        && access.archetype == Archetype::Owner
        && !publicity.unknown.is_empty()
        && publicity.columns.len() > publicity.unknown.len()
    {
        access.diagnostics.push(Diagnostic::note(
            table.name().to_string(),
            format!(
                "only the owner reads it, because {} may have states that are not public",
                listed(&publicity.unknown)
            ),
        ));
    }
    access
}

/// Rows that are users themselves.
pub(super) fn profiles(scope: &Scope<'_>, table: &Table<'_>) -> Access {
    let key = scope
        .users
        .get(table.name())
        .map(|key| (*key).clone())
        .unwrap_or_default();
    let data_type = table
        .column(&key)
        .map(|column| column.data_type.clone())
        .unwrap_or_default();
    let is_root = scope.settings.users.as_ref() == Some(table.name());
    let (evidence, commands) = match is_root {
        true => (
            format!("{key} is the user's own key"),
            &[Event::Select, Event::Update][..],
        ),
        false => (format!("its primary key {key} is a user's"), &ALL[..3]),
    };
    let mut access = Access::of(
        Archetype::OwnerPk,
        evidence,
        commands,
        &Test::User(key.clone(), data_type),
    );
    let is_kept = |column: &Column| {
        let is_harmless = is_text(column)
            && !words::words(&column.name)
                .iter()
                .any(|word| word == "status" || word == "email" || word == "state")
            || column.data_type == "json"
            || column.data_type == "jsonb"
            || words::is_personal(&column.name);
        words::is_privileged(&column.name)
            || words::is_secret(&column.name)
            || words::names_tenant_key(&column.name)
            || words::words(&column.name)
                .iter()
                .any(|word| word == "metadata" || word == "meta")
            || !is_harmless
    };
    access.withheld.update = table.names(|column| column.name == key || is_kept(column));
    access.withheld.insert = table.names(|column| column.name != key && is_kept(column));
    access.withheld.select = table.names(|column| words::is_secret(&column.name));
    if table
        .find(|column| access.withheld.insert.contains(&column.name) && !fills_itself(column))
        .is_some()
    {
        access.rules.retain(|rule| rule.command != Event::Insert);
    }
    access
}

/// The table of who belongs to which tenant.
pub(super) fn membership(whole: &Whole<'_>, table: &Table<'_>, tenancy: &Tenancy<'_>) -> Access {
    let column = &tenancy.column.name;
    let evidence = format!("its rows say who belongs to {}", tenancy.tenants);
    let mut access = Access::of(Archetype::Membership, evidence, &ALL[..1], &tenancy.mine(column));
    match tenancy.role {
        Some(role) if !tenancy.managers.is_empty() => {
            let mut manages = tenancy.mine_as(column, &tenancy.managers);
            if let Some(tenants) = whole.scope.tables.get(tenancy.tenants)
                && let Some(owner) =
                    members::owner(whole.scope, tenants).filter(|owner| words::names_owner(&owner.name))
            {
                let owns = Test::User(owner.name.clone(), owner.data_type.clone());
                let pairs = vec![(column.clone(), tenancy.key.clone())];
                manages = Test::Any(vec![
                    manages,
                    Test::Parent(tenancy.tenants.clone(), pairs, Some(Box::new(owns))),
                ]);
            }
            let test = manages.and(Test::NotIn(role.name.clone(), tenancy.tops.clone()));
            for command in &ALL[1..] {
                access.allow(*command, Audience::SignedIn, test.clone());
            }
        }
        _ => access.diagnostics.push(Diagnostic::note(
            table.name().to_string(),
            "only servers change who belongs to what: it does not say who manages members",
        )),
    }
    access
}

/// The table of tenants.
pub(super) fn tenants(whole: &Whole<'_>, table: &Table<'_>, tenancy: &Tenancy<'_>) -> Access {
    let key = tenancy.key;
    let evidence = format!("{} says who belongs to it", tenancy.members);
    let mut access = Access::closed(Archetype::Tenant, evidence);
    let owner = members::owner(whole.scope, table).filter(|owner| words::names_owner(&owner.name));
    let owns = owner.map(|owner| Test::User(owner.name.clone(), owner.data_type.clone()));
    let or_owner = |test: Test| match &owns {
        Some(owns) => Test::Any(vec![test, owns.clone()]),
        None => test,
    };
    access.allow(Event::Select, Audience::SignedIn, or_owner(tenancy.mine(key)));
    if !tenancy.managers.is_empty() {
        let manages = tenancy.mine_as(key, &tenancy.managers);
        access.allow(Event::Update, Audience::SignedIn, or_owner(manages));
    } else if let Some(owns) = &owns {
        access.allow(Event::Update, Audience::SignedIn, owns.clone());
    }
    if let Some(owns) = owns {
        access.allow(Event::Insert, Audience::SignedIn, owns.clone());
        access.allow(Event::Delete, Audience::SignedIn, owns);
    }
    let users = whole.scope.user_columns(table);
    let is_user = |column: &Column| users.iter().any(|user| user.column.name == column.name);
    access.withheld.update = table.names(|column| {
        column.name == *key || is_user(column) || words::is_privileged(&column.name) || words::is_secret(&column.name)
    });
    access.withheld.insert = table.names(|column| !is_user(column) && words::is_privileged(&column.name));
    access.withheld.select = table.names(|column| words::is_secret(&column.name));
    access
}

/// Rows of a tenant.
pub(super) fn of_tenancy(
    whole: &Whole<'_>,
    table: &Table<'_>,
    column: &Name,
    tenancy: &Tenancy<'_>,
    users: &[UserColumn<'_>],
) -> Access {
    let evidence = format!(
        "{column} names one of {}, and {} says who belongs to it",
        tenancy.tenants, tenancy.members
    );
    let mut access = Access::closed(Archetype::Tenant, evidence);
    access.allow(Event::Select, Audience::SignedIn, tenancy.mine(column));
    // A row that says what somebody may do, such as an invitation, is for those who manage members.
    let write = match members::role(table) {
        _ if is_kept_by_servers(table) => None,
        Some(_) if tenancy.managers.is_empty() => None,
        Some(role) => {
            let manages = tenancy.mine_as(column, &tenancy.managers);
            Some(manages.and(Test::NotIn(role.name.clone(), tenancy.tops.clone())))
        }
        None => Some(tenancy.mine_to_write(column)),
    };
    if let Some(write) = write {
        for command in &ALL[1..] {
            access.allow(*command, Audience::SignedIn, write.clone());
        }
    }
    in_tenant(&mut access, table, users);
    warn_of_null(whole, &mut access, table, column);
    access
}

/// Rows of the tenant that the request's claims name.
fn claimed(whole: &Whole<'_>, table: &Table<'_>, users: &[UserColumn<'_>]) -> Option<Access> {
    if let Some(column) = whole.claimed.get(table.name()) {
        let key = table.relation.primary_key().first()?;
        return tenant_claim(whole, table, key, column, &[], &ALL[..1]);
    }
    let column = table.find(|column| {
        let is_user = users.iter().any(|user| user.column.name == column.name);
        let leads = table.keys.iter().find(|key| key.columns.contains(&column.name));
        let is_claimed = leads.is_none_or(|key| whole.claimed.contains_key(&key.references));
        words::names_tenant_key(&column.name) && !is_user && is_claimed && !is_boolean(column) && !is_time(column)
    })?;
    let commands = match is_kept_by_servers(table) || members::says_what_may_be_done(table) {
        true => &ALL[..1],
        false => ALL,
    };
    tenant_claim(whole, table, &column.name, &column.name, users, commands)
}

/// Rows of the tenant that the claim of this name names; `None` where the source of claims has no such claim.
pub(super) fn tenant_claim(
    whole: &Whole<'_>,
    table: &Table<'_>,
    column: &Name,
    claim: &str,
    users: &[UserColumn<'_>],
    commands: &[Event],
) -> Option<Access> {
    let data_type = &table.column(column)?.data_type;
    let value = whole.scope.settings.claims.claim(claim, data_type)?;
    let evidence = format!("{column} is the tenant that the claim {claim} names");
    let test = Test::Equals(column.clone(), value);
    let mut access = Access::of(Archetype::TenantClaim, evidence, commands, &test);
    in_tenant(&mut access, table, users);
    warn_of_null(whole, &mut access, table, column);
    Some(access)
}

/// What users' columns mean for rows of a tenant: who made a row is said truly and for good, and what is a user's own
/// stays his.
fn in_tenant(access: &mut Access, table: &Table<'_>, users: &[UserColumn<'_>]) {
    let own = users.iter().find(|user| words::names_owner(&user.column.name));
    let is_made =
        |user: &&UserColumn<'_>| words::names_maker(&user.column.name) || words::names_sender(&user.column.name);
    let made = users.iter().find(is_made);
    let test = |user: &UserColumn<'_>| Test::User(user.column.name.clone(), user.column.data_type.clone());
    let is_written = |user: &UserColumn<'_>| {
        words::has(
            &user.column.name,
            &[
                "author",
                "poster",
                "posted",
                "writer",
                "uploader",
                "uploaded",
                "sender",
                "sent",
                "commenter",
            ],
        )
    };
    for rule in &mut access.rules {
        let more = match (own, made, rule.command) {
            (Some(own), _, _) => test(own),
            (None, Some(made), Event::Insert) => test(made),
            (None, Some(made), Event::Update | Event::Delete) if is_written(made) => test(made),
            _ => continue,
        };
        for side in [&mut rule.using, &mut rule.check] {
            *side = side.take().map(|test| test.and(more.clone()));
        }
    }
    if let Some(own) = own {
        access.diagnostics.push(
            Diagnostic::warning(
                table.name().to_string(),
                format!(
                    "each member reaches his own rows alone, because {} names a user",
                    own.column.name
                ),
            )
            .with_hint(format!(
                "if members share them, say so in pgkeel.toml: [rls] archetypes = {{ {:?} = \"tenant\" }}",
                table.name().to_string()
            )),
        );
    }
    if let (None, Some(made)) = (own, made) {
        access.withheld.update.push(made.column.name.clone());
    }
}

/// A log of what users did.
pub(super) fn log(scope: &Scope<'_>, table: &Table<'_>, users: &[UserColumn<'_>]) -> Access {
    let is_changed = |column: &Column| is_time(column) && words::has(&column.name, &["updated", "modified", "deleted"]);
    let mut actors = users.iter().filter(|user| words::names_actor(&user.column.name));
    match (actors.next(), actors.next()) {
        (Some(actor), None) if table.find(is_changed).is_none() => append_only(scope, table, actor.column),
        (None, _) => service_only("it is a log, and says of no user that he writes it"),
        _ => denied(table.name(), &["append-only".to_owned(), "owner".to_owned()]),
    }
}

/// Rows that their user adds and reads, and that nobody changes.
pub(super) fn append_only(scope: &Scope<'_>, table: &Table<'_>, actor: &Column) -> Access {
    let test = Test::User(actor.name.clone(), actor.data_type.clone());
    let evidence = format!("it is a log, and {} says who did it", actor.name);
    let mut access = Access::of(Archetype::AppendOnly, evidence, &ALL[..2], &test);
    access.withheld.insert = table.names(|column| {
        let is_numbered = column.identity.is_some() || scope.sequence(column).is_some();
        let is_stamped = is_time(column) && column.default.is_some();
        is_numbered || is_stamped || is_generated(column)
    });
    if !actor.not_null {
        access.diagnostics.push(nullable(table, actor));
    }
    access
}

/// What trusted servers alone reach.
pub(super) fn service_only(evidence: &str) -> Access {
    Access::closed(Archetype::ServiceOnly, evidence)
}

/// Things that their owner shares with others.
pub(super) fn shared(table: &Table<'_>, sharing: &Sharing<'_>) -> Access {
    let owns = Test::User(sharing.owner.name.clone(), sharing.owner.data_type.clone());
    let evidence = format!(
        "{} owns it, and {} says whom it is shared with",
        sharing.owner.name, sharing.shares
    );
    let mut access = Access::of(Archetype::ShareGrants, evidence, &[Event::Insert, Event::Delete], &owns);
    access.allow(
        Event::Select,
        Audience::SignedIn,
        Test::Any(vec![owns.clone(), sharing.to_read()]),
    );
    let writes = match sharing.to_write() {
        Some(test) => Test::Any(vec![owns, test]),
        None => owns,
    };
    access.allow(Event::Update, Audience::SignedIn, writes);
    // Whoever may write it may not make it his own, nor another thing of it.
    access.withheld.update = vec![sharing.key.clone(), sharing.owner.name.clone()];
    access
        .withheld
        .update
        .extend(table.names(|column| words::is_privileged(&column.name) && column.name != sharing.owner.name));
    access.withheld.insert =
        table.names(|column| words::is_privileged(&column.name) && column.name != sharing.owner.name);
    access
}

/// The table that says whom things are shared with.
pub(super) fn shares(table: &Table<'_>, sharing: &Sharing<'_>) -> Access {
    let user = sharing.user.column;
    let receives = Test::User(user.name.clone(), user.data_type.clone());
    let owns = Test::User(sharing.owner.name.clone(), sharing.owner.data_type.clone());
    let key = table
        .keys
        .iter()
        .find(|key| key.references == *sharing.things && key.columns.contains(&sharing.column.name));
    let pairs = key.map(|key| pairs(key)).unwrap_or_default();
    let gives = Test::Parent(sharing.things.clone(), pairs, Some(Box::new(owns)));
    let evidence = format!("its rows say whom {} are shared with", sharing.things);
    let mut access = Access::of(Archetype::ShareGrants, evidence, &ALL[1..], &gives);
    access.allow(Event::Select, Audience::SignedIn, Test::Any(vec![receives, gives]));
    access
}

/// The table that says who has which role.
pub(super) fn role_table(roles: &Roles<'_>) -> Access {
    let user = roles.user.column;
    let test = Test::User(user.name.clone(), user.data_type.clone());
    Access::of(
        Archetype::RbacTable,
        "its rows say who has which role",
        &ALL[..1],
        &test,
    )
}

/// Keeps what decides about the user from his own writing.
fn withhold_privileged(access: &mut Access, table: &Table<'_>, owner: &Name) {
    let privileged = table.names(|column| column.name != *owner && words::is_privileged(&column.name));
    if table
        .find(|column| privileged.contains(&column.name) && !fills_itself(column))
        .is_some()
    {
        access.rules.retain(|rule| rule.command != Event::Insert);
    }
    access.withheld.update.clone_from(&privileged);
    access.withheld.insert = privileged;
}

fn is_payload(table: &Table<'_>) -> bool {
    let is = |column: &Column| {
        ["json", "jsonb", "bytea"].contains(&column.data_type.as_str())
            && words::has(
                &column.name,
                &["payload", "body", "request", "response", "args", "headers"],
            )
    };
    table.find(is).is_some()
}

/// Rows of a tenant that record what servers did or what is owed.
fn is_kept_by_servers(table: &Table<'_>) -> bool {
    let name = &table.name().name;
    words::names_log(name)
        || words::names_machinery(name)
        || words::has(
            name,
            &[
                "subscription",
                "entitlement",
                "license",
                "quota",
                "usage",
                "ledger",
                "wallet",
                "credit",
                "balance",
            ],
        )
}

fn warn_of_null(_: &Whole<'_>, access: &mut Access, table: &Table<'_>, column: &Name) {
    if let Some(column) = table.column(column).filter(|column| !column.not_null) {
        access.diagnostics.push(nullable(table, column));
    }
}

/// A column that rows are found by may be NULL.
pub(super) fn nullable(table: &Table<'_>, column: &Column) -> Diagnostic {
    let message = format!("no role from outside sees rows in which {} is NULL", column.name);
    Diagnostic::warning(table.name().to_string(), message).with_hint("make the column NOT NULL, if there are none")
}
