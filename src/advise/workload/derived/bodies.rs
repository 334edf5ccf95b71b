//! The statements of a function's body, planned with usual values.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::super::lab::{Call, Lab};
use super::super::load::Costed;
use super::super::prepare::costed;
use super::super::{source, typical};
use super::called::{self, Routines, Step};
use super::is_planned;
use super::plpgsql::{self, Asks, Loop, Statement};
use super::variables::{self, Scope};
use crate::catalog::routine::{Body, Routine};
use crate::catalog::trigger::Trigger;
use crate::catalog::{Catalog, Name, QName};
use crate::ddl::inner::{value_of, with_rows_of};
use crate::diagnostic::Diagnostic;
use crate::{Error, Result};

/// The most rounds of a loop over rows that count, and of loops in loops.
const MOST_ROWS: f64 = 100.0;
const MOST_ROUNDS: f64 = 1000.0;
/// How many rows a statement is taken to change that fires a trigger for all of them.
const CHANGED: u32 = 10;
/// How many values each statement is planned with.
const VALUES: usize = 2;

/// A statement of a body.
#[derive(Debug)]
pub(super) struct Inner<'c> {
    /// What it costs, if it reads or writes anything by itself.
    pub(super) query: Option<Costed>,
    /// Who runs it.
    pub(super) call: Call,
    /// Its plan; nothing for `CALL`.
    pub(super) plan: Value,
    /// What it runs in its turn.
    pub(super) steps: Vec<Step<'c>>,
    /// How often it is run, for each run of the body.
    pub(super) times: f64,
}

/// What of a body is not known.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Gaps {
    /// Nothing of it is.
    is_closed: bool,
    /// The statements that are put together when it runs.
    dynamic: usize,
    /// The pieces that could not be read.
    unread: usize,
    /// The lines of those that could not be planned, with the first reason.
    unplanned: BTreeSet<usize>,
    reason: Option<String>,
    /// Whether it has loops or branches, so that something is assumed of how often its statements are run.
    pub(super) is_assumed: bool,
}

/// Something with a body.
pub(super) struct Source<'c> {
    /// What it is called.
    name: String,
    /// The schema in which names without one are looked for first.
    home: Name,
    scope: Scope,
    /// The tables of changed rows that a trigger has (`REFERENCING`), and of which table they are.
    transitions: Vec<(Name, QName)>,
    statements: Vec<Statement>,
    gaps: Gaps,
    catalog: &'c Catalog,
}

impl<'c> Source<'c> {
    /// A function, which a trigger may run.
    pub(super) fn of(routine: &Routine, trigger: Option<&Trigger>, catalog: &'c Catalog) -> Self {
        let mut scope = Scope::of(routine, catalog);
        if let Some(trigger) = trigger {
            scope.add_trigger(&trigger.relation, catalog);
        }
        let transitions = trigger.iter().flat_map(|trigger| {
            let names = [&trigger.new_table, &trigger.old_table].into_iter().flatten();
            names.map(|name| (name.clone(), trigger.relation.clone()))
        });
        let mut source = Self {
            name: format!("the function {}", routine.id.name),
            home: routine.id.name.schema.clone(),
            scope,
            transitions: transitions.collect(),
            statements: Vec::new(),
            gaps: Gaps::default(),
            catalog,
        };
        match (&*routine.language, &routine.body) {
            ("plpgsql", Body::Source(text)) => source.read(text),
            ("sql", Body::Source(text)) => source.statements = plain(source::statements(text)),
            ("sql", Body::Sql(text)) => source.statements = plain(standard(text)),
            _ => source.gaps.is_closed = true,
        }
        source
    }

    /// A `DO` block.
    pub(super) fn of_block(id: &str, statement: &str, catalog: &'c Catalog) -> Self {
        let mut source = Self {
            name: id.to_owned(),
            home: Name::new_static("public"),
            scope: Scope::of_block(),
            transitions: Vec::new(),
            statements: Vec::new(),
            gaps: Gaps::default(),
            catalog,
        };
        match plpgsql::block(statement) {
            Some(text) => source.read(&text),
            None => source.gaps.is_closed = true,
        }
        source
    }

