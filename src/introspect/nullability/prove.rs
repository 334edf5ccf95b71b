//! Whether an expression of an analysed query can be null. Nullable is the answer to everything that is not listed.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::functions::{self, Nulls};
use super::node_tree::Value;
use super::scope::{self, Column, Scope, is_constant, underlying};
use super::{Facts, Views, aggregates};

/// Deeper expressions and queries are taken as nullable, so that no view can exhaust the stack.
const MAX_DEPTH: u32 = 250;

/// `SetOperation` of `parsenodes.h`.
const SETOP_UNION: i32 = 1;
const SETOP_INTERSECT: i32 = 2;
const SETOP_EXCEPT: i32 = 3;

/// The parts of the proof that stay the same from the view down to its last expression.
pub(super) struct Prover<'f, 'v> {
    pub(super) facts: &'f Facts,
    pub(super) views: &'v Views<'f>,
}

/// Where an expression stands.
#[derive(Clone, Copy)]
struct At<'s> {
    /// Columns of this level that are not null here beyond what holds for the whole query: a `CASE` asked for them.
    assumed: &'s BTreeSet<Column>,
    /// Inside an aggregate's arguments, and so before grouping sets blank anything.
    before_grouping: bool,
    /// Full joins one of whose sides is known to be there.
    full_joins: Option<&'s FullJoin<'s>>,
    /// The columns that a comparison with a subquery stands for.
    compared: &'s [bool],
    depth: u32,
}

/// A full join whose merged column is being proved, and the one around it.
pub(super) struct FullJoin<'s> {
    pub(super) rtindex: usize,
    pub(super) outer: Option<&'s FullJoin<'s>>,
}

const NOTHING_ASSUMED: &BTreeSet<Column> = &BTreeSet::new();

impl<'s> At<'s> {
    fn top(depth: u32) -> Self {
        At {
            assumed: NOTHING_ASSUMED,
            before_grouping: false,
            full_joins: None,
            compared: &[],
            depth,
        }
    }

    fn deeper(self) -> Self {
        At {
            depth: self.depth + 1,
            ..self
        }
    }
}

impl Prover<'_, '_> {
    /// Whether each output column of a query can never be null, in order.
    pub(super) fn columns(&self, scope: &Scope<'_, '_>, depth: u32) -> Vec<bool> {
        let query = scope.query;
        let outputs = || {
            query
                .field("targetList")
                .elements()
                .filter(|entry| !entry.field("resjunk").is_true())
        };
        if depth > MAX_DEPTH || query.field("commandType").number() != Some(1) {
            return outputs().map(|_| false).collect();
        }
        let set_operations = query.field("setOperations");
        if !set_operations.is_empty() {
            let mut columns = self.set_operation(scope, set_operations, depth + 1);
            columns.resize(outputs().count(), false);
            return columns;
        }
        outputs()
            .map(|entry| {
                let is_blanked = scope.has_grouping_sets && scope.is_grouping_key(entry);
                !is_blanked && self.never_null(scope, entry.field("expr"), At::top(depth + 1))
            })
            .collect()
    }

    fn set_operation(&self, scope: &Scope<'_, '_>, node: Value<'_>, depth: u32) -> Vec<bool> {
        if depth > MAX_DEPTH {
            return Vec::new();
        }
        if let Some(rtindex) = node.field("rtindex").number() {
            return self.subquery(scope, rtindex, depth).to_vec();
        }
        let left = self.set_operation(scope, node.field("larg"), depth + 1);
        let right = || self.set_operation(scope, node.field("rarg"), depth + 1);
        let pairs = |both: fn(bool, bool) -> bool| left.iter().zip(right()).map(|(&l, r)| both(l, r)).collect();
        match node.field("op").number() {
            Some(SETOP_UNION) => pairs(|l, r| l && r),
            Some(SETOP_INTERSECT) => pairs(|l, r| l || r),
            Some(SETOP_EXCEPT) => left,
            _ => Vec::new(),
        }
    }

    fn subquery(&self, scope: &Scope<'_, '_>, rtindex: usize, depth: u32) -> Rc<[bool]> {
        if let Some(known) = scope.subqueries.borrow().get(&rtindex) {
            return Rc::clone(known);
        }
        let query = scope.entry(rtindex).map(|entry| entry.field("subquery"));
        let columns: Rc<[bool]> = match query {
            Some(query) => self
                .columns(&Scope::new(query, Some(scope), self.facts), depth + 1)
                .into(),
            None => Rc::default(),
        };
        scope.subqueries.borrow_mut().insert(rtindex, Rc::clone(&columns));
        columns
    }

