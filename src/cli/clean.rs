//! `newsdesk clean`: a page down to its article; also a whole folder of pages.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Mutex;

use serde_json::Value;
use url::Url;

use super::args::{Clean, Format, Global};
use super::context::load_sites;
use super::demo::Home;
use super::failure::Failure;
use super::output::{Output, columns};
use super::progress::Progress;
use super::{context, source};
use crate::config::Paths;
use crate::export::{self, Story};
use crate::extract::{self, BatchPage, Context, Extraction, SiteRules};
use crate::text::reason;

pub(super) fn run(args: &Clean, global: &Global, output: Output) -> Result<ExitCode, Failure> {
    if let (Some(pages), Some(out)) = (&args.batch, &args.out) {
        return batch(pages, out, &load_sites(global), output);
    }
    let base = args
        .url
        .as_deref()
        .map(Url::parse)
        .transpose()
        .map_err(|error| Failure::usage(format!("--url: {error}")))?;
    let source = args.source.as_deref().unwrap_or("-");
    let (extraction, url) = extract_source(source, base, global, output)?;
    let format = if args.json { Format::Json } else { args.format };
    if extraction.body.document.blocks.is_empty() && format != Format::Json {
        if args.report {
            report(&extraction, output);
        }
        return Err(Failure::new(format!("{source} holds no article")));
    }
    let address = url.as_ref().map(Url::as_str);
    let story = Story::of_page(&extraction.metadata, &extraction.body.document, address);
    match format {
        Format::Json => output.json(&extract::clean_json(&extraction, url.as_ref()))?,
        Format::Text => output.block(&export::text(
            &story,
            args.width.unwrap_or_else(|| text_width(output)),
        ))?,
        Format::Markdown => output.block(&export::markdown(&story, false))?,
        Format::Html => output.block(&export::html(&story))?,
    }
    if args.report {
        report(&extraction, output);
    }
    Ok(ExitCode::SUCCESS)
}

/// The columns for text where none are given: what is comfortable to read, and what the terminal has.
pub(super) fn text_width(output: Output) -> u16 {
    if output.terminal {
        columns().min(80)
    } else {
        80
    }
}

/// Cleans a file, standard input or an address; the only case that touches the net is an address.
fn extract_source(
    source: &str,
    base: Option<Url>,
    global: &Global,
    output: Output,
) -> Result<(Extraction, Option<Url>), Failure> {
    let rules = load_sites(global);
    let hints = Context {
        rules: Some(&rules),
        ..Context::default()
    };
    if source.starts_with("http://") || source.starts_with("https://") {
        let home = Host::open(global, output)?;
        let page = crate::engine::fetch_page(home.context.engine(), source)
            .map_err(|error| Failure::of_address(source, &error))?;
        let url = Url::parse(&page.url).ok().or(base);
        return Ok((extract::extract(&page.html, url.as_ref(), &hints), url));
    }
    if source == "-" && std::io::IsTerminal::is_terminal(&std::io::stdin()) {
        output.say("reading a page from the terminal; ^D ends it");
    }
    let bytes = source::read(source)?;
    let text = extract::decode(&bytes, None);
    let extraction = if is_plain_text(source, &text) {
        plain_text(&text, base.as_ref(), &rules)
    } else {
        extract::extract(&text, base.as_ref(), &hints)
    };
    Ok((extraction, base))
}

/// Cleans a page's text as copied from a browser; of its site's rule the words of blocks count.
pub(super) fn plain_text(text: &str, url: Option<&Url>, rules: &SiteRules) -> Extraction {
    let mut extraction = extract::plain_text_page(text);
    let rule = url.and_then(|url| rules.of(url.host_str()?));
    extract::apply_decisions(&mut extraction.body, rule.as_ref(), &[]);
    extraction
}

/// What fetching a page goes by: the library, for what it knows of the host (whether it asked us to wait); where there is
/// none, or it cannot be opened, an empty one in a temporary folder: a page can be cleaned all the same.
struct Host {
    context: context::Context,
    _home: Option<Home>,
}

