//! Roles, and what lives in no schema or has no page of its own.

use crate::book::shell::Page;
use crate::book::site::Site;
use crate::catalog::access::{DefaultPrivilege, Role};
use crate::catalog::{Object, ObjectId};

use super::parts;

pub(super) fn page(site: &Site<'_>) -> String {
    let mut page = Page::new(site, "roles.html", "Schema", "Roles");
    page.body
        .fixed("<p class=\"lead\">Roles that something in the schema names. A snapshot holds no passwords.</p>");
    page.table(
        "Roles",
        &["Role", "May", "Is a member of", "Has members", "About"],
        |page| {
            for role in &site.catalog.roles {
                page.body.fixed("<tr><th scope=\"row\">");
                page.body.text(&role.name);
                page.body.fixed("</th><td>");
                page.body.text(powers(role).join(", "));
                page.body.fixed("</td><td>");
                let memberships = site.catalog.memberships.iter();
                let of = memberships
                    .clone()
                    .filter(|row| row.member == role.name)
                    .map(|row| row.role.as_str());
                page.body.text(distinct(of));
                page.body.fixed("</td><td>");
                let members = memberships
                    .filter(|row| row.role == role.name)
                    .map(|row| row.member.as_str());
                page.body.text(distinct(members));
                page.body.fixed("</td><td class=\"comment\">");
                page.body
                    .text(site.comment(&ObjectId::Role(role.name.clone())).unwrap_or_default());
                page.body.fixed("</td></tr>");
            }
        },
    );
    let defaults = &site.catalog.default_privileges;
    if !defaults.is_empty() {
        page.part("defaults", "Default privileges", |page| {
            page.body
                .fixed("<p>What objects give to others that a role makes from now on.</p>");
            page.table(
                "Default privileges",
                &["Made by", "In", "Objects", "Given to", "Privileges"],
                |page| {
                    for row in defaults {
                        default(page, row);
                    }
                },
            );
        });
    }
    page.finish()
}

fn default(page: &mut Page<'_, '_>, row: &DefaultPrivilege) {
    let privileges = row
        .privileges
        .iter()
        .map(|privilege| format!("{privilege:?}").to_lowercase());
    let privileges = privileges.collect::<Vec<_>>().join(", ");
    page.body.open("tr", &[]);
    page.body.leaf("th", &[("scope", &"row")], &row.role);
    page.body
        .leaf("td", &[], row.schema.as_deref().unwrap_or("every schema"));
    page.body.leaf("td", &[], format!("{:?}", row.objects).to_lowercase());
    page.body
        .leaf("td", &[], row.grantee.as_deref().unwrap_or("everybody (PUBLIC)"));
    page.body.leaf(
        "td",
        &[],
        if privileges.is_empty() {
            "none: the default was revoked"
        } else {
            &privileges
        },
    );
    page.body.close("tr");
}

fn powers(role: &Role) -> Vec<&'static str> {
    let powers = [
        (role.superuser, "do anything (superuser)"),
        (role.bypass_rls, "bypass row-level security"),
        (role.create_role, "make roles"),
        (role.create_db, "make databases"),
        (role.replication, "replicate"),
        (role.login, "log in"),
        (!role.inherit, "use others' rights only by SET ROLE"),
    ];
    powers
        .into_iter()
        .filter(|(can, _)| *can)
        .map(|(_, word)| word)
        .collect()
}

fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut names = names.collect::<Vec<_>>();
    names.sort_unstable();
    names.dedup();
    names.join(", ")
}

/// Extensions, publications, foreign servers and the like.
pub(super) fn others(site: &Site<'_>) -> String {
    let mut page = Page::new(site, "others.html", "Schema", "Other objects");
    let extensions = &site.catalog.extensions;
    if !extensions.is_empty() {
        page.part("extensions", "Extensions", |page| {
            page.table(
                "Extensions",
                &["Extension", "Version", "Its objects are in", "About"],
                |page| {
                    for row in extensions {
                        page.body.open("tr", &[]);
                        page.body.leaf("th", &[("scope", &"row")], &row.name);
                        page.body.leaf("td", &[], &row.version);
                        page.body.leaf("td", &[], &row.schema);
                        let comment = site.comment(&row.object()).unwrap_or_default();
                        page.body.leaf("td", &[("class", &"comment")], comment);
                        page.body.close("tr");
                    }
                },
            );
        });
    }
    let mut groups = std::collections::BTreeMap::<(&'static str, &'static str), Vec<Object<'_>>>::new();
    site.catalog.each_object(|object| {
        let is_ours = object.id().schema().is_none_or(|schema| site.section(schema).is_some());
        if let Some(group) = group(object).filter(|_| is_ours) {
            groups.entry(group).or_default().push(object);
        }
    });
    let is_empty = groups.is_empty() && extensions.is_empty();
    for ((id, heading), objects) in groups {
        page.part(id, heading, |page| {
            for object in objects {
                let id = object.id();
                page.body.leaf("h3", &[], &id);
                page.comment(site.comment(&id), "comment");
                let sql = parts::definition(page, object).join("\n");
                page.code("SQL", &sql);
            }
        });
    }
    if is_empty {
        page.body.fixed("<p class=\"lead\">There are none.</p>");
    }
    page.finish()
}

/// Under which heading an object stands that has no page and is no part of one.
fn group(object: Object<'_>) -> Option<(&'static str, &'static str)> {
    Some(match object {
        Object::EventTrigger(_) => ("event-triggers", "Event triggers"),
        Object::Publication(_) => ("publications", "Publications"),
        Object::Subscription(_) => ("subscriptions", "Subscriptions"),
        Object::ForeignDataWrapper(_) | Object::Server(_) => ("foreign", "Foreign servers"),
        Object::Collation(_) => ("collations", "Collations"),
        Object::Cast(_) => ("casts", "Casts"),
        Object::Operator(_) | Object::OperatorClass(_) | Object::OperatorFamily(_) => ("operators", "Operators"),
        Object::TextSearchConfiguration(_) | Object::TextSearchDictionary(_) => ("text-search", "Text search"),
        _ => return None,
    })
}
