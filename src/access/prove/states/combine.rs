//! Which combinations of choices are tried.

use super::{Dimension, State};

/// All combinations, the last dimension varied first; no more than `most`.
pub(super) fn all(dimensions: &[Dimension], most: usize) -> Vec<State> {
    let mut states = Vec::new();
    let mut state = vec![0; dimensions.len()];
    while states.len() < most {
        states.push(state.clone());
        let Some(at) = (0..state.len()).rposition(|at| state[at] + 1 < dimensions[at].choices.len()) else {
            break;
        };
        state[at] += 1;
        state[at + 1..].fill(0);
    }
    states
}

/// Those that pass, those that differ from one of them in one choice, and such that every two choices come together in
/// one of them; no more than `most`.
pub(super) fn near(dimensions: &[Dimension], passing: &[State], most: usize) -> Vec<State> {
    let mut states = Vec::<State>::new();
    let mut add = |state: State| {
        if states.len() < most && !states.contains(&state) {
            states.push(state);
        }
    };
    passing.iter().take(most / 4).cloned().for_each(&mut add);
    for state in passing {
        for (at, dimension) in dimensions.iter().enumerate() {
            for choice in 0..dimension.choices.len() {
                let mut other = state.clone();
                other[at] = choice;
                add(other);
            }
        }
    }
    pairs(dimensions).into_iter().for_each(&mut add);
    states
}

/// States in which every two choices of different dimensions come together.
fn pairs(dimensions: &[Dimension]) -> Vec<State> {
    let sizes = dimensions
        .iter()
        .map(|dimension| dimension.choices.len())
        .collect::<Vec<_>>();
    let mut open = Vec::new();
    for a in 0..sizes.len() {
        for b in a + 1..sizes.len() {
            open.extend((0..sizes[a]).flat_map(|i| (0..sizes[b]).map(move |j| ((a, i), (b, j)))));
        }
    }
    let mut states = Vec::new();
    while let Some(&((a, i), (b, j))) = open.first() {
        let mut state = vec![None; sizes.len()];
        state[a] = Some(i);
        state[b] = Some(j);
        for at in 0..sizes.len() {
            if state[at].is_some() {
                continue;
            }
            // The choice that brings the most new pairs.
            let gain = |choice: usize| {
                let is_new = |pair: &&((usize, usize), (usize, usize))| {
                    let (first, second) = **pair;
                    let fits = |(dimension, wanted): (usize, usize)| match dimension == at {
                        true => wanted == choice,
                        false => state[dimension] == Some(wanted),
                    };
                    (first.0 == at || second.0 == at) && fits(first) && fits(second)
                };
                open.iter().filter(is_new).count()
            };
            let best = (0..sizes[at]).rev().max_by_key(|choice| gain(*choice));
            state[at] = best.or(Some(0));
        }
        let state = state.into_iter().map(Option::unwrap_or_default).collect::<State>();
        open.retain(|((a, i), (b, j))| state[*a] != *i || state[*b] != *j);
        states.push(state);
    }
    states
}

#[cfg(test)]
mod tests {
    use super::super::{Choice, Subject, To};
    use super::*;

    fn dimensions(sizes: &[usize]) -> Vec<Dimension> {
        let choice = |number: usize| Choice {
            label: number.to_string(),
            value: To::Nothing,
        };
        let dimension = |size: &usize| Dimension {
            subject: Subject::Setting(size.to_string()),
            choices: (0..*size).map(choice).collect(),
            is_list: false,
        };
        sizes.iter().map(dimension).collect()
    }

    #[test]
    fn every_combination_is_made_once() {
        let states = all(&dimensions(&[2, 3]), 100);
        assert_eq!(states.len(), 6);
        assert_eq!(
            (&states[0], &states[1], &states[5]),
            (&vec![0, 0], &vec![0, 1], &vec![1, 2])
        );
        assert_eq!(all(&dimensions(&[3, 3]), 4).len(), 4);
    }

    #[test]
    fn every_two_choices_come_together_in_few_states() {
        let dimensions = dimensions(&[3, 3, 2, 3]);
        let states = pairs(&dimensions);
        assert!(states.len() < 16, "{}", states.len());
        for a in 0..4 {
            for b in a + 1..4 {
                for i in 0..dimensions[a].choices.len() {
                    for j in 0..dimensions[b].choices.len() {
                        assert!(states.iter().any(|state| state[a] == i && state[b] == j));
                    }
                }
            }
        }
        let near = near(&dimensions, &[vec![2, 2, 1, 2]], 36);
        assert_eq!(near[0], [2, 2, 1, 2]);
        assert!(near.contains(&vec![0, 2, 1, 2]) && near.contains(&vec![2, 2, 0, 2]));
    }
}
