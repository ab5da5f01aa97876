//! Trains the cleaner's model on labelled pages, cross-validated by host.
//!
//! ```text
//! NEWSDESK_DATA=DIR cargo run --release --example train_cleaner -- [--out FOLDER] [--model FILE]
//! ```
//!
//! `DIR/pages` holds `pages.tar.xz` and `truth.jsonl.xz` (unpacked with `tar` and `xz`). Five models are trained, each
//! without a fifth of the hosts; with `--out` the pages of that fifth are cleaned by it and written as JSON, so that a
//! scorer sees only pages that the model has not seen; the five models are written there too, and `--reuse FOLDER` cleans
//! with them again, to try rules. `--model` then trains on all pages and writes the model that ships.
//! The result is the same on each run.
#![allow(
    clippy::needless_range_loop,
    reason = "tables of numbers are walked by index"
)]

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use newsdesk::extract::training::{
    self, Forest, MORE_NAMES, Model, NAMES, Prepared, Tree, WIDTH, WIDTH_2, sigmoid,
};
use newsdesk::extract::{SiteMemory, clean_json, decode};
use serde_json::Value;
use url::Url;

const FOLDS: usize = 5;
const BINS: usize = 64;

struct Settings {
    trees: usize,
    depth: usize,
    rate: f32,
    /// Hessian of a leaf's prior.
    lambda: f32,
}

/// A labelled page.
struct Sample {
    id: String,
    set: String,
    kind: String,
    url: Option<Url>,
    host: usize,
    fold: usize,
    prepared: Prepared,
    /// For each text: how much of it is in the article, 0 to 1.
    labels: Vec<f32>,
    weights: Vec<f32>,
    /// Words of each text and of the article, for scoring.
    tokens: Vec<Vec<u64>>,
    truth: Vec<u64>,
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let value_of = |name: &str| {
        args.iter()
            .position(|arg| arg == name)
            .and_then(|at| args.get(at + 1))
            .cloned()
    };
    let Ok(data) = std::env::var("NEWSDESK_DATA") else {
        eprintln!("NEWSDESK_DATA is not set: nothing to train on");
        return;
    };
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let number = |name: &str, default: f32| {
        value_of(name)
            .and_then(|v| v.parse().ok())
            .unwrap_or(default)
    };
    let settings = Settings {
        trees: number("--trees", 120.0) as usize,
        depth: number("--depth", 6.0) as usize,
        rate: number("--rate", 0.12),
        lambda: number("--lambda", 1.0),
    };
    let (mut samples, memories) = load(Path::new(&data), threads);
    eprintln!(
        "{} pages, {} texts",
        samples.len(),
        samples.iter().map(|s| s.labels.len()).sum::<usize>()
    );
    if let (Some(folder), Some(out)) = (value_of("--reuse"), value_of("--out")) {
        let models: Vec<Model> = (0..FOLDS)
            .map(|n| {
                let bytes =
                    std::fs::read(Path::new(&folder).join(format!("model.{n}"))).expect("a model");
                Model::read(&bytes).expect("a whole model")
            })
            .collect();
        clean_unseen(&samples, &memories, &models, Path::new(&out), threads);
        return;
    }
    let trained: Vec<usize> = (0..samples.len())
        .filter(|n| samples[*n].set != "mozilla")
        .collect();

    // Word tables that leave out one or two folds, so that no page is described by words learnt from it.
    let mut tables: HashMap<(usize, usize), Model> = HashMap::new();
    for a in 0..=FOLDS {
        for b in a..=FOLDS {
            let pages: Vec<&Sample> = trained
                .iter()
                .map(|n| &samples[*n])
                .filter(|s| s.fold != a && s.fold != b)
                .collect();
            tables.insert((a, b), word_tables(&pages));
        }
    }
    let table = |a: usize, b: usize| &tables[&(a.min(b), a.max(b))];

