//! Models of pydantic 2.

use super::classes::{Class, Member};
use super::text::{docstring, literal, open_body};
use super::{Body, Plan};

/// All classes of a module, and the bases that stand before them.
pub(super) fn body(plan: &Plan<'_>) -> Body {
    let mut classes = String::new();
    plan.push_all(&mut classes, push_class);
    Body {
        first: bases(plan),
        classes,
    }
}

/// The bases of what a client gets and of what it gives.
fn bases(plan: &Plan<'_>) -> String {
    plan.import("pydantic", "ConfigDict");
    let base = match &plan.options.base {
        Some(base) => {
            let (module, class) = base.split_once(':').unwrap_or((base, "BaseModel"));
            plan.imports.borrow_mut().user.insert(module.to_owned());
            format!("{module}.{class}")
        }
        None => {
            plan.import("pydantic", "BaseModel");
            "BaseModel".to_owned()
        }
    };
    let unset = if plan.unset_used.get() || plan.one_of_used.get() {
        plan.import("typing", "Any");
        UNSET
    } else {
        ""
    };
    format!(
        "{unset}

class _Row({base}):
    model_config = ConfigDict(
        populate_by_name=True, from_attributes=True, protected_namespaces=()
    )


class _Change(_Row):
    model_config = ConfigDict(extra=\"forbid\")
"
    )
}

const UNSET: &str = "
# What a field is that may be left out and is never None: `model_dump(exclude_unset=True)` leaves it out too.
_UNSET: Any = None
";

pub(super) fn push_class(plan: &Plan<'_>, out: &mut String, class: &Class<'_>) {
    out.push_str("\n\nclass ");
    out.push_str(&class.name);
    out.push_str(if class.is_change { "(_Change):\n" } else { "(_Row):\n" });
    open_body(out, class.doc, class.members.is_empty());
    for member in &class.members {
        push_member(plan, out, class, member);
    }
}

fn push_member(plan: &Plan<'_>, out: &mut String, class: &Class<'_>, member: &Member<'_>) {
    out.push_str("    ");
    out.push_str(&member.name);
    out.push_str(": ");
    out.push_str(&member.annotation());
    let default = match (member.nullable, member.optional) {
        (true, _) if member.optional || !class.is_change => Some("None"),
        (false, true) => {
            plan.unset_used.set(true);
            Some("_UNSET")
        }
        _ => None,
    };
    let is_renamed = member.name != member.key;
    if is_renamed {
        plan.import("pydantic", "Field");
        out.push_str(" = Field(");
        if let Some(default) = default {
            out.push_str("default=");
            out.push_str(default);
            out.push_str(", ");
        }
        out.push_str("alias=");
        out.push_str(&literal(&member.key));
        out.push(')');
    } else if let Some(default) = default {
        out.push_str(" = ");
        out.push_str(default);
    }
    out.push('\n');
    docstring(out, member.doc, "    ");
}
