//! How much memory cleaning holds at most, in times of the page: the column `max alloc` beside the page's size.
//!
//! ```text
//! cargo bench --bench memory
//! ```
//!
//! Counting each allocation takes time, so that the speed is measured by the bench `clean`.

use divan::{AllocProfiler, Bencher, black_box};
use newsdesk::extract::{Context, extract};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    // The model and the word lists are kept for all pages: they are read before anything is counted.
    extract("<p>One page before.</p>", None, &Context::default());
    divan::main();
}

/// Cleans pages of so many thousand bytes.
#[divan::bench(args = [10, 100, 1_000, 5_000], sample_count = 3, sample_size = 1)]
fn clean_kilobytes(bencher: Bencher, kilobytes: usize) {
    let page = page_of(kilobytes * 1_000);
    bencher.bench_local(|| black_box(extract(black_box(&page), None, &Context::default())));
}

/// Cleans pages of 5 MB that are all of one small thing.
#[divan::bench(args = ["<td>1", "<a href=/>a</a> ", "<li><a href=x>word</a></li>", "<p>A line.</p>", "<b><i>x</i></b>", "text "], sample_count = 1, sample_size = 1)]
fn clean_small_things(bencher: Bencher, thing: &str) {
    let page = page_full_of(thing);
    bencher.bench_local(|| black_box(extract(black_box(&page), None, &Context::default())));
}

/// Parses the same pages and no more.
#[divan::bench(args = ["<td>1", "<a href=/>a</a> ", "<li><a href=x>word</a></li>", "<p>A line.</p>", "<b><i>x</i></b>", "text "], sample_count = 1, sample_size = 1)]
fn parse_small_things(bencher: Bencher, thing: &str) {
    let page = page_full_of(thing);
    bencher.bench_local(|| black_box(scraper::Html::parse_document(black_box(&page))));
}

fn page_full_of(thing: &str) -> String {
    let start = if thing.starts_with("<td") {
        "<table><tr>"
    } else {
        ""
    };
    start.to_owned() + &thing.repeat(5_000_000 / thing.len())
}

fn page_of(bytes: usize) -> String {
    let mut page = String::from("<html><body><h1>The council and the gauge</h1><article>");
    let mut n = 0;
    while page.len() < bytes {
        n += 1;
        page.push_str(&format!(
            "<div class='block b{n}'><p class=text>In paragraph {n} the <b>council</b> of the river town, which has \
             <a href='/town/{n}'>met</a> every month since spring, heard what the new gauge had shown.</p></div>\n"
        ));
    }
    page.push_str("</article></body></html>");
    page
}
