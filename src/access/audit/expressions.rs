//! Expressions of policies and bodies of functions, as trees.
//!
//! What PostgreSQL gives (`pg_get_expr` with an empty `search_path`) is in its own words: a policy's own columns stand
//! alone at the top and with their table's name in a sub-select, where every other column has its relation's name or
//! alias too, and no two relations share one.

use std::ops::ControlFlow;

use sqlparser::ast::{
    BinaryOperator, Expr, FunctionArg, FunctionArgExpr, FunctionArguments, ObjectName, Query, Select, SelectItem,
    SetExpr, UnaryOperator, Value, Visit, Visitor,
};

use crate::catalog::{Name, QName};
pub(in crate::access) use crate::sql::parse::{parse, parse_statements, tokens};

/// The expression without parentheses, casts and a sub-select that only wraps it.
pub(in crate::access) fn strip(expr: &Expr) -> &Expr {
    match expr {
        Expr::Nested(inner) | Expr::Cast { expr: inner, .. } => strip(inner),
        Expr::Subquery(query) => wrapped(query).map_or(expr, strip),
        _ => expr,
    }
}

/// What `(select x)` wraps.
pub(in crate::access) fn wrapped(query: &Query) -> Option<&Expr> {
    let select = select(query)?;
    match (select.from.as_slice(), &select.selection, select.projection.as_slice()) {
        ([], None, [SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }]) => Some(expr),
        _ => None,
    }
}

/// The one `SELECT` that a query is.
pub(in crate::access) fn select(query: &Query) -> Option<&Select> {
    match (&query.with, query.body.as_ref()) {
        (None, SetExpr::Select(select)) => Some(select),
        _ => None,
    }
}

/// The parts that all have to hold.
pub(in crate::access) fn conjuncts(expr: &Expr) -> Vec<&Expr> {
    parts(expr, &BinaryOperator::And)
}

/// The parts of which one has to hold.
pub(in crate::access) fn disjuncts(expr: &Expr) -> Vec<&Expr> {
    parts(expr, &BinaryOperator::Or)
}

fn parts<'e>(expr: &'e Expr, by: &BinaryOperator) -> Vec<&'e Expr> {
    match expr {
        Expr::Nested(inner) => parts(inner, by),
        Expr::BinaryOp { left, op, right } if op == by => {
            let mut all = parts(left, by);
            all.extend(parts(right, by));
            all
        }
        _ => vec![expr],
    }
}

/// A function call.
#[derive(Clone, Debug)]
pub(in crate::access) struct Call<'e> {
    /// The function's schema; `None` for one of PostgreSQL's own.
    pub(in crate::access) schema: Option<&'e str>,
    /// The function's name.
    pub(in crate::access) name: &'e str,
    /// The arguments.
    pub(in crate::access) arguments: Vec<&'e Expr>,
}

impl Call<'_> {
    /// Whether it is a call of `schema.name`.
    pub(in crate::access) fn is(&self, schema: &str, name: &str) -> bool {
        self.schema == Some(schema) && self.name == name
    }

    /// Whether it is a call of PostgreSQL's own function `name`.
    pub(in crate::access) fn is_builtin(&self, name: &str) -> bool {
        self.schema.is_none_or(|schema| schema == "pg_catalog") && self.name.eq_ignore_ascii_case(name)
    }

    /// The function, by schema and name, where it is none of PostgreSQL's own.
    pub(in crate::access) fn routine(&self) -> Option<QName> {
        self.schema.map(|schema| QName::new(schema, self.name))
    }
}

/// The function call that an expression is.
pub(in crate::access) fn call(expr: &Expr) -> Option<Call<'_>> {
    let Expr::Function(function) = expr else { return None };
    let idents = function.name.0.iter().map(|part| part.as_ident());
    let idents = idents.collect::<Option<Vec<_>>>()?;
    let (schema, name) = match idents.as_slice() {
        [name] => (None, name),
        [schema, name] => (Some(schema.value.as_str()), name),
        _ => return None,
    };
    let arguments = match &function.args {
        FunctionArguments::List(list) => list
            .args
            .iter()
            .filter_map(|argument| match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr),
                FunctionArg::Named { arg, .. } | FunctionArg::ExprNamed { arg, .. } => match arg {
                    FunctionArgExpr::Expr(expr) => Some(expr),
                    _ => None,
                },
                FunctionArg::Unnamed(_) => None,
            })
            .collect(),
        _ => Vec::new(),
    };
    Some(Call {
        schema,
        name: &name.value,
        arguments,
    })
}

