//! What the tagger sees at a token, as hashes.
//!
//! The word and its neighbours, how they are written, their beginnings and endings, what the lists say of them, how the
//! word is written elsewhere in English, and what the rest of the document says of it. Changing anything here needs a
//! new [`super::model::FORMAT`] and a newly trained model.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::ops::Range;

use super::letters::Mode;
use crate::entities::gazetteer::{GAZETTEER, HashedKey, class, extend};
use crate::entities::token::{Shape, Tokens};

/// Words and places learned from outside the document.
pub trait Lexicon {
    /// Returns the bits of a phrase's hash: 0 to 1 how the word is written in running text ([`CASE`]), 2 a place, 3 a longer
    /// place's name starts so.
    fn word(&self, hash: u64) -> u8;

    /// Returns the class of a word by its hash: which words are used like it.
    fn class_of(&self, hash: u64) -> WordClass;
}

/// Words that are used alike, fine to coarse; all zero where a word has no class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WordClass {
    /// One of some 1,500.
    pub fine: u16,
    /// One of 255 that join fine ones.
    pub middle: u8,
    /// One of 63 that join those.
    pub coarse: u8,
    /// How its words are written ([`CASE`]).
    pub case: u8,
}

/// Bits of the case class: 0 unknown, 1 lower case nearly always, 2 both, 3 a capital nearly always.
pub const CASE: u8 = 3;
/// Of [`CASE`]: in lower case nearly always.
const LOWER: u8 = 1;
/// The phrase is a place's name.
pub const CITY: u8 = 4;
/// A longer place's name starts with the phrase.
pub const CITY_PREFIX: u8 = 8;

/// Returns the hash under which a lexicon keeps a phrase, from the hash of the words before and one more word.
pub fn phrase_hash(before: u64, lower: &str) -> u64 {
    spread(extend(before, lower), 0)
}

/// Extends a phrase's running hash, for [`phrase_hash`], by one more word.
pub fn extend_phrase(before: u64, lower: &str) -> u64 {
    extend(before, lower)
}

/// Evidence from the rest of the document, as bits.
mod seen {
    pub(super) const LOWER: u32 = 1;
    pub(super) const CAPITAL: u32 = 1 << 1;
    pub(super) const AFTER_TITLE: u32 = 1 << 2;
    pub(super) const BEFORE_VERB: u32 = 1 << 3;
    pub(super) const AFTER_IN: u32 = 1 << 4;
    pub(super) const FIRST: u32 = 1 << 5;
    pub(super) const LAST: u32 = 1 << 6;
    pub(super) const AFTER_GIVEN: u32 = 1 << 7;
    pub(super) const BEFORE_ORG: u32 = 1 << 8;
    pub(super) const AFTER_THE: u32 = 1 << 9;
    pub(super) const IN_BRACKETS: u32 = 1 << 10;
    pub(super) const AFTER_COMMA: u32 = 1 << 11;
    pub(super) const OWNS: u32 = 1 << 12;
    pub(super) const BITS: u32 = 13;
}

/// Bit of the list mask for places of the lexicon, beside the bits of [`class`].
const CITY_BIT: u32 = 1 << 13;
const CLASS_BITS: u32 = 14;

/// What is known of one token.
#[derive(Clone, Copy)]
struct Word {
    lower: u64,
    form: u64,
    /// Shape with the line's mode.
    shape: u64,
    pattern: u64,
    lists: u32,
    /// Two bits for each class: 1 alone, 2 first, 3 further.
    places: u64,
    case: u8,
    class: WordClass,
    seen: u32,
    /// Written with a capital, or of no case; in a headline's letters, a word that running text would write so.
    is_capital: bool,
    /// Written with a capital, or of no case.
    is_raised: bool,
    spaced: bool,
    starts: bool,
    run: (u32, u32),
    family: Family,
}

