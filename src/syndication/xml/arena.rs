//! Many things of one kind, by number. They lie in pieces: a list that grows by doubling holds half as much again while it is
//! copied, and leaves a hole as large as itself.

/// So many things lie in one piece.
const PIECE: usize = 512;

/// A growing row of things that are never taken out.
#[derive(Debug)]
pub(super) struct Arena<T> {
    pieces: Vec<Vec<T>>,
}

impl<T> Arena<T> {
    pub(super) fn new() -> Self {
        Self { pieces: Vec::new() }
    }

    /// Puts a thing at the end and returns its number.
    pub(super) fn push(&mut self, thing: T) -> usize {
        let number = self.len();
        if self.pieces.last().is_none_or(|piece| piece.len() == PIECE) {
            // The first grows as it must: most files are small.
            let capacity = if self.pieces.is_empty() { 0 } else { PIECE };
            self.pieces.push(Vec::with_capacity(capacity));
        }
        if let Some(piece) = self.pieces.last_mut() {
            piece.push(thing);
        }
        number
    }

    pub(super) fn len(&self) -> usize {
        let full = self.pieces.len().saturating_sub(1) * PIECE;
        full + self.pieces.last().map_or(0, Vec::len)
    }
}

impl<T> std::ops::Index<usize> for Arena<T> {
    type Output = T;

    fn index(&self, number: usize) -> &T {
        &self.pieces[number / PIECE][number % PIECE]
    }
}

impl<T> std::ops::IndexMut<usize> for Arena<T> {
    fn index_mut(&mut self, number: usize) -> &mut T {
        &mut self.pieces[number / PIECE][number % PIECE]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_keep_their_numbers() {
        let mut arena = Arena::new();
        assert_eq!(arena.len(), 0);
        for number in 0..3 * PIECE + 5 {
            assert_eq!(arena.push(number), number);
        }
        assert_eq!(arena.len(), 3 * PIECE + 5);
        arena[PIECE] += 1;
        assert_eq!((arena[PIECE - 1], arena[PIECE]), (PIECE - 1, PIECE + 1));
        assert_eq!(arena[3 * PIECE + 4], 3 * PIECE + 4);
    }
}
