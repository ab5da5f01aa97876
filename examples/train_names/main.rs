//! Trains the model of names that the program carries.
//!
//! ```text
//! NEWSDESK_DATA=/path/to/data cargo run --release --example train_names -- --out assets/names/model.bin
//! ```
//!
//! Reads `$NEWSDESK_DATA/names/train/*.jsonl` and `names/gaz/world-cities.csv`, brings every label to the one convention,
//! adds sentences in the letters of headlines and articles of our own making (`templates.txt`, `headlines.txt`), trains a
//! linear-chain CRF by AdaGrad (one thread, fixed order: the same files give the same model), writes the weights that matter,
//! one byte each, and measures what the program would find in `names/dev/*.jsonl`, which is never trained on.
//!
//! `word-classes.txt` holds 100,000 words, those that are used alike on one line: k-means over the vectors of `GloVe` (50
//! numbers a word, from 6 billion words; public domain), the classes joined twice by Ward's rule.
//!
//! What each part is worth, in F1 of exact spans over persons, organisations and places. `newswire.txt` of `tests/names` was
//! looked at while the made-up articles were written, and faults of a run without Wikinews were read while the rules after the
//! tagger were: the figures of `agencies`, `world` and `headlines` flatter the made-up articles, and those of Wikinews the rules.
//! The table was measured with an older recipe than the one that is shipped (before the rules of `mend.rs`, `said.rs` and
//! `sport.rs`, and the longer lists); its differences say more than its figures.
//!
//! | | wikinews | wikigold | gum | agencies | world | headlines | titles | capitals |
//! |---|---|---|---|---|---|---|---|---|
//! | all | 93.1 | 76.2 | 74.9 | 94.3 | 90.4 | 97.7 | 85.0 | 82.1 |
//! | without classes of words (`--no-classes`) | 91.9 | 73.9 | 73.1 | 93.9 | 89.5 | 95.5 | 85.5 | 82.1 |
//! | without made-up articles (`--synthetic 0`) | 92.4 | 76.3 | 73.9 | 87.6 | 87.8 | 82.1 | 87.2 | 80.4 |
//! | without letters of headlines (`--no-augment`) | 92.2 | 74.5 | 74.7 | 93.8 | 90.0 | 100.0 | 80.0 | 78.3 |
//! | `--without wikinews` | 89.1 | 74.6 | 73.1 | 93.7 | 89.2 | 100.0 | 74.6 | 75.4 |
//! | `--without sharealike-crossner` | 91.7 | 73.2 | 70.2 | 95.0 | 89.3 | 97.7 | 86.4 | 79.7 |
//! | `--without btc --without wnut17-train` | 92.3 | 73.3 | 75.6 | 95.3 | 90.3 | 90.9 | 87.0 | 80.7 |
//! | without wikigold and both gum | 91.5 | 69.9 | 76.0 | 93.8 | 90.4 | 97.7 | 88.1 | 81.7 |
//!
//! Tried and left: hiding half of the features at each step (`--dropout 0.5`) is no better than `--l2 4`; a bias against "no
//! name" and lower floors lose more precision than they win recall.
#![allow(
    clippy::type_complexity,
    clippy::needless_range_loop,
    reason = "tables of numbers are walked by index"
)]

mod learn;
mod lexicon;
mod measure;
mod pack;
mod random;
mod source;
mod synthetic;

use std::path::PathBuf;
use std::time::Instant;

use newsdesk::entities::tagger::chain::Transitions;
use newsdesk::entities::tagger::{LABELS, Tagger};

use learn::{Weights, extract, learn};
use lexicon::{TrainLexicon, case_counts, read_cities, read_classes};
use measure::measure;
use pack::pack;
use random::Random;
use source::{Labelled, SOURCES, headlines, labelled, read, recased};

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
    dropout: f32,
    classes: bool,
    /// How many articles are made up, and what each counts.
    synthetic: usize,
    synthetic_weight: f32,
    /// Weights of sources other than [`SOURCES`] says.
    weights: Vec<(String, f32)>,
    /// Labelled files to measure on; none: the development sets.
    measure: Vec<PathBuf>,
    /// Print what was missed and what was wrong.
    faults: bool,
}

