//! What was seen, held against what must hold: the safe invariants, what the catalog predicts, and what is expected.

mod declared;

use std::collections::{BTreeMap, BTreeSet};

use super::cells::{Action, Cell, is_more, is_untrusted};
use super::expect::{Access, Expected, Word, reached};
use super::identities::{Identity, Sender, Whose, user_type};
use super::rows::{Made, user_key};
use super::shape::{Class, Table, names};
use super::{OPEN, Outcome, Tested};
use crate::access::audit::rights::{Reach, Rights};
use crate::catalog::trigger::Event;
use crate::catalog::{Name, QName};
use crate::finding::{About, Finding, Severity};

/// What the test looks for.
pub const RULES: &[About] = &[
    About {
        id: "rls-leak",
        severity: Severity::Error,
        why: "a role from outside really reached what is somebody else's, or what nobody from outside may touch",
    },
    About {
        id: "rls-beyond-catalog",
        severity: Severity::Error,
        why: "rows were reached that neither a privilege nor a policy accounts for: something looks past both",
    },
    About {
        id: "rls-access-widened",
        severity: Severity::Error,
        why: "a role reaches more than the file of expectations says: what was reviewed is no longer what is",
    },
    About {
        id: "rls-access-narrowed",
        severity: Severity::Warning,
        why: "a role reaches less than the file of expectations says: something that worked does not any more",
    },
    About {
        id: "rls-error",
        severity: Severity::Error,
        why: "a statement fails for another reason than a refusal: a policy that recurses or cannot be evaluated",
    },
    About {
        id: "rls-untestable",
        severity: Severity::Warning,
        why: "what cannot be tested may be open to anybody",
    },
];

/// Columns that say that a row is for everybody to read.
const PUBLIC_COLUMNS: &[&str] = &[
    "published",
    "is_published",
    "published_at",
    "is_public",
    "public",
    "visibility",
];

/// Everything that is wrong, in a stable order. `expected` is what the file of expectations says, where there is one: what
/// it lists was accepted.
pub fn findings(tested: &Tested<'_, '_>, expected: Option<&Expected>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let title = |name: &QName| tested.stage.title(name);
    for (table, why) in tested.stage.untestable.iter().chain(&tested.unfinished) {
        let message = format!("it cannot be tested: {why}");
        findings.push(Finding::new("rls-untestable", Severity::Warning, title(table), message));
    }
    let mut grouped = BTreeMap::<(QName, &'static str, String), Group<'_>>::new();
    for (name, tried) in &tested.tables {
        let Some(table) = tested.stage.table(name) else {
            continue;
        };
        for (identity, cells) in tested.stage.identities.iter().zip(tried) {
            let accepted = expected.map(|expected| expected.access(&title(name), &identity.name));
            for (cell, outcome) in cells {
                let wrong = wrong(table, identity, cell, outcome, tested)
                    .filter(|(rule, _)| !(*rule == "rls-leak" && is_accepted(accepted.as_ref(), cell, outcome)))
                    .or_else(|| beyond(&tested.stage.rights, table, identity, cell, outcome));
                if let Some((rule, message)) = wrong {
                    let group = grouped.entry((name.clone(), rule, message)).or_default();
                    group.identities.insert(identity.name.as_str());
                    group.words.insert(Word::of(&cell.action));
                    group.first.get_or_insert((identity, cell));
                }
            }
        }
    }
    for ((table, rule, message), group) in grouped {
        let who = group.identities.into_iter().collect::<Vec<_>>().join("; ");
        let words = group
            .words
            .iter()
            .map(|word| word.text())
            .collect::<Vec<_>>()
            .join(", ");
        let message = format!("{message}: {words}, as {who}");
        let mut finding = Finding::new(rule, Severity::Error, title(&table), message);
        if let Some((identity, cell)) = group.first {
            finding = finding.with_evidence(tested.stage.snippet(&table, identity, cell));
        }
        findings.push(finding);
    }
    if let Some(expected) = expected {
        differences(tested, expected, &mut findings);
    }
    findings.sort();
    findings
}

/// The same thing wrong for several identities.
#[derive(Default)]
struct Group<'t> {
    identities: BTreeSet<&'t str>,
    words: BTreeSet<Word>,
    first: Option<(&'t Identity, &'t Cell)>,
}

