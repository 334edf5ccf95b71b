//! The page of an enum, domain, composite or other type.

use crate::book::shell::Page;
use crate::book::site::Site;
use crate::catalog::types::{Type, TypeKind};
use crate::catalog::{Object, ObjectId};

use super::parts;

pub(super) fn page(site: &Site<'_>, row: &Type) -> String {
    let object = row.object();
    let path = site.page_of(&object).unwrap_or_default();
    let mut page = Page::new(site, path, heading(row), row.name.name.as_str());
    page.schema = Some(&row.name.schema);
    page.comment(site.comment(&object), "lead");
    page.body.open("ul", &[("class", &"facts")]);
    page.body.leaf("li", &[], format_args!("owned by {}", row.owner));
    page.body.close("ul");
    content(&mut page, row);
    columns(&mut page, row);
    parts::users(&mut page, &object);
    parts::grants(&mut page, std::slice::from_ref(&object));
    parts::findings(&mut page, &row.name.to_string());
    page.part("definition", "Definition", |page| {
        let mut sql = parts::definition(page, Object::Type(row));
        for constraint in page.site.catalog.domain_constraints_of(&row.name) {
            sql.extend(parts::definition(page, Object::DomainConstraint(constraint)));
        }
        page.code("SQL", &sql.join("\n"));
    });
    page.finish()
}

fn content(page: &mut Page<'_, '_>, row: &Type) {
    match &row.kind {
        TypeKind::Enum { labels } => page.part("labels", "Values", |page| {
            page.body.fixed("<ol class=\"labels\">");
            for label in labels {
                page.body.element("li", &[], |body| body.leaf("code", &[], label));
            }
            page.body.fixed("</ol>");
        }),
        TypeKind::Domain {
            base,
            not_null,
            default,
            ..
        } => page.part("domain", "What it takes", |page| {
            page.body.fixed("<p>");
            page.data_type(base);
            if *not_null {
                page.body.text(", never null");
            }
            if let Some(default) = default {
                page.body.text(", by default ");
                page.inline_code(default);
            }
            page.body.close("p");
            let checks = page.site.catalog.domain_constraints_of(&row.name).iter();
            for (constraint, check) in checks.filter_map(|row| Some((row, row.expression.as_ref()?))) {
                page.body.leaf("p", &[("class", &"label")], &constraint.name);
                page.code("SQL", check);
            }
        }),
        TypeKind::Composite { attributes } => page.part("attributes", "Attributes", |page| {
            page.table("Attributes", &["Attribute", "Type", "About"], |page| {
                for attribute in attributes {
                    page.body.fixed("<tr><th scope=\"row\">");
                    page.body.text(&attribute.name);
                    page.body.fixed("</th><td>");
                    page.data_type(&attribute.data_type);
                    page.body.fixed("</td><td class=\"comment\">");
                    let object = ObjectId::Column(row.name.clone(), attribute.name.clone());
                    page.body.text(page.site.comment(&object).unwrap_or_default());
                    page.body.fixed("</td></tr>");
                }
            });
        }),
        TypeKind::Range(range) => page.part("range", "What it takes", |page| {
            page.body.fixed("<p>A range of ");
            page.data_type(&range.subtype);
            page.body.close("p");
        }),
        TypeKind::Multirange { .. } | TypeKind::Base(_) | TypeKind::Shell => {}
    }
}

fn columns(page: &mut Page<'_, '_>, row: &Type) {
    let Some(columns) = page.site.columns_of.get(&row.name).cloned() else {
        return;
    };
    page.part("columns", "Columns of this type", |page| {
        parts::list(page, &columns, |page, column| {
            let path = page.site.page_of_relation(&column.relation);
            page.link(path, format_args!("{}.{}", column.relation, column.name));
        });
    });
}

fn heading(row: &Type) -> &'static str {
    match row.kind {
        TypeKind::Enum { .. } => "Enum",
        TypeKind::Domain { .. } => "Domain",
        TypeKind::Composite { .. } => "Composite type",
        TypeKind::Range(_) => "Range",
        TypeKind::Multirange { .. } => "Multirange",
        TypeKind::Base(_) | TypeKind::Shell => "Type",
    }
}

/// What kind of type it is, in a word.
pub(super) fn kind(row: &Type) -> &'static str {
    match row.kind {
        TypeKind::Enum { .. } => "enum",
        TypeKind::Domain { .. } => "domain",
        TypeKind::Composite { .. } => "composite",
        TypeKind::Range(_) => "range",
        TypeKind::Multirange { .. } => "multirange",
        TypeKind::Base(_) => "base",
        TypeKind::Shell => "announced only",
    }
}

/// What it is made of, in short.
pub(super) fn values(row: &Type) -> String {
    match &row.kind {
        TypeKind::Enum { labels } => super::schema::first_line(Some(&labels.join(", "))),
        TypeKind::Domain { base, .. } => base.to_string(),
        TypeKind::Composite { attributes } => {
            let names = attributes
                .iter()
                .map(|attribute| attribute.name.as_str())
                .collect::<Vec<_>>();
            super::schema::first_line(Some(&names.join(", ")))
        }
        TypeKind::Range(range) => range.subtype.to_string(),
        _ => String::new(),
    }
}
