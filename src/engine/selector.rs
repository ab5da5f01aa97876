//! A rule that the reader makes of a block's words, made of a selector where the block has a name of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};

use url::Url;

use super::context::Context;
use super::error::Result;
use crate::extract::{self, SitePage};
use crate::model::change::{SiteEdit, SiteLine, SiteList};
use crate::model::{ArticleId, Scope};

/// Pages of a site that a selector is tried on beside the one it was made for.
const TRIED_ON: usize = 4;

/// Returns the change of a rule with selectors in place of words, for blocks that have names of their own in the article's
/// page; a block that a selector of the rule takes is put back by taking that selector away.
pub(super) fn by_selectors(context: &Context, edit: &SiteEdit, scope: &Scope) -> SiteEdit {
    let pages = match scope {
        Scope::Ids(ids) => pages_of_site(context, ids.first().copied(), &edit.host),
        _ => Ok(Vec::new()),
    };
    let pages = pages.unwrap_or_default();
    let site: Vec<SitePage<'_>> = pages
        .iter()
        .map(|(html, url)| SitePage { html, url })
        .collect();
    let Some((own, others)) = site.split_first() else {
        return edit.clone();
    };
    let rules = context.sites.rules();
    let ruled = rules.of(&edit.host).map(|rule| rule.strip);
    let ruled = ruled.unwrap_or_default();
    let find = |line: &SiteLine| match (line.list, line.on) {
        (SiteList::StripText, true) => extract::strip_selector(&line.text, *own, others, &rules),
        (SiteList::KeepText, true) => {
            let own = extract::selectors_of(own.html, &line.text);
            own.into_iter().find(|selector| ruled.contains(selector))
        }
        _ => None,
    };
    let lines = edit.lines.iter().map(|line| {
        // A page that breaks the cleaner gives none.
        let found = catch_unwind(AssertUnwindSafe(|| find(line)));
        match found.ok().flatten() {
            Some(selector) => SiteLine {
                list: SiteList::Strip,
                text: selector,
                on: line.list == SiteList::StripText,
            },
            None => line.clone(),
        }
    });
    SiteEdit {
        host: edit.host.clone(),
        lines: lines.collect(),
    }
}

/// Returns the page of an article as it came, and some others of its site, each with its address.
fn pages_of_site(
    context: &Context,
    article: Option<ArticleId>,
    host: &str,
) -> Result<Vec<(String, Url)>> {
    let reader = context.library.reader()?;
    let others = reader.of_site(host)?;
    let others = others.into_iter().filter(|id| Some(*id) != article);
    let mut pages = Vec::new();
    for id in article.into_iter().chain(others) {
        let raw = reader.raw_page(id)?;
        let page = raw.and_then(|raw| {
            let html = extract::decode(&raw.bytes, raw.content_type.as_deref());
            Some((html, Url::parse(&raw.url).ok()?))
        });
        match page {
            Some(page) => pages.push(page),
            // Without the article's own page the others tell nothing.
            None if Some(id) == article => break,
            None => {}
        }
        if pages.len() > TRIED_ON {
            break;
        }
    }
    Ok(pages)
}
