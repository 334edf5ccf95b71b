//! Enums and domains, which most styles share.

use super::Plan;
use super::names;
use super::text::{docstring, literal, open_body};
use crate::codegen::model::{Rule, Type};
use crate::config::python::{PythonEnums, PythonStyle, PythonWire};

impl Plan<'_> {
    /// Whether enums are literals: also where nothing makes members of the text that comes over the wire.
    pub(super) fn has_literals(&self) -> bool {
        let is_plain = matches!(self.options.style, PythonStyle::Typeddict | PythonStyle::Dataclass);
        self.options.enums == PythonEnums::Literal || (is_plain && self.options.wire != PythonWire::Psycopg)
    }
}

/// The enums of a module, as classes or as unions of literals.
pub(super) fn push_enums(plan: &Plan<'_>, out: &mut String) {
    for (at, row) in plan
        .api
        .enums
        .iter()
        .enumerate()
        .filter(|(_, row)| plan.is_here(&row.named))
    {
        let name = &plan.names.enums[at];
        // No literal stands for an enum without labels.
        if plan.has_literals() && !row.labels.is_empty() {
            plan.import("typing", "Literal");
            plan.import("typing", "TypeAlias");
            let labels: Vec<String> = row.labels.iter().map(|label| literal(label)).collect();
            push_alias(
                out,
                name,
                &format!("Literal[{}]", labels.join(", ")),
                row.named.comment.as_deref(),
            );
            continue;
        }
        plan.imports.borrow_mut().modules.insert("enum");
        out.push_str("\n\nclass ");
        out.push_str(name);
        out.push_str(if plan.options.version.minor >= 11 {
            "(enum.StrEnum):\n"
        } else {
            "(str, enum.Enum):\n"
        });
        open_body(out, row.named.comment.as_deref(), row.labels.is_empty());
        for (label, member) in row.labels.iter().zip(names::members(&row.labels)) {
            out.push_str("    ");
            out.push_str(&member);
            out.push_str(" = ");
            out.push_str(&literal(label));
            out.push('\n');
        }
    }
}

/// The domains of a module, as other names of what they restrict: those that are made of what stands above them, or
/// the `late` ones.
pub(super) fn push_domains(plan: &Plan<'_>, out: &mut String, late: bool) {
    for at in plan.domains_in_order() {
        let domain = &plan.api.domains[at];
        if plan.is_late(&domain.base) != late {
            continue;
        }
        // What the domain below demands stands in that one's own alias.
        let below: &[Rule] = match &domain.base {
            Type::Domain(below) => &plan.api.domains[*below].rules,
            _ => &[],
        };
        let own: Vec<Rule> = domain
            .rules
            .iter()
            .filter(|rule| !below.contains(rule))
            .cloned()
            .collect();
        let mut code = String::new();
        plan.push_ruled(&mut code, &domain.base, &own);
        plan.import("typing", "TypeAlias");
        push_alias(out, &plan.names.domains[at], &code, domain.named.comment.as_deref());
    }
}

fn push_alias(out: &mut String, name: &str, code: &str, comment: Option<&str>) {
    out.push_str("\n\n");
    out.push_str(name);
    out.push_str(": TypeAlias = ");
    out.push_str(code);
    out.push('\n');
    docstring(out, comment, "");
}
