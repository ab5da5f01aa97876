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
    /// Of a sentence, as factors.
    emissions: Vec<Scores>,
    forward: Vec<Scores>,
    scale: Vec<f32>,
    /// Of the transitions, as factors.
    start: Scores,
    factors: [Scores; LABELS],
}

impl Lattice {
    /// Sets the scores of label pairs for sentences to come.
    pub fn set(&mut self, transitions: &Transitions) {
        self.start = transitions.start.map(f32::exp);
        self.factors = transitions.pairs.map(|row| row.map(f32::exp));
    }

    /// Computes posteriors and expected pairs; `allowed` restricts the labels at each token by bits (empty: all are allowed).
    pub fn compute(&mut self, emissions: &[Scores], transitions: &Transitions, allowed: &[u16]) {
        self.set(transitions);
        self.walk::<true>(emissions, allowed);
    }

    /// Computes posteriors alone, with the transitions that were set before.
    pub fn posteriors(&mut self, emissions: &[Scores]) {
        self.walk::<false>(emissions, &[]);
    }

    fn walk<const PAIRS: bool>(&mut self, emissions: &[Scores], allowed: &[u16]) {
        let length = emissions.len();
        self.forward.clear();
        self.scale.clear();
        self.posteriors.clear();
        self.pairs = [[0.0; LABELS]; LABELS];
        self.log_sum = 0.0;
        if length == 0 {
            return;
        }
        let factors = self.factors;
        self.emissions.clear();
        for (at, emission) in emissions.iter().enumerate() {
            let max = emission.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            self.log_sum += f64::from(max);
            if allowed.is_empty() && is_certain(emission) {
                self.emissions.push(CERTAIN);
                continue;
            }
            let mask = allowed.get(at).copied().unwrap_or(u16::MAX);
            self.emissions.push(std::array::from_fn(|l| {
                if mask >> l & 1 == 1 {
                    (emission[l] - max).exp()
                } else {
                    0.0
                }
            }));
        }
        let mut before = self.start;
        for (at, emission) in self.emissions.iter().enumerate() {
            let mut row = [0.0; LABELS];
            if at == 0 {
                row = before;
            } else if is_sure(emission) {
                row[0] = (0..LABELS).map(|l| before[l] * factors[l][0]).sum();
            } else {
                for (weight, pairs) in before.iter().zip(&factors) {
                    for (sum, pair) in row.iter_mut().zip(pairs) {
                        *sum += weight * pair;
                    }
                }
            }
            for (value, emission) in row.iter_mut().zip(emission) {
                *value *= emission;
            }
            let total: f32 = row.iter().sum::<f32>().max(1e-30);
            for value in &mut row {
                *value /= total;
            }
            self.log_sum += f64::from(total.ln());
            self.forward.push(row);
            self.scale.push(total);
            before = row;
        }
        self.posteriors.resize(length, [0.0; LABELS]);
        let mut backward = [1.0_f32; LABELS];
        for at in (0..length).rev() {
            self.posteriors[at] = std::array::from_fn(|l| self.forward[at][l] * backward[l]);
            if at == 0 {
                break;
            }
            let emission = &self.emissions[at];
            let onward: Scores =
                std::array::from_fn(|l| emission[l] * backward[l] / self.scale[at]);
            let mut previous = [0.0; LABELS];
            let width = if is_sure(emission) { 1 } else { LABELS };
            for before in 0..LABELS {
                let weight = self.forward[at - 1][before];
                for label in 0..width {
                    let joint = factors[before][label] * onward[label];
                    previous[before] += joint;
                    if PAIRS {
                        self.pairs[before][label] += weight * joint;
                    }
                }
            }
            backward = previous;
        }
    }
}

/// Factors of a token that is surely outside.
const CERTAIN: Scores = {
    let mut factors = [0.0; LABELS];
    factors[0] = 1.0;
    factors
};

/// Says whether scores leave nothing to the labels of names.
fn is_certain(emission: &Scores) -> bool {
    emission[1..]
        .iter()
        .all(|&score| score <= emission[0] - 50.0)
}

fn is_sure(factors: &Scores) -> bool {
    factors[1..].iter().all(|&factor| factor <= 0.0)
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
