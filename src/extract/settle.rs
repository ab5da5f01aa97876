//! Rules that settle what the learnt judgement leaves open: what stands before the headline or in another column of a
//! layout table, the byline, boxes that say themselves what they are, labels, and blocks in another language.
//!
//! Each rule asks for two witnesses (place and words, or class and words), and none takes a block that holds a large
//! part of the article.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::features::Evidence;
use super::judge::{Verdict, reason_of};
use super::metadata;
use super::page::{Block, Page, Tag};
use super::words::{self, Groups};
use crate::model::article::Reason;

/// A byline with its date and links is no longer than this.
const BYLINE_CHARS: u32 = 160;

/// A box that says what it is holds at most this many letters.
const BOX_CHARS: u32 = 500;

/// Settles what place and words tell of the blocks that the judgement kept.
pub(super) fn settle(verdict: &mut Verdict, page: &Page, evidence: &Evidence) {
    columns(verdict, page);
    before_headline(verdict, page, evidence);
    bylines(verdict, page, evidence);
    boxes(verdict, page);
    languages(verdict, page);
    labels(verdict, page);
    lone_headings(verdict, page);
}

fn chars_of(blocks: &[(usize, &Block)]) -> u32 {
    blocks.iter().map(|(_, block)| block.chars).sum()
}

/// Drops what stands in other cells of a layout table than the one that holds nearly all of the article.
fn columns(verdict: &mut Verdict, page: &Page) {
    let kept = verdict.kept_texts(page);
    let total = chars_of(&kept);
    let mut cells: HashMap<usize, u32> = HashMap::new();
    for (_, block) in &kept {
        let chain = page.chain_indexes(block.elem);
        for cell in chain.filter(|n| page.elems.get(*n).is_some_and(|e| e.tag == Tag::Td)) {
            *cells.entry(cell).or_default() += block.chars;
        }
    }
    // The innermost cell with nearly everything: cells around it hold as much.
    let main = cells
        .into_iter()
        .filter(|(_, chars)| *chars * 4 >= total * 3)
        .max_by_key(|(cell, _)| page.elems.get(*cell).map_or(0, |e| e.depth));
    let Some(range) = main.and_then(|(cell, _)| Some(page.elems.get(cell)?.blocks.clone())) else {
        return;
    };
    for (n, block) in kept {
        let is_celled = page.chain(block.elem).any(|e| e.tag == Tag::Td);
        if is_celled && !range.contains(&n) {
            let reason = reason_of(page, n);
            verdict.drop(n, reason);
        }
    }
}

/// Drops what stands before the headline where the article follows it.
fn before_headline(verdict: &mut Verdict, page: &Page, evidence: &Evidence) {
    let Some(headline) = evidence.headline else {
        return;
    };
    let kept = verdict.kept_texts(page);
    let (before, after): (Vec<_>, Vec<_>) = kept.into_iter().partition(|(n, _)| *n < headline);
    if chars_of(&after) < 9 * chars_of(&before) {
        return;
    }
    for (n, _) in before {
        let reason = reason_of(page, n);
        verdict.drop(n, reason);
    }
}

/// Drops the headline with its byline below it, the byline with its date, and the author's line with an address behind
/// the text: they are metadata.
fn bylines(verdict: &mut Verdict, page: &Page, evidence: &Evidence) {
    let title = words::hash_of_letters(&evidence.title);
    let authors: Vec<String> = evidence.authors.iter().map(|a| a.to_lowercase()).collect();
    for (n, block) in verdict.kept_texts(page) {
        if block.chars > BYLINE_CHARS + 100 {
            continue;
        }
        let rest: usize = block
            .text
            .lines()
            .skip(1)
            .map(|line| line.trim().len())
            .sum();
        let is_headline = title != 0 && metadata::hash_of_first_line(block) == title;
        if is_headline && rest < BYLINE_CHARS as usize {
            verdict.drop(n, Reason::Repeat);
        } else if block.chars <= BYLINE_CHARS && is_byline(&block.text, &authors) {
            verdict.drop(n, Reason::Author);
        }
    }
}

/// Says whether a short text is a known author's name with a date or an e-mail address, and hardly a word more.
fn is_byline(text: &str, authors: &[String]) -> bool {
    let lower = text.to_lowercase();
    let Some(author) = authors
        .iter()
        .find(|author| lower.contains(author.as_str()))
    else {
        return false;
    };
    let others = lower.replace(author.as_str(), " ");
    let is_mail = |word: &&str| word.contains('@') && word.contains('.');
    let has_mail = others.split_whitespace().any(|word| is_mail(&word));
    let count = others
        .split_whitespace()
        .filter(|word| !is_mail(word))
        .count();
    let is_dated = || metadata::line_date(text).1.is_some() && text.contains(['|', '·', '•', '—']);
    (has_mail && count <= 6) || (is_dated() && count <= 20)
}

