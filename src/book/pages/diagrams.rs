//! Diagrams of whole schemas.

use crate::Result;
use crate::book::graph::Columns;
use crate::book::shell::Page;
use crate::book::site::{Section, Site, part};
use crate::book::svg::{self, Style};
use crate::catalog::relation::Relation;

/// Of how many tables a picture is of use, and how many a browser draws with ease.
const MOST: usize = 2_500;

/// Where the diagram of a schema is; nothing where there is none.
pub(super) fn path(section: &Section<'_>) -> Option<String> {
    let is_drawn = (1..=MOST).contains(&section.tables.len());
    is_drawn.then(|| format!("diagram/{}.html", part(section.name)))
}

/// The page with all of them.
pub(super) fn list(site: &Site<'_>) -> String {
    let mut page = Page::new(site, "diagrams.html", "Schema", "Diagrams");
    page.body
        .fixed("<p class=\"lead\">Tables, and what connects them. Every table's own page shows what is near it.</p>");
    page.table("Diagrams", &["Schema", "Tables"], |page| {
        for section in &site.schemas {
            page.body.fixed("<tr><th scope=\"row\">");
            page.link(path(section).as_deref(), section.name);
            page.body.fixed("</th><td>");
            page.body.text(super::schema::summary(section));
            if section.tables.len() > MOST {
                page.body
                    .text(": too many for one picture. The page of each has one of what is near it.");
            }
            page.body.fixed("</td></tr>");
        }
    });
    page.finish()
}

/// The diagram of a schema.
pub(super) fn page(site: &Site<'_>, section: &Section<'_>) -> Result<String> {
    let path = path(section).unwrap_or_default();
    let mut page = Page::new(site, &path, "Diagram", section.name.as_str());
    page.opened = Some(section.name);
    let is_shown =
        |relation: &Relation| relation.name.schema == *section.name && site.page_of(&relation.object()).is_some();
    let graph = site.web.whole(is_shown, None::<Columns>);
    viewer(&mut page, &graph, &format!("Tables of {}", section.name), "whole")?;
    Ok(page.finish())
}

/// A diagram that can be moved and magnified.
pub(super) fn viewer(
    page: &mut Page<'_, '_>,
    graph: &crate::book::Graph<'_>,
    title: &str,
    class: &'static str,
) -> Result<()> {
    let (site, root) = (page.site, page.root);
    let style = Style {
        title,
        address: &|relation| site.page_of(&relation.object()).map(|path| format!("{root}{path}")),
        is_alone: false,
    };
    let labels: [crate::book::markup::Attribute<'_>; 3] = [
        ("class", &format_args!("viewer {class}")),
        ("role", &"region"),
        ("aria-label", &title),
    ];
    page.body.open("div", &labels);
    page.body.fixed(TOOLS);
    page.body.fixed("<div class=\"canvas\" tabindex=\"0\" aria-label=\"Diagram. Arrow keys move it, plus and minus magnify it, 0 shows all of it.\">");
    svg::draw(graph, &style, &mut page.body)?;
    page.body.fixed("</div></div>");
    Ok(())
}

const TOOLS: &str = "<div class=\"tools\"><span class=\"told\">Drag to move, scroll to magnify</span><input class=\"find\" type=\"search\" placeholder=\"Find a table…\" aria-label=\"Find a table in the diagram\" autocomplete=\"off\">\
<button type=\"button\" data-do=\"in\" aria-label=\"Magnify\" title=\"Magnify (+)\">+</button>\
<button type=\"button\" data-do=\"out\" aria-label=\"Make smaller\" title=\"Make smaller (−)\">−</button>\
<button type=\"button\" data-do=\"all\" aria-label=\"Show all of it\" title=\"Show all of it (0)\">All</button>\
<button type=\"button\" data-do=\"full\" aria-label=\"Fill the screen\" title=\"Fill the screen\"><svg viewBox=\"0 0 16 16\" width=\"14\" height=\"14\" aria-hidden=\"true\"><path d=\"M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.6\"/></svg></button></div>";
