//! Enums, domains, composite types, ranges and the newtypes of keys.

use std::borrow::Cow;

use super::context::Context;
use super::names;
use super::text::{Call, Text, literal};
use super::types::Traits;
use crate::catalog::QName;
use crate::codegen::model::{Composite, Domain, Enum, Range, Scalar, Type};
use crate::codegen::naming;
use crate::config::rust::{Domains, RustStyle};

/// A field of a struct that is a value of PostgreSQL: an attribute of a composite type, or a column of a row.
pub(super) struct Member<'a> {
    /// Its name in the database.
    pub(super) name: Cow<'a, str>,
    /// Its identifier as code.
    pub(super) identifier: String,
    /// Its type as code, with its `Option`.
    pub(super) code: String,
    /// Whether the driver decodes it only unseen.
    pub(super) unchecked: bool,
    /// The type's name, where the driver would take another type for it.
    pub(super) typed: Option<&'a str>,
    /// Whether it is `json`, which sqlx writes as `jsonb` inside other values.
    pub(super) is_json: bool,
}

pub(super) fn write_enum(cx: &Context<'_>, at: usize, thing: &Enum, text: &mut Text) {
    let (item, id) = (&cx.enums[at], &thing.named.id);
    let mut variants: Vec<String> = thing.labels.iter().map(|label| names::item(label)).collect();
    naming::distinct(&mut variants, |_, _| false, |name| name == "Self");
    text.docs(0, thing.named.comment.as_deref(), &format!("The enum `{id}`."));
    let mut derives = vec!["Debug", "Clone", "Copy", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash"];
    // The derives of the drivers do not compile for an enum without labels.
    match cx.options.style {
        _ if variants.is_empty() => {}
        RustStyle::Sqlx => derives.extend(["sqlx::Encode", "sqlx::Decode"]),
        RustStyle::TokioPostgres => derives.extend(["postgres_types::ToSql", "postgres_types::FromSql"]),
        RustStyle::Plain => {}
    }
    write_derives(cx, derives, text);
    // Whatever cases the drivers and serde tell apart, they agree on such words.
    let regular = !variants.is_empty() && thing.labels.iter().all(|label| is_regular(label));
    write_attributes(cx, &id.name, regular, variants.is_empty(), text);
    write_head(
        cx,
        "enum",
        &item.name,
        if variants.is_empty() { " {}" } else { " {" },
        text,
    );
    for (variant, label) in variants.iter().zip(&thing.labels) {
        if !regular && variant != label {
            write_rename(cx, label, true, text);
        }
        text.line(1, &[variant, ","]);
    }
    if !variants.is_empty() {
        text.line(0, &["}"]);
    }
    match cx.options.style {
        RustStyle::Sqlx => {
            write_named(cx, &item.name, id, text);
            if variants.is_empty() {
                text.lines(0, &NO_LABELS_SQLX.replace("Name", &item.name));
            }
        }
        RustStyle::TokioPostgres if variants.is_empty() => {
            text.lines(0, &NO_LABELS_TOKIO_POSTGRES.replace("Name", &item.name));
        }
        RustStyle::TokioPostgres | RustStyle::Plain => {}
    }
}

pub(super) fn write_domain(cx: &Context<'_>, at: usize, thing: &Domain, text: &mut Text) {
    let (item, id) = (&cx.domains[at], &thing.named.id);
    let mut base = String::new();
    cx.push_type(&thing.base, item.module, &mut base);
    text.docs(0, thing.named.comment.as_deref(), &format!("The domain `{id}`."));
    if cx.options.domains() == Domains::Alias {
        let before = [cx.options.visibility.code(), " type ", &item.name, " = "];
        text.typed(0, &before, &base, ";");
        return;
    }
    write_newtype(cx, &item.name, &base, cx.traits(&thing.base), false, text);
    if !cx.has_driver() {
        return;
    }
    cx.need("domain");
    if cx.options.style == RustStyle::Sqlx && is_array(cx, &thing.base) {
        // sqlx knows no array of arrays, but there are arrays of the domain.
        let array = literal(&format!("{id}[]"));
        let info = ["sqlx::postgres::PgTypeInfo::with_name(", &array, ")"].concat();
        return text.call("super::pg::domain!", &[&item.name, &info]);
    }
    text.call("super::pg::domain!", &[&item.name]);
}

pub(super) fn write_range(cx: &Context<'_>, at: usize, thing: &Range, text: &mut Text) {
    let (item, id) = (&cx.ranges[at], &thing.named.id);
    text.docs(0, thing.named.comment.as_deref(), &format!("The range type `{id}`."));
    if cx.options.style == RustStyle::Plain {
        text.line(0, &[cx.options.visibility.code(), " type ", &item.name, " = String;"]);
        return;
    }
    let mut base = String::new();
    cx.push_range(&thing.subtype, item.module, &mut base);
    write_newtype(cx, &item.name, &base, cx.traits(&Type::Range(at)), true, text);
    if cx.options.style == RustStyle::Sqlx {
        write_named(cx, &item.name, id, text);
    }
}

pub(super) fn write_composite(cx: &Context<'_>, at: usize, thing: &Composite, text: &mut Text) {
    let (item, id) = (&cx.composites[at], &thing.named.id);
    let mut identifiers: Vec<String> = thing
        .fields
        .iter()
        .map(|field| names::field(field.name.as_deref().unwrap_or("")))
        .collect();
    let exact = |at: usize, name: &str| thing.fields[at].name.as_deref() == Some(name);
    naming::distinct(&mut identifiers, exact, names::refuses_field);
    let members: Vec<Member<'_>> = thing
        .fields
        .iter()
        .zip(identifiers)
        .map(|(field, identifier)| {
            let mut code = "Option<".to_owned();
            cx.push_type(&field.ty, item.module, &mut code);
            code.push('>');
            let name = field.name.as_deref().unwrap_or("");
            member(
                cx,
                Cow::Borrowed(name),
                names::code(identifier),
                code,
                &field.ty,
                &field.sql,
            )
        })
        .collect();
    text.docs(
        0,
        thing.named.comment.as_deref(),
        &format!("The composite type `{id}`."),
    );
    let mut derives = vec!["Debug", "Clone", "PartialEq"];
    // The derives do not compile without fields.
    let is_derived = cx.options.style == RustStyle::TokioPostgres && !members.is_empty();
    if is_derived {
        derives.extend(["postgres_types::ToSql", "postgres_types::FromSql"]);
    }
    write_derives(cx, derives, text);
    write_attributes(cx, &id.name, false, !is_derived, text);
    write_head(
        cx,
        "struct",
        &item.name,
        if members.is_empty() { " {}" } else { " {" },
        text,
    );
    for (member, field) in members.iter().zip(&thing.fields) {
        text.docs(1, field.comment.as_deref(), "");
        write_member(cx, member, is_derived, text);
    }
    if !members.is_empty() {
        text.line(0, &["}"]);
    }
    write_composite_value(cx, &item.name, id, &members, text);
}

/// The newtype of a key.
pub(super) fn write_id(cx: &Context<'_>, at: usize, text: &mut Text) {
    let (relation, items) = (&cx.api.relations[at], &cx.relations[at]);
    let Some(key) = super::context::single_key(relation) else {
        return;
    };
    let mut base = String::new();
    cx.push_type(&relation.columns[key].ty, items.row.module, &mut base);
    text.docs(0, None, &format!("The key of `{}`.", relation.named.id));
    write_newtype(cx, &items.id, &base, cx.traits(&relation.columns[key].ty), true, text);
}

/// A member of a struct that stands for a value.
pub(super) fn member<'a>(
    cx: &Context<'_>,
    name: Cow<'a, str>,
    identifier: String,
    code: String,
    ty: &Type,
    sql: &'a str,
) -> Member<'a> {
    Member {
        name,
        identifier,
        code,
        unchecked: cx.hides_domain(ty),
        typed: (cx.options.style == RustStyle::Sqlx && !cx.is_exact(ty)).then_some(sql),
        is_json: *ty == Type::Scalar(Scalar::Json),
    }
}

