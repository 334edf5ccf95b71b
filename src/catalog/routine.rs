//! Functions, procedures, aggregates and window functions (`pg_proc`, `pg_aggregate`).

use serde::Deserialize;
#[cfg(feature = "plan")]
use serde::Serialize;

use super::id::{ObjectId, OperatorId, RoutineId};
#[cfg(feature = "plan")]
use super::is_default;
use super::name::{Name, QName};
use super::row;

/// A routine.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(deny_unknown_fields)]
pub struct Routine {
    /// Name and signature.
    pub id: RoutineId,
    /// What kind of routine it is (`prokind`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub kind: RoutineKind,
    /// The owning role (`proowner`).
    pub owner: Name,
    /// The language's name (`prolang`).
    pub language: Name,
    /// All arguments, OUT and TABLE columns included, in order.
    #[serde(default, skip_serializing_if = "is_default")]
    pub arguments: Vec<Argument>,
    /// The result: the key of a data type; `None` for a procedure.
    #[serde(default, skip_serializing_if = "is_default")]
    pub returns: Option<Name>,
    /// Whether it gives a set of rows (`proretset`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub returns_set: bool,
    /// What it does.
    pub body: Body,
    /// Whether its result may change (`provolatile`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub volatility: Volatility,
    /// Whether a NULL argument makes the result NULL without a call (`proisstrict`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub strict: bool,
    /// Whether it runs with its owner's rights (`prosecdef`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub security_definer: bool,
    /// Whether it tells nothing of its arguments (`proleakproof`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub leakproof: bool,
    /// Whether it may run in parallel workers (`proparallel`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub parallel: Parallel,
    /// The estimated cost in units of `cpu_operator_cost` (`procost`), where it is not the language's default.
    #[serde(default, skip_serializing_if = "is_default")]
    pub cost: Option<Name>,
    /// The estimated number of rows (`prorows`), where it is not 1,000 for a set.
    #[serde(default, skip_serializing_if = "is_default")]
    pub rows: Option<Name>,
    /// The planner's support function (`prosupport`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub support: Option<QName>,
    /// Settings for the time of the call as `name=value` (`proconfig`), in order.
    #[serde(default, skip_serializing_if = "is_default")]
    pub settings: Vec<String>,
    /// The types whose transforms it uses (`protrftypes`): keys of data types.
    #[serde(default, skip_serializing_if = "is_default")]
    pub transforms: Vec<Name>,
}

/// What kind of routine it is (`pg_proc.prokind`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(rename_all = "snake_case")]
pub enum RoutineKind {
    /// A function (f).
    #[default]
    Function,
    /// A procedure (p).
    Procedure,
    /// An aggregate (a).
    Aggregate,
    /// A window function (w).
    Window,
}

/// An argument or result column of a routine.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(deny_unknown_fields)]
pub struct Argument {
    /// Which way it passes (`proargmodes`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub mode: ArgumentMode,
    /// Its name (`proargnames`), if any.
    #[serde(default, skip_serializing_if = "is_default")]
    pub name: Option<Name>,
    /// Its type: the key of a data type.
    #[serde(rename = "type")]
    pub data_type: Name,
    /// The default expression (`proargdefaults`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub default: Option<String>,
}

/// Which way an argument passes (`pg_proc.proargmodes`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(rename_all = "snake_case")]
pub enum ArgumentMode {
    /// In (i).
    #[default]
    In,
    /// Out (o).
    Out,
    /// Both (b).
    Inout,
    /// The rest of the arguments, as an array (v).
    Variadic,
    /// A column of `RETURNS TABLE` (t).
    Table,
}

/// What a routine does.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// The source text (`prosrc`); for a built-in (`internal`) function, its name.
    Source(String),
    /// An SQL-standard body (`pg_get_function_sqlbody`).
    Sql(String),
    /// A function of a loadable library (`probin`, `prosrc`).
    Object {
        /// The library's file.
        library: String,
        /// The symbol in it.
        symbol: String,
    },
    /// An aggregate's parts.
    Aggregate(Box<Aggregate>),
}

/// Whether a routine's result may change (`pg_proc.provolatile`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(rename_all = "snake_case")]
pub enum Volatility {
    /// At any call (v).
    #[default]
    Volatile,
    /// Not within one statement (s).
    Stable,
    /// Never (i).
    Immutable,
}

/// Whether a routine may run in parallel workers (`pg_proc.proparallel`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(rename_all = "snake_case")]
pub enum Parallel {
    /// No (u).
    #[default]
    Unsafe,
    /// Only in the leader (r).
    Restricted,
    /// Yes (s).
    Safe,
}

/// An aggregate's own parts (`pg_aggregate`; manual, `CREATE AGGREGATE`).
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(deny_unknown_fields)]
pub struct Aggregate {
    /// Whether it is ordinary, ordered-set or hypothetical-set (`aggkind` n, o, h).
    pub kind: Name,
    /// The number of direct arguments (`aggnumdirectargs`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub direct_arguments: i16,
    /// `SFUNC`.
    pub transition: Option<QName>,
    /// `STYPE`: the key of a data type.
    pub state_type: Name,
    /// `SSPACE` in bytes, 0 for the default.
    #[serde(default, skip_serializing_if = "is_default")]
    pub state_space: i32,
    /// `INITCOND`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub initial: Option<String>,
    /// `FINALFUNC`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub final_function: Option<QName>,
    /// `FINALFUNC_EXTRA`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub final_extra: bool,
    /// `FINALFUNC_MODIFY` (`aggfinalmodify`: r, s, w).
    #[serde(default, skip_serializing_if = "is_default")]
    pub final_modify: Name,
    /// `COMBINEFUNC`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub combine: Option<QName>,
    /// `SERIALFUNC`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub serialize: Option<QName>,
    /// `DESERIALFUNC`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub deserialize: Option<QName>,
    /// `MSFUNC`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub moving_transition: Option<QName>,
    /// `MINVFUNC`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub moving_inverse: Option<QName>,
    /// `MSTYPE`: the key of a data type.
    #[serde(default, skip_serializing_if = "is_default")]
    pub moving_state_type: Option<Name>,
    /// `MSSPACE` in bytes, 0 for the default.
    #[serde(default, skip_serializing_if = "is_default")]
    pub moving_state_space: i32,
    /// `MINITCOND`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub moving_initial: Option<String>,
    /// `MFINALFUNC`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub moving_final: Option<QName>,
    /// `MFINALFUNC_EXTRA`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub moving_final_extra: bool,
    /// `MFINALFUNC_MODIFY` (`aggmfinalmodify`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub moving_final_modify: Name,
    /// `SORTOP`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub sort_operator: Option<OperatorId>,
}

row!(Routine, &'a RoutineId, |row| &row.id);

impl Routine {
    /// The routine's identity.
    pub fn object(&self) -> ObjectId {
        ObjectId::Routine(self.id.clone())
    }
}
