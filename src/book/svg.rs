//! A diagram as SVG: boxes with their columns, lines with crow's feet, nothing but text and shapes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::graph::{Graph, Link, Table};
use super::markup::Markup;
use super::place::{Passage, Placed, Spot, place};
use crate::Result;
use crate::catalog::relation::{Relation, RelationKind};

/// How a diagram looks: of itself as a file, and in the book beside the book's own style.
pub(super) const STYLE: &str = include_str!("assets/diagram.css");

/// The height of a box's head and of a column in it, the least and the greatest width, and the room beside text.
const HEAD: f64 = 28.0;
const LINE: f64 = 19.0;
const WIDTH: (f64, f64) = (130.0, 340.0);
const SIDE: f64 = 10.0;
/// Before the columns' names, where keys are marked.
const GUTTER: f64 = 34.0;
/// How wide a character is at most, in the fonts that the style names.
const NAME_CELL: f64 = 7.6;
const LINE_CELL: f64 = 6.9;
/// How many characters are shown of a name and of a type.
const NAME_CELLS: usize = 38;
const TYPE_CELLS: usize = 22;
/// How far a line goes straight on at either end, where its foot is.
const FOOT: f64 = 22.0;
/// Around everything.
const MARGIN: f64 = 24.0;
/// What so many others point at, in a diagram of so many, is named instead of drawn to: such lines would bury all others.
const HUB: usize = 12;
const MANY: usize = 40;

/// What is different from one drawing to the other.
pub struct Style<'a> {
    /// What the whole shows, for those who cannot see it.
    pub title: &'a str,
    /// Where a relation's box leads to, if anywhere.
    pub address: &'a dyn Fn(&Relation) -> Option<String>,
    /// Whether it is a file of its own, which brings its style along.
    pub is_alone: bool,
}

/// Draws the diagram.
///
/// # Errors
/// Where it cannot be laid out, which is a bug.
pub fn svg(graph: &Graph<'_>, style: &Style<'_>) -> Result<String> {
    let mut markup = Markup::default();
    draw(graph, style, &mut markup)?;
    let mut text = markup.finish();
    text.push('\n');
    Ok(text)
}

/// As [`svg`], into markup.
pub(super) fn draw(graph: &Graph<'_>, style: &Style<'_>, markup: &mut Markup) -> Result<()> {
    let shown = Shown::new(graph);
    let sizes = graph.tables.iter().enumerate();
    let sizes = sizes.map(|(at, table)| shown.size(at, table)).collect::<Vec<_>>();
    let drawn = graph
        .links
        .iter()
        .filter(|link| !shown.is_named(link))
        .collect::<Vec<_>>();
    // What is pointed at stands to the left.
    let lines = drawn.iter().map(|link| (link.to, link.from)).collect::<Vec<_>>();
    let placed = place(&sizes, &lines)?;
    let (width, height) = (placed.width + 2.0 * MARGIN, placed.height + 2.0 * MARGIN);
    let view = format!("{0} {0} {1} {2}", -MARGIN, width.ceil(), height.ceil());
    let (width, height) = (width.ceil(), height.ceil());
    let name = "http://www.w3.org/2000/svg";
    // A file of its own is a picture; in a page its boxes are links that can be reached one by one.
    let role = if style.is_alone { "img" } else { "group" };
    let attributes: [super::markup::Attribute<'_>; 7] = [
        ("xmlns", &name),
        ("class", &"erd"),
        ("viewBox", &view),
        ("width", &width),
        ("height", &height),
        ("role", &role),
        ("aria-label", &style.title),
    ];
    markup.element("svg", &attributes, |markup| {
        if style.is_alone {
            markup.leaf("title", &[], style.title);
            markup.element("style", &[], |markup| markup.fixed(STYLE));
            let back: [super::markup::Attribute<'_>; 5] = [
                ("class", &"back"),
                ("x", &-MARGIN),
                ("y", &-MARGIN),
                ("width", &width),
                ("height", &height),
            ];
            markup.empty("rect", &back);
        }
        markup.fixed(FEET);
        for (at, link) in drawn.iter().enumerate() {
            push_link(link, graph, &placed, &placed.passages[at], markup);
        }
        for (at, table) in graph.tables.iter().enumerate() {
            push_table(at, table, &placed.spots[at], &shown, style, markup);
        }
    });
    Ok(())
}

