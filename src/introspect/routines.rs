//! Functions, procedures, aggregates and window functions (`pg_proc`, `pg_aggregate`).

use sqlx::postgres::PgRow;
use sqlx::{FromRow, Result};

use crate::catalog::routine::{Aggregate, Argument, ArgumentMode, Body, Parallel, Routine, RoutineKind, Volatility};
use crate::catalog::{Name, RoutineId};

use super::Reader;
use super::names::Reach;
use super::names::catalogs::PG_PROC;
use super::values::{Oid, Oids, Texts, unknown};

#[derive(FromRow)]
struct NameRow<'r> {
    oid: Oid,
    schema: Oid,
    name: &'r str,
    arguments: Oids,
}

pub(super) fn take_name(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = NameRow::from_row(row)?;
    add_name(reader, row.oid, row.schema, row.name, &row.arguments);
    Ok(())
}

fn add_name(reader: &mut Reader<'_>, oid: Oid, schema: Oid, name: &str, arguments: &Oids) -> RoutineId {
    let types = arguments.iter().map(|argument| reader.names.data_type(argument, -1));
    let id = RoutineId {
        name: reader.names.qualify(schema, name),
        arguments: types.collect::<Vec<_>>().join(", ").into(),
    };
    reader.names.add_routine(oid, id.clone());
    id
}

#[derive(FromRow)]
struct Row<'r> {
    oid: Oid,
    internal: bool,
    schema: Oid,
    name: &'r str,
    owner: Oid,
    kind: &'r str,
    language: &'r str,
    inputs: Oids,
    arguments: Option<Oids>,
    modes: Option<Texts>,
    names: Option<Texts>,
    defaults: Option<Texts>,
    returns: Oid,
    returns_set: bool,
    volatility: &'r str,
    strict: bool,
    security_definer: bool,
    leakproof: bool,
    parallel: &'r str,
    cost: &'r str,
    rows: &'r str,
    support: Oid,
    settings: Option<Texts>,
    transforms: Option<Oids>,
    source: &'r str,
    library: Option<&'r str>,
    sql_body: Option<String>,
}

pub(super) fn take(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Row::from_row(row)?;
    let id = add_name(reader, row.oid, row.schema, row.name, &row.inputs);
    let reach = reader.names.reach(reader.scope, row.schema, &id.name);
    if reach != Reach::Whole || row.internal || reader.names.extension(PG_PROC, row.oid).is_some() {
        return Ok(());
    }
    let names = &reader.names;
    let kind = kind(row.kind)?;
    let routine = Routine {
        id,
        kind,
        owner: names.role(row.owner),
        language: row.language.into(),
        arguments: arguments(reader, &row)?,
        returns: (kind != RoutineKind::Procedure).then(|| names.data_type(row.returns, -1)),
        returns_set: row.returns_set,
        body: body(&row),
        volatility: volatility(row.volatility)?,
        strict: row.strict,
        security_definer: row.security_definer,
        leakproof: row.leakproof,
        parallel: parallel(row.parallel)?,
        cost: (row.cost != usual_cost(row.language)).then(|| row.cost.into()),
        rows: (row.returns_set && row.rows != "1000").then(|| row.rows.into()),
        support: names.routine_name(row.support),
        settings: row.settings.map(|settings| settings.0).unwrap_or_default(),
        transforms: row
            .transforms
            .iter()
            .flat_map(Oids::iter)
            .map(|oid| names.data_type(oid, -1))
            .collect(),
    };
    reader.routines.insert(row.oid, reader.draft.routines.len());
    reader.draft.routines.push(routine);
    Ok(())
}

fn arguments(reader: &Reader<'_>, row: &Row<'_>) -> Result<Vec<Argument>> {
    let types = row.arguments.as_ref().unwrap_or(&row.inputs);
    let nth = |texts: &Option<Texts>, at: usize| {
        let text = texts.as_ref()?.0.get(at)?;
        (!text.is_empty()).then(|| text.clone())
    };
    let arguments = types.iter().enumerate().map(|(at, data_type)| {
        Ok(Argument {
            mode: nth(&row.modes, at).map_or(Ok(ArgumentMode::In), |mode| argument_mode(&mode))?,
            name: nth(&row.names, at).map(Name::from),
            data_type: reader.names.data_type(data_type, -1),
            default: nth(&row.defaults, at),
        })
    });
    arguments.collect()
}

