//! The pages, a kind a file.

mod access;
mod diagrams;
mod findings;
mod history;
mod overview;
mod parts;
mod relation;
mod roles;
mod routine;
pub(super) mod schema;
mod types;

use super::search;
use super::shell;
use super::site::{PER_PAGE, Site};
use crate::Result;
use crate::catalog::relation::Relation;
use crate::catalog::routine::Routine;
use crate::catalog::types::Type;

/// A file of the book, not yet written.
pub(super) enum Job<'a> {
    Fixed(&'static [&'static str]),
    Overview,
    Diagrams,
    Diagram(usize),
    Schema(schema::Slice),
    Relation(&'a Relation),
    Routines(&'a [&'a Routine]),
    Type(&'a Type),
    Access(usize),
    Findings(usize),
    Changes(usize),
    Migrations(usize),
    Roles,
    Others,
    SearchNames,
    SearchParts,
    SearchColumns,
    SearchComments,
}

/// Every file, with its path.
pub(super) fn all<'a>(site: &'a Site<'a>) -> Vec<(String, Job<'a>)> {
    let mut all = vec![
        (
            "assets/book.css".to_owned(),
            Job::Fixed(&[shell::CSS, super::svg::STYLE]),
        ),
        ("assets/book.js".to_owned(), Job::Fixed(&[shell::JS])),
        ("assets/theme.js".to_owned(), Job::Fixed(&[shell::THEME])),
        ("assets/names.js".to_owned(), Job::SearchNames),
        ("assets/parts.js".to_owned(), Job::SearchParts),
        ("assets/columns.js".to_owned(), Job::SearchColumns),
        ("assets/comments.js".to_owned(), Job::SearchComments),
        ("index.html".to_owned(), Job::Overview),
        ("diagrams.html".to_owned(), Job::Diagrams),
        ("roles.html".to_owned(), Job::Roles),
        ("others.html".to_owned(), Job::Others),
    ];
    let contents = site.contents;
    all.extend(numbered("findings", findings::pages(site), Job::Findings));
    if !contents.access.is_empty() {
        all.extend(numbered("access", access::pages(site), Job::Access));
    }
    if let Some(changes) = contents.changes {
        all.extend(numbered(
            "changes",
            changes.changes.len().div_ceil(PER_PAGE).max(1),
            Job::Changes,
        ));
    }
    if !contents.history.is_empty() {
        all.extend(numbered("migrations", history::pages(site), Job::Migrations));
    }
    for (at, section) in site.schemas.iter().enumerate() {
        if let Some(path) = diagrams::path(section) {
            all.push((path, Job::Diagram(at)));
        }
        all.extend(
            schema::slices(at, section)
                .into_iter()
                .map(|slice| (slice.path.clone(), Job::Schema(slice))),
        );
        for relation in section.tables.iter().chain(&section.views) {
            all.push((
                site.page_of(&relation.object()).unwrap_or_default().to_owned(),
                Job::Relation(relation),
            ));
        }
        for routines in &section.routines {
            let path = site.page_of(&routines[0].object()).unwrap_or_default();
            all.push((path.to_owned(), Job::Routines(routines)));
        }
        for ty in &section.types {
            all.push((site.page_of(&ty.object()).unwrap_or_default().to_owned(), Job::Type(ty)));
        }
    }
    all
}

/// Makes a file.
pub(super) fn render(site: &Site<'_>, job: &Job<'_>) -> Result<String> {
    Ok(match job {
        Job::Fixed(parts) => parts.concat(),
        Job::Overview => overview::page(site),
        Job::Diagrams => diagrams::list(site),
        Job::Diagram(at) => diagrams::page(site, &site.schemas[*at])?,
        Job::Schema(slice) => schema::page(site, slice),
        Job::Relation(relation) => relation::page(site, relation)?,
        Job::Routines(routines) => routine::page(site, routines),
        Job::Type(ty) => types::page(site, ty),
        Job::Access(number) => access::page(site, *number),
        Job::Findings(number) => findings::page(site, *number),
        Job::Changes(number) => history::changes(site, *number),
        Job::Migrations(number) => history::migrations(site, *number),
        Job::Roles => roles::page(site),
        Job::Others => roles::others(site),
        Job::SearchNames => search::names(site),
        Job::SearchParts => search::parts(site),
        Job::SearchColumns => search::columns(site),
        Job::SearchComments => search::comments(site),
    })
}

/// The paths of the pages of a long list: the first has the plain name.
fn numbered<'a>(
    name: &'static str,
    count: usize,
    job: fn(usize) -> Job<'a>,
) -> impl Iterator<Item = (String, Job<'a>)> {
    (0..count).map(move |number| (number_path(name, number), job(number)))
}

fn number_path(name: &str, number: usize) -> String {
    match number {
        0 => format!("{name}.html"),
        _ => format!("{name}-{}.html", number + 1),
    }
}

/// The part of a list that is on one page.
fn piece<T>(all: &[T], number: usize, size: usize) -> &[T] {
    all.chunks(size).nth(number).unwrap_or_default()
}

/// The way to the other pages of a long list.
fn turn(page: &mut shell::Page<'_, '_>, name: &str, number: usize, count: usize) {
    if count <= 1 {
        return;
    }
    page.body.fixed("<nav class=\"turn\" aria-label=\"Pages\">");
    for other in 0..count {
        // The first, the last and those nearby are enough.
        if other != 0 && other + 1 != count && other.abs_diff(number) > 2 {
            if other.abs_diff(number) == 3 {
                page.body.text("…");
            }
            continue;
        }
        let address = format!("{}{}", page.root, number_path(name, other));
        let mut attributes: Vec<super::markup::Attribute<'_>> = vec![("href", &address)];
        if other == number {
            attributes.push(("aria-current", &"page"));
        }
        page.body.leaf("a", &attributes, other + 1);
    }
    page.body.fixed("</nav>");
}
