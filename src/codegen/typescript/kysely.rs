//! Kysely's `DB`: a table's columns by what they are to select, insert and update.

use super::prelude::Helper;
use super::text::{Code, push_key};
use super::types::writes;
use super::wire::Side;
use super::{Members, Plan, interfaces, names};
use crate::codegen::model::Insert;
use crate::config::typescript::FieldCase;

/// The declarations of one schema.
pub(super) fn schema(plan: &Plan<'_>, code: &mut Code, members: &Members) {
    interfaces::enums(plan, code, members);
    interfaces::composites(plan, code, members);
    for &at in &members.relations {
        let relation = &plan.api.relations[at];
        code.doc(relation.named.comment.as_deref());
        code.start()
            .extend(["export interface ", &plan.names.relations[at], " "]);
        code.open("{");
        for (column, row) in relation.columns.iter().enumerate() {
            code.doc(row.comment.as_deref());
            let out = code.start();
            push_key(out, plan.key(at, column));
            out.push_str(": ");
            push_column(plan, out, at, column);
            out.push('\n');
        }
        code.close("}");
        code.gap();
    }
}

/// The keys of `DB` of a schema: its tables by their names, with the schema before them unless it is `public`.
pub(super) fn tables(plan: &Plan<'_>, code: &mut Code, members: &Members) {
    let name = |name: &str| match plan.options.case {
        FieldCase::Preserve => name.to_owned(),
        FieldCase::Camel => names::camel(plan.options, name),
    };
    for &at in &members.relations {
        let id = &plan.api.relations[at].named.id;
        let mut key = String::new();
        if id.schema != "public" {
            key.push_str(&name(&id.schema));
            key.push('.');
        }
        key.push_str(&name(&id.name));
        let out = code.start();
        push_key(out, &key);
        out.push_str(": ");
        out.push_str(&plan.names.relations[at]);
        out.push('\n');
    }
}

fn push_column(plan: &Plan<'_>, out: &mut String, at: usize, column: usize) {
    let relation = &plan.api.relations[at];
    let row = &relation.columns[column];
    let (insert, update) = writes(relation, row);
    let mut select = String::new();
    plan.push_column(&mut select, at, column, Side::Read);
    if insert == Insert::Never && !update {
        plan.helpers.add(Helper::GeneratedAlways);
        return out.extend(["GeneratedAlways<", &select, ">"]);
    }
    let mut written = String::new();
    plan.push_column(&mut written, at, column, Side::Write);
    // Kysely lets an insert leave out what can be null.
    let optional = insert == Insert::Optional && (row.source.is_some() || !row.write_nullable);
    match (written == select, insert, update) {
        (true, Insert::Required, true) => out.push_str(&select),
        (true, Insert::Optional, true) if !optional => out.push_str(&select),
        (true, Insert::Optional, true) => {
            plan.helpers.add(Helper::Generated);
            out.extend(["Generated<", &select, ">"]);
        }
        _ => {
            plan.helpers.add(Helper::ColumnType);
            let inserted = if insert == Insert::Never { "never" } else { &written };
            let undefined = if optional { " | undefined" } else { "" };
            let updated = if update { &written } else { "never" };
            out.extend(["ColumnType<", &select, ", ", inserted, undefined, ", ", updated, ">"]);
        }
    }
}
