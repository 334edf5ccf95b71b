//! The structs of tables and views: a row that is read, what an insert takes, what an update changes.

use std::borrow::Cow;

use super::context::Context;
use super::items::{self, Member};
use super::names;
use super::text::{Call, Text, literal};
use crate::codegen::model::{Column, Insert, Relation, RelationKind, Source, Type};
use crate::codegen::naming;
use crate::config::Lang;
use crate::config::rust::RustStyle;

pub(super) fn write(cx: &Context<'_>, at: usize, relation: &Relation, text: &mut Text) {
    if !cx.relations[at].wanted {
        if cx.relations[at].has_id {
            items::write_id(cx, at, text);
        }
        return;
    }
    let columns = columns(cx, at, relation, cx.relations[at].row.module);
    write_row(cx, at, relation, &columns, text);
    if relation.named.emitted && relation.insertable {
        write_new(cx, at, relation, &columns, text);
    }
    if relation.named.emitted && relation.updatable && cx.options.patch {
        write_patch(cx, at, relation, &columns, text);
    }
    if cx.relations[at].has_id {
        items::write_id(cx, at, text);
    }
}

/// The types of the columns of a row that is read.
#[cfg(feature = "languages")]
pub(super) fn column_types(cx: &Context<'_>, at: usize, relation: &Relation) -> Vec<String> {
    let module = cx.relations[at].row.module;
    let spelled = columns(cx, at, relation, module).into_iter().zip(&relation.columns);
    let types = spelled.map(|(spelled, column)| match column.nullable {
        true => ["Option<", &spelled.ty, ">"].concat(),
        false => spelled.ty,
    });
    types.collect()
}

/// A column as Rust has it.
struct Spelled {
    /// The identifier as code.
    identifier: String,
    /// Whether it differs from the column's name.
    is_renamed: bool,
    /// The type, not yet nullable.
    ty: String,
}

/// A column as a field of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowField {
    /// The column's name in the database.
    pub column: crate::catalog::Name,
    /// The field's identifier as code.
    pub identifier: String,
    /// The field's type as code, with its `Option` where the column can be NULL.
    pub code: String,
    /// The type as PostgreSQL spells it.
    pub sql: crate::catalog::Name,
    /// Whether a row can hold NULL here.
    pub nullable: bool,
}

/// The fields of a relation's row, their types spelled for no module of the generated ones.
pub(super) fn fields(cx: &Context<'_>, at: usize) -> Vec<RowField> {
    let relation = &cx.api.relations[at];
    let spelled = columns(cx, at, relation, usize::MAX);
    let fields = relation.columns.iter().zip(spelled).map(|(column, spelled)| RowField {
        column: column.name.clone(),
        identifier: spelled.identifier,
        code: match column.nullable {
            true => ["Option<", &spelled.ty, ">"].concat(),
            false => spelled.ty,
        },
        sql: column.sql.clone(),
        nullable: column.nullable,
    });
    fields.collect()
}

/// The columns as they are written in `module`.
fn columns(cx: &Context<'_>, at: usize, relation: &Relation, module: usize) -> Vec<Spelled> {
    let wanted = |column: &Column| match column.rename.as_ref().and_then(|name| name.get(Lang::Rust)) {
        Some(name) if names::is_identifier(name) => name.to_owned(),
        Some(name) => names::field(name),
        None => names::field(&column.name),
    };
    let mut identifiers: Vec<String> = relation.columns.iter().map(wanted).collect();
    if !are_distinct(&identifiers) {
        let exact = |at: usize, name: &str| relation.columns[at].name == name;
        naming::distinct(&mut identifiers, exact, names::refuses_field);
    }
    relation
        .columns
        .iter()
        .zip(identifiers)
        .enumerate()
        .map(|(position, (column, identifier))| Spelled {
            is_renamed: identifier != column.name,
            identifier: names::code(identifier),
            ty: column_type(cx, at, position, column, module),
        })
        .collect()
}

/// Whether a few identifiers are plainly all right as they are.
fn are_distinct(identifiers: &[String]) -> bool {
    identifiers.len() < 32
        && (identifiers.iter().enumerate())
            .all(|(at, name)| !identifiers[..at].contains(name) && !names::refuses_field(name))
}

fn column_type(cx: &Context<'_>, at: usize, position: usize, column: &Column, module: usize) -> String {
    if let Some(code) = column
        .custom
        .and_then(|custom| cx.api.overrides[custom].code(Lang::Rust))
    {
        return cx.custom(code, &column.ty);
    }
    let mut code = String::new();
    match cx.ids.get(&(at, position)) {
        Some(&root) => {
            let items = &cx.relations[root];
            let id = super::context::Item {
                module: items.row.module,
                name: items.id.clone(),
            };
            cx.push_item(&id, module, &mut code);
        }
        None => cx.push_type(&column.ty, module, &mut code),
    }
    code
}