/// Writes a member as a field; `derived` where a derive of the driver reads its attributes.
pub(super) fn write_member(cx: &Context<'_>, member: &Member<'_>, derived: bool, text: &mut Text) {
    if member.identifier.trim_start_matches("r#") != member.name {
        write_rename(cx, &member.name, derived, text);
    }
    let before = [cx.options.visibility.code(), " ", &member.identifier, ": "];
    text.typed(1, &before, &member.code, ",");
}

/// Writes what makes a struct a value of a composite type, where no derive does it.
pub(super) fn write_composite_value(cx: &Context<'_>, name: &str, id: &QName, members: &[Member<'_>], text: &mut Text) {
    match cx.options.style {
        RustStyle::Sqlx => {}
        RustStyle::TokioPostgres if members.is_empty() => {
            let code = NO_FIELDS_TOKIO_POSTGRES.replace("NAME", &literal(&id.name));
            return text.lines(0, &code.replace("Name", name));
        }
        RustStyle::TokioPostgres | RustStyle::Plain => return,
    }
    write_named(cx, name, id, text);
    text.lines(0, &ENCODE_SQLX.replace("Name", name));
    for member in members {
        match &member.typed {
            Some(_) if member.is_json => {
                cx.need("json");
                let argument = ["&self.", &member.identifier].concat();
                text.statement("super::pg::encode_json", &["&mut encoder", &argument]);
            }
            Some(sql) => {
                cx.need("typed");
                text.statement(
                    "super::pg::encode",
                    &["&mut encoder", &["&self.", &member.identifier].concat(), &literal(sql)],
                );
            }
            None => {
                let argument = ["&self.", &member.identifier].concat();
                let call = Call {
                    receiver: "encoder",
                    name: ".encode",
                    argument: &argument,
                };
                text.fallible(2, "", &call, "?;");
            }
        }
    }
    text.lines(0, ENCODED_SQLX);
    if members.is_empty() {
        return text.lines(0, &DECODE_NOTHING_SQLX.replace("Name", name));
    }
    text.lines(0, &DECODE_SQLX.replace("Name", name));
    let fields: Vec<(&str, Call<'_>)> = members
        .iter()
        .map(|member| {
            let (receiver, name, argument) = match member.unchecked {
                true => ("", "super::pg::unchecked", "&mut decoder"),
                false => ("decoder", ".try_decode", ""),
            };
            let call = Call {
                receiver,
                name,
                argument,
            };
            (member.identifier.as_str(), call)
        })
        .collect();
    if members.iter().any(|member| member.unchecked) {
        cx.need("unchecked");
    }
    text.ok_self(&fields);
    text.lines(0, "    }\n}");
}

/// Writes the derives of a struct or enum, with serde's and the user's own.
pub(super) fn write_derives<'a>(cx: &'a Context<'_>, mut derives: Vec<&'a str>, text: &mut Text) {
    if cx.options.serde {
        derives.extend(["serde::Serialize", "serde::Deserialize"]);
    }
    for more in &cx.options.derives {
        let last = |path: &str| path.rsplit("::").next().map(str::trim).unwrap_or_default().to_owned();
        if !derives.iter().any(|derive| last(derive) == last(more)) {
            derives.push(more);
        }
    }
    text.attribute(0, "derive", &derives);
}

