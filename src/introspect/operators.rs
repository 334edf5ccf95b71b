//! Operators, their families and classes, and casts (`pg_operator`, `pg_opfamily`, `pg_opclass`, `pg_amop`,
//! `pg_amproc`, `pg_cast`).

use sqlx::postgres::PgRow;
use sqlx::{FromRow, Result};

use crate::catalog::access::Unmodelled;
use crate::catalog::operator::{
    Cast, CastContext, CastMethod, FamilyFunction, FamilyOperator, Operator, OperatorClass, OperatorFamily,
};
use crate::catalog::{Name, ObjectId, OperatorId, QName};

use super::Reader;
use super::names::catalogs::{PG_CAST, PG_OPCLASS, PG_OPERATOR, PG_OPFAMILY};
use super::values::{NONE, Oid, unknown};

#[derive(FromRow)]
struct Row<'r> {
    oid: Oid,
    schema: Oid,
    name: &'r str,
    owner: Oid,
    left: Oid,
    right: Oid,
    function: Oid,
    commutator_schema: Option<Oid>,
    commutator: Option<&'r str>,
    negator_schema: Option<Oid>,
    negator: Option<&'r str>,
    restrict: Oid,
    join: Oid,
    hashes: bool,
    merges: bool,
}

pub(super) fn take(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Row::from_row(row)?;
    let names = &reader.names;
    let id = OperatorId {
        name: names.qualify(row.schema, row.name),
        left: names.optional_type(row.left),
        right: names.optional_type(row.right),
    };
    let other = |schema: Option<Oid>, name: Option<&str>| Some(names.qualify(schema?, name?));
    let operator = Operator {
        id: id.clone(),
        owner: names.role(row.owner),
        function: names.routine_name(row.function),
        commutator: other(row.commutator_schema, row.commutator),
        negator: other(row.negator_schema, row.negator),
        restrict: names.routine_name(row.restrict),
        join: names.routine_name(row.join),
        hashes: row.hashes,
        merges: row.merges,
    };
    let object = ObjectId::Operator(id);
    if reader.is_ours(PG_OPERATOR, row.oid, &object) {
        reader.draft.operators.push(operator);
    }
    reader.names.add_object(PG_OPERATOR, row.oid, object);
    Ok(())
}

#[derive(FromRow)]
struct Family<'r> {
    oid: Oid,
    schema: Oid,
    name: &'r str,
    method: &'r str,
    owner: Oid,
}

pub(super) fn take_family(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Family::from_row(row)?;
    let name = reader.names.qualify(row.schema, row.name);
    let object = ObjectId::OperatorFamily(name.clone(), row.method.into());
    if reader.is_ours(PG_OPFAMILY, row.oid, &object) {
        reader.draft.operator_families.push(OperatorFamily {
            name,
            method: row.method.into(),
            owner: reader.names.role(row.owner),
            operators: Vec::new(),
            functions: Vec::new(),
        });
    }
    reader.names.add_object(PG_OPFAMILY, row.oid, object);
    Ok(())
}

#[derive(FromRow)]
struct Class<'r> {
    oid: Oid,
    schema: Oid,
    name: &'r str,
    method: &'r str,
    owner: Oid,
    family: Oid,
    data_type: Oid,
    default: bool,
    storage: Oid,
}

pub(super) fn take_class(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Class::from_row(row)?;
    let name = reader.names.qualify(row.schema, row.name);
    let object = ObjectId::OperatorClass(name.clone(), row.method.into());
    if reader.is_ours(PG_OPCLASS, row.oid, &object)
        && let Some(family) = family_name(reader, row.family)
    {
        reader.draft.operator_classes.push(OperatorClass {
            name,
            method: row.method.into(),
            owner: reader.names.role(row.owner),
            family,
            data_type: reader.names.data_type(row.data_type, -1),
            default: row.default,
            storage: reader.names.optional_type(row.storage),
            operators: Vec::new(),
            functions: Vec::new(),
        });
    }
    reader.names.add_object(PG_OPCLASS, row.oid, object);
    Ok(())
}

fn family_name(reader: &Reader<'_>, oid: Oid) -> Option<QName> {
    match reader.names.object(PG_OPFAMILY, oid, 0)? {
        ObjectId::OperatorFamily(name, _) => Some(name),
        _ => None,
    }
}

