//! Dataclasses.

use super::classes::Class;
use super::text::{docstring, open_body};
use super::{Body, Plan};

/// All classes of a module, and what a field is that is left out.
pub(super) fn body(plan: &Plan<'_>) -> Body {
    let mut classes = String::new();
    plan.push_all(&mut classes, push_class);
    let mut first = String::new();
    if plan.unset_used.get() {
        plan.imports.borrow_mut().modules.insert("enum");
        first.push_str(UNSET);
    }
    Body { first, classes }
}

const UNSET: &str = "

class Unset(enum.Enum):
    \"\"\"What a field is that is left out, which None is not.\"\"\"

    UNSET = \"UNSET\"
";

pub(super) fn push_class(plan: &Plan<'_>, out: &mut String, class: &Class<'_>) {
    plan.import("dataclasses", "dataclass");
    out.push_str("\n\n@dataclass(slots=True, kw_only=True)\nclass ");
    out.push_str(&class.name);
    out.push_str(":\n");
    open_body(out, class.doc, class.members.is_empty());
    for member in &class.members {
        out.push_str("    ");
        out.push_str(&member.name);
        out.push_str(": ");
        if member.optional {
            plan.unset_used.set(true);
            match member.annotation().strip_suffix('"') {
                // The whole annotation is in quotes.
                Some(open) if member.forward => {
                    out.push_str(open);
                    out.push_str(" | Unset\"");
                }
                _ => {
                    out.push_str(&member.annotation());
                    out.push_str(" | Unset");
                }
            }
            out.push_str(" = Unset.UNSET");
        } else {
            out.push_str(&member.annotation());
            if member.nullable && !class.is_change {
                out.push_str(" = None");
            }
        }
        out.push('\n');
        docstring(out, member.doc, "    ");
    }
}
