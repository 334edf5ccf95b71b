use super::Rule;
use crate::catalog::QName;
use crate::lint::statement::{Action, ColumnDef, Verb};
use crate::lint::step::{Found, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &["json-column", "char-column", "varchar-limit", "timestamp-without-tz"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    match &step.statement.verb {
        Verb::CreateTable(table) if !table.temporary => {
            let Some(path) = &table.name else { return };
            let name = step.schema.resolve(path);
            table.columns.iter().for_each(|column| hit(step, &name, column, found));
        }
        Verb::AlterTable { table, actions, .. } => {
            let name = step.schema.resolve(table);
            for action in actions {
                if let Action::AddColumn { column, .. } = action {
                    hit(step, &name, column, found);
                }
            }
        }
        _ => {}
    }
}

fn hit(step: &Step<'_>, table: &QName, column: &ColumnDef, found: &mut Vec<Found>) {
    let of = &column.data_type;
    let (rule, instead) = if of.has_element("json") {
        ("json-column", "jsonb")
    } else if of.has_element("character") && !of.modifiers.is_empty() {
        ("char-column", "text")
    } else if of.has_element("character varying") && !of.modifiers.is_empty() {
        ("varchar-limit", "text")
    } else if of.has_element("timestamp without time zone") {
        ("timestamp-without-tz", "timestamptz")
    } else {
        return;
    };
    let hit = step.found_at(rule, table, &column.name, format!("{of} where {instead} would do"));
    found.push(hit.at(column.type_range.clone()));
}
