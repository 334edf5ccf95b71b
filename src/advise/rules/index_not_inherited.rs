use super::fix::{self, Done};
use super::{Rule, twins};
use crate::advise::Context;
use crate::catalog::Name;
use crate::catalog::index::{Index, IndexKey};
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "index-not-inherited",
    Severity::Info,
    "A table that inherits has none of its parent's indexes, and what is looked for in the parent is looked for in it too: \
     without an index of its own it is read as a whole.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let mut done = Done::new(context);
    let findings = context.tables().filter_map(|table| {
        let own = context.indexes(&table.row.name);
        let has = |index: &Index| own.iter().any(|other| twins::finds_as_much(other, index));
        let parents = table.row.inherits.iter().flat_map(|parent| context.indexes(parent));
        let mut lacking = parents.filter(|index| index.valid && !has(index)).collect::<Vec<_>>();
        lacking.sort_by_key(|index| &index.name);
        let first = lacking.first()?;
        let names = lacking.iter().map(|index| index.name.name.as_str()).collect::<Vec<_>>();
        let message = format!("it has nothing like {} of {}", names.join(", "), first.relation);
        let finding = RULE.about.finding(table.row.name.to_string(), message);
        let columns = lacking
            .iter()
            .map(|index| plain_columns(index))
            .collect::<Option<Vec<_>>>();
        Some(match columns {
            Some(columns) => {
                let made = wide(columns).into_iter();
                let made = made.map(|columns| fix::create_index(context, table.row, &columns, &mut done));
                finding.with_fix(made.collect::<Vec<_>>().join("\n"))
            }
            None => finding,
        })
    });
    findings.collect()
}

/// Those that are not the beginning of others, each once.
fn wide(mut wanted: Vec<Vec<Name>>) -> Vec<Vec<Name>> {
    wanted.sort();
    wanted.dedup();
    let is_beginning = |columns: &Vec<Name>| {
        let mut others = wanted.iter();
        others.any(|other| other.len() > columns.len() && other.starts_with(columns))
    };
    wanted
        .iter()
        .filter(|columns| !is_beginning(columns))
        .cloned()
        .collect()
}

/// The columns of an index that is nothing but those.
fn plain_columns(index: &Index) -> Option<Vec<Name>> {
    let is_plain = |key: &&IndexKey| {
        let bare = IndexKey {
            column: key.column.clone(),
            ..IndexKey::default()
        };
        key.column.is_some() && **key == bare
    };
    let is_usual = index.method == "btree" && index.predicate.is_none() && index.keys.iter().all(|key| is_plain(&key));
    is_usual.then(|| index.keys.iter().filter_map(|key| key.column.clone()).collect())
}
