//! Trains the model of names that the program carries.
//!
//! ```text
//! NEWSDESK_DATA=/path/to/data cargo run --release --example train_names -- --out assets/names/model.bin
//! ```
//!
//! Reads `$NEWSDESK_DATA/names/train/*.jsonl` and `names/gaz/world-cities.csv`, brings every label to the one convention,
//! trains a linear-chain CRF by AdaGrad (one thread, fixed order: the same files give the same model), measures on
//! `names/dev/*.jsonl` and writes the weights that matter, one byte each.
#![allow(
    clippy::type_complexity,
    clippy::needless_range_loop,
    reason = "tables of numbers are walked by index"
)]

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Instant;

use newsdesk::entities::tagger::chain::{Lattice, NEVER, Scores, Transitions, best_path};
use newsdesk::entities::tagger::features::{
    CASE, CITY, CITY_PREFIX, Features, Lexicon, phrase_hash,
};
use newsdesk::entities::tagger::{
    LABELS, convention, is_inside, kind_of, label, may_follow, model,
};
use newsdesk::entities::token::{Shape, Tokens};
use newsdesk::model::EntityKind;
use serde::Deserialize;

/// Sources and how much a sentence of each counts.
const SOURCES: &[(&str, f32)] = &[
    ("wikinews", 1.0),
    ("wikigold", 1.0),
    ("gum-wikinews", 0.7),
    ("gum-academic-court", 0.5),
    ("btc", 0.5),
    ("wnut17-train", 0.3),
    ("sharealike-crossner", 0.5),
];

/// Sources that do not label peoples, or label no MISC at all.
const WITHOUT_PEOPLES: &[&str] = &["btc", "gum-wikinews", "gum-academic-court", "wnut17-train"];
const WITHOUT_MISC: &[&str] = &["btc"];

#[derive(Deserialize)]
struct Record {
    text: String,
    entities: Vec<Gold>,
}

#[derive(Deserialize)]
struct Gold {
    start: usize,
    end: usize,
    #[serde(rename = "type")]
    kind: EntityKind,
}

struct Options {
    data: PathBuf,
    out: Option<PathBuf>,
    without: Vec<String>,
    epochs: usize,
    l2: f32,
    rate: f32,
    cutoff: u32,
    rows: usize,
    augment: bool,
}

fn main() {
    let mut options = Options {
        data: std::env::var_os("NEWSDESK_DATA")
            .map(PathBuf::from)
            .unwrap_or_default(),
        out: None,
        without: Vec::new(),
        epochs: 8,
        l2: 0.5,
        rate: 0.05,
        cutoff: 2,
        rows: 330_000,
        augment: true,
    };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().expect("the option needs a value");
        match arg.as_str() {
            "--out" => options.out = Some(value().into()),
            "--without" => options.without.push(value()),
            "--epochs" => options.epochs = value().parse().expect("a number"),
            "--l2" => options.l2 = value().parse().expect("a number"),
            "--rate" => options.rate = value().parse().expect("a number"),
            "--cutoff" => options.cutoff = value().parse().expect("a number"),
            "--rows" => options.rows = value().parse().expect("a number"),
            "--no-augment" => options.augment = false,
            other => panic!("unknown option {other}"),
        }
    }
    if !options.data.join("names").is_dir() {
        eprintln!("NEWSDESK_DATA must name a folder that holds names/");
        return;
    }
    train(&options);
}

/// A text with its tokens and labels.
struct Labelled {
    tokens: Tokens,
    labels: Vec<u8>,
    /// Bits of the labels that the source allows at each token; empty where it says all.
    allowed: Vec<u16>,
    weight: f32,
    /// Only the first line is trained from: the rest is evidence.
    headline_only: bool,
}

fn read(path: &Path) -> Vec<Record> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.lines()
        .map(|line| {
            serde_json::from_str(line).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
        })
        .collect()
}

fn tokenize(text: &str) -> (Tokens, Vec<usize>) {
    let mut tokens = Tokens::default();
    let mut offsets = Vec::new();
    let mut at = 0;
    for (n, line) in text.split_inclusive('\n').enumerate() {
        tokens.push_unit(n as u32, line);
        offsets.push(at);
        at += line.len();
    }
    (tokens, offsets)
}