    // First judgement: fold FOLDS stands for "all pages".
    let mut firsts: Vec<Model> = Vec::new();
    for fold in 0..=FOLDS {
        let pages: Vec<usize> = trained
            .iter()
            .copied()
            .filter(|n| samples[*n].fold != fold)
            .collect();
        let rows = in_parallel(&pages, threads, |n| {
            samples[*n].prepared.first(table(samples[*n].fold, fold))
        });
        let forest = train(&samples, &pages, &rows, WIDTH, &settings, threads);
        let mut model = table(fold, fold).clone();
        model.first = forest;
        firsts.push(model);
        eprintln!("first judgement {fold} trained");
    }
    // Probabilities of the first judgement on pages it has not seen.
    let all: Vec<usize> = (0..samples.len()).collect();
    let unseen = in_parallel(&all, threads, |n| {
        let model = &firsts[samples[*n].fold];
        samples[*n]
            .prepared
            .first(model)
            .chunks(WIDTH)
            .map(|row| sigmoid(model.first.score(row)))
            .collect::<Vec<f32>>()
    });
    // Labels that end long before the article does count for little in the second judgement.
    for (sample, p) in samples.iter_mut().zip(&unseen) {
        let (mut kept, mut right, mut all) = (0.0_f32, 0.0_f32, 0.0_f32);
        for ((tokens, label), p) in sample.tokens.iter().zip(&sample.labels).zip(p) {
            let size = tokens.len() as f32;
            all += size * label;
            if *p > 0.5 {
                kept += size;
                right += size * label;
            }
        }
        if right > 0.8 * all && right < 0.5 * kept {
            sample.weights.iter_mut().for_each(|weight| *weight *= 0.2);
        }
    }
    let mut models = Vec::new();
    for fold in 0..=FOLDS {
        if fold == FOLDS && value_of("--model").is_none() {
            break;
        }
        let pages: Vec<usize> = trained
            .iter()
            .copied()
            .filter(|n| samples[*n].fold != fold)
            .collect();
        let rows = in_parallel(&pages, threads, |n| {
            samples[*n]
                .prepared
                .second(table(samples[*n].fold, fold), &unseen[*n])
        });
        let mut model = firsts[fold].clone();
        model.second = train(&samples, &pages, &rows, WIDTH_2, &settings, threads);
        models.push(model);
        eprintln!("second judgement {fold} trained");
    }
    importance(&models[0].first, NAMES);
    importance(&models[0].second, &[NAMES, MORE_NAMES].concat());

    // The threshold, chosen on unseen pages.
    let p = in_parallel(&all, threads, |n| {
        let model = &models[samples[*n].fold];
        let rows = samples[*n].prepared.second(model, &unseen[*n]);
        rows.chunks(WIDTH_2)
            .map(|row| sigmoid(model.second.score(row)))
            .collect::<Vec<f32>>()
    });
    report(&samples, &unseen, 0.5, "first");
    let mut best = (0.0, 0.5);
    for step in 6..17 {
        let threshold = step as f32 * 0.04;
        let f1 = report(&samples, &p, threshold, "second");
        if f1 > best.0 {
            best = (f1, threshold);
        }
    }
    // The best that can be done block by block.
    let oracle: Vec<Vec<f32>> = samples.iter().map(|s| s.labels.clone()).collect();
    report(&samples, &oracle, 0.5, "oracle");
    for model in &mut models {
        model.threshold = number("--threshold", best.1);
    }
    if let Some(out) = value_of("--out") {
        let out = PathBuf::from(out);
        clean_unseen(&samples, &memories, &models, &out, threads);
        for (n, model) in models.iter().enumerate() {
            std::fs::write(out.join(format!("model.{n}")), model.write()).expect("a model");
        }
    }
    if let Some(path) = value_of("--model") {
        let bytes = models[FOLDS].write();
        eprintln!("{path}: {} bytes, threshold {}", bytes.len(), best.1);
        std::fs::write(path, bytes).expect("the model");
    }
}

/// Cleans each page with the model that has not seen its host.
fn clean_unseen(
    samples: &[Sample],
    memories: &[SiteMemory],
    models: &[Model],
    out: &Path,
    threads: usize,
) {
    std::fs::create_dir_all(out).expect("a folder for the outputs");
    let all: Vec<usize> = (0..samples.len()).collect();
    in_parallel(&all, threads, |n| {
        let sample = &samples[*n];
        let extraction = sample
            .prepared
            .clean(&memories[sample.host], &models[sample.fold]);
        let json = clean_json(&extraction, sample.url.as_ref());
        std::fs::write(out.join(format!("{}.json", sample.id)), json.to_string())
            .expect("an output");
    });
}

