//! What mends a statement with files behind its own: parts of it that may not share its transaction.

use std::ops::Range;

use crate::catalog::{Name, QName};

use super::read::Script;
use super::statement::{Action, ConstraintKind, CreateIndex, Key, Path, Reindexed, Statement, Verb};
use super::step::{Edit, Step};

/// What a file behind another one does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its statements, each with its semicolon.
    pub sql: String,
    /// Whether it is one transaction; otherwise it is one statement that none takes.
    pub is_transaction: bool,
}

/// How a finding is mended where what it asks for may not share the transaction of its statement.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Apart {
    /// What changes in the file; where nothing does, the statement leaves it.
    pub(super) stays: Vec<Edit>,
    /// What comes in files behind it, one after the other.
    pub(super) then: Vec<Piece>,
    /// What it makes or uses up: nothing that stays behind it may speak of these.
    pub(super) names: Vec<Name>,
    /// The relations that it is about.
    pub(super) relations: Vec<Name>,
    /// What may stay behind it of what speaks of those relations.
    pub(super) bears: Bears,
}

/// What is moved to a file of its own, or shares one with its like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// What it says; `None` for the statement itself, with its changes.
    pub(super) sql: Option<String>,
    pub(super) how: How,
}

/// How what is moved runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// In no transaction.
    Alone,
    /// In one for all of its kind: it looks at rows while they are read and written.
    Check,
    /// In one for those that follow each other: it changes rows.
    Rows,
    /// In one of its own: others wait for its lock.
    Locking,
}

/// What a statement that comes later may do with the same relation, for the file to mean the same afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bears {
    /// Nothing.
    Nothing,
    /// Add what depends on nothing that is moved.
    Additions,
    /// That, and read and write rows.
    Rows,
}

impl Apart {
    /// A constraint that does not look at the rows here, and looks at them in the next file.
    pub(super) fn validated_later(not_valid: Edit, table: &QName, constraint: &Name, validate: String) -> Self {
        Self {
            stays: vec![not_valid],
            then: vec![Piece::new(validate, How::Check)],
            names: vec![constraint.clone()],
            relations: vec![table.name.clone()],
            bears: Bears::Rows,
        }
    }

    /// The statement as a whole in the next file.
    pub(super) fn moved(how: How, names: Vec<Name>, relations: Vec<Name>, bears: Bears) -> Self {
        Self {
            stays: Vec::new(),
            then: vec![Piece { sql: None, how }],
            names,
            relations,
            bears,
        }
    }

    /// An index that is built in a file of its own.
    pub(super) fn index(index: &CreateIndex, table: &QName) -> Self {
        let bears = match index.unique {
            true => Bears::Additions,
            false => Bears::Rows,
        };
        let names = index.name.iter().map(|path| path.name.clone());
        Self::moved(How::Alone, names.collect(), vec![table.name.clone()], bears)
    }

    /// An index that is dropped in a file of its own.
    pub(super) fn dropped_index(step: &Step<'_>, index: &Path) -> Self {
        let known = step.schema.indexes.get(&step.schema.resolve_index(index));
        let table = known.map(|known| known.relation.name.clone());
        let names = vec![index.name.clone()];
        Self::moved(How::Alone, names, table.into_iter().collect(), Bears::Additions)
    }

    /// What is built anew in a file of its own, which changes nothing of the schema.
    pub(super) fn reindexed(what: &Reindexed) -> Self {
        let name = match what {
            Reindexed::Index(path) | Reindexed::Table(path) => Some(path.name.clone()),
            Reindexed::Schema(_) | Reindexed::Database => None,
        };
        Self::moved(How::Alone, Vec::new(), name.into_iter().collect(), Bears::Rows)
    }

    /// A partition that is detached in a file of its own.
    pub(super) fn detached(table: &QName, partition: &Path) -> Self {
        let relations = vec![table.name.clone(), partition.name.clone()];
        Self::moved(How::Alone, Vec::new(), relations, Bears::Nothing)
    }

    /// Why the rest of the file would not mean the same, where it would not. `leaves` says what leaves the file too, behind
    /// this.
    pub(super) fn obstacle(
        &self,
        text: &str,
        own: &Range<usize>,
        script: &Script,
        leaves: &dyn Fn(&Range<usize>) -> bool,
    ) -> Option<String> {
        let place = |statement: &Statement| super::place::at(text, statement.range.start).0;
        let mut before = script.statements.iter().filter(|one| one.range.start < own.start);
        if let Some(setting) = before.find(|one| changes_meaning(text, one)) {
            let line = place(setting);
            return Some(format!(
                "what line {line} sets would have to be set in the next file too"
            ));
        }
        let mut behind = script
            .statements
            .iter()
            .filter(|one| one.range.start >= own.end && !leaves(&one.range));
        let other = behind.find(|one| self.is_in_the_way(text, one))?;
        Some(format!("line {} needs it done before", place(other)))
    }

    fn is_in_the_way(&self, text: &str, other: &Statement) -> bool {
        let said = text.get(other.range.clone()).unwrap_or_default().to_lowercase();
        let speaks_of = |names: &[Name]| names.iter().any(|name| has_word(&said, &name.to_lowercase()));
        if is_of_schemas(&other.verb) || speaks_of(&self.names) {
            return true;
        }
        speaks_of(&self.relations)
            && match self.bears {
                Bears::Nothing => true,
                Bears::Additions => !is_addition(&other.verb),
                Bears::Rows => !is_addition(&other.verb) && !is_of_rows(&other.verb),
            }
    }
}

