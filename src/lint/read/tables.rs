//! Tables, views and indexes: what is made of them and done to them.

use std::collections::BTreeSet;

use squawk_syntax::ast::{self, AstNode as _};
use squawk_syntax::{SyntaxKind, SyntaxNode};

use crate::catalog::Name;
use crate::lint::statement::{
    Action, Bound, ColumnDef, ConstraintDef, ConstraintKind, CreateIndex, CreateTable, CreateView, Edge, Expression,
    Key, KeyWords, PartitionKey, SetType, Stored, TableKind, Verb,
};
use crate::lint::types::{TypeName, is_type};

use super::expression::{column, constant, expression, stripped};
use super::tree::{below, children, end_of, has, kid, kids, name, name_of, options, path, paths, range};

pub(super) fn create(node: &SyntaxNode) -> Verb {
    let mut table = CreateTable {
        name: children(node)
            .find(|child| child.kind() == SyntaxKind::TABLE_NAME)
            .and_then(|name| path(&name)),
        if_not_exists: has(node, SyntaxKind::IF_NOT_EXISTS),
        temporary: has(node, SyntaxKind::TEMP),
        unlogged: has(node, SyntaxKind::UNLOGGED),
        is_copied: node.kind() == SyntaxKind::CREATE_TABLE_AS || has(node, SyntaxKind::OF_TYPE),
        ..CreateTable::default()
    };
    if let Some(list) = kid(node, SyntaxKind::TABLE_ARG_LIST) {
        for part in children(&list) {
            match part.kind() {
                SyntaxKind::COLUMN => table.columns.extend(column_def(&part)),
                SyntaxKind::LIKE_CLAUSE => table.is_copied = true,
                _ => table.constraints.extend(constraint(&part, None)),
            }
        }
    }
    if let Some(of) = kid(node, SyntaxKind::PARTITION_OF)
        && let Some(parent) = path(&of)
    {
        table.partition_of = Some((parent, bound_of(node)));
    }
    table.partition_key = kid(node, SyntaxKind::PARTITION_BY).and_then(|by| partition_key(&by));
    if let Some(inherits) = kid(node, SyntaxKind::INHERITS) {
        table.inherits = paths(&inherits, SyntaxKind::TABLE_NAME_REF);
    }
    Verb::CreateTable(Box::new(table))
}

fn partition_key(by: &SyntaxNode) -> Option<PartitionKey> {
    let strategy = kid(by, SyntaxKind::PARTITION_STRATEGY)?.text().to_string();
    let list = kid(by, SyntaxKind::PARTITION_ITEM_LIST)?;
    Some(PartitionKey {
        strategy: strategy.trim().to_ascii_lowercase().into(),
        columns: keys(&list),
    })
}

/// The columns of a list of keys; `None` for an expression.
fn keys(list: &SyntaxNode) -> Vec<Option<Name>> {
    let item = |item: SyntaxNode| {
        let inner = children(&item).next()?;
        let inner = match inner.kind() {
            SyntaxKind::COLLATE => children(&inner).next()?,
            _ => inner,
        };
        (inner.kind() == SyntaxKind::NAME_REF).then(|| name(&inner))
    };
    kids(list, SyntaxKind::PARTITION_ITEM).map(item).collect()
}

/// The columns that the expressions of an index and its condition name.
fn mentioned(index: &SyntaxNode, list: &SyntaxNode) -> BTreeSet<Name> {
    let condition = kid(index, SyntaxKind::WHERE_CLAUSE);
    let items = kids(list, SyntaxKind::PARTITION_ITEM).chain(condition);
    items.flat_map(|item| expression(&item).columns).collect()
}