/// Reads pages and labels.
fn load(data: &Path, threads: usize) -> (Vec<Sample>, Vec<SiteMemory>) {
    let folder = std::env::temp_dir().join("newsdesk-train-cleaner");
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let archive = data.join("pages/pages.tar.xz");
    let unpacked = Command::new("tar")
        .arg("-xJf")
        .arg(&archive)
        .arg("-C")
        .arg(&folder)
        .status()
        .expect("tar");
    assert!(
        unpacked.success(),
        "tar could not unpack {}",
        archive.display()
    );
    let truth = Command::new("xz")
        .arg("-dc")
        .arg(data.join("pages/truth.jsonl.xz"))
        .output()
        .expect("xz")
        .stdout;
    let truth = String::from_utf8(truth).expect("the labels are UTF-8");
    let mut hosts: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for line in truth.lines() {
        let value: Value = serde_json::from_str(line).expect("a label is JSON");
        let url = Url::parse(value["url"].as_str().unwrap_or_default()).ok();
        let host = url
            .as_ref()
            .and_then(Url::host_str)
            .unwrap_or_default()
            .to_owned();
        hosts.entry(host).or_default().push(value);
    }
    let hosts: Vec<(String, Vec<Value>)> = hosts.into_iter().collect();
    let numbers: Vec<usize> = (0..hosts.len()).collect();
    let loaded = in_parallel(&numbers, threads, |host| {
        let (name, labels) = &hosts[*host];
        let pages: Vec<(Option<Url>, String)> = labels
            .iter()
            .map(|label| {
                let path =
                    folder.join(format!("{}.html", label["id"].as_str().unwrap_or_default()));
                let bytes = std::fs::read(&path).expect("a page");
                let charset = label["charset"].as_str().filter(|c| !c.is_empty());
                (
                    Url::parse(label["url"].as_str().unwrap_or_default()).ok(),
                    decode(&bytes, charset),
                )
            })
            .collect();
        let (memory, prepared) = training::prepare(&pages);
        // Hosts of one site stay in one fold.
        let site = name.trim_start_matches("www.");
        let hash = site.bytes().fold(7_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let samples: Vec<Sample> = prepared
            .into_iter()
            .zip(labels.iter().zip(pages))
            .map(|(prepared, (label, (url, _)))| {
                let truth = tokens(label["body"].as_str().unwrap_or_default());
                let tokens: Vec<Vec<u64>> = prepared
                    .texts()
                    .iter()
                    .map(|text| self::tokens(text))
                    .collect();
                let labels = align(&tokens, &truth);
                let kind = label["type"].as_str().unwrap_or_default().to_owned();
                let set = label["set"].as_str().unwrap_or_default().to_owned();
                let base = match (set.as_str(), kind.as_str()) {
                    ("scrapinghub" | "newsdata" | "fundus", _) => 1.5,
                    ("chinese", _) | (_, "article") => 1.0,
                    _ => 0.5,
                };
                let weights = weights(&tokens, &labels, truth.len(), base);
                Sample {
                    id: label["id"].as_str().unwrap_or_default().to_owned(),
                    set,
                    kind,
                    url,
                    host: *host,
                    fold: if site == "example.com" {
                        (label["id"]
                            .as_str()
                            .unwrap_or_default()
                            .bytes()
                            .map(usize::from)
                            .sum::<usize>())
                            % FOLDS
                    } else {
                        ((hash >> 20) % FOLDS as u64) as usize
                    },
                    prepared,
                    labels,
                    weights,
                    tokens,
                    truth,
                }
            })
            .collect();
        (memory, samples)
    });
    let mut samples = Vec::new();
    let mut memories = Vec::new();
    for (memory, own) in loaded {
        memories.push(memory);
        samples.extend(own);
    }
    (samples, memories)
}

/// Weighs each text by its share of the article, and bounds what the clutter of one page weighs: precision, too, can be lost only
/// once, and labels that end before the article does would else outweigh all others.
fn weights(tokens: &[Vec<u64>], labels: &[f32], truth: usize, base: f32) -> Vec<f32> {
    let mut weights: Vec<f32> = tokens
        .iter()
        .map(|own| ((own.len() as f32 + 1.0) / (truth.max(60) as f32)).min(0.6))
        .collect();
    let clutter: f32 = weights.iter().zip(labels).map(|(w, y)| w * (1.0 - y)).sum();
    let factor = (MAX_CLUTTER / clutter.max(1e-6)).min(1.0);
    for (weight, label) in weights.iter_mut().zip(labels) {
        *weight *= base * (label + (1.0 - label) * factor);
    }
    weights
}

/// What the clutter of a page may weigh, its article weighing 1.
const MAX_CLUTTER: f32 = 1.5;

/// Splits a text as the scorer does: words; Chinese, Japanese and Thai letter by letter. Case counts.
fn tokens(text: &str) -> Vec<u64> {
    let mut tokens = Vec::new();
    let mut word = 0_u64;
    for c in text.chars().chain(std::iter::once(' ')) {
        let is_letterwise = matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}' | '\u{0e00}'..='\u{0e7f}');
        if !is_letterwise && (c.is_alphanumeric() || c == '_') {
            word = (word ^ u64::from(c as u32) ^ 0x55)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .rotate_left(17)
                | 1;
            continue;
        }
        if word != 0 {
            tokens.push(word);
            word = 0;
        }
        if is_letterwise {
            tokens.push(u64::from(c as u32) << 20 | 1);
        }
    }
    tokens
}