/// Writes the first line of a struct or enum.
pub(super) fn write_head(cx: &Context<'_>, kind: &str, name: &str, end: &str, text: &mut Text) {
    text.line(0, &[cx.options.visibility.code(), " ", kind, " ", name, end]);
}

/// Writes what a field or variant is called outside of Rust; `derived` where a derive of the driver reads it.
pub(super) fn write_rename(cx: &Context<'_>, name: &str, derived: bool, text: &mut Text) {
    let name = literal(name);
    let rename = ["rename = ", &name].concat();
    match cx.options.style {
        RustStyle::Sqlx if derived => text.attribute(1, "sqlx", &[&rename]),
        RustStyle::TokioPostgres if derived => text.attribute(1, "postgres", &[&["name = ", &name].concat()]),
        _ => {}
    }
    if cx.options.serde {
        text.attribute(1, "serde", &[&rename]);
    }
}

fn write_attributes(cx: &Context<'_>, name: &str, regular: bool, empty: bool, text: &mut Text) {
    let name = ["name = ", &literal(name)].concat();
    let rename = "rename_all = \"snake_case\"";
    match cx.options.style {
        RustStyle::Sqlx if regular => text.attribute(0, "sqlx", &[rename]),
        RustStyle::TokioPostgres if regular => text.attribute(0, "postgres", &[&name, rename]),
        RustStyle::TokioPostgres if !empty => text.attribute(0, "postgres", &[&name]),
        _ => {}
    }
    if cx.options.serde && regular {
        text.attribute(0, "serde", &[rename]);
    }
}

fn write_newtype(cx: &Context<'_>, name: &str, base: &str, traits: Traits, transparent: bool, text: &mut Text) {
    let mut derives = vec!["Debug", "Clone"];
    derives.extend(traits.copy.then_some("Copy"));
    derives.push("PartialEq");
    derives.extend(traits.eq.then_some("Eq"));
    derives.extend(traits.hash.then_some("Hash"));
    let is_range = base.starts_with("super::pg::Range<");
    match cx.options.style {
        RustStyle::Sqlx if transparent && !is_range => derives.push("sqlx::Type"),
        RustStyle::Sqlx => derives.extend(["sqlx::Encode", "sqlx::Decode"]),
        RustStyle::TokioPostgres if transparent => derives.extend(["postgres_types::ToSql", "postgres_types::FromSql"]),
        RustStyle::TokioPostgres | RustStyle::Plain => {}
    }
    write_derives(cx, derives, text);
    match cx.options.style {
        RustStyle::Sqlx if transparent && !is_range => text.line(0, &["#[sqlx(transparent)]"]),
        RustStyle::TokioPostgres if transparent => text.line(0, &["#[postgres(transparent)]"]),
        _ => {}
    }
    text.newtype(cx.options.visibility.code(), name, base);
}

