//! How long cleaning takes beside parsing alone, and how much memory it needs.
//!
//! ```text
//! [NEWSDESK_DATA=DIR] cargo bench --bench clean
//! ```
//!
//! First one run over all pages measures both in turn, page by page, and prints the ratio; then divan gives the spread.
//! With `NEWSDESK_DATA` the pages are those of `DIR/pages/pages.tar.xz` (unpacked with `tar`), else a page of our own
//! making. The ratio is to stay under 1.6.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use divan::{Bencher, black_box};
use newsdesk::extract::{Context, decode, extract};
use scraper::Html;
use url::Url;

fn main() {
    let pages = pages();
    let (mut parsing, mut cleaning, mut bytes) = (Duration::ZERO, Duration::ZERO, 0);
    // The first page pays for the model and the word lists.
    clean(pages.first().map_or("", String::as_str));
    for page in &pages {
        let start = Instant::now();
        drop(black_box(Html::parse_document(black_box(page))));
        parsing += start.elapsed();
        let start = Instant::now();
        clean(page);
        cleaning += start.elapsed();
        bytes += page.len();
    }
    println!(
        "{} pages, {bytes} bytes: parsing alone {parsing:.2?}, cleaning {cleaning:.2?}, ratio {:.3}",
        pages.len(),
        cleaning.as_secs_f64() / parsing.as_secs_f64()
    );
    divan::main();
}

fn clean(page: &str) {
    let url = Url::parse("https://www.herald.example/news/1").ok();
    black_box(extract(black_box(page), url.as_ref(), &Context::default()));
}

/// Parses a page of middle size, as `scraper` alone does.
#[divan::bench]
fn parse_alone(bencher: Bencher) {
    let page = middle_page();
    bencher.bench(|| Html::parse_document(black_box(&page)));
}

/// Cleans a page of middle size.
#[divan::bench]
fn clean_page(bencher: Bencher) {
    let page = middle_page();
    bencher.bench(|| clean(&page));
}

/// Cleans the page copied as text.
#[divan::bench]
fn clean_text(bencher: Bencher) {
    let text = own_page().replace("</p>", "\n").replace("<p>", "");
    bencher.bench(|| newsdesk::extract::plain_text_page(black_box(&text)));
}

fn middle_page() -> String {
    let mut pages = pages();
    pages.sort_by_key(String::len);
    let middle = pages.len() / 2;
    pages.swap_remove(middle)
}

/// Returns the pages of the data, decoded, or one of our own making.
fn pages() -> Vec<String> {
    let Some(data) = std::env::var_os("NEWSDESK_DATA") else {
        return vec![own_page()];
    };
    let folder = std::env::temp_dir().join("newsdesk-bench-pages");
    if !folder.is_dir() && !unpack(&PathBuf::from(data).join("pages/pages.tar.xz"), &folder) {
        return vec![own_page()];
    }
    let Ok(entries) = std::fs::read_dir(&folder) else {
        return vec![own_page()];
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
        .iter()
        .filter_map(|path| Some(decode(&std::fs::read(path).ok()?, None)))
        .collect()
}

fn unpack(archive: &Path, folder: &Path) -> bool {
    std::fs::create_dir_all(folder).is_ok()
        && Command::new("tar")
            .arg("-xJf")
            .arg(archive)
            .arg("-C")
            .arg(folder)
            .status()
            .is_ok_and(|status| status.success())
}

/// A page as papers serve them: as much menu, script and lists of other articles as text.
fn own_page() -> String {
    let menu: String = (0..120)
        .map(|n| format!("<li><a href=/s/{n}>Section number {n}</a></li>"))
        .collect();
    let text: String = (0..40)
        .map(|n| {
            format!(
                "<p>In paragraph {n} the council of the river town, which has <a href=/t/{n}>met</a> every month since spring, \
                 heard what the new gauge had shown, and put off once more what it had meant to settle.</p>"
            )
        })
        .collect();
    let others: String = (0..60)
        .map(|n| format!("<li><a href=/o/{n}>Another article of the paper, with number {n}</a><span>{n} hours ago</span></li>"))
        .collect();
    let script = "window.state = {\"a\": [1, 2, 3]};\n".repeat(800);
    format!(
        "<!DOCTYPE html><html lang=en><head><title>The council and the gauge - The Herald</title></head><body><nav><ul>{menu}</ul></nav>\
         <article><h1>The council and the gauge</h1>{text}</article><aside><h3>Most popular</h3><ul>{others}</ul></aside>\
         <script>{script}</script><footer>Copyright The Herald</footer></body></html>"
    )
}
