use std::collections::BTreeSet;

use super::Rule;
use crate::access::audit::Context;
use crate::access::audit::context::listed;
use crate::access::audit::rights::read_by;
use crate::catalog::access::Privilege;
use crate::catalog::lookup::RelationRef;
use crate::catalog::relation::RelationKind;
use crate::catalog::{Name, QName};
use crate::ddl::fixes;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "security-definer-view",
    Severity::Error,
    "A view reads with its owner's rights unless it is security_invoker (PostgreSQL 15 and later): the policies of the \
     tables behind it are not asked for whoever uses it. CREATE OR REPLACE VIEW forgets the option.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let views = context
        .relations()
        .filter(|relation| relation.row.kind == RelationKind::View && context.is_exposed(&relation.row.name.schema));
    let findings = views.filter_map(|view| {
        let readers = context.who_can(Privilege::Select, view.row);
        if readers.is_empty() {
            return None;
        }
        let mut way = vec![&view.row.name];
        let definer = definer(context, view, &readers, &mut way, &mut BTreeSet::new())?;
        Some(finding(context, view, definer, &readers, &way))
    });
    findings.collect()
}

fn finding<'a>(
    context: &Context<'a>,
    view: RelationRef<'a>,
    definer: RelationRef<'a>,
    readers: &[&Name],
    way: &[&QName],
) -> Finding {
    let behind = behind(context, definer);
    let can_read =
        |role: &&Name, relation: &RelationRef<'_>| context.rights.can_some(role, Privilege::Select, relation.row);
    let is_protected = |relation: &RelationRef<'_>| {
        relation.row.kind == RelationKind::View
            || relation.row.row_security
            || !readers.iter().all(|role| can_read(role, relation))
    };
    let severity = match behind.iter().any(is_protected) {
        true => Severity::Error,
        false => Severity::Warning,
    };
    let names = behind
        .iter()
        .map(|relation| relation.row.name.to_string())
        .collect::<Vec<_>>();
    let owner = &definer.row.owner;
    let through = match way.len() {
        1 => "it".to_owned(),
        _ => format!("it and {}", definer.row.name),
    };
    let unbound = match context.rights.bypasses_rls(owner) {
        true => ", whom no policy binds",
        false => "",
    };
    let message = format!(
        "{} {} {} through {through} with the rights of the owner {owner}{unbound}",
        listed(readers),
        if readers.len() == 1 { "reads" } else { "read" },
        listed(&names),
    );
    let shown = way.iter().map(ToString::to_string).chain([listed(&names)]);
    let finding = RULE
        .about
        .finding_of(severity, view.row.name.to_string(), message)
        .with_evidence(shown.collect::<Vec<_>>().join(" -> "));
    // With their own rights they would get nothing of what they may not read: then it has to be thought about.
    let stays = readers
        .iter()
        .all(|role| behind.iter().all(|relation| can_read(role, relation)));
    match stays && context.catalog.server.major >= 15 {
        true => finding.with_fix(fixes::make_invoker(&definer.row.name)),
        false => finding,
    }
}

/// The view that reads with its owner's rights: the view itself, or one that it reads as its caller, and that is not
/// served itself.
fn definer<'a>(
    context: &Context<'a>,
    view: RelationRef<'a>,
    readers: &[&Name],
    way: &mut Vec<&'a QName>,
    seen: &mut BTreeSet<&'a QName>,
) -> Option<RelationRef<'a>> {
    if !view.row.is_security_invoker() {
        // A view of constants, or of the system's own, gives nothing of anybody's.
        return (!behind(context, view).is_empty()).then_some(view);
    }
    for next in behind(context, view) {
        let may_read = readers
            .iter()
            .any(|role| context.rights.can_some(role, Privilege::Select, next.row));
        let is_next = next.row.kind == RelationKind::View && !context.is_exposed(&next.row.name.schema);
        if !is_next || !may_read || !seen.insert(&next.row.name) {
            continue;
        }
        way.push(&next.row.name);
        if let Some(found) = definer(context, next, readers, way, seen) {
            return Some(found);
        }
        way.pop();
    }
    None
}

fn behind<'a>(context: &Context<'a>, view: RelationRef<'a>) -> Vec<RelationRef<'a>> {
    let names = read_by(context.catalog, &view.row.object()).into_iter();
    names.filter_map(|name| context.catalog.relation(name)).collect()
}
