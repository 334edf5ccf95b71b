//! What a file would be with its findings mended.

use std::ops::Range;

use crate::ddl::mend;

use super::apart::{Apart, How, Part};
use super::read::{self, Script};
use super::statement::Verb;
use super::step::{Edit, Kind, Needs};
use super::{File, Hit};

/// How long a transaction that is written waits for its locks.
pub(super) const WAITS: &str = "5s";

/// What stands in a file of which nothing else is left.
const MOVED: &str = "-- What it did is done right behind it.";

/// A file with its findings mended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fixed {
    /// What is to stand in it; `None` where nothing changes.
    pub text: Option<String>,
    /// What is to stand in files that come right behind it, in their order.
    pub next: Vec<Part>,
    /// Whether each finding is mended by it.
    pub is_mended: Vec<bool>,
    /// How many are.
    pub mended: usize,
    /// How many would be, if files could come behind it.
    pub apart: usize,
    /// Findings, by their number, that files behind it would mend, and why they do not.
    pub obstacles: Vec<(usize, String)>,
}

/// Whether files can come right behind the one that is mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// None can.
    Never,
    /// As many as are needed.
    Files {
        /// Whether whoever runs them sets a `lock_timeout`.
        lock_timeout: bool,
        /// Whether a file that nothing is left of takes the first of them in.
        refills: bool,
    },
}

/// Mends what can be mended in the file, or with files that come right behind it. Of two changes of the same place the first
/// is made; the other one comes with the next run.
pub fn fixed(file: &File, hits: &[&Hit], next: Next) -> Fixed {
    let mut fixed = Fixed {
        is_mended: vec![false; hits.len()],
        ..Fixed::default()
    };
    let script = read::script(&file.text);
    let moving = match next {
        Next::Never => Vec::new(),
        Next::Files { .. } => moving(&file.text, hits, &script, &mut fixed),
    };
    let mut made = moving
        .iter()
        .flat_map(|at| here(&file.text, hits[*at]))
        .collect::<Vec<_>>();
    for (at, hit) in hits.iter().enumerate() {
        if moving.contains(&at) {
            fixed.is_mended[at] = true;
        } else if !hit.edits.is_empty() && is_met_here(hit) {
            let leaving = moving
                .iter()
                .map(|at| hits[*at])
                .find(|one| one.range == hit.range && is_whole(one));
            let edits = hit.edits.iter().map(|edit| match leaving {
                Some(_) if edit.range == (hit.range.start..hit.range.start) => above(&file.text, edit),
                _ => edit.clone(),
            });
            let edits = edits.collect::<Vec<_>>();
            let is_free = !edits.iter().any(|new| made.iter().any(|old| clash(old, new)));
            made.extend(edits.into_iter().filter(|_| is_free));
            fixed.is_mended[at] = is_free;
        } else if hit.apart.is_some() {
            fixed.apart += 1;
        }
    }
    fixed.mended = fixed.is_mended.iter().filter(|is_mended| **is_mended).count();
    if made.is_empty() {
        return fixed;
    }
    let mut refills = false;
    if let Next::Files {
        lock_timeout,
        refills: may_refill,
    } = next
    {
        fixed.next = parts(&file.text, hits, &moving, lock_timeout);
        refills = may_refill && is_hollow(&script, hits, &moving);
    }
    let is_windows = file.text.contains("\r\n");
    for text in made
        .iter_mut()
        .map(|edit| &mut edit.text)
        .chain(fixed.next.iter_mut().map(|part| &mut part.sql))
        .filter(|_| is_windows)
    {
        *text = text.replace("\r\n", "\n").replace('\n', "\r\n");
    }
    let text = with(file.whole.as_ref().unwrap_or(&file.text), made.iter().collect());
    fixed.text = Some(match refills {
        true => filled(&text, fixed.next.remove(0), file.mark),
        // Some tools refuse an empty file.
        false if text.trim().is_empty() => format!("{MOVED}\n"),
        false => text,
    });
    fixed
}

