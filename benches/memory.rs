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
