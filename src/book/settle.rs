//! Moves what is laid out closer together. The layout keeps lines straight, at any price in room: a picture of hundreds of
//! tables would be mostly empty. Here the layers and the order within each stay, and everything is drawn to its neighbours.

use super::place::{BOX_GAP, LINE_GAP, Passage, Spot};

/// How often everything is drawn to its neighbours; more is not seen.
const ROUNDS: usize = 24;

/// A box, or a line's passage through a layer.
struct Item {
    /// Its middle.
    y: f64,
    height: f64,
    /// The items before and after it on lines.
    near: Vec<usize>,
}

/// What is moved: the boxes of a part and the lines among them, by their places in the whole.
pub(super) struct Settling<'a> {
    pub(super) boxes: &'a [usize],
    pub(super) lines: &'a [usize],
    pub(super) ends: &'a [(usize, usize)],
    pub(super) spots: &'a mut [Spot],
    pub(super) passages: &'a mut [Vec<Passage>],
}

/// Moves everything up and down, and gives the height that is left.
pub(super) fn settle(part: Settling<'_>) -> f64 {
    let mut items = Vec::new();
    let mut layers = Vec::<(f64, Vec<usize>)>::new();
    let mut add = |center: f64, y: f64, height: f64| {
        let near = Vec::new();
        items.push(Item { y, height, near });
        let at = items.len() - 1;
        match layers.iter_mut().find(|(other, _)| (*other - center).abs() < 0.5) {
            Some((_, layer)) => layer.push(at),
            None => layers.push((center, vec![at])),
        }
        at
    };
    let mut item_of = std::collections::BTreeMap::new();
    for &at in part.boxes {
        let spot = part.spots[at];
        let (x, y) = (spot.x + spot.width / 2.0, spot.y + spot.height / 2.0);
        item_of.insert(at, add(x, y, spot.height));
    }
    let mut chains = Vec::new();
    for &line in part.lines {
        let (from, to) = part.ends[line];
        if from == to {
            continue;
        }
        let mut chain = vec![item_of[&from]];
        let passages = part.passages[line].iter();
        chain.extend(passages.map(|passage| add((passage.left + passage.right) / 2.0, passage.y, 0.0)));
        chain.push(item_of[&to]);
        chains.push((line, chain));
    }
    for (_, chain) in &chains {
        for pair in chain.windows(2) {
            items[pair[0]].near.push(pair[1]);
            items[pair[1]].near.push(pair[0]);
        }
    }
    layers.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (_, layer) in &mut layers {
        layer.sort_by(|&a, &b| items[a].y.total_cmp(&items[b].y));
        pack(layer, &mut items);
    }
    for round in 0..ROUNDS {
        match round % 2 {
            0 => layers.iter().for_each(|(_, layer)| draw(layer, &mut items)),
            _ => layers.iter().rev().for_each(|(_, layer)| draw(layer, &mut items)),
        }
    }
    let top = items
        .iter()
        .map(|item| item.y - item.height / 2.0)
        .fold(f64::INFINITY, f64::min);
    let mut bottom = 0.0_f64;
    for item in &mut items {
        item.y -= top;
        bottom = bottom.max(item.y + item.height / 2.0);
    }
    for (&at, &item) in &item_of {
        part.spots[at].y = items[item].y - items[item].height / 2.0;
    }
    for (line, chain) in chains {
        let inner = &chain[1..chain.len() - 1];
        for (passage, &item) in part.passages[line].iter_mut().zip(inner) {
            passage.y = items[item].y;
        }
    }
    bottom
}

/// How far the middles of two items of a layer are apart at least.
fn apart(a: &Item, b: &Item) -> f64 {
    let gap = if a.height > 0.0 && b.height > 0.0 {
        BOX_GAP
    } else {
        LINE_GAP
    };
    (a.height + b.height) / 2.0 + gap
}

/// Puts the items of a layer as close as they may be, around nought.
fn pack(layer: &[usize], items: &mut [Item]) {
    let mut y = 0.0;
    for (number, &at) in layer.iter().enumerate() {
        if number > 0 {
            y += apart(&items[layer[number - 1]], &items[at]);
        }
        items[at].y = y;
    }
    layer.iter().for_each(|&at| items[at].y -= y / 2.0);
}

/// Draws each item of a layer to the middle of its neighbours, as far as order and room allow: of all such places those
/// whose squared distances from what is wanted are least (isotonic regression, by pooling adjacent violators).
fn draw(layer: &[usize], items: &mut [Item]) {
    // Blocks of items that lie against each other: how many, and the sum of what they want for the first of them.
    let mut blocks = Vec::<(usize, f64)>::new();
    let mut offsets = Vec::with_capacity(layer.len());
    let mut offset = 0.0;
    for (number, &at) in layer.iter().enumerate() {
        if number > 0 {
            offset += apart(&items[layer[number - 1]], &items[at]);
        }
        offsets.push(offset);
        let near = &items[at].near;
        let wanted = match near.len() {
            0 => items[at].y,
            count => {
                near.iter().map(|&other| items[other].y).sum::<f64>() / f64::from(u32::try_from(count).unwrap_or(1))
            }
        };
        let mut block = (1, wanted - offset);
        while let Some(&(count, sum)) = blocks.last()
            && mean((count, sum)) > mean(block)
        {
            block = (block.0 + count, block.1 + sum);
            blocks.pop();
        }
        blocks.push(block);
    }
    let mut next = layer.iter().zip(offsets);
    for block in blocks {
        let first = mean(block);
        for (&at, offset) in next.by_ref().take(block.0) {
            items[at].y = first + offset;
        }
    }
}

fn mean((count, sum): (usize, f64)) -> f64 {
    sum / f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