    /// The columns of a common table expression. A recursive one is assumed to be as good as can be and then tried
    /// against its own query until it holds: the rows of each step are made of those of the step before.
    fn cte(&self, scope: &Scope<'_, '_>, entry: Value<'_>, depth: u32) -> Option<Rc<[bool]>> {
        let owner = ancestor(scope, entry.field("ctelevelsup").number()?)?;
        let name = entry.field("ctename").atom();
        let cte = owner
            .query
            .field("cteList")
            .elements()
            .find(|cte| cte.field("ctename").atom() == name)?;
        if let Some(known) = owner.ctes.borrow().get(&cte.position()) {
            return Some(Rc::clone(known));
        }
        let query = cte.field("ctequery");
        let is_recursive = cte.field("cterecursive").is_true();
        let mut columns: Rc<[bool]> = query.field("targetList").elements().map(|_| true).collect();
        loop {
            if is_recursive {
                owner.ctes.borrow_mut().insert(cte.position(), Rc::clone(&columns));
            }
            let proved = self.columns(&Scope::new(query, Some(owner), self.facts), depth + 1);
            let held: Rc<[bool]> = columns
                .iter()
                .zip(proved)
                .map(|(&assumed, proved)| assumed && proved)
                .collect();
            if !is_recursive || held == columns {
                owner.ctes.borrow_mut().insert(cte.position(), Rc::clone(&held));
                return Some(held);
            }
            columns = held;
        }
    }

    fn never_null(&self, scope: &Scope<'_, '_>, expression: Value<'_>, at: At<'_>) -> bool {
        if at.depth > MAX_DEPTH {
            return false;
        }
        let at = at.deeper();
        let prove = |value: Value<'_>| self.never_null(scope, value, at);
        let every = |values: Value<'_>| values.elements().all(prove);
        let any = |values: Value<'_>| values.elements().any(prove);
        let arguments = expression.field("args");
        let tag = expression.tag();
        if !at.before_grouping && scope.may_blank(expression) {
            return false;
        }
        match tag {
            "VAR" => self.column(scope, expression, at),
            "CONST" => is_constant(expression),
            "FUNCEXPR" | "OPEXPR" => self.function(scope, expression, at),
            "AGGREF" => self.aggregate(scope, expression, at),
            "WINDOWFUNC" => self.window_function(scope, expression, at),
            "SUBLINK" => self.sublink(scope, expression, at),
            "CASE" | "CASEEXPR" => self.case(scope, expression, at),
            "NULLTEST" | "BOOLEANTEST" | "ARRAY" | "ARRAYEXPR" | "ROW" | "ROWEXPR" | "GROUPINGFUNC" => true,
            "DISTINCTEXPR" => functions::is_total(expression.field("opfuncid").number(), self.facts),
            "COALESCE" | "COALESCEEXPR" | "MINMAX" | "MINMAXEXPR" => any(arguments),
            "BOOLEXPR" => every(arguments),
            "ROWCOMPAREEXPR" => {
                let operators = expression.field("opnos").elements().skip(1);
                operators.into_iter().all(is_built_in)
                    && every(expression.field("largs"))
                    && every(expression.field("rargs"))
            }
            // An input or output function that makes a null of something else is an error.
            "RELABELTYPE" | "COLLATEEXPR" | "COLLATE" | "CONVERTROWTYPEEXPR" | "ARRAYCOERCEEXPR" | "COERCEVIAIO"
            | "NAMEDARGEXPR" => prove(expression.field("arg")),
            "COERCETODOMAIN" => {
                let domain = expression.field("resulttype").number();
                domain.is_some_and(|domain| self.facts.not_null_domains.contains(&domain))
                    || prove(expression.field("arg"))
            }
            "SCALARARRAYOPEXPR" => {
                let mut sides = arguments.elements();
                let (Some(element), Some(array)) = (sides.next(), sides.next()) else {
                    return false;
                };
                functions::is_total(expression.field("opfuncid").number(), self.facts)
                    && matches!(array.tag(), "ARRAY" | "ARRAYEXPR")
                    && prove(element)
                    && every(array.field("elements"))
            }
            // CURRENT_SCHEMA, the last of SQLValueFunctionOp, is null where no schema of the search path exists.
            "SQLVALUEFUNCTION" => expression.field("op").number().is_some_and(|op: u32| op < 14),
            "XMLEXPR" => match expression.field("op").number() {
                Some(0) => any(arguments),
                Some(1) => true,
                Some(2) => any(expression.field("named_args")),
                Some(4) => every(arguments),
                Some(3 | 5 | 6 | 7) => arguments.elements().next().is_some_and(prove),
                _ => false,
            },
            "JSONISPREDICATE" => prove(expression.field("expr")),
            "JSONCONSTRUCTOREXPR" if expression.field("coercion").is_empty() => {
                match expression.field("type").number() {
                    Some(1 | 2) => true,
                    Some(3 | 4) => prove(expression.field("func")),
                    _ => false,
                }
            }
            "PARAM" => {
                let column = expression
                    .field("paramid")
                    .number::<usize>()
                    .and_then(|column| column.checked_sub(1));
                expression.field("paramkind").number() == Some(2)
                    && column.and_then(|column| at.compared.get(column)) == Some(&true)
            }
            _ => false,
        }
    }

