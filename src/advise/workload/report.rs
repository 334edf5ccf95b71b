//! What is said of a choice: for which queries, at what price, and how surely.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value;

use super::load::Costs;
use super::select::Selection;
use super::{Advice, Beyond, Confidence, Outcome, Recommendation, Served, plan, unknown_columns};
use crate::Result;
use crate::advise::online;
use crate::catalog::index::Index;
use crate::catalog::kin::Kin;
use crate::catalog::{Catalog, Name, QName};
use crate::ddl::planning::{add_extension, analyze};
use crate::finding::{About, Finding, Severity};

/// An index that the workload wants.
pub const FINDING: About = About {
    id: "missing-index",
    severity: Severity::Warning,
    why: "the workload reads more than it needs to, by the planner's own costs",
};

/// An index that one of those makes redundant.
pub const REDUNDANT: About = About {
    id: "index-made-redundant",
    severity: Severity::Info,
    why: "every write pays for an index of which another, recommended one does all the work",
};

/// The part of the cost that is left that more room has to come down to before it is spoken of.
const TELLING: f64 = 0.9;

/// Tells of every query and of every index that was chosen.
pub(super) async fn fill(advice: &mut Advice, costs: &mut Costs<'_>, chosen: &Selection) -> Result<()> {
    let none = BTreeSet::new();
    advice.before = costs.total(&none).await?;
    advice.after = costs.total(&chosen.set).await?;
    advice.writes = costs.writes(&chosen.set);
    advice.read_bytes = costs.room() as u64;
    let bytes = costs.bytes(&chosen.unlimited);
    let cost = costs.total(&chosen.unlimited).await?;
    if cost < TELLING * advice.after {
        advice.beyond = Some(Beyond { bytes, cost });
    }
    let mut users = BTreeMap::<Name, Vec<usize>>::new();
    for query in 0..costs.queries.len() {
        let (before, after) = (costs.plans(query, &none).await?, costs.plans(query, &chosen.set).await?);
        let costed = &costs.queries[query];
        let (cost_before, cost_after) = (mean_cost(&before), mean_cost(&after));
        let mut used = BTreeSet::new();
        after.iter().for_each(|plan| plan::indexes(plan, &mut used));
        used.into_iter()
            .for_each(|name| users.entry(name).or_default().push(query));
        advice.queries.push(Outcome {
            id: costed.id.clone(),
            calls: costed.calls.clone(),
            share: costed.weight * cost_before / advice.before.max(f64::MIN_POSITIVE),
            before: cost_before,
            after: cost_after,
            plan_before: before.first().map(outline).unwrap_or_default(),
            plan_after: after.first().map(outline).unwrap_or_default(),
        });
    }
    let order = chosen
        .steps
        .iter()
        .copied()
        .filter(|choice| chosen.set.contains(choice));
    // What came by an exchange has no step of its own.
    let rest = chosen
        .set
        .iter()
        .copied()
        .filter(|choice| !chosen.steps.contains(choice));
    let order = order.chain(rest).collect::<Vec<_>>();
    let mut named = order
        .iter()
        .map(|&choice| online::named(costs.choices[choice].index.clone()))
        .collect::<Vec<_>>();
    online::distinguished(&mut named, costs.catalog, &[]);
    let mut given = online::Names::new(costs.catalog, named.iter().map(|index| index.name.clone()));
    for (choice, named) in order.into_iter().zip(named) {
        let index = costs.choices[choice].index.clone();
        let rename = |text: &mut String| {
            *text = text.replace(
                &format!("using {} ", index.name.name),
                &format!("using {} ", named.name.name),
            );
        };
        advice
            .queries
            .iter_mut()
            .for_each(|query| rename(&mut query.plan_after));
        let mut without = chosen.set.clone();
        without.remove(&choice);
        let lost = costs.total(&without).await?;
        let names = &costs.choices[choice].built.names;
        let serves = names.iter().filter_map(|name| users.get(name)).flatten().copied();
        let serves = serves.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>();
        let costs_without = costs.of(&serves, &without).await?;
        let write_cost = advice.writes - costs.writes(&without);
        advice.recommendations.push(Recommendation {
            statements: statements(&named, costs, &mut given),
            bytes: costs.choices[choice].built.bytes,
            saving: ((lost - advice.after) / advice.before.max(f64::MIN_POSITIVE)).max(0.0),
            write_cost,
            redundant: redundant(&index, costs.catalog),
            known: known(&index, &serves, costs),
            source: None,
            serves: serves
                .into_iter()
                .zip(costs_without)
                .map(|(query, without)| Served { query, without })
                .collect(),
            index: named,
        });
    }
    advice.planned = costs.lab.planned;
    Ok(())
}

