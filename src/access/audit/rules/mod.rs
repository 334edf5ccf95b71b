//! The rules, one a file. A rule looks at one thing that goes wrong, and knows no other.

mod anon_security_definer_function_executable;
mod audit_table_mutable;
mod auth_rls_initplan;
mod auth_users_exposed;
mod authenticated_security_definer_function_executable;
mod definer_trusts_argument;
mod extension_in_public;
mod extension_versions_outdated;
mod fkey_to_auth_unique;
mod force_missing;
mod foreign_table_in_api;
mod function_search_path_mutable;
mod function_search_path_writable;
mod functions;
mod grant_without_policy;
mod index_dead_under_rls;
mod insecure_queue_exposed_in_api;
mod materialized_view_in_api;
mod multiple_permissive_policies;
mod outside_role_bypasses_rls;
mod pg_graphql_anon_table_exposed;
mod pg_graphql_authenticated_table_exposed;
mod policies;
mod policy_exists_rls_disabled;
mod policy_insert_without_select;
mod policy_missing_with_check;
mod policy_null_uid_match;
mod policy_recursion;
mod policy_shadowed_by_true;
mod policy_soft_delete_hidden;
mod policy_uncorrelated_membership;
mod policy_unqualified_outer_column;
mod policy_update_without_select;
mod policy_widened_by_role_membership;
mod policy_without_grant;
mod privileged_column_writable;
mod public_bucket_allows_listing;
mod references_granted;
mod restrictive_without_permissive;
mod rls_disabled_in_public;
mod rls_enabled_no_policy;
mod rls_per_row_function;
mod rls_policy_always_true;
mod rls_references_user_metadata;
mod security_definer_view;
mod sensitive_columns_exposed;
mod truncate_granted;
mod unindexed_policy_column;
mod unsupported_reg_types;

use super::Context;
use crate::catalog::facts::Facts;
use crate::diagnostic::Diagnostic;
use crate::finding::{self, About, Finding, Severity};

/// A rule of the audit.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its name, why it matters, and how much as a rule.
    pub about: About,
    look: fn(&Context<'_>) -> Vec<Finding>,
    /// Whether what it looks at besides the schema is known.
    can_look: fn(&Facts) -> bool,
}

/// Every rule, by name.
pub const RULES: &[Rule] = &[
    anon_security_definer_function_executable::RULE,
    audit_table_mutable::RULE,
    auth_rls_initplan::RULE,
    auth_users_exposed::RULE,
    authenticated_security_definer_function_executable::RULE,
    definer_trusts_argument::RULE,
    extension_in_public::RULE,
    extension_versions_outdated::RULE,
    fkey_to_auth_unique::RULE,
    force_missing::RULE,
    foreign_table_in_api::RULE,
    function_search_path_mutable::RULE,
    function_search_path_writable::RULE,
    grant_without_policy::RULE,
    index_dead_under_rls::RULE,
    insecure_queue_exposed_in_api::RULE,
    materialized_view_in_api::RULE,
    multiple_permissive_policies::RULE,
    outside_role_bypasses_rls::RULE,
    pg_graphql_anon_table_exposed::RULE,
    pg_graphql_authenticated_table_exposed::RULE,
    policy_exists_rls_disabled::RULE,
    policy_insert_without_select::RULE,
    policy_missing_with_check::RULE,
    policy_null_uid_match::RULE,
    policy_recursion::RULE,
    policy_shadowed_by_true::RULE,
    policy_soft_delete_hidden::RULE,
    policy_uncorrelated_membership::RULE,
    policy_unqualified_outer_column::RULE,
    policy_update_without_select::RULE,
    policy_widened_by_role_membership::RULE,
    policy_without_grant::RULE,
    privileged_column_writable::RULE,
    public_bucket_allows_listing::RULE,
    references_granted::RULE,
    restrictive_without_permissive::RULE,
    rls_disabled_in_public::RULE,
    rls_enabled_no_policy::RULE,
    rls_per_row_function::RULE,
    rls_policy_always_true::RULE,
    rls_references_user_metadata::RULE,
    security_definer_view::RULE,
    sensitive_columns_exposed::RULE,
    truncate_granted::RULE,
    unindexed_policy_column::RULE,
    unsupported_reg_types::RULE,
];

/// Looks at a schema with every rule: what was found, sorted by severity, rule and subject, and what could not be
/// looked at.
pub fn audit(context: &Context<'_>) -> (Vec<Finding>, Vec<Diagnostic>) {
    audit_by(context, RULES)
}

/// As [`audit`], with some of the rules.
pub fn audit_by<'r>(
    context: &Context<'_>,
    rules: impl IntoIterator<Item = &'r Rule>,
) -> (Vec<Finding>, Vec<Diagnostic>) {
    let mut findings = Vec::new();
    let mut noticed = Vec::new();
    for rule in rules {
        if !(rule.can_look)(context.facts) {
            noticed.push(Diagnostic::note(
                rule.about.id,
                "it needs a live database to look at, and was left out",
            ));
        }
        findings.extend((rule.look)(context));
    }
    for (policy, what) in context.unread() {
        noticed.push(Diagnostic::gap(
            policy,
            format!("its {what} could not be understood, so nothing is said of it"),
        ));
    }
    finding::sort(&mut findings);
    (findings, noticed)
}

impl Rule {
    /// A rule that needs the schema alone.
    const fn new(
        id: &'static str,
        severity: Severity,
        why: &'static str,
        look: fn(&Context<'_>) -> Vec<Finding>,
    ) -> Self {
        Self {
            about: About { id, severity, why },
            look,
            can_look: |_| true,
        }
    }

    /// A rule that needs to know more than the schema.
    const fn with_facts(mut self, can_look: fn(&Facts) -> bool) -> Self {
        self.can_look = can_look;
        self
    }
}
