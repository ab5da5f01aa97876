//! Trains the model of names that the program carries.
//!
//! ```text
//! NEWSDESK_DATA=/path/to/data cargo run --release --example train_names -- --out assets/names/model.bin
//! ```
//!
//! Reads `$NEWSDESK_DATA/names/train/*.jsonl` and `names/gaz/world-cities.csv`, brings every label to the one convention,
//! adds sentences in the letters of headlines and articles of our own making (`templates.txt`, `headlines.txt`), trains a
//! linear-chain CRF by AdaGrad, and then a second look: whole articles are labelled by weights that were learnt without them, and
//! a small model learns what the labels of a word's other places in the article say of it (`tagger::second`). One thread, fixed
//! order: the same files give the same model, byte for byte. It writes the weights that matter, one byte each, and measures what
//! the program would find in `names/dev/*.jsonl`, which is never trained on, and in the marked texts of `tests/names`.
//!
//! # What the command makes, and what it takes as it is
//! It makes all of `model.bin`: weights, how words are written (counted in the training texts), places (of the csv file).
//! It takes as they are, and does not make again:
//! - `word-classes.txt`: 100,000 words, those that are used alike on one line. Made once by k-means (1,500 centres, 15 rounds,
//!   cosine) over the vectors of `GloVe` (50 numbers a word, from 6 billion words; PDDL 1.0, public domain), the centres joined
//!   twice by Ward's rule. The vectors (822 MB) are not with the data, so this step cannot be repeated from them.
//! - the lists of `assets/names`, written by hand for this program; the lists are features, so a change wants a new model.
//!   `places-by-language.tsv`, names of the Unicode CLDR (Unicode License V3), is no input: only texts that are not English use it.
//! - `templates.txt`, `headlines.txt`, `slots.txt`: written by hand.
//!
//! `NOTICE` names the licences of all sources.
//!
//! # What each part is worth
//! F1 of exact spans over persons, organisations and places. `left out` are the 254 training articles of Wikinews, by a model that
//! learnt without them (`OPTIONS --without wikinews --measure …/train/wikinews.jsonl`); what follows is what the command prints with
//! the options of the last column: development sets (`titles` and `capitals`: headlines of the Wikinews ones alone, written so),
//! and texts of `tests/names`. Read with care: faults of a run without Wikinews were read while the rules after the tagger were
//! written, and `newswire.txt` before the made-up articles were, so that `left out` flatters the rules and `newswire` the articles.
//! `fresh` (351 names, short texts) was labelled before any program read it.
//!
//! | | left out | wikinews | wikigold | gum | btc | titles | capitals | newswire | fresh | options |
//! |---|---|---|---|---|---|---|---|---|---|---|
//! | all | 87.3 | 93.6 | 74.7 | 77.6 | 43.3 | 89.3 | 83.8 | 94.8 | 89.2 |  |
//! | no second look | 86.8 | 92.4 | 74.1 | 76.4 | 43.4 | 89.3 | 83.8 | 94.5 | 89.3 | `--no-second` |
//! | that, and no classes of words | 86.7 | 91.6 | 74.8 | 74.7 | 43.2 | 88.5 | 82.4 | 93.8 | 88.6 | `--no-second --no-classes` |
//! | no second look, no made-up articles | 86.8 | 92.4 | 75.2 | 76.9 | 43.3 | 85.5 | 81.8 | 88.8 | 88.0 | `--no-second --synthetic 0` |
//! | no second look, no headline letters | 87.5 | 92.8 | 74.1 | 77.4 | 43.0 | 86.0 | 80.7 | 95.4 | 89.7 | `--no-second --no-augment` |
//! | no second look, no `CrossNER` | 87.3 | 91.7 | 73.8 | 73.2 | 43.7 | 87.4 | 81.4 | 95.3 | 88.5 | `--no-second --without sharealike-crossner` |
//! | no second look, no tweets | 86.6 | 92.1 | 71.4 | 77.0 | 29.0 | 86.4 | 82.8 | 95.3 | 88.1 | `--no-second --without btc --without wnut17-train` |
//! | all, three times the made-up articles | 86.6 | 93.8 | 73.4 | 76.1 | 43.9 | 90.0 | 84.7 | 95.6 | 89.2 | `--synthetic 4500 --synthetic-weight 0.15` |
//!
//! What it says: the second look is worth 0.5 to 1.2 where articles are long, and nothing on short texts (its shape was chosen by
//! `left out` and the development sets, so that their gain is a little flattered). Classes of words bring 1.7 on
//! GUM and 1.4 on headlines, and nothing on left-out news and `WikiGold`. Letters of headlines and `CrossNER` cost left-out news 0.7
//! and 0.5; they stay for the 3 points that they bring on headlines and on GUM. More made-up articles help on texts like them, not
//! on left-out news. Differences under 0.5 say little.
//!
//! Tried and left: a second look with features of the labels around alone, little held back, that also learnt from GUM, whose spans
//! are derived (left-out news 85.4); one without such features and held back (`--l2-second 20`), still with GUM (86.6); one without
//! GUM, but with scores of label pairs of its own, which changes texts that say nothing twice (tweets 39.8). `--l2 8` for the first
//! look: left-out news 87.0 for 86.8, tweets 41.5 for 43.3. Hiding half of the features at each step was no better than `--l2 4`; a
//! bias against "no name" and lower floors lose more precision than they win recall.
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
mod second;
mod source;
mod synthetic;