/// Groups of which class and words together are sure.
const TELLING: Groups =
    words::NEWSLETTER | words::CONSENT | words::ADVERT | words::COMMENTS | words::PAYWALL;

/// Drops small boxes whose class and words agree on what they are.
fn boxes(verdict: &mut Verdict, page: &Page) {
    let kept = verdict.kept_texts(page);
    let total = chars_of(&kept);
    let mut known: HashMap<usize, Option<Reason>> = HashMap::new();
    for (n, block) in kept {
        let found = page.chain_indexes(block.elem).take(6).find_map(|e| {
            *known
                .entry(e)
                .or_insert_with(|| telling_box(page, e, total))
        });
        if let Some(reason) = found {
            verdict.drop(n, reason);
        }
    }
}

/// Returns what an element is when it is a box that says so twice.
fn telling_box(page: &Page, elem: usize, total: u32) -> Option<Reason> {
    let elem = page.elems.get(elem)?;
    let groups = elem.groups & TELLING;
    if groups == 0 || elem.is_article_body || elem.groups & words::BODY != 0 {
        return None;
    }
    let blocks = page.blocks.get(elem.blocks.clone())?;
    let chars: u32 = blocks.iter().map(|block| block.chars).sum();
    // Where only the beginning is shown, the notice of the paywall is no small part of the page.
    let share = if groups & words::PAYWALL != 0 { 2 } else { 5 };
    if chars > BOX_CHARS || chars * share > total {
        return None;
    }
    let said = blocks
        .iter()
        .fold(0, |all, block| all | block.measured.says);
    match groups & said {
        0 => None,
        agreed if agreed & words::NEWSLETTER != 0 => Some(Reason::Newsletter),
        agreed if agreed & words::CONSENT != 0 => Some(Reason::Consent),
        agreed if agreed & words::PAYWALL != 0 => Some(Reason::Paywall),
        agreed if agreed & words::ADVERT != 0 => Some(Reason::Advert),
        _ => Some(Reason::Comments),
    }
}

/// Lines that are nothing but a label of furniture, in small letters without punctuation at their ends, and whether a
/// list of links under them belongs to it.
const LABELS: &[(&str, Reason)] = &[
    ("see also", Reason::Related),
    ("related", Reason::Related),
    ("related stories", Reason::Related),
    ("related articles", Reason::Related),
    ("related posts", Reason::Related),
    ("related content", Reason::Related),
    ("related news", Reason::Related),
    ("related topics", Reason::Related),
    ("read more", Reason::Related),
    ("read next", Reason::Related),
    ("read also", Reason::Related),
    ("also read", Reason::Related),
    ("up next", Reason::Related),
    ("more on this story", Reason::Related),
    ("you may also like", Reason::Related),
    ("you might also like", Reason::Related),
    ("recommended for you", Reason::Related),
    ("recommended", Reason::Related),
    ("lesen sie auch", Reason::Related),
    ("mehr zum thema", Reason::Related),
    ("lire aussi", Reason::Related),
    ("à lire aussi", Reason::Related),
    ("lea también", Reason::Related),
    ("te puede interesar", Reason::Related),
    ("leggi anche", Reason::Related),
    ("leia também", Reason::Related),
    ("czytaj także", Reason::Related),
    ("czytaj też", Reason::Related),
    ("zobacz także", Reason::Related),
    ("читайте также", Reason::Related),
    ("διαβάστε επίσης", Reason::Related),
    ("διαβάστε ακόμα", Reason::Related),
    ("相关阅读", Reason::Related),
    ("相关新闻", Reason::Related),
    ("関連記事", Reason::Related),
    ("관련기사", Reason::Related),
    ("관련 기사", Reason::Related),
    ("اقرأ أيضا", Reason::Related),
    ("most popular", Reason::Popular),
    ("most read", Reason::Popular),
    ("trending now", Reason::Popular),
    ("latest news", Reason::Popular),
    ("meistgelesen", Reason::Popular),
    ("lo más leído", Reason::Popular),
    ("les plus lus", Reason::Popular),
    ("よく読まれている記事", Reason::Popular),
    ("많이 본 기사", Reason::Popular),
    ("الأكثر قراءة", Reason::Popular),
    ("advertisement", Reason::Advert),
    ("advertisement - scroll to continue", Reason::Advert),
    ("article continues below", Reason::Advert),
    ("article continues below advertisement", Reason::Advert),
    ("story continues below advertisement", Reason::Advert),
    ("sponsored", Reason::Advert),
    ("anzeige", Reason::Advert),
    ("werbung", Reason::Advert),
    ("publicité", Reason::Advert),
    ("publicidad", Reason::Advert),
    ("publicidade", Reason::Advert),
    ("pubblicità", Reason::Advert),
    ("reklama", Reason::Advert),
    ("реклама", Reason::Advert),
    ("διαφήμιση", Reason::Advert),
    ("广告", Reason::Advert),
    ("広告", Reason::Advert),
    ("광고", Reason::Advert),
    ("إعلان", Reason::Advert),
    ("share this", Reason::Share),
    ("share this article", Reason::Share),
    ("share this story", Reason::Share),
    ("share on facebook", Reason::Share),
    ("copy link", Reason::Share),
    ("follow us", Reason::Share),
    ("print this page", Reason::Share),
    ("send to a friend", Reason::Share),
    ("teilen", Reason::Share),
    ("partager", Reason::Share),
    ("compartir", Reason::Share),
    ("condividi", Reason::Share),
    ("udostępnij", Reason::Share),
    ("поделиться", Reason::Share),
    ("back to top", Reason::Navigation),
    ("nach oben", Reason::Navigation),
    ("leave a comment", Reason::Comments),
    ("leave a reply", Reason::Comments),
    ("sign up", Reason::Newsletter),
    ("subscribe", Reason::Newsletter),
    ("subscribe now", Reason::Newsletter),
    ("skip past newsletter promotion", Reason::Newsletter),
];

