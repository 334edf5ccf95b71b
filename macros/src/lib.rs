//! Inline types from a committed pgkeel snapshot, and a check of the structs that users write themselves.
//!
//! Nothing here opens a socket: what is read is the snapshot (`pgkeel pull` writes it) and `pgkeel.toml`, where there is
//! one in the package's folder or above it. Editing either builds the crate again.

mod cache;
mod input;
mod row;
mod schema;
mod settings;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::print_stdout)]
mod tests;

use proc_macro::TokenStream;

/// The types of a whole schema, or of chosen tables and what they are made of, as `pgkeel generate --lang rust` writes
/// them: a module per schema, and `pg` beside them where it is needed.
///
/// ```text
/// mod db {
///     pgkeel_macros::schema!("schema.snapshot.json", tables = ["public.users", "public.orders"]);
/// }
/// use db::public::{NewUsers, Users};
/// ```
///
/// The snapshot's path is relative to the package's folder. After it, each in any order and all optional:
///
/// - `tables = ["schema.name", …]`: tables and views; without it, everything that is ours.
/// - `names = { "public.users" = "Account", "public.users.type" = "kind" }`: as `[names]` of `pgkeel.toml`, for Rust.
/// - `types = { "public.email" = "crate::Email" }`, `columns = { "public.orders.meta" = "crate::Meta" }`: as `[types]` and
///   `[columns]`, for Rust.
/// - `schemas`, `exclude`, `platform`: as in `[scope]`.
/// - every option of `lang = "rust"`, by its name: `derives = ["utoipa::ToSchema"]`, `style = "plain"`, `datetime = "time"`,
///   `serde = false`, `partitions = true`, …
/// - `config = "../pgkeel.toml"`: another file than the one that is found.
///
/// What is not said here is as `pgkeel.toml` says, its first entry for Rust included.
#[proc_macro]
pub fn schema(input: TokenStream) -> TokenStream {
    schema::expand(input.into())
        .unwrap_or_else(|error| error.into_compile_error())
        .into()
}

/// Checks a struct against a table or view: each field is a column, of the column's type, and an `Option` exactly where
/// the column can be NULL. The error stands on the field.
///
/// ```text
/// #[pgkeel_macros::row("public.users")]
/// #[derive(sqlx::FromRow)]
/// struct User {
///     id: i64,
///     email: Option<String>,
///     #[sqlx(rename = "createdAt")]
///     created_at: chrono::DateTime<chrono::Utc>,
///     #[row(as_is)]
///     status: MyStatus,
/// }
/// ```
///
/// It stands above the derives. Columns may be missing, as they may be in a query. The types are those that
/// [`schema!`] would give, by the same `pgkeel.toml` and the same options, written in whatever way names them.
/// `rename`, `rename_all`, `skip`, `flatten`, `json` and `try_from` of sqlx mean what they mean to it.
///
/// After the table, all optional: `snapshot = "…"` (without it, as `pgkeel.toml` says), `module = crate::db`, where the
/// generated types are (without it, the type of a column that is an enum, a composite type or the like is the user's own
/// affair; whether it is an `Option` is checked), `exhaustive` (every column must have a field), and the options of
/// [`schema!`] that decide about types.
///
/// On a field: `#[row(as_is)]` leaves its type alone, `#[row(nullable)]` wants an `Option` whatever the column says, for
/// the far side of an outer join, `#[row(column = "…")]` names the column.
#[proc_macro_attribute]
pub fn row(arguments: TokenStream, item: TokenStream) -> TokenStream {
    row::expand(arguments.into(), item.into()).into()
}
