//! Authors that no class or element marks: a lead on a line of its own, a bare name beside the date, and the ways of
//! Chinese papers.

use super::names::{is_lead, names_of};
use super::printed;
use crate::extract::page::{Block, Page};
use crate::model::document::MarkKind;

/// Blocks after the headline in which a bare name may stand.
const NAME_WINDOW: usize = 6;

/// A line of more letters than this holds more than a name.
const MAX_NAME_CHARS: u32 = 60;

/// Words that stand beside dates and are no names, in small letters.
const NO_NAMES: &[&str] = &[
    "article",
    "articles",
    "blog",
    "category",
    "company",
    "contents",
    "design",
    "education",
    "engineering",
    "events",
    "featured",
    "guide",
    "guides",
    "health",
    "home",
    "insights",
    "learn",
    "learning",
    "local",
    "marketing",
    "menu",
    "new",
    "news",
    "opinion",
    "politics",
    "press",
    "product",
    "products",
    "release",
    "research",
    "resources",
    "review",
    "reviews",
    "science",
    "share",
    "sports",
    "stories",
    "story",
    "tech",
    "technology",
    "tips",
    "top",
    "update",
    "updates",
    "video",
    "world",
    "back",
    "read",
    "skip",
    "table",
    "tools",
    "travel",
    "business",
    "lifestyle",
    "food",
];

/// Returns the block behind a lead that stands alone: "By" over "Jane Doe".
pub(super) fn led(page: &Page, title: Option<usize>) -> Vec<String> {
    let texts = || {
        page.blocks
            .iter()
            .enumerate()
            .filter(|(_, block)| block.chars > 0)
    };
    let near = |n: usize| title.is_none_or(|title| n + 6 >= title);
    texts()
        .zip(texts().skip(1))
        .find(|((n, lead), (_, name))| near(*n) && is_lead(&lead.text) && is_short_line(name))
        .map(|(_, (_, name))| name.text.clone())
        .into_iter()
        .collect()
}

/// Returns a bare name that stands near the headline beside a date and leads nowhere.
pub(super) fn beside_date(page: &Page, title: Option<usize>) -> Vec<String> {
    let Some(title) = title else {
        return Vec::new();
    };
    let texts: Vec<&Block> = page
        .blocks
        .iter()
        .skip(title.saturating_sub(2))
        .filter(|block| block.chars > 0)
        .take(NAME_WINDOW + 3)
        .collect();
    let is_dated = |n: usize| {
        texts
            .get(n)
            .is_some_and(|block| block.chars < 80 && !printed::all(&block.text).is_empty())
    };
    (0..texts.len().min(NAME_WINDOW))
        .filter(|n| is_dated(*n) || is_dated(n + 1) || n.checked_sub(1).is_some_and(is_dated))
        .filter_map(|n| texts.get(n))
        .filter(|block| {
            is_short_line(block)
                && !block
                    .marks
                    .iter()
                    .any(|mark| matches!(mark.kind, MarkKind::Link(_)))
        })
        .find_map(|block| {
            let names = names_of(&block.text, None);
            (names.len() == 1 && names.iter().all(|name| is_bare_name(name))).then_some(names)
        })
        .unwrap_or_default()
}

fn is_short_line(block: &Block) -> bool {
    block.chars < MAX_NAME_CHARS && !block.text.contains('\n')
}

/// Says whether a text is two to four words in capitals, none of them one that stands beside dates.
fn is_bare_name(name: &str) -> bool {
    let words: Vec<&str> = name.split(' ').collect();
    let is_particle = |word: &str| {
        matches!(
            word,
            "de" | "van" | "von" | "der" | "da" | "del" | "di" | "la" | "al" | "bin"
        )
    };
    (2..=4).contains(&words.len())
        && words.iter().all(|word| {
            let is_capital = word.chars().next().is_some_and(char::is_uppercase);
            (is_capital || is_particle(word)) && !NO_NAMES.contains(&word.to_lowercase().as_str())
        })
        && !name.chars().any(|c| c.is_ascii_digit())
}

/// Leads of bylines in Chinese, the surest first.
const CHINESE_LEADS: &[&str] = &[
    "作者：",
    "作者:",
    "执笔人：",
    "撰文：",
    "文：",
    "文/",
    "记者：",
    "记者 ",
    "记者",
];

