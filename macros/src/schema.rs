//! `schema!`: the types of a snapshot, as `pgkeel generate` writes them.

use std::path::{Path, PathBuf};

use pgkeel::catalog::QName;
use pgkeel::codegen::model::Api;
use pgkeel::codegen::{self, choose};
use pgkeel::config::load;
use proc_macro2::TokenStream;
use syn::LitStr;

use crate::cache::{self, Model};
use crate::input::Input;
use crate::settings::{self, Settings, error, explain};

pub(crate) fn expand(input: TokenStream) -> syn::Result<TokenStream> {
    let mut input: Input = syn::parse2(input)?;
    let package = package()?;
    let tables = input.take("tables")?.map(|option| option.strings()).transpose()?;
    let settings = settings::settings(&mut input, &package, &["tables"])?;
    let path = settings::file(&package, &input.first);
    let model = model(&path, &input.first, &settings)?;
    let code = match tables {
        None => spell(&model.api, &settings),
        Some(tables) => {
            let chosen = tables
                .iter()
                .map(|table| find(&model, table, &input.first.value()))
                .collect::<syn::Result<Vec<_>>>()?;
            spell(&choose::relations(&model.api, &chosen), &settings)
        }
    };
    let code = code.map_err(|error| explain(&error, input.first.span()))?;
    let mut tokens = tokens(&code).map_err(|wrong| {
        let message = format!("the generated code is no Rust: {wrong}");
        error(
            input.first.span(),
            message,
            "look at the derives, types and names that are yours",
        )
    })?;
    tokens.extend(cache::watch(
        [Some(path.as_path()), settings.file.as_deref()].into_iter().flatten(),
    ));
    Ok(tokens)
}

/// The code as the compiler reads it. `proc_macro2` reads it first by itself, which takes longer than everything else here;
/// it alone is there in tests.
fn tokens(code: &str) -> Result<TokenStream, String> {
    if proc_macro::is_available() {
        let read = code.parse::<proc_macro::TokenStream>();
        return read.map(TokenStream::from).map_err(|wrong| wrong.to_string());
    }
    code.parse().map_err(|wrong: proc_macro2::LexError| wrong.to_string())
}

fn spell(api: &Api, settings: &Settings) -> pgkeel::Result<String> {
    let generated = codegen::rust::generate(api, &settings.entry, &settings.rust())?;
    Ok(generated.files.into_iter().map(|file| file.contents).collect())
}

/// The folder of the package that is compiled.
pub(crate) fn package() -> syn::Result<PathBuf> {
    std::env::var_os("CARGO_MANIFEST_DIR")
        .map(PathBuf::from)
        .ok_or_else(|| {
            let message = "CARGO_MANIFEST_DIR is not set, which says what paths are relative to";
            error(proc_macro2::Span::call_site(), message, "compile with cargo")
        })
}

/// The schema of a snapshot; the error stands on the literal that names it.
pub(crate) fn model(path: &Path, name: &LitStr, settings: &Settings) -> syn::Result<std::sync::Arc<Model>> {
    let shown = name.value();
    if !path.is_file() {
        let message = format!("there is no snapshot `{shown}` in the package's folder");
        return Err(error(name.span(), message, "`pgkeel pull` writes it"));
    }
    cache::model(path, &shown, settings).map_err(|error| explain(&error, name.span()))
}

/// The position of a table or view; the error stands on the literal that names it.
pub(crate) fn find(model: &Model, table: &LitStr, snapshot: &str) -> syn::Result<usize> {
    let text = table.value();
    let id: Option<QName> = text.parse().ok();
    if let Some(at) = id.and_then(|id| model.relations.get(&id)) {
        return Ok(*at);
    }
    let names: Vec<String> = model.relations.keys().map(QName::to_string).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    // A bare name is likened to the names themselves.
    let message = format!("there is no table or view `{text}` in {snapshot}");
    let in_schema = names
        .iter()
        .find(|name| name.strip_suffix(text.as_str()).is_some_and(|rest| rest.ends_with('.')));
    let cure = match in_schema {
        Some(name) => format!("did you mean `{name}`?"),
        None => load::unknown("", &text, &names).hint().unwrap_or_default().to_owned(),
    };
    Err(error(
        table.span(),
        message,
        format!("{cure}\nhint: if the database has it: `pgkeel pull`"),
    ))
}
