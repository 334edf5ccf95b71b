//! What every language is generated from: the schema as an application sees it, each question answered once.
//!
//! `lower` makes it out of a catalog; the languages only spell it. Things are flat, sorted by schema and
//! name, and refer to each other by position, so that two of one bare name are never mistaken for each other.

use std::collections::BTreeSet;

use crate::catalog::{Name, QName};
use crate::config::Override;

/// The schema as an application sees it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Api {
    /// The schemas that are emitted, sorted, also those that hold nothing.
    pub schemas: Vec<SchemaInfo>,
    /// The schema whose names stand without its own before them: the only one, or `public`.
    pub home: Name,
    /// Enums, those of other schemas included that an emitted thing uses.
    pub enums: Vec<Enum>,
    /// Domains, likewise.
    pub domains: Vec<Domain>,
    /// Free-standing composite types, likewise.
    pub composites: Vec<Composite>,
    /// User-defined ranges, likewise.
    pub ranges: Vec<Range>,
    /// Tables, views, materialised views and foreign tables, likewise.
    pub relations: Vec<Relation>,
    /// Functions and procedures that a client can call.
    pub functions: Vec<Function>,
    /// What the user wants certain types and columns to be.
    pub overrides: Vec<Override>,
}

impl Api {
    /// The relations whose rows are the type of a column, an attribute, an argument or a domain, by position. NOT NULL
    /// and CHECK hold for rows of the table, not for such values.
    pub fn row_values(&self) -> BTreeSet<usize> {
        let columns = self.relations.iter().flat_map(|row| &row.columns);
        let fields = self.composites.iter().flat_map(|row| &row.fields);
        let results = self.functions.iter().flat_map(|row| match &row.returns {
            Returns::Record(fields) => fields.as_slice(),
            _ => &[],
        });
        let arguments = self.functions.iter().flat_map(|row| &row.arguments);
        columns
            .map(|column| &column.ty)
            .chain(fields.chain(results).map(|field| &field.ty))
            .chain(arguments.map(|argument| &argument.ty))
            .chain(self.domains.iter().map(|row| &row.base))
            .filter_map(|mut ty| {
                while let Type::Array(inner) | Type::Custom(_, inner) = ty {
                    ty = inner;
                }
                match ty {
                    Type::Row(at) => Some(*at),
                    _ => None,
                }
            })
            .collect()
    }
}

/// A schema that is emitted.
#[derive(Clone, Debug, PartialEq)]
pub struct SchemaInfo {
    /// Its name.
    pub name: Name,
    /// Its comment.
    pub comment: Option<String>,
}

/// What every named thing has.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// Schema and name in the database.
    pub id: QName,
    /// The name that the user wants, as `[names]` gives it per language or an `@name` line in the comment for all.
    pub rename: Option<crate::config::Name>,
    /// The comment, without the lines that are for pgkeel.
    pub comment: Option<String>,
    /// Whether it lives in a schema that is emitted; otherwise it is here only because something emitted uses it.
    pub emitted: bool,
}

/// An enum.
#[derive(Clone, Debug, PartialEq)]
pub struct Enum {
    /// Name and comment.
    pub named: Named,
    /// The labels in their order; there may be none, and one may be empty.
    pub labels: Vec<Name>,
}

/// A domain.
#[derive(Clone, Debug, PartialEq)]
pub struct Domain {
    /// Name and comment.
    pub named: Named,
    /// The type it restricts, which may be a domain again.
    pub base: Type,
    /// The base as PostgreSQL spells it.
    pub sql: Name,
    /// Whether it, or a domain below it, refuses NULL.
    pub not_null: bool,
    /// Whether it has a default, its own or that of the domain below when it was made.
    pub has_default: bool,
    /// What its values must satisfy, those of the domains below it included.
    pub rules: Vec<Rule>,
}

/// A free-standing composite type.
#[derive(Clone, Debug, PartialEq)]
pub struct Composite {
    /// Name and comment.
    pub named: Named,
    /// Its attributes, in order; any of them may be NULL.
    pub fields: Vec<Field>,
}

/// A field of a composite type or of a function's result.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name; `None` for a result column without one.
    pub name: Option<Name>,
    /// Its type.
    pub ty: Type,
    /// The type as PostgreSQL spells it, modifiers included.
    pub sql: Name,
    /// Whether it can be NULL.
    pub nullable: bool,
    /// Its comment.
    pub comment: Option<String>,
}

/// A user-defined range type.
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    /// Name and comment.
    pub named: Named,
    /// The type of its bounds.
    pub subtype: Type,
    /// The name of its multirange type.
    pub multirange: Option<QName>,
}

