//! A plan as SQL that psql runs as it is, as JSON, and as a summary.

use std::fmt::Write as _;

use serde::Serialize;

use super::plan::{Action, Plan, Step};
use crate::catalog::ObjectId;
use crate::ddl::{LockMode, Transaction};
use crate::diagnostic::Diagnostic;

/// The version of the JSON form.
const VERSION: u32 = 1;

/// What the JSON form means: a JSON Schema.
pub const JSON_SCHEMA: &str = include_str!("plan.schema.json");

/// How long a statement waits for a lock where nobody says otherwise, as `lock_timeout` has it. Whoever comes after a
/// statement that waits for a strong lock waits with it.
pub const LOCK_TIMEOUT: &str = "5s";

/// How a plan is written as SQL.
#[derive(Clone, Debug, Default)]
pub struct Style {
    /// How long a statement waits for a lock, as `lock_timeout` has it: `5s`. `None` leaves it as it is set.
    pub lock_timeout: Option<String>,
}

/// The plan as SQL: transactional segments between `BEGIN` and `COMMIT`, other statements on their own.
pub fn sql(plan: &Plan, style: &Style) -> String {
    let segments = plan.segments().collect::<Vec<_>>();
    let is_patient =
        |segment: Option<&&[Step]>| segment.is_some_and(|segment| !is_transaction(segment) && takes_its_time(segment));
    let mut text = String::new();
    for (at, segment) in segments.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| segments.get(before));
        let [goes_on, goes_on_after] = [before, segments.get(at + 1)].map(is_patient);
        if !(text.is_empty() || goes_on && is_patient(Some(segment))) {
            text.push('\n');
        }
        if is_transaction(segment) {
            text.push_str("BEGIN;\n");
            text.push_str(&preamble(segment, style));
            segment.iter().for_each(|step| statement(&mut text, step));
            text.push_str("COMMIT;\n");
            continue;
        }
        let patience = is_patient(Some(segment)).then_some(["lock_timeout", "statement_timeout"]);
        for setting in patience.iter().flatten().filter(|_| !goes_on) {
            let _ = writeln!(text, "SET {setting} = 0;");
        }
        segment.iter().for_each(|step| statement(&mut text, step));
        for setting in patience.iter().flatten().filter(|_| !goes_on_after) {
            let _ = writeln!(text, "RESET {setting};");
        }
    }
    text
}

/// Whether the segment runs in a transaction.
pub fn is_transaction(segment: &[Step]) -> bool {
    segment
        .iter()
        .all(|step| step.statement.transaction != Transaction::Outside)
}

/// A segment's statements for a file of its own, without what begins and ends the transaction. Whoever runs the file
/// finds the search path as it was.
pub fn part(segment: &[Step], style: &Style) -> String {
    let mut text = String::new();
    if is_transaction(segment) {
        text.push_str(&preamble(segment, style));
        segment.iter().for_each(|step| statement(&mut text, step));
        text.push_str("SET LOCAL search_path TO DEFAULT;\n");
    } else {
        segment.iter().for_each(|step| statement(&mut text, step));
    }
    text
}

/// What a transaction sets for itself: names mean what they say, and bodies are not looked into before all is there.
pub fn preamble(segment: &[Step], style: &Style) -> String {
    let mut text = String::new();
    if let Some(timeout) = &style.lock_timeout {
        let _ = writeln!(text, "SET LOCAL lock_timeout = {};", crate::sql::literal(timeout));
    }
    if takes_its_time(segment) {
        text.push_str("SET LOCAL statement_timeout = 0;\n");
    }
    text.push_str("SET LOCAL search_path = '';\n");
    if segment.iter().any(|step| matches!(step.object, ObjectId::Routine(_))) {
        text.push_str("SET LOCAL check_function_bodies = off;\n");
    }
    text
}

/// Whether all of it works on tables in use and holds nobody up: it may take as long as it takes. An index whose build
/// is cut short would be left behind invalid.
fn takes_its_time(segment: &[Step]) -> bool {
    segment.iter().all(|step| {
        let strongest = step.statement.risk.strongest_lock();
        strongest.is_some_and(|lock| lock <= LockMode::ShareUpdateExclusive)
    })
}

