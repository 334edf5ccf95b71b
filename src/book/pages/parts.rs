//! What pages of several kinds have: grants, who reaches what, findings, definitions, and who uses a thing.

use std::collections::BTreeMap;

use crate::book::shell::{Page, grouped};
use crate::book::{Access, Reach};
use crate::catalog::access::{Grant, Privilege};
use crate::catalog::kin::Kin;
use crate::catalog::{Object, ObjectId};
use crate::ddl::{self, World};

/// What was granted on these objects, beyond what their owners have by themselves.
pub(super) fn grants(page: &mut Page<'_, '_>, objects: &[ObjectId]) {
    let all = &page.site.catalog.grants;
    let grants = objects.iter().flat_map(|object| all.group(object, |row| &row.object));
    let grants = grants.collect::<Vec<&Grant>>();
    if grants.is_empty() {
        return;
    }
    page.part("grants", "Grants", |page| {
        page.table("Grants", &["Role", "Privileges", "On", "Granted by"], |page| {
            for grant in grants {
                page.body.fixed("<tr><th scope=\"row\">");
                page.body.text(grant.grantee.as_deref().unwrap_or("everybody (PUBLIC)"));
                page.body.fixed("</th><td>");
                let words = grant.privileges.iter().map(|privilege| {
                    let option = if grant.grantable.contains(privilege) {
                        " (may pass it on)"
                    } else {
                        ""
                    };
                    format!("{}{option}", word(*privilege))
                });
                let words = words.collect::<Vec<_>>();
                match words.is_empty() {
                    true => page.body.text("none: the default was revoked"),
                    false => page.body.text(words.join(", ")),
                }
                page.body.fixed("</td><td>");
                page.body.text(match &grant.object {
                    ObjectId::Column(_, column) => format!("column {column}"),
                    _ => "the whole".to_owned(),
                });
                page.body.fixed("</td><td>");
                page.body.text(&grant.grantor);
                page.body.fixed("</td></tr>");
            }
        });
    });
}

fn word(privilege: Privilege) -> &'static str {
    match privilege {
        Privilege::Select => "select",
        Privilege::Insert => "insert",
        Privilege::Update => "update",
        Privilege::Delete => "delete",
        Privilege::Truncate => "truncate",
        Privilege::References => "references",
        Privilege::Trigger => "trigger",
        Privilege::Maintain => "maintain",
        Privilege::Execute => "execute",
        Privilege::Usage => "usage",
        Privilege::Create => "create",
        Privilege::Connect => "connect",
        Privilege::Temporary => "temporary",
        Privilege::Set => "set",
        Privilege::AlterSystem => "alter system",
    }
}

/// Who reaches what of one object: roles down, commands across.
pub(super) fn access(page: &mut Page<'_, '_>, cells: &[Access]) {
    if cells.is_empty() {
        return;
    }
    page.part("access", "Access", |page| {
        page.body.fixed("<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"Access by role\"><table class=\"matrix\"><caption class=\"unseen\">Access by role</caption><thead><tr><th scope=\"col\">Role</th>");
        let mut commands = Vec::new();
        for cell in cells {
            if !commands.contains(&cell.command) {
                commands.push(cell.command);
            }
        }
        for command in &commands {
            page.body.leaf("th", &[("scope", &"col")], command);
        }
        page.body.fixed("</tr></thead><tbody>");
        let mut roles = BTreeMap::<usize, Vec<&Access>>::new();
        let mut order = Vec::new();
        for cell in cells {
            let at = order.iter().position(|role| *role == &cell.role).unwrap_or_else(|| {
                order.push(&cell.role);
                order.len() - 1
            });
            roles.entry(at).or_default().push(cell);
        }
        for (at, cells) in roles {
            page.body.open("tr", &[]);
            page.body.leaf("th", &[("scope", &"row")], order[at]);
            for command in &commands {
                match cells.iter().find(|cell| cell.command == *command) {
                    Some(cell) => reach(page, cell),
                    None => page.body.fixed("<td></td>"),
                }
            }
            page.body.close("tr");
        }
        page.body.fixed("</tbody></table></div>");
    });
}

/// A cell with how far a role gets, and why.
pub(super) fn reach(page: &mut Page<'_, '_>, cell: &Access) {
    let (class, word) = match (cell.command, reach_words(cell.reach)) {
        ("execute", (class, _)) if cell.reach == Reach::All => (class, "may call it"),
        (_, words) => words,
    };
    let mut why = cell.because.clone();
    if !cell.columns.is_empty() {
        let columns = cell.columns.iter().map(|column| column.as_str()).collect::<Vec<_>>();
        why = format!("{why}; columns {}", columns.join(", "));
    }
    page.body.element("td", &[("class", &class)], |body| {
        body.element("span", &[("title", &why)], |body| {
            body.text(word);
            if !cell.columns.is_empty() {
                body.text("*");
            }
        });
        body.leaf("small", &[], why);
    });
}

/// The class of a reach, and the word for it.
pub(super) fn reach_words(reach: Reach) -> (&'static str, &'static str) {
    match reach {
        Reach::Denied => ("denied", "denied"),
        Reach::None => ("nothing", "no row"),
        Reach::Some => ("some", "some rows"),
        Reach::All => ("all", "all rows"),
    }
}

/// What was found about an object and its parts.
pub(super) fn findings(page: &mut Page<'_, '_>, subject: &str) {
    let found = page.site.findings_of(subject);
    if found.is_empty() {
        return;
    }
    page.part("findings", "Findings", |page| {
        for finding in found {
            super::findings::push(page, finding, false);
        }
    });
}

/// What defines an object, as `pgkeel diff` would write it.
pub(super) fn definition(page: &Page<'_, '_>, object: Object<'_>) -> Vec<String> {
    let replaced = std::collections::BTreeSet::new();
    let (before, after) = (Kin::default(), &page.site.kin);
    let world = World {
        from: &page.site.nothing,
        to: page.site.catalog,
        before: &before,
        after,
        session: None,
        online: false,
        replaced: &replaced,
    };
    let statements = ddl::create(object, &world).into_iter();
    statements.map(|statement| format!("{};", statement.sql)).collect()
}

/// What needs an object, each with its page.
pub(super) fn users(page: &mut Page<'_, '_>, object: &ObjectId) {
    let users = page.site.users_of.get(object).cloned().unwrap_or_default();
    if users.is_empty() {
        return;
    }
    page.part("users", "Used by", |page| {
        list(page, &users, |page, user| page.object(user));
    });
}

/// How many things a list shows. The rest is folded: a browser takes seconds to lay out ten thousand.
const SHOWN: usize = 200;

/// A list of things.
pub(super) fn list<'a, 'b, T>(page: &mut Page<'a, 'b>, things: &[T], write: impl Fn(&mut Page<'a, 'b>, &T)) {
    let (shown, folded) = things.split_at(things.len().min(SHOWN));
    let push = |page: &mut Page<'a, 'b>, things: &[T]| {
        page.body.fixed("<ul class=\"plain\">");
        for thing in things {
            page.body.open("li", &[]);
            write(page, thing);
            page.body.close("li");
        }
        page.body.fixed("</ul>");
    };
    push(page, shown);
    if !folded.is_empty() {
        page.body.fixed("<details>");
        page.body
            .leaf("summary", &[], format_args!("{} more", grouped(folded.len())));
        push(page, folded);
        page.body.fixed("</details>");
    }
}
