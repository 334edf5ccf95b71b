use sqlparser::ast::Expr;

use super::Rule;
use crate::access::audit::Context;
use crate::access::audit::context::{people, policy_name};
use crate::access::audit::expressions::{conjuncts, disjuncts, equality, own_column, strip, text};
use crate::catalog::policy::Policy;
use crate::catalog::trigger::Event;
use crate::catalog::{Name, QName};
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "public-bucket-allows-listing",
    Severity::Warning,
    "The files of a public bucket are served to whoever knows their address, without any policy. A policy that lets \
     everybody SELECT them only adds that they can be listed, and so found.",
    look,
)
.with_facts(|facts| facts.public_buckets.is_some());

fn look(context: &Context<'_>) -> Vec<Finding> {
    let objects = QName::new("storage", "objects");
    let reading = context.policies().filter(|(policy, _)| {
        policy.relation == objects && policy.permissive && matches!(policy.command, None | Some(Event::Select))
    });
    let mut findings = Vec::new();
    for (policy, table) in reading {
        let audience = context.audience(policy);
        let scope = |role| context.scope(Some(table), role);
        let Some(using) = context.using(policy) else { continue };
        for bucket in context.facts.public_buckets.iter().flatten() {
            let open = audience.iter().copied().filter(|role| {
                scope(*role).is_always_true(using) || {
                    disjuncts(using).into_iter().any(|way| {
                        let rest = conjuncts(way).into_iter();
                        let mut rest = rest.filter(|part| !scope(*role).is_always_true(part)).peekable();
                        rest.peek().is_some() && rest.all(|part| is_bucket(part, &objects, bucket))
                    })
                }
            });
            let open = open.collect::<Vec<_>>();
            if !open.is_empty() {
                let message = format!("{} can list its files", people(&open));
                findings.push(
                    RULE.about
                        .finding(bucket.as_str(), message)
                        .with_evidence(evidence(policy)),
                );
            }
        }
    }
    findings
}

fn evidence(policy: &Policy) -> String {
    format!(
        "{}: {}",
        policy_name(policy),
        policy.using.as_deref().unwrap_or_default()
    )
}

/// Whether a condition asks for this bucket and nothing else.
fn is_bucket(condition: &Expr, objects: &QName, bucket: &Name) -> bool {
    if let Expr::Nested(inner) = condition {
        return is_bucket(inner, objects, bucket);
    }
    if let Expr::InList {
        expr,
        list,
        negated: false,
    } = condition
    {
        let among = list.iter().any(|item| text(item) == Some(bucket.as_str()));
        return own_column(expr, objects) == Some("bucket_id") && among;
    }
    let Some((left, right)) = equality(condition) else {
        return false;
    };
    let (column, value) = match own_column(left, objects) {
        Some(column) => (column, right),
        None => (own_column(right, objects).unwrap_or_default(), left),
    };
    let is_named = match strip(value) {
        Expr::Array(array) => array.elem.iter().any(|item| text(item) == Some(bucket.as_str())),
        value => text(value) == Some(bucket.as_str()),
    };
    column == "bucket_id" && is_named
}