/// What is wrong about a cell whatever is expected.
fn wrong(
    table: &Table<'_>,
    identity: &Identity,
    cell: &Cell,
    outcome: &Outcome,
    tested: &Tested<'_, '_>,
) -> Option<(&'static str, String)> {
    // In which states what is for whom, the file of expectations says.
    if cell.state.is_some() {
        return None;
    }
    match outcome {
        Outcome::Failed { code, message } if is_broken(code) => {
            return Some(("rls-error", format!("a statement fails with {code} ({message})")));
        }
        Outcome::Filtered | Outcome::Refused { .. } | Outcome::Denied | Outcome::Failed { .. } => return None,
        Outcome::Allowed | Outcome::Reached(_) => {}
    }
    if identity.kind == Sender::Service {
        return None;
    }
    let leak = |message: String| Some(("rls-leak", message));
    if cell.action == Action::Truncate {
        return leak("a role from outside empties the table: TRUNCATE asks no policy".to_owned());
    }
    let whose = match outcome {
        Outcome::Reached(whose) => whose.clone(),
        _ => vec![cell.whose],
    };
    let is_foreign = whose.iter().any(|whose| matches!(whose, Whose::Other | Whose::Shown));
    let is_write = !matches!(cell.action, Action::Select | Action::SelectColumn(_));
    if identity.kind == Sender::Anonymous && is_write {
        return leak("nobody in particular writes".to_owned());
    }
    let own_role = identity
        .persona
        .and_then(|persona| tested.stage.personas.get(persona)?.role.as_deref());
    if let Some(why) = declared::broken(table, identity, &cell.action, &whose, own_role, tested) {
        return leak(why);
    }
    if !is_untrusted(identity) || !table.is_private() {
        return None;
    }
    match &cell.action {
        Action::Join(role) if table.is_membership => leak(format!(
            "a user makes himself a member of another's tenant{}",
            as_role(role)
        )),
        Action::Join(role) if is_more(role, own_role) || super::identities::rank(role).is_none() => {
            leak(format!("a user gives himself a role{}", as_role(role)))
        }
        Action::Rise(_) if is_own_matter(table, identity, cell, tested) => None,
        Action::Rise(role) if is_more(role, own_role) => leak(format!("a user raises his own role to `{role}`")),
        Action::Join(_)
        | Action::Rise(_)
        | Action::SelectColumn(_)
        | Action::InsertColumn(_)
        | Action::UpdateColumn(_)
        | Action::Set => None,
        Action::Give(column) if is_kept(table, column, tested) => {
            leak("a user gives his row to another user or tenant: the new row is not checked".to_owned())
        }
        Action::Give(_) => None,
        Action::Select if whose.contains(&Whose::Other) && !is_for_everybody(table, tested) => {
            leak("somebody else's rows are read".to_owned())
        }
        Action::Select if table.path.is_some() && is_for_everybody(table, tested) => None,
        Action::Select if identity.kind == Sender::Anonymous && whose.contains(&Whose::Unowned) => {
            leak("nobody in particular reads rows without an owner".to_owned())
        }
        Action::Insert | Action::InsertReturning if is_foreign => {
            leak("rows are made in somebody else's name".to_owned())
        }
        Action::Update | Action::Delete | Action::Upsert if is_foreign => {
            leak("somebody else's rows are written".to_owned())
        }
        Action::BlindUpdate | Action::BlindDelete if is_foreign => leak("somebody else's rows are written".to_owned()),
        _ => None,
    }
}

fn as_role(role: &str) -> String {
    if role.is_empty() {
        String::new()
    } else {
        format!(" as `{role}`")
    }
}

/// Whether the failure is the policy's or the schema's own, rather than a refusal by a trigger.
fn is_broken(code: &str) -> bool {
    ["42", "54", "22", "XX", "2F", "38"]
        .iter()
        .any(|class| code.starts_with(class))
}