fn runs(tokens: &[u64]) -> Vec<u64> {
    let hash = |run: &[u64]| {
        run.iter().fold(0, |hash: u64, token| {
            hash.rotate_left(11).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ token
        })
    };
    if tokens.is_empty() {
        Vec::new()
    } else if tokens.len() < 4 {
        vec![hash(tokens)]
    } else {
        tokens.windows(4).map(hash).collect()
    }
}

/// Finds for each text how much of it stands in the article.
fn align(texts: &[Vec<u64>], truth: &[u64]) -> Vec<f32> {
    let mut places: HashMap<u64, Vec<usize>> = HashMap::new();
    for (at, run) in runs(truth).into_iter().enumerate() {
        places.entry(run).or_default().push(at);
    }
    let mut spans: Vec<Option<(usize, usize)>> = vec![None; texts.len()];
    let mut labels = vec![0_f32; texts.len()];
    for (n, text) in texts.iter().enumerate() {
        if text.len() < 4 {
            continue;
        }
        let own = runs(text);
        let found: Vec<usize> = own
            .iter()
            .filter_map(|run| places.get(run).and_then(|p| p.first()))
            .copied()
            .collect();
        labels[n] = found.len() as f32 / own.len() as f32;
        if let (Some(first), Some(last)) = (found.first(), found.last()) {
            spans[n] = Some((*first, last + 4));
        }
    }
    // Short texts count where they stand in the article next to a neighbour.
    for n in 0..texts.len() {
        let text = &texts[n];
        if text.len() >= 4 || text.is_empty() {
            continue;
        }
        let follows = (n.saturating_sub(4)..n)
            .rev()
            .filter(|m| labels[*m] > 0.5)
            .find_map(|m| spans[m])
            .and_then(|(_, end)| {
                let window = truth.get(end..(end + text.len() + 2).min(truth.len()))?;
                window
                    .windows(text.len())
                    .position(|run| run == text)
                    .map(|at| (end + at, end + at + text.len()))
            });
        let precedes = || {
            (n + 1..(n + 5).min(texts.len()))
                .filter(|m| labels[*m] > 0.5)
                .find_map(|m| spans[m])
                .and_then(|(start, _)| {
                    let from = start.saturating_sub(text.len() + 2);
                    let window = truth.get(from..start)?;
                    window
                        .windows(text.len())
                        .position(|run| run == text)
                        .map(|at| (from + at, from + at + text.len()))
                })
        };
        if let Some(span) = follows.or_else(precedes) {
            labels[n] = 1.0;
            spans[n] = Some(span);
        }
    }
    // Of texts that stand several times on the page, only the copy with the most article around it counts.
    let mut copies: HashMap<&Vec<u64>, Vec<usize>> = HashMap::new();
    for (n, text) in texts.iter().enumerate() {
        if labels[n] > 0.5 && text.len() >= 4 {
            copies.entry(text).or_default().push(n);
        }
    }
    let known = labels.clone();
    for (text, places_of_text) in copies {
        let allowed = runs(text)
            .first()
            .and_then(|run| places.get(run))
            .map_or(1, Vec::len);
        if places_of_text.len() <= allowed {
            continue;
        }
        let around = |n: usize| -> f32 {
            (n.saturating_sub(4)..(n + 5).min(texts.len()))
                .filter(|m| *m != n && texts[*m] != *text)
                .map(|m| (known[m] - 0.4) * texts[m].len() as f32)
                .sum()
        };
        let mut ranked: Vec<(f32, usize)> =
            places_of_text.iter().map(|n| (around(*n), *n)).collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        for (_, n) in ranked.into_iter().skip(allowed) {
            labels[n] = 0.0;
        }
    }
    labels
}