/// The bound that is written in a node.
fn bound_of(node: &SyntaxNode) -> Bound {
    let Some(bound) = children(node).find(|child| ast::PartitionType::can_cast(child.kind())) else {
        return Bound::Other;
    };
    let values = |list: &SyntaxNode| {
        let values = children(list).filter(|child| ast::Expr::can_cast(child.kind()));
        values.collect::<Vec<_>>()
    };
    let edges = |kind: SyntaxKind| {
        let list = kid(&bound, kind)?;
        values(&list).iter().map(edge).collect::<Option<Vec<_>>>()
    };
    match bound.kind() {
        SyntaxKind::PARTITION_DEFAULT => Bound::Default,
        SyntaxKind::PARTITION_FOR_VALUES_FROM => {
            match (
                edges(SyntaxKind::PARTITION_FROM_VALUES),
                edges(SyntaxKind::PARTITION_TO_VALUES),
            ) {
                (Some(from), Some(to)) => Bound::Range { from, to },
                _ => Bound::Other,
            }
        }
        SyntaxKind::PARTITION_FOR_VALUES_IN => Bound::List(values(&bound).iter().map(constant).collect()),
        _ => Bound::Other,
    }
}

fn edge(node: &SyntaxNode) -> Option<Edge> {
    if let Some(word) = column(node) {
        return match word.as_str() {
            "minvalue" => Some(Edge::MinValue),
            "maxvalue" => Some(Edge::MaxValue),
            _ => None,
        };
    }
    constant(node).map(Edge::Value)
}

/// The bound of a partition as the catalog spells it.
pub(in crate::lint) fn parse_bound(text: &str) -> Bound {
    let text = format!("create table a partition of b {text}");
    let tree = squawk_syntax::SourceFile::parse(&text).syntax_node();
    kid(&tree, SyntaxKind::CREATE_TABLE).map_or(Bound::Other, |node| bound_of(&node))
}

/// The partition key of a table as the catalog spells it.
pub(in crate::lint) fn parse_partition_key(text: &str) -> Option<PartitionKey> {
    let text = format!("create table a (b int) partition by {text}");
    let tree = squawk_syntax::SourceFile::parse(&text).syntax_node();
    partition_key(&below(&tree, SyntaxKind::PARTITION_BY)?)
}

/// A column, with the constraints that are written with it.
fn column_def(node: &SyntaxNode) -> Option<ColumnDef> {
    let own = name_of(node, SyntaxKind::COLUMN_NAME)?;
    let type_node = children(node).find(|child| is_type(child.kind()))?;
    let mut read = ColumnDef {
        name: own.clone(),
        data_type: TypeName::read(&type_node),
        type_range: range(&type_node),
        collation: kid(node, SyntaxKind::COLLATE).and_then(|collate| path(&collate)),
        default: None,
        not_null: false,
        identity: false,
        generated: None,
        constraints: Vec::new(),
    };
    for part in children(node) {
        match part.kind() {
            SyntaxKind::NOT_NULL_CONSTRAINT => read.not_null = true,
            SyntaxKind::DEFAULT_CONSTRAINT => read.default = default(&part),
            SyntaxKind::GENERATED_CONSTRAINT => {
                if below(&part, SyntaxKind::GENERATED_IDENTITY).is_some() {
                    read.identity = true;
                } else if below(&part, SyntaxKind::STORED).is_some() {
                    read.generated = Some(Stored::OnWrite);
                } else if below(&part, SyntaxKind::VIRTUAL).is_some() {
                    read.generated = Some(Stored::OnRead);
                } else {
                    read.generated = Some(Stored::Unsaid);
                }
            }
            _ => read.constraints.extend(constraint(&part, Some(&own))),
        }
    }
    Some(read)
}

/// What `DEFAULT` says; `DEFAULT NULL` is none, whatever type it is cast to.
pub(super) fn default(node: &SyntaxNode) -> Option<Expression> {
    let inner = children(node).find(|child| ast::Expr::can_cast(child.kind()))?;
    let is_null = has(&stripped(&inner), SyntaxKind::NULL_KW);
    (!is_null).then(|| expression(&inner))
}

/// `SELECT … INTO` makes a table.
pub(super) fn select_into(node: &SyntaxNode) -> Option<Verb> {
    let into = kid(node, SyntaxKind::INTO_CLAUSE)?;
    Some(Verb::CreateTable(Box::new(CreateTable {
        name: path(&kid(&into, SyntaxKind::TABLE_NAME)?),
        temporary: has(&into, SyntaxKind::TEMP),
        unlogged: has(&into, SyntaxKind::UNLOGGED),
        is_copied: true,
        ..CreateTable::default()
    })))
}

