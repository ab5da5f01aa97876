//! A picture as a text screen shows it: two pixels a cell, one over the other, and in real pixels where the terminal has
//! graphics.

use std::sync::Arc;

/// A picture scaled to the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// Columns, which is pixels a row.
    pub cols: u16,
    /// Rows of cells: half as many as rows of pixels.
    pub rows: u16,
    /// Red, green, blue, row by row. **Invariant:** `cols * rows * 2` of them.
    pub pixels: Vec<[u8; 3]>,
    /// The same in real pixels, where the terminal can show them.
    pub fine: Option<Fine>,
}

/// A picture in real pixels: as many as its cells have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fine {
    /// Pixels a row.
    pub width: u32,
    /// Rows of pixels: a whole number for each row of cells.
    pub height: u32,
    /// Red, green, blue, row by row. **Invariant:** `width * height * 3` bytes.
    pub pixels: Arc<[u8]>,
}

impl Picture {
    /// Returns the two pixels of a cell, the upper one first; `None` outside.
    pub fn cell(&self, col: u16, row: u16) -> Option<([u8; 3], [u8; 3])> {
        if col >= self.cols || row >= self.rows {
            return None;
        }
        let at = |line: usize| {
            let index = line * usize::from(self.cols) + usize::from(col);
            self.pixels.get(index).copied()
        };
        let line = usize::from(row) * 2;
        Some((at(line)?, at(line + 1)?))
    }
}