fn write_row(cx: &Context<'_>, at: usize, relation: &Relation, columns: &[Spelled], text: &mut Text) {
    let (items, id) = (&cx.relations[at], &relation.named.id);
    let members: Vec<Member<'_>> = relation
        .columns
        .iter()
        .zip(columns)
        .map(|(column, spelled)| {
            let code = match column.nullable {
                true => ["Option<", &spelled.ty, ">"].concat(),
                false => spelled.ty.clone(),
            };
            let is_custom = column
                .custom
                .is_some_and(|custom| cx.api.overrides[custom].rust.is_some());
            let mut member = items::member(
                cx,
                Cow::Borrowed(&column.name),
                spelled.identifier.clone(),
                code,
                &column.ty,
                &column.sql,
            );
            member.unchecked &= !is_custom;
            member
        })
        .collect();
    let kind = match relation.kind {
        RelationKind::Table => "table",
        RelationKind::ForeignTable => "foreign table",
        RelationKind::View => "view",
        RelationKind::MaterializedView => "materialised view",
    };
    text.docs(
        0,
        relation.named.comment.as_deref(),
        &format!("A row of the {kind} `{id}`."),
    );
    // A driver's check of an array of domains fails, though its rows can be decoded.
    let types: Vec<&Type> = relation.columns.iter().map(|column| &column.ty).collect();
    let is_checked = !members.iter().zip(&types).any(|(member, ty)| is_unseen(member, ty));
    let mut derives = derives(cx, relation);
    match cx.options.style {
        RustStyle::Sqlx if is_checked => derives.push("sqlx::FromRow"),
        RustStyle::TokioPostgres if items.is_value && !members.is_empty() => {
            derives.extend(["postgres_types::ToSql", "postgres_types::FromSql"]);
        }
        _ => {}
    }
    items::write_derives(cx, derives, text);
    let derived = match cx.options.style {
        RustStyle::Sqlx => is_checked,
        RustStyle::TokioPostgres => items.is_value && !members.is_empty(),
        RustStyle::Plain => false,
    };
    if cx.options.style == RustStyle::TokioPostgres && derived {
        text.line(0, &["#[postgres(name = ", &literal(&id.name), ")]"]);
    }
    items::write_head(
        cx,
        "struct",
        &items.row.name,
        if members.is_empty() { " {}" } else { " {" },
        text,
    );
    for (member, column) in members.iter().zip(&relation.columns) {
        text.docs(1, column.comment.as_deref(), "");
        items::write_member(cx, member, derived, text);
    }
    if !members.is_empty() {
        text.line(0, &["}"]);
    }
    write_reading(cx, &items.row.name, &members, &types, is_checked, text);
    if items.is_value {
        items::write_composite_value(cx, &items.row.name, id, &members, text);
    }
}

