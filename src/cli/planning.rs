//! What `diff` and `migrate` share: two sides are read, and what turns one into the other is planned and proved.

use std::borrow::Cow;
use std::io::{BufRead as _, IsTerminal as _, Write as _};

use super::exit::Exit;
use super::migrate::write;
use super::report::Report;
use super::source::{Reading, Side};
use crate::catalog::{Catalog, Name};
use crate::config::load::Project;
use crate::diagnostic::Diagnostic;
use crate::introspect::Depth;
use crate::migrate::prove::{self, Grounds, Proof};
use crate::migrate::rename::{self, Rename};
use crate::migrate::{self, Plan, render, spelling};
use crate::scratch::SqlFile;
use crate::{Error, Result};

/// Two sides, and how to get from one to the other.
pub(super) struct Planning {
    from: Side,
    to: Side,
    reading: Reading,
    renames: Vec<Rename>,
    settings: Settings,
}

/// How a migration is planned.
#[derive(Clone, Default)]
pub(super) struct Settings {
    /// Whether tables are locked for as long as it takes.
    pub(super) offline: bool,
    /// Whether nothing is tried in a scratch database.
    pub(super) no_prove: bool,
    /// What fills the first side for the proof of the way there.
    pub(super) seed: Vec<SqlFile>,
    /// What fills the second for that of the way back.
    pub(super) seed_back: Vec<SqlFile>,
}

impl Planning {
    /// Reads both sides.
    pub(super) async fn new(
        mut from: Reading,
        mut to: Reading,
        settings: Settings,
        project: &Project,
        report: Report,
    ) -> Result<Self> {
        let keeps_roles = !from.source.is_snapshot() && !to.source.is_snapshot();
        (from.keeps_roles, to.keeps_roles) = (keeps_roles, keeps_roles);
        // A side that has its server is read first: the other's, and that of the proof, shall be like it.
        let (mut old, mut new);
        if to.source.has_server() && !from.source.has_server() {
            new = read(&to, &mut from, report).await?;
            old = read(&from, &mut to, report).await?;
        } else {
            old = read(&from, &mut to, report).await?;
            new = read(&to, &mut from, report).await?;
        }
        from.read_roles(&mut old, &new, report).await?;
        to.read_roles(&mut new, &old, report).await?;
        let (old, new) = with_one_owner(old, new);
        let roles = old.catalog.roles.iter().chain(&new.catalog.roles);
        to.scope.roles = roles.map(|role| role.name.clone()).collect();
        let declared = project.config.migrations.renames.iter().map(|rename| Rename {
            from: rename.from.clone(),
            to: rename.to.clone(),
        });
        let mut planning = Self {
            from: old,
            to: new,
            reading: to,
            renames: declared.collect(),
            settings,
        };
        planning.ask_for_renames(report)?;
        Ok(planning)
    }

    /// What turns the first side into the second.
    pub(super) async fn up(&self, report: Report) -> Result<Plan> {
        self.plan(&self.from, &self.to, &self.renames, &self.settings.seed, report)
            .await
    }

    /// What turns the second side into the first again.
    pub(super) async fn down(&self, report: Report) -> Result<Plan> {
        let renames = self.renames_back();
        self.plan(&self.to, &self.from, &renames, &self.settings.seed_back, report)
            .await
    }

    fn renames_back(&self) -> Vec<Rename> {
        let back = self.renames.iter().map(|rename| Rename {
            from: rename.to.clone(),
            to: rename.from.clone(),
        });
        back.collect()
    }

    /// Where columns do not stand as the other side has them, whatever the migration does.
    pub(super) fn column_orders(&self, down: bool) -> Vec<Diagnostic> {
        let back = self.renames_back();
        let (from, to, renames) = match down {
            true => (&self.to, &self.from, &back),
            false => (&self.from, &self.to, &self.renames),
        };
        migrate::column_orders(&from.catalog, &to.catalog, renames)
    }

    async fn plan(&self, from: &Side, to: &Side, renames: &[Rename], seed: &[SqlFile], report: Report) -> Result<Plan> {
        let session = self.from.session.clone().or_else(|| self.to.session.clone());
        let options = migrate::Options {
            session,
            offline: self.settings.offline,
        };
        let grounds = Grounds {
            session: options.session.as_ref(),
            seed,
            ..Grounds::new(&self.reading.scope, &self.reading.scratch)
        };
        let first = rename::steps(&from.catalog, &to.catalog, renames)?;
        let (old, mut steps) = if first.is_empty() {
            (Cow::Borrowed(&from.catalog), first)
        } else {
            let following = |renamed: &_| rename::following(renamed, &to.catalog, renames);
            let (renamed, steps) = prove::after(&from.catalog, first, following, &grounds).await?;
            (Cow::Owned(renamed), steps)
        };
        let old = if self.settings.no_prove {
            old
        } else {
            let _progress = report.progress("reading expressions again in a scratch database");
            spelling::alike(old, &to.catalog, &grounds).await?
        };
        steps.extend(migrate::plan(&old, &to.catalog, &options)?.steps);
        let plan = Plan { steps };
        if !plan.is_empty() && !self.settings.no_prove {
            let _progress = report.progress("proving the migration in a scratch database");
            let proof = prove::prove(&from.catalog, &to.catalog, &plan, &grounds).await?;
            if proof == Proof::Nothing {
                return Ok(Plan::default());
            }
            accept(proof)?;
        }
        Ok(plan)
    }