/// A constraint, of a table or written with a column.
fn constraint(node: &SyntaxNode, of: Option<&Name>) -> Option<ConstraintDef> {
    let own = || of.into_iter().cloned().collect::<Vec<_>>();
    let named = |list: &SyntaxNode| {
        kids(list, SyntaxKind::COLUMN_NAME_REF)
            .map(|inner| name(&inner))
            .collect::<Vec<_>>()
    };
    let key = || {
        if let Some(index) = kid(node, SyntaxKind::USING_INDEX_NAME).and_then(|using| path(&using)) {
            return Key::Index(index.name);
        }
        Key::Columns(below(node, SyntaxKind::CONSTRAINT_COLUMN_REF_LIST).map_or_else(own, |list| named(&list)))
    };
    let kind = match node.kind() {
        SyntaxKind::CHECK_CONSTRAINT => {
            let inner = children(node).find(|child| ast::Expr::can_cast(child.kind()))?;
            ConstraintKind::Check(expression(&inner))
        }
        SyntaxKind::NOT_NULL_CONSTRAINT => {
            ConstraintKind::NotNull(name_of(node, SyntaxKind::COLUMN_NAME_REF).or_else(|| of.cloned())?)
        }
        SyntaxKind::REFERENCES_CONSTRAINT => ConstraintKind::ForeignKey {
            columns: own(),
            references: path(&kid(node, SyntaxKind::TABLE_NAME_REF)?)?,
            referenced: named(node),
        },
        SyntaxKind::FOREIGN_KEY_CONSTRAINT => {
            let mut lists = kids(node, SyntaxKind::FOREIGN_KEY_COLUMN_LIST).map(|list| named(&list));
            ConstraintKind::ForeignKey {
                columns: lists.next()?,
                references: path(&kid(node, SyntaxKind::TABLE_NAME_REF)?)?,
                referenced: lists.next().unwrap_or_default(),
            }
        }
        SyntaxKind::PRIMARY_KEY_CONSTRAINT => ConstraintKind::PrimaryKey(key()),
        SyntaxKind::UNIQUE_CONSTRAINT => ConstraintKind::Unique(key()),
        SyntaxKind::EXCLUDE_CONSTRAINT => ConstraintKind::Exclusion,
        _ => return None,
    };
    let clause = kid(node, SyntaxKind::CONSTRAINT_NAME_CLAUSE);
    Some(ConstraintDef {
        name: clause.and_then(|clause| name_of(&clause, SyntaxKind::CONSTRAINT_NAME)),
        kind,
        not_valid: has(node, SyntaxKind::NOT_VALID) || has(node, SyntaxKind::NOT_ENFORCED),
        range: range(node),
        words: key_words(node),
    })
}

fn key_words(node: &SyntaxNode) -> KeyWords {
    let Some(parameters) = kid(node, SyntaxKind::INDEX_PARAMETERS) else {
        return KeyWords::default();
    };
    let said = |kind: SyntaxKind| kid(&parameters, kind).map(|part| part.text().to_string().trim().to_owned());
    let tablespace = kid(&parameters, SyntaxKind::CONSTRAINT_INDEX_TABLESPACE);
    let tablespace = tablespace.and_then(|part| kid(&part, SyntaxKind::TABLESPACE_REF));
    // CREATE INDEX has them in this order.
    let index = [
        said(SyntaxKind::CONSTRAINT_INCLUDE_CLAUSE),
        said(SyntaxKind::NULLS_NOT_DISTINCT),
        said(SyntaxKind::WITH_PARAMS),
        tablespace.map(|named| format!("TABLESPACE {}", named.text())),
    ];
    let deferral = children(node).filter(|part| {
        matches!(
            part.kind(),
            SyntaxKind::DEFERRABLE_CONSTRAINT_OPTION
                | SyntaxKind::NOT_DEFERRABLE_CONSTRAINT_OPTION
                | SyntaxKind::INITIALLY_DEFERRED_CONSTRAINT_OPTION
                | SyntaxKind::INITIALLY_IMMEDIATE_CONSTRAINT_OPTION
        )
    });
    let deferral = deferral.map(|part| part.text().to_string().trim().to_owned());
    KeyWords {
        index: index.into_iter().flatten().collect::<Vec<_>>().join(" "),
        deferral: deferral.collect::<Vec<_>>().join(" "),
        overlaps: below(&parameters, SyntaxKind::WITHOUT_OVERLAPS).is_some(),
    }
}