/// Lays gold spans over tokens, by the convention.
fn gold_spans(
    record: &Record,
    tokens: &Tokens,
    offsets: &[usize],
    source: &str,
) -> Vec<(Range<usize>, EntityKind)> {
    let bytes: Vec<usize> = record
        .text
        .char_indices()
        .map(|(i, _)| i)
        .chain([record.text.len()])
        .collect();
    let starts: Vec<usize> = tokens
        .list
        .iter()
        .map(|t| offsets[t.unit as usize] + t.start as usize)
        .collect();
    let ends: Vec<usize> = tokens
        .list
        .iter()
        .map(|t| offsets[t.unit as usize] + t.end as usize)
        .collect();
    let mut spans = Vec::new();
    for gold in &record.entities {
        let (start, end) = (bytes[gold.start], bytes[gold.end]);
        let first = ends.partition_point(|&e| e <= start);
        let last = starts.partition_point(|&s| s < end);
        if first < last {
            spans.extend(convention::conform(tokens, first..last, gold.kind));
        }
    }
    if WITHOUT_PEOPLES.contains(&source) {
        let mut taken = vec![false; tokens.list.len()];
        spans.iter().for_each(|(s, _)| taken[s.clone()].fill(true));
        for range in convention::peoples(tokens) {
            if !taken[range.clone()].contains(&true) {
                taken[range.clone()].fill(true);
                spans.push((range, EntityKind::Other));
            }
        }
    }
    spans
}

fn labelled(record: &Record, source: &str, weight: f32) -> Labelled {
    let (tokens, offsets) = tokenize(&record.text);
    let spans = gold_spans(record, &tokens, &offsets, source);
    let mut labels = vec![0_u8; tokens.list.len()];
    for (span, kind) in spans {
        for index in span.clone() {
            labels[index] = label(kind, index > span.start) as u8;
        }
    }
    // A name never runs over the end of a sentence.
    for sentence in &tokens.sentences {
        let mut before = None;
        for index in sentence.clone() {
            let l = labels[index] as usize;
            if !may_follow(l, before) {
                labels[index] -= 1;
            }
            before = Some(labels[index] as usize);
        }
    }
    let allowed = if WITHOUT_MISC.contains(&source) {
        let misc = 1 << label(EntityKind::Other, false) | 1 << label(EntityKind::Other, true);
        labels
            .iter()
            .enumerate()
            .map(|(i, &l)| {
                let open = l == 0 && tokens.shape(i).is_capital();
                1 << l | if open { misc } else { 0 }
            })
            .collect()
    } else {
        Vec::new()
    };
    Labelled {
        tokens,
        labels,
        allowed,
        weight,
        headline_only: false,
    }
}

/// The headline of a record in Title Case or in capitals, the rest as it is. Offsets stay where they are.
fn recased(record: &Record, capitals: bool) -> Option<Record> {
    let (headline, rest) = record.text.split_once('\n')?;
    let mut out = String::new();
    let mut starts = true;
    for c in headline.chars() {
        let up = c
            .to_uppercase()
            .next()
            .filter(|_| c.to_uppercase().count() == 1)
            .unwrap_or(c);
        out.push(if capitals || starts { up } else { c });
        starts = c.is_whitespace();
    }
    if !capitals {
        for word in ["Of", "The", "In", "On", "At", "And", "For", "To", "A", "By"] {
            out = out.replace(&format!(" {word} "), &format!(" {} ", word.to_lowercase()));
        }
    }
    let entities = record.entities.iter().map(|g| Gold { ..*g }).collect();
    Some(Record {
        text: format!("{out}\n{rest}"),
        entities,
    })
}

#[derive(Default)]
struct PassHasher(u64);
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
type HashTo<T> = HashMap<u64, T, BuildHasherDefault<PassHasher>>;

/// How words are written in running text, and places; with one document taken out, so that a word's own place in the
/// training text does not tell how it is written.
#[derive(Default)]
struct TrainLexicon {
    counts: HashTo<(u32, u32)>,
    cities: HashTo<u8>,
}

/// The lexicon as seen from one document.
struct Without<'a> {
    all: &'a TrainLexicon,
    own: &'a HashTo<(u32, u32)>,
}

impl Lexicon for Without<'_> {
    fn word(&self, hash: u64) -> u8 {
        let (lower, capital) = self.all.counts.get(&hash).copied().unwrap_or_default();
        let own = self.own.get(&hash).copied().unwrap_or_default();
        case_class(lower - own.0.min(lower), capital - own.1.min(capital))
            | self.all.cities.get(&hash).copied().unwrap_or(0)
    }
}

fn case_class(lower: u32, capital: u32) -> u8 {
    match (lower, capital) {
        (0, 0) => 0,
        _ if capital * 10 <= lower => 1,
        _ if lower * 10 <= capital => 3,
        _ => 2,
    }
}

