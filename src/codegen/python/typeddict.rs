//! Typed dictionaries, with the database's own keys.

use super::classes::Class;
use super::text::{docstring, literal, open_body};
use super::{Body, Plan, names};

/// All classes of a module.
pub(super) fn body(plan: &Plan<'_>) -> Body {
    let mut classes = String::new();
    plan.push_all(&mut classes, push_class);
    Body {
        first: String::new(),
        classes,
    }
}

pub(super) fn push_class(plan: &Plan<'_>, out: &mut String, class: &Class<'_>) {
    // `NotRequired` came to the standard library with 3.11.
    let typing = if plan.options.version.minor >= 11 {
        "typing"
    } else {
        "typing_extensions"
    };
    plan.import(typing, "TypedDict");
    if class.members.iter().any(|member| member.optional) {
        plan.import(typing, "NotRequired");
    }
    out.push_str("\n\n");
    // A key that is no identifier, or that would hide a type, can only be given as text.
    if class
        .members
        .iter()
        .any(|member| !names::is_identifier(&member.key) || plan.reserved.hides(&member.key))
    {
        push_functional(out, class);
    } else {
        push_plain(out, class);
    }
}

fn push_plain(out: &mut String, class: &Class<'_>) {
    out.push_str("class ");
    out.push_str(&class.name);
    out.push_str("(TypedDict):\n");
    open_body(out, class.doc, class.members.is_empty());
    for member in &class.members {
        out.push_str("    ");
        out.push_str(&member.key);
        out.push_str(": ");
        push_annotation(out, &member.annotation(), member.optional);
        out.push('\n');
        docstring(out, member.doc, "    ");
    }
}

fn push_functional(out: &mut String, class: &Class<'_>) {
    out.push_str(&class.name);
    out.push_str(" = TypedDict(\n    ");
    out.push_str(&literal(&class.name));
    out.push_str(",\n    {\n");
    for member in &class.members {
        out.push_str("        ");
        out.push_str(&literal(&member.key));
        out.push_str(": ");
        push_annotation(out, &member.annotation(), member.optional);
        out.push_str(",\n");
    }
    out.push_str("    },\n)\n");
    docstring(out, class.doc, "");
}

fn push_annotation(out: &mut String, annotation: &str, optional: bool) {
    if optional {
        out.push_str("NotRequired[");
    }
    out.push_str(annotation);
    if optional {
        out.push(']');
    }
}