/// What a query costs that has these plans.
pub(super) fn mean_cost(plans: &[Value]) -> f64 {
    plans.iter().map(plan::cost).sum::<f64>() / plans.len().max(1) as f64
}

/// Advice as findings.
pub fn findings(advice: &Advice) -> Vec<Finding> {
    let mut found = Vec::new();
    for recommendation in &advice.recommendations {
        let index = &recommendation.index;
        let subject = index.relation.to_string();
        let message = format!(
            "{} would save {} of what the workload costs, for {}",
            columns(index),
            percent(recommendation.saving),
            size(recommendation.bytes)
        );
        let finding = Finding::new(
            FINDING.id,
            FINDING.severity,
            format!("{subject}.{}", index.name.name),
            message,
        )
        .with_evidence(evidence(recommendation, advice))
        .with_fix(
            recommendation
                .statements
                .iter()
                .map(|sql| format!("{sql};"))
                .collect::<Vec<_>>()
                .join("\n"),
        );
        found.push(finding);
        for (name, statement) in &recommendation.redundant {
            let message = format!("{} does all that it does, once it is there", index.name.name);
            found.push(
                Finding::new(REDUNDANT.id, REDUNDANT.severity, name.to_string(), message)
                    .with_evidence("its columns are the first ones of the other, in the same order")
                    .with_fix(format!("{statement};")),
            );
        }
    }
    found
}

/// What a recommendation was concluded from, in lines.
fn evidence(recommendation: &Recommendation, advice: &Advice) -> String {
    let mut text = String::new();
    let known = match recommendation.known {
        Confidence::High => "the values are the workload's own",
        Confidence::Medium => "values or statistics had to be made up",
        Confidence::Low => "the table has not been analysed",
    };
    let _ = write!(text, "confidence {}: ", recommendation.confidence());
    if let Some(source) = &recommendation.source {
        let answer = if source.is_used {
            "uses it, too"
        } else {
            "would not use it"
        };
        let _ = write!(
            text,
            "the source's own planner {answer} (HypoPG): cost {:.0} -> {:.0}; ",
            source.before, source.after
        );
    }
    text.push_str(known);
    if recommendation.write_cost > 0.0 {
        let part = percent(recommendation.write_cost / advice.before.max(f64::MIN_POSITIVE));
        let _ = write!(text, "; writes cost {part} of the workload more");
    }
    let index = &recommendation.index;
    // A function that is called in several ways is one line.
    let mut told = Vec::<(Told<'_>, f64)>::new();
    for served in &recommendation.serves {
        let query = &advice.queries[served.query];
        let line = Told {
            id: &query.id,
            costs: [query.before, query.after, served.without].map(f64::round),
            before: line(&query.plan_before, &format!(" on {} ", index.relation.name)),
            after: line(&query.plan_after, &format!(" using {} ", index.name.name)),
        };
        match told.iter_mut().find(|(other, _)| *other == line) {
            Some((_, share)) => *share += query.share,
            None => told.push((line, query.share)),
        }
    }
    for (line, share) in told {
        let ([before, after, without], share) = (line.costs, percent(share));
        let _ = write!(
            text,
            "\n{}, {share} of the workload: cost {before} -> {after}, {} -> {}",
            line.id, line.before, line.after
        );
        // Where others do the most of it, it is this that the index is made for.
        if without < 0.9 * before {
            let _ = write!(text, "; with the other indexes alone {without}");
        }
    }
    text
}

/// What is said of a query that uses an index.
#[derive(PartialEq)]
struct Told<'a> {
    id: &'a str,
    /// Now, with all recommended indexes, and with the others alone.
    costs: [f64; 3],
    /// The part of its plan that reads the table now.
    before: &'a str,
    /// The part that uses the index.
    after: &'a str,
}

/// The line of a plan that has `part`; else the last one, because a partition and its index have names of their own.
fn line<'p>(plan: &'p str, part: &str) -> &'p str {
    let found = plan.lines().find(|line| line.contains(part));
    found.or(plan.lines().last()).unwrap_or_default().trim()
}