#[derive(FromRow)]
struct OperatorMember {
    class: Oid,
    family: Oid,
    strategy: i16,
    operator: Oid,
    order_by: Oid,
}

pub(super) fn take_family_operator(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = OperatorMember::from_row(row)?;
    let Some(operator) = reader.names.operator(row.operator).cloned() else {
        return Ok(());
    };
    let member = FamilyOperator {
        strategy: row.strategy,
        operator,
        order_by: family_name(reader, row.order_by),
    };
    if let Some((operators, _)) = members(reader, row.class, row.family) {
        let at =
            operators.partition_point(|other| (other.strategy, &other.operator) < (member.strategy, &member.operator));
        operators.insert(at, member);
    }
    Ok(())
}

#[derive(FromRow)]
struct FunctionMember {
    class: Oid,
    family: Oid,
    number: i16,
    left: Oid,
    right: Oid,
    function: Oid,
}

pub(super) fn take_family_function(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = FunctionMember::from_row(row)?;
    let Some(function) = reader.names.routine(row.function).cloned() else {
        return Ok(());
    };
    let member = FamilyFunction {
        number: row.number,
        left: reader.names.data_type(row.left, -1),
        right: reader.names.data_type(row.right, -1),
        function,
    };
    let key = |member: &FamilyFunction| (member.number, member.left.clone(), member.right.clone());
    if let Some((_, functions)) = members(reader, row.class, row.family) {
        let at = functions.partition_point(|other| key(other) < key(&member));
        functions.insert(at, member);
    }
    Ok(())
}

/// The lists that a member belongs to: those of its class or, where it is loose, of its family. None where the class or
/// family is an extension's; a loose member of one of PostgreSQL's own families is named as what is not modelled.
fn members<'r>(
    reader: &'r mut Reader<'_>,
    class: Oid,
    family: Oid,
) -> Option<(&'r mut Vec<FamilyOperator>, &'r mut Vec<FamilyFunction>)> {
    if class != NONE {
        let ObjectId::OperatorClass(name, method) = reader.names.object(PG_OPCLASS, class, 0)? else {
            return None;
        };
        let mut classes = reader.draft.operator_classes.iter_mut();
        let class = classes.find(|row| row.name == name && row.method == method)?;
        return Some((&mut class.operators, &mut class.functions));
    }
    let ObjectId::OperatorFamily(name, method) = reader.names.object(PG_OPFAMILY, family, 0)? else {
        return None;
    };
    if name.is_builtin() {
        let row = Unmodelled {
            kind: Name::new_static("members of a built-in operator family"),
            name: format!("{name} using {method}"),
        };
        if !reader.draft.unmodelled.contains(&row) {
            reader.draft.unmodelled.push(row);
        }
        return None;
    }
    let mut families = reader.draft.operator_families.iter_mut();
    let family = families.find(|row| row.name == name && row.method == method)?;
    Some((&mut family.operators, &mut family.functions))
}

#[derive(FromRow)]
struct CastRow<'r> {
    oid: Oid,
    source: Oid,
    target: Oid,
    function: Oid,
    method: &'r str,
    context: &'r str,
}

pub(super) fn take_cast(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = CastRow::from_row(row)?;
    let source = reader.names.data_type(row.source, -1);
    let target = reader.names.data_type(row.target, -1);
    let object = ObjectId::Cast(source.clone(), target.clone());
    let method = match (row.method, reader.names.routine(row.function)) {
        ("f", Some(function)) => CastMethod::Function(function.clone()),
        ("i", _) => CastMethod::Inout,
        ("b", _) => CastMethod::Binary,
        (other, _) => return Err(unknown("method of a cast", other)),
    };
    if reader.is_ours(PG_CAST, row.oid, &object) {
        reader.draft.casts.push(Cast {
            source,
            target,
            method,
            context: match row.context {
                "e" => CastContext::Explicit,
                "a" => CastContext::Assignment,
                "i" => CastContext::Implicit,
                other => return Err(unknown("context of a cast", other)),
            },
        });
    }
    reader.names.add_object(PG_CAST, row.oid, object);
    Ok(())
}
