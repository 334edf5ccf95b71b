//! Where everything in a diagram stands. Each connected part is laid out in layers by the algorithm of Sugiyama, from left
//! to right, and the parts are packed beside each other.

use dugong::graphlib::{self, GraphOptions};
use dugong::{EdgeLabel, GraphLabel, NodeLabel, RankDir};

use super::settle::{Settling, settle};
use crate::{Error, Result};

/// Between the boxes of a layer, between layers, and between lines that pass boxes.
pub(super) const BOX_GAP: f64 = 28.0;
const LAYER_GAP: f64 = 110.0;
pub(super) const LINE_GAP: f64 = 14.0;
/// Between parts that nothing connects.
const PART_GAP: f64 = 56.0;
/// How much wider than high the whole should be: as screens are.
const ASPECT: f64 = 1.6;

/// A box by its left upper corner.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Spot {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A line that goes through a layer between two boxes: from where to where it is level, and how high.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Passage {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) y: f64,
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Placed {
    pub(super) spots: Vec<Spot>,
    /// What each line passes on its way from its first box to its second.
    pub(super) passages: Vec<Vec<Passage>>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Places boxes of these sizes so that the first of each line stands left of the second, as far as that can be.
///
/// # Errors
/// Where the layout fails, which is a bug.
pub(super) fn place(sizes: &[(f64, f64)], lines: &[(usize, usize)]) -> Result<Placed> {
    let mut placed = Placed {
        spots: vec![Spot::default(); sizes.len()],
        passages: vec![Vec::new(); lines.len()],
        ..Placed::default()
    };
    let mut parts = Vec::new();
    for part in connected(sizes.len(), lines) {
        parts.push(layered(part, sizes, lines, &mut placed)?);
    }
    pack(&parts, &mut placed);
    Ok(placed)
}

/// Boxes that lines connect, the lines among them, and how much room they take.
struct Part {
    boxes: Vec<usize>,
    lines: Vec<usize>,
    width: f64,
    height: f64,
}

/// The connected parts, by their first boxes.
fn connected(count: usize, lines: &[(usize, usize)]) -> Vec<Part> {
    let mut root = (0..count).collect::<Vec<_>>();
    fn find(root: &mut [usize], mut at: usize) -> usize {
        while root[at] != at {
            root[at] = root[root[at]];
            at = root[at];
        }
        at
    }
    for &(a, b) in lines {
        let (a, b) = (find(&mut root, a), find(&mut root, b));
        root[a.max(b)] = a.min(b);
    }
    let mut part_of = vec![usize::MAX; count];
    let mut parts = Vec::<Part>::new();
    for at in 0..count {
        let root = find(&mut root, at);
        if root == at {
            part_of[at] = parts.len();
            parts.push(Part {
                boxes: Vec::new(),
                lines: Vec::new(),
                width: 0.0,
                height: 0.0,
            });
        }
        part_of[at] = part_of[root];
        parts[part_of[at]].boxes.push(at);
    }
    for (line, &(from, _)) in lines.iter().enumerate() {
        parts[part_of[from]].lines.push(line);
    }
    parts
}

/// Lays out one part, with its left upper corner at nought.
fn layered(mut part: Part, sizes: &[(f64, f64)], lines: &[(usize, usize)], placed: &mut Placed) -> Result<Part> {
    if let [only] = *part.boxes {
        let (width, height) = sizes[only];
        let (x, y) = (0.0, 0.0);
        placed.spots[only] = Spot { x, y, width, height };
        (part.width, part.height) = (width, height);
        return Ok(part);
    }
    let mut graph = graphlib::Graph::<NodeLabel, EdgeLabel, GraphLabel>::new(GraphOptions {
        multigraph: true,
        compound: false,
        directed: true,
    });
    graph.set_graph(GraphLabel {
        rankdir: RankDir::LR,
        nodesep: BOX_GAP,
        ranksep: LAYER_GAP,
        edgesep: LINE_GAP,
        ..GraphLabel::default()
    });
    for &at in &part.boxes {
        let (width, height) = sizes[at];
        let label = NodeLabel {
            width,
            height,
            ..NodeLabel::default()
        };
        graph.set_node(at.to_string(), label);
    }
    for &line in &part.lines {
        let (from, to) = lines[line];
        // A line to its own box needs no way.
        if from != to {
            let label = EdgeLabel {
                weight: 1.0,
                ..EdgeLabel::default()
            };
            graph.set_edge_named(from.to_string(), to.to_string(), Some(line.to_string()), Some(label));
        }
    }
    dugong::layout(&mut graph)
        .map_err(|error| Error::new(format!("cannot lay out the diagram: {error}")).with_hint("please report it"))?;
    let mut layers = Vec::new();
    for &at in &part.boxes {
        let label = graph.node(&at.to_string());
        let (x, y) = label.map_or((0.0, 0.0), |label| {
            (label.x.unwrap_or_default(), label.y.unwrap_or_default())
        });
        let (width, height) = sizes[at];
        placed.spots[at] = Spot {
            x: x - width / 2.0,
            y: y - height / 2.0,
            width,
            height,
        };
        part.width = part.width.max(x + width / 2.0);
        widen(&mut layers, x, width);
    }
    for key in graph.edges() {
        let line = key.name.as_deref().and_then(|name| name.parse::<usize>().ok());
        let (Some(line), Some(label)) = (line, graph.edge_by_key(key)) else {
            continue;
        };
        // The ends are on the boxes, where the drawing knows better.
        let inner = label
            .points
            .get(1..label.points.len().saturating_sub(1))
            .unwrap_or_default();
        placed.passages[line] = inner
            .iter()
            .filter_map(|point| {
                let (center, width) = layers.iter().find(|(center, _)| (center - point.x).abs() < 0.5)?;
                Some(Passage {
                    left: center - width / 2.0,
                    right: center + width / 2.0,
                    y: point.y,
                })
            })
            .collect();
    }
    part.height = settle(Settling {
        boxes: &part.boxes,
        lines: &part.lines,
        ends: lines,
        spots: &mut placed.spots,
        passages: &mut placed.passages,
    });
    Ok(part)
}

/// The layers by their centres, and how wide each is.
fn widen(layers: &mut Vec<(f64, f64)>, center: f64, width: f64) {
    match layers.iter_mut().find(|(at, _)| (*at - center).abs() < 0.5) {
        Some((_, widest)) => *widest = widest.max(width),
        None => layers.push((center, width)),
    }
}

/// Moves the parts beside each other, the largest first, each as high up as it fits.
fn pack(parts: &[Part], placed: &mut Placed) {
    let mut order = (0..parts.len()).collect::<Vec<_>>();
    order.sort_by(|&a, &b| {
        let (a, b) = (&parts[a], &parts[b]);
        let size = |part: &Part| (part.boxes.len() > 1, part.height);
        let (larger, smaller) = (size(b), size(a));
        larger.0.cmp(&smaller.0).then(larger.1.total_cmp(&smaller.1))
    });
    let area: f64 = parts
        .iter()
        .map(|part| (part.width + PART_GAP) * (part.height + PART_GAP))
        .sum();
    let widest = parts.iter().map(|part| part.width).fold(0.0, f64::max);
    let room = (area * ASPECT).sqrt().max(widest) + PART_GAP;
    // The lower edge of what is placed, from left to right: where each piece begins, and how low it is.
    let mut edge = vec![(0.0_f64, 0.0_f64)];
    for at in order {
        let part = &parts[at];
        let width = part.width + PART_GAP;
        let (x, y) = highest(&edge, width, room);
        for &spot in &part.boxes {
            placed.spots[spot].x += x;
            placed.spots[spot].y += y;
        }
        for &line in &part.lines {
            for passage in &mut placed.passages[line] {
                passage.left += x;
                passage.right += x;
                passage.y += y;
            }
        }
        placed.width = placed.width.max(x + part.width);
        placed.height = placed.height.max(y + part.height);
        lower(&mut edge, x, width, y + part.height + PART_GAP);
    }
}

/// The highest place on the edge that is so wide, the leftmost of several.
fn highest(edge: &[(f64, f64)], width: f64, room: f64) -> (f64, f64) {
    let mut best = (0.0, f64::INFINITY);
    for (at, &(x, _)) in edge.iter().enumerate() {
        if x + width > room && at > 0 {
            break;
        }
        let under = edge[at..].iter().take_while(|(left, _)| *left < x + width);
        let y = under.map(|(_, y)| *y).fold(0.0, f64::max);
        if y < best.1 {
            best = (x, y);
        }
    }
    best
}

/// Lowers the edge between `x` and `x + width` to `y`.
fn lower(edge: &mut Vec<(f64, f64)>, x: f64, width: f64, y: f64) {
    let end = x + width;
    let after = edge.iter().rev().find(|(left, _)| *left <= end).map(|(_, y)| *y);
    edge.retain(|(left, _)| *left < x || *left > end);
    let at = edge.partition_point(|(left, _)| *left < x);
    edge.insert(at, (x, y));
    edge.insert(at + 1, (end, after.unwrap_or_default()));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overlap(a: &Spot, b: &Spot) -> bool {
        a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
    }

    #[test]
    fn no_two_boxes_overlap_and_lines_go_from_left_to_right() {
        let sizes = (0..60).map(|at| (100.0 + f64::from(at % 7) * 20.0, 40.0 + f64::from(at % 5) * 30.0));
        let sizes = sizes.collect::<Vec<_>>();
        // A tree of forty, a pair, a cycle of three, a box that points at itself, and some alone.
        let mut lines = (1..40).map(|at| (at / 3, at)).collect::<Vec<_>>();
        lines.extend([(41, 40), (42, 43), (43, 44), (44, 42), (45, 45), (0, 39)]);
        let placed = place(&sizes, &lines).unwrap();
        for (at, spot) in placed.spots.iter().enumerate() {
            assert!(spot.x >= 0.0 && spot.y >= 0.0, "{spot:?}");
            assert!(spot.x + spot.width <= placed.width + 0.5 && spot.y + spot.height <= placed.height + 0.5);
            for (other, second) in placed.spots.iter().enumerate().skip(at + 1) {
                assert!(!overlap(spot, second), "{at} and {other}: {spot:?} {second:?}");
            }
        }
        for &(from, to) in &lines[..40] {
            let (from, to) = (placed.spots[from], placed.spots[to]);
            assert!(from.x + from.width < to.x, "{from:?} {to:?}");
        }
        assert!(
            !placed.passages[lines.len() - 1].is_empty(),
            "the long line passes layers"
        );
        let ratio = placed.width / placed.height;
        assert!((0.5..4.0).contains(&ratio), "{} x {}", placed.width, placed.height);
    }

    #[test]
    fn the_same_boxes_stand_at_the_same_places() {
        let sizes = vec![(120.0, 60.0); 200];
        let lines = (1..200).map(|at| ((at * 7919) % at, at)).collect::<Vec<_>>();
        let first = place(&sizes, &lines).unwrap();
        for _ in 0..3 {
            let again = place(&sizes, &lines).unwrap();
            assert_eq!((&again.spots, &again.passages), (&first.spots, &first.passages));
        }
    }
}
