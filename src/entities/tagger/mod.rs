//! The statistical tagger: a linear-chain conditional random field over tokens.
//!
//! [`features`] says what is seen at a token, [`model`] holds the weights, [`chain`] finds the best labels and how sure
//! they are. The trainer (`examples/train_names/main.rs`) uses the same code, so that what was learned is what is read.
//!
//! Source: Lafferty, McCallum, Pereira 2001 (conditional random fields); Chieu and Ng 2003 (evidence from the whole
//! document); Ratinov and Roth 2009 (lists and context).

pub mod chain;
pub mod convention;
pub mod features;
mod letters;
mod mend;
pub mod model;
pub mod repair;
mod said;
pub mod second;
mod sport;
mod tag;
#[cfg(test)]
mod tests;

pub use tag::Tagger;

use crate::model::EntityKind;

/// Number of labels: outside, and for each type the first and the further tokens of a name.
pub const LABELS: usize = 9;

/// Returns the label of the first (`inside == false`) or a further token of a name.
pub fn label(kind: EntityKind, inside: bool) -> usize {
    let base = match kind {
        EntityKind::Person => 1,
        EntityKind::Organisation => 3,
        EntityKind::Place => 5,
        EntityKind::Other => 7,
    };
    base + usize::from(inside)
}

/// Returns the type of a label's name, `None` outside.
pub fn kind_of(label: usize) -> Option<EntityKind> {
    match label {
        1 | 2 => Some(EntityKind::Person),
        3 | 4 => Some(EntityKind::Organisation),
        5 | 6 => Some(EntityKind::Place),
        7 | 8 => Some(EntityKind::Other),
        _ => None,
    }
}

/// Says whether a label continues a name.
pub fn is_inside(label: usize) -> bool {
    label > 0 && label.is_multiple_of(2)
}

/// Says whether a label may follow another (`None`: the start of the sentence).
pub fn may_follow(label: usize, before: Option<usize>) -> bool {
    !is_inside(label) || before.is_some_and(|b| b == label || b + 1 == label)
}
