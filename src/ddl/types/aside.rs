//! Types that make room for their successors.

use crate::catalog::types::{Type, TypeKind};
use crate::catalog::{Name, QName};

use super::super::{Statement, World, bare, qualified, target};

/// The longest name that PostgreSQL keeps, in bytes (`NAMEDATALEN` - 1).
const LONGEST_NAME: usize = 63;

/// Gives a type of `world.from` another name, so that its successor can have the name; and that other name. What is of
/// the type stays so, and its array type makes room by itself.
pub fn set_aside(row: &Type, world: &World<'_>) -> (Vec<Statement>, QName) {
    let aside = free_name(&row.name, world);
    let mut statements = vec![rename(&target(&row.object(), world.from), &aside)];
    let TypeKind::Range(range) = &row.kind else {
        return (statements, aside);
    };
    // The functions that make ranges have the type's name, and keep it.
    let (name, subtype) = (qualified(&row.name), &range.subtype);
    for arguments in [format!("{subtype}, {subtype}"), format!("{subtype}, {subtype}, text")] {
        statements.push(rename(&format!("FUNCTION {name}({arguments})"), &aside));
    }
    if let Some(multirange) = &range.multirange {
        let aside = free_name(multirange, world);
        let name = qualified(multirange);
        statements.push(rename(&format!("TYPE {name}"), &aside));
        statements.push(rename(&format!("FUNCTION {name}()"), &aside));
    }
    (statements, aside)
}

/// What removes a type that was set aside under this name.
pub fn drop_aside(row: &Type, aside: &QName) -> Vec<Statement> {
    let kind = match row.kind {
        TypeKind::Domain { .. } => "DOMAIN",
        _ => "TYPE",
    };
    vec![format!("DROP {kind} {}", qualified(aside)).into()]
}

fn rename(target: &str, name: &QName) -> Statement {
    format!("ALTER {target} RENAME TO {}", bare(&name.name)).into()
}

/// A name like `name` that nothing has on either side.
fn free_name(name: &QName, world: &World<'_>) -> QName {
    let is_taken = |name: &QName| {
        [world.from, world.to]
            .iter()
            .any(|catalog| catalog.user_type(name).is_some() || catalog.relation(name).is_some())
    };
    let mut number = 0_u32;
    loop {
        let suffix = if number == 0 {
            "__old".to_owned()
        } else {
            format!("__old{number}")
        };
        let mut length = name.name.len().min(LONGEST_NAME - suffix.len());
        while !name.name.is_char_boundary(length) {
            length -= 1;
        }
        let free = QName::new(
            name.schema.clone(),
            Name::from(format!("{}{suffix}", &name.name[..length])),
        );
        if !is_taken(&free) {
            return free;
        }
        number += 1;
    }
}