/// Learns what class tokens and first words speak for: log-odds of standing in the article, each page counting once.
fn word_tables(pages: &[&Sample]) -> Model {
    let table = |tokens_of: &dyn Fn(&Sample) -> Vec<Vec<u32>>,
                 most_words: usize,
                 least_hosts: usize,
                 limit: f32| {
        let mut counts: BTreeMap<u32, (f32, f32, Vec<usize>)> = BTreeMap::new();
        for sample in pages {
            let mut own: HashMap<u32, (f32, f32)> = HashMap::new();
            for (n, tokens) in tokens_of(sample).into_iter().enumerate() {
                let size = sample.tokens[n].len();
                if size > most_words {
                    continue;
                }
                for token in tokens {
                    let slot = own.entry(token).or_default();
                    slot.0 += sample.labels[n] * size as f32;
                    slot.1 += size as f32;
                }
            }
            for (token, (kept, all)) in own {
                let share = kept / all.max(1.0);
                let slot = counts.entry(token).or_default();
                slot.0 += share;
                slot.1 += 1.0 - share;
                if slot.2.last() != Some(&sample.host) && slot.2.len() < 64 {
                    slot.2.push(sample.host);
                }
            }
        }
        counts
            .into_iter()
            .filter(|(_, (_, _, hosts))| hosts.len() >= least_hosts)
            .map(|(token, (kept, dropped, _))| {
                (
                    token,
                    ((kept + 0.5) / (dropped + 0.5)).ln().clamp(-4.0, 4.0),
                )
            })
            .filter(|(_, score)| score.abs() > limit)
            .collect::<Vec<_>>()
    };
    Model {
        names: table(&|sample| sample.prepared.name_tokens(), usize::MAX, 6, 0.15),
        words: table(&|sample| sample.prepared.words(), 30, 12, 0.3),
        ..Model::default()
    }
}

