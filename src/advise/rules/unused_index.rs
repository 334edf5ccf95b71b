use super::{Rule, fix, needs};
use crate::advise::context::Parts;
use crate::advise::{Context, evidence};
use crate::catalog::index::Index;
use crate::catalog::lookup::RelationRef;
use crate::catalog::relation::Relation;
use crate::catalog::usage::Replication;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "unused-index",
    Severity::Info,
    "Every write keeps it, it takes space and memory, and the server that was asked has not read it since counting began.",
    look,
)
.with_usage();

/// How long counting must have run before an index is dropped for it, in seconds: a month has every monthly report.
const LONG: i64 = 31 * 86_400;

fn look(context: &Context<'_>) -> Vec<Finding> {
    let indexes = context.own_indexes();
    let findings = indexes.filter_map(|(relation, index)| {
        let unread = unread(context, relation, index)?;
        let server = context.usage?.server?;
        // PostgreSQL does not keep when an index was made: one of yesterday has not been read either.
        let table = &relation.row.name;
        let (here, others) = match server.replication {
            Replication::Alone => ("", None),
            Replication::Primary => (
                " on this server",
                Some("its standbys may read it, and count that themselves: ask each of them too"),
            ),
            Replication::Standby => (
                " on this standby",
                Some("its primary and other standbys may read it, and count that themselves: ask each of them too"),
            ),
        };
        let message = match unread.since {
            Some(seconds) => format!("{table}: it was last read{here} {} ago", evidence::time(seconds)),
            None => format!(
                "{table}: no query has read it{here}, counted for {}",
                evidence::time(server.counted_for)
            ),
        };
        let mut known = vec![evidence::bytes(unread.parts.pages * server.block_size)];
        if server.replication != Replication::Standby {
            known.extend(writes(context, &unread.parts));
        }
        known.extend(unread.parts.age.map(|age| format!("there for {}", evidence::time(age))));
        known.extend(others.map(str::to_owned));
        if unread.known_for < LONG {
            known.push("too short a time to drop it".to_owned());
        }
        let finding = RULE
            .about
            .finding(index.name.to_string(), message)
            .with_evidence(known.join("; "));
        Some(match unread.can_be_dropped {
            true => finding.with_fix(fix::drop_index(context, index)),
            false => finding,
        })
    });
    findings.collect()
}

/// That nothing reads an index.
struct Unread<'a> {
    parts: Parts<'a>,
    /// How long ago something last did, where something did.
    since: Option<i64>,
    /// For how many seconds it is known that nothing does, as far as it is known at all.
    known_for: i64,
    /// Whether it was there, and counted everywhere, for long enough.
    can_be_dropped: bool,
}

fn unread<'a>(context: &Context<'a>, relation: RelationRef<'a>, index: &'a Index) -> Option<Unread<'a>> {
    let server = context.usage?.server.filter(|server| server.counts)?;
    if !needs::serves_queries_alone(context, relation, index) {
        return None;
    }
    let parts = context.parts(index)?;
    let since = parts.last_scan.filter(|seconds| *seconds >= 3 * LONG);
    if parts.scans > 0 && since.is_none() {
        return None;
    }
    let unread = since.or_else(|| parts.age.map(|age| age.min(server.counted_for)));
    Some(Unread {
        can_be_dropped: unread.is_some_and(|seconds| seconds >= LONG) && server.replication == Replication::Alone,
        known_for: unread.unwrap_or(server.counted_for),
        parts,
        since,
    })
}

/// Whether it can be dropped for not being read.
pub(super) fn can_be_dropped(context: &Context<'_>, relation: &Relation, index: &Index) -> bool {
    let relation = context.catalog.relation(&relation.name);
    let unread = relation.and_then(|relation| unread(context, relation, index));
    unread.is_some_and(|unread| unread.can_be_dropped)
}

fn writes(context: &Context<'_>, parts: &Parts<'_>) -> Option<String> {
    let writes: i64 = parts
        .tables
        .iter()
        .map(|table| context.table_usage(table).map(|usage| usage.writes))
        .sum::<Option<_>>()?;
    Some(format!("{} rows written meanwhile", evidence::count(writes as f64)))
}