/// Writes the call that tells sqlx what a type is called.
fn write_named(cx: &Context<'_>, name: &str, id: &QName, text: &mut Text) {
    cx.need("named");
    let full = id.to_string();
    if full.is_ascii() {
        return text.call("super::pg::named!", &[name, &literal(&full)]);
    }
    let lookup = escaped(id);
    text.call("super::pg::named!", &[name, &literal(&lookup), &literal(&full)]);
}

/// A name in which every character but ASCII's is escaped by PostgreSQL's rules: sqlx itself would do it by Rust's.
fn escaped(id: &QName) -> String {
    let part = |name: &str| {
        let mut out = "U&\"".to_owned();
        for character in name.chars() {
            match character {
                '"' => out.push_str("\"\""),
                '\\' => out.push_str("\\\\"),
                _ if character.is_ascii() => out.push(character),
                _ => out.push_str(&format!("\\+{:06x}", u32::from(character))),
            }
        }
        out + "\""
    };
    format!("{}.{}", part(&id.schema), part(&id.name))
}

fn is_array(cx: &Context<'_>, ty: &Type) -> bool {
    match ty {
        Type::Array(_) => true,
        Type::Domain(at) => is_array(cx, &cx.api.domains[*at].base),
        _ => false,
    }
}

/// Whether a label is words of two letters or more, which every tool's `snake_case` gives back.
fn is_regular(label: &str) -> bool {
    label
        .split('_')
        .all(|word| word.len() >= 2 && word.bytes().all(|byte| byte.is_ascii_lowercase()))
}

const NO_LABELS_SQLX: &str = "\
impl sqlx::Encode<'_, sqlx::Postgres> for Name {
    fn encode_by_ref(
        &self,
        _: &mut sqlx::postgres::PgArgumentBuffer,
    ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
        match *self {}
    }
}
impl sqlx::Decode<'_, sqlx::Postgres> for Name {
    fn decode(
        _: sqlx::postgres::PgValueRef<'_>,
    ) -> Result<Self, sqlx::error::BoxDynError> {
        Err(\"the enum has no labels\".into())
    }
}";

const NO_LABELS_TOKIO_POSTGRES: &str = "\
impl postgres_types::FromSql<'_> for Name {
    fn from_sql(
        _: &postgres_types::Type,
        _: &[u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Err(\"the enum has no labels\".into())
    }
    fn accepts(_: &postgres_types::Type) -> bool {
        true
    }
}
impl postgres_types::ToSql for Name {
    fn to_sql(
        &self,
        _: &postgres_types::Type,
        _: &mut postgres_types::private::BytesMut,
    ) -> Result<postgres_types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match *self {}
    }
    fn accepts(_: &postgres_types::Type) -> bool {
        true
    }
    postgres_types::to_sql_checked!();
}";

const NO_FIELDS_TOKIO_POSTGRES: &str = "\
impl postgres_types::FromSql<'_> for Name {
    fn from_sql(
        _: &postgres_types::Type,
        _: &[u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self {})
    }
    fn accepts(ty: &postgres_types::Type) -> bool {
        ty.name() == NAME
    }
}
impl postgres_types::ToSql for Name {
    fn to_sql(
        &self,
        _: &postgres_types::Type,
        out: &mut postgres_types::private::BytesMut,
    ) -> Result<postgres_types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
        out.extend_from_slice(&[0; 4]);
        Ok(postgres_types::IsNull::No)
    }
    fn accepts(ty: &postgres_types::Type) -> bool {
        ty.name() == NAME
    }
    postgres_types::to_sql_checked!();
}";

const ENCODE_SQLX: &str = "\
impl sqlx::Encode<'_, sqlx::Postgres> for Name {
    fn encode_by_ref(
        &self,
        buf: &mut sqlx::postgres::PgArgumentBuffer,
    ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
        let mut encoder = sqlx::postgres::types::PgRecordEncoder::new(buf);";

const ENCODED_SQLX: &str = "        encoder.finish();
        Ok(sqlx::encode::IsNull::No)
    }
}";

const DECODE_NOTHING_SQLX: &str = "\
impl sqlx::Decode<'_, sqlx::Postgres> for Name {
    fn decode(
        _: sqlx::postgres::PgValueRef<'_>,
    ) -> Result<Self, sqlx::error::BoxDynError> {
        Ok(Self {})
    }
}";

const DECODE_SQLX: &str = "\
impl<'r> sqlx::Decode<'r, sqlx::Postgres> for Name {
    fn decode(
        value: sqlx::postgres::PgValueRef<'r>,
    ) -> Result<Self, sqlx::error::BoxDynError> {
        let mut decoder = sqlx::postgres::types::PgRecordDecoder::new(value)?;";