/// The text of a string constant, casts aside.
pub(in crate::access) fn text(expr: &Expr) -> Option<&str> {
    match strip(expr) {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) | Value::EscapedStringLiteral(text) => Some(text),
            _ => None,
        },
        _ => None,
    }
}

/// The column of the policy's own table that an expression is, casts aside.
pub(in crate::access) fn own_column<'e>(expr: &'e Expr, table: &QName) -> Option<&'e str> {
    match strip(expr) {
        Expr::Identifier(name) => Some(&name.value),
        Expr::CompoundIdentifier(parts) => match parts.as_slice() {
            [relation, column] if relation.value == table.name => Some(&column.value),
            _ => None,
        },
        _ => None,
    }
}

/// Both sides of `left op right` for one of these operators, `= ANY` being an equality too.
pub(in crate::access) fn equality(expr: &Expr) -> Option<(&Expr, &Expr)> {
    match expr {
        Expr::Nested(inner) => equality(inner),
        Expr::BinaryOp {
            left,
            op: BinaryOperator::Eq,
            right,
        }
        | Expr::AnyOp {
            left,
            compare_op: BinaryOperator::Eq,
            right,
            ..
        } => Some((left, right)),
        _ => None,
    }
}

/// Where in an expression something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::access) struct Place {
    /// How many sub-selects it is in.
    pub(in crate::access) depth: usize,
    /// Whether it is worked out again for every row: no sub-select around it stands for itself.
    pub(in crate::access) per_row: bool,
}

/// Calls `each` with every part of an expression of a policy on `table`, from the outside in.
pub(in crate::access) fn walk(expr: &Expr, table: &QName, each: impl FnMut(Place, &Expr)) {
    struct Walk<'t, F> {
        table: &'t QName,
        correlated: Vec<bool>,
        each: F,
    }
    impl<F: FnMut(Place, &Expr)> Visitor for Walk<'_, F> {
        type Break = ();

        fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
            self.correlated.push(is_correlated(query, self.table));
            ControlFlow::Continue(())
        }

        fn post_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
            self.correlated.pop();
            ControlFlow::Continue(())
        }

        fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
            let place = Place {
                depth: self.correlated.len(),
                per_row: self.correlated.iter().all(|correlated| *correlated),
            };
            (self.each)(place, expr);
            ControlFlow::Continue(())
        }
    }
    let mut walk = Walk {
        table,
        correlated: Vec::new(),
        each,
    };
    let _ = expr.visit(&mut walk);
}

/// Whether a sub-select names the row of the policy's table that is being looked at.
pub(in crate::access) fn is_correlated(query: &Query, table: &QName) -> bool {
    struct Finder<'t>(&'t QName);
    impl Visitor for Finder<'_> {
        type Break = ();

        fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
            match expr {
                Expr::CompoundIdentifier(parts) if parts.len() == 2 && parts[0].value == self.0.name => {
                    ControlFlow::Break(())
                }
                _ => ControlFlow::Continue(()),
            }
        }
    }
    query.visit(&mut Finder(table)).is_break()
}

/// Whether something in the expression satisfies `wanted`.
pub(in crate::access) fn any(expr: &Expr, mut wanted: impl FnMut(&Expr) -> bool) -> bool {
    struct Finder<F>(F);
    impl<F: FnMut(&Expr) -> bool> Visitor for Finder<F> {
        type Break = ();

        fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
            match (self.0)(expr) {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        }
    }
    expr.visit(&mut Finder(&mut wanted)).is_break()
}

/// The relations that something names, by schema (where it is written) and name.
pub(in crate::access) fn relations(node: &impl Visit) -> Vec<(Option<Name>, Name)> {
    struct Finder(Vec<(Option<Name>, Name)>);
    impl Visitor for Finder {
        type Break = ();

        fn pre_visit_relation(&mut self, name: &ObjectName) -> ControlFlow<()> {
            let parts = name.0.iter().filter_map(|part| part.as_ident());
            let parts = parts.map(|ident| Name::from(ident.value.as_str())).collect::<Vec<_>>();
            match parts.as_slice() {
                [name] => self.0.push((None, name.clone())),
                [schema, name] => self.0.push((Some(schema.clone()), name.clone())),
                _ => {}
            }
            ControlFlow::Continue(())
        }
    }
    let mut finder = Finder(Vec::new());
    let _ = node.visit(&mut finder);
    finder.0
}

