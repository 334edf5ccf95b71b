//! One query level: what its FROM clause joins, which sides an outer join may fill with nulls, and which columns its
//! conditions keep from being null.
//!
//! All majors are read alike, from the join tree: 13 to 15 do not record which outer joins null a column, and what 16
//! and later record says nothing of a condition that takes the nulls out again.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::Facts;
use super::node_tree::Value;
use super::prove::FullJoin;

/// A column of the range table: the range table index, and the attribute number in it.
pub(super) type Column = (usize, i32);

/// `JoinType` of `nodes.h`, as far as a stored query has it.
const JOIN_INNER: i32 = 0;
const JOIN_LEFT: i32 = 1;
const JOIN_RIGHT: i32 = 3;

/// `RTEKind` of `parsenodes.h`. Grouping expressions are told by their field instead: their number is young.
pub(super) const RTE_RELATION: i32 = 0;
pub(super) const RTE_SUBQUERY: i32 = 1;
pub(super) const RTE_JOIN: i32 = 2;
pub(super) const RTE_FUNCTION: i32 = 3;
pub(super) const RTE_TABLE_FUNCTION: i32 = 4;
pub(super) const RTE_VALUES: i32 = 5;
pub(super) const RTE_CTE: i32 = 6;

/// A query and all that is known of its rows before any expression is looked at.
pub(super) struct Scope<'t, 'p> {
    pub(super) query: Value<'t>,
    pub(super) parent: Option<&'p Scope<'t, 'p>>,
    /// Columns that are not null in any row that passes the conditions.
    pub(super) known: BTreeSet<Column>,
    /// Whether the target list has at most one set-returning function; a second one pads the first with nulls.
    pub(super) one_set_at_most: bool,
    pub(super) has_grouping_sets: bool,
    /// Whether there are grouping sets with a key that is more than a column.
    has_key_expressions: bool,
    rtable: Vec<Value<'t>>,
    joins: Vec<Join<'t>>,
    /// The side of a join that each range table entry stands on.
    place: BTreeMap<usize, Side>,
    /// Whether each column of a subquery in FROM is never null, by its range table index.
    pub(super) subqueries: RefCell<BTreeMap<usize, Rc<[bool]>>>,
    /// The same by the position of a common table expression. While a recursive one is proved, what is assumed of it.
    pub(super) ctes: RefCell<BTreeMap<usize, Rc<[bool]>>>,
}

struct Join<'t> {
    rtindex: usize,
    quals: Value<'t>,
    /// Whether the left and the right side may be missing from a row.
    missing: [bool; 2],
    place: Option<Side>,
}

/// The left (0) or right (1) side of the join with that number.
#[derive(Clone, Copy)]
struct Side {
    join: usize,
    side: usize,
}

impl<'t, 'p> Scope<'t, 'p> {
    pub(super) fn new(query: Value<'t>, parent: Option<&'p Scope<'t, 'p>>, facts: &Facts) -> Self {
        let target_list = query.field("targetList");
        let mut scope = Self {
            query,
            parent,
            known: BTreeSet::new(),
            one_set_at_most: !query.field("hasTargetSRFs").is_true()
                || target_list.count_fields(&["funcretset", "opretset"], "true") <= 1,
            has_grouping_sets: !query.field("groupingSets").is_empty(),
            has_key_expressions: false,
            rtable: query.field("rtable").elements().collect(),
            joins: Vec::new(),
            place: BTreeMap::new(),
            subqueries: RefCell::default(),
            ctes: RefCell::default(),
        };
        if scope.has_grouping_sets {
            let mut keys = target_list.elements().filter(|&entry| scope.is_grouping_key(entry));
            scope.has_key_expressions = keys.any(|entry| entry.field("expr").tag() != "VAR");
        }
        let join_tree = query.field("jointree");
        for item in join_tree.field("fromlist").elements() {
            scope.add_from_item(item, None);
        }
        scope.learn(join_tree.field("quals"), facts);
        // A group's key is null or not in all its rows alike, but not once grouping sets blank it.
        if !scope.has_grouping_sets {
            scope.learn(query.field("havingQual"), facts);
        }
        scope.use_join_conditions(facts);
        scope
    }

