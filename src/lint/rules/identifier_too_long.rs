use super::Rule;
use crate::lint::step::{Found, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &["identifier-too-long"],
    look,
};

/// How many bytes PostgreSQL keeps of a name (`NAMEDATALEN`).
const KEPT: usize = 63;

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let mut names = step.statement.long_names.clone();
    names.dedup();
    for name in names {
        let kept = &name[..name.floor_char_boundary(KEPT)];
        let message = format!("its {} bytes become {kept}", name.len());
        found.push(step.found("identifier-too-long", name.to_string(), message));
    }
}
