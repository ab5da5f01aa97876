//! Breaking letters into lines of a width.
//!
//! Where a line may end is UAX #14's answer (`icu_segmenter`), but for Korean: its words are kept whole (CSS
//! `word-break: keep-all` for Hangul only; the segmenter's own option would keep Chinese and Japanese whole too).

use std::ops::Range;

use icu_segmenter::LineSegmenter;
use icu_segmenter::options::LineBreakOptions;

use crate::text::{width, words};

/// A line: bytes of the letters, without white space at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// Which bytes.
    pub(super) range: Range<usize>,
    /// Columns, the hyphen included.
    pub(super) width: usize,
    /// A hyphen is to be shown at its end: a soft one was broken at.
    pub(super) hyphen: bool,
}

/// What stands between two places where a line may end.
#[derive(Clone, Copy, Debug)]
struct Word {
    start: usize,
    /// End without white space.
    end: usize,
    /// End with it: where the next word begins.
    next: usize,
    /// Columns of the word and of the white space after it.
    width: usize,
    space: usize,
    /// It ends in a soft hyphen.
    soft: bool,
    /// A line ends after it, whatever its width.
    last: bool,
}

/// Breaks `letters` into lines of at most `cols` columns (at least one is used); `glued` (sorted) are bytes where none
/// may end. Only a single letter wider than `cols` makes a wider line. No letters give no line.
pub(super) fn wrap(letters: &str, glued: &[usize], cols: usize) -> Vec<Part> {
    let cols = cols.max(1);
    let mut lines = Lines {
        letters,
        cols,
        parts: Vec::new(),
        words: Vec::new(),
        used: 0,
    };
    for word in words(letters, glued) {
        lines.place(word);
    }
    lines.close();
    lines.parts
}

/// Returns the columns of the widest line and of the widest word.
pub(super) fn measure(letters: &str, glued: &[usize]) -> (usize, usize) {
    let mut line = 0;
    let mut widest = (0, 0);
    for word in words(letters, glued) {
        widest.0 = widest.0.max(line + word.width);
        widest.1 = widest.1.max(word.width);
        line = if word.last {
            0
        } else {
            line + word.width + word.space
        };
    }
    widest
}

struct Lines<'a> {
    letters: &'a str,
    cols: usize,
    parts: Vec<Part>,
    /// The words of the line being filled.
    words: Vec<Word>,
    /// Their columns, white space included.
    used: usize,
}

impl Lines<'_> {
    fn place(&mut self, word: Word) {
        let mut waiting = vec![word];
        while let Some(word) = waiting.pop() {
            if self.words.is_empty() && word.start == word.end && !word.last {
                continue;
            }
            if self.used + word.width > self.cols && !self.words.is_empty() {
                self.make_room_for_hyphen(&mut waiting, word);
                self.close();
                continue;
            }
            if word.width > self.cols {
                self.split(word);
                continue;
            }
            self.used += word.width + word.space;
            self.words.push(word);
            if word.last {
                self.close();
            }
        }
    }

    /// Before a line is closed whose last word ends in a soft hyphen: where the hyphen has no room, goes back to the
    /// last word that can end the line.
    fn make_room_for_hyphen(&mut self, waiting: &mut Vec<Word>, word: Word) {
        waiting.push(word);
        let ends_well = |used: usize, word: &Word| !word.soft || used < self.cols;
        let mut used = self.used;
        let mut keep = self.words.len();
        while let Some(last) = keep.checked_sub(1).and_then(|at| self.words.get(at)) {
            if ends_well(used, last) {
                break;
            }
            used -= last.width + last.space;
            keep -= 1;
        }
        if keep > 0 {
            waiting.extend(self.words.drain(keep..).rev());
            self.used = used;
        }
    }

    fn close(&mut self) {
        let (Some(first), Some(last)) = (self.words.first(), self.words.last()) else {
            return;
        };
        let width = self.used - last.space;
        let hyphen = last.soft && !last.last && width < self.cols;
        self.parts.push(Part {
            range: first.start..last.end,
            width: width + usize::from(hyphen),
            hyphen,
        });
        self.words.clear();
        self.used = 0;
    }

    /// Breaks a word that is longer than a line between its letters; its end stays open for the next word.
    fn split(&mut self, word: Word) {
        let letters = self.letters.get(word.start..word.end).unwrap_or_default();
        let mut start = word.start;
        let mut used = 0;
        for cluster in width::clusters(letters) {
            let at = word.start + cluster.start;
            if used + cluster.width > self.cols && used > 0 {
                self.parts.push(Part {
                    range: start..at,
                    width: used,
                    hyphen: false,
                });
                start = at;
                used = 0;
            }
            used += cluster.width;
        }
        let rest = Word {
            start,
            width: used,
            ..word
        };
        self.used = used + word.space;
        self.words.push(rest);
        if word.last {
            self.close();
        }
    }
}