static KNOWN_LABELS: LazyLock<HashMap<&str, Reason>> =
    LazyLock::new(|| LABELS.iter().copied().collect());

/// Drops labels of furniture, and the links to other articles under one that announces them.
fn labels(verdict: &mut Verdict, page: &Page) {
    let mut after_label: Option<Reason> = None;
    for (n, block) in verdict.kept_texts(page) {
        let label = label_of(block);
        if let Some(reason) = label {
            verdict.drop(n, reason);
            after_label = matches!(reason, Reason::Related | Reason::Popular).then_some(reason);
        } else if let Some(reason) = after_label.filter(|_| block.link_chars * 5 >= block.chars * 4)
        {
            verdict.drop(n, reason);
        } else {
            after_label = None;
        }
    }
}

fn label_of(block: &Block) -> Option<Reason> {
    const LONGEST: u32 = 40;
    if block.chars > LONGEST {
        return None;
    }
    let lower = block.text.to_lowercase();
    let bare = lower.trim_matches(|c: char| !c.is_alphanumeric());
    KNOWN_LABELS.get(bare).copied()
}

/// Drops a heading that is all that is left of its box.
fn lone_headings(verdict: &mut Verdict, page: &Page) {
    for (n, block) in verdict.kept_texts(page) {
        let is_heading = page
            .chain(block.elem)
            .take(3)
            .any(|e| e.tag.heading_level().is_some());
        let aside = page
            .chain(block.elem)
            .find(|e| matches!(e.tag, Tag::Aside | Tag::Form));
        let Some(aside) = aside.filter(|_| is_heading) else {
            continue;
        };
        let mut others = aside
            .blocks
            .clone()
            .filter(|m| *m != n && page.blocks.get(*m).is_some_and(|block| block.chars > 0));
        if let Some(first) = others.clone().next()
            && others.all(|m| !verdict.is_kept(m))
        {
            let reason = verdict.reasons.get(first).copied().unwrap_or(Reason::Other);
            verdict.drop(n, reason);
        }
    }
}

/// The most frequent small words of languages in Latin script, those left out that two of them share.
const SMALL_WORDS: [&[&str]; 8] = [
    &[
        "the", "and", "of", "is", "was", "with", "that", "for", "from", "this", "have", "by", "at",
        "are",
    ],
    &[
        "der", "und", "das", "ist", "nicht", "ein", "mit", "auf", "für", "von", "auch", "wird",
        "jeden", "dem", "den",
    ],
    &[
        "le", "les", "des", "est", "dans", "pour", "qui", "sur", "avec", "une", "pas", "du",
        "vous", "nous",
    ],
    &[
        "el", "los", "las", "por", "para", "del", "con", "más", "una", "nuestra", "su", "y",
        "todas", "este",
    ],
    &[
        "il", "che", "di", "della", "sono", "gli", "è", "nel", "anche", "più", "dei", "questo",
        "alla",
    ],
    &[
        "não", "uma", "os", "em", "mais", "com", "ao", "pela", "são", "você", "na", "dos", "seu",
    ],
    &[
        "het", "een", "van", "niet", "zijn", "ook", "voor", "naar", "bij", "wordt", "aan", "dat",
        "te",
    ],
    &[
        "nie", "się", "jest", "na", "że", "przez", "dla", "oraz", "jak", "są", "które", "od", "po",
    ],
];

