//! A baseline: findings that were there before, which only new ones are told apart from.
//!
//! A finding is known by its rule, its subject and what is written where it was found, not by its line: it stays known when
//! something is added above it, and is new when the statement changes.

use std::collections::BTreeSet;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::files;
use crate::finding::Finding;
use crate::{Error, Result};

/// The version of the file's form.
const VERSION: u32 = 1;

/// The findings that are known.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Baseline {
    version: u32,
    findings: BTreeSet<Known>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    rule: String,
    subject: String,
    /// What is written there, as a hash; empty for a finding about no text.
    text: String,
}

impl Baseline {
    /// The baseline of these findings, each with the text that it is about; empty for none.
    pub(super) fn of<'a>(findings: impl Iterator<Item = (&'a Finding, &'a str)>) -> Self {
        Self {
            version: VERSION,
            findings: findings.map(|(finding, text)| known(finding, text)).collect(),
        }
    }

    /// Reads a baseline.
    ///
    /// # Errors
    /// Where the file cannot be read or is none.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| Error::io("cannot read", path, error).with_hint("--write-baseline writes it"))?;
        let read = serde_json::from_str::<Self>(&text);
        let read = read.map_err(|error| Error::new(format!("{} is no baseline: {error}", path.display())))?;
        if read.version != VERSION {
            let message = format!(
                "{} is a baseline of version {}, and this release reads {VERSION}",
                path.display(),
                read.version
            );
            return Err(Error::new(message).with_hint("write it anew with --write-baseline"));
        }
        Ok(read)
    }

    /// Writes it, whole or not at all.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub(super) fn write(&self, path: &Path) -> Result<()> {
        // Nothing in it can fail to be written.
        let text = serde_json::to_string_pretty(self).unwrap_or_default() + "\n";
        files::replace(path, text.as_bytes())
    }

    /// Whether a finding was there before.
    pub(super) fn has(&self, finding: &Finding, text: &str) -> bool {
        self.findings.contains(&known(finding, text))
    }

    /// How many it knows that are about no text and that are not found any more.
    pub(super) fn gone<'a>(&self, found: impl Iterator<Item = &'a Finding>) -> usize {
        let found = found.map(|finding| known(finding, "")).collect::<BTreeSet<_>>();
        let of_schema = self.findings.iter().filter(|known| known.text.is_empty());
        of_schema.filter(|known| !found.contains(known)).count()
    }

    /// How many it knows.
    pub(super) fn len(&self) -> usize {
        self.findings.len()
    }
}

fn known(finding: &Finding, text: &str) -> Known {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = match words.as_str() {
        "" => String::new(),
        words => {
            let hash = Sha256::digest(words.as_bytes());
            hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
        }
    };
    Known {
        rule: finding.rule.to_owned(),
        subject: finding.subject.clone(),
        text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Severity;

    #[test]
    fn a_finding_is_known_wherever_it_moves_and_new_when_its_text_changes() {
        let mut finding = Finding::new("drop-table", Severity::Warning, "public.a", "it goes");
        let baseline = Baseline::of([(&finding, "drop table a;")].into_iter());
        finding.message = "told otherwise".to_owned();
        assert!(baseline.has(&finding, "drop  table\n a;"));
        assert!(!baseline.has(&finding, "drop table a cascade;"));
        finding.subject = "public.b".to_owned();
        assert!(!baseline.has(&finding, "drop table a;"));
        // What is written in files may be looked at in part.
        assert_eq!(baseline.gone([].into_iter()), 0);
        let baseline = Baseline::of([(&finding, "")].into_iter());
        assert_eq!(baseline.gone([].into_iter()), 1);
        assert_eq!(baseline.gone([&finding].into_iter()), 0);
    }
}
