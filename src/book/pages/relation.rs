//! The page of a table or view: everything that is known of it.

use crate::Result;
use crate::book::Language;
use crate::book::graph::{Columns, Way};
use crate::book::markup::Attribute;
use crate::book::shell::{Page, counted};
use crate::book::site::Site;
use crate::catalog::column::{Column, Generated, Identity};
use crate::catalog::constraint::{Constraint, ConstraintKind};
use crate::catalog::index::Index;
use crate::catalog::lookup::RelationRef;
use crate::catalog::relation::{Relation, RelationKind};
use crate::catalog::{Object, ObjectId, QName};

use super::{diagrams, parts, schema};

pub(super) fn page(site: &Site<'_>, row: &Relation) -> Result<String> {
    let relation = RelationRef {
        catalog: site.catalog,
        row,
    };
    let object = row.object();
    let path = site.page_of(&object).unwrap_or_default();
    let mut page = Page::new(site, path, kind(row), row.name.name.as_str());
    page.schema = Some(&row.name.schema);
    page.comment(relation.comment(), "lead");
    facts(&mut page, relation);
    columns(&mut page, relation);
    around(&mut page, relation)?;
    keys(&mut page, relation);
    indexes(&mut page, relation);
    policies(&mut page, relation);
    parts::access(&mut page, site.access_of(&row.name.to_string()));
    grants(&mut page, relation);
    triggers(&mut page, relation);
    view(&mut page, relation);
    family(&mut page, relation);
    more(&mut page, relation);
    parts::findings(&mut page, &row.name.to_string());
    code(&mut page, relation);
    definition(&mut page, relation);
    Ok(page.finish())
}

fn kind(row: &Relation) -> &'static str {
    match row.kind {
        RelationKind::Table if row.partition_of.is_some() => "Partition",
        RelationKind::Table => "Table",
        RelationKind::PartitionedTable => "Partitioned table",
        RelationKind::View => "View",
        RelationKind::MaterializedView => "Materialised view",
        RelationKind::ForeignTable => "Foreign table",
    }
}

fn facts(page: &mut Page<'_, '_>, relation: RelationRef<'_>) {
    let row = relation.row;
    let mut facts = vec![
        format!("owned by {}", row.owner),
        counted(relation.columns().len(), "column", "columns"),
        schema::protection(row).to_owned(),
    ];
    if row.force_row_security {
        facts.push("by its owner too".to_owned());
    }
    if row.unlogged {
        facts.push("unlogged".to_owned());
    }
    facts.extend(row.access_method.iter().map(|method| format!("stored by {method}")));
    facts.extend(row.tablespace.iter().map(|space| format!("in tablespace {space}")));
    facts.extend(row.server.iter().map(|server| format!("on the server {server}")));
    facts.extend(row.options.iter().map(|option| option.to_string()));
    page.body.open("ul", &[("class", &"facts")]);
    for fact in facts {
        page.body.leaf("li", &[], fact);
    }
    page.body.close("ul");
}