fn main() {
    let mut options = Options {
        data: std::env::var_os("NEWSDESK_DATA")
            .map(PathBuf::from)
            .unwrap_or_default(),
        out: None,
        without: Vec::new(),
        epochs: 8,
        l2: 4.0,
        rate: 0.05,
        cutoff: 2,
        rows: 320_000,
        augment: true,
        dropout: 0.0,
        classes: true,
        synthetic: 1_500,
        synthetic_weight: 0.3,
        weights: Vec::new(),
        measure: Vec::new(),
        faults: false,
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
            "--dropout" => options.dropout = value().parse().expect("a number"),
            "--cutoff" => options.cutoff = value().parse().expect("a number"),
            "--rows" => options.rows = value().parse().expect("a number"),
            "--weight" => {
                let pair = value();
                let (source, weight) = pair.split_once('=').expect("SOURCE=WEIGHT");
                let weight = weight.parse().expect("a number");
                options.weights.push((source.to_owned(), weight));
            }
            "--faults" => options.faults = true,
            "--measure" => options.measure.push(value().into()),
            "--synthetic" => options.synthetic = value().parse().expect("a number"),
            "--synthetic-weight" => options.synthetic_weight = value().parse().expect("a number"),
            "--no-classes" => options.classes = false,
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

/// Sources whose sentences are also learnt from in the letters of headlines.
const ALSO_AS_HEADLINES: &[&str] = &[
    "wikinews",
    "wikigold",
    "gum-wikinews",
    "sharealike-crossner",
];

fn train(options: &Options) {
    let clock = Instant::now();
    let folder = options.data.join("names");
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let mut documents = Vec::new();
    let mut lexicon = TrainLexicon {
        cities: read_cities(&folder.join("gaz/world-cities.csv")),
        classes: read_classes(if options.classes {
            include_str!("word-classes.txt")
        } else {
            ""
        }),
        ..TrainLexicon::default()
    };
    for (source, weight) in SOURCES {
        if options.without.iter().any(|w| w == source) {
            continue;
        }
        let other = options.weights.iter().find(|(name, _)| name == source);
        let weight = &other.map_or(*weight, |(_, weight)| *weight);
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
            if options.augment && ALSO_AS_HEADLINES.contains(source) {
                for (headline, capitals) in headlines(&record, 6, &mut random) {
                    let share = if capitals { 0.3 } else { 0.6 };
                    documents.push(Labelled {
                        headline_only: true,
                        ..labelled(&headline, source, share * weight)
                    });
                }
            }
            documents.push(labelled(&record, source, *weight));
        }
    }
    let cities = std::fs::read_to_string(folder.join("gaz/world-cities.csv")).unwrap_or_default();
    let made_up = synthetic::articles(&cities, options.synthetic, &mut random);
    let headlines = synthetic::headlines(&cities, options.synthetic * 2, &mut random);
    for record in made_up.into_iter().chain(headlines) {
        documents.push(Labelled {
            is_made_up: true,
            ..labelled(&record, "synthetic", options.synthetic_weight)
        });
    }
    for document in documents
        .iter()
        .filter(|d| !d.headline_only && !d.is_made_up)
    {
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
    for epoch in 0..options.epochs {
        for i in (1..order.len()).rev() {
            order.swap(i, (random.next() % (i as u64 + 1)) as usize);
        }
        let mut loss = 0.0;
        for (n, &index) in order.iter().enumerate() {
            let done = (epoch * order.len() + n) as f32 / (options.epochs * order.len()) as f32;
            loss += learn(
                &examples[index],
                &mut weights,
                options.rate * (1.0 - 0.95 * done),
                options.dropout,
                &mut random,
            );
        }
        eprintln!(
            "epoch {:2}  loss {loss:9.0}  {:.0?}",
            epoch + 1,
            clock.elapsed()
        );
    }
    for row in &mut weights.rows {
        row.iter_mut().for_each(|w| *w *= 1.0 - options.dropout);
    }
    let bytes = pack(&weights, &hashes, &lexicon, options.rows);
    println!("model {} bytes", bytes.len());
    if let Some(out) = &options.out {
        std::fs::write(out, &bytes).expect("the model file can be written");
    }
    let tagger = Tagger::read(&bytes).expect("a model just written can be read");
    for name in [
        "wikinews",
        "wikigold",
        "gum-wikinews",
        "btc-ef",
        "wnut17-dev",
    ] {
        if options.measure.is_empty() {
            measure(
                &folder.join("dev").join(format!("{name}.jsonl")),
                &tagger,
                options.faults,
            );
        }
    }
    for path in &options.measure {
        measure(path, &tagger, options.faults);
    }
    eprintln!("{:.0?}", clock.elapsed());
}
