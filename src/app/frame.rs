//! Where the panes stand at this size of the terminal: decided here, so that page sizes and the width of the text are
//! known before anything is drawn. `ui` draws into these rectangles.

use super::place::Pane;

/// A rectangle in cells from the top left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rect {
    /// Left column.
    pub x: u16,
    /// Top row.
    pub y: u16,
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

impl Rect {
    /// Returns a rectangle.
    pub const fn new(x: u16, y: u16, width: u16, height: u16) -> Self {
        Self {
            x,
            y,
            width,
            height,
        }
    }

    /// Says whether a cell lies in it.
    pub fn contains(self, column: u16, row: u16) -> bool {
        column >= self.x
            && row >= self.y
            && column - self.x < self.width
            && row - self.y < self.height
    }

    /// Returns what is left inside a border of one cell.
    #[must_use]
    pub fn inside(self) -> Self {
        Self {
            x: self.x.saturating_add(1),
            y: self.y.saturating_add(1),
            width: self.width.saturating_sub(2),
            height: self.height.saturating_sub(2),
        }
    }
}

/// What fits at this size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// Under 40x8: one line that says so.
    Tiny,
    /// Under 80 columns: one pane at a time, no side borders, popups are sheets from the bottom.
    Narrow,
    /// 80 to 119 columns: feeds and list; the article alone, or under the list from 30 rows; names as an overlay.
    Medium,
    /// 120 columns and up: all four panes.
    Wide,
}

/// A pane's rectangles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Boxed {
    /// With its border (narrow: with its title row). The article's shares its top border row with the list's bottom one
    /// and its right border column with the left one of the names beside it.
    pub outer: Rect,
    /// Without it: where the rows or lines stand.
    pub inner: Rect,
}

/// The rectangles of a frame. `None`: not on the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// The row at the top: program, list, numbers. None in zen.
    pub header: Option<Rect>,
    /// The row at the bottom: status and prompt.
    pub status: Rect,
    /// All between the two.
    pub body: Rect,
    /// The feed list.
    pub feeds: Option<Boxed>,
    /// The headlines.
    pub list: Option<Boxed>,
    /// The article.
    pub article: Option<Boxed>,
    /// The names.
    pub names: Option<Boxed>,
    /// The names lie over the other panes instead of beside the article.
    pub names_over: bool,
}

/// Sizes of panes that the reader can drag, in cells with borders. Kept between sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Columns of the feed list.
    pub feeds: u16,
    /// Columns of the names.
    pub names: u16,
    /// Rows of the list over the article, in hundredths of the body.
    pub list_percent: u16,
}

impl Default for Sizes {
    fn default() -> Self {
        Self {
            feeds: 26,
            names: 34,
            list_percent: 40,
        }
    }
}

/// What of the app's state decides the frame.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Columns of the terminal.
    pub cols: u16,
    /// Its rows.
    pub rows: u16,
    /// The pane that has the keys.
    pub focus: Pane,
    /// The article stands alone.
    pub reading: bool,
    /// Nothing but the article.
    pub zen: bool,
    /// The names are shown.
    pub names: bool,
    /// The feed list is folded away.
    pub folded: bool,
    /// The panes' sizes.
    pub sizes: Sizes,
}

/// Says what fits into a terminal of this size.
pub fn shape(cols: u16, rows: u16) -> Shape {
    if cols < 40 || rows < 8 {
        return Shape::Tiny;
    }
    match cols {
        ..80 => Shape::Narrow,
        80..120 => Shape::Medium,
        120.. => Shape::Wide,
    }
}

/// Returns the rectangles for this size and state.
pub fn frame(want: &Wanted) -> Frame {
    let shape = shape(want.cols, want.rows);
    let zen = want.zen && want.reading;
    let top = u16::from(!zen);
    let body = Rect::new(0, top, want.cols, want.rows.saturating_sub(top + 1));
    let mut frame = Frame {
        header: (!zen).then_some(Rect::new(0, 0, want.cols, 1.min(want.rows))),
        status: Rect::new(0, want.rows.saturating_sub(1), want.cols, 1.min(want.rows)),
        body,
        ..Frame::default()
    };
    match shape {
        Shape::Tiny => {}
        Shape::Narrow => narrow(&mut frame, want),
        Shape::Medium | Shape::Wide if want.reading => reading(&mut frame, want, shape, zen),
        Shape::Medium | Shape::Wide => browsing(&mut frame, want, shape),
    }
    frame
}

fn narrow(frame: &mut Frame, want: &Wanted) {
    let body = frame.body;
    let inner = Rect::new(0, body.y + 1, body.width, body.height.saturating_sub(1));
    let pane = Some(Boxed { outer: body, inner });
    match want.focus {
        Pane::Feeds if !want.reading => frame.feeds = pane,
        Pane::List if !want.reading => frame.list = pane,
        Pane::Names => {
            frame.names = pane;
            frame.names_over = true;
        }
        _ => frame.article = pane,
    }
}

