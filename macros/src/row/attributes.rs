//! What the attributes of a struct and its fields say about columns: sqlx's, those of postgres-types, and ours.

use heck::{ToKebabCase as _, ToLowerCamelCase as _, ToPascalCase as _, ToShoutySnakeCase as _, ToSnakeCase as _};
use syn::meta::ParseNestedMeta;
use syn::{Attribute, Field, LitStr, Token, Type};

/// What the attributes of a struct say.
#[derive(Default)]
pub(super) struct Container {
    rename_all: Option<String>,
}

/// What the attributes of a field say.
#[derive(Default)]
pub(super) struct Marks {
    /// The column's name, where it is not the field's.
    pub(super) column: Option<LitStr>,
    /// The type that is decoded, where it is not the field's (`try_from`).
    pub(super) decoded: Option<Type>,
    pub(super) is_as_is: bool,
    pub(super) is_nullable: bool,
    pub(super) is_skipped: bool,
    pub(super) is_flat: bool,
    pub(super) is_json: bool,
    pub(super) is_json_nullable: bool,
}

impl Container {
    pub(super) fn read(attributes: &[Attribute]) -> syn::Result<Self> {
        let mut container = Self::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("sqlx")) {
            attribute.parse_nested_meta(|meta| {
                match meta.path.is_ident("rename_all") {
                    true => container.rename_all = Some(meta.value()?.parse::<LitStr>()?.value()),
                    false => skip(&meta)?,
                }
                Ok(())
            })?;
        }
        Ok(container)
    }

    /// The column of a field without a name of its own, as sqlx names it.
    pub(super) fn rename(&self, field: &str) -> String {
        match self.rename_all.as_deref() {
            Some("snake_case") => field.to_snake_case(),
            Some("lowercase") => field.to_lowercase(),
            Some("UPPERCASE") => field.to_uppercase(),
            Some("SCREAMING_SNAKE_CASE") => field.to_shouty_snake_case(),
            Some("kebab-case") => field.to_kebab_case(),
            Some("camelCase") => field.to_lower_camel_case(),
            Some("PascalCase") => field.to_pascal_case(),
            // Another is sqlx's to refuse.
            _ => field.to_owned(),
        }
    }
}

impl Marks {
    pub(super) fn read(field: &Field) -> syn::Result<Self> {
        let mut marks = Self::default();
        for attribute in &field.attrs {
            let path = attribute.path();
            if path.is_ident("row") {
                attribute.parse_nested_meta(|meta| marks.ours(&meta))?;
            } else if path.is_ident("sqlx") {
                attribute.parse_nested_meta(|meta| marks.sqlx(&meta))?;
            } else if path.is_ident("postgres") {
                attribute.parse_nested_meta(|meta| match meta.path.is_ident("name") {
                    true => marks.name(&meta),
                    false => skip(&meta),
                })?;
            }
        }
        Ok(marks)
    }

    fn ours(&mut self, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        if meta.path.is_ident("as_is") {
            self.is_as_is = true;
        } else if meta.path.is_ident("nullable") {
            self.is_nullable = true;
        } else if meta.path.is_ident("column") {
            self.column = Some(meta.value()?.parse()?);
        } else {
            return Err(meta.error("known here: as_is, nullable, column = \"…\""));
        }
        Ok(())
    }

    fn sqlx(&mut self, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        if meta.path.is_ident("rename") {
            return self.name(meta);
        }
        if meta.path.is_ident("try_from") {
            self.decoded = Some(meta.value()?.parse::<LitStr>()?.parse()?);
        } else if meta.path.is_ident("json") {
            self.is_json = true;
            if meta.input.peek(syn::token::Paren) {
                meta.parse_nested_meta(|inner| {
                    self.is_json_nullable |= inner.path.is_ident("nullable");
                    Ok(())
                })?;
            }
        } else {
            self.is_skipped |= meta.path.is_ident("skip");
            self.is_flat |= meta.path.is_ident("flatten");
            skip(meta)?;
        }
        Ok(())
    }

    /// The column's name; ours goes before others, wherever it stands.
    fn name(&mut self, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        let name = meta.value()?.parse()?;
        self.column.get_or_insert(name);
        Ok(())
    }
}

/// Takes our attributes away, which the compiler would look for a macro for.
pub(super) fn strip(field: &mut Field) {
    field.attrs.retain(|attribute| !attribute.path().is_ident("row"));
}

/// Passes over what is somebody else's: `name`, `name = value` or `name(…)`.
fn skip(meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
    if meta.input.peek(Token![=]) {
        meta.value()?.parse::<syn::Expr>()?;
    } else if meta.input.peek(syn::token::Paren) {
        let content;
        syn::parenthesized!(content in meta.input);
        content.parse::<proc_macro2::TokenStream>()?;
    }
    Ok(())
}
