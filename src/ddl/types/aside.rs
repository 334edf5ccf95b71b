//! Types, collations and what types are made of, where they make room for their successors.

use crate::catalog::routine::Body;
use crate::catalog::types::TypeKind;
use crate::catalog::{Name, Object, ObjectId, QName};

use super::super::{Statement, World, bare, qualified, target};

/// The longest name that PostgreSQL keeps, in bytes (`NAMEDATALEN` - 1).
const LONGEST_NAME: usize = 63;

/// Gives an object of `world.from` another name, so that its successor can have the name; and that other name. What is of
/// a type stays so, and an array type makes room by itself. `None` for what cannot be set aside.
pub fn set_aside(object: Object<'_>, world: &World<'_>) -> Option<(Vec<Statement>, QName)> {
    let name = match object {
        Object::Type(row) => &row.name,
        Object::Collation(row) => &row.name,
        Object::Routine(row) if !matches!(row.body, Body::Aggregate(_)) => &row.id.name,
        Object::OperatorClass(row) => &row.name,
        Object::OperatorFamily(row) => &row.name,
        _ => return None,
    };
    let aside = free_name(name, world);
    let mut statements = Vec::new();
    if let Object::Type(row) = object {
        // The functions that a base type consists of go with it, and some have arguments that are the same for every type.
        let functions = row
            .own_functions()
            .into_iter()
            .flat_map(|name| world.from.routines_named(name));
        let own = functions.filter(|routine| world.from.part_of(Object::Routine(routine)) == Some(row.object()));
        statements.extend(own.map(|routine| {
            let aside = free_name(&routine.id.name, world);
            rename(&target(&routine.object(), world.from), &aside)
        }));
    }
    statements.push(rename(&target(&object.id(), world.from), &aside));
    if let Object::Type(row) = object
        && let TypeKind::Range(range) = &row.kind
    {
        // The functions that make ranges have the type's name, and keep it.
        let (name, subtype) = (qualified(name), &range.subtype);
        for arguments in [format!("{subtype}, {subtype}"), format!("{subtype}, {subtype}, text")] {
            statements.push(rename(&format!("FUNCTION {name}({arguments})"), &aside));
        }
        if let Some(multirange) = &range.multirange {
            let aside = free_name(multirange, world);
            let name = qualified(multirange);
            statements.push(rename(&format!("TYPE {name}"), &aside));
            statements.push(rename(&format!("FUNCTION {name}()"), &aside));
        }
    }
    Some((statements, aside))
}

/// What removes an object that was set aside under this name.
pub fn drop_aside(object: Object<'_>, aside: &QName) -> Vec<Statement> {
    let aside = qualified(aside);
    let sql = match object {
        Object::Collation(_) => format!("DROP COLLATION {aside}"),
        Object::Type(row) if matches!(row.kind, TypeKind::Domain { .. }) => format!("DROP DOMAIN {aside}"),
        // The functions of its own need it too.
        Object::Type(row) if !row.own_functions().is_empty() => format!("DROP TYPE {aside} CASCADE"),
        // Its arguments may be of types that have been set aside as well; its name is its own.
        Object::Routine(_) => format!("DROP ROUTINE {aside}"),
        Object::OperatorClass(row) => format!("DROP OPERATOR CLASS {aside} USING {}", bare(&row.method)),
        Object::OperatorFamily(row) => format!("DROP OPERATOR FAMILY {aside} USING {}", bare(&row.method)),
        _ => format!("DROP TYPE {aside}"),
    };
    vec![sql.into()]
}

fn rename(target: &str, name: &QName) -> Statement {
    format!("ALTER {target} RENAME TO {}", bare(&name.name)).into()
}

/// A name like `name` that nothing has on either side.
fn free_name(name: &QName, world: &World<'_>) -> QName {
    let is_taken = |name: &QName| {
        [world.from, world.to].iter().any(|catalog| {
            let collation = catalog.object(&ObjectId::Collation(name.clone()));
            let has_routine = !catalog.routines_named(name).is_empty();
            has_routine || catalog.user_type(name).is_some() || catalog.relation(name).is_some() || collation.is_some()
        })
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
