//! Whether a default is another value for each row.

use crate::catalog::QName;

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
            // With the whole schema at hand, what is not in it is PostgreSQL's own, and gives one value for a statement.
            let is_steady =
                schema.is_whole || is_builtin && STEADY.binary_search(&call.name.as_str()).is_ok() || is_claim(&name);
            return (!is_steady).then(|| format!("{name}(), of which nothing is known,"));
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

/// Whether it tells who asks, as Supabase's functions do.
fn is_claim(name: &QName) -> bool {
    name.schema == "auth" && matches!(name.name.as_str(), "uid" | "role" | "email" | "jwt")
}

/// PostgreSQL's own functions that defaults are made of, and that give one value for a statement, sorted.
#[rustfmt::skip]
const STEADY: &[&str] = &[
    "abs", "age", "array_append", "array_cat", "array_fill", "array_length", "array_prepend", "array_remove",
    "array_to_string", "ascii", "bit_length", "bool", "box", "btrim", "cardinality", "ceil", "char_length", "chr",
    "circle", "coalesce", "concat", "concat_ws", "current_database", "current_schema", "current_setting", "date",
    "date_bin", "date_part", "date_trunc", "daterange", "decode", "degrees", "encode", "exp", "floor", "format",
    "greatest", "hashtext", "host", "inet_client_addr", "inet_server_addr", "initcap", "int4", "int4range", "int8",
    "int8range", "isfinite", "json_build_array", "json_build_object", "json_object", "jsonb_build_array",
    "jsonb_build_object", "jsonb_object", "jsonb_set", "jsonb_strip_nulls", "justify_days", "justify_hours",
    "justify_interval", "least", "left", "length", "ln", "log", "lower", "lpad", "ltrim", "make_date",
    "make_interval", "make_time", "make_timestamp", "make_timestamptz", "masklen", "md5", "mod", "network", "now",
    "nullif", "num_nulls", "numeric", "numrange", "octet_length", "overlay", "pg_backend_pid", "pg_current_xact_id",
    "pi", "plainto_tsquery", "point", "polygon", "position", "power", "quote_ident", "quote_literal", "radians",
    "regexp_match", "regexp_matches", "regexp_replace", "repeat", "replace", "reverse", "right", "round",
    "row_to_json", "rpad", "rtrim", "setweight", "sha224", "sha256", "sha384", "sha512", "sign", "split_part", "sqrt",
    "starts_with", "statement_timestamp", "string_to_array", "strpos", "substr", "substring", "text", "timezone",
    "to_char", "to_date", "to_json", "to_jsonb", "to_number", "to_timestamp", "to_tsquery", "to_tsvector",
    "transaction_timestamp", "translate", "trim", "trunc", "tsrange", "tstzrange", "txid_current", "unistr", "upper",
    "version", "width_bucket",
];

/// PostgreSQL's own volatile functions that give a value (`pg_proc.provolatile` v, 13 to 18), sorted.
const VOLATILE: &[&str] = &[
    "array_sample",
    "array_shuffle",
    "clock_timestamp",
    "current_query",
    "currval",
    "gen_random_uuid",
    "lastval",
    "lo_creat",
    "lo_create",
    "nextval",
    "pg_current_wal_flush_lsn",
    "pg_current_wal_insert_lsn",
    "pg_current_wal_lsn",
    "pg_database_size",
    "pg_indexes_size",
    "pg_is_in_recovery",
    "pg_notification_queue_usage",
    "pg_relation_size",
    "pg_sequence_last_value",
    "pg_sleep",
    "pg_table_size",
    "pg_total_relation_size",
    "query_to_xml",
    "random",
    "random_normal",
    "set_config",
    "setseed",
    "setval",
    "timeofday",
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
        assert!(VOLATILE.is_sorted() && EXTENSIONS.is_sorted() && STEADY.is_sorted());
    }
}