fn columns(page: &mut Page<'_, '_>, relation: RelationRef<'_>) {
    let name = &relation.row.name;
    let languages = page.site.contents.languages.iter();
    let spelled = languages.filter_map(|language| Some((language, language.relations.get(name)?)));
    let spelled = spelled.collect::<Vec<_>>();
    page.part("columns", "Columns", |page| {
        if spelled.len() > 1 {
            page.body
                .fixed("<p class=\"choice\" role=\"group\" aria-label=\"Types of which language\">");
            for (language, _) in &spelled {
                choice(page, language);
            }
            page.body.close("p");
        }
        let mut heads = vec!["Column", "Type", "Default"];
        if !spelled.is_empty() {
            heads.push("In code");
        }
        heads.push("About");
        page.table("Columns", &heads, |page| {
            let key = relation.primary_key();
            for (at, column) in relation.columns().iter().enumerate() {
                let id = format!("column-{}", column.name);
                page.body.open("tr", &[("id", &id)]);
                page.body.fixed("<th scope=\"row\">");
                page.body.text(&column.name);
                if key.contains(&column.name) {
                    page.body.fixed(" <abbr class=\"key\" title=\"primary key\">PK</abbr>");
                }
                let is_foreign = page.site.web.outgoing.get(name).into_iter().flatten();
                if is_foreign
                    .filter_map(|way| way.key)
                    .any(|(_, key)| key.columns.contains(&column.name))
                {
                    page.body.fixed(" <abbr class=\"key\" title=\"foreign key\">FK</abbr>");
                }
                page.body.fixed("</th><td>");
                page.data_type(&column.data_type);
                if !column.not_null && !column.never_null {
                    page.body.fixed(" <span class=\"null\">null</span>");
                }
                page.body.fixed("</td><td>");
                default(page, column);
                page.body.close("td");
                if !spelled.is_empty() {
                    page.body.open("td", &[]);
                    for (language, code) in &spelled {
                        if let Some(ty) = code.columns.get(at) {
                            let attributes: [Attribute<'_>; 2] =
                                [("class", &"lang"), ("data-lang", &slug(&language.name))];
                            page.body.leaf("code", &attributes, ty);
                        }
                    }
                    page.body.close("td");
                }
                page.body.fixed("<td class=\"comment\">");
                about(page, column);
                page.body.fixed("</td></tr>");
            }
        });
    });
}

fn choice(page: &mut Page<'_, '_>, language: &Language) {
    let slug = slug(&language.name);
    let attributes: [Attribute<'_>; 3] = [("type", &"button"), ("data-lang", &slug), ("aria-pressed", &"false")];
    page.body.leaf("button", &attributes, &language.name);
}

/// A language's name as a value that scripts and styles choose by.
fn slug(name: &str) -> String {
    name.to_lowercase()
        .replace(|other: char| !other.is_ascii_alphanumeric(), "-")
}

fn default(page: &mut Page<'_, '_>, column: &Column) {
    match (column.identity, column.generated) {
        (Some(Identity::Always), _) => page.body.text("identity, always"),
        (Some(Identity::ByDefault), _) => page.body.text("identity"),
        (_, Some(Generated::Stored)) => page.body.text("generated: "),
        (_, Some(Generated::Virtual)) => page.body.text("generated when read: "),
        _ => {}
    }
    if let Some(default) = &column.default {
        page.inline_code(default);
    }
}

fn about(page: &mut Page<'_, '_>, column: &Column) {
    if let Some(comment) = page.site.comment(&column.object()) {
        page.body.text(comment.trim());
        page.body.text(" ");
    }
    if let Some(origin) = &column.origin {
        page.body.fixed("<span class=\"origin\">from ");
        let path = page.site.page_of_relation(&origin.relation);
        page.link(path, format_args!("{}.{}", origin.relation, origin.column));
        page.body.close("span");
    }
}

/// What is near the relation, as a picture.
fn around(page: &mut Page<'_, '_>, relation: RelationRef<'_>) -> Result<()> {
    let graph = page.site.web.around(&relation.row.name, 1, Some(Columns::Keys));
    if graph.len() < 2 {
        return Ok(());
    }
    let mut drawn = Ok(());
    page.part("diagram", "Diagram", |page| {
        let title = format!("What is near {}", relation.row.name);
        drawn = diagrams::viewer(page, &graph, &title, "near");
        page.body.fixed("<p class=\"under\">");
        if graph.left_out() > 0 {
            page.body
                .text(format_args!("{} more are not drawn. ", graph.left_out()));
        }
        if let Some(path) = page.site.section(&relation.row.name.schema).and_then(diagrams::path) {
            page.link(Some(&path), format_args!("All of {}", relation.row.name.schema));
        }
        page.body.close("p");
    });
    drawn
}

/// Constraints, and foreign keys in both directions.
fn keys(page: &mut Page<'_, '_>, relation: RelationRef<'_>) {
    let constraints = relation.constraints();
    if !constraints.is_empty() {
        page.part("constraints", "Constraints", |page| {
            page.table("Constraints", &["Name", "Kind", "What it demands"], |page| {
                for constraint in constraints {
                    let id = format!("constraint-{}", constraint.name);
                    page.body.open("tr", &[("id", &id)]);
                    page.body.leaf("th", &[("scope", &"row")], &constraint.name);
                    page.body.leaf("td", &[], constraint_kind(constraint));
                    page.body.open("td", &[]);
                    demand(page, constraint);
                    page.body.fixed("</td></tr>");
                }
            });
        });
    }
    let incoming = page.site.web.keys_to(&relation.row.name).collect::<Vec<_>>();
    if !incoming.is_empty() {
        page.part("references", "Referenced by", |page| referenced(page, &incoming));
    }
}

fn constraint_kind(constraint: &Constraint) -> String {
    let kind = match constraint.kind {
        ConstraintKind::PrimaryKey { .. } => "primary key",
        ConstraintKind::Unique { .. } => "unique",
        ConstraintKind::ForeignKey(_) => "foreign key",
        ConstraintKind::Check { .. } => "check",
        ConstraintKind::Exclusion { .. } => "exclusion",
        ConstraintKind::NotNull { .. } => "not null",
    };
    let mut text = kind.to_owned();
    for (is_so, word) in [
        (!constraint.validated, ", not validated"),
        (!constraint.enforced, ", not enforced"),
        (constraint.initially_deferred, ", deferred"),
        (constraint.deferrable && !constraint.initially_deferred, ", deferrable"),
        (constraint.inherited, ", inherited"),
    ] {
        text.push_str(if is_so { word } else { "" });
    }
    text
}

fn demand(page: &mut Page<'_, '_>, constraint: &Constraint) {
    match &constraint.kind {
        ConstraintKind::PrimaryKey { columns, .. } | ConstraintKind::Unique { columns, .. } => {
            page.body.leaf("code", &[], columns.join(", "));
        }
        ConstraintKind::NotNull { column } => page.body.leaf("code", &[], column),
        ConstraintKind::Check { expression, .. } => page.inline_code(expression),
        ConstraintKind::ForeignKey(key) => {
            page.body.leaf("code", &[], key.columns.join(", "));
            page.body.text(" → ");
            page.relation(&key.references);
            page.body.text(" ");
            page.body.leaf("code", &[], key.referenced_columns.join(", "));
            for (event, action) in [("delete", key.on_delete), ("update", key.on_update)] {
                if let Some(word) = action_word(action) {
                    page.body
                        .leaf("span", &[("class", &"then")], format_args!(" on {event}: {word}"));
                }
            }
        }
        ConstraintKind::Exclusion { .. } => {
            let sql = parts::definition(page, Object::Constraint(constraint)).join("\n");
            page.inline_code(&sql);
        }
    }
}

fn action_word(action: crate::catalog::constraint::Action) -> Option<&'static str> {
    use crate::catalog::constraint::Action;
    match action {
        Action::NoAction => None,
        Action::Restrict => Some("restrict"),
        Action::Cascade => Some("cascade"),
        Action::SetNull => Some("set null"),
        Action::SetDefault => Some("set default"),
    }
}

fn referenced(page: &mut Page<'_, '_>, ways: &[Way<'_>]) {
    /// How many are listed; of what everything points at, the rest is found by searching.
    const MOST: usize = 300;
    page.table("Referenced by", &["Table", "Columns", "Here", "On delete"], |page| {
        for way in ways.iter().take(MOST) {
            let Some((_, key)) = way.key else { continue };
            page.body.fixed("<tr><th scope=\"row\">");
            page.relation(way.from);
            page.body.fixed("</th><td>");
            page.body.leaf("code", &[], key.columns.join(", "));
            page.body.fixed("</td><td>");
            page.body.leaf("code", &[], key.referenced_columns.join(", "));
            page.body.fixed("</td><td>");
            page.body.text(action_word(key.on_delete).unwrap_or("refused"));
            page.body.fixed("</td></tr>");
        }
    });
    if ways.len() > MOST {
        page.body.leaf(
            "p",
            &[("class", &"under")],
            format_args!("and {} more", ways.len() - MOST),
        );
    }
}

fn indexes(page: &mut Page<'_, '_>, relation: RelationRef<'_>) {
    let Some(indexes) = page.site.indexes.get(&relation.row.name).cloned() else {
        return;
    };
    page.part("indexes", "Indexes", |page| {
        page.table("Indexes", &["Name", "Method", "Keys", "Only where"], |page| {
            for index in indexes {
                let id = format!("index-{}", index.name.name);
                page.body.open("tr", &[("id", &id)]);
                page.body.leaf("th", &[("scope", &"row")], &index.name.name);
                page.body.leaf("td", &[], index_kind(index));
                page.body.open("td", &[]);
                page.inline_code(&index_keys(index));
                page.body.fixed("</td><td>");
                if let Some(predicate) = &index.predicate {
                    page.inline_code(predicate);
                }
                page.body.fixed("</td></tr>");
            }
        });
    });
}

fn index_kind(index: &Index) -> String {
    let mut text = index.method.to_string();
    for (is_so, word) in [
        (index.unique, ", unique"),
        (index.nulls_not_distinct, ", nulls not distinct"),
        (index.constraint.is_some(), ", of a constraint"),
        (!index.valid, ", invalid"),
    ] {
        text.push_str(if is_so { word } else { "" });
    }
    text
}

fn index_keys(index: &Index) -> String {
    let keys = index.keys.iter().map(|key| {
        let mut text = match (&key.column, &key.expression) {
            (Some(column), _) => column.to_string(),
            (None, expression) => expression.clone().unwrap_or_default(),
        };
        if let Some(class) = &key.opclass {
            text.extend([" ", &class.name]);
        }
        text.push_str(if key.descending { " desc" } else { "" });
        text
    });
    let mut text = keys.collect::<Vec<_>>().join(", ");
    if !index.include.is_empty() {
        text.extend([" include ", &index.include.join(", ")]);
    }
    text
}

fn policies(page: &mut Page<'_, '_>, relation: RelationRef<'_>) {
    let policies = relation.policies();
    if policies.is_empty() && !relation.row.row_security {
        return;
    }
    page.part("policies", "Policies", |page| {
        if policies.is_empty() {
            page.body.fixed("<p class=\"note\">Row-level security is on, and there is no policy: nobody but the owner sees a row.</p>");
        } else if !relation.row.row_security {
            page.body.fixed("<p class=\"note\">Row-level security is off: these policies do nothing.</p>");
        }
        for policy in policies {
            let id = format!("policy-{}", policy.name);
            page.body.open("article", &[("class", &"policy"), ("id", &id)]);
            page.body.open("h3", &[]);
            page.body.text(&policy.name);
            page.body.close("h3");
            let command = policy.command.map_or("every command".to_owned(), |event| format!("{event:?}").to_lowercase());
            let roles = match policy.roles.is_empty() {
                true => "everybody".to_owned(),
                false => policy.roles.join(", "),
            };
            let kind = if policy.permissive { "lets" } else { "restricts" };
            page.body.leaf("p", &[("class", &"facts")], format_args!("{kind} {roles}, for {command}"));
            for (word, expression) in [("using", &policy.using), ("with check", &policy.check)] {
                if let Some(expression) = expression {
                    page.body.leaf("p", &[("class", &"label")], word);
                    page.code("SQL", expression);
                }
            }
            page.comment(page.site.comment(&policy.object()), "comment");
            page.body.close("article");
        }
    });
}

fn grants(page: &mut Page<'_, '_>, relation: RelationRef<'_>) {
    let columns = relation.columns().iter().map(Column::object);
    let objects = [relation.row.object()].into_iter().chain(columns).collect::<Vec<_>>();
    parts::grants(page, &objects);
}

fn triggers(page: &mut Page<'_, '_>, relation: RelationRef<'_>) {
    let triggers = relation.triggers();
    let rules = page.site.catalog.rules.group(&relation.row.name, |row| &row.relation);
    if triggers.is_empty() && rules.is_empty() {
        return;
    }
    page.part("triggers", "Triggers", |page| {
        for trigger in triggers {
            let id = format!("trigger-{}", trigger.name);
            page.body.open("article", &[("id", &id)]);
            page.body.leaf("h3", &[], &trigger.name);
            page.body.fixed("<p class=\"facts\">calls ");
            page.object(&ObjectId::Routine(trigger.function.clone()));
            page.body.close("p");
            page.comment(page.site.comment(&trigger.object()), "comment");
            page.code("SQL", &trigger.definition);
            page.body.close("article");
        }
        for rule in rules {
            page.body.leaf("h3", &[], format_args!("rule {}", rule.name));
            page.code("SQL", &rule.definition);
        }
    });
}

/// A view's query, what it reads, and what reads this.
fn view(page: &mut Page<'_, '_>, relation: RelationRef<'_>) {
    let name = &relation.row.name;
    if let Some(query) = &relation.row.definition {
        page.part("query", "Query", |page| page.code("SQL", query.trim()));
    }
    let reads = page.site.web.read_by(name).collect::<Vec<_>>();
    let readers = page.site.web.readers_of(name).collect::<Vec<_>>();
    for (id, heading, names) in [("reads", "Reads", reads), ("readers", "Read by", readers)] {
        names_part(page, id, heading, &names);
    }
}

fn names_part(page: &mut Page<'_, '_>, id: &'static str, heading: &str, names: &[&QName]) {
    if names.is_empty() {
        return;
    }
    page.part(id, heading, |page| {
        page.body.fixed("<ul class=\"plain\">");
        for name in names {
            page.body.open("li", &[]);
            page.relation(name);
            page.body.close("li");
        }
        page.body.fixed("</ul>");
    });
}

/// What it inherits from, what inherits from it, and how it is partitioned.
fn family(page: &mut Page<'_, '_>, relation: RelationRef<'_>) {
    let row = relation.row;
    let children = match row.kind {
        RelationKind::View | RelationKind::MaterializedView => Vec::new(),
        _ => page.site.children.get(&row.name).cloned().unwrap_or_default(),
    };
    let is_part = row.partition_of.is_some() || row.partition_key.is_some() || !row.inherits.is_empty();
    if children.is_empty() && !is_part {
        return;
    }
    page.part("family", "Partitions and inheritance", |page| {
        if let Some(key) = &row.partition_key {
            page.body.fixed("<p>Partitioned by ");
            page.inline_code(key);
            page.body.close("p");
        }
        for parent in row.parents() {
            page.body.fixed("<p>");
            page.body.text(if row.partition_of.is_some() {
                "A partition of "
            } else {
                "Inherits from "
            });
            page.relation(parent);
            page.body.close("p");
        }
        if let Some(place) = &row.partition_of {
            page.body.fixed("<p>");
            page.inline_code(&place.bound);
            page.body.close("p");
        }
        page.body.fixed("<ul class=\"plain\">");
        for child in children {
            page.body.open("li", &[]);
            page.relation(&child.name);
            if let Some(place) = &child.partition_of {
                page.body.text(" ");
                page.inline_code(&place.bound);
            }
            page.body.close("li");
        }
        page.body.fixed("</ul>");
    });
}

/// Statistics and publications.
fn more(page: &mut Page<'_, '_>, relation: RelationRef<'_>) {
    let name = &relation.row.name;
    if let Some(statistics) = page.site.statistics.get(name).cloned() {
        page.part("statistics", "Statistics", |page| {
            for row in statistics {
                let sql = parts::definition(page, Object::Statistics(row)).join("\n");
                page.code("SQL", &sql);
            }
        });
    }
    if let Some(publications) = page.site.publications.get(name).cloned() {
        page.part("publications", "Published by", |page| {
            let names = publications.iter().map(|name| name.as_str()).collect::<Vec<_>>();
            page.body.leaf("p", &[], names.join(", "));
        });
    }
}

/// What is generated for it in each language.
fn code(page: &mut Page<'_, '_>, relation: RelationRef<'_>) {
    let languages = page.site.contents.languages.iter();
    let all = languages.filter_map(|language| Some((language, language.relations.get(&relation.row.name)?)));
    let all = all.filter(|(_, code)| !code.text.trim().is_empty()).collect::<Vec<_>>();
    if all.is_empty() {
        return;
    }
    page.part("code", "Generated code", |page| {
        if all.len() > 1 {
            page.body
                .fixed("<p class=\"choice\" role=\"group\" aria-label=\"Code in which language\">");
            for (language, _) in &all {
                choice(page, language);
            }
            page.body.close("p");
        }
        for (language, code) in all {
            let attributes: [Attribute<'_>; 2] = [("class", &"lang"), ("data-lang", &slug(&language.name))];
            page.body.open("div", &attributes);
            page.code(&language.name, code.text.trim_end());
            page.body.close("div");
        }
    });
}

/// The statements that make it, as a migration would have them.
fn definition(page: &mut Page<'_, '_>, relation: RelationRef<'_>) {
    let mut sql = parts::definition(page, Object::Relation(relation.row));
    for constraint in relation.constraints() {
        sql.extend(parts::definition(page, Object::Constraint(constraint)));
    }
    let indexes = page.site.indexes.get(&relation.row.name).into_iter().flatten();
    for index in indexes.filter(|index| index.constraint.is_none()) {
        sql.extend(parts::definition(page, Object::Index(index)));
    }
    sql.retain(|statement| statement.len() > 1);
    if sql.is_empty() || relation.row.definition.is_some() {
        return;
    }
    page.part("definition", "Definition", |page| {
        page.body
            .fixed("<details><summary>The statements that make it</summary>");
        page.code("SQL", &sql.join("\n"));
        page.body.fixed("</details>");
    });
}
