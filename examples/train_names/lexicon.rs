//! What the trainer knows of words beside the sentences: how they are written, which are places, which are used alike.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::path::Path;

use newsdesk::entities::tagger::features::{
    CITY, CITY_PREFIX, Lexicon, WordClass, extend_phrase, phrase_hash,
};
use newsdesk::entities::token::{Shape, Tokens};

#[derive(Default)]
pub(crate) struct PassHasher(u64);
impl Hasher for PassHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, _: &[u8]) {
        unreachable!("keys are 64-bit hashes")
    }
    fn write_u64(&mut self, n: u64) {
        self.0 = n.rotate_left(21);
    }
}
pub(crate) type HashTo<T> = HashMap<u64, T, BuildHasherDefault<PassHasher>>;

/// How words are written in running text, and places; with one document taken out, so that a word's own place in the
/// training text does not tell how it is written.
#[derive(Default)]
pub(crate) struct TrainLexicon {
    pub(crate) counts: HashTo<(u32, u32)>,
    pub(crate) cities: HashTo<u8>,
    pub(crate) classes: WordClasses,
}

/// The lexicon as seen from one document.
pub(crate) struct Without<'a> {
    pub(crate) all: &'a TrainLexicon,
    pub(crate) own: &'a HashTo<(u32, u32)>,
}

impl Lexicon for Without<'_> {
    fn word(&self, hash: u64) -> u8 {
        let (lower, capital) = self.all.counts.get(&hash).copied().unwrap_or_default();
        let own = self.own.get(&hash).copied().unwrap_or_default();
        case_class(lower - own.0.min(lower), capital - own.1.min(capital))
            | self.all.cities.get(&hash).copied().unwrap_or(0)
    }

    fn class_of(&self, hash: u64) -> WordClass {
        let classes = &self.all.classes;
        let Some(&fine) = classes.of.get(&hash) else {
            return WordClass::default();
        };
        let [middle, coarse, case] = classes.joins[fine as usize];
        WordClass {
            fine,
            middle,
            coarse,
            case,
        }
    }
}

/// Words that are used alike; see `word-classes.txt`.
#[derive(Default)]
pub(crate) struct WordClasses {
    pub(crate) of: HashTo<u16>,
    /// Of each fine class: middle and coarse one, and how its words are written.
    pub(crate) joins: Vec<[u8; 3]>,
}

impl WordClasses {
    /// Fills in how the words of each class are written, from how each word is.
    pub(crate) fn count_cases(&mut self, counts: &HashTo<(u32, u32)>) {
        /// Words of a class must be seen so often to say how it is written.
        const SEEN: u32 = 10;
        let mut sums = vec![(0, 0); self.joins.len()];
        for (hash, fine) in &self.of {
            let (lower, capital) = counts.get(hash).copied().unwrap_or_default();
            let sum: &mut (u32, u32) = &mut sums[usize::from(*fine)];
            *sum = (sum.0 + lower, sum.1 + capital);
        }
        for (join, (lower, capital)) in self.joins.iter_mut().zip(sums) {
            if lower + capital >= SEEN {
                join[2] = case_class(lower, capital);
            }
        }
    }
}

/// Reads lines `middle coarse word word …`, one a fine class, the first being class 1.
pub(crate) fn read_classes(text: &str) -> WordClasses {
    let mut classes = WordClasses {
        joins: vec![[0, 0, 0]],
        ..WordClasses::default()
    };
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let mut fields = line.split(' ');
        let mut join = || fields.next().and_then(|f| f.parse().ok()).unwrap_or(0);
        let joins = [join(), join(), 0];
        let fine = classes.joins.len() as u16;
        classes.joins.push(joins);
        for word in fields {
            classes.of.insert(phrase_hash(0, word), fine);
        }
    }
    classes
}

pub(crate) fn case_class(lower: u32, capital: u32) -> u8 {
    match (lower, capital) {
        (0, 0) => 0,
        _ if capital * 10 <= lower => 1,
        _ if lower * 10 <= capital => 3,
        _ => 2,
    }
}

/// Counts how each word is written where a capital is no duty.
pub(crate) fn case_counts(tokens: &Tokens) -> HashTo<(u32, u32)> {
    let mut counts: HashTo<(u32, u32)> = HashTo::default();
    for sentence in &tokens.sentences {
        let lowers = sentence
            .clone()
            .filter(|&i| tokens.shape(i) == Shape::Lower)
            .count();
        if lowers * 2 < sentence.len() {
            continue;
        }
        for index in sentence.clone() {
            let slot = || phrase_hash(0, tokens.lower(index));
            match tokens.shape(index) {
                Shape::Lower => counts.entry(slot()).or_default().0 += 1,
                shape if shape.is_capital() && index > sentence.start => {
                    counts.entry(slot()).or_default().1 += 1;
                }
                _ => {}
            }
        }
    }
    counts
}

pub(crate) fn read_cities(path: &Path) -> HashTo<u8> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let mut cities = HashTo::default();
    for line in text.lines().skip(1) {
        let mut fields = line.split(',');
        let (name, _, province) = (
            fields.next().unwrap_or(""),
            fields.next(),
            fields.next().unwrap_or(""),
        );
        for place in [name, province] {
            if place.is_empty() || place.contains('"') {
                continue;
            }
            let plain: String = newsdesk::text::fold::fold(place);
            for spelling in [place, plain.as_str()] {
                let mut tokens = Tokens::default();
                tokens.push_unit(0, spelling);
                let mut hash = 0;
                let count = tokens.list.len();
                for index in 0..count {
                    let key = phrase_hash(hash, tokens.lower(index));
                    hash = extend_phrase(hash, tokens.lower(index));
                    *cities.entry(key).or_insert(0) |= if index + 1 == count {
                        CITY
                    } else {
                        CITY_PREFIX
                    };
                }
            }
        }
    }
    cities
}
