//! `pgkeel diagram`: tables and what connects them, as a picture or for another tool.

use std::path::Path;

use super::args::book::{Diagram, DiagramColumns, DiagramFormat};
use super::exit::Exit;
use super::report::{self, Report};
use super::source::Reading;
use crate::book::{self, Columns, Graph, Web};
use crate::catalog::relation::Relation;
use crate::catalog::scope::Standing;
use crate::catalog::{Catalog, QName};
use crate::config::load::{self, Project};
use crate::files;
use crate::introspect::Depth;
use crate::{Error, Result};

/// Reads the schema and draws it.
pub(super) async fn run(words: &Diagram, project: &Project, report: Report) -> Result<Exit> {
    let format = format(words)?;
    let reading = Reading::new(&words.source, project, report)?;
    // What a view reads is an edge, which only the whole has.
    let (catalog, noticed) = reading.read(Depth::Whole, report).await?;
    report.diagnostics(&noticed);
    let web = Web::new(&catalog);
    let is_ours = |relation: &Relation| {
        let name = &relation.name;
        reading.scope.standing(&name.schema) == Standing::Ours
            && !reading.scope.excludes(name)
            && relation.extension.is_none()
    };
    let columns = words.columns.map(|columns| match columns {
        DiagramColumns::All => Columns::All,
        DiagramColumns::Keys => Columns::Keys,
        DiagramColumns::None => Columns::None,
    });
    let graph = match &words.around {
        Some(name) => {
            let center = relation(name, &catalog, is_ours)?;
            let graph = web.around(center, usize::from(words.depth), columns);
            say_left_out(&graph, center, report);
            graph
        }
        None => web.whole(is_ours, columns),
    };
    let text = match format {
        DiagramFormat::Svg => {
            let style = book::Style {
                title: &format!("{} tables of {}", graph.len(), reading.source),
                address: &|_| None,
                is_alone: true,
            };
            book::svg(&graph, &style)?
        }
        DiagramFormat::Mermaid => book::mermaid(&graph),
        DiagramFormat::Dot => book::dot(&graph),
    };
    match &words.out {
        Some(path) if path != Path::new("-") => {
            files::replace(path, text.as_bytes())?;
            report.done(&format!("wrote {}", path.display()));
        }
        _ => report::print(&text)?,
    }
    Ok(Exit::Clean)
}

/// What was asked for, or what the file's ending says.
fn format(words: &Diagram) -> Result<DiagramFormat> {
    if let Some(format) = words.format {
        return Ok(format);
    }
    let ending = words.out.as_deref().and_then(Path::extension);
    match ending.and_then(|ending| ending.to_str()) {
        None | Some("svg") => Ok(DiagramFormat::Svg),
        Some("mmd" | "mermaid") => Ok(DiagramFormat::Mermaid),
        Some("dot" | "gv") => Ok(DiagramFormat::Dot),
        Some(other) => Err(Error::new(format!("`.{other}` says nothing of the diagram's format"))
            .with_hint("name it with --format svg, mermaid or dot")),
    }
}

/// The relation that was named.
fn relation<'a>(name: &str, catalog: &'a Catalog, is_ours: impl Fn(&Relation) -> bool) -> Result<&'a QName> {
    let wanted = name
        .parse::<QName>()
        .or_else(|_| format!("public.{name}").parse())
        .map_err(|reason: String| Error::new(reason).with_hint("name the relation as schema.name"))?;
    if let Some(relation) = catalog.relation(&wanted) {
        return Ok(&relation.row.name);
    }
    let known = catalog.relations.iter().filter(|relation| is_ours(relation));
    let known = known.map(|relation| relation.name.to_string()).collect::<Vec<_>>();
    let known = known.iter().map(String::as_str).collect::<Vec<_>>();
    let message = format!("there is no relation {wanted}");
    Err(load::unknown(message, &wanted.to_string(), &known))
}

fn say_left_out(graph: &Graph<'_>, center: &QName, report: Report) {
    if graph.left_out() > 0 {
        let count = graph.left_out();
        report.say(&format!(
            "left out {count} more relations near {center}: too many to be drawn"
        ));
    }
}