/// What to know of the plan before it is run: what it loses, and what may hold others up; as notes, what else `lint`
/// has a name for.
pub fn diagnostics(plan: &Plan) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for step in &plan.steps {
        let risk = &step.statement.risk;
        let object = step.object.to_string();
        if let Some(loss) = risk.loss {
            diagnostics.push(Diagnostic::warning(
                object.as_str(),
                format!("loses data: {}", loss.id()),
            ));
        }
        let is_long = risk.rewrite || risk.scan;
        let holds_up = risk
            .locks
            .iter()
            .filter(|(_, lock)| *lock > LockMode::ShareUpdateExclusive);
        let held_up = holds_up.map(|(relation, lock)| format!("{} on {relation}", lock.name()));
        let held_up = held_up.collect::<Vec<_>>().join(", ");
        let hazards = risk.hazards.join(", ");
        if is_long && !held_up.is_empty() {
            let what = if risk.rewrite {
                "writes all rows anew"
            } else {
                "reads all rows"
            };
            diagnostics.push(Diagnostic::warning(
                object.as_str(),
                format!("{hazards}: {what} under {held_up}"),
            ));
        } else if !hazards.is_empty() {
            diagnostics.push(Diagnostic::note(object.as_str(), hazards));
        }
    }
    diagnostics.dedup();
    diagnostics
}

/// One statement with its closing semicolon, and before it what is to be known of it.
pub fn statement(text: &mut String, step: &Step) {
    if let Some(loss) = step.statement.risk.loss {
        let _ = writeln!(text, "-- loses data: {}", loss.id());
    }
    text.push_str(&step.statement.sql);
    // What is only told is no statement.
    let is_told = step
        .statement
        .sql
        .lines()
        .next_back()
        .is_some_and(|line| line.starts_with("--"));
    text.push_str(if is_told { "\n" } else { ";\n" });
}

/// The plan as JSON, as [`JSON_SCHEMA`] describes it.
pub fn json(plan: &Plan) -> String {
    #[derive(Serialize)]
    struct Document<'a> {
        version: u32,
        steps: Vec<JsonStep<'a>>,
    }
    #[derive(Serialize)]
    struct JsonStep<'a> {
        segment: usize,
        kind: &'static str,
        object: String,
        sql: &'a str,
        transaction: &'static str,
        locks: Vec<JsonLock>,
        rewrite: bool,
        scan: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        data_loss: Option<&'static str>,
        hazards: &'a [&'static str],
    }
    #[derive(Serialize)]
    struct JsonLock {
        relation: String,
        mode: &'static str,
    }
    let mut steps = Vec::new();
    for (number, segment) in (1..).zip(plan.segments()) {
        steps.extend(segment.iter().map(|step| {
            JsonStep {
                segment: number,
                kind: verb(step.action),
                object: step.object.to_string(),
                sql: &step.statement.sql,
                transaction: match step.statement.transaction {
                    Transaction::Within => "within",
                    Transaction::Alone => "alone",
                    Transaction::Outside => "outside",
                },
                locks: step
                    .statement
                    .risk
                    .locks
                    .iter()
                    .map(|(relation, mode)| JsonLock {
                        relation: relation.to_string(),
                        mode: mode.name(),
                    })
                    .collect(),
                rewrite: step.statement.risk.rewrite,
                scan: step.statement.risk.scan,
                data_loss: step.statement.risk.loss.map(crate::ddl::Loss::id),
                hazards: &step.statement.risk.hazards,
            }
        }));
    }
    let document = Document {
        version: VERSION,
        steps,
    };
    // Only maps with keys that are no strings cannot be written, and there are none.
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

/// The plan as a list of what happens to which object.
pub fn summary(plan: &Plan) -> String {
    let mut text = String::new();
    let mut previous = None;
    for step in &plan.steps {
        let what = (step.action, &step.object);
        if previous.replace(what) == Some(what) {
            continue;
        }
        let loss = step
            .statement
            .risk
            .loss
            .map(|loss| format!("  (loses data: {})", loss.id()));
        let _ = writeln!(
            text,
            "{:9} {}{}",
            verb(step.action),
            step.object,
            loss.unwrap_or_default()
        );
    }
    text
}

/// What happens to an object, in a word.
pub fn verb(action: Action) -> &'static str {
    match action {
        Action::Rename => "rename",
        Action::SetAside => "set aside",
        Action::Create => "create",
        Action::Alter => "alter",
        Action::Drop => "drop",
    }
}