/// How lines end: `-m` at many rows, `-u` at one row at the most, `-1` at exactly one, `-0` at one or none.
const FEET: &str = "<defs>\
<marker id=\"foot-m\" markerUnits=\"userSpaceOnUse\" markerWidth=\"22\" markerHeight=\"14\" refX=\"20\" refY=\"7\" orient=\"auto-start-reverse\"><path class=\"foot\" d=\"M8 7 20 1M8 7 20 13\"/><circle class=\"foot\" cx=\"4.5\" cy=\"7\" r=\"3.5\"/></marker>\
<marker id=\"foot-u\" markerUnits=\"userSpaceOnUse\" markerWidth=\"22\" markerHeight=\"14\" refX=\"20\" refY=\"7\" orient=\"auto-start-reverse\"><path class=\"foot\" d=\"M14 2V12\"/><circle class=\"foot\" cx=\"6.5\" cy=\"7\" r=\"3.5\"/></marker>\
<marker id=\"foot-1\" markerUnits=\"userSpaceOnUse\" markerWidth=\"22\" markerHeight=\"14\" refX=\"20\" refY=\"7\" orient=\"auto-start-reverse\"><path class=\"foot\" d=\"M10 2V12M14 2V12\"/></marker>\
<marker id=\"foot-0\" markerUnits=\"userSpaceOnUse\" markerWidth=\"22\" markerHeight=\"14\" refX=\"20\" refY=\"7\" orient=\"auto-start-reverse\"><path class=\"foot\" d=\"M14 2V12\"/><circle class=\"foot\" cx=\"6.5\" cy=\"7\" r=\"3.5\"/></marker>\
<marker id=\"foot-r\" markerUnits=\"userSpaceOnUse\" markerWidth=\"12\" markerHeight=\"12\" refX=\"9\" refY=\"5\" orient=\"auto-start-reverse\"><path class=\"foot\" d=\"M1 1 9 5 1 9\"/></marker>\
</defs>";

/// What boxes and lines are drawn by.
struct Shown<'a, 'b> {
    graph: &'b Graph<'a>,
    /// The schema that need not be said.
    schema: Option<&'a str>,
    /// How many relations point at each.
    pointed: Vec<usize>,
    /// The links that are named in a column, by relation and the column's name.
    named: BTreeMap<(usize, &'a str), usize>,
}

impl<'a, 'b> Shown<'a, 'b> {
    fn new(graph: &'b Graph<'a>) -> Self {
        let mut pointed = vec![0; graph.tables.len()];
        for (at, link) in graph.links.iter().enumerate() {
            let is_first = |other: &Link<'_>| (other.from, other.to) != (link.from, link.to);
            // Links of one relation stand together.
            let same = graph.links[..at]
                .iter()
                .rev()
                .take_while(|other| other.from == link.from);
            if link.key.is_some() && same.clone().all(is_first) {
                pointed[link.to] += 1;
            }
        }
        let mut shown = Self {
            graph,
            schema: usual_schema(graph),
            pointed,
            named: BTreeMap::new(),
        };
        for link in &graph.links {
            if let Some((_, key)) = link.key
                && shown.is_named(link)
                && let Some(column) = key.columns.last()
            {
                shown.named.insert((link.from, column.as_str()), link.to);
            }
        }
        shown
    }

    /// Whether the link is named in its column rather than drawn.
    fn is_named(&self, link: &Link<'_>) -> bool {
        self.graph.tables.len() > MANY && self.pointed[link.to] >= HUB && link.from != link.to
    }