/// A table, view, materialised view or foreign table.
#[derive(Clone, Debug, PartialEq)]
pub struct Relation {
    /// Name and comment.
    pub named: Named,
    /// What kind it is.
    pub kind: RelationKind,
    /// Its columns, in physical order.
    pub columns: Vec<Column>,
    /// The columns of the primary key, by position in `columns`, in the key's order.
    pub primary_key: Vec<usize>,
    /// The other unique keys that constraints or whole unique indexes enforce, likewise.
    pub unique_keys: Vec<Vec<usize>>,
    /// Whether a client can insert rows.
    pub insertable: bool,
    /// Whether a client can update rows.
    pub updatable: bool,
    /// The foreign keys from here, sorted by name; a view has those of the tables whose columns it shows.
    pub relationships: Vec<Relationship>,
    /// The functions that take a row of this relation and give one more field (PostgREST's computed fields), by
    /// position in the functions.
    pub computed: Vec<usize>,
    /// Whether it is a partition of another relation.
    pub partition: bool,
    /// CHECK constraints over several columns, as text.
    pub checks: Vec<String>,
}

/// What kind of relation it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelationKind {
    /// A table, partitioned or not.
    Table,
    /// A foreign table.
    ForeignTable,
    /// A view.
    View,
    /// A materialised view.
    MaterializedView,
}

/// A column of a relation.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name in the database.
    pub name: Name,
    /// The field's name that the user wants, as `[names]` or an `@name` line gives it.
    pub rename: Option<crate::config::Name>,
    /// Its type.
    pub ty: Type,
    /// The type as PostgreSQL spells it, modifiers included.
    pub sql: Name,
    /// Whether a row that is read can hold NULL here.
    pub nullable: bool,
    /// Whether NULL can be written here; for a view, what the table below it says.
    pub write_nullable: bool,
    /// Whether an insert must, may or cannot give it.
    pub insert: Insert,
    /// Whether an update can set it.
    pub update: bool,
    /// How it gets a value by itself.
    pub source: Option<Source>,
    /// What its values must satisfy, its domains' rules not included.
    pub rules: Vec<Rule>,
    /// The user's own type for it, by position in the overrides.
    pub custom: Option<usize>,
    /// The comment, without the lines that are for pgkeel.
    pub comment: Option<String>,
}

/// Whether an insert gives a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Insert {
    /// It must: there is no default, and NULL is refused.
    Required,
    /// It may.
    Optional,
    /// It cannot: the column is generated, an identity ALWAYS, or not updatable.
    Never,
}

/// How a column gets a value by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A default, its own or its domain's, as an SQL expression.
    Default(String),
    /// `GENERATED ALWAYS AS IDENTITY`.
    IdentityAlways,
    /// `GENERATED BY DEFAULT AS IDENTITY`.
    IdentityByDefault,
    /// A generation expression; stored or not.
    Generated {
        /// The expression.
        expression: String,
        /// Whether the value is stored.
        stored: bool,
    },
}

/// A foreign key, seen from the side that has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Relationship {
    /// The constraint's name.
    pub name: Name,
    /// The columns here, by name, in the key's order.
    pub columns: Vec<Name>,
    /// The relation it points at: the table, or a view that shows the referenced columns.
    pub target: QName,
    /// The columns there.
    pub target_columns: Vec<Name>,
    /// Whether at most one row here points at each row there: the set of columns is the set of a primary key or
    /// unique constraint.
    pub one_to_one: bool,
    /// Whether a unique index that is no constraint makes it one-to-one, where `one_to_one` does not.
    pub one_to_one_by_index: bool,
    /// Whether both sides are in one schema: PostgREST embeds only such.
    pub same_schema: bool,
    /// Whether a view stands on either side, so that the key is the view's only by what it shows.
    pub through_view: bool,
}

/// A function or procedure.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// Name and comment. Overloads stand side by side, sorted by their arguments.
    pub named: Named,
    /// Whether it is a procedure, to be run by `CALL`.
    pub procedure: bool,
    /// What it takes, in order.
    pub arguments: Vec<FunctionArgument>,
    /// What it gives.
    pub returns: Returns,
    /// Whether it gives a set of it.
    pub returns_set: bool,
    /// For a `SETOF` of a relation's rows: the estimate that there is at most one (`ROWS 1`).
    pub single_row: bool,
    /// Whether it only reads (`STABLE` or `IMMUTABLE`).
    pub read_only: bool,
    /// Whether it is the computed field of a relation.
    pub computed_field: bool,
}

/// An argument of a function.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionArgument {
    /// Its name, if any.
    pub name: Option<Name>,
    /// Its type; for VARIADIC the array.
    pub ty: Type,
    /// The type as PostgreSQL spells it.
    pub sql: Name,
    /// Whether NULL makes sense: false for a strict function and a NOT NULL domain.
    pub nullable: bool,
    /// Whether it has a default.
    pub optional: bool,
    /// Whether it is VARIADIC.
    pub variadic: bool,
}