/// The longest run of capitals in the document that has the word, or that its letters are the initials of.
#[derive(Clone, Copy, Default)]
struct Family {
    run: (u32, u32),
    /// 0 none, 1 first word, 2 inside, 3 last word, 4 initials.
    place: u8,
}

const OUTSIDE: Word = Word {
    lower: 1,
    form: 1,
    shape: 63,
    pattern: 1,
    lists: 0,
    places: 0,
    case: 0,
    class: WordClass {
        fine: 0,
        middle: 0,
        coarse: 255,
        case: 0,
    },
    seen: 0,
    is_capital: false,
    is_raised: false,
    spaced: true,
    starts: false,
    run: (0, 0),
    family: Family {
        run: (0, 0),
        place: 0,
    },
};

/// The features of a document.
pub struct Features<'a> {
    tokens: &'a Tokens,
    words: Vec<Word>,
}

impl std::fmt::Debug for Features<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Features of {} tokens", self.words.len())
    }
}

impl<'a> Features<'a> {
    /// Looks at all tokens of a document.
    pub fn new(tokens: &'a Tokens, lexicon: &dyn Lexicon) -> Self {
        let mut words: Vec<Word> = Vec::with_capacity(tokens.list.len());
        for index in 0..tokens.list.len() {
            words.push(look_at(tokens, index, lexicon));
        }
        for sentence in &tokens.sentences {
            let is_small = |i: usize| words[i].usual_case() == LOWER;
            let mode = Mode::of(tokens, sentence.clone(), is_small);
            for index in sentence.clone() {
                words[index].shape |= (mode as u64) << 3;
                words[index].starts = index == sentence.start;
            }
            mark_lists(tokens, sentence.clone(), lexicon, &mut words);
        }
        mark_seen(tokens, &mut words);
        words.iter_mut().for_each(Word::read_as_running);
        for sentence in &tokens.sentences {
            mark_runs(tokens, sentence.clone(), &mut words);
        }
        mark_families(tokens, &mut words);
        Self { tokens, words }
    }

    /// Says whether a name may touch the token: a capital, or a word of no case, stands within two tokens.
    pub fn may_be_named(&self, sentence: &Range<usize>, index: usize) -> bool {
        let from = index.saturating_sub(2).max(sentence.start);
        let to = (index + 3).min(sentence.end);
        self.words
            .get(from..to)
            .is_some_and(|near| near.iter().any(|w| w.is_raised))
    }

    /// Says whether a token has a capital, or is a word of no case.
    pub(super) fn is_capital(&self, index: usize) -> bool {
        self.words[index].is_raised
    }

    /// Says whether a token stands in running text, not in a headline's letters.
    pub(super) fn is_running(&self, index: usize) -> bool {
        self.words[index].shape >> 3 == Mode::Running as u64
    }

    /// Says whether a token is a word of every day that only a headline's letters write large.
    pub(super) fn is_small(&self, index: usize) -> bool {
        let word = &self.words[index];
        word.is_raised && !word.is_capital
    }

    /// Returns the hash of a token's word in lower case.
    pub(super) fn key(&self, index: usize) -> u64 {
        self.words[index].lower
    }

    /// Returns how a token and its line are written.
    pub(super) fn shape(&self, index: usize) -> u64 {
        self.words[index].shape
    }

