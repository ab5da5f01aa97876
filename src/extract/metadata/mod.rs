//! What a page says of itself: JSON-LD, microdata, OpenGraph, `<meta>`, the visible page, cross-checked.

mod byline;
mod byline_words;
mod date;
mod dateline;
mod json_ld;
mod names;
mod printed;
mod title;
mod unmarked;

pub(super) use json_ld::{Facts, facts};
pub(super) use title::hash_of_first_line;

use jiff::civil::Date;
use url::Url;

use super::Context;
use super::links;
use super::page::Page;
use crate::model::article::{Metadata, Ruled};
use crate::model::document::Text;
use crate::text::clean_line;

/// What a page says of itself, and the day of publication as the page prints it.
pub(super) struct Findings {
    pub(super) metadata: Metadata,
    /// The day in the page's own time zone; [`Metadata::published`] is in UTC, where it may be the next day.
    pub(super) day: Option<Date>,
    /// Index of the block that is the headline on the page.
    pub(super) headline: Option<usize>,
}

/// Puts together what a page says of itself.
pub(super) fn find(
    page: &Page,
    facts: &Facts,
    base: Option<&Url>,
    context: &Context<'_>,
) -> Findings {
    let site_name = meta(
        page,
        &["og:site_name", "application-name", "al:iphone:app_name"],
    )
    .or_else(|| facts.publisher.clone());
    let title = title::title(page, facts, site_name.as_deref(), base, context);
    let title_block = title.block;
    let ruled_authors = byline::ruled(page, site_name.as_deref());
    let ruled_date = date::ruled(page);
    let ruled = Ruled {
        title: title.is_ruled,
        authors: !ruled_authors.is_empty(),
        published: ruled_date.is_some(),
    };
    let authors = if ruled.authors {
        ruled_authors
    } else {
        byline::authors(page, facts, site_name.as_deref(), title_block, context)
    };
    let dated = ruled_date.or_else(|| date::published(page, facts, base, title_block, context));
    let lead_image = meta(
        page,
        &[
            "og:image",
            "og:image:url",
            "og:image:secure_url",
            "twitter:image",
            "twitter:image:src",
        ],
    )
    .or_else(|| facts.image.clone())
    .and_then(|address| links::resolve(&address, base));
    let canonical_url = page
        .head
        .links
        .iter()
        .find(|(rel, _)| rel == "canonical")
        .and_then(|(_, href)| links::resolve(href, base));
    let summary = context
        .summary
        .clone()
        .or_else(|| {
            meta(
                page,
                &["og:description", "description", "twitter:description"],
            )
        })
        .or_else(|| facts.description.clone());
    let metadata = Metadata {
        title: title.text,
        authors,
        published: dated.map(|dated| dated.at),
        site_name,
        language: primary_language(&page.head.lang).or_else(|| {
            primary_language(&meta(
                page,
                &["og:locale", "content-language", "dc.language", "language"],
            )?)
        }),
        lead_image,
        canonical_url,
        summary: summary.map(Text::plain),
        ruled,
    };
    Findings {
        metadata,
        day: dated.map(|dated| dated.day),
        headline: title_block,
    }
}

/// Returns the names in a byline.
pub(super) fn names_of(byline: &str) -> Vec<String> {
    names::names_of(byline, None)
}

/// Returns the date in a line, and its day.
pub(super) fn line_date(line: &str) -> (Option<jiff::Timestamp>, Option<Date>) {
    date::read_line(line)
        .map(|dated| (dated.at, dated.day))
        .unzip()
}

/// Returns the two-letter code (ISO 639-1) of a detected language, where we tell it apart reliably.
pub(super) fn two_letters(lang: whatlang::Lang) -> Option<String> {
    use whatlang::Lang;
    let code = match lang {
        Lang::Eng => "en",
        Lang::Deu => "de",
        Lang::Fra => "fr",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Nld => "nl",
        Lang::Pol => "pl",
        Lang::Ces => "cs",
        Lang::Swe => "sv",
        Lang::Dan => "da",
        Lang::Fin => "fi",
        Lang::Hun => "hu",
        Lang::Ron => "ro",
        Lang::Tur => "tr",
        Lang::Ell => "el",
        Lang::Rus => "ru",
        Lang::Ukr => "uk",
        Lang::Bul => "bg",
        Lang::Ara => "ar",
        Lang::Heb => "he",
        Lang::Pes => "fa",
        Lang::Hin => "hi",
        Lang::Tha => "th",
        Lang::Vie => "vi",
        Lang::Ind => "id",
        Lang::Kor => "ko",
        Lang::Jpn => "ja",
        Lang::Cmn => "zh",
        _ => return None,
    };
    Some(code.to_owned())
}

/// Returns the content of the first `<meta>` of these names that says something, entities decoded.
fn meta(page: &Page, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| {
        let metas = page.head.metas.iter().filter(|(own, _)| own == name);
        metas
            .map(|(_, content)| plain(content))
            .find(|content| !content.is_empty())
    })
}

/// Returns data as a clean line; entities that were encoded twice are decoded.
fn plain(text: &str) -> String {
    if !text.contains('&') {
        return clean_line(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at..).unwrap_or_default();
        let end = rest.find(';').filter(|end| *end <= 9);
        if let Some((end, c)) = end.and_then(|end| Some((end, entity(rest.get(1..end)?)?))) {
            out.push(c);
            rest = rest.get(end + 1..).unwrap_or_default();
        } else {
            out.push('&');
            rest = rest.get(1..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    clean_line(&out)
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "rsquo" => '’',
        "lsquo" => '‘',
        "rdquo" => '”',
        "ldquo" => '“',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "eacute" => 'é',
        "egrave" => 'è',
        "agrave" => 'à',
        "uuml" => 'ü',
        "ouml" => 'ö',
        "auml" => 'ä',
        "szlig" => 'ß',
        "ntilde" => 'ñ',
        "oacute" => 'ó',
        "aacute" => 'á',
        "iacute" => 'í',
        _ => return None,
    })
}

/// Returns the primary subtag of a language tag, in lower case.
fn primary_language(tag: &str) -> Option<String> {
    let primary = tag.split(['-', '_']).next()?.trim().to_ascii_lowercase();
    let is_sound =
        (2..=3).contains(&primary.len()) && primary.bytes().all(|b| b.is_ascii_lowercase());
    is_sound.then_some(primary)
}
