//! What is in a schema: a list of each kind, over as many pages as it takes.

use crate::book::shell::{Page, counted};
use crate::book::site::{PER_PAGE, Section, Site, part};
use crate::catalog::ObjectId;
use crate::catalog::relation::{Relation, RelationKind};
use crate::catalog::routine::Routine;
use crate::catalog::sequence::Sequence;
use crate::catalog::types::Type;

use super::{routine, types};

/// A part of a schema's lists that is one page.
pub(in crate::book) struct Slice {
    pub(in crate::book) path: String,
    /// Which of the schemas.
    section: usize,
    /// The kind of its own page; `None` for all kinds on one.
    kind: Option<&'static str>,
    number: usize,
    count: usize,
}

/// The kinds that a schema holds, as they are listed.
const KINDS: [(&str, &str); 5] = [
    ("tables", "Tables"),
    ("views", "Views"),
    ("functions", "Functions"),
    ("types", "Types"),
    ("sequences", "Sequences"),
];

fn size(section: &Section<'_>, kind: &str) -> usize {
    match kind {
        "tables" => section.tables.len(),
        "views" => section.views.len(),
        "functions" => section.routines.len(),
        "types" => section.types.len(),
        _ => section.sequences.len(),
    }
}

/// Whether everything fits on one page.
fn is_small(section: &Section<'_>) -> bool {
    KINDS.iter().map(|(kind, _)| size(section, kind)).sum::<usize>() <= PER_PAGE
}

/// Where the list of a kind begins.
pub(in crate::book) fn place_of(section: &Section<'_>, kind: &str) -> String {
    let schema = part(section.name);
    match is_small(section) {
        true => format!("schema/{schema}.html#{kind}"),
        false => format!("schema/{schema}.{kind}.html"),
    }
}

/// The pages of a schema.
pub(in crate::book) fn slices(at: usize, section: &Section<'_>) -> Vec<Slice> {
    let schema = part(section.name);
    let mut slices = vec![Slice {
        path: format!("schema/{schema}.html"),
        section: at,
        kind: None,
        number: 0,
        count: 1,
    }];
    if is_small(section) {
        return slices;
    }
    for (kind, _) in KINDS {
        let count = size(section, kind).div_ceil(PER_PAGE);
        slices.extend((0..count).map(|number| Slice {
            path: super::number_path(&format!("schema/{schema}.{kind}"), number),
            section: at,
            kind: Some(kind),
            number,
            count,
        }));
    }
    slices
}

pub(super) fn page(site: &Site<'_>, slice: &Slice) -> String {
    let section = &site.schemas[slice.section];
    let object = ObjectId::Schema(section.name.clone());
    let mut page = Page::new(site, &slice.path, "Schema", section.name.as_str());
    page.opened = Some(section.name);
    page.comment(site.comment(&object), "lead");
    match slice.kind {
        None if is_small(section) => {
            facts(&mut page, section);
            for (kind, heading) in KINDS {
                list(&mut page, section, kind, heading, 0);
            }
        }
        None => {
            facts(&mut page, section);
            page.body.fixed("<ul class=\"tiles links\">");
            for (kind, heading) in KINDS {
                let count = size(section, kind);
                if count > 0 {
                    let address = format!("{}{}", page.root, place_of(section, kind));
                    page.body.open("li", &[]);
                    page.body.element("a", &[("href", &address)], |body| {
                        body.leaf("strong", &[], crate::book::shell::grouped(count));
                        body.leaf("span", &[], heading.to_lowercase());
                    });
                    page.body.close("li");
                }
            }
            page.body.fixed("</ul>");
        }
        Some(kind) => {
            let name = format!("schema/{}.{kind}", part(section.name));
            let heading = KINDS
                .iter()
                .find(|(other, _)| *other == kind)
                .map_or("", |(_, heading)| heading);
            super::turn(&mut page, &name, slice.number, slice.count);
            list(&mut page, section, kind, heading, slice.number);
            super::turn(&mut page, &name, slice.number, slice.count);
        }
    }
    page.marks.clear();
    page.finish()
}

fn facts<'a>(page: &mut Page<'_, 'a>, section: &Section<'a>) {
    let schema = page.site.catalog.schemas.find(|row| row.name.cmp(section.name));
    page.body.fixed("<p class=\"facts\">");
    if let Some(schema) = schema {
        page.body.text(format_args!("Owned by {}. ", schema.owner));
    }
    if let Some(path) = super::diagrams::path(section) {
        page.link(Some(&path), "Diagram of its tables");
    }
    page.body.fixed("</p>");
    super::parts::grants(page, &[ObjectId::Schema(section.name.clone())]);
}