    /// Appends the features of a token to `out`.
    pub fn of(&self, sentence: &Range<usize>, index: usize, out: &mut Vec<u64>) {
        let at = |offset: isize| -> &Word {
            let place = index.wrapping_add_signed(offset);
            if sentence.contains(&place) {
                &self.words[place]
            } else {
                &OUTSIDE
            }
        };
        let (w, p, n, pp, nn) = (at(0), at(-1), at(1), at(-2), at(2));
        let mut template = 0;
        let mut add = |parts: &[u64]| {
            template += 1;
            out.push(filled(template, parts));
        };
        let lists = |w: &Word| u64::from(w.lists);
        let flags = |w: &Word| w.shape | u64::from(w.starts) << 8 | u64::from(w.case) << 9;
        add(&[]);
        add(&[w.lower]);
        add(&[p.lower]);
        add(&[n.lower]);
        add(&[pp.lower]);
        add(&[nn.lower]);
        add(&[p.lower, w.lower]);
        add(&[w.lower, n.lower]);
        add(&[w.form, w.shape >> 3]);
        add(&[w.shape]);
        add(&[p.shape]);
        add(&[n.shape]);
        add(&[p.shape, w.shape]);
        add(&[w.shape, n.shape]);
        add(&[p.shape, w.shape, n.shape]);
        add(&[pp.shape, p.shape, w.shape]);
        add(&[w.shape, n.shape, nn.shape]);
        add(&[w.pattern, w.shape >> 3]);
        add(&[w.shape, u64::from(w.spaced), u64::from(n.spaced), p.lower]);
        add(&[lists(w)]);
        add(&[lists(p)]);
        add(&[lists(n)]);
        add(&[lists(w), w.shape]);
        add(&[lists(p), lists(w)]);
        add(&[lists(w), lists(n)]);
        add(&[lists(p), w.shape]);
        add(&[lists(n), w.shape]);
        add(&[lists(pp), lists(p), w.shape]);
        add(&[lists(n), lists(nn), w.shape]);
        add(&[w.places]);
        add(&[flags(w)]);
        add(&[flags(p), flags(w)]);
        add(&[flags(w), flags(n)]);
        add(&[u64::from(w.seen), w.shape]);
        add(&[u64::from(w.seen & 0x1ff), flags(w)]);
        add(&[u64::from(p.seen), w.shape]);
        add(&[u64::from(n.seen), w.shape]);
        add(&[p.lower, w.shape]);
        add(&[n.lower, w.shape]);
        add(&[pp.lower, p.lower]);
        add(&[n.lower, nn.lower]);
        add(&[p.lower, n.lower]);
        let fine = |w: &Word| u64::from(w.class.fine);
        let middle = |w: &Word| u64::from(w.class.middle);
        let coarse = |w: &Word| u64::from(w.class.coarse);
        add(&[fine(w)]);
        add(&[fine(p)]);
        add(&[fine(n)]);
        add(&[middle(w)]);
        add(&[middle(p)]);
        add(&[middle(n)]);
        add(&[middle(pp)]);
        add(&[middle(nn)]);
        add(&[coarse(w), w.shape]);
        add(&[middle(w), flags(w)]);
        add(&[fine(w), w.shape]);
        add(&[middle(p), middle(w)]);
        add(&[middle(w), middle(n)]);
        add(&[middle(p), w.shape]);
        add(&[middle(n), w.shape]);
        add(&[coarse(p), coarse(w), coarse(n)]);
        add(&[coarse(pp), coarse(p), w.shape]);
        add(&[coarse(n), coarse(nn), w.shape]);
        // Where the token stands in its run of capitals, and what the run starts and ends with.
        let (start, end) = (w.run.0 as usize, w.run.1 as usize);
        if end > start {
            let (first, last) = (&self.words[start], &self.words[end - 1]);
            let place = ((index - start).min(3) | (end - index).min(4) << 2) as u64;
            let around = |place: usize| {
                if sentence.contains(&place) {
                    &self.words[place]
                } else {
                    &OUTSIDE
                }
            };
            let before = around(start.wrapping_sub(1));
            let after = around(end);
            add(&[last.lower]);
            add(&[first.lower]);
            add(&[lists(last), place]);
            add(&[lists(first), place]);
            add(&[place, w.shape]);
            add(&[before.lower, place]);
            add(&[after.lower, place]);
            add(&[lists(before), lists(first), lists(last)]);
            add(&[lists(after), lists(last)]);
            add(&[lists(before), lists(w)]);
            add(&[middle(last), place]);
            add(&[middle(first), place]);
            add(&[middle(before), place]);
            add(&[middle(after), place]);
            add(&[coarse(first), coarse(last), place]);
        }
        template = 90;
        let mut add = |parts: &[u64]| {
            template += 1;
            out.push(filled(template, parts));
        };
        if w.family.place > 0 {
            let place = u64::from(w.family.place);
            let first = &self.words[w.family.run.0 as usize];
            let last = &self.words[w.family.run.1 as usize - 1];
            add(&[last.lower, place]);
            add(&[lists(first), place]);
            add(&[lists(last), place]);
            add(&[middle(first), place]);
            add(&[middle(last), place]);
            add(&[coarse(first), coarse(last), place, w.shape]);
        }
        let mut add = |parts: &[u64]| out.push(filled(100, parts));
        for bit in 0..CLASS_BITS {
            let place = w.places >> (2 * bit) & 3;
            if place != 0 {
                add(&[101, u64::from(bit), place, u64::from(w.is_capital)]);
            }
        }
        for bit in 0..seen::BITS {
            if w.seen >> bit & 1 == 1 {
                add(&[102, u64::from(bit), u64::from(w.is_capital)]);
            }
        }
        if w.is_capital || w.shape & 7 == Shape::Lower as u64 {
            let lower = self.tokens.lower(index);
            let mut cuts = [0; 4];
            let mut count = 0;
            for (cut, (start, c)) in cuts.iter_mut().zip(lower.char_indices()) {
                *cut = start + c.len_utf8();
                count += 1;
            }
            let capital = u64::from(w.is_capital);
            for &cut in &cuts[..count] {
                if cut < lower.len() {
                    add(&[103, extend(0, &lower[..cut]), capital]);
                }
            }
            for (start, _) in lower.char_indices().rev().take(4) {
                if start > 0 {
                    add(&[104, extend(0, &lower[start..]), capital]);
                }
            }
        }
    }
}

