//! Declarative models of SQLAlchemy 2. What has no primary key, a view among them, is a `Table`.

use super::joins::{Join, is_dotted, joins};
use super::text::{docstring, literal};
use super::{Body, Plan, enums, sql_types};
use crate::codegen::model::{Column, Relation, RelationKind, Source};

/// All classes of a module, and what they rest on.
pub(super) fn body(plan: &Plan<'_>) -> Body {
    plan.imports.borrow_mut().modules.insert("sqlalchemy as sa");
    let mut classes = String::new();
    let is_package = plan.schema.borrow().is_some();
    if !is_package {
        enums::push_enums(plan, &mut classes);
    }
    let joins = joins(plan);
    for (at, relation) in plan
        .api
        .relations
        .iter()
        .enumerate()
        .filter(|(_, relation)| plan.is_shown(relation))
    {
        if relation.named.emitted {
            push_relation(plan, &mut classes, at, &joins);
        }
    }
    let mut first = if is_package {
        plan.imports.borrow_mut().first.insert("base");
        String::new()
    } else {
        base(plan)
    };
    first.push_str(&sql_types::helpers(plan));
    Body { first, classes }
}

/// The module that those of a package share: the base class, and the enums, which columns need from the start.
pub(super) fn shared(plan: &Plan<'_>) -> Body {
    let mut classes = String::new();
    for schema in plan.modules.keys() {
        plan.schema.replace(Some((*schema).to_owned()));
        enums::push_enums(plan, &mut classes);
    }
    Body {
        first: base(plan),
        classes,
    }
}