    /// The relation's name, with its schema where that is not the diagram's.
    fn name(&self, table: &Table<'_>) -> String {
        let name = &table.relation.row.name;
        match self.schema == Some(name.schema.as_str()) {
            true => name.name.to_string(),
            false => format!("{}.{}", name.schema, name.name),
        }
    }

    /// What stands at the right of a column: its type, or where it points.
    fn right(&self, at: usize, line: &super::graph::Line<'_>) -> (String, bool) {
        let target = self.named.get(&(at, line.column.name.as_str()));
        match target {
            Some(&to) => (format!("→ {}", self.name(&self.graph.tables[to])), true),
            None => (self.short(&line.column.data_type), false),
        }
    }

    /// A type by the shorter of its names.
    fn short(&self, ty: &str) -> String {
        let ty = match self
            .schema
            .and_then(|schema| ty.strip_prefix(schema)?.strip_prefix('.'))
        {
            Some(own) => own.to_owned(),
            None => ty.replacen("character varying", "varchar", 1),
        };
        for (long, short) in [(" with time zone", "tz"), (" without time zone", "")] {
            if let Some((before, after)) = ty.split_once(long) {
                return match before.split_once('(') {
                    Some((name, precision)) => format!("{name}{short}({precision}{after}"),
                    None => format!("{before}{short}{after}"),
                };
            }
        }
        ty
    }

    fn size(&self, at: usize, table: &Table<'_>) -> (f64, f64) {
        let mut widest = cells(&cut(&self.name(table), NAME_CELLS)) * NAME_CELL + 2.0 * SIDE + 6.0;
        if matches!(
            table.relation.row.kind,
            RelationKind::View | RelationKind::MaterializedView
        ) {
            // The word for its kind is beside the name.
            widest += 34.0;
        }
        for line in &table.lines {
            let left = cells(&cut(&line.column.name, NAME_CELLS));
            let right = cells(&cut(&self.right(at, line).0, TYPE_CELLS));
            widest = widest.max(GUTTER + (left + right + 2.0) * LINE_CELL + SIDE);
        }
        let lines = table.lines.len() + usize::from(table.hidden > 0);
        let body = if lines == 0 { 0.0 } else { count(lines) * LINE + 8.0 };
        (widest.clamp(WIDTH.0, WIDTH.1).ceil(), HEAD + body)
    }
}

/// The schema of the relation that the diagram is about, or of most: it need not be said.
fn usual_schema<'a>(graph: &Graph<'a>) -> Option<&'a str> {
    let mut counts = BTreeMap::<&str, usize>::new();
    for table in &graph.tables {
        let schema = table.relation.row.name.schema.as_str();
        if table.is_center {
            return Some(schema);
        }
        *counts.entry(schema).or_default() += usize::from(!table.is_foreign);
    }
    let most = counts.into_iter().rev().max_by_key(|(_, count)| *count);
    most.map(|(schema, _)| schema)
}