/// An index in a few words: `rental (customer_id, rental_date)`.
fn columns(index: &Index) -> String {
    let keys = index.keys.iter().map(|key| {
        let mut text = key
            .column
            .as_ref()
            .map(ToString::to_string)
            .or_else(|| key.expression.clone())
            .unwrap_or_default();
        if let Some(class) = &key.opclass {
            let _ = write!(text, " {}", class.name);
        }
        if key.descending {
            text.push_str(" DESC");
        }
        text
    });
    let method = if index.method == "btree" {
        String::new()
    } else {
        format!("{} ", index.method)
    };
    let mut text = format!("an index on {method}({})", keys.collect::<Vec<_>>().join(", "));
    if !index.include.is_empty() {
        let _ = write!(text, " including {}", index.include.join(", "));
    }
    if let Some(predicate) = &index.predicate {
        let _ = write!(text, " where {predicate}");
    }
    text
}

fn percent(part: f64) -> String {
    let percent = part * 100.0;
    match percent {
        10.0.. => format!("{percent:.0} %"),
        0.1.. => format!("{percent:.1} %"),
        0.001.. => format!("{percent:.3} %"),
        _ => "next to nothing".to_owned(),
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{:.0} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// What makes an index, beside everybody's work. That of a partitioned table is made part by part.
fn statements(index: &Index, costs: &Costs<'_>, names: &mut online::Names<'_>) -> Vec<String> {
    let catalog = costs.catalog;
    let mut statements = Vec::new();
    let class = index.keys.iter().find_map(|key| key.opclass.as_ref());
    if let Some(class) = class.filter(|class| class.name == "gin_trgm_ops" && !costs.lab.has_trigrams) {
        statements.push(add_extension("pg_trgm", &class.schema));
    }
    statements.extend(online::build(index, catalog, &Kin::of(catalog), names));
    // Its statistics come with the next ANALYZE, and until then the planner guesses.
    if index.keys.iter().any(|key| key.expression.is_some()) {
        statements.push(analyze(&index.relation));
    }
    statements
}

/// The indexes whose work another does: its first columns are theirs, and it has all rows.
fn redundant(new: &Index, catalog: &Catalog) -> Vec<(QName, String)> {
    let kin = Kin::of(catalog);
    let is_redundant = |old: &&Index| {
        old.relation == new.relation
            && old.method == "btree"
            && new.method == "btree"
            && old.constraint.is_none()
            && old.parent.is_none()
            && !old.unique
            && (new.predicate.is_none() || new.predicate == old.predicate)
            && new.keys.starts_with(&old.keys)
            && old.include.iter().all(|column| {
                new.include.contains(column) || new.keys.iter().any(|key| key.column.as_ref() == Some(column))
            })
    };
    let gone = catalog.indexes.iter().filter(is_redundant);
    gone.flat_map(|old| {
        let statements = online::drop(old, catalog, &kin).into_iter();
        statements.map(|statement| (old.name.clone(), statement))
    })
    .collect()
}

fn known(index: &Index, serves: &[usize], costs: &Costs<'_>) -> Confidence {
    let columns = index
        .keys
        .iter()
        .filter_map(|key| key.column.clone())
        .chain(index.include.iter().cloned());
    if unknown_columns(costs.lab, &index.relation, &columns.collect()) {
        return Confidence::Low;
    }
    let has_expression = index.keys.iter().any(|key| key.expression.is_some());
    let is_guessed = serves.iter().any(|&query| costs.queries[query].is_guessed);
    if has_expression || is_guessed || index.method == "gin" {
        return Confidence::Medium;
    }
    Confidence::High
}

/// A plan in a line for each node, those that read something with what they read.
fn outline(plan: &Value) -> String {
    let mut text = String::new();
    draw(plan, 0, &mut text);
    text.trim_end().to_owned()
}

fn draw(plan: &Value, depth: usize, text: &mut String) {
    let field = |name: &str| plan[name].as_str();
    let _ = write!(text, "{}{}", "  ".repeat(depth), field("Node Type").unwrap_or("?"));
    if let Some(index) = field("Index Name") {
        let _ = write!(text, " using {index}");
    }
    if let Some(table) = field("Relation Name") {
        let _ = write!(text, " on {table}");
    }
    let _ = writeln!(
        text,
        " (cost {:.0}, {:.0} rows)",
        plan["Total Cost"].as_f64().unwrap_or(0.0),
        plan["Plan Rows"].as_f64().unwrap_or(0.0)
    );
    for child in plan["Plans"].as_array().into_iter().flatten() {
        draw(child, depth + 1, text);
    }
}