/// Trains a forest by gradient boosting on log loss (Friedman 2001; second order as in Chen & Guestrin 2016), with
/// oblivious trees (Prokhorenkova et al. 2018).
fn train(
    samples: &[Sample],
    pages: &[usize],
    rows: &[Vec<f32>],
    width: usize,
    settings: &Settings,
    threads: usize,
) -> Forest {
    let labels: Vec<f32> = pages
        .iter()
        .flat_map(|n| samples[*n].labels.iter().copied())
        .collect();
    let mut weights: Vec<f32> = pages
        .iter()
        .flat_map(|n| samples[*n].weights.iter().copied())
        .collect();
    let mean = weights.iter().sum::<f32>() / weights.len() as f32;
    weights.iter_mut().for_each(|w| *w /= mean);
    let flat: Vec<&[f32]> = rows.iter().flat_map(|page| page.chunks(width)).collect();
    let count = flat.len();
    let features: Vec<usize> = (0..width).collect();
    let binned = in_parallel(&features, threads, |feature| {
        let mut values: Vec<f32> = flat.iter().step_by(7).map(|row| row[*feature]).collect();
        values.sort_by(f32::total_cmp);
        values.dedup();
        let edges: Vec<f32> = if values.len() <= BINS {
            values
                .windows(2)
                .map(|pair| f32::midpoint(pair[0], pair[1]))
                .collect()
        } else {
            let mut all: Vec<f32> = flat.iter().step_by(7).map(|row| row[*feature]).collect();
            all.sort_by(f32::total_cmp);
            let mut edges: Vec<f32> = (1..BINS).map(|n| all[n * all.len() / BINS]).collect();
            edges.dedup();
            edges
        };
        let bins: Vec<u8> = flat
            .iter()
            .map(|row| edges.partition_point(|edge| row[*feature] > *edge) as u8)
            .collect();
        (edges, bins)
    });
    let total: f32 = weights.iter().sum();
    let rate = labels.iter().zip(&weights).map(|(y, w)| y * w).sum::<f32>() / total;
    let base = (rate / (1.0 - rate)).ln();
    let mut scores = vec![base; count];
    let mut random = 0x1234_5678_9abc_def1_u64;
    let mut next = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random
    };
    let mut trees = Vec::new();
    for _ in 0..settings.trees {
        let chosen: Vec<u32> = (0..count as u32).filter(|_| next() % 100 < 70).collect();
        let gradients: Vec<(f32, f32)> = chosen
            .iter()
            .map(|n| {
                let n = *n as usize;
                let p = sigmoid(scores[n]);
                (
                    weights[n] * (labels[n] - p),
                    weights[n] * (p * (1.0 - p)).max(1e-4),
                )
            })
            .collect();
        let mut leaves: Vec<u8> = vec![0; chosen.len()];
        let mut questions: Vec<(usize, usize)> = Vec::new();
        for level in 0..settings.depth {
            let candidates: Vec<usize> = (0..width).filter(|_| next() % 100 < 50).collect();
            let count_of_leaves = 1 << level;
            let gains = in_parallel(&candidates, threads, |feature| {
                let bins = &binned[*feature].1;
                let mut sums = vec![(0_f32, 0_f32); count_of_leaves * BINS];
                for ((n, (g, h)), leaf) in chosen.iter().zip(&gradients).zip(&leaves) {
                    let slot =
                        &mut sums[usize::from(*leaf) * BINS + usize::from(bins[*n as usize])];
                    slot.0 += g;
                    slot.1 += h;
                }
                let mut best = (f32::MIN, 0);
                let totals: Vec<(f32, f32)> = sums
                    .chunks(BINS)
                    .map(|leaf| {
                        leaf.iter()
                            .fold((0.0, 0.0), |sum, bin| (sum.0 + bin.0, sum.1 + bin.1))
                    })
                    .collect();
                let mut lefts = vec![(0_f32, 0_f32); count_of_leaves];
                for bin in 0..binned[*feature].0.len() {
                    let mut gain = 0.0;
                    for leaf in 0..count_of_leaves {
                        let own = sums[leaf * BINS + bin];
                        lefts[leaf].0 += own.0;
                        lefts[leaf].1 += own.1;
                        let (left, all) = (lefts[leaf], totals[leaf]);
                        let right = (all.0 - left.0, all.1 - left.1);
                        gain += left.0 * left.0 / (left.1 + settings.lambda)
                            + right.0 * right.0 / (right.1 + settings.lambda);
                    }
                    if gain > best.0 {
                        best = (gain, bin);
                    }
                }
                best
            });
            let Some((at, (_, bin))) = gains
                .iter()
                .enumerate()
                .max_by(|a, b| a.1.0.total_cmp(&b.1.0))
            else {
                break;
            };
            let feature = candidates[at];
            questions.push((feature, *bin));
            let bins = &binned[feature].1;
            for (leaf, n) in leaves.iter_mut().zip(&chosen) {
                *leaf = *leaf << 1 | u8::from(usize::from(bins[*n as usize]) > *bin);
            }
        }
        let mut sums = vec![(0_f32, 0_f32); 1 << questions.len()];
        for (leaf, (g, h)) in leaves.iter().zip(&gradients) {
            let slot = &mut sums[usize::from(*leaf)];
            slot.0 += g;
            slot.1 += h;
        }
        let answers: Vec<f32> = sums
            .iter()
            .map(|(g, h)| settings.rate * g / (h + settings.lambda))
            .collect();
        for (n, score) in scores.iter_mut().enumerate() {
            let leaf = questions.iter().fold(0, |leaf, (feature, bin)| {
                leaf << 1 | usize::from(usize::from(binned[*feature].1[n]) > *bin)
            });
            *score += answers[leaf];
        }
        let questions = questions.iter().map(|(feature, bin)| {
            (
                *feature as u16,
                binned[*feature].0.get(*bin).copied().unwrap_or(f32::MAX),
            )
        });
        trees.push(Tree {
            questions: questions.collect(),
            answers,
        });
    }
    Forest { base, trees }
}