/// Writes how a struct is read from a row of a result, where no derive does it.
pub(super) fn write_reading(
    cx: &Context<'_>,
    name: &str,
    members: &[Member<'_>],
    types: &[&Type],
    is_checked: bool,
    text: &mut Text,
) {
    match cx.options.style {
        RustStyle::Sqlx if !is_checked => write_from_row(name, members, types, text),
        RustStyle::TokioPostgres => write_try_from(name, members, text),
        RustStyle::Sqlx | RustStyle::Plain => {}
    }
}

/// Whether the driver's check refuses a column that it could decode.
pub(super) fn is_unseen(member: &Member<'_>, ty: &Type) -> bool {
    member.unchecked && matches!(ty, Type::Array(_))
}

fn write_new(cx: &Context<'_>, at: usize, relation: &Relation, columns: &[Spelled], text: &mut Text) {
    let name = &cx.relations[at].new;
    let given: Vec<(&Column, &Spelled)> = (relation.columns.iter().zip(columns))
        .filter(|(column, _)| column.insert != Insert::Never)
        .collect();
    text.docs(0, None, &format!("What an insert into `{}` takes.", relation.named.id));
    let mut derives = derives(cx, relation);
    if given.iter().all(|(column, _)| column.insert == Insert::Optional) {
        derives.push("Default");
    }
    items::write_derives(cx, derives, text);
    items::write_head(cx, "struct", name, if given.is_empty() { " {}" } else { " {" }, text);
    for (column, spelled) in &given {
        // NULL and the default are two things where there is a default.
        let has_default = matches!(column.source, Some(Source::Default(_) | Source::IdentityByDefault));
        match (column.insert, column.write_nullable) {
            (Insert::Optional, true) if has_default => {
                write_absence(cx, false, text);
                write_changed(column, spelled, 2, cx, text);
            }
            (Insert::Optional, false) => {
                write_absence(cx, false, text);
                write_changed(column, spelled, 1, cx, text);
            }
            (_, nullable) => write_changed(column, spelled, usize::from(nullable), cx, text),
        }
    }
    if !given.is_empty() {
        text.line(0, &["}"]);
    }
}

fn write_patch(cx: &Context<'_>, at: usize, relation: &Relation, columns: &[Spelled], text: &mut Text) {
    let name = &cx.relations[at].patch;
    let given: Vec<(&Column, &Spelled)> = (relation.columns.iter().zip(columns))
        .filter(|(column, _)| column.update)
        .collect();
    let summary = format!(
        "What an update of `{}` changes: `None` leaves a column as it is.",
        relation.named.id
    );
    text.docs(0, None, &summary);
    let mut derives = derives(cx, relation);
    derives.push("Default");
    items::write_derives(cx, derives, text);
    if cx.options.serde && !given.is_empty() {
        text.attribute(0, "serde", &["default"]);
    }
    items::write_head(cx, "struct", name, if given.is_empty() { " {}" } else { " {" }, text);
    for (column, spelled) in &given {
        write_absence(cx, true, text);
        write_changed(column, spelled, 1 + usize::from(column.write_nullable), cx, text);
    }
    if !given.is_empty() {
        text.line(0, &["}"]);
    }
}

/// Writes that a field may be absent, which is what the outermost `Option` of its type says: serde must not take `null`
/// for its absence. `defaulted` where the whole struct has a default.
pub(super) fn write_absence(cx: &Context<'_>, defaulted: bool, text: &mut Text) {
    if !cx.options.serde {
        return;
    }
    cx.need("set");
    let list = [
        "default",
        "with = \"super::pg::set\"",
        "skip_serializing_if = \"Option::is_none\"",
    ];
    text.attribute(1, "serde", &list[usize::from(defaulted)..]);
}

/// Writes a field with `options` times `Option` around it.
fn write_changed(column: &Column, spelled: &Spelled, options: usize, cx: &Context<'_>, text: &mut Text) {
    let mut code = String::with_capacity(spelled.ty.len() + options * 8);
    for _ in 0..options {
        code.push_str("Option<");
    }
    code.push_str(&spelled.ty);
    for _ in 0..options {
        code.push('>');
    }
    if spelled.is_renamed {
        items::write_rename(cx, &column.name, false, text);
    }
    let before = [cx.options.visibility.code(), " ", &spelled.identifier, ": "];
    text.typed(1, &before, &code, ",");
}

fn derives(cx: &Context<'_>, relation: &Relation) -> Vec<&'static str> {
    let mut derives = vec!["Debug", "Clone", "PartialEq"];
    let is_eq = |column: &Column| {
        let is_custom = column
            .custom
            .is_some_and(|custom| cx.api.overrides[custom].rust.is_some());
        !is_custom && cx.traits(&column.ty).eq
    };
    if relation.columns.iter().all(is_eq) {
        derives.push("Eq");
    }
    derives
}

fn write_from_row(name: &str, members: &[Member<'_>], types: &[&Type], text: &mut Text) {
    text.lines(0, &FROM_ROW.replace("Name", name));
    let method = |member: &Member<'_>, ty: &Type| match is_unseen(member, ty) {
        true => ".try_get_unchecked",
        false => ".try_get",
    };
    let methods: Vec<&str> = members
        .iter()
        .zip(types)
        .map(|(member, ty)| method(member, ty))
        .collect();
    write_gets(members, &methods, text);
}

fn write_try_from(name: &str, members: &[Member<'_>], text: &mut Text) {
    let row = if members.is_empty() { "_" } else { "row" };
    text.lines(0, &TRY_FROM.replace("ROW", row).replace("Name", name));
    write_gets(members, &vec![".try_get"; members.len()], text);
}

fn write_gets(members: &[Member<'_>], methods: &[&str], text: &mut Text) {
    let columns: Vec<_> = members.iter().map(|member| literal(&member.name)).collect();
    let fields: Vec<(&str, Call<'_>)> = (members.iter().zip(methods).zip(&columns))
        .map(|((member, name), argument)| {
            let receiver = "row";
            let call = Call {
                receiver,
                name,
                argument,
            };
            (member.identifier.as_str(), call)
        })
        .collect();
    text.ok_self(&fields);
    text.lines(0, "    }\n}");
}

const FROM_ROW: &str = "\
impl<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow> for Name {
    fn from_row(row: &'r sqlx::postgres::PgRow) -> sqlx::Result<Self> {
        use sqlx::Row as _;";

const TRY_FROM: &str = "\
impl TryFrom<&tokio_postgres::Row> for Name {
    type Error = tokio_postgres::Error;
    fn try_from(ROW: &tokio_postgres::Row) -> Result<Self, Self::Error> {";
