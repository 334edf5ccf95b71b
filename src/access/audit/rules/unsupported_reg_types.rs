use super::Rule;
use crate::access::audit::Context;
use crate::access::audit::context::column_name;
use crate::catalog::relation::RelationKind;
use crate::catalog::types::TypeKind;
use crate::catalog::{Catalog, Name, QName};
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "unsupported-reg-types",
    Severity::Warning,
    "pg_upgrade refuses a database in which a table stores one of these types: they hold numbers of objects, which \
     another cluster gives anew.",
    look,
);

/// The types that pg_upgrade refuses; `regclass`, `regrole` and `regtype` it keeps.
const REFUSED: [&str; 8] = [
    "regcollation",
    "regconfig",
    "regdictionary",
    "regnamespace",
    "regoper",
    "regoperator",
    "regproc",
    "regprocedure",
];

fn look(context: &Context<'_>) -> Vec<Finding> {
    let stored = context
        .relations()
        .filter(|relation| !matches!(relation.row.kind, RelationKind::View | RelationKind::ForeignTable));
    let columns = stored.flat_map(|relation| relation.columns());
    let mut findings = columns
        .filter_map(|column| {
            let mut place = column_name(&column.relation, &column.name);
            let used = place.clone();
            let found = refused(context.catalog, &column.data_type, &mut place, 0)?;
            let message = format!("it is of type {found}, which pg_upgrade refuses to carry over");
            Some(
                RULE.about
                    .finding(place, message)
                    .with_evidence(format!("stored in {used}")),
            )
        })
        .collect::<Vec<_>>();
    // Many columns may be of one composite type.
    findings.sort();
    findings.dedup_by(|later, first| later.subject == first.subject);
    findings
}

/// The refused type that a type is made of, with the place where that is written.
fn refused(catalog: &Catalog, data_type: &Name, place: &mut String, depth: usize) -> Option<&'static str> {
    let name = &catalog.data_type(data_type)?.name;
    if let Some(found) = REFUSED
        .into_iter()
        .find(|refused| *name == QName::new("pg_catalog", *refused))
    {
        return Some(found);
    }
    if depth > 8 {
        return None;
    }
    match &catalog.user_type(name)?.kind {
        TypeKind::Domain { base, .. } => refused(catalog, base, place, depth + 1),
        TypeKind::Range(range) => refused(catalog, &range.subtype, place, depth + 1),
        TypeKind::Composite { attributes } => attributes.iter().find_map(|attribute| {
            let mut inner = column_name(name, &attribute.name);
            let found = refused(catalog, &attribute.data_type, &mut inner, depth + 1)?;
            *place = inner;
            Some(found)
        }),
        _ => None,
    }
}
