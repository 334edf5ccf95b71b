//! How the schema came about: its migrations, and what is different from an earlier one.

use crate::book::markup::Attribute;
use crate::book::shell::{Page, counted};
use crate::book::site::{PER_PAGE, Site};

/// How many migrations are on one page: their statements are there too.
const SIZE: usize = 50;

pub(super) fn pages(site: &Site<'_>) -> usize {
    site.contents.history.len().div_ceil(SIZE).max(1)
}

/// The migrations, from the newest on.
pub(super) fn migrations(site: &Site<'_>, number: usize) -> String {
    let path = super::number_path("migrations", number);
    let mut page = Page::new(site, &path, "Schema", "Migrations");
    let newest = site.contents.history.iter().rev().collect::<Vec<_>>();
    page.body.leaf(
        "p",
        &[("class", &"lead")],
        format_args!(
            "{}, the newest first.",
            counted(newest.len(), "migration", "migrations")
        ),
    );
    super::turn(&mut page, "migrations", number, pages(site));
    // Said, because browsers count the list before all of it is there.
    let first = newest.len().saturating_sub(number * SIZE);
    let attributes: [Attribute<'_>; 3] = [("class", &"history"), ("reversed", &""), ("start", &first)];
    page.body.open("ol", &attributes);
    for migration in super::piece(&newest, number, SIZE) {
        page.body.open("li", &[]);
        page.body.open("p", &[("class", &"about")]);
        page.body.leaf("code", &[], &migration.version);
        page.body.leaf("strong", &[], format_args!(" {} ", migration.name));
        if !migration.state.is_empty() {
            page.body.leaf("span", &[("class", &"badge")], &migration.state);
        }
        if let Some(at) = &migration.applied_at {
            let attributes: [Attribute<'_>; 1] = [("datetime", at)];
            page.body.leaf("time", &attributes, at);
        }
        page.body.close("p");
        if let Some(sql) = &migration.sql {
            page.body.fixed("<details><summary>Statements</summary>");
            page.code("SQL", sql.trim());
            page.body.fixed("</details>");
        }
        page.body.close("li");
    }
    page.body.fixed("</ol>");
    super::turn(&mut page, "migrations", number, pages(site));
    page.finish()
}

/// What is different from an earlier schema.
pub(super) fn changes(site: &Site<'_>, number: usize) -> String {
    let path = super::number_path("changes", number);
    let mut page = Page::new(site, &path, "Schema", "Changes");
    let Some(changes) = site.contents.changes else {
        return page.finish();
    };
    let count = changes.changes.len();
    let told = match count {
        0 => format!("Nothing is different from {}.", changes.since),
        _ => format!(
            "{} since {}, in the order in which a migration would make them.",
            counted(count, "change", "changes"),
            changes.since
        ),
    };
    page.body.leaf("p", &[("class", &"lead")], told);
    let pages = count.div_ceil(PER_PAGE).max(1);
    super::turn(&mut page, "changes", number, pages);
    let first = number * PER_PAGE + 1;
    page.body.open("ol", &[("class", &"changes"), ("start", &first)]);
    for change in super::piece(&changes.changes, number, PER_PAGE) {
        page.body.open("li", &[]);
        page.body.open("p", &[("class", &"about")]);
        let class = format!("badge {}", change.verb.split(' ').next().unwrap_or_default());
        page.body.leaf("span", &[("class", &class)], change.verb);
        page.body.text(" ");
        page.object(&change.object);
        if let Some(loss) = change.loss {
            page.body.text(" ");
            page.body
                .leaf("span", &[("class", &"badge error")], format_args!("loses data: {loss}"));
        }
        page.body.close("p");
        if !change.sql.is_empty() {
            page.body.fixed("<details><summary>Statements</summary>");
            page.code("SQL", &change.sql.join("\n"));
            page.body.fixed("</details>");
        }
        page.body.close("li");
    }
    page.body.fixed("</ol>");
    super::turn(&mut page, "changes", number, pages);
    page.finish()
}