fn push_link(link: &Link<'_>, graph: &Graph<'_>, placed: &Placed, passages: &[Passage], markup: &mut Markup) {
    let (parent, child) = (&placed.spots[link.to], &placed.spots[link.from]);
    // Of several columns the last is the most particular: the first is often the tenant.
    let parent_column = link.key.and_then(|(_, key)| key.referenced_columns.last());
    let child_column = link.key.and_then(|(_, key)| key.columns.last());
    let start = parent.y + port(&graph.tables[link.to], parent_column);
    let end = child.y + port(&graph.tables[link.from], child_column);
    let path = if link.from == link.to {
        let x = parent.x + parent.width;
        let out = x + 2.0 * FOOT;
        let start = if start == end { start - 8.0 } else { start };
        format!("M{x} {start}h{FOOT}C{out} {start} {out} {end} {} {end}H{x}", x + FOOT)
    } else {
        let forward = parent.x + parent.width <= child.x;
        let (from, to, way) = match forward {
            true => (parent.x + parent.width, child.x, 1.0),
            false => (parent.x, child.x + child.width, -1.0),
        };
        let mut path = format!("M{} {}h{}", round(from), round(start), FOOT * way);
        let mut at = (from + FOOT * way, start);
        for passage in passages {
            let (near, far) = match forward {
                true => (passage.left, passage.right),
                false => (passage.right, passage.left),
            };
            push_curve(&mut path, at, (near, passage.y));
            let _ = write!(path, "H{}", round(far));
            at = (far, passage.y);
        }
        push_curve(&mut path, at, (to - FOOT * way, end));
        let _ = write!(path, "H{}", round(to));
        path
    };
    let (start, end) = match (link.key, link.is_optional, link.is_unique) {
        (None, ..) => ("url(#foot-r)", ""),
        (_, false, false) => ("url(#foot-1)", "url(#foot-m)"),
        (_, false, true) => ("url(#foot-1)", "url(#foot-u)"),
        (_, true, false) => ("url(#foot-0)", "url(#foot-m)"),
        (_, true, true) => ("url(#foot-0)", "url(#foot-u)"),
    };
    let class = if link.key.is_some() { "link" } else { "link reads" };
    let mut attributes: Vec<super::markup::Attribute<'_>> = vec![
        ("class", &class),
        ("d", &path),
        ("marker-start", &start),
        ("data-a", &link.from),
        ("data-b", &link.to),
    ];
    if !end.is_empty() {
        attributes.push(("marker-end", &end));
    }
    markup.element("path", &attributes, |markup| {
        if let Some((constraint, _)) = link.key {
            markup.leaf("title", &[], &constraint.name);
        }
    });
}

/// How far below a box's top a line meets it: at the column, or at the head.
fn port(table: &Table<'_>, column: Option<&crate::catalog::Name>) -> f64 {
    let line = column.and_then(|column| table.lines.iter().position(|line| line.column.name == *column));
    line.map_or(HEAD / 2.0, |line| HEAD + 4.0 + (count(line) + 0.5) * LINE)
}

/// From one point to another, level at both.
fn push_curve(path: &mut String, (x, y): (f64, f64), (to_x, to_y): (f64, f64)) {
    if (y - to_y).abs() < 0.5 {
        let _ = write!(path, "H{}", round(to_x));
        return;
    }
    let middle = round((x + to_x) / 2.0);
    let (x, y, end) = (round(to_x), round(to_y), round(y));
    let _ = write!(path, "C{middle} {end} {middle} {y} {x} {y}");
}

