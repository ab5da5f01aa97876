//! The library through its public door: identity, lists, marks, undo, damage.

#[path = "support/store.rs"]
mod support;

#[path = "store/blocks.rs"]
mod blocks;
#[path = "store/identity.rs"]
mod identity;
#[path = "store/lists.rs"]
mod lists;
#[path = "store/marks.rs"]
mod marks;
#[path = "store/model.rs"]
mod model;
#[path = "store/names.rs"]
mod names;
#[path = "store/opening.rs"]
mod opening;
#[path = "store/partings.rs"]
mod partings;