impl Host {
    fn open(global: &Global, output: Output) -> Result<Self, Failure> {
        let paths = Paths::find(global.config.as_deref(), global.data_dir.as_deref())?;
        if context::store_paths(&paths).library().exists()
            && let Ok(context) = context::Context::open(global, output)
        {
            return Ok(Self {
                context,
                _home: None,
            });
        }
        let home = Home::new()?;
        let elsewhere = Global {
            config: Some(paths.config_file).filter(|file| file.exists()),
            data_dir: Some(home.path().to_owned()),
            ..global.clone()
        };
        Ok(Self {
            context: context::Context::open(&elsewhere, output)?,
            _home: Some(home),
        })
    }
}

/// Says whether a source is a page's text as copied from a browser: named `.txt`, and no markup at its beginning.
pub(super) fn is_plain_text(source: &str, text: &str) -> bool {
    let named = Path::new(source)
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("txt"));
    named && !text.trim_start().starts_with('<')
}

fn report(extraction: &Extraction, output: Output) {
    let body = &extraction.body;
    output.say(&format!("full text: {}", body.cleaning_words()));
    for group in body.removed_groups() {
        let blocks = body.removed.get(group).unwrap_or_default();
        let Some(removed) = blocks.first() else {
            continue;
        };
        let texts = blocks.iter().map(|block| {
            let words: Vec<&str> = block.text.split_whitespace().collect();
            words.join(" ")
        });
        let text = texts.collect::<Vec<_>>().join(" · ");
        let short: String = text.chars().take(100).collect();
        output.say(&format!(
            "  {:<11} before block {:>3}: {short}",
            removed.reason.word(),
            removed.before
        ));
    }
    if let Some(remark) = &body.remark {
        output.say(remark);
    }
}

/// Cleans every page of a folder. Site memory is learnt from all of them first, so that their order does not matter.
fn batch(
    folder: &Path,
    out: &Path,
    rules: &SiteRules,
    output: Output,
) -> Result<ExitCode, Failure> {
    let pages = list_pages(folder)?;
    std::fs::create_dir_all(out).map_err(|error| {
        Failure::new(format!(
            "{} cannot be made: {}",
            out.display(),
            reason(&error)
        ))
    })?;
    let failures = Mutex::new(Vec::new());
    let bar = Mutex::new((Progress::new(output), 0));
    let failed = |what: String| {
        if let Ok(mut failures) = failures.lock() {
            failures.push(what);
        }
    };
    let load = |page: &BatchPage| {
        let path = folder.join(format!("{}.html", page.id));
        std::fs::read(&path).unwrap_or_else(|error| {
            failed(format!("{}: {}", path.display(), reason(&error)));
            Vec::new()
        })
    };
    let emit = |page: &BatchPage, value: Value| {
        let path = out.join(format!("{}.json", page.id));
        if let Err(error) = std::fs::write(&path, value.to_string()) {
            failed(format!("{}: {}", path.display(), reason(&error)));
        }
        if let Ok(mut bar) = bar.lock() {
            bar.1 += 1;
            let done = bar.1;
            bar.0.show(done, pages.len(), "pages");
        }
    };
    extract::batch(&pages, rules, load, emit);
    drop(bar);
    let failures = failures.into_inner().unwrap_or_default();
    for failure in &failures {
        super::output::warn(failure);
    }
    output.say(&format!(
        "{} pages cleaned",
        pages.len().saturating_sub(failures.len())
    ));
    Ok(if failures.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Lists the pages `NAME.html` of a folder, with address and charset from its `pages.tsv` (id, url, charset).
fn list_pages(folder: &Path) -> Result<Vec<BatchPage>, Failure> {
    let table = std::fs::read_to_string(folder.join("pages.tsv")).unwrap_or_default();
    let known: std::collections::HashMap<&str, (&str, &str)> = table
        .lines()
        .filter_map(|line| {
            let mut fields = line.split('\t');
            Some((
                fields.next()?,
                (
                    fields.next().unwrap_or_default(),
                    fields.next().unwrap_or_default(),
                ),
            ))
        })
        .collect();
    let entries = std::fs::read_dir(folder).map_err(|error| {
        Failure::new(format!(
            "{} cannot be read: {}",
            folder.display(),
            reason(&error)
        ))
    })?;
    let mut pages = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let html = path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("html"));
        if let (true, Some(id)) = (html, path.file_stem().and_then(|stem| stem.to_str())) {
            let (url, charset) = known.get(id).copied().unwrap_or_default();
            pages.push(BatchPage {
                id: id.to_owned(),
                url: Url::parse(url).ok(),
                charset: charset.trim().to_owned(),
            });
        }
    }
    pages.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(pages)
}
