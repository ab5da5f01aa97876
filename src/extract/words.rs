//! What class names, ids and phrases say: groups of words that mark a part of a page, as bits.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind, MatchKind};

/// A set of [`Group`]s, one bit each.
pub(super) type Groups = u32;

macro_rules! groups {
    ($($name:ident = $bit:expr, [$($word:literal),* $(,)?];)*) => {
        $(pub(super) const $name: Groups = 1 << $bit;)*
        /// Words inside class names and ids, with their group.
        const NAMES: &[(&str, Groups)] = &[$($(($word, $name)),*),*];
    };
}

groups! {
    BODY = 0, ["articlebody", "article-body", "article_body", "article__body", "articlecontent", "article-content",
        "article_content", "article__content", "articletext", "article-text", "article_text", "story-body", "storybody",
        "story_body", "story__body", "story-content", "storycontent", "story-text", "post-content", "postcontent",
        "post_content", "post-body", "postbody", "post-text", "entry-content", "entrycontent", "entry_content",
        "body-content", "body-copy", "bodycopy", "body-text", "bodytext", "body__", "richtext", "rich-text",
        "content-body", "content__body", "main-content", "maincontent", "page-content", "news-text", "newstext",
        "news-content", "articulo", "cuerpo", "artikel", "single-content", "field-name-body", "field--name-body",
        "td-post", "text-content", "wysiwyg", "article__text", "detail-text", "texto", "prose", "available-content"];
    ARTICLE = 1, ["article", "story", "post", "entry", "blog", "hentry", "main", "content", "paragraph", "text"];
    NAV = 2, ["nav", "menu", "breadcrumb", "masthead", "topbar", "toolbar", "skip-", "pagination", "pager", "header",
        "back-to-top", "backtotop", "sitemap", "jump"];
    FOOTER = 3, ["footer", "copyright", "legal", "colophon", "disclaimer", "bottom", "boilerplate"];
    SHARE = 4, ["share", "sharing", "social", "addthis", "facebook", "twitter", "whatsapp", "follow", "sns", "bookmark"];
    RELATED = 5, ["related", "recommend", "more-on", "read-more", "readmore", "read-also", "outbrain", "taboola",
        "recirc", "up-next", "upnext", "similar", "suggest", "teaser", "promo", "card", "next-article", "more-stories",
        "see-also", "also-", "inline-link", "interlink", "crosslink", "onward", "rel-"];
    POPULAR = 6, ["popular", "trending", "most-", "mostread", "latest", "top-stories", "topstories", "headline-list",
        "ranking", "newest", "recent", "hot-", "feed"];
    NEWSLETTER = 7, ["newsletter", "subscri", "signup", "sign-up", "mailing", "optin", "opt-in", "mailchimp"];
    CONSENT = 8, ["cookie", "consent", "gdpr", "privacy", "ccpa"];
    PAYWALL = 9, ["paywall", "premium", "regwall", "metered", "piano", "locked", "subscriber-only", "gate"];
    ADVERT = 10, ["advert", "sponsor", "banner", "dfp", "gpt-ad", "adslot", "ad-slot", "adunit", "ad-unit", "ad-container",
        "adsbygoogle", "affiliate", "partner", "commercial", "billboard", "-ad-", "_ad_"];
    COMMENTS = 11, ["comment", "disqus", "discussion", "respond", "talkback", "reply", "livefyre", "coral"];
    AUTHOR = 12, ["author", "byline", "contributor", "writer", "bio", "profile", "reporter", "autor", "journalist"];
    DATE = 13, ["date", "time", "publish", "updated", "posted"];
    CAPTION = 14, ["caption", "credit", "legend", "wp-caption", "photo-info", "imagetext", "bildunterschrift"];
    MEDIA = 15, ["figure", "gallery", "slideshow", "image", "video", "player", "media", "carousel", "photo", "audio",
        "slider", "picture", "jw"];
    SIDE = 16, ["sidebar", "aside", "rail", "widget", "secondary", "complementary", "side-", "right-col", "column-right"];
    HIDDEN = 17, ["hidden", "hide", "sr-only", "screen-reader", "visuallyhidden", "print-", "modal", "popup", "overlay",
        "tooltip", "dialog", "lightbox", "offscreen", "invisible", "noprint", "no-print", "drawer"];
    LEDE = 18, ["lede", "lead", "standfirst", "subtitle", "sub-title", "dek", "summary", "intro", "excerpt", "description",
        "kicker", "subhead", "deck", "abstract", "tagline"];
    TAGS = 19, ["tags", "keyword", "topic", "categor", "taxonomy", "label", "tag-", "-tag"];
    BOX = 20, ["infobox", "factbox", "fact-box", "callout", "pullquote", "pull-quote", "quote", "box", "highlight",
        "keypoints", "key-points"];
    ACCOUNT = 21, ["login", "log-in", "register", "account", "sign-in", "signin", "search", "form"];
    LIVE = 22, ["liveblog", "live-blog", "live-post", "timeline"];
    META = 23, ["meta", "info", "details", "tool", "action", "button", "btn", "icon", "utility", "print"];
}

