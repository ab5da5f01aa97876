//! Lists of facts: countries with capitals and peoples, places, organisations, given names and surnames, and the words
//! that tell what kind of name stands beside them. Written for this program; they lie in `assets/names`.
//!
//! A list is evidence, not a verdict: the tagger weighs it (`Jordan` is a country, a river and a player).

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

use super::token::Tokens;
use crate::text::fold::fold;

/// Classes of listed names and words, as bits.
pub(crate) mod class {
    pub(crate) const COUNTRY: u32 = 1;
    pub(crate) const PEOPLE: u32 = 1 << 1;
    pub(crate) const PLACE: u32 = 1 << 2;
    pub(crate) const ORGANISATION: u32 = 1 << 3;
    pub(crate) const GIVEN: u32 = 1 << 4;
    pub(crate) const SURNAME: u32 = 1 << 5;
    pub(crate) const TITLE: u32 = 1 << 6;
    pub(crate) const ORG_WORD: u32 = 1 << 7;
    pub(crate) const PLACE_WORD: u32 = 1 << 8;
    pub(crate) const PERSON_VERB: u32 = 1 << 9;
    pub(crate) const PARTICLE: u32 = 1 << 10;
    pub(crate) const DATE: u32 = 1 << 11;
    pub(crate) const FUNCTION: u32 = 1 << 12;
    /// More words may follow: a longer listed phrase starts so.
    pub(super) const PREFIX: u32 = 1 << 31;
}

/// A listed phrase found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// First token.
    pub(crate) start: usize,
    /// Past the last token.
    pub(crate) end: usize,
    /// Bits of [`class`].
    pub(crate) classes: u32,
}

/// A country as the table has it.
#[derive(Clone, Debug)]
pub(crate) struct Country {
    /// Its English name.
    pub(crate) name: &'static str,
    /// Folded adjectives and names of its people.
    people: Vec<String>,
}

/// The lists, ready for matching.
#[derive(Debug, Default)]
pub(crate) struct Gazetteer {
    phrases: HashMap<u64, u32, BuildHasherDefault<HashedKey>>,
    countries: Vec<Country>,
    /// Folded name or alias → index of its country.
    country_by_name: HashMap<String, usize>,
}

/// Longest listed phrase, in tokens.
const MAX_PHRASE: usize = 8;

/// The lists, built at first use.
pub(crate) static GAZETTEER: LazyLock<Gazetteer> = LazyLock::new(Gazetteer::build);

impl Gazetteer {
    fn build() -> Self {
        let mut lists = Self::default();
        for line in data_lines(include_str!("../../assets/names/countries.tsv")) {
            lists.add_country(line);
        }
        for line in data_lines(include_str!("../../assets/names/places.txt")) {
            lists.add_all(line, class::PLACE);
        }
        for line in data_lines(include_str!("../../assets/names/organisations.txt")) {
            lists.add_all(line, class::ORGANISATION);
        }
        for line in data_lines(include_str!("../../assets/names/clubs.txt")) {
            lists.add_all(line, class::ORGANISATION);
        }
        for line in data_lines(include_str!("../../assets/names/peoples.txt")) {
            lists.add_all(line, class::PEOPLE);
        }
        lists.add_sections(include_str!("../../assets/names/people.txt"));
        lists.add_sections(include_str!("../../assets/names/words.txt"));
        lists
    }

    fn add_country(&mut self, line: &'static str) {
        let mut fields = line.split('\t');
        let mut field = || fields.next().unwrap_or("");
        let (name, others, capitals, people) = (field(), field(), field(), field());
        let index = self.countries.len();
        for alias in std::iter::once(name).chain(items(others)) {
            self.add(alias, class::COUNTRY);
            self.country_by_name
                .entry(country_key(alias))
                .or_insert(index);
        }
        self.add_all(capitals, class::PLACE);
        self.add_all(people, class::PEOPLE);
        self.countries.push(Country {
            name,
            people: items(people).map(fold).collect(),
        });
    }

    fn add_sections(&mut self, text: &str) {
        let mut class = 0;
        for line in data_lines(text) {
            match line {
                "[given]" => class = class::GIVEN,
                "[surname]" => class = class::SURNAME,
                "[title]" => class = class::TITLE,
                "[org]" => class = class::ORG_WORD,
                "[place]" => class = class::PLACE_WORD,
                "[person_verb]" => class = class::PERSON_VERB,
                "[given_particle]" => class = class::PARTICLE,
                "[weekday]" => class = class::DATE,
                "[function]" => class = class::FUNCTION,
                words => words.split(' ').for_each(|word| self.add(word, class)),
            }
        }
    }

    fn add_all(&mut self, list: &str, class: u32) {
        items(list).for_each(|item| self.add(item, class));
    }