    fn column(&self, scope: &Scope<'_, '_>, var: Value<'_>, at: At<'_>) -> bool {
        let (Some(level), Some(rtindex), Some(number)) = (
            var.field("varlevelsup").number(),
            var.field("varno").number(),
            var.field("varattno").number(),
        ) else {
            return false;
        };
        if level > 0 {
            return ancestor(scope, level)
                .is_some_and(|outer| self.column_here(outer, rtindex, number, At::top(at.depth)));
        }
        self.column_here(scope, rtindex, number, at)
    }

    /// Whether a column of the range table of `scope` is never null in the rows that pass its conditions.
    fn column_here(&self, scope: &Scope<'_, '_>, rtindex: usize, number: i32, at: At<'_>) -> bool {
        let Some(entry) = scope.entry(rtindex) else {
            return false;
        };
        let is_group = !entry.field("groupexprs").is_empty();
        if scope.has_grouping_sets && (is_group || !at.before_grouping) {
            return at.assumed.contains(&(rtindex, number));
        }
        if scope.known.contains(&(rtindex, number)) || at.assumed.contains(&(rtindex, number)) {
            return true;
        }
        if is_group {
            let at = At {
                before_grouping: true,
                ..at.deeper()
            };
            return underlying(entry, number).is_some_and(|key| self.never_null(scope, key, at));
        }
        if scope.may_be_missing(rtindex, at.full_joins) {
            return false;
        }
        let Ok(index) = usize::try_from(number - 1) else {
            // A table's own row, whole, and the OID of the table it is from.
            return entry.field("rtekind").number() == Some(scope::RTE_RELATION) && matches!(number, 0 | -6);
        };
        let has = |columns: &[bool]| columns.get(index) == Some(&true);
        match entry.field("rtekind").number() {
            Some(scope::RTE_RELATION) => match entry.field("relid").number() {
                Some(relation) => self.relation_column(relation, number),
                None => false,
            },
            Some(scope::RTE_SUBQUERY) => has(&self.subquery(scope, rtindex, at.depth)),
            Some(scope::RTE_CTE) => self.cte(scope, entry, at.depth).is_some_and(|columns| has(&columns)),
            Some(scope::RTE_JOIN) => {
                underlying(entry, number).is_some_and(|alias| self.join_column(scope, rtindex, alias, at))
            }
            Some(scope::RTE_VALUES) => entry.field("values_lists").elements().all(|row| {
                row.elements()
                    .nth(index)
                    .is_some_and(|value| self.never_null(scope, value, At::top(at.depth)))
            }),
            Some(scope::RTE_FUNCTION) => self.function_column(scope, entry, index, at),
            Some(scope::RTE_TABLE_FUNCTION) => {
                // XMLTABLE: NOT NULL is enforced as it runs, and ordinality is counted. JSON_TABLE has neither.
                let function = entry.field("tablefunc");
                let is_set = |column: Value<'_>| column.number() == Some(index);
                function.field("functype").number().unwrap_or(0) == 0
                    && (function.field("notnulls").elements().any(is_set) || is_set(function.field("ordinalitycol")))
            }
            _ => false,
        }
    }

    fn relation_column(&self, relation: u32, number: i32) -> bool {
        let Ok(number) = i16::try_from(number) else {
            return false;
        };
        if self.facts.never_null.contains(&(relation, number)) {
            return true;
        }
        self.views
            .column(relation, number)
            .is_some_and(|column| column.never_null)
    }