/// Counts how each word is written where a capital is no duty.
fn case_counts(tokens: &Tokens) -> HashTo<(u32, u32)> {
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

fn read_cities(path: &Path) -> HashTo<u8> {
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
                    hash = newsdesk::entities::tagger::features::extend_phrase(
                        hash,
                        tokens.lower(index),
                    );
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

/// A sentence ready for training.
struct Example {
    features: Vec<u32>,
    /// End of each token's features.
    ends: Vec<u32>,
    labels: Vec<u8>,
    allowed: Vec<u16>,
    weight: f32,
}

struct Weights {
    rows: Vec<[f32; LABELS]>,
    squares: Vec<[f32; LABELS]>,
    decay: Vec<f32>,
    transitions: Transitions,
    transition_squares: [[f32; LABELS]; LABELS + 1],
}

fn train(options: &Options) {
    let clock = Instant::now();
    let folder = options.data.join("names");
    let mut documents = Vec::new();
    let mut lexicon = TrainLexicon {
        cities: read_cities(&folder.join("gaz/world-cities.csv")),
        ..TrainLexicon::default()
    };
    for (source, weight) in SOURCES {
        if options.without.iter().any(|w| w == source) {
            continue;
        }
        for record in read(&folder.join("train").join(format!("{source}.jsonl"))) {
            if options.augment && *source == "wikinews" {
                for capitals in [false, true] {
                    let again = recased(&record, capitals);
                    let share = if capitals { 0.3 } else { 1.0 };
                    documents.extend(again.map(|r| Labelled {
                        headline_only: true,
                        weight: share,
                        ..labelled(&r, source, 1.0)
                    }));
                }
            }
            documents.push(labelled(&record, source, *weight));
        }
    }
    for document in documents.iter().filter(|d| !d.headline_only) {
        for (hash, (lower, capital)) in case_counts(&document.tokens) {
            let slot = lexicon.counts.entry(hash).or_default();
            slot.0 += lower;
            slot.1 += capital;
        }
    }
    eprintln!(
        "{} documents read, {:.0?}",
        documents.len(),
        clock.elapsed()
    );

    let (examples, hashes, counts) = extract(&documents, &lexicon, options.cutoff);
    eprintln!(
        "{} sentences, {} features, {:.0?}",
        examples.len(),
        hashes.len(),
        clock.elapsed()
    );
    let mut weights = Weights {
        rows: vec![[0.0; LABELS]; hashes.len()],
        squares: vec![[1e-2; LABELS]; hashes.len()],
        decay: counts.iter().map(|&c| options.l2 / c.max(1.0)).collect(),
        transitions: Transitions::default(),
        transition_squares: [[1e-2; LABELS]; LABELS + 1],
    };
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    for epoch in 0..options.epochs {
        for i in (1..order.len()).rev() {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            order.swap(i, (random % (i as u64 + 1)) as usize);
        }
        let mut loss = 0.0;
        for (n, &index) in order.iter().enumerate() {
            let done = (epoch * order.len() + n) as f32 / (options.epochs * order.len()) as f32;
            loss += learn(
                &examples[index],
                &mut weights,
                options.rate * (1.0 - 0.95 * done),
            );
        }
        eprintln!(
            "epoch {:2}  loss {loss:9.0}  {:.0?}",
            epoch + 1,
            clock.elapsed()
        );
    }
    let bytes = pack(&weights, &hashes, &lexicon, options.rows);
    println!("model {} bytes", bytes.len());
    if let Some(out) = &options.out {
        std::fs::write(out, &bytes).expect("the model file can be written");
    }
    let model = model::Model::read(&bytes).expect("a model just written can be read");
    for name in [
        "wikinews",
        "wikigold",
        "gum-wikinews",
        "btc-ef",
        "wnut17-dev",
    ] {
        measure(name, &folder, &model);
    }
    eprintln!("{:.0?}", clock.elapsed());
}

fn extract(
    documents: &[Labelled],
    lexicon: &TrainLexicon,
    cutoff: u32,
) -> (Vec<Example>, Vec<u64>, Vec<f32>) {
    let mut counts: HashTo<(u32, f32)> = HashTo::default();
    let nothing = HashTo::default();
    let walk = |visit: &mut dyn FnMut(&Labelled, &Range<usize>, &[Vec<u64>])| {
        for document in documents {
            let own = if document.headline_only {
                nothing.clone()
            } else {
                case_counts(&document.tokens)
            };
            let features = Features::new(
                &document.tokens,
                &Without {
                    all: lexicon,
                    own: &own,
                },
            );
            for sentence in &document.tokens.sentences {
                if document.headline_only && document.tokens.list[sentence.start].unit > 0 {
                    break;
                }
                let rows: Vec<Vec<u64>> = sentence
                    .clone()
                    .map(|index| {
                        let mut row = Vec::new();
                        features.of(sentence, index, &mut row);
                        row
                    })
                    .collect();
                visit(document, sentence, &rows);
            }
        }
    };
    walk(&mut |document, _, rows| {
        for &hash in rows.iter().flatten() {
            let slot = counts.entry(hash).or_default();
            slot.0 += 1;
            slot.1 += document.weight;
        }
    });
    let mut hashes: Vec<u64> = counts
        .iter()
        .filter(|(_, c)| c.0 >= cutoff)
        .map(|(h, _)| *h)
        .collect();
    hashes.sort_unstable();
    let weights: Vec<f32> = hashes.iter().map(|h| counts[h].1).collect();
    drop(counts);
    let index: HashTo<u32> = hashes.iter().zip(0..).map(|(h, n)| (*h, n)).collect();
    let mut examples = Vec::new();
    walk(&mut |document, sentence, rows| {
        let mut example = Example {
            features: Vec::new(),
            ends: Vec::new(),
            labels: document.labels[sentence.clone()].to_vec(),
            allowed: document
                .allowed
                .get(sentence.clone())
                .map(<[u16]>::to_vec)
                .unwrap_or_default(),
            weight: document.weight,
        };
        for row in rows {
            example
                .features
                .extend(row.iter().filter_map(|h| index.get(h)));
            example.ends.push(example.features.len() as u32);
        }
        examples.push(example);
    });
    (examples, hashes, weights)
}

/// One step: gradient of one sentence's log-likelihood.
fn learn(example: &Example, weights: &mut Weights, rate: f32) -> f64 {
    let mut emissions: Vec<Scores> = Vec::with_capacity(example.labels.len());
    let mut start = 0;
    for &end in &example.ends {
        let mut sums = [0.0; LABELS];
        for &feature in &example.features[start..end as usize] {
            for (sum, weight) in sums.iter_mut().zip(&weights.rows[feature as usize]) {
                *sum += weight;
            }
        }
        emissions.push(sums);
        start = end as usize;
    }
    let mut free = Lattice::default();
    free.compute(&emissions, &weights.transitions, &[]);
    let bound: Vec<u16> = if example.allowed.is_empty() {
        example.labels.iter().map(|&l| 1 << l).collect()
    } else {
        example.allowed.clone()
    };
    let mut gold = Lattice::default();
    gold.compute(&emissions, &weights.transitions, &bound);
    let mut start = 0;
    for (at, &end) in example.ends.iter().enumerate() {
        let gradient: Scores = std::array::from_fn(|l| {
            (free.posteriors[at][l] - gold.posteriors[at][l]) * example.weight
        });
        let features = &example.features[start..end as usize];
        start = end as usize;
        if gradient.iter().all(|g| g.abs() < 1e-4) {
            continue;
        }
        for &feature in features {
            let feature = feature as usize;
            let decay = weights.decay[feature] * example.weight;
            let (row, squares) = (&mut weights.rows[feature], &mut weights.squares[feature]);
            for l in 0..LABELS {
                let g = gradient[l] + decay * row[l];
                squares[l] += g * g;
                row[l] -= rate * g / squares[l].sqrt();
            }
        }
    }
    for (before, row) in free.pairs.iter().enumerate() {
        for l in 0..LABELS {
            if may_follow(l, Some(before)) {
                let g = (row[l] - gold.pairs[before][l]) * example.weight;
                let square = &mut weights.transition_squares[before][l];
                *square += g * g;
                weights.transitions.pairs[before][l] -= rate * g / square.sqrt();
            }
        }
    }
    if let (Some(free), Some(gold)) = (free.posteriors.first(), gold.posteriors.first()) {
        for l in (0..LABELS).filter(|&l| may_follow(l, None)) {
            let g = (free[l] - gold[l]) * example.weight;
            let square = &mut weights.transition_squares[LABELS][l];
            *square += g * g;
            weights.transitions.start[l] -= rate * g / square.sqrt();
        }
    }
    free.log_sum - gold.log_sum
}

/// Keeps the heaviest rows, one byte a weight.
fn pack(weights: &Weights, hashes: &[u64], lexicon: &TrainLexicon, most: usize) -> Vec<u8> {
    let spread = |row: &Scores| {
        let max = row.iter().copied().fold(f32::MIN, f32::max);
        let min = row.iter().copied().fold(f32::MAX, f32::min);
        max - min
    };
    let mut order: Vec<usize> = (0..hashes.len()).collect();
    order.sort_by(|&a, &b| {
        spread(&weights.rows[b])
            .total_cmp(&spread(&weights.rows[a]))
            .then(a.cmp(&b))
    });
    order.truncate(most);
    let mut sizes: Vec<f32> = order
        .iter()
        .flat_map(|&r| weights.rows[r].map(f32::abs))
        .collect();
    sizes.sort_by(f32::total_cmp);
    let top = sizes[sizes.len() - 1 - sizes.len() / 20_000];
    let scale = top / 127.0;
    eprintln!(
        "smallest row kept {:.3}, scale {scale:.5}",
        order.last().map_or(0.0, |&r| spread(&weights.rows[r]))
    );
    let rows: Vec<(u64, [i8; LABELS])> = order
        .iter()
        .map(|&r| {
            (
                hashes[r],
                weights.rows[r].map(|w| (w / scale).round().clamp(-127.0, 127.0) as i8),
            )
        })
        .collect();
    let mut words: HashTo<u8> = lexicon.cities.clone();
    for (hash, &(lower, capital)) in &lexicon.counts {
        *words.entry(*hash).or_default() |= case_class(lower, capital) & CASE;
    }
    let mut words: Vec<(u64, u8)> = words.into_iter().collect();
    words.sort_unstable();
    let mut transitions = weights.transitions.clone();
    for (before, row) in transitions.pairs.iter_mut().enumerate() {
        for (l, score) in row.iter_mut().enumerate() {
            if !may_follow(l, Some(before)) {
                *score = NEVER;
            }
        }
    }
    model::write(scale, &transitions, &rows, &words)
}

/// Exact spans over PER, ORG and LOC.
fn measure(name: &str, folder: &Path, model: &model::Model<'_>) {
    let transitions = model.transitions();
    let mut counts = [[0_usize; 3]; 4];
    for record in read(&folder.join("dev").join(format!("{name}.jsonl"))) {
        let (tokens, offsets) = tokenize(&record.text);
        let bytes: Vec<usize> = record
            .text
            .char_indices()
            .map(|(i, _)| i)
            .chain([record.text.len()])
            .collect();
        let gold: Vec<(usize, usize, EntityKind)> = record
            .entities
            .iter()
            .map(|g| (bytes[g.start], bytes[g.end], g.kind))
            .collect();
        let features = Features::new(&tokens, model);
        let mut found = Vec::new();
        let mut row = Vec::new();
        for sentence in &tokens.sentences {
            let emissions: Vec<Scores> = sentence
                .clone()
                .map(|index| {
                    row.clear();
                    features.of(sentence, index, &mut row);
                    model.score(&row)
                })
                .collect();
            for (range, kind) in spans(&best_path(&emissions, &transitions)) {
                let (first, last) = (
                    tokens.list[sentence.start + range.start],
                    tokens.list[sentence.start + range.end - 1],
                );
                let shift = offsets[first.unit as usize];
                found.push((
                    shift + first.start as usize,
                    shift + last.end as usize,
                    kind,
                ));
            }
        }
        for (n, kind) in EntityKind::ALL.into_iter().enumerate() {
            counts[n][0] += found
                .iter()
                .filter(|f| f.2 == kind && gold.contains(f))
                .count();
            counts[n][1] += found.iter().filter(|f| f.2 == kind).count();
            counts[n][2] += gold.iter().filter(|g| g.2 == kind).count();
        }
    }
    let f1 = |c: [usize; 3]| 200.0 * c[0] as f64 / (c[1] + c[2]).max(1) as f64;
    let sum = |rows: &[[usize; 3]]| -> [usize; 3] {
        std::array::from_fn(|i| rows.iter().map(|r| r[i]).sum())
    };
    let all = sum(&counts[..3]);
    println!(
        "{name:14} F {:5.1}  P {:5.1}  R {:5.1}   PER {:5.1}  ORG {:5.1}  LOC {:5.1}  MISC {:5.1}",
        f1(all),
        100.0 * all[0] as f64 / all[1].max(1) as f64,
        100.0 * all[0] as f64 / all[2].max(1) as f64,
        f1(counts[0]),
        f1(counts[1]),
        f1(counts[2]),
        f1(counts[3]),
    );
}

fn spans(path: &[usize]) -> Vec<(Range<usize>, EntityKind)> {
    let mut out: Vec<(Range<usize>, EntityKind)> = Vec::new();
    for (index, &l) in path.iter().enumerate() {
        match kind_of(l) {
            Some(_) if is_inside(l) && out.last().is_some_and(|(r, _)| r.end == index) => {
                if let Some((range, _)) = out.last_mut() {
                    range.end += 1;
                }
            }
            Some(kind) => out.push((index..index + 1, kind)),
            None => {}
        }
    }
    out
}