pub(super) fn alter(node: &SyntaxNode, kind: TableKind) -> Option<Verb> {
    let is_target = |kind: SyntaxKind| {
        matches!(
            kind,
            SyntaxKind::TABLE_RELATION_NAME
                | SyntaxKind::VIEW_REF
                | SyntaxKind::RELATION_NAME
                | SyntaxKind::TABLE_NAME_REF
        )
    };
    let mut parts = children(node).filter(|child| child.kind() != SyntaxKind::IF_EXISTS);
    let target = parts.find(|child| is_target(child.kind()))?;
    Some(Verb::AlterTable {
        table: path(&target)?,
        kind,
        actions: parts.filter_map(|part| action(&part)).collect(),
    })
}

fn action(node: &SyntaxNode) -> Option<Action> {
    use SyntaxKind as Kind;
    let cascade = has(node, Kind::CASCADE);
    Some(match node.kind() {
        Kind::ADD_COLUMN => Action::AddColumn {
            column: Box::new(column_def(node)?),
            if_not_exists: has(node, Kind::IF_NOT_EXISTS),
        },
        Kind::DROP_COLUMN => Action::DropColumn {
            column: name_of(node, Kind::COLUMN_NAME_REF)?,
            cascade,
        },
        Kind::ALTER_COLUMN | Kind::ALTER_VIEW_COLUMN => alter_column(node)?,
        Kind::ADD_CONSTRAINT => Action::AddConstraint(Box::new(constraint(&children(node).next()?, None)?)),
        Kind::VALIDATE_CONSTRAINT => Action::Validate(path(node)?.name),
        Kind::DROP_CONSTRAINT => Action::DropConstraint {
            name: path(node)?.name,
            cascade,
        },
        Kind::RENAME_CONSTRAINT => Action::RenameConstraint {
            from: path(node)?.name,
            to: name_of(node, Kind::CONSTRAINT_NAME)?,
        },
        Kind::RENAME_COLUMN => Action::RenameColumn {
            from: name_of(node, Kind::COLUMN_NAME_REF)?,
            to: name_of(node, Kind::COLUMN_NAME)?,
        },
        Kind::TABLE_RENAME_TO | Kind::VIEW_RENAME_TO => Action::RenameTo(path(node)?.name),
        Kind::SET_SCHEMA => Action::SetSchema(name_of(node, Kind::SCHEMA_REF)?),
        Kind::SET_LOGGED => Action::SetLogged(true),
        Kind::SET_UNLOGGED => Action::SetLogged(false),
        Kind::SET_TABLESPACE => Action::SetTablespace(name_of(node, Kind::TABLESPACE_REF)?),
        Kind::SET_ACCESS_METHOD => Action::SetAccessMethod(name_of(node, Kind::ACCESS_METHOD_REF)),
        Kind::ATTACH_PARTITION => Action::Attach {
            partition: path(node)?,
            bound: bound_of(node),
        },
        Kind::DETACH_PARTITION => Action::Detach {
            partition: path(node)?,
            concurrently: has(node, Kind::DETACH_CONCURRENTLY),
            finalize: has(node, Kind::DETACH_FINALIZE),
        },
        Kind::INHERIT_TABLE => Action::Inherit,
        Kind::NO_INHERIT_TABLE => Action::NoInherit,
        Kind::ENABLE_RLS => Action::EnableRowSecurity,
        Kind::DISABLE_RLS => Action::DisableRowSecurity,
        Kind::NO_FORCE_RLS => Action::NoForceRowSecurity,
        Kind::DISABLE_TRIGGER => Action::DisableTrigger,
        Kind::ENABLE_TRIGGER | Kind::ENABLE_ALWAYS_TRIGGER | Kind::ENABLE_REPLICA_TRIGGER => Action::EnableTrigger,
        Kind::REPLICA_IDENTITY => Action::ReplicaIdentity,
        Kind::SET_OPTIONS => Action::SetOptions(options(node)),
        Kind::RESET_OPTIONS => Action::ResetOptions(options(node).into_iter().map(|(name, _)| name).collect()),
        Kind::CLUSTER_ON | Kind::SET_WITHOUT_CLUSTER => Action::Tune,
        _ => Action::Alter,
    })
}