fn words<'a>(letters: &'a str, glued: &'a [usize]) -> impl Iterator<Item = Word> + 'a {
    let segmenter = LineSegmenter::new_auto(LineBreakOptions::default());
    let mut glued = glued.iter().copied().peekable();
    let ends = segmenter.segment_str(letters).filter(move |&at| {
        while glued.next_if(|&glue| glue < at).is_some() {}
        at > 0 && (glued.peek() != Some(&at) || ends_line(letters, at)) && may_end(letters, at)
    });
    let mut start = 0;
    ends.map(move |next| {
        let whole = letters.get(start..next).unwrap_or_default();
        let word = whole.trim_end_matches(is_space);
        let this = Word {
            start,
            end: start + word.len(),
            next,
            width: width::width(word),
            space: width::width(&whole[word.len()..]),
            soft: word.ends_with('\u{AD}'),
            last: whole.ends_with('\n'),
        };
        start = this.next;
        this
    })
}

fn ends_line(letters: &str, at: usize) -> bool {
    letters
        .get(..at)
        .is_some_and(|before| before.ends_with('\n'))
}

fn is_space(c: char) -> bool {
    c.is_whitespace() && !matches!(c, '\u{A0}' | '\u{202F}' | '\u{2007}')
}

/// Says whether the segmenter's answer stands: not inside a Korean word, its particles after brackets and figures
/// included.
fn may_end(letters: &str, at: usize) -> bool {
    let (before, after) = letters.split_at(at);
    let (Some(a), Some(b)) = (before.chars().next_back(), after.chars().next()) else {
        return true;
    };
    let joins = |c: char| c.is_alphanumeric() && !words::is_ideographic(c);
    let closes = |c: char| matches!(c, ')' | ']' | '}' | '%' | '.' | '"' | '\'' | '”' | '’');
    let inside =
        (is_hangul(b) && (joins(a) || closes(a))) || (is_hangul(a) && (joins(b) || b == '('));
    !inside
}

fn is_hangul(c: char) -> bool {
    matches!(c, '\u{AC00}'..='\u{D7A3}' | '\u{1100}'..='\u{11FF}' | '\u{3130}'..='\u{318F}' | '\u{A960}'..='\u{A97F}'
        | '\u{D7B0}'..='\u{D7FF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(letters: &str, cols: usize, expect: &[&str]) {
        let lines: Vec<String> = wrap(letters, &[], cols)
            .into_iter()
            .map(|part| {
                let shown = letters[part.range].replace('\u{ad}', "");
                let shown = if part.hyphen { shown + "-" } else { shown };
                assert_eq!(width::width(&shown), part.width, "width of {shown:?}");
                shown
            })
            .collect();
        assert_eq!(lines, expect, "{letters:?} at {cols}");
    }

    #[test]
    fn words_are_kept_and_spaces_at_the_end_dropped() {
        check("the last wall of rock", 9, &["the last", "wall of", "rock"]);
        check("one\ntwo", 20, &["one", "two"]);
        check("", 20, &[]);
    }

    #[test]
    fn long_words_are_broken() {
        check("ab abcdefghij kl", 4, &["ab", "abcd", "efgh", "ij", "kl"]);
        check("漢字", 1, &["漢", "字"]);
    }

    #[test]
    fn korean_words_stay_whole_chinese_and_japanese_do_not() {
        check(
            "세계에서 가장 긴 해저터널",
            10,
            &["세계에서", "가장 긴", "해저터널"],
        );
        check("2018년에 정상(頂上)은", 12, &["2018년에", "정상(頂上)은"]);
        check("海底隧道两端贯通", 10, &["海底隧道两", "端贯通"]);
        check("これは、長いです。", 8, &["これは、", "長いで", "す。"]);
    }

    #[test]
    fn a_soft_hyphen_shows_only_where_the_line_ends() {
        check("Donau\u{ad}dampf\u{ad}schiff", 30, &["Donaudampfschiff"]);
        check(
            "Donau\u{ad}dampf\u{ad}schiff",
            12,
            &["Donaudampf-", "schiff"],
        );
        check(
            "Donau\u{ad}dampf\u{ad}schiff",
            10,
            &["Donau-", "dampf-", "schiff"],
        );
        check("Donau\u{ad}dampf", 5, &["Donau", "dampf"]);
    }

    #[test]
    fn nothing_ends_where_it_is_glued() {
        let letters = "海底[12]";
        let parts = wrap(letters, &[6], 6);
        assert_eq!(&letters[parts[0].range.clone()], "海");
        assert_eq!(&letters[parts[1].range.clone()], "底[12]");
    }
}
