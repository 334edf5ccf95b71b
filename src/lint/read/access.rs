//! Policies and grants.

use squawk_syntax::ast::{self, AstNode as _};
use squawk_syntax::{SyntaxKind, SyntaxNode};

use crate::catalog::Name;
use crate::lint::statement::{Granted, Policy, Verb};

use super::expression::expression;
use super::tree::{below, children, kid, kids, name, name_of, path};

pub(super) fn policy(node: &SyntaxNode) -> Option<Policy> {
    let read = |kind: SyntaxKind| {
        let clause = below(node, kind)?;
        let inner = children(&clause).find(|child| ast::Expr::can_cast(child.kind()))?;
        Some(expression(&inner))
    };
    let kind = kid(node, SyntaxKind::AS_POLICY_TYPE).map(|kind| kind.text().to_string().to_ascii_lowercase());
    Some(Policy {
        table: path(&kid(node, SyntaxKind::ON_TABLE)?)?,
        name: name_of(node, SyntaxKind::POLICY).or_else(|| name_of(node, SyntaxKind::POLICY_REF))?,
        permissive: !kind.is_some_and(|kind| kind.contains("restrictive")),
        reads_only: below(node, SyntaxKind::POLICY_COMMAND_SELECT).is_some(),
        using: read(SyntaxKind::USING_EXPR_CLAUSE),
        check: read(SyntaxKind::WITH_CHECK_EXPR_CLAUSE),
    })
}

pub(super) fn roles(node: &SyntaxNode) -> Vec<Name> {
    let Some(list) = kid(node, SyntaxKind::ROLE_REF_LIST) else {
        return Vec::new();
    };
    role_names(&list)
}

fn role_names(node: &SyntaxNode) -> Vec<Name> {
    let roles = node
        .descendants()
        .filter(|inner| inner.kind() == SyntaxKind::ROLE_NAME_REF);
    roles.map(|role| name(&role)).collect()
}

/// A role that is made or gets other attributes.
pub(super) fn role(node: &SyntaxNode) -> Option<Verb> {
    const BYPASS: [&str; 2] = ["superuser", "bypassrls"];
    let role = kid(node, SyntaxKind::ROLE).or_else(|| below(node, SyntaxKind::ROLE_NAME_REF))?;
    let options = kid(node, SyntaxKind::ROLE_OPTION_LIST)?;
    let mut options = kids(&options, SyntaxKind::ROLE_OPTION_GENERIC).map(|option| option.text().to_string());
    Some(Verb::Role {
        name: name(&role),
        bypasses_policies: options.any(|option| BYPASS.contains(&&*option.to_ascii_lowercase())),
    })
}

pub(super) fn grant(node: &SyntaxNode) -> Option<Verb> {
    let Some(on) = kid(node, SyntaxKind::ON_PRIVILEGE_OBJECTS_CLAUSE) else {
        let memberships = kid(node, SyntaxKind::REVOKE_COMMAND_LIST)?;
        return Some(Verb::Grant {
            relations: Granted::Roles(role_names(&memberships)),
            roles: roles(node),
        });
    };
    let objects = children(&on).next()?;
    let relations = match objects.kind() {
        SyntaxKind::PRIVILEGE_TABLE | SyntaxKind::PRIVILEGE_DEFAULT => {
            let names = objects
                .descendants()
                .filter(|inner| inner.kind() == SyntaxKind::RELATION_NAME_REF);
            Granted::Relations(names.filter_map(|inner| path(&inner)).collect())
        }
        SyntaxKind::PRIVILEGE_ALL_TABLES_IN_SCHEMA => Granted::AllIn(
            kids(&objects, SyntaxKind::SCHEMA_REF)
                .map(|schema| name(&schema))
                .collect(),
        ),
        _ => Granted::Else,
    };
    Some(Verb::Grant {
        relations,
        roles: roles(node),
    })
}
