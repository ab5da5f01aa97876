//! The chain of labels: best path (Viterbi) and posteriors (forward-backward).

use super::{LABELS, may_follow};

/// One score a label.
pub type Scores = [f32; LABELS];

/// Scores of label pairs.
#[derive(Clone, Debug)]
pub struct Transitions {
    /// Score of a label at the start of a sentence.
    pub start: Scores,
    /// Score of a label (second index) after another (first index).
    pub pairs: [Scores; LABELS],
}

/// A score that no path recovers from.
pub const NEVER: f32 = -1e4;

impl Default for Transitions {
    fn default() -> Self {
        let score = |label, before| {
            if may_follow(label, before) {
                0.0
            } else {
                NEVER
            }
        };
        Self {
            start: std::array::from_fn(|label| score(label, None)),
            pairs: std::array::from_fn(|before| {
                std::array::from_fn(|label| score(label, Some(before)))
            }),
        }
    }
}

/// Returns the labels of the best path.
pub fn best_path(emissions: &[Scores], transitions: &Transitions) -> Vec<usize> {
    let Some(first) = emissions.first() else {
        return Vec::new();
    };
    let mut back: Vec<[u8; LABELS]> = Vec::with_capacity(emissions.len());
    let mut score: Scores = std::array::from_fn(|l| first[l] + transitions.start[l]);
    for emission in &emissions[1..] {
        let mut next = [f32::NEG_INFINITY; LABELS];
        let mut from = [0_u8; LABELS];
        for (before, row) in transitions.pairs.iter().enumerate() {
            for label in 0..LABELS {
                let sum = score[before] + row[label];
                if sum > next[label] {
                    next[label] = sum;
                    from[label] = before as u8;
                }
            }
        }
        for label in 0..LABELS {
            next[label] += emission[label];
        }
        back.push(from);
        score = next;
    }
    let mut label = (0..LABELS)
        .max_by(|&a, &b| score[a].total_cmp(&score[b]))
        .unwrap_or(0);
    let mut path = vec![label; emissions.len()];
    for (at, from) in back.iter().enumerate().rev() {
        label = usize::from(from[label]);
        path[at] = label;
    }
    path
}

/// The sums over all paths of a sentence.
#[derive(Clone, Debug, Default)]
pub struct Lattice {
    /// Probability of each label at each token.
    pub posteriors: Vec<Scores>,
    /// Expected number of each label pair.
    pub pairs: [Scores; LABELS],
    /// Logarithm of the sum over all paths.
    pub log_sum: f64,
    forward: Vec<Scores>,
    scale: Vec<f32>,
}

impl Lattice {
    /// Computes posteriors; `allowed` restricts the labels at each token by bits (empty: all are allowed).
    pub fn compute(&mut self, emissions: &[Scores], transitions: &Transitions, allowed: &[u16]) {
        let length = emissions.len();
        self.forward.clear();
        self.scale.clear();
        self.posteriors.clear();
        self.pairs = [[0.0; LABELS]; LABELS];
        self.log_sum = 0.0;
        if length == 0 {
            return;
        }
        let exp_pairs: [Scores; LABELS] =
            std::array::from_fn(|a| std::array::from_fn(|b| transitions.pairs[a][b].exp()));
        let mut exp_emissions: Vec<Scores> = Vec::with_capacity(length);
        for (at, emission) in emissions.iter().enumerate() {
            let max = emission.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            self.log_sum += f64::from(max);
            let mask = allowed.get(at).copied().unwrap_or(u16::MAX);
            exp_emissions.push(std::array::from_fn(|l| {
                if mask >> l & 1 == 1 {
                    (emission[l] - max).exp()
                } else {
                    0.0
                }
            }));
        }
        for (at, emissions) in exp_emissions.iter().enumerate() {
            let mut row: Scores = if at == 0 {
                std::array::from_fn(|l| transitions.start[l].exp())
            } else {
                let before = self.forward[at - 1];
                let mut sums = [0.0; LABELS];
                for (weight, pairs) in before.iter().zip(&exp_pairs) {
                    for (sum, pair) in sums.iter_mut().zip(pairs) {
                        *sum += weight * pair;
                    }
                }
                sums
            };
            for (value, emission) in row.iter_mut().zip(emissions) {
                *value *= emission;
            }
            let total: f32 = row.iter().sum::<f32>().max(1e-30);
            for value in &mut row {
                *value /= total;
            }
            self.log_sum += f64::from(total.ln());
            self.forward.push(row);
            self.scale.push(total);
        }
        self.posteriors.resize(length, [0.0; LABELS]);
        let mut backward = [1.0_f32; LABELS];
        for at in (0..length).rev() {
            self.posteriors[at] = std::array::from_fn(|l| self.forward[at][l] * backward[l]);
            if at == 0 {
                break;
            }
            let onward: Scores =
                std::array::from_fn(|l| exp_emissions[at][l] * backward[l] / self.scale[at]);
            let mut previous = [0.0; LABELS];
            for before in 0..LABELS {
                let weight = self.forward[at - 1][before];
                for label in 0..LABELS {
                    let joint = exp_pairs[before][label] * onward[label];
                    previous[before] += joint;
                    self.pairs[before][label] += weight * joint;
                }
            }
            backward = previous;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_go_on_before_it_began() {
        let mut emissions = vec![[0.0; LABELS]; 2];
        emissions[0][2] = 5.0;
        emissions[1][2] = 5.0;
        assert_eq!(best_path(&emissions, &Transitions::default()), [1, 2]);
    }

    #[test]
    fn posteriors_sum_to_one() {
        let emissions: Vec<Scores> = (0..7)
            .map(|i| std::array::from_fn(|l| ((i * 31 + l * 17) % 11) as f32 - 5.0))
            .collect();
        let mut lattice = Lattice::default();
        lattice.compute(&emissions, &Transitions::default(), &[]);
        for row in &lattice.posteriors {
            assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-3);
        }
        assert!(best_path(&[], &Transitions::default()).is_empty());
    }
}
