use super::{Rule, columns};
use crate::advise::Context;
use crate::catalog::column::Column;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "varchar-limit",
    Severity::Info,
    "The limit saves no space. Where it stands for no rule of the trade, it is an error in waiting, and to change it takes a \
     lock on the table and on all that uses it. text with a CHECK on the length is changed by itself.",
    look,
);

/// Limits that come from other databases, and mean nothing here.
const BORROWED: [i32; 3] = [191, 255, 256];
/// Columns that people write into as they please.
const FREE_TEXT: [&str; 14] = [
    "bio",
    "body",
    "comment",
    "comments",
    "content",
    "description",
    "details",
    "message",
    "note",
    "notes",
    "reason",
    "remarks",
    "summary",
    "text",
];

fn look(context: &Context<'_>) -> Vec<Finding> {
    columns::each(context, &RULE, |column| {
        let limit = limit(context, column)?;
        if BORROWED.contains(&limit) {
            return Some(format!("{limit} is no limit of PostgreSQL's: text has none"));
        }
        let is_free = FREE_TEXT.contains(&&*column.name);
        is_free.then(|| format!("it is free text, and ends at {limit} characters"))
    })
}

/// The limit in characters (the modifier counts four bytes more).
fn limit(context: &Context<'_>, column: &Column) -> Option<i32> {
    let found = context.base_type(column)?;
    let is_varchar = found.name.is_builtin() && found.name.name == "varchar" && !found.array;
    found.modifier.filter(|_| is_varchar).map(|modifier| modifier - 4)
}
