//! The first page: what there is, and what to look at first.

use crate::book::shell::{Page, counted};
use crate::book::site::{Section, Site};
use crate::catalog::ObjectId;
use crate::finding::Severity;

pub(super) fn page(site: &Site<'_>) -> String {
    let contents = site.contents;
    let mut page = Page::new(site, "index.html", "Schema", contents.title);
    let sum = |count: fn(&Section<'_>) -> usize| site.schemas.iter().map(count).sum::<usize>();
    let tables = sum(|section| section.tables.len());
    page.body.fixed("<ul class=\"tiles\">");
    let columns = site.schemas.iter().flat_map(|section| &section.tables);
    let columns = columns
        .filter_map(|row| site.catalog.relation(&row.name))
        .map(|row| row.columns().len());
    for (count, one, many) in [
        (tables, "table", "tables"),
        (columns.sum(), "column", "columns"),
        (sum(|section| section.views.len()), "view", "views"),
        (
            sum(|section| section.routines.iter().map(Vec::len).sum()),
            "function",
            "functions",
        ),
        (sum(|section| section.types.len()), "type", "types"),
        (site.catalog.policies.len(), "policy", "policies"),
    ] {
        let text = counted(count, one, many);
        if let Some((number, word)) = text.split_once(' ') {
            page.body.element("li", &[], |body| {
                body.leaf("strong", &[], number);
                body.leaf("span", &[], word);
            });
        }
    }
    page.body.fixed("</ul>");
    for gap in contents.gaps {
        page.body.leaf("p", &[("class", &"note")], gap);
    }
    page.part("schemas", "Schemas", |page| {
        page.table(
            "Schemas",
            &["Schema", "Tables", "Views", "Functions", "Types", "Picture"],
            |page| {
                for section in &page.site.schemas {
                    schema(page, section);
                }
            },
        );
    });
    findings(&mut page);
    page.finish()
}

fn schema<'a>(page: &mut Page<'_, 'a>, section: &Section<'a>) {
    let object = ObjectId::Schema(section.name.clone());
    page.body.fixed("<tr><th scope=\"row\">");
    page.link(page.site.page_of(&object), section.name);
    page.comment(page.site.comment(&object), "comment");
    page.body.close("th");
    for count in [
        section.tables.len(),
        section.views.len(),
        section.routines.len(),
        section.types.len(),
    ] {
        page.body
            .leaf("td", &[("class", &"number")], crate::book::shell::grouped(count));
    }
    page.body.open("td", &[]);
    if let Some(path) = super::diagrams::path(section) {
        page.link(Some(&path), "Diagram");
    }
    page.body.fixed("</td></tr>");
}

/// How many findings there are of each severity, and the worst of them.
fn findings(page: &mut Page<'_, '_>) {
    let all = page.site.contents.findings;
    if all.is_empty() {
        return;
    }
    page.part("findings", "Findings", |page| {
        page.body.fixed("<p class=\"severities\">");
        for (severity, one, many) in [
            (Severity::Error, "error", "errors"),
            (Severity::Warning, "warning", "warnings"),
            (Severity::Info, "note", "notes"),
        ] {
            let count = all.iter().filter(|finding| finding.severity == severity).count();
            if count > 0 {
                super::findings::badge(page, severity, &counted(count, one, many));
            }
        }
        page.body.fixed("</p>");
        let mut worst = all.iter().collect::<Vec<_>>();
        worst.sort_by_key(|finding| finding.severity);
        for finding in worst.into_iter().take(5) {
            super::findings::push(page, finding, true);
        }
        page.body.fixed("<p>");
        page.link(
            Some("findings.html"),
            format_args!("All {}", counted(all.len(), "finding", "findings")),
        );
        page.body.fixed("</p>");
    });
}