    fn read(&mut self, text: &str) {
        let Some(body) = plpgsql::read(text) else {
            self.gaps.is_closed = true;
            return;
        };
        (self.gaps.dynamic, self.gaps.unread) = (body.dynamic, body.unread);
        self.statements = body.statements;
        if body.prefers_variables {
            self.scope = std::mem::take(&mut self.scope).first();
        }
    }

    /// Its statements, planned as `caller` runs them; the `sql` of it is of no account.
    pub(super) async fn planned(
        mut self,
        lab: &mut Lab,
        known: &Routines<'c>,
        caller: &Call,
    ) -> (Vec<Inner<'c>>, Gaps) {
        let mut planned = Vec::new();
        // How many rows the statements give, which loops may go through.
        let mut given = Vec::new();
        for statement in std::mem::take(&mut self.statements) {
            let own = self.plan(lab, known, caller, &statement).await;
            given.push(
                own.as_ref()
                    .ok()
                    .and_then(Option::as_ref)
                    .and_then(|(_, plan, _)| plan["Plan Rows"].as_f64()),
            );
            let rounds = statement.loops.iter().map(|rounds| match *rounds {
                Loop::Times(times) => times.min(MOST_ROWS),
                Loop::Rows(number) => given
                    .get(number)
                    .copied()
                    .flatten()
                    .unwrap_or(1.0)
                    .clamp(1.0, MOST_ROWS),
            });
            let times = rounds.product::<f64>().min(MOST_ROUNDS) * statement.chance;
            self.gaps.is_assumed |= !statement.loops.is_empty() || statement.chance < 1.0;
            match own {
                Ok(Some((query, plan, steps))) => planned.push(Inner {
                    call: query
                        .as_ref()
                        .and_then(|query| query.calls.first())
                        .unwrap_or(caller)
                        .clone(),
                    query,
                    plan,
                    steps,
                    times,
                }),
                Ok(None) => {}
                Err(error) => {
                    self.gaps.unplanned.insert(statement.line);
                    let reason = || format!("line {}: {error}", statement.line);
                    self.gaps.reason.get_or_insert_with(reason);
                }
            }
        }
        (planned, self.gaps)
    }

    /// Plans a statement; nothing where it has nothing to plan.
    async fn plan(
        &self,
        lab: &mut Lab,
        known: &Routines<'c>,
        caller: &Call,
        statement: &Statement,
    ) -> Result<Option<(Option<Costed>, Value, Vec<Step<'c>>)>> {
        match statement.kind {
            Asks::Functions if !known.is_called(&statement.sql) => return Ok(None),
            Asks::Procedure => {
                let steps = known.procedures(&statement.sql);
                return Ok(Some((None, Value::Null, steps)));
            }
            Asks::Tables | Asks::Functions => {}
        }
        let scope = match &statement.variables {
            Some(variables) => self
                .scope
                .with(variables.iter().map(Arc::as_ref), &self.home, self.catalog),
            None => Scope::default(),
        };
        let settings = &caller.settings;
        let mut sql = statement.sql.clone();
        for (name, table) in self
            .transitions
            .iter()
            .filter(|(name, _)| statement.sql.contains(name.as_str()))
        {
            sql = with_rows_of(&sql, name, table, CHANGED);
        }
        let sql = variables::with_parameters(lab, &sql, settings, &scope).await?;
        let (texts, values) = typical::filled(lab, &sql, settings, None).await?;
        let call = |sql| Call { sql, ..caller.clone() };
        let calls = texts.into_iter().take(VALUES).map(call).collect::<Vec<_>>();
        let name = match statement.line {
            0 => self.name.clone(),
            line => format!("{}, line {line}", self.name),
        };
        let query = costed(lab, self.catalog, name, calls, values).await?;
        let first = query.calls.first().ok_or_else(|| Error::new("it has no text"))?;
        let plan = lab.plans(&[first], &[], &[]).await?.remove(0);
        let steps = called::steps(&query, &plan, self.catalog, known, lab);
        let is_own = !query.tables.is_empty() || !query.writes.is_empty();
        Ok(Some((Some(query).filter(|_| is_own), plan, steps)))
    }
}