fn list<'a>(page: &mut Page<'_, 'a>, section: &Section<'a>, kind: &'static str, heading: &str, number: usize) {
    if size(section, kind) == 0 {
        return;
    }
    page.part(kind, heading, |page| match kind {
        "tables" => relations(page, super::piece(&section.tables, number, PER_PAGE), heading),
        "views" => relations(page, super::piece(&section.views, number, PER_PAGE), heading),
        "functions" => functions(page, super::piece(&section.routines, number, PER_PAGE)),
        "types" => user_types(page, super::piece(&section.types, number, PER_PAGE)),
        _ => sequences(page, super::piece(&section.sequences, number, PER_PAGE)),
    });
}

fn relations(page: &mut Page<'_, '_>, relations: &[&Relation], caption: &str) {
    page.table(caption, &["Name", "Columns", "Rows are", "About"], |page| {
        for row in relations {
            let object = row.object();
            page.body.fixed("<tr><th scope=\"row\">");
            page.link(page.site.page_of(&object), &row.name.name);
            page.body.fixed("</th><td class=\"number\">");
            let columns = page
                .site
                .catalog
                .relation(&row.name)
                .map_or(0, |relation| relation.columns().len());
            page.body.text(columns);
            page.body.fixed("</td><td>");
            page.body.text(protection(row));
            page.body.fixed("</td><td class=\"comment\">");
            page.body.text(first_line(page.site.comment(&object)));
            page.body.fixed("</td></tr>");
        }
    });
}

/// Who sees a relation's rows, in short.
pub(super) fn protection(row: &Relation) -> &'static str {
    match (row.kind, row.row_security) {
        (RelationKind::View, _) if row.is_security_invoker() => "as its reader may",
        (RelationKind::View, _) => "as its owner may",
        (RelationKind::MaterializedView, _) => "stored",
        (RelationKind::ForeignTable, _) => "elsewhere",
        (_, true) => "protected by policies",
        (_, false) => "open to whom it is granted",
    }
}

fn functions(page: &mut Page<'_, '_>, all: &[Vec<&Routine>]) {
    page.table("Functions", &["Name", "Arguments", "Gives", "About"], |page| {
        for row in all.iter().flatten() {
            page.body.fixed("<tr><th scope=\"row\">");
            page.link(page.site.page_of(&row.object()), &row.id.name.name);
            page.body.fixed("</th><td>");
            page.body.leaf("code", &[], routine::arguments(row));
            page.body.fixed("</td><td>");
            page.body.leaf("code", &[], routine::result(row));
            page.body.fixed("</td><td class=\"comment\">");
            page.body.text(first_line(page.site.comment(&row.object())));
            page.body.fixed("</td></tr>");
        }
    });
}

fn user_types(page: &mut Page<'_, '_>, all: &[&Type]) {
    page.table("Types", &["Name", "Kind", "Values", "About"], |page| {
        for row in all {
            page.body.fixed("<tr><th scope=\"row\">");
            page.link(page.site.page_of(&row.object()), &row.name.name);
            page.body.fixed("</th><td>");
            page.body.text(types::kind(row));
            page.body.fixed("</td><td>");
            page.body.text(types::values(row));
            page.body.fixed("</td><td class=\"comment\">");
            page.body.text(first_line(page.site.comment(&row.object())));
            page.body.fixed("</td></tr>");
        }
    });
}

fn sequences(page: &mut Page<'_, '_>, all: &[&Sequence]) {
    page.table("Sequences", &["Name", "Type", "Range", "Belongs to"], |page| {
        for row in all {
            page.body.fixed("<tr><th scope=\"row\">");
            page.body.text(&row.name.name);
            page.body.fixed("</th><td>");
            page.body.leaf("code", &[], &row.data_type);
            page.body.fixed("</td><td>");
            let cycle = if row.cycle { ", cycles" } else { "" };
            page.body
                .text(format_args!("{} to {} by {}{cycle}", row.min, row.max, row.increment));
            page.body.fixed("</td><td>");
            if let Some(owner) = &row.owned_by {
                let path = page.site.page_of_relation(&owner.relation);
                page.link(path, format_args!("{}.{}", owner.relation, owner.column));
            }
            page.body.fixed("</td></tr>");
        }
    });
}

/// The first line of a comment, as much of it as a list has room for.
pub(super) fn first_line(comment: Option<&str>) -> String {
    const MOST: usize = 140;
    let line = comment.and_then(|text| text.trim().lines().next()).unwrap_or_default();
    match line.chars().count() > MOST {
        true => line.chars().take(MOST - 1).chain(['…']).collect(),
        false => line.to_owned(),
    }
}

/// How many of each kind there are, in words.
pub(super) fn summary(section: &Section<'_>) -> String {
    counted(section.tables.len(), "table", "tables")
}
