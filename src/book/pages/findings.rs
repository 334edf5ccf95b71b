//! What is wrong, or could be better.

use crate::book::markup::Attribute;
use crate::book::shell::Page;
use crate::book::site::Site;
use crate::catalog::QName;
use crate::finding::{Finding, Severity};

/// How many findings are on one page.
const SIZE: usize = 150;

pub(super) fn pages(site: &Site<'_>) -> usize {
    site.contents.findings.len().div_ceil(SIZE).max(1)
}

pub(super) fn page(site: &Site<'_>, number: usize) -> String {
    let path = super::number_path("findings", number);
    let mut page = Page::new(site, &path, "Schema", "Findings");
    let all = site.contents.findings;
    if all.is_empty() {
        page.body.fixed(
            "<p class=\"lead\">Nothing was found: neither by the audit of access nor by the advice on the schema.</p>",
        );
        return page.finish();
    }
    page.body.fixed("<p class=\"lead\">What <code>pgkeel rls audit</code> and <code>pgkeel advise</code> say of this schema. Where it is certain, the statement that mends it stands below.</p>");
    super::turn(&mut page, "findings", number, pages(site));
    let shown = super::piece(all, number, SIZE);
    for group in shown.chunk_by(|a, b| a.rule == b.rule) {
        page.body.fixed("<section>");
        page.body.leaf("h2", &[], group[0].rule);
        for finding in group {
            push(&mut page, finding, true);
        }
        page.body.fixed("</section>");
    }
    super::turn(&mut page, "findings", number, pages(site));
    page.finish()
}

/// A finding, with or without what it is about.
pub(super) fn push(page: &mut Page<'_, '_>, finding: &Finding, names_subject: bool) {
    let class = format!("finding {}", class(finding.severity));
    page.body.open("article", &[("class", &class)]);
    page.body.open("p", &[("class", &"about")]);
    badge(page, finding.severity, word(finding.severity));
    page.body.leaf("code", &[("class", &"rule")], finding.rule);
    if names_subject {
        page.body.text(" ");
        let path = place(page.site, &finding.subject);
        page.link(path.as_deref(), &finding.subject);
    } else {
        page.body.text(format_args!(" {}", finding.subject));
    }
    page.body.close("p");
    page.body.leaf("p", &[], &finding.message);
    if let Some(evidence) = &finding.evidence {
        page.body.leaf("p", &[("class", &"evidence")], evidence);
    }
    if let Some(fix) = &finding.fix {
        page.code("SQL", fix);
    }
    page.body.close("article");
}

/// The page of what a finding is about: of the relation or routine, or of that which the named thing is a part of.
fn place(site: &Site<'_>, subject: &str) -> Option<String> {
    let (name, _) = subject.split_once('(').unwrap_or((subject, ""));
    let parts = crate::sql::split_name(name)?;
    let [schema, name, ..] = parts.as_slice() else {
        return None;
    };
    let name = QName::new(schema.as_str(), name.as_str());
    let relation = site.page_of_relation(&name).map(str::to_owned);
    relation.or_else(|| {
        let routine = site.catalog.routines.iter().find(|row| row.id.name == name)?;
        site.page_of(&routine.object()).map(str::to_owned)
    })
}

pub(super) fn badge(page: &mut Page<'_, '_>, severity: Severity, text: &str) {
    let class = format!("badge {}", class(severity));
    let attributes: [Attribute<'_>; 1] = [("class", &class)];
    page.body.leaf("span", &attributes, text);
}

fn class(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "note",
        other => class(other),
    }
}