/// What runs in a function: who runs it, and with which settings. A function that defines who runs it runs as its owner.
pub(super) fn within(caller: &Call, routine: &Routine, catalog: &Catalog) -> Call {
    let owner = catalog.roles.iter().find(|role| role.name == routine.owner);
    // Whom no policy binds, the server's own role stands for.
    let owner = owner.filter(|role| !role.superuser && !role.bypass_rls);
    let mut settings = caller.settings.clone();
    settings.extend(routine.settings.iter().cloned());
    Call {
        sql: String::new(),
        role: match routine.security_definer {
            true => owner.map(|role| role.name.clone()),
            false => caller.role.clone(),
        },
        claims: caller.claims.clone(),
        settings,
    }
}

impl Gaps {
    /// With what is not known when it runs elsewhere: a trigger's function at another table.
    pub(super) fn add(&mut self, other: Self) {
        self.is_closed |= other.is_closed;
        self.is_assumed |= other.is_assumed;
        self.dynamic = self.dynamic.max(other.dynamic);
        self.unread = self.unread.max(other.unread);
        self.unplanned.extend(other.unplanned);
        self.reason = self.reason.take().or(other.reason);
    }

    /// What is said of it; `None` where all is known.
    pub(super) fn note(&self, name: &QName) -> Option<Diagnostic> {
        const OUTSIDE: &str = "as far as the workload has";
        let mut parts = Vec::new();
        if self.dynamic > 0 {
            parts.push(format!("{} that it puts together when it runs", self.dynamic));
        }
        if let Some(reason) = &self.reason {
            parts.push(format!("{} that cannot be planned ({reason})", self.unplanned.len()));
        }
        if self.unread > 0 {
            parts.push(format!("{} that cannot be read", self.unread));
        }
        let message = match (self.is_closed, parts.is_empty()) {
            (true, _) => format!("what the function runs counts {OUTSIDE} it as statements of its own"),
            (false, true) => return None,
            (false, false) => format!(
                "of its statements, {} count {OUTSIDE} them as statements of their own",
                parts.join(", and ")
            ),
        };
        let hint = "pg_stat_statements.track = all, or auto_explain.log_nested_statements, has them";
        Some(Diagnostic::note(name.to_string(), message).with_hint(hint))
    }
}

/// Statements of SQL, which a function runs one after the other.
fn plain(statements: Vec<String>) -> Vec<Statement> {
    let plain = |sql| Statement {
        kind: Asks::Tables,
        sql,
        line: 0,
        variables: Some(Vec::new()),
        loops: Vec::new(),
        chance: 1.0,
    };
    let statements = statements.into_iter().filter(|sql| is_planned(sql));
    statements.map(plain).collect()
}

/// The statements of a body as the SQL standard has it: `RETURN …`, or `BEGIN ATOMIC … END`.
fn standard(body: &str) -> Vec<String> {
    let body = body.trim();
    if let Some(expression) = body.strip_prefix("RETURN ") {
        return vec![value_of(expression)];
    }
    let inner = body
        .strip_prefix("BEGIN ATOMIC")
        .and_then(|body| body.strip_suffix("END"));
    source::statements(inner.unwrap_or(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_bodies_have_statements() {
        assert_eq!(standard("RETURN (a + 1)"), ["SELECT (a + 1)"]);
        let body = "BEGIN ATOMIC\n SELECT t.a FROM app.t;\n DELETE FROM app.t\n   WHERE (t.a = x);\nEND";
        assert_eq!(
            standard(body),
            ["SELECT t.a FROM app.t", "DELETE FROM app.t\n   WHERE (t.a = x)"]
        );
    }

    #[test]
    fn what_is_not_known_is_counted() {
        let name = QName::new("app", "f");
        assert_eq!(Gaps::default().note(&name), None);
        let mut gaps = Gaps {
            dynamic: 2,
            ..Gaps::default()
        };
        gaps.add(Gaps {
            unplanned: BTreeSet::from([4, 9]),
            reason: Some("line 4: no".to_owned()),
            ..Gaps::default()
        });
        let note = gaps.note(&name).unwrap();
        assert!(
            note.message.contains("2 that it puts together")
                && note.message.contains("2 that cannot be planned (line 4: no)"),
            "{note:?}"
        );
    }
}
