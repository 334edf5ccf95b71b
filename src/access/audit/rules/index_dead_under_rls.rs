use super::Rule;
use crate::access::audit::Context;
use crate::access::audit::context::{is_table, listed};
use crate::access::audit::rights::Reach;
use crate::catalog::Name;
use crate::catalog::index::Index;
use crate::catalog::kin::Kin;
use crate::catalog::lookup::RelationRef;
use crate::catalog::trigger::Event;
use crate::catalog::types::TypeKind;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "index-dead-under-rls",
    Severity::Info,
    "Where policies bind a role, its own conditions may use an index only by operators that are LEAKPROOF. Those of numeric, \
     enums, text search, arrays, JSON and patterns are not, nor are functions: for these roles such an index is never read.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let kin = Kin::of(context.catalog);
    let tables = context
        .relations()
        .filter(|table| is_table(table.row) && table.row.row_security);
    for table in tables {
        let outside = context.settings.outside.iter();
        let bound = outside.filter(|role| context.rights.reach(role, table, Event::Select) == Reach::Some);
        let bound = bound.map(Name::as_str).collect::<Vec<_>>();
        if bound.is_empty() {
            continue;
        }
        let indexes = kin
            .indexes(&table.row.name)
            .iter()
            .filter(|index| index.parent.is_none());
        for index in indexes.filter(|index| !index.unique && index.constraint.is_none()) {
            let Some(why) = dead(context, table, index) else {
                continue;
            };
            let message = format!("{} cannot use it: {why}", listed(&bound));
            findings.push(RULE.about.finding(index.name.to_string(), message));
        }
    }
    findings
}

/// Why no condition of a role that policies bind finds rows by the index. What a policy itself asks is no such condition.
fn dead(context: &Context<'_>, table: RelationRef<'_>, index: &Index) -> Option<String> {
    let first = index.keys.first()?;
    let Some(name) = &first.column else {
        return Some("its first key calls a function or operator that is not LEAKPROOF".to_owned());
    };
    let is_asked = |text: &String| text.contains(name.as_str());
    if table.policies().iter().any(|policy| policy.using.iter().any(is_asked)) {
        return None;
    }
    if index.method == "gin" {
        return Some("the operators of a gin index are not LEAKPROOF".to_owned());
    }
    let column = table.column(name)?;
    let is_enum = context.catalog.data_type(&column.data_type).is_some_and(|found| {
        let user_type = context.catalog.user_type(&found.name);
        !found.array && user_type.is_some_and(|found| matches!(found.kind, TypeKind::Enum { .. }))
    });
    let is_numeric = column.data_type.starts_with("numeric");
    (index.method == "btree" && (is_enum || is_numeric))
        .then(|| format!("the operators of {} are not LEAKPROOF", column.data_type))
}