    /// Whoever sits before a terminal knows what is a rename; others are told how to say so.
    fn ask_for_renames(&mut self, report: Report) -> Result<()> {
        let is_declared = |candidate: &Rename| self.renames.iter().any(|rename| rename == candidate);
        let candidates = rename::candidates(&self.from.catalog, &self.to.catalog);
        let candidates = candidates
            .into_iter()
            .filter(|candidate| !is_declared(&candidate.rename));
        for candidate in candidates.collect::<Vec<_>>() {
            let Rename { from, to } = &candidate.rename;
            if std::io::stdin().is_terminal() && std::io::stderr().is_terminal() {
                if asked(&format!("is `{from}` renamed to `{to}` ({})? [y/N] ", candidate.reason))? {
                    self.renames.push(candidate.rename);
                }
                continue;
            }
            let noticed = Diagnostic::warning(
                from.clone(),
                format!("it goes, and `{to}` comes ({}): its data is lost", candidate.reason),
            );
            report.diagnostics(&[noticed.with_hint(format!(
                "if it is a rename, say so in pgkeel.toml: [migrations] renames = [{{ from = {from:?}, to = {to:?} }}]"
            ))]);
        }
        Ok(())
    }
}

/// Asks on the terminal; anything but yes is no.
fn asked(question: &str) -> Result<bool> {
    let failed = |error| Error::new("cannot ask on the terminal").with_source(error);
    let mut stderr = std::io::stderr();
    write!(stderr, "{question}")
        .and_then(|()| stderr.flush())
        .map_err(failed)?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer).map_err(failed)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// Reads a side, and has the other replayed, where it is, on a server of the same major version.
async fn read(side: &Reading, other: &mut Reading, report: Report) -> Result<Side> {
    let read = side.side(Depth::Whole, report).await?;
    report.diagnostics(&read.diagnostics);
    let major = Some(read.catalog.server.major).filter(|major| *major > 0);
    other.scratch.major = other.scratch.major.or(major);
    Ok(read)
}

/// What a scratch server's own role owns is owned elsewhere by whoever runs the same statements there.
fn with_one_owner(mut old: Side, mut new: Side) -> (Side, Side) {
    let rename = |side: &mut Side, to: &Name| {
        if let Some(own) = side.session.replace(to.clone()) {
            side.catalog = std::mem::take(&mut side.catalog).with_role(&own, to);
        }
    };
    match (
        old.is_replayed,
        new.is_replayed,
        old.session.clone(),
        new.session.clone(),
    ) {
        (true, false, _, Some(to)) => rename(&mut old, &to),
        (false, true, Some(to), _) => rename(&mut new, &to),
        _ => {}
    }
    (old, new)
}

/// How the project's migrations are written as SQL.
pub(super) fn style(project: &Project) -> render::Style {
    let lock_timeout = project.config.migrations.lock_timeout.clone();
    render::Style {
        lock_timeout: Some(lock_timeout.unwrap_or_else(|| render::LOCK_TIMEOUT.to_owned())),
    }
}

/// How to plan what the role of `grounds` will run while others go on.
pub(super) fn options(grounds: &Grounds<'_>) -> migrate::Options {
    migrate::Options {
        session: grounds.session.cloned(),
        offline: false,
    }
}

/// Writes `up`, which makes `after` of `before`, as the next migration of the project's own folder; with the way back,
/// proved unless `no_prove`, where the project wants one.
pub(super) async fn write(
    name: &str,
    up: &Plan,
    [before, after]: [&Catalog; 2],
    grounds: &Grounds<'_>,
    no_prove: bool,
    project: &Project,
    report: Report,
) -> Result<Exit> {
    let down = if project.config.migrations.down {
        let down = migrate::plan(after, before, &options(grounds))?;
        if !down.is_empty() && !no_prove {
            let _progress = report.progress("proving the way back in a scratch database");
            accept(prove::prove(after, before, &down, grounds).await?)?;
        }
        Some(down)
    } else {
        None
    };
    write::migration(name, up, down.as_ref(), project, report)
}

/// A plan that fails its proof is neither printed nor written.
pub(super) fn accept(proof: Proof) -> Result<()> {
    let (what, detail) = match proof {
        Proof::Holds | Proof::Nothing => return Ok(()),
        Proof::Differs(left) => {
            let statements = left.steps.iter().map(|step| format!("{};", step.statement.sql));
            (
                "does not make the new schema: this would be left to do",
                statements.collect::<Vec<_>>().join("\n"),
            )
        }
        Proof::LosesRows(tables) => {
            let tables = tables
                .iter()
                .map(|(table, before, after)| format!("{table}: {before} rows before, {after} after"));
            ("changes the number of rows", tables.collect::<Vec<_>>().join("\n"))
        }
    };
    Err(Error::new(format!(
        "the migration fails its proof, and is not given out: it {what}"
    ))
    .with_detail(detail)
    .with_hint("please report it; --no-prove gives it out all the same"))
}