impl Piece {
    pub(super) fn new(sql: String, how: How) -> Self {
        Self { sql: Some(sql), how }
    }
}

/// Whether a statement before it decides what it means.
fn changes_meaning(text: &str, statement: &Statement) -> bool {
    match &statement.verb {
        Verb::Set { name, .. } => !name.ends_with("_timeout") && *name != "client_min_messages",
        Verb::Read => text
            .get(statement.range.clone())
            .is_some_and(|text| text.to_lowercase().contains("set_config")),
        _ => false,
    }
}

fn is_of_schemas(verb: &Verb) -> bool {
    matches!(verb, Verb::RenameSchema { .. } | Verb::Drop { what: "schema", .. })
}

/// Whether it reads and writes rows, or relies on the relation in a way that any constraint and index of it is for.
fn is_of_rows(verb: &Verb) -> bool {
    match verb {
        Verb::Data | Verb::Read | Verb::CopyFrom { .. } | Verb::CopyTo { .. } | Verb::CreateView(_) => true,
        Verb::CreateTable(table) => !table.is_copied && table.inherits.is_empty() && table.partition_of.is_none(),
        Verb::AlterTable { actions, .. } => actions.iter().all(|action| match action {
            Action::AddConstraint(constraint) => matches!(constraint.kind, ConstraintKind::ForeignKey { .. }),
            action => adds(action),
        }),
        _ => false,
    }
}

/// Whether it only adds to a relation, and needs no index or proof for it.
fn is_addition(verb: &Verb) -> bool {
    match verb {
        Verb::AlterTable { actions, .. } => actions.iter().all(adds),
        Verb::CreateIndex(_)
        | Verb::CreatePolicy(_)
        | Verb::AlterPolicy(_)
        | Verb::CreateTrigger { .. }
        | Verb::CreateRoutine(_)
        | Verb::Grant { .. }
        | Verb::Role { .. }
        | Verb::Other => true,
        _ => false,
    }
}

fn adds(action: &Action) -> bool {
    // A foreign key may be on the unique index that is moved.
    let is_own = |kind: &ConstraintKind| match kind {
        ConstraintKind::ForeignKey { .. } => false,
        ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => matches!(key, Key::Columns(_)),
        _ => true,
    };
    match action {
        Action::AddColumn { column, .. } => column.constraints.iter().all(|one| is_own(&one.kind)),
        Action::AddConstraint(constraint) => is_own(&constraint.kind),
        Action::SetDefault(_)
        | Action::DropDefault(_)
        | Action::EnableRowSecurity
        | Action::SetOptions(_)
        | Action::ResetOptions(_)
        | Action::Tune
        | Action::Validate(_) => true,
        _ => false,
    }
}

/// Whether a name stands in a text as a whole; both in small letters.
fn has_word(text: &str, name: &str) -> bool {
    let is_part = |sign: char| sign.is_alphanumeric() || sign == '_' || sign == '$';
    text.match_indices(name).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let behind = text[at + found.len()..].chars().next();
        !before.is_some_and(is_part) && !behind.is_some_and(is_part)
    })
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    /// What is in the way of an index of `orders`, built behind all that follows.
    fn obstacle(behind: &str, bears: Bears) -> Option<String> {
        let first = "create index by_name on orders (name);\n";
        let text = format!("{first}{behind}");
        let apart = Apart::moved(How::Alone, vec!["by_name".into()], vec!["orders".into()], bears);
        apart.obstacle(&text, &(0..first.len() - 1), &read::script(&text), &|_| false)
    }

    #[test]
    fn what_needs_it_stays_behind_it() {
        for (behind, bears, is_free) in [
            ("create table other (id int);", Bears::Nothing, true),
            ("create table order_lines (orders_id int);", Bears::Nothing, true),
            ("comment on index by_name is 'x';", Bears::Rows, false),
            ("alter table orders add column note text;", Bears::Rows, true),
            ("alter table orders add column note text;", Bears::Nothing, false),
            ("alter table orders drop column name;", Bears::Rows, false),
            ("alter table public.\"ORDERS\" rename to old;", Bears::Rows, false),
            ("update orders set name = 'x' where id = 1;", Bears::Rows, true),
            (
                "insert into orders values (1) on conflict do nothing;",
                Bears::Additions,
                false,
            ),
            ("create table lines (o int references orders);", Bears::Additions, false),
            ("alter schema public rename to old;", Bears::Rows, false),
            ("do $$ begin drop table orders; end $$;", Bears::Rows, false),
        ] {
            assert_eq!(obstacle(behind, bears).is_none(), is_free, "{behind}");
        }
    }

    #[test]
    fn settings_decide_what_names_mean() {
        let text = "set search_path = app;\ncreate index by_name on orders (name);";
        let apart = Apart::moved(How::Alone, Vec::new(), Vec::new(), Bears::Rows);
        let own = 23..text.len();
        let script = read::script(text);
        let obstacle = apart.obstacle(text, &own, &script, &|_| false).unwrap();
        assert!(obstacle.contains("line 1"), "{obstacle}");
    }
}
