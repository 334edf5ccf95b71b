//! From the text of a migration to its statements.

mod access;
mod data;
pub(super) mod expression;
mod psql;
pub(super) mod routines;
pub(super) mod tables;
pub(super) mod tree;

use std::ops::Range;

use squawk_syntax::ast::{self, AstNode as _};
use squawk_syntax::plpgsql::Plpgsql;
use squawk_syntax::{SourceFile, SyntaxKind, SyntaxNode};

use crate::catalog::Name;
use crate::ddl::LockMode;

use super::statement::{DomainAction, Granted, Path, Reindexed, Statement, TableKind, Verb};
use super::types::{TypeName, is_type};
use tree::{below, children, ends, has, kid, kids, name, name_of, path, paths, range, string};

/// Identifiers are cut off behind as many bytes (`NAMEDATALEN`).
const LONGEST_NAME: usize = 63;

/// What was read of a file.
#[derive(Clone, Debug, Default)]
pub(super) struct Script {
    pub(super) statements: Vec<Statement>,
    /// Where it could not be understood, and why.
    pub(super) errors: Vec<(usize, String)>,
    /// Its comments, as they are written.
    pub(super) comments: Vec<Range<usize>>,
}

/// Reads the text of a file.
pub(super) fn script(text: &str) -> Script {
    let text = psql::without(text);
    let parse = SourceFile::parse(&text);
    let root = parse.syntax_node();
    let mut script = Script::default();
    let errors = parse.errors();
    let mut broken = Vec::new();
    for error in &errors {
        let at = usize::from(error.range().start());
        broken.push(at);
        script.errors.push((at, error.message().to_owned()));
    }
    for element in root.descendants_with_tokens() {
        if let Some(token) = element.into_token().filter(|token| token.kind() == SyntaxKind::COMMENT) {
            let range = token.text_range();
            script.comments.push(range.start().into()..range.end().into());
        }
    }
    for node in children(&root) {
        let whole = node.text_range();
        let is_broken = broken
            .iter()
            .any(|at| (usize::from(whole.start())..usize::from(whole.end())).contains(at));
        if !is_broken {
            read_into(&node, &Place::File, &mut script.statements);
        }
    }
    script
}

/// Where code stands.
pub(super) enum Place<'a> {
    /// In the file itself.
    File,
    /// In a body whose text can be found again in the file.
    Body(&'a Plpgsql),
    /// In a text that is put together: all of it stands here.
    At(Range<usize>),
}

impl Place<'_> {
    fn range(&self, node: &SyntaxNode) -> Range<usize> {
        match self {
            Self::File => range(node),
            Self::Body(body) => body_range(body, node),
            Self::At(range) => range.clone(),
        }
    }
}

fn read_into(node: &SyntaxNode, place: &Place<'_>, statements: &mut Vec<Statement>) {
    let own = place.range(node);
    let mut push = |verb: Verb| {
        statements.push(Statement {
            verb,
            range: own.clone(),
            editable: matches!(place, Place::File),
            ends_with_semicolon: has(node, SyntaxKind::SEMICOLON),
            strings: strings(node),
            long_names: long_names(node),
            data: data::changes(node),
            reads: data::reads(node),
        });
    };
    match node.kind() {
        SyntaxKind::EMPTY_STMT => {}
        SyntaxKind::DO => {
            push(Verb::BlockStart);
            let inner = ast::Do::cast(node.clone()).and_then(|block| block.plpgsql());
            if let Some(body) = inner {
                let place = match place {
                    Place::File => Place::Body(&body),
                    _ => Place::At(own.clone()),
                };
                read_body(&body.syntax(), &place, statements);
            }
            let end = own.end..own.end;
            statements.push(plain(Verb::BlockEnd, end));
        }
        SyntaxKind::CREATE_SCHEMA => {
            push(Verb::CreateSchema);
            let schema = below(node, SyntaxKind::SCHEMA).map(|schema| name(&schema));
            let before = statements.len();
            for child in children(node) {
                let is_statement = ast::SchemaElement::can_cast(child.kind());
                if is_statement {
                    read_into(&child, place, statements);
                }
            }
            for statement in &mut statements[before..] {
                within(&mut statement.verb, schema.as_ref());
            }
        }
        _ => push(verb(node)),
    }
}

