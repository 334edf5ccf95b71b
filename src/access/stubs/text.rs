//! Conditions and helpers as SQL: the only place that writes expressions.

use std::fmt::Write as _;

use super::model::{Call, Test};
use crate::access::Claims;
use crate::catalog::{Name, QName};
use crate::sql::{identifier, keyword_safe, literal};

/// The condition on a row of `table`, as a policy on it has it.
pub(super) fn condition(test: &Test, table: &QName, claims: &Claims) -> String {
    Writer { claims, depth: 0 }.test(test, &table.name)
}

/// What a helper runs that gives `column` of the rows of `table` that pass, of the user's own.
pub(super) fn set_of(column: &Name, table: &QName, test: &Test, listed: Option<&str>, claims: &Claims) -> String {
    let rows = rows(table, test, listed, claims);
    format!("select {ALIAS}.{} from {rows}", identifier(column))
}

/// What a helper runs that says whether there are rows of `table` that pass, of the user's own.
pub(super) fn any_of(table: &QName, test: &Test, listed: Option<&str>, claims: &Claims) -> String {
    format!("select exists (select 1 from {})", rows(table, test, listed, claims))
}

/// What a row says that a helper's list is looked for in: a column, as text.
pub(super) fn as_text(column: &Name) -> String {
    format!("{ALIAS}.{}::text", identifier(column))
}

/// What a row of another table says that the column leads to, as text.
pub(super) fn as_text_in(column: &Name, table: &QName, key: &Name, said: &Name) -> String {
    format!(
        "(select n.{}::text from {} as n where n.{} = {ALIAS}.{})",
        identifier(said),
        qualified(table),
        identifier(key),
        identifier(column)
    )
}

/// A claim at the top of the token, which only the server that signs it puts there.
pub(super) fn top_claim(name: &str, is_supabase: bool) -> String {
    match is_supabase {
        true => format!("(auth.jwt() ->> {})", literal(name)),
        false => format!(
            "(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> {})",
            literal(name)
        ),
    }
}

/// A constant of a type that is named in full.
pub(super) fn constant(text: &str, data_type: &Name) -> String {
    format!("{}::{data_type}", literal(text))
}

/// The condition of a partial index on rows that are not deleted, as the server would write it.
pub(super) fn is_null(column: &Name) -> String {
    format!("({} IS NULL)", keyword_safe(column))
}

/// The table in a helper's query.
const ALIAS: &str = "m";

fn rows(table: &QName, test: &Test, listed: Option<&str>, claims: &Claims) -> String {
    let condition = Writer { claims, depth: 0 }.test(test, ALIAS);
    let listed = listed.map(|said| format!(" and {said} = any ($1)"));
    format!(
        "{} as {ALIAS} where {condition}{}",
        qualified(table),
        listed.unwrap_or_default()
    )
}

struct Writer<'a> {
    claims: &'a Claims,
    depth: usize,
}

impl Writer<'_> {
    fn test(&self, test: &Test, row: &str) -> String {
        let column = |column: &Name| format!("{}.{}", keyword_safe(row), identifier(column));
        match test {
            Test::Always => "true".to_owned(),
            Test::User(name, data_type) => format!("{} = (select {})", column(name), self.claims.user(data_type)),
            Test::Among(name, helper) => format!("{} = any (array(select {}))", column(name), call(helper)),
            Test::Permitted(function, permission, data_type) => {
                format!("(select {}({}))", qualified(function), constant(permission, data_type))
            }
            Test::Asked(helper) => format!("(select {})", call(helper)),
            Test::Equals(name, value) => format!("{} = (select {value})", column(name)),
            Test::Says(value, texts) => format!("(select {value}) = any ({})", array(texts)),
            Test::UpTo(name, value, least) => format!("{} <= coalesce((select {value}), {least})", column(name)),
            Test::Parent(table, pairs, test) => self.parent(table, pairs, test.as_deref(), row),
            Test::Is(name, wanted) => format!("{} is {wanted}", column(name)),
            Test::In(name, texts) => format!("{}::text = any ({})", column(name), array(texts)),
            Test::NotIn(name, texts) => format!("{}::text <> all ({})", column(name), array(texts)),
            Test::Null(name) => format!("{} is null", column(name)),
            Test::Past(name) => format!("{} <= now()", column(name)),
            Test::Begun(name) => format!("({0} is null or {0} <= now())", column(name)),
            Test::Lasting(name) => format!("({0} is null or {0} > now())", column(name)),
            Test::Path(name, has_foldername) => {
                let first = match has_foldername {
                    true => format!("(storage.foldername({}))[1]", column(name)),
                    false => format!("split_part({}, '/', 1)", column(name)),
                };
                format!("{first} = (select ({})::text)", self.claims.user("text"))
            }
            Test::All(tests) => self.joined(tests, " and ", row),
            Test::Any(tests) => self.joined(tests, " or ", row),
        }
    }

    fn joined(&self, tests: &[Test], with: &str, row: &str) -> String {
        let tests = tests.iter().map(|test| match test {
            Test::All(_) | Test::Any(_) => format!("({})", self.test(test, row)),
            test => self.test(test, row),
        });
        tests.collect::<Vec<_>>().join(with)
    }

    fn parent(&self, table: &QName, pairs: &[(Name, Name)], test: Option<&Test>, row: &str) -> String {
        let inner = Self {
            claims: self.claims,
            depth: self.depth + 1,
        };
        let mut alias = format!("p{}", inner.depth);
        if alias == row {
            alias.push('_');
        }
        let mut sql = format!("exists (select 1 from {} as {alias} where ", qualified(table));
        for (at, (own, other)) in pairs.iter().enumerate() {
            let and = if at > 0 { " and " } else { "" };
            let own = format!("{}.{}", keyword_safe(row), identifier(own));
            let _ = write!(sql, "{and}{alias}.{} = {own}", identifier(other));
        }
        match test {
            Some(test @ Test::Any(_)) => {
                let _ = write!(sql, " and ({})", inner.test(test, &alias));
            }
            Some(test) => {
                let _ = write!(sql, " and {}", inner.test(test, &alias));
            }
            None => {}
        }
        sql.push(')');
        sql
    }
}

fn call(call: &Call) -> String {
    let argument = call.argument.as_ref().map(|texts| array(texts));
    format!("{}({})", qualified(&call.helper), argument.unwrap_or_default())
}

fn qualified(name: &QName) -> String {
    format!("{}.{}", keyword_safe(&name.schema), identifier(&name.name))
}

fn array(texts: &[String]) -> String {
    let texts = texts.iter().map(|text| literal(text).to_string());
    format!("array[{}]::text[]", texts.collect::<Vec<_>>().join(", "))
}
