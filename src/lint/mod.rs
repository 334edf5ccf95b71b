//! Hazards of migration files: what a statement would do to those who use the database meanwhile, and to what they rely on.
//!
//! Files are read by `read/` into the statements of `statement.rs`; `walk.rs` goes over them with the schema that each of them
//! meets (`schema/`: a catalog, if there is one, and what every statement since has made of it), and the transaction that it
//! runs in. Each rule in `rules/` looks at one statement in its place. What a hazard is stands in [`crate::ddl::HAZARDS`].

mod allow;
mod apart;
mod bounds;
mod calls;
mod fix;
mod locks;
#[cfg(feature = "db")]
mod observe;
mod place;
mod read;
mod rules;
mod schema;
mod statement;
mod step;
#[cfg(feature = "db")]
mod trace;
mod types;
mod volatile;
mod walk;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

use crate::catalog::{Catalog, Name, QName};
use crate::ddl::{Effect, HAZARDS, Hazard};
use crate::diagnostic::Diagnostic;
use crate::finding::{About, Finding, Location, Severity};
use crate::threads;

pub use apart::Part;
pub use fix::{Fixed, Next, fixed};
#[cfg(feature = "db")]
pub use observe::observed;
use read::Script;
use schema::Schema;
use step::{Edit, Found, Kind, Session};
#[cfg(feature = "db")]
pub use trace::{Seen, trace};

/// A table of fewer rows is read or written anew before anybody notices.
const SMALL: u64 = 10_000;
/// A table of more rows is not.
const LARGE: u64 = 10_000_000;
/// How many files a thread is worth.
const FILES_A_THREAD: usize = 16;

/// A file to look at.
#[derive(Clone, Debug)]
pub struct File {
    /// What it is called.
    pub name: PathBuf,
    /// What is in it, as far as it goes forward.
    pub text: String,
    /// All that is in it, where the way back is too: as long as `text`, which has blanks for that.
    pub whole: Option<String>,
    /// How its statements run.
    pub run: Run,
    /// What a file of this kind begins with to run without a transaction, where there is such a thing.
    pub mark: Option<&'static str>,
    /// Whether findings are wanted, rather than what it makes of the schema alone.
    pub wanted: bool,
}

/// How the statements of a file run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// All in one transaction.
    PerFile,
    /// Each in one of its own, as psql does.
    PerStatement,
    /// In transactions as long as can be: what none takes runs by itself between them, and `BEGIN` and `COMMIT` are the
    /// file's own. So pgkeel does it.
    Segments,
}

/// What is known beforehand.
#[derive(Clone, Debug, Default)]
pub struct Known<'a> {
    /// The schema before the first file; without it nothing is known but what the files say.
    pub catalog: Option<&'a Catalog>,
    /// How many rows tables have, where the statistics say.
    pub rows: BTreeMap<QName, u64>,
    /// The server's major version, where the catalog does not say.
    pub major: Option<u32>,
    /// Whether whoever runs the files sets a `lock_timeout`.
    pub lock_timeout: bool,
    /// Whether it is a Supabase project, whose tables the API serves.
    pub is_supabase: bool,
    /// The schemas that outside roles can address, where somebody says so; else it is `public`.
    pub exposed: Option<Vec<Name>>,
}

/// What has been found.
#[derive(Clone, Debug, Default)]
pub struct Linted {
    /// The findings, by file and place.
    pub hits: Vec<Hit>,
    /// What could not be understood, and comments that allow nothing.
    pub notes: Vec<Diagnostic>,
    /// Whether all of it could be understood.
    pub is_complete: bool,
}

/// A finding in its file.
#[derive(Clone, Debug)]
pub struct Hit {
    /// What has been found.
    pub finding: Finding,
    /// The number of the file.
    pub file: usize,
    /// Where it stands in the file, in bytes.
    pub start: usize,
    /// What it is about, as it is written.
    pub statement: String,
    /// The whole of it, in bytes of the file.
    range: Range<usize>,
    /// What it runs in.
    kind: Kind,
    edits: Vec<Edit>,
    apart: Option<apart::Apart>,
}

/// What each rule is, by name.
pub fn about() -> Vec<About> {
    let found = |hazard: &&Hazard| rules::RULES.iter().any(|rule| rule.hazards.contains(&hazard.id));
    let mut about = HAZARDS
        .iter()
        .filter(found)
        .map(|hazard| About {
            id: hazard.id,
            severity: hazard.severity,
            why: hazard.why,
        })
        .collect::<Vec<_>>();
    #[cfg(feature = "db")]
    about.extend_from_slice(observe::OBSERVED);
    about.sort_by_key(|about| about.id);
    about
}

