//! Who can do what, over the whole schema: objects down, roles across.

use crate::book::markup::Attribute;
use crate::book::shell::Page;
use crate::book::site::Site;
use crate::book::{Access, Reach};
use crate::catalog::{Name, QName};

use super::parts::reach_words;

/// How many objects are on one page.
const SIZE: usize = 200;

/// The commands of relations, each by a letter.
const COMMANDS: [(&str, &str); 5] = [
    ("select", "S"),
    ("insert", "I"),
    ("update", "U"),
    ("delete", "D"),
    ("truncate", "T"),
];

fn objects<'a>(site: &Site<'a>) -> Vec<&'a [Access]> {
    site.contents.access.chunk_by(|a, b| a.object == b.object).collect()
}

pub(super) fn pages(site: &Site<'_>) -> usize {
    objects(site).len().div_ceil(SIZE).max(1)
}

pub(super) fn page(site: &Site<'_>, number: usize) -> String {
    let path = super::number_path("access", number);
    let mut page = Page::new(site, &path, "Schema", "Access by role");
    let all = objects(site);
    let mut roles = Vec::<&Name>::new();
    for cell in site.contents.access {
        if !roles.contains(&&cell.role) {
            roles.push(&cell.role);
        }
    }
    page.body.fixed(LEGEND);
    super::turn(&mut page, "access", number, pages(site));
    let shown = super::piece(&all, number, SIZE);
    let (routines, relations): (Vec<&&[Access]>, Vec<_>) =
        shown.iter().partition(|cells| cells[0].command == "execute");
    for (heading, id, cells) in [
        ("Tables and views", "relations", relations),
        ("Functions", "functions", routines),
    ] {
        if !cells.is_empty() {
            page.part(id, heading, |page| table(page, heading, &roles, &cells));
        }
    }
    super::turn(&mut page, "access", number, pages(site));
    page.marks.clear();
    page.finish()
}

fn table(page: &mut Page<'_, '_>, caption: &str, roles: &[&Name], objects: &[&&[Access]]) {
    let mut heads = vec!["Object"];
    heads.extend(roles.iter().map(|role| role.as_str()));
    page.table(caption, &heads, |page| {
        for cells in objects {
            page.body.fixed("<tr><th scope=\"row\">");
            let path = object_page(page.site, &cells[0].object);
            page.link(path.as_deref(), &cells[0].object);
            page.body.close("th");
            for role in roles {
                page.body.fixed("<td class=\"letters\">");
                cells
                    .iter()
                    .filter(|cell| cell.role == **role)
                    .for_each(|cell| letter(page, cell));
                page.body.close("td");
            }
            page.body.close("tr");
        }
    });
}

fn letter(page: &mut Page<'_, '_>, cell: &Access) {
    let (class, word) = reach_words(cell.reach);
    let letter = COMMANDS.iter().find(|(command, _)| *command == cell.command);
    let letter = letter.map_or("X", |(_, letter)| letter);
    let title = match cell.reach {
        Reach::Denied => format!("{}: denied", cell.command),
        _ => format!("{}: {word} ({})", cell.command, cell.because),
    };
    let attributes: [Attribute<'_>; 4] = [
        ("class", &class),
        ("title", &title),
        ("role", &"img"),
        ("aria-label", &title),
    ];
    let letter = if cell.reach == Reach::Denied { "·" } else { letter };
    page.body.leaf("span", &attributes, letter);
}

fn object_page(site: &Site<'_>, object: &str) -> Option<String> {
    match object.split_once('(') {
        None => site.page_of_relation(&object.parse::<QName>().ok()?).map(str::to_owned),
        Some((name, _)) => Some(super::super::site::path("function", &name.parse::<QName>().ok()?)),
    }
}

const LEGEND: &str = "<p class=\"lead\">What each role really can, with grants, memberships, ownership and policies counted. Superusers, who can do anything, are left out.</p>\
<p class=\"legend letters\"><span class=\"all\">S</span> all rows <span class=\"some\">S</span> some rows: policies decide <span class=\"nothing\">S</span> no row: no policy lets one through <span class=\"denied\">·</span> denied <small>S select, I insert, U update, D delete, T truncate, X execute</small></p>";