    fn add(&mut self, phrase: &str, class: u32) {
        let mut tokens = Tokens::default();
        tokens.push_unit(0, phrase);
        let mut hash = 0;
        let count = tokens.list.len();
        for index in 0..count {
            hash = extend(hash, tokens.lower(index));
            let is_last = index + 1 == count;
            let bits = if is_last { class } else { class::PREFIX };
            *self.phrases.entry(hash).or_default() |= bits;
        }
    }

    /// Returns the classes of a single word in lower case.
    pub(crate) fn word(&self, lower: &str) -> u32 {
        self.phrases
            .get(&extend(0, lower))
            .map_or(0, |bits| bits & !class::PREFIX)
    }

    /// Finds listed phrases: at each token the longest of each class, case ignored.
    pub(crate) fn find(&self, tokens: &Tokens, range: std::ops::Range<usize>) -> Vec<Found> {
        let mut found = Vec::new();
        for start in range.clone() {
            let mut hash = 0;
            let mut seen = 0;
            let first = found.len();
            for end in start..range.end.min(start + MAX_PHRASE) {
                hash = extend(hash, tokens.lower(end));
                let Some(&bits) = self.phrases.get(&hash) else {
                    break;
                };
                if bits & !class::PREFIX != 0 {
                    seen |= bits;
                    found.push(Found {
                        start,
                        end: end + 1,
                        classes: bits & !class::PREFIX,
                    });
                }
                if bits & class::PREFIX == 0 {
                    break;
                }
            }
            if found.len() - first > 1 && seen != 0 {
                keep_longest(&mut found, first);
            }
        }
        found
    }

    /// Returns the country a name or alias stands for (`U.S.`: United States).
    pub(crate) fn country(&self, name: &str) -> Option<&Country> {
        let index = *self.country_by_name.get(&country_key(name))?;
        self.countries.get(index)
    }

    /// Returns the countries an adjective or a people's name belongs to.
    pub(crate) fn countries_of(&self, people: &str) -> impl Iterator<Item = &Country> {
        let folded = fold(people);
        self.countries
            .iter()
            .filter(move |country| country.people.contains(&folded))
    }
}

/// Drops a class from the shorter phrases that a longer phrase at the same place has too.
fn keep_longest(found: &mut Vec<Found>, first: usize) {
    let mut seen = 0;
    for entry in found[first..].iter_mut().rev() {
        entry.classes &= !seen;
        seen |= entry.classes;
    }
    let mut index = 0;
    found.retain(|entry| {
        index += 1;
        index <= first || entry.classes != 0
    });
}

fn data_lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn items(list: &str) -> impl Iterator<Item = &str> {
    list.split(';').filter(|item| !item.is_empty())
}

/// Folds a country's name so that `U.S.` and `US` are one, and `us` is neither.
fn country_key(name: &str) -> String {
    let letters: String = name.chars().filter(|&c| c != '.').collect();
    if letters.chars().count() <= 4 {
        return letters;
    }
    let folded = fold(&letters);
    folded
        .strip_prefix("the ")
        .map_or(folded.clone(), str::to_owned)
}

/// A hasher for keys that are hashes already.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct HashedKey(u64);

impl Hasher for HashedKey {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    fn write_u64(&mut self, hash: u64) {
        // FNV mixes its low bits well and its high bits less; the table looks at both.
        self.0 = hash ^ hash.rotate_left(32);
    }
}

/// Extends a hash by one word. FNV-1a, 64 bits, with a separator after the word.
pub(crate) fn extend(hash: u64, word: &str) -> u64 {
    let mut hash = hash ^ 0xcbf2_9ce4_8422_2325;
    for byte in word.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    (hash ^ 0x1f).wrapping_mul(0x0100_0000_01b3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_country_has_many_names() {
        for alias in [
            "US",
            "U.S.",
            "United States",
            "the United States",
            "America",
            "USA",
        ] {
            assert_eq!(
                GAZETTEER.country(alias).map(|c| c.name),
                Some("United States"),
                "{alias}"
            );
        }
        assert!(GAZETTEER.country("us").is_none());
        assert!(
            GAZETTEER
                .countries_of("Russian")
                .any(|c| c.name == "Russia")
        );
    }

    #[test]
    fn the_longest_phrase_of_a_class_wins() {
        let mut tokens = Tokens::default();
        tokens.push_unit(0, "the United States of America said");
        let found = GAZETTEER.find(&tokens, 0..6);
        assert!(found.contains(&Found {
            start: 1,
            end: 5,
            classes: class::COUNTRY
        }));
        assert!(
            !found
                .iter()
                .any(|f| f.end == 3 && f.classes & class::COUNTRY != 0)
        );
    }
}