/// Returns the hash of a feature: a template filled with parts.
pub(super) fn filled(template: u64, parts: &[u64]) -> u64 {
    let add = |hash, part| spread(hash ^ part, template);
    parts.iter().fold(template, add)
}

/// Mixes a hash well (the finalizer of SplitMix64).
fn spread(hash: u64, salt: u64) -> u64 {
    let mut z = hash.wrapping_add(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(salt + 1));
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

fn look_at(tokens: &Tokens, index: usize, lexicon: &dyn Lexicon) -> Word {
    let token = tokens.list[index];
    let lower = tokens.lower(index);
    Word {
        lower: if token.shape == Shape::Number {
            number(lower)
        } else {
            extend(0, lower)
        },
        form: extend(0, tokens.form(index)),
        shape: token.shape as u64,
        pattern: pattern(tokens.form(index)),
        lists: 0,
        places: 0,
        case: lexicon.word(phrase_hash(0, lower)) & CASE,
        class: class_of(lower, lexicon),
        seen: 0,
        is_capital: token.shape.is_capital(),
        is_raised: token.shape.is_capital(),
        spaced: token.spaced,
        starts: false,
        run: (0, 0),
        family: Family::default(),
    }
}

impl Word {
    /// How English writes the word in running text, by itself or else as words like it.
    fn usual_case(&self) -> u8 {
        match self.case {
            0 => self.class.case,
            case => case,
        }
    }

    /// In a headline's letters a capital says nothing: words of every day count as if they were written small, unless the
    /// document's running text writes them large.
    fn read_as_running(&mut self) {
        let raised = match self.shape >> 3 {
            mode if mode == Mode::TitleCase as u64 => Shape::Title,
            mode if mode == Mode::Capitals as u64 => Shape::Upper,
            _ => return,
        };
        let is_name = self.seen & (seen::CAPITAL | seen::LOWER) == seen::CAPITAL;
        if self.shape & 7 == raised as u64 && !is_name && self.usual_case() == LOWER {
            self.is_capital = false;
            self.shape = self.shape & !7 | Shape::Lower as u64;
        }
    }
}

/// Looks a word up as it is, then without its accents.
fn class_of(lower: &str, lexicon: &dyn Lexicon) -> WordClass {
    let class = lexicon.class_of(phrase_hash(0, lower));
    if class.fine == 0 && !lower.is_ascii() {
        return lexicon.class_of(phrase_hash(0, &crate::text::fold::fold(lower)));
    }
    class
}

/// Numbers count by their length.
fn number(digits: &str) -> u64 {
    0x6e75_6d00 + digits.len().min(9) as u64
}

/// The word's letters as `X`, `x`, `d` and marks, runs shortened to two.
fn pattern(form: &str) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let (mut last, mut count) = ('\0', 0);
    for c in form.chars() {
        let class = if c.is_uppercase() {
            'X'
        } else if c.is_alphabetic() {
            'x'
        } else if c.is_numeric() {
            'd'
        } else {
            c
        };
        count = if class == last { count + 1 } else { 1 };
        last = class;
        if count <= 2 {
            hash = (hash ^ class as u64).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash
}

fn mark_lists(tokens: &Tokens, sentence: Range<usize>, lexicon: &dyn Lexicon, words: &mut [Word]) {
    const ANY_CASE: u32 = class::TITLE
        | class::ORG_WORD
        | class::PLACE_WORD
        | class::PERSON_VERB
        | class::PARTICLE
        | class::DATE
        | class::FUNCTION;
    let mut mark = |range: Range<usize>, classes: u32| {
        for index in range.clone() {
            let place = match index {
                _ if range.len() == 1 => 1,
                _ if index == range.start => 2,
                _ => 3,
            };
            words[index].lists |= classes;
            for bit in (0..CLASS_BITS).filter(|bit| classes >> bit & 1 == 1) {
                if words[index].places >> (2 * bit) & 3 <= 1 {
                    words[index].places &= !(3 << (2 * bit));
                    words[index].places |= place << (2 * bit);
                }
            }
        }
    };
    for found in GAZETTEER.find(tokens, sentence.clone()) {
        let is_name = tokens.shape(found.start).is_capital();
        let classes = if is_name {
            found.classes
        } else {
            found.classes & ANY_CASE
        };
        if classes != 0 {
            mark(found.start..found.end, classes);
        }
    }
    for start in sentence.clone() {
        if !tokens.shape(start).is_capital() {
            continue;
        }
        let mut hash = 0;
        let mut end = None;
        for index in start..sentence.end.min(start + 6) {
            let bits = lexicon.word(phrase_hash(hash, tokens.lower(index)));
            hash = extend(hash, tokens.lower(index));
            if bits & CITY != 0 {
                end = Some(index + 1);
            }
            if bits & CITY_PREFIX == 0 {
                break;
            }
        }
        if let Some(end) = end {
            mark(start..end, CITY_BIT);
        }
    }
}

/// Finds runs of capitals, with `of`, `and`, `the`, `&` and hyphens inside.
fn mark_runs(tokens: &Tokens, sentence: Range<usize>, words: &mut [Word]) {
    let mut at = sentence.start;
    while at < sentence.end {
        if !words[at].is_capital {
            at += 1;
            continue;
        }
        let start = at;
        let mut end = at + 1;
        let mut next = end;
        while next < sentence.end && next < end + 3 && next < start + 15 {
            if words[next].is_capital {
                next += 1;
                end = next;
            } else if matches!(
                tokens.lower(next),
                "of" | "the" | "&" | "for" | "-" | "de" | "al"
            ) {
                next += 1;
            } else {
                break;
            }
        }
        for word in &mut words[start..end] {
            word.run = (start as u32, end as u32);
        }
        at = end;
    }
}

/// Gathers what each word's places in the document say of it.
fn mark_seen(tokens: &Tokens, words: &mut [Word]) {
    let mut seen_of: HashMap<u64, u32, BuildHasherDefault<HashedKey>> = HashMap::default();
    for index in 0..words.len() {
        let bits = evidence(tokens, words, index);
        if bits != 0 {
            *seen_of.entry(words[index].lower).or_default() |= bits;
        }
    }
    for word in words {
        word.seen = seen_of.get(&word.lower).copied().unwrap_or(0);
    }
}

/// Ties short forms to the longest form in running text: `Rovers` to `Blackburn Rovers`, `KAPA` to its expansion.
fn mark_families(tokens: &Tokens, words: &mut [Word]) {
    let mut families: HashMap<u64, Family, BuildHasherDefault<HashedKey>> = HashMap::default();
    let mut at = 0;
    while at < words.len() {
        let (start, end) = (words[at].run.0 as usize, words[at].run.1 as usize);
        if end <= at {
            at += 1;
            continue;
        }
        at = end;
        if end - start < 2 || words[start].shape >> 3 != Mode::Running as u64 {
            continue;
        }
        let run = (start as u32, end as u32);
        let mut put = |key: u64, place: u8| {
            let known = families.entry(key).or_default();
            if known.place == 0 || known.run.1 - known.run.0 < run.1 - run.0 {
                *known = Family { run, place };
            }
        };
        for index in (start..end).filter(|&i| words[i].is_capital) {
            let place = match index {
                _ if index == start => 1,
                _ if index + 1 == end => 3,
                _ => 2,
            };
            put(words[index].lower, place);
        }
        let mut initials = String::new();
        for index in (start..end).filter(|&i| words[i].is_capital) {
            initials.extend(tokens.lower(index).chars().next());
        }
        if initials.chars().count() >= 3 {
            put(extend(0, &initials), 4);
        }
    }
    for word in words.iter_mut().filter(|w| w.is_raised) {
        let known = families.get(&word.lower).copied().unwrap_or_default();
        let is_other = known.run.1 - known.run.0 > word.run.1 - word.run.0;
        let is_acronym = word.shape & 7 == Shape::Upper as u64;
        if is_other && (known.place != 4 || is_acronym) {
            word.family = known;
        }
    }
}

fn evidence(tokens: &Tokens, words: &[Word], index: usize) -> u32 {
    let word = &words[index];
    if word.shape & 7 == Shape::Lower as u64 {
        return seen::LOWER;
    }
    let is_running = word.shape >> 3 == Mode::Running as u64;
    if !word.is_capital || !is_running {
        return 0;
    }
    let before = if word.starts || index == 0 {
        None
    } else {
        Some(&words[index - 1])
    };
    let after = words.get(index + 1).filter(|w| !w.starts);
    let before_lower = if before.is_some() {
        tokens.lower(index - 1)
    } else {
        ""
    };
    let mut bits = 0;
    let mut set = |bit: u32, holds: bool| bits |= if holds { bit } else { 0 };
    set(
        seen::CAPITAL,
        before.is_some() && !matches!(before_lower, "\"" | ":" | "'" | "–"),
    );
    if let Some(before) = before {
        set(seen::AFTER_TITLE, before.lists & class::TITLE != 0);
        set(
            seen::AFTER_IN,
            matches!(before_lower, "in" | "at" | "near" | "from" | "across"),
        );
        set(seen::LAST, before.is_capital && !before.starts);
        set(seen::AFTER_GIVEN, before.lists & class::GIVEN != 0);
        set(seen::AFTER_THE, before_lower == "the");
        set(seen::IN_BRACKETS, before_lower == "(");
        set(
            seen::AFTER_COMMA,
            before_lower == "," && index > 1 && words[index - 2].is_capital,
        );
    }
    if let Some(after) = after {
        set(seen::BEFORE_VERB, after.lists & class::PERSON_VERB != 0);
        set(seen::FIRST, after.is_capital && after.spaced);
        set(
            seen::BEFORE_ORG,
            after.is_capital && after.lists & class::ORG_WORD != 0,
        );
        set(seen::OWNS, tokens.lower(index + 1) == "'s");
    }
    bits
}
