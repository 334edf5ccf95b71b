//! What the clients make of PostgreSQL's types, with the parsers that they have by default. Found out by reading a value
//! of every type through the clients themselves, and by `to_json`, which is what PostgREST sends.

use super::prelude::Helper;
use crate::codegen::model::Scalar;
use crate::config::typescript::{Dates, Int8, Numeric, Typescript, Wire};

/// Whether a value comes from the database or goes to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Side {
    Read,
    Write,
}

/// A type as TypeScript has it, and what of the prelude it needs.
pub(super) type Spelling = (&'static str, Option<Helper>);

/// What a scalar is.
pub(super) fn scalar(options: &Typescript, scalar: Scalar, side: Side) -> Spelling {
    match (options.wire(), side) {
        (_, Side::Read) => read(options, scalar),
        (Wire::Postgrest, Side::Write) => write_json(options, scalar),
        (Wire::NodePostgres | Wire::PostgresJs, Side::Write) => write_driver(options, scalar),
    }
}

fn read(options: &Typescript, scalar: Scalar) -> Spelling {
    use Scalar as S;
    let wire = options.wire();
    match (scalar, wire) {
        (S::Bool, _) => plain("boolean"),
        (S::Int2 | S::Int4, _) => plain("number"),
        (S::Oid, Wire::NodePostgres | Wire::PostgresJs) => plain("number"),
        (S::Int8, _) => plain(int8(options)),
        (S::Float4 | S::Float8, Wire::Postgrest) if options.special_values => ("PgFloat", Some(Helper::PgFloat)),
        (S::Float4 | S::Float8, _) => plain("number"),
        (S::Numeric, _) => match options.numeric() {
            Numeric::Number if wire == Wire::Postgrest && options.special_values => ("PgFloat", Some(Helper::PgFloat)),
            Numeric::Number => plain("number"),
            Numeric::String => plain("string"),
        },
        (S::Bytea, Wire::NodePostgres | Wire::PostgresJs) => plain("Buffer"),
        (S::Date | S::Timestamp | S::Timestamptz, _) => plain(match options.dates() {
            Dates::String => "string",
            // node-postgres gives infinity as a number; postgres.js gives an invalid Date.
            Dates::Date if wire == Wire::NodePostgres && options.special_values => "Date | number",
            Dates::Date => "Date",
        }),
        (S::Interval, Wire::NodePostgres) => ("PgInterval", Some(Helper::PgInterval)),
        (S::Point, Wire::NodePostgres) => ("PgPoint", Some(Helper::PgPoint)),
        (S::Circle, Wire::NodePostgres) => ("PgCircle", Some(Helper::PgCircle)),
        (S::Json | S::Jsonb, _) => ("Json", Some(Helper::Json)),
        (S::Hstore, Wire::Postgrest) => plain("Record<string, string | null>"),
        (S::Geometry, Wire::Postgrest) => ("GeoJson", Some(Helper::GeoJson)),
        (S::Void, Wire::Postgrest) => plain("undefined"),
        _ => plain("string"),
    }
}

/// What may stand in the JSON that goes to PostgREST. It is read as `json_populate_recordset` does, which takes the text
/// of a value for any type: only what is usual is offered.
fn write_json(options: &Typescript, scalar: Scalar) -> Spelling {
    use Scalar as S;
    match scalar {
        S::Int8 => match options.int8() {
            Int8::Number => plain("number"),
            Int8::String => plain("string | number"),
            Int8::Bigint => plain("bigint | string | number"),
        },
        S::Numeric if options.numeric() == Numeric::String => plain("string | number"),
        S::Money | S::Oid => plain("string | number"),
        S::Json | S::Jsonb => ("NonNullable<Json>", Some(Helper::Json)),
        // The text of an object is not what hstore reads.
        S::Hstore => plain("string"),
        S::Geometry | S::Geography => ("GeoJson | string", Some(Helper::GeoJson)),
        _ => read(options, scalar),
    }
}

fn write_driver(options: &Typescript, scalar: Scalar) -> Spelling {
    use Scalar as S;
    match (scalar, options.wire()) {
        // The types of postgres.js refuse bigint until it is told of it.
        (S::Int8, Wire::PostgresJs) if options.int8() != Int8::Bigint => plain("string | number"),
        (S::Int8, _) => plain("string | number | bigint"),
        (S::Numeric | S::Money, _) => plain("string | number"),
        (S::Bytea, _) => plain("Uint8Array"),
        (S::Date | S::Timestamp | S::Timestamptz, _) => plain("Date | string"),
        (S::Interval, Wire::NodePostgres) => ("PgInterval | string", Some(Helper::PgInterval)),
        // node-postgres makes text of them that PostgreSQL does not read.
        (S::Point | S::Circle, _) => plain("string"),
        (S::Json | S::Jsonb, Wire::NodePostgres) => ("JsonInput", Some(Helper::JsonInput)),
        (S::Json | S::Jsonb, _) => ("NonNullable<Json>", Some(Helper::Json)),
        _ => read(options, scalar),
    }
}

fn plain(spelling: &'static str) -> Spelling {
    (spelling, None)
}

fn int8(options: &Typescript) -> &'static str {
    match options.int8() {
        Int8::Number => "number",
        Int8::String => "string",
        Int8::Bigint => "bigint",
    }
}

/// What node-postgres makes of the elements of an array, where it has a parser for the array's type at all; else it
/// gives the array's text. Parsers that an application sets for a type do not apply to arrays of it.
pub(super) fn node_postgres_element(scalar: Scalar) -> Option<Spelling> {
    use Scalar as S;
    match scalar {
        S::Bool => Some(plain("boolean")),
        // numeric, too, becomes a number here, although alone it is a string.
        S::Int2 | S::Int4 | S::Oid | S::Float4 | S::Float8 | S::Numeric => Some(plain("number")),
        S::Int8 | S::Money | S::Text | S::Varchar | S::Bpchar | S::Uuid | S::Time | S::Timetz => Some(plain("string")),
        S::Inet | S::Cidr | S::Macaddr => Some(plain("string")),
        S::Bytea => Some(plain("Buffer")),
        S::Date | S::Timestamp | S::Timestamptz => Some(plain("Date")),
        S::Interval => Some(("PgInterval", Some(Helper::PgInterval))),
        S::Point => Some(("PgPoint", Some(Helper::PgPoint))),
        S::Json | S::Jsonb => Some(("Json", Some(Helper::Json))),
        _ => None,
    }
}

/// What the elements of an array are to a client.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Elements {
    /// What each would be alone.
    Alone,
    /// Something else than that.
    Parsed(Spelling),
    /// Texts.
    Texts,
    /// Nothing: the array is a text as a whole.
    Unseen,
}

/// What postgres.js takes for an array of a scalar. It takes the type of a first element that is a boolean, a Date or
/// bytes for that of the whole parameter.
pub(super) fn sent_by_postgres_js(scalar: Scalar) -> Elements {
    use Scalar as S;
    match scalar {
        S::Bool | S::Bytea => Elements::Unseen,
        S::Date | S::Timestamp | S::Timestamptz => Elements::Texts,
        _ => Elements::Alone,
    }
}