/// The findings that files behind this one mend, in their order. The last is decided first, because what leaves the file is
/// in nobody's way.
fn moving(text: &str, hits: &[&Hit], script: &Script, fixed: &mut Fixed) -> Vec<usize> {
    let mut order = (0..hits.len()).collect::<Vec<_>>();
    order.sort_by_key(|at| (hits[*at].range.start, *at));
    let mut moving = Vec::<usize>::new();
    for at in order.into_iter().rev() {
        let hit = hits[at];
        let Some(apart) = hit.apart.as_ref().filter(|_| hit.edits.is_empty() || !is_met_here(hit)) else {
            continue;
        };
        let leaves = |range: &Range<usize>| moving.iter().any(|at| is_whole(hits[*at]) && hits[*at].range == *range);
        let own = here(text, hit);
        let taken = moving.iter().flat_map(|at| here(text, hits[*at])).collect::<Vec<_>>();
        if own.iter().any(|new| taken.iter().any(|old| clash(old, new))) {
            continue;
        }
        match apart.obstacle(text, &hit.range, script, &leaves) {
            Some(obstacle) => fixed.obstacles.push((at, obstacle)),
            None => moving.push(at),
        }
    }
    fixed.obstacles.reverse();
    moving.reverse();
    moving
}

/// What is set before a statement that leaves is set for what stays behind it.
fn above(text: &str, edit: &Edit) -> Edit {
    let start = with_comments(text, edit.range.start);
    Edit {
        range: start..start,
        ..edit.clone()
    }
}

/// What a finding that files behind this one mend changes in this one.
fn here(text: &str, hit: &Hit) -> Vec<Edit> {
    match &hit.apart {
        Some(apart) if !apart.stays.is_empty() => apart.stays.clone(),
        _ => vec![removed(text, &hit.range)],
    }
}

fn is_met_here(hit: &Hit) -> bool {
    hit.edits.iter().all(|edit| is_met(edit.needs, hit.kind))
}

fn is_whole(hit: &Hit) -> bool {
    hit.apart.as_ref().is_some_and(|apart| apart.stays.is_empty())
}

/// What comes behind the file. Looks at rows share one, because they need nothing but what stays; so do changes of rows that
/// follow each other.
fn parts(text: &str, hits: &[&Hit], moving: &[usize], is_timed: bool) -> Vec<Part> {
    let mut parts = Vec::<(Part, How)>::new();
    for hit in moving.iter().map(|at| hits[*at]) {
        let mut above = match is_whole(hit) {
            true => text[with_comments(text, hit.range.start)..hit.range.start].to_owned(),
            false => String::new(),
        };
        for piece in hit.apart.iter().flat_map(|apart: &Apart| &apart.then) {
            let own = || edited(text, &hit.range, &hit.edits).unwrap_or_else(|| text[hit.range.clone()].to_owned());
            let sql = format!(
                "{}{}",
                std::mem::take(&mut above),
                piece.sql.clone().unwrap_or_else(own)
            );
            let sql = match sql.ends_with(';') {
                true => sql,
                false => format!("{sql};"),
            };
            let shared = match piece.how {
                // Rows that were changed before have to be so when they are looked at.
                How::Check => {
                    let changed = parts.iter().rposition(|(_, how)| *how == How::Rows);
                    let behind = parts.iter_mut().skip(changed.map_or(0, |at| at + 1));
                    behind.into_iter().find(|(_, how)| *how == How::Check)
                }
                How::Rows => parts.last_mut().filter(|(_, how)| *how == How::Rows),
                How::Alone | How::Locking => None,
            };
            if let Some((part, _)) = shared {
                part.sql = format!("{}\n{sql}", part.sql);
                continue;
            }
            let sql = match piece.how {
                How::Locking if !is_timed => format!("{}\n{sql}", mend::limit_waiting(true, WAITS)),
                _ => sql,
            };
            let is_transaction = piece.how != How::Alone;
            parts.push((Part { sql, is_transaction }, piece.how));
        }
    }
    parts.into_iter().map(|(part, _)| part).collect()
}

