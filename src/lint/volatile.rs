//! Whether a default is another value for each row.

use super::schema::Schema;
use super::statement::Expression;

/// How many functions deep a function that stands for its expression is looked into.
const DEPTH: usize = 8;

/// Why an expression has to be worked out for each row: the function that is volatile, as far as can be told.
pub(super) fn volatile(expression: &Expression, schema: &Schema) -> Option<String> {
    volatile_within(expression, schema, DEPTH)
}

fn volatile_within(expression: &Expression, schema: &Schema, depth: usize) -> Option<String> {
    expression.calls.iter().find_map(|call| {
        let is_builtin = call.schema.as_deref().is_none_or(|name| name == "pg_catalog");
        let is_everybodys = VOLATILE.binary_search(&call.name.as_str()).is_ok();
        if is_builtin && is_everybodys || EXTENSIONS.binary_search(&call.name.as_str()).is_ok() {
            return Some(format!("{}()", call.name));
        }
        let name = schema.resolve_routine(call);
        let Some(routines) = schema.routines.get(&name) else {
            // PostgreSQL's others give the same value for the time of the statement; of one in a schema of its own
            // nothing is known.
            return (!is_builtin && !schema.is_whole).then(|| format!("{name}(), of which nothing is known,"));
        };
        let is_volatile = |routine: &&super::schema::Routine| {
            routine.volatile
                && match &routine.inlined {
                    Some(inner) if depth > 0 => {
                        volatile_within(inner, schema, depth - 1).is_some() || !inner.columns.is_empty()
                    }
                    _ => true,
                }
        };
        routines.iter().find(is_volatile).map(|_| format!("{name}()"))
    })
}

/// PostgreSQL's own volatile functions that give a value (`pg_proc.provolatile` v, 13 to 18), sorted.
const VOLATILE: &[&str] = &[
    "array_sample",
    "array_shuffle",
    "clock_timestamp",
    "currval",
    "gen_random_uuid",
    "lastval",
    "lo_creat",
    "lo_create",
    "nextval",
    "pg_backend_pid",
    "pg_notification_queue_usage",
    "pg_sleep",
    "query_to_xml",
    "random",
    "random_normal",
    "set_config",
    "setseed",
    "setval",
    "timeofday",
    "txid_current",
    "uuidv4",
    "uuidv7",
];

/// The same of widely used extensions, in whatever schema they are installed, sorted.
const EXTENSIONS: &[&str] = &[
    "gen_random_bytes",
    "gen_random_uuid",
    "gen_salt",
    "gen_ulid",
    "nanoid",
    "uuid_generate_v1",
    "uuid_generate_v1mc",
    "uuid_generate_v4",
    "uuid_generate_v7",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted() {
        assert!(VOLATILE.is_sorted() && EXTENSIONS.is_sorted());
    }
}