fn reading(frame: &mut Frame, want: &Wanted, shape: Shape, zen: bool) {
    let body = frame.body;
    if want.names && !zen && shape == Shape::Wide {
        let cols = want.sizes.names.clamp(20, body.width / 2);
        let left = Rect::new(0, body.y, body.width - cols + 1, body.height);
        frame.article = Some(boxed(left));
        let right = Rect::new(body.width - cols, body.y, cols, body.height);
        frame.names = Some(boxed(right));
        return;
    }
    frame.article = Some(boxed(body));
    if want.focus == Pane::Names {
        over(frame, want);
    }
}

fn browsing(frame: &mut Frame, want: &Wanted, shape: Shape) {
    let body = frame.body;
    let feeds_cols = match shape {
        _ if want.folded && want.focus != Pane::Feeds => 0,
        Shape::Wide => want.sizes.feeds.clamp(16, body.width / 3),
        _ => want.sizes.feeds.clamp(16, 24),
    };
    if feeds_cols > 0 {
        frame.feeds = Some(boxed(Rect::new(0, body.y, feeds_cols, body.height)));
    }
    // The two share a border column, as list and article share a row.
    let left = feeds_cols.saturating_sub(1);
    let right = Rect::new(left, body.y, body.width - left, body.height);
    if shape == Shape::Medium && want.rows < 30 {
        frame.list = Some(boxed(right));
        if want.focus == Pane::Names {
            over(frame, want);
        }
        return;
    }
    let most = right.height.saturating_sub(5).max(4);
    let list_rows = (u32::from(right.height) * u32::from(want.sizes.list_percent) / 100) as u16;
    let list_rows = list_rows.clamp(4.min(most), most);
    frame.list = Some(boxed(Rect {
        height: list_rows,
        ..right
    }));
    let below = Rect {
        y: right.y + list_rows - 1,
        height: right.height - list_rows + 1,
        ..right
    };
    if want.names && shape == Shape::Wide {
        let cols = want.sizes.names.clamp(20, below.width / 2);
        let article = Rect {
            width: below.width - cols + 1,
            ..below
        };
        frame.article = Some(boxed(article));
        frame.names = Some(boxed(Rect {
            x: below.x + below.width - cols,
            width: cols,
            ..below
        }));
    } else {
        frame.article = Some(boxed(below));
        if want.focus == Pane::Names {
            over(frame, want);
        }
    }
}

fn over(frame: &mut Frame, want: &Wanted) {
    let body = frame.body;
    let cols = want.sizes.names.clamp(20, (body.width / 2).max(20));
    frame.names = Some(boxed(Rect::new(
        body.width.saturating_sub(cols),
        body.y,
        cols.min(body.width),
        body.height,
    )));
    frame.names_over = true;
}

fn boxed(outer: Rect) -> Boxed {
    Boxed {
        outer,
        inner: outer.inside(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn want(cols: u16, rows: u16, reading: bool) -> Wanted {
        Wanted {
            cols,
            rows,
            focus: if reading { Pane::Article } else { Pane::List },
            reading,
            zen: false,
            names: true,
            folded: false,
            sizes: Sizes::default(),
        }
    }

    fn check(want: &Wanted, expect: &str) {
        let frame = frame(want);
        let panes = [
            ("feeds", frame.feeds),
            ("list", frame.list),
            ("article", frame.article),
            ("names", frame.names),
        ];
        let shown = panes.iter().filter(|(_, pane)| pane.is_some());
        let shown: Vec<&str> = shown.map(|(name, _)| *name).collect();
        assert_eq!(shown.join(" "), expect, "{want:?}");
    }

    #[test]
    fn panes_give_way_as_the_screen_gets_smaller() {
        check(&want(120, 40, false), "feeds list article names");
        check(&want(120, 40, true), "article names");
        check(&want(100, 40, false), "feeds list article");
        check(&want(100, 24, false), "feeds list");
        check(&want(60, 24, false), "list");
        check(&want(60, 24, true), "article");
        check(&want(39, 24, false), "");
        check(&want(120, 7, false), "");
    }

    #[test]
    fn every_pane_lies_on_the_screen_at_any_size() {
        for cols in (0..260).step_by(7) {
            for rows in 0..70 {
                for reading in [false, true] {
                    let frame = frame(&want(cols, rows, reading));
                    let panes = [frame.feeds, frame.list, frame.article, frame.names];
                    for pane in panes.into_iter().flatten() {
                        let Rect {
                            x,
                            y,
                            width,
                            height,
                        } = pane.outer;
                        assert!(
                            x + width <= cols && y + height <= rows,
                            "{cols}x{rows} {pane:?}"
                        );
                        assert!(height > 0 && width > 0);
                    }
                }
            }
        }
    }
}