fn plain(verb: Verb, range: Range<usize>) -> Statement {
    Statement {
        verb,
        range,
        editable: false,
        ends_with_semicolon: false,
        strings: Vec::new(),
        long_names: Vec::new(),
        data: Vec::new(),
        reads: Vec::new(),
    }
}

/// What `CREATE SCHEMA` makes along with the schema lives in it.
fn within(verb: &mut Verb, schema: Option<&Name>) {
    let names = match verb {
        Verb::CreateTable(table) => table.name.as_mut(),
        Verb::CreateView(view) => Some(&mut view.name),
        Verb::CreateIndex(index) => Some(&mut index.table),
        Verb::CreateTrigger { table, .. } => Some(table),
        _ => None,
    };
    if let Some(path) = names
        && path.schema.is_none()
    {
        path.schema = schema.cloned();
    }
}

/// The statements of SQL in a body of PL/pgSQL, in the order in which they are written.
fn read_body(body: &SyntaxNode, place: &Place<'_>, statements: &mut Vec<Statement>) {
    for node in body.descendants() {
        match node.kind() {
            // PERFORM is a SELECT.
            SyntaxKind::PLPGSQL_EXEC_SQL_STMT | SyntaxKind::PLPGSQL_PERFORM_STMT => {
                if let Some(inner) = children(&node).find(|child| ast::Stmt::can_cast(child.kind())) {
                    read_into(&inner, place, statements);
                }
            }
            SyntaxKind::PLPGSQL_DYN_EXECUTE_STMT => {
                // What is put together of parts is known to nobody before it runs.
                let target = kid(&node, SyntaxKind::PLPGSQL_EXPR).and_then(|expr| below(&expr, SyntaxKind::TARGET));
                let text = target.and_then(|target| kid(&target, SyntaxKind::LITERAL));
                if let Some(text) = text.as_ref().and_then(string) {
                    let parse = SourceFile::parse(&text);
                    let here = Place::At(place.range(&node));
                    for inner in children(&parse.syntax_node()) {
                        read_into(&inner, &here, statements);
                    }
                }
            }
            _ => {}
        }
    }
}

fn body_range(body: &Plpgsql, node: &SyntaxNode) -> Range<usize> {
    let Some((first, last)) = ends(node) else {
        return 0..0;
    };
    let start = body.source_range(first.text_range()).start();
    start.into()..body.source_range(last.text_range()).end().into()
}

fn strings(node: &SyntaxNode) -> Vec<String> {
    let literals = node.descendants().filter(|inner| inner.kind() == SyntaxKind::LITERAL);
    literals
        .filter_map(|literal| string(&literal))
        .filter(|text| text.len() <= LONGEST_NAME)
        .collect()
}

fn long_names(node: &SyntaxNode) -> Vec<Name> {
    let tokens = node
        .descendants_with_tokens()
        .filter_map(|element| element.into_token());
    let tokens = tokens.filter(|token| token.kind() == SyntaxKind::IDENT && token.text().len() > LONGEST_NAME);
    let names = tokens.filter_map(|token| token.parent().map(|parent| name(&parent)));
    names.filter(|name| name.len() > LONGEST_NAME).collect()
}

fn verb(node: &SyntaxNode) -> Verb {
    let cascade = has(node, SyntaxKind::CASCADE);
    let concurrently = has(node, SyntaxKind::CONCURRENTLY_KW);
    read_verb(node, cascade, concurrently).unwrap_or(Verb::Other)
}