/// Prints P, R and F1 as the scorer counts them, from the blocks alone, and returns F1 over the news sets plus a fifth of that over all articles.
fn report(samples: &[Sample], p: &[Vec<f32>], threshold: f32, what: &str) -> f32 {
    let score = |passes: &dyn Fn(&Sample) -> bool| {
        let (mut ps, mut rs, mut np, mut nr) = (0.0, 0.0, 0.0_f32, 0.0_f32);
        for (sample, p) in samples.iter().zip(p).filter(|(s, _)| passes(s)) {
            let mut words: Vec<u64> = Vec::new();
            for (tokens, p) in sample.tokens.iter().zip(p) {
                if *p > threshold {
                    words.extend(tokens);
                }
            }
            let (own, truth) = (runs(&words), runs(&sample.truth));
            let mut counts: HashMap<u64, i32> = HashMap::new();
            truth
                .iter()
                .for_each(|run| *counts.entry(*run).or_default() += 1);
            let mut hits = 0.0;
            for run in &own {
                if let Some(slot) = counts.get_mut(run).filter(|slot| **slot > 0) {
                    *slot -= 1;
                    hits += 1.0;
                }
            }
            if !own.is_empty() {
                ps += hits / own.len() as f32;
                np += 1.0;
            }
            if !truth.is_empty() {
                rs += hits / truth.len() as f32;
                nr += 1.0;
            }
        }
        let (p, r) = (ps / np.max(1.0), rs / nr.max(1.0));
        (p, r, 2.0 * p * r / (p + r).max(1e-9))
    };
    let is_news = |s: &Sample| matches!(s.set.as_str(), "scrapinghub" | "newsdata" | "fundus");
    let news = score(&is_news);
    let articles =
        score(&|s| is_news(s) || s.set == "chinese" || (s.set == "wcxb" && s.kind == "article"));
    let scrapinghub = score(&|s| s.set == "scrapinghub");
    eprintln!(
        "{what} > {threshold:.2}: NEWS P {:.4} R {:.4} F1 {:.4}   scrapinghub {:.4}   ARTICLES P {:.4} R {:.4} F1 {:.4}",
        news.0, news.1, news.2, scrapinghub.2, articles.0, articles.1, articles.2
    );
    news.2 + 0.5 * articles.2
}

fn importance(forest: &Forest, names: &[&str]) {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for (feature, _) in forest.trees.iter().flat_map(|tree| &tree.questions) {
        *counts.entry(names[usize::from(*feature)]).or_default() += 1;
    }
    let mut counts: Vec<(usize, &str)> = counts
        .into_iter()
        .map(|(name, count)| (count, name))
        .collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let line: Vec<String> = counts
        .iter()
        .map(|(count, name)| format!("{name} {count}"))
        .collect();
    eprintln!("asked: {}", line.join(", "));
}

/// Maps items on several threads, in order.
fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    threads: usize,
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let mut results: Vec<Option<R>> = Vec::new();
    let parts = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut own = Vec::new();
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let Some(item) = items.get(at) else { break own };
                        own.push((at, work(item)));
                    }
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().expect("a worker"))
            .collect::<Vec<_>>()
    });
    results.resize_with(items.len(), || None);
    for (at, result) in parts.into_iter().flatten() {
        results[at] = Some(result);
    }
    results
        .into_iter()
        .map(|result| result.expect("each item is done"))
        .collect()
}
