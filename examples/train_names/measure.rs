//! How well a model finds names in texts that it was not trained on.

use std::path::Path;

use newsdesk::entities::tagger::Tagger;
use newsdesk::entities::{PlainMention, recognize_plain_by};
use newsdesk::model::EntityKind;

use crate::source::{Gold, Letters, Record, headline, read};

/// Measures the texts of a file.
pub(crate) fn measure(path: &Path, tagger: &Tagger<'_>, faults: bool) {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    measure_all(&name, &read(path), tagger, faults);
}

/// Measures the headlines of articles alone: as they are, written in Title Case, and in capitals.
pub(crate) fn measure_headlines(path: &Path, tagger: &Tagger<'_>, faults: bool) {
    let records = read(path);
    for (name, letters) in [
        ("headlines", Letters::AsWritten),
        ("titles", Letters::TitleCase),
        ("capitals", Letters::Capitals),
    ] {
        let alone = records.iter().filter_map(|r| headline(r, letters));
        let alone: Vec<Record> = alone.collect();
        measure_all(name, &alone, tagger, faults);
    }
}

/// Prints F1, precision and recall of exact spans over persons, organisations and places, and F1 of each type; with
/// `faults`, also what was missed and what was wrong.
pub(crate) fn measure_all(name: &str, records: &[Record], tagger: &Tagger<'_>, faults: bool) {
    let mut counts = [[0_usize; 3]; 4];
    for record in records {
        let found = recognize_plain_by(Some(tagger), &record.text);
        if faults {
            print_faults(record, &found);
        }
        for (n, kind) in EntityKind::ALL.into_iter().enumerate() {
            let of_kind = || found.iter().filter(|f| f.kind == kind);
            let is_right = |start, end| {
                let mut gold = record.entities.iter().filter(|g| g.kind == kind);
                gold.any(|g| g.start == start && g.end == end)
            };
            counts[n][0] += of_kind().filter(|f| is_right(f.start, f.end)).count();
            counts[n][1] += of_kind().count();
            counts[n][2] += record.entities.iter().filter(|g| g.kind == kind).count();
        }
    }
    let f1 = |c: [usize; 3]| 200.0 * c[0] as f64 / (c[1] + c[2]).max(1) as f64;
    let all: [usize; 3] = std::array::from_fn(|i| counts[..3].iter().map(|r| r[i]).sum());
    println!(
        "{:16} F {:5.1}  P {:5.1}  R {:5.1}   PER {:5.1}  ORG {:5.1}  LOC {:5.1}  MISC {:5.1}",
        name,
        f1(all),
        100.0 * all[0] as f64 / all[1].max(1) as f64,
        100.0 * all[0] as f64 / all[2].max(1) as f64,
        f1(counts[0]),
        f1(counts[1]),
        f1(counts[2]),
        f1(counts[3]),
    );
}

/// Prints each name that was missed (`-`) or is wrong (`+`), with the text around it.
fn print_faults(record: &Record, found: &[PlainMention]) {
    let chars: Vec<char> = record.text.chars().collect();
    let show = |sign: char, start: usize, end: usize, kind: EntityKind| {
        let from = start.saturating_sub(40);
        let to = (end + 30).min(chars.len());
        let part = |range: std::ops::Range<usize>| chars[range].iter().collect::<String>();
        let line = format!(
            "{}[{}]{}",
            part(from..start),
            part(start..end),
            part(end..to)
        );
        println!("{sign} {:4} {}", kind.tag(), line.replace('\n', " / "));
    };
    for gold in &record.entities {
        let is_found =
            |f: &PlainMention| f.start == gold.start && f.end == gold.end && f.kind == gold.kind;
        if !found.iter().any(is_found) {
            show('-', gold.start, gold.end, gold.kind);
        }
    }
    for f in found {
        let is_gold = |g: &Gold| f.start == g.start && f.end == g.end && f.kind == g.kind;
        if !record.entities.iter().any(is_gold) {
            show('+', f.start, f.end, f.kind);
        }
    }
}