/// Whether nothing is left in the file but settings.
fn is_hollow(script: &Script, hits: &[&Hit], moving: &[usize]) -> bool {
    let leaves = |range: &Range<usize>| moving.iter().any(|at| is_whole(hits[*at]) && hits[*at].range == *range);
    let mut left = script.statements.iter().filter(|one| !leaves(&one.range));
    !moving.is_empty() && left.all(|one| matches!(one.verb, Verb::Set { .. } | Verb::Begin | Verb::Commit { .. }))
}

/// A file of which only settings are left, with what would come behind it.
fn filled(text: &str, part: Part, mark: Option<&str>) -> String {
    let script = read::script(text);
    let settings = script
        .statements
        .iter()
        .map(|one| without_line(text, one.range.clone()));
    let rest = with(text, settings.collect::<Vec<_>>().iter().collect());
    let mark = mark.filter(|_| !part.is_transaction).map(|mark| format!("{mark}\n"));
    let rest = match rest.trim() {
        "" => String::new(),
        rest => format!("{rest}\n"),
    };
    format!("{}{rest}{}\n", mark.unwrap_or_default(), part.sql)
}

/// A statement with the comments right above it and the end of its line, gone.
fn removed(text: &str, range: &Range<usize>) -> Edit {
    without_line(text, with_comments(text, range.start)..range.end)
}

/// A range with the rest of the line that it ends on, where nothing stands there, gone.
fn without_line(text: &str, range: Range<usize>) -> Edit {
    let rest = &text[range.end..];
    let line = rest.find('\n').map_or(rest.len(), |end| end + 1);
    let end = match rest[..line].trim() {
        "" | ";" => range.end + line,
        _ => range.end,
    };
    Edit::new(range.start..end, "", Needs::Nothing)
}

/// Where the comments begin that stand on the lines right above a statement.
fn with_comments(text: &str, start: usize) -> usize {
    let line_of = |at: usize| text[..at].rfind('\n').map_or(0, |end| end + 1);
    let mut first = line_of(start);
    if !text[first..start].trim().is_empty() {
        return start;
    }
    while first > 0 {
        let above = line_of(first - 1);
        let said = text[above..first].trim_start().strip_prefix("--");
        if said.is_none_or(is_mark) {
            break;
        }
        first = above;
    }
    first
}

/// Whether a comment is there for a tool that runs the file.
fn is_mark(comment: &str) -> bool {
    let marks = [
        "migrate:",
        "+goose",
        "+migrate",
        "> statement-breakpoint",
        "no-transaction",
    ];
    marks.iter().any(|mark| comment.trim_start().starts_with(mark))
}

/// The statement as it would be with these changes; `None` for none.
pub(super) fn edited(text: &str, statement: &Range<usize>, edits: &[Edit]) -> Option<String> {
    if edits.is_empty() {
        return None;
    }
    let start = statement.start;
    let own = text.get(statement.clone())?;
    let moved = edits
        .iter()
        .filter(|edit| edit.range.start >= start && edit.range.end <= statement.end);
    let moved = moved.map(|edit| Edit {
        range: edit.range.start - start..edit.range.end - start,
        ..edit.clone()
    });
    let moved = moved.collect::<Vec<_>>();
    Some(with(own, moved.iter().collect()))
}

fn with(text: &str, mut edits: Vec<&Edit>) -> String {
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let mut text = text.to_owned();
    for edit in edits.into_iter().rev() {
        text.replace_range(edit.range.clone(), &edit.text);
    }
    text
}

fn is_met(needs: Needs, kind: Kind) -> bool {
    match needs {
        Needs::Nothing => true,
        Needs::Outside => matches!(kind, Kind::Statement | Kind::Segment),
        Needs::Statements => kind == Kind::Statement,
    }
}

/// Whether two changes cannot both be made. Two that only add something at one place can, unless it is the same.
fn clash(a: &Edit, b: &Edit) -> bool {
    if a.range.is_empty() && b.range.is_empty() {
        return a.range == b.range && a.text == b.text;
    }
    a.range.start < b.range.end && b.range.start < a.range.end
}
