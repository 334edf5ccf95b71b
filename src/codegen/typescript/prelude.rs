//! The few declarations that generated types stand on. Only those that are used are written.

use std::cell::Cell;

use super::text::Code;

/// A declaration that others use, or a name that is imported.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Helper {
    Json,
    JsonInput,
    PgArray,
    PgFloat,
    PgInterval,
    PgPoint,
    PgCircle,
    GeoJson,
    Nullable,
    Brand,
    Database,
    ColumnType,
    Generated,
    GeneratedAlways,
    Zod,
    ZodJson,
    ZodJsonNotNull,
    ZodJsonInput,
    ZodArray,
}

/// Which helpers are used.
#[derive(Default)]
pub(super) struct Helpers(Cell<u32>);

impl Helpers {
    /// Marks one as used, and what it needs itself.
    pub(super) fn add(&self, helper: Helper) {
        self.0.set(self.0.get() | 1 << helper as u32);
        match helper {
            Helper::JsonInput | Helper::GeoJson | Helper::ZodJson => self.add(Helper::Json),
            Helper::ZodJsonNotNull => self.add(Helper::ZodJson),
            Helper::ZodJsonInput => {
                self.add(Helper::JsonInput);
                self.add(Helper::ZodJson);
            }
            Helper::ZodArray => self.add(Helper::PgArray),
            _ => {}
        }
    }

    pub(super) fn has(&self, helper: Helper) -> bool {
        self.0.get() & (1 << helper as u32) != 0
    }

    /// Forgets all.
    pub(super) fn clear(&self) {
        self.0.set(0);
    }

    /// Adds those of another file.
    pub(super) fn merge(&self, other: &Self) {
        self.0.set(self.0.get() | other.0.get());
    }

    /// The used ones that are types of the prelude, in the order that they are declared in.
    pub(super) fn types(&self) -> impl Iterator<Item = Type> + '_ {
        TYPES.iter().copied().filter(|one| self.has(one.helper))
    }
}

/// A type of the prelude.
#[derive(Clone, Copy)]
pub(super) struct Type {
    helper: Helper,
    pub(super) name: &'static str,
    doc: &'static str,
    code: &'static str,
}

const TYPES: &[Type] = &[
    Type {
        helper: Helper::Json,
        name: "Json",
        doc: "Any JSON value. A column that is not NULL can still hold JSON's own null.",
        code: "export type Json =\n  | string\n  | number\n  | boolean\n  | null\n  | { [key: string]: Json | undefined }\n  | Json[]\n",
    },
    Type {
        helper: Helper::JsonInput,
        name: "JsonInput",
        doc: "What node-postgres sends as JSON: text is taken as JSON already, and an array would become one of PostgreSQL's.",
        code: "export type JsonInput =\n  string | number | boolean | { [key: string]: Json | undefined }\n",
    },
    Type {
        helper: Helper::PgArray,
        name: "PgArray",
        doc: "An array of PostgreSQL's, which may have any number of dimensions.",
        code: "export type PgArray<T> = (T | PgArray<T>)[]\n",
    },
    Type {
        helper: Helper::PgFloat,
        name: "PgFloat",
        doc: "A number, or what JSON has no number for.",
        code: "export type PgFloat = number | \"NaN\" | \"Infinity\" | \"-Infinity\"\n",
    },
    Type {
        helper: Helper::PgInterval,
        name: "PgInterval",
        doc: "An interval as node-postgres gives it.",
        code: "export type PgInterval = {\n  years?: number\n  months?: number\n  days?: number\n  hours?: number\n  minutes?: number\n  seconds?: number\n  milliseconds?: number\n  toPostgres(): string\n  toISOString(): string\n}\n",
    },
    Type {
        helper: Helper::PgPoint,
        name: "PgPoint",
        doc: "A point as node-postgres gives it.",
        code: "export type PgPoint = { x: number; y: number }\n",
    },
    Type {
        helper: Helper::PgCircle,
        name: "PgCircle",
        doc: "A circle as node-postgres gives it.",
        code: "export type PgCircle = { x: number; y: number; radius: number }\n",
    },
    Type {
        helper: Helper::GeoJson,
        name: "GeoJson",
        doc: "A geometry as GeoJSON.",
        code: "export type GeoJson = { type: string; [key: string]: Json | undefined }\n",
    },
    Type {
        helper: Helper::Nullable,
        name: "Nullable",
        doc: "A table's row as a value, in which no field is sure to be there.",
        code: "export type Nullable<T> = { [K in keyof T]: T[K] | null }\n",
    },
    Type {
        helper: Helper::Brand,
        name: "Brand",
        doc: "A key: keys of two tables are not mistaken for each other, and a plain value is taken for any.",
        code: "export type Brand<T, Key extends string> = T & { readonly [brand]?: Key }\n\ndeclare const brand: unique symbol\n",
    },
];

/// Writes the types of the prelude that are used.
pub(super) fn write(code: &mut Code, helpers: &Helpers) {
    for one in helpers.types() {
        code.doc(Some(one.doc));
        code.text.push_str(one.code);
        code.gap();
    }
}