/// What a function gives.
#[derive(Clone, Debug, PartialEq)]
pub enum Returns {
    /// Nothing: `void`, or a procedure without OUT arguments.
    Void,
    /// One value, which may be NULL.
    Value {
        /// Its type.
        ty: Type,
        /// The type as PostgreSQL spells it.
        sql: Name,
    },
    /// A row of OUT, INOUT or TABLE columns.
    Record(Vec<Field>),
    /// A row of a relation, by position.
    Row(usize),
    /// A row whose columns only the call names (`record`).
    UntypedRecord,
}

/// A type, by what it is. Positions are those of [`Api`].
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// A built-in type, or a type of a well-known extension.
    Scalar(Scalar),
    /// An enum.
    Enum(usize),
    /// A domain.
    Domain(usize),
    /// A free-standing composite type.
    Composite(usize),
    /// The row type of a relation.
    Row(usize),
    /// A built-in range over a scalar.
    BuiltinRange(Scalar),
    /// A built-in multirange over a scalar.
    BuiltinMultirange(Scalar),
    /// A user-defined range.
    Range(usize),
    /// The multirange of a user-defined range.
    Multirange(usize),
    /// An array, of however many dimensions; any element may be NULL.
    Array(Box<Type>),
    /// A type for which the user gave his own: the override's position, and what it is to the database.
    Custom(usize, Box<Type>),
    /// A type that pgkeel does not know: a base type of the user's or of an extension.
    Unknown(QName),
}

/// Built-in types (manual, chapter 8) and those of well-known extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is PostgreSQL's own name of the type")]
pub enum Scalar {
    Bool,
    Int2,
    Int4,
    Int8,
    Float4,
    Float8,
    Numeric,
    Money,
    Text,
    Varchar,
    Bpchar,
    /// The one-byte type `"char"`.
    Char,
    Name,
    Bytea,
    Uuid,
    Date,
    Time,
    Timetz,
    Timestamp,
    Timestamptz,
    Interval,
    Json,
    Jsonb,
    Jsonpath,
    Xml,
    Bit,
    Varbit,
    Inet,
    Cidr,
    Macaddr,
    Macaddr8,
    Point,
    Line,
    Lseg,
    Box,
    Path,
    Polygon,
    Circle,
    Tsvector,
    Tsquery,
    Oid,
    Xid,
    Xid8,
    Cid,
    Tid,
    PgLsn,
    PgSnapshot,
    /// `regclass`, `regproc` and the like: OIDs that are shown as names.
    Reg,
    /// `void`, which only a function gives.
    Void,
    /// Extension `citext`.
    Citext,
    /// Extension `hstore`.
    Hstore,
    /// Extension `ltree`.
    Ltree,
    /// Extension `ltree`.
    Lquery,
    /// Extension `ltree`.
    Ltxtquery,
    /// Extension `cube`.
    Cube,
    /// Extension `vector`.
    Vector,
    /// Extension `vector`.
    Halfvec,
    /// Extension `vector`.
    Sparsevec,
    /// Extension `postgis`.
    Geometry,
    /// Extension `postgis`.
    Geography,
}

/// What a value must satisfy, as far as it can be said in every language.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    /// At most so many characters (`varchar(n)`, or a CHECK on the length).
    MaxLength(u64),
    /// At least so many characters.
    MinLength(u64),
    /// Exactly so many bits (`bit(n)`).
    Bits(u64),
    /// At most so many digits in all, and after the point (`numeric(p, s)`).
    Digits {
        /// In all.
        precision: u32,
        /// After the point.
        scale: i32,
    },
    /// At least this number, as written; greater than it where exclusive.
    Min {
        /// The bound.
        bound: String,
        /// Whether the bound itself is out.
        exclusive: bool,
    },
    /// At most this number, as written; less than it where exclusive.
    Max {
        /// The bound.
        bound: String,
        /// Whether the bound itself is out.
        exclusive: bool,
    },
    /// One of these strings.
    OneOf(Vec<String>),
    /// One of these numbers, as written.
    OneOfNumbers(Vec<String>),
    /// Matches this POSIX regular expression (`~`), or does so in any case (`~*`).
    Matches {
        /// The expression, in PostgreSQL's dialect, restricted to what JavaScript and Python read the same way.
        pattern: String,
        /// Whether case does not matter.
        ignore_case: bool,
    },
    /// At most so many elements of an array.
    MaxItems(u64),
    /// At least so many elements of an array.
    MinItems(u64),
}