/// What stands before the names of the shared module.
pub(super) fn shared_prefix(plan: &Plan<'_>) -> &'static str {
    if plan.schema.borrow().is_some() { "_base." } else { "" }
}

/// Whether a relation has a class: SQLAlchemy maps what has a primary key.
pub(super) fn is_mapped(relation: &Relation) -> bool {
    !relation.primary_key.is_empty()
        && relation.named.emitted
        && matches!(relation.kind, RelationKind::Table | RelationKind::ForeignTable)
}

/// A relation that is emitted, as a class or as a table.
pub(super) fn push_relation(plan: &Plan<'_>, out: &mut String, at: usize, joins: &[Vec<Join>]) {
    match is_mapped(&plan.api.relations[at]) {
        true => push_class(plan, out, at, &joins[at]),
        false => push_table(plan, out, at),
    }
}

/// The base class: the user's, or one of our own.
fn base(plan: &Plan<'_>) -> String {
    if let Some(base) = &plan.options.base {
        let (module, class) = base.split_once(':').unwrap_or((base, "Base"));
        plan.imports.borrow_mut().user.insert(module.to_owned());
        return format!("\n\nBase = {module}.{class}\n");
    }
    plan.import("sqlalchemy.orm", "DeclarativeBase");
    BASE.to_owned()
}

/// The base class of all models.
const BASE: &str = "\n\nclass Base(DeclarativeBase):\n    \"\"\"What every model is registered with.\"\"\"\n";

fn push_class(plan: &Plan<'_>, out: &mut String, at: usize, joins: &[Join]) {
    let relation = &plan.api.relations[at];
    plan.import("sqlalchemy.orm", "Mapped");
    plan.import("sqlalchemy.orm", "mapped_column");
    out.push_str("\n\nclass ");
    out.push_str(&plan.names.relations[at]);
    out.push('(');
    out.push_str(shared_prefix(plan));
    out.push_str("Base):\n");
    let before = out.len();
    docstring(out, relation.named.comment.as_deref(), "    ");
    if out.len() > before {
        out.push('\n');
    }
    out.push_str("    __tablename__ = ");
    out.push_str(&literal(&relation.named.id.name));
    out.push_str("\n    __table_args__ = (\n");
    push_constraints(out, relation, "        ");
    out.push_str("        {\"schema\": ");
    out.push_str(&literal(&relation.named.id.schema));
    if let Some(comment) = &relation.named.comment {
        out.push_str(", \"comment\": ");
        out.push_str(&literal(comment));
    }
    out.push_str("},\n    )\n\n");
    for (position, column) in relation.columns.iter().enumerate() {
        let field = &plan.fields[at][position];
        out.push_str("    ");
        out.push_str(field);
        out.push_str(": Mapped[");
        let (ty, _) = plan.column_type(column);
        out.push_str(&ty);
        if column.nullable {
            out.push_str(" | None");
        }
        out.push_str("] = mapped_column(");
        if *field != *column.name {
            out.push_str(&literal(&column.name));
            out.push_str(", ");
        }
        push_column(plan, out, column);
        if relation.primary_key.contains(&position) {
            out.push_str(", primary_key=True");
        }
        out.push_str(")\n");
    }
    for (number, join) in joins.iter().enumerate() {
        if number == 0 {
            out.push('\n');
        }
        plan.import("sqlalchemy.orm", "relationship");
        push_join(plan, out, at, join);
    }
}

fn push_join(plan: &Plan<'_>, out: &mut String, at: usize, join: &Join) {
    let target = &plan.names.relations[join.target];
    // SQLAlchemy reads a class that comes later by its name alone, with or without None, and in nothing else.
    let class = match (join.many, join.optional) {
        (true, _) => format!("list[\"{target}\"]"),
        (false, true) => format!("\"{target} | None\""),
        (false, false) => format!("\"{target}\""),
    };
    out.push_str(&format!("    {}: Mapped[{class}] = relationship(\n", join.name));
    out.push_str(&format!("        back_populates={},\n", literal(&join.back)));
    // Where several keys lead to one table, and where it is the same table, which one is meant must be said.
    let (child, parent) = if join.from_here {
        (at, join.target)
    } else {
        (join.target, at)
    };
    let attribute = |relation: usize, column: usize| {
        format!("{}.{}", plan.names.relations[relation], plan.fields[relation][column])
    };
    if join.ambiguous {
        let pairs: Vec<String> = join
            .columns
            .iter()
            .map(|&(from, to)| format!("{} == {}", attribute(child, from), attribute(parent, to)))
            .collect();
        let keys: Vec<String> = join.columns.iter().map(|&(from, _)| attribute(child, from)).collect();
        out.push_str(&format!("        primaryjoin=\"and_({})\",\n", pairs.join(", ")));
        out.push_str(&format!("        foreign_keys=\"[{}]\",\n", keys.join(", ")));
        if child == parent && join.from_here {
            let remote: Vec<String> = join.columns.iter().map(|&(_, to)| attribute(parent, to)).collect();
            out.push_str(&format!("        remote_side=\"[{}]\",\n", remote.join(", ")));
        }
    }
    if !join.overlaps.is_empty() {
        let names: Vec<&str> = join.overlaps.iter().map(String::as_str).collect();
        out.push_str(&format!("        overlaps={},\n", literal(&names.join(","))));
    }
    out.push_str("    )\n");
}

/// A relation without a primary key.
fn push_table(plan: &Plan<'_>, out: &mut String, at: usize) {
    let relation = &plan.api.relations[at];
    out.push_str("\n\nt_");
    out.push_str(&plan.names.relations[at]);
    out.push_str(" = sa.Table(\n    ");
    out.push_str(&literal(&relation.named.id.name));
    out.push_str(",\n    ");
    out.push_str(shared_prefix(plan));
    out.push_str("Base.metadata,\n");
    for column in &relation.columns {
        out.push_str("    sa.Column(");
        out.push_str(&literal(&column.name));
        out.push_str(", ");
        push_column(plan, out, column);
        out.push_str(if column.nullable {
            "),\n"
        } else {
            ", nullable=False),\n"
        });
    }
    if matches!(relation.kind, RelationKind::Table | RelationKind::ForeignTable) {
        push_constraints(out, relation, "    ");
    }
    out.push_str("    schema=");
    out.push_str(&literal(&relation.named.id.schema));
    if let Some(comment) = &relation.named.comment {
        out.push_str(",\n    comment=");
        out.push_str(&literal(comment));
    }
    out.push_str(",\n)\n");
}

/// The type of a column, and how it gets a value by itself.
fn push_column(plan: &Plan<'_>, out: &mut String, column: &Column) {
    sql_types::push(plan, out, &column.ty, &column.rules);
    match &column.source {
        Some(Source::IdentityAlways) => out.push_str(", sa.Identity(always=True)"),
        Some(Source::IdentityByDefault) => out.push_str(", sa.Identity()"),
        Some(Source::Generated { expression, stored }) => {
            out.push_str(", sa.Computed(");
            out.push_str(&literal(&unbound(expression)));
            out.push_str(if *stored {
                ", persisted=True)"
            } else {
                ", persisted=False)"
            });
        }
        Some(Source::Default(expression)) => {
            out.push_str(", server_default=sa.text(");
            out.push_str(&literal(&unbound(expression)));
            out.push(')');
        }
        None => {}
    }
    if let Some(comment) = &column.comment {
        out.push_str(", comment=");
        out.push_str(&literal(comment));
    }
}

fn push_constraints(out: &mut String, relation: &Relation, indent: &str) {
    for key in relation.relationships.iter().filter(|key| !key.through_view) {
        let columns: Vec<String> = key.columns.iter().map(|column| literal(column)).collect();
        let target = |column: &str| literal(&format!("{}.{}.{column}", key.target.schema, key.target.name));
        let targets: Vec<String> = key.target_columns.iter().map(|column| target(column)).collect();
        let (columns, targets) = (columns.join(", "), targets.join(", "));
        if is_dotted(key) {
            continue;
        }
        let name = literal(&key.name);
        out.push_str(&format!(
            "{indent}sa.ForeignKeyConstraint([{columns}], [{targets}], name={name}),\n"
        ));
    }
    for key in &relation.unique_keys {
        let columns: Vec<String> = key.iter().map(|&at| literal(&relation.columns[at].name)).collect();
        out.push_str(&format!("{indent}sa.UniqueConstraint({}),\n", columns.join(", ")));
    }
    for check in &relation.checks {
        out.push_str(&format!("{indent}sa.CheckConstraint({}),\n", literal(&unbound(check))));
    }
}

/// SQL in which SQLAlchemy sees no bound parameter: a colon before a word, `::` apart, gets a backslash.
fn unbound(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len());
    let mut previous = ' ';
    let mut characters = sql.chars().peekable();
    while let Some(character) = characters.next() {
        let is_word = |character: char| character.is_alphanumeric() || character == '_';
        if character == ':' && previous != ':' && characters.peek().is_some_and(|&next| is_word(next)) {
            out.push('\\');
        }
        out.push(character);
        previous = character;
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn colons_stay_colons() {
        assert_eq!(super::unbound("'a:b'::text || ':c'"), "'a\\:b'::text || '\\:c'");
    }
}
