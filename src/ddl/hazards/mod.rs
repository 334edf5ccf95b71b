//! The catalogue of hazards: every id that a step of a plan, a finding of `lint` or `--allow` may name.

mod catalogue;
mod held;
mod made;

pub use catalogue::HAZARDS;
pub use held::label_transaction;
pub(super) use made::labelled;

use super::risk::LockMode;
use crate::finding::Severity;

/// What a hazard is: the same wherever it is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hazard {
    /// Its name, in kebab-case.
    pub id: &'static str,
    /// How much it matters as a rule.
    pub severity: Severity,
    /// The lock on what was there before, where that is the hazard.
    pub lock: Option<LockMode>,
    /// What happens to the rows under that lock.
    pub effect: Effect,
    /// The first major version of PostgreSQL that it holds for; 0 for all.
    pub since: u32,
    /// The first major version that it does not hold for any more; 0 for none.
    pub before: u32,
    /// Why it matters.
    pub why: &'static str,
    /// What to do instead.
    pub instead: &'static str,
}

/// What happens to the rows of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing that takes time.
    Brief,
    /// All are read.
    Scan,
    /// All are written anew.
    Rewrite,
}

const fn hazard(id: &'static str, severity: Severity, why: &'static str, instead: &'static str) -> Hazard {
    Hazard {
        id,
        severity,
        lock: None,
        effect: Effect::Brief,
        since: 0,
        before: 0,
        why,
        instead,
    }
}

impl Hazard {
    const fn locks(mut self, lock: LockMode) -> Self {
        self.lock = Some(lock);
        self
    }

    const fn scans(mut self) -> Self {
        self.effect = Effect::Scan;
        self
    }

    const fn rewrites(mut self) -> Self {
        self.effect = Effect::Rewrite;
        self
    }

    const fn since(mut self, major: u32) -> Self {
        self.since = major;
        self
    }

    const fn before(mut self, major: u32) -> Self {
        self.before = major;
        self
    }

    /// The hazard of this name.
    pub fn named(id: &str) -> Option<&'static Self> {
        HAZARDS.iter().find(|hazard| hazard.id == id)
    }

    /// Whether it holds for a server of this major version; one that is not known may be any.
    pub fn holds_for(&self, major: Option<u32>) -> bool {
        major.is_none_or(|major| major >= self.since && (self.before == 0 || major < self.before))
    }
}

/// Roles that stand for whoever comes from outside.
pub(crate) const OUTSIDE: &[&str] = &["public", "anon", "authenticated", "web_anon"];

/// An option is left out because its value was never read: it has to be given by hand.
pub const SECRET_LEFT_OUT: &str = "secret-option-left-out";

/// A subscription's slot stays at the publisher, which keeps all that happens for it until its disk is full: it has to be
/// dropped there by hand.
pub(super) const SLOT_LEFT_BEHIND: &str = "subscription-slot-left-behind";

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// Every id that stands in a call of `hazard(…)` or `hazard_if(…, …)` in this folder.
    fn given(folder: &Path, ids: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.ends_with("hazards") {
                continue;
            }
            if path.is_dir() {
                given(&path, ids);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for call in text.split("hazard").skip(1) {
                let arguments = call.split([';', '\n', ')']).next().unwrap_or_default();
                let quoted = arguments.split('"').nth(1);
                ids.extend(quoted.filter(|_| arguments.contains('(')).map(str::to_owned));
            }
        }
    }

    #[test]
    fn every_hazard_is_in_the_catalogue() {
        let mut ids = Vec::new();
        given(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ddl"), &mut ids);
        assert!(ids.len() > 20, "{ids:?}");
        for id in ids {
            assert!(Hazard::named(&id).is_some(), "`{id}` is not in the catalogue");
        }
    }

    #[test]
    fn no_hazard_is_there_twice() {
        let mut ids = HAZARDS.iter().map(|hazard| hazard.id).collect::<Vec<_>>();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), HAZARDS.len());
    }
}