fn read_verb(node: &SyntaxNode, cascade: bool, concurrently: bool) -> Option<Verb> {
    use SyntaxKind as Kind;
    let dropped = |what: &'static str, kind: Kind| Verb::Drop {
        what,
        names: paths(node, kind),
        cascade,
    };
    Some(match node.kind() {
        Kind::CREATE_TABLE | Kind::CREATE_TABLE_AS | Kind::CREATE_FOREIGN_TABLE => tables::create(node),
        Kind::ALTER_TABLE => tables::alter(node, TableKind::Table)?,
        Kind::ALTER_VIEW => tables::alter(node, TableKind::View)?,
        Kind::ALTER_MATERIALIZED_VIEW => tables::alter(node, TableKind::MaterializedView)?,
        Kind::ALTER_FOREIGN_TABLE => tables::alter(node, TableKind::ForeignTable)?,
        Kind::DROP_TABLE => Verb::DropRelation {
            kind: TableKind::Table,
            names: paths(node, Kind::TABLE_NAME_REF),
            cascade,
        },
        Kind::DROP_FOREIGN_TABLE => Verb::DropRelation {
            kind: TableKind::ForeignTable,
            names: children(node).filter_map(|child| path(&child)).collect(),
            cascade,
        },
        Kind::DROP_VIEW | Kind::DROP_MATERIALIZED_VIEW => Verb::DropRelation {
            kind: match node.kind() {
                Kind::DROP_VIEW => TableKind::View,
                _ => TableKind::MaterializedView,
            },
            names: paths(node, Kind::VIEW_REF),
            cascade,
        },
        Kind::DROP_TYPE => dropped("type", Kind::TYPE_NAME_REF),
        Kind::DROP_DOMAIN => dropped("domain", Kind::DOMAIN_REF),
        Kind::DROP_SEQUENCE => dropped("sequence", Kind::SEQUENCE_REF),
        Kind::DROP_SCHEMA => Verb::Drop {
            what: "schema",
            names: kids(node, Kind::SCHEMA_REF)
                .map(|schema| Path {
                    schema: None,
                    name: name(&schema),
                })
                .collect(),
            cascade,
        },
        Kind::DROP_FUNCTION | Kind::DROP_PROCEDURE | Kind::DROP_ROUTINE => Verb::DropRoutine {
            routines: routines::signatures(node),
            cascade,
        },
        Kind::DROP_EXTENSION => Verb::Drop {
            what: "extension",
            names: kids(node, Kind::EXTENSION_REF)
                .map(|extension| Path {
                    schema: None,
                    name: name(&extension),
                })
                .collect(),
            cascade,
        },
        Kind::DROP_AGGREGATE
        | Kind::DROP_CAST
        | Kind::DROP_COLLATION
        | Kind::DROP_CONVERSION
        | Kind::DROP_EVENT_TRIGGER
        | Kind::DROP_FOREIGN_DATA_WRAPPER
        | Kind::DROP_LANGUAGE
        | Kind::DROP_OPERATOR
        | Kind::DROP_OPERATOR_CLASS
        | Kind::DROP_OPERATOR_FAMILY
        | Kind::DROP_SERVER
        | Kind::DROP_TEXT_SEARCH_CONFIG
        | Kind::DROP_TEXT_SEARCH_DICT
        | Kind::DROP_TEXT_SEARCH_PARSER
        | Kind::DROP_TEXT_SEARCH_TEMPLATE => Verb::Drop {
            what: "what it names",
            names: Vec::new(),
            cascade,
        },
        Kind::DROP_OWNED => Verb::Drop {
            what: "what a role owns",
            names: Vec::new(),
            cascade,
        },
        Kind::TRUNCATE => {
            let list = kid(node, Kind::TABLE_LIST)?;
            Verb::Truncate {
                tables: paths(&list, Kind::TABLE_RELATION_NAME),
                cascade,
            }
        }
        Kind::CREATE_VIEW | Kind::CREATE_MATERIALIZED_VIEW => tables::create_view(node)?,
        Kind::CREATE_INDEX => tables::create_index(node)?,
        Kind::DROP_INDEX => Verb::DropIndex {
            names: paths(node, Kind::INDEX_REF),
            concurrently,
            cascade,
            word_at: tree::end_of(node, Kind::INDEX_KW)?,
        },
        Kind::ALTER_INDEX => alter_index(node)?,
        Kind::REINDEX => {
            let target = children(node).find(|child| ast::ReindexTarget::can_cast(child.kind()))?;
            let words = [Kind::INDEX_KW, Kind::TABLE_KW, Kind::SCHEMA_KW];
            let is_said = node.text().to_string().to_ascii_lowercase().contains("concurrently");
            Verb::Reindex {
                word_at: words
                    .iter()
                    .find_map(|word| tree::end_of(&target, *word))
                    .filter(|_| !is_said),
                concurrently: ast::Reindex::cast(node.clone())?.is_concurrently(),
                what: match target.kind() {
                    Kind::REINDEX_TARGET_INDEX => Reindexed::Index(path(&target)?),
                    Kind::REINDEX_TARGET_TABLE => Reindexed::Table(path(&target)?),
                    Kind::REINDEX_TARGET_SCHEMA => Reindexed::Schema(name_of(&target, Kind::SCHEMA_REF)?),
                    _ => Reindexed::Database,
                },
            }
        }
        Kind::REFRESH => Verb::Refresh {
            view: path(&kid(node, Kind::VIEW_REF)?)?,
            concurrently,
            fills: !has(node, Kind::WITH_NO_DATA),
        },
        Kind::CLUSTER => Verb::Cluster(match kid(node, Kind::CLUSTER_LEGACY) {
            Some(legacy) => children(&legacy).last().and_then(|table| path(&table)),
            None => kid(node, Kind::TABLE_NAME_REF).and_then(|table| path(&table)),
        }),
        Kind::CREATE_DATABASE => Verb::OfServer("CREATE DATABASE"),
        Kind::DROP_DATABASE => Verb::OfServer("DROP DATABASE"),
        Kind::CREATE_TABLESPACE => Verb::OfServer("CREATE TABLESPACE"),
        Kind::DROP_TABLESPACE => Verb::OfServer("DROP TABLESPACE"),
        Kind::ALTER_SYSTEM => Verb::OfServer("ALTER SYSTEM"),
        Kind::ALTER_EXTENSION | Kind::ALTER_EXTENSION_UPDATE => {
            below(node, Kind::ALTER_EXTENSION_UPDATE)?;
            Verb::UpdateExtension(name(&below(node, Kind::EXTENSION_REF)?))
        }
        Kind::VACUUM => {
            let list = kid(node, Kind::TABLE_AND_COLUMNS_LIST);
            Verb::Vacuum {
                tables: list
                    .map(|list| paths(&list, Kind::TABLE_AND_COLUMNS))
                    .unwrap_or_default(),
                full: ast::Vacuum::cast(node.clone())?.is_full(),
            }
        }
        Kind::LOCK => {
            let list = kid(node, Kind::RELATION_LIST)?;
            let mode = kid(node, Kind::LOCK_MODE_CLAUSE).and_then(|clause| children(&clause).next());
            Verb::LockTable {
                tables: paths(&list, Kind::RELATION_NAME),
                mode: mode.map_or(LockMode::AccessExclusive, |mode| lock_mode(mode.kind())),
            }
        }
        Kind::CREATE_TRIGGER => Verb::CreateTrigger {
            table: path(&kid(node, Kind::ON_RELATION)?)?,
            name: name_of(node, Kind::TRIGGER)?,
        },
        Kind::DROP_TRIGGER => Verb::DropTrigger {
            table: path(&kid(node, Kind::ON_RELATION)?)?,
            name: name_of(node, Kind::TRIGGER_REF)?,
        },
        Kind::ALTER_TRIGGER | Kind::ALTER_RULE | Kind::DROP_RULE => Verb::Brief {
            table: path(&kid(node, Kind::ON_RELATION)?)?,
            mode: LockMode::AccessExclusive,
        },
        Kind::CREATE_RULE => Verb::Brief {
            table: path(&kid(node, Kind::RULE_ON)?)?,
            mode: LockMode::AccessExclusive,
        },
        Kind::CREATE_TYPE => create_type(node)?,
        Kind::ALTER_TYPE => alter_type(node)?,
        Kind::CREATE_DOMAIN => Verb::CreateDomain {
            name: path(&kid(node, Kind::DOMAIN)?)?,
            base: TypeName::read(&children(node).find(|child| is_type(child.kind()))?),
            checks: kids(node, Kind::CHECK_CONSTRAINT).count(),
            not_null: has(node, Kind::NOT_NULL_CONSTRAINT),
            default: kid(node, Kind::DEFAULT_CONSTRAINT).and_then(|default| tables::default(&default)),
        },
        Kind::ALTER_DOMAIN => Verb::AlterDomain {
            name: path(&kid(node, Kind::DOMAIN_REF)?)?,
            action: match kid(node, Kind::ADD_CONSTRAINT) {
                Some(added) => DomainAction::AddConstraint {
                    not_valid: below(&added, Kind::NOT_VALID).is_some(),
                },
                None if has(node, Kind::SET_NOT_NULL) => DomainAction::SetNotNull,
                None if has(node, Kind::VALIDATE_CONSTRAINT) => DomainAction::Validate,
                None => DomainAction::Other,
            },
        },
        Kind::CREATE_FUNCTION | Kind::CREATE_PROCEDURE => routines::create(node)?,
        Kind::ALTER_FUNCTION | Kind::ALTER_PROCEDURE | Kind::ALTER_ROUTINE => routines::alter(node)?,
        Kind::ALTER_SCHEMA => Verb::RenameSchema {
            from: name_of(node, Kind::SCHEMA_REF)?,
            to: name_of(&kid(node, Kind::SCHEMA_RENAME_TO)?, Kind::SCHEMA)?,
        },
        Kind::CREATE_POLICY => Verb::CreatePolicy(Box::new(access::policy(node)?)),
        Kind::ALTER_POLICY => Verb::AlterPolicy(Box::new(access::policy(node)?)),
        Kind::DROP_POLICY => Verb::DropPolicy {
            table: path(&kid(node, Kind::ON_TABLE)?)?,
            name: name_of(node, Kind::POLICY_REF)?,
        },
        Kind::GRANT => access::grant(node)?,
        Kind::CREATE_ROLE | Kind::CREATE_USER | Kind::CREATE_GROUP | Kind::ALTER_ROLE | Kind::ALTER_USER => {
            access::role(node)?
        }
        Kind::ALTER_DEFAULT_PRIVILEGES => {
            let granted = kid(node, Kind::GRANT_DEFAULT_PRIVILEGES)?;
            Verb::Grant {
                relations: match has_word(&granted, Kind::TABLES_KW) {
                    true => Granted::Future,
                    false => Granted::Else,
                },
                roles: access::roles(&granted),
            }
        }
        Kind::SET => set(node)?,
        Kind::RESET => Verb::Reset(
            kid(node, Kind::CONFIG_PARAMETER_REF)
                .and_then(|setting| path(&setting))
                .map(|path| path.name),
        ),
        Kind::DISCARD if has(node, Kind::DISCARD_ALL) => Verb::DiscardAll,
        Kind::BEGIN => Verb::Begin,
        Kind::COMMIT_TRANSACTION => Verb::Commit {
            chain: has(node, Kind::AND_CHAIN),
        },
        Kind::ROLLBACK_TRANSACTION => Verb::Rollback {
            chain: has(node, Kind::AND_CHAIN),
        },
        Kind::INSERT | Kind::UPDATE | Kind::DELETE | Kind::MERGE => Verb::Data,
        Kind::SELECT_INTO => tables::select_into(node)?,
        Kind::SELECT | Kind::COMPOUND_SELECT | Kind::PAREN_SELECT | Kind::VALUES | Kind::TABLE => configured(node)
            .unwrap_or_else(|| match data::changes(node).is_empty() {
                true => Verb::Read,
                false => Verb::Data,
            }),
        Kind::EXPLAIN | Kind::CALL | Kind::EXECUTE => Verb::Read,
        Kind::COPY if has(node, Kind::COPY_FROM) => Verb::CopyFrom {
            from_client: has_word(node, Kind::STDIN_KW),
        },
        Kind::COPY => Verb::CopyTo {
            to_client: has_word(node, Kind::STDOUT_KW),
        },
        _ => Verb::Other,
    })
}

