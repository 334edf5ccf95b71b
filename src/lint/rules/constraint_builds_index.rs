use super::Rule;
use crate::catalog::{Name, QName};
use crate::ddl::mend;
use crate::lint::apart::{Apart, Bears, How, Piece};
use crate::lint::statement::{Action, ConstraintDef, ConstraintKind, Key};
use crate::lint::step::{Edit, Found, Needs, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &[
        "unique-constraint-builds-index",
        "primary-key-builds-index",
        "exclusion-constraint",
    ],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let Some((table, actions)) = step.altered() else { return };
    for action in actions {
        match action {
            Action::AddConstraint(constraint) => hit(step, &table, constraint, actions.len() == 1, found),
            Action::AddColumn { column, .. } => {
                for constraint in &column.constraints {
                    hit(step, &table, constraint, false, found);
                }
            }
            _ => {}
        }
    }
}

fn hit(step: &Step<'_>, table: &QName, constraint: &ConstraintDef, is_alone: bool, found: &mut Vec<Found>) {
    let (rule, columns, words) = match &constraint.kind {
        ConstraintKind::Unique(Key::Columns(columns)) => ("unique-constraint-builds-index", columns, "UNIQUE"),
        ConstraintKind::PrimaryKey(Key::Columns(columns)) => ("primary-key-builds-index", columns, "PRIMARY KEY"),
        ConstraintKind::Exclusion => {
            let message = "its index is built while nobody reads or writes the table";
            found.push(
                step.found_on("exclusion-constraint", table, message)
                    .at(constraint.range.clone()),
            );
            return;
        }
        _ => return,
    };
    let message = "its index is built while nobody reads or writes the table";
    let mut hit = step.found_on(rule, table, message).at(constraint.range.clone());
    let is_partitioned = step
        .schema
        .relation(table)
        .is_some_and(|relation| relation.is_partitioned());
    let can_be_first = !is_partitioned && !constraint.words.overlaps;
    if is_alone && can_be_first && step.statement.editable {
        hit = with_index_first(hit, step, table, constraint, columns, words);
    }
    found.push(hit);
}

/// Builds the index beside everybody's work, and makes it the constraint's; a primary key's columns lose NULL before.
fn with_index_first(
    hit: Found,
    step: &Step<'_>,
    table: &QName,
    constraint: &ConstraintDef,
    columns: &[Name],
    words: &str,
) -> Found {
    let name = step.schema.name_of(table, constraint);
    let whole = step.statement.range.clone();
    let may_be_null = |column: &&Name| {
        let known = step.schema.column(table, column);
        words == "PRIMARY KEY" && known.is_some_and(|known| !known.not_null)
    };
    let nullable = columns.iter().filter(may_be_null).cloned().collect::<Vec<_>>();
    let first = (!nullable.is_empty()).then(|| {
        let check = step.schema.usual_name(table, &nullable, "present");
        mend::set_not_null_by_check(table, &nullable, &check)
    });
    let words = mend::KeyWords {
        kind: words,
        index: &constraint.words.index,
        constraint: &constraint.words.deferral,
    };
    let [index, add] = mend::constraint_by_index(table, &name, columns, &words);
    let built = [
        Piece::new(index.clone(), How::Alone),
        Piece::new(add.clone(), How::Locking),
    ];
    let moved = Apart::moved(How::Alone, vec![name], vec![table.name.clone()], Bears::Additions);
    let Some([check, validate, set]) = first else {
        let hit = hit.edit_outside(whole, format!("{index}\n{add}"));
        return hit.apart(Apart {
            then: built.into(),
            ..moved
        });
    };
    let all = [check.as_str(), &validate, &set, &index, &add].join("\n");
    let before = [Piece::new(validate, How::Check), Piece::new(set, How::Locking)];
    hit.edit_alone(whole.clone(), all).apart(Apart {
        stays: vec![Edit::new(whole, check, Needs::Nothing)],
        then: before.into_iter().chain(built).collect(),
        ..moved
    })
}