static LANGUAGES_OF: LazyLock<HashMap<&str, Vec<usize>>> = LazyLock::new(|| {
    let mut of: HashMap<&str, Vec<usize>> = HashMap::new();
    for (n, words) in SMALL_WORDS.iter().enumerate() {
        for word in *words {
            of.entry(word).or_default().push(n);
        }
    }
    of
});

/// For each length in bytes, the first letters of small words: a bit for each of a to z.
static FIRST_LETTERS: LazyLock<[u32; 9]> = LazyLock::new(|| {
    let mut letters = [0; 9];
    for word in SMALL_WORDS.iter().copied().flatten() {
        if let (Some(slot), Some(bit)) = (letters.get_mut(word.len()), letter_bit(word)) {
            *slot |= bit;
        }
    }
    letters
});

fn letter_bit(word: &str) -> Option<u32> {
    let first = word.bytes().next()?.to_ascii_lowercase();
    first.is_ascii_lowercase().then(|| 1 << (first - b'a'))
}

/// Says quickly of most words that they are no small ones; those that begin outside ASCII are not told.
fn may_be_small(word: &str) -> bool {
    letter_bit(word).is_none_or(|bit| {
        FIRST_LETTERS
            .get(word.len())
            .is_some_and(|letters| letters & bit != 0)
    })
}

/// Words of a block looked at for its language.
const LOOKED_AT: usize = 60;

fn small_words(text: &str) -> [u32; SMALL_WORDS.len()] {
    let mut counts = [0; SMALL_WORDS.len()];
    let words = text
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty());
    let is_candidate = |word: &&str| word.len() <= 8 && may_be_small(word);
    for word in words.take(LOOKED_AT).filter(is_candidate) {
        let lower = if word.bytes().all(|byte| byte.is_ascii_lowercase()) {
            Cow::Borrowed(word)
        } else {
            Cow::Owned(word.to_lowercase())
        };
        for n in LANGUAGES_OF.get(&*lower).into_iter().flatten() {
            if let Some(count) = counts.get_mut(*n) {
                *count += 1;
            }
        }
    }
    counts
}

fn most(counts: &[u32]) -> Option<usize> {
    let best = (0..counts.len()).max_by_key(|n| counts.get(*n).copied())?;
    counts
        .get(best)
        .is_some_and(|count| *count > 0)
        .then_some(best)
}

/// Drops blocks in another language than the article's, with the label above them, but for quotations.
fn languages(verdict: &mut Verdict, page: &Page) {
    let kept = verdict.kept_texts(page);
    let found: Vec<_> = kept
        .iter()
        .map(|(_, block)| small_words(&block.text))
        .collect();
    let mut all = [0; SMALL_WORDS.len()];
    for counts in &found {
        all.iter_mut()
            .zip(counts)
            .for_each(|(sum, count)| *sum += count);
    }
    let Some(main) = most(&all).filter(|main| all.get(*main).is_some_and(|count| *count >= 20))
    else {
        return;
    };
    let total = chars_of(&kept);
    let mut foreign = HashSet::new();
    for (at, ((n, block), counts)) in kept.iter().zip(&found).enumerate() {
        let own = most(counts).unwrap_or(main);
        let count = |language: usize| counts.get(language).copied().unwrap_or(0);
        let is_quoted = page
            .chain(block.elem)
            .any(|e| matches!(e.tag, Tag::Quote | Tag::Pre));
        let is_marked = block.text.starts_with(['"', '“', '„', '«', '‘', '»']);
        if own != main
            && count(own) >= 4
            && count(main) <= 1
            && block.chars * 8 < total
            && !is_quoted
            && !is_marked
        {
            foreign.insert(*n);
            let label = at.checked_sub(1).and_then(|at| kept.get(at));
            foreign.extend(label.filter(|(_, above)| is_label(above)).map(|(m, _)| *m));
        }
    }
    for n in foreign {
        verdict.drop(n, Reason::Foreign);
    }
}

/// Says whether a short text stands in capitals, as a box's label does.
fn is_label(block: &Block) -> bool {
    let mut letters = block.text.chars().filter(|c| c.is_alphabetic());
    block.chars < 40 && letters.all(char::is_uppercase)
}