    /// The range table entry with that index, counted from 1.
    pub(super) fn entry(&self, rtindex: usize) -> Option<Value<'t>> {
        self.rtable.get(rtindex.checked_sub(1)?).copied()
    }

    /// Whether an aggregate of this level always sees at least one row.
    pub(super) fn groups_have_rows(&self) -> bool {
        !self.query.field("groupClause").is_empty() && !self.has_grouping_sets
    }

    /// Whether an entry of the target list is a grouping key.
    pub(super) fn is_grouping_key(&self, entry: Value<'_>) -> bool {
        let reference = entry.field("ressortgroupref").atom();
        let mut keys = self.query.field("groupClause").elements();
        reference != "0" && keys.any(|key| key.field("tleSortGroupRef").atom() == reference)
    }

    /// Whether grouping sets may turn this expression into null as it stands, being equal to a key: where all keys are
    /// columns only columns are. An expression with an aggregate in it is no key, and a constant inside another
    /// expression is left alone.
    pub(super) fn may_blank(&self, expression: Value<'_>) -> bool {
        self.has_key_expressions
            && !matches!(expression.tag(), "CONST" | "VAR")
            && (expression.contains(&["SUBLINK"]) || !expression.contains(&["AGGREF", "GROUPINGFUNC"]))
    }

    /// Whether an outer join may fill this entry's columns with nulls. `except` does not count.
    pub(super) fn may_be_missing(&self, rtindex: usize, except: Option<&FullJoin<'_>>) -> bool {
        let excepted = |join: &Join<'_>| {
            std::iter::successors(except, |inner| inner.outer).any(|except| except.rtindex == join.rtindex)
        };
        self.sides_around(self.place.get(&rtindex).copied())
            .any(|Side { join, side }| self.joins[join].missing[side] && !excepted(&self.joins[join]))
    }

    /// Whether rows of this join may lack the one side or the other.
    pub(super) fn either_may_be_missing(&self, join_rtindex: usize) -> bool {
        let mut joins = self.joins.iter();
        joins.any(|join| join.rtindex == join_rtindex && join.missing == [true, true])
    }

    /// A side of a join, and the sides of the joins around it.
    fn sides_around(&self, place: Option<Side>) -> impl Iterator<Item = Side> {
        std::iter::successors(place, |place| self.joins[place.join].place)
    }

    /// Walks the join tree. What it does not know is taken for a full join without a condition.
    fn add_from_item(&mut self, item: Value<'t>, place: Option<Side>) {
        if item.tag() != "JOINEXPR" {
            if let (Some(rtindex), Some(place)) = (item.field("rtindex").number(), place) {
                self.place.insert(rtindex, place);
            }
            return;
        }
        let missing = match item.field("jointype").number() {
            Some(JOIN_INNER) => [false, false],
            Some(JOIN_LEFT) => [false, true],
            Some(JOIN_RIGHT) => [true, false],
            _ => [true, true],
        };
        let join = self.joins.len();
        let rtindex = item.field("rtindex").number().unwrap_or(0);
        self.joins.push(Join {
            rtindex,
            quals: item.field("quals"),
            missing,
            place,
        });
        if let Some(place) = place {
            self.place.insert(rtindex, place);
        }
        self.add_from_item(item.field("larg"), Some(Side { join, side: 0 }));
        self.add_from_item(item.field("rarg"), Some(Side { join, side: 1 }));
    }

    /// Takes in a condition that every row passes. A column that it keeps from being null also says that the column's
    /// table is there: no outer join has filled it, nor anything that stands on the same sides.
    fn learn(&mut self, condition: Value<'t>, facts: &Facts) {
        for column in self.not_null_if_true(condition, facts) {
            let mut place = self.place.get(&column.0).copied();
            while let Some(Side { join, side }) = place {
                self.joins[join].missing[side] = false;
                place = self.joins[join].place;
            }
            self.known.insert(column);
        }
    }

    /// Takes in the conditions of the joins of which no side can be missing, until there is nothing more to learn.
    fn use_join_conditions(&mut self, facts: &Facts) {
        let mut open: Vec<usize> = (0..self.joins.len()).collect();
        loop {
            let (ready, rest): (Vec<usize>, Vec<usize>) = open.iter().partition(|&&index| {
                let join = &self.joins[index];
                let mut around = self.sides_around(join.place);
                join.missing == [false, false] && !around.any(|Side { join, side }| self.joins[join].missing[side])
            });
            if ready.is_empty() {
                return;
            }
            for index in ready {
                self.learn(self.joins[index].quals, facts);
            }
            open = rest;
        }
    }

    /// The columns of this level that cannot be null where `condition` is true.
    pub(super) fn not_null_if_true(&self, condition: Value<'t>, facts: &Facts) -> BTreeSet<Column> {
        self.implied(condition, When::True, facts, 0)
    }

    /// The columns of this level that cannot be null where `condition` is not true.
    pub(super) fn not_null_if_not_true(&self, condition: Value<'t>, facts: &Facts) -> BTreeSet<Column> {
        // Only of a test that is never null itself does "not true" mean "false".
        match condition.tag() {
            "NULLTEST" | "BOOLEANTEST" | "DISTINCTEXPR" => self.implied(condition, When::False, facts, 0),
            "BOOLEXPR" if condition.field("boolop").atom() == "not" => {
                let inner = condition.field("args").elements().next();
                match inner.map(|inner| (inner, inner.tag())) {
                    Some((inner, "NULLTEST" | "BOOLEANTEST" | "DISTINCTEXPR")) => {
                        self.implied(inner, When::True, facts, 0)
                    }
                    _ => BTreeSet::new(),
                }
            }
            "BOOLEXPR" if condition.field("boolop").atom() == "or" => {
                let args = condition.field("args").elements();
                args.flat_map(|arg| self.not_null_if_not_true(arg, facts)).collect()
            }
            _ => BTreeSet::new(),
        }
    }

    /// The columns of this level that cannot be null when `expression` is as `when` says.
    fn implied(&self, expression: Value<'t>, when: When, facts: &Facts, depth: u32) -> BTreeSet<Column> {
        let none = BTreeSet::new();
        if depth > 200 {
            return none;
        }
        let follow = |value: Value<'t>, when: When| self.implied(value, when, facts, depth + 1);
        let argument = || follow(expression.field("arg"), When::NotNull);
        let arguments = expression.field("args");
        let any_of = |values: Value<'t>| {
            values
                .elements()
                .flat_map(|value| follow(value, When::NotNull))
                .collect()
        };
        match expression.tag() {
            "VAR" => self.column(expression, facts, depth),
            "BOOLEXPR" => {
                let inner = arguments.elements();
                match (expression.field("boolop").atom(), when) {
                    ("not", _) => inner.flat_map(|arg| follow(arg, when.negated())).collect(),
                    ("and", When::True) | ("or", When::False) => inner.flat_map(|arg| follow(arg, when)).collect(),
                    _ => in_all(inner.map(|arg| follow(arg, when))),
                }
            }
            "NULLTEST" => match (expression.field("nulltesttype").number(), when) {
                (Some(0), When::False) | (Some(1), When::True) if !expression.field("argisrow").is_true() => argument(),
                // Every field of a row that is NOT NULL is not null, and so the row itself is there.
                (Some(1), When::True) => argument(),
                _ => none,
            },
            // IS TRUE 0, IS NOT TRUE 1, IS FALSE 2, IS NOT FALSE 3, IS UNKNOWN 4, IS NOT UNKNOWN 5.
            "BOOLEANTEST" => match (expression.field("booltesttype").number(), when) {
                (Some(0), When::True) | (Some(1), When::False) => follow(expression.field("arg"), When::True),
                (Some(2), When::True) | (Some(3), When::False) => follow(expression.field("arg"), When::False),
                (Some(4), When::False) | (Some(5), When::True) => argument(),
                _ => none,
            },
            // Equal to something that is not null.
            "DISTINCTEXPR" if when == When::False => {
                let sides: Vec<_> = arguments.elements().collect();
                match sides[..] {
                    [left, right] if is_constant(right) => follow(left, When::NotNull),
                    [left, right] if is_constant(left) => follow(right, When::NotNull),
                    _ => none,
                }
            }
            "FUNCEXPR" | "OPEXPR" if facts.is_strict(expression) => any_of(arguments),
            "SCALARARRAYOPEXPR" if facts.is_strict(expression) => {
                let mut sides = arguments.elements();
                let (Some(element), Some(array)) = (sides.next(), sides.next()) else {
                    return none;
                };
                let mut columns = follow(array, When::NotNull);
                // `x = ANY (array)` is false and `x <> ALL (array)` is true for an empty array, whatever x is.
                let is_any = expression.field("useOr").is_true();
                if has_elements(array) || is_any && when == When::True {
                    columns.extend(follow(element, When::NotNull));
                }
                columns
            }
            // `x IN (SELECT …)` is true only where the comparison is true for some row.
            "SUBLINK" if when == When::True && expression.field("subLinkType").number() == Some(2) => {
                follow(expression.field("testexpr"), When::True)
            }
            "RELABELTYPE" | "COLLATEEXPR" | "COLLATE" => follow(expression.field("arg"), when),
            "COERCEVIAIO" | "ARRAYCOERCEEXPR" | "CONVERTROWTYPEEXPR" | "COERCETODOMAIN" | "FIELDSELECT" => argument(),
            "NULLIFEXPR" => arguments
                .elements()
                .next()
                .map_or(none, |first| follow(first, When::NotNull)),
            "COALESCE" | "COALESCEEXPR" => in_all(arguments.elements().map(|arg| follow(arg, When::NotNull))),
            "SUBSCRIPTINGREF" => follow(expression.field("refexpr"), When::NotNull),
            _ => none,
        }
    }

    /// A column of this level, with the columns that it stands for where it belongs to a join or to the grouping.
    fn column(&self, var: Value<'t>, facts: &Facts, depth: u32) -> BTreeSet<Column> {
        let (Some(0), Some(rtindex), Some(number)) = (
            var.field("varlevelsup").number::<usize>(),
            var.field("varno").number(),
            var.field("varattno").number(),
        ) else {
            return BTreeSet::new();
        };
        let mut columns = match self.entry(rtindex).and_then(|entry| underlying(entry, number)) {
            Some(behind) => self.implied(behind, When::NotNull, facts, depth + 1),
            None => BTreeSet::new(),
        };
        columns.insert((rtindex, number));
        columns
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    True,
    False,
    NotNull,
}