fn body(row: &Row<'_>) -> Body {
    match (&row.sql_body, row.library) {
        (Some(body), _) => Body::Sql(body.clone()),
        (None, Some(library)) => Body::Object {
            library: library.to_owned(),
            symbol: row.source.to_owned(),
        },
        (None, None) => Body::Source(row.source.to_owned()),
    }
}

/// What a call costs unless it is said (manual, `CREATE FUNCTION`).
fn usual_cost(language: &str) -> &'static str {
    match language {
        "c" | "internal" => "1",
        _ => "100",
    }
}

fn kind(code: &str) -> Result<RoutineKind> {
    Ok(match code {
        "f" => RoutineKind::Function,
        "p" => RoutineKind::Procedure,
        "a" => RoutineKind::Aggregate,
        "w" => RoutineKind::Window,
        _ => return Err(unknown("kind of routine", code)),
    })
}

fn argument_mode(code: &str) -> Result<ArgumentMode> {
    Ok(match code {
        "i" => ArgumentMode::In,
        "o" => ArgumentMode::Out,
        "b" => ArgumentMode::Inout,
        "v" => ArgumentMode::Variadic,
        "t" => ArgumentMode::Table,
        _ => return Err(unknown("mode of an argument", code)),
    })
}

fn volatility(code: &str) -> Result<Volatility> {
    Ok(match code {
        "v" => Volatility::Volatile,
        "s" => Volatility::Stable,
        "i" => Volatility::Immutable,
        _ => return Err(unknown("volatility", code)),
    })
}

fn parallel(code: &str) -> Result<Parallel> {
    Ok(match code {
        "u" => Parallel::Unsafe,
        "r" => Parallel::Restricted,
        "s" => Parallel::Safe,
        _ => return Err(unknown("parallel safety", code)),
    })
}

#[derive(FromRow)]
struct AggregateRow<'r> {
    oid: Oid,
    kind: &'r str,
    direct_arguments: i16,
    transition: Oid,
    state_type: Oid,
    state_space: i32,
    initial: Option<String>,
    final_function: Oid,
    final_extra: bool,
    final_modify: &'r str,
    combine: Oid,
    serialize: Oid,
    deserialize: Oid,
    moving_transition: Oid,
    moving_inverse: Oid,
    moving_state_type: Oid,
    moving_state_space: i32,
    moving_initial: Option<String>,
    moving_final: Oid,
    moving_final_extra: bool,
    moving_final_modify: &'r str,
    sort_operator: Oid,
}

pub(super) fn take_aggregate(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = AggregateRow::from_row(row)?;
    let names = &reader.names;
    let aggregate = Aggregate {
        kind: aggregate_kind(row.kind)?,
        direct_arguments: row.direct_arguments,
        transition: names.routine_name(row.transition),
        state_type: names.data_type(row.state_type, -1),
        state_space: row.state_space,
        initial: row.initial,
        final_function: names.routine_name(row.final_function),
        final_extra: row.final_extra,
        final_modify: row.final_modify.into(),
        combine: names.routine_name(row.combine),
        serialize: names.routine_name(row.serialize),
        deserialize: names.routine_name(row.deserialize),
        moving_transition: names.routine_name(row.moving_transition),
        moving_inverse: names.routine_name(row.moving_inverse),
        moving_state_type: names.optional_type(row.moving_state_type),
        moving_state_space: row.moving_state_space,
        moving_initial: row.moving_initial,
        moving_final: names.routine_name(row.moving_final),
        moving_final_extra: row.moving_final_extra,
        moving_final_modify: row.moving_final_modify.into(),
        sort_operator: names.operator(row.sort_operator).cloned(),
    };
    let place = reader.routines.get(&row.oid).copied();
    if let Some(routine) = place.and_then(|at| reader.draft.routines.get_mut(at)) {
        routine.body = Body::Aggregate(Box::new(aggregate));
    }
    Ok(())
}

/// The word for a kind of aggregate (`aggkind`).
fn aggregate_kind(code: &str) -> Result<Name> {
    Ok(Name::new_static(match code {
        "n" => "ordinary",
        "o" => "ordered_set",
        "h" => "hypothetical_set",
        _ => return Err(unknown("kind of aggregate", code)),
    }))
}