static NAME_WORDS: LazyLock<AhoCorasick> =
    LazyLock::new(|| automaton(NAMES.iter().map(|(word, _)| *word)));

/// Returns what finds words in a text in one pass, ASCII letters in any case.
pub(super) fn automaton<'a>(words: impl Iterator<Item = &'a str>) -> AhoCorasick {
    AhoCorasickBuilder::new()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::Standard)
        .kind(Some(AhoCorasickKind::DFA))
        .build(words)
        .expect("a fixed list of short words")
}

/// Returns the groups that a class name or id speaks for.
pub(super) fn of_name(name: &str) -> Groups {
    let mut groups = 0;
    for found in NAME_WORDS.find_overlapping_iter(name) {
        if let Some((_, group)) = NAMES.get(found.pattern().as_usize()) {
            groups |= group;
        }
    }
    let is_ad = |token: &str| matches!(token, "ad" | "ads" | "adv" | "Ad" | "Ads" | "AD");
    if name.split(|c: char| !c.is_alphanumeric()).any(is_ad) {
        groups |= ADVERT;
    }
    groups
}

/// Phrases in a block's own words, with the group they speak for. Lower case; matched at word starts.
const PHRASES: &[(&str, Groups)] = &[
    ("share", SHARE),
    ("tweet", SHARE),
    ("facebook", SHARE),
    ("twitter", SHARE),
    ("whatsapp", SHARE),
    ("follow us", SHARE),
    ("follow ", SHARE),
    ("instagram", SHARE),
    ("linkedin", SHARE),
    ("pinterest", SHARE),
    ("copy link", SHARE),
    ("telegram", SHARE),
    ("teilen", SHARE),
    ("compartir", SHARE),
    ("partager", SHARE),
    ("udostępnij", SHARE),
    ("поделиться", SHARE),
    ("分享", SHARE),
    ("κοινοποίηση", SHARE),
    ("공유", SHARE),
    ("google news", SHARE),
    ("print this", SHARE),
    ("email this", SHARE),
    ("like us", SHARE),
    ("join us", SHARE),
    ("download the app", SHARE),
    ("newsletter", NEWSLETTER),
    ("sign up", NEWSLETTER),
    ("subscribe", NEWSLETTER),
    ("subscription", NEWSLETTER),
    ("inbox", NEWSLETTER),
    ("email address", NEWSLETTER),
    ("get the latest", NEWSLETTER),
    ("abonnieren", NEWSLETTER),
    ("suscríbete", NEWSLETTER),
    ("abonnez", NEWSLETTER),
    ("подпис", NEWSLETTER),
    ("订阅", NEWSLETTER),
    ("구독", NEWSLETTER),
    ("zapisz się", NEWSLETTER),
    ("subscriber", NEWSLETTER),
    ("already a", NEWSLETTER),
    ("log in", NEWSLETTER),
    ("sign in", NEWSLETTER),
    ("register", NEWSLETTER),
    ("anmelden", NEWSLETTER),
    ("free trial", PAYWALL),
    ("continue reading", PAYWALL),
    ("unlimited access", PAYWALL),
    ("to read the full", PAYWALL),
    ("weiterlesen", PAYWALL),
    ("become a member", PAYWALL),
    ("support our", PAYWALL),
    ("donate", PAYWALL),
    ("support independent", PAYWALL),
    ("related", RELATED),
    ("read more", RELATED),
    ("read also", RELATED),
    ("also read", RELATED),
    ("see also", RELATED),
    ("more from", RELATED),
    ("more on", RELATED),
    ("you may also", RELATED),
    ("you might also", RELATED),
    ("recommended", RELATED),
    ("mehr zum thema", RELATED),
    ("lesen sie auch", RELATED),
    ("lesen sie", RELATED),
    ("lea también", RELATED),
    ("lire aussi", RELATED),
    ("à lire", RELATED),
    ("czytaj", RELATED),
    ("читайте", RELATED),
    ("διαβάστε", RELATED),
    ("相关", RELATED),
    ("관련", RELATED),
    ("read next", RELATED),
    ("next article", RELATED),
    ("previous article", RELATED),
    ("watch:", RELATED),
    ("more:", RELATED),
    ("read:", RELATED),
    ("zobacz", RELATED),
    ("click here", RELATED),
    ("don't miss", RELATED),
    ("more stories", RELATED),
    ("find out more", RELATED),
    ("watch more", RELATED),
    ("see more", RELATED),
    ("view more", RELATED),
    ("load more", RELATED),
    ("show more", RELATED),
    ("previous post", RELATED),
    ("next post", RELATED),
    ("up next", RELATED),
    ("leer más", RELATED),
    ("mehr dazu", RELATED),
    ("most popular", POPULAR),
    ("most read", POPULAR),
    ("most viewed", POPULAR),
    ("trending", POPULAR),
    ("latest", POPULAR),
    ("top stories", POPULAR),
    ("editor's picks", POPULAR),
    ("editors' picks", POPULAR),
    ("meistgelesen", POPULAR),
    ("más leídas", POPULAR),
    ("recent posts", POPULAR),
    ("breaking news", POPULAR),
    ("热门", POPULAR),
    ("인기", POPULAR),
    ("最新", POPULAR),
    ("popularne", POPULAR),
    ("advertisement", ADVERT),
    ("advertising", ADVERT),
    ("sponsored", ADVERT),
    ("anzeige", ADVERT),
    ("werbung", ADVERT),
    ("publicidad", ADVERT),
    ("publicité", ADVERT),
    ("реклама", ADVERT),
    ("广告", ADVERT),
    ("광고", ADVERT),
    ("reklama", ADVERT),
    ("affiliate", ADVERT),
    ("story continues below", ADVERT),
    ("article continues", ADVERT),
    ("scroll to continue", ADVERT),
    ("commission", ADVERT),
    ("promoted", ADVERT),
    ("buy now", ADVERT),
    ("shop now", ADVERT),
    ("coupon", ADVERT),
    ("διαφήμιση", ADVERT),
    ("ad feedback", ADVERT),
    ("comment", COMMENTS),
    ("reply", COMMENTS),
    ("leave a", COMMENTS),
    ("kommentar", COMMENTS),
    ("comentario", COMMENTS),
    ("комментар", COMMENTS),
    ("评论", COMMENTS),
    ("댓글", COMMENTS),
    ("join the conversation", COMMENTS),
    ("join the discussion", COMMENTS),
    ("σχόλι", COMMENTS),
    ("komentarz", COMMENTS),
    ("commentaire", COMMENTS),
    ("moderat", COMMENTS),
    ("have your say", COMMENTS),
    ("cookie", CONSENT),
    ("privacy policy", CONSENT),
    ("consent", CONSENT),
    ("personal data", CONSENT),
    ("datenschutz", CONSENT),
    ("terms of", CONSENT),
    ("copyright", FOOTER),
    ("©", FOOTER),
    ("all rights reserved", FOOTER),
    ("may not be reproduced", FOOTER),
    ("may not be published", FOOTER),
    ("contact us", FOOTER),
    ("about us", FOOTER),
    ("contributed to this", FOOTER),
    ("editing by", FOOTER),
    ("reporting by", FOOTER),
    ("our standards", FOOTER),
    ("this article was", FOOTER),
    ("originally published", FOOTER),
    ("first published", FOOTER),
    ("first appeared", FOOTER),
    ("版权", FOOTER),
    ("저작권", FOOTER),
    ("无断", FOOTER),
    ("责任编辑", FOOTER),
    ("편집", FOOTER),
    ("email the author", AUTHOR),
    ("is a reporter", AUTHOR),
    ("is a freelance", AUTHOR),
    ("is an editor", AUTHOR),
    ("is a writer", AUTHOR),
    ("is the author", AUTHOR),
    ("is a senior", AUTHOR),
    ("is the editor", AUTHOR),
    ("about the author", AUTHOR),
    ("written by", AUTHOR),
    ("by ", AUTHOR),
    ("von ", AUTHOR),
    ("por ", AUTHOR),
    ("par ", AUTHOR),
    ("@", AUTHOR),
    ("correspondent", AUTHOR),
    ("covers ", AUTHOR),
    ("기자", AUTHOR),
    ("記者", AUTHOR),
    ("автор", AUTHOR),
    ("autor", AUTHOR),
    ("photo", CAPTION),
    ("getty", CAPTION),
    ("image:", CAPTION),
    ("credit", CAPTION),
    ("reuters/", CAPTION),
    ("foto:", CAPTION),
    ("bild:", CAPTION),
    ("pictured", CAPTION),
    ("courtesy", CAPTION),
    ("(ap ", CAPTION),
    ("afp", CAPTION),
    ("fot.", CAPTION),
    ("shutterstock", CAPTION),
    ("file photo", CAPTION),
    ("图片", CAPTION),
    ("사진", CAPTION),
    ("video", MEDIA),
    ("watch", MEDIA),
    ("gallery", MEDIA),
    ("slideshow", MEDIA),
    ("listen", MEDIA),
    ("play", MEDIA),
    ("podcast", MEDIA),
    ("updated", DATE),
    ("published", DATE),
    ("posted", DATE),
    ("min read", DATE),
    ("minutes ago", DATE),
    ("hours ago", DATE),
    ("ago", DATE),
    ("last modified", DATE),
    ("veröffentlicht", DATE),
    ("publicado", DATE),
    ("publié", DATE),
    ("опубликован", DATE),
    ("发布", DATE),
    ("来源", DATE),
    ("입력", DATE),
    ("stand:", DATE),
    ("a.m.", DATE),
    ("p.m.", DATE),
    (" et", DATE),
    ("tags", TAGS),
    ("topics", TAGS),
    ("filed under", TAGS),
    ("categories", TAGS),
    ("tagged", TAGS),
    ("schlagwort", TAGS),
    ("etiquetas", TAGS),
    ("теги", TAGS),
    ("tagi", TAGS),
    ("ετικέτες", TAGS),
    ("标签", TAGS),
    ("keywords", TAGS),
    ("home", NAV),
    ("menu", NAV),
    ("skip to", NAV),
    ("back to top", NAV),
    ("search", NAV),
    ("go to", NAV),
    ("startseite", NAV),
    ("main content", NAV),
    ("javascript", CONSENT),
    ("browser", CONSENT),
    ("close", NAV),
    ("correction", LIVE),
    ("live updates", LIVE),
    ("scroll down", NAV),
];

