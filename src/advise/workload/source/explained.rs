//! What `auto_explain` logs (manual, section F.3): a duration, and a plan that begins with the query's text.

use super::Run;
use crate::catalog::Name;

/// The run that a message tells of: `None` where it has no plan, `Some(None)` where the query cannot be told from the plan.
pub(super) fn run(message: &str, user: Option<&Name>) -> Option<Option<Run>> {
    let (ms, rest) = message.trim_start().strip_prefix("duration: ")?.split_once(" ms")?;
    let plan = rest.trim_start().strip_prefix("plan:")?.trim_start();
    let query = if plan.starts_with('{') { json(plan) } else { lines(plan) };
    Some(query.map(|(sql, values)| Run {
        sql: sql.trim().trim_end_matches(';').to_owned(),
        values: values.and_then(|values| super::log::parameters(&values)),
        role: user.cloned(),
        ms: ms.trim().parse().ok(),
    }))
}

/// `{"Query Text": "…", "Query Parameters": "$1 = '5'", "Plan": …}`.
fn json(plan: &str) -> Option<(String, Option<String>)> {
    let value = serde_json::from_str::<serde_json::Value>(plan).ok()?;
    let values = value["Query Parameters"].as_str();
    Some((
        value["Query Text"].as_str()?.to_owned(),
        values.map(|values| format!("Parameters: {values}")),
    ))
}

/// `Query Text: …`, whose lines go on until the parameters (from 16 on) or the first node of the plan.
fn lines(plan: &str) -> Option<(String, Option<String>)> {
    let mut lines = plan.strip_prefix("Query Text: ")?.lines();
    let mut sql = lines.next()?.to_owned();
    for line in lines {
        if line.starts_with("Query Parameters: ") {
            return Some((sql, Some(line.to_owned())));
        }
        if !line.starts_with(char::is_whitespace) && line.contains("  (cost=") {
            return Some((sql, None));
        }
        sql.push('\n');
        sql.push_str(line);
    }
    None
}