/// What `NOT` denies.
pub(in crate::access) fn negated(expr: &Expr) -> Option<&Expr> {
    match expr {
        Expr::Nested(inner) => negated(inner),
        Expr::UnaryOp {
            op: UnaryOperator::Not,
            expr,
        } => Some(expr),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `pg_get_expr` writes them.
    const WRITTEN: [&str; 30] = [
        "((auth.jwt() ->> 'x'::text) = ANY (ARRAY['a'::text, 'b'::text]))",
        "(created_at > (now() AT TIME ZONE 'utc'::text))",
        "(EXTRACT(epoch FROM created_at) > (0)::numeric)",
        "(email OPERATOR(extensions.=) 'x'::extensions.citext)",
        "((name)::text ~~ 'a%'::text)",
        "((name)::text !~~* 'a%'::text)",
        "((name)::text ~* '^a'::text)",
        "(\"position\"(name, 'a'::text) > 0)",
        "((storage.foldername(name))[1] = (( SELECT auth.uid() AS uid))::text)",
        "(tags ? 'x'::text)",
        "((tags @> '{\"a\": 1}'::jsonb) OR (tags && ARRAY['a'::text]))",
        "(created_at > (now() - '24:00:00'::interval))",
        "(owner = CURRENT_USER)",
        "((\"current_user\"())::text = 'x'::text)",
        "(id IN ( SELECT m.id\n   FROM (public.m\n     JOIN public.n ON ((n.id = m.id)))\n  WHERE (m.user_id = auth.uid())))",
        "(NOT (user_id IS DISTINCT FROM ( SELECT auth.uid() AS uid)))",
        "(ROW(a, b) = ROW(1, 2))",
        "((name COLLATE \"C\") = 'x'::text)",
        "(id = ANY (( SELECT array_agg(m.id) AS array_agg\n   FROM public.m))::integer[])",
        "(id = ANY (ARRAY( SELECT private.my_orgs() AS my_orgs)))",
        "\"left\"(name, 3) = 'abc'::text",
        "(kind = 'a'::public.\"Kind\")",
        "(kind = 'a'::\"char\")",
        "CASE WHEN (a IS NULL) THEN true ELSE (a = 1) END",
        "(COALESCE(a, 0) >= 0)",
        "((EXISTS ( SELECT 1\n   FROM public.a\n  WHERE (a.id = b.a_id))) AND (NOT deleted))",
        "(valid_period @> now())",
        "(((current_setting('request.jwt.claims'::text, true))::jsonb -> 'app_metadata'::text) ->> 'org'::text)::uuid = org_id",
        "(date_part('year'::text, created_at) = (2024)::double precision)",
        "(TRIM(BOTH FROM name) <> ''::text)",
    ];

    #[test]
    fn what_postgresql_writes_is_read() {
        for text in WRITTEN {
            assert!(parse(text).is_some(), "{text}");
        }
        assert!(parse("a = ").is_none() && parse("a b").is_none());
    }

    #[test]
    fn a_sub_select_stands_for_itself_unless_it_names_the_row() {
        let docs = QName::new("public", "docs");
        let places = |text: &str| {
            let expr = parse(text).expect("an expression");
            let mut found = Vec::new();
            walk(&expr, &docs, |place, part| {
                if call(part).is_some_and(|call| call.is("auth", "uid")) {
                    found.push((place.depth, place.per_row));
                }
            });
            found
        };
        assert_eq!(places("(owner = auth.uid())"), [(0, true)]);
        assert_eq!(places("(owner = ( SELECT auth.uid() AS uid))"), [(1, false)]);
        assert_eq!(
            places("(id IN ( SELECT m.id FROM m WHERE (m.u = auth.uid())))"),
            [(1, false)]
        );
        let correlated = "(EXISTS ( SELECT 1 FROM m WHERE ((m.id = docs.id) AND (m.u = auth.uid()))))";
        assert_eq!(places(correlated), [(1, true)]);
    }
}
