use super::Rule;
use crate::catalog::QName;
use crate::ddl::Retyping;
use crate::lint::schema::{Column, ConstraintKind};
use crate::lint::statement::{Action, SetType};
use crate::lint::step::{Found, Step};
use crate::lint::types::{TypeName, retyping};

pub(super) const RULE: Rule = Rule {
    hazards: &[
        "type-change-rewrite",
        "type-change-index-rebuild",
        "type-change-blocked-by-view",
    ],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let Some((table, actions)) = step.altered_table() else {
        return;
    };
    for action in actions {
        match action {
            Action::SetType(set) => hit(step, &table, set, found),
            Action::SetExpression(column) => {
                let message = "its values are worked out again, so the table is written anew";
                found.push(step.found_at("type-change-rewrite", &table, column, message));
            }
            _ => {}
        }
    }
}

fn hit(step: &Step<'_>, table: &QName, set: &SetType, found: &mut Vec<Found>) {
    if let Some(users) = step.schema.uses.get(&(table.clone(), set.column.clone())) {
        let users = users.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        let message = format!("it is used by {users}, so PostgreSQL refuses to change it");
        found.push(step.found_at("type-change-blocked-by-view", table, &set.column, message));
    }
    let Some(old) = step.schema.column(table, &set.column) else {
        let is_known = step
            .schema
            .relation(table)
            .is_some_and(|relation| relation.columns.is_some());
        if !is_known {
            let message = format!(
                "its old type is not known: unless its values are {} already, the table is written anew",
                set.data_type
            );
            found.push(step.found_at("type-change-rewrite", table, &set.column, message));
        }
        return;
    };
    match change(step, old, set) {
        Retyping::Values => {
            let message = format!(
                "from {} to {} the table is written anew, with all of its indexes",
                old.data_type, set.data_type
            );
            found.push(step.found_at("type-change-rewrite", table, &set.column, message));
        }
        Retyping::Indexes
            if step
                .schema
                .indexes_of(table)
                .any(|(_, index)| index.is_about(&set.column)) =>
        {
            let message = format!(
                "from {} to {} each index on it is built anew",
                described(old),
                set.data_type
            );
            found.push(step.found_at("type-change-index-rebuild", table, &set.column, message));
        }
        _ => {
            // PostgreSQL does not look into what an index computes to see that nothing changes.
            let mut indexes = step.schema.indexes_of(table);
            let computed = indexes.find(|(_, index)| index.is_computed() && index.is_about(&set.column));
            if let Some((name, _)) = computed {
                let message = format!("{name} has an expression or a condition, and is built anew");
                found.push(step.found_at("type-change-index-rebuild", table, &set.column, message));
            }
            let relation = step.schema.relation(table);
            let checks = relation.into_iter().flat_map(|relation| relation.constraints.values());
            let mut checks =
                checks
                    .filter(|constraint| constraint.validated)
                    .filter_map(|constraint| match &constraint.kind {
                        ConstraintKind::Check(said) => Some(said),
                        _ => None,
                    });
            if let Some(check) = checks.find(|said| said.columns.contains(&set.column)) {
                let message = format!(
                    "every row is held against {} again, although none is written",
                    check.text
                );
                found.push(step.found_at("check-validates", table, &set.column, message));
            }
        }
    }
}

fn described(column: &Column) -> String {
    match &column.collation {
        Some(collation) => format!("{} COLLATE {}", column.data_type, collation.name),
        None => column.data_type.to_string(),
    }
}

fn change(step: &Step<'_>, old: &Column, set: &SetType) -> Retyping {
    if set.converts {
        return Retyping::Values;
    }
    let schema = step.schema;
    let is_same = schema.type_id(&old.data_type) == schema.type_id(&set.data_type)
        && old.data_type.modifiers == set.data_type.modifiers;
    if !is_same && schema.is_constrained(&set.data_type) {
        return Retyping::Values;
    }
    let base = |data_type: &TypeName| {
        let base = schema
            .domain(data_type)
            .map_or_else(|| data_type.clone(), |(_, base)| base);
        // A user's type is the same however its schema is written.
        match schema.type_id(&base) {
            id if id.contains('.') => TypeName::parse(&id),
            _ => base,
        }
    };
    let (from, to) = (
        without_schema_of_extension(base(&old.data_type)),
        without_schema_of_extension(base(&set.data_type)),
    );
    let values = if is_same {
        Retyping::Nothing
    } else {
        retyping(&from, &to, step.session.is_utc())
    };
    let name = |collation: &Option<crate::lint::statement::Path>| {
        let name = collation.as_ref().map(|path| path.name.clone());
        name.filter(|name| name != "default")
    };
    match values {
        Retyping::Nothing if name(&old.collation) != name(&set.collation) => Retyping::Indexes,
        values => values,
    }
}

/// `citext` is the same in whatever schema its extension lies.
fn without_schema_of_extension(mut data_type: TypeName) -> TypeName {
    if data_type.name == "citext" {
        data_type.schema = None;
    }
    data_type
}
