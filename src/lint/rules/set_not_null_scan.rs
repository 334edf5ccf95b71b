use super::Rule;
use crate::catalog::{Name, QName};
use crate::ddl::mend;
use crate::lint::apart::{Apart, How, Piece};
use crate::lint::statement::{Action, ConstraintKind};
use crate::lint::step::{Edit, Found, Needs, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &["set-not-null-scan"],
    look,
};

/// Since when PostgreSQL takes a check's word for it.
const TRUSTS_CHECKS_SINCE: u32 = 12;

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let Some((table, actions)) = step.altered_table() else {
        return;
    };
    for action in actions {
        match action {
            Action::SetNotNull(column) => hit(step, &table, column, actions.len() == 1, found),
            Action::AddConstraint(constraint) => {
                if let ConstraintKind::NotNull(column) = &constraint.kind
                    && !constraint.not_valid
                {
                    hit(step, &table, column, false, found);
                }
            }
            _ => {}
        }
    }
}

fn hit(step: &Step<'_>, table: &QName, column: &Name, is_alone: bool, found: &mut Vec<Found>) {
    let is_so = step.schema.column(table, column).is_some_and(|known| known.not_null);
    let is_vouched = step.schema.since(TRUSTS_CHECKS_SINCE, true) && step.schema.vouches_not_null(table, column);
    if is_so || is_vouched {
        return;
    }
    let message = "nobody reads or writes the table until every row has been looked at";
    let mut hit = step.found_at("set-not-null-scan", table, column, message);
    if is_alone {
        let check = step.schema.usual_name(table, std::slice::from_ref(column), "present");
        let steps = mend::set_not_null_by_check(table, std::slice::from_ref(column), &check);
        if step.statement.editable {
            let whole = step.statement.range.clone();
            hit = hit.edit_alone(whole.clone(), steps.join("\n"));
            let [add, validate, set] = steps;
            hit = hit.apart(Apart {
                then: vec![Piece::new(validate.clone(), How::Check), Piece::new(set, How::Locking)],
                ..Apart::validated_later(Edit::new(whole, add, Needs::Nothing), table, &check, validate)
            });
        }
    }
    found.push(hit);
}
