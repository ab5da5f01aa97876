//! Paywalls: which blocks say that an article goes on only for those who have paid, and whether a page shows only the
//! beginning.

use std::borrow::Cow;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::judge::Verdict;
use super::metadata::Facts;
use super::page::{Block, Page, Tag};
use super::words;
use crate::model::Document;
use crate::model::article::Reason;

/// A text of fewer words than this can be the beginning of a longer one behind a paywall.
const TEASER_WORDS: usize = 250;

/// A notice is no longer than this.
const NOTICE_BYTES: usize = 400;

/// Texts behind the article among which its paywall's notice stands.
const NOTICE_WINDOW: usize = 6;

/// Texts at the article's end among which a notice may have been kept.
const END_WINDOW: usize = 8;

/// What a notice says, in small letters: that this article is for those who pay.
const LOCKED: &[&str] = &[
    "is for paid subscribers",
    "is for paying subscribers",
    "is for subscribers",
    "for paid subscribers only",
    "available to subscribers",
    "available only to subscribers",
    "available for subscribers",
    "exclusive to subscribers",
    "exclusive for subscribers",
    "exclusively for subscribers",
    "reserved for subscribers",
    "available to members only",
    "only available to members",
    "subscriber-only article",
    "subscriber-only content",
    "subscriber only content",
    "subscribe to continue",
    "subscribe to keep reading",
    "subscribe to read",
    "subscribe to unlock",
    "continue reading with a",
    "to read the rest of this",
    "to read the full article",
    "to read the full story",
    "to read this article in full",
    "to unlock this article",
    "to unlock this post",
    "to unlock this story",
    "to unlock this page",
    "to access this article",
    "to view this article",
    "the rest of this article is",
    "jetzt weiterlesen mit",
    "weiterlesen mit",
    "um weiterzulesen",
    "um den artikel zu lesen",
    "um diesen artikel zu lesen",
    "lesen sie diesen artikel mit",
    "den vollständigen artikel lesen",
    "nur für abonnenten",
    "exklusiv für abonnenten",
    "réservé aux abonnés",
    "réservée aux abonnés",
    "réservé à nos abonnés",
    "pour lire la suite",
    "para seguir leyendo",
    "para continuar leyendo",
    "solo para suscriptores",
    "exclusivo para suscriptores",
    "exclusivo para assinantes",
    "para continuar lendo",
    "para continuar a ler",
    "per continuare a leggere",
    "riservato agli abbonati",
    "alleen voor abonnees",
    "om verder te lezen",
    "aby czytać dalej",
    "tylko dla prenumeratorów",
    "dalsza część artykułu dostępna",
    "только для подписчиков",
    "доступно подписчикам",
    "доступен подписчикам",
    "чтобы читать дальше",
    "чтобы дочитать",
    "μόνο για συνδρομητές",
    "για να συνεχίσετε την ανάγνωση",
    "订阅后",
    "付费阅读",
    "付费会员",
    "登录后阅读",
    "有料会員限定",
    "会員限定記事",
    "続きを読むには",
    "구독자 전용",
    "유료 구독",
];

/// What asks to go on reading, in small letters; a notice where it asks for a name or money too.
const TO_GO_ON: &[&str] = &["to continue reading", "to keep reading", "to read on"];

const ASKS: &[&str] = &[
    "subscri", "register", "log in", "login", "sign in", "sign up", "account", "member",
];

/// What other boxes say in like words: one of a blog system that stands on whole articles, advertisements, comments.
const NOT_LOCKED: &[&str] = &[
    "access to the full archive",
    "more stories like",
    "more articles like",
    "scroll to continue",
    "comment",
    "newsletter",
];

const LISTS: [&[&str]; 4] = [LOCKED, TO_GO_ON, ASKS, NOT_LOCKED];

/// Finds all parts of [`LISTS`], in their order.
static PARTS: LazyLock<AhoCorasick> =
    LazyLock::new(|| words::automaton(LISTS.iter().copied().flatten().copied()));