/// Whether the column keeps a row where it belongs: the tenant's, else the owner's, else what leads to either. Where
/// tenants share rows, who of them it is assigned to does not.
fn is_kept(table: &Table<'_>, column: &Name, tested: &Tested<'_, '_>) -> bool {
    if table.tenants.iter().any(|(name, _)| *name == column) {
        return true;
    }
    if !table.tenants.is_empty() {
        return false;
    }
    // Of two users that a row names, the one whom no policy asks about only did something to it.
    let is_asked = |owner: &Name| {
        let policies = table.relation.policies().iter();
        let mut texts = policies.flat_map(|policy| policy.using.iter().chain(&policy.check));
        texts.any(|text| names(text, owner))
    };
    let mut others = table.owners.iter().filter(|owner| **owner != column);
    if table.owners.contains(&column) && !is_asked(column) && others.any(|owner| is_asked(owner)) {
        return false;
    }
    let to = table.link_of(column).and_then(|link| tested.stage.table(link.to));
    let leads_to_tenant = to.is_some_and(|to| matches!(to.class, Class::Tenant | Class::Tenanted));
    table.owners.is_empty() || table.owners.contains(&column) || table.path == Some(column) || leads_to_tenant
}

/// Whether the row is about what is the sender's own: who shares it may say how.
fn is_own_matter(table: &Table<'_>, identity: &Identity, cell: &Cell, tested: &Tested<'_, '_>) -> bool {
    let (world, shape) = (&tested.stage.world, &tested.stage.shape);
    let row = world
        .rows
        .get(&table.relation.row.name)
        .and_then(|rows| rows.get(&cell.key));
    let (Some(row), Some(person)) = (row, identity.persona) else {
        return false;
    };
    let key = user_key(shape, world, person, user_type(shape));
    let is_sender = |value: Option<&Option<String>>| value.is_some_and(|value| value.as_ref() == Some(&key));
    table.links.iter().any(|link| {
        let (Some(to), Some(rows)) = (shape.tables.get(link.to), world.rows.get(link.to)) else {
            return false;
        };
        let is_parent = |parent: &&Made| {
            let mut pairs = link.columns.iter().zip(link.to_columns);
            pairs.all(|(from, to)| {
                row.values
                    .get(from)
                    .is_some_and(|value| value.is_some() && parent.values.get(to) == Some(value))
            })
        };
        let is_owned = |parent: &Made| to.owners.iter().any(|owner| is_sender(parent.values.get(*owner)));
        to.class != Class::Person && rows.values().find(is_parent).is_some_and(is_owned)
    })
}

/// Whether it was declared that everybody may read it, or columns of the table say which rows.
fn is_for_everybody(table: &Table<'_>, tested: &Tested<'_, '_>) -> bool {
    if table.path.is_some() {
        return tested.stage.is_public_bucket() || table.archetype.is_some_and(|archetype| OPEN.contains(&archetype));
    }
    table.archetype.is_some_and(|archetype| OPEN.contains(&archetype))
        || table
            .relation
            .columns()
            .iter()
            .any(|column| PUBLIC_COLUMNS.contains(&column.name.as_str()))
}

fn is_accepted(accepted: Option<&Access>, cell: &Cell, outcome: &Outcome) -> bool {
    let Some(accepted) = accepted else { return false };
    let listed = |word: Word, what: &str| accepted.0.get(&word).is_some_and(|list| list.contains(what));
    let word = Word::of(&cell.action);
    match outcome {
        Outcome::Reached(whose) => {
            let plain = match word {
                Word::UpdateBlind => Word::Update,
                _ => Word::Delete,
            };
            whose
                .iter()
                .all(|whose| listed(word, whose.word()) || listed(plain, whose.word()))
        }
        _ => listed(word, &reached(cell)),
    }
}

