//! `pgkeel generate`: reads a schema and writes, prints or checks the types.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::args::TypesWords as Words;
use super::drop_aside;
use super::exit::Exit;
use super::report::{self, Report};
use super::source::Reading;
use crate::codegen::files::{self, Change, ChangeKind, OutputFile};
use crate::config::load::Project;
use crate::config::{Config, Generate, Lang, Language, Layout};
use crate::introspect::Depth;
use crate::{Error, Result, codegen};

/// What is generated where no language is named; JSON Schema is for those who ask for it.
pub(super) const USUAL: [Lang; 3] = [Lang::Typescript, Lang::Rust, Lang::Python];

/// What is generated, from what, and what becomes of it.
pub(super) struct Settings {
    pub(super) reading: Reading,
    /// The configuration with the entries that are wanted.
    config: Config,
    /// The folder that the entries' paths are relative to.
    base: PathBuf,
    mode: Mode,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Write { force: bool },
    Check,
    Print,
}

impl Settings {
    /// What was typed and configured, put together.
    pub(super) fn new(words: &Words, check: bool, project: &Project, report: Report) -> Result<Self> {
        let mut config = project.config.clone();
        config.generate = entries(words, &project.config)?;
        if let Some(style) = &words.style {
            set_style(&mut config.generate, style)?;
        }
        let (mut base, mut mode) = (project.base.clone(), Mode::Write { force: words.force });
        if check {
            mode = Mode::Check;
        }
        match words.out.as_deref() {
            None => {}
            Some(out) if out == Path::new("-") => {
                if check {
                    return Err(Error::new("`--check` has nothing to compare with `--out -`"));
                }
                mode = Mode::Print;
                for entry in &mut config.generate {
                    entry.layout = Layout::Single;
                    if let Language::Rust(options) = &mut entry.language {
                        options.sqlx_toml = None;
                    }
                }
            }
            Some(out) => {
                base = PathBuf::new();
                redirect(&mut config.generate, out);
            }
        }
        if mode == Mode::Print && config.generate.len() > 1 {
            return Err(Error::new(format!(
                "`--out -` prints one language, and {} are wanted",
                config.generate.len()
            ))
            .with_hint("choose it with --lang"));
        }
        let reading = Reading::new(&words.source, project, report)?;
        Ok(Self {
            reading,
            config,
            base,
            mode,
        })
    }
}

/// Generates once.
pub(super) async fn run(settings: &Settings, report: Report) -> Result<Exit> {
    let (catalog, diagnostics) = settings.reading.read(Depth::Types, report).await?;
    report.diagnostics(&diagnostics);
    let (api, notes) = codegen::lower::lower(&catalog, &settings.config, &settings.reading.scope);
    // A large catalog need not stand beside all that is made of it.
    drop_aside(catalog);
    let output = codegen::spell(&api, notes, &settings.config)?;
    drop_aside(api);
    report.diagnostics(&output.notes);
    let (files, folders) = (output.files, output.folders);
    refuse_collisions(&files)?;
    match settings.mode {
        Mode::Print => {
            for file in &files {
                report::print(&file.contents)?;
            }
            Ok(Exit::Clean)
        }
        Mode::Write { force } => {
            let changes = files::write(&settings.base, &files, &folders, force)?;
            tell(&changes, &files, &settings.base, report);
            Ok(Exit::Clean)
        }
        Mode::Check => {
            let changes = files::check(&settings.base, &files, &folders)?;
            show(&changes, report)?;
            Ok(if changes.is_empty() {
                Exit::Clean
            } else {
                Exit::Difference
            })
        }
    }
}

