//! The user's own types and derives: code that is taken as it stands, if it is code.

use crate::Result;
use crate::codegen::model::Api;
use crate::config::rust::Rust;

/// Refuses what does not parse.
#[cfg(feature = "cli")]
pub(super) fn check(api: &Api, options: &Rust) -> Result<()> {
    use crate::Error;

    for path in &options.derives {
        if syn::parse_str::<syn::Path>(path).is_err() {
            let message = format!("`{path}` under `derives` is not the path of a derive");
            return Err(Error::new(message).with_hint("write it as in #[derive(…)]: utoipa::ToSchema"));
        }
    }
    for (at, custom) in api.overrides.iter().enumerate() {
        let Some(code) = &custom.rust else { continue };
        if syn::parse_str::<syn::Type>(code).is_err() {
            let message = format!("`rust = \"{code}\"` for {} is not a Rust type", user(api, at));
            return Err(Error::new(message).with_hint("write its path: crate::Email"));
        }
    }
    Ok(())
}

/// Nothing is refused where there is no parser: the compiler will.
#[cfg(not(feature = "cli"))]
#[allow(clippy::unnecessary_wraps, reason = "with the parser it can fail")]
pub(super) fn check(_: &Api, _: &Rust) -> Result<()> {
    Ok(())
}

/// The first column that an override is for.
#[cfg(feature = "cli")]
fn user(api: &Api, at: usize) -> String {
    use super::context::custom_of;

    api.relations
        .iter()
        .flat_map(|relation| relation.columns.iter().map(move |column| (relation, column)))
        .find(|(_, column)| column.custom == Some(at) || custom_of(&column.ty) == Some(at))
        .map_or_else(
            || "a type".to_owned(),
            |(relation, column)| format!("{}.{}", relation.named.id, crate::sql::identifier(&column.name)),
        )
}