impl When {
    fn negated(self) -> Self {
        match self {
            When::True => When::False,
            When::False => When::True,
            When::NotNull => When::NotNull,
        }
    }
}

/// The expression behind a column of a join or of the grouping.
pub(super) fn underlying(entry: Value<'_>, number: i32) -> Option<Value<'_>> {
    let index = usize::try_from(number).ok()?.checked_sub(1)?;
    let behind = match entry.field("rtekind").number() {
        Some(RTE_JOIN) => entry.field("joinaliasvars"),
        _ => entry.field("groupexprs"),
    };
    behind.elements().nth(index)
}

/// Whether it is a constant that is not null.
pub(super) fn is_constant(value: Value<'_>) -> bool {
    value.tag() == "CONST" && value.field("constisnull").atom() == "false"
}

/// Whether it is `ARRAY[…]` of at least one element.
fn has_elements(array: Value<'_>) -> bool {
    matches!(array.tag(), "ARRAY" | "ARRAYEXPR")
        && array.field("multidims").atom() == "false"
        && !array.field("elements").is_empty()
}

fn in_all(mut sets: impl Iterator<Item = BTreeSet<Column>>) -> BTreeSet<Column> {
    let first = sets.next().unwrap_or_default();
    sets.fold(first, |common, set| common.intersection(&set).copied().collect())
}