/// The entries that are wanted: those of the languages that were typed, else those configured, else, where a place is
/// named for them, the usual ones.
fn entries(words: &Words, config: &Config) -> Result<Vec<Generate>> {
    if !words.lang.is_empty() {
        let langs = words
            .lang
            .iter()
            .map(|name| name.parse())
            .collect::<Result<BTreeSet<Lang>>>()?;
        let mut entries = Vec::new();
        for lang in langs {
            let configured = config.generate.iter().filter(|entry| entry.lang() == lang).cloned();
            let before = entries.len();
            entries.extend(configured);
            if entries.len() == before {
                entries.push(Generate::new(lang));
            }
        }
        return Ok(entries);
    }
    if !config.generate.is_empty() {
        return Ok(config.generate.clone());
    }
    match words.out {
        Some(_) => Ok(USUAL.map(Generate::new).to_vec()),
        None => Err(Error::new("there is nothing to generate").with_hint(
            "set a [[generate]] entry in pgkeel.toml, which `pgkeel init` writes, or name a folder with --out, or a language with --lang",
        )),
    }
}

fn set_style(entries: &mut [Generate], style: &str) -> Result<()> {
    let langs: BTreeSet<Lang> = entries.iter().map(Generate::lang).collect();
    if langs.len() > 1 {
        return Err(Error::new(format!("`--style {style}` needs one language")).with_hint("choose it with --lang"));
    }
    entries.iter_mut().try_for_each(|entry| entry.language.set_style(style))
}

/// Sends all output to `out`: a folder, or the file of a single entry.
fn redirect(entries: &mut [Generate], out: &Path) {
    let is_folder = out.is_dir() || out.as_os_str().as_encoded_bytes().ends_with(b"/") || out.extension().is_none();
    if let [entry] = entries
        && (entry.layout == Layout::PerSchema || !is_folder)
    {
        entry.out = out.to_owned();
        return;
    }
    for entry in entries {
        entry.out = out.join(entry.out.file_name().unwrap_or(entry.lang().default_file().as_ref()));
        if let Language::Rust(options) = &mut entry.language
            && let Some(file) = &mut options.sqlx_toml
        {
            *file = out.join(file.file_name().unwrap_or("sqlx.toml".as_ref()));
        }
    }
}

fn refuse_collisions(files: &[OutputFile]) -> Result<()> {
    let mut seen = BTreeSet::new();
    match files.iter().find(|file| !seen.insert(&file.path)) {
        Some(file) => Err(Error::new(format!("{} would be written twice", file.path.display()))
            .with_hint("give each entry of [[generate]] an `out` of its own")),
        None => Ok(()),
    }
}

/// Says what was written.
fn tell(changes: &[Change<'_>], files: &[OutputFile], base: &Path, report: Report) {
    let changed: BTreeMap<&Path, ChangeKind<'_>> = changes
        .iter()
        .map(|change| (change.path.as_path(), change.kind))
        .collect();
    for file in files {
        let path = base.join(&file.path);
        match changed.get(path.as_path()) {
            Some(_) => report.done(&format!("wrote {}", path.display())),
            None => report.say(&format!("{} is up to date", path.display())),
        }
    }
    for change in changes.iter().filter(|change| change.kind == ChangeKind::Surplus) {
        report.done(&format!(
            "removed {}, which is not generated any more",
            change.path.display()
        ));
    }
}

/// Shows what writing would change.
fn show(changes: &[Change<'_>], report: Report) -> Result<()> {
    for change in changes {
        let name = change.path.display().to_string();
        match change.kind {
            ChangeKind::Missing { .. } => report.finding(&name, "missing", "")?,
            ChangeKind::Surplus => report.finding(&name, "not generated any more", "")?,
            ChangeKind::Stale { new } => {
                let old = std::fs::read(&change.path).map_err(|error| Error::io("cannot read", &change.path, error))?;
                let old = String::from_utf8_lossy(&old);
                let diff = similar::TextDiff::from_lines(&*old, new);
                let diff = diff
                    .unified_diff()
                    .context_radius(3)
                    .header(&name, "generated")
                    .to_string();
                report.finding(&name, "not up to date", &diff)?;
            }
        }
    }
    match changes.len() {
        0 => report.done("everything generated is up to date"),
        count => report.say(&format!(
            "{count} {} not up to date: run `pgkeel generate`",
            if count == 1 { "file is" } else { "files are" }
        )),
    }
    Ok(())
}