fn has_word(node: &SyntaxNode, kind: SyntaxKind) -> bool {
    node.descendants_with_tokens().any(|element| element.kind() == kind)
}

fn alter_index(node: &SyntaxNode) -> Option<Verb> {
    let index = path(&kid(node, SyntaxKind::INDEX_REF)?)?;
    if let Some(renamed) = kid(node, SyntaxKind::INDEX_RENAME_TO) {
        let to = path(&renamed)?.name;
        return Some(Verb::RenameIndex { index, to });
    }
    if let Some(moved) = kid(node, SyntaxKind::SET_TABLESPACE) {
        let to = name_of(&moved, SyntaxKind::TABLESPACE_REF)?;
        return Some(Verb::MoveIndex { index, to });
    }
    kid(node, SyntaxKind::ATTACH_INDEX_PARTITION)?;
    Some(Verb::AttachIndex(index))
}

fn lock_mode(kind: SyntaxKind) -> LockMode {
    match kind {
        SyntaxKind::ACCESS_SHARE => LockMode::AccessShare,
        SyntaxKind::ROW_SHARE => LockMode::RowShare,
        SyntaxKind::ROW_EXCLUSIVE => LockMode::RowExclusive,
        SyntaxKind::SHARE_UPDATE_EXCLUSIVE => LockMode::ShareUpdateExclusive,
        SyntaxKind::SHARE => LockMode::Share,
        SyntaxKind::SHARE_ROW_EXCLUSIVE => LockMode::ShareRowExclusive,
        SyntaxKind::EXCLUSIVE => LockMode::Exclusive,
        _ => LockMode::AccessExclusive,
    }
}