/// Looks at files in the order in which they run.
pub fn lint(files: &[File], known: &Known<'_>) -> Linted {
    let scripts = threads::in_parts(files, FILES_A_THREAD, |_, part| {
        part.iter().map(|file| read::script(&file.text)).collect::<Vec<_>>()
    });
    let scripts = scripts.into_iter().flatten().collect::<Vec<_>>();
    let mut schema = match known.catalog {
        Some(catalog) => Schema::of(catalog, &known.rows),
        None => Schema::unknown(known.major),
    };
    schema.major = schema.major.or(known.major);
    if known.is_supabase {
        schema.know_supabase();
    }
    schema.exposed.clone_from(&known.exposed);
    let mut linted = Linted {
        is_complete: true,
        ..Linted::default()
    };
    let mut pending = Vec::new();
    for (at, (file, script)) in files.iter().zip(&scripts).enumerate() {
        schema.file = at;
        let session = Session {
            is_given_lock_timeout: known.lock_timeout,
            ..Session::default()
        };
        let search_path = schema.search_path.clone();
        let found = walk::walk(script, &mut schema, file.run, session, file.wanted);
        schema.search_path = search_path;
        if file.wanted {
            let found = found.into_iter().filter(|hit| holds(hit, schema.major)).collect();
            linted.note_errors(file, script);
            pending.push((at, allow::unallowed(file, script, found, &mut linted.notes)));
        }
    }
    for (at, found) in pending {
        let found = found.into_iter().filter(|hit| {
            !hit.unless.as_ref().is_some_and(|unless| {
                walk::is_mended(unless, &schema, true) && matches!(unless, step::Unless::Indexed(..))
            })
        });
        let mut hits = found
            .map(|hit| finished(hit, at, &files[at], &schema))
            .collect::<Vec<_>>();
        hits.sort_by(|a, b| (&a.finding.location, &a.finding).cmp(&(&b.finding.location, &b.finding)));
        hits.dedup_by(|a, b| {
            a.finding.rule == b.finding.rule
                && a.finding.subject == b.finding.subject
                && a.finding.location == b.finding.location
        });
        linted.hits.extend(hits);
    }
    linted
}

/// Whether a file is one statement and nothing else, and that one that no transaction takes.
pub fn is_one_alone(text: &str) -> bool {
    // Most files can be told from their words alone.
    let words = ["concurrently", "vacuum", "reindex", "cluster"];
    let small = text.to_ascii_lowercase();
    words.iter().any(|word| small.contains(word))
        && matches!(read::script(text).statements.as_slice(), [one] if !statement::is_transactional(one))
}

impl Linted {
    fn note_errors(&mut self, file: &File, script: &Script) {
        if let Some((at, message)) = script.errors.first() {
            let place = place::at(&file.text, *at);
            let subject = format!("{}:{}:{}", file.name.display(), place.0, place.1);
            let more = match script.errors.len() - 1 {
                0 => String::new(),
                more => format!(" (and {more} more)"),
            };
            self.notes.push(Diagnostic::gap(
                subject,
                format!("it could not be understood, so nothing is said of that statement: {message}{more}"),
            ));
            self.is_complete = false;
        }
    }
}

fn holds(hit: &Found, major: Option<u32>) -> bool {
    Hazard::named(hit.rule).is_none_or(|hazard| hazard.holds_for(major))
}

fn finished(hit: Found, at: usize, file: &File, schema: &Schema) -> Hit {
    let hazard = Hazard::named(hit.rule);
    let rows = hit.table.as_ref().and_then(|table| schema.relation(table)?.rows);
    let takes_time = hazard.is_some_and(|hazard| hazard.effect != Effect::Brief);
    let usual = hazard.map_or(Severity::Warning, |hazard| hazard.severity);
    let severity = match rows.filter(|_| takes_time) {
        Some(rows) if rows < SMALL => Severity::Info,
        Some(rows) if rows > LARGE => Severity::Error,
        _ => usual,
    };
    let (line, column) = place::at(&file.text, hit.range.start);
    let mut finding = Finding::new(hit.rule, severity, hit.subject, hit.message);
    finding.location = Some(Location {
        file: file.name.clone(),
        line,
        column,
    });
    finding.evidence = rows.filter(|_| takes_time).map(|rows| format!("about {rows} rows"));
    finding.fix = hit.fix.or_else(|| fix::edited(&file.text, &hit.statement, &hit.edits));
    finding.hint = hazard.map(|hazard| hazard.instead.to_owned());
    Hit {
        finding,
        file: at,
        start: hit.range.start,
        statement: file.text.get(hit.statement.clone()).unwrap_or_default().to_owned(),
        range: hit.statement,
        kind: hit.kind,
        edits: hit.edits,
        apart: hit.apart,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_hazard_that_a_file_can_have_has_one_rule() {
        // What only a plan can know.
        const OF_PLANS: [&str; 3] = [
            "table-rebuild",
            "secret-option-left-out",
            "subscription-slot-left-behind",
        ];
        let found = rules::RULES.iter().flat_map(|rule| rule.hazards).collect::<Vec<_>>();
        let set = found.iter().collect::<BTreeSet<_>>();
        assert_eq!(set.len(), found.len(), "a hazard has two rules");
        for hazard in HAZARDS {
            assert_eq!(
                set.contains(&&hazard.id),
                !OF_PLANS.contains(&hazard.id),
                "{}",
                hazard.id
            );
        }
    }
}