    /// A column of a join. What a full join merges by USING is there as long as either side always has it: one of the
    /// two sides is in every row.
    fn join_column(&self, scope: &Scope<'_, '_>, rtindex: usize, alias: Value<'_>, at: At<'_>) -> bool {
        let at = At {
            before_grouping: true,
            ..at.deeper()
        };
        if !scope.either_may_be_missing(rtindex) || !matches!(alias.tag(), "COALESCE" | "COALESCEEXPR") {
            return self.never_null(scope, alias, at);
        }
        let join = FullJoin {
            rtindex,
            outer: at.full_joins,
        };
        let beneath = At {
            full_joins: Some(&join),
            ..at
        };
        let mut sides = alias.field("args").elements();
        sides.all(|side| self.never_null(scope, side, beneath))
    }

    fn function_column(&self, scope: &Scope<'_, '_>, entry: Value<'_>, index: usize, at: At<'_>) -> bool {
        let mut all = entry.field("functions").elements();
        let (Some(first), second) = (all.next(), all.next()) else {
            return false;
        };
        let columns = |function: Value<'_>| function.field("funccolcount").number::<usize>().unwrap_or(0);
        let is_ordinality = entry.field("funcordinality").is_true()
            && index == entry.field("functions").elements().map(columns).sum::<usize>();
        if is_ordinality {
            return true;
        }
        let call = first.field("funcexpr");
        // The shorter of two sets is padded with nulls.
        if second.is_some() || index >= columns(first) {
            return false;
        }
        if call.field("funcretset").is_true() {
            return functions::set_columns(call.field("funcid").number()) > index;
        }
        columns(first) == 1
            && is_built_in(call.field("funcresulttype"))
            && self.never_null(scope, call, At::top(at.depth))
    }

    fn function(&self, scope: &Scope<'_, '_>, call: Value<'_>, at: At<'_>) -> bool {
        let oid = call.field("funcid").number().or(call.field("opfuncid").number());
        let arguments: Vec<Value<'_>> = call.field("args").elements().collect();
        let is_set = call.field("funcretset").is_true() || call.field("opretset").is_true();
        if is_set {
            return scope.one_set_at_most && functions::set_columns(oid) == 1;
        }
        let prove = |value: &Value<'_>| self.never_null(scope, *value, at);
        let is_spread = call.field("funcvariadic").is_true();
        match functions::nulls_of(oid, self.facts) {
            Nulls::Perhaps => false,
            Nulls::Never if !is_spread => true,
            Nulls::WithFirst if !is_spread => arguments.first().is_some_and(prove),
            Nulls::WithAll => arguments.iter().any(prove),
            Nulls::WithAnyOrCyclicField if !arguments.first().is_some_and(|&field| functions::is_monotonic(field)) => {
                false
            }
            _ => arguments.iter().all(prove),
        }
    }

    fn aggregate(&self, scope: &Scope<'_, '_>, call: Value<'_>, at: At<'_>) -> bool {
        let oid = call.field("aggfnoid").number();
        if aggregates::counts(oid) {
            return true;
        }
        if call.field("agglevelsup").number() != Some(0)
            || !scope.groups_have_rows()
            || !call.field("aggfilter").is_empty()
        {
            return false;
        }
        let inside = At {
            assumed: NOTHING_ASSUMED,
            before_grouping: true,
            ..at
        };
        let proved = |arguments: Value<'_>| {
            arguments.elements().all(|argument| {
                let expression = argument.field("expr");
                let expression = if argument.tag() == "TARGETENTRY" {
                    expression
                } else {
                    argument
                };
                self.never_null(scope, expression, inside)
            })
        };
        // The arguments end with what the aggregate is only ordered by; that may be null, but is asked for too.
        aggregates::keeps_nulls(oid)
            || aggregates::of_some(oid) && proved(call.field("args")) && proved(call.field("aggdirectargs"))
    }

    fn window_function(&self, scope: &Scope<'_, '_>, call: Value<'_>, at: At<'_>) -> bool {
        let oid = call.field("winfnoid").number();
        if aggregates::counts(oid) || aggregates::ranks(oid) {
            return true;
        }
        // The arguments are taken from other rows too, for which nothing was asked.
        let at = At {
            assumed: NOTHING_ASSUMED,
            ..at
        };
        let proved = || {
            call.field("args")
                .elements()
                .all(|argument| self.never_null(scope, argument, at))
        };
        if aggregates::looks_aside(oid) {
            return proved();
        }
        call.field("aggfilter").is_empty()
            && frame_has_own_row(scope, call.field("winref"))
            && (aggregates::keeps_nulls(oid)
                || (aggregates::of_some(oid) || aggregates::picks_from_frame(oid)) && proved())
    }

    fn sublink(&self, scope: &Scope<'_, '_>, sublink: Value<'_>, at: At<'_>) -> bool {
        const EXISTS: i32 = 0;
        const ALL: i32 = 1;
        const ANY: i32 = 2;
        const SCALAR: i32 = 4;
        const ARRAY: i32 = 6;
        let query = sublink.field("subselect");
        let columns = || self.columns(&Scope::new(query, Some(scope), self.facts), at.depth + 1);
        match sublink.field("subLinkType").number() {
            Some(EXISTS | ARRAY) => true,
            Some(ANY | ALL) => {
                let columns = columns();
                let at = At {
                    compared: &columns,
                    ..at
                };
                self.never_null(scope, sublink.field("testexpr"), at)
            }
            Some(SCALAR) => has_a_row(query, 0) && columns().first() == Some(&true),
            _ => false,
        }
    }

    fn case(&self, scope: &Scope<'_, '_>, case: Value<'_>, at: At<'_>) -> bool {
        let mut assumed = at.assumed.clone();
        for when in case.field("args").elements() {
            let condition = when.field("expr");
            let mut here = assumed.clone();
            here.extend(scope.not_null_if_true(condition, self.facts));
            if !self.never_null(scope, when.field("result"), At { assumed: &here, ..at }) {
                return false;
            }
            assumed.extend(scope.not_null_if_not_true(condition, self.facts));
        }
        self.never_null(
            scope,
            case.field("defresult"),
            At {
                assumed: &assumed,
                ..at
            },
        )
    }
}