static PHRASE_WORDS: LazyLock<AhoCorasick> =
    LazyLock::new(|| automaton(PHRASES.iter().map(|(phrase, _)| *phrase)));

/// Returns the groups that a text's phrases speak for, and how many phrases there are.
pub(super) fn of_text(text: &str) -> (Groups, u32) {
    let (mut groups, mut count) = (0, 0);
    let bytes = text.as_bytes();
    for found in PHRASE_WORDS.find_overlapping_iter(text) {
        let before = found.start().checked_sub(1).and_then(|at| bytes.get(at));
        if before.is_some_and(u8::is_ascii_alphanumeric) {
            continue;
        }
        if let Some((_, group)) = PHRASES.get(found.pattern().as_usize()) {
            groups |= group;
            count += 1;
        }
    }
    (groups, count)
}

/// Returns a stable 64-bit hash (FNV-1a) of a text's letters and digits in lower case: what stays the same when white
/// space and punctuation change. 0 for text without any.
pub(super) fn hash_of_letters(text: &str) -> u64 {
    let mut hash = LettersHash::default();
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .for_each(|c| hash.push(c));
    hash.value()
}

/// [`hash_of_letters`], letter by letter.
#[derive(Default)]
pub(super) struct LettersHash(Option<u64>);

impl LettersHash {
    /// Takes the next letter or digit.
    pub(super) fn push(&mut self, c: char) {
        let mix = |hash: u64, c: char| (hash ^ u64::from(u32::from(c))).wrapping_mul(FNV_PRIME);
        let hash = self.0.unwrap_or(FNV_START);
        self.0 = Some(if c.is_ascii() {
            mix(hash, c.to_ascii_lowercase())
        } else {
            c.to_lowercase().fold(hash, mix)
        });
    }