fn alter_column(node: &SyntaxNode) -> Option<Action> {
    use SyntaxKind as Kind;
    let own = name_of(node, Kind::COLUMN_NAME_REF)?;
    let option = children(node).find(|child| child.kind() != Kind::COLUMN_NAME_REF)?;
    Some(match option.kind() {
        Kind::SET_TYPE => {
            let type_node = children(&option).find(|child| is_type(child.kind()))?;
            let data_type = TypeName::read(&type_node);
            Action::SetType(Box::new(SetType {
                converts: kid(&option, Kind::USING_EXPR).is_some_and(|using| converts(&using, &own, &data_type)),
                column: own,
                data_type,
                collation: kid(&option, Kind::COLLATE).and_then(|collate| path(&collate)),
            }))
        }
        Kind::SET_NOT_NULL => Action::SetNotNull(own),
        Kind::DROP_NOT_NULL => Action::DropNotNull(own),
        Kind::SET_DEFAULT => Action::SetDefault(own),
        Kind::DROP_DEFAULT => Action::DropDefault(own),
        Kind::ADD_GENERATED => Action::AddIdentity(own),
        Kind::SET_EXPRESSION => Action::SetExpression(own),
        Kind::SET_STATISTICS | Kind::SET_OPTIONS | Kind::RESET_OPTIONS => Action::Tune,
        _ => Action::Alter,
    })
}

/// Whether `USING` says more than the column itself, or the column cast to the new type.
fn converts(using: &SyntaxNode, own: &Name, data_type: &TypeName) -> bool {
    let Some(inner) = children(using).find(|child| ast::Expr::can_cast(child.kind())) else {
        return false;
    };
    let mut inner = inner;
    while inner.kind() == SyntaxKind::PAREN_EXPR {
        let Some(next) = children(&inner).next() else { break };
        inner = next;
    }
    let is_own = |node: &SyntaxNode| column(node).as_ref() == Some(own);
    if inner.kind() == SyntaxKind::CAST_EXPR {
        let cast = children(&inner)
            .find(|child| is_type(child.kind()))
            .map(|cast| TypeName::read(&cast));
        return !(cast.as_ref() == Some(data_type) && is_own(&stripped(&inner)));
    }
    !is_own(&inner)
}

pub(super) fn create_view(node: &SyntaxNode) -> Option<Verb> {
    let target = kid(node, SyntaxKind::VIEW)?;
    let behind = kid(node, SyntaxKind::COLUMN_LIST).unwrap_or_else(|| target.clone());
    Some(Verb::CreateView(Box::new(CreateView {
        name: path(&target)?,
        or_replace: has(node, SyntaxKind::OR_REPLACE),
        materialized: node.kind() == SyntaxKind::CREATE_MATERIALIZED_VIEW,
        temporary: has(node, SyntaxKind::TEMP),
        options: kid(node, SyntaxKind::WITH_PARAMS)
            .map(|params| options(&params))
            .unwrap_or_default(),
        options_at: range(&behind).end,
    })))
}

pub(super) fn create_index(node: &SyntaxNode) -> Option<Verb> {
    let table = kid(node, SyntaxKind::TABLE_RELATION_NAME)?;
    let list = kid(node, SyntaxKind::PARTITION_ITEM_LIST)?;
    let method = kid(node, SyntaxKind::USING_METHOD);
    Some(Verb::CreateIndex(Box::new(CreateIndex {
        name: kid(node, SyntaxKind::INDEX).and_then(|index| path(&index)),
        only: has(&table, SyntaxKind::ONLY_KW),
        table: path(&table)?,
        unique: has(node, SyntaxKind::UNIQUE_KW),
        concurrently: has(node, SyntaxKind::CONCURRENTLY_KW),
        if_not_exists: has(node, SyntaxKind::IF_NOT_EXISTS),
        method: method.and_then(|method| name_of(&method, SyntaxKind::ACCESS_METHOD_REF)),
        mentioned: mentioned(node, &list),
        keys: keys(&list),
        partial: has(node, SyntaxKind::WHERE_CLAUSE),
        word_at: end_of(node, SyntaxKind::INDEX_KW)?,
    })))
}