/// What reaches more than the catalog says it could.
fn beyond(
    rights: &Rights<'_>,
    table: &Table<'_>,
    identity: &Identity,
    cell: &Cell,
    outcome: &Outcome,
) -> Option<(&'static str, String)> {
    if !matches!(outcome, Outcome::Allowed | Outcome::Reached(_)) {
        return None;
    }
    let command = match cell.action {
        Action::Select | Action::SelectColumn(_) => Event::Select,
        Action::Insert | Action::InsertReturning | Action::InsertColumn(_) | Action::Join(_) => Event::Insert,
        Action::Update
        | Action::BlindUpdate
        | Action::UpdateColumn(_)
        | Action::Upsert
        | Action::Set
        | Action::Give(_)
        | Action::Rise(_) => Event::Update,
        Action::Delete | Action::BlindDelete => Event::Delete,
        Action::Truncate => Event::Truncate,
    };
    let reach = rights.reach(&identity.role, table.relation, command);
    matches!(reach, Reach::Denied | Reach::None).then(|| {
        let message = "rows are reached that by the catalog should not be: no privilege or policy says so";
        ("rls-beyond-catalog", message.to_owned())
    })
}

/// How what was seen differs from what is expected.
fn differences(tested: &Tested<'_, '_>, expected: &Expected, findings: &mut Vec<Finding>) {
    let observed = tested.observed();
    for (name, tried) in &tested.tables {
        for (identity, cells) in tested.stage.identities.iter().zip(tried) {
            let title = tested.stage.title(name);
            let now = observed.access(&title, &identity.name);
            let then = expected.access(&title, &identity.name);
            let words = now.0.keys().chain(then.0.keys()).copied().collect::<BTreeSet<_>>();
            for word in words {
                let sides = [
                    (&now, &then, "rls-access-widened"),
                    (&then, &now, "rls-access-narrowed"),
                ];
                for (here, there, rule) in sides {
                    let Some(message) = more(word, here, there, rule, identity) else {
                        continue;
                    };
                    let severity = match rule {
                        "rls-access-widened" => Severity::Error,
                        _ => Severity::Warning,
                    };
                    let mut finding = Finding::new(rule, severity, title.clone(), message);
                    let what = here
                        .0
                        .get(&word)
                        .map(|list| list.iter().collect::<Vec<_>>())
                        .unwrap_or_default();
                    let is_shown = |cell: &&(Cell, Outcome)| {
                        Word::of(&cell.0.action) == word
                            && (what.is_empty()
                                || cell.0.check.is_some()
                                || what.iter().any(|what| **what == reached(&cell.0)))
                    };
                    if let Some((cell, _)) = cells.iter().find(is_shown) {
                        finding = finding.with_evidence(tested.stage.snippet(name, identity, cell));
                    }
                    findings.push(finding);
                }
            }
        }
    }
}

/// What the file of expectations has, and no test.
pub fn unknown(tested: &[Tested<'_, '_>], expected: &Expected) -> Vec<Finding> {
    let is_there = |title: &str| {
        tested.iter().any(|tested| {
            let names = tested.tables.keys().chain(tested.stage.untestable.keys());
            names.into_iter().any(|name| tested.stage.title(name) == title)
        })
    };
    let gone = expected.0.keys().filter(|title| !is_there(title));
    let gone = gone.map(|title| {
        let message = "it is in the file of expectations, and no longer in the schema";
        Finding::new("rls-access-narrowed", Severity::Warning, title.clone(), message)
    });
    gone.collect()
}

/// What one side has of a word that the other has not, in words.
fn more(word: Word, here: &Access, there: &Access, rule: &str, identity: &Identity) -> Option<String> {
    let here = here.0.get(&word)?;
    let extra = here.iter().filter(|what| !there.covers(word, what)).cloned();
    let extra = extra.collect::<Vec<_>>();
    let who = &identity.name;
    let word = word.text();
    if extra.is_empty() {
        let is_new = there.0.keys().all(|other| other.text() != word);
        return is_new.then(|| match rule {
            "rls-access-widened" => format!("{word} is no longer denied to {who}, though it reaches no row"),
            _ => format!("{word} is now denied to {who}; it reached no row before"),
        });
    }
    let extra = extra.join(", ");
    Some(match rule {
        "rls-access-widened" => format!("{who} reaches more by {word} than is expected: {extra}"),
        _ => format!("{who} reaches less by {word} than is expected: {extra}"),
    })
}