fn create_type(node: &SyntaxNode) -> Option<Verb> {
    let name = path(&kid(node, SyntaxKind::TYPE_NAME)?)?;
    let Some(kind) = kid(node, SyntaxKind::ENUM_TYPE) else {
        return Some(Verb::CreateType { name });
    };
    let literals = kind.descendants().filter(|inner| inner.kind() == SyntaxKind::LITERAL);
    Some(Verb::CreateEnum {
        name,
        labels: literals
            .filter_map(|literal| string(&literal))
            .map(Name::from)
            .collect(),
    })
}

fn alter_type(node: &SyntaxNode) -> Option<Verb> {
    let name = path(&kid(node, SyntaxKind::TYPE_NAME_REF)?)?;
    if let Some(added) = kid(node, SyntaxKind::ADD_VALUE) {
        return Some(Verb::AddEnumValue {
            name,
            label: string(&kid(&added, SyntaxKind::LITERAL)?)?.into(),
            placed: has(&added, SyntaxKind::BEFORE_VALUE) || has(&added, SyntaxKind::AFTER_VALUE),
            if_not_exists: has(&added, SyntaxKind::IF_NOT_EXISTS),
        });
    }
    if let Some(renamed) = kid(node, SyntaxKind::RENAME_ATTRIBUTE) {
        return Some(Verb::RenameAttribute {
            name,
            from: name_of(&renamed, SyntaxKind::COMPOSITE_FIELD_REF)?,
            to: name_of(&renamed, SyntaxKind::COMPOSITE_FIELD)?,
        });
    }
    let renamed = kid(node, SyntaxKind::RENAME_VALUE)?;
    let mut labels = kids(&renamed, SyntaxKind::LITERAL).filter_map(|literal| string(&literal));
    Some(Verb::RenameEnumValue {
        name,
        from: labels.next()?.into(),
        to: labels.next()?.into(),
    })
}

