use super::fix::{self, Done};
use super::{Rule, needs, twins};
use crate::advise::Context;
use crate::catalog::index::Index;
use crate::catalog::relation::{Relation, RelationKind};
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "invalid-index",
    Severity::Warning,
    "No query may use it, and every write keeps it all the same. A build that ran CONCURRENTLY and failed leaves such an \
     index behind, and a partitioned one is invalid as long as a partition has no part of it.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    // One that is being built is not valid yet.
    let is_being_built = |index: &Index| context.index_usage(index).is_some_and(|usage| usage.building);
    let broken = context.own_indexes();
    let broken = broken.filter(|(_, index)| !index.valid && !is_being_built(index));
    let mut done = Done::new(context);
    let findings = broken.map(|(relation, index)| {
        let name = index.name.to_string();
        if relation.row.kind == RelationKind::PartitionedTable {
            let message = format!("a partition of {} has no part of it", relation.row.name);
            let finding = RULE.about.finding(name, message);
            return repaired(context, finding, relation.row, index, &mut done);
        }
        let finding = RULE
            .about
            .finding(name, format!("a build of it on {} has failed", relation.row.name));
        let mut others = context.indexes(&relation.row.name).iter();
        let is_in_its_place = |other: &&&Index| {
            let does_all = twins::are_twins(index, other) && twins::guards_as_much(context, other, index);
            does_all || twins::is_beginning_of(index, other)
        };
        let finding = match others.find(is_in_its_place) {
            Some(other) => finding.with_evidence(format!("{} is in its place", other.name)),
            None => return repaired(context, finding, relation.row, index, &mut done),
        };
        match needs::can_go(context, relation.row, index) {
            true => finding.with_fix(fix::drop_index(context, index)),
            false => finding,
        }
    });
    findings.collect()
}

fn repaired<'a>(
    context: &Context<'a>,
    finding: Finding,
    table: &Relation,
    index: &Index,
    done: &mut Done<'a>,
) -> Finding {
    match fix::repair(context, table, index, done) {
        Some(fix) => finding.with_fix(fix),
        None => finding,
    }
}