fn push_table(
    at: usize,
    table: &Table<'_>,
    spot: &Spot,
    shown: &Shown<'_, '_>,
    style: &Style<'_>,
    markup: &mut Markup,
) {
    let row = table.relation.row;
    let address = (style.address)(row);
    let kind = match row.kind {
        RelationKind::Table | RelationKind::PartitionedTable => "table",
        RelationKind::View | RelationKind::MaterializedView => "view",
        RelationKind::ForeignTable => "remote",
    };
    let mut class = format!("box {kind}");
    for (is_so, word) in [(table.is_center, " center"), (table.is_foreign, " other")] {
        class.push_str(if is_so { word } else { "" });
    }
    let about = format!("{kind} {}", row.name);
    let mut attributes: Vec<super::markup::Attribute<'_>> = vec![("class", &class), ("data-n", &at)];
    let tag = match &address {
        Some(address) => {
            attributes.extend([("href", address as &dyn std::fmt::Display), ("aria-label", &about)]);
            "a"
        }
        None => "g",
    };
    markup.element(tag, &attributes, |markup| {
        markup.element("title", &[], |markup| {
            markup.text(&row.name);
            if let Some(comment) = table.relation.comment() {
                markup.text(format_args!(": {comment}"));
            }
        });
        let (x, y) = (round(spot.x), round(spot.y));
        let (width, height) = (spot.width, spot.height);
        let frame: [super::markup::Attribute<'_>; 6] = [
            ("class", &"frame"),
            ("x", &x),
            ("y", &y),
            ("width", &width),
            ("height", &height),
            ("rx", &6),
        ];
        markup.empty("rect", &frame);
        let foot = if table.lines.is_empty() && table.hidden == 0 || height <= HEAD {
            format!("v{}a6 6 0 0 1-6 6h-{}a6 6 0 0 1-6-6z", HEAD - 12.0, width - 12.0)
        } else {
            format!("v{}h-{width}z", HEAD - 6.0)
        };
        let head = format!("M{x} {}a6 6 0 0 1 6-6h{}a6 6 0 0 1 6 6{foot}", y + 6.0, width - 12.0);
        markup.empty("path", &[("class", &"head"), ("d", &head)]);
        let name = shown.name(table);
        push_text("name", x + SIDE, y + 18.5, &cut(&name, NAME_CELLS), markup);
        if let RelationKind::MaterializedView | RelationKind::View = row.kind {
            push_text("kind", x + width - SIDE, y + 18.0, "view", markup);
        }
        for (position, line) in table.lines.iter().enumerate() {
            let y = y + HEAD + 4.0 + count(position) * LINE + 13.5;
            let mark = match (line.is_primary, line.is_foreign) {
                (true, _) => "PK",
                (_, true) => "FK",
                _ => "",
            };
            if !mark.is_empty() {
                push_text("mark", x + SIDE, y, mark, markup);
            }
            let class = if line.is_primary { "column key" } else { "column" };
            push_text(class, x + GUTTER, y, &cut(&line.column.name, NAME_CELLS), markup);
            let (right, is_hub) = shown.right(at, line);
            let room = (width - GUTTER - SIDE) / LINE_CELL - 2.0 - cells(&cut(&line.column.name, NAME_CELLS));
            let class = match (is_hub, line.column.not_null) {
                (true, _) => "type hub",
                (false, true) => "type",
                (false, false) => "type null",
            };
            let right = cut(&right, whole(room).clamp(4, TYPE_CELLS));
            push_text(class, x + width - SIDE, y, &right, markup);
        }
        if table.hidden > 0 && height > HEAD {
            let y = y + HEAD + 4.0 + count(table.lines.len()) * LINE + 13.5;
            let more = match table.lines.is_empty() {
                true => format!("{} columns", table.hidden),
                false => format!("+ {} more", table.hidden),
            };
            push_text("more", x + GUTTER, y, &more, markup);
        }
        // From afar the name is all that can be read, so it is as large as the box allows.
        let size = round((width / (cells(&name) * 0.62 + 1.0)).min(height * 0.6).min(44.0));
        let (middle, center) = (round(x + width / 2.0), round(y + height / 2.0 + size * 0.35));
        let far: [super::markup::Attribute<'_>; 5] = [
            ("class", &"far"),
            ("x", &middle),
            ("y", &center),
            ("font-size", &size),
            ("aria-hidden", &"true"),
        ];
        if !style.is_alone {
            markup.leaf("text", &far, &name);
        }
    });
}

fn push_text(class: &'static str, x: f64, y: f64, text: &str, markup: &mut Markup) {
    markup.leaf("text", &[("class", &class), ("x", &x), ("y", &y)], text);
}

/// A text of so many characters at the most.
fn cut(text: &str, most: usize) -> String {
    let text = text.replace(['\n', '\t'], " ");
    match text.chars().count() > most {
        true => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
        false => text,
    }
}

/// How many characters wide a text is; those of East Asia are two.
fn cells(text: &str) -> f64 {
    let wide = |character: &char| *character >= '\u{1100}' && !('\u{2000}'..'\u{2e80}').contains(character);
    count(text.chars().count() + text.chars().filter(wide).count())
}

fn round(value: f64) -> f64 {
    // No drawing is so fine that a tenth would show, and nought has one sign.
    (value * 10.0).round() / 10.0 + 0.0
}

fn count(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn whole(value: f64) -> usize {
    // Widths of text are small and positive.
    value.max(0.0) as usize
}
