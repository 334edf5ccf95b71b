//! Trees as servers wrote them, and trees that nobody should have written.

use super::*;

/// `CREATE VIEW v1 AS SELECT a.id, a.x, b.y, count(*) OVER () c, row_number() OVER () r, lower(b.y) l, b.y || 'x' k,
/// coalesce(b.y, 'ab') co, a.id = 1 AS e FROM a LEFT JOIN b ON b.a_id = a.id WHERE a.x IS NOT NULL`, where `a` is
/// `(id int PRIMARY KEY, x text, n text NOT NULL)` and `b` is `(id int PRIMARY KEY, a_id int NOT NULL, y text NOT NULL)`.
const LEFT_JOIN: [(&str, u32); 2] = [
    (include_str!("trees/left_join_13.txt"), 16393),
    (include_str!("trees/left_join_18.txt"), 16394),
];
const A: u32 = 16385;

#[test]
fn a_left_join_is_read_from_the_oldest_and_the_newest_tree() {
    for (action, b) in LEFT_JOIN {
        let facts = Facts {
            never_null: [(A, 1), (A, 3), (b, 1), (b, 2), (b, 3)].into(),
            ..Facts::default()
        };
        let proved = one(action, &facts).unwrap();
        let never_null: Vec<bool> = proved.iter().map(|column| column.never_null).collect();
        assert_eq!(never_null, [true, true, false, true, true, false, false, true, true]);
        assert_eq!(proved[0].origin, Some((A, 1)));
        assert_eq!(proved[2].base, Some((b, 3)));
        assert_eq!(proved[3].origin, None);
        // Nothing but what the query says itself is left where nothing is known of its tables.
        let proved = one(action, &Facts::default()).unwrap();
        let never_null: Vec<bool> = proved.iter().map(|column| column.never_null).collect();
        assert_eq!(never_null, [false, true, false, true, true, false, false, true, false]);
    }
}

#[test]
fn what_cannot_be_read_is_an_error_of_its_own_view() {
    let whole = LEFT_JOIN[0].0;
    let actions = ["", "()", "({QUERY", "({FUTURE :a 1})", &whole[..whole.len() / 2], whole];
    let rules: Vec<ViewRule<'_>> = (1..)
        .zip(actions)
        .map(|(relation, action)| ViewRule { relation, action })
        .collect();
    let proved = view_columns(&rules, &Facts::default());
    assert_eq!(proved.values().filter(|columns| columns.is_err()).count(), 5);
    assert_eq!(proved[&6].as_ref().unwrap().len(), 9);
}

#[test]
fn a_view_made_of_itself_is_nullable() {
    let columns = one(&view_of(7), &Facts::default()).unwrap();
    assert!(!columns[0].never_null);
    assert_eq!(columns[0].base, None);
}

#[test]
fn depth_makes_a_column_nullable_and_nothing_worse() {
    for (depth, expected) in [(50, true), (100_000, false)] {
        let constant = nested("{RELABELTYPE :arg ", "{CONST :constisnull false}", "}", depth);
        assert_eq!(
            one(&selecting(&constant, "<>"), &Facts::default()).unwrap()[0].never_null,
            expected
        );
    }
    let condition = nested(
        "{BOOLEXPR :boolop not :args (",
        "{CONST :constisnull false}",
        ")}",
        100_000,
    );
    one(&selecting("{CONST :constisnull true}", &condition), &Facts::default()).unwrap();
    let condition = nested("{BOOLEXPR :boolop not :args (", "{CONST :constisnull false}", ")}", 400);
    let subquery = nested(
        "{SUBLINK :subLinkType 2 :subselect {QUERY :commandType 1 :targetList ({TARGETENTRY :expr ",
        "{CONST :constisnull false}",
        &format!(" :resjunk false}}) :jointree {{FROMEXPR :fromlist <> :quals {condition}}}}}}}"),
        400,
    );
    one(&selecting(&subquery, "<>"), &Facts::default()).unwrap();
    // Each view is made of the one before, and the last is asked for first.
    let actions: Vec<String> = (1..=2_000).map(|relation| view_of(relation + 1)).collect();
    let rules = (1..)
        .zip(&actions)
        .map(|(relation, action)| ViewRule { relation, action });
    assert_eq!(view_columns(&rules.collect::<Vec<_>>(), &Facts::default()).len(), 2_000);
}

fn one(action: &str, facts: &Facts) -> Result<Vec<ViewColumn>> {
    let rule = ViewRule { relation: 7, action };
    view_columns(&[rule], facts).remove(&7).unwrap()
}

/// A view of the first column of a relation.
fn view_of(relation: u32) -> String {
    format!(
        "({{QUERY :commandType 1 :rtable ({{RTE :rtekind 0 :relid {relation}}}) :jointree {{FROMEXPR :fromlist \
         ({{RANGETBLREF :rtindex 1}}) :quals <>}} :targetList ({{TARGETENTRY :expr {{VAR :varno 1 :varattno 1 \
         :varlevelsup 0}} :resorigtbl {relation} :resorigcol 1 :resjunk false}})}})"
    )
}

fn selecting(expression: &str, condition: &str) -> String {
    format!(
        "({{QUERY :commandType 1 :jointree {{FROMEXPR :fromlist <> :quals {condition}}} :targetList ({{TARGETENTRY \
         :expr {expression} :resorigtbl 0 :resorigcol 0 :resjunk false}})}})"
    )
}

fn nested(before: &str, inside: &str, after: &str, depth: usize) -> String {
    before.repeat(depth) + inside + &after.repeat(depth)
}