/// Says quickly whether a text may hold one of the common ideographs (U+4000 to U+9FFF).
fn holds_ideograph(text: &str) -> bool {
    text.bytes().any(|byte| matches!(byte, 0xE4..=0xE9))
}

/// Returns the authors a Chinese page names in a line or in brackets at a text's end: `作者：王小明`, `（记者 王小明）`.
pub(super) fn chinese(page: &Page) -> Vec<String> {
    let texts: Vec<&str> = page
        .blocks
        .iter()
        .map(|block| block.text.as_str())
        .filter(|text| holds_ideograph(text))
        .collect();
    CHINESE_LEADS
        .iter()
        .find_map(|lead| {
            let is_sure = lead.contains(['：', ':']);
            texts.iter().find_map(|text| {
                let at = text.find(lead)?;
                let rest = text.get(at + lead.len()..)?;
                let is_short = text.chars().count() < 60;
                // In running text a reporter is named in brackets at its end.
                let is_signed = text
                    .get(..at)?
                    .ends_with(['（', '(', '报', '台', '网', '社'])
                    && rest.chars().count() < 16
                    && rest.ends_with(['）', ')']);
                let is_byline = (is_short && (is_sure || at < 20)) || is_signed;
                let names = han_names(rest);
                (is_byline && !names.is_empty()).then_some(names)
            })
        })
        .unwrap_or_default()
}

/// Returns the names of two to four Han letters that a text begins with.
fn han_names(text: &str) -> Vec<String> {
    let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let is_between = |c: char| c.is_whitespace() || matches!(c, '、' | '，');
    let mut names = Vec::new();
    let mut rest = text.trim_start();
    while names.len() < 6 {
        let end = rest.find(|c: char| !is_han(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let name = ["发自", "报道", "摄影", "通讯员"]
            .iter()
            .filter_map(|word_end| word.find(word_end))
            .min()
            .and_then(|cut| word.get(..cut))
            .unwrap_or(word);
        let is_label = ["时间", "来源", "编辑", "日期", "发布", "责任", "出处"]
            .iter()
            .any(|label| name.starts_with(label));
        if !(2..=4).contains(&name.chars().count()) || is_label {
            break;
        }
        names.push(name.to_owned());
        let next = after.trim_start_matches(is_between);
        if name.len() < word.len() || next.len() == after.len() {
            break;
        }
        rest = next;
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(html: &str) -> Page {
        Page::parse(html, None)
    }

    #[test]
    fn a_lead_may_stand_alone() {
        let page = page(
            "<h1>A headline of words</h1><div>By</div><div>Jane Doe</div><p>Text that goes on.</p>",
        );
        assert_eq!(led(&page, Some(0)), ["Jane Doe"]);
    }

    #[test]
    fn a_bare_name_beside_a_date_is_the_author() {
        let found = |html: &str| beside_date(&page(html), Some(0));
        assert_eq!(
            found(
                "<h1>A headline of words</h1><div>Jens Holm</div><div>2026-01-14</div><p>Text.</p>"
            ),
            ["Jens Holm"]
        );
        assert!(
            found("<h1>A headline of words</h1><div>Product News</div><div>2026-01-14</div>")
                .is_empty()
        );
        assert!(found("<h1>A headline</h1><div><a href=/c/gardens>Autumn Gardens</a></div><div>2026-01-14</div>").is_empty());
        assert!(
            found("<h1>A headline of words</h1><div>Jens Holm</div><p>Text that goes on.</p>")
                .is_empty()
        );
    }

    #[test]
    fn chinese_papers_name_their_reporters() {
        let found = |html: &str| chinese(&page(html));
        assert_eq!(
            found("<div>时间：2004年10月21日14:18 作者：李小明 来源：日报</div>"),
            ["李小明"]
        );
        assert_eq!(
            found("<p>编辑工作仍在继续，推动发展。（记者 李小明）</p>"),
            ["李小明"]
        );
        assert_eq!(found("<p>晚报记者 李小明 王大文</p>"), ["李小明", "王大文"]);
        assert_eq!(found("<p>本报记者李小明发自北京</p>"), ["李小明"]);
        assert!(found("<p>记者从上海了解到，这座桥已经建成，将于明年春天开放，届时市民可以步行过江，也可以骑自行车往来于两岸之间，非常方便，交通部门表示将继续改善设施。</p>").is_empty());
    }
}