/// The level that many levels up.
fn ancestor<'s, 't, 'p>(scope: &'s Scope<'t, 'p>, levels: usize) -> Option<&'s Scope<'t, 'p>> {
    let mut scope = scope;
    for _ in 0..levels {
        scope = scope.parent?;
    }
    Some(scope)
}

/// Whether a query gives at least one row, whatever the tables hold.
fn has_a_row(query: Value<'_>, depth: u32) -> bool {
    let is_empty = |names: &[&str]| names.iter().all(|name| query.field(name).is_empty());
    if depth > MAX_DEPTH
        || !is_empty(&[
            "limitCount",
            "limitOffset",
            "havingQual",
            "setOperations",
            "groupClause",
            "groupingSets",
        ])
        || query.field("hasTargetSRFs").is_true()
    {
        return false;
    }
    if query.field("hasAggs").is_true() {
        return true;
    }
    let from = query.field("jointree");
    from.field("quals").is_empty()
        && from.field("fromlist").elements().all(|item| {
            let index = item
                .field("rtindex")
                .number::<usize>()
                .and_then(|index| index.checked_sub(1));
            let entry = index.and_then(|index| query.field("rtable").elements().nth(index));
            item.tag() == "RANGETBLREF"
                && entry.is_some_and(|entry| match entry.field("rtekind").number() {
                    Some(scope::RTE_SUBQUERY) => has_a_row(entry.field("subquery"), depth + 1),
                    kind => kind == Some(scope::RTE_VALUES),
                })
        })
}

/// Whether a window's frame holds at least the row that it is computed for (`FRAMEOPTION_*` of `parsenodes.h`).
fn frame_has_own_row(scope: &Scope<'_, '_>, reference: Value<'_>) -> bool {
    const RANGE: u32 = 0x2;
    const START_UNBOUNDED_OR_CURRENT: u32 = 0x20 | 0x200;
    const END_UNBOUNDED_OR_CURRENT: u32 = 0x100 | 0x400;
    const START_PRECEDING: u32 = 0x800;
    const END_FOLLOWING: u32 = 0x4000;
    const EXCLUDES_OWN_ROW: u32 = 0x8000 | 0x10000;
    let mut windows = scope.query.field("windowClause").elements();
    let window = windows.find(|window| window.field("winref").atom() == reference.atom());
    let Some(options) = window.and_then(|window| window.field("frameOptions").number::<u32>()) else {
        return false;
    };
    // A distance in rows or groups is never negative; one in values depends on the type's arithmetic.
    let by_values = options & RANGE != 0;
    let starts = options & START_UNBOUNDED_OR_CURRENT != 0 || options & START_PRECEDING != 0 && !by_values;
    let ends = options & END_UNBOUNDED_OR_CURRENT != 0 || options & END_FOLLOWING != 0 && !by_values;
    starts && ends && options & EXCLUDES_OWN_ROW == 0
}

/// Whether that OID was assigned by PostgreSQL itself, and not to an object made by a user or an extension.
fn is_built_in(oid: Value<'_>) -> bool {
    oid.number().is_some_and(|oid: u32| oid < super::FIRST_NORMAL_OID)
}
