//! What was read and made of it, once per process: a crate may have hundreds of invocations, and its snapshot megabytes.
//!
//! A file is read again where its time or its length is another: the server of an editor lives long.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::SystemTime;

use pgkeel::catalog::scope::Depth;
use pgkeel::catalog::{Catalog, QName};
use pgkeel::codegen::model::Api;
use pgkeel::codegen::rust::RowField;
use pgkeel::codegen::{self, lower};
use pgkeel::config::Platform;
use pgkeel::{Error, Result, snapshot};
use proc_macro2::TokenStream;
use quote::quote;

use crate::settings::Settings;

/// When a file was changed, and how long it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
}

impl Stamp {
    pub(crate) fn of(file: &Path) -> Result<Self> {
        let metadata = std::fs::metadata(file).map_err(|error| Error::io("cannot read", file, error))?;
        Ok(Self {
            modified: metadata.modified().ok(),
            length: metadata.len(),
        })
    }
}

/// A schema as an application sees it, by the settings of an invocation.
pub(crate) struct Model {
    pub(crate) api: Api,
    /// The relations by name.
    pub(crate) relations: BTreeMap<QName, usize>,
    fields: OnceLock<Vec<Vec<RowField>>>,
}

impl Model {
    /// The fields of a relation's row.
    pub(crate) fn fields(&self, at: usize, settings: &Settings) -> &[RowField] {
        let fields = self
            .fields
            .get_or_init(|| codegen::rust::row_fields(&self.api, &settings.entry, &settings.rust()));
        &fields[at]
    }
}

/// What tells settings apart: the file, its stamp, and the options.
pub(crate) type SettingsKey = (Option<PathBuf>, Option<Stamp>, String);

#[derive(Default)]
struct Cache {
    settings: HashMap<SettingsKey, Arc<Settings>>,
    catalogs: HashMap<PathBuf, (Stamp, Arc<Catalog>)>,
    models: HashMap<(PathBuf, String), (Stamp, Arc<Model>)>,
    /// The files that the compiler has been told of, by crate.
    told: BTreeSet<(Option<String>, PathBuf)>,
}

static CACHE: LazyLock<Mutex<Cache>> = LazyLock::new(Mutex::default);

/// The compiler expands one macro at a time, so that nobody waits for the lock while something is made.
fn cache() -> MutexGuard<'static, Cache> {
    CACHE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The settings for a key, made where they are not there.
pub(crate) fn settings<E>(
    key: SettingsKey,
    make: impl FnOnce(&SettingsKey) -> Result<Settings, E>,
) -> Result<Arc<Settings>, E> {
    if let Some(made) = cache().settings.get(&key) {
        return Ok(made.clone());
    }
    let made = Arc::new(make(&key)?);
    cache().settings.insert(key, made.clone());
    Ok(made)
}

/// The schema of a snapshot by these settings. The snapshot's bytes are read where its stamp is another.
pub(crate) fn model(path: &Path, shown: &str, settings: &Settings) -> Result<Arc<Model>> {
    let stamp = Stamp::of(path)?;
    let key = (path.to_owned(), settings.text.clone());
    if let Some((of, model)) = cache().models.get(&key)
        && *of == stamp
    {
        return Ok(model.clone());
    }
    let catalog = catalog(path, shown, stamp)?;
    let is_supabase = match settings.config.scope.platform {
        Some(platform) => platform == Platform::Supabase,
        None => settings.base.join("supabase/config.toml").is_file(),
    };
    let scope = codegen::scope(&settings.config, is_supabase)?;
    let (api, _) = lower::lower(&catalog, &settings.config, &scope);
    let names = api.relations.iter().enumerate();
    let relations = names.map(|(at, relation)| (relation.named.id.clone(), at)).collect();
    let model = Arc::new(Model {
        api,
        relations,
        fields: OnceLock::new(),
    });
    cache().models.insert(key, (stamp, model.clone()));
    Ok(model)
}

fn catalog(path: &Path, shown: &str, stamp: Stamp) -> Result<Arc<Catalog>> {
    if let Some((of, catalog)) = cache().catalogs.get(path)
        && *of == stamp
    {
        return Ok(catalog.clone());
    }
    let text = std::fs::read_to_string(path).map_err(|error| Error::io("cannot read the snapshot", path, error))?;
    let catalog = Arc::new(snapshot::parse(&text, Path::new(shown), Depth::Types)?);
    cache().catalogs.insert(path.to_owned(), (stamp, catalog.clone()));
    Ok(catalog)
}

/// What makes the compiler watch the files. The bytes are constants that nobody uses; each file is named by the first
/// invocation of a crate alone, or a crate would hold it hundreds of times while it is compiled.
pub(crate) fn watch<'a>(files: impl IntoIterator<Item = &'a Path>) -> TokenStream {
    let package = std::env::var("CARGO_MANIFEST_DIR").ok();
    let target = std::env::var("CARGO_CRATE_NAME").ok();
    let of = package.map(|package| format!("{package} {}", target.unwrap_or_default()));
    let mut cache = cache();
    let mut code = TokenStream::new();
    for file in files {
        if let Some(path) = file.to_str()
            && cache.told.insert((of.clone(), file.to_owned()))
        {
            code.extend(quote! { const _: &[u8] = ::core::include_bytes!(#path); });
        }
    }
    code
}