fn set(node: &SyntaxNode) -> Option<Verb> {
    let local = has(node, SyntaxKind::LOCAL_SCOPE);
    if let Some(zone) = kid(node, SyntaxKind::SET_TIME_ZONE) {
        let value = kid(&zone, SyntaxKind::LITERAL).and_then(|literal| string(&literal));
        return Some(Verb::Set {
            name: "timezone".into(),
            value: value.unwrap_or_default(),
            local,
        });
    }
    let config = kid(node, SyntaxKind::SET_CONFIG)?;
    let setting = path(&kid(&config, SyntaxKind::CONFIG_PARAMETER_REF)?)?;
    let values = children(&config).skip(1).flat_map(|assigned| {
        let is_value = |kind: SyntaxKind| matches!(kind, SyntaxKind::LITERAL | SyntaxKind::CONFIG_VALUE_NAME);
        let values = assigned.descendants().filter(move |inner| is_value(inner.kind()));
        values.collect::<Vec<_>>()
    });
    let value = |node: SyntaxNode| string(&node).unwrap_or_else(|| name(&node).to_string());
    let value = match has_word(&config, SyntaxKind::DEFAULT_KW) {
        true => "default".to_owned(),
        false => values.map(value).collect::<Vec<_>>().join(", "),
    };
    Some(Verb::Set {
        name: setting.name,
        value,
        local,
    })
}

/// `SELECT set_config('…', '…', …)` sets as `SET` does.
fn configured(node: &SyntaxNode) -> Option<Verb> {
    let calls = node.descendants().filter(|inner| inner.kind() == SyntaxKind::CALL_EXPR);
    let mut calls = calls.filter(|call| expression::called(call).is_some_and(|path| path.name == "set_config"));
    let call = calls.next()?;
    let arguments = kid(&call, SyntaxKind::ARG_LIST)?;
    let mut literals = arguments
        .descendants()
        .filter(|inner| inner.kind() == SyntaxKind::LITERAL);
    Some(Verb::Set {
        name: string(&literals.next()?)?.to_ascii_lowercase().into(),
        value: string(&literals.next()?)?,
        local: literals
            .next()
            .is_some_and(|literal| has(&literal, SyntaxKind::TRUE_KW)),
    })
}
