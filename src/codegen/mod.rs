//! Typed code out of a catalog: one neutral model, spelled per language.

pub mod files;
pub mod json_schema;
pub mod lower;
pub mod model;
pub mod naming;
pub mod python;
pub mod rust;
pub mod typescript;

use crate::Result;
use crate::catalog::Catalog;
use crate::catalog::scope::Scope;
use crate::config::{Config, Generate, Language};
use crate::diagnostic::Diagnostic;
use crate::threads::joined;
use files::{OutputFile, OwnedFolder};

/// What [`generate`] gives.
#[derive(Clone, Debug, Default)]
pub struct Generated {
    /// The files, each path relative to the configuration's folder.
    pub files: Vec<OutputFile>,
    /// The folders whose generated files are all among them.
    pub folders: Vec<OwnedFolder>,
    /// What had to be decided, or could not be told.
    pub notes: Vec<Diagnostic>,
}

/// Generates what every `[[generate]]` entry of the configuration asks for, out of what is ours in `scope`. Nothing is
/// written.
///
/// # Errors
/// Where an entry asks for what its language cannot give, or holds code of the user's that does not parse.
pub fn generate(catalog: &Catalog, config: &Config, scope: &Scope) -> Result<Generated> {
    let (api, notes) = lower::lower(catalog, config, scope);
    spell(&api, notes, config)
}

/// Spells the model in every language that the configuration asks for. The catalog behind it may be gone by then.
///
/// # Errors
/// As [`generate`].
pub fn spell(api: &model::Api, notes: Vec<Diagnostic>, config: &Config) -> Result<Generated> {
    let mut all = Generated {
        notes,
        ..Generated::default()
    };
    // Each language is a pure function of the model: they share nothing but it.
    let outputs: Vec<Result<Generated>> = std::thread::scope(|threads| {
        let running: Vec<_> = config
            .generate
            .iter()
            .map(|entry| threads.spawn(|| language(api, entry)))
            .collect();
        running.into_iter().map(joined).collect()
    });
    for output in outputs {
        let output = output?;
        all.files.extend(output.files);
        all.folders.extend(output.folders);
        all.notes.extend(output.notes);
    }
    all.notes.sort();
    all.notes.dedup();
    Ok(all)
}

fn language(api: &model::Api, entry: &Generate) -> Result<Generated> {
    match &entry.language {
        Language::JsonSchema(options) => json_schema::generate(api, entry, options),
        Language::Typescript(options) => Ok(typescript::generate(api, entry, options)),
        Language::Python(options) => Ok(python::generate(api, entry, options)),
        Language::Rust(options) => rust::generate(api, entry, options),
    }
}
