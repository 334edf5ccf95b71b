use super::Rule;
use crate::catalog::QName;
use crate::ddl::{OUTSIDE, fixes};
use crate::lint::statement::{Granted, TableKind, Verb};
use crate::lint::step::{Found, Step, Unless};

pub(super) const RULE: Rule = Rule {
    hazards: &["new-table-without-rls"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    match &step.statement.verb {
        Verb::CreateTable(create) if !create.temporary => {
            let Some(path) = &create.name else { return };
            let table = step.schema.resolve(path);
            if step.schema.wants_row_security(&table.schema) {
                found.push(hit(
                    step,
                    &table,
                    "nothing guards its rows, where other tables are guarded",
                ));
            }
        }
        Verb::Grant {
            relations: Granted::Relations(names),
            roles,
        } if roles.iter().any(|role| OUTSIDE.contains(&role.as_str())) => {
            for path in names {
                let table = step.schema.resolve(path);
                let relation = step.schema.relation(&table).filter(|_| step.schema.is_new(&table));
                if relation.is_some_and(|relation| relation.kind == TableKind::Table && !relation.row_security) {
                    found.push(hit(
                        step,
                        &table,
                        "nothing guards its rows from those who are granted it",
                    ));
                }
            }
        }
        _ => {}
    }
}

fn hit(step: &Step<'_>, table: &QName, message: &str) -> Found {
    let sql = fixes::enable_row_security(table);
    let end = step.statement.range.end;
    let hit = step
        .found("new-table-without-rls", table.to_string(), message)
        .fix(sql.clone());
    let hit = hit.unless(Unless::RowSecurity(table.clone()));
    match step.statement.editable {
        true => hit.edit(end..end, format!("\n{sql}")),
        false => hit,
    }
}