    pub(super) fn value(&self) -> u64 {
        self.0.unwrap_or(0)
    }
}

/// Returns a stable 64-bit hash of bytes.
pub(super) fn hash_of_bytes(bytes: &[u8]) -> u64 {
    bytes.iter().fold(FNV_START, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(FNV_PRIME)
    })
}

/// Returns a 64-bit hash of a text, eight bytes at a time: for tables in memory only.
pub(super) fn quick_hash(text: &str) -> u64 {
    let mix =
        |hash: u64, word: u64| (hash.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let hash = words.iter().fold(text.len() as u64, |hash, word| {
        mix(hash, u64::from_le_bytes(*word))
    });
    rest.iter()
        .fold(hash, |hash, byte| mix(hash, u64::from(*byte)))
}

const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01b3;

/// Returns a stable 32-bit hash of a token in lower case.
pub(super) fn hash_of_token(token: &str) -> u32 {
    let mut hash = FNV_START;
    for byte in token.bytes() {
        hash = (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(FNV_PRIME);
    }
    (hash ^ (hash >> 32)) as u32
}

/// Gives each token of a class name or id: runs of letters, cut at a capital after a small letter; no digits, at least two letters.
pub(super) fn tokens(name: &str, mut each: impl FnMut(&str)) {
    let bytes = name.as_bytes();
    let mut start = 0;
    for at in 0..=bytes.len() {
        let is_letter = bytes.get(at).is_some_and(u8::is_ascii_alphabetic);
        let is_hump = at > start
            && bytes.get(at).is_some_and(u8::is_ascii_uppercase)
            && bytes.get(at - 1).is_some_and(u8::is_ascii_lowercase);
        if is_letter && !is_hump {
            continue;
        }
        if at >= start + 2
            && let Some(token) = name.get(start..at)
        {
            each(token);
        }
        start = if is_letter { at } else { at + 1 };
    }
}