/// Says whether a text says that the article is for those who have paid or given their name.
pub(super) fn says_locked(text: &str) -> bool {
    if text.len() > NOTICE_BYTES {
        return false;
    }
    // The automaton knows the capitals of ASCII only.
    let text = if text.is_ascii() {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.to_lowercase())
    };
    let mut said = [false; LISTS.len()];
    for found in PARTS.find_overlapping_iter(&*text) {
        let mut before = 0;
        let list = LISTS.iter().position(|list| {
            before += list.len();
            found.pattern().as_usize() < before
        });
        if let Some(slot) = list.and_then(|list| said.get_mut(list)) {
            *slot = true;
        }
    }
    let [is_locked, goes_on, asks, is_other] = said;
    (is_locked || (goes_on && asks)) && !is_other
}

/// Drops a notice at the article's end, and the offers under it.
pub(super) fn settle(verdict: &mut Verdict, page: &Page) {
    let kept = verdict.kept_texts(page);
    let end = kept.len().saturating_sub(END_WINDOW);
    let mut is_behind = false;
    for (n, block) in kept.into_iter().skip(end.max(1)) {
        let is_quoted = page.chain(block.elem).any(|e| e.tag == Tag::Quote);
        let is_notice = !is_quoted && says_locked(&block.text);
        let is_offer = is_behind
            && block.text.len() < NOTICE_BYTES / 2
            && block.measured.says & (words::NEWSLETTER | words::PAYWALL) != 0;
        if is_notice || is_offer {
            verdict.drop(n, Reason::Paywall);
            is_behind = true;
        }
    }
}

/// Says whether the page shows only the beginning: a notice stands right behind the text, or the page's data says that it
/// is not free, and the text is short and does not end as whole ones do.
pub(super) fn is_teaser(
    page: &Page,
    facts: &Facts,
    verdict: &Verdict,
    document: &Document,
) -> bool {
    let kept = verdict.kept_texts(page);
    let Some((last, block)) = kept.last() else {
        return false;
    };
    if has_notice_behind(page, *last) {
        return true;
    }
    facts.is_free == Some(false)
        && document.word_count() < TEASER_WORDS
        && !ends_as_whole(block)
        && !holds_paid_part(page, facts, &kept)
}

fn has_notice_behind(page: &Page, last: usize) -> bool {
    let behind = page.blocks.iter().skip(last + 1);
    let is_hidden = |block: &&Block| page.elems.get(block.elem).is_some_and(|e| e.is_hidden);
    behind
        .filter(|block| block.chars > 0 && !is_hidden(block))
        .take(NOTICE_WINDOW)
        .any(|block| says_locked(&block.text))
}

/// Says whether a text's last block is what agencies put under a whole report.
fn ends_as_whole(last: &Block) -> bool {
    const LEADS: [&str; 5] = [
        "reporting by",
        "editing by",
        "writing by",
        "compiled by",
        "additional reporting",
    ];
    let lower = last.text.to_lowercase();
    LEADS.iter().any(|lead| lower.starts_with(lead))
}

/// Says whether the part that the page's data calls paid stands in the article.
fn holds_paid_part(page: &Page, facts: &Facts, kept: &[(usize, &Block)]) -> bool {
    facts.paid_parts.iter().any(|selector| {
        let mut wanted = Vec::new();
        words::tokens(selector, |token| wanted.push(words::hash_of_token(token)));
        let fits = |e: &super::page::Elem| {
            let own = page.tokens.get(e.tokens.clone()).unwrap_or_default();
            wanted.iter().all(|token| own.contains(token))
        };
        let in_it = kept
            .iter()
            .filter(|(_, block)| page.chain(block.elem).any(fits));
        !wanted.is_empty() && in_it.count() * 2 > kept.len()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_told_from_offers_and_from_text() {
        for text in [
            "This post is for paid subscribers",
            "Subscribe to continue reading",
            "Create a free account to keep reading.",
            "Dieser Artikel ist nur für Abonnenten zugänglich.",
            "Article réservé aux abonnés",
            "Este artículo es exclusivo para suscriptores",
            "この記事は有料会員限定です。",
        ] {
            assert!(says_locked(text), "{text}");
        }
        for text in [
            "Advertisement. Scroll to continue reading.",
            "Subscribe now to keep reading and get access to the full archive.",
            "Click here to subscribe to read more stories like this one.",
            "Continue reading the main story",
            "Locals donate over US$22 thousand to students",
            "The paper has two million paying subscribers.",
            "Sign in to comment, or create an account to keep reading comments.",
        ] {
            assert!(!says_locked(text), "{text}");
        }
    }
}