use std::path::{Path, PathBuf};
use std::time::Instant;

use newsdesk::entities::tagger::Tagger;
use newsdesk::entities::tagger::chain::Transitions;

use learn::{Example, Schedule, extract, fit};
use lexicon::{TrainLexicon, case_counts, read_cities, read_classes};
use measure::{measure, measure_all, measure_headlines};
use pack::{heaviest, pack};
use random::Random;
use second::{FOLDS, learn_second};
use source::{Labelled, SOURCES, headlines, labelled, read, read_marked, recased};

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
    /// Learn a second look at whole articles, and how strongly its weights are held back.
    second: bool,
    l2_second: f32,
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
        l2_second: 20.0,
        second: true,
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
            "--l2-second" => options.l2_second = value().parse().expect("a number"),
            "--no-second" => options.second = false,
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

/// Sources of whole articles, which the second look learns from.
const OF_ARTICLES: &[&str] = &["wikinews", "wikigold"];

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
        let records = read(&folder.join("train").join(format!("{source}.jsonl")));
        for (number, record) in records.into_iter().enumerate() {
            let fold = OF_ARTICLES.contains(source).then_some(number % FOLDS);
            let start = documents.len();
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
            documents[start..].iter_mut().for_each(|d| d.fold = fold);
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

    let extracted = extract(&documents, &lexicon, options.cutoff);
    eprintln!(
        "{} sentences, {} features, {:.0?}",
        extracted.examples.len(),
        extracted.hashes.len(),
        clock.elapsed()
    );
    let first = Schedule {
        epochs: options.epochs,
        l2: options.l2,
        rate: options.rate,
        fixed_pairs: false,
    };
    // Where the document says nothing of a word, the second look changes nothing.
    let second = Schedule {
        l2: options.l2_second,
        fixed_pairs: true,
        ..first
    };
    let schedules = [first, second];
    let all: Vec<&Example> = extracted.examples.iter().collect();
    let start = Transitions::default();
    let first = fit(&all, &extracted.counts, start, schedules[0], &mut random);
    let (second, hashes) = if options.second {
        learn_second(
            &documents,
            &lexicon,
            &extracted,
            &first,
            schedules,
            &mut random,
        )
    } else {
        let start = first.transitions.clone();
        (fit(&[], &[], start, schedules[1], &mut random), Vec::new())
    };
    let looks = [
        heaviest(&first, &extracted.hashes, options.rows),
        heaviest(&second, &hashes, options.rows),
    ];
    let bytes = pack(&first.transitions, &looks, &lexicon);
    println!("model {} bytes", bytes.len());
    if let Some(out) = &options.out {
        std::fs::write(out, &bytes).expect("the model file can be written");
    }
    let tagger = Tagger::read(&bytes).expect("a model just written can be read");
    if options.measure.is_empty() {
        measure_what_was_not_learnt(&folder.join("dev"), &tagger, options.faults);
    }
    for path in &options.measure {
        measure(path, &tagger, options.faults);
    }
    eprintln!("{:.0?}", clock.elapsed());
}

/// Measures on the development sets, on their headlines alone, and on the marked texts of the tests.
fn measure_what_was_not_learnt(dev: &Path, tagger: &Tagger<'_>, faults: bool) {
    let file = |name: &str| dev.join(format!("{name}.jsonl"));
    for name in [
        "wikinews",
        "wikigold",
        "gum-wikinews",
        "btc-ef",
        "wnut17-dev",
    ] {
        measure(&file(name), tagger, faults);
    }
    measure_headlines(&file("wikinews"), tagger, faults);
    let texts = [
        ("newswire", include_str!("../../tests/names/newswire.txt")),
        ("world", include_str!("../../tests/names/world.txt")),
        ("mirrored", include_str!("../../tests/names/mirrored.txt")),
        ("talks", include_str!("../../tests/names/talks.txt")),
        ("fresh", include_str!("../../tests/names/fresh.txt")),
    ];
    for (name, text) in texts {
        measure_all(name, &read_marked(text), tagger, faults);
    }
}
